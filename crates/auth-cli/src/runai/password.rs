//! Changes the password of the user that is signed in.

use runai_auth::Client;

use crate::arguments::runai::ChangePasswordArguments;
use crate::failure::Failure;
use crate::secret_file;
use crate::secrets::{Words, Work, quoted};

pub(super) async fn change(
    arguments: &ChangePasswordArguments,
    client: &Client,
) -> Result<(), Failure> {
    let current = secret_file::read("--current-password-file", &arguments.current_password_file)?;
    let new = secret_file::read("--new-password-file", &arguments.new_password_file)?;
    let file = quoted(&arguments.new_password_file.to_string_lossy());
    let words = Words::plain(
        "the password was not changed",
        format!(
            "the password may have been changed: try the new one with `RUNAI_PASSWORD_FILE={file} vauth token runai`"
        ),
    );
    let mut work = Work::start(words)?;
    work.prepare(client.token()).await?;
    let admin = client.admin();
    let me = admin.me();
    work.during(me.change_password(&current, &new)).await
}
