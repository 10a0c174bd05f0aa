//! The only place where text becomes something that is drawn. What goes in is clean, or our own words.

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::text::{Clean, width};

/// Clean text in a style.
pub fn span(text: &Clean, style: Style) -> Span<'static> {
    Span::styled(text.as_str().replace('\t', "    "), style)
}

/// A word of ours.
pub fn word(text: &'static str, style: Style) -> Span<'static> {
    Span::styled(text, style)
}

/// Text put together by us, cleaned once more.
pub fn made(text: String, style: Style) -> Span<'static> {
    span(&Clean::from(text), style)
}

pub fn blank(cells: usize) -> Span<'static> {
    Span::raw(" ".repeat(cells))
}

/// One sign of ours, many times.
pub fn rule(sign: &'static str, cells: usize, style: Style) -> Span<'static> {
    Span::styled(sign.repeat(cells), style)
}

/// Width of spans side by side.
pub fn measure(spans: &[Span<'_>]) -> usize {
    spans.iter().map(|s| width(&s.content)).sum()
}

/// Left spans, a gap, right spans: exactly `cells` wide where both fit. The left gives way.
pub fn spread(
    left: Vec<Span<'static>>,
    right: Vec<Span<'static>>,
    cells: usize,
) -> Vec<Span<'static>> {
    let right_wide = measure(&right);
    let room = cells.saturating_sub(right_wide + usize::from(right_wide > 0));
    let mut spans = clip(left, room);
    let gap = cells.saturating_sub(measure(&spans) + right_wide);
    spans.push(blank(gap));
    spans.extend(right);
    clip(spans, cells)
}

/// At most `cells` wide, ending in `..` where something was cut.
pub fn clip(spans: Vec<Span<'static>>, cells: usize) -> Vec<Span<'static>> {
    if measure(&spans) <= cells {
        return spans;
    }
    let mut left = cells;
    let mut out = Vec::with_capacity(spans.len());
    let mut rest = spans.into_iter().peekable();
    while let Some(span) = rest.next() {
        let wide = width(&span.content);
        let more = rest.peek().is_some();
        if wide > left || more && wide == left {
            // The mark needs room here even when the span itself would just fit.
            let text = if wide > left {
                crate::text::cut(&span.content, left)
            } else {
                crate::text::cut(&format!("{}  ", span.content), left)
            };
            out.push(Span::styled(text, span.style));
            break;
        }
        left -= wide;
        out.push(span);
    }
    out
}

/// Lays a style under every span of a line.
pub fn under(line: Line<'static>, style: Style) -> Line<'static> {
    let spans: Vec<Span<'static>> = line
        .spans
        .into_iter()
        .map(|s| Span::styled(s.content, style.patch(s.style)))
        .collect();
    Line::from(spans)
}

/// Marks every place where `needle` stands, by comparing without case unless it has capitals.
pub fn mark(line: &Line<'static>, needle: &str, style: Style) -> Line<'static> {
    let exact = needle.chars().any(char::is_uppercase);
    let mut spans = Vec::new();
    for span in &line.spans {
        let text = &span.content;
        let hay = if exact {
            text.to_string()
        } else {
            text.to_lowercase()
        };
        // Lower-casing that moves bytes cannot be mapped back; such a span stays unmarked.
        if needle.is_empty() || hay.len() != text.len() || !hay.contains(needle) {
            spans.push(span.clone());
            continue;
        }
        let mut from = 0;
        for (at, found) in hay.match_indices(needle) {
            let piece = |a: usize, b: usize| text.get(a..b).unwrap_or_default().to_owned();
            spans.push(Span::styled(piece(from, at), span.style));
            spans.push(Span::styled(
                piece(at, at + found.len()),
                span.style.patch(style),
            ));
            from = at + found.len();
        }
        spans.push(Span::styled(
            text.get(from..).unwrap_or_default().to_owned(),
            span.style,
        ));
    }
    Line::from(spans)
}

/// The text of a line without its styles.
pub fn plain(line: &Line<'_>) -> String {
    line.spans.iter().map(|s| s.content.as_ref()).collect()
}
