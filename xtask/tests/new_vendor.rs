//! Runs `new-vendor` in a copy of the workspace: what it writes compiles, is tidy and passes the contract suite as it is.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests fail the test that calls them"
)]

use std::collections::BTreeSet;
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
        readme.contains("| `audience`<br>`BLUE_SKY_AUDIENCE` |"),
        "{readme}"
    );
    assert!(
        copy.read("docs/VENDORS.md")
            .contains("| BlueSky | `BLUE_SKY_CLIENT_ID` |")
    );
    for output in [
        copy.cargo(&["fmt", "--all", "--check"]),
        // The xtask that `new-vendor` had compiled knows the new crate.
        copy.run(Command::new(copy.target.join("debug/xtask")).arg("tidy")),
        copy.run(Command::new(copy.target.join("debug/xtask")).args(["codegen", "--check"])),
        // Executions are one vendor's own, over hours of simulated time.
        copy.cargo(&[
            "test",
            "--workspace",
            "--test",
            "contract",
            "--",
            "--skip",
            "executions::",
        ]),
    ] {
        assert!(output.status.success(), "{}", shown(&output));
        assert!(!shown(&output).contains("warning:"), "{}", shown(&output));
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

/// A copy of the workspace, with a target folder of its own.
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
            copy.write(path, &bytes);
            if !copy.target.exists() {
                // As old as what was compiled of it.
                set_time(&copy.root.join(path), &file).unwrap();
            }
        }
        copy.take_dependencies(&source);
        if !copy.root.join(".git").exists() {
            let init = Command::new("git")
                .arg("init")
                .current_dir(&copy.root)
                .output();
            assert!(init.unwrap().status.success());
        }
        copy
    }

    /// Takes over what is compiled in the folder that this test was built in, so that only what changes is compiled again.
    ///
    /// Of our own packages, that is libraries which a new vendor leaves as they are: the same names stand for other things in the copy.
    fn take_dependencies(&self, source: &Path) {
        let (ours, kept) = names_of(source);
        let test = std::env::current_exe().unwrap();
        let built = test.ancestors().nth(2).unwrap();
        if self.target.exists() || !built.ends_with("debug") {
            return;
        }
        for folder in [".fingerprint", "build", "deps"] {
            for path in files_below(&built.join(folder)) {
                let unit = path.split('/').next().unwrap_or_default();
                let name = unit.rsplit_once('-').map_or(unit, |(name, _)| name);
                let name = name.strip_prefix("lib").unwrap_or(name).replace('-', "_");
                let (is_ours, is_kept) = (ours.contains(&name), kept.contains(&name));
                // Without a suffix it is a program: a test of that library.
                let is_program = folder == "deps" && !path.contains('.');
                if is_ours && (!is_kept || is_program) {
                    continue;
                }
                let (from, to) = (
                    built.join(folder).join(&path),
                    self.target.join("debug").join(folder).join(&path),
                );
                fs::create_dir_all(to.parent().unwrap()).unwrap();
                // Whatever cannot be taken is compiled again.
                let _ = take(&from, &to, is_ours);
            }
        }
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
    ///
    /// Not what cargo tells this test of its package: ring's build script would run again, and everything above it be compiled again.
    fn run(&self, command: &mut Command) -> Output {
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
                command.env_remove(name);
            }
        }
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

/// Copies a file with its time, by which cargo tells what is up to date; what the compiler wrote of other crates is linked, since it is large and never changed.
fn take(from: &Path, to: &Path, is_ours: bool) -> std::io::Result<()> {
    let extension = from.extension();
    if !is_ours && extension.is_some_and(|it| it == "rlib" || it == "rmeta") {
        return fs::hard_link(from, to);
    }
    fs::copy(from, to)?;
    set_time(to, from)
}

/// Gives a file the time of another one.
fn set_time(file: &Path, like: &Path) -> std::io::Result<()> {
    let time = fs::metadata(like)?.modified()?;
    fs::File::options()
        .write(true)
        .open(file)?
        .set_modified(time)
}

/// The names of all packages and targets of the workspace, as in file names, and of the libraries that a new vendor leaves as they are.
fn names_of(root: &Path) -> (BTreeSet<String>, BTreeSet<String>) {
    let mut command = cargo_metadata::MetadataCommand::new();
    let metadata = command.current_dir(root).no_deps().exec().unwrap();
    let (mut ours, mut kept) = (BTreeSet::new(), BTreeSet::new());
    for package in &metadata.packages {
        let names = package.targets.iter().map(|target| target.name.as_str());
        let names = names.chain([package.name.as_str()]);
        let names: Vec<_> = names.map(|name| name.replace('-', "_")).collect();
        // It adds a dependency to these two.
        if !["tests", "xtask"].contains(&package.name.as_str()) {
            kept.extend(names.iter().cloned());
        }
        ours.extend(names);
    }
    (ours, kept)
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
