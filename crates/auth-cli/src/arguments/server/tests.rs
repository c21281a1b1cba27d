//! Tests of the addresses to listen on.

use super::*;

#[test]
fn an_address_is_a_port_of_this_machine_or_a_socket_file() {
    let rows = [
        ("127.0.0.1:0", "127.0.0.1:0", true),
        ("localhost:8080", "127.0.0.1:8080", true),
        ("[::1]:8080", "[::1]:8080", true),
        ("127.1.2.3:80", "127.1.2.3:80", true),
        ("0.0.0.0:8080", "0.0.0.0:8080", false),
        ("[::]:8080", "[::]:8080", false),
        ("10.0.0.1:8080", "10.0.0.1:8080", false),
    ];
    for (text, shown, is_local) in rows {
        let address = listen_address(text).unwrap();
        assert_eq!(address.to_string(), shown);
        assert_eq!(address.is_local(), is_local, "{text}");
    }
    for wrong in [
        "",
        "8080",
        ":8080",
        "127.0.0.1",
        "localhost",
        "unix:",
        "example.com:80",
        "::1:80",
    ] {
        assert!(listen_address(wrong).is_err(), "{wrong}");
    }
}

#[cfg(unix)]
#[test]
fn a_socket_file_is_local() {
    let address = listen_address("unix:/run/vauth.sock").unwrap();
    assert_eq!(address.to_string(), "unix:/run/vauth.sock");
    assert!(address.is_local());
}
