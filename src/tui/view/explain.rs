//! Where the numbers of a session, and of the turn under the cursor, come from.

use ratatui::text::Line;

use super::super::app::{App, Pane};
use crate::export::explain;
use crate::render::span::blank;
use crate::render::theme::Role;
use crate::render::wrap::{self, Run};
use crate::text::Locale;

pub fn content(app: &App, width: usize) -> Vec<Line<'static>> {
    let locale = Locale::default();
    let tariff = app.index.tariff();
    let mut said = Vec::new();
    let reader = app.reader.as_ref().filter(|_| app.focus == Pane::Reader);
    if let Some(document) = reader.and_then(|reader| reader.document.as_ref()) {
        said.extend(explain::turn(&document.turn_here(), tariff, &locale));
    }
    if let Some(row) = app.subject_row() {
        let mut explained = app.index.explain(row);
        if let Some(mask) = &app.look.mask {
            explained.retitle(|title| mask.title(title));
        }
        said.extend(explain::lines(&explained, &tariff.about(), &locale));
    }
    let mut out = Vec::new();
    for (at, line) in said.iter().enumerate() {
        let begins = at.checked_sub(1).and_then(|at| said.get(at));
        let heads = line.depth == 0 && begins.is_none_or(|before| before.text.is_empty());
        let style = match line.depth {
            0 if heads => Role::Heading,
            0 | 1 => Role::Text,
            _ => Role::Dim,
        };
        let indent = 1 + line.depth * 2;
        let text = app.look.shown(&line.text).into_owned();
        let run = Run::new(text, app.look.theme.style(style));
        if line.text.is_empty() {
            out.push(Line::default());
            continue;
        }
        for spans in wrap::words(&[run], width.saturating_sub(indent + 1)) {
            let spans = std::iter::once(blank(indent)).chain(spans);
            out.push(Line::from(spans.collect::<Vec<_>>()));
        }
    }
    out
}
