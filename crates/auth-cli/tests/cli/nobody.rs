//! A port and a pipe with nobody at the other end, whatever the other tests of this process do meanwhile.

use std::io::PipeWriter;

use tokio::net::TcpSocket;

/// A port that refuses connections: it is bound, so that no other test gets it, and nothing listens.
pub(crate) struct ClosedPort {
    pub(crate) url: String,
    _socket: TcpSocket,
}

impl ClosedPort {
    pub(crate) fn new() -> Self {
        let socket = bound();
        Self {
            url: format!("http://{}", socket.local_addr().unwrap()),
            _socket: socket,
        }
    }
}

/// A socket with a port of its own, which another one can listen on if it may reuse addresses, as servers may.
pub(crate) fn bound() -> TcpSocket {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_reuseaddr(true).unwrap();
    socket.bind(([127, 0, 0, 1], 0).into()).unwrap();
    socket
}

/// The writing end of a pipe whose reader has gone.
pub(crate) fn pipe_without_reader() -> PipeWriter {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    wait_until_unread(&writer);
    writer
}

/// Waits until the last copy of a dropped reader is closed.
///
/// A child that another test starts has one from its fork to its exec.
#[cfg(unix)]
pub(crate) fn wait_until_unread(writer: &PipeWriter) {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};

    // What a broken pipe reports need not be asked for.
    let mut descriptors = [PollFd::new(writer, PollFlags::empty())];
    let limit = Timespec {
        tv_sec: 60,
        tv_nsec: 0,
    };
    rustix::io::retry_on_intr(|| poll(&mut descriptors, Some(&limit))).unwrap();
    let seen = descriptors[0].revents();
    assert!(seen.intersects(PollFlags::ERR | PollFlags::HUP), "{seen:?}");
}

#[cfg(not(unix))]
pub(crate) fn wait_until_unread(_writer: &PipeWriter) {}
