//! Tests of `vauth request` and `vauth datasaur upload` with large bodies: little memory, and files that change while they are sent.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use tempfile::TempDir;

use crate::support::{Environment, command, finish};
use crate::wire::{TOKEN, json};

const LARGE: u64 = 300 * 1024 * 1024;

/// More memory than a small request takes, at most.
const ALLOWED_KIB: u64 = 32 * 1024;

/// A server whose API requests a test handles itself, head first.
struct Server {
    environment: Environment,
    requests: Receiver<(BufReader<TcpStream>, u64)>,
}

fn start() -> Server {
    start_for("RUNAI")
}

/// Starts a server for the vendor whose variables start so.
fn start_for(vendor: &str) -> Server {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (sender, requests) = channel();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            accept(stream, &sender);
        }
    });
    let environment = [
        ("BASE_URL", url.as_str()),
        ("CLIENT_ID", "fake-client"),
        ("CLIENT_SECRET", "fake-clients-secret"),
    ];
    Server {
        environment: environment
            .map(|(name, value)| (format!("{vendor}_{name}"), value.to_owned()))
            .into(),
        requests,
    }
}

fn accept(stream: TcpStream, requests: &Sender<(BufReader<TcpStream>, u64)>) {
    let mut reader = BufReader::new(stream);
    let (mut line, mut length) = (String::new(), 0);
    reader.read_line(&mut line).unwrap();
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).unwrap();
        let header = header.trim().to_ascii_lowercase();
        if let Some(value) = header.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        if header.is_empty() {
            break;
        }
    }
    if line.contains("token") {
        std::io::copy(&mut reader.by_ref().take(length), &mut std::io::sink()).unwrap();
        let body = format!(
            r#"{{"access_token":"{TOKEN}","accessToken":"{TOKEN}","token_type":"bearer","expires_in":3600,"expiresIn":3600}}"#
        );
        reader.get_mut().write_all(&json(&body)).unwrap();
        return;
    }
    requests.send((reader, length)).unwrap();
}

impl Server {
    fn spawn(&self, arguments: &[&str]) -> Child {
        self.run(&[&["request", "runai"], arguments].concat())
    }

    fn run(&self, arguments: &[&str]) -> Child {
        command(arguments, &self.environment)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    fn next(&self) -> (BufReader<TcpStream>, u64) {
        self.requests.recv_timeout(Duration::from_secs(60)).unwrap()
    }

    /// Returns the peak memory of a small request.
    fn usual_memory(&self) -> u64 {
        let child = self.spawn(&["/small"]);
        let (mut stream, _) = self.next();
        let peak = peak(&child);
        stream.get_mut().write_all(&json("{}")).unwrap();
        finish(child).stdout();
        peak
    }
}

/// Returns the peak resident memory in KiB.
fn peak(child: &Child) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.unwrap()
        .trim()
        .trim_end_matches(" kB")
        .parse()
        .unwrap()
}

#[test]
fn a_large_upload_and_a_large_download_take_little_memory() {
    let server = start();
    let usual = server.usual_memory();
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("large");
    File::create(&path).unwrap().set_len(LARGE).unwrap();
    let body = format!("@{}", path.display());
    let field = format!("file={body}");
    for arguments in [
        &[
            "/up",
            "-d",
            &body,
            "-H",
            "content-type: application/octet-stream",
        ][..],
        &["/up", "-F", &field],
    ] {
        let child = server.spawn(arguments);
        let (mut stream, length) = server.next();
        assert!(length >= LARGE);
        let mut body = stream.by_ref().take(length);
        assert_eq!(
            std::io::copy(&mut body, &mut std::io::sink()).unwrap(),
            length
        );
        let more = peak(&child).saturating_sub(usual);
        stream.get_mut().write_all(&json("{}")).unwrap();
        finish(child).stdout();
        assert!(more < ALLOWED_KIB, "{more} KiB for {arguments:?}");
    }
    fs::remove_file(&path).unwrap();

    let child = server.spawn(&["/down", "-o", path.to_str().unwrap()]);
    let (mut stream, _) = server.next();
    let stream = stream.get_mut();
    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {LARGE}\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    std::io::copy(&mut std::io::repeat(0).take(LARGE - 1), stream).unwrap();
    let more = peak(&child).saturating_sub(usual);
    stream.write_all(&[0]).unwrap();
    finish(child).stdout();
    assert!(more < ALLOWED_KIB, "{more} KiB");
    assert_eq!(path.metadata().unwrap().len(), LARGE);
}

