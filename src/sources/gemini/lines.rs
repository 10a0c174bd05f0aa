//! Files of lines. New messages are said as they come. Where a line changes what earlier ones meant (a new list of
//! messages, a rewind), the file is played back from its start.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use super::super::json::{self, Obj, Parsed};
use super::super::jsonl::{self, Line, Lines};
use super::super::{At, Cursor, Facts, Oddity, Record, Say, Site, Stop, Want, hash, tell};
use super::message;
use super::replay::{Replay, without_results};
use super::{native, parent_by_path, project};
use crate::env::Env;
use crate::model::{Kind, Unit};

pub fn read(
    env: &Env,
    unit: &Unit,
    want: Want<'_>,
    from: &Cursor,
    say: &mut Say<'_>,
) -> io::Result<Cursor> {
    let mut opened = jsonl::open(env, &unit.path, &from.at)?;
    let is_fresh = from.at == At::Start || opened.rewritten;
    let memo = if is_fresh { &[] } else { &*from.memo };
    let mut log = Log::after(&unit.path, want, memo);
    // Until the session has a name, nothing of it was said.
    if log.id.is_none() {
        log = log.beginning(env);
    }
    let mut read = || -> Result<(), Stop> {
        if opened.rewritten {
            tell(say, Record::Reset)?;
        }
        if log.lines(&mut opened.lines, say)? == Next::Again {
            opened = jsonl::open(env, &unit.path, &At::Start)?;
            log = Log::after(&unit.path, want, &[]).beginning(env);
            tell(say, Record::Reset)?;
            log.lines(&mut opened.lines, say)?;
        }
        log.end(say)
    };
    match read() {
        Err(Stop::Failed(error)) => Err(error),
        Ok(()) | Err(Stop::Asked) => Ok(Cursor {
            at: opened.lines.cursor(),
            memo: log.memo(),
        }),
    }
}

/// How to go on behind a line.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    On,
    /// From the start: the line changes what earlier ones meant.
    Again,
}

/// A log being read.
struct Log<'a> {
    path: &'a Path,
    is_summary: bool,
    /// Given by the first header, or by the file's name where a message comes before any.
    id: Option<Box<str>>,
    /// The hash of the project's path.
    project: Box<str>,
    /// Where the session worked by what lies beside it, until that is said.
    dir: Option<PathBuf>,
    /// Where the session worked is said.
    is_placed: bool,
    /// The history from the start on; none where reading goes on behind lines that were said before.
    replay: Option<Replay>,
    /// Lines so far, to name messages without an id.
    place: usize,
    /// Where the line begins that is being read.
    at: u64,
}

