//! A text as a person copies it from the screen: without characters that hide and without colours. A zero-width space
//! in the middle of a token, or a colour, must not hide it.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};

/// What may begin something to look through: hidden characters by the names that clean text gives them or as a JSON
/// string writes them, joiners that clean text keeps in pictures, and colours by the ways to write an escape.
const STARTS: [&str; 14] = [
    "<U+",
    "\u{200d}",
    "\u{fe0e}",
    "\u{fe0f}",
    "\\u20",
    "\\ufeff",
    "\\uFEFF",
    "\\u00ad",
    "\\u00AD",
    "\u{241b}[",
    "\\u001b[",
    "\\u001B[",
    "\\x1b[",
    "\\033[",
];

static STARTS_OF: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    AhoCorasick::builder()
        .match_kind(MatchKind::LeftmostFirst)
        .build(STARTS)
        .ok()
});

/// A text without what hides, and the way back to where things stand in the whole.
pub struct Sight<'a> {
    text: Cow<'a, str>,
    /// Places in `text` before which something was left out, and how many bytes up to there.
    gaps: Vec<(usize, usize)>,
}

impl<'a> Sight<'a> {
    pub fn of(whole: &'a str) -> Sight<'a> {
        let mut gaps: Vec<(usize, usize)> = Vec::new();
        let mut text = String::new();
        let (mut from, mut left_out) = (0, 0);
        for start in STARTS_OF.iter().flat_map(|starts| starts.find_iter(whole)) {
            let length = hiding(whole.get(start.start()..).unwrap_or_default());
            if start.start() < from || length == 0 {
                continue;
            }
            text.push_str(whole.get(from..start.start()).unwrap_or_default());
            left_out += length;
            match gaps.last_mut() {
                Some((at, all)) if *at == text.len() => *all = left_out,
                _ => gaps.push((text.len(), left_out)),
            }
            from = start.start() + length;
        }
        if gaps.is_empty() {
            return Sight {
                text: Cow::Borrowed(whole),
                gaps,
            };
        }
        text.push_str(whole.get(from..).unwrap_or_default());
        Sight {
            text: Cow::Owned(text),
            gaps,
        }
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether something was left out just before a place.
    pub fn parted(&self, at: usize) -> bool {
        self.gaps.binary_search_by_key(&at, |(at, _)| *at).is_ok()
    }

    /// Where a range of this stands in the whole, with what was left out inside.
    pub fn whole(&self, range: Range<usize>) -> Range<usize> {
        let last = range.end.saturating_sub(1);
        let start = range.start + self.left_out(range.start);
        let end = last + self.left_out(last) + 1;
        start..end.max(start)
    }

    /// Whether a word may begin here; a hyphen may count as part of one. In a string of JSON or an address, the last
    /// letter of an escape stands before it.
    pub fn opens(&self, at: usize, apart: bool) -> bool {
        let before = self.text.as_bytes().get(..at).unwrap_or_default();
        let Some((last, rest)) = before.split_last() else {
            return true;
        };
        if !(of_word(*last) || apart && *last == b'-') || self.parted(at) {
            return true;
        }
        let letter = matches!(last, b'n' | b't' | b'r' | b'b' | b'f' | b'0');
        letter && rest.last() == Some(&b'\\')
            || ends_with_code(before, b"%", 2)
            || ends_with_code(before, b"\\x", 2)
            || ends_with_code(before, b"\\u", 4)
    }

    /// Whether a word may end here.
    pub fn closes(&self, at: usize) -> bool {
        let next = self.text.as_bytes().get(at);
        next.is_none_or(|byte| !of_word(*byte)) || self.parted(at)
    }

    fn left_out(&self, at: usize) -> usize {
        let before = self.gaps.partition_point(|(gap, _)| *gap <= at);
        let last = before.checked_sub(1).and_then(|i| self.gaps.get(i));
        last.map_or(0, |(_, bytes)| *bytes)
    }
}

pub fn of_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Whether the last bytes are a character by its code: `opening` and so many hexadecimal digits.
fn ends_with_code(bytes: &[u8], opening: &[u8], digits: usize) -> bool {
    let from = bytes.len().checked_sub(opening.len() + digits);
    let code = from.and_then(|from| bytes.get(from..)?.strip_prefix(opening));
    code.is_some_and(|code| code.iter().all(u8::is_ascii_hexdigit))
}

/// How many bytes at the start of a text hide something or only colour it.
fn hiding(text: &str) -> usize {
    if let Some(name) = text.strip_prefix("<U+") {
        let digits = name.bytes().take_while(u8::is_ascii_hexdigit).count();
        let closed = name.get(digits..).is_some_and(|rest| rest.starts_with('>'));
        return if (4..=6).contains(&digits) && closed {
            3 + digits + 1
        } else {
            0
        };
    }
    if let Some(c) = text
        .chars()
        .next()
        .filter(|c| "\u{200d}\u{fe0e}\u{fe0f}".contains(*c))
    {
        return c.len_utf8();
    }
    let escapes = ["\u{241b}[", "\\u001b[", "\\u001B[", "\\x1b[", "\\033["];
    for escape in escapes {
        if let Some(body) = text.strip_prefix(escape) {
            let inner = |b: &u8| b.is_ascii_digit() || *b == b';' || *b == b':';
            let numbers = body.bytes().take_while(inner).count();
            let ended = body
                .as_bytes()
                .get(numbers)
                .is_some_and(u8::is_ascii_alphabetic);
            return if ended { escape.len() + numbers + 1 } else { 0 };
        }
    }
    let written = text.get(..6).unwrap_or_default().to_ascii_lowercase();
    let hidden = [
        "\\u200b", "\\u200c", "\\u200d", "\\u200e", "\\u200f", "\\u2060", "\\u2061", "\\u2062",
        "\\u2063", "\\u2064", "\\ufeff", "\\u00ad",
    ];
    if hidden.contains(&written.as_str()) {
        6
    } else {
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_is_itself() {
        let sight = Sight::of("a <U+> <U+12 \\u2013 \u{241b}]8;; b");
        assert!(matches!(sight.text, Cow::Borrowed(_)));
        assert_eq!(sight.whole(2..5), 2..5);
        assert!(!sight.parted(0));
    }

    #[test]
    fn what_hides_is_looked_through_and_found_again() {
        let whole = "gh<U+200B><U+2060>p\u{241b}[1;31m_x\\u200b\\u001b[0my";
        let sight = Sight::of(whole);
        assert_eq!(sight.text(), "ghp_xy");
        assert!(sight.parted(2) && sight.parted(3) && !sight.parted(4));
        for (range, seen) in [
            (0..2, "gh"),
            (0..3, "gh<U+200B><U+2060>p"),
            (2..3, "p"),
            (3..6, "_x\\u200b\\u001b[0my"),
            (5..6, "y"),
        ] {
            assert_eq!(&whole[sight.whole(range)], seen);
        }
    }
}
