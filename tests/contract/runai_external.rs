//! How an identity provider's token in a file is exchanged, rotated, and combined with other settings.

use std::ffi::OsString;
use std::path::Path;
use std::time::Duration;

use auth_core::vendor::Environment;
use auth_core::{Credentials, ErrorKind, Result, StaticTokenSource};
use auth_testkit::{ControlPlane, Emulator, ManualClock, Runai};
use runai_auth::{Client, Config, ConfigBuilder, TenantClients, TenantConfig};

/// Tokens of an identity provider for `admin@example.com` and `second@example.com`.
const FIRST: &str = "e30.eyJlbWFpbCI6ImFkbWluQGV4YW1wbGUuY29tIn0.fake";
const SECOND: &str = "e30.eyJlbWFpbCI6InNlY29uZEBleGFtcGxlLmNvbSJ9.fake";

/// A file that contains a token.
struct File(tempfile::TempDir);

impl File {
    fn of(token: &str) -> Self {
        let file = Self(tempfile::tempdir().unwrap());
        file.write(token);
        file
    }

    fn path(&self) -> std::path::PathBuf {
        self.0.path().join("token")
    }

    fn write(&self, token: &str) {
        std::fs::write(self.path(), format!("{token}\n")).unwrap();
    }
}

async fn emulate(version: ControlPlane) -> Emulator {
    Emulator::start(Runai::new().control_plane(version))
        .await
        .unwrap()
}

/// A builder with these variables as its environment.
fn from(pairs: &[(&str, &str)]) -> Result<ConfigBuilder> {
    let lookup = |variable: &str| {
        let (_, value) = pairs.iter().find(|(name, _)| *name == variable)?;
        Some(OsString::from(value))
    };
    ConfigBuilder::from_environment(&Environment::new(&lookup))
}

fn client(emulator: &Emulator, path: &Path, clock: &ManualClock) -> Client {
    let variables = [
        ("RUNAI_BASE_URL", emulator.base_url()),
        ("RUNAI_EXTERNAL_TOKEN_FILE", path.to_str().unwrap()),
    ];
    let config = from(&variables).unwrap().clock(clock.clone()).build();
    Client::new(config.unwrap()).unwrap()
}

async fn email(client: &Client) -> String {
    let token = client.token().await.unwrap();
    token.unverified_claim("email").unwrap()
}

#[tokio::test]
async fn the_file_is_read_again_when_it_was_rotated() {
    for version in [
        ControlPlane::V2_22,
        ControlPlane::V2_24,
        ControlPlane::V2_25,
        ControlPlane::V3_0,
    ] {
        let emulator = emulate(version).await;
        let (file, clock) = (File::of(FIRST), ManualClock::new());
        let client = client(&emulator, &file.path(), &clock);
        assert_eq!(email(&client).await, "admin@example.com", "{version}");
        assert!(!format!("{client:?}").contains(FIRST), "{client:?}");
        file.write(SECOND);
        clock.advance(Duration::from_secs(3_600));
        assert_eq!(email(&client).await, "second@example.com", "{version}");
        assert_eq!(emulator.token_requests(), 2, "{version}");
    }
}

#[tokio::test]
async fn a_rotated_file_ends_the_cool_down_of_a_rejected_token() {
    let emulator = emulate(ControlPlane::V3_0).await;
    let (file, clock) = (File::of("not-a-jwt"), ManualClock::new());
    let client = client(&emulator, &file.path(), &clock);
    for _ in 0..3 {
        let error = client.token().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidCredentials, "{error}");
        assert!(!format!("{error:?}").contains("not-a-jwt"), "{error:?}");
    }
    assert_eq!(emulator.token_requests(), 1);
    file.write(FIRST);
    clock.advance(Duration::from_secs(1));
    assert_eq!(email(&client).await, "admin@example.com");
}

