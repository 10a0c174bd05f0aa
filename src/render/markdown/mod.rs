//! Markdown as styled lines. Parsed as events, laid out by us, so that it can fold, measure and be cut.

mod boxes;
mod typed;

use std::ops::Range;

use pulldown_cmark::{Alignment, CodeBlockKind, Event, Options, Parser, Tag, TagEnd};
use ratatui::style::{Modifier, Style};

use super::code::Palette;
use super::signs;
use super::span::{blank, clip, made, measure, rule, word};
use super::strip::shift;
use super::theme::{Role, Theme};
use super::wrap::{self, Row, Run};
use crate::text::{Clean, Raw};

pub use typed::lay_typed;

/// Quotes and lists deeper than this are drawn at this depth.
const DEPTH: usize = 16;

/// What laying out needs to know.
pub struct Paper<'p, 'a> {
    pub theme: &'p Theme,
    pub ascii: bool,
    pub palette: &'p mut Palette<'a>,
    /// How code stands.
    pub code: Code,
}

/// How blocks of code stand.
#[derive(Clone, Copy, Debug)]
pub struct Code {
    /// So many lines of each; the rest is counted.
    pub most: usize,
    /// Long lines go on below themselves; else they are cut.
    pub wrapped: bool,
}

type Lines = Vec<Row>;

/// Lays out Markdown at most `width` cells wide, in a base style.
pub fn lay(text: &str, width: usize, base: Style, paper: &mut Paper<'_, '_>) -> Lines {
    let options =
        Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let mut page = Page {
        source: text,
        width: width.max(8),
        base,
        paper,
        lines: Vec::new(),
        runs: Vec::new(),
        styles: Vec::new(),
        margins: Vec::new(),
        code: None,
        table: None,
        gap: false,
    };
    for (event, from) in Parser::new_ext(text, options).into_offset_iter() {
        page.event(event, from);
    }
    page.flush();
    page.lines
}

/// The fenced and indented code of a Markdown text, as written.
pub fn code_blocks(text: &str) -> Vec<(String, Raw)> {
    let mut blocks = Vec::new();
    let mut open: Option<(String, String)> = None;
    for event in Parser::new(text) {
        match (event, &mut open) {
            (Event::Start(Tag::CodeBlock(kind)), _) => {
                open = Some((language(&kind), String::new()))
            }
            (Event::Text(piece), Some((_, body))) => body.push_str(&piece),
            (Event::End(TagEnd::CodeBlock), _) => {
                blocks.extend(
                    open.take()
                        .map(|(language, body)| (language, Raw::from(body))),
                );
            }
            _ => {}
        }
    }
    blocks
}

fn language(kind: &CodeBlockKind<'_>) -> String {
    match kind {
        CodeBlockKind::Fenced(info) => info
            .split([' ', ',', '{'])
            .next()
            .unwrap_or_default()
            .to_lowercase(),
        CodeBlockKind::Indented => String::new(),
    }
}

/// What stands at the left of every line inside a quote or a list.
enum Margin {
    Quote,
    /// The first line carries the mark, the others its width.
    Item {
        mark: String,
        used: bool,
    },
    List {
        next: Option<u64>,
    },
}

/// Code that is being read: its language, its text, and where pieces of it are from.
#[derive(Default)]
struct Open {
    language: String,
    body: String,
    from: Vec<(usize, Range<usize>)>,
}

struct Page<'t, 'p, 'a> {
    source: &'t str,
    width: usize,
    base: Style,
    paper: &'t mut Paper<'p, 'a>,
    lines: Lines,
    runs: Vec<Run>,
    styles: Vec<Style>,
    margins: Vec<Margin>,
    code: Option<Open>,
    table: Option<Table>,
    /// A blank line is due before the next block.
    gap: bool,
}

#[derive(Default)]
struct Table {
    alignments: Vec<Alignment>,
    rows: Vec<Vec<Vec<Run>>>,
}

