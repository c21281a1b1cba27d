//! Nothing readable in a store: real tokens of all vendors through a server and a folder, all that these keep and see, and a search for canaries.

mod search;

use std::fs;
use std::io::{Read as _, Write as _};
use std::path::Path;

use auth_core::store::{FileTokenStore, TokenStore};
use auth_core::vendor::{Client, ConfigBuilder, Vendor};
use auth_store_redis::RedisTokenStore;
use auth_testkit::{EmulatedVendor, Emulator};
use base64::Engine as _;
use datasaur_auth::Datasaur;
use maia_auth::Maia;
use runai_auth::Runai;
use tempfile::tempdir;

use self::search::{PIECE, search, unescaped};
use super::redis_server::{self, RedisServer};
use super::vendors::config;
use super::*;

/// A key of the program, for the users' token.
const KEY: &str = "canary-of-the-key/with+signs";

/// Obtains tokens of all vendors, and two failures, through the store; returns what must stay unreadable.
async fn sign_in(store: SharedStore) -> Vec<String> {
    let mut canaries = vec![KEY.to_owned()];
    let maia = emulator(EmulatedVendor::Maia).await;
    let at = |id: &str, secret: &str| {
        let config = config::<Maia>(&maia).client_id(id).client_secret(secret);
        config.options(|options| {
            options
                .token_url(maia.token_url())
                .audience("https://canary-of-the-audience.example")
        })
    };
    canaries.push("canary-of-the-audience".to_owned());
    let (id, secret) = (maia.client_id(), maia.client_secret());
    canaries.extend(obtain(at(id, secret), &store).await);
    canaries.extend(obtain(at(id, "canary-of-a-wrong-secret"), &store).await);
    canaries.extend(obtain(at("canary-of-an-unknown-client", secret), &store).await);
    canaries.extend(["canary-of-a-wrong-secret", "canary-of-an-unknown-client"].map(str::to_owned));
    let datasaur = emulator(EmulatedVendor::Datasaur).await;
    canaries.extend(obtain(config::<Datasaur>(&datasaur), &store).await);
    let runai = emulator(EmulatedVendor::Runai).await;
    canaries.extend(obtain(config::<Runai>(&runai), &store).await);
    let (name, password) = (runai.username().unwrap(), runai.password().unwrap());
    let user = runai_auth::Config::builder()
        .base_url(runai.base_url())
        .username(name)
        .password(password);
    canaries.extend(obtain(user, &store.with_key(KEY).unwrap()).await);
    canaries.extend([name.to_owned(), password.to_owned()]);
    for emulator in [&maia, &datasaur, &runai] {
        let facts = [
            emulator.client_id(),
            emulator.client_secret(),
            emulator.base_url(),
            emulator.token_url(),
        ];
        canaries.extend(facts.map(str::to_owned));
    }
    canaries.retain(|canary| canary.len() >= PIECE);
    assert!(canaries.len() > 20, "{}", canaries.len());
    canaries
}

async fn emulator(vendor: EmulatedVendor) -> Emulator {
    Emulator::builder(vendor)
        .client_id(format!("canary-of-the-id/{vendor}"))
        .client_secret(format!("canary of the secret+{vendor}/ü"))
        .start()
        .await
        .unwrap()
}

/// A handle for a test that counts records: a call that takes long on a busy machine is not given up.
fn patient(store: impl TokenStore + 'static) -> SharedStore {
    SharedStore::new(store).with_call_limit(seconds(30))
}

/// Requests one token; returns it, or the code of the failure.
async fn obtain<V: Vendor>(config: ConfigBuilder<V>, store: &SharedStore) -> Option<String> {
    let config = config.token_store(store.clone()).build().unwrap();
    match Client::<V>::new(config).unwrap().token().await {
        Ok(token) => Some(token.expose_secret().to_owned()),
        Err(error) => error.error_code().map(str::to_owned),
    }
}

#[tokio::test]
async fn a_server_keeps_and_sees_nothing_readable() {
    if !redis_server::is_installed() {
        return;
    }
    let server = RedisServer::start(&["--appendonly", "yes", "--rdbcompression", "no"]);
    let mut monitor = server.connect();
    monitor.write_all(b"MONITOR\r\n").unwrap();
    monitor.read_exact(&mut [0; 5]).unwrap();
    let store = RedisTokenStore::from_url(&server.url()).unwrap();
    let canaries = sign_in(patient(store)).await;
    let keys = keys(&server);
    assert_eq!(keys.len(), 4 + 2, "{keys:?}");

    let seen = dump(server, &keys, monitor);
    assert!(seen.len() > 5_000, "{}", seen.len());
    assert_eq!(search(&seen, &canaries), []);
}

#[tokio::test]
async fn a_folder_keeps_nothing_readable() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("tokens");
    let canaries = sign_in(patient(FileTokenStore::new(&path))).await;
    let seen = all_files(&path);
    assert!(seen.len() > 2_000, "{}", seen.len());
    assert_eq!(search(&seen, &canaries), []);
}

