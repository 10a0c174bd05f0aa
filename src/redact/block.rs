//! How far a key in a block of base64 goes: to the line that ends it, or as far as it was copied. What stands between
//! its lines differs: line feeds, their spelling in a JSON string, quotes, line numbers, `+` of a diff.

use super::judge::reads_like_words;

/// No key is longer.
const LONGEST: usize = 64 * 1024;
/// Shorter runs of letters are words and numbers.
const RUN: usize = 16;
/// Between the first line and the body may stand how it is encrypted.
const HEADERS: usize = 400;
/// Between two lines of a body.
const BETWEEN: usize = 48;
/// Before the last, short line of a body that has no end.
const TAIL: usize = 16;

/// How many bytes of what follows the first line belong to the key. None where no key follows.
pub fn length(rest: &str) -> Option<usize> {
    let bytes = rest.as_bytes();
    let until = memchr::memmem::find(bytes, b"-----BEGIN ").unwrap_or(bytes.len());
    let until = until.min(LONGEST);
    let mut last: Option<usize> = None;
    let mut at = 0;
    while at < until {
        match bytes.get(at) {
            Some(b'\\') => at = escape(bytes, at),
            Some(b'-') => {
                let here = rest.get(at..).unwrap_or_default();
                match (last, ending(here)) {
                    (Some(_), Some(length)) => return Some(at + length),
                    // An end without a body: somebody speaks of keys.
                    (None, Some(_)) => return None,
                    _ => at += 1,
                }
            }
            Some(b) if is_base64(*b) => {
                let start = at;
                while at < until && bytes.get(at).is_some_and(|b| is_base64(*b)) {
                    at += 1;
                }
                let run = rest.get(start..at).unwrap_or_default();
                let gap = start - last.unwrap_or(0);
                if gap > if last.is_some() { BETWEEN } else { HEADERS } {
                    break;
                }
                let body = run.len() >= RUN && !reads_like_words(run);
                if body || (last.is_some() && gap <= TAIL && is_tail(run)) {
                    last = Some(at);
                }
            }
            _ => at += 1,
        }
    }
    last
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=')
}

/// Behind an escape: `\n`, `\\n`, `\u000a`, or any backslashes.
fn escape(bytes: &[u8], mut at: usize) -> usize {
    while bytes.get(at) == Some(&b'\\') {
        at += 1;
    }
    match bytes.get(at) {
        Some(b'n' | b'r' | b't') => at + 1,
        Some(b'u') => at + 5,
        _ => at,
    }
}

/// The length of the line that ends a key.
fn ending(text: &str) -> Option<usize> {
    let rest = text
        .strip_prefix("-----END ")
        .or_else(|| text.strip_prefix("Private-MAC"))?;
    let name = rest.bytes().take(60).position(|b| b == b'-')?;
    let dashes = rest.get(name..)?;
    let dashes = dashes.bytes().take(5).take_while(|b| *b == b'-').count();
    Some("-----END ".len() + name + dashes)
}

/// Whether a short run is the rest of a key and not a word or a line's number.
fn is_tail(run: &str) -> bool {
    let any = |of: fn(&u8) -> bool| run.bytes().any(|b| of(&b));
    any(|b| matches!(b, b'+' | b'/' | b'='))
        || (any(u8::is_ascii_digit) && any(u8::is_ascii_alphabetic))
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "MIIEowIBAAKCAQEAx3Qz7Tn0vLkWc5RbYp2JdHs8GfUq1XeZo6NiMtKrBhVaC9y4";

    fn taken(rest: &str) -> Option<&str> {
        length(rest).map(|n| &rest[..n])
    }

    #[test]
    fn a_key_goes_to_its_end() {
        let end = "-----END RSA PRIVATE KEY-----";
        let rest = format!("\n{A}\n{A}\n{end}");
        assert_eq!(taken(&format!("{rest}\nthanks")), Some(rest.as_str()));
        let escaped = format!("\\n{A}\\n{A}\\n{end}");
        assert_eq!(taken(&format!("{escaped}\\n\"}}")), Some(escaped.as_str()));
        let encrypted = format!("\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n{A}\n{end}");
        assert_eq!(taken(&encrypted), Some(encrypted.as_str()));
        let one_line = format!(" {A} {A} {end}");
        assert_eq!(taken(&one_line), Some(one_line.as_str()));
    }

    #[test]
    fn a_cut_key_goes_as_far_as_it_was_copied() {
        let rest = format!("\n{A}\n{A}\nab3=");
        assert_eq!(
            taken(&format!("{rest}\nthanks for the key")),
            Some(rest.as_str())
        );
        let numbered = format!("\n  2\t{A}\n  3\t{}", &A[..30]);
        assert_eq!(
            taken(&format!("{numbered}\n  4\n")),
            Some(numbered.as_str())
        );
        let words = format!("\n{A}");
        let said = format!("{words}\n\nand then internationalization follows");
        assert_eq!(taken(&said), Some(words.as_str()));
    }

    #[test]
    fn speaking_of_keys_is_no_key() {
        assert_eq!(
            taken(" opens it and -----END PRIVATE KEY----- closes it"),
            None
        );
        assert_eq!(taken("` is refused by internationalization"), None);
        assert_eq!(taken(""), None);
        let other = format!(" of this. -----BEGIN CERTIFICATE-----\n{A}");
        assert_eq!(taken(&other), None);
    }
}
