//! What stands in a log for a message, found by reading the log again. Of a log of lines these are the very lines: reading
//! stops where the message is told. Of other logs sources say where each message stands, and that is fetched then: a
//! value of a file of JSON, a file, rows of a database.

use std::fmt;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::ControlFlow;

use crate::env::Env;
use crate::model::{Message, Part, Session};
use crate::sources::site::{self, BYTES};
use crate::sources::{self, At, Cursor, Record, Site, Want};

/// More lines than this are not gathered for one message, nor more bytes than [`BYTES`].
const LINES: usize = 200;
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

/// What stands in a log for a message, or for a part of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RawRecord {
    pub place: Place,
    pub bytes: Vec<u8>,
}

/// Where it stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Place {
    /// A line that begins there, in bytes.
    Byte(u64),
    Site(Site),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Byte(at) => write!(f, "byte {at}"),
            Place::Site(site) => site.fmt(f),
        }
    }
}

/// A line of a log.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RawLine {
    /// Where it begins, in bytes.
    pub at: u64,
    pub bytes: Vec<u8>,
}

impl From<RawLine> for RawRecord {
    fn from(line: RawLine) -> RawRecord {
        RawRecord {
            place: Place::Byte(line.at),
            bytes: line.bytes,
        }
    }
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

    /// Of what is stored for a message, what names the one call whose result is sought, where anything does.
    fn only_results(&self, records: &mut Vec<RawRecord>) {
        let names = |record: &RawRecord| {
            let mut calls = self.calls.iter();
            calls.any(|call| memchr::memmem::find(&record.bytes, call.as_bytes()).is_some())
        };
        if self.key.is_none() && records.iter().any(names) {
            records.retain(names);
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

/// What in a log holds what is sought, in its order; none where its source cannot say.
pub fn records(
    env: &Env,
    session: &Session,
    sought: &Sought,
) -> io::Result<Option<Vec<RawRecord>>> {
    let unit = &session.unit;
    let Some(source) = sources::source(unit.source) else {
        return Ok(None);
    };
    let native = session.id.native.split_once('#');
    let native = native.map_or(&*session.id.native, |(id, _)| id);
    let want = Want::Conversation { session: native };
    let mut cursor = Cursor::default();
    let mut found: Vec<RawLine> = Vec::new();
    // Where the next message stands, where its source says so: nowhere, if it is one that the log names and does not hold.
    let (mut here, mut sites): (Option<Vec<Site>>, Vec<Site>) = Default::default();
    let (mut bytes, mut behind) = (0, 0);
    loop {
        let mut is_met = false;
        cursor = source.read(env, unit, want, &cursor, &mut |record| {
            match record {
                Record::Stands { sites } => here = Some(sites),
                Record::Message { session, message } if *session == *native => {
                    let here = std::mem::take(&mut here);
                    let is_it = sought.is_it(&message);
                    let is_before = found.is_empty() && sites.is_empty();
                    behind = if is_it || is_before { 0 } else { behind + 1 };
                    is_met = is_it && here.is_none();
                    let new = here.into_iter().flatten().filter(|_| is_it);
                    for site in new {
                        // Several messages can come of one record.
                        if !sites.contains(&site) {
                            sites.push(site);
                        }
                    }
                }
                _ => {}
            }
            match is_met || behind > BEHIND || sites.len() >= LINES {
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
    let stored = site::fetch(env, unit, &sites)?.into_iter();
    let stored = stored.map(|found| RawRecord {
        place: Place::Site(found.site),
        bytes: found.bytes,
    });
    let mut records: Vec<RawRecord> = stored.collect();
    sought.only_results(&mut records);
    records.extend(found.into_iter().map(RawRecord::from));
    Ok(Some(records).filter(|records| !records.is_empty()))
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
mod tests;
