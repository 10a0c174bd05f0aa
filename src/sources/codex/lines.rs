//! The records of a rollout in turn: facts, spends, messages.

use std::borrow::Cow;

use jiff::Timestamp;

use super::super::json::Obj;
use super::super::log::{self, Place};
use super::super::{Facts, Record, Say, Site, Stop, Times, Want, hash, tell};
use super::items;
use super::memo::Memo;
use super::script;
use super::usage::Counts;
use crate::env::Env;
use crate::model::{Kind, Message, ModelId, NoticeKind, Part, Role, TitleRank, Unit};
use crate::text::{Clean, Raw};

/// A rollout being read.
pub struct Log<'a> {
    pub(super) env: &'a Env,
    pub(super) unit: &'a Unit,
    want: Want<'a>,
    pub(super) id: Box<str>,
    pub(super) memo: Memo,
    /// What the parent counted, in its order: the same at the start of the child is a copy. None in it where the parent's
    /// log is not there; absent until it is asked for.
    pub(super) parent_counts: Option<Option<Vec<[u64; 5]>>>,
    pub(super) restart: bool,
    times: Times,
}

impl<'a> Log<'a> {
    pub fn new(env: &'a Env, unit: &'a Unit, want: Want<'a>, memo: Memo) -> Log<'a> {
        let id = super::thread_id(&unit.path);
        Log {
            env,
            unit,
            want,
            id,
            memo,
            parent_counts: None,
            restart: false,
            times: Times::default(),
        }
    }

    pub fn id(&self) -> &str {
        &self.id
    }

    pub fn restarts(&self) -> bool {
        self.restart
    }

    pub(super) fn is_conversation(&self) -> bool {
        matches!(self.want, Want::Conversation { .. })
    }

    /// Where the next message stands, in a log of this form: the line that begins there, or the item of that place. Of a
    /// log of plain lines it is the line that is being read.
    pub fn stands(&self, form: u8, at: u64, say: &mut Say<'_>) -> Result<(), Stop> {
        if form != self.unit.form || !self.is_conversation() {
            return Ok(());
        }
        let site = match form {
            super::OBJECT => Site::Item {
                list: "items",
                nth: usize::try_from(at).unwrap_or(usize::MAX),
            },
            _ => Site::Line {
                path: self.unit.path.to_path_buf(),
                at,
            },
        };
        tell(say, Record::Stands { sites: vec![site] })
    }

    pub(super) fn facts(&self, facts: Facts, say: &mut Say<'_>) -> Result<(), Stop> {
        if self.is_conversation() {
            return Ok(());
        }
        tell(
            say,
            Record::Session {
                session: self.id.clone(),
                facts: Box::new(facts),
            },
        )
    }

    pub fn tell(&mut self, record: &Obj<'_>, at: u64, say: &mut Say<'_>) -> Result<(), Stop> {
        let time = record.time("timestamp");
        let kind = record.str("type").unwrap_or_default();
        let Some(payload) = record.obj("payload") else {
            // Generation A: the header has no type, items stand bare.
            if kind.is_empty() && record.has("id") && !record.has("record_type") {
                return self.meta(record, time, say);
            }
            return self.item(record, time, at, say);
        };
        let copied = record
            .u64("ordinal")
            .is_some_and(|n| n < self.memo.own_from);
        if !copied {
            self.times.meet(time);
        }
        // A reader wants to see what an agent was given; it is the parent's and not counted again.
        if copied && !self.is_conversation() && !matches!(&*kind, "session_meta" | "turn_context") {
            return Ok(());
        }
        match &*kind {
            "session_meta" => self.meta(&payload, time, say),
            "turn_context" => self.context(&payload, time, at, say),
            "response_item" => self.item(&payload, time, at, say),
            "token_usage_record" => self.usage_record(&payload, time, say),
            "event_msg" => self.event(&payload, time, at, say),
            "compacted" => self.notice(
                NoticeKind::Compaction,
                "conversation compacted",
                time,
                at,
                say,
            ),
            _ => Ok(()),
        }
    }

    fn meta(
        &mut self,
        meta: &Obj<'_>,
        time: Option<Timestamp>,
        say: &mut Say<'_>,
    ) -> Result<(), Stop> {
        if std::mem::replace(&mut self.memo.has_meta, true) {
            // A second header is the parent's: what stands around it was copied.
            if self.memo.own_from == 0 && self.memo.copied_at.is_none() {
                self.memo.copied_at = time.map(Timestamp::as_millisecond);
                self.memo.copied_from = meta.text("id").map(Cow::into_owned);
            }
            return Ok(());
        }
        self.memo.provider = meta.text("model_provider").map(Cow::into_owned);
        self.memo.own_from = meta.u64("subagent_history_start_ordinal").unwrap_or(0);
        let text = |o: &Obj<'_>, key: &str| o.text(key).map(|t| Raw::from(&*t));
        let spawn = meta
            .obj("source")
            .and_then(|s| s.obj("subagent"))
            .and_then(|s| s.obj("thread_spawn"));
        let spawned = spawn
            .as_ref()
            .and_then(|s| s.text("parent_thread_id"))
            .or_else(|| meta.text("parent_thread_id"));
        let forked = meta.text("forked_from_id");
        let path = meta
            .text("agent_path")
            .or_else(|| spawn.as_ref().and_then(|s| s.text("agent_path")));
        self.memo.agent_path = path.map(Cow::into_owned);
        let is_sub = spawned.is_some() || meta.obj("source").is_some_and(|s| s.has("subagent"));
        let (parent, kind) = match (&spawned, &forked) {
            (Some(parent), _) => (Some(parent), Some(Kind::SubAgent)),
            (None, Some(parent)) => (Some(parent), Some(Kind::Fork)),
            _ => (None, is_sub.then_some(Kind::SubAgent)),
        };
        let name = ["agent_nickname", "agent_path", "agent_role"]
            .iter()
            .find_map(|key| {
                meta.text(key)
                    .or_else(|| spawn.as_ref().and_then(|s| s.text(key)))
            });
        let by_program = meta.text("originator").is_some_and(|o| o.contains("exec"))
            || meta.text("source").is_some_and(|s| s == "exec");
        let facts = Facts {
            at: meta.time("timestamp").or(time),
            dir: meta.text("cwd").map(|cwd| (*cwd).into()),
            branch: meta.obj("git").and_then(|git| text(&git, "branch")),
            repository: meta.obj("git").and_then(|git| text(&git, "repository_url")),
            version: text(meta, "cli_version"),
            parent: parent.map(|p| (**p).into()),
            kind,
            title: name.map(|n| (TitleRank::Fallback, Raw::from(&*n))),
            automated: Some(by_program),
            ..Facts::default()
        };
        self.facts(facts, say)?;
        if let Some(base) = meta.obj("history_base").filter(|_| self.is_conversation()) {
            self.inherited(&base, say)?;
        }
        Ok(())
    }

    pub(super) fn model(&self) -> Option<ModelId> {
        self.memo
            .model
            .as_deref()
            .map(|model| ModelId::new(self.memo.provider.as_deref(), model))
    }

    fn context(
        &mut self,
        context: &Obj<'_>,
        time: Option<Timestamp>,
        at: u64,
        say: &mut Say<'_>,
    ) -> Result<(), Stop> {
        let model = context.text("model").map(Cow::into_owned);
        self.switch(model, time, at, say)?;
        if let Some(dir) = context.text("cwd") {
            self.facts(
                Facts {
                    dir: Some((*dir).into()),
                    ..Facts::default()
                },
                say,
            )?;
        }
        Ok(())
    }

    pub(super) fn switch(
        &mut self,
        model: Option<String>,
        time: Option<Timestamp>,
        at: u64,
        say: &mut Say<'_>,
    ) -> Result<(), Stop> {
        let Some(model) = model else { return Ok(()) };
        let before = self.memo.model.replace(model);
        let now = self.memo.model.as_deref().unwrap_or_default();
        if before.as_deref().is_some_and(|before| before != now) {
            let text = format!("model: {}", Clean::line(now));
            self.notice(NoticeKind::ModelSwitch, &text, time, at, say)?;
        }
        self.facts(
            Facts {
                model: self.model(),
                ..Facts::default()
            },
            say,
        )
    }

    pub(super) fn notice(
        &mut self,
        kind: NoticeKind,
        text: &str,
        time: Option<Timestamp>,
        at: u64,
        say: &mut Say<'_>,
    ) -> Result<(), Stop> {
        let mut message = Message::new(hash(&[b"notice", &at.to_le_bytes()]), Role::System, time);
        message.errors = u32::from(kind == NoticeKind::Error);
        message.parts.push(Part::Notice {
            kind,
            text: text.into(),
        });
        tell(
            say,
            Record::Message {
                session: self.id.clone(),
                message: Box::new(message),
            },
        )
    }

    pub(super) fn item(
        &mut self,
        item: &Obj<'_>,
        time: Option<Timestamp>,
        at: u64,
        say: &mut Say<'_>,
    ) -> Result<(), Stop> {
        let mut key = hash(&[b"line", &at.to_le_bytes()]);
        let call = item.text("call_id");
        let outcome = call
            .as_deref()
            .filter(|_| items::is_output(item))
            .and_then(|call| {
                key = result_key(call);
                let at = self.memo.outcomes.iter().position(|o| *o.call == *call)?;
                Some(self.memo.outcomes.remove(at))
            });
        let whole = self.is_conversation();
        let own = self.memo.agent_path.as_deref();
        let Some(mut message) = items::read(item, key, time, whole, own, outcome.as_ref()) else {
            return Ok(());
        };
        if whole && item.str("name").is_some_and(|name| name == script::TOOL) {
            self.memo.script = script::single(&message);
        }
        if message.role == Role::Assistant {
            message.model = self.model();
            message.reply = Some(key);
            self.memo.last_reply = Some(key);
            if let Some(counts) = self.memo.waiting.take() {
                message.usage = Some(Counts::from_words(counts).usage()).filter(|_| whole);
                message.rate = self.rate();
            }
        }
        tell(
            say,
            Record::Message {
                session: self.id.clone(),
                message: Box::new(message),
            },
        )
    }
}

impl log::Log for Log<'_> {
    fn begin(&mut self, is_fresh: bool, say: &mut Say<'_>) -> Result<(), Stop> {
        if !is_fresh {
            return Ok(());
        }
        let archived = self
            .unit
            .path
            .strip_prefix(&self.unit.root)
            .is_ok_and(|p| p.starts_with("archived_sessions"));
        self.facts(
            Facts {
                archived: Some(archived),
                ..Facts::default()
            },
            say,
        )
    }

    fn record(&mut self, record: &Obj<'_>, line: Place<'_>, say: &mut Say<'_>) -> Result<(), Stop> {
        self.stands(super::PACKED, line.at, say)?;
        self.tell(record, line.at, say)?;
        match self.restart {
            true => Err(Stop::Asked),
            false => Ok(()),
        }
    }

    fn session(&self) -> Option<Box<str>> {
        Some(self.id.clone())
    }

    /// What is known after the last line.
    fn end(&mut self, say: &mut Say<'_>) -> Result<(), Stop> {
        self.times
            .facts()
            .try_for_each(|facts| self.facts(facts, say))
    }

    fn memo(&self) -> Box<[u8]> {
        self.memo.bytes()
    }
}

/// A call's result is one thing however often it is told: by the command's end and by the output that the model saw.
pub(super) fn result_key(call: &str) -> u64 {
    hash(&[b"result", call.as_bytes()])
}
