//! Which rows a query wants, and how well they fit.
//!
//! Two searches answer a query. Titles, projects, branches and ids answer at once, here. What was said in the
//! conversations is found by [`Seeking`]: by an index of [`Words`], and in the logs where that does not know. What
//! [`listen`] hears in a whole conversation is the measure for both.

use std::sync::Arc;

use crate::model::Row;
use crate::query::{Heard, Query, Verdict, Word};

pub mod fuzzy;
mod lines;
mod listen;
pub mod places;
mod rank;
mod said;
mod seeking;
pub mod standing;
mod through;
mod words;

pub use lines::line_at;
pub use listen::{Depth, Hit, Listened, listen, meant};
pub use said::each_text_of;
pub use seeking::{Answer, Seeking};
pub use standing::Fit;
use standing::Standing;
pub use words::{Learner, Words};

/// The indices of the rows that match, in the order of `rows`.
pub fn find(query: &Query, rows: &[Arc<Row>]) -> Vec<usize> {
    let fitting = rows
        .iter()
        .enumerate()
        .filter(|(_, row)| query.matches(row));
    fitting.map(|(i, _)| i).collect()
}

/// Words are looked for in titles, projects, branches and ids.
struct Titles;

impl Heard for Titles {
    fn rate(&self, word: &Word, row: &Row) -> Option<i64> {
        fuzzy::score(word, row)
    }
}

// These stand here and not in `query`, which must not know the matcher.
impl Query {
    /// Whether the row is wanted, by fields and words.
    pub fn matches(&self, row: &Row) -> bool {
        self.judge(row, &Titles) != Verdict::No
    }

    /// How well the row fits by what is known without reading, as [`Answer::rank`]; absent when it does not.
    pub fn rank(&self, row: &Row) -> Option<i64> {
        match self.judge(row, &Titles) {
            Verdict::No => None,
            Verdict::Quiet => Some(rank::rank(Standing::default(), 0, row.session.updated)),
            Verdict::Yes(points) => {
                // What fits by nothing but letters here and there may stand in the conversation for all that is known.
                let standing = standing::of_row(self, row).unwrap_or_default();
                Some(rank::rank(standing, points, row.session.updated))
            }
        }
    }
}

#[cfg(test)]
mod tests;
