//! Reading a conversation in linear mode, message by message, and copying from it.

use std::sync::Arc;

use super::super::{Failure, Streams};
use super::Linear;
use super::masked;
use super::say::{self, counted};
use crate::export::{Parts, markdown, scanner};
use crate::ingest::Reading;
use crate::model::{Conversation, Message, Part, Role, Row};
use crate::redact::{Outlet, Secrets};
use crate::sources;
use crate::text::Clean;
use crate::tui::keys::Action;

/// A conversation that is being read.
pub struct Open {
    pub row: Arc<Row>,
    pub conversation: Conversation,
    pub at: usize,
    /// What find was given.
    pub needle: String,
}

impl Linear<'_> {
    /// Opens a session by its number in the list. Where it was found by words, at the first message that has them.
    pub(super) fn read(&mut self, number: &str, streams: &mut Streams<'_>) -> Result<(), Failure> {
        let all = self.found.len();
        let nth = match number {
            "" => self.at,
            number => {
                let nth = number.parse::<usize>().ok().and_then(|n| n.checked_sub(1));
                let none =
                    || Failure::Usage(format!("{number}: sessions have numbers from 1 to {all}"));
                nth.filter(|nth| *nth < all).ok_or_else(none)?
            }
        };
        self.at = nth;
        self.open = None;
        let row = self.subject()?;
        let mut reading = Reading::priced(&row.session, self.loaded.tariff.clone());
        reading.read(self.env).map_err(|error| {
            let path = row.session.unit.path.display().to_string();
            Failure::Other(anyhow::Error::from(error).context(format!("cannot read {path}")))
        })?;
        let conversation = reading.conversation();
        let hit = self.found.get(nth).and_then(|one| one.hits.first());
        let hit = hit.and_then(|hit| place_of(&conversation, hit.number));
        writeln!(
            streams.out,
            "Reading session {} of {all}. {}",
            nth + 1,
            say::session(self.env, &self.said(&row))
        )?;
        if conversation.messages.is_empty() {
            writeln!(streams.out, "It has no messages.")?;
            return Ok(());
        }
        self.open = Some(Open {
            row,
            conversation,
            at: hit.unwrap_or(0),
            needle: String::new(),
        });
        self.say_message(false, streams)
    }

    fn reading(&self) -> Result<&Open, Failure> {
        let none =
            || Failure::Usage("nothing is being read; read 1 reads the first session".into());
        self.open.as_ref().ok_or_else(none)
    }

    pub(super) fn say_message(
        &self,
        is_whole: bool,
        streams: &mut Streams<'_>,
    ) -> Result<(), Failure> {
        let open = self.reading()?;
        if let Some(message) = open.conversation.messages.get(open.at) {
            let all = open.conversation.messages.len();
            let message = masked::message(self.mask.as_deref(), message);
            let said = say::turn(&message, is_whole);
            writeln!(streams.out, "Message {} of {all}.\n{said}", message.number)?;
        }
        Ok(())
    }

    pub(super) fn message(
        &mut self,
        number: &str,
        streams: &mut Streams<'_>,
    ) -> Result<(), Failure> {
        let open = self.reading()?;
        let all = open.conversation.messages.len();
        let place = number
            .parse()
            .ok()
            .and_then(|n| place_of(&open.conversation, n));
        let none = || Failure::Usage(format!("message {number}: give a number from 1 to {all}"));
        let place = place.ok_or_else(none)?;
        if let Some(open) = &mut self.open {
            open.at = place;
        }
        self.say_message(false, streams)
    }

    /// To the next message of a kind, in one direction.
    pub(super) fn seek(
        &mut self,
        by: isize,
        is_it: fn(&Message, &str) -> bool,
        none: &str,
        streams: &mut Streams<'_>,
    ) -> Result<(), Failure> {
        let open = self.reading()?;
        let messages = open.conversation.messages.iter().enumerate();
        let mut fits = messages.filter(|(_, message)| is_it(message, &open.needle));
        let found = match by > 0 {
            true => fits.find(|(nth, _)| *nth > open.at),
            false => fits.take_while(|(nth, _)| *nth < open.at).last(),
        };
        let Some((nth, _)) = found else {
            writeln!(streams.out, "{none}")?;
            return Ok(());
        };
        if let Some(open) = &mut self.open {
            open.at = nth;
        }
        self.say_message(false, streams)
    }

    pub(super) fn copy(
        &mut self,
        action: Action,
        streams: &mut Streams<'_>,
    ) -> Result<(), Failure> {
        // The terminal may be the clipboard's way, and what is sent to it must not end in a pipe.
        if !self.env.terminal.stdout_tty {
            let line = "not copied: this is no terminal; backscroll show prints a conversation";
            return Err(Failure::Usage(line.into()));
        }
        let row = self.subject()?;
        let session = &row.session;
        let mut outlet = Outlet::new(scanner(), Secrets::Keep);
        let (text, what) = match (action, &self.open) {
            (Action::CopyId, _) => (session.id.native.to_string(), "the id"),
            (Action::CopyResume, _) => {
                let launch = sources::source(session.id.source).and_then(|s| s.resume(session));
                let none = || Failure::Nothing("this session's id cannot be resumed safely".into());
                let line = launch.and_then(|launch| launch.line());
                (line.ok_or_else(none)?, "the resume command")
            }
            (Action::CopyMessage, Some(open)) => {
                let message = open.conversation.messages.get(open.at);
                (
                    message
                        .map(|m| markdown::words(m, &mut outlet))
                        .unwrap_or_default(),
                    "the message",
                )
            }
            (_, Some(open)) => (
                markdown::conversation(session, &open.conversation, &Parts::COPIED, &mut outlet),
                "the conversation",
            ),
            (_, None) => {
                let mut reading = Reading::priced(session, self.loaded.tariff.clone());
                reading.read(self.env).map_err(anyhow::Error::from)?;
                let conversation = reading.conversation();
                (
                    markdown::conversation(session, &conversation, &Parts::COPIED, &mut outlet),
                    "the conversation",
                )
            }
        };
        let lines = counted(text.lines().count() as u64, "line");
        match self.env.clipboard.copy(Clean::of(&text).as_str()) {
            Ok(route) => {
                // The mask is of what is said.
                let unmasked = self.mask.as_ref().map_or("", |_| " unmasked");
                writeln!(streams.out, "Copied {what}{unmasked}, {lines}, by {route}.")?;
                if !outlet.found().is_empty() {
                    writeln!(streams.out, "It holds secrets: {}.", outlet.found())?;
                }
            }
            Err(why) => writeln!(streams.out, "Not copied: {why}")?,
        }
        Ok(())
    }
}

/// Where the message of a number stands.
fn place_of(conversation: &Conversation, number: u32) -> Option<usize> {
    conversation
        .messages
        .iter()
        .position(|message| message.number == number)
}

pub fn is_prompt(message: &Message, _: &str) -> bool {
    message.role == Role::User
        && message
            .parts
            .iter()
            .any(|part| matches!(part, Part::Text(_)))
}

pub fn has_failed(message: &Message, _: &str) -> bool {
    message.errors > 0
}

/// Whether any of its text has these words, in any case.
pub fn holds_needle(message: &Message, needle: &str) -> bool {
    let text = say::turn(message, true).as_str().to_lowercase();
    !needle.is_empty() && text.contains(&needle.to_lowercase())
}
