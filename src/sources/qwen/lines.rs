//! The lines of a log in turn: facts, tokens, messages, and where each stands in the tree.

use std::io;
use std::path::Path;

use serde_json::value::RawValue;

use super::super::json::{self, Obj, Parsed};
use super::super::jsonl::{self, Line, Opened};
use super::super::{At, Cursor, Facts, Oddity, Record, Say, Stop, Want, hash, tell};
use super::{message, meta, native, parent_by_path, totals};
use crate::env::Env;
use crate::model::{ModelId, TitleRank, Unit};
use crate::text::Raw;

pub fn read(
    env: &Env,
    unit: &Unit,
    want: Want<'_>,
    from: &Cursor,
    say: &mut Say<'_>,
) -> io::Result<Cursor> {
    let mut opened = jsonl::open(env, &unit.path, &from.at)?;
    let is_summary = want.is_summary();
    let beside = is_summary.then(|| meta::facts(env, &unit.path)).flatten();
    let before = Memo::from(&from.memo);
    // What stands beside a sub-agent's log often comes after its first lines.
    let is_news = is_summary && before.beside != meta::mark(beside.as_ref());
    let is_fresh = from.at == At::Start || opened.rewritten;
    if is_news && !is_fresh {
        opened = again(env, unit)?;
    }
    let is_fresh = is_fresh || opened.rewritten;
    let mut log = Log::new(unit, is_summary, beside);
    log.memo = if is_fresh { log.memo } else { before };
    let mut read = || -> Result<(), Stop> {
        log.all(&mut opened, say)?;
        let spends = log.totals(env, unit);
        // Tokens taken from elsewhere are taken back when the log tells its own, or the list changes.
        let sums = spends.iter().map(|s| s.key ^ s.usage.total());
        let mark = sums.fold(0, |mark: u64, sum| mark.rotate_left(7) ^ sum);
        let is_other = log.memo.totals != 0 && log.memo.totals != mark;
        if is_other {
            opened = again(env, unit)?;
            log.start_over();
            log.all(&mut opened, say)?;
        }
        if log.memo.totals != mark || is_other {
            for spend in spends {
                let session = log.id.clone();
                tell(say, Record::Spent { session, spend })?;
            }
        }
        log.memo.totals = mark;
        Ok(())
    };
    match read() {
        Err(Stop::Failed(error)) => Err(error),
        Ok(()) | Err(Stop::Asked) => Ok(Cursor {
            at: opened.lines.cursor(),
            memo: log.memo.bytes(),
        }),
    }
}

fn again(env: &Env, unit: &Unit) -> io::Result<Opened> {
    let mut opened = jsonl::open(env, &unit.path, &At::Start)?;
    opened.rewritten = true;
    Ok(opened)
}

/// What the next reading must know.
#[derive(Clone, Copy, Default)]
struct Memo {
    /// Whether a line of it was read.
    is_begun: bool,
    has_tokens: bool,
    has_replies: bool,
    /// What stood beside the log.
    beside: u64,
    /// What was taken from the list of totals, else 0.
    totals: u64,
}

impl Memo {
    fn from(bytes: &[u8]) -> Memo {
        let flags = bytes.first().copied().unwrap_or(0);
        let mut words = bytes
            .get(1..)
            .unwrap_or_default()
            .chunks_exact(8)
            .filter_map(|c| c.try_into().ok().map(u64::from_le_bytes));
        Memo {
            is_begun: flags & 1 != 0,
            has_tokens: flags & 2 != 0,
            has_replies: flags & 4 != 0,
            beside: words.next().unwrap_or(0),
            totals: words.next().unwrap_or(0),
        }
    }

    fn bytes(self) -> Box<[u8]> {
        let flags = [
            (self.is_begun, 1),
            (self.has_tokens, 2),
            (self.has_replies, 4),
        ];
        let flags = flags.iter().map(|(is, bit)| u8::from(*is) * bit).sum();
        std::iter::once(flags)
            .chain(self.beside.to_le_bytes())
            .chain(self.totals.to_le_bytes())
            .collect()
    }
}

/// A log being read.
struct Log<'a> {
    path: &'a Path,
    id: Box<str>,
    /// The session it belongs to: its own, or the one that started the agent.
    home: Box<str>,
    is_summary: bool,
    beside: Option<Facts>,
    /// An agent's lines do not name their model.
    model: Option<ModelId>,
    memo: Memo,
}

