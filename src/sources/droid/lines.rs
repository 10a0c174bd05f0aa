//! The records of a log in turn: the header, messages, marks between them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::super::json::Obj;
use super::super::log::{self, Place};
use super::super::{Facts, Oddity, Record, Say, Stop, Want, hash, tell};
use super::forks;
use super::message;
use super::settings::{Settings, Spent};
use crate::env::Env;
use crate::model::{Kind, Message, ModelId, NoticeKind, Part, Role, TitleRank, Unit};
use crate::text::Raw;

/// A longer id is no id.
const ID_MAX: usize = 200;

/// What must be known to read on.
#[derive(Clone, PartialEq, Default, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct Memo {
    /// Decided by the first record, and kept.
    id: Option<String>,
    /// What stands before the end of this message was copied from the parent.
    fork: Option<String>,
    /// The session it was forked from.
    origin: Option<String>,
    /// Answers copied from there, and answers of its own.
    copied: u32,
    own: u32,
    /// The header names the session that started this one.
    is_child: bool,
    /// Nanoseconds of the last time met.
    last: Option<i128>,
    /// The model that answered last, as logged.
    model: Option<String>,
    /// What was said of the settings.
    pub told: Option<Settings>,
    /// What the settings' own file said last.
    pub kept: Option<Settings>,
}

impl Memo {
    pub fn bytes(&self) -> Box<[u8]> {
        serde_json::to_vec(self).unwrap_or_default().into()
    }

    pub fn read(bytes: &[u8]) -> Memo {
        serde_json::from_slice(bytes).unwrap_or_default()
    }
}

/// Names of a model of the user's own are made from what the user calls it.
pub fn model_id(provider: Option<&str>, name: &str) -> ModelId {
    ModelId::new(provider, name.strip_prefix("custom:").unwrap_or(name))
}

/// A log being read.
pub struct Log<'a> {
    env: &'a Env,
    unit: &'a Unit,
    want: Want<'a>,
    memo: Memo,
    /// What stands beside the log, told behind its last line.
    settings: Option<Settings>,
    /// Whether this reading met a record.
    is_alive: bool,
}

impl<'a> Log<'a> {
    /// `beside` is what stands beside the log, and what is to be kept of that.
    pub fn new(
        env: &'a Env,
        unit: &'a Unit,
        want: Want<'a>,
        mut memo: Memo,
        (settings, kept): (Option<Settings>, Option<Settings>),
    ) -> Log<'a> {
        memo.kept = kept;
        // A log holds one session, so who asks for its conversation knows its id.
        if let Want::Conversation { session } = want {
            memo.id = Some(session.to_owned());
        }
        Log {
            env,
            unit,
            want,
            memo,
            settings,
            is_alive: false,
        }
    }

    fn is_conversation(&self) -> bool {
        matches!(self.want, Want::Conversation { .. })
    }

    fn id(&self) -> Box<str> {
        self.memo.id.as_deref().unwrap_or_default().into()
    }

    /// The first record decides how the session is called: by its header, else by its file.
    fn name(&mut self, record: Option<&Obj<'_>>, say: &mut Say<'_>) -> Result<(), Stop> {
        self.is_alive = true;
        if self.memo.id.is_some() {
            return Ok(());
        }
        let header = record.filter(|r| r.str("type").as_deref() == Some("session_start"));
        let named = header.and_then(|r| r.text("id").filter(|id| id.len() <= ID_MAX));
        let stem = || self.unit.path.file_stem().unwrap_or_default();
        let id = named.map_or_else(|| stem().to_string_lossy().into(), Into::into);
        self.memo.id = Some(id);
        self.facts(self.slug(), say)
    }

    fn facts(&self, facts: Facts, say: &mut Say<'_>) -> Result<(), Stop> {
        if self.is_conversation() {
            return Ok(());
        }
        let (session, facts) = (self.id(), Box::new(facts));
        tell(say, Record::Session { session, facts })
    }

    /// The folder of a project is named after it: a title where there is no other.
    fn slug(&self) -> Facts {
        let folder = self
            .unit
            .path
            .parent()
            .filter(|dir| **dir != *self.unit.root);
        let name = folder.and_then(|dir| dir.file_name()?.to_str());
        let slug = name.filter(|name| !matches!(*name, "sessions" | "btw"));
        Facts {
            title: slug.map(|slug| (TitleRank::Fallback, slug.into())),
            ..Facts::default()
        }
    }

    fn header(&mut self, record: &Obj<'_>, say: &mut Say<'_>) -> Result<(), Stop> {
        self.memo.is_child = record.has("callingSessionId");
        let fork = record
            .text("forkedAtMessageId")
            .filter(|id| record.has("parent") && id.len() <= ID_MAX);
        self.memo.fork = fork.map(Into::into);
        let origin = record.text("parent").filter(|_| self.memo.fork.is_some());
        self.memo.origin = origin.filter(|id| id.len() <= ID_MAX).map(Into::into);
        self.facts(header_facts(record), say)
    }

    fn message(&mut self, record: &Obj<'_>, at: u64, say: &mut Say<'_>) -> Result<(), Stop> {
        let whole = self.is_conversation();
        let messages = message::read(record, at, whole);
        for message in messages {
            self.said(message, say)?;
        }
        let id = record.text("id");
        if id.is_some() && id.as_deref() == self.memo.fork.as_deref() {
            self.memo.fork = None;
            return self.forked(say);
        }
        Ok(())
    }

    /// The copied messages end here. A reader wants to see them; they are the parent's and not counted again.
    fn forked(&mut self, say: &mut Say<'_>) -> Result<(), Stop> {
        if self.is_conversation() {
            let mut message = Message::new(hash(&[b"forked"]), Role::System, None);
            let (kind, text) = (NoticeKind::Other, "forked here".into());
            message.parts.push(Part::Notice { kind, text });
            return self.said(message, say);
        }
        tell(say, Record::Reset)?;
        (self.memo.last, self.memo.model) = (None, None);
        (self.memo.copied, self.memo.own) = (self.memo.own, 0);
        self.facts(self.slug(), say)?;
        // The header was told before what is forgotten now.
        self.facts(forks::header(self.env, &self.unit.path)?, say)
    }

    fn put_in(&mut self, message: Option<Message>, say: &mut Say<'_>) -> Result<(), Stop> {
        match message {
            Some(message) => self.said(message, say),
            None => Ok(()),
        }
    }

    /// A summary hears every message, for its time; a reader those with something to read.
    fn said(&mut self, message: Message, say: &mut Say<'_>) -> Result<(), Stop> {
        let time = message.at.map(Timestamp::as_nanosecond);
        self.memo.last = self.memo.last.max(time);
        if let Some(model) = &message.model {
            self.memo.model = Some(model.name.to_string());
        }
        self.memo.own += u32::from(message.role == Role::Assistant);
        let is_note = message.role == Role::System && message.parts.is_empty();
        if self.is_conversation() && is_note {
            return Ok(());
        }
        let (session, message) = (self.id(), Box::new(message));
        tell(say, Record::Message { session, message })
    }
}

