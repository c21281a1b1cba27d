//! A cluster: of one node, which has all slots.

use super::contract::Tested;
use super::*;
use auth_testkit::store::contract;

async fn cluster(engine: &'static str) -> (RedisServer, u16) {
    // The port of a cluster's own traffic is 10,000 higher unless it is set.
    let options = [
        "--port",
        "PORT",
        "--cluster-enabled",
        "yes",
        "--cluster-port",
        "BUS",
    ];
    let (server, port) = RedisServer::start_on_a_port(engine, &options);
    server
        .query(&["CLUSTER", "ADDSLOTSRANGE", "0", "16383"])
        .await;
    // A node thinks for a moment before it calls its cluster complete.
    for _ in 0..600 {
        let info = server.query(&["CLUSTER", "INFO"]).await;
        let info: String = redis::from_redis_value(info).unwrap();
        if info.contains("cluster_state:ok") {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    (server, port)
}

#[tokio::test]
async fn a_cluster_keeps_records_as_a_store_must() {
    for engine in engines() {
        let (server, port) = cluster(engine).await;
        let store = RedisTokenStore::builder(&format!("redis://127.0.0.1:{port}"))
            .cluster()
            .build()
            .unwrap();
        contract::records(&Tested {
            store: store.clone(),
            server: &server,
        })
        .await;
        contract::sharing(&Tested {
            store,
            server: &server,
        })
        .await;
    }
}

#[test]
fn the_three_records_of_a_token_are_in_one_slot() {
    let tags = [RecordKind::Token, RecordKind::Lease, RecordKind::Failure].map(|kind| {
        let key = key(kind);
        let (_, rest) = key.as_str().split_once('{').unwrap();
        rest.split_once('}').unwrap().0.to_owned()
    });
    assert!(
        tags.iter().all(|tag| *tag == tags[0] && !tag.is_empty()),
        "{tags:?}"
    );
}
