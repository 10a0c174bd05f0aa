//! One message as lines: whose it is, when, how dear, and its parts.

mod head;
mod notes;
mod said;
#[cfg(test)]
mod tests;

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use jiff::{Timestamp, tz::TimeZone};
use ratatui::text::{Line, Span};

use super::code::Palette;
use super::document::Spent;
use super::showing::{Showing, Tools};
use super::span::{blank, clip, made, word};
use super::strip::{Strip, shift};
use super::theme::{Role as Hue, Theme};
use super::tool::{self, Agent, Level};
use super::wrap::{Joint, Row};
use crate::model::{Conversation, Message, NoticeKind, Part, Role, ToolCall, ToolKind, ToolResult};
use crate::query::Word;
use crate::text::Clean;

pub use said::{HEAD, TAIL, single};

/// Lines of a block of code that stands short.
const SHORT_CODE: usize = 10;
/// Cells that what is in a group is set in.
const UNDER: usize = 2;
/// Messages of a sub-agent that are shown within its parent's.
pub const INLINE: usize = 200;

/// A line, and the part it belongs to.
#[derive(Clone, Debug)]
pub struct Laid {
    pub line: Line<'static>,
    pub part: Option<usize>,
    /// It is the line of a group that begins with this part.
    pub group: Option<usize>,
    /// What it shows of its part.
    pub from: Option<Origin>,
    /// Cells at its left that are ours, and at its right.
    pub margin: usize,
    pub tail: usize,
    /// How it follows from the line before it.
    pub joint: Joint,
    /// Pieces of it that stand beside each other; none where it is one text.
    pub strips: Vec<Strip>,
    /// It stands above the message and is none of it.
    pub lead: bool,
    /// What it says is ours: nothing that is looked for stands there.
    pub label: bool,
}

impl Laid {
    /// A line that belongs to no part.
    pub fn bare(spans: Vec<Span<'static>>) -> Laid {
        Laid {
            line: Line::from(spans),
            part: None,
            group: None,
            from: None,
            margin: 0,
            tail: 0,
            joint: Joint::Begins,
            strips: Vec::new(),
            lead: false,
            label: false,
        }
    }

    /// Sets it in under the line of a group.
    fn set_in(&mut self) {
        self.line.spans.insert(0, blank(UNDER));
        self.margin += UNDER;
        shift(&mut self.strips, UNDER);
    }

    /// A line above a message: a blank one, or a rule.
    pub fn lead(spans: Vec<Span<'static>>) -> Laid {
        Laid {
            lead: true,
            label: true,
            ..Laid::bare(spans)
        }
    }
}

/// Bytes of a text of a part.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Origin {
    pub text: Whose,
    pub bytes: Range<usize>,
}

/// Which text of a part.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Whose {
    /// What is said, thought or noted in it.
    Said,
    /// What came back from the call.
    Output,
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
    pub showing: Showing,
    /// The first message of a turn has a heading.
    pub heads: bool,
    /// The prompts are those of another agent.
    pub of_agent: bool,
    /// Tokens that the response to a prompt read.
    pub asked: Option<u64>,
    /// What the turn that starts here spent.
    pub spent: Option<Spent>,
    /// Sessions that calls started.
    pub agents: &'a [Agent],
    /// Tasks of a list that is kept by number: `#3`, and what it is called.
    pub tasks: &'a [(&'a str, Clean)],
    /// What was said in them, where they are shown here, by their calls.
    pub inline: &'a dyn Fn(&str) -> Option<Arc<Conversation>>,
    /// What is looked for.
    pub sought: &'a [Word],
}

/// What is found in a call, or in another part.
#[derive(Clone, Copy, Default, Debug)]
pub struct Found {
    /// Hits in what it was given, or in what is said.
    pub given: usize,
    /// There are some in what came back.
    pub answer: bool,
}

/// How each part is shown.
pub struct Levels<'a> {
    pub of: &'a dyn Fn(usize, &Part) -> Level,
    /// The line of a group that begins with a part, and whether the group is open.
    pub group: &'a dyn Fn(usize) -> Option<(String, bool)>,
    /// Whether a part stands under the line of a group.
    pub under: &'a dyn Fn(usize) -> bool,
    /// What is found in a part; absent where nothing is, and where it was folded by hand.
    pub found: &'a dyn Fn(usize) -> Option<Found>,
}

