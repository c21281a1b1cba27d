//! Tests of a token in place of credentials, of certificate files, and of the opt-in to plain http.

use super::*;
use crate::clock::Clock as _;
use crate::source::Verdict;

const TOKEN: (&str, &str) = ("EXAMPLE_TOKEN", "fake-token");

fn client(builder: ConfigBuilder<Example>) -> Client<Example> {
    let builder = builder.http_client(common::Unused);
    Client::new(builder.build().unwrap()).unwrap()
}

#[tokio::test]
async fn a_token_is_used_as_it_is_without_credentials() {
    for client in [
        client(builder(&[TOKEN]).unwrap()),
        client(builder(&[]).unwrap().token("fake-token")),
        // What a program sets replaces what the environment sets, whichever it is.
        client(with(&[]).token("fake-token")),
    ] {
        assert_eq!(client.token().await.unwrap().expose_secret(), "fake-token");
    }
    let own = builder(&[TOKEN]).unwrap().client_id("fake-id");
    let own = own.client_secret("fake-secret").build().unwrap();
    assert!(own.credentials().is_some());
}

#[tokio::test]
async fn a_rejected_token_is_an_error_that_names_its_setting() {
    let client = client(builder(&[TOKEN]).unwrap());
    let token = client.token().await.unwrap();
    client.report(&token, Verdict::InvalidToken);
    let error = client.token().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidCredentials);
    let message = error.to_string();
    assert!(
        message.starts_with("example: the token in token (EXAMPLE_TOKEN) was rejected by the API"),
        "{message}"
    );
    assert!(!message.contains("fake-token"), "{message}");
    assert!(!error.is_retryable());
}

#[tokio::test]
async fn a_jwt_counts_until_its_own_expiry() {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    let now = SystemClock::new().now().wall().as_secs();
    let jwt = |expires_at: u64| {
        let claims = format!(r#"{{"iat":1,"exp":{expires_at}}}"#);
        format!("e30.{}.fake", URL_SAFE_NO_PAD.encode(claims))
    };
    let valid = client(builder(&[]).unwrap().token(jwt(now + 600)));
    let lifetime = valid.token().await.unwrap().lifetime().as_secs();
    assert!((590..=600).contains(&lifetime), "{lifetime}");
    let expired = client(builder(&[]).unwrap().token(jwt(now - 1)));
    let error = expired.token().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidCredentials);
    assert!(error.to_string().contains("has expired"), "{error}");
}

#[test]
fn a_token_beside_credentials_and_an_unusable_one_are_errors() {
    let both = fault(config(&[TOKEN, CREDENTIALS[0], CREDENTIALS[1]]));
    assert!(both.contains("client_id (EXAMPLE_CLIENT_ID)"), "{both}");
    assert!(both.contains("token (EXAMPLE_TOKEN)"), "{both}");
    assert!(fault(with(&[]).token("a").client_id("fake-2").build()).contains("together"));
    for bad in ["", "Bearer fake-token", "fake\u{fc}"] {
        let error = fault(builder(&[]).unwrap().token(bad).build());
        assert!(error.starts_with("token (EXAMPLE_TOKEN)"), "{error}");
    }
    let external = builder(&[TOKEN]).unwrap().options(|options| Options {
        is_external: true,
        ..options
    });
    assert!(external.build().is_ok(), "the program's own replaces it");
}

#[test]
fn other_credentials_replace_a_token() {
    let config = builder(&[TOKEN]).unwrap().build().unwrap();
    let other = config.with_credentials(Credentials::new("fake-2", "fake-secret").unwrap());
    assert!(other.common.given_token().is_none());
}

#[test]
fn plain_http_can_be_allowed_by_a_variable_that_names_the_danger() {
    let plain = ("EXAMPLE_BASE_URL", "http://label.example.com");
    let allow = |value| with(&[plain, ("EXAMPLE_DANGEROUSLY_ALLOW_HTTP", value)]);
    assert!(allow("true").build().is_ok());
    for refused in ["false", ""] {
        assert!(fault(allow(refused).build()).contains("plain http"));
    }
    assert!(fault(allow("true").allow_http(false).build()).contains("plain http"));
    let odd = ("EXAMPLE_DANGEROUSLY_ALLOW_HTTP", "yes");
    assert!(fault(builder(&[odd])).starts_with("EXAMPLE_DANGEROUSLY_ALLOW_HTTP"));
}

#[test]
fn certificate_files_are_named_by_their_variables() {
    let there = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    for variable in ["CA_FILE", "CLIENT_CERT_FILE", "CLIENT_KEY_FILE"] {
        let variable = format!("EXAMPLE_{variable}");
        let pairs = [
            ("EXAMPLE_CLIENT_CERT_FILE", there),
            ("EXAMPLE_CLIENT_KEY_FILE", there),
        ];
        let pairs = pairs.into_iter().filter(|(name, _)| *name != variable);
        let pairs: Vec<_> = pairs.chain([(&*variable, "/nonexistent.pem")]).collect();
        let error = fault(with(&pairs).build());
        assert!(error.contains(&variable), "{error}");
        assert!(error.contains("/nonexistent.pem"), "{error}");
    }
    for (given, missing) in [("CERT", "KEY"), ("KEY", "CERT")] {
        let given = format!("EXAMPLE_CLIENT_{given}_FILE");
        let error = fault(with(&[(&given, there)]).build());
        assert!(error.contains(&given), "{error}");
        assert!(
            error.contains(&format!("EXAMPLE_CLIENT_{missing}_FILE")),
            "{error}"
        );
    }
    let own = with(&[("EXAMPLE_CLIENT_CERT_FILE", there)]).client_certificate("fake", "fake");
    assert!(own.build().is_ok(), "the program's own replaces it");
    let both = with(&[])
        .client_certificate("fake", "fake")
        .client_certificate_file(there)
        .client_key_file(there);
    assert!(fault(both.build()).contains("set only one"));
}
