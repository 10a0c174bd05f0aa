//! What the program tells beside the items: settings, names, errors, turns that end, commands that are done.

use std::borrow::Cow;

use jiff::Timestamp;

use super::super::json::Obj;
use super::super::{Facts, Record, Say, Stop, hash, tell};
use super::items::{self, Outcome};
use super::lines::{Log, result_key};
use super::script;
use crate::model::{Message, NoticeKind, Part, Role, TitleRank, ToolResult};
use crate::text::Raw;

/// So many are remembered; commands run one after the other, a few side by side.
const OUTCOMES: usize = 16;

impl Log<'_> {
    pub(super) fn event(
        &mut self,
        event: &Obj<'_>,
        time: Option<Timestamp>,
        at: u64,
        say: &mut Say<'_>,
    ) -> Result<(), Stop> {
        match event.str("type").as_deref() {
            Some("token_count") => self.token_count(event, time, say),
            Some("turn_aborted") => {
                self.notice(NoticeKind::Interrupted, "interrupted", time, at, say)
            }
            Some("thread_rolled_back") if self.is_conversation() => tell(
                say,
                Record::Undone {
                    session: self.id.clone(),
                    prompts: event.u64("num_turns").unwrap_or(0),
                },
            ),
            Some("thread_settings_applied") => {
                let settings = event.obj("thread_settings").unwrap_or_default();
                if let Some(provider) = settings.text("model_provider_id") {
                    self.memo.provider = Some(provider.into_owned());
                }
                self.memo.fast = settings
                    .text("service_tier")
                    .is_some_and(|t| t == "fast" || t == "priority");
                self.switch(settings.text("model").map(Cow::into_owned), time, at, say)
            }
            Some("thread_name_updated") => {
                let title = event
                    .text("thread_name")
                    .map(|n| (TitleRank::User, Raw::from(&*n)));
                self.facts(
                    Facts {
                        title,
                        ..Facts::default()
                    },
                    say,
                )
            }
            Some("task_complete" | "turn_complete") => match event
                .obj("error")
                .and_then(|e| e.text("message").map(Cow::into_owned))
            {
                Some(text) => self.notice(NoticeKind::Error, &text, time, at, say),
                None => Ok(()),
            },
            Some("error" | "stream_error") => {
                let text = event
                    .text("message")
                    .map_or_else(|| "error".to_owned(), Cow::into_owned);
                self.notice(NoticeKind::Error, &text, time, at, say)
            }
            Some("item_completed") => {
                let item = event.obj("item").unwrap_or_default();
                if let Some(started) = Outcome::started(&item) {
                    self.remember(started);
                }
                let Some(mut result) = items::outcome(&item, self.is_conversation()) else {
                    return Ok(());
                };
                if script::is_inside(&item) && self.is_conversation() {
                    match self.memo.script.clone() {
                        Some(call) => result.call = call,
                        None => return self.called(&item, result, time, at, say),
                    }
                }
                self.completed(result, time, say)
            }
            _ => Ok(()),
        }
    }

    fn remember(&mut self, outcome: Outcome) {
        if self.memo.outcomes.len() >= OUTCOMES {
            self.memo.outcomes.remove(0);
        }
        self.memo.outcomes.push(outcome);
    }

    /// What a script called and what came of it: both are told when it is done.
    fn called(
        &mut self,
        item: &Obj<'_>,
        result: ToolResult,
        time: Option<Timestamp>,
        at: u64,
        say: &mut Say<'_>,
    ) -> Result<(), Stop> {
        let Some(call) = script::called(item) else {
            return Ok(());
        };
        let key = hash(&[b"line", &at.to_le_bytes()]);
        let mut message = Message::new(key, Role::Assistant, time);
        message.model = self.model();
        message.reply = self.memo.last_reply;
        message.counts = false;
        message.errors = u32::from(result.ok == Some(false));
        message.parts = vec![
            Part::ToolCall(Box::new(call)),
            Part::ToolResult(Box::new(result)),
        ];
        tell(
            say,
            Record::Message {
                session: self.id.clone(),
                message: Box::new(message),
            },
        )
    }

    /// A completed command, whose output as the model sees it comes later or never.
    fn completed(
        &mut self,
        result: ToolResult,
        time: Option<Timestamp>,
        say: &mut Say<'_>,
    ) -> Result<(), Stop> {
        if result.ok.is_some() {
            self.remember(Outcome::of(&result));
        }
        let mut message = Message::new(result_key(&result.call), Role::System, time);
        message.errors = u32::from(result.ok == Some(false));
        if self.is_conversation() {
            message.parts.push(Part::ToolResult(Box::new(result)));
        } else if message.errors == 0 {
            return Ok(());
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
