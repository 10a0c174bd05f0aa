//! Questions whose answer is worked out from a whole conversation: `has:`, and numbers such as `files:`.

use super::fields::{Field, Get};
use super::lookup::none_of;
use super::values::{Check, Test, What, Wrong, is_within};
use crate::model::{Gist, Holding};

/// Values of `has:` that are part of the language and not built yet.
const LATER: &[&str] = &["summary"];
/// What another field asks, since no conversation holds it.
const ELSEWHERE: &[(&str, &str)] = &[("note", "-note:none"), ("share", "is:shared")];

impl Test {
    /// Whether it asks what a conversation holds, and not for words in it or for what its row knows.
    pub fn asks_gist(&self) -> bool {
        matches!(self.field.get, Get::Gist(_) | Get::Holds)
    }

    /// Whether its answer stands in the conversation, and not in the row.
    pub fn is_heard(&self) -> bool {
        self.scope().is_some() || self.asks_gist()
    }

    /// Whether a conversation that holds this is wanted.
    pub fn fits(&self, gist: &Gist) -> bool {
        let holds = |check: &Check| is_so(check, self.field, gist);
        (self.any.is_empty() || self.any.iter().any(holds)) && !self.none.iter().any(holds)
    }
}

fn is_so(check: &Check, field: &Field, gist: &Gist) -> bool {
    match (&check.what, field.get) {
        (What::Holding(what), _) => gist.holds.has(*what),
        (What::Number(from, to), Get::Gist(get)) => is_within(get(gist), from, to),
        (What::Unknown, Get::Gist(get)) => get(gist).is_none(),
        _ => false,
    }
}

/// What stands behind `has:`.
pub fn holding(value: &str) -> Result<Check, Wrong> {
    let value = value.to_lowercase();
    let mut all = Holding::ALL.into_iter();
    if let Some(what) = all.find(|what| what.word() == value) {
        return Ok(Check {
            what: What::Holding(what),
            said: what.word().into(),
        });
    }
    if let Some((_, asked)) = ELSEWHERE.iter().find(|(name, _)| *name == value) {
        return Err(Wrong::Value(format!("`has:{value}` is asked by {asked}")));
    }
    if LATER.contains(&value.as_str()) {
        return Err(Wrong::Value(format!("`has:{value}` is not here yet")));
    }
    let names = Holding::ALL.map(Holding::word);
    if names.iter().any(|name| name.starts_with(&value)) {
        return Err(Wrong::Incomplete);
    }
    Err(Wrong::Value(none_of(&value, names.into_iter())))
}
