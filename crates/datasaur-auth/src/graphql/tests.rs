//! Tests of what a query becomes and of what an answer is taken for; the contract tests send them.

use std::collections::BTreeMap;

use auth_core::ErrorKind;
use serde::Serialize;

use super::*;

#[test]
fn variables_are_an_object_or_the_query_is_not_sent() {
    #[derive(Serialize)]
    struct Variables {
        id: u64,
    }
    let call =
        |variables: &dyn Fn(Query) -> Query| variables(Query::new("{ me { id } }")).to_call();
    assert!(call(&|query| query.variables(&Variables { id: 7 })).is_ok());
    assert!(call(&|query| query.variables(&None::<Variables>)).is_ok());
    for error in [
        call(&|query| query.variables(&[7])).unwrap_err(),
        call(&|query| query.variables(&"7")).unwrap_err(),
        call(&|query| query.variables(&BTreeMap::from([(vec![1], 7)]))).unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.to_string().contains("variables"), "{error}");
    }
    // The last word counts.
    let corrected = call(&|query| query.variables(&[7]).variables(&Variables { id: 7 }));
    assert!(corrected.is_ok());
}

#[test]
fn debug_shows_neither_document_nor_variables() {
    let query = Query::new("{ fake }").variables(&BTreeMap::from([("fake", 7)]));
    assert!(!format!("{query:?}").contains("fake"));
}
