//! A log of the wire. Since 2.0 everything said stands in it twice: what the context was given (`context.append_*`),
//! and what was sent to watchers (`agent.message.appended`). The first family is in every version, so it is the one read.

use std::io;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::super::json::{self, Json, Obj, Parsed};
use super::super::jsonl::{self, Line};
use super::super::{At, Cursor, Facts, Oddity, Record, Say, Stop, Want, hash, tell};
use super::{agent_id, content, forerunner, place};
use crate::env::Env;
use crate::model::{
    Kind, Mark, Message, ModelId, NoticeKind, Part, Rate, Role, Same, Spend, Unit, Usage,
};
use crate::text::floor_boundary;

/// Names are remembered up to this length.
const NAME: usize = 200;

/// What must be known to read on.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Memo {
    /// The model of the last call, and the name that people gave it.
    model: Option<String>,
    alias: Option<String>,
    /// The step that is being taken, by the hash of its session: the forerunner's blocks do not name theirs.
    pub steps: Vec<(u64, u64)>,
}

/// A log being read.
pub struct Log<'a> {
    pub session: Box<str>,
    /// The session of the agent whose log it is.
    pub id: Box<str>,
    is_agent: bool,
    pub want: Want<'a>,
    pub memo: Memo,
}

/// Where a line stands.
#[derive(Clone, Copy)]
pub struct Stamp {
    pub key: u64,
    pub at: Option<Timestamp>,
}

pub fn read(
    env: &Env,
    unit: &Unit,
    want: Want<'_>,
    from: &Cursor,
    say: &mut Say<'_>,
) -> io::Result<Cursor> {
    let mut opened = jsonl::open(env, &unit.path, &from.at)?;
    let (session, agent) = place(unit);
    let memo = if opened.rewritten {
        Memo::default()
    } else {
        serde_json::from_slice(&from.memo).unwrap_or_default()
    };
    let mut log = Log {
        id: agent
            .as_deref()
            .map_or_else(|| session.clone(), |agent| agent_id(agent, &session)),
        is_agent: agent.is_some(),
        session,
        want,
        memo,
    };
    let mut read = || -> Result<(), Stop> {
        if opened.rewritten {
            tell(say, Record::Reset)?;
        }
        if (opened.rewritten || from.at == At::Start) && log.is_agent && log.is_summary() {
            let facts = Facts {
                kind: Some(Kind::SubAgent),
                parent: Some(log.session.clone()),
                ..Facts::default()
            };
            log.facts(&log.id, facts, say)?;
        }
        let mut store = json::Store::default();
        while let Some(line) = opened.lines.next_line()? {
            let session = Some(log.id.clone());
            let odd = |at, what, say: &mut Say<'_>| tell(say, Record::Odd { session, at, what });
            match line {
                Line::TooLong { at } => odd(at, Oddity::TooLong, say)?,
                Line::Whole { at, bytes } => match json::record(bytes, &mut store) {
                    Parsed::Object(record) => log.record(&record, hash(&[bytes]), say)?,
                    Parsed::Repaired(record) => {
                        odd(at, Oddity::Repaired, say)?;
                        log.record(&record, hash(&[bytes]), say)?;
                    }
                    Parsed::Malformed => odd(at, Oddity::Malformed, say)?,
                    Parsed::Blank => {}
                },
            }
        }
        Ok(())
    };
    match read() {
        Err(Stop::Failed(error)) => Err(error),
        Ok(()) | Err(Stop::Asked) => Ok(Cursor {
            at: opened.lines.cursor(),
            memo: serde_json::to_vec(&log.memo).unwrap_or_default().into(),
        }),
    }
}