impl<'a> Log<'a> {
    fn new(unit: &'a Unit, is_summary: bool, beside: Option<Facts>) -> Log<'a> {
        let id = native(&unit.path);
        let mark = meta::mark(beside.as_ref());
        Log {
            path: &unit.path,
            home: parent_by_path(&unit.path).unwrap_or_else(|| id.clone()),
            id,
            is_summary,
            model: beside.as_ref().and_then(|facts| facts.model.clone()),
            beside,
            memo: Memo {
                beside: mark,
                ..Memo::default()
            },
        }
    }

    fn start_over(&mut self) {
        self.memo = Memo {
            beside: self.memo.beside,
            ..Memo::default()
        };
    }

    fn all(&mut self, opened: &mut Opened, say: &mut Say<'_>) -> Result<(), Stop> {
        if opened.rewritten {
            tell(say, Record::Reset)?;
        }
        let mut store = json::Store::default();
        while let Some(line) = opened.lines.next_line()? {
            match line {
                Line::TooLong { at } => self.odd(at, Oddity::TooLong, say)?,
                Line::Whole { at, bytes } => match json::record(bytes, &mut store) {
                    Parsed::Object(record) => self.record(&record, say)?,
                    Parsed::Repaired(record) => {
                        self.odd(at, Oddity::Repaired, say)?;
                        self.record(&record, say)?;
                    }
                    Parsed::Malformed => self.several(at, bytes, say)?,
                    Parsed::Blank => {}
                },
            }
        }
        Ok(())
    }

    /// Two writers at once can put two records in one line.
    fn several(&mut self, at: u64, bytes: &[u8], say: &mut Say<'_>) -> Result<(), Stop> {
        let values = serde_json::Deserializer::from_slice(bytes).into_iter::<&RawValue>();
        let values: Option<Vec<&RawValue>> = values.map(Result::ok).collect();
        let records = values.unwrap_or_default();
        let records: Option<Vec<Obj<'_>>> = records.iter().map(|v| Obj::parse(v.get())).collect();
        match records.filter(|records| !records.is_empty()) {
            None => self.odd(at, Oddity::Malformed, say),
            Some(records) => {
                self.odd(at, Oddity::Repaired, say)?;
                records
                    .iter()
                    .try_for_each(|record| self.record(record, say))
            }
        }
    }

    fn odd(&self, at: u64, what: Oddity, say: &mut Say<'_>) -> Result<(), Stop> {
        let session = Some(self.id.clone());
        tell(say, Record::Odd { session, at, what })
    }

    fn facts(&self, facts: Facts, say: &mut Say<'_>) -> Result<(), Stop> {
        let (session, facts) = (self.id.clone(), Box::new(facts));
        tell(say, Record::Session { session, facts })
    }

    fn record(&mut self, record: &Obj<'_>, say: &mut Say<'_>) -> Result<(), Stop> {
        if !record.has("type") {
            return Ok(());
        }
        if self.is_summary {
            self.summary(record, say)?;
        } else {
            self.link(record, say)?;
        }
        if let Some(message) = message::read(record, &self.home, !self.is_summary) {
            let (session, message) = (self.id.clone(), Box::new(message));
            tell(say, Record::Message { session, message })?;
        }
        Ok(())
    }

    fn summary(&mut self, record: &Obj<'_>, say: &mut Say<'_>) -> Result<(), Stop> {
        if !self.memo.is_begun {
            self.memo.is_begun = true;
            let mut facts = self.beside.clone().unwrap_or_default();
            let folder = self.path.parent();
            let is_archived = folder.is_some_and(|dir| dir.ends_with("chats/archive"));
            facts.archived = is_archived.then_some(true);
            self.facts(facts, say)?;
        }
        let text = |key| record.text(key).map(|v| Raw::from(&*v));
        let title = message::title(record).map(|(by_person, title)| {
            let rank = if by_person {
                TitleRank::User
            } else {
                TitleRank::Agent
            };
            (rank, title)
        });
        let facts = Facts {
            title,
            at: record.time("timestamp"),
            dir: record.text("cwd").map(|cwd| (*cwd).into()),
            branch: text("gitBranch"),
            version: text("version"),
            ..Facts::default()
        };
        self.facts(facts, say)?;
        if record.str("type").is_none_or(|kind| kind != "assistant") {
            return Ok(());
        }
        self.memo.has_replies = true;
        if let Some(mut spend) = message::spend(record, &self.home) {
            self.memo.has_tokens = true;
            spend.model = spend.model.or_else(|| self.model.clone());
            let session = self.id.clone();
            tell(say, Record::Spent { session, spend })?;
        }
        Ok(())
    }

    /// Every line stands in the tree, also those that show nothing.
    fn link(&self, record: &Obj<'_>, say: &mut Say<'_>) -> Result<(), Stop> {
        let id = |key| record.text(key).map(|uuid| hash(&[uuid.as_bytes()]));
        let Some(node) = id("uuid") else {
            return Ok(());
        };
        let link = Record::Link {
            session: self.id.clone(),
            node,
            parent: id("parentUuid"),
            key: message::key(record),
        };
        tell(say, link)
    }

    /// What the agent's list knows of a session that answered and tells no tokens.
    fn totals(&self, env: &Env, unit: &Unit) -> Vec<crate::model::Spend> {
        let is_silent = self.memo.has_replies && !self.memo.has_tokens;
        let is_own = self.home == self.id;
        if self.is_summary && is_silent && is_own {
            totals::spends(env, &unit.root, &self.id)
        } else {
            Vec::new()
        }
    }
}
