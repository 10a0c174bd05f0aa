//! Every response behind a set of rows, once each: what reports, `explain` and charts are made of.

use std::sync::Arc;

use foldhash::{HashSet, HashSetExt};
use jiff::Timestamp;

use super::Index;
use crate::model::{Kind, Response, Row, SessionId, Tariff};

/// A response, the session whose log owns it, and the row that was asked for.
pub struct Entry<'a> {
    /// The session that spent it: the row itself, or one of its sub-agents or copies.
    pub owner: &'a Arc<Row>,
    pub row: &'a Arc<Row>,
    pub response: Response,
}

impl Entry<'_> {
    /// When it was spent: where the log has no time of the response, the last activity of its session.
    pub fn at(&self) -> Option<Timestamp> {
        self.response.at.or(self.owner.session.updated)
    }
}

impl Index {
    /// Walks the responses of rows with those of their sub-agents and copies. A response that several rows share is
    /// told with the first of them.
    pub fn entries<'a>(
        &'a self,
        rows: impl IntoIterator<Item = &'a Arc<Row>>,
        each: &mut dyn FnMut(Entry<'a>),
    ) {
        let mut seen: HashSet<SessionId> = HashSet::new();
        for row in rows {
            for owner in self.family(row.id()) {
                if !seen.insert(owner.id().clone()) {
                    continue;
                }
                let Some(slot) = self.ledger.known_slot(owner.id()) else {
                    continue;
                };
                self.ledger.each_own(slot, &mut |response| {
                    each(Entry {
                        owner,
                        row,
                        response,
                    });
                });
            }
        }
    }

    /// A session and everything that is billed with it: itself first, then by id.
    pub fn family(&self, id: &SessionId) -> Vec<&Arc<Row>> {
        let mut ids = HashSet::new();
        self.billed(id, &mut ids);
        ids.remove(id);
        let mut below: Vec<&Arc<Row>> = ids.iter().filter_map(|id| self.rows.get(id)).collect();
        below.sort_by(|a, b| a.id().cmp(b.id()));
        self.rows.get(id).into_iter().chain(below).collect()
    }

    /// The prices this index counts with.
    pub fn tariff(&self) -> &dyn Tariff {
        self.ledger.tariff()
    }

    /// How the tokens of one session's own log were counted.
    pub fn counting(&self, row: &Row) -> Counting {
        let slot = self.ledger.known_slot(row.id());
        let (lines, elsewhere) = slot.map_or((0, 0), |slot| self.ledger.lines(slot));
        Counting {
            lines,
            responses: row.own.responses,
            elsewhere,
            forked: row.session.kind == Kind::Fork,
        }
    }
}

/// Where a session's own sums come from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Counting {
    /// Lines of its log that tell of tokens.
    pub lines: u64,
    /// Responses that are its own.
    pub responses: u64,
    /// Responses it repeats that belong to another session: a replay, a fork's history, a resume's copy.
    pub elsewhere: u64,
    /// It continues a copy of another session's history.
    pub forked: bool,
}
