//! The trash: where logs go when people delete sessions, and from where they come back as they were.
//!
//! A folder of ours in our data folder holds one folder for each session: its files under numbers, and a journal of what
//! they were called, their permissions, times and contents. The journal is on disk before the first file is moved, and
//! a file is always in one of two places, so a run that is cut short anywhere loses nothing: the next one takes back what
//! was on its way here and goes on with what was on its way back. Nothing is moved that was written to lately or is open
//! somewhere, nothing outside of the folders that are read, and nothing is ever put where something else is by now.

mod journal;
mod live;
mod moving;
mod place;
mod plan;
#[cfg(test)]
mod tests;

use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;

use crate::env::{Env, OwnDir};
use crate::model::Row;
use crate::own;
use journal::{Journal, State};
use place::How;

pub use plan::{Plan, Planned, plan, sources_of};

/// Begins the name of an item that is being removed for good.
const GONE: &str = ".gone-";

/// One session in the trash.
#[derive(Clone, PartialEq, Debug)]
pub struct Item {
    /// The name of its folder: when it was deleted, and a few digits.
    pub name: String,
    journal: Journal,
}

impl Item {
    /// As it prints: `source:native`.
    pub fn session(&self) -> &str {
        &self.journal.session
    }

    pub fn title(&self) -> Option<&str> {
        self.journal.title.as_deref()
    }

    pub fn project(&self) -> Option<&str> {
        self.journal.project.as_deref()
    }

    pub fn deleted(&self) -> Timestamp {
        self.journal.deleted
    }

    pub fn bytes(&self) -> u64 {
        self.journal.bytes()
    }

    /// Files and links, without folders.
    pub fn files(&self) -> usize {
        let kept = self
            .journal
            .pieces
            .iter()
            .filter(|piece| piece.kept.is_some());
        kept.count()
    }

    /// It lies here whole; else a run was cut short and the next one tidies up.
    pub fn is_whole(&self) -> bool {
        self.journal.state == State::Kept
    }
}

/// What came of a deletion.
#[derive(Default, Debug)]
pub struct Deleted {
    pub items: Vec<Item>,
    /// The session at which it stopped, and why.
    pub failed: Option<(Arc<Row>, String)>,
    /// How many were not tried after that.
    pub left: usize,
}

/// The trash, open for nobody else while this is held.
struct Trash {
    folder: PathBuf,
    _lock: File,
}

impl Trash {
    fn open(env: &Env) -> io::Result<Trash> {
        let folder = own::made(env, OwnDir::Data)?.join("trash");
        own::make(&folder)?;
        own::check(&folder)?;
        let lock = own::lock(&folder.join(".lock"))?;
        lock.lock()?;
        Ok(Trash {
            folder,
            _lock: lock,
        })
    }

    /// The items there are, the newest first, and a line for each folder that tells nothing.
    fn items(&self) -> io::Result<(Vec<Item>, Vec<String>)> {
        read_items(&self.folder)
    }
}

fn read_items(folder: &Path) -> io::Result<(Vec<Item>, Vec<String>)> {
    let (mut items, mut wrong) = (Vec::new(), Vec::new());
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with('.') || !entry.file_type()?.is_dir() {
            continue;
        }
        match Journal::read(&entry.path()) {
            Ok(journal) => items.push(Item { name, journal }),
            Err(error) => wrong.push(format!("{}: {error}", entry.path().display())),
        }
    }
    items.sort_by(|a, b| {
        b.deleted()
            .cmp(&a.deleted())
            .then_with(|| b.name.cmp(&a.name))
    });
    wrong.sort();
    Ok((items, wrong))
}

/// What lies in the trash, the newest first, and a line for each folder that tells nothing. Nothing is changed.
pub fn list(env: &Env) -> io::Result<(Vec<Item>, Vec<String>)> {
    let folder = env.own_dir(OwnDir::Data).join("trash");
    match read_items(&folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Default::default()),
        read => read,
    }
}

/// Moves sessions to the trash, one after the other, up to the first that cannot be.
pub fn delete(env: &Env, plan: &Plan) -> io::Result<Deleted> {
    delete_as(env, plan, How::Rename)
}

