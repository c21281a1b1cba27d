//! Paths with parameters, such as `/users/{id}`, and how a request's path matches one.

use percent_encoding::percent_decode_str;

/// A path whose segments are fixed or parameters in braces.
#[derive(Debug, Clone)]
pub(crate) struct PathTemplate {
    segments: Vec<Segment>,
}

#[derive(Debug, Clone)]
enum Segment {
    Fixed(String),
    Parameter(String),
}

impl PathTemplate {
    /// Reads a template.
    ///
    /// # Errors
    ///
    /// What is wrong with it: no leading slash, a query, a parameter without a name or named twice, or a brace that
    /// does not stand at a segment's end.
    pub(crate) fn parse(template: &str) -> Result<Self, &'static str> {
        let path = template
            .strip_prefix('/')
            .ok_or("it must begin with a slash")?;
        if template.contains(['?', '#']) {
            return Err("a path has no query and no fragment");
        }
        let segments: Vec<_> = path
            .split('/')
            .map(Segment::parse)
            .collect::<Result<_, _>>()?;
        let template = Self { segments };
        let names = template.names();
        if (1..names.len()).any(|at| names[..at].contains(&names[at])) {
            return Err("a parameter is named twice");
        }
        Ok(template)
    }

    /// Matches a path and returns its parameters, percent-decoded; an empty segment is no parameter.
    pub(crate) fn parameters(&self, path: &str) -> Option<Vec<(String, String)>> {
        let path = path.strip_prefix('/')?;
        let mut parts = path.split('/');
        let mut parameters = Vec::new();
        for segment in &self.segments {
            let part = parts.next()?;
            match segment {
                Segment::Fixed(fixed) if fixed == part => {}
                Segment::Parameter(name) if !part.is_empty() => {
                    let value = percent_decode_str(part).decode_utf8_lossy();
                    parameters.push((name.clone(), value.into_owned()));
                }
                Segment::Fixed(_) | Segment::Parameter(_) => return None,
            }
        }
        parts.next().is_none().then_some(parameters)
    }

    /// Returns true if the path has parameters.
    pub(crate) fn has_parameters(&self) -> bool {
        !self.names().is_empty()
    }

    fn names(&self) -> Vec<&str> {
        let names = self.segments.iter().filter_map(|segment| match segment {
            Segment::Parameter(name) => Some(name.as_str()),
            Segment::Fixed(_) => None,
        });
        names.collect()
    }
}

impl Segment {
    fn parse(text: &str) -> Result<Self, &'static str> {
        let name = text
            .strip_prefix('{')
            .and_then(|text| text.strip_suffix('}'));
        if name.unwrap_or(text).contains(['{', '}']) {
            return Err("a parameter takes a whole segment, as in `/users/{id}`");
        }
        match name {
            Some("") => Err("a parameter needs a name"),
            Some(name) => Ok(Self::Parameter(name.to_owned())),
            None => Ok(Self::Fixed(text.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_whole_segments_and_decoded() {
        let template = PathTemplate::parse("/users/{id}/keys/{key}").unwrap();
        let found = template.parameters("/users/a%2Fb/keys/%c3%a4").unwrap();
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(found, [pair("id", "a/b"), pair("key", "ä")]);
        for path in [
            "/users//keys/1",
            "/users/1/keys",
            "/users/1/keys/2/",
            "users/1/keys/2",
            "/Users/1/keys/2",
        ] {
            assert!(template.parameters(path).is_none(), "{path}");
        }
        assert_eq!(
            PathTemplate::parse("/").unwrap().parameters("/"),
            Some(Vec::new())
        );
    }

    #[test]
    fn a_template_that_means_nothing_is_an_error() {
        for template in [
            "", "users", "/a?b=1", "/a#b", "/{}", "/{id", "/id}", "/v{id}", "/{a}/{a}", "/{{a}}",
        ] {
            assert!(PathTemplate::parse(template).is_err(), "{template}");
        }
    }
}