#[tokio::test]
async fn a_file_that_is_gone_is_an_error_that_names_it_and_one_that_comes_back_is_used() {
    let emulator = emulate(ControlPlane::V3_0).await;
    let (file, clock) = (File::of(FIRST), ManualClock::new());
    let client = client(&emulator, &file.path(), &clock);
    std::fs::remove_file(file.path()).unwrap();
    let error = client.token().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config, "{error}");
    file.write(FIRST);
    clock.advance(Duration::from_secs(1));
    assert_eq!(email(&client).await, "admin@example.com");

    std::fs::remove_file(file.path()).unwrap();
    let path = file.path();
    let variables = [
        ("RUNAI_BASE_URL", emulator.base_url()),
        ("RUNAI_EXTERNAL_TOKEN_FILE", path.to_str().unwrap()),
    ];
    let error = from(&variables).unwrap().build().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    let text = error.to_string();
    assert!(text.contains("RUNAI_EXTERNAL_TOKEN_FILE"), "{text}");
}

#[test]
fn the_programs_own_credentials_win_over_a_file_of_the_environment() {
    let file = File::of(FIRST);
    let path = file.path();
    let path = path.to_str().unwrap();
    let variables = [
        ("RUNAI_BASE_URL", "https://tenant.run.ai"),
        ("RUNAI_EXTERNAL_TOKEN_FILE", path),
    ];
    let builder = || from(&variables).unwrap();
    let is_external = |builder: ConfigBuilder| builder.build().unwrap().credentials().is_none();
    assert!(is_external(builder()));
    let source = StaticTokenSource::new(SECOND).unwrap();
    let other = builder().options(|options| options.external_token_source(source.clone()));
    assert!(is_external(other));
    let client = builder().client_id("fake-id").client_secret("fake-secret");
    assert!(!is_external(client));
    let user = builder().username("a@b.io").password("fake-password");
    assert!(!is_external(user));
    let pair = Credentials::new("fake-id", "fake-secret").unwrap();
    assert!(!is_external(builder().credentials_provider(pair)));

    // The file wins over the environment's credentials where the program names it, and contradicts them in the environment.
    let mut both = variables.to_vec();
    both.extend([
        ("RUNAI_CLIENT_ID", "fake-id"),
        ("RUNAI_CLIENT_SECRET", "fake-secret"),
    ]);
    let error = from(&both).unwrap().build().unwrap_err();
    assert!(
        error.to_string().contains("RUNAI_EXTERNAL_TOKEN_FILE"),
        "{error}"
    );
    both.retain(|(name, _)| *name != "RUNAI_EXTERNAL_TOKEN_FILE");
    let named = from(&both).unwrap();
    assert!(is_external(named.option("external_token_file", path)));

    let twice = Config::builder()
        .base_url("https://tenant.run.ai")
        .options(|options| {
            options
                .external_token_source(source)
                .external_token_file(path)
        });
    let error = twice.build().unwrap_err();
    assert!(error.to_string().contains("both set"), "{error}");
}

#[tokio::test]
async fn tenants_do_not_inherit_a_file_of_the_environment() {
    let emulator = emulate(ControlPlane::V3_0).await;
    let file = File::of(FIRST);
    let path = file.path();
    let variables = [
        ("RUNAI_BASE_URL", emulator.base_url()),
        ("RUNAI_EXTERNAL_TOKEN_FILE", path.to_str().unwrap()),
    ];
    let (id, secret) = (emulator.client_id(), emulator.client_secret());
    let credentials = Credentials::new(id, secret).unwrap();
    let base = from(&variables).unwrap();
    let tenants = TenantClients::builder(base, move |_: String| {
        let config = TenantConfig::new(credentials.clone());
        async move { Ok(Some(config)) }
    });
    let tenants = tenants.build().unwrap();
    let client = tenants.client(&"tenant".to_owned()).await.unwrap();
    let token = client.token().await.unwrap();
    assert_eq!(token.unverified_claim("client_id").as_deref(), Some(id));
}
