//! Tests of lists whose pages link to each other, or contain cursors.

mod cursors;

use std::sync::Mutex;

use http::Method;

use super::*;
use crate::client::ApiRequest;

/// Answers by path and query, and notes what it was asked; the token endpoint always has a token.
#[derive(Debug)]
struct Pages {
    pages: Vec<(&'static str, &'static str, &'static str)>,
    requested: Arc<Mutex<Vec<String>>>,
}

#[async_trait]
impl HttpClient for Pages {
    async fn send(&self, request: Request<Bytes>, _: RequestLimits) -> Result<Response<Bytes>> {
        let target = request.uri().path_and_query().unwrap().as_str();
        if target == "/token" {
            let token = r#"{"access_token":"fake-token","token_type":"bearer","expires_in":60}"#;
            return Ok(Response::new(Bytes::from(token)));
        }
        self.requested.lock().unwrap().push(target.to_owned());
        let page = self.pages.iter().find(|(path, ..)| *path == target);
        let (_, link, body) = page.unwrap_or_else(|| panic!("{target} has no page"));
        let mut response = Response::new(Bytes::from(*body));
        if !link.is_empty() {
            let link = http::HeaderValue::from_static(link);
            response.headers_mut().insert(http::header::LINK, link);
        }
        Ok(response)
    }
}

struct Outcome {
    items: Vec<u32>,
    error: Option<Error>,
    requested: Vec<String>,
}

type Script = [(&'static str, &'static str, &'static str)];

async fn read_by(pages: &Script, read: fn(ApiResponse) -> Result<Page<u32>>) -> Outcome {
    outcome(pages, |client| {
        client.linked_pages(first(), |item: &u32| Some(item.to_string()), read)
    })
    .await
}

fn first() -> ApiRequest {
    ApiRequest::new(Method::GET, "/items").query("limit", 2)
}

/// Reads a list to its end, or to the first error.
async fn outcome(pages: &Script, list: impl FnOnce(&ApiClient) -> Pager<u32>) -> Outcome {
    let requested = Arc::default();
    let http = Pages {
        pages: pages.to_vec(),
        requested: Arc::clone(&requested),
    };
    let builder = with(&[]).client_id("fake-id").client_secret("fake-secret");
    let client = Client::new(builder.http_client(http).build().unwrap()).unwrap();
    let mut pager = list(&client);
    let mut outcome = Outcome {
        items: Vec::new(),
        error: None,
        requested: Vec::new(),
    };
    let mut next = async || {
        let poll = |context: &mut std::task::Context<'_>| {
            futures_core::Stream::poll_next(std::pin::Pin::new(&mut pager), context)
        };
        std::future::poll_fn(poll).await
    };
    while let Some(item) = next().await {
        match item {
            Ok(item) => outcome.items.push(item),
            Err(error) => outcome.error = Some(error),
        }
    }
    outcome.requested = requested.lock().unwrap().clone();
    outcome
}

fn plain(response: ApiResponse) -> Result<Page<u32>> {
    Ok(Page::new(response.list_json()?))
}

async fn read(pages: &Script) -> Outcome {
    read_by(pages, plain).await
}

#[tokio::test]
async fn links_are_followed_to_the_page_without_one() {
    let outcome = read(&[
        ("/items?limit=2", "</items?after=2>; rel=\"next\"", "[1,2]"),
        (
            "/items?after=2",
            "<https://default.example/items?after=3>; rel=next, </>; rel=first",
            "[]",
        ),
        ("/items?after=3", "</items?limit=2>; rel=\"first\"", "[2,3]"),
    ])
    .await;
    assert!(outcome.error.is_none(), "{:?}", outcome.error);
    assert_eq!(outcome.items, [1, 2, 3], "each item once");
    assert_eq!(
        outcome.requested,
        ["/items?limit=2", "/items?after=2", "/items?after=3"]
    );
}

#[tokio::test]
async fn links_may_stand_in_the_body() {
    fn in_body(response: ApiResponse) -> Result<Page<u32>> {
        let (items, next): (Vec<u32>, Option<String>) = response.json()?;
        Ok(Page::new(items).with_next(next))
    }
    let pages = [
        ("/items?limit=2", "", "[[1,2],\"?after=2\"]"),
        ("/items?after=2", "", "[[3],null]"),
    ];
    let outcome = read_by(&pages, in_body).await;
    assert!(outcome.error.is_none(), "{:?}", outcome.error);
    assert_eq!(outcome.items, [1, 2, 3]);
}

#[tokio::test]
async fn a_link_to_another_origin_is_an_error_and_not_requested() {
    let link = "<https://evil.example/items?after=2>; rel=\"next\"";
    let outcome = read(&[("/items?limit=2", link, "[1,2]")]).await;
    let error = outcome.error.unwrap();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert_eq!(error.vendor(), Some("example"));
    assert!(
        error.to_string().contains("origin is not the API's"),
        "{error}"
    );
    assert_eq!(outcome.requested.len(), 1);
}

#[tokio::test]
async fn links_in_a_circle_and_lists_that_are_not_whole_are_errors() {
    fn of_four(response: ApiResponse) -> Result<Page<u32>> {
        Ok(plain(response)?.with_total(Some(4)))
    }
    let circle = [
        ("/items?limit=2", "</items?after=2>; rel=\"next\"", "[1,2]"),
        ("/items?after=2", "</items?after=2>; rel=\"next\"", "[3]"),
    ];
    let error = read(&circle).await.error.unwrap();
    assert_eq!(error.kind(), ErrorKind::InvalidResponse);
    assert!(error.to_string().contains("read before"), "{error}");

    let same = |after| (after, "", "[1,2]");
    let repeats = [
        ("/items?limit=2", "</items?after=a>; rel=\"next\"", "[1,2]"),
        ("/items?after=a", "</items?after=b>; rel=\"next\"", "[1,2]"),
        ("/items?after=b", "</items?after=c>; rel=\"next\"", "[1,2]"),
        ("/items?after=c", "</items?after=d>; rel=\"next\"", "[1,2]"),
        same("/items?after=d"),
    ];
    let error = read(&repeats).await.error.unwrap();
    assert!(error.to_string().contains("repeatedly"), "{error}");

    let error = read_by(&[("/items?limit=2", "", "[1,2,3]")], of_four)
        .await
        .error
        .unwrap();
    assert!(error.to_string().contains("reports 4 items"), "{error}");
    assert!(!error.is_retryable());

    let unreadable = [("/items?limit=2", "/items?after=2; rel=next", "[1,2]")];
    let error = read(&unreadable).await.error.unwrap();
    assert!(error.to_string().contains("Link header"), "{error}");
}

#[tokio::test]
async fn links_without_an_end_are_bounded() {
    use std::sync::atomic::{AtomicU32, Ordering};

    let count = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&count);
    let pager = Pager::by_link(
        |item: &u32| Some(item.to_string()),
        move |_| {
            let number = counted.fetch_add(1, Ordering::SeqCst);
            let link = Some(format!("https://api.example/{number}"));
            async move { Ok(Page::new(vec![number]).with_next(link)) }
        },
    );
    let error = pager.max_items(50).all().await.unwrap_err();
    assert!(
        error.to_string().contains("does not end within 50 items"),
        "{error}"
    );
    assert_eq!(count.load(Ordering::SeqCst), 51);
}
