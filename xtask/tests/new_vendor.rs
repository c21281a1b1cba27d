//! Runs `new-vendor` in a copy of the workspace: what it writes compiles, is tidy and passes the contract suite as it is.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests fail the test that calls them"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

#[test]
fn a_new_vendor_passes_everything_right_away() {
    let copy = Copy::make();
    let output = copy.xtask(&["new-vendor", "blue-sky"]);
    assert!(output.status.success(), "{}", shown(&output));
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        said.starts_with("blue-sky-auth is in crates/blue-sky-auth"),
        "{said}"
    );

    let readme = copy.read("crates/blue-sky-auth/README.md");
    assert!(
        readme.contains("| `audience` | `BLUE_SKY_AUDIENCE` |"),
        "{readme}"
    );
    assert!(
        copy.read("docs/VENDORS.md")
            .contains("| BlueSky | `BLUE_SKY_CLIENT_ID` |")
    );
    for arguments in [
        &["check", "--package", "blue-sky-auth", "--all-targets"][..],
        &["fmt", "--all", "--check"],
        &["run", "--package", "xtask", "--", "tidy"],
        &["run", "--package", "xtask", "--", "codegen", "--check"],
        &["test", "--package", "tests", "--test", "contract"],
    ] {
        let output = copy.cargo(arguments);
        assert!(output.status.success(), "{arguments:?}\n{}", shown(&output));
        assert!(
            !shown(&output).contains("warning:"),
            "{arguments:?}\n{}",
            shown(&output)
        );
    }

    let before = copy.texts();
    for (name, reason) in [
        ("blue-sky", "crates/blue-sky-auth exists"),
        ("roster", "tests/contract/vendors/roster.rs exists"),
        ("Blue", "not a crate name"),
        ("match", "reserved word"),
    ] {
        let output = copy.xtask(&["new-vendor", name]);
        assert!(!output.status.success(), "{name}");
        assert!(
            shown(&output).contains(reason),
            "{name}: {}",
            shown(&output)
        );
    }
    assert_eq!(copy.texts(), before, "a rejected name changed something");
}

/// A copy of the workspace with the generic half of the contract suite, whose other tests need many more crates.
struct Copy {
    root: PathBuf,
    target: PathBuf,
}

impl Copy {
    /// Brings the copy up to date; what is unchanged keeps its time, so that it is not compiled again.
    fn make() -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("new-vendor");
        let copy = Self {
            root: folder.join("workspace"),
            target: folder.join("target"),
        };
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let paths = files_of(&source);
        for path in files_below(&copy.root) {
            if !paths.contains(&path) && !path.starts_with(".git/") {
                let file = copy.root.join(path);
                fs::remove_file(&file).unwrap();
                // Its folders, as far as nothing else is in them.
                let mut folders = file.ancestors().skip(1);
                folders.find(|folder| fs::remove_dir(folder).is_err());
            }
        }
        for path in &paths {
            let file = source.join(path);
            // The index may name a file that was deleted a moment ago.
            let Ok(bytes) = fs::read(&file) else { continue };
            let bytes = match path.as_str() {
                "tests/Cargo.toml" => {
                    suite_manifest(&String::from_utf8(bytes).unwrap()).into_bytes()
                }
                "tests/contract/main.rs" => suite(&String::from_utf8(bytes).unwrap()).into_bytes(),
                _ => bytes,
            };
            copy.write(path, &bytes);
        }
        if !copy.root.join(".git").exists() {
            let init = Command::new("git")
                .arg("init")
                .current_dir(&copy.root)
                .output();
            assert!(init.unwrap().status.success());
        }
        copy
    }

    fn write(&self, path: &str, bytes: &[u8]) {
        let file = self.root.join(path);
        if fs::read(&file).is_ok_and(|there| there == bytes) {
            return;
        }
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, bytes).unwrap();
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.root.join(path)).unwrap()
    }

    fn texts(&self) -> Vec<(String, Vec<u8>)> {
        let paths = files_of(&self.root).into_iter();
        paths
            .map(|path| {
                let bytes = fs::read(self.root.join(&path)).unwrap();
                (path, bytes)
            })
            .collect()
    }

    fn xtask(&self, arguments: &[&str]) -> Output {
        self.run(Command::new(env!("CARGO_BIN_EXE_xtask")).args(arguments))
    }

    fn cargo(&self, arguments: &[&str]) -> Output {
        self.run(Command::new(env!("CARGO")).args(arguments))
    }

    /// Its own target folder: artifacts of the same packages elsewhere would be taken for ours.
    fn run(&self, command: &mut Command) -> Output {
        command
            .current_dir(&self.root)
            .env("CARGO_NET_OFFLINE", "true")
            .env("CARGO_TARGET_DIR", &self.target)
            .env("CARGO_INCREMENTAL", "0")
            .env("CARGO_TERM_COLOR", "never")
            .output()
            .unwrap()
    }
}

