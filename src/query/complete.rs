//! What is being typed, and what it can become.

use std::ops::Range;

use super::fields::{FIELDS, FLAGS, Field};

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

/// What the [`piece`] before the cursor (in characters) can become: fields as `cost:`, flags as `is:sub`.
pub fn complete(text: &str, cursor: usize) -> Vec<String> {
    let typed = text
        .get(piece(text, cursor))
        .unwrap_or_default()
        .to_lowercase();
    match typed.split_once(':') {
        None if typed.is_empty() => Vec::new(),
        None => {
            let fields = FIELDS.iter().flat_map(Field::names);
            let fitting = fields.filter(|n| n.len() > 1 && n.starts_with(&typed));
            fitting.map(|name| format!("{name}:")).collect()
        }
        Some(("is", values)) => {
            let (before, last) = values
                .rsplit_once(',')
                .map_or(("", values), |(before, last)| {
                    (values.get(..=before.len()).unwrap_or_default(), last)
                });
            let (not, last) = last
                .strip_prefix('!')
                .map_or(("", last), |last| ("!", last));
            let fitting = FLAGS.iter().filter(|f| f.name.starts_with(last));
            fitting
                .map(|f| format!("is:{before}{not}{}", f.name))
                .collect()
        }
        Some(_) => Vec::new(),
    }
}
