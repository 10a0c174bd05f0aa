//! Who belongs to whom: sub-agents and forks by what their logs say, forks and copies by whose replies they repeat.

use foldhash::{HashSet, HashSetExt};
use jiff::Timestamp;

use super::Index;
use super::ledger::Slot;
use crate::model::{Kind, Session, SessionId};

/// A chain of parents longer than this is a loop.
const DEPTH: usize = 64;

/// A session's place in its family.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Link {
    pub kind: Kind,
    pub parent: Option<SessionId>,
}

impl Index {
    /// What a session is and whose child, from its own word and the ledger's.
    pub(super) fn link(&self, session: &Session) -> Link {
        if let Some(parent) = &session.parent {
            let kind = if session.kind == Kind::Main {
                Kind::SubAgent
            } else {
                session.kind
            };
            let parent = SessionId::new(session.id.source, parent.clone());
            // A log that names itself as its parent says nothing.
            return Link {
                kind,
                parent: Some(parent).filter(|p| *p != session.id),
            };
        }
        if session.kind != Kind::Main {
            return Link {
                kind: session.kind,
                parent: None,
            };
        }
        let Some(slot) = self.ledger.known_slot(&session.id) else {
            return Link::alone();
        };
        if let Some(longer) = self.copied_by(session, slot) {
            return Link {
                kind: Kind::Copy,
                parent: self.ledger.id(longer).cloned(),
            };
        }
        let Some(owner) = self.ledger.first_owner(slot).filter(|&owner| owner != slot) else {
            return Link::alone();
        };
        // Where the owner is itself an old copy, the fork hangs on the session that repeats it.
        let mut owner = owner;
        for _ in 0..DEPTH {
            let next = self
                .ledger
                .id(owner)
                .and_then(|id| self.shown.get(id))
                .and_then(|told| {
                    if told.session.parent.is_some() {
                        None
                    } else {
                        self.copied_by(&told.session, owner)
                    }
                });
            match next {
                Some(longer) => owner = longer,
                None => break,
            }
        }
        if owner == slot {
            return Link::alone();
        }
        Link {
            kind: Kind::Fork,
            parent: self.ledger.id(owner).cloned(),
        }
    }

    /// When the last was said that a session's log repeats of its parent's.
    pub fn repeated_upto(&self, id: &SessionId) -> Option<Timestamp> {
        self.ledger.repeated_upto(self.ledger.known_slot(id)?)
    }

    /// The longest session that repeats this one whole, where the source says that resumes copy.
    fn copied_by(&self, session: &Session, slot: Slot) -> Option<Slot> {
        if !session.flags.resumes_copy {
            return None;
        }
        let own = self.ledger.replies(slot).len();
        let size = |slot: Slot| {
            let id = self.ledger.id(slot)?;
            let other = &self.shown.get(id)?.session;
            Some((other.messages(), other.updated, id.clone()))
        };
        let mine = (session.messages(), session.updated, session.id.clone());
        self.ledger
            .holders(slot)
            .into_iter()
            .filter(|&(_, replies)| replies >= own)
            .filter_map(|(other, replies)| Some((replies, size(other)?, other)))
            .filter(|(replies, theirs, _)| *replies > own || *theirs > mine)
            .max()
            .map(|(_, _, other)| other)
    }

    /// The session a row is folded under, and every session on the way there.
    pub(super) fn ancestors(&self, id: &SessionId) -> Vec<SessionId> {
        let mut chain = Vec::new();
        let mut seen = HashSet::from_iter([id.clone()]);
        let mut at = id.clone();
        while let Some(parent) = self.links.get(&at).and_then(|link| link.parent.clone()) {
            if !self.shown.contains_key(&parent)
                || !seen.insert(parent.clone())
                || chain.len() >= DEPTH
            {
                break;
            }
            chain.push(parent.clone());
            at = parent;
        }
        chain
    }

    /// A session with its sub-agents and copies at any depth, without forks.
    pub(super) fn billed(&self, id: &SessionId, into: &mut HashSet<SessionId>) {
        let mut todo = vec![id.clone()];
        while let Some(next) = todo.pop() {
            if !self.shown.contains_key(&next) || !into.insert(next.clone()) {
                continue;
            }
            let children = self.children.get(&next).into_iter().flatten();
            let billed = children.filter(|child| {
                let kind = self.links.get(*child).map(|link| link.kind);
                matches!(kind, Some(Kind::SubAgent | Kind::Copy))
            });
            todo.extend(billed.cloned());
        }
    }

    /// Sessions and everything below them, each once.
    pub(super) fn descendants(&self, ids: &HashSet<SessionId>) -> HashSet<SessionId> {
        let mut below = HashSet::new();
        let mut todo: Vec<SessionId> = ids.iter().cloned().collect();
        while let Some(next) = todo.pop() {
            todo.extend(
                self.children
                    .get(&next)
                    .into_iter()
                    .flatten()
                    .filter(|&c| !below.contains(c))
                    .cloned(),
            );
            below.insert(next);
        }
        below
    }
}

impl Link {
    fn alone() -> Link {
        Link {
            kind: Kind::Main,
            parent: None,
        }
    }
}
