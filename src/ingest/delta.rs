//! What reading tells the index, in pieces.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use foldhash::HashSet;

use crate::model::{Session, SessionId, SourceId, Spends, State, Unit};
use crate::sources::{Facts, Oddity, Subject};

/// News for the index. Pieces about one unit come in the order they were read.
#[derive(Clone, Default, Debug)]
pub struct Delta {
    pub told: Vec<Told>,
    pub about: Vec<AboutTold>,
    pub retired: Vec<Retired>,
    /// Units whose oddities changed, each whole.
    pub odd: Vec<OddFile>,
    /// All directories that are named by sessions and gone, where that changed.
    pub gone: Option<HashSet<Arc<Path>>>,
    /// What agents do with sessions now, of all that is known, where that changed.
    pub states: Option<BTreeMap<SessionId, State>>,
    pub progress: Option<Progress>,
}

impl Delta {
    pub fn is_empty(&self) -> bool {
        self.told.is_empty()
            && self.about.is_empty()
            && self.retired.is_empty()
            && self.odd.is_empty()
            && self.gone.is_none()
            && self.states.is_none()
            && self.progress.is_none()
    }

    /// Takes in what came later. Of one piece, what is gone goes before all that is told.
    pub fn merge(&mut self, later: Delta) {
        for retired in &later.retired {
            self.told.retain(|told| !retired.ends(told));
            if let Retired::Unit(unit) = retired {
                self.about.retain(|about| about.unit.path != unit.path);
                self.odd.retain(|odd| odd.unit.path != unit.path);
            }
        }
        self.told.extend(later.told);
        self.about.extend(later.about);
        self.retired.extend(later.retired);
        self.odd.extend(later.odd);
        self.gone = later.gone.or(self.gone.take());
        self.states = later.states.or(self.states.take());
        self.progress = later.progress.or(self.progress.take());
    }
}

/// One unit's word about a session, with all its spends: replaces what the same unit said before.
#[derive(Clone, Debug)]
pub struct Told {
    pub session: Arc<Session>,
    pub spends: Spends,
    /// Hashes of its records without a child, by which other units may name it.
    pub leaves: Arc<[u64]>,
}

/// Everything a unit says about sessions of other units: replaces what it said before.
#[derive(Clone, Debug)]
pub struct AboutTold {
    pub unit: Arc<Unit>,
    pub facts: Vec<(Subject, Facts)>,
}

/// What is proved to be gone.
#[derive(Clone, Debug)]
pub enum Retired {
    /// The unit and all it told.
    Unit(Arc<Unit>),
    /// One session of a unit that holds several.
    Session(Arc<Unit>, Box<str>),
}

impl Retired {
    /// Whether something told before is no longer so.
    fn ends(&self, told: &Told) -> bool {
        let session = &told.session;
        match self {
            Retired::Unit(unit) => session.unit.path == unit.path,
            Retired::Session(unit, native) => {
                session.unit.path == unit.path && session.id.native == *native
            }
        }
    }
}

/// What could not be read in a unit.
#[derive(Clone, PartialEq, Debug)]
pub struct OddFile {
    pub unit: Arc<Unit>,
    pub counts: BTreeMap<Oddity, u32>,
    /// The first few, with their byte offsets or rows.
    pub first: Vec<(u64, Oddity)>,
    /// Why the unit could not be opened, if so.
    pub error: Option<String>,
}

/// How far the loader is.
#[derive(Clone, PartialEq, Default, Debug)]
pub struct Progress {
    pub sources: Vec<SourceProgress>,
    /// Every unit found was read once.
    pub done: bool,
    pub watching: Watching,
}

impl Progress {
    /// Units read and units found, over all sources.
    pub fn totals(&self) -> (usize, usize) {
        self.sources
            .iter()
            .fold((0, 0), |(read, found), s| (read + s.read, found + s.found))
    }
}

/// How far one source is.
#[derive(Clone, PartialEq, Debug)]
pub struct SourceProgress {
    pub source: SourceId,
    pub state: SourceState,
    /// Units seen so far.
    pub found: usize,
    /// Units read so far.
    pub read: usize,
    /// Where it was looked for, and why there.
    pub looked: Vec<(PathBuf, &'static str, SourceState)>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SourceState {
    Waiting,
    NotThere,
    /// The folder is there and holds no unit.
    Empty,
    NoPermission,
    Reading,
    Done,
}

impl SourceState {
    pub fn word(self) -> &'static str {
        match self {
            SourceState::Waiting => "waiting",
            SourceState::NotThere => "not there",
            SourceState::Empty => "there, but empty",
            SourceState::NoPermission => "no permission to read",
            SourceState::Reading => "reading",
            SourceState::Done => "read",
        }
    }
}

/// How changes are noticed.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub enum Watching {
    /// Not at all: a command, or `--no-watch`.
    #[default]
    Off,
    Events,
    /// By looking again and again, with the reason and the remedy in one line.
    Polling(String),
}
