//! A diff on the page: one column or two, the code in its colours, what changed on a soft ground.

use std::path::Path;

use ratatui::style::{Color, Modifier, Style};
use ratatui::text::Span;

use super::{Compared, DiffLine, Sign};
use crate::model::Edit;
use crate::render::code::{Ink, Palette};
use crate::render::showing::Diffs;
use crate::render::span::{blank, clip, later, made, measure, rule, span, word};
use crate::render::strip::{Strip, shift};
use crate::render::theme::{Role, Theme};
use crate::render::wrap::{self, Joint, Row, Run};

/// From this width on there is room for both sides: the reader alone on a screen of 120 cells has it.
pub const SIDE: usize = 104;
/// How much of a sign's colour is in the ground of its line, and of the words that changed, of 100.
const SOFT: u16 = 16;
const STRONG: u16 = 42;

/// What a diff is drawn on.
pub struct Sheet<'p, 'a> {
    pub theme: &'p Theme,
    pub ascii: bool,
    pub width: usize,
    /// Rows that a line has at most. One that needs more is cut, so that what changed in it is seen.
    pub rows: usize,
    pub diffs: Diffs,
    pub palette: &'p mut Palette<'a>,
}

/// How a line's text looks: its base and its changed words.
struct Hues {
    sign: Style,
    plain: Style,
    strong: Style,
    /// Colours of its code come over the base.
    inked: bool,
}

/// The edit as styled lines of at most the sheet's width.
pub fn lines(edit: &Edit, compared: &Compared<'_>, sheet: &mut Sheet<'_, '_>) -> Vec<Row> {
    let Compared {
        lines, old, new, ..
    } = compared;
    let language = language(edit);
    let old = sheet.palette.of(&language, old);
    let new = sheet.palette.of(&language, new);
    let digits = lines.iter().filter_map(|line| line.number).max();
    let page = Page {
        theme: sheet.theme,
        rows: sheet.rows,
        // Numbers end where the signs begin.
        gutter: digits.map_or(0, |n| n.to_string().len() + 1),
        old,
        new,
    };
    let has = |sign| lines.iter().any(|line| line.sign == sign);
    // A file that is new or gone has one side only.
    let has_sides = has(Sign::Same) || has(Sign::Add) && has(Sign::Remove);
    if sheet.diffs == Diffs::Side && sheet.width >= SIDE && has_sides {
        return page.side_by_side(lines, sheet);
    }
    let width = sheet.width;
    lines
        .iter()
        .flat_map(|line| page.line(line, width))
        .collect()
}

/// The word by which a grammar is found: the ending of a file's name, or the name.
fn language(edit: &Edit) -> String {
    let path = edit.path.as_ref().map(|path| Path::new(path.untrusted()));
    let word = path.and_then(|path| path.extension().or_else(|| path.file_name()));
    word.map(|word| word.to_string_lossy().to_lowercase())
        .unwrap_or_default()
}

struct Page<'a> {
    theme: &'a Theme,
    rows: usize,
    /// Cells of the column of numbers.
    gutter: usize,
    old: Option<&'a Ink>,
    new: Option<&'a Ink>,
}