impl Log<'_> {
    pub fn is_summary(&self) -> bool {
        self.want.is_summary()
    }

    pub fn facts(&self, session: &str, facts: Facts, say: &mut Say<'_>) -> Result<(), Stop> {
        let (session, facts) = (session.into(), Box::new(facts));
        tell(say, Record::Session { session, facts })
    }

    fn record(&mut self, record: &Obj<'_>, key: u64, say: &mut Say<'_>) -> Result<(), Stop> {
        let kind = record.str("type").unwrap_or_default();
        if kind.is_empty() && record.has("message") {
            return forerunner::event(self, record, key, say);
        }
        let stamp = Stamp {
            key,
            at: record.time("time").or_else(|| record.time("created_at")),
        };
        if self.is_summary() {
            let disclosed = record.obj("environmentDisclosure").unwrap_or_default();
            let dir = record.text("cwd").filter(|_| kind == "config.update");
            let dir = dir.or_else(|| disclosed.text("cwd"));
            let facts = Facts {
                at: stamp.at,
                dir: dir.map(|dir| (*dir).into()),
                ..Facts::default()
            };
            self.facts(&self.id, facts, say)?;
        }
        match &*kind {
            "llm.request" => {
                let name = |key| {
                    let name = record.text(key);
                    name.map(|name| floor_boundary(&name, NAME).to_owned())
                };
                self.memo.model = name("model");
                self.memo.alias = name("modelAlias");
                Ok(())
            }
            "usage.record" => self.spent(record, stamp, say),
            "context.append_message" => {
                let message = record.obj("message").unwrap_or_default();
                self.message(&message, stamp, say)
            }
            "context.append_loop_event" => {
                let event = record.obj("event").unwrap_or_default();
                self.loop_event(&event, stamp, say)
            }
            "context.apply_compaction" => {
                let text = "conversation compacted";
                self.notice(stamp, NoticeKind::Compaction, text, say)
            }
            "turn.cancel" => self.notice(stamp, NoticeKind::Interrupted, "interrupted", say),
            "turn.ended" if failed(record) => {
                let error = record.obj("error").unwrap_or_default();
                let text = error.text("message").or_else(|| record.text("error"));
                let text = text.unwrap_or_else(|| "the turn failed".into());
                self.notice(stamp, NoticeKind::Error, &text, say)
            }
            // All else repeats what was said, or is the program's own business.
            _ => Ok(()),
        }
    }

    fn model(&self) -> Option<ModelId> {
        // The provider that is logged names a dialect, not a maker.
        let name = self.memo.model.as_deref()?;
        Some(ModelId::new(None, name))
    }

    /// One call of a model. The end of its step repeats the numbers.
    fn spent(&mut self, record: &Obj<'_>, stamp: Stamp, say: &mut Say<'_>) -> Result<(), Stop> {
        let counts = record.obj("usage").unwrap_or_default();
        let Some(usage) = content::usage(&counts).filter(|_| self.is_summary()) else {
            return Ok(());
        };
        let alias = record.text("model");
        let known = alias.is_none() || alias.as_deref() == self.memo.alias.as_deref();
        let model = self.model().filter(|_| known);
        let model = model.or_else(|| alias.map(|name| ModelId::new(None, &name)));
        self.spend(&self.id, stamp, model, usage, say)
    }

    pub fn spend(
        &self,
        session: &str,
        stamp: Stamp,
        model: Option<ModelId>,
        usage: Usage,
        say: &mut Say<'_>,
    ) -> Result<(), Stop> {
        let spend = Spend {
            key: stamp.key,
            at: stamp.at,
            model,
            rate: Rate::Standard,
            usage,
            logged: None,
            // A line that another log repeats to the millisecond is the same call.
            same: Some(Same {
                reply: stamp.key,
                variant: None,
                mark: Mark::Own,
            }),
        };
        let session = session.into();
        tell(say, Record::Spent { session, spend })
    }

    fn message(&self, body: &Obj<'_>, stamp: Stamp, say: &mut Say<'_>) -> Result<(), Stop> {
        let mut message = Message::new(stamp.key, Role::System, stamp.at);
        let whole = !self.is_summary();
        let Some(content) = body.get("content") else {
            return Ok(());
        };
        match body.str("role").as_deref() {
            Some("user") => {
                let origin = body.obj("origin").unwrap_or_default();
                let is_person = match origin.str("kind").as_deref() {
                    None | Some("user") => true,
                    // A sub-agent is asked by the agent that started it.
                    Some("system_trigger") => {
                        self.is_agent && origin.str("name").as_deref() == Some("subagent")
                    }
                    Some(_) => false,
                };
                content::prompt(content, is_person, &mut message, whole);
            }
            Some("assistant") => {
                message.role = Role::Assistant;
                message.model = self.model();
                if whole {
                    message.parts = content::parts(content);
                }
            }
            _ => return Ok(()),
        }
        self.say(&self.id, message, say)
    }

    fn loop_event(&self, event: &Obj<'_>, stamp: Stamp, say: &mut Say<'_>) -> Result<(), Stop> {
        let whole = !self.is_summary();
        let step = |key| event.text(key).map(|id| hash(&[id.as_bytes()]));
        let mut message = Message::new(stamp.key, Role::Assistant, stamp.at);
        message.reply = step("stepUuid");
        message.model = self.model();
        match event.str("type").as_deref().unwrap_or_default() {
            "content.part" => {
                let part = event.obj("part").unwrap_or_default();
                message.parts = content::part(&part).filter(|_| whole).into_iter().collect();
            }
            "tool.call" => {
                message.tools = 1;
                let text = |key| event.text(key).unwrap_or_default();
                let input = event.get("args").map_or("{}", Json::raw);
                if whole {
                    let call = content::call(&text("toolCallId"), &text("name"), input);
                    message.parts.push(Part::ToolCall(Box::new(call)));
                }
            }
            "tool.result" => {
                message = Message::new(stamp.key, Role::System, stamp.at);
                let result = event.obj("result").unwrap_or_default();
                let failed = result.is_true("isError");
                message.errors = u32::from(failed);
                if whole {
                    let call = event.text("toolCallId").unwrap_or_default();
                    let mut said = content::result(&call, result.get("output"), failed);
                    said.took = result.u64("durationMs").map(Duration::from_millis);
                    message.parts.push(Part::ToolResult(Box::new(said)));
                }
            }
            // Readers see what a step took with the step.
            "step.end" if whole => {
                message.reply = step("uuid");
                let usage = event.obj("usage").and_then(|u| content::usage(&u));
                let (Some(_), Some(_)) = (message.reply, usage) else {
                    return Ok(());
                };
                message.usage = usage;
            }
            _ => return Ok(()),
        }
        self.say(&self.id, message, say)
    }

    pub fn notice(
        &self,
        stamp: Stamp,
        kind: NoticeKind,
        text: &str,
        say: &mut Say<'_>,
    ) -> Result<(), Stop> {
        let mut message = Message::new(stamp.key, Role::System, stamp.at);
        message.errors = u32::from(kind == NoticeKind::Error);
        if !self.is_summary() {
            let text = text.into();
            message.parts.push(Part::Notice { kind, text });
        }
        self.say(&self.id, message, say)
    }

    /// Says a message unless there is nothing in it.
    pub fn say(&self, session: &str, message: Message, say: &mut Say<'_>) -> Result<(), Stop> {
        if let Want::Conversation { session: wanted } = self.want
            && wanted != session
        {
            return Ok(());
        }
        let is_nothing =
            message.role == Role::System && message.errors == 0 && message.parts.is_empty();
        if is_nothing {
            return Ok(());
        }
        let (session, message) = (session.into(), Box::new(message));
        tell(say, Record::Message { session, message })
    }
}

fn failed(record: &Obj<'_>) -> bool {
    matches!(
        record.str("reason").as_deref(),
        Some("failed" | "error" | "errored")
    )
}
