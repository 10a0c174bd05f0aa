//! Code and tables: what keeps its own columns.

use std::ops::Range;

use pulldown_cmark::Alignment;
use ratatui::style::{Modifier, Style};

use super::super::span::{blank, clip, cut_short, made, measure, rule};
use super::super::strip::Strip;
use super::super::theme::Role;
use super::super::wrap::{self, Joint, Row, Run, both};
use super::{Code, Open, Page, Table};
use crate::text::Clean;

/// Columns of a table are at least so wide where they are narrower than their cells.
const NARROWEST: usize = 3;

impl Open {
    /// Where bytes of the code are from: they stand in one piece of it.
    fn from(&self, bytes: Range<usize>) -> Option<Range<usize>> {
        let n = self.from.partition_point(|(at, _)| *at <= bytes.start);
        let (at, from) = self.from.get(n.checked_sub(1)?)?;
        let start = from.start + (bytes.start - at);
        let end = start + bytes.len();
        (end <= from.end).then_some(start..end)
    }
}

impl Page<'_, '_, '_> {
    /// Code keeps its lines: on a raised ground, a cell of air around it, its language above.
    pub(super) fn code_block(&mut self, open: &Open) {
        let width = self.room();
        let inner = width.saturating_sub(2).max(1);
        let ground = self.paper.theme.style(Role::Ground);
        let base = self.role(Role::Text).patch(ground);
        let dim = self.role(Role::Dim).patch(ground);
        let (language, body) = (&*open.language, &*open.body);
        let body = body.strip_suffix('\n').unwrap_or(body);
        let inked = self.paper.palette.of(language, body);
        let label = if language.is_empty() {
            "code"
        } else {
            language
        };
        let head = vec![rule(" ", 1, ground), made(label.to_owned(), dim)];
        self.grounded(Row::from(head), width, ground);
        let Code { most, wrapped } = self.paper.code;
        let mut at = 0;
        for (i, line) in body.split('\n').enumerate() {
            if i >= most {
                break;
            }
            let from = open.from(at..at + line.len());
            at += line.len() + 1;
            let styles = inked.and_then(|ink| ink.lines.get(i));
            let runs = runs_of(line, styles.map(Vec::as_slice), base, from);
            let mut rows = match wrapped {
                true => wrap::code_rows(&runs, inner),
                false => wrap::hard_rows(&runs, inner),
            };
            if !wrapped && rows.len() > 1 {
                rows.truncate(1);
                if let Some(row) = rows.first_mut() {
                    row.spans = cut_short(std::mem::take(&mut row.spans), inner);
                }
            }
            for piece in rows {
                self.grounded(piece.behind(rule(" ", 1, ground)), width, ground);
            }
        }
        let lines = body.split('\n').count();
        if lines > most {
            let text = format!(" ... {} more lines (z c)", lines - most);
            self.grounded(Row::from(vec![made(text, dim)]), width, ground);
        }
    }

    /// A line whose ground goes to the edge.
    fn grounded(&mut self, mut row: Row, width: usize, ground: Style) {
        let mut spans = clip(row.spans, width);
        let fill = width.saturating_sub(measure(&spans));
        spans.push(rule(" ", fill, ground));
        (row.spans, row.tail) = (spans, fill);
        self.emit(row);
    }

    /// Cells go on below themselves where a table is wider than its page; the widest columns give way first.
    pub(super) fn lay_table(&mut self, table: &Table) {
        let columns = table.rows.iter().map(Vec::len).max().unwrap_or(0);
        let widths = self.widths(table, columns);
        let sign = if self.paper.ascii { "-" } else { "─" };
        let room = self.room();
        for (n, row) in table.rows.iter().enumerate() {
            let head = if n == 0 {
                Style::new().add_modifier(Modifier::BOLD)
            } else {
                Style::new()
            };
            let cell = |(i, width): (usize, &usize)| {
                let runs = row.get(i).map(Vec::as_slice).unwrap_or_default();
                let bold = runs.iter().map(|run| Run {
                    style: run.style.patch(head),
                    ..run.clone()
                });
                wrap::word_rows(&bold.collect::<Vec<_>>(), *width)
            };
            let cells: Vec<Vec<Row>> = widths.iter().enumerate().map(cell).collect();
            let tall = cells.iter().map(Vec::len).max().unwrap_or(1);
            for at in 0..tall {
                let joint = if at > 0 { Joint::GoesOn } else { Joint::Begins };
                let mut line = Row {
                    joint,
                    ..Row::default()
                };
                let mut used = 0;
                for (i, (cell, width)) in cells.iter().zip(&widths).enumerate() {
                    let mut piece = cell.get(at).cloned().unwrap_or_default();
                    let before = at.checked_sub(1).and_then(|at| cell.get(at));
                    if before.is_some_and(ends_in_space) && piece.joint == Joint::GoesOn {
                        piece.joint = Joint::BehindSpace;
                    }
                    // The space at which a line was broken is no letter of it.
                    if let Some(last) = piece.spans.last_mut() {
                        last.content = last.content.trim_end_matches(' ').to_owned().into();
                    }
                    let spans = clip(piece.spans, *width);
                    let free = width.saturating_sub(measure(&spans));
                    let left = match table.alignments.get(i) {
                        Some(Alignment::Right) => free,
                        Some(Alignment::Center) => free / 2,
                        _ => 0,
                    };
                    let gap = if i + 1 < columns { 2 } else { 0 };
                    line.strips.push(Strip {
                        cells: used + left..used + width - (free - left),
                        from: piece.from.clone(),
                        joint: piece.joint,
                    });
                    used += width + gap;
                    line.spans.push(blank(left));
                    line.spans.extend(spans);
                    line.spans.push(blank(free - left + gap));
                    line.from = both(line.from.take(), piece.from);
                }
                line.spans = clip(line.spans, room);
                self.emit(line);
            }
            if n == 0 {
                let dim = self.role(Role::Dim);
                let total = widths.iter().sum::<usize>() + columns.saturating_sub(1) * 2;
                self.emit(Row::from(vec![rule(sign, total.min(room), dim)]));
            }
        }
    }

    /// How wide each column is.
    fn widths(&self, table: &Table, columns: usize) -> Vec<usize> {
        let wide = |cell: &[Run]| cell.iter().map(|r| r.text.width()).sum::<usize>();
        let column = |i: usize| {
            let cells = table.rows.iter().filter_map(|row| row.get(i));
            cells.map(|cell| wide(cell)).max().unwrap_or(0).max(1)
        };
        let mut widths: Vec<usize> = (0..columns).map(column).collect();
        let room = self
            .room()
            .saturating_sub(columns.saturating_sub(1) * 2)
            .max(columns);
        while widths.iter().sum::<usize>() > room {
            let Some(widest) = widths.iter_mut().max() else {
                break;
            };
            if *widest <= NARROWEST {
                break;
            }
            *widest -= 1;
        }
        widths
    }
}

/// Whether a row was broken at a space that it still has.
fn ends_in_space(row: &Row) -> bool {
    row.spans
        .last()
        .is_some_and(|last| last.content.ends_with(' '))
}

/// A line of code cut into its colours, which are of the line as it is shown.
fn runs_of(
    line: &str,
    styles: Option<&[(Range<usize>, Style)]>,
    base: Style,
    from: Option<Range<usize>>,
) -> Vec<Run> {
    let clean = Clean::of(line);
    let is_same = clean.as_str() == line;
    let piece = |range: Range<usize>, style: Style| {
        let text = clean.piece(range.clone());
        match &from {
            Some(from) if is_same => Run::of(
                text,
                style,
                from.start + range.start..from.start + range.end,
            ),
            Some(from) => Run::of(text, style, from.clone()),
            None => Run::new(text, style),
        }
    };
    match styles.filter(|s| !s.is_empty()) {
        Some(styles) => styles
            .iter()
            .map(|(range, style)| piece(range.clone(), base.patch(*style)))
            .collect(),
        None => vec![piece(0..clean.as_str().len(), base)],
    }
}
