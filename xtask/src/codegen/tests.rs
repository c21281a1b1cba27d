//! Tests of the committed generated files, and of what the command says about others.

use super::*;

type Outcome = Result<(), Box<dyn Error>>;

#[test]
fn the_committed_files_are_as_they_would_be_written() -> Outcome {
    let root = crate::workspace::root()?;
    let found = differences(&there(&root)?, &wanted(&root)?);
    assert!(
        found.is_empty(),
        "run `cargo xtask codegen`:\n{}",
        found.join("\n")
    );
    Ok(())
}

#[test]
fn writing_twice_writes_the_same() -> Outcome {
    let root = crate::workspace::root()?;
    assert_eq!(wanted(&root)?, wanted(&root)?);
    Ok(())
}

#[test]
fn edited_and_stale_files_are_reported_and_then_mended() -> Outcome {
    let root = tempfile::tempdir()?;
    let wanted = Files::from([
        ("out/a.rs".to_owned(), "one\n".to_owned()),
        ("out/b.rs".to_owned(), "two\n".to_owned()),
    ]);
    write(root.path(), &Files::new(), &wanted)?;
    let folder = root.path().join("out");
    fs::write(folder.join("a.rs"), "edited\n")?;
    fs::write(folder.join("stale.rs"), "old\n")?;

    let there = read(root.path(), "out")?;
    let found = differences(&there, &wanted);
    let mut output = Vec::new();
    assert_eq!(report(&found, &mut output)?, ExitCode::FAILURE);
    let output = String::from_utf8(output)?;
    assert!(output.contains("--- out/a.rs\n+++ out/a.rs\n@@ -1 +1 @@\n-edited\n+one\n"));
    assert!(output.contains("--- out/stale.rs\n+++ /dev/null\n@@ -1 +0,0 @@\n-old\n"));
    assert!(output.ends_with("codegen: 2 files differ: run `cargo xtask codegen`\n"));

    write(root.path(), &there, &wanted)?;
    assert_eq!(read(root.path(), "out")?, wanted);
    Ok(())
}

#[test]
fn nothing_to_say_is_a_success() -> Outcome {
    let mut output = Vec::new();
    assert_eq!(report(&[], &mut output)?, ExitCode::SUCCESS);
    assert_eq!(output, b"codegen: all generated files are up to date\n");
    Ok(())
}
