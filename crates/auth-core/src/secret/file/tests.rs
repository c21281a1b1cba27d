//! Tests of which files are read, how far, and what is taken for the secret.

use std::fs;
use std::path::PathBuf;

use super::*;
use crate::error::ErrorKind;

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("secret")
    }

    fn holding(content: impl AsRef<[u8]>) -> Self {
        let folder = Self::new();
        fs::write(folder.path(), content).unwrap();
        folder
    }

    #[cfg(unix)]
    fn with_pipe() -> Self {
        let folder = Self::new();
        let made = std::process::Command::new("mkfifo")
            .arg(folder.path())
            .status()
            .unwrap();
        assert!(made.success());
        folder
    }
}

#[test]
fn one_line_break_and_a_byte_order_mark_are_no_part_of_the_secret() {
    for content in [
        "fake secret",
        "fake secret\n",
        "fake secret\r\n",
        "\u{feff}fake secret\r\n",
    ] {
        let folder = Folder::holding(content);
        let secret = Secret::from_file(folder.path()).unwrap();
        assert_eq!(secret.expose_secret(), "fake secret", "{content:?}");
    }
}

#[test]
fn what_is_no_secret_is_refused_by_its_path_and_never_quoted() {
    for content in [
        &b""[..],
        b"\n",
        b"fake\n\n",
        b"fake\r\n\r\n",
        b"fake\nfake",
        b" fake",
        b"fake\xff",
        b"f\0a\0k\0e\0",
        b"\xff\xfef\0a\0",
    ] {
        let folder = Folder::holding(content);
        let error = Secret::from_file(folder.path()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config, "{content:?}");
        let text = error.to_string();
        assert!(text.contains(folder.path().to_str().unwrap()), "{text}");
        assert!(!format!("{error:?}").contains("fake"), "{error:?}");
    }
}

#[test]
fn the_size_is_bounded_to_the_byte() {
    let full = "x".repeat(64 * 1024);
    let folder = Folder::holding(&full);
    assert_eq!(
        Secret::from_file(folder.path()).unwrap().expose_secret(),
        full
    );
    let folder = Folder::holding(format!("{full}x"));
    let error = Secret::from_file(folder.path()).unwrap_err();
    assert!(error.to_string().contains("is larger than"), "{error}");
}

#[test]
fn a_path_that_may_be_the_secret_itself_is_not_repeated() {
    for path in ["-----BEGIN fake-----\nfake".to_owned(), "fake".repeat(300)] {
        let error = Secret::from_file(path).unwrap_err();
        assert!(!format!("{error:?}").contains("fake"), "{error:?}");
    }
}

#[cfg(unix)]
#[test]
fn a_pipe_is_read_until_its_writer_closes_it() {
    let folder = Folder::with_pipe();
    let path = folder.path();
    let writer = std::thread::spawn(move || {
        use std::io::Write as _;

        let mut pipe = OpenOptions::new().write(true).open(path).unwrap();
        for part in ["fake ", "secret", "\n"] {
            pipe.write_all(part.as_bytes()).unwrap();
            std::thread::yield_now();
        }
    });
    let secret = Secret::from_file(folder.path()).unwrap();
    writer.join().unwrap();
    assert_eq!(secret.expose_secret(), "fake secret");
}

#[cfg(unix)]
#[test]
fn a_pipe_that_never_ends_is_cut_off_by_size() {
    let folder = Folder::with_pipe();
    let path = folder.path();
    let writer = std::thread::spawn(move || {
        use std::io::Write as _;

        let mut pipe = OpenOptions::new().write(true).open(path).unwrap();
        while pipe.write_all(&[b'x'; 4_096]).is_ok() {}
    });
    let error = Secret::from_file(folder.path()).unwrap_err();
    assert!(error.to_string().contains("is larger than"), "{error}");
    // The reader is gone, so the writer's next write fails and ends it.
    writer.join().unwrap();
}

#[cfg(unix)]
#[test]
fn a_pipe_without_a_writer_or_with_a_silent_one_ends_at_the_timeout() {
    let folder = Folder::with_pipe();
    let mut file = open(&folder.path()).unwrap();
    let outcome = read_to_end(&mut file, 100, Some(Duration::ZERO)).unwrap();
    assert!(matches!(outcome, Content::Unfinished), "nobody writes");
    let writer = OpenOptions::new().write(true).open(folder.path()).unwrap();
    let outcome = read_to_end(&mut file, 100, Some(Duration::ZERO)).unwrap();
    assert!(matches!(outcome, Content::Unfinished), "nothing is written");
    drop(writer);
}

#[cfg(unix)]
#[test]
fn a_file_that_is_read_again_must_not_be_a_pipe() {
    let folder = Folder::with_pipe();
    let error = read_secret(&folder.path(), FileKind::Regular).unwrap_err();
    assert!(error.to_string().contains("is a pipe"), "{error}");
}

#[cfg(unix)]
#[test]
fn devices_and_folders_are_not_read() {
    for (path, said) in [
        ("/dev/zero", "is not a regular file"),
        ("/dev/null", "is not a regular file"),
        ("/", "is a folder: name a file in it"),
    ] {
        let error = Secret::from_file(path).unwrap_err();
        assert!(error.to_string().contains(said), "{error}");
    }
}

#[test]
fn a_file_that_cannot_be_opened_has_a_message_for_its_cause() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "fake").unwrap();
    for (path, said) in [
        (
            folder.path().join("missing"),
            "does not exist: check the path",
        ),
        (file.join("below"), "a part of its path is no folder"),
    ] {
        let error = Secret::from_file(path).unwrap_err();
        assert!(error.to_string().contains(said), "{error}");
        // The system's own words would say it again.
        assert!(std::error::Error::source(&error).is_none(), "{error:?}");
    }
    // Root may read everything, so that no test can have this error from the system.
    let denied = unreadable(&file, io::ErrorKind::PermissionDenied.into());
    assert!(
        denied
            .to_string()
            .contains("by this user: check its permissions")
    );
    let broken = unreadable(&file, io::Error::other("the disk is broken"));
    assert!(format!("{broken:?}").ends_with("cannot be read: the disk is broken"));
}
