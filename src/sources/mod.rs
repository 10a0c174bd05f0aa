//! Agents whose logs we can read: one file each, and the only place that knows their formats.
//!
//! Adding an agent is one file here, one line in [`SOURCES`] and a folder of small logs under `tests/fixtures`.

use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::env::{Env, Stamp};
use crate::model::{Session, SourceId, Unit};

pub mod aider;
pub mod amp;
pub mod antigravity;
pub mod claude;
pub mod cline;
pub mod codex;
pub mod copilot;
pub mod crush;
pub mod cursor;
pub mod declared;
pub mod droid;
pub mod gemini;
pub mod goose;
mod hash;
mod holding;
mod holes;
pub mod json;
pub mod jsonl;
pub mod kept;
pub mod kimi;
mod launch;
mod log;
pub mod marks;
pub mod object;
pub mod opencode;
pub mod pi;
pub mod pictures;
pub mod qwen;
pub mod record;
mod retention;
mod running;
pub mod sharing;
pub mod site;
pub mod skip;
pub mod sqlite;
pub mod tools;
mod walk;

pub use hash::hash;
pub use launch::Launch;
pub use log::Both;
pub use record::{Facts, Oddity, Record, Say, Subject, Times};
pub use retention::{Retention, Retentions, Since};
pub use running::AtWork;
pub use site::{Site, Step};
pub use walk::walk;

/// Every source, in the order lists show them.
pub static SOURCES: &[&dyn Source] = &[
    &claude::Claude,
    &codex::Codex,
    &opencode::OpenCode,
    &cursor::CursorAgent,
    &droid::Droid,
    &pi::Pi,
    &gemini::Gemini,
    &copilot::Copilot,
    &qwen::Qwen,
    &kimi::Kimi,
    &amp::Amp,
    &goose::Goose,
    &crush::Crush,
    &cline::CLINE,
    &cline::ROO,
    &cline::KILO,
    &aider::Aider,
    &antigravity::Antigravity,
];

/// What a source is called and what it needs.
#[derive(Debug)]
pub struct Card {
    pub id: SourceId,
    /// As people say it.
    pub label: &'static str,
    /// Two letters for narrow lists.
    pub code: &'static str,
    /// Other spellings accepted on input.
    pub aliases: &'static [&'static str],
    /// Raised when the same bytes are read differently: what was stored of this source is then read again.
    pub revision: u32,
    /// Environment variables that move its logs.
    pub variables: &'static [&'static str],
    /// Versions of the agent whose logs were seen, for people.
    pub versions: &'static str,
    /// Where its logs usually are, for people.
    pub usual: &'static [&'static str],
    /// Whether its logs were proved on files that the agent itself wrote; else on homes made from its format's page.
    pub proved: bool,
    /// The model of responses whose log names none, where that is known; shown as assumed.
    pub assumed_model: Option<&'static str>,
    /// Where a copied conversation can be found to differ from the agent's, for people; one sentence.
    pub note: &'static str,
}

/// A folder whose logs are read.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Root {
    pub source: SourceId,
    pub path: Arc<Path>,
    /// Why we look there: a variable's name, `default`, or the option that named it.
    pub why: &'static str,
}

/// Why we look for logs in a directory that people work in.
pub const NAMED: &str = "named by other agents' sessions";

/// Who listens: a source may skip what they do not use.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Want<'a> {
    /// Facts, spends, and messages without bodies.
    Summary,
    /// The same for sums of tokens and money: what tools were asked and what they said may be left out, with what is wrong
    /// in it.
    Spends,
    /// Messages of one session with all their parts; no spends.
    Conversation { session: &'a str },
}

impl Want<'_> {
    pub fn is_summary(self) -> bool {
        !matches!(self, Want::Conversation { .. })
    }
}

/// Where reading a unit stopped.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Cursor {
    pub at: At,
    /// The source's own state between reads; at most 4 KiB.
    pub memo: Box<[u8]>,
}

impl Cursor {
    /// Behind all of a file that is read whole whenever it changes.
    pub fn whole(stamp: Stamp) -> Cursor {
        let now = hash(&[
            &stamp.inode.to_le_bytes(),
            &stamp.len.to_le_bytes(),
            &stamp.changed.to_le_bytes(),
        ]);
        Cursor {
            at: At::Whole(now),
            memo: Box::default(),
        }
    }
}

