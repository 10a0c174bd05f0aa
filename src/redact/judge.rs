//! Whether what looks like a secret is one: code, manuals and ids are full of things that only look so.

use std::sync::LazyLock;

use super::rules::{Rule, TABLE};

/// Pairs of letters that words are made of: a letter and those that follow it. Counted over names in source code and
/// plain prose, the 150 most frequent pairs are four of five there, and one of five where letters are drawn by chance.
const PAIRS: &str = "abcdgilmnprsty baelou caehklort daeio eacdeflmnprstvx faeio ge haeio iacdefglmnostv ke \
    ladeiloty maeiop nacdegiost ocdlmnprstuw paelortu raeimnorstuy sacehiopstu taehiorstuy uelmnrst vae whi ze";
/// Shorter runs of letters say nothing about their kind.
const FEWEST_PAIRS: usize = 6;

static COMMON: LazyLock<[u32; 26]> = LazyLock::new(|| {
    let mut common = [0; 26];
    for group in PAIRS.split(' ') {
        let mut letters = group.bytes().map(letter);
        let Some(row) = letters.next().flatten().and_then(|at| common.get_mut(at)) else {
            continue;
        };
        *row = letters.flatten().fold(0, |row: u32, at| row | 1 << at);
    }
    common
});

fn letter(byte: u8) -> Option<usize> {
    let lower = byte.to_ascii_lowercase();
    lower
        .is_ascii_lowercase()
        .then(|| usize::from(lower - b'a'))
}

/// Bits a byte, from how often each stands in the text.
pub fn entropy(text: &str) -> f64 {
    let mut counts = [0u32; 256];
    for byte in text.bytes() {
        if let Some(count) = counts.get_mut(usize::from(byte)) {
            *count += 1;
        }
    }
    let all = text.len() as f64;
    let part = |n: u32| f64::from(n) / all;
    let met = counts.into_iter().filter(|n| *n > 0);
    met.map(|n| -part(n) * part(n).log2()).sum()
}

/// Whether a text is made of words, as names in code are, and not of letters drawn by chance.
pub fn reads_like_words(text: &str) -> bool {
    let (mut pairs, mut common, mut shown) = (0, 0, 0);
    let mut last: Option<u8> = None;
    for byte in text.bytes() {
        shown += usize::from(byte.is_ascii_alphanumeric());
        // A capital begins a new word.
        let before = last.filter(|last| !(last.is_ascii_lowercase() && byte.is_ascii_uppercase()));
        if let (Some(a), Some(b)) = (before.and_then(letter), letter(byte)) {
            pairs += 1;
            common += COMMON.get(a).map_or(0, |row| (row >> b & 1) as usize);
        }
        last = Some(byte);
    }
    pairs >= FEWEST_PAIRS && pairs * 2 >= shown && common * 20 >= pairs * 13
}

fn is_uuid(text: &str) -> bool {
    let mut lengths = text.split('-').map(str::len);
    let hex = text.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
    hex && [8, 4, 4, 4, 12]
        .into_iter()
        .all(|n| lengths.next() == Some(n))
        && lengths.next().is_none()
}

/// Whether a rule may call this text a secret.
pub fn is_secret(rule: &Rule, value: &str) -> bool {
    if rule.digit && !value.bytes().any(|b| b.is_ascii_digit()) {
        return false;
    }
    if rule.entropy.is_some_and(|least| entropy(value) < least) {
        return false;
    }
    let lower = value.to_ascii_lowercase();
    if rule.tier < 3 && is_placeholder(&lower) {
        return false;
    }
    // Where the shape is proof, no list of words is needed.
    rule.tier == 1
        || !(TABLE.openings.iter().any(|o| lower.starts_with(o.as_str()))
            || TABLE.words.contains(&lower)
            || is_uuid(&lower))
}

/// Whether what stands behind a keyword, up to where the text ends, is the start of a secret: titles and what programs
/// print are cut somewhere. Fewer than six letters and digits of one run are of no use to anybody.
pub fn is_start(rule: &Rule, rest: &str) -> bool {
    let of_token = |b: u8| b.is_ascii_alphanumeric() || b"_-.+/=".contains(&b);
    let is_run = |run: &str| {
        let has = |of: fn(&u8) -> bool| run.bytes().any(|b| of(&b));
        run.len() >= 6 && has(u8::is_ascii_digit) && has(u8::is_ascii_alphabetic)
    };
    let may_be_cut = rule.tier == 1 && !rule.whole && !rule.block;
    may_be_cut
        && rest.bytes().all(of_token)
        && rest.split(|c: char| !c.is_ascii_alphanumeric()).any(is_run)
        && entropy(rest) >= 2.5
        && !reads_like_words(rest)
        && !is_placeholder(&rest.to_ascii_lowercase())
}

fn is_placeholder(lower: &str) -> bool {
    let mut known = TABLE.placeholders.iter();
    known.any(|p| lower.contains(p.as_str()))
}

/// Whether the name that ends where a keyword begins says that this is no secret: `cache_` before `key`.
pub fn is_named_otherwise(rule: &Rule, before: &str) -> bool {
    if rule.names_not.is_empty() {
        return false;
    }
    let of_name = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.');
    let length = before.bytes().rev().take(48).take_while(of_name).count();
    let name = before.get(before.len() - length..).unwrap_or_default();
    let mut word = String::new();
    let mut last = ' ';
    for c in name.chars().chain(['_']) {
        let ends =
            !c.is_ascii_alphanumeric() || (c.is_ascii_uppercase() && last.is_ascii_lowercase());
        if ends {
            if rule.names_not.contains(&word) {
                return true;
            }
            word.clear();
        }
        if c.is_ascii_alphanumeric() {
            word.push(c.to_ascii_lowercase());
        }
        last = c;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_told_from_chance() {
        for words in [
            "self.tokens.next_token_2",
            "correct-horse-battery-9",
            "internationalization",
            "src/auth/token_refresh_middleware_integration_test",
            "HashMapKey2::from",
        ] {
            assert!(reads_like_words(words), "{words}");
        }
        for chance in [
            "k3jx9mwqpt7zvbnr2wqz",
            "Zx81QvTnB07rLmWc",
            "4f1c9a7e2b3d5c6f8091a2b3c4d5e6f708192a3b",
            "QWzxPLkmVbnTyRgH",
        ] {
            assert!(!reads_like_words(chance), "{chance}");
        }
    }

    #[test]
    fn entropy_is_bits_a_byte() {
        assert_eq!(entropy("aaaa"), 0.0);
        assert_eq!(entropy("abcd"), 2.0);
        assert_eq!(entropy("0123456789abcdef"), 4.0);
    }

    #[test]
    fn the_shape_of_an_id_is_known() {
        assert!(is_uuid("3f2504e0-4f89-41d3-9a0c-0305e82c3301"));
        assert!(!is_uuid("3f2504e0-4f89-41d3-9a0c-0305e82c33012"));
        assert!(!is_uuid("3f2504e0-4f89-41d3-9a0c"));
    }
}
