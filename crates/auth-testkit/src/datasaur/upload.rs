//! The emulated upload of one file as `multipart/form-data` (RFC 7578).

use http::header::CONTENT_TYPE;

use crate::request::ReceivedRequest;

/// Returns the name of the file in the part `file`, or what is wrong with the form.
pub(crate) fn file_name(request: &ReceivedRequest) -> Result<String, &'static str> {
    let content_type = request.header(CONTENT_TYPE.as_str()).unwrap_or_default();
    let boundary = content_type
        .strip_prefix("multipart/form-data")
        .and_then(|rest| rest.split_once("boundary="))
        .map(|(_, boundary)| boundary.trim_matches('"'))
        .filter(|boundary| !boundary.is_empty())
        .ok_or("content must be multipart/form-data")?;
    let body = request.body();
    if !body.ends_with(format!("\r\n--{boundary}--\r\n").as_bytes()) {
        return Err("the form has no end");
    }
    let start = format!("--{boundary}\r\n");
    let rest = body
        .strip_prefix(start.as_bytes())
        .ok_or("the form has no part")?;
    let end = rest
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .ok_or("the part has no head")?;
    let head = String::from_utf8_lossy(&rest[..end]);
    let disposition = head
        .split("\r\n")
        .find_map(|line| line.strip_prefix("Content-Disposition: form-data; "))
        .ok_or("the part has no content disposition")?;
    if !disposition.starts_with("name=\"file\"; filename=\"") {
        return Err("the part must be a file with the name file");
    }
    let name = disposition
        .split('"')
        .nth(3)
        .ok_or("the file has no name")?;
    Ok(name
        .replace("%22", "\"")
        .replace("%0D", "\r")
        .replace("%0A", "\n"))
}