pub fn lay(
    message: &Message,
    setting: &Setting<'_>,
    levels: &Levels<'_>,
    palette: &mut Palette<'_>,
) -> Vec<Laid> {
    let narrow = Setting {
        width: setting.width.saturating_sub(UNDER),
        ..*setting
    };
    let mut block = Block {
        setting,
        palette,
        lines: Vec::new(),
        message,
    };
    if setting.heads {
        block.head();
    }
    // That an agent thought, and nothing of what, is told where nothing else is, or where thoughts are read.
    let is_unknown = |part: &Part| matches!(part, Part::Thinking(None));
    let says_more = !setting.showing.thinking && !message.parts.iter().all(is_unknown);
    for (i, part) in message.parts.iter().enumerate() {
        if let Some((face, open)) = (levels.group)(i) {
            block.group(i, &face, open);
        }
        if says_more && is_unknown(part) {
            continue;
        }
        // A result is drawn with its call.
        let drawn = i.checked_sub(1).and_then(|i| result_of(message, i));
        let level = (levels.of)(i, part);
        if drawn.is_none() && level != Level::Off {
            let shown = (level, (levels.found)(i));
            if (levels.under)(i) {
                let above = block.lines.len();
                block.setting = &narrow;
                block.part(i, part, result_of(message, i), shown);
                block.setting = setting;
                block.lines.iter_mut().skip(above).for_each(Laid::set_in);
            } else {
                block.part(i, part, result_of(message, i), shown);
            }
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

struct Block<'b, 's, 'i> {
    setting: &'b Setting<'s>,
    palette: &'b mut Palette<'i>,
    lines: Vec<Laid>,
    message: &'b Message,
}

impl Block<'_, '_, '_> {
    fn push(&mut self, spans: Vec<Span<'static>>, part: Option<usize>) {
        self.row(Row::from(spans), part, Whose::Said);
    }

    /// A line that may show bytes of a text of its part.
    fn row(&mut self, row: Row, part: Option<usize>, text: Whose) {
        // Names of files, models and kinds come from logs and may have any length.
        self.lines.push(Laid {
            line: Line::from(clip(row.spans, self.setting.width)),
            part,
            group: None,
            from: row.from.map(|bytes| Origin { text, bytes }),
            margin: row.margin,
            tail: row.tail,
            joint: row.joint,
            strips: row.strips,
            lead: false,
            label: false,
        });
    }

    fn hue(&self, hue: Hue) -> ratatui::style::Style {
        self.setting.theme.style(hue)
    }

    fn group(&mut self, i: usize, face: &str, open: bool) {
        let level = if open { Level::Full } else { Level::Folded };
        let dim = self.hue(Hue::Dim);
        let mark = word(tool::fold_mark(level, self.setting.ascii), dim);
        self.push(vec![blank(2), mark, made(face.to_owned(), dim)], None);
        if let Some(line) = self.lines.last_mut() {
            line.group = Some(i);
        }
    }

    fn part(
        &mut self,
        i: usize,
        part: &Part,
        result: Option<&ToolResult>,
        (level, found): (Level, Option<Found>),
    ) {
        match part {
            Part::Text(text) if self.message.role == Role::System => {
                self.aside(i, "system", text, level)
            }
            Part::Text(text) => self.text(i, text),
            Part::Thinking(Some(text)) => self.aside(i, "thinking", text, level),
            Part::Thinking(None) => self.push(
                vec![
                    blank(2),
                    word("thinking (not in the log)", self.hue(Hue::Dim)),
                ],
                Some(i),
            ),
            Part::ToolCall(call) => self.call(i, call, result, (level, found)),
            Part::ToolResult(result) => self.folded(i, "result", &result.output, level),
            Part::Image { mime, bytes } => {
                let mut spans = tool::picture(mime, *bytes, self.hue(Hue::Dim), self.setting.ascii);
                spans.insert(0, blank(2));
                self.push(spans, Some(i));
            }
            Part::Attachment { path } => {
                let sought = found.map_or(&[][..], |_| self.setting.sought);
                let path = tool::shown_path(&path.to_string_lossy(), self.setting.dir, sought);
                let line = format!("[file {path}]");
                self.push(vec![blank(2), made(line, self.hue(Hue::Dim))], Some(i));
            }
            Part::Notice {
                kind: NoticeKind::Context,
                text,
            } => self.aside(i, "system", text, level),
            Part::Notice { kind, text } => self.notice(i, *kind, text),
            Part::Unknown { kind, json } => self.unknown(i, kind, json, level),
        }
    }

    fn call(
        &mut self,
        i: usize,
        call: &ToolCall,
        result: Option<&ToolResult>,
        (level, found): (Level, Option<Found>),
    ) {
        let setting = self.setting;
        let agents = setting.agents.iter();
        let place = tool::Place {
            theme: setting.theme,
            ascii: setting.ascii,
            width: setting.width.saturating_sub(2),
            dir: setting.dir,
            agent: agents.into_iter().find(|agent| agent.is_of(call, result)),
            tasks: setting.tasks,
            sought: found.map_or(&[], |_| setting.sought),
        };
        let mut face = vec![blank(2)];
        let mut line = tool::face(call, result, level, &place);
        // What its line does not show of the hits is shown below it.
        let given = found.is_some_and(|found| found.given > tool::count(&line, setting.sought));
        let asked = call.target.as_ref().filter(|_| given);
        let target = asked.is_some_and(|target| {
            tool::hits(target.untrusted(), setting.sought) > tool::count(&line, setting.sought)
        });
        // Whoever opens all of it reads all of what was asked.
        let target = target || level > Level::Short && !tool::tells_whole(&line, call, &place);
        if given && !level.is_open() {
            line = tool::face(call, result, Level::Full, &place);
        }
        let mut page = tool::Page {
            theme: setting.theme,
            ascii: setting.ascii,
            width: setting.width.saturating_sub(6),
            showing: setting.showing,
            palette: self.palette,
            given,
            target,
            answer: found.is_some_and(|found| found.answer),
        };
        let rows = tool::body(call, result, level, &mut page);
        let inside = (setting.inline)(&call.call);
        // What is open and has nothing under it looks like what is folded.
        if level.is_open() && rows.is_empty() && inside.is_none() && !given {
            line = tool::face(call, result, Level::Folded, &place);
        }
        face.append(&mut line);
        self.push(face, Some(i));
        for row in rows {
            self.row(row.behind(blank(6)), Some(i), Whose::Output);
        }
        if let Some(inside) = inside {
            self.inline(i, &inside);
        }
    }

    /// What a sub-agent said, behind a bar, under the call that started it.
    fn inline(&mut self, i: usize, inside: &Conversation) {
        let none = |_: &str| None;
        let setting = self.setting;
        let bar = if setting.ascii { "| " } else { "│ " };
        let dim = self.hue(Hue::Border);
        let mut lines = Vec::new();
        let mut before: Option<Role> = None;
        for message in inside.messages.iter().take(INLINE) {
            let within = Setting {
                width: setting.width.saturating_sub(6),
                heads: before != Some(message.role) && message.role != Role::System,
                of_agent: true,
                asked: None,
                spent: None,
                agents: &[],
                tasks: &[],
                inline: &none,
                ..*setting
            };
            before = Some(message.role);
            let levels = Levels {
                of: &|_, part| default_level(part, setting.showing.tools.min(Tools::Line)),
                group: &|_| None,
                under: &|_| false,
                found: &|_| None,
            };
            lines.extend(lay(message, &within, &levels, self.palette));
        }
        let left = inside.messages.len().saturating_sub(INLINE);
        if left > 0 {
            let text = format!("... {left} more messages (Enter goes in)");
            lines.push(Laid::bare(vec![made(text, self.hue(Hue::Dim))]));
        }
        for mut line in lines {
            let mut spans = vec![blank(4), word(bar, dim)];
            spans.extend(line.line.spans);
            shift(&mut line.strips, 6);
            let row = Row {
                spans,
                from: None,
                margin: line.margin + 6,
                tail: line.tail,
                joint: line.joint,
                strips: line.strips,
            };
            self.row(row, Some(i), Whose::Said);
        }
    }
}

/// How open a part is when nobody touched it. What a read, a search, a page of the web or a sub-agent gave is for the
/// agent: under `short` it is told by its line.
pub fn default_level(part: &Part, tools: Tools) -> Level {
    let quiet = |call: &ToolCall| {
        matches!(
            call.tool.kind,
            ToolKind::Read | ToolKind::Search | ToolKind::Web | ToolKind::Task
        )
    };
    match (part, tools) {
        (Part::ToolCall(_) | Part::ToolResult(_), Tools::Off) => Level::Off,
        (Part::ToolCall(_) | Part::ToolResult(_), Tools::Line) => Level::Folded,
        (Part::ToolCall(call), Tools::Short) if quiet(call) => Level::Folded,
        (Part::ToolCall(_), Tools::Short) => Level::Short,
        (Part::ToolResult(_), Tools::Short) => Level::Folded,
        (Part::ToolCall(_) | Part::ToolResult(_), Tools::Full) => Level::Full,
        _ => Level::Folded,
    }
}
