//! Code and tables: what keeps its own columns.

use pulldown_cmark::Alignment;
use ratatui::style::{Modifier, Style};

use super::super::code::{self, InkJob};
use super::super::span::{blank, clip, made, measure, rule, span};
use super::super::theme::Role;
use super::super::wrap::{self, Run};
use super::{Page, Table};
use crate::text::Clean;

impl Page<'_, '_> {
    /// Code keeps its lines: on a raised ground, a cell of air around it, its language above.
    pub(super) fn code_block(&mut self, language: &str, body: &str) {
        let width = self.room();
        let inner = width.saturating_sub(2).max(1);
        let ground = self.paper.theme.style(Role::Ground);
        let base = self.role(Role::Text).patch(ground);
        let body = body.strip_suffix('\n').unwrap_or(body);
        let light = self.paper.theme.is_light();
        let key = code::key(language, body, light);
        let inked = self.paper.ink.get(&key).cloned();
        let colours = self.paper.theme.is_rich();
        if inked.is_none() && colours && code::wants_ink(language, body) {
            self.paper.wanted.push(InkJob {
                key,
                language: language.to_owned(),
                text: body.into(),
                light,
            });
        }
        let label = if language.is_empty() {
            "code"
        } else {
            language
        };
        let mut head = vec![
            rule(" ", 1, ground),
            made(label.to_owned(), self.role(Role::Dim).patch(ground)),
        ];
        head = clip(head, width);
        let fill = width.saturating_sub(measure(&head));
        head.push(rule(" ", fill, ground));
        self.emit(head);
        let text = Clean::of(body);
        for (i, line) in text.as_str().split('\n').enumerate() {
            let styles = inked.as_ref().and_then(|ink| ink.lines.get(i));
            let runs = runs_of(line, styles.map(Vec::as_slice), base);
            for piece in wrap::hard(&runs, inner) {
                let fill = inner.saturating_sub(measure(&piece)) + 1;
                let mut spans = vec![rule(" ", 1, ground)];
                spans.extend(piece);
                spans.push(rule(" ", fill, ground));
                self.emit(clip(spans, width));
            }
        }
    }

    pub(super) fn lay_table(&mut self, table: &Table) {
        let columns = table.rows.iter().map(Vec::len).max().unwrap_or(0);
        let wide = |cell: &[Run]| cell.iter().map(|r| r.text.width()).sum::<usize>();
        let mut widths: Vec<usize> = (0..columns)
            .map(|i| {
                table
                    .rows
                    .iter()
                    .filter_map(|row| row.get(i))
                    .map(|c| wide(c))
                    .max()
                    .unwrap_or(0)
                    .max(1)
            })
            .collect();
        let room = self
            .room()
            .saturating_sub(columns.saturating_sub(1) * 2)
            .max(columns);
        // The widest columns give way first.
        while widths.iter().sum::<usize>() > room {
            let Some(widest) = widths.iter_mut().max() else {
                break;
            };
            if *widest <= 3 {
                break;
            }
            *widest -= 1;
        }
        let sign = if self.paper.ascii { "-" } else { "─" };
        for (n, row) in table.rows.iter().enumerate() {
            let mut line = Vec::new();
            for (i, width) in widths.iter().enumerate() {
                let cell = row.get(i).map(Vec::as_slice).unwrap_or_default();
                let head = if n == 0 {
                    Style::new().add_modifier(Modifier::BOLD)
                } else {
                    Style::new()
                };
                let spans = cell
                    .iter()
                    .map(|run| span(&run.text, run.style.patch(head)))
                    .collect();
                let spans = clip(spans, *width);
                let free = width.saturating_sub(measure(&spans));
                let left = match table.alignments.get(i) {
                    Some(Alignment::Right) => free,
                    Some(Alignment::Center) => free / 2,
                    _ => 0,
                };
                line.push(blank(left));
                line.extend(spans);
                line.push(blank(free - left + if i + 1 < columns { 2 } else { 0 }));
            }
            let room = self.room();
            self.emit(clip(line, room));
            if n == 0 {
                let dim = self.role(Role::Dim);
                let total = widths.iter().sum::<usize>() + columns.saturating_sub(1) * 2;
                self.emit(vec![rule(sign, total.min(room), dim)]);
            }
        }
    }
}

/// A line of code cut into its colours.
fn runs_of(
    line: &str,
    styles: Option<&[(std::ops::Range<usize>, Style)]>,
    base: Style,
) -> Vec<Run> {
    let piece = |range: std::ops::Range<usize>| Clean::of(line.get(range).unwrap_or_default());
    match styles.filter(|s| !s.is_empty()) {
        Some(styles) => styles
            .iter()
            .map(|(range, style)| Run {
                text: piece(range.clone()),
                style: base.patch(*style),
            })
            .collect(),
        None => vec![Run {
            text: piece(0..line.len()),
            style: base,
        }],
    }
}
