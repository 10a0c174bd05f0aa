//! The marks that stand where secrets stood. Nothing is looked for in them, and no secret reaches across one.

use std::ops::Range;

const OPENING: &str = "[redacted:";
/// Letters and digits that are not taken for each other.
const LETTERS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
const TAG: usize = 4;

/// The mark of a value whose hash this is.
pub fn mark(rule: &str, hash: &str) -> String {
    let bits = u64::from_str_radix(hash.get(..10).unwrap_or_default(), 16).unwrap_or_default();
    let letter = |i: usize| {
        let at = (bits >> (5 * i)) as usize % LETTERS.len();
        LETTERS.get(at).copied().map_or('a', char::from)
    };
    let tag: String = (0..TAG).map(letter).collect();
    format!("{OPENING}{rule} {tag}]")
}

/// Where marks stand in a text, in order.
pub fn marks(text: &str) -> Vec<Range<usize>> {
    let starts = memchr::memmem::find_iter(text.as_bytes(), OPENING);
    starts
        .filter_map(|start| {
            let inner = text.get(start + OPENING.len()..)?;
            let named = |b: &u8| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'-';
            let rule = inner.bytes().take_while(|b| named(b)).count();
            let tag = inner.get(rule..)?.strip_prefix(' ')?;
            let tagged = tag.bytes().take_while(|b| LETTERS.contains(b)).count() == TAG;
            let closed = tag.get(TAG..)?.starts_with(']');
            let end = start + OPENING.len() + rule + 1 + TAG + 1;
            (rule > 0 && tagged && closed).then_some(start..end)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_known_again_and_nothing_else_is_one() {
        let mark = mark("github-token", &crate::digest::sha256(b"x"));
        let text = format!("a {mark} b {mark}");
        let end = 2 + mark.len();
        assert_eq!(marks(&text), [2..end, end + 3..text.len()]);
        assert!(marks("[redacted:] [redacted:x] [redacted:x abc] [redacted:X abcd]").is_empty());
    }
}
