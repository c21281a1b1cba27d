//! Tests of the rules for callers with an HTTP client of their own.

use std::sync::Arc;

use async_trait::async_trait;
use http::Extensions;

use super::*;
use crate::client::tests::Tokens;

#[tokio::test]
async fn another_token_comes_after_a_refused_one_if_there_is_another() {
    let tokens = Tokens::new(&["one", "two", "two"]);
    let one = tokens.token().await.unwrap();
    let two = token_after(&tokens, &one).await.unwrap().unwrap();
    assert_eq!(two.expose_secret(), "two");
    assert!(token_after(&tokens, &two).await.unwrap().is_none());
    let refused = ["one", "two"].map(|token| (token.to_owned(), Verdict::Unauthorized));
    assert_eq!(tokens.verdicts(), refused);
}

#[tokio::test]
async fn a_failed_sign_in_after_a_refusal_says_that_nothing_was_sent() {
    #[derive(Debug)]
    struct Down;
    #[async_trait]
    impl TokenSource for Down {
        async fn token(&self) -> Result<AccessToken> {
            Err(Error::new(crate::ErrorKind::Timeout, "no answer"))
        }

        fn inner(&self) -> Option<&dyn TokenSource> {
            None
        }
    }
    let rejected = Tokens::new(&["one"]).token().await.unwrap();
    let error = token_after(&Down, &rejected).await.unwrap_err();
    assert!(!error.may_have_been_sent());
}

#[tokio::test]
async fn each_outcome_is_reported_and_only_a_refusal_is_tried_again() {
    use Verdict::{Accepted, InvalidToken, Unauthorized};
    type Outcome = fn(u8) -> Attempt<u8>;
    let cases: [(Outcome, &[(&str, Verdict)]); 4] = [
        (Attempt::Complete, &[]),
        (Attempt::Accepted, &[("one", Accepted)]),
        (
            Attempt::Unauthorized,
            &[("one", Unauthorized), ("two", Unauthorized)],
        ),
        (
            Attempt::InvalidToken,
            &[("one", InvalidToken), ("two", InvalidToken)],
        ),
    ];
    for (outcome, reported) in cases {
        let tokens = Tokens::new(&["one", "two"]);
        let mut calls = 0;
        let call = |_| {
            calls += 1;
            std::future::ready(Ok::<_, Error>(outcome(calls)))
        };
        let last = call_with_token(&tokens, call).await.unwrap();
        assert_eq!(usize::from(last), reported.len().max(1));
        let told = tokens.verdicts();
        let told: Vec<_> = told
            .iter()
            .map(|(token, verdict)| (token.as_str(), *verdict))
            .collect();
        assert_eq!(told, reported);
    }
}

#[test]
fn a_response_says_itself_what_it_made_of_the_token() {
    let read = |status: u16, challenge: &str| {
        let response = Response::builder()
            .status(status)
            .header("www-authenticate", challenge)
            .body(())
            .unwrap();
        Attempt::from_response(response)
    };
    assert!(matches!(read(201, "Bearer"), Attempt::Accepted(_)));
    assert!(matches!(read(401, "Bearer"), Attempt::Unauthorized(_)));
    assert!(matches!(
        read(401, "Bearer error=\"invalid_token\""),
        Attempt::InvalidToken(_)
    ));
    for (status, challenge) in [(401, "Negotiate"), (403, "Bearer"), (503, "Bearer")] {
        assert!(matches!(read(status, challenge), Attempt::Complete(_)));
    }
}

/// The shape of the middlewares of reqwest-middleware.
#[async_trait]
trait Middleware: Send + Sync {
    async fn handle(
        &self,
        request: &str,
        extensions: &mut Extensions,
        next: Next<'_>,
    ) -> Result<u16>;
}

#[derive(Clone)]
struct Next<'a>(&'a [Arc<dyn Middleware>]);

impl Next<'_> {
    async fn run(self, request: &str, extensions: &mut Extensions) -> Result<u16> {
        match self.0.split_first() {
            Some((first, rest)) => first.handle(request, extensions, Next(rest)).await,
            None if request.starts_with("one") => Ok(401),
            None => Ok(200),
        }
    }
}

/// Lends the extensions out, for which no closure will do.
struct ByHand(Arc<dyn TokenSource>);

#[async_trait]
impl Middleware for ByHand {
    async fn handle(
        &self,
        request: &str,
        extensions: &mut Extensions,
        next: Next<'_>,
    ) -> Result<u16> {
        let token = self.0.token().await?;
        let authorized = |token: &AccessToken| format!("{} {request}", token.expose_secret());
        let status = next.clone().run(&authorized(&token), extensions).await?;
        if status != 401 {
            return Ok(status);
        }
        match token_after(&self.0, &token).await? {
            Some(other) => next.run(&authorized(&other), extensions).await,
            None => Ok(status),
        }
    }
}

/// Needs no extensions: the future of `call_with_token` is `Send`, closure and all.
struct ByClosure(Arc<dyn TokenSource>);

#[async_trait]
impl Middleware for ByClosure {
    async fn handle(&self, request: &str, _: &mut Extensions, next: Next<'_>) -> Result<u16> {
        call_with_token(&*self.0, async |token| {
            let authorized = format!("{} {request}", token.expose_secret());
            let status = next
                .clone()
                .run(&authorized, &mut Extensions::new())
                .await?;
            Ok::<_, Error>(match status {
                401 => Attempt::Unauthorized(status),
                _ => Attempt::Complete(status),
            })
        })
        .await
    }
}

#[tokio::test]
async fn a_middleware_of_another_client_can_keep_the_rules() {
    for by_hand in [true, false] {
        let tokens: Arc<dyn TokenSource> = Arc::new(Tokens::new(&["one", "two"]));
        let chain: [Arc<dyn Middleware>; 1] = if by_hand {
            [Arc::new(ByHand(tokens))]
        } else {
            [Arc::new(ByClosure(tokens))]
        };
        let status = Next(&chain).run("request", &mut Extensions::new()).await;
        assert_eq!(status.unwrap(), 200);
    }
}
