//! What an agent's program says of tokens, and how much of it can be believed at once.

use std::borrow::Cow;

use super::super::json::Obj;
use super::super::{Facts, Record, Say, Stop, hash, tell};
use super::events::Log;
use super::message::Event;
use crate::model::{Mark, ModelId, Rate, Same, Spend, Usage};

/// Which lines of a log tell its tokens. A log that has better ones is told by these alone.
#[derive(
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Default,
    Debug,
    serde::Serialize,
    serde::Deserialize,
)]
pub enum Level {
    /// Each answer says how long it was, and nothing says what was read.
    #[default]
    Answers,
    /// The end of each run sums up all runs so far, by model.
    Shutdowns,
    /// Each call of a model has its record.
    Records,
}

/// `usage` of a record or of a model's sums. Absent where it holds no counts.
pub fn usage(counts: &Obj<'_>) -> Option<Usage> {
    let n = |key| counts.u64(key);
    let (input, output) = (n("inputTokens"), n("outputTokens"));
    input.or(output)?;
    let (read, write) = (
        n("cacheReadTokens").unwrap_or(0),
        n("cacheWriteTokens").unwrap_or(0),
    );
    let output = output.unwrap_or(0);
    Some(Usage {
        // Theirs includes what was cached.
        input: input
            .unwrap_or(0)
            .saturating_sub(read)
            .saturating_sub(write),
        cache_read: read,
        cache_write: write,
        cache_write_1h: 0,
        output,
        reasoning: n("reasoningTokens").unwrap_or(0).min(output),
    })
}

impl Log<'_> {
    /// Tokens of the call that an answer answers, for those who read it.
    pub fn usage_of(&mut self, event: &Event<'_>, session: &str) -> Option<Usage> {
        if self.is_summary() || event.kind != "assistant.message" {
            return None;
        }
        let call = call_of(event.data, session);
        let waiting = self.memo.waiting.take_if(|(of, _)| *of == call);
        waiting.map(|(_, [input, read, write, output, reasoning])| Usage {
            input,
            cache_read: read,
            cache_write: write,
            cache_write_1h: 0,
            output,
            reasoning,
        })
    }

    pub fn spent(
        &mut self,
        event: &Event<'_>,
        session: &str,
        say: &mut Say<'_>,
    ) -> Result<(), Stop> {
        match event.kind {
            "session.usage_record" => self.record(event, session, say),
            "session.shutdown" if self.is_summary() => self.shutdown(event, say),
            "assistant.message" if self.is_summary() => self.answer(event, session, say),
            _ => Ok(()),
        }
    }

    /// Whether lines of this level count. If others were counted before, all is told anew.
    fn reaches(&mut self, level: Level) -> bool {
        if level > self.memo.level {
            if self.memo.said {
                self.better = Some(level);
                return false;
            }
            self.memo.level = level;
        }
        self.memo.said |= level == self.memo.level;
        level == self.memo.level
    }

    fn record(&mut self, event: &Event<'_>, session: &str, say: &mut Say<'_>) -> Result<(), Stop> {
        let Some(counts) = event.data.obj("usage") else {
            return Ok(());
        };
        let Some(usage) = self::usage(&counts) else {
            return Ok(());
        };
        if !self.is_summary() {
            let words = [
                usage.input,
                usage.cache_read,
                usage.cache_write,
                usage.output,
                usage.reasoning,
            ];
            self.memo.waiting = Some((call_of(&counts, session), words));
            return Ok(());
        }
        if !self.reaches(Level::Records) {
            return Ok(());
        }
        self.memo.has_record = true;
        // Each call is counted within the session that made it, so a copied record is known for one.
        let accounting = counts.obj("accounting").unwrap_or_default();
        let (source, sequence) = (
            accounting.text("sourceSessionId"),
            accounting.u64("sequence"),
        );
        let same = source.zip(sequence).map(|(source, sequence)| {
            let is_copied = !event.is_agent && *source != *self.id;
            Same {
                reply: hash(&[source.as_bytes(), &sequence.to_le_bytes()]),
                variant: None,
                mark: if is_copied { Mark::Copied } else { Mark::Own },
            }
        });
        let model = counts.text("model").map(|name| ModelId::new(None, &name));
        let spend = Spend {
            same,
            ..spend(event, event.key, model, usage)
        };
        self.say_spend(session, spend, say)
    }

    /// The sums of all runs so far: the last ones stand.
    fn shutdown(&mut self, event: &Event<'_>, say: &mut Say<'_>) -> Result<(), Stop> {
        let metrics = event.data.obj("modelMetrics").unwrap_or_default();
        let sums: Vec<(Cow<'_, str>, Usage)> = metrics
            .fields()
            .filter_map(|(model, metric)| {
                let counts = metric.obj()?.obj("usage")?;
                Some((model, self::usage(&counts)?))
            })
            .collect();
        if sums.is_empty() {
            return Ok(());
        }
        if self.memo.level == Level::Records {
            // A run before the first record was counted by sums alone.
            let uncounted = (!self.memo.has_record).then_some(true);
            return self.uncounted(&self.id, uncounted, say);
        }
        if !self.reaches(Level::Shutdowns) {
            return Ok(());
        }
        for (model, usage) in sums {
            let key = hash(&[b"shutdown", self.id.as_bytes(), model.as_bytes()]);
            let spend = spend(event, key, Some(ModelId::new(None, &model)), usage);
            self.say_spend(&self.id, spend, say)?;
        }
        self.uncounted(&self.id, Some(false), say)
    }

    fn answer(&mut self, event: &Event<'_>, session: &str, say: &mut Say<'_>) -> Result<(), Stop> {
        match self.memo.level {
            Level::Records => Ok(()),
            // What follows the last sums is in none.
            Level::Shutdowns => self.uncounted(&self.id, Some(true), say),
            Level::Answers => {
                let output = event.data.u64("outputTokens").filter(|n| *n > 0);
                let Some(output) = output else {
                    return Ok(());
                };
                self.reaches(Level::Answers);
                let usage = Usage {
                    output,
                    ..Usage::default()
                };
                let model = self.model(event.data, event.is_agent);
                // An answer in several chunks says its length with each.
                let spend = spend(event, event.reply(), model, usage);
                self.say_spend(session, spend, say)?;
                self.uncounted(session, Some(true), say)
            }
        }
    }

    fn uncounted(
        &self,
        session: &str,
        uncounted: Option<bool>,
        say: &mut Say<'_>,
    ) -> Result<(), Stop> {
        let facts = Facts {
            uncounted,
            ..Facts::default()
        };
        self.facts(session, facts, say)
    }

    fn say_spend(&self, session: &str, spend: Spend, say: &mut Say<'_>) -> Result<(), Stop> {
        let session = session.into();
        tell(say, Record::Spent { session, spend })
    }
}

/// Names a call of a model by whose it is and its number.
fn call_of(of: &Obj<'_>, session: &str) -> u64 {
    let call = of.text("apiCallId").unwrap_or_default();
    hash(&[session.as_bytes(), call.as_bytes()])
}

/// A spend that stands for itself. The program counts requests, not dollars.
fn spend(event: &Event<'_>, key: u64, model: Option<ModelId>, usage: Usage) -> Spend {
    Spend {
        key,
        at: event.at,
        model,
        rate: Rate::Standard,
        usage,
        logged: None,
        same: None,
    }
}
