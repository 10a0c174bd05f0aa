//! What stands in a log for a message: the very lines, found by reading the log again and stopping where the message is
//! told. Logs that are no lines, such as databases, have none.

use std::io::{self, Read, Seek, SeekFrom};
use std::ops::ControlFlow;

use crate::env::Env;
use crate::model::{Message, Part, Session};
use crate::sources::{self, At, Cursor, Record, Want};

/// More lines than this are not gathered for one message …
const LINES: usize = 200;
/// … nor more bytes.
const BYTES: u64 = 64 << 20;
/// A message's blocks and results stand near it: so many other messages behind it end the search.
const BEHIND: usize = 2_000;
/// So many lines of a log in which nothing was said are shown …
const FIRST_LINES: usize = 500;
/// … and so many of their bytes.
const FIRST_BYTES: u64 = 4 << 20;

/// Which lines are wanted.
#[derive(Clone, PartialEq, Debug)]
pub struct Sought {
    key: Option<u64>,
    reply: Option<u64>,
    /// Calls whose results belong to it.
    calls: Vec<Box<str>>,
}

/// A line of a log.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RawLine {
    /// Where it begins, in bytes.
    pub at: u64,
    pub bytes: Vec<u8>,
}

impl Sought {
    /// All that a message was made of: its own lines, and the results of its calls.
    pub fn of(message: &Message) -> Sought {
        let calls = message.parts.iter().filter_map(|part| match part {
            Part::ToolCall(call) => Some(call.call.clone()),
            _ => None,
        });
        Sought {
            calls: calls.collect(),
            ..Sought::own(message)
        }
    }

    /// Its own lines.
    pub fn own(message: &Message) -> Sought {
        Sought {
            key: Some(message.key),
            reply: message.reply,
            calls: Vec::new(),
        }
    }

    /// The lines with the result of one call.
    pub fn result(call: &str) -> Sought {
        Sought {
            key: None,
            reply: None,
            calls: vec![call.into()],
        }
    }

    fn is_it(&self, message: &Message) -> bool {
        let answers =
            |part: &Part| matches!(part, Part::ToolResult(r) if self.calls.contains(&r.call));
        Some(message.key) == self.key
            || self.reply.is_some() && message.reply == self.reply
            || message.parts.iter().any(answers)
    }
}

/// The lines of a log that hold what is sought, in their order; none where the log does not consist of lines.
pub fn lines(env: &Env, session: &Session, sought: &Sought) -> io::Result<Option<Vec<RawLine>>> {
    let unit = &session.unit;
    let Some(source) = sources::source(unit.source) else {
        return Ok(None);
    };
    let native = session.id.native.split_once('#');
    let native = native.map_or(&*session.id.native, |(id, _)| id);
    let want = Want::Conversation { session: native };
    let mut cursor = Cursor::default();
    let mut found: Vec<RawLine> = Vec::new();
    let (mut bytes, mut behind) = (0, 0);
    loop {
        let mut is_met = false;
        cursor = source.read(env, unit, want, &cursor, &mut |record| {
            if let Record::Message { session, message } = record
                && *session == *native
            {
                is_met = sought.is_it(&message);
                behind = if is_met || found.is_empty() {
                    0
                } else {
                    behind + 1
                };
            }
            match is_met || behind > BEHIND {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            }
        })?;
        if !is_met {
            break;
        }
        let Some(line) = last_line(env, session, &cursor.at)? else {
            return Ok(None);
        };
        bytes += line.bytes.len() as u64;
        if found.last().is_none_or(|last| last.at < line.at) {
            found.push(line);
        }
        if found.len() >= LINES || bytes >= BYTES {
            break;
        }
    }
    Ok(Some(found).filter(|found| !found.is_empty()))
}

