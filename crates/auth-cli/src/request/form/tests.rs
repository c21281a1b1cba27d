//! Tests of the text of multipart forms.

use std::io::Read as _;

use super::*;

fn rendered(fields: &[&str], strings: &[&str]) -> Result<String, Failure> {
    let owned = |all: &[&str]| all.iter().map(|one| (*one).to_owned()).collect();
    let form = read(owned(fields), owned(strings), &mut Opener::default())?;
    let mut text = String::new();
    for source in &form.sources {
        source.reader().read_to_string(&mut text).unwrap();
    }
    let kind = form.content_type.to_str().unwrap();
    let boundary = kind.strip_prefix("multipart/form-data; boundary=").unwrap();
    Ok(text.replace(boundary, "B"))
}

#[test]
fn texts_and_files_have_their_own_heads() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a;b \"c\".csv");
    std::fs::write(&path, "1,2\n").unwrap();
    let path = path.to_str().unwrap();
    let options = ";type=text/csv; charset=utf-8;filename=\u{fc}.csv";
    let text = rendered(
        &["x=1", &format!("f=@{path}"), &format!("g=@{path}{options}")],
        &["s=@x;type=y"],
    )
    .unwrap();
    assert_eq!(
        text,
        "--B\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\n1\r\n\
         --B\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a;b %22c%22.csv\"\r\nContent-Type: application/octet-stream\r\n\r\n1,2\n\r\n\
         --B\r\nContent-Disposition: form-data; name=\"g\"; filename=\"\u{fc}.csv\"\r\nContent-Type: text/csv; charset=utf-8\r\n\r\n1,2\n\r\n\
         --B\r\nContent-Disposition: form-data; name=\"s\"\r\n\r\n@x;type=y\r\n--B--\r\n"
    );
}

#[test]
fn a_name_cannot_end_its_quotes() {
    let text = rendered(&["a\"\r\nX-Forged: 1=v"], &[]).unwrap();
    assert!(
        text.contains("name=\"a%22%0D%0AX-Forged: 1\"\r\n\r\nv"),
        "{text}"
    );
}

#[test]
fn mistakes_are_errors_without_the_value() {
    for field in [
        "novalue-sekret",
        "=sekret",
        "f=@",
        "f=@/sekret/none",
        "f=@/dev/null;type=sekret",
    ] {
        let Err(Failure::Usage(message)) = rendered(&[field], &[]) else {
            panic!("{field}");
        };
        let names_a_file = message.contains("/sekret/none");
        assert!(names_a_file || !message.contains("sekret"), "{message}");
    }
}

#[test]
fn each_boundary_is_another() {
    assert_ne!(boundary(), boundary());
}
