//! The line above a message: when it was said, by whom, and what it cost.

use jiff::Timestamp;
use ratatui::text::Span;

use super::Block;
use crate::model::{Lane, Role};
use crate::render::document::is_command;
use crate::render::showing::Times;
use crate::render::span::{MEASURE, made, spread_on_page, word};
use crate::render::theme::Role as Hue;
use crate::text::short_count;

impl Block<'_, '_, '_> {
    pub(super) fn head(&mut self) {
        let message = self.message;
        let dim = self.hue(Hue::Dim);
        let mut left = self.times();
        let mut right = Vec::new();
        match message.role {
            Role::User => {
                left.push(match self.is_persons() {
                    true => word("YOU", self.hue(Hue::User)),
                    false => word("PARENT", self.hue(Hue::Heading)),
                });
                if let Some(asked) = self.setting.asked.filter(|n| *n > 0) {
                    right.push(made(format!("in {} tok", short_count(asked)), dim));
                }
            }
            Role::Assistant => {
                left.push(word("AGENT", self.hue(Hue::Heading)));
                if let Some(model) = &message.model {
                    left.push(made(format!(" {}", model.short()), dim));
                }
                right.extend(self.spent());
            }
            // What a person typed for the agent's program.
            Role::System if is_command(message) => left.push(word("YOU", self.hue(Hue::User))),
            Role::System => left.push(word("system", dim)),
        }
        match message.lane {
            Lane::Main => {}
            Lane::Side(_) => left.push(word("  side", self.hue(Hue::Warn))),
            Lane::Left => left.push(word("  taken back", self.hue(Hue::Warn))),
        }
        self.push(
            spread_on_page(left, right, self.setting.width, 2 + MEASURE),
            None,
        );
        if let Some(line) = self.lines.last_mut() {
            line.label = true;
        }
    }

    /// Whether a person said it, and not an agent to one that it started.
    pub(super) fn is_persons(&self) -> bool {
        let message = self.message;
        let is_side = matches!(message.lane, Lane::Side(_));
        message.role == Role::User && !is_side && !self.setting.of_agent
    }

    /// When it was said: since the start, by the clock, or both.
    fn times(&self) -> Vec<Span<'static>> {
        let times = self.setting.showing.times;
        let dim = self.hue(Hue::Dim);
        let mut spans = Vec::new();
        let Some(at) = self.message.at else {
            return spans;
        };
        if let Some(start) = self
            .setting
            .started
            .filter(|_| matches!(times, Times::Relative | Times::Both))
        {
            let seconds = (at.as_second() - start.as_second()).max(0);
            let (h, m, s) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
            spans.push(made(format!("+{h:02}:{m:02}:{s:02}  "), dim));
        }
        if matches!(times, Times::Clock | Times::Both) {
            let zoned = |at: Timestamp| at.to_zoned(self.setting.zone.clone());
            let begun = self.setting.started.map(|start| zoned(start).date());
            // A conversation that goes on another day says which.
            let form = match begun.is_some_and(|day| day != zoned(at).date()) {
                true => "%m-%d %H:%M  ",
                false => "%H:%M  ",
            };
            spans.push(made(zoned(at).strftime(form).to_string(), dim));
        }
        spans
    }

    fn spent(&self) -> Option<Span<'static>> {
        let spent = self.setting.spent.filter(|spent| spent.usage.output > 0)?;
        let mut text = format!("out {} tok", short_count(spent.usage.output));
        if spent.cost.known().is_some() {
            text.push_str(&format!("  {}", spent.cost));
        }
        Some(made(text, self.hue(Hue::Dim)))
    }
}
