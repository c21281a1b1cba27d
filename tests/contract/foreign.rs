//! What is particular to the two vendors of the test tree: parameters of the token request, pages, errors inside a 200.

use std::ffi::OsString;

use auth_core::ErrorKind;
use auth_core::vendor::Environment;
use auth_testkit::Emulator;
use depot_auth::Depot;
use http::Method;
use roster_auth::Roster;

use crate::vendors::depot::PARCELS;
use crate::vendors::roster::USERS;
use crate::vendors::{Contract, Options};

#[tokio::test]
async fn roster_sends_the_audience_and_the_scope() {
    let emulator = Emulator::start(Roster::emulator()).await.unwrap();
    let client = Options::of(&emulator).client_of::<Roster>();
    client.warm_up().await.unwrap();
    let requests = emulator.received_token_requests();
    assert_eq!(
        requests[0].form("audience").as_deref(),
        Some("api://default")
    );
    assert_eq!(
        requests[0].form("scope").as_deref(),
        Some("roster.users.read")
    );
}

#[tokio::test]
async fn another_audience_of_roster_is_refused_by_name() {
    let emulator = Emulator::start(Roster::emulator()).await.unwrap();
    let config = Roster::builder(emulator.base_url())
        .client_id(emulator.client_id())
        .client_secret(emulator.client_secret())
        .options(|options| options.audience("api://other").scope("roster.users.read"))
        .build()
        .unwrap();
    let error = roster_auth::Client::new(config)
        .unwrap()
        .token()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TokenRequestRefused, "{error}");
    assert_eq!(error.error_code(), Some("invalid_target"));
}

#[tokio::test]
async fn rosters_users_come_once_and_in_order_over_linked_pages() {
    let emulator = Emulator::start(Roster::emulator()).await.unwrap();
    let users = Options::of(&emulator)
        .client_of::<Roster>()
        .users()
        .await
        .unwrap();
    let ids: Vec<usize> = users.iter().map(|user| user.id.parse().unwrap()).collect();
    assert_eq!(ids, (0..USERS).collect::<Vec<_>>());
    let pages = emulator.received_requests_to(&Method::GET, "/api/v1/users");
    let after: Vec<_> = pages.iter().map(|page| page.query("after")).collect();
    assert_eq!(
        after,
        [None, Some("200".to_owned()), Some("400".to_owned())]
    );
}

#[test]
fn an_unusable_scope_of_roster_names_its_variable() {
    let lookup = |variable: &str| {
        let values = [
            ("ROSTER_SCOPE", "a \"b\""),
            ("ROSTER_CLIENT_ID", "fake-client"),
            ("ROSTER_CLIENT_SECRET", "fake-secret"),
            ("ROSTER_BASE_URL", "https://roster.example"),
        ];
        let (_, value) = values.into_iter().find(|(name, _)| *name == variable)?;
        Some(OsString::from(value))
    };
    let environment = Environment::new(&lookup);
    let error = roster_auth::Config::from_environment(&environment).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(
        error
            .to_string()
            .starts_with("roster: scope (ROSTER_SCOPE): "),
        "{error}"
    );
}

#[tokio::test]
async fn depots_parcels_come_whole_for_one_site_and_for_all() {
    let emulator = Emulator::start(Depot::emulator()).await.unwrap();
    for (site, count) in [(None, PARCELS), (Some("north"), PARCELS / 2)] {
        let config = Depot::builder(emulator.base_url())
            .client_id(emulator.client_id())
            .client_secret(emulator.client_secret())
            .options(|options| match site {
                Some(site) => options.site(site),
                None => options,
            })
            .build()
            .unwrap();
        let parcels = depot_auth::Client::new(config)
            .unwrap()
            .parcels()
            .await
            .unwrap();
        assert_eq!(parcels.len(), count);
    }
}

#[tokio::test]
async fn a_wrong_key_of_depot_is_refused_credentials_inside_a_200() {
    let emulator = Emulator::start(Depot::emulator()).await.unwrap();
    let mut options = Options::of(&emulator);
    options.client_secret = "fake-wrong-secret".to_owned();
    let error = options.client_of::<Depot>().token().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidCredentials);
    assert_eq!(error.status().unwrap(), 200);
    assert_eq!(error.error_code(), Some("40101"));
    assert!(
        error
            .to_string()
            .ends_with("40101: the client credentials are invalid"),
        "{error}"
    );
}
