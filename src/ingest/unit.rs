//! One unit between readings: where reading stopped, what it said so far, how to read on.

use std::io;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::cache::{Kept, Stamps};
use super::conversation::Overheard;
use super::{Delta, OddFile, Overhear, Retired, UnitFold};
use crate::env::{Env, Stamp};
use crate::model::Unit;
use crate::pack::{Pack, Unpacking};
use crate::sources::{self, At, Both, Cursor, Source, Want};

/// A smaller file is read as quickly as what is known of it.
const LARGE: u64 = 64 << 10;

/// A unit and everything needed to read on.
pub struct UnitState {
    pub unit: Arc<Unit>,
    cursor: Cursor,
    fold: UnitFold,
    /// The last reading failed; its reason was told.
    failed: bool,
    /// Readings in a row that found it busy.
    busy: u32,
    /// What tells that it changed since the last reading began, and when that was by the machine's clock.
    seen: Option<(Stamps, i128)>,
    /// Sessions it told in an earlier run, until it was read in this one. Absent where none knew it.
    told_before: Option<Vec<Box<str>>>,
    /// How long its file was when it was kept by an earlier run; 0 where it is read from its start.
    len_before: u64,
}

impl UnitState {
    pub fn new(unit: Arc<Unit>) -> UnitState {
        let fold = UnitFold::new(unit.clone());
        UnitState {
            unit,
            cursor: Cursor::default(),
            fold,
            failed: false,
            busy: 0,
            seen: None,
            told_before: None,
            len_before: 0,
        }
    }

    /// A unit of which these sessions were told before, if it was known: when it is read, those that it does not tell are
    /// gone.
    pub fn known(unit: Arc<Unit>, told: Option<Vec<Box<str>>>) -> UnitState {
        UnitState {
            told_before: told,
            ..UnitState::new(unit)
        }
    }

    /// What the first reading told, to be kept, where it can be told apart from what the unit may say later.
    pub fn kept(&self, delta: &Delta, want: Want<'_>) -> Option<Kept> {
        let (stamps, at) = self.seen.filter(|_| !self.failed && !self.is_silent())?;
        if !sources::source(self.unit.source)?.holds(&self.cursor) {
            return None;
        }
        let spends_only = want == Want::Spends;
        let mut state = Vec::new();
        // What is read whole whenever it changes, or as quickly as this, needs no more.
        if !spends_only && !matches!(self.cursor.at, At::Whole(_)) && stamps.0.len >= LARGE {
            self.cursor.pack(&mut state);
            self.fold.pack(&mut state);
        }
        Kept::new(delta, &state, stamps, at, spends_only)
    }

    /// A unit as it stood when its file had this stamp, to be read on from there: then all that it tells is told. None
    /// where it must be read from its start.
    pub fn grown(
        unit: &Arc<Unit>,
        told: &Delta,
        state: &[u8],
        (then, now): (Stamp, Stamp),
    ) -> Option<UnitState> {
        let mut from = Unpacking::new(state);
        let cursor: Cursor = from.get()?;
        let fold = UnitFold::unpack(unit.clone(), told, &mut from)?;
        let is_file = (then.dev, then.inode) == (now.dev, now.inode);
        // A file of lines that is as long as before was changed in some other way than by growing.
        let has_grown = now.len > then.len || matches!(cursor.at, At::Row { .. });
        (from.is_over() && is_file && has_grown).then(|| UnitState {
            cursor,
            fold,
            len_before: then.len,
            ..UnitState::new(unit.clone())
        })
    }

    /// How much of a file of this length had to be read.
    pub fn len_read(&self, len: u64) -> u64 {
        len.saturating_sub(self.len_before)
    }

    /// Whether another unit tells what it holds.
    pub fn is_silent(&self) -> bool {
        self.cursor.at == At::Start && !self.failed
    }

    /// How long to leave a busy unit alone before it is tried again; none for one that was read or is broken.
    pub fn wait_before_retry(&self) -> Option<Duration> {
        let tries = self.busy.checked_sub(1)?.min(6);
        Some((Duration::from_millis(100) * 2u32.pow(tries)).min(Duration::from_secs(5)))
    }

    /// Reads what is new and tells it. An error leaves the last good state; a file that is gone retires the unit.
    pub fn read(&mut self, env: &Env) -> Delta {
        self.read_for(env, Want::Summary)
    }

    /// The same for who wants no more than this.
    pub fn read_for(&mut self, env: &Env, want: Want<'_>) -> Delta {
        self.read_by(env, |state, source| state.read_with(source, env, want))
    }

    /// Reads it for the first time, and tells `overhear` the conversation, where both can be had in one reading.
    pub fn read_both(&mut self, env: &Env, overhear: &Overhear<'_>) -> Delta {
        let mut heard = None;
        let delta = self.read_by(env, |state, source| {
            match state.read_both_with(source, env) {
                Some((cursor, overheard)) => {
                    heard = Some(overheard);
                    cursor
                }
                None => state.read_with(source, env, Want::Summary),
            }
        });
        if let (Some(heard), [told]) = (heard, &*delta.told)
            && !self.failed
        {
            overhear(&told.session, &heard.conversation(&told.session.id));
        }
        delta
    }

