//! The only place where text becomes something that is drawn. What goes in is clean, or our own words.

use std::ops::Range;

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::text::{Clean, clusters, width, width_within};

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

/// Lines of text are at most so wide: longer ones are hard to read.
pub const MEASURE: usize = 100;

/// The same on a page whose text ends before the cells do: what stands at the right is no further away, where it fits.
pub fn spread_on_page(
    left: Vec<Span<'static>>,
    right: Vec<Span<'static>>,
    cells: usize,
    page: usize,
) -> Vec<Span<'static>> {
    let both = measure(&left) + measure(&right) + 2;
    spread(left, right, both.max(page).min(cells))
}

/// At most `cells` wide, ending in `..` where something was cut.
pub fn clip(spans: Vec<Span<'static>>, cells: usize) -> Vec<Span<'static>> {
    let fits = spans.iter().try_fold(cells, |left, span| {
        Some(left - width_within(&span.content, left)?)
    });
    if fits.is_some() {
        return spans;
    }
    let mut left = cells;
    let mut out = Vec::with_capacity(spans.len());
    let mut rest = spans.into_iter().peekable();
    while let Some(span) = rest.next() {
        let more = rest.peek().is_some();
        match width_within(&span.content, left) {
            Some(wide) if wide < left || !more => {
                left -= wide;
                out.push(span);
            }
            // The mark needs room here even when the span itself would just fit.
            Some(_) => {
                let text = crate::text::cut(&format!("{}  ", span.content), left);
                out.push(Span::styled(text, span.style));
                break;
            }
            None => {
                let text = crate::text::cut(&span.content, left);
                out.push(Span::styled(text, span.style));
                break;
            }
        }
    }
    out
}

/// What stands behind so many cells of a line.
pub fn later(spans: &[Span<'static>], cells: usize) -> Vec<Span<'static>> {
    let mut at = 0;
    let mut out = Vec::new();
    for span in spans {
        let mut text = String::new();
        for (cluster, wide) in clusters(&span.content) {
            if at >= cells {
                text.push_str(cluster);
            }
            at += wide;
        }
        if !text.is_empty() {
            out.push(Span::styled(text, span.style));
        }
    }
    out
}

/// The start of a line of which more than fits is left out, with the mark of that.
pub fn cut_short(mut spans: Vec<Span<'static>>, cells: usize) -> Vec<Span<'static>> {
    if let Some(last) = spans.last_mut() {
        // More than the mark is wide, so that it is certain to be needed.
        last.content = format!("{}{}", last.content, " ".repeat(cells.max(3))).into();
    }
    clip(spans, cells)
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

/// Lays styles over pieces of a line's text, which stand in order and apart: each by what is said of it.
pub fn mark<T: Copy>(
    line: &Line<'static>,
    pieces: &[(Range<usize>, T)],
    style: impl Fn(T) -> Style,
) -> Line<'static> {
    let text = plain(line);
    let mut spans = Vec::new();
    let mut at = 0;
    for span in &line.spans {
        let all = at..at + span.content.len();
        let mut add = |from: usize, to: usize, style| {
            let piece = text.get(from..to).unwrap_or_default();
            if !piece.is_empty() {
                spans.push(Span::styled(piece.to_owned(), style));
            }
        };
        for (piece, what) in pieces
            .iter()
            .filter(|(p, _)| p.start < all.end && p.end > all.start)
        {
            let (start, end) = (piece.start.max(all.start), piece.end.min(all.end));
            add(at, start, span.style);
            add(start, end, span.style.patch(style(*what)));
            at = end;
        }
        add(at, all.end, span.style);
        at = all.end;
    }
    Line::from(spans)
}

/// Lays a style over some cells of a line.
pub fn mark_cells(line: Line<'static>, cells: Range<usize>, style: Style) -> Line<'static> {
    let mut spans = Vec::new();
    let mut at = 0;
    for span in line.spans {
        let mut pieces = [String::new(), String::new(), String::new()];
        for (cluster, wide) in clusters(&span.content) {
            let place = usize::from(at >= cells.start) + usize::from(at >= cells.end);
            if let Some(piece) = pieces.get_mut(place) {
                piece.push_str(cluster);
            }
            at += wide;
        }
        let [before, within, behind] = pieces;
        let kept = [(before, false), (within, true), (behind, false)];
        for (text, is_in) in kept.into_iter().filter(|(text, _)| !text.is_empty()) {
            let laid = if is_in {
                span.style.patch(style)
            } else {
                span.style
            };
            spans.push(Span::styled(text, laid));
        }
    }
    Line::from(spans)
}

/// The text of a line without its styles.
pub fn plain(line: &Line<'_>) -> String {
    line.spans.iter().map(|s| s.content.as_ref()).collect()
}
