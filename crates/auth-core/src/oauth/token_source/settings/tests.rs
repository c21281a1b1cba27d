//! Tests of sharing: equal settings become one copy, and different ones stay apart.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use crate::clock::{Clock, SystemClock};
use crate::credential::Credentials;
use crate::http::fake::FakeHttp;
use crate::http::{BaseUrl, HttpClient};
use crate::oauth::{ClientAuthMethod, Grant, OAuthTokenSource, TokenEndpoint};
use crate::scope::Scope;

/// What all tenants have in common.
struct Place {
    http: Arc<dyn HttpClient>,
    clock: Arc<dyn Clock>,
}

impl Place {
    fn new() -> Self {
        Self {
            http: Arc::new(FakeHttp::new([])),
            clock: Arc::new(SystemClock::new()),
        }
    }

    fn endpoint(&self, url: &str) -> TokenEndpoint {
        let url = BaseUrl::parse_endpoint(url).unwrap();
        let (http, clock) = (Arc::clone(&self.http), Arc::clone(&self.clock));
        TokenEndpoint::new("example", &url, http, clock).unwrap()
    }

    fn source(&self, id: &str) -> OAuthTokenSource {
        source(self.endpoint(URL), id).with_parameter("audience", "fake-audience")
    }
}

fn source(endpoint: TokenEndpoint, id: &str) -> OAuthTokenSource {
    let credentials = Credentials::new(id, "fake-secret").unwrap();
    OAuthTokenSource::new(endpoint, Arc::new(credentials))
}

#[test]
fn equal_sources_share_everything_but_their_credentials() {
    let (place, first) = (Place::new(), OnceLock::new());
    let one = place.source("fake-one").sharing(&first);
    let other = place.source("fake-other").sharing(&first);
    assert!(Arc::ptr_eq(&one.settings, &other.settings));
    assert_eq!(one.identity().as_deref(), Some("fake-one"));
    assert_eq!(other.identity().as_deref(), Some("fake-other"));
}

#[test]
fn a_source_that_differs_in_anything_keeps_its_own_settings() {
    let (place, first) = (Place::new(), OnceLock::new());
    let one = place.source("fake-one").sharing(&first);
    let elsewhere =
        |endpoint| source(endpoint, "fake-one").with_parameter("audience", "fake-audience");
    let same = || place.source("fake-one");
    let different = [
        same().with_grant(Grant::Password),
        same().with_client_auth_method(ClientAuthMethod::ClientSecretBasic),
        same().with_scope(Scope::parse("read").ok()),
        same().with_parameter("resource", "fake-resource"),
        same().with_default_lifetime(Duration::from_secs(60)),
        same().with_zero_lifetime_ignored(),
        source(place.endpoint(URL), "fake-one").with_parameter("audience", "another"),
        source(place.endpoint(URL), "fake-one").with_parameter("resource", "fake-audience"),
        elsewhere(place.endpoint("https://id.example/other")),
        elsewhere(place.endpoint(URL).with_timeout(Duration::from_secs(60))),
        elsewhere(Place::new().endpoint(URL)),
    ];
    for (number, other) in different.into_iter().enumerate() {
        let other = other.sharing(&first);
        assert!(
            !Arc::ptr_eq(&one.settings, &other.settings),
            "number {number}"
        );
    }
}

#[test]
fn a_change_after_sharing_is_for_one_source_only() {
    let (place, first) = (Place::new(), OnceLock::new());
    let one = place.source("fake-one").sharing(&first);
    let changed = one.clone().with_parameter("resource", "fake-resource");
    assert_eq!(changed.settings.parameters.len(), 2);
    assert_eq!(one.settings.parameters.len(), 1);
}

#[test]
fn equal_endpoints_become_one() {
    let (place, first) = (Place::new(), OnceLock::new());
    let one = place.endpoint(URL).sharing(&first);
    let other = place.endpoint(URL).sharing(&first);
    assert!(std::ptr::eq(one.url(), other.url()));
    let elsewhere = place.endpoint("https://id.example/other").sharing(&first);
    assert_eq!(elsewhere.url().path(), "/other");
}

const URL: &str = "https://id.example/oauth/token";
