//! No secret and no token shows in any `Debug`, error or message, whole or by its first six characters.

use auth_core::vendor::TokenResponse;
use auth_core::{Credentials, Secret, StaticTokenSource, TokenCache};
use auth_testkit::{Emulator, Fault};

use crate::vendors::{Options, VENDORS};

/// One secret of ASCII and one of other letters; either may be printed wrongly where the other is not.
const SECRETS: [&str; 2] = ["zq7xw9-fake-secret-of-a-client", "žluťoučký-fake-secret"];

fn assert_clean(what: &str, shown: &str, secrets: &[&str]) {
    for secret in secrets {
        let start: String = secret.chars().take(6).collect();
        assert!(
            !shown.contains(*secret) && !shown.contains(&start),
            "{what} shows {start}…: {shown}"
        );
    }
}

fn every_form(value: &(impl std::fmt::Debug + ?Sized)) -> String {
    format!("{value:?}\n{value:#?}")
}

#[tokio::test]
async fn clients_tokens_and_errors_show_no_secret() {
    for &vendor in VENDORS {
        for secret in SECRETS {
            let emulator = Emulator::builder(vendor)
                .client_secret(secret)
                .start()
                .await
                .unwrap();
            let client = Options::of(&emulator).client(vendor);
            let token = client.token().await.unwrap();
            let secrets = [secret, token.expose_secret()];
            assert_clean("client", &every_form(&client), &secrets);
            assert_clean("token", &every_form(&token), &secrets);
            assert_clean(
                "header",
                &every_form(&token.authorization_header()),
                &secrets,
            );
            assert_clean("health", &every_form(&client.health()), &secrets);
            assert_clean("emulator", &every_form(&emulator), &secrets);
        }
    }
}

#[tokio::test]
async fn an_endpoint_that_echoes_what_it_was_sent_cannot_leak_it() {
    for &vendor in VENDORS {
        for secret in SECRETS {
            for status in [200, 400, 401, 403, 500] {
                let emulator = Emulator::builder(vendor)
                    .client_secret(secret)
                    .start()
                    .await
                    .unwrap();
                let form: String = secret.bytes().map(|byte| format!("%{byte:02X}")).collect();
                let form = if secret.is_ascii() {
                    secret.to_owned()
                } else {
                    form.replace("%2D", "-")
                };
                let echo = format!(
                    r#"{{"error":"invalid_client","error_description":"you sent {secret} client_secret={form}","code":{status},"message":"you sent {secret}","access_token":["{secret}"],"accessToken":["{secret}"]}}"#
                );
                emulator
                    .inject_token_fault(Fault::body(status, "application/json", echo).forever());
                let error = Options::of(&emulator)
                    .client(vendor)
                    .token()
                    .await
                    .unwrap_err();
                let mut shown = every_form(&error);
                let mut cause: Option<&dyn std::error::Error> = Some(&error);
                while let Some(source) = cause {
                    shown.push_str(&source.to_string());
                    cause = source.source();
                }
                assert_clean("error", &shown, &[secret]);
            }
        }
    }
}

#[tokio::test]
async fn an_echo_in_another_spelling_cannot_leak_it_either() {
    use base64::Engine as _;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

    let secret = "zq7xw9/Fake+client~secret'(1)";
    let percent = |keep: &str| -> String {
        let encode = |byte: u8| {
            let letter = char::from(byte);
            if letter.is_ascii_alphanumeric() || keep.contains(letter) {
                letter.to_string()
            } else {
                format!("%{byte:02x}")
            }
        };
        secret.bytes().map(encode).collect()
    };
    let pair = format!("fake-client:{secret}");
    for echo in [
        percent(""),
        percent("-_.~!'()*"),
        percent("").replace('%', "%25"),
        secret.to_uppercase(),
        secret.replace('\'', "&#39;"),
        secret.replace('/', "\\u002f"),
        STANDARD.encode(secret),
        STANDARD.encode(&pair),
        URL_SAFE_NO_PAD.encode(&pair),
        secret[..secret.len() - 2].to_owned(),
        secret.replace('/', "/ \n"),
    ] {
        for &vendor in VENDORS {
            for status in [200, 400, 401, 403, 503] {
                let emulator = Emulator::builder(vendor)
                    .client_secret(secret)
                    .start()
                    .await
                    .unwrap();
                let body = serde_json::json!({
                    "error": "invalid_client",
                    "error_description": format!("you sent {echo}"),
                    "code": status,
                    "message": format!("you sent {echo}"),
                });
                emulator.inject_token_fault(
                    Fault::body(status, "application/json", body.to_string()).forever(),
                );
                let client = Options::of(&emulator).client(vendor);
                let error = client.token().await.unwrap_err();
                let shown = every_form(&error).to_lowercase();
                for part in [&echo, secret] {
                    let part = part.to_lowercase();
                    let start: String = part.chars().take(8).collect();
                    assert!(!shown.contains(&start), "{vendor} {status}: {shown}");
                }
                assert!(
                    shown.contains("redacted") || shown.contains("withheld"),
                    "{vendor} {status}: {shown}"
                );
            }
        }
    }
}

#[test]
fn values_that_hold_a_secret_show_none() {
    for secret in SECRETS {
        assert_clean("Secret", &every_form(&Secret::from(secret)), &[secret]);
        let credentials = Credentials::new("an-id", secret).unwrap();
        assert_clean("Credentials", &every_form(&credentials), &[secret]);
        let answer = TokenResponse::new(
            secret,
            auth_core::Clock::now(&auth_core::SystemClock::new()),
        );
        assert_clean("TokenResponse", &every_form(&answer), &[secret]);
    }
    let source = StaticTokenSource::new(SECRETS[0]).unwrap();
    assert_clean("StaticTokenSource", &every_form(&source), &SECRETS);
    assert_clean(
        "TokenCache",
        &every_form(&TokenCache::new(source)),
        &SECRETS,
    );
}
