//! Tests of how the generated types read and write, over a few of them.

use serde_json::{from_str, to_string};

use super::super::generated::access_rules::{AccessRule, AccessRuleCreationFields, SubjectType};
use super::super::generated::applications::regenerate_application_secret;
use super::super::generated::me::UserChangePasswordRequest;
use super::super::generated::shared::{Account, NewAccountSecret};
use super::super::generated::users::UserCreationRequest1;
use super::*;

type Outcome = Result<(), serde_json::Error>;

#[test]
fn a_tenant_id_is_read_from_text_and_from_a_number() -> Outcome {
    for (body, expected) in [
        (r#"{"tenantId": "12"}"#, Some("12")),
        (r#"{"tenantId": 12}"#, Some("12")),
        (r#"{"tenantId": null}"#, None),
        ("{}", None),
    ] {
        let account: Account = from_str(body)?;
        assert_eq!(account.tenant_id.as_deref(), expected, "{body}");
    }
    Ok(())
}

#[test]
fn members_that_nobody_described_are_passed_over() -> Outcome {
    let account: Account = from_str(r#"{"name": "a", "new": {"deep": [1]}}"#)?;
    assert_eq!(account.name.as_deref(), Some("a"));
    Ok(())
}

#[test]
fn a_secret_is_read_and_not_printed() -> Outcome {
    let answer: NewAccountSecret = from_str(r#"{"secret": "fäke-secret"}"#)?;
    assert!(!format!("{answer:?} {answer:#?}").contains("fäke"));
    assert_eq!(
        answer.secret.as_ref().map(Secret::expose_secret),
        Some("fäke-secret")
    );
    for body in ["{}", r#"{"secret": null}"#] {
        let answer: NewAccountSecret = from_str(body)?;
        assert!(answer.secret.is_none(), "{body}");
    }
    Ok(())
}

#[test]
fn a_secret_in_a_request_is_written_and_not_printed() -> Outcome {
    let request = UserChangePasswordRequest {
        current_password: Secret::from("fake-old"),
        new_password: Secret::from("fake-new"),
    };
    assert_eq!(
        to_string(&request)?,
        r#"{"currentPassword":"fake-old","newPassword":"fake-new"}"#
    );
    assert!(!format!("{request:?}").contains("fake"));
    Ok(())
}

#[test]
fn what_is_not_given_is_left_out_of_a_request() -> Outcome {
    let request = UserCreationRequest1 {
        email: "someone@example.com".to_owned(),
        notify: None,
        reset_password: Some(false),
    };
    assert_eq!(
        to_string(&request)?,
        r#"{"email":"someone@example.com","resetPassword":false}"#
    );
    Ok(())
}

#[test]
fn an_enum_keeps_a_value_that_it_does_not_know() -> Outcome {
    let rule: AccessRule = from_str(r#"{"subjectType": "robot", "scopeType": "tenant"}"#)?;
    assert_eq!(
        rule.subject_type,
        Some(SubjectType::Unknown("robot".to_owned()))
    );
    assert_eq!(to_string(&rule.subject_type)?, r#""robot""#);
    assert_eq!(
        SubjectType::from("service-account".to_owned()),
        SubjectType::ServiceAccount
    );
    Ok(())
}

#[test]
fn a_schema_that_goes_both_ways_is_exact_one_way_and_tolerant_the_other() -> Outcome {
    use super::super::generated::access_rules::AccessRuleCreationFieldsResponse;
    let sent = AccessRuleCreationFields {
        cluster_id: None,
        role_id: 7,
        scope_id: "1".to_owned(),
        scope_type: super::super::generated::access_rules::ScopeType::Tenant,
        subject_id: "a".to_owned(),
        subject_type: SubjectType::App,
    };
    assert!(to_string(&sent)?.contains(r#""roleId":7,"scopeId":"1""#));
    let received: AccessRuleCreationFieldsResponse = from_str("{}")?;
    assert!(received.role_id.is_none());
    Ok(())
}

#[test]
fn an_operation_names_what_replaces_it() {
    let request = regenerate_application_secret("7");
    let operation = request.operation();
    assert_eq!(operation.id, "regenerate_application_secret");
    assert_eq!(operation.method, http::Method::POST);
    assert_eq!(operation.path, "/api/v1/apps/{appId}/secret");
    assert_eq!(operation.since, "2.18");
    assert_eq!(operation.removed, Some("3.0"));
    assert_eq!(operation.replacement, Some("service accounts"));
}
