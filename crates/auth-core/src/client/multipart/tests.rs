//! Tests of what a form looks like on the wire.

use super::*;
use crate::error::ErrorKind;

async fn written(form: MultipartForm) -> (String, String, Option<u64>) {
    let body = UploadBody::from(form);
    let content_type = body.content_type().unwrap().to_str().unwrap();
    let boundary = content_type.strip_prefix("multipart/form-data; boundary=");
    let boundary = boundary.unwrap().to_owned();
    let length = body.length();
    let mut stream = body.open();
    let mut text = Vec::new();
    while let Some(piece) = stream.chunk().await.unwrap() {
        text.extend_from_slice(&piece);
    }
    (String::from_utf8(text).unwrap(), boundary, length)
}

#[tokio::test]
async fn parts_are_separated_and_counted() {
    let file = UploadBody::from(Bytes::from("a,b\n"));
    let form = MultipartForm::new()
        .text("title", "T")
        .file("file", "table.csv", file);
    let (text, boundary, length) = written(form).await;
    let expected = "--B\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\nT\r\n--B\r\n\
        Content-Disposition: form-data; name=\"file\"; filename=\"table.csv\"\r\n\
        Content-Type: application/octet-stream\r\n\r\na,b\n\r\n--B--\r\n";
    assert_eq!(text, expected.replace("--B", &format!("--{boundary}")));
    assert_eq!(length, Some(text.len() as u64));
    let (empty, boundary, _) = written(MultipartForm::new()).await;
    assert_eq!(empty, format!("--{boundary}--\r\n"));
}

#[tokio::test]
async fn a_hostile_name_adds_no_header_and_no_part() {
    let hostile = "a\"; name=\"x\"\r\n\r\nfake\r\n--ümläut 日本\\.csv";
    let form = MultipartForm::new().file("file", hostile, UploadBody::default());
    let (text, ..) = written(form).await;
    let line = text.lines().nth(1).unwrap();
    assert_eq!(
        line,
        "Content-Disposition: form-data; name=\"file\"; filename=\"a%22; name=%22x%22%0D%0A%0D%0Afake%0D%0A--ümläut 日本\\.csv\""
    );
    assert_eq!(text.lines().count(), 6);
}

#[tokio::test]
async fn a_part_of_another_length_is_an_error_even_if_the_whole_has_the_right_one() {
    for (first, second) in [("abc", "a"), ("a", "abc")] {
        let body = |text: &'static str| {
            let pieces = move || futures_util::stream::iter([Ok(Bytes::from(text))]);
            UploadBody::repeatable(pieces).with_length(2)
        };
        let form =
            MultipartForm::new()
                .file("one", "1", body(first))
                .file("two", "2", body(second));
        let mut stream = UploadBody::from(form).open();
        let error = loop {
            match stream.chunk().await {
                Ok(Some(_)) => {}
                Ok(None) => panic!("the form was complete"),
                Err(error) => break error,
            }
        };
        assert_eq!(error.kind(), ErrorKind::Config);
    }
}

#[test]
fn lengths_beyond_counting_are_unknown() {
    let body = || UploadBody::default().with_length(u64::MAX);
    let form = MultipartForm::new().file("one", "1", body());
    assert_eq!(
        UploadBody::from(form.file("two", "2", body())).length(),
        None
    );
}
