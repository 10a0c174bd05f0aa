//! Marks: what people note on sessions of any agent, kept in one small file of ours that can be read, edited and synced.
//!
//! The file is `marks.toml` in our data folder. It holds a table for each session, in the order of their names, and one
//! value a line, so that two versions of it can be compared and merged by line. Whoever changes it reads it again under
//! a lock and makes the one change there: several instances write without losing a word, and what somebody else put
//! into it stays. A file that cannot be read is never written over.

mod change;
mod file;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use crate::env::{Env, OwnDir};
use crate::model::SessionId;
use crate::own;

pub use crate::model::mark::{Mark, NONE, Seen, Tag};
pub use change::Change;
pub use file::target;

/// All marks there are, those of sessions that nobody finds any more included.
#[derive(Clone, PartialEq, Default, Debug)]
pub struct Marks {
    /// By a source's slug, then by the agent's own id.
    by_source: BTreeMap<Box<str>, BTreeMap<Box<str>, Arc<Mark>>>,
}

/// Where marks are kept.
pub fn path(env: &Env) -> PathBuf {
    env.own_dir(OwnDir::Data).join("marks.toml")
}

impl Marks {
    /// The marks as they stand in the file. No file is no marks; an error is one line.
    pub fn load(env: &Env) -> Result<Marks, String> {
        match file::read(env).map_err(|error| error.to_string())? {
            Some(text) => file::marks(&text).map_err(|line| file::placed(env, &line)),
            None => Ok(Marks::default()),
        }
    }

    /// Makes changes in the file, as it stands there now, and gives back all marks as they stand there then.
    ///
    /// # Errors
    /// When the file cannot be read or written. It is then as it was.
    pub fn save(env: &Env, changes: &[(SessionId, Change)]) -> io::Result<Marks> {
        let folder = env.own_dir(OwnDir::Data);
        own::make(&folder)?;
        let lock = own::lock(&folder.join(".marks.lock"))?;
        lock.lock()?;
        let old = file::read(env)?.unwrap_or_default();
        let placed =
            |line: String| io::Error::new(io::ErrorKind::InvalidData, file::placed(env, &line));
        let new = file::changed(&old, changes).map_err(placed)?;
        let marks = file::marks(&new).map_err(placed)?;
        if new != old {
            own::write(&file::target(env), new.as_bytes())?;
        }
        Ok(marks)
    }

    pub fn get(&self, id: &SessionId) -> Option<&Arc<Mark>> {
        self.by_source.get(id.source.0)?.get(&*id.native)
    }

    /// Makes a change and gives back the one that takes it back.
    pub fn apply(&mut self, id: &SessionId, change: &Change) -> Change {
        let of_source = self.by_source.entry(id.source.0.into()).or_default();
        let mark = of_source.entry(id.native.clone()).or_default();
        let back = change.make(Arc::make_mut(mark));
        if mark.is_empty() {
            of_source.remove(&id.native);
        }
        if of_source.is_empty() {
            self.by_source.remove(id.source.0);
        }
        back
    }

    pub fn is_empty(&self) -> bool {
        self.by_source.is_empty()
    }

    /// Puts a mark under `slug:native`.
    fn put(&mut self, slug: &str, native: &str, mark: Mark) {
        if !mark.is_empty() {
            let of_source = self.by_source.entry(slug.into()).or_default();
            of_source.insert(native.into(), Arc::new(mark));
        }
    }
}
