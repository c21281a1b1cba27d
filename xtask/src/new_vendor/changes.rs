//! Changes of several files, all of them or none.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Files as they will be, beside what they were.
#[derive(Debug)]
pub(super) struct Changes {
    root: PathBuf,
    files: Vec<Change>,
    /// The folders that were made, outermost first.
    folders: Vec<PathBuf>,
}

#[derive(Debug)]
struct Change {
    path: String,
    before: Option<String>,
    after: Option<String>,
}

impl Changes {
    pub(super) fn new(root: &Path) -> Self {
        Self {
            root: root.to_owned(),
            files: Vec::new(),
            folders: Vec::new(),
        }
    }

    /// Reads a file as it is.
    pub(super) fn read(&self, path: &str) -> Result<String, String> {
        fs::read_to_string(self.root.join(path))
            .map_err(|error| format!("cannot read {path}: {error}"))
    }

    pub(super) fn create(&mut self, path: String, text: String) {
        self.files.push(Change {
            path,
            before: None,
            after: Some(text),
        });
    }

    /// Plans another text of a file; `undo` restores it as it is when the changes are applied.
    pub(super) fn replace(&mut self, path: &str, text: String) {
        self.files.push(Change {
            path: path.to_owned(),
            before: None,
            after: Some(text),
        });
    }

    /// Notes a file that some other program may change, so that `undo` restores it.
    pub(super) fn keep(&mut self, path: &str) -> Result<(), String> {
        let before = Some(self.read(path)?);
        self.files.push(Change {
            path: path.to_owned(),
            before,
            after: None,
        });
        Ok(())
    }

    /// Writes all files, or restores what was there.
    pub(super) fn apply(&mut self) -> Result<(), String> {
        for change in &mut self.files {
            let file = self.root.join(&change.path);
            if change.after.is_some() {
                change.before = fs::read_to_string(&file).ok();
            }
        }
        let outcome = self.write();
        if outcome.is_err() {
            self.undo();
        }
        outcome
    }

    /// Restores every file, and removes files and folders that were made.
    pub(super) fn undo(&mut self) {
        for Change { path, before, .. } in &self.files {
            let file = self.root.join(path);
            // What cannot be restored cannot be helped here: the cause is reported.
            let _ = match before {
                Some(text) => fs::write(file, text),
                None => fs::remove_file(file),
            };
        }
        for folder in self.folders.drain(..).rev() {
            let _ = fs::remove_dir(folder);
        }
    }

    fn write(&mut self) -> Result<(), String> {
        for Change { path, after, .. } in &self.files {
            let Some(text) = after else {
                continue;
            };
            let file = self.root.join(path);
            let written =
                make_folder(file.parent(), &mut self.folders).and_then(|()| fs::write(&file, text));
            written.map_err(|error| format!("cannot write {path}: {error}"))?;
        }
        Ok(())
    }
}

fn make_folder(folder: Option<&Path>, made: &mut Vec<PathBuf>) -> io::Result<()> {
    let Some(folder) = folder.filter(|folder| !folder.exists()) else {
        return Ok(());
    };
    make_folder(folder.parent(), made)?;
    fs::create_dir(folder)?;
    made.push(folder.to_owned());
    Ok(())
}

#[cfg(test)]
mod tests;