#[test]
fn a_file_that_changes_its_length_while_it_is_sent_is_an_error_that_says_so() {
    let server = start();
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("changing");
    // Larger than all buffers on the way, so that its end has not been read when the head arrives.
    const LENGTH: u64 = 64 * 1024 * 1024;
    for (changed, word) in [(LENGTH + 1, "longer"), (LENGTH / 2, "shorter")] {
        let body = format!("file=@{}", path.display());
        let kind = "content-type: application/octet-stream";
        let plain = &body["file=".len()..];
        for arguments in [&["/up", "-F", &body][..], &["/up", "-d", plain, "-H", kind]] {
            let file = File::create(&path).unwrap();
            file.set_len(LENGTH).unwrap();
            let child = server.spawn(arguments);
            let (mut stream, length) = server.next();
            file.set_len(changed).unwrap();
            let mut body = stream.by_ref().take(length);
            // The body never arrives as if it were complete.
            let read = std::io::copy(&mut body, &mut std::io::sink()).unwrap_or(0);
            assert!(read < length);
            let line = finish(child).failure(2);
            let expected = format!("changing became {word} while it was sent");
            assert!(line.contains(&expected), "{line}");
        }
    }
}

#[test]
fn a_large_file_of_datasaur_takes_little_memory() {
    let server = start_for("DATASAUR");
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("large.bin");
    let mut peaks = Vec::new();
    for size in [1, LARGE] {
        File::create(&path).unwrap().set_len(size).unwrap();
        let child = server.run(&["datasaur", "upload", path.to_str().unwrap()]);
        let (mut stream, length) = server.next();
        assert!(length > size);
        let mut body = stream.by_ref().take(length);
        let sent = std::io::copy(&mut body, &mut std::io::sink()).unwrap();
        assert_eq!(sent, length);
        peaks.push(peak(&child));
        let answer = json(r#"{"objectKey":"temp/upload-proxy/fake.bin"}"#);
        stream.get_mut().write_all(&answer).unwrap();
        assert_eq!(finish(child).stdout(), "temp/upload-proxy/fake.bin\n");
    }
    let more = peaks[1].saturating_sub(peaks[0]);
    assert!(more < ALLOWED_KIB, "{more} KiB");
}

#[test]
fn a_file_of_datasaur_that_changes_its_length_is_named() {
    const LENGTH: u64 = 64 * 1024 * 1024;
    let server = start_for("DATASAUR");
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("changing.bin");
    for (changed, word) in [(LENGTH + 1, "longer"), (LENGTH / 2, "shorter")] {
        let file = File::create(&path).unwrap();
        file.set_len(LENGTH).unwrap();
        let child = server.run(&["datasaur", "upload", path.to_str().unwrap()]);
        let (mut stream, length) = server.next();
        file.set_len(changed).unwrap();
        let mut body = stream.by_ref().take(length);
        let read = std::io::copy(&mut body, &mut std::io::sink()).unwrap_or(0);
        assert!(read < length);
        let run = finish(child);
        assert_eq!(run.stdout, "");
        let line = run.failure(2);
        assert!(
            line.contains("the file changing.bin was not uploaded"),
            "{line}"
        );
        let expected = format!("changing.bin became {word} while it was sent");
        assert!(line.contains(&expected), "{line}");
    }
}
