//! Changes the password of the user that is signed in.

use runai_auth::Client;

use crate::arguments::runai::ChangePasswordArguments;
use crate::failure::Failure;
use crate::quoting::quoted;
use crate::secret_file;
use crate::work::Work;

pub(super) async fn change(
    arguments: &ChangePasswordArguments,
    client: &Client,
) -> Result<(), Failure> {
    let current = secret_file::read("--current-password-file", &arguments.current_password_file)?;
    let new = secret_file::read("--new-password-file", &arguments.new_password_file)?;
    let file = quoted(&arguments.new_password_file.to_string_lossy());
    let maybe = format!(
        "the password may have been changed: try the new one with `RUNAI_PASSWORD_FILE={file} vauth token runai`"
    );
    let mut work = Work::start("the password was not changed", maybe)?;
    work.prepare(client.token()).await?;
    let admin = client.admin();
    let me = admin.me();
    work.during(me.change_password(&current, &new)).await
}
