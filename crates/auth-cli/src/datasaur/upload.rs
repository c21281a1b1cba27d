//! Uploads files one by one, each with a bar on a terminal, and prints the key of each as soon as it is there.

use std::sync::Arc;

use auth_core::UploadBody;
use datasaur_auth::{Client, ObjectKey};
use serde::Serialize;

use crate::arguments::{ListArguments, UploadArguments};
use crate::failure::Failure;
use crate::output::json_line;
use crate::paths::own_name;
use crate::progress::Display;
use crate::source::{Opener, Source, stream};
use crate::text::one_line;
use crate::work::{Work, printed};

/// A file to upload.
#[derive(Debug)]
pub(super) struct Upload {
    /// As the user wrote it, as far as that is text.
    file: String,
    name: String,
    source: Source,
}

/// An uploaded file as it is printed; its keys are in the documented order.
#[derive(Serialize)]
struct Printed {
    file: String,
    name: String,
    object_key: String,
}

/// Opens all files, so that a missing one is an error before anything is sent.
pub(super) fn open(arguments: &UploadArguments) -> Result<Vec<Upload>, Failure> {
    let UploadArguments { files, name, .. } = arguments;
    if name.is_some() && files.len() > 1 {
        return Err(Failure::Usage(
            "--name is for one file: upload the others separately".to_owned(),
        ));
    }
    let mut opener = Opener::default();
    let opened = files.iter().map(|file| {
        // Names in JSON are text; that of a file need not be.
        let shown = file.to_string_lossy();
        let name = match (name, &*shown) {
            (Some(name), _) => name.clone(),
            (None, "-") => {
                return Err(Failure::Usage(
                    "standard input has no name: pass --name".to_owned(),
                ));
            }
            (None, path) => own_name(path).to_owned(),
        };
        if name.is_empty() {
            return Err(Failure::Usage(
                "a file without a name cannot be uploaded: pass --name".to_owned(),
            ));
        }
        Ok(Upload {
            source: opener.path("FILE", file)?,
            file: shown.into_owned(),
            name,
        })
    });
    opened.collect()
}

pub(super) async fn run(
    client: &Client,
    files: Vec<Upload>,
    list: &ListArguments,
) -> Result<(), Failure> {
    let mut work = Work::start("nothing was uploaded", "")?;
    let of = files.len();
    let mut uploaded = Vec::new();
    for file in files {
        let outcome = tokio::select! {
            biased;
            outcome = send(client, &file) => outcome,
            by = work.interrupted() => Err(Failure::Interrupted {
                by,
                state: format!("the file {} was not uploaded", one_line(&file.name)),
            }),
        };
        let outcome = match outcome {
            Ok(key) if list.json => Ok(key),
            Ok(key) => {
                let line = format!("{}\n", one_line(key.as_str()));
                let state = format!("the file {} was uploaded as {key}", one_line(&file.name));
                printed(work.print(line.into_bytes()).await, state).map(|()| key)
            }
            failed => failed,
        };
        match outcome {
            Ok(key) => uploaded.push(Printed {
                file: file.file,
                name: file.name,
                object_key: key.as_str().to_owned(),
            }),
            Err(failure) => return Err(stopped(failure, &uploaded, (of, list), &mut work).await),
        }
    }
    match list.json {
        true => {
            let state = format!("all {of} files were uploaded");
            printed(work.print(json_line(&uploaded)?).await, state)
        }
        false => Ok(()),
    }
}

async fn send(client: &Client, file: &Upload) -> Result<ObjectKey, Failure> {
    let length = file.source.length();
    let display = Display::of_bytes(&file.name, length);
    let sources: Arc<[Source]> = Arc::new([file.source.clone()]);
    let body = UploadBody::repeatable(move || stream(Arc::clone(&sources)))
        .with_length(length)
        .with_progress(display.position());
    Ok(client.upload_file(&file.name, body).await?)
}

/// The files before the one that failed are uploaded, and their keys must not be lost.
async fn stopped(
    failure: Failure,
    uploaded: &[Printed],
    (of, list): (usize, &ListArguments),
    work: &mut Work,
) -> Failure {
    if list.json {
        // The failure is more important than the output's.
        if let Ok(line) = json_line(uploaded) {
            let _ = work.print(line).await;
        }
    }
    if of == 1 {
        return failure;
    }
    let count = uploaded.len();
    let what = match &failure {
        Failure::Interrupted { state, .. } | Failure::Unfinished { state, .. } => {
            format!("{state}; ")
        }
        _ => String::new(),
    };
    failure.unfinished(format!(
        "{what}{count} of {of} files were uploaded, in the order of the arguments"
    ))
}
