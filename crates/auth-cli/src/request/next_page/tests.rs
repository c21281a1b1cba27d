//! Tests of where the next page is.

use auth_core::ApiRequest;
use bytes::Bytes;
use http::{Method, Response};
use serde_json::json;

use super::*;

fn next(vendor: Vendor, url: &str, body: &Value, link: Option<&str>) -> Result<String, Failure> {
    let request = ApiRequest::to_url(Method::GET, url);
    let mut response = Response::builder().header("content-type", "application/json");
    if let Some(link) = link {
        response = response.header("link", link);
    }
    let response = response.body(Bytes::from(body.to_string())).unwrap();
    let response = ApiResponse::from_http(&request, response);
    let next = next_page(vendor, &Url::parse(url).unwrap(), &response)?;
    Ok(next.map_or_else(String::new, String::from))
}

fn runai(query: &str, body: &Value) -> String {
    let url = format!("https://runai.example/api/v1/users{query}");
    next(Vendor::Runai, &url, body, None).unwrap()
}

#[test]
fn a_link_wins_over_page_parameters() {
    let link = "</api/v1/users?cursor=b>; rel=\"next\"";
    let url = "https://runai.example/api/v1/users";
    let found = next(Vendor::Runai, url, &json!([]), Some(link)).unwrap();
    assert_eq!(found, "https://runai.example/api/v1/users?cursor=b");
    assert!(next(Vendor::Maia, url, &json!([]), Some("no link")).is_err());
}

#[test]
fn offsets_follow_the_number_of_items_and_keep_the_rest_of_the_query() {
    let body = json!({ "users": [1, 2], "totalRecords": "5" });
    let found = runai("?filterBy=a%3D%3Db&offset=1", &body);
    assert_eq!(
        found,
        "https://runai.example/api/v1/users?filterBy=a%3D%3Db&offset=3"
    );
    assert_eq!(runai("?offset=3", &body), "");
    assert!(runai("", &json!({ "roles": [1], "next": 1 })).ends_with("?offset=1"));
    assert_eq!(runai("", &json!({ "roles": [1], "next": null })), "");
}

#[test]
fn a_list_without_page_information_is_one_page() {
    assert_eq!(runai("", &json!([1, 2, 3])), "");
    assert_eq!(runai("?limit=4", &json!([1, 2, 3])), "");
    assert!(runai("?limit=3", &json!([1, 2, 3])).ends_with("limit=3&offset=3"));
    assert_eq!(runai("", &json!({ "id": 1 })), "");
}

#[test]
fn a_list_that_ends_before_its_total_is_an_error() {
    let body = json!({ "users": [], "totalRecords": 5 });
    let url = "https://runai.example/api/v1/users?offset=3";
    assert!(next(Vendor::Runai, url, &body, None).is_err());
    let filtered = format!("{url}&search=x");
    assert_eq!(next(Vendor::Runai, &filtered, &body, None).unwrap(), "");
}

#[test]
fn pages_are_counted_and_tokens_are_sent_back() {
    let url = "https://maia.example/dpc/v1/projects?size=2";
    let body = json!({ "page": 0, "size": 2, "total": 3, "results": [1, 2] });
    let second = next(Vendor::Maia, url, &body, None).unwrap();
    assert_eq!(second, format!("{url}&page=1"));
    let last = json!({ "page": 1, "size": 2, "total": 3, "results": [3] });
    assert_eq!(next(Vendor::Maia, &second, &last, None).unwrap(), "");
    let body = json!({ "results": [1], "paginationToken": "a b&c" });
    let found = next(Vendor::Maia, url, &body, None).unwrap();
    assert_eq!(found, format!("{url}&paginationToken=a+b%26c"));
}
