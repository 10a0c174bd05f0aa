//! Fields by what somebody typed before the colon.

use super::fields::{FIELDS, Field, Get};

impl Field {
    /// Whether its answer stands in the conversation, and not in the row.
    pub(super) fn is_heard(&self) -> bool {
        matches!(self.get, Get::Said(_) | Get::Gist(_) | Get::Holds)
    }

    /// The name and its other spellings.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + Clone + use<> {
        std::iter::once(self.name).chain(self.aliases.iter().copied())
    }
}

/// The field with this name or alias, in any case.
pub(super) fn named(name: &str) -> Option<&'static Field> {
    let same = |field: &&Field| field.names().any(|n| n.eq_ignore_ascii_case(name));
    FIELDS.iter().find(same)
}

/// The field that was probably meant.
pub(super) fn nearest(name: &str) -> Option<&'static str> {
    let names = FIELDS.iter().flat_map(Field::names);
    nearest_of(name, names.filter(|n| n.len() > 1))
}

/// The one of some names that was probably meant: with a slip of the fingers, or begun.
pub(super) fn nearest_of(
    name: &str,
    names: impl Iterator<Item = &'static str> + Clone,
) -> Option<&'static str> {
    let letters = |text: &str| text.to_lowercase().chars().collect::<Vec<char>>();
    let typed = letters(name);
    let most = if typed.len() < 5 { 1 } else { 2 };
    let near = names
        .clone()
        .filter_map(|n| Some((super::needle::distance(&typed, &letters(n), most)?, n)))
        .min_by_key(|(far, _)| *far)
        .map(|(_, n)| n);
    // Three letters begin too much.
    let begun = |n: &&str| typed.len() > 3 && letters(n).starts_with(&typed);
    near.or_else(|| names.clone().find(begun))
}

/// Why a value is wrong that is none of those that are known.
pub(super) fn none_of(value: &str, known: impl Iterator<Item = &'static str> + Clone) -> String {
    match nearest_of(value, known.clone()) {
        Some(near) => format!("no `{value}`, did you mean `{near}`?"),
        None => {
            let known: Vec<&str> = known.collect();
            format!("`{value}` is none of {}", known.join(", "))
        }
    }
}
