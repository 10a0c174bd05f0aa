//! One message as lines: whose it is, when, how dear, and its parts.

use std::collections::HashMap;
use std::path::Path;

use jiff::{Timestamp, tz::TimeZone};
use ratatui::text::{Line, Span};

use super::code::{Ink, InkJob};
use super::document::Spent;
use super::markdown::{self, Paper};
use super::span::{blank, clip, made, rule, span, spread, word};
use super::theme::{Role as Hue, Theme};
use super::tool::{self, Level};
use super::wrap::{self, Run};
use crate::model::{Lane, Message, NoticeKind, Part, Role, ToolKind, ToolResult};
use crate::text::{Clean, Raw, floor_boundary, short_count};

/// An agent's text is never wider, however wide the pane.
const MEASURE: usize = 100;
/// A text is shown to this length and from this far before its end; the rest is left to copy and export.
const HEAD: usize = 256 << 10;
const TAIL: usize = 64 << 10;

/// A line, and the part it belongs to.
#[derive(Clone, Debug)]
pub struct Laid {
    pub line: Line<'static>,
    pub part: Option<usize>,
}

/// What a message needs to be laid out.
pub struct Setting<'a> {
    pub theme: &'a Theme,
    pub ascii: bool,
    pub zone: &'a TimeZone,
    pub started: Option<Timestamp>,
    /// The session's working directory.
    pub dir: Option<&'a Path>,
    pub width: usize,
    pub ink: &'a HashMap<u64, Ink>,
    /// The first message of a turn has a heading.
    pub heads: bool,
    /// Tokens that the response to a prompt read.
    pub asked: Option<u64>,
    /// What the turn that starts here spent.
    pub spent: Option<Spent>,
}

/// How far each part is open.
pub type Levels<'a> = &'a dyn Fn(usize, &Part) -> Level;

pub fn lay(
    message: &Message,
    setting: &Setting<'_>,
    levels: Levels<'_>,
    wanted: &mut Vec<InkJob>,
) -> Vec<Laid> {
    let mut block = Block {
        setting,
        wanted,
        lines: Vec::new(),
        message,
    };
    if setting.heads {
        block.head();
    }
    for (i, part) in message.parts.iter().enumerate() {
        // A result is drawn with its call.
        let drawn = i.checked_sub(1).and_then(|i| result_of(message, i));
        if drawn.is_none() {
            block.part(i, part, result_of(message, i), levels(i, part));
        }
    }
    block.lines
}

/// The result of the call at a place, which stands behind it.
pub fn result_of(message: &Message, call: usize) -> Option<&ToolResult> {
    match (message.parts.get(call), message.parts.get(call + 1)) {
        (Some(Part::ToolCall(call)), Some(Part::ToolResult(result)))
            if call.call == result.call =>
        {
            Some(result)
        }
        _ => None,
    }
}

struct Block<'b, 's> {
    setting: &'b Setting<'s>,
    wanted: &'b mut Vec<InkJob>,
    lines: Vec<Laid>,
    message: &'b Message,
}

impl Block<'_, '_> {
    fn push(&mut self, spans: Vec<Span<'static>>, part: Option<usize>) {
        // Names of files, models and kinds come from logs and may have any length.
        self.lines.push(Laid {
            line: Line::from(clip(spans, self.setting.width)),
            part,
        });
    }

    fn hue(&self, hue: Hue) -> ratatui::style::Style {
        self.setting.theme.style(hue)
    }

    fn head(&mut self) {
        let message = self.message;
        let dim = self.hue(Hue::Dim);
        let mut left = Vec::new();
        if let (Some(at), Some(start)) = (message.at, self.setting.started) {
            let seconds = (at.as_second() - start.as_second()).max(0);
            let (h, m, s) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
            left.push(made(format!("+{h:02}:{m:02}:{s:02}  "), dim));
        }
        if let Some(at) = message.at {
            let clock = at
                .to_zoned(self.setting.zone.clone())
                .strftime("%H:%M  ")
                .to_string();
            left.push(made(clock, dim));
        }
        let mut right = Vec::new();
        match message.role {
            Role::User => {
                left.push(word("YOU", self.hue(Hue::User)));
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
            Role::System => left.push(word("system", dim)),
        }
        match message.lane {
            Lane::Main => {}
            Lane::Side(_) => left.push(word("  side", self.hue(Hue::Warn))),
            Lane::Left => left.push(word("  taken back", self.hue(Hue::Warn))),
        }
        self.push(spread(left, right, self.setting.width), None);
    }

    fn spent(&self) -> Option<Span<'static>> {
        let spent = self.setting.spent.filter(|spent| spent.usage.output > 0)?;
        let mut text = format!("out {} tok", short_count(spent.usage.output));
        if spent.cost.known().is_some() {
            text.push_str(&format!("  {}", spent.cost));
        }
        Some(made(text, self.hue(Hue::Dim)))
    }

