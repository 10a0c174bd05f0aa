//! Which field a name means, and which was probably meant.

use super::fields::{FIELDS, Field};

/// Fields that are part of the language and not built yet.
const LATER: &[&str] = &["repo", "files", "active", "expires", "has"];

/// The field with this name or alias, in any case.
pub(super) fn named(name: &str) -> Option<&'static Field> {
    let same = |field: &&Field| field.names().any(|n| n.eq_ignore_ascii_case(name));
    FIELDS.iter().find(same)
}

pub(super) fn is_later(name: &str) -> bool {
    LATER.iter().any(|n| n.eq_ignore_ascii_case(name))
}

/// The field that was probably meant.
pub(super) fn nearest(name: &str) -> Option<&'static str> {
    let letters = |text: &str| text.to_lowercase().chars().collect::<Vec<char>>();
    let typed = letters(name);
    let most = if typed.len() < 5 { 1 } else { 2 };
    let names = FIELDS.iter().flat_map(Field::names).filter(|n| n.len() > 1);
    names
        .filter_map(|n| Some((super::needle::distance(&typed, &letters(n), most)?, n)))
        .min_by_key(|(far, _)| *far)
        .map(|(_, n)| n)
}