/// The manifest of the suite with the dependencies that its generic half needs.
fn suite_manifest(text: &str) -> String {
    let (head, rest) = text.split_once("[[test]]").unwrap();
    let (_, rest) = rest.split_once("[dev-dependencies]\n").unwrap();
    let (dependencies, lints) = rest.split_once("\n[lints]").unwrap();
    let kept = dependencies.lines().filter(|line| {
        let name = line.split(['.', ' ']).next().unwrap_or_default();
        SUITE_DEPENDENCIES.contains(&name) || name.ends_with("-auth")
    });
    let kept: Vec<_> = kept.collect();
    let vendors = ["datasaur-auth", "maia-auth", "runai-auth"];
    let vendors = vendors.map(|name| format!("{name}.workspace = true"));
    let tokio = "tokio = { workspace = true, features = [\"macros\", \"rt-multi-thread\"] }";
    format!(
        "{head}[[test]]\nname = \"contract\"\npath = \"contract/main.rs\"\n\n[dependencies]\n{}\nhttp.workspace = true\n{tokio}\n\n[dev-dependencies]\n{}\n\n[lints]{lints}",
        vendors.join("\n"),
        kept.join("\n"),
    )
}

/// The root of the suite with the modules that are about any vendor.
fn suite(text: &str) -> String {
    let kept = text.lines().filter(|line| {
        let module = line
            .strip_prefix("mod ")
            .and_then(|line| line.strip_suffix(';'));
        module.is_none_or(|module| SUITE_MODULES.contains(&module))
    });
    let kept: Vec<_> = kept.collect();
    let mut text = kept.join("\n") + "\n";
    for module in SUITE_HELPERS {
        // The modules that are left out use the rest of them.
        text.push_str("#[allow(dead_code, reason = \"a part of the suite needs a part of it\")]\n");
        text.push_str(&format!("mod {module};\n"));
    }
    text
}

/// The paths of the files that git tracks or would track.
fn files_of(root: &Path) -> Vec<String> {
    let listing = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .current_dir(root)
        .output()
        .unwrap();
    assert!(listing.status.success(), "{}", shown(&listing));
    let text = String::from_utf8(listing.stdout).unwrap();
    text.lines().map(str::to_owned).collect()
}

/// The paths of all files below a folder.
fn files_below(root: &Path) -> Vec<String> {
    let mut folders = vec![root.to_owned()];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let path = path.strip_prefix(root).unwrap();
                files.push(path.to_str().unwrap().to_owned());
            }
        }
    }
    files
}

fn shown(output: &Output) -> String {
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    text(&output.stdout) + &text(&output.stderr)
}

const SUITE_MODULES: &[&str] = &[
    "fixtures", "sign_in", "refusals", "network", "api", "wire", "clocks",
];

const SUITE_HELPERS: &[&str] = &["listener", "script", "vendors"];

const SUITE_DEPENDENCIES: &[&str] = &[
    "async-trait",
    "auth-core",
    "auth-testkit",
    "bytes",
    "insta",
    "serde",
    "serde_json",
    "tokio",
];
