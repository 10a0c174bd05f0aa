//! Laying out blocks when they are looked at, and finding one's way among lines whose number is only partly known.

use std::sync::Arc;

use super::super::blocks::{self, Laid, Levels, Setting};
use super::super::code::Palette;
use super::super::record::record;
use super::super::span::{blank, clip, made, rule};
use super::super::theme::Role as Hue;
use super::super::wrap::{self, Run};
use super::{Document, Path, Spot, Turn, masking, turns};
use crate::model::{Kind, Lane, Message};
use crate::text::{Clean, Raw};

/// Lines below the screen that are laid out with it, so that a step needs nothing new.
const MARGIN: usize = 20;
/// What the mask made of so many messages is kept.
const MASKED: usize = 128;

impl Document {
    pub(super) fn block(&mut self, i: usize) -> &[Laid] {
        if self.laid.get(i).is_some_and(Option::is_none) {
            let lines = self.lay(i);
            self.lines_laid += lines.len();
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
        let Some(mut message) = messages.get(i).cloned() else {
            return Vec::new();
        };
        if let Some(mask) = &self.look.mask {
            // Colours that arrive lay it out again, and it may be long.
            let known = self.masked.get(&message.key);
            message = match known.filter(|(of, _)| Arc::ptr_eq(of, &message)) {
                Some((_, hidden)) => hidden.clone(),
                None => {
                    let hidden = masking::message(mask, &message);
                    let both = (message, hidden.clone());
                    // It holds whole texts, also of what is left on disk again.
                    if self.masked.len() >= MASKED {
                        self.masked.clear();
                    }
                    self.masked.insert(both.0.key, both);
                    hidden
                }
            };
        }
        let mut palette = Palette::new(&self.look.theme, &self.ink);
        let (mut lines, heads) = if self.raw.contains_key(&message.key) {
            (self.as_data(&message, &mut palette), true)
        } else {
            self.as_page(i, &message, &mut palette)
        };
        let is_shown = !lines.is_empty();
        if message.lane == Lane::Left {
            let dim = self.look.theme.style(Hue::Dim);
            lines
                .iter_mut()
                .for_each(|laid| laid.line = laid.line.clone().patch_style(dim));
        }
        // One blank line between turns, and inside of one between two texts that would read as one.
        let mut above = Vec::new();
        let before = i.checked_sub(1);
        let before = before.and_then(|before| self.conversation.messages.get(before));
        let apart = before.is_some_and(|before| heads || turns::reads_on(before, &message));
        if apart && is_shown {
            above.push(Laid::lead(Vec::new()));
        }
        if let Some(words) = self.rule_above(i) {
            above.insert(0, self.rule(words));
            above.insert(0, Laid::lead(Vec::new()));
        }
        if !above.is_empty() {
            lines.splice(0..0, above);
        }
        let Palette { wanted, used, .. } = palette;
        for key in used {
            let blocks = self.inked.entry(key).or_default();
            if !blocks.contains(&i) {
                blocks.push(i);
            }
        }
        self.wanted.extend(wanted);
        for laid in &mut lines {
            self.lift.spans(&mut laid.line.spans);
        }
        lines
    }

    /// The lines of a message, and whether it begins a turn.
    fn as_page(
        &self,
        i: usize,
        message: &Arc<Message>,
        palette: &mut Palette<'_>,
    ) -> (Vec<Laid>, bool) {
        let messages = &self.conversation.messages;
        let mut heads = turns::heads(messages, i);
        if self.focus {
            heads = self.heads_in_focus(i, message);
        }
        let spent = match heads {
            true if self.focus => self.turn_at(i).map(Turn::spent),
            true => turns::spent(messages, i),
            false => None,
        };
        let asked = turns::asked(messages, i);
        let mask = self.look.mask.as_deref();
        let inside = |call: &str| {
            let talk = self.inside.get(call)?;
            Some(match mask {
                Some(mask) => masking::conversation(mask, talk, blocks::INLINE),
                None => talk.clone(),
            })
        };
        // Paths below it lose it as they are shown.
        let hidden = mask.zip(self.dir.as_deref()).map(|(mask, dir)| {
            let dir = mask.clean(&Clean::line(&dir.to_string_lossy()));
            Path::new(dir.as_str()).to_path_buf()
        });
        let tasks: Vec<(&str, Clean)> = self
            .tasks
            .iter()
            .map(|(number, title)| (&**number, self.look.title_of(title.untrusted())))
            .collect();
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
            dir: hidden.as_deref().or(self.dir.as_deref()),
            width: self.width,
            showing: self.showing,
            heads,
            of_agent: self.kind == Kind::SubAgent,
            asked: asked.map(|u| u.prompt()),
            spent,
            agents: &self.agents,
            tasks: &tasks,
            inline: &inside,
            sought: self.words_sought(),
        };
        let group = |n: usize| {
            let (group, open) = self.group_of(i, n)?;
            (group.first == (i, n)).then(|| (group.face(), open))
        };
        let levels = Levels {
            of: &|n, part| self.level(i, message, n, part),
            group: &group,
            under: &|n| self.group_of(i, n).is_some(),
            found: &|n| {
                let by_hand = self.level_by_hand(i, message, n);
                let is_folded = by_hand.is_some_and(|level| !level.is_open());
                self.found_in(i, n).filter(|_| !is_folded)
            },
        };
        (blocks::lay(message, &setting, &levels, palette), heads)
    }

    /// A message as data.
    fn as_data(&self, message: &Message, palette: &mut Palette<'_>) -> Vec<Laid> {
        let style = self.look.theme.style(Hue::Tool);
        let logged = self.raw.get(&message.key).cloned().flatten();
        let mut text = logged.map_or_else(|| record(message), |text| text.to_string());
        if let Some(mask) = &self.look.mask
            && let Some(hidden) = masking::json(mask, &Raw::from(text.as_str()))
        {
            text = hidden.untrusted().to_owned();
        }
        let ink = palette.of("json", &text);
        let width = self.width.saturating_sub(2).max(1);
        let mut lines = Vec::new();
        for (n, line) in text.split('\n').enumerate() {
            let clean = Clean::of(line);
            let colours = ink.and_then(|ink| ink.lines.get(n));
            let runs = match colours.filter(|_| clean.as_str() == line) {
                Some(colours) => colours
                    .iter()
                    .map(|(range, hue)| Run::new(clean.piece(range.clone()), style.patch(*hue)))
                    .collect(),
                None => vec![Run::new(clean, style)],
            };
            for row in wrap::code_rows(&runs, width) {
                let row = row.behind(blank(2));
                lines.push(Laid {
                    margin: row.margin,
                    joint: row.joint,
                    ..Laid::bare(clip(row.spans, self.width))
                });
            }
        }
        lines
    }

    /// Words of ours in the middle of a rule.
    fn rule(&self, words: String) -> Laid {
        let sign = if self.look.ascii { "-" } else { "─" };
        let (dim, accent) = (
            self.look.theme.style(Hue::Border),
            self.look.theme.style(Hue::Accent),
        );
        let words = made(format!(" {words} "), accent);
        let side = self
            .width
            .saturating_sub(crate::text::width(&words.content))
            / 2;
        let spans = vec![rule(sign, side, dim), words, rule(sign, side, dim)];
        Laid::lead(clip(spans, self.width))
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
        self.place_hit();
        self.drop_far();
        self.note_reached();
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
