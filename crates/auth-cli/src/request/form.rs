//! Multipart forms (RFC 7578), whose files are read while they are sent.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher as _, Hasher as _};

use http::HeaderValue;

use crate::failure::Failure;
use crate::paths::own_name;
use crate::source::{Opener, Source};

/// A form as a body.
#[derive(Debug)]
pub(super) struct Form {
    pub(super) content_type: HeaderValue,
    pub(super) sources: Vec<Source>,
}

/// Reads the arguments of --form, whose values can name files, and of --form-string, whose values are taken as written.
pub(super) fn read(
    fields: Vec<String>,
    strings: Vec<String>,
    opener: &mut Opener,
) -> Result<Form, Failure> {
    let boundary = boundary();
    let mut sources = Vec::new();
    let fields = fields.into_iter().map(|field| ("--form", field));
    let strings = strings.into_iter().map(|field| ("--form-string", field));
    for (option, field) in fields.chain(strings) {
        // The text is not repeated: it may be a secret whose name was forgotten.
        let Some((name, value)) = field.split_once('=').filter(|(name, _)| !name.is_empty()) else {
            return Err(Failure::Usage(format!(
                "{option}: expected a name, an equals sign and a value, such as 'file=@data.csv'"
            )));
        };
        let part = match value.strip_prefix('@') {
            Some(file) if option == "--form" => Part::file(name, file, opener)?,
            _ => Part::text(name, value),
        };
        sources.push(Source::Memory(part.head(&boundary)?.into()));
        sources.push(part.source);
        sources.push(Source::Memory(LINE_END.into()));
    }
    sources.push(Source::Memory(format!("--{boundary}--{LINE_END}").into()));
    let content_type = HeaderValue::from_str(&format!("multipart/form-data; boundary={boundary}"));
    let content_type = content_type
        .map_err(|error| Failure::System("cannot write a header", std::io::Error::other(error)))?;
    Ok(Form {
        content_type,
        sources,
    })
}

/// One field of a form.
struct Part<'a> {
    name: &'a str,
    file_name: Option<String>,
    content_type: Option<&'a str>,
    source: Source,
}

impl<'a> Part<'a> {
    fn text(name: &'a str, value: &str) -> Self {
        Self {
            name,
            file_name: None,
            content_type: None,
            source: Source::Memory(value.to_owned().into()),
        }
    }

    /// Reads a path with the options `;type=` and `;filename=` in any order.
    fn file(name: &'a str, text: &'a str, opener: &mut Opener) -> Result<Self, Failure> {
        let start = OPTIONS.iter().filter_map(|option| text.find(option)).min();
        let (path, mut rest) = text.split_at(start.unwrap_or(text.len()));
        let (mut content_type, mut file_name) = (None, None);
        // The value of an option ends where the next option starts, since a content type may contain semicolons.
        while let Some(option) = OPTIONS.iter().find(|option| rest.starts_with(**option)) {
            let value = &rest[option.len()..];
            let end = OPTIONS.iter().filter_map(|option| value.find(option)).min();
            let (value, next) = value.split_at(end.unwrap_or(value.len()));
            match *option {
                TYPE => content_type = Some(value),
                _ => file_name = Some(value.to_owned()),
            }
            rest = next;
        }
        let source = opener.path("--form", path)?;
        Ok(Self {
            name,
            file_name: Some(file_name.unwrap_or_else(|| own_name(path).to_owned())),
            content_type: Some(content_type.unwrap_or("application/octet-stream")),
            source,
        })
    }

    fn head(&self, boundary: &str) -> Result<String, Failure> {
        let mut head = format!(
            "--{boundary}{LINE_END}Content-Disposition: form-data; name=\"{}\"",
            quoted(self.name)
        );
        if let Some(name) = &self.file_name {
            head.push_str("; filename=\"");
            head.push_str(&quoted(name));
            head.push('"');
        }
        if let Some(kind) = self.content_type {
            let is_valid = kind.contains('/') && HeaderValue::from_str(kind).is_ok();
            if !is_valid {
                return Err(Failure::Usage(format!(
                    "--form: the type of {} is not a content type: write for example ';type=text/csv'",
                    self.name
                )));
            }
            head.push_str(LINE_END);
            head.push_str("Content-Type: ");
            head.push_str(kind);
        }
        head.push_str(LINE_END);
        head.push_str(LINE_END);
        Ok(head)
    }
}

/// Encodes what would end a name, as browsers do; other characters are sent as UTF-8.
fn quoted(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    for character in name.chars() {
        match character {
            '"' => text.push_str("%22"),
            '\r' => text.push_str("%0D"),
            '\n' => text.push_str("%0A"),
            '\0' => text.push_str("%00"),
            _ => text.push(character),
        }
    }
    text
}

/// Returns a line that no content contains by accident; the standard library seeds its hashers randomly.
fn boundary() -> String {
    let random = || RandomState::new().build_hasher().finish();
    format!("vauth-{:016x}{:016x}", random(), random())
}

const LINE_END: &str = "\r\n";
const TYPE: &str = ";type=";
const OPTIONS: [&str; 2] = [TYPE, ";filename="];

#[cfg(test)]
mod tests;