impl Page<'_, '_, '_> {
    fn role(&self, role: Role) -> Style {
        self.base.patch(self.paper.theme.style(role))
    }

    fn style(&self) -> Style {
        self.styles.last().copied().unwrap_or(self.base)
    }

    fn push(&mut self, style: Style) {
        let style = self.style().patch(style);
        self.styles.push(style);
    }

    fn event(&mut self, event: Event<'_>, from: Range<usize>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => match &mut self.code {
                Some(open) => {
                    open.from.push((open.body.len(), from));
                    open.body.push_str(&text);
                }
                None => self.text(&text, self.style(), from),
            },
            Event::Code(text) => {
                let style = self.style().patch(self.paper.theme.style(Role::Code));
                // Between its ticks.
                let ticks = from.len().saturating_sub(text.len()) / 2;
                let inside = from.start + ticks..from.start + ticks + text.len();
                let is_it = self.source.get(inside.clone()) == Some(&*text);
                self.text(&text, style, if is_it { inside } else { from });
            }
            Event::Html(text) | Event::InlineHtml(text) => {
                let style = self.role(Role::Dim);
                self.text(&text, style, from);
            }
            Event::SoftBreak => self.text(" ", self.style(), from),
            Event::HardBreak => self.text("\n", self.style(), from),
            Event::Rule => {
                self.block();
                let sign = if self.paper.ascii { "-" } else { "─" };
                let width = self.room().min(40);
                let line = vec![rule(sign, width, self.role(Role::Dim))];
                self.emit(Row {
                    from: Some(from),
                    ..Row::from(line)
                });
                self.gap = true;
            }
            Event::TaskListMarker(done) => {
                let mark = match done {
                    true => &signs::TICKED,
                    false => &signs::UNTICKED,
                };
                let mark = mark.of(self.paper.ascii);
                self.text(mark, self.role(Role::Accent), from);
            }
            _ => {}
        }
    }

    fn text(&mut self, text: &str, style: Style, from: Range<usize>) {
        self.runs.push(Run::of(Clean::of(text), style, from));
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Paragraph => self.block(),
            Tag::Heading { level, .. } => {
                self.block();
                self.push(self.paper.theme.style(Role::Heading));
                if self.paper.theme.is_mono() {
                    let marks = format!("{} ", "#".repeat(level as usize));
                    self.runs.push(Run::new(Clean::from(marks), self.style()));
                }
            }
            Tag::BlockQuote(_) => {
                self.block();
                if self.margins.len() < DEPTH {
                    self.margins.push(Margin::Quote);
                }
                self.push(self.paper.theme.style(Role::Tool));
            }
            Tag::CodeBlock(kind) => {
                self.block();
                self.code = Some(Open {
                    language: language(&kind),
                    ..Open::default()
                });
            }
            Tag::List(first) => {
                self.flush();
                if !self
                    .margins
                    .iter()
                    .any(|m| matches!(m, Margin::List { .. }))
                {
                    self.block();
                }
                self.margins.push(Margin::List { next: first });
            }
            Tag::Item => {
                self.flush();
                let number = self.margins.iter_mut().rev().find_map(|m| match m {
                    Margin::List { next } => Some(next.as_mut()),
                    _ => None,
                });
                let bullet = signs::POINT.of(self.paper.ascii);
                let mark = match number.flatten() {
                    Some(n) => {
                        let mark = format!("{n}. ");
                        *n = n.saturating_add(1);
                        mark
                    }
                    None => bullet.to_owned(),
                };
                self.gap = false;
                self.margins.push(Margin::Item { mark, used: false });
            }
            Tag::Emphasis => self.push(Style::new().add_modifier(Modifier::ITALIC)),
            Tag::Strong => self.push(Style::new().add_modifier(Modifier::BOLD)),
            Tag::Strikethrough => self.push(Style::new().add_modifier(Modifier::CROSSED_OUT)),
            Tag::Link { .. } | Tag::Image { .. } => self.push(self.paper.theme.style(Role::Link)),
            Tag::Table(alignments) => {
                self.block();
                self.table = Some(Table {
                    alignments,
                    rows: Vec::new(),
                });
            }
            Tag::TableHead | Tag::TableRow => {
                if let Some(table) = &mut self.table {
                    table.rows.push(Vec::new());
                }
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph => {
                self.flush();
                self.gap = true;
            }
            TagEnd::Heading(_) => {
                self.flush();
                self.styles.pop();
                self.gap = true;
            }
            TagEnd::BlockQuote(_) => {
                self.flush();
                self.styles.pop();
                if matches!(self.margins.last(), Some(Margin::Quote)) {
                    self.margins.pop();
                }
                self.gap = true;
            }
            TagEnd::CodeBlock => {
                if let Some(open) = self.code.take() {
                    self.code_block(&open);
                    self.gap = true;
                }
            }
            TagEnd::Item => {
                self.flush();
                self.gap = false;
                self.margins.pop();
            }
            TagEnd::List(_) => {
                self.flush();
                self.margins.pop();
                self.gap = true;
            }
            TagEnd::Emphasis
            | TagEnd::Strong
            | TagEnd::Strikethrough
            | TagEnd::Link
            | TagEnd::Image => {
                self.styles.pop();
            }
            TagEnd::TableCell => {
                let cell = std::mem::take(&mut self.runs);
                if let Some(row) = self.table.as_mut().and_then(|t| t.rows.last_mut()) {
                    row.push(cell);
                }
            }
            TagEnd::Table => {
                if let Some(table) = self.table.take() {
                    self.lay_table(&table);
                    self.gap = true;
                }
            }
            TagEnd::HtmlBlock => {
                self.flush();
                self.gap = true;
            }
            _ => {}
        }
    }

    /// Ends what was before and leaves a line free where one is due.
    fn block(&mut self) {
        self.flush();
        if std::mem::take(&mut self.gap) && !self.lines.is_empty() {
            let fresh = matches!(self.margins.last(), Some(Margin::Item { used: false, .. }));
            if !fresh {
                self.emit(Row::default());
            }
        }
    }

    fn flush(&mut self) {
        if self.table.is_some() || self.runs.is_empty() {
            return;
        }
        let runs = std::mem::take(&mut self.runs);
        for line in wrap::word_rows(&runs, self.room()) {
            self.emit(line);
        }
    }

    fn margin_width(&self) -> usize {
        let wide = |margin: &Margin| match margin {
            Margin::Quote => 2,
            Margin::Item { mark, .. } => crate::text::width(mark),
            Margin::List { .. } => 0,
        };
        self.margins
            .iter()
            .take(DEPTH * 2)
            .map(wide)
            .sum::<usize>()
            .min(self.width / 2)
    }

    fn room(&self) -> usize {
        self.width.saturating_sub(self.margin_width()).max(1)
    }

    /// A line behind its margins.
    fn emit(&mut self, mut line: Row) {
        let (dim, accent) = (self.role(Role::Dim), self.role(Role::Accent));
        let bar = signs::QUOTE.of(self.paper.ascii);
        let mut spans = Vec::new();
        for margin in self.margins.iter_mut().take(DEPTH * 2) {
            match margin {
                Margin::Quote => spans.push(word(bar, dim)),
                Margin::Item { mark, used } if !*used => {
                    *used = true;
                    spans.push(made(mark.clone(), accent));
                }
                Margin::Item { mark, .. } => spans.push(blank(crate::text::width(mark))),
                Margin::List { .. } => {}
            }
        }
        let mut spans = clip(spans, self.margin_width());
        let ours = measure(&spans);
        let margin = ours + line.margin;
        shift(&mut line.strips, ours);
        spans.extend(std::mem::take(&mut line.spans));
        self.lines.push(Row {
            spans,
            margin,
            ..line
        });
    }
}

#[cfg(test)]
mod tests;
