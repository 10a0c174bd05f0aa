//! A log of events: who is at work, what was spent, what was said.

use std::io;

use serde::{Deserialize, Serialize};

use super::super::json::{self, Obj, Parsed};
use super::super::jsonl::{self, Line};
use super::super::{At, Cursor, Facts, Oddity, Record, Say, Stop, Want, hash, tell};
use super::message::{self, Event};
use super::tokens::Level;
use super::{agent_id, session_of};
use crate::env::Env;
use crate::model::{Kind, ModelId, TitleRank, Unit};
use crate::text::{Raw, floor_boundary};

/// Longer names are not remembered: a cut one would be another's.
const NAME: usize = 400;

/// What must be known to read on.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Memo {
    pub level: Level,
    /// Tokens were said by lines of this level.
    pub said: bool,
    /// A record of a call was met.
    pub has_record: bool,
    /// The model at work in the session itself.
    model: Option<String>,
    /// Where the session works: its agents' events do not say.
    dir: Option<String>,
    branch: Option<String>,
    version: Option<String>,
    /// Tokens of a call whose answer comes next: whose call it is, and four counts and the thinking.
    pub waiting: Option<(u64, [u64; 5])>,
}

pub fn read(
    env: &Env,
    unit: &Unit,
    want: Want<'_>,
    from: &Cursor,
    say: &mut Say<'_>,
) -> io::Result<Cursor> {
    let mut opened = jsonl::open(env, &unit.path, &from.at)?;
    let mut memo: Memo = if opened.rewritten {
        Memo::default()
    } else {
        serde_json::from_slice(&from.memo).unwrap_or_default()
    };
    loop {
        let mut log = Log {
            id: session_of(unit),
            want,
            memo,
            better: None,
        };
        let mut read = || -> Result<(), Stop> {
            if opened.rewritten {
                tell(say, Record::Reset)?;
            }
            let mut store = json::Store::default();
            while let Some(line) = opened.lines.next_line()? {
                log.line(&line, &mut store, say)?;
                if log.better.is_some() {
                    return Ok(());
                }
            }
            Ok(())
        };
        match (read(), log.better) {
            (Err(Stop::Failed(error)), _) => return Err(error),
            // What was counted before is counted better by lines that came later: everything is told anew.
            (_, Some(level)) => {
                opened = jsonl::open(env, &unit.path, &At::Start)?;
                opened.rewritten = true;
                memo = Memo {
                    level,
                    ..Memo::default()
                };
            }
            (_, None) => {
                return Ok(Cursor {
                    at: opened.lines.cursor(),
                    memo: serde_json::to_vec(&log.memo).unwrap_or_default().into(),
                });
            }
        }
    }
}

/// A log being read.
pub struct Log<'a> {
    pub id: Box<str>,
    want: Want<'a>,
    pub memo: Memo,
    /// The log turned out to have better lines than those that were counted.
    pub better: Option<Level>,
}

