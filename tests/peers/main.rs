//! Tests the token exchange against an OAuth server that nobody here wrote.

mod harness;
mod clients;

use harness::{Peer, Reply, request};

#[test]
fn body_credentials_sign_in_and_a_wrong_secret_is_refused() {
    let Some(peer) = Peer::start() else { return };

    let reply = sign_in(&peer, peer.client_secret());
    assert_eq!(reply.status, 200);
    let header = "\r\ncache-control: no-store\r\n";
    assert!(reply.head.contains(header), "{}", reply.head);
    assert_eq!(reply.json()["token_type"], "Bearer");

    let reply = sign_in(&peer, "wrong");
    assert_eq!(reply.status, 400);
    assert_eq!(reply.json()["error"], "invalid_client");

    assert_eq!(peer.counters(), (2, 0));
}

#[test]
fn an_access_token_opens_the_resource_until_it_expires_or_is_revoked() {
    let Some(peer) = Peer::start_with("peer-client", "fake+secret&with=reserved %41") else {
        return;
    };

    peer.lifetime(120);
    for end in [Peer::expire, Peer::revoke] {
        let answer = sign_in(&peer, "fake%2Bsecret%26with%3Dreserved+%2541").json();
        // Rounded down by the server from a moment that is already passing.
        let expires_in = answer["expires_in"].as_u64().unwrap();
        assert!((119..=120).contains(&expires_in), "{expires_in}");
        let token = answer["access_token"].as_str().unwrap();
        assert_eq!(open(&peer, token).status, 200);
        end(&peer);
        assert_eq!(open(&peer, token).status, 401);
    }

    assert_eq!(peer.counters(), (2, 4));
}

fn sign_in(peer: &Peer, encoded_secret: &str) -> Reply {
    let body = format!(
        "grant_type=client_credentials&client_id={}&client_secret={encoded_secret}",
        peer.client_id()
    );
    let form = [("content-type", "application/x-www-form-urlencoded")];
    request("POST", &peer.token_url(), &form, &body)
}

fn open(peer: &Peer, token: &str) -> Reply {
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str())];
    request("GET", &peer.resource_url(), &headers, "")
}