/// The same search and the same dump find whatever is written there, or the tests above would show nothing.
#[test]
fn the_search_finds_a_canary_however_it_is_written() {
    let canary = "canary-of-the-control/ü+end".to_owned();
    let bytes = canary.as_bytes();
    let engine = base64::engine::general_purpose::STANDARD;
    let reversed: Vec<u8> = bytes.iter().rev().copied().collect();
    let hex: String = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
    let utf_16: Vec<u8> = canary.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let written: [(&str, Vec<u8>); 8] = [
        ("plain", bytes.to_vec()),
        ("reversed", reversed),
        ("hex", hex.into_bytes()),
        ("url", b"x=canary-of-the-control%2F%C3%BC%2Bend".to_vec()),
        ("utf-16", utf_16),
        ("base64", engine.encode(bytes).into_bytes()),
        (
            "base64",
            engine.encode([b"x", bytes, b"y"].concat()).into_bytes(),
        ),
        (
            "base64",
            engine.encode([b"xy", bytes, b"z"].concat()).into_bytes(),
        ),
    ];
    for (way, text) in written {
        let text = [b"before ", &text[..], b" behind"].concat();
        let finds = search(&text, std::slice::from_ref(&canary));
        assert!(
            finds.iter().any(|(_, found)| *found == way),
            "{way}: {finds:?}"
        );
    }
    assert_eq!(search(b"nothing of that kind", &[canary]), []);
}

#[test]
fn a_dump_shows_what_is_written_to_a_server() {
    if !redis_server::is_installed() {
        return;
    }
    let places = [
        "canary-of-a-value",
        "canary-of-a-name",
        "canary-of-a-lease-that-ended",
    ];
    let server = RedisServer::start(&["--appendonly", "yes", "--rdbcompression", "no"]);
    let mut monitor = server.connect();
    monitor.write_all(b"MONITOR\r\n").unwrap();
    monitor.read_exact(&mut [0; 5]).unwrap();
    server.command(&format!("SET canary-of-a-name {}", places[0]));
    server.command(&format!("SET other {}", places[2]));
    server.command("DEL other");
    let keys = keys(&server);
    assert_eq!(keys, ["canary-of-a-name"]);
    let seen = dump(server, &keys, monitor);
    let finds = search(&seen, &places.map(str::to_owned));
    for place in places {
        assert!(
            finds.iter().any(|(text, _)| text == place),
            "{place}: {finds:?}"
        );
    }
}

/// A record that someone copies to another client's key, on the server itself, opens for nobody, even if both have one secret.
#[tokio::test]
async fn a_record_that_is_copied_on_the_server_does_not_open() {
    if !redis_server::is_installed() {
        return;
    }
    let server = RedisServer::start(&[]);
    let endpoint = auth_testkit::EmulatedTokenEndpoint::oauth("/oauth2/v1/token");
    let emulator = Emulator::builder(endpoint)
        .client("first", "fake-secret-of-both")
        .client("second", "fake-secret-of-both");
    let emulator = emulator.start().await.unwrap();
    let token = async |id: &str| {
        let store = RedisTokenStore::from_url(&server.url()).unwrap();
        let config = config::<roster_auth::Roster>(&emulator)
            .client_id(id)
            .client_secret("fake-secret-of-both");
        obtain(config, &patient(store)).await.unwrap()
    };
    let first = token("first").await;
    let of_first = keys(&server);
    let second = token("second").await;
    let of_second = keys(&server);
    let of_second = of_second
        .iter()
        .find(|key| !of_first.contains(key))
        .unwrap();
    assert_eq!(
        (token("first").await, token("second").await),
        (first.clone(), second.clone())
    );
    assert_eq!(emulator.token_requests(), 2);

    let copied = server.command(&format!("COPY {} {of_second} REPLACE", of_first[0]));
    assert_eq!(copied, ":1\r\n");
    let third = token("second").await;
    assert!(third != first && third != second);
    assert_eq!(emulator.token_requests(), 3);
}

/// The names of all records: of leases as well while they are held.
fn keys(server: &RedisServer) -> Vec<String> {
    let reply = server.command("SCAN 0 COUNT 1000");
    let lines = reply.lines().skip(4);
    let keys = lines.filter(|line| !line.starts_with('$'));
    keys.map(str::to_owned).collect()
}

/// All that a server keeps and has seen: its records in two forms, its files with their names, and each command.
fn dump(
    server: RedisServer,
    keys: &[String],
    mut monitor: std::os::unix::net::UnixStream,
) -> Vec<u8> {
    let commands = keys
        .iter()
        .flat_map(|key| ["GET", "DUMP", "PTTL"].map(|command| format!("{command} {key}")));
    let mut seen = server.replies(&commands.collect::<Vec<_>>());
    server.command("SAVE");
    assert!(server.folder().join("dump.rdb").exists());
    let mut files = all_files(server.folder());
    seen.append(&mut files);
    // The monitor's connection ends with the server.
    drop(server);
    let mut commands = Vec::new();
    monitor.read_to_end(&mut commands).unwrap();
    assert!(String::from_utf8_lossy(&commands).contains("\"SET\""));
    seen.extend(unescaped(&commands));
    seen.append(&mut commands);
    seen
}

/// The names and the bytes of all files below a folder.
fn all_files(folder: &Path) -> Vec<u8> {
    let mut seen = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        seen.extend(entry.file_name().to_string_lossy().as_bytes());
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            seen.append(&mut all_files(&entry.path()));
        } else if kind.is_file() {
            seen.append(&mut fs::read(entry.path()).unwrap());
        }
    }
    seen
}
