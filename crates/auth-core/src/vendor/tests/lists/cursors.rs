//! Tests of lists whose pages contain a cursor for the next one.

use super::*;

async fn read(pages: &Script, first: ApiRequest) -> Outcome {
    outcome(pages, |client| {
        let key = |item: &u32| Some(item.to_string());
        client.cursor_pages(first, "page token", key, |response| {
            let (items, next, has_more) = response.json()?;
            Ok(Page::<u32>::new(items).with_next(next).with_more(has_more))
        })
    })
    .await
}

const SECOND: &str = "/items?limit=2&page%20token=a%2Fb%2Bc%3D%20%26d%3D1";

#[tokio::test]
async fn a_cursor_is_sent_encoded_beside_the_other_parameters_until_a_page_has_none() {
    for last in ["[[3],null,null]", "[[3],\"\",null]", "[[3],\"z\",false]"] {
        let pages = [
            ("/items?limit=2", "", "[[1,2],\"a/b+c= &d=1\",null]"),
            // A link is not what this list is read by.
            (SECOND, "</items?after=2>; rel=\"next\"", "[[2],\"e\",true]"),
            ("/items?limit=2&page%20token=e", "", last),
        ];
        let outcome = read(&pages, first()).await;
        assert!(outcome.error.is_none(), "{last}: {:?}", outcome.error);
        assert_eq!(outcome.items, [1, 2, 3], "{last}");
        assert_eq!(
            outcome.requested,
            pages.map(|(target, ..)| target),
            "{last}"
        );
    }
}

#[tokio::test]
async fn a_list_may_start_from_a_cursor_which_the_next_one_replaces() {
    let pages = [
        ("/items?page%20token=s&limit=2", "", "[[1],\"e\",null]"),
        ("/items?limit=2&page%20token=e", "", "[[2],null,null]"),
    ];
    let start = ApiRequest::new(Method::GET, "/items").query("page token", "s");
    let outcome = read(&pages, start.query("limit", 2)).await;
    assert!(outcome.error.is_none(), "{:?}", outcome.error);
    assert_eq!(outcome.items, [1, 2]);
}

#[tokio::test]
async fn cursors_in_a_circle_and_a_missing_one_are_errors_that_name_the_vendor() {
    let circle = [
        ("/items?limit=2", "", "[[1],\"a\",null]"),
        ("/items?limit=2&page%20token=a", "", "[[2],\"b\",null]"),
        ("/items?limit=2&page%20token=b", "", "[[3],\"a\",null]"),
    ];
    let outcome = read(&circle, first()).await;
    let error = outcome.error.unwrap();
    assert_eq!(error.kind(), ErrorKind::InvalidResponse);
    assert_eq!(error.vendor(), Some("example"));
    assert!(error.to_string().contains("read before"), "{error}");
    assert_eq!(outcome.requested.len(), 3);

    let missing = [("/items?limit=2", "", "[[1],\"\",true]")];
    let error = read(&missing, first()).await.error.unwrap();
    assert!(error.to_string().contains("no next page"), "{error}");
}

#[tokio::test]
async fn a_page_counts_towards_the_limit_on_bytes() {
    let client = Client::new(
        with(&[])
            .client_id("fake-id")
            .client_secret("fake-secret")
            .http_client(Endless::default())
            .build()
            .unwrap(),
    )
    .unwrap();
    let pager = client.cursor_pages(
        first(),
        "cursor",
        |item: &u32| Some(item.to_string()),
        |response| {
            let number = u32::from(response.body()[0]);
            Ok(Page::new(vec![number]).with_next(Some(number.to_string())))
        },
    );
    let error = pager.all().await.unwrap_err();
    assert!(error.to_string().contains("MiB"), "{error}");
}

/// Returns pages of 8 MiB without an end.
#[derive(Debug, Default)]
struct Endless {
    pages: std::sync::atomic::AtomicU8,
}

#[async_trait]
impl HttpClient for Endless {
    async fn send(&self, request: Request<Bytes>, _: RequestLimits) -> Result<Response<Bytes>> {
        if request.uri().path() == "/token" {
            let token = r#"{"access_token":"fake-token","token_type":"bearer","expires_in":60}"#;
            return Ok(Response::new(Bytes::from(token)));
        }
        let number = self.pages.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        let mut body = vec![0; 8 << 20];
        body[0] = number;
        Ok(Response::new(Bytes::from(body)))
    }
}
