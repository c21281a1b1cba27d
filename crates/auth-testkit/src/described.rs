//! The vendor of an emulator that has nothing but what a test describes.

use http::{HeaderValue, StatusCode, header};
use serde_json::json;

use crate::engine::Engine;
use crate::error::{EmulatedError, phrase};
use crate::model::Model;
use crate::records::Place;
use crate::reply::Reply;
use crate::request::ReceivedRequest;

/// Knows no path of its own.
#[derive(Debug)]
pub(crate) struct Described;

impl Model for Described {
    fn name(&self) -> &'static str {
        "described"
    }

    fn token_path(&self) -> Option<&str> {
        None
    }

    fn place(&self, _path: &str) -> Place {
        Place::Open
    }

    fn token(&self, request: &ReceivedRequest, _engine: &Engine) -> Reply {
        self.open(request)
    }

    fn api(&self, request: &ReceivedRequest, _engine: &Engine) -> Reply {
        self.open(request)
    }

    fn open(&self, request: &ReceivedRequest) -> Reply {
        let message = format!("no route for {} {}", request.method(), request.path());
        Reply::unformatted(EmulatedError::of_api(StatusCode::NOT_FOUND, message)).unscripted()
    }

    fn failure(&self, _place: Place, path: &str, status: StatusCode) -> Reply {
        self.error(path, &EmulatedError::of_api(status, phrase(status)))
    }

    fn error(&self, _path: &str, error: &EmulatedError) -> Reply {
        let body = json!({ "error": error.code(), "message": error.message() });
        let reply = Reply::json_with(error.status_code(), &body);
        if error.is_invalid_token() {
            let challenge = HeaderValue::from_static("Bearer error=\"invalid_token\"");
            reply.with_header_value(header::WWW_AUTHENTICATE, challenge)
        } else {
            reply
        }
    }
}
