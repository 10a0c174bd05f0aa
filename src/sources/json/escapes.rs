//! What the escapes in strings stand for.

use std::borrow::Cow;

use memchr::memchr;
use wide::u8x16;

/// So many bytes are copied at once. Line feeds and quotes stand close together in what tools answer, so that to look for
/// each of them anew would cost more than to copy a few bytes too many.
const STEP: usize = 16;

/// What the inside of a string says, if no escape is broken and none is half of a surrogate pair.
pub fn unescaped(inner: &str) -> Option<Cow<'_, str>> {
    let bytes = inner.as_bytes();
    let Some(first) = memchr(b'\\', bytes) else {
        return Some(Cow::Borrowed(inner));
    };
    // No escape is shorter than what it stands for.
    let mut out = Vec::with_capacity(bytes.len());
    let (before, mut rest) = bytes.split_at_checked(first)?;
    out.extend_from_slice(before);
    let slash = u8x16::splat(b'\\');
    while let Some(step) = rest.first_chunk::<STEP>() {
        let found = u8x16::from(*step).simd_eq(slash).to_bitmask();
        let len = (found | 1 << STEP).trailing_zeros() as usize;
        let until = out.len() + len;
        out.extend_from_slice(step);
        out.truncate(until);
        rest = rest.get(len..)?;
        if found != 0 {
            rest = push(&mut out, rest)?;
        }
    }
    while let Some(byte) = rest.first() {
        if *byte == b'\\' {
            rest = push(&mut out, rest)?;
        } else {
            out.push(*byte);
            rest = rest.get(1..)?;
        }
    }
    String::from_utf8(out).ok().map(Cow::Owned)
}

/// What a backslash and this byte stand for; 0 where that takes more bytes to tell, or is nothing.
pub fn says(byte: u8) -> u8 {
    SAYS.get(usize::from(byte)).copied().unwrap_or(0)
}

/// A table, as what comes next can be guessed by nobody.
#[expect(
    clippy::indexing_slicing,
    reason = "a place outside of it would not build"
)]
static SAYS: [u8; 256] = {
    let mut says = [0; 256];
    says[b'n' as usize] = b'\n';
    says[b'"' as usize] = b'"';
    says[b'\\' as usize] = b'\\';
    says[b't' as usize] = b'\t';
    says[b'r' as usize] = b'\r';
    says[b'/' as usize] = b'/';
    says[b'b' as usize] = 8;
    says[b'f' as usize] = 12;
    says
};

/// Adds what the escape stands for that bytes begin with. Gives what is behind it.
fn push<'b>(out: &mut Vec<u8>, bytes: &'b [u8]) -> Option<&'b [u8]> {
    let said = says(*bytes.get(1)?);
    if said != 0 {
        out.push(said);
        return bytes.get(2..);
    }
    let (c, len) = character(bytes)?;
    out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
    bytes.get(len..)
}

/// The character whose number bytes begin with, and how long that is written.
fn character(bytes: &[u8]) -> Option<(char, usize)> {
    let unit = escape(bytes, 0)?;
    if let Some(c) = char::from_u32(unit) {
        return Some((c, 6));
    }
    let halves = [unit, escape(bytes, 6)?].map(|half| half as u16);
    let c = char::decode_utf16(halves).next()?.ok()?;
    Some((c, 12))
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