impl log::Log for Log<'_> {
    fn begin(&mut self, _is_fresh: bool, _say: &mut Say<'_>) -> Result<(), Stop> {
        Ok(())
    }

    fn record(&mut self, record: &Obj<'_>, line: Place<'_>, say: &mut Say<'_>) -> Result<(), Stop> {
        self.name(Some(record), say)?;
        let (at, whole) = (line.at, self.is_conversation());
        match record.str("type").as_deref().unwrap_or_default() {
            "session_start" => self.header(record, say),
            "message" => self.message(record, at, say),
            "todo_state" => self.put_in(message::todos(record, whole), say),
            "compaction_state" => self.put_in(message::compaction(record, at, whole), say),
            "agent_turn_outcome" if whole => self.put_in(message::outcome(record, at), say),
            _ => Ok(()),
        }
    }

    fn session(&self) -> Option<Box<str>> {
        Some(self.id())
    }

    fn odd(
        &mut self,
        what: Oddity,
        at: u64,
        record: Option<&Obj<'_>>,
        say: &mut Say<'_>,
    ) -> Result<(), Stop> {
        self.name(record, say)?;
        let session = self.session();
        tell(say, Record::Odd { session, at, what })
    }

    /// What stands beside the log is told behind its lines, whenever one of the two has news.
    fn end(&mut self, say: &mut Say<'_>) -> Result<(), Stop> {
        let settings = self.settings.take();
        let is_news = self.is_alive || settings != self.memo.told;
        if self.is_conversation() || self.memo.id.is_none() || !is_news {
            return Ok(());
        }
        if let Some(settings) = &settings {
            let memo = &self.memo;
            // With few answers of its own, counts above the parent's begin with the parent's.
            let origin = memo.origin.as_deref().filter(|_| memo.own < memo.copied);
            let inherited = origin
                .zip(settings.usage)
                .and_then(|(parent, own)| forks::inherited(self.env, self.unit, parent, &own));
            let mut facts = settings.facts(memo.is_child);
            facts.uncounted = Some(inherited.is_some());
            self.facts(facts, say)?;
            let spend = Spent {
                session: &self.id(),
                at: memo.last.and_then(|n| Timestamp::from_nanosecond(n).ok()),
                model: memo.model.as_deref().map(|m| model_id(None, m)),
                inherited: inherited.unwrap_or_default(),
            };
            if let Some(spend) = settings.spend(spend) {
                let session = self.id();
                tell(say, Record::Spent { session, spend })?;
            }
        }
        self.memo.told = settings;
        Ok(())
    }

    fn memo(&self) -> Box<[u8]> {
        self.memo.bytes()
    }
}

/// What a header says of its session.
pub fn header_facts(record: &Obj<'_>) -> Facts {
    let title = record
        .text("sessionTitle")
        .or_else(|| record.text("title"))
        .map(|title| message::without_reminders(&title).trim().to_owned());
    // What it is called before anybody knows better.
    let title = title.filter(|t| {
        !t.eq_ignore_ascii_case("new session") && !t.is_empty() && !t.starts_with(message::REMINDER)
    });
    let rank = if record.is_true("isSessionTitleManuallySet") {
        TitleRank::User
    } else {
        TitleRank::Agent
    };
    let caller = record.text("callingSessionId");
    let origin = record.text("parent");
    let is_worker = record.str("decompSessionType").as_deref() == Some("worker");
    let kind = if caller.is_some() || is_worker {
        Some(Kind::SubAgent)
    } else {
        origin.as_ref().map(|_| Kind::Fork)
    };
    // Newer logs have the number of their format there.
    let version = record.text("version").map(|v| Raw::from(&*v));
    Facts {
        title: title.map(|t| (rank, t.into())),
        dir: record.text("cwd").map(|dir| (*dir).into()),
        kind,
        parent: caller.or(origin).map(|id| (*id).into()),
        call: record.text("callingToolUseId").map(|id| (*id).into()),
        version,
        ..Facts::default()
    }
}
