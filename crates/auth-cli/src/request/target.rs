//! The method and the path of a request.

use http::{Method, Uri};

use crate::failure::Failure;

/// Separates the method from the path; the input is not repeated in errors, since a query may contain a secret.
pub(super) fn read(
    target: &[String],
    option: Option<&str>,
    has_body: bool,
) -> Result<(Method, Uri), Failure> {
    let (positional, path) = match target {
        [path] => (None, path),
        [method, path] => (Some(method.as_str()), path),
        _ => {
            return Err(Failure::Usage(
                "there are more than two arguments: use at most a method and a path".to_owned(),
            ));
        }
    };
    let method = match (positional, option) {
        (Some(_), Some(_)) => {
            return Err(Failure::Usage(
                "the method is set twice: use --method or put it before the path, but not both"
                    .to_owned(),
            ));
        }
        (Some(method), None) | (None, Some(method)) => read_method(method)?,
        (None, None) if has_body => Method::POST,
        (None, None) => Method::GET,
    };
    Ok((method, read_path(path)?))
}

fn read_method(text: &str) -> Result<Method, Failure> {
    Method::from_bytes(text.to_ascii_uppercase().as_bytes()).map_err(|_| {
        Failure::Usage("METHOD is not an HTTP method: use for example GET or POST".to_owned())
    })
}

fn read_path(text: &str) -> Result<Uri, Failure> {
    if !text.starts_with('/') {
        return Err(Failure::Usage(
            "PATH must start with a slash: use a path below the API's base URL, for example /graphql".to_owned(),
        ));
    }
    if text.contains('#') {
        return Err(Failure::Usage(
            "PATH contains a fragment, which is never sent: remove the # and what follows it, or percent-encode it as %23".to_owned(),
        ));
    }
    text.parse().map_err(|_| {
        Failure::Usage(
            "PATH contains characters that are not allowed in a URL: percent-encode them"
                .to_owned(),
        )
    })
}
