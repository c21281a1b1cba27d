//! Tests of socket files: their mode, a stale one, a live one, and another file in their place.

use std::os::unix::fs::PermissionsExt as _;

use super::*;

#[tokio::test]
async fn the_file_is_its_owner_s_alone_and_goes_with_the_server() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("socket");
    let (listener, file) = bind(&path).unwrap();
    let mode = fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    drop(file);
    assert!(!path.exists());
    drop(listener);
}

#[tokio::test]
async fn a_file_whose_process_is_gone_is_replaced_and_a_live_one_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("socket");
    drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
    assert!(path.exists());
    let (_listener, _file) = bind(&path).unwrap();
    let error = bind(&path).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::AddrInUse);
    assert!(UnixStream::connect(&path).is_ok());
}

#[tokio::test]
async fn what_is_no_socket_is_never_removed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    fs::write(&path, "precious").unwrap();
    let error = bind(&path).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
    assert_eq!(fs::read(&path).unwrap(), b"precious");
    let link = folder.path().join("link");
    std::os::unix::fs::symlink(&path, &link).unwrap();
    assert_eq!(
        bind(&link).unwrap_err().kind(),
        io::ErrorKind::AlreadyExists
    );
    assert!(link.exists());
}

#[tokio::test]
async fn the_socket_of_another_process_that_took_the_place_stays() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("socket");
    let (_first, file) = bind(&path).unwrap();
    fs::remove_file(&path).unwrap();
    // A placeholder, so that the new file has another number.
    fs::write(folder.path().join("other"), "").unwrap();
    let (_second, second) = bind(&path).unwrap();
    drop(file);
    assert!(path.exists());
    drop(second);
    assert!(!path.exists());
}
