//! Laying out blocks when they are looked at, and finding one's way among lines whose number is only partly known.

use ratatui::text::Line;

use super::super::blocks::{self, Laid, Setting};
use super::super::theme::Role as Hue;
use super::{Document, Spot, turns};
use crate::model::{Lane, Part, Role};

/// Lines below the screen that are laid out with it, so that a step needs nothing new.
const MARGIN: usize = 20;

impl Document {
    pub(super) fn block(&mut self, i: usize) -> &[Laid] {
        if self.laid.get(i).is_some_and(Option::is_none) {
            let lines = self.lay(i);
            if let Some(slot) = self.laid.get_mut(i) {
                *slot = Some(lines);
            }
        }
        self.laid
            .get(i)
            .and_then(Option::as_deref)
            .unwrap_or_default()
    }

    pub(super) fn lay(&mut self, i: usize) -> Vec<Laid> {
        let messages = &self.conversation.messages;
        let Some(message) = messages.get(i).cloned() else {
            return Vec::new();
        };
        let heads = turns::heads(messages, i);
        let spent = if heads {
            turns::spent(messages, i)
        } else {
            None
        };
        let asked = messages
            .get(i + 1)
            .filter(|next| next.role == Role::Assistant)
            .and_then(|next| next.usage);
        let setting = Setting {
            theme: &self.look.theme,
            ascii: self.look.ascii,
            zone: &self.look.zone,
            // A fork shows what was said before it started.
            started: messages
                .iter()
                .find_map(|m| m.at)
                .into_iter()
                .chain(self.started)
                .min(),
            dir: self.dir.as_deref(),
            width: self.width,
            ink: &self.ink,
            heads,
            asked: asked.map(|u| u.prompt()),
            spent,
        };
        let levels = |n: usize, part: &Part| self.level(i, &message, n, part);
        let mut wanted = Vec::new();
        let mut lines = blocks::lay(&message, &setting, &levels, &mut wanted);
        // One blank line between turns, none inside.
        if heads && i > 0 && !lines.is_empty() {
            lines.insert(
                0,
                Laid {
                    line: Line::default(),
                    part: None,
                },
            );
        }
        if message.lane == Lane::Left {
            let dim = self.look.theme.style(Hue::Dim);
            lines
                .iter_mut()
                .for_each(|laid| laid.line = laid.line.clone().patch_style(dim));
        }
        self.wanted.extend(wanted);
        lines
    }

    /// Brings top and cursor to lines that exist, the cursor into view, and lays out the view.
    pub(super) fn settle(&mut self) {
        if self.laid.is_empty() || self.width == 0 {
            return;
        }
        self.cursor = self.valid(self.cursor);
        if self.follow {
            self.cursor = self.end();
            self.seen = self.laid.len();
        }
        self.top = self.valid(self.top).min(self.cursor);
        // The cursor may be below the view: count up from it.
        let highest = self.up(self.cursor, self.height.saturating_sub(1));
        self.top = self.top.max(highest);
        let last = self.end();
        let bottom = self.up(last, self.height.saturating_sub(1));
        self.top = self.top.min(bottom);
        // Lines above the top are not on the screen, however many its block has of them.
        let last = self.top.line + self.height + MARGIN;
        let (mut block, mut rows) = (self.top.block, 0);
        while rows < last && block < self.laid.len() {
            rows += self.block(block).len();
            block += 1;
        }
    }

    pub(super) fn valid(&mut self, spot: Spot) -> Spot {
        let mut block = spot.block.min(self.laid.len().saturating_sub(1));
        // A message may have no line at all; the nearest before it that has one takes its place.
        while block > 0 && self.block(block).is_empty() {
            block -= 1;
        }
        let last = self.block(block).len().saturating_sub(1);
        let line = if block == spot.block {
            spot.line.min(last)
        } else {
            last
        };
        Spot { block, line }
    }

    pub(super) fn end(&mut self) -> Spot {
        let block = self.laid.len().saturating_sub(1);
        self.valid(Spot {
            block,
            line: usize::MAX,
        })
    }

    pub(super) fn up(&mut self, from: Spot, mut lines: usize) -> Spot {
        let mut at = from;
        while lines > at.line {
            if at.block == 0 {
                return Spot::default();
            }
            lines -= at.line + 1;
            at.block -= 1;
            let count = self.block(at.block).len();
            if count == 0 {
                lines += 1;
                at.line = 0;
                if at.block == 0 {
                    return Spot::default();
                }
                continue;
            }
            at.line = count - 1;
        }
        at.line -= lines;
        at
    }

    pub(super) fn down(&mut self, from: Spot, mut lines: usize) -> Spot {
        let mut at = from;
        loop {
            let count = self.block(at.block).len();
            if at.line + lines < count {
                at.line += lines;
                return at;
            }
            if at.block + 1 >= self.laid.len() {
                return self.end();
            }
            lines = (at.line + lines).saturating_sub(count);
            at = Spot {
                block: at.block + 1,
                line: 0,
            };
        }
    }
}
