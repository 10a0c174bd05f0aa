//! Keeping a copy of a session that its agent will delete: its files as they are, in a folder of ours, where the same
//! source reads them once the originals are gone. The originals are only read.

use std::fs::{DirBuilder, FileTimes};
use std::io::{self, Read, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use jiff::Timestamp;

use crate::env::{EntryKind, Env, OwnDir};
use crate::index::Index;
use crate::model::{KEPT, Kind, Row, Session};
use crate::own;
use crate::sources::{self, Root, Source, kept};

/// More files than this in one session are not one.
const MOST: usize = 20_000;
/// Folders deeper than this below what a session holds are not entered.
const DEPTH: usize = 16;
/// Bytes that are copied at once.
const BLOCK: usize = 1 << 18;

/// What was copied of a session.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Copied {
    /// The copy of the session's own file.
    pub path: PathBuf,
    pub files: usize,
    pub bytes: u64,
    /// Whether there was none before.
    pub is_new: bool,
}

/// A session with its sub-agents at any depth: their logs go when it goes.
pub fn family(index: &Index, row: &Row) -> Vec<Arc<Session>> {
    let mut found = vec![row.session.clone()];
    let mut at = 0;
    while let Some(session) = found.get(at).cloned() {
        at += 1;
        for child in index.children(&session.id) {
            let is_new = found.iter().all(|known| known.id != child.session.id);
            if child.session.kind == Kind::SubAgent && is_new && found.len() < MOST {
                found.push(child.session.clone());
            }
        }
    }
    found
}

/// Copies a session, given first, and its sub-agents. A copy that is there already is made anew.
///
/// # Errors
/// One line: why it cannot be copied, or what went wrong.
pub fn keep(env: &Env, family: &[Arc<Session>]) -> Result<Copied, String> {
    let session = family.first().ok_or("nothing to keep")?;
    let unit = &session.unit;
    if unit.is_kept() {
        return Err("it is a copy that we keep already".to_owned());
    }
    let source = sources::source(unit.source).ok_or("its source is not known")?;
    let to = kept::root_of(env, unit.source, &unit.root);
    let mut files: Vec<PathBuf> = Vec::new();
    for one in family.iter().filter(|one| one.unit.root == unit.root) {
        for held in source.holdings(env, one)? {
            let below = held.strip_prefix(&unit.root).is_ok();
            if !below || held == *unit.root {
                return Err("it lies outside of the folders that are read".to_owned());
            }
            gather(env, &held, 0, &mut files).map_err(|e| format!("{}: {e}", held.display()))?;
        }
    }
    files.sort();
    files.dedup();
    if !files.iter().any(|path| path.starts_with(&unit.path)) {
        return Err("its file is gone".to_owned());
    }
    let path = moved(&unit.path, &unit.root, &to);
    is_read(env, source, session, &to, &path)?;
    let is_new = std::fs::symlink_metadata(&path).is_err();
    let bytes = copy(env, &files, &unit.root, &to)?;
    Ok(Copied {
        path,
        files: files.len(),
        bytes,
        is_new,
    })
}

/// Our copies of a session and its sub-agents, as their logs tell them; empty where none is kept.
pub fn copies(index: &Index, row: &Row) -> Vec<Arc<Session>> {
    let of = |one: &Arc<Session>| {
        if one.unit.is_kept() {
            return Some(one.clone());
        }
        let waiting = index.row(&one.id).map(|row| index.waiting(row));
        let mut waiting = waiting.unwrap_or_default().into_iter();
        waiting.find(|session| session.unit.is_kept())
    };
    family(index, row).iter().filter_map(of).collect()
}

/// What is said of the copies of sessions whose logs are deleted, where there are any.
pub fn left_behind(index: &Index, rows: &[Arc<Row>]) -> Option<String> {
    let logs = rows.iter().filter(|row| !row.session.unit.is_kept());
    match logs.filter(|row| !copies(index, row).is_empty()).count() {
        0 => None,
        1 => Some("A copy that is kept stays, and is listed then.".to_owned()),
        n => Some(format!(
            "Copies that are kept of {n} of them stay, and are listed then."
        )),
    }
}

/// The files of copies, each once.
fn files(env: &Env, copies: &[Arc<Session>]) -> Result<Vec<PathBuf>, String> {
    let ours = env.own_dir(OwnDir::Data).join(KEPT);
    let mut files: Vec<PathBuf> = Vec::new();
    for one in copies {
        let source = sources::source(one.unit.source).ok_or("its source is not known")?;
        for held in source.holdings(env, one)? {
            if !one.unit.is_kept() || !held.starts_with(&ours) || held == *one.unit.root {
                return Err("it is no copy of ours".to_owned());
            }
            gather(env, &held, 0, &mut files).map_err(|e| format!("{}: {e}", held.display()))?;
        }
    }
    files.sort();
    files.dedup();
    Ok(files)
}