    fn part(&mut self, i: usize, part: &Part, result: Option<&ToolResult>, level: Level) {
        let width = self.setting.width;
        match part {
            Part::Text(text) if self.message.role == Role::System => {
                self.folded(i, "system", text, level)
            }
            Part::Text(text) => self.text(i, text),
            Part::Thinking(Some(text)) => self.folded(i, "thinking", text, level),
            Part::Thinking(None) => self.push(
                vec![blank(2), word("thinking (hidden)", self.hue(Hue::Dim))],
                Some(i),
            ),
            Part::ToolCall(call) => {
                let (theme, ascii) = (self.setting.theme, self.setting.ascii);
                let inner = width.saturating_sub(2);
                let mut face = vec![blank(2)];
                let place = tool::Place {
                    theme,
                    ascii,
                    width: inner,
                    dir: self.setting.dir,
                };
                face.extend(tool::face(call, result, level, &place));
                self.push(face, Some(i));
                for line in tool::body(call, result, level, theme, width.saturating_sub(6)) {
                    let mut spans = vec![blank(6)];
                    spans.extend(line);
                    self.push(spans, Some(i));
                }
            }
            Part::ToolResult(result) => {
                let text = &result.output;
                self.folded(i, "result", text, level);
            }
            Part::Image { mime, bytes } => {
                let line = format!("[image {mime}, {} KB]", bytes / 1024);
                self.push(vec![blank(2), made(line, self.hue(Hue::Dim))], Some(i));
            }
            Part::Attachment { path } => {
                let line = format!("[file {}]", path.display());
                self.push(vec![blank(2), made(line, self.hue(Hue::Dim))], Some(i));
            }
            Part::Notice { kind, text } => self.notice(i, *kind, text),
            Part::Unknown { kind, json } => {
                let name = Clean::line(kind);
                self.folded(
                    i,
                    "unknown",
                    &Raw::from(format!("{name}\n{}", json.untrusted())),
                    level,
                );
            }
        }
    }

    fn text(&mut self, i: usize, text: &Raw) {
        let is_user = self.message.role == Role::User;
        let (base, indent) = if is_user {
            (Hue::Bright, 2)
        } else {
            (Hue::Assistant, 2)
        };
        let base = self.hue(base);
        // What a person typed reads as typed; only its colour is strong, or pages of it would shout.
        let base = if is_user {
            base.remove_modifier(ratatui::style::Modifier::BOLD)
        } else {
            base
        };
        let width = self.setting.width.saturating_sub(indent).min(MEASURE);
        let kept = cut(text.untrusted());
        let mut paper = Paper {
            theme: self.setting.theme,
            ascii: self.setting.ascii,
            ink: self.setting.ink,
            wanted: self.wanted,
        };
        let lines = markdown::lay(&kept, width, base, &mut paper);
        let bar = if self.setting.ascii { "| " } else { "▌ " };
        for line in lines {
            let mut spans = if is_user {
                vec![word(bar, self.hue(Hue::User))]
            } else {
                vec![blank(indent)]
            };
            spans.extend(line);
            self.push(spans, Some(i));
        }
    }

    /// One line while folded; its text, dim, when open.
    fn folded(&mut self, i: usize, what: &'static str, text: &Raw, level: Level) {
        let dim = self.hue(Hue::Dim);
        let mark = match (level, self.setting.ascii) {
            (Level::Folded, false) => "▸ ",
            (Level::Folded, true) => "> ",
            (_, false) => "▾ ",
            (_, true) => "v ",
        };
        let n = text.lines();
        let count = format!(", {n} {}", if n == 1 { "line" } else { "lines" });
        self.push(
            vec![blank(2), word(mark, dim), word(what, dim), made(count, dim)],
            Some(i),
        );
        if level == Level::Folded {
            return;
        }
        let width = self.setting.width.saturating_sub(6).clamp(1, MEASURE);
        let runs = [Run {
            text: Raw::from(&*cut(text.untrusted())).clean(),
            style: dim,
        }];
        for line in wrap::words(&runs, width) {
            let mut spans = vec![blank(6)];
            spans.extend(line);
            self.push(spans, Some(i));
        }
    }

    fn notice(&mut self, i: usize, kind: NoticeKind, text: &Raw) {
        let hue = match kind {
            NoticeKind::Error => Hue::Error,
            NoticeKind::Interrupted => Hue::Warn,
            NoticeKind::Command => Hue::User,
            _ => Hue::Dim,
        };
        let line = Clean::line(floor_boundary(text.untrusted(), 2_000))
            .cut(self.setting.width.saturating_sub(8));
        let text = span(&line, self.hue(hue));
        if kind != NoticeKind::Compaction {
            self.push(vec![blank(2), text], Some(i));
            return;
        }
        let sign = if self.setting.ascii { "-" } else { "─" };
        let side = self.setting.width.saturating_sub(line.width() + 4) / 2;
        let dim = self.hue(Hue::Dim);
        let spans = vec![
            blank(1),
            rule(sign, side, dim),
            blank(1),
            text,
            blank(1),
            rule(sign, side, dim),
        ];
        self.push(spans, Some(i));
    }
}

/// A very long text keeps its start and its end, and says what is between.
fn cut(text: &str) -> std::borrow::Cow<'_, str> {
    if text.len() <= HEAD + TAIL {
        return text.into();
    }
    let head = floor_boundary(text, HEAD);
    let mut from = text.len() - TAIL;
    while !text.is_char_boundary(from) {
        from += 1;
    }
    let left = from - head.len();
    format!(
        "{head}\n\n... {left} bytes are not shown here; copy and export have them ...\n\n{}",
        text.get(from..).unwrap_or_default()
    )
    .into()
}

/// How open a part is when nobody touched it.
pub fn default_level(part: &Part, tools: Level) -> Level {
    match part {
        Part::ToolCall(call) if call.tool.kind == ToolKind::Edit => tools.max(Level::Short),
        Part::ToolCall(_) | Part::ToolResult(_) => tools,
        _ => Level::Folded,
    }
}

#[cfg(test)]
mod tests;
