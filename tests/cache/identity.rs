//! A token is never served in a name that is no longer the caller's.

use std::sync::Mutex;

use async_trait::async_trait;
use auth_core::{AccessToken, Clock, Error, ErrorKind, Result, TokenSource};

use super::*;

/// Gives tokens named after whoever signs in; fails for `nobody`.
#[derive(Debug, Clone)]
struct Named {
    clock: ManualClock,
    name: Arc<Mutex<Arc<str>>>,
}

#[async_trait]
impl TokenSource for Named {
    async fn token(&self) -> Result<AccessToken> {
        let name = self.identity().unwrap();
        if &*name == "nobody" {
            return Err(Error::new(
                ErrorKind::InvalidCredentials,
                "nobody may sign in",
            ));
        }
        AccessToken::new(&*name, self.clock.now(), seconds(3_600))
    }

    fn inner(&self) -> Option<&dyn TokenSource> {
        None
    }

    fn identity(&self) -> Option<Arc<str>> {
        Some(Arc::clone(&self.name.lock().unwrap()))
    }
}

async fn after_a_change_to(name: &str) -> (TokenCache<Named>, Result<AccessToken>) {
    let clock = ManualClock::new();
    let source = Named {
        clock: clock.clone(),
        name: Arc::new(Mutex::new("first".into())),
    };
    let policy = RefreshPolicy::new().with_jitter(Some(0.0));
    let cache = TokenCache::builder(source.clone())
        .refresh_policy(policy)
        .clock(clock.clone())
        .build();
    assert_eq!(cache.token().await.unwrap().expose_secret(), "first");
    *source.name.lock().unwrap() = name.into();
    clock.advance(seconds(2_700));
    // The token is due: the refresh that this call starts is where the change is seen.
    let outcome = cache.token().await;
    (cache, outcome)
}

#[tokio::test]
async fn another_client_id_gets_a_token_of_its_own() {
    let (_, outcome) = after_a_change_to("second").await;
    assert_eq!(outcome.unwrap().expose_secret(), "second");
}

#[tokio::test]
async fn the_token_of_the_former_id_is_not_served_when_the_new_one_is_refused() {
    let (cache, outcome) = after_a_change_to("nobody").await;
    assert_eq!(outcome.unwrap_err().kind(), ErrorKind::InvalidCredentials);
    assert!(cache.cached_token().is_none());
}

#[tokio::test]
async fn the_same_id_keeps_its_token() {
    let (cache, outcome) = after_a_change_to("first").await;
    assert_eq!(outcome.unwrap().expose_secret(), "first");
    assert!(cache.cached_token().is_some());
}