impl Log<'_> {
    fn line(
        &mut self,
        line: &Line<'_>,
        store: &mut json::Store,
        say: &mut Say<'_>,
    ) -> Result<(), Stop> {
        let session = Some(self.id.clone());
        let odd = |at, what, say: &mut Say<'_>| tell(say, Record::Odd { session, at, what });
        match *line {
            Line::TooLong { at } => odd(at, Oddity::TooLong, say),
            Line::Whole { at, bytes } => match json::record(bytes, store) {
                Parsed::Object(event) => self.event(&event, hash(&[bytes]), say),
                Parsed::Repaired(event) => {
                    odd(at, Oddity::Repaired, say)?;
                    self.event(&event, hash(&[bytes]), say)
                }
                Parsed::Malformed => odd(at, Oddity::Malformed, say),
                Parsed::Blank => Ok(()),
            },
        }
    }

    pub fn is_summary(&self) -> bool {
        self.want.is_summary()
    }

    pub fn facts(&self, session: &str, facts: Facts, say: &mut Say<'_>) -> Result<(), Stop> {
        let (session, facts) = (session.into(), Box::new(facts));
        tell(say, Record::Session { session, facts })
    }

    fn event(&mut self, envelope: &Obj<'_>, key: u64, say: &mut Say<'_>) -> Result<(), Stop> {
        let kind = envelope.str("type").unwrap_or_default();
        let data = envelope.obj("data").unwrap_or_default();
        let at = envelope.time("timestamp");
        // Older versions name the call that an agent works for, newer ones the agent.
        let started = || {
            let call = data.text("toolCallId");
            call.filter(|_| kind.starts_with("subagent."))
        };
        let agent = envelope
            .text("agentId")
            .or_else(|| data.text("parentToolCallId"))
            .or_else(started)
            .or_else(|| data.obj("usage").and_then(|u| u.text("parentToolCallId")))
            .map(|agent| agent_id(floor_boundary(&agent, NAME), &self.id));
        if self.is_summary() {
            self.who(&kind, &data, agent.as_deref(), at, say)?;
        }
        self.at_work(&kind, &data, agent.is_some());
        let session: Box<str> = agent.clone().unwrap_or_else(|| self.id.clone());
        let event = Event {
            kind: &kind,
            data: &data,
            key,
            at,
            is_agent: agent.is_some(),
        };
        self.spent(&event, &session, say)?;
        if self.better.is_some() {
            return Ok(());
        }
        if let Want::Conversation { session: wanted } = self.want {
            if wanted == &*self.id && agent.is_some() && kind == "subagent.started" {
                // The call and the conversation it started are shown as one.
                let message = message::started(&event, agent);
                let session = self.id.clone();
                return tell(say, Record::Message { session, message });
            }
            if wanted != &*session {
                return Ok(());
            }
        }
        let model = self.model(&data, agent.is_some());
        let usage = self.usage_of(&event, &session);
        let whole = !self.is_summary();
        match message::read(&event, model, usage, whole) {
            Some(message) => tell(say, Record::Message { session, message }),
            None => Ok(()),
        }
    }

    /// What an event says of the session, or of an agent in it.
    fn who(
        &self,
        kind: &str,
        data: &Obj<'_>,
        agent: Option<&str>,
        at: Option<jiff::Timestamp>,
        say: &mut Say<'_>,
    ) -> Result<(), Stop> {
        let raw = |o: &Obj<'_>, key| o.text(key).map(|v| Raw::from(&*v));
        let mut facts = Facts {
            at,
            ..Facts::default()
        };
        if let Some(agent) = agent {
            facts.kind = Some(Kind::SubAgent);
            facts.parent = Some(self.id.clone());
            facts.dir = self.memo.dir.as_deref().map(Into::into);
            facts.branch = self.memo.branch.as_deref().map(Raw::from);
            facts.version = self.memo.version.as_deref().map(Raw::from);
            let call = if kind == "subagent.started" {
                data.text("toolCallId")
            } else {
                data.text("parentToolCallId")
            };
            facts.call = call.map(|call| (*call).into());
            if kind == "subagent.started" {
                let title = raw(data, "agentDescription")
                    .or_else(|| raw(data, "agentDisplayName"))
                    .or_else(|| raw(data, "agentName"));
                facts.title = title.map(|title| (TitleRank::Agent, title));
            }
            return self.facts(agent, facts, say);
        }
        match kind {
            "session.start" | "session.resume" => {
                let context = data.obj("context").unwrap_or_default();
                facts.dir = context.text("cwd").map(|cwd| (*cwd).into());
                facts.branch = raw(&context, "branch");
                facts.repository = raw(&context, "repository");
                facts.version = raw(data, "copilotVersion");
            }
            "session.context_changed" => {
                facts.dir = data.text("cwd").map(|cwd| (*cwd).into());
                facts.branch = raw(data, "branch");
                facts.repository = raw(data, "repository");
            }
            "session.title_changed" => {
                facts.title = raw(data, "title").map(|title| (TitleRank::Agent, title));
            }
            _ => {}
        }
        self.facts(&self.id, facts, say)
    }

    /// Remembers the model and the place that later events leave out.
    fn at_work(&mut self, kind: &str, data: &Obj<'_>, is_agent: bool) {
        if is_agent {
            return;
        }
        let kept = |o: &Obj<'_>, key| {
            let value = o.text(key)?.into_owned();
            let is_kept = value.len() <= NAME && !value.contains(char::is_control);
            is_kept.then_some(value)
        };
        let model = match kind {
            "session.start" | "session.resume" => {
                let context = data.obj("context").unwrap_or_default();
                let memo = &mut self.memo;
                memo.dir = memo.dir.take().or_else(|| kept(&context, "cwd"));
                memo.branch = kept(&context, "branch").or_else(|| memo.branch.take());
                memo.version = kept(data, "copilotVersion").or_else(|| memo.version.take());
                kept(data, "selectedModel")
            }
            "session.model_change" => kept(data, "newModel"),
            "session.auto_mode_resolved" => kept(data, "chosenModel"),
            _ => None,
        };
        if let Some(model) = model.filter(|model| model != "auto") {
            self.memo.model = Some(model);
        }
    }

    pub fn model(&self, data: &Obj<'_>, is_agent: bool) -> Option<ModelId> {
        let own = data.text("model").map(|name| ModelId::new(None, &name));
        let session = self.memo.model.as_deref().filter(|_| !is_agent);
        own.or_else(|| session.map(|name| ModelId::new(None, name)))
    }
}
