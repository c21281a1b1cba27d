//! A relay in front of a server, which forgets connections without telling anybody, as firewalls and vanished hosts do.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream, UnixStream};

/// Forwards each connection until it is told to forget those that there are.
pub(crate) struct Relay {
    port: u16,
    forgotten: Arc<AtomicUsize>,
}

impl Relay {
    pub(crate) async fn start(server: PathBuf) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let forgotten = Arc::new(AtomicUsize::new(0));
        let generation = Arc::clone(&forgotten);
        tokio::spawn(async move {
            loop {
                let (client, _) = listener.accept().await.unwrap();
                let server = UnixStream::connect(&server).await.unwrap();
                tokio::spawn(forward(client, server, Arc::clone(&generation)));
            }
        });
        Self { port, forgotten }
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Forwards nothing more on the connections that there are, and keeps them open.
    pub(crate) fn forget_connections(&self) {
        self.forgotten.fetch_add(1, Ordering::SeqCst);
    }
}

async fn forward(mut client: TcpStream, mut server: UnixStream, forgotten: Arc<AtomicUsize>) {
    let generation = forgotten.load(Ordering::SeqCst);
    let (mut sent, mut received) = ([0; 4_096], [0; 4_096]);
    loop {
        tokio::select! {
            read = client.read(&mut sent) => match read {
                Ok(0) | Err(_) => return,
                Ok(_) if forgotten.load(Ordering::SeqCst) != generation => {}
                Ok(count) => server.write_all(&sent[..count]).await.unwrap(),
            },
            read = server.read(&mut received) => match read {
                Ok(0) | Err(_) => return,
                Ok(count) => client.write_all(&received[..count]).await.unwrap(),
            },
        }
    }
}
