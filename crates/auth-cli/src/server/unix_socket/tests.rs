//! Tests of socket files: their mode, a stale one, a live one, and another file in their place.

use std::os::unix::fs::PermissionsExt as _;

use super::*;

#[tokio::test]
async fn the_file_is_its_owner_s_alone_and_goes_with_the_server() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("socket");
    let (listener, file) = bind(&path).await.unwrap();
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
    let (_listener, _file) = bind(&path).await.unwrap();
    let error = bind(&path).await.unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::AddrInUse);
    assert!(UnixStream::connect(&path).await.is_ok());
}

#[tokio::test]
async fn what_is_no_socket_is_never_removed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    fs::write(&path, "precious").unwrap();
    let error = bind(&path).await.unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
    assert_eq!(fs::read(&path).unwrap(), b"precious");
    let link = folder.path().join("link");
    std::os::unix::fs::symlink(&path, &link).unwrap();
    assert_eq!(
        bind(&link).await.unwrap_err().kind(),
        io::ErrorKind::AlreadyExists
    );
    assert!(link.exists());
}

#[tokio::test]
async fn the_socket_of_another_process_that_took_the_place_stays() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("socket");
    let (_first, file) = bind(&path).await.unwrap();
    fs::remove_file(&path).unwrap();
    // A placeholder, so that the new file has another number.
    fs::write(folder.path().join("other"), "").unwrap();
    let (_second, second) = bind(&path).await.unwrap();
    drop(file);
    assert!(path.exists());
    drop(second);
    assert!(!path.exists());
}

#[tokio::test]
async fn a_server_that_no_longer_accepts_is_in_use_and_does_not_block() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("socket");
    let socket = tokio::net::UnixSocket::new_stream().unwrap();
    socket.bind(&path).unwrap();
    let _stopped = socket.listen(1).unwrap();
    // Until its queue is full.
    let mut waiting = Vec::new();
    while let Ok(stream) = UnixStream::connect(&path).await {
        waiting.push(stream);
        assert!(waiting.len() < 100);
    }
    let error = bind(&path).await.unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::AddrInUse);
    assert!(path.exists());
}
