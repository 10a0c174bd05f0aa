//! Which rows a query wants, and how well they fit.
//!
//! Two searches answer a query. Titles, projects, branches and ids answer at once, here. What was said in the
//! conversations will be found by a second one, whose answers, numbered by a ticket, are to be merged in [`find`].

use std::sync::Arc;

use crate::model::Row;
use crate::query::{Query, Verdict};

pub mod fuzzy;

/// The indices of the rows that match, in the order of `rows`.
pub fn find(query: &Query, rows: &[Arc<Row>]) -> Vec<usize> {
    let fitting = rows
        .iter()
        .enumerate()
        .filter(|(_, row)| query.matches(row));
    fitting.map(|(i, _)| i).collect()
}

// These stand here and not in `query`, which must not know the matcher.
impl Query {
    /// Whether the row is wanted, by fields and words.
    pub fn matches(&self, row: &Row) -> bool {
        self.judge(row, &fuzzy::score) != Verdict::No
    }

    /// How well the row fits: absent when it does not, 0 when no words are asked for.
    pub fn score(&self, row: &Row) -> Option<i64> {
        match self.judge(row, &fuzzy::score) {
            Verdict::No => None,
            Verdict::Quiet => Some(0),
            Verdict::Yes(score) => Some(score),
        }
    }
}

#[cfg(test)]
mod tests;
