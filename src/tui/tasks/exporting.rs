//! Exports and patches on their way into files. What is there already is never written over.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{Export, read};
use crate::env::Env;
use crate::evidence::net;
use crate::export::folder::State;
use crate::export::job::{self, Done, Job};
use crate::export::{Format, name, scanner};
use crate::model::{Session, Tariff};
use crate::own;
use crate::redact::{Found, Outlet, Secrets};
use crate::tui::msg::Msg;

/// Names with a number are tried up to this one.
const NAMES: usize = 1_000;
/// What a file of several sessions is called in a folder that was named for it.
const SEVERAL: &str = "backscroll-export";

/// What became of an export.
#[derive(Clone, PartialEq, Debug)]
pub struct Written {
    pub path: PathBuf,
    pub files: usize,
    /// So many of them held the same already.
    pub unchanged: usize,
    /// Of what was written.
    pub bytes: u64,
    pub found: Found,
    pub secrets: Secrets,
    pub problems: Vec<String>,
}

/// Why an export is not written.
#[derive(Clone, PartialEq, Debug)]
pub struct Unwritten {
    pub why: String,
    /// What was wished for, where another place may do, with one.
    pub again: Option<Box<Export>>,
}

impl From<String> for Unwritten {
    fn from(why: String) -> Unwritten {
        Unwritten { why, again: None }
    }
}

/// Writes an export, unless there is something in it that has to be asked about first.
pub fn write(env: &Env, tariff: &Arc<dyn Tariff>, mut export: Export) -> Msg {
    if !export.is_folder && export.target.is_dir() {
        export.target.push(name_in_folder(&export));
    }
    // Before anything is asked that would be asked in vain.
    if let Some(why) = no_place(&export) {
        return unwritten(why, export);
    }
    let mut job = Job {
        env,
        format: export.format,
        parts: export.parts,
        secrets: export.secrets.unwrap_or(Secrets::Keep),
        talk: export.talk.clone(),
        anonymizer: export
            .is_anonymous
            .then(|| Arc::new(crate::export::anonymizer(env))),
        tariff: tariff.clone(),
    };
    if export.secrets.is_none() {
        let (found, seen) = job::review(&job, &export.rows);
        if !found.is_empty() {
            return Msg::Secrets(Box::new(export), found, seen);
        }
    }
    job.parts.counts = job.secrets == Secrets::Replace;
    let done = match export.is_folder {
        true => job::to_folder(&job, &export.rows, &export.target),
        false => job::to_file(&job, &export.rows, &export.target),
    };
    match done {
        Ok(done) => Msg::Exported(Ok(written(export.target, done, job.secrets))),
        Err(_) if !export.is_folder && is_there(&export.target) => {
            let why = format!(
                "{} is there already and stays as it is",
                named(&export.target)
            );
            if let Some(free) = free(&export.target) {
                export.target = free;
            }
            unwritten(why, export)
        }
        Err(why) => unwritten(why, export),
    }
}

fn unwritten(why: String, export: Export) -> Msg {
    Msg::Exported(Err(Unwritten {
        why,
        again: Some(Box::new(export)),
    }))
}

fn written(path: PathBuf, done: Done, secrets: Secrets) -> Written {
    let is_same = |state: &State| matches!(state, State::Unchanged | State::Left);
    let new = done.files.iter().filter(|file| !is_same(&file.state));
    Written {
        path,
        files: done.files.len(),
        unchanged: done.files.len() - new.clone().count(),
        bytes: new.map(|file| file.bytes as u64).sum(),
        found: done.found,
        secrets,
        problems: done.problems,
    }
}

fn name_in_folder(export: &Export) -> String {
    match export.rows.as_slice() {
        [one] => name::short(&one.session, export.format),
        _ => format!("{SEVERAL}.{}", export.format.card().extension),
    }
}

/// Why nothing can be written at a place, as far as that can be told before.
fn no_place(export: &Export) -> Option<String> {
    let target = &export.target;
    if export.is_folder {
        let is_file = is_there(target) && !target.is_dir();
        return is_file.then(|| {
            format!(
                "{} is a file; several sessions need a folder",
                named(target)
            )
        });
    }
    let folder = target
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())?;
    (!folder.is_dir()).then(|| format!("there is no folder {}", folder.display()))
}

fn is_there(path: &Path) -> bool {
    std::fs::symlink_metadata(path).is_ok()
}

fn named(path: &Path) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str());
    name.to_string_lossy().into_owned()
}

/// The next name beside a file that nothing has.
fn free(path: &Path) -> Option<PathBuf> {
    let stem = path.file_stem()?.to_str()?;
    let end = path.extension().and_then(|end| end.to_str());
    let end = end.map_or_else(String::new, |end| format!(".{end}"));
    let mut names = (2..NAMES).map(|n| path.with_file_name(format!("{stem}-{n}{end}")));
    names.find(|path| !is_there(path))
}

/// What a session changed, as a patch without secrets. Where another file has its name, it gets the next one.
pub fn patch(env: &Env, session: &Session, folder: &Path) -> Result<Written, Unwritten> {
    let talk = read(env, session)?;
    let patch = net::patch(&talk, session.dir.as_deref());
    if patch.is_empty() {
        return Err("it changed no file that a patch can hold".to_owned().into());
    }
    let mut outlet = Outlet::new(scanner(), Secrets::Replace);
    let text = outlet.raw(&patch);
    let bytes = text.as_str().as_bytes();
    let name = name::short(session, Format::Text);
    let mut path = folder.join(name).with_extension("patch");
    let is_same = std::fs::read(&path).is_ok_and(|known| known == bytes);
    if !is_same {
        let mut made = own::create(&path, bytes);
        if let (Err(error), Some(other)) = (&made, free(&path))
            && error.kind() == ErrorKind::AlreadyExists
        {
            made = own::create(&other, bytes);
            path = other;
        }
        made.map_err(|error| format!("{}: {error}", path.display()))?;
    }
    Ok(Written {
        files: 1,
        unchanged: usize::from(is_same),
        bytes: bytes.len() as u64,
        found: outlet.found().clone(),
        secrets: Secrets::Replace,
        problems: Vec::new(),
        path,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// UX 4.4, X4: what is there stays, and the next name is one that nothing has.
    #[test]
    fn the_next_name_is_free() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        for name in ["a.md", "a-2.md", "plain"] {
            std::fs::write(at(name), "mine").unwrap();
        }
        assert_eq!(free(&at("a.md")), Some(at("a-3.md")));
        assert_eq!(free(&at("plain")), Some(at("plain-2")));
    }
}
