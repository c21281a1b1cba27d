//! Parsers of conditions, subjects and scopes.

use runai_auth::admin::{FilterOperator, ScopeType, Subject, SubjectType};

/// One condition on a list: a field, an operator and a value.
#[derive(Debug, Clone)]
pub(crate) struct Condition {
    pub(crate) field: String,
    pub(crate) operator: FilterOperator,
    pub(crate) value: String,
}

pub(super) fn condition(text: &str) -> Result<Condition, String> {
    let end = text
        .find(|character: char| !character.is_ascii_alphanumeric())
        .filter(|&end| end > 0);
    let found = end.and_then(|end| {
        let (field, rest) = text.split_at(end);
        OPERATORS.iter().find_map(|&(spelling, operator)| {
            let value = rest.strip_prefix(spelling)?;
            Some(Condition {
                field: field.to_owned(),
                operator,
                value: value.to_owned(),
            })
        })
    });
    found.ok_or_else(|| {
        let spellings = OPERATORS.map(|(spelling, _)| spelling).join(" ");
        format!("expected a field, one of {spellings} and a value, such as 'isLocal==true'")
    })
}

pub(super) fn subject(text: &str) -> Result<Subject, String> {
    let (kind, id) = typed(text, "user:a@b.io")?;
    Ok(Subject::new(SubjectType::from(kind), id))
}

/// The scope of an access rule: a type, and an id or a name.
#[derive(Debug, Clone)]
pub(crate) struct ScopeArgument {
    pub(crate) scope_type: ScopeType,
    /// Empty for the caller's own tenant.
    pub(crate) text: String,
}

/// Writes it as the user may have done.
impl std::fmt::Display for ScopeArgument {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.text.as_str() {
            "" => write!(f, "{}", self.scope_type),
            text => write!(f, "{}:{text}", self.scope_type),
        }
    }
}

pub(super) fn scope(text: &str) -> Result<ScopeArgument, String> {
    if text == ScopeType::Tenant.as_str() {
        return Ok(ScopeArgument {
            scope_type: ScopeType::Tenant,
            text: String::new(),
        });
    }
    let (kind, text) = typed(text, "project:team-a")?;
    Ok(ScopeArgument {
        scope_type: ScopeType::from(kind),
        text: text.to_owned(),
    })
}

/// Types are open: the control plane may support more of them.
fn typed<'a>(text: &'a str, example: &str) -> Result<(&'a str, &'a str), String> {
    text.split_once(':')
        .filter(|(kind, id)| !kind.trim().is_empty() && !id.trim().is_empty())
        .ok_or_else(|| format!("expected a type, a colon and an id or name, such as '{example}'"))
}

const OPERATORS: [(&str, FilterOperator); 8] = [
    ("==", FilterOperator::Equals),
    ("!=", FilterOperator::Differs),
    ("<=", FilterOperator::AtMost),
    (">=", FilterOperator::AtLeast),
    ("=@", FilterOperator::Contains),
    ("!@", FilterOperator::Lacks),
    ("=^", FilterOperator::StartsWith),
    ("=$", FilterOperator::EndsWith),
];
