//! The only words a source can say.

use std::ops::ControlFlow;
use std::path::PathBuf;

use jiff::Timestamp;

use super::site::Site;
use crate::model::{Kind, Message, ModelId, Spend, TitleRank};
use crate::text::Raw;

/// One fact found in a unit. `session` is always the agent's own id.
#[derive(Clone, PartialEq, Debug)]
pub enum Record {
    /// The unit was rewritten: forget what it said.
    Reset,
    /// This session is told anew from here (a database changed old rows).
    Again { session: Box<str> },
    /// All that the database holds now; the others are gone.
    Only { sessions: Vec<Box<str>> },
    Session {
        session: Box<str>,
        facts: Box<Facts>,
    },
    /// A fact about a session that another unit tells.
    About { of: Subject, facts: Box<Facts> },
    /// The same key replaces, the same reply joins.
    Message {
        session: Box<str>,
        message: Box<Message>,
    },
    /// Where the next message stands, in a log that does not consist of lines; nowhere, where the log names it and does
    /// not hold it. Said of conversations only.
    Stands { sites: Vec<Site> },
    /// A record of a log that keeps a tree, the record it follows, and the key of the message it holds, if any. Said of
    /// conversations only.
    Link {
        session: Box<str>,
        node: u64,
        parent: Option<u64>,
        key: u64,
    },
    /// The log's tree is exact: whatever does not lie between the record where the conversation stands and its root was
    /// left, prompt or not. Said of conversations only, at the start of every reading.
    Exact { session: Box<str> },
    /// The record at which the conversation stands now.
    Leaf { session: Box<str>, node: u64 },
    /// The last so many prompts were taken back, with all that followed them. Said of conversations only.
    Undone { session: Box<str>, prompts: u64 },
    /// All spending is said here; the same key replaces.
    Spent { session: Box<str>, spend: Spend },
    /// Something that could not be read, at a byte offset or row of the unit.
    Odd {
        session: Option<Box<str>>,
        at: u64,
        what: Oddity,
    },
}

impl Record {
    /// The session it tells of, where it tells of one; what is wrong with a line is told of a unit.
    pub fn session(&self) -> Option<&str> {
        match self {
            Record::Again { session }
            | Record::Session { session, .. }
            | Record::Message { session, .. }
            | Record::Link { session, .. }
            | Record::Exact { session }
            | Record::Leaf { session, .. }
            | Record::Undone { session, .. }
            | Record::Spent { session, .. } => Some(session),
            Record::Reset
            | Record::Only { .. }
            | Record::About { .. }
            | Record::Stands { .. }
            | Record::Odd { .. } => None,
        }
    }
}

/// Whom a fact is about.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Subject {
    /// The agent's own session id.
    Session(Box<str>),
    /// The hash of a message that stands last in some session.
    Leaf(u64),
}

/// What a source knows about a session. Later facts override earlier ones, but for the title, where rank decides and
/// the later of equal rank wins, and `first_dir`, where the first stays.
#[derive(Clone, PartialEq, Default, Debug)]
pub struct Facts {
    pub title: Option<(TitleRank, Raw)>,
    /// Working directory; the first one said stays.
    pub dir: Option<PathBuf>,
    pub branch: Option<Raw>,
    /// The address of its git repository, as logged.
    pub repository: Option<Raw>,
    /// Where the agent put it for others to read.
    pub share: Option<Raw>,
    pub parent: Option<Box<str>>,
    pub kind: Option<Kind>,
    /// The tool call in the parent that started it.
    pub call: Option<Box<str>>,
    pub version: Option<Raw>,
    pub model: Option<ModelId>,
    /// Times seen on a record; the fold keeps the first and the last.
    pub at: Option<Timestamp>,
    /// Bytes on disk, where not the size of the unit's file.
    pub size: Option<u64>,
    pub archived: Option<bool>,
    pub automated: Option<bool>,
    pub resumes_copy: Option<bool>,
    /// The log leaves out the tokens of some of its responses: what it tells is the least that was spent.
    pub uncounted: Option<bool>,
    /// Records without a child, as hashes: what `Subject::Leaf` names. Replaces earlier ones.
    pub leaves: Option<Vec<u64>>,
    /// Not a session a person should see (a warm-up): takes it out of the list as empty whatever it holds.
    pub hidden: Option<bool>,
}

/// The first and the last time on the records of one reading, told at its end in place of one by one.
#[derive(Clone, Copy, Default)]
pub struct Times(Option<(Timestamp, Timestamp)>);

impl Times {
    pub fn meet(&mut self, at: Option<Timestamp>) {
        if let Some(at) = at {
            let (first, last) = self.0.unwrap_or((at, at));
            self.0 = Some((first.min(at), last.max(at)));
        }
    }

    pub fn facts(self) -> impl Iterator<Item = Facts> {
        let times = self.0.into_iter().flat_map(|(first, last)| [first, last]);
        times.map(|at| Facts {
            at: Some(at),
            ..Facts::default()
        })
    }
}

/// What was wrong with a record.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Oddity {
    /// Not JSON, or not an object.
    Malformed,
    /// Longer than 32 MiB.
    TooLong,
    /// Bytes that are no UTF-8, or half a surrogate pair; read with replacement characters.
    Repaired,
    /// A compressed or database file that stops making sense.
    Corrupt,
}

impl Oddity {
    pub fn word(self) -> &'static str {
        match self {
            Oddity::Malformed => "malformed record",
            Oddity::TooLong => "record too long",
            Oddity::Repaired => "record repaired",
            Oddity::Corrupt => "file damaged",
        }
    }
}

/// Where a source says its records. `Break` asks it to stop after the record just said.
pub type Say<'a> = dyn FnMut(Record) -> ControlFlow<()> + 'a;