#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub enum At {
    #[default]
    Start,
    /// Behind a whole line: its offset and its start, the hash of the first bytes of the file and of that line, and the
    /// file it was.
    Line {
        at: u64,
        last_at: u64,
        head: u64,
        last: u64,
        stamp: Stamp,
    },
    /// Behind a row: everything changed before `stamp` was said.
    Row { stamp: i64, key: Box<str> },
    /// Everything was said; the number changes when anything does.
    Whole(u64),
}

/// How far a folder is watched.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reach {
    Alone,
    /// With all that is below it.
    Below,
}

/// Whether a walk saw everything. Only a whole one may retire sessions.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sweep {
    Whole,
    Partial,
}

pub trait Source: Sync {
    fn card(&self) -> &'static Card;

    /// Folders to read and watch, and why. They need not exist.
    fn roots(&self, env: &Env) -> Vec<Root>;

    /// Whose news is this path? Asked by the walk for every file, and by the watcher for every event: so both agree.
    fn claim(&self, env: &Env, root: &Root, path: &Path) -> Option<Unit>;

    /// Says what the unit holds past `from`, and where it stopped. Never fails for what the bytes are; an error means
    /// that they could not be read now.
    fn read(
        &self,
        env: &Env,
        unit: &Unit,
        want: Want<'_>,
        from: &Cursor,
        say: &mut Say<'_>,
    ) -> io::Result<Cursor>;

    /// Reads a unit from its start, once, for its summary and for the conversation of the one session it holds. None where
    /// these are read one by one.
    fn read_both(
        &self,
        _env: &Env,
        _unit: &Unit,
        _both: &mut Both<'_>,
    ) -> Option<io::Result<Cursor>> {
        None
    }

    /// Whether what was told up to a cursor holds as long as the unit does not change. It may not where another log was
    /// asked for that was not there: such a unit is read anew in the next run.
    fn holds(&self, _cursor: &Cursor) -> bool {
        true
    }

    /// Where to read from to see the end of a long conversation before all of it is read; none where that is quick, or
    /// cannot be told.
    fn near_end(&self, _env: &Env, _unit: &Unit) -> Option<Cursor> {
        None
    }

    /// How long it keeps the sessions below a root before it deletes them; none where it never does, or nobody knows.
    fn keeps(&self, _env: &Env, _root: &Root) -> Option<Retention> {
        None
    }

    /// The folder of dates that a session's log lies in, where people know the agent's sessions by it.
    fn directory(&self, _session: &Session) -> Option<String> {
        None
    }

    /// The id as reports show it: the last two segments, at most ten characters of them.
    fn report_id(&self, session: &Session) -> String {
        let native = &*session.id.native;
        let start = native
            .rmatch_indices('-')
            .nth(1)
            .map_or(0, |(at, _)| at + 1);
        native
            .chars()
            .skip(native.get(..start).map_or(0, |s| s.chars().count()))
            .take(10)
            .collect()
    }

    /// The id as lists show it.
    fn short_id(&self, native: &str) -> String;

    /// How to continue a session in the agent that wrote it, in the words of its manual. None where its id is not one that
    /// a program can be given, and where no such way is known.
    fn resume(&self, session: &Session) -> Option<Launch>;

    /// How to start a new session in a directory; none where that is not known.
    fn new_session(&self, _dir: &Path) -> Option<Launch> {
        None
    }

    /// How to go on from a copy of a session, which itself stays as it is; none for agents that cannot, and where it is not
    /// known.
    fn fork(&self, _session: &Session) -> Option<Launch> {
        None
    }

    /// What a project's own file says about sharing sessions of work in this directory; none where it says nothing.
    fn sharing(&self, _env: &Env, _dir: &Path) -> Option<sharing::Policy> {
        None
    }

    /// Whether the agent looks for a session only among those of the directory it is started in, so that one whose
    /// directory has moved may not be found from the new place.
    fn is_bound_to_place(&self) -> bool {
        false
    }

