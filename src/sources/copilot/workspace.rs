//! `workspace.yaml`: where a session works and what it is called. So little of YAML is written there that a reader of
//! `key: value` lines is enough.

use std::io::{self, Read as _};

use super::super::json::Json;
use super::super::{Cursor, Facts, Record, Say, Stop, Subject, tell};
use super::session_of;
use crate::env::{Env, stamp_of};
use crate::model::{TitleRank, Unit};

/// A longer file is no `workspace.yaml`.
const LONGEST: u64 = 64 << 10;

pub fn read(env: &Env, unit: &Unit, from: &Cursor, say: &mut Say<'_>) -> io::Result<Cursor> {
    let mut file = env.files.open(&unit.path)?;
    let cursor = Cursor::whole(stamp_of(&file.metadata()?)?);
    if cursor.at == from.at {
        return Ok(from.clone());
    }
    let mut bytes = Vec::new();
    file.by_ref().take(LONGEST).read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes);
    // What stands behind the last line feed is still being written.
    let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
    let get = |key| value(whole, key).filter(|v| !v.is_empty() && v != "null");
    // A name that nobody gave is the start of the first prompt, or a summary.
    let rank = match get("user_named").as_deref() {
        Some("true") => TitleRank::User,
        _ => TitleRank::Agent,
    };
    let facts = Facts {
        title: get("name").map(|name| (rank, name.into())),
        dir: get("cwd").map(Into::into),
        branch: get("branch").map(Into::into),
        repository: get("repository").map(Into::into),
        ..Facts::default()
    };
    let about = Record::About {
        of: Subject::Session(session_of(unit)),
        facts: Box::new(facts),
    };
    match tell(say, Record::Reset).and_then(|()| tell(say, about)) {
        Err(Stop::Failed(error)) => Err(error),
        Ok(()) | Err(Stop::Asked) => Ok(cursor),
    }
}

/// The value of a key at the top: plain, in quotes, or as a block of indented lines.
fn value(text: &str, key: &str) -> Option<String> {
    let mut lines = text.lines();
    let first = lines.find_map(|line| line.strip_prefix(key)?.strip_prefix(':'))?;
    let first = first.trim();
    if first.starts_with(['|', '>']) {
        let block = lines.take_while(|line| line.starts_with(' ') || line.trim().is_empty());
        let words: Vec<&str> = block.map(str::trim).filter(|l| !l.is_empty()).collect();
        return Some(words.join(" "));
    }
    if let Some(inner) = first.strip_prefix('\'').and_then(|v| v.strip_suffix('\'')) {
        return Some(inner.replace("''", "'"));
    }
    // A text in double quotes is one of JSON but for rare escapes.
    let quoted = Json::parse(first).and_then(Json::str);
    Some(quoted.map_or_else(|| first.to_owned(), std::borrow::Cow::into_owned))
}

#[cfg(test)]
mod tests {
    use super::value;

    #[test]
    fn values_as_they_are_written() {
        let text = "id: 1\ncwd: /home/ada/my loom\nname: 'it''s: \"here\"'\nquoted: \"a \\\"b\\\" c\"\nempty:\nlong: >-\n  one\n  two\n\n  three\nlast: x\n";
        for (key, want) in [
            ("cwd", "/home/ada/my loom"),
            ("name", "it's: \"here\""),
            ("quoted", "a \"b\" c"),
            ("empty", ""),
            ("long", "one two three"),
            ("last", "x"),
        ] {
            assert_eq!(value(text, key).as_deref(), Some(want), "{key}");
        }
        assert_eq!(value(text, "one"), None);
        assert_eq!(value(text, "nam"), None);
    }
}