/// The line before a cursor, if the file holds it as it was read: what is packed or kept in rows does not.
fn last_line(env: &Env, session: &Session, at: &At) -> io::Result<Option<RawLine>> {
    let At::Line {
        at, last_at, last, ..
    } = *at
    else {
        return Ok(None);
    };
    let mut file = env.files.open(&session.unit.path)?;
    file.seek(SeekFrom::Start(last_at))?;
    let mut bytes = Vec::new();
    file.take(at.saturating_sub(last_at).min(BYTES))
        .read_to_end(&mut bytes)?;
    let is_it = sources::hash(&[&bytes]) == last;
    Ok(is_it.then_some(RawLine { at: last_at, bytes }))
}

/// The first lines of a log, for one in which nothing was said; none where it is no text.
pub fn first_lines(env: &Env, session: &Session) -> io::Result<Option<Vec<RawLine>>> {
    let file = env.files.open(&session.unit.path)?;
    let mut bytes = Vec::new();
    file.take(FIRST_BYTES).read_to_end(&mut bytes)?;
    if bytes.starts_with(b"SQLite format 3\0")
        || std::str::from_utf8(bytes.get(..64).unwrap_or(&bytes)).is_err()
    {
        return Ok(None);
    }
    let mut at = 0;
    let lines = bytes.split_inclusive(|byte| *byte == b'\n').map(|line| {
        let line = RawLine {
            at,
            bytes: line.to_vec(),
        };
        at += line.bytes.len() as u64;
        line
    });
    let is_blank = |line: &RawLine| line.bytes.trim_ascii().is_empty();
    Ok(Some(
        lines
            .filter(|line| !is_blank(line))
            .take(FIRST_LINES)
            .collect(),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::Index;
    use crate::ingest::{Choice, Reading, load};

    const LOG: [&str; 4] = [
        r#"{"type":"user","uuid":"u1","sessionId":"s","timestamp":"2026-11-01T10:00:00Z","cwd":"/w","odd":  1,"message":{"role":"user","content":"weave"}}"#,
        r#"{"type":"assistant","uuid":"a1","sessionId":"s","requestId":"r","timestamp":"2026-11-01T10:00:01Z","message":{"id":"m","role":"assistant","model":"x","content":[{"type":"text","text":"well"}],"usage":{"input_tokens":1,"output_tokens":1}}}"#,
        r#"{"type":"assistant","uuid":"a2","sessionId":"s","requestId":"r","timestamp":"2026-11-01T10:00:02Z","message":{"id":"m","role":"assistant","model":"x","content":[{"type":"tool_use","id":"t","name":"Bash","input":{"command":"ls"}}],"usage":{"input_tokens":1,"output_tokens":1}}}"#,
        r#"{"type":"user","uuid":"u2","sessionId":"s","timestamp":"2026-11-01T10:00:03Z","message":{"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":"a b"}]}}"#,
    ];

    /// UX 4.3 `z r`: the lines as they stand in the log, those of a reply's blocks and of its results with it.
    #[test]
    fn a_message_has_the_lines_it_was_read_from() {
        let dir = tempfile::tempdir().unwrap();
        let env = Env::bare(dir.path(), "2026-11-20T12:00:00Z".parse().unwrap());
        let folder = dir.path().join(".claude/projects/-w");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("s.jsonl"), LOG.join("\n") + "\n").unwrap();
        let mut index = Index::default();
        index.apply(load(&env, &Choice::default()));
        let session = index.rows().next().unwrap().session.clone();
        let mut reading = Reading::new(&session);
        reading.read(&env).unwrap();
        let talk = reading.conversation();
        let of = |n: usize| -> Vec<String> {
            let sought = Sought::of(&talk.messages[n]);
            let lines = lines(&env, &session, &sought).unwrap().unwrap();
            let text = |line: RawLine| String::from_utf8(line.bytes).unwrap().trim_end().to_owned();
            lines.into_iter().map(text).collect()
        };
        assert_eq!(of(0), LOG[..1]);
        assert_eq!(of(1), LOG[1..]);
        let first = first_lines(&env, &session).unwrap().unwrap();
        assert_eq!(first.len(), 4);
        assert_eq!(first[1].at as usize, LOG[0].len() + 1);
    }
}