    /// The files and folders that hold this session and nothing else, so that they can be taken away with it. Some need
    /// not exist. An error says in one line why there are none such.
    fn holdings(&self, env: &Env, session: &Session) -> Result<Vec<PathBuf>, String> {
        holding::own_file(self.card(), env, session)
    }

    /// Why the agent is at work on a session now, where it leaves word of that.
    fn in_use(&self, _env: &Env, _session: &Session) -> Option<String> {
        None
    }

    /// The name that its program has in a table of processes; none where that is not known, so that nothing is said of what
    /// its sessions are at.
    fn program(&self) -> Option<String> {
        let launch = self.new_session(Path::new("/"))?;
        Some(launch.program)
    }

    /// What its running programs say of themselves, where they leave word of that.
    fn at_work(&self, _env: &Env, _root: &Root) -> Vec<AtWork> {
        Vec::new()
    }

    /// Whether its forks go on from the log of the session they were made of, so that they need it.
    fn forks_read_on(&self) -> bool {
        false
    }

    /// Other files whose change is the unit's news too, for looking again where no events come: the logs of a database,
    /// or what stands beside a log. They need not exist, and only the first that does is looked at.
    fn beside(&self, _unit: &Unit) -> Vec<PathBuf> {
        Vec::new()
    }

    /// Whether a folder below a root is worth walking into. Saves walking caches and backups.
    fn enters(&self, _root: &Root, _dir: &Path) -> bool {
        !self.is_flat()
    }

    /// Where it would leave its logs for work in this directory; none for a source that keeps them in places of its own.
    /// Asked for every directory that a session of another source names, whether or not anything is there.
    fn in_project(&self, _env: &Env, _dir: &Path) -> Option<Root> {
        None
    }

    /// The folders of a root whose changes matter, each alone or with all that is below it. Every folder that is watched
    /// costs time at the start and one of the watches that the system has.
    fn watches(&self, _env: &Env, root: &Root) -> Vec<(PathBuf, Reach)> {
        let reach = if self.is_flat() {
            Reach::Alone
        } else {
            Reach::Below
        };
        vec![(root.path.to_path_buf(), reach)]
    }

    /// Whether its logs lie in its roots themselves, so that what is below them is neither walked nor watched.
    fn is_flat(&self) -> bool {
        false
    }

    /// Whether this file in a root says where other roots are: when it changes, they are looked for again.
    fn lists_roots(&self, _root: &Root, _path: &Path) -> bool {
        false
    }

    /// Walks the roots and names every unit.
    fn discover(&self, env: &Env, found: &mut dyn FnMut(Unit)) -> Sweep {
        let mut sweep = Sweep::Whole;
        for root in self.roots(env) {
            if walk(self, env, &root, &root.path, found) == Sweep::Partial {
                sweep = Sweep::Partial;
            }
        }
        sweep
    }
}

impl Card {
    /// Whether a person means it by a slug, an alias, a label or a code, in any case.
    pub fn is_called(&self, name: &str) -> bool {
        let same = |other: &str| other.eq_ignore_ascii_case(name);
        same(self.id.0)
            || same(self.label)
            || same(self.code)
            || self.aliases.iter().any(|a| same(a))
    }
}

/// The source of that slug.
pub fn source(id: SourceId) -> Option<&'static dyn Source> {
    let built_in = SOURCES.iter().copied().find(|s| s.card().id == id);
    built_in.or_else(|| declared::source(id).map(|made| made as &dyn Source))
}

/// The built-in source a person means by a slug, an alias, a label or a code, in any case.
pub fn named(name: &str) -> Option<&'static dyn Source> {
    SOURCES.iter().copied().find(|s| s.card().is_called(name))
}

/// Says a record, turning a stop into the shape that `?` passes on.
pub fn tell(say: &mut Say<'_>, record: Record) -> Result<(), Stop> {
    match say(record) {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(()) => Err(Stop::Asked),
    }
}

/// Why reading ended early.
#[derive(Debug)]
pub enum Stop {
    /// The listener has heard enough.
    Asked,
    Failed(io::Error),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Stop {
        Stop::Failed(error)
    }
}