    fn read_by(
        &mut self,
        env: &Env,
        read: impl FnOnce(&mut UnitState, &dyn Source) -> io::Result<Cursor>,
    ) -> Delta {
        let Some(source) = sources::source(self.unit.source) else {
            return Delta::default();
        };
        let before = self.cursor.clone();
        let at = env.machine_time();
        self.seen = stamp(env, &self.unit).map(|stamps| (stamps, at));
        // A bug in one reader must not end the program: the unit is then told as unreadable.
        let read = catch_unwind(AssertUnwindSafe(|| {
            env.fault("read");
            read(self, source)
        }));
        let read = read.unwrap_or_else(|_| Err(io::Error::other("internal error while reading")));
        let mut delta = Delta::default();
        match read {
            Ok(cursor) => {
                self.busy = 0;
                self.cursor = cursor;
                if let Some(sessions) = self.told_before.take() {
                    self.fold.told_before(sessions);
                }
                delta = self.told(env);
                if std::mem::take(&mut self.failed) && delta.odd.is_empty() {
                    delta.odd.push(self.odd_file(None));
                }
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound && gone(env, &self.unit.path) => {
                delta.retired.push(Retired::Unit(self.unit.clone()));
            }
            Err(error) => {
                // Half a reading may have been heard: the next one starts over, and says so.
                if before == self.cursor {
                    delta = self.told(env);
                }
                self.failed = true;
                let passing = matches!(
                    error.kind(),
                    io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut
                );
                self.busy = if passing { self.busy + 1 } else { 0 };
                delta.odd = vec![self.odd_file(Some(error.to_string()))];
            }
        }
        delta
    }

    fn read_with(&mut self, source: &dyn Source, env: &Env, want: Want<'_>) -> io::Result<Cursor> {
        let (fold, from) = (&mut self.fold, &self.cursor);
        if from.at == At::Start {
            fold.hear(sources::Record::Reset);
        }
        source.read(env, &self.unit, want, from, &mut |record| {
            fold.hear(record);
            ControlFlow::Continue(())
        })
    }

    fn read_both_with(
        &mut self,
        source: &dyn Source,
        env: &Env,
    ) -> Option<(io::Result<Cursor>, Overheard)> {
        let (fold, mut heard) = (&mut self.fold, Overheard::of(&self.unit));
        fold.hear(sources::Record::Reset);
        let mut both = Both {
            facts: &mut |record| {
                fold.hear(record);
                ControlFlow::Continue(())
            },
            said: &mut |record| {
                heard.hear(record);
                ControlFlow::Continue(())
            },
        };
        let read = source.read_both(env, &self.unit, &mut both)?;
        Some((read, heard))
    }

    fn told(&mut self, env: &Env) -> Delta {
        let file = env.files.stamp(&self.unit.path).ok();
        self.fold.changed_at(file.and_then(|stamp| stamp.time()));
        let told = self.fold.told(file.map(|stamp| stamp.len), self.state());
        let retired = self.fold.gone();
        let retire = |id| Retired::Session(self.unit.clone(), id);
        Delta {
            told,
            retired: retired.into_iter().map(retire).collect(),
            about: self.fold.about().into_iter().collect(),
            odd: self.fold.odd().into_iter().collect(),
            ..Delta::default()
        }
    }

    /// Another number whenever it holds something else.
    fn state(&self) -> u64 {
        let (now, key) = match &self.cursor.at {
            At::Start => return 0,
            At::Line {
                at,
                last_at,
                head,
                last,
                stamp,
            } => {
                let places = [*at, *last_at, *head, *last, stamp.inode, stamp.len];
                let places = places.iter().flat_map(|n| n.to_le_bytes());
                (
                    places
                        .chain(stamp.changed.to_le_bytes())
                        .collect::<Vec<u8>>(),
                    &[][..],
                )
            }
            At::Row { stamp, key } => (stamp.to_le_bytes().into(), key.as_bytes()),
            At::Whole(state) => (state.to_le_bytes().into(), &[][..]),
        };
        let path = self.unit.path.as_os_str().as_encoded_bytes();
        sources::hash(&[path, &now, key, &self.cursor.memo])
    }

    fn odd_file(&self, error: Option<String>) -> OddFile {
        OddFile {
            error,
            ..self.fold.odd_now()
        }
    }
}

/// Whether a path is proved to be gone: its folder can be asked, and says no.
pub fn gone(env: &Env, path: &Path) -> bool {
    env.files
        .stamp(path)
        .is_err_and(|e| e.kind() == io::ErrorKind::NotFound)
}

/// What tells whether a unit changed: its file, and what its source says stands beside it.
pub fn stamp(env: &Env, unit: &Unit) -> Option<Stamps> {
    let file = env.files.stamp(&unit.path).ok()?;
    let beside = sources::source(unit.source).map(|source| source.beside(unit));
    let mut beside = beside.into_iter().flatten();
    Some((file, beside.find_map(|path| env.files.stamp(&path).ok())))
}
