//! An access rule as it is printed.

use runai_auth::admin::AccessRule;
use serde::Serialize;

use crate::output::Listed;

/// An access rule as it is printed; its keys are in the documented order.
#[derive(Serialize)]
pub(super) struct Printed {
    pub(super) id: i64,
    pub(super) subject_type: String,
    pub(super) subject_id: String,
    pub(super) role_id: String,
    pub(super) role_name: Option<String>,
    pub(super) scope_type: String,
    pub(super) scope_id: String,
    pub(super) scope_name: Option<String>,
    pub(super) phase: Option<String>,
}

impl From<AccessRule> for Printed {
    fn from(rule: AccessRule) -> Self {
        let status = rule.status.and_then(|status| status.phase);
        Self {
            id: rule.id,
            subject_type: rule.subject.subject_type.to_string(),
            subject_id: rule.subject.id,
            role_id: rule.role_id.to_string(),
            role_name: rule.role_name,
            scope_type: rule.scope.scope_type.to_string(),
            scope_id: rule.scope.id,
            scope_name: rule.scope_name,
            phase: status.map(|phase| phase.to_string()),
        }
    }
}

impl Listed for Printed {
    const COLUMNS: &'static [&'static str] = &["id", "subject", "role", "scope"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.id.to_string(),
            format!("{}:{}", self.subject_type, self.subject_id),
            self.role_name.clone().unwrap_or_default(),
            format!("{}:{}", self.scope_type, self.scope_id),
        ]
    }
}
