//! Tests of files as bodies: their pieces, and files that change meanwhile.

use std::sync::Mutex;

use super::super::UploadBody;
use super::*;
use crate::error::ErrorKind;

async fn read(body: &UploadBody) -> Result<Vec<u8>> {
    let mut stream = body.open();
    let mut whole = Vec::new();
    while let Some(piece) = stream.chunk().await? {
        assert!(piece.len() <= PIECE);
        whole.extend_from_slice(&piece);
    }
    Ok(whole)
}

fn file_of(length: usize) -> (tempfile::NamedTempFile, Vec<u8>) {
    let file = tempfile::NamedTempFile::new().unwrap();
    let content: Vec<u8> = (0..length).map(|index| (index % 251) as u8).collect();
    fs::write(file.path(), &content).unwrap();
    (file, content)
}

#[tokio::test]
async fn a_file_is_read_whole_in_pieces_and_again() {
    for length in [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE] {
        let (file, content) = file_of(length);
        let body = UploadBody::file(file.path()).unwrap();
        assert_eq!(body.length(), Some(length as u64));
        for _ in 0..2 {
            assert!(read(&body).await.unwrap() == content, "{length}");
            assert!(body.is_intact());
        }
    }
}

#[tokio::test]
async fn a_file_that_changes_its_length_is_an_error_that_names_it() {
    for length in [10, PIECE, 2 * PIECE + 10] {
        for (change, how) in [(-1, "shorter"), (1, "longer")] {
            let (file, mut content) = file_of(length);
            let body = UploadBody::file(file.path()).unwrap();
            content.resize(length.saturating_add_signed(change), 0);
            fs::write(file.path(), &content).unwrap();
            let error = read(&body).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Config);
            let message = error.to_string();
            assert!(
                message.contains(&format!("became {how} than its {length} bytes")),
                "{message}"
            );
            let name = file
                .path()
                .file_name()
                .unwrap()
                .to_string_lossy()
                .into_owned();
            assert!(message.contains(&name), "{message}");
        }
    }
}

#[tokio::test]
async fn a_file_that_shrinks_while_it_is_read_is_an_error() {
    let (file, _) = file_of(3 * PIECE);
    let body = UploadBody::file(file.path()).unwrap();
    let mut stream = body.open();
    assert!(stream.chunk().await.unwrap().is_some());
    file.as_file().set_len(PIECE as u64).unwrap();
    assert!(stream.chunk().await.is_err());
}

#[test]
fn what_is_not_a_readable_file_is_named_before_anything_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing.csv");
    for (path, problem) in [
        (missing.as_path(), "does not exist"),
        (folder.path(), "is a folder"),
    ] {
        let error = UploadBody::file(path).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.to_string().contains(problem), "{error}");
    }
}

#[tokio::test]
async fn progress_counts_what_was_taken() {
    let (file, content) = file_of(2 * PIECE + 5);
    let seen = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&seen);
    let body = UploadBody::file(file.path())
        .unwrap()
        .with_progress(move |taken| noted.lock().unwrap().push(taken));
    assert!(read(&body).await.unwrap() == content);
    let piece = PIECE as u64;
    assert_eq!(*seen.lock().unwrap(), [piece, 2 * piece, 2 * piece + 5]);
}
