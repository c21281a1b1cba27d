//! Tests of what becomes of answers that are encoded though nobody asked.

use http::HeaderValue;

use super::*;
use crate::error::ErrorKind;

fn read(status: u16, codings: &[&'static str], body: &[u8], limit: usize) -> Result<(Bytes, bool)> {
    let mut headers = HeaderMap::new();
    for coding in codings {
        headers.append(CONTENT_ENCODING, HeaderValue::from_static(coding));
    }
    let mut sink = Body::new(StatusCode::from_u16(status).unwrap(), &headers, limit)?;
    for chunk in body.chunks(7) {
        sink.push(Bytes::copy_from_slice(chunk))?;
    }
    let body = sink.finish(&mut headers)?;
    Ok((body, headers.contains_key(CONTENT_ENCODING)))
}

#[test]
fn no_coding_and_identity_change_nothing() {
    for codings in [&[][..], &["identity"], &["Identity, identity"], &[""]] {
        let (body, _) = read(200, codings, b"{}", 2).unwrap();
        assert_eq!(body, "{}");
    }
    let error = read(200, &[], b"{} ", 2).unwrap_err();
    assert!(error.to_string().contains("larger than 2 bytes"), "{error}");
}

#[test]
fn a_body_in_one_piece_is_not_copied() {
    let piece = Bytes::from(vec![b'x'; 100]);
    let mut headers = HeaderMap::new();
    let mut body = Body::new(StatusCode::OK, &headers, 100).unwrap();
    body.push(piece.clone()).unwrap();
    assert_eq!(body.finish(&mut headers).unwrap().as_ptr(), piece.as_ptr());
}

#[test]
fn what_cannot_be_decoded_is_named_and_a_refusal_keeps_its_status() {
    for codings in [
        &["br"][..],
        &["deflate"],
        &["zstd"],
        &["gzip, br"],
        &["gzip", "gzip"],
    ] {
        let error = read(200, codings, b"\x1f\x8b", 100).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidResponse);
        assert!(
            error
                .to_string()
                .contains(&format!("({})", codings.join(", "))),
            "{error}"
        );
        let (body, is_encoded) = read(503, codings, b"\x1f\x8b", 100).unwrap();
        assert!(is_encoded && body == b"\x1f\x8b"[..]);
    }
}

#[test]
fn a_name_that_is_no_codings_is_not_repeated() {
    let error = read(200, &["br, fake-secret-0123"], b"", 100).unwrap_err();
    assert!(error.to_string().contains("(br, unknown)"), "{error}");
    let error = read(200, &["br"; 50], b"", 100).unwrap_err();
    assert!(error.to_string().contains("(br, br, br, br)"), "{error}");
}

#[cfg(not(feature = "gzip"))]
#[test]
fn without_the_feature_gzip_is_an_error_that_names_it() {
    let error = read(200, &["gzip"], b"", 100).unwrap_err();
    assert!(error.to_string().contains("(gzip)"), "{error}");
    assert!(error.to_string().contains("feature `gzip`"), "{error}");
}

#[cfg(feature = "gzip")]
mod with_gzip {
    use std::io::Write as _;

    use super::*;

    fn packed(content: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(content).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn gzip_is_decoded_and_its_header_goes() {
        for coding in ["gzip", "x-gzip", "GZIP", "identity, gzip"] {
            for status in [200, 400, 503] {
                let (body, is_encoded) =
                    read(status, &[coding], &packed(b"{\"a\":1}"), 1_000).unwrap();
                assert_eq!((body.as_ref(), is_encoded), (&b"{\"a\":1}"[..], false));
            }
        }
        let two = [packed(b"{"), packed(b"}")].concat();
        assert_eq!(read(200, &["gzip"], &two, 100).unwrap().0, "{}");
        assert_eq!(read(304, &["gzip"], b"", 100).unwrap().0, "");
    }

    #[test]
    fn what_comes_out_is_bounded() {
        let content = vec![b' '; 100_000];
        let limit = content.len();
        assert_eq!(
            read(200, &["gzip"], &packed(&content), limit)
                .unwrap()
                .0
                .len(),
            limit
        );
        let error = read(200, &["gzip"], &packed(&content), limit - 1).unwrap_err();
        assert!(
            error.to_string().contains("larger than 99999 bytes"),
            "{error}"
        );
        let bomb = packed(&vec![0; 50_000_000]);
        assert!(bomb.len() < 100_000);
        let error = read(200, &["gzip"], &bomb, 100_000).unwrap_err();
        assert!(error.to_string().contains("larger than"), "{error}");
    }

    #[test]
    fn what_is_not_gzip_is_said_so() {
        let whole = packed(b"{\"a\":1}");
        for broken in [
            &b"{}"[..],
            &whole[..whole.len() - 4],
            &whole[..12],
            &[&whole[..], b"x"].concat(),
        ] {
            let error = read(200, &["gzip"], broken, 1_000).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidResponse);
            assert!(error.to_string().contains("not valid gzip"), "{error}");
        }
    }
}
