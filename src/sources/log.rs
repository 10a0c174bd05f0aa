//! Logs of one record a line, and how they are read: for one who listens, or for two in the same reading.

use std::io::{self, Read};

use super::json::{self, Obj, Parsed};
use super::jsonl::{Line, Lines, Opened};
use super::{Cursor, Oddity, Record, Say, Stop, Want, tell};

/// A line that is read: its offset in the log, and its bytes.
#[derive(Clone, Copy)]
pub struct Place<'l> {
    pub at: u64,
    pub bytes: &'l [u8],
}

/// What one reading of a log makes of its lines.
pub trait Log {
    /// Before the first line that is read, which may be the log's first.
    fn begin(&mut self, is_fresh: bool, say: &mut Say<'_>) -> Result<(), Stop>;

    fn record(&mut self, record: &Obj<'_>, line: Place<'_>, say: &mut Say<'_>) -> Result<(), Stop>;

    /// Whose log it is, where that is known by now.
    fn session(&self) -> Option<Box<str>>;

    /// What was wrong with a line, told before the record that could be read of it all the same.
    fn odd(
        &mut self,
        what: Oddity,
        at: u64,
        _record: Option<&Obj<'_>>,
        say: &mut Say<'_>,
    ) -> Result<(), Stop> {
        let session = self.session();
        tell(say, Record::Odd { session, at, what })
    }

    fn end(&mut self, _say: &mut Say<'_>) -> Result<(), Stop> {
        Ok(())
    }

    /// What the next reading must know.
    fn memo(&self) -> Box<[u8]>;
}

/// The conversation of a log that holds one session, whatever it is called: the name is known only when it was read.
pub const ANY: Want<'_> = Want::Conversation { session: "" };

/// Who listens to a reading for both: to what a summary is made of, and to what the conversation is made of.
pub struct Both<'s> {
    pub facts: &'s mut Say<'s>,
    pub said: &'s mut Say<'s>,
}

/// Reads on, from where the log was opened.
pub fn read(
    opened: &mut Opened,
    is_fresh: bool,
    log: &mut impl Log,
    say: &mut Say<'_>,
) -> io::Result<Cursor> {
    let mut read = || {
        if opened.rewritten {
            tell(say, Record::Reset)?;
        }
        read_lines(&mut opened.lines, is_fresh || opened.rewritten, log, say)
    };
    let read = read();
    ended(read, &opened.lines, log)
}

pub fn read_lines<R: Read>(
    lines: &mut Lines<R>,
    is_fresh: bool,
    log: &mut impl Log,
    say: &mut Say<'_>,
) -> Result<(), Stop> {
    log.begin(is_fresh, say)?;
    each(lines, &mut |line| hear(log, line, say))?;
    log.end(say)
}

/// Reads a log from its start for a summary and for its conversation. Reading goes on as if the summary had been read
/// alone.
pub fn read_both<L: Log>(
    opened: &mut Opened,
    facts: &mut L,
    said: &mut L,
    both: &mut Both<'_>,
) -> io::Result<Cursor> {
    let mut read = || {
        if opened.rewritten {
            tell(both.facts, Record::Reset)?;
            tell(both.said, Record::Reset)?;
        }
        facts.begin(true, both.facts)?;
        said.begin(true, both.said)?;
        each(&mut opened.lines, &mut |line| {
            hear(facts, line, both.facts)?;
            hear(said, line, both.said)
        })?;
        facts.end(both.facts)?;
        said.end(both.said)
    };
    let read = read();
    ended(read, &opened.lines, facts)
}

fn ended<R: Read>(read: Result<(), Stop>, lines: &Lines<R>, log: &impl Log) -> io::Result<Cursor> {
    match read {
        Err(Stop::Failed(error)) => Err(error),
        Ok(()) | Err(Stop::Asked) => Ok(Cursor {
            at: lines.cursor(),
            memo: log.memo(),
        }),
    }
}

/// A line, and what became of it.
enum Entry<'l> {
    TooLong(u64),
    Read(Place<'l>, Parsed<'l>),
}

fn each<R: Read>(
    lines: &mut Lines<R>,
    hear: &mut dyn FnMut(&Entry<'_>) -> Result<(), Stop>,
) -> Result<(), Stop> {
    let mut store = json::Store::default();
    while let Some(line) = lines.next_line()? {
        match line {
            Line::TooLong { at } => hear(&Entry::TooLong(at))?,
            Line::Whole { at, bytes } => {
                let parsed = json::record(bytes, &mut store);
                hear(&Entry::Read(Place { at, bytes }, parsed))?;
            }
        }
    }
    Ok(())
}

fn hear(log: &mut impl Log, line: &Entry<'_>, say: &mut Say<'_>) -> Result<(), Stop> {
    match line {
        Entry::TooLong(at) => log.odd(Oddity::TooLong, *at, None, say),
        Entry::Read(line, Parsed::Object(record)) => log.record(record, *line, say),
        Entry::Read(line, Parsed::Repaired(record)) => {
            log.odd(Oddity::Repaired, line.at, Some(record), say)?;
            log.record(record, *line, say)
        }
        Entry::Read(line, Parsed::Malformed) => log.odd(Oddity::Malformed, line.at, None, say),
        Entry::Read(_, Parsed::Blank) => Ok(()),
    }
}
