//! Half surrogate pairs in the strings of a record, which some agents write where they cut a text.

use super::escapes::escape;

/// Every `\uD800`…`\uDFFF` escape in turn: where it starts, and whether it lacks its other half.
fn surrogates(text: &str) -> impl Iterator<Item = (usize, bool)> {
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        while let Some(found) = bytes.get(at..).and_then(|rest| memchr::memchr(b'\\', rest)) {
            let start = at + found;
            let unit = escape(bytes, start);
            match unit {
                Some(0xd800..=0xdbff) => {
                    if let Some(0xdc00..=0xdfff) = escape(bytes, start + 6) {
                        at = start + 12;
                        continue;
                    }
                    at = start + 6;
                    return Some((start, true));
                }
                Some(0xdc00..=0xdfff) => {
                    at = start + 6;
                    return Some((start, true));
                }
                Some(_) => at = start + 6,
                // Any other escape is two bytes, so that `\\u` is a backslash and a letter.
                None => at = start + 2,
            }
        }
        None
    })
}

/// The text with every half of a pair replaced.
pub fn mend_surrogates(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for (at, _) in surrogates(text) {
        out.push_str(text.get(from..at).unwrap_or_default());
        out.push_str("\\ufffd");
        from = at + 6;
    }
    out.push_str(text.get(from..).unwrap_or_default());
    out
}
