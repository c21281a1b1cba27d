//! The folder of each vendor: its API's errors as it documents them, and what the suite makes of its facts.

use std::path::Path;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::vendors::Row;

/// A vendor's `errors.json`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Fixtures {
    pub(crate) errors: Vec<ApiError>,
    /// Bodies that repeat `{token}` behind the word `bad`.
    pub(crate) echoes: Vec<Box<RawValue>>,
}

/// One response of the API that is an error.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ApiError {
    pub(crate) status: u16,
    #[serde(rename = "type")]
    content_type: String,
    #[serde(default)]
    retry_after: Option<u32>,
    body: Box<RawValue>,
}

impl Fixtures {
    pub(crate) fn of(vendor: Row) -> Self {
        let path = folder(vendor).join("errors.json");
        let text = std::fs::read_to_string(&path)
            .unwrap_or_else(|error| panic!("cannot read {}: {error}", path.display()));
        serde_json::from_str(&text).unwrap()
    }

    pub(crate) fn echoes(&self) -> impl Iterator<Item = String> {
        self.echoes.iter().map(|body| text_of(body))
    }
}

impl ApiError {
    pub(crate) fn headers(&self) -> Vec<(&'static str, String)> {
        let wait = self
            .retry_after
            .map(|wait| ("retry-after", wait.to_string()));
        let content_type = ("content-type", self.content_type.clone());
        std::iter::once(content_type).chain(wait).collect()
    }

    pub(crate) fn body(&self) -> String {
        text_of(&self.body)
    }
}

/// A body is JSON as it stands; one that is text stands in quotes.
fn text_of(body: &RawValue) -> String {
    serde_json::from_str(body.get()).unwrap_or_else(|_| body.get().to_owned())
}

/// Compares with the snapshot in the vendor's folder.
pub(crate) fn assert_snapshot(vendor: Row, name: &str, shown: &str) {
    insta::with_settings!({
        snapshot_path => folder(vendor),
        prepend_module_to_snapshot => false,
        omit_expression => true,
    }, {
        insta::assert_snapshot!(name, shown);
    });
}

fn folder(vendor: Row) -> std::path::PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("contract/fixtures");
    folder.join(vendor.as_str())
}
