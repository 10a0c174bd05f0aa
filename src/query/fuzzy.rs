//! Half-remembered words against titles, projects and branches. The only user of the matching library.

use std::cell::RefCell;

use fuzzy_matcher::FuzzyMatcher;
use fuzzy_matcher::skim::SkimMatcherV2;

use super::{Form, Word};
use crate::model::Row;
use crate::text::floor_boundary;

/// At most so much of a title or a path is compared.
const LENGTH: usize = 512;
/// The matcher gives up beyond this many cells of its table, so a long text costs no more than a short one.
const EFFORT: usize = 1 << 15;

thread_local! {
    static MATCHER: RefCell<SkimMatcherV2> =
        RefCell::new(SkimMatcherV2::default().ignore_case().element_limit(EFFORT));
}

/// How well a word fits a row; none when it does not. An id, whole or its beginning, fits best.
pub fn score(word: &Word, row: &Row) -> Option<i64> {
    let id = &row.id().native;
    if word.text.len() >= 4 && (id.starts_with(&word.text) || id.ends_with(&word.text)) {
        return Some(10_000);
    }
    let session = &row.session;
    let project = row.project();
    let fields = [
        (session.title.as_ref().map(|t| t.text.as_str()), 3),
        (project.as_ref().map(|p| p.as_str()), 2),
        (session.branch.as_ref().map(|b| b.as_str()), 1),
    ];
    let scores = fields
        .into_iter()
        .filter_map(|(text, weight)| Some(fits(word, text?)? * weight));
    scores.max()
}

fn fits(word: &Word, text: &str) -> Option<i64> {
    let text = floor_boundary(text, LENGTH);
    // A capital asks for itself.
    let exact = word.text.chars().any(char::is_uppercase);
    let (haystack, needle) = if exact {
        (text.to_owned(), word.text.clone())
    } else {
        (text.to_lowercase(), word.text.to_lowercase())
    };
    if let Some(at) = haystack.find(&needle) {
        let before = haystack.get(..at).and_then(|b| b.chars().next_back());
        let after = haystack
            .get(at + needle.len()..)
            .and_then(|a| a.chars().next());
        let starts = before.is_none_or(|c| !c.is_alphanumeric());
        let whole = starts && after.is_none_or(|c| !c.is_alphanumeric());
        return match word.form {
            Form::Whole => whole.then_some(200),
            _ => Some(if whole {
                200
            } else if starts {
                180
            } else {
                140
            }),
        };
    }
    if word.form != Form::Plain || exact || needle.chars().count() < 3 {
        return None;
    }
    // Scattered letters fit anything: most of them must stand together.
    let score = MATCHER.with_borrow(|matcher| matcher.fuzzy_match(&haystack, &needle))?;
    let letters = i64::try_from(needle.chars().count()).unwrap_or(i64::MAX);
    (score >= letters * 15).then_some(score.min(130))
}