/// What is kept of a session: as it was copied, and when, where the file system knows.
///
/// # Errors
/// One line: what of it cannot be looked at.
pub fn kept(env: &Env, copies: &[Arc<Session>]) -> Result<(Copied, Option<Timestamp>), String> {
    let first = copies.first().ok_or("no copy of it is kept")?;
    let path = first.unit.path.to_path_buf();
    let files = files(env, copies)?;
    let mut bytes = 0;
    for file in &files {
        let meta = std::fs::symlink_metadata(file);
        bytes += meta
            .map_err(|error| format!("{}: {error}", file.display()))?
            .len();
    }
    let born = std::fs::symlink_metadata(&path).and_then(|meta| meta.created());
    let at = born.ok().and_then(|at| Timestamp::try_from(at).ok());
    let copied = Copied {
        path,
        files: files.len(),
        bytes,
        is_new: false,
    };
    Ok((copied, at))
}

/// Removes copies for good, and the folders that they leave empty. Gives how many files went and how many bytes they had.
///
/// # Errors
/// One line: what is not ours to remove, or what went wrong.
pub fn give_up(env: &Env, copies: &[Arc<Session>]) -> Result<(usize, u64), String> {
    let ours = env.own_dir(OwnDir::Data).join(KEPT);
    let files = files(env, copies)?;
    let mut bytes = 0;
    for path in &files {
        let failed = |error: io::Error| format!("{}: {error}", path.display());
        bytes += std::fs::symlink_metadata(path).map_err(failed)?.len();
        std::fs::remove_file(path).map_err(failed)?;
        // A folder that holds more stays, and so does all above it.
        let above = path.ancestors().skip(1);
        for folder in above.take_while(|folder| *folder != ours) {
            if std::fs::remove_dir(folder).is_err() {
                break;
            }
        }
    }
    Ok((files.len(), bytes))
}

/// Refuses what could not be found again: a copy must be claimed by its source.
fn is_read(
    env: &Env,
    source: &dyn Source,
    session: &Session,
    to: &Path,
    path: &Path,
) -> Result<(), String> {
    let root = Root {
        source: session.unit.source,
        path: Arc::from(to),
        why: kept::WHY,
    };
    match source.claim(env, &root, path) {
        Some(_) => Ok(()),
        None => Err("its source would not find a copy elsewhere".to_owned()),
    }
}

fn moved(path: &Path, root: &Path, to: &Path) -> PathBuf {
    to.join(path.strip_prefix(root).unwrap_or(path))
}

/// The files at and below a path. What is not there is no part of it, and a link is never followed.
fn gather(env: &Env, path: &Path, depth: usize, files: &mut Vec<PathBuf>) -> io::Result<()> {
    let meta = match std::fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        meta => meta?,
    };
    if meta.is_file() {
        files.push(path.to_path_buf());
    }
    if files.len() > MOST || depth > DEPTH {
        return Err(io::Error::other("more than one session can hold"));
    }
    if meta.is_dir() {
        for entry in env.files.list(path)? {
            if matches!(entry.kind, EntryKind::File | EntryKind::Folder) {
                gather(env, &entry.path, depth + 1, files)?;
            }
        }
    }
    Ok(())
}

fn copy(env: &Env, files: &[PathBuf], root: &Path, to: &Path) -> Result<u64, String> {
    let ours = own::made(env, OwnDir::Data).map_err(|error| error.to_string())?;
    let mut bytes = 0;
    for from in files {
        let path = moved(from, root, to);
        let one = || -> io::Result<u64> {
            if let Some(folder) = path.parent() {
                let mut builder = DirBuilder::new();
                builder.recursive(true).mode(0o700).create(folder)?;
            }
            own::check(&ours.join(KEPT))?;
            copy_one(env, from, &path)
        };
        bytes += one().map_err(|error| format!("{}: {error}", path.display()))?;
    }
    Ok(bytes)
}

/// Whole or not at all, with the time of the original: by that some agents' sessions are dated.
fn copy_one(env: &Env, from: &Path, path: &Path) -> io::Result<u64> {
    let mut file = env.files.open(from)?;
    let changed = env.files.stamp(from)?.changed;
    let mut new = own::New::at(path)?;
    let mut block = vec![0; BLOCK];
    let mut bytes = 0;
    loop {
        let read = file.read(&mut block)?;
        let Some(some) = block.get(..read).filter(|some| !some.is_empty()) else {
            break;
        };
        new.write_all(some)?;
        bytes += some.len() as u64;
    }
    let done = new.done()?;
    done.sync_all()?;
    let since = u64::try_from(changed).map(Duration::from_nanos);
    if let Some(at) = since
        .ok()
        .and_then(|d| SystemTime::UNIX_EPOCH.checked_add(d))
    {
        done.set_times(FileTimes::new().set_modified(at))?;
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests;
