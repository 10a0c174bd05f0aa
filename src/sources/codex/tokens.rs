//! Which token lines count: response records before snapshots, each snapshot once, a parent's never.

use jiff::Timestamp;

use super::super::json::Obj;
use super::super::{Record, Say, Stop, hash, tell};
use super::history::totals;
use super::lines::Log;
use super::usage::Counts;
use crate::model::{Mark, Message, Rate, Role, Same, Spend};

/// Lines copied from a parent were written within this time of the first of them.
const BLOCK_MS: i64 = 1_000;

impl Log<'_> {
    pub(super) fn usage_record(
        &mut self,
        record: &Obj<'_>,
        time: Option<Timestamp>,
        say: &mut Say<'_>,
    ) -> Result<(), Stop> {
        if !self.memo.records && self.memo.counted > 0 {
            self.restart = true;
            return Ok(());
        }
        self.memo.records = true;
        let thread = record.text("thread_id").unwrap_or_default();
        let (Some(usage), Some(response)) = (record.obj("usage"), record.text("response_id"))
        else {
            return Ok(());
        };
        if !thread.is_empty() && *thread != *self.id {
            return Ok(());
        }
        let reply = hash(&[self.id.as_bytes(), response.as_bytes()]);
        self.spend(Counts::read(&usage), reply, time, say)
    }

    pub(super) fn token_count(
        &mut self,
        event: &Obj<'_>,
        time: Option<Timestamp>,
        say: &mut Say<'_>,
    ) -> Result<(), Stop> {
        let Some(info) = event.obj("info").filter(|_| !self.memo.records) else {
            return Ok(());
        };
        let counts = |key| info.obj(key).map(|u| Counts::read(&u));
        let (total, last) = (counts("total_token_usage"), counts("last_token_usage"));
        let before = self.memo.last_total.map(Counts::from_words);
        if let Some(total) = total {
            self.memo.last_total = Some(total.words());
            // The same snapshot is written again with rate limits and on resume.
            if before == Some(total) {
                return Ok(());
            }
        }
        let first = self.memo.last_reply.is_none();
        self.memo.usage_first.get_or_insert(first);
        let met = self.memo.met;
        self.memo.met += 1;
        if self.is_copied(met, total, time) {
            return Ok(());
        }
        let counted = match (last, total, before) {
            (Some(last), _, _) => last,
            (None, Some(total), Some(before)) if total.total() >= before.total() => {
                total.since(before)
            }
            (None, Some(total), _) => total,
            (None, None, _) => return Ok(()),
        };
        self.memo.counted += 1;
        let reply = hash(&[self.id.as_bytes(), &self.memo.counted.to_le_bytes()]);
        self.spend(counted, reply, time, say)
    }

    /// Whether a count was copied with the parent's history: it stands in the parent's log at the same place, or, where
    /// that log is gone, was written within a second of the copied header.
    fn is_copied(&mut self, met: usize, total: Option<Counts>, time: Option<Timestamp>) -> bool {
        let Some(from) = self.memo.copied_at else {
            return false;
        };
        let parent_counts = self.parent_counts.get_or_insert_with(|| {
            let parent = self.memo.copied_from.as_deref();
            let path = parent.and_then(|id| super::find_thread(self.env, &self.unit.root, id));
            self.memo.alone = path.is_none();
            path.map(|path| totals(self.env, &path))
        });
        match parent_counts {
            Some(known) => total.is_some_and(|t| known.get(met) == Some(&t.words())),
            None => time.is_some_and(|t| t.as_millisecond() - from <= BLOCK_MS),
        }
    }

    fn spend(
        &mut self,
        counts: Counts,
        reply: u64,
        time: Option<Timestamp>,
        say: &mut Say<'_>,
    ) -> Result<(), Stop> {
        let usage = counts.usage();
        if self.is_conversation() {
            // Shown with the last step of the response, or with the first where it stands before them.
            let step = self.memo.last_reply.take();
            let Some(last) = step.filter(|_| self.memo.usage_first != Some(true)) else {
                self.memo.waiting = Some(counts.words());
                return Ok(());
            };
            let mut message = Message::new(reply, Role::Assistant, None);
            message.reply = Some(last);
            message.usage = Some(usage);
            message.rate = self.rate();
            return tell(
                say,
                Record::Message {
                    session: self.id.clone(),
                    message: Box::new(message),
                },
            );
        }
        let spend = Spend {
            key: reply,
            at: time,
            model: self.model(),
            rate: self.rate(),
            usage,
            logged: None,
            same: Some(Same {
                reply,
                variant: None,
                mark: Mark::Own,
            }),
        };
        tell(
            say,
            Record::Spent {
                session: self.id.clone(),
                spend,
            },
        )
    }

    /// The tariff that the agent's settings ask for.
    pub(super) fn rate(&self) -> Rate {
        match self.memo.fast {
            true => Rate::Fast,
            false => Rate::Standard,
        }
    }
}
