//! Tests of what a vendor gets that says as little as it can.

use super::*;

/// Its token path is all that it says.
#[derive(Debug, Clone)]
enum Plain {}

#[derive(Debug, Clone, Default)]
struct PlainOptions {
    audience: Option<String>,
}

impl VendorOptions for PlainOptions {
    const SETTINGS: &'static [OptionSetting<Self>] = &[OptionSetting::text(
        Setting::option("PLAIN", "audience", "fake-audience"),
        |options| &mut options.audience,
    )];
}

impl Vendor for Plain {
    const INFO: VendorInfo = VendorInfo::new("plain", "PLAIN", "plain/0").with_token_path("/token");

    type Options = PlainOptions;
    type Calls = ApiClient;

    fn calls(api: ApiClient, _config: &Config<Self>) -> ApiClient {
        api
    }
}

/// It does not even say that.
#[derive(Debug, Clone)]
enum Silent {}

impl Vendor for Silent {
    const INFO: VendorInfo = VendorInfo::new("silent", "PLAIN", "silent/0");

    type Options = NoOptions;
    type Calls = ApiClient;

    fn calls(api: ApiClient, _config: &Config<Self>) -> ApiClient {
        api
    }
}

fn builder<V: Vendor>(audience: &'static str) -> ConfigBuilder<V> {
    let lookup = |variable: &str| {
        let value = match variable {
            "PLAIN_AUDIENCE" => audience,
            "PLAIN_CLIENT_ID" => "fake-id",
            "PLAIN_CLIENT_SECRET" => "fake-secret",
            "PLAIN_BASE_URL" => "https://plain.example/prefix",
            _ => return None,
        };
        Some(OsString::from(value))
    };
    ConfigBuilder::from_environment(&Environment::new(&lookup)).unwrap()
}

#[test]
fn the_token_endpoint_is_below_the_base_url() {
    let config = builder::<Plain>("").build().unwrap();
    let token_url = config.endpoints().token_url().as_str();
    assert_eq!(token_url, "https://plain.example/prefix/token");
}

#[test]
fn a_vendor_without_a_token_path_is_a_wrong_configuration() {
    let error = builder::<Silent>("").build().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(error.to_string().contains("token path"), "{error}");
}

#[test]
fn a_text_comes_from_the_program_by_name_or_else_from_the_environment() {
    let audience = |builder: ConfigBuilder<Plain>| {
        let config = builder.build().unwrap();
        config.options().audience.clone()
    };
    assert_eq!(audience(builder("")), None);
    assert_eq!(audience(builder("inherited")).as_deref(), Some("inherited"));
    let set = builder("inherited").option("audience", "own");
    assert_eq!(audience(set).as_deref(), Some("own"));
}

#[test]
fn the_table_lists_every_setting_once_and_in_order() {
    let rows = settings_table::<Plain>();
    let names: Vec<_> = rows.iter().map(SettingRow::name).collect();
    let expected = [
        "client_id",
        "client_secret",
        "client_secret_file",
        "credentials_provider",
        "token",
        "base_url",
        "audience",
        "allow_http",
        "root_certificates",
        "client_certificate",
        "root_certificates_file",
        "client_certificate_file",
        "client_key_file",
    ];
    assert_eq!(names[..expected.len()], expected);
    let required: Vec<_> = rows.iter().filter(|row| row.is_required()).collect();
    let required: Vec<_> = required.iter().map(|row| row.variable()).collect();
    let variables = ["PLAIN_CLIENT_ID", "PLAIN_CLIENT_SECRET", "PLAIN_BASE_URL"];
    assert_eq!(required, variables.map(Some));
    let of_users = settings_table::<Example>();
    assert!(of_users.iter().any(|row| row.name() == "password_file"));
    let external = of_users.iter().find(|row| row.name() == "external");
    assert_eq!(external.unwrap().variable(), None, "it has no text form");
}
