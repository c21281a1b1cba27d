//! What all tenants share, where one differs, and what nobody may see.

use super::*;

#[tokio::test]
async fn a_tenant_has_its_own_options_or_base_url() {
    let clock = ManualClock::new();
    let endpoint = Endpoint::new(clock.clone());
    let tenants = TenantClients::builder(base(&clock, &endpoint), |tenant: String| async move {
        let config = TenantConfig::new(Credentials::new(tenant.clone(), "fake")?);
        Ok(Some(match tenant.as_str() {
            "us" => config.with_options(|options| options.region(maia_auth::Region::Us1)),
            "own" => config.with_base_url("https://maia.example"),
            "bad" => config.with_base_url("https://user:fake-password@maia.example"),
            _ => config,
        }))
    })
    .build()
    .unwrap();
    for (tenant, host) in [
        ("usual", "eu1.api.matillion.com"),
        ("us", "us1.api.matillion.com"),
        ("own", "maia.example"),
        ("usual again", "eu1.api.matillion.com"),
    ] {
        endpoint.set(&tenant.replace(' ', "+"), "fake");
        let client = tenants.client(&tenant.to_owned()).await.unwrap();
        assert_eq!(client.base_url(), format!("https://{host}"), "{tenant}");
        client
            .send(
                http::Request::get("/v1/me")
                    .body(bytes::Bytes::new())
                    .unwrap(),
            )
            .await
            .unwrap();
        assert!(endpoint.hosts().contains(host), "{tenant}");
    }
    let error = tenants.client(&"bad".to_owned()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(!format!("{error:#?}").contains("fake-password"));
}

#[tokio::test]
async fn a_base_that_cannot_be_used_is_an_error_before_any_lookup() {
    let base = Config::builder().option("colour", "blue");
    let error = TenantClients::builder(base, |_: u32| async { Ok(None) })
        .build()
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert_eq!(error.vendor(), Some("maia"));
}

#[tokio::test]
async fn nothing_shows_a_secret_or_a_key() {
    let setup = Setup::new();
    setup.database.set("zq7xw9-key", "zq7xw9-fake-sécret");
    setup.endpoint.set("zq7xw9-key", "zq7xw9-fake-sécret");
    let client = setup.client("zq7xw9-key").await.unwrap();
    let error = client.token().await;
    let config = TenantConfig::new(Credentials::new("a", "zq7xw9-fake").unwrap());
    let builder = TenantClients::builder(
        base(&setup.clock, &setup.endpoint).client_secret("zq7xw9-fake"),
        |_: u32| async { Ok(None) },
    );
    let shown = format!(
        "{:?} {:#?} {:?} {:?} {:?}",
        setup.tenants, setup.tenants, config, builder, error
    );
    assert!(!shown.contains("zq7xw9"), "{shown}");
}

#[tokio::test]
async fn no_tenant_gets_the_programs_own_credentials() {
    let variables = |name: &str| -> Option<std::ffi::OsString> {
        match name {
            "MAIA_CLIENT_ID" => Some("own".into()),
            "MAIA_CLIENT_SECRET" => Some("fake-secret".into()),
            "MAIA_REGION" => Some("eu1".into()),
            _ => None,
        }
    };
    let environment = auth_core::vendor::Environment::new(&variables);
    let endpoint = Endpoint::new(ManualClock::new());
    let base = ConfigBuilder::from_environment(&environment)
        .unwrap()
        .http_client(endpoint);
    let tenants = TenantClients::builder(base, |is_named: bool| async move {
        Ok(Some(if is_named {
            TenantConfig::new(Credentials::new("tenant", "fake")?)
        } else {
            TenantConfig::without_credentials()
        }))
    })
    .build()
    .unwrap();
    tenants.client(&true).await.unwrap();
    let error = tenants.client(&false).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
}

#[tokio::test]
async fn credentials_in_the_base_are_an_error() {
    let clock = ManualClock::new();
    let base = || base(&clock, &Endpoint::new(clock.clone()));
    let credentials = Credentials::new("own", "zq7xw9-fake").unwrap();
    for base in [
        base().client_id("own"),
        base().client_secret("zq7xw9-fake"),
        base().credentials_provider(credentials),
    ] {
        let built = TenantClients::builder(base, |_: u32| async { Ok(None) }).build();
        let error = built.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(
            error.to_string().contains("come from the lookup"),
            "{error}"
        );
    }
}
