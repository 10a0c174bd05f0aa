//! The conversation that is open.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::keys::Action;
use super::msg::Ticket;
use crate::model::{Row, Session};
use crate::render::document::{Document, Left, Stand};
use crate::text::Clean;

/// The place of what is looked for that one is taken to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Toward {
    /// The first in a direction, from a message on.
    First(i32, usize),
    /// The one that is meant most likely.
    Meant,
}

/// A conversation in the reader.
pub struct Reader {
    pub ticket: Ticket,
    pub session: Arc<Session>,
    /// Its row as it was known last.
    pub row: Option<Arc<Row>>,
    pub document: Option<Document>,
    pub loading: bool,
    /// Somebody went into it: what is only shown beside the list is not read.
    pub visited: bool,
    /// The number of the last message that was there when all of it was read first: what comes behind it is said while
    /// it is open.
    pub known: Option<u32>,
    pub trouble: Option<Clean>,
    /// Its log is gone from disk: it stays until another is asked for.
    pub gone: bool,
    pub needle: String,
    /// Where finding began: what is found nowhere takes nobody away.
    pub found_from: Option<Stand>,
    /// What was found before that, which is found again by whoever leaves finding.
    pub found_before: String,
    /// It opens at the first place of what is searched, once that is read.
    pub landing: bool,
    /// What is looked for is marked, and nobody is taken to it: somebody was here with the same words.
    pub stays: bool,
    /// Its end was asked for before anything of it was there.
    pub ending: bool,
    /// Bytes of its texts that are on disk only, since they would be too many.
    pub on_disk: u64,
    /// The number under which something is looked for in what is on disk, while that goes on.
    pub seek: Option<Ticket>,
    /// Nobody went on since something was looked for: where that leads. It may be a place that is found later.
    pub toward: Option<Toward>,
    /// What is searched is marked in it.
    pub searched: bool,
    /// Another session was offered, by this step: the next behind the last hit, the one before ahead of the first.
    pub offered: Option<i32>,
    /// It was entered from behind: it opens at the last place of what is searched.
    pub from_end: bool,
    /// It was made here, and no log is read for it.
    pub is_made: bool,
    /// Where it opens, as soon as that is read.
    pub goal: Option<Goal>,
    /// What was asked of its page before that was there, in that order: the number tells keys of one binding apart.
    pub ahead: Vec<(Action, usize)>,
    /// Messages that were pinned, by their keys, in the order of the pins.
    pub pins: Vec<u64>,
}

/// A place to open a conversation at.
#[derive(Clone, Debug)]
pub enum Goal {
    /// Where a fork begins to be its own.
    Fork,
    /// The last message before a time.
    Before(Timestamp),
    /// Where somebody stood.
    Stood(Stood),
    /// The call that started a session.
    Child(Arc<Session>),
}

/// Where a conversation was left.
#[derive(Clone, PartialEq, Debug)]
pub struct Stood {
    pub place: Left,
    /// What was looked for in conversations: who looks for something else is taken to that.
    pub query: String,
}

/// Who wrote to a log so lately may still be at it, also where no agent can be seen.
const LATELY: SignedDuration = SignedDuration::from_mins(5);

impl Reader {
    /// Whether something may still come: an agent has it open, or wrote to it a moment ago.
    pub fn is_live(&self, now: Timestamp) -> bool {
        let is_open = self.row.as_ref().is_some_and(|row| row.state.is_some());
        let updated = self.session.updated;
        is_open || updated.is_some_and(|at| now.duration_since(at) < LATELY)
    }

    /// Something is looked for, and not all is read or looked through yet.
    pub fn is_sought(&self) -> bool {
        self.loading || self.seek.is_some() || self.is_counting()
    }

    /// The same of what is in memory.
    pub fn is_counting(&self) -> bool {
        self.document.as_ref().is_some_and(Document::is_counting)
    }

    /// Whether its first page is still being read.
    pub fn is_awaited(&self) -> bool {
        self.document.is_none() && self.loading
    }

    /// Nothing of it is read yet.
    pub fn new(ticket: Ticket, session: Arc<Session>) -> Reader {
        Reader {
            ticket,
            session,
            row: None,
            document: None,
            loading: true,
            visited: false,
            known: None,
            trouble: None,
            gone: false,
            needle: String::new(),
            found_from: None,
            found_before: String::new(),
            landing: false,
            stays: false,
            ending: false,
            on_disk: 0,
            seek: None,
            toward: None,
            searched: false,
            offered: None,
            from_end: false,
            is_made: false,
            goal: None,
            ahead: Vec::new(),
            pins: Vec::new(),
        }
    }
}
