//! The rows that the list holds, and what was done to them by hand.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use super::app::App;
use crate::model::{Cost, ProjectNames, Row, SessionId};
use crate::text::Clean;

/// One row of the list.
#[derive(Clone, Debug)]
pub struct Entry {
    pub row: Arc<Row>,
    /// Under its root.
    pub child: bool,
    /// The last of its siblings.
    pub last: bool,
    /// Stands here only for the rows under it.
    pub context: bool,
    /// No row of its own: the name of the group that begins with this row.
    pub heading: Option<Clean>,
}

#[derive(Default)]
pub struct List {
    pub entries: Vec<Entry>,
    /// What the projects of all rows are called.
    pub projects: ProjectNames,
    pub cursor: usize,
    pub top: usize,
    pub unfolded: HashSet<SessionId>,
    /// Families that were folded by hand: they stay so where all kinds are shown.
    pub folded: HashSet<SessionId>,
    /// Sessions that were chosen for what is done to several at once, also where they are out of view by now.
    pub chosen: HashSet<SessionId>,
    /// Where a range begins that reaches to the cursor, and what was chosen before it.
    pub range: Option<(SessionId, HashSet<SessionId>)>,
    /// Rows that match and are folded away or left out, by what they are.
    pub hidden: BTreeMap<&'static str, usize>,
    /// Rows that match, each as it is seen: what stands only for the rows under it is none.
    pub matching: usize,
    /// Those of them that a list without a query folds away or leaves out.
    pub beyond: usize,
    /// Rows that are listed without a query, whatever is asked now.
    pub total: usize,
    /// Rows shown that their agents delete within nine days, and of how many of them we keep copies.
    pub expiring: (usize, usize),
    /// Whether somebody moved the cursor: until then it stays on the first row.
    pub moved: bool,
    /// Rows that came above the cursor since it was there.
    pub above: usize,
    /// Sessions that were moved to the trash in this run: they are no news when they are back.
    pub deleted: HashSet<SessionId>,
    /// Rows near the cursor whose value changed and that keep their place for now.
    pub held: HashSet<SessionId>,
    /// What all rows that match cost together, as `backscroll list` says it.
    pub cost: Cost,
    /// Known costs from the smallest on, for shading.
    pub costs: Vec<i64>,
}

impl Entry {
    /// A row that stands under no other.
    pub fn is_root(&self) -> bool {
        !self.child && self.heading.is_none()
    }

    /// A session that the list is about: what is done to all of it is done to these.
    pub fn is_found(&self) -> bool {
        !self.context && self.heading.is_none()
    }
}

impl List {
    /// Where the cursor is among the rows that match, counted from 1, and how many they are.
    pub fn place(&self) -> (usize, usize) {
        let upto = self.entries.get(..=self.cursor).unwrap_or_default();
        // What stands only for the rows under it has the place of the first of them.
        let ahead = usize::from(upto.last().is_some_and(|e| e.context));
        let at = upto.iter().filter(|e| e.is_found()).count() + ahead;
        (at, self.matching)
    }

    /// Whether what stands under a root is seen.
    pub fn is_open(&self, root: &SessionId, all_kinds: bool) -> bool {
        self.unfolded.contains(root) || all_kinds && !self.folded.contains(root)
    }

    /// The rows that stand under a root, by where that stands.
    pub fn under(&self, root: usize) -> impl Iterator<Item = &Entry> {
        let below = self.entries.get(root + 1..).unwrap_or_default();
        below.iter().take_while(|entry| entry.child)
    }

    pub fn is_heading(&self, at: usize) -> bool {
        self.entries.get(at).is_some_and(|e| e.heading.is_some())
    }
}

impl App {
    /// Whether nothing that is searched is in a session of the list itself: it stands there for the rows under it.
    pub fn is_stand_in(&self, at: usize) -> bool {
        let entry = self.list.entries.get(at);
        let answer = entry.and_then(|entry| self.search.answers.get(entry.row.id()));
        let has_own = matches!(answer, Some((_, Some(_))));
        self.shows_hits() && entry.is_some_and(|entry| entry.context) && !has_own
    }

    /// The session that is read for an entry of the list: its own, or of one that has no hits itself the first under it.
    pub fn read_for(&self, at: usize) -> Option<&Arc<Row>> {
        let first = self.list.under(at).next();
        let first = first.filter(|_| self.is_stand_in(at));
        let entry = first.or_else(|| self.list.entries.get(at))?;
        Some(&entry.row)
    }

    /// The session that is read while the cursor is where it is.
    pub fn to_read(&self) -> Option<&Arc<Row>> {
        self.read_for(self.list.cursor)
    }
}
