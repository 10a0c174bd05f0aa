//! What is being typed, and what it can become.

use std::ops::Range;

use super::arrangement::{GROUPINGS, NAMES, SORTS};
use super::edit::written;
use super::fields::{FIELDS, Field};
use super::flags::FLAGS;
use super::lookup::named;
use super::values::listed;
use crate::model::{Holding, Row};

/// So many values of a field are offered, the commonest first.
const VALUES: usize = 8;

/// What a piece can become, and how many sessions have it where that is known.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Offer {
    pub text: String,
    pub count: Option<usize>,
    /// It is offered whatever rows have, and keeps its place among the others.
    pub is_preset: bool,
}

impl Offer {
    /// What is offered of it: of a field its value, of a list its last one.
    pub fn value(&self) -> &str {
        match self.text.split_once(':') {
            Some((_, values)) if !values.is_empty() => listed(values).last().unwrap_or(values),
            _ => &self.text,
        }
    }
}

/// The piece of `text` that [`complete`] completes, in bytes: from the last space, parenthesis or leading `-` to
/// `cursor`, which counts characters.
pub fn piece(text: &str, cursor: usize) -> Range<usize> {
    let end = text
        .char_indices()
        .nth(cursor)
        .map_or(text.len(), |(at, _)| at);
    let before = text.get(..end).unwrap_or_default();
    let start = before
        .char_indices()
        .rfind(|(_, c)| c.is_whitespace() || *c == '(')
        .map_or(0, |(at, c)| at + c.len_utf8());
    let signed = before.get(start..).is_some_and(|p| p.starts_with('-'));
    start + usize::from(signed)..end
}

/// What the [`piece`] before the cursor (in characters) can become: fields as `cost:`, flags as `is:sub`, and values that
/// these rows have.
pub fn complete<'r>(text: &str, cursor: usize, rows: impl Iterator<Item = &'r Row>) -> Vec<Offer> {
    let piece = text.get(piece(text, cursor)).unwrap_or_default();
    let typed = piece.to_lowercase();
    let bare = |text: String| Offer {
        text,
        count: None,
        is_preset: true,
    };
    let Some((name, values)) = typed.split_once(':') else {
        let names = FIELDS.iter().flat_map(Field::names);
        let names = names.chain(NAMES.iter().copied());
        let fitting = names.filter(|n| !typed.is_empty() && n.len() > 1 && n.starts_with(&typed));
        let mut offered: Vec<&str> = Vec::new();
        for name in fitting {
            // What is typed already comes before what only begins so.
            let longer = offered.iter().position(|other| other.starts_with(name));
            offered.insert(longer.unwrap_or(offered.len()), name);
        }
        let offered = offered.into_iter();
        return offered.map(|name| bare(format!("{name}:"))).collect();
    };
    // Of a list the last value is typed, and the others stay.
    let (before, last) = match values.rfind(',') {
        Some(at) => values.split_at_checked(at + 1).unwrap_or(("", values)),
        None => ("", values),
    };
    let (not, last) = match last.strip_prefix('!') {
        Some(last) => ("!", last),
        None => ("", last),
    };
    let whole = |value: &str| format!("{name}:{before}{not}{value}");
    let fixed: Vec<&str> = match name {
        "is" => FLAGS.iter().map(|flag| flag.name).collect(),
        "has" => Holding::ALL.map(Holding::word).to_vec(),
        "sort" => SORTS.to_vec(),
        "group" => GROUPINGS.to_vec(),
        _ => Vec::new(),
    };
    if !fixed.is_empty() {
        let fitting = fixed.iter().filter(|value| value.starts_with(last));
        // Whoever shows them counts those that rows can tell.
        let offer = |value: &&str| Offer {
            count: matches!(name, "is" | "has").then_some(0),
            ..bare(whole(value))
        };
        return fitting.map(offer).collect();
    }
    let Some(field) = named(name) else {
        return Vec::new();
    };
    let presets = field.kind.presets();
    if !presets.is_empty() {
        let fitting = presets.iter().filter(|value| value.starts_with(last));
        let offer = |value: &&str| Offer {
            count: (!field.is_heard()).then_some(0),
            ..bare(whole(value))
        };
        return fitting.map(offer).collect();
    }
    let values = super::values(field.name, rows).into_iter();
    let fitting = values.filter(|(value, _)| value.to_lowercase().contains(last));
    let offer = |(value, count): (String, usize)| Offer {
        text: whole(&written(&value)),
        count: Some(count),
        is_preset: false,
    };
    fitting.take(VALUES).map(offer).collect()
}