fn delete_as(env: &Env, plan: &Plan, how: How) -> io::Result<Deleted> {
    let trash = Trash::open(env)?;
    recover_in(env, &trash, how)?;
    let mut done = Deleted::default();
    for (at, planned) in plan.sessions.iter().enumerate() {
        match moving::take(env, &trash.folder, planned, how) {
            Ok(item) => done.items.push(item),
            Err(why) => {
                done.failed = Some((planned.row.clone(), why));
                done.left = plan.sessions.len() - at - 1;
                break;
            }
        }
    }
    Ok(done)
}

/// Puts an item back where it was, as it was. A line is told of each file that changed while it lay here.
///
/// # Errors
/// One line of what is in the way. What could not be put back is still in the trash.
pub fn restore(env: &Env, name: &str) -> Result<(Item, Vec<String>), String> {
    restore_as(env, name, How::Rename)
}

fn restore_as(env: &Env, name: &str, how: How) -> Result<(Item, Vec<String>), String> {
    let said = |error: io::Error| error.to_string();
    let trash = Trash::open(env).map_err(said)?;
    recover_in(env, &trash, how).map_err(said)?;
    let (items, _) = trash.items().map_err(said)?;
    let item = items.into_iter().find(|item| item.name == name);
    let item = item.ok_or_else(|| format!("{name}: not in the trash by now"))?;
    let notes = moving::give_back(env, &trash.folder, &item, how)?;
    Ok((item, notes))
}

/// Removes items for good, and gives back those that are gone.
pub fn purge(env: &Env, names: &[&str]) -> io::Result<Vec<Item>> {
    let trash = Trash::open(env)?;
    recover_in(env, &trash, How::Rename)?;
    let (items, _) = trash.items()?;
    let mut gone = Vec::new();
    for item in items {
        if names.contains(&&*item.name) && item.is_whole() {
            remove(&trash.folder, &item.name)?;
            gone.push(item);
        }
    }
    Ok(gone)
}

/// Takes an item's folder away: at once under its name, then file by file.
fn remove(folder: &Path, name: &str) -> io::Result<()> {
    let gone = folder.join(format!("{GONE}{name}"));
    fs::rename(folder.join(name), &gone)?;
    fs::remove_dir_all(&gone)
}

/// Tidies up after a run that was cut short, and says what was done, a line each. Nothing there is nothing done.
pub fn recover(env: &Env) -> io::Result<Vec<String>> {
    if !env.own_dir(OwnDir::Data).join("trash").is_dir() {
        return Ok(Vec::new());
    }
    let trash = Trash::open(env)?;
    recover_in(env, &trash, How::Rename)
}

fn recover_in(env: &Env, trash: &Trash, how: How) -> io::Result<Vec<String>> {
    let mut lines = Vec::new();
    for entry in fs::read_dir(&trash.folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with(GONE) {
            fs::remove_dir_all(entry.path())?;
        } else if !name.starts_with('.')
            && entry.file_type()?.is_dir()
            && is_unwritten(&entry.path())
        {
            // Its journal never was there, so nothing was moved.
            fs::remove_dir_all(entry.path())?;
        }
    }
    for item in trash.items()?.0 {
        if item.is_whole() {
            continue;
        }
        let was = item.journal.state;
        let told = moving::put_back(env, &trash.folder, &item, how);
        let what = match was {
            State::Moving => "its deletion was cut short",
            _ => "putting it back was cut short",
        };
        lines.push(match told {
            Ok(_) => format!("{}: {what}, and it is back where it was", item.session()),
            Err(why) => format!(
                "{}: {what}; it is in the trash as {}: {why}",
                item.session(),
                item.name
            ),
        });
    }
    Ok(lines)
}

/// A folder without a journal in which nothing of anybody's is yet.
fn is_unwritten(folder: &Path) -> bool {
    let names = fs::read_dir(folder).into_iter().flatten().flatten();
    let ours = |name: &str| name.starts_with(journal::FILE) && name != journal::FILE;
    let mut names = names.map(|entry| entry.file_name().to_string_lossy().into_owned());
    names.all(|name| ours(&name))
}
