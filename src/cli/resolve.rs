//! Which session a person means by an id or a part of one.

use std::sync::Arc;

use super::Failure;
use super::ids::Ids;
use crate::env::Env;
use crate::index::Index;
use crate::model::Row;
use crate::sources;
use crate::trash::{self, Item};

/// Parts shorter than this could mean anything.
const PART: usize = 4;
/// Where words may be a query as well, a beginning of an id has so many characters.
const START: usize = 6;
/// So many candidates are named when an id is ambiguous.
const CANDIDATES: usize = 8;

/// The short form of a session's id, as lists show it.
pub fn short_id(row: &Row) -> String {
    crate::export::short_id(row.id())
}

/// Some ids start with a word that says what they are; people leave it out.
pub fn bare(native: &str) -> Option<&str> {
    native.split_once(['_', '-']).map(|(_, rest)| rest)
}

/// The sessions that all of these words name: by the whole id, `source:id`, the short form, what tables call it, or a
/// unique beginning that is long enough and has a digit, so that no word of a query is one by accident.
pub fn named(index: &Index, words: &[String]) -> Option<Vec<Arc<Row>>> {
    let ids = Ids::of(index);
    let one = |word: &String| {
        let is_whole =
            |row: &&Arc<Row>| *row.id().native == **word || row.id().to_string() == *word;
        let mut exact: Vec<&Arc<Row>> = index.rows().filter(is_whole).collect();
        if exact.is_empty() {
            let is_short = |row: &&Arc<Row>| short_id(row) == *word;
            exact = index.rows().filter(is_short).collect();
        }
        if exact.is_empty() {
            let is_called = |row: &&Arc<Row>| ids.name(row).as_str() == word;
            exact = index.rows().filter(is_called).collect();
        }
        match exact.as_slice() {
            [] => {}
            [one] => return Some(Arc::clone(one)),
            // What names several names none; see [`unclear`].
            _ => return None,
        }
        let is_plain = word.len() >= START && word.bytes().any(|b| b.is_ascii_digit());
        let begins = |row: &&Arc<Row>| row.id().native.starts_with(word.as_str());
        let mut found = index.rows().filter(begins);
        let first = found.next().filter(|_| is_plain)?;
        found.next().is_none().then(|| first.clone())
    };
    let rows: Option<Vec<Arc<Row>>> = words.iter().map(one).collect();
    rows.filter(|rows| !rows.is_empty())
}

/// The words of a query that can only be an id, and fit several sessions: to search for them as text would find others.
pub fn unclear(index: &Index, words: &[String]) -> Result<(), Failure> {
    let is_id = |word: &&String| {
        let is_sign = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        word.len() >= START && word.bytes().all(is_sign) && word.bytes().any(|b| b.is_ascii_digit())
    };
    for word in words.iter().filter(is_id) {
        if let Err(Failure::Usage(line)) = session(index, word) {
            return Err(Failure::Usage(line));
        }
    }
    Ok(())
}

/// What to say of a session that was not found: where it was deleted, that it lies in our trash.
pub fn in_trash(env: &Env, text: &str, failure: Failure) -> Failure {
    let Failure::Nothing(_) = failure else {
        return failure;
    };
    let text = text.trim();
    let is_it = |item: &&Item| {
        let native = item.session().split_once(':').map_or("", |(_, id)| id);
        let is_start = text.chars().count() >= PART && native.starts_with(text);
        item.name == text || item.session() == text || is_start
    };
    let items = trash::list(env).map(|(items, _)| items).unwrap_or_default();
    match items.iter().find(is_it) {
        Some(item) => Failure::Nothing(format!(
            "Session '{text}' was deleted and lies in the trash; to put it back: backscroll trash restore {}",
            item.name
        )),
        None => failure,
    }
}

/// Tries the whole id, `source:id`, the short form, a unique beginning, and a unique part, in this order.
pub fn session(index: &Index, text: &str) -> Result<Arc<Row>, Failure> {
    let whole = text.trim();
    // An alias of the source before the colon does as well as its slug.
    let (source, text) = whole
        .split_once(':')
        .and_then(|(source, id)| Some((Some(sources::named(source)?.card().id), id)))
        .unwrap_or((None, whole));
    let native = |row: &Row| row.id().native.to_string();
    let exact = |row: &Row| native(row) == whole || row.id().to_string() == whole;
    let named = |row: &Row| native(row) == text;
    let short = |row: &Row| short_id(row) == text;
    let start = |row: &Row| {
        let native = &*row.id().native;
        let starts = |id: &str| id.starts_with(text);
        !text.is_empty() && (starts(native) || bare(native).is_some_and(starts))
    };
    let part = |row: &Row| text.chars().count() >= PART && native(row).contains(text);
    let tries: [&dyn Fn(&Row) -> bool; 5] = [&exact, &named, &short, &start, &part];
    for fits in tries {
        let of_source = |row: &&Arc<Row>| source.is_none_or(|source| row.id().source == source);
        let rows = index.rows().filter(of_source);
        let mut found: Vec<&Arc<Row>> = rows.filter(|row| fits(row)).collect();
        match found.as_slice() {
            [] => {}
            [one] => return Ok(Arc::clone(one)),
            _ => {
                found.sort_by_key(|row| std::cmp::Reverse(row.session.updated));
                let mut names: Vec<String> = found
                    .iter()
                    .take(CANDIDATES)
                    .map(|row| row.id().to_string())
                    .collect();
                if found.len() > CANDIDATES {
                    names.push(format!("{} more", found.len() - CANDIDATES));
                }
                return Err(Failure::Usage(format!(
                    "'{whole}' could be any of {} sessions: {}; give more of the id",
                    found.len(),
                    names.join(", ")
                )));
            }
        }
    }
    Err(Failure::Nothing(format!(
        "Session '{whole}' not found; see: backscroll list --all"
    )))
}
