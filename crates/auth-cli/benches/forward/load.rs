//! The callers: connections that each send one small request after the other.

use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::Outcome;
use crate::servers::ANSWER;

pub(crate) struct Load {
    connections: Vec<TcpStream>,
}

impl Load {
    pub(crate) async fn open(address: &str, count: usize) -> Outcome<Self> {
        let mut connections = Vec::new();
        for _ in 0..count {
            let connection = TcpStream::connect(address).await?;
            connection.set_nodelay(true)?;
            connections.push(connection);
        }
        Ok(Self { connections })
    }

    /// Sends this number of requests on each connection, and returns how long all of them took.
    pub(crate) async fn round(&mut self, requests: usize) -> Outcome<Duration> {
        let started = Instant::now();
        let mut tasks = JoinSet::new();
        for mut connection in self.connections.drain(..) {
            tasks.spawn(async move {
                for _ in 0..requests {
                    request(&mut connection).await?;
                }
                Outcome::Ok(connection)
            });
        }
        while let Some(connection) = tasks.join_next().await {
            self.connections.push(connection??);
        }
        Ok(started.elapsed())
    }
}

async fn request(connection: &mut TcpStream) -> Outcome<()> {
    connection.write_all(REQUEST).await?;
    let mut received = Vec::with_capacity(1024);
    loop {
        if connection.read_buf(&mut received).await? == 0 {
            return Err("the connection was closed".into());
        }
        let Some(end) = received.windows(4).position(|bytes| bytes == b"\r\n\r\n") else {
            continue;
        };
        if received.len() < end + 4 + ANSWER.len() {
            continue;
        }
        let is_right =
            received.starts_with(b"HTTP/1.1 200") && received.ends_with(ANSWER.as_bytes());
        return match is_right {
            true => Ok(()),
            false => Err("another response than the API's".into()),
        };
    }
}

const REQUEST: &[u8] = b"GET /v1/projects?page=0&size=25 HTTP/1.1\r\nhost: localhost\r\naccept: application/json\r\nuser-agent: bench\r\n\r\n";
