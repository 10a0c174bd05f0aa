//! Conversations on their way into the index of words: whoever reads hands them in, a thread writes them.

use std::fs::{self, DirBuilder, File};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, SyncSender};
use std::thread::JoinHandle;

use super::draft::draft;
use super::folder;
use super::segment::{self, Draft, Segment, Writer};
use crate::env::{Env, OwnDir};
use crate::model::{Conversation, Session};
use crate::own;

/// A file is closed when it has so many columns: turning them into rows takes as much memory again.
const COLUMNS: usize = 2048;

/// Writes what sessions say, and is the only one that does.
pub struct Learner {
    send: SyncSender<Draft>,
    writing: JoinHandle<io::Result<Vec<Segment>>>,
    /// Held as long as it writes.
    _lock: File,
}

impl Learner {
    /// None where another run is at it.
    pub fn begin(env: &Env) -> io::Result<Option<Learner>> {
        own::made(env, OwnDir::Cache)?;
        let folder = folder(env);
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&folder)?;
        own::check(&folder)?;
        let lock = own::lock(&folder.join("lock"))?;
        if lock.try_lock().is_err() {
            return Ok(None);
        }
        // Whoever writes here holds the lock, so what is half written was left by a run that was killed.
        for entry in fs::read_dir(&folder)?.flatten() {
            if entry.path().extension().is_some_and(|end| end == "new") {
                fs::remove_file(entry.path())?;
            }
        }
        let (send, drafts) = mpsc::sync_channel(env.room.drafts());
        let env = env.clone();
        let writing = std::thread::Builder::new().name("words".into());
        let writing = writing.spawn(move || write(&env, &folder, &drafts))?;
        Ok(Some(Learner {
            send,
            writing,
            _lock: lock,
        }))
    }

    /// Takes what a session says, as it is now.
    pub fn hear(&self, session: &Session, conversation: &Conversation) {
        self.take(|| Some(draft(session, conversation)));
    }

    /// Takes what is made, if it is; a bug in the making costs that draft alone. None where nothing is taken any more.
    pub(super) fn take(&self, make: impl FnOnce() -> Option<Draft>) -> Option<()> {
        match catch_unwind(AssertUnwindSafe(make)) {
            Ok(Some(draft)) => self.send.send(draft).ok(),
            _ => Some(()),
        }
    }

    /// What was written.
    pub(super) fn done(self) -> io::Result<Vec<Segment>> {
        drop(self.send);
        let written = self.writing.join();
        written.unwrap_or_else(|_| Err(io::Error::other("internal error")))
    }
}

/// Writes what comes into files, each closed when it is large enough.
fn write(env: &Env, folder: &Path, drafts: &mpsc::Receiver<Draft>) -> io::Result<Vec<Segment>> {
    let mut all = Vec::new();
    let mut open: Option<(Writer, PathBuf)> = None;
    let mut failed = None;
    for draft in drafts {
        // Whoever reads must not wait for a writer that gave up.
        if failed.is_some() {
            continue;
        }
        let added = (|| {
            let (mut writer, path) = match open.take() {
                Some(open) => open,
                None => {
                    let path = folder.join(new_name(env));
                    (Writer::at(&path)?, path)
                }
            };
            writer.add(draft)?;
            if writer.columns() < COLUMNS {
                open = Some((writer, path));
            } else {
                all.push(writer.done(&path)?);
            }
            Ok(())
        })();
        failed = added.err();
    }
    match (failed, open) {
        (Some(error), _) => Err(error),
        (None, Some((writer, path))) => {
            all.push(writer.done(&path)?);
            Ok(all)
        }
        (None, None) => Ok(all),
    }
}

/// A name that no other run has, behind all earlier ones.
pub(super) fn new_name(env: &Env) -> String {
    let (time, run) = (env.machine_time(), std::process::id());
    format!("{time:024}-{run}.{}.words", segment::tag())
}
