//! Tests of a secret file that changes under a running program.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use super::*;
use crate::error::ErrorKind;

/// Moves by a second whenever a test says so.
#[derive(Debug, Default)]
struct Seconds(AtomicU64);

impl Clock for Seconds {
    fn now(&self) -> ClockReading {
        let now = Duration::from_secs(self.0.load(Ordering::SeqCst));
        ClockReading::new(now, now)
    }

    fn sleep(&self, _duration: Duration) -> std::pin::Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(std::future::pending())
    }
}

struct Setup {
    folder: tempfile::TempDir,
    clock: Arc<Seconds>,
    provider: FileCredentials,
}

impl Setup {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(Seconds::default());
        fs::write(folder.path().join("secret"), "fake-one\n").unwrap();
        let provider =
            FileCredentials::with_clock("id", folder.path().join("secret"), clock.clone()).unwrap();
        Self {
            folder,
            clock,
            provider,
        }
    }

    fn write(&self, content: &str) {
        fs::write(self.folder.path().join("secret"), content).unwrap();
    }

    fn a_second_passes(&self) {
        self.clock.0.fetch_add(1, Ordering::SeqCst);
    }

    async fn secret(&self) -> Result<String> {
        Ok(self
            .provider
            .credentials()
            .await?
            .secret()
            .expose_secret()
            .to_owned())
    }
}

#[tokio::test]
async fn a_rewritten_file_is_read_for_the_next_token_request() {
    let setup = Setup::new();
    assert_eq!(setup.secret().await.unwrap(), "fake-one");
    setup.write("fake-two\r\n");
    assert_eq!(setup.secret().await.unwrap(), "fake-two");
    assert_eq!(setup.provider.credentials_version(), 1);
}

#[tokio::test]
async fn the_revision_changes_with_the_content_and_is_looked_up_once_a_second() {
    let setup = Setup::new();
    setup.write("fake-two");
    assert_eq!(
        setup.provider.credentials_version(),
        0,
        "less than a second has passed"
    );
    setup.a_second_passes();
    assert_eq!(setup.provider.credentials_version(), 1);
    setup.write("fake-two\n");
    setup.a_second_passes();
    assert_eq!(
        setup.provider.credentials_version(),
        1,
        "rewritten with the same secret"
    );
}

#[cfg(unix)]
#[tokio::test]
async fn a_symbolic_link_that_is_swapped_is_followed() {
    use std::os::unix::fs::symlink;

    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    for version in ["v1", "v2"] {
        fs::create_dir(path(version)).unwrap();
        fs::write(path(version).join("secret"), format!("fake-{version}")).unwrap();
    }
    // As Kubernetes mounts it: secret -> ..data/secret, ..data -> v1, swapped by renaming another link over it.
    symlink("v1", path("..data")).unwrap();
    symlink("..data/secret", path("secret")).unwrap();
    let clock = Arc::new(Seconds::default());
    let provider = FileCredentials::with_clock("id", path("secret"), clock.clone()).unwrap();
    symlink("v2", path("..data_tmp")).unwrap();
    fs::rename(path("..data_tmp"), path("..data")).unwrap();
    clock.0.fetch_add(1, Ordering::SeqCst);
    assert_eq!(provider.credentials_version(), 1);
    assert_eq!(
        provider
            .credentials()
            .await
            .unwrap()
            .secret()
            .expose_secret(),
        "fake-v2"
    );
}

#[tokio::test]
async fn a_file_that_is_gone_is_a_config_error_until_it_is_back() {
    let setup = Setup::new();
    fs::remove_file(setup.folder.path().join("secret")).unwrap();
    let error = setup.secret().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(
        error.to_string().contains("secret\" does not exist"),
        "{error}"
    );
    let gone = setup.provider.credentials_version();
    setup.write("fake-one");
    setup.a_second_passes();
    assert_ne!(setup.provider.credentials_version(), gone);
    assert_eq!(setup.secret().await.unwrap(), "fake-one");
}

// Elsewhere there is no such device, and a large file takes its whole size.
#[cfg(unix)]
#[test]
fn what_is_no_regular_file_of_a_sane_size_is_refused_and_named() {
    let folder = tempfile::tempdir().unwrap();
    let huge = folder.path().join("huge");
    fs::File::create(&huge).unwrap().set_len(1 << 40).unwrap();
    for (path, said) in [
        (Path::new("/dev/zero"), "is not a regular file"),
        (folder.path(), "is a folder"),
        (&huge, "is larger than 65536 bytes"),
        (Path::new("/nonexistent/fake"), "does not exist"),
    ] {
        let error = FileCredentials::new("id", path).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        let text = error.to_string();
        assert!(text.contains(said), "{text}");
        assert!(text.contains(path.to_str().unwrap()), "{text}");
    }
}

#[test]
fn an_unusable_file_is_refused_at_once_and_debug_shows_no_secret() {
    let folder = tempfile::tempdir().unwrap();
    assert!(FileCredentials::new("id", folder.path().join("missing")).is_err());
    for content in ["", "\n", "fake\n\n", " fake"] {
        fs::write(folder.path().join("secret"), content).unwrap();
        let error = FileCredentials::new("id", folder.path().join("secret")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config, "{content:?}");
    }
    assert!(!format!("{:?}", Setup::new().provider).contains("fake-one"));
}
