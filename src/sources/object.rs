//! Files of one JSON object that their agent writes anew at every change.

use std::io::{self, Read as _};
use std::path::Path;

use super::json::{self, Obj, Parsed};
use super::jsonl::LINE_MAX;
use super::{Cursor, Oddity, Record, Say, Stop, tell};
use crate::env::{Env, stamp_of};

/// The cursor's memo while the file makes no sense and that was said.
const BROKEN: [u8; 1] = [1];

/// Says what the object comes to, all of it, whenever the file changed. A file that is being written is short for a
/// moment: what it said stays until it is whole again, and its state is said once.
pub fn read(
    env: &Env,
    path: &Path,
    from: &Cursor,
    say: &mut Say<'_>,
    tell_all: &mut dyn FnMut(&Obj<'_>, &mut Say<'_>) -> Result<(), Stop>,
) -> io::Result<Cursor> {
    let mut file = env.files.open(path)?;
    let mut cursor = Cursor::whole(stamp_of(&file.metadata()?)?);
    if cursor.at == from.at {
        return Ok(from.clone());
    }
    let mut bytes = Vec::new();
    file.by_ref()
        .take(LINE_MAX as u64 + 1)
        .read_to_end(&mut bytes)?;
    let mut store = json::Store::default();
    let odd = |what, say: &mut Say<'_>| {
        tell(
            say,
            Record::Odd {
                session: None,
                at: 0,
                what,
            },
        )
    };
    let is_long = bytes.len() > LINE_MAX;
    let told = match json::record(&bytes, &mut store) {
        Parsed::Object(all) if !is_long => {
            tell(say, Record::Reset).and_then(|()| tell_all(&all, say))
        }
        Parsed::Repaired(all) if !is_long => tell(say, Record::Reset)
            .and_then(|()| odd(Oddity::Repaired, say))
            .and_then(|()| tell_all(&all, say)),
        Parsed::Blank => {
            cursor.memo.clone_from(&from.memo);
            Ok(())
        }
        _ => {
            cursor.memo = BROKEN.into();
            let what = if is_long {
                Oddity::TooLong
            } else {
                Oddity::Malformed
            };
            if from.memo == cursor.memo {
                Ok(())
            } else {
                odd(what, say)
            }
        }
    };
    match told {
        Err(Stop::Failed(error)) => Err(error),
        Ok(()) | Err(Stop::Asked) => Ok(cursor),
    }
}

/// `8-4-4-4-12` hexadecimal digits and nothing else.
pub fn is_uuid(id: &str) -> bool {
    let lengths: Vec<usize> = id.split('-').map(str::len).collect();
    lengths == [8, 4, 4, 4, 12] && id.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-')
}

/// Letters, digits, `.`, `_` and `-`, the first a letter or a digit: an id that no program takes for an option or a path.
pub fn is_plain(id: &str) -> bool {
    id.len() <= 128
        && id.starts_with(|c: char| c.is_ascii_alphanumeric())
        && id
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_ids_are_given_to_programs() {
        for good in ["a", "session_1-2.3", "5b1e9c2f-0000-4000-8000-000000000001"] {
            assert!(is_plain(good), "{good}");
        }
        for bad in ["", "-x", ".x", "a b", "a/b", "a@b", "a;b", &"a".repeat(129)] {
            assert!(!is_plain(bad), "{bad}");
        }
        assert!(is_uuid("5b1e9c2f-0000-4000-8000-000000000001"));
        assert!(!is_uuid("5b1e9c2f-0000-4000-8000-00000000000g"));
    }
}