impl<'a> Log<'a> {
    /// With what is needed before anything was said.
    fn beginning(self, env: &Env) -> Log<'a> {
        let beside = self.is_summary.then(|| project::directory(env, self.path));
        Log {
            dir: beside.flatten(),
            replay: Some(Replay::default()),
            ..self
        }
    }

    fn after(path: &'a Path, want: Want<'_>, memo: &[u8]) -> Log<'a> {
        let memo = String::from_utf8_lossy(memo);
        let mut words = memo.split('\n');
        let mut word = || words.next().unwrap_or_default();
        let (id, project, placed, place) = (word(), word(), word(), word());
        Log {
            path,
            is_summary: want.is_summary(),
            id: Some(id).filter(|id| !id.is_empty()).map(Into::into),
            project: project.into(),
            is_placed: placed == "placed",
            dir: None,
            replay: None,
            place: place.parse().unwrap_or(0),
            at: 0,
        }
    }

    /// What the next reading must know.
    fn memo(&self) -> Box<[u8]> {
        let id = self.id.as_deref().unwrap_or_default();
        let placed = if self.is_placed { "placed" } else { "" };
        format!("{id}\n{}\n{placed}\n{}", self.project, self.place)
            .into_bytes()
            .into()
    }

    /// The session's name, and what is known of it before anything it says.
    fn id(&mut self, said: Option<&str>, say: &mut Say<'_>) -> Result<Box<str>, Stop> {
        if let Some(id) = &self.id {
            return Ok(id.clone());
        }
        let id = native(self.path, said);
        self.id = Some(id.clone());
        let parent = parent_by_path(self.path);
        let facts = Facts {
            kind: parent.is_some().then_some(Kind::SubAgent),
            parent,
            dir: self.dir.take(),
            ..Facts::default()
        };
        self.is_placed |= facts.dir.is_some();
        self.facts(facts, say)?;
        Ok(id)
    }

    fn facts(&mut self, facts: Facts, say: &mut Say<'_>) -> Result<(), Stop> {
        if !self.is_summary || facts == Facts::default() {
            return Ok(());
        }
        let session = self.id(None, say)?;
        let facts = Box::new(facts);
        tell(say, Record::Session { session, facts })
    }

    fn odd(&mut self, at: u64, what: Oddity, say: &mut Say<'_>) -> Result<(), Stop> {
        let session = self.id.clone();
        tell(say, Record::Odd { session, at, what })
    }

    fn lines(&mut self, lines: &mut Lines<File>, say: &mut Say<'_>) -> Result<Next, Stop> {
        let mut store = json::Store::default();
        while let Some(line) = lines.next_line()? {
            self.place += 1;
            let (at, bytes) = match line {
                Line::Whole { at, bytes } => {
                    self.at = at;
                    (at, bytes)
                }
                Line::TooLong { at } => {
                    self.odd(at, Oddity::TooLong, say)?;
                    continue;
                }
            };
            let next = match json::record(bytes, &mut store) {
                Parsed::Object(record) => self.record(&record, say)?,
                Parsed::Repaired(record) => {
                    self.odd(at, Oddity::Repaired, say)?;
                    self.record(&record, say)?
                }
                Parsed::Malformed => {
                    self.odd(at, Oddity::Malformed, say)?;
                    Next::On
                }
                Parsed::Blank => Next::On,
            };
            if next == Next::Again {
                return Ok(Next::Again);
            }
        }
        Ok(Next::On)
    }

    fn record(&mut self, record: &Obj<'_>, say: &mut Say<'_>) -> Result<Next, Stop> {
        if let Some(set) = record.obj("$set") {
            self.id(None, say)?;
            return self.header(&set, say);
        }
        if let Some(id) = record.str("$rewindTo") {
            let Some(replay) = &mut self.replay else {
                return Ok(Next::Again);
            };
            replay.rewind(hash(&[id.as_bytes()]));
            return Ok(Next::On);
        }
        if record.has("type") {
            self.message(record, say)?;
            return Ok(Next::On);
        }
        if let Some(id) = record.text("sessionId") {
            self.id(Some(&id), say)?;
            return self.header(record, say);
        }
        Ok(Next::On)
    }

    /// A header, or a change to it. A resume writes another one.
    fn header(&mut self, header: &Obj<'_>, say: &mut Say<'_>) -> Result<Next, Stop> {
        if let Some(hash) = header.text("projectHash").filter(|h| h.len() <= 64) {
            self.project = (*hash).into();
        }
        let mut facts = message::facts(header);
        self.is_placed |= facts.dir.is_some();
        if header.str("kind").is_some_and(|kind| kind == "subagent") {
            facts.kind = Some(Kind::SubAgent);
        }
        self.facts(facts, say)?;
        if let Some(at) = header.time("startTime") {
            let facts = Facts {
                at: Some(at),
                ..Facts::default()
            };
            self.facts(facts, say)?;
        }
        if header.has("messages") {
            let Some(replay) = &mut self.replay else {
                return Ok(Next::Again);
            };
            let (place, whole) = (self.place, !self.is_summary);
            let list = header.list("messages");
            let list = list.iter().enumerate().filter_map(|(n, item)| {
                // Without ids, a message of a list is known by its words only.
                let place = place.wrapping_add(n << 32);
                Some(message::read(&item.obj()?, place, whole))
            });
            replay.list(list, self.at);
        }
        Ok(Next::On)
    }

    fn message(&mut self, record: &Obj<'_>, say: &mut Say<'_>) -> Result<(), Stop> {
        let session = self.id(None, say)?;
        if self.is_summary {
            if !self.is_placed
                && let Some(dir) = message::directory(record, &self.project)
            {
                self.is_placed = true;
                let facts = Facts {
                    dir: Some(dir),
                    ..Facts::default()
                };
                self.facts(facts, say)?;
            }
            if let Some(spend) = message::spend(&session, record, self.place) {
                let session = session.clone();
                tell(say, Record::Spent { session, spend })?;
            }
        }
        let said = message::read(record, self.place, !self.is_summary);
        match &mut self.replay {
            Some(replay) => replay.record(said, self.at),
            None => {
                if let Some(message) = without_results(said).message.map(Box::new) {
                    tell(say, Record::Message { session, message })?;
                }
            }
        }
        Ok(())
    }

    /// Tells what was played back, once it is known what became of it.
    fn end(&mut self, say: &mut Say<'_>) -> Result<(), Stop> {
        let Some(replay) = self.replay.take() else {
            return Ok(());
        };
        let mut messages = replay.messages().peekable();
        if messages.peek().is_none() {
            return Ok(());
        }
        let session = self.id(None, say)?;
        for (at, message) in messages {
            if !self.is_summary {
                let path = self.path.to_path_buf();
                let sites = vec![Site::Line { path, at }];
                tell(say, Record::Stands { sites })?;
            }
            let (session, message) = (session.clone(), Box::new(message));
            tell(say, Record::Message { session, message })?;
        }
        Ok(())
    }
}
