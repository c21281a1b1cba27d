//! `vauth request`: one authorized request, and its response unchanged.

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Request, Response, StatusCode, Uri};

use crate::arguments::RequestArguments;
use crate::failure::Failure;
use crate::output::print;
use crate::settings::Settings;

pub(crate) async fn run(arguments: RequestArguments, settings: &Settings) -> Result<(), Failure> {
    let include = arguments.include;
    let request = request(arguments)?;
    let response = settings.client()?.send(request).await?;
    let mut output = Vec::new();
    if include {
        write_head(&response, &mut output);
    }
    output.extend_from_slice(response.body());
    let printed = print(&output);
    let status = response.status();
    if status.as_u16() >= 400 || is_redirect(status) {
        // More important than whether the body was printed.
        return Err(Failure::Api(status));
    }
    printed
}

/// A redirect is not followed, so the request had no effect.
fn is_redirect(status: StatusCode) -> bool {
    matches!(status.as_u16(), 300..=303 | 307 | 308)
}

fn request(arguments: RequestArguments) -> Result<Request<Bytes>, Failure> {
    // The input is not repeated: a query may contain a secret.
    if !arguments.path.starts_with('/') {
        return Err(Failure::Usage(
            "PATH must start with a slash: use a path below the API's base URL, for example /graphql".to_owned(),
        ));
    }
    let uri: Uri = arguments.path.parse().map_err(|_| {
        Failure::Usage(
            "PATH contains characters that are not allowed in a URL: percent-encode them"
                .to_owned(),
        )
    })?;
    let has_body = arguments.body.is_some();
    let mut request = Request::new(Bytes::from(arguments.body.unwrap_or_default()));
    *request.method_mut() = arguments.method;
    *request.uri_mut() = uri;
    if has_body {
        let json = HeaderValue::from_static("application/json");
        request.headers_mut().insert(CONTENT_TYPE, json);
    }
    Ok(request)
}

/// Writes status and headers in HTTP/1.1 syntax, with line feeds as line ends.
fn write_head(response: &Response<Bytes>, output: &mut Vec<u8>) {
    let status = response.status();
    let reason = status.canonical_reason().unwrap_or_default();
    let line = format!("{:?} {} {reason}", response.version(), status.as_u16());
    output.extend_from_slice(line.trim_end().as_bytes());
    output.push(b'\n');
    for (name, value) in response.headers() {
        output.extend_from_slice(name.as_str().as_bytes());
        output.extend_from_slice(b": ");
        output.extend_from_slice(value.as_bytes());
        output.push(b'\n');
    }
    output.push(b'\n');
}
