//! Our clients against the peer: both ways to show credentials, every refusal, a token that expired and one that was revoked.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests fail the test that calls them"
)]

use std::time::Duration;

use auth_core::{ClientAuthMethod, Error, ErrorKind, RefreshPolicy};
use auth_testkit::ManualClock;
use bytes::Bytes;
use datasaur_auth::{Client, Config, ConfigBuilder};
use http::Request;

use crate::harness::Peer;

const WAYS: [ClientAuthMethod; 2] = [
    ClientAuthMethod::ClientSecretPost,
    ClientAuthMethod::ClientSecretBasic,
];

fn config(peer: &Peer, way: ClientAuthMethod) -> ConfigBuilder {
    Config::builder()
        .base_url(peer.base_url())
        .client_id(peer.client_id())
        .client_secret(peer.client_secret())
        .options(|options| options.client_auth_method(way))
        .refresh_policy(RefreshPolicy::new().with_max_attempts(1))
}

fn client(config: ConfigBuilder) -> Client {
    Client::new(config.build().unwrap()).unwrap()
}

async fn resource_status(client: &Client) -> u16 {
    let mut request = Request::new(Bytes::new());
    *request.uri_mut() = "/resource".parse().unwrap();
    client.send(request).await.unwrap().status().as_u16()
}

async fn refusal(config: ConfigBuilder) -> Error {
    client(config).token().await.unwrap_err()
}

#[tokio::test]
async fn both_ways_sign_in_and_open_the_resource() {
    let Some(peer) = Peer::start() else { return };
    for way in WAYS {
        let client = client(config(&peer, way));
        assert_eq!(resource_status(&client).await, 200, "{way:?}");
        let lifetime = client.token().await.unwrap().lifetime().as_secs();
        assert!((3_599..=3_600).contains(&lifetime), "{way:?}: {lifetime}");
    }
    assert_eq!(peer.counters(), (2, 2));
}

#[tokio::test]
async fn a_secret_of_reserved_characters_signs_in_by_body() {
    let Some(peer) = Peer::start_with("peer-client", "fake+secret&with=reserved %41") else {
        return;
    };
    assert_eq!(
        resource_status(&client(config(&peer, ClientAuthMethod::ClientSecretPost))).await,
        200
    );
}

#[tokio::test]
async fn maia_signs_in_at_a_token_url_of_its_own() {
    let Some(peer) = Peer::start() else { return };
    let config = maia_auth::Config::builder()
        .base_url(peer.base_url())
        .options(|options| options.token_url(peer.token_url()))
        .client_id(peer.client_id())
        .client_secret(peer.client_secret())
        .build()
        .unwrap();
    let token = maia_auth::Client::new(config)
        .unwrap()
        .token()
        .await
        .unwrap();
    assert_eq!(token.expose_secret().len(), 64);
}

#[tokio::test]
async fn a_wrong_secret_and_an_unknown_client_are_refused_credentials() {
    let Some(peer) = Peer::start() else { return };
    for (way, status) in WAYS.into_iter().zip([400, 401]) {
        for config in [
            config(&peer, way).client_secret("fake-wrong-secret"),
            config(&peer, way).client_id("fake-unknown-client"),
        ] {
            let error = refusal(config).await;
            assert_eq!(
                error.kind(),
                ErrorKind::InvalidCredentials,
                "{way:?}: {error}"
            );
            assert_eq!(error.error_code(), Some("invalid_client"));
            assert_eq!(error.status().unwrap(), status);
            assert!(!format!("{error:?}").contains("fake"), "{error:?}");
        }
    }
}

#[tokio::test]
async fn a_client_without_the_grant_is_refused() {
    let Some(peer) = Peer::start() else { return };
    let config = config(&peer, ClientAuthMethod::ClientSecretPost)
        .client_id(format!("{}-nogrant", peer.client_id()));
    let error = refusal(config).await;
    assert_eq!(error.kind(), ErrorKind::InvalidCredentials);
    assert_eq!(error.error_code(), Some("unauthorized_client"));
}

#[tokio::test]
async fn an_expired_and_a_revoked_token_cost_one_refresh_each() {
    let Some(peer) = Peer::start() else { return };
    let clock = ManualClock::new();
    let client = client(config(&peer, ClientAuthMethod::ClientSecretPost).clock(clock.clone()));
    assert_eq!(resource_status(&client).await, 200);
    for (round, end) in [Peer::expire as fn(&Peer), Peer::revoke]
        .into_iter()
        .enumerate()
    {
        // Past the age below which a refused token is not blamed.
        clock.advance(Duration::from_secs(60));
        end(&peer);
        assert_eq!(resource_status(&client).await, 200);
        let token_requests = 2 + round as u64;
        let resource_requests = 1 + 2 * (1 + round as u64);
        assert_eq!(peer.counters(), (token_requests, resource_requests));
    }
}

#[tokio::test]
async fn a_fresh_token_that_the_peer_calls_invalid_is_replaced_at_once() {
    let Some(peer) = Peer::start() else { return };
    let client = client(config(&peer, ClientAuthMethod::ClientSecretPost));
    client.warm_up().await.unwrap();
    peer.revoke();
    assert_eq!(resource_status(&client).await, 200);
    assert_eq!(peer.counters(), (2, 2));
}
