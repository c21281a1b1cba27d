//! Tests of reserved files: what is refused, what is left behind, and what a secret never replaces.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests fail the test that calls them"
)]

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};

use super::*;

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

fn files(folder: &tempfile::TempDir) -> usize {
    fs::read_dir(folder.path()).unwrap().count()
}

#[test]
fn a_new_file_holds_the_secret_alone_and_is_its_owners_alone() {
    let folder = folder();
    let path = folder.path().join("secret");
    let file = ReservedFile::prepare(&path, Existing::Refused).unwrap();
    // While it waits it holds nothing that anybody could take for a secret.
    assert!(auth_core::Secret::from_file(&path).is_err());
    file.write("fäke-secret").unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "fäke-secret");
    assert_eq!(
        fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o600
    );
    assert_eq!(files(&folder), 1);
}

#[test]
fn a_secret_larger_than_the_room_is_written_whole() {
    let folder = folder();
    let path = folder.path().join("secret");
    let secret = "x".repeat(3 * ROOM + 1);
    let file = ReservedFile::prepare(&path, Existing::Refused).unwrap();
    file.write(&secret).unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), secret);
}

#[test]
fn a_file_for_which_no_secret_came_is_gone() {
    let folder = folder();
    let path = folder.path().join("secret");
    drop(ReservedFile::prepare(&path, Existing::Refused).unwrap());
    assert_eq!(files(&folder), 0);
    fs::write(&path, "old").unwrap();
    drop(ReservedFile::prepare(&path, Existing::Replaced).unwrap());
    assert_eq!(fs::read_to_string(&path).unwrap(), "old");
    assert_eq!(files(&folder), 1);
}

#[test]
fn a_replaced_file_changes_at_once_and_whole() {
    let folder = folder();
    let path = folder.path().join("secret");
    fs::write(&path, "old-and-longer-than-the-new-one").unwrap();
    let file = ReservedFile::prepare(&path, Existing::Replaced).unwrap();
    assert_eq!(
        fs::read_to_string(&path).unwrap(),
        "old-and-longer-than-the-new-one"
    );
    file.write("new").unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "new");
    assert_eq!(files(&folder), 1);
}

#[test]
fn what_somebody_put_in_its_place_stays_and_the_secret_is_not_said_to_be_kept() {
    for existing in [Existing::Refused, Existing::Replaced] {
        let folder = folder();
        let path = folder.path().join("secret");
        if existing == Existing::Replaced {
            fs::write(&path, "old").unwrap();
        }
        let file = ReservedFile::prepare(&path, existing).unwrap();
        let other = folder.path().join("other");
        fs::write(&other, "precious").unwrap();
        fs::rename(&other, &path).unwrap();
        assert!(file.check().is_err());
        assert!(file.write("fake-secret").is_err());
        assert_eq!(fs::read_to_string(&path).unwrap(), "precious");
        assert_eq!(files(&folder), 1, "{existing:?}");
    }
}

#[test]
fn a_file_that_was_moved_away_keeps_no_secret() {
    for existing in [Existing::Refused, Existing::Replaced] {
        let folder = folder();
        let (home, elsewhere) = (folder.path().join("home"), folder.path().join("elsewhere"));
        fs::create_dir(&home).unwrap();
        let path = home.join("secret");
        if existing == Existing::Replaced {
            fs::write(&path, "old").unwrap();
        }
        let file = ReservedFile::prepare(&path, existing).unwrap();
        fs::rename(&home, &elsewhere).unwrap();
        assert!(file.write("fake-secret").is_err());
        for entry in fs::read_dir(&elsewhere).unwrap() {
            let content = fs::read(entry.unwrap().path()).unwrap();
            assert!(!content.starts_with(b"fake"), "{existing:?}");
        }
    }
}

#[test]
fn nothing_but_a_file_of_ours_with_one_name_is_replaced() {
    let folder = folder();
    let path = |name: &str| folder.path().join(name);
    fs::write(path("file"), "old").unwrap();
    fs::hard_link(path("file"), path("other-name")).unwrap();
    symlink(path("file"), path("link")).unwrap();
    symlink(path("nothing"), path("dangling")).unwrap();
    fs::create_dir(path("folder")).unwrap();
    let socket = std::os::unix::net::UnixListener::bind(path("socket")).unwrap();
    let before = files(&folder);
    for name in ["file", "link", "dangling", "folder", "socket"] {
        for existing in [Existing::Refused, Existing::Replaced] {
            let refused = ReservedFile::prepare(&path(name), existing);
            assert!(matches!(refused, Err(Failure::Usage(_))), "{name}");
        }
    }
    for device in ["/dev/null", "/dev/full", "/dev/zero"] {
        assert!(ReservedFile::prepare(Path::new(device), Existing::Replaced).is_err());
    }
    assert_eq!(files(&folder), before);
    drop(socket);
}
