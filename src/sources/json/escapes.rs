//! What the escapes in strings stand for.

use std::borrow::Cow;

use memchr::memchr;

/// What the inside of a string says, if no escape is broken and none is half of a surrogate pair.
pub fn unescaped(inner: &str) -> Option<Cow<'_, str>> {
    let Some(mut at) = memchr(b'\\', inner.as_bytes()) else {
        return Some(Cow::Borrowed(inner));
    };
    // No escape is shorter than what it stands for.
    let mut out = String::with_capacity(inner.len());
    let mut rest = inner;
    loop {
        let (before, sequence) = rest.split_at_checked(at)?;
        out.push_str(before);
        let (c, len) = character(sequence.as_bytes())?;
        out.push(c);
        rest = sequence.get(len..)?;
        match memchr(b'\\', rest.as_bytes()) {
            Some(next) => at = next,
            None => break,
        }
    }
    out.push_str(rest);
    Some(Cow::Owned(out))
}

/// The character that bytes starting with an escape begin with, and the length of its escape.
fn character(bytes: &[u8]) -> Option<(char, usize)> {
    let c = match bytes.get(1)? {
        b'n' => '\n',
        b'"' => '"',
        b'\\' => '\\',
        b't' => '\t',
        b'r' => '\r',
        b'/' => '/',
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'u' => {
            let unit = escape(bytes, 0)?;
            return match char::from_u32(unit) {
                Some(c) => Some((c, 6)),
                None => {
                    let halves = [unit, escape(bytes, 6)?].map(|half| half as u16);
                    let c = char::decode_utf16(halves).next()?.ok()?;
                    Some((c, 12))
                }
            };
        }
        _ => return None,
    };
    Some((c, 2))
}

/// The value of a `\uXXXX` escape.
pub fn escape(bytes: &[u8], at: usize) -> Option<u32> {
    let hex = bytes.get(at..at + 6)?.strip_prefix(b"\\u")?;
    hex.iter().try_fold(0, |value, digit| {
        Some(value << 4 | char::from(*digit).to_digit(16)?)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn escapes_say_what_the_standard_says(
            text in "([a-zé日 ]|\\\\[nrtbf/\"\\\\ux]|\\\\u[dD][89a-fA-F][0-9a-f]{2}|\\\\u[0-9a-f]{4}|\\\\){0,12}"
        ) {
            let known: Option<String> = serde_json::from_str(&format!("\"{text}\"")).ok();
            let told = unescaped(&text).map(Cow::into_owned);
            // The end of a string is found before anybody asks what it says.
            if memchr(b'"', text.replace("\\\\", "").replace("\\\"", "").as_bytes()).is_none() && !text.ends_with('\\') {
                prop_assert_eq!(told, known);
            }
        }
    }
}
