//! The arguments of `vauth schema`.

use clap::Args;

use super::shared::name;

#[derive(Debug, Args)]
pub(crate) struct SchemaArguments {
    /// Command whose JSON the schema describes, such as 'runai users list'; all commands with a schema are listed without it.
    #[arg(value_name = "COMMAND", num_args = 0.., value_parser = name)]
    pub(crate) command: Vec<String>,
}