impl Page<'_> {
    /// Lines taken away at the left, what came for them at the right.
    fn side_by_side(&self, lines: &[DiffLine], sheet: &Sheet<'_, '_>) -> Vec<Row> {
        let bar = if sheet.ascii { " | " } else { " │ " };
        let half = sheet.width.saturating_sub(3) / 2;
        let dim = self.theme.style(Role::Border);
        let mut out = Vec::new();
        let mut rest = lines;
        while let Some(first) = rest.first() {
            let count = |sign| rest.iter().take_while(|line| line.sign == sign).count();
            let (left, right) = match first.sign {
                Sign::Same => (rest.get(..1), rest.get(..1)),
                Sign::Note => {
                    out.extend(self.line(first, sheet.width));
                    rest = rest.get(1..).unwrap_or_default();
                    continue;
                }
                Sign::Add => (None, rest.get(..count(Sign::Add))),
                Sign::Remove => {
                    let gone = count(Sign::Remove);
                    let (left, behind) = rest.split_at(gone);
                    let come = behind.iter().take_while(|line| line.sign == Sign::Add);
                    (Some(left), behind.get(..come.count()))
                }
            };
            let (left, right) = (left.unwrap_or_default(), right.unwrap_or_default());
            let used = match first.sign {
                Sign::Same => 1,
                _ => left.len() + right.len(),
            };
            for i in 0..left.len().max(right.len()) {
                let rows = |line: Option<&DiffLine>| {
                    line.map(|line| self.line(line, half)).unwrap_or_default()
                };
                let (a, b) = (rows(left.get(i)), rows(right.get(i)));
                for row in 0..a.len().max(b.len()) {
                    let mut spans = a.get(row).map(|row| row.spans.clone()).unwrap_or_default();
                    spans.push(blank(half.saturating_sub(measure(&spans))));
                    spans.push(word(bar, dim));
                    spans.extend(b.get(row).map(|row| row.spans.clone()).unwrap_or_default());
                    let mut right = vec![b.get(row).map(strip).unwrap_or_default()];
                    shift(&mut right, half + 3);
                    let left = a.get(row).map(strip).unwrap_or_default();
                    out.push(Row {
                        joint: if row > 0 {
                            Joint::GoesOn
                        } else {
                            Joint::Begins
                        },
                        strips: [vec![left], right].concat(),
                        ..Row::from(spans)
                    });
                }
            }
            rest = rest.get(used.max(1)..).unwrap_or_default();
        }
        out
    }

    /// A line with its number and its sign, in as many rows as it needs.
    fn line(&self, line: &DiffLine, width: usize) -> Vec<Row> {
        let hues = self.hues(line.sign);
        let sign = match line.sign {
            Sign::Add => "+ ",
            Sign::Remove => "- ",
            Sign::Same | Sign::Note => "  ",
        };
        let dim = self.theme.style(Role::Dim);
        let room = width.saturating_sub(self.gutter + 2);
        let runs = self.runs(line, &hues);
        let rows = (self.rows > 1).then(|| set_in(&runs, room));
        let rows = rows.filter(|(rows, _)| rows.len() <= self.rows);
        let (mut rows, indent) =
            rows.unwrap_or_else(|| (vec![Row::from(around(line, &runs, room))], 0));
        for (row, drawn) in rows.iter_mut().enumerate() {
            let mut spans = std::mem::take(&mut drawn.spans);
            let number = line.number.filter(|_| row == 0);
            let number = number.map(|n| n.to_string()).unwrap_or_default();
            let ground = Style {
                fg: None,
                add_modifier: Modifier::empty(),
                ..hues.plain
            };
            let fill = match ground.bg {
                Some(_) => room.saturating_sub(measure(&spans)),
                None => 0,
            };
            let mut whole = Vec::new();
            if self.gutter > 0 {
                let wide = self.gutter - 1;
                whole.push(made(format!("{number:>wide$} "), dim));
            }
            whole.push(word(if row == 0 { sign } else { "  " }, hues.sign));
            whole.append(&mut spans);
            whole.push(rule(" ", fill, ground));
            // The number and the sign are copied with the line.
            drawn.margin = match row {
                0 => 0,
                _ => self.gutter + 2 + indent,
            };
            drawn.tail = fill;
            drawn.spans = clip(whole, width);
        }
        rows
    }

    /// The text of a line, cut where its colours or its changes begin and end.
    fn runs(&self, line: &DiffLine, hues: &Hues) -> Vec<Run> {
        let side = match line.sign {
            Sign::Remove => self.old.zip(line.old),
            _ => self.new.zip(line.new),
        };
        let colours = side.filter(|_| hues.inked);
        let colours = colours.and_then(|(ink, at)| ink.lines.get(at));
        let mut runs = Vec::new();
        let mut start = 0;
        for (is_strong, text) in &line.pieces {
            let base = if *is_strong { hues.strong } else { hues.plain };
            let end = start + text.as_str().len();
            let mut at = start;
            let mut add = |to: usize, style: Style| {
                if to > at {
                    runs.push(Run::new(text.piece(at - start..to - start), style));
                    at = to;
                }
            };
            for (range, style) in colours.into_iter().flatten() {
                let to = range.end.min(end);
                add(range.start.clamp(start, to.max(start)), base);
                add(to, base.patch(*style));
            }
            add(end, base);
            start = end;
        }
        runs
    }

    fn hues(&self, sign: Sign) -> Hues {
        let style = |role| self.theme.style(role);
        let (role, strong) = match sign {
            Sign::Add => (Role::Add, Role::AddStrong),
            Sign::Remove => (Role::Remove, Role::RemoveStrong),
            Sign::Same => return Hues::of(style(Role::Tool), true),
            Sign::Note => return Hues::of(style(Role::Dim), false),
        };
        let light = self.theme.is_light();
        let grounds = style(role)
            .fg
            .and_then(|color| Some((soft(color, SOFT, light)?, soft(color, STRONG, light)?)));
        match grounds {
            Some((ground, strong)) => Hues {
                sign: style(role).bg(ground),
                plain: style(Role::Text).bg(ground),
                strong: style(Role::Bright).bg(strong),
                inked: true,
            },
            None => Hues {
                sign: style(role),
                plain: style(role),
                strong: style(strong),
                inked: false,
            },
        }
    }
}

