//! A line of a declared log as facts, a spend and a message.

use std::path::Path;

use super::super::json::{Json, Obj};
use super::super::{Facts, Record, Say, Stop, Want, hash, tell};
use super::file::Declaration;
use crate::model::{Message, ModelId, Part, Rate, Role, Spend, TitleRank, Usage, Usd};
use crate::text::{Raw, floor_boundary};

/// A summary needs no more of a prompt than its title.
const PROMPT: usize = 16 << 10;
/// No id and no name of a model is longer.
const WORD: usize = 256;

/// A log being read.
pub struct Log<'a> {
    declared: &'a Declaration,
    want: Want<'a>,
    /// What the last line that named one named; at first the file's own name.
    session: String,
    /// Whether a line named it, where lines do.
    is_named: bool,
    /// The model that was named last in this session.
    model: Option<String>,
}

impl<'a> Log<'a> {
    pub fn new(declared: &'a Declaration, path: &Path, want: Want<'a>, memo: &[u8]) -> Log<'a> {
        let memo = std::str::from_utf8(memo).unwrap_or_default();
        let known = memo.split_once('\n');
        let stem = || {
            path.file_stem()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned()
        };
        Log {
            declared,
            want,
            is_named: known.is_some() || declared.line.session.0.is_empty(),
            session: known.map_or_else(stem, |(session, _)| session.to_owned()),
            model: known
                .map(|(_, model)| model.to_owned())
                .filter(|m| !m.is_empty()),
        }
    }

    /// What the next reading must know.
    pub fn memo(&self) -> Box<[u8]> {
        if !self.is_named {
            return Box::default();
        }
        let model = self.model.as_deref().unwrap_or_default();
        format!("{}\n{model}", self.session).into_bytes().into()
    }

    /// The session that the last line belonged to; none before the first line.
    pub fn session(&self) -> Option<&str> {
        self.is_named.then_some(&*self.session)
    }

    pub fn record(&mut self, line: &Obj<'_>, at: u64, say: &mut Say<'_>) -> Result<(), Stop> {
        let ways = &self.declared.line;
        let word = |text: String| floor_boundary(&text.replace('\n', " "), WORD).to_owned();
        if let Some(session) = ways.session.word(line).map(word)
            && session != self.session
        {
            (self.session, self.model) = (session, None);
        }
        self.is_named = true;
        if let Some(model) = ways.model.word(line).map(word) {
            self.model = Some(model);
        }
        let key = match ways.id.word(line) {
            Some(id) => hash(&[b"id", id.as_bytes()]),
            None => hash(&[b"line", &at.to_le_bytes()]),
        };
        let time = ways.time.value(line).and_then(Json::time);
        let whole = matches!(self.want, Want::Conversation { .. });
        if !whole {
            self.facts(line, time, say)?;
            self.spend(line, key, time, say)?;
        }
        let role = ways
            .role
            .word(line)
            .and_then(|word| self.declared.role(&word));
        let Some(role) = role else { return Ok(()) };
        let mut message = Message::new(key, role, time);
        let text = ways.text.text(line);
        if role == Role::Assistant {
            message.model = self.model_id();
            message.usage = self
                .usage(line)
                .filter(|_| whole && !self.declared.usage.cumulative);
        } else if text.is_none() {
            return Ok(());
        }
        if let Some(text) = text {
            let is_prompt = role == Role::User;
            if whole {
                message.parts.push(Part::Text(text.into()));
            } else if is_prompt {
                message
                    .parts
                    .push(Part::Text(Raw::from(floor_boundary(&text, PROMPT))));
            }
        }
        let (session, message) = (self.session.as_str().into(), Box::new(message));
        tell(say, Record::Message { session, message })
    }

    fn model_id(&self) -> Option<ModelId> {
        let name = self.model.as_deref()?;
        Some(ModelId::new(None, name))
    }

    fn facts(
        &self,
        line: &Obj<'_>,
        at: Option<jiff::Timestamp>,
        say: &mut Say<'_>,
    ) -> Result<(), Stop> {
        let ways = &self.declared.line;
        let facts = Facts {
            title: ways
                .title
                .text(line)
                .map(|t| (TitleRank::Agent, Raw::from(t))),
            dir: ways.directory.text(line).map(Into::into),
            branch: ways.branch.text(line).map(Raw::from),
            model: ways.model.value(line).and_then(|_| self.model_id()),
            at,
            ..Facts::default()
        };
        if facts == Facts::default() {
            return Ok(());
        }
        let (session, facts) = (self.session.as_str().into(), Box::new(facts));
        tell(say, Record::Session { session, facts })
    }

    fn spend(
        &self,
        line: &Obj<'_>,
        key: u64,
        at: Option<jiff::Timestamp>,
        say: &mut Say<'_>,
    ) -> Result<(), Stop> {
        let ways = &self.declared.usage;
        let logged = ways
            .cost
            .value(line)
            .and_then(Json::f64)
            .and_then(Usd::from_dollars);
        let logged = logged.filter(|usd| usd.nanos() > 0);
        let Some(usage) = self.usage(line).or(logged.map(|_| Usage::default())) else {
            return Ok(());
        };
        let model = self.model_id();
        // A sum so far takes the place of the sum before it.
        let key = match ways.cumulative {
            true => hash(&[b"sum", self.model.as_deref().unwrap_or_default().as_bytes()]),
            false => key,
        };
        let spend = Spend {
            key,
            at,
            model,
            rate: Rate::Standard,
            usage,
            logged,
            same: None,
        };
        let session = self.session.as_str().into();
        tell(say, Record::Spent { session, spend })
    }

    /// Tokens of a line; none where it tells none.
    fn usage(&self, line: &Obj<'_>) -> Option<Usage> {
        let ways = &self.declared.usage;
        let (input, output) = (ways.input.count(line), ways.output.count(line));
        let (read, write) = (ways.cache_read.count(line), ways.cache_write.count(line));
        let told = [input, output, read, write];
        told.iter().flatten().next()?;
        let [input, mut output, cache_read, cache_write] = told.map(|n| n.unwrap_or(0));
        let reasoning = ways.reasoning.count(line).unwrap_or(0);
        if ways.output_excludes_reasoning {
            output = output.saturating_add(reasoning);
        }
        let cached = match ways.input_includes_cached {
            true => cache_read.saturating_add(cache_write),
            false => 0,
        };
        let usage = Usage {
            input: input.saturating_sub(cached),
            cache_read,
            cache_write,
            cache_write_1h: 0,
            output,
            reasoning: reasoning.min(output),
        };
        (!usage.is_zero()).then_some(usage)
    }
}
