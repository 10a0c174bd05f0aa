//! A session's whole family as a tree: what it was started from, and everything that was started from that.

use std::sync::Arc;

use foldhash::{HashSet, HashSetExt};

use super::Index;
use crate::model::{Cost, Row, SessionId};

/// A session in its family.
#[derive(Clone, PartialEq, Debug)]
pub struct Relative {
    /// 0 for the root.
    pub depth: usize,
    pub row: Arc<Row>,
    /// What it and everything below it cost, forks too, each response counted once.
    pub cost: Cost,
}

impl Index {
    /// Direct sub-agents, forks and copies.
    pub fn children(&self, id: &SessionId) -> impl Iterator<Item = &Arc<Row>> {
        self.children
            .get(id)
            .into_iter()
            .flatten()
            .filter_map(|child| self.rows.get(child))
    }

    /// The family of a session, from its root on, each above what came of it and siblings by their start. Empty where the
    /// session is not known.
    pub fn lineage(&self, id: &SessionId) -> Vec<Relative> {
        let Some(row) = self.row(id) else {
            return Vec::new();
        };
        // A row names the root that it is folded under, and that may have left since.
        let root = self.row(&row.root).unwrap_or(row);
        let mut family = Vec::new();
        let mut seen = HashSet::new();
        let mut todo = vec![(0, root.clone())];
        while let Some((depth, row)) = todo.pop() {
            if !seen.insert(row.id().clone()) {
                continue;
            }
            let mut children: Vec<Arc<Row>> = self.children(row.id()).cloned().collect();
            // The last one is taken first.
            children.sort_by(|a, b| {
                let key = |row: &Row| (row.session.started, row.id().clone());
                key(b).cmp(&key(a))
            });
            todo.extend(children.into_iter().map(|child| (depth + 1, child)));
            let below = self.descendants(&HashSet::from_iter([row.id().clone()]));
            let rows = below.iter().filter_map(|id| self.row(id));
            let cost = self.sums(rows).cost.cost();
            family.push(Relative { depth, row, cost });
        }
        family
    }
}
