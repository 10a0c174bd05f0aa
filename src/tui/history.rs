//! What can be undone: changes of the query and of our marks, in the order in which they were made.

use crate::marks::Change;
use crate::model::SessionId;

/// One change, as what takes it back.
#[derive(Clone, PartialEq, Debug)]
pub enum Step {
    /// The query line held this.
    Query(String),
    /// These were put into the trash, by their names there.
    Trash(Vec<String>),
    /// Copies of these were kept that were not there before.
    Copies(Vec<SessionId>),
    /// Our marks are changed so; and what was done, in a word.
    Marks(Vec<(SessionId, Change)>, String),
}

impl Step {
    /// What was done, for those who take it back or do it again; absent where it takes a while and is told then.
    pub fn said(&self) -> Option<String> {
        match self {
            Step::Query(_) => Some("the change of the query".to_owned()),
            Step::Trash(_) | Step::Copies(_) => None,
            Step::Marks(_, said) => Some(said.clone()),
        }
    }
}

/// Changes that were made, the newest last, and those that were taken back.
#[derive(Default, Debug)]
pub struct History {
    done: Vec<Step>,
    undone: Vec<Step>,
}

/// Older changes are forgotten.
const KEPT: usize = 200;

impl History {
    /// Remembers what takes a change back. What was taken back before cannot be done again behind it.
    pub fn keep(&mut self, step: Step) {
        self.undone.clear();
        self.done.push(step);
        self.done.drain(..self.done.len().saturating_sub(KEPT));
    }

    /// The newest change, to be taken back.
    pub fn undo(&mut self) -> Option<Step> {
        self.done.pop()
    }

    /// The change that was taken back last, to be made again.
    pub fn redo(&mut self) -> Option<Step> {
        self.undone.pop()
    }

    /// What makes a change again that was just taken back.
    pub fn undid(&mut self, step: Step) {
        self.undone.push(step);
    }

    /// What takes a change back that was just made again.
    pub fn redid(&mut self, step: Step) {
        self.done.push(step);
    }
}