/// What a row of one side shows, as a piece of the row of both.
fn strip(row: &Row) -> Strip {
    Strip {
        cells: row.margin..measure(&row.spans).saturating_sub(row.tail),
        from: None,
        joint: row.joint,
    }
}

/// A line in as many rows as it needs: what goes on stands below its beginning, set in as far as that is, and how far
/// that is. In a narrow column less is left of it.
fn set_in(runs: &[Run], room: usize) -> (Vec<Row>, usize) {
    let whole = wrap::word_rows(runs, room);
    if whole.len() < 2 {
        return (whole, 0);
    }
    let (mut indent, mut left) = (0, 0);
    for c in runs.iter().flat_map(|run| run.text.as_str().chars()) {
        let wide = match c {
            ' ' => 1,
            '\t' => wrap::TAB,
            _ => break,
        };
        if indent + wide > room / wrap::INDENT {
            break;
        }
        indent += wide;
        left += 1;
    }
    let mut rest = Vec::with_capacity(runs.len());
    for run in runs {
        let text = run.text.as_str();
        let skip = left.min(text.len());
        left -= skip;
        if skip < text.len() {
            rest.push(Run::new(run.text.piece(skip..text.len()), run.style));
        }
    }
    let ground = runs.first().map_or_else(Style::new, |run| run.style);
    let mut rows = wrap::word_rows(&rest, room - indent);
    for row in &mut rows {
        row.spans.insert(0, rule(" ", indent, ground));
    }
    (rows, indent)
}

/// A line in one row. Where what changed first in it would be behind the edge, its beginning is cut instead.
fn around(line: &DiffLine, runs: &[Run], room: usize) -> Vec<Span<'static>> {
    let spans: Vec<Span<'static>> = runs.iter().map(|run| span(&run.text, run.style)).collect();
    let same = line.pieces.iter().take_while(|(is_strong, _)| !is_strong);
    let same: usize = same.map(|(_, text)| text.as_str().len()).sum();
    let mut at = 0;
    let before = runs.iter().take_while(|run| {
        at += run.text.as_str().len();
        at <= same
    });
    let (before, behind) = spans.split_at(before.count());
    let (start, wide) = (
        measure(before),
        behind
            .first()
            .map_or(0, |s| measure(std::slice::from_ref(s))),
    );
    if behind.is_empty() || start + wide.min(room / 4) + 2 <= room {
        return clip(spans, room);
    }
    // A third of the row is left to what stands before it.
    let mut shown = later(&spans, (start + 2).saturating_sub(room / 3));
    let style = shown.first().map(|span| span.style).unwrap_or_default();
    shown.insert(0, word("..", style));
    clip(shown, room)
}

impl Hues {
    fn of(style: Style, inked: bool) -> Hues {
        Hues {
            sign: style,
            plain: style,
            strong: style,
            inked,
        }
    }
}

/// A colour with most of it taken away, towards the ground that the theme is for.
fn soft(color: Color, part: u16, light: bool) -> Option<Color> {
    let Color::Rgb(r, g, b) = color else {
        return None;
    };
    let ground = if light { 255 } else { 30 };
    let mix = |c: u8| {
        let mixed = (u16::from(c) * part + ground * (100 - part)) / 100;
        u8::try_from(mixed).unwrap_or(u8::MAX)
    };
    Some(Color::Rgb(mix(r), mix(g), mix(b)))
}
