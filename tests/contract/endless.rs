//! What a server can write without an end.

use crate::listener::Misbehaviour;

/// Each with what has no end, for the message of a test that fails.
pub(crate) fn endless() -> Vec<(&'static str, Misbehaviour)> {
    let long_value =
        b"x-a: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n";
    vec![
        (
            "headers",
            Misbehaviour::Endless(b"HTTP/1.1 200 OK\r\n", long_value),
        ),
        (
            "one header",
            Misbehaviour::Endless(
                b"HTTP/1.1 200 OK\r\na: ",
                b"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            ),
        ),
        (
            "the reason",
            Misbehaviour::Endless(b"HTTP/1.1 200 ", b"OKOKOKOKOKOKOKOKOKOKOKOKOKOKOK"),
        ),
        (
            "100 continue",
            Misbehaviour::Endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        ),
        (
            "103 hints",
            Misbehaviour::Endless(b"", b"HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n"),
        ),
        (
            "a chunked body",
            Misbehaviour::Endless(
                b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n",
                b"10\r\n0123456789abcdef\r\n",
            ),
        ),
        (
            "a chunk's extension",
            Misbehaviour::Endless(
                b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1;a=",
                b"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            ),
        ),
        (
            "trailers",
            Misbehaviour::Endless(
                b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n",
                long_value,
            ),
        ),
        (
            "a body without a length",
            Misbehaviour::Endless(
                b"HTTP/1.1 200 OK\r\n\r\n",
                b"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            ),
        ),
        (
            "a body of a huge length",
            Misbehaviour::Endless(
                b"HTTP/1.1 200 OK\r\ncontent-length: 18446744073709551615\r\n\r\n",
                b"aaaaaaaa",
            ),
        ),
        (
            "drops",
            Misbehaviour::Drip(
                b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n{\"access_token\":\"",
            ),
        ),
        ("silence", Misbehaviour::Silence),
    ]
}
