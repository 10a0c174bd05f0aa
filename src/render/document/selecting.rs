//! Dragging over text. Cells of the screen are found again in the source, so that what is copied is what was written.
//!
//! Text, thinking and the answers of tools know the bytes that each of their lines shows. Diffs, arguments and lines of
//! our own have no such place: of these the text on the page is taken, without its margin.

use std::ops::Range;

use ratatui::style::Style;
use ratatui::text::Line;

use super::{Clean, Document, Hue, Laid, Masked, Part, Raw, Spot, Whose, blocks, masking, span};
use crate::text::clusters;

/// A cell of a line.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Cell {
    spot: Spot,
    column: usize,
}

/// From where it was begun to where it is now.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Selection {
    from: Cell,
    to: Cell,
}

impl Selection {
    /// Both ends in the order of the text; the last cell is in it.
    fn ends(&self) -> (Cell, Cell) {
        (self.from.min(self.to), self.from.max(self.to))
    }

    pub(super) fn blocks(&self) -> std::ops::RangeInclusive<usize> {
        let (first, last) = self.ends();
        first.spot.block..=last.spot.block
    }

    /// The columns of a line that are in it, on a line of so many cells.
    fn columns(&self, spot: Spot, cells: usize) -> Option<(usize, usize)> {
        let (first, last) = self.ends();
        if spot < first.spot || spot > last.spot {
            return None;
        }
        let from = if spot == first.spot { first.column } else { 0 };
        let to = if spot == last.spot {
            last.column + 1
        } else {
            cells
        };
        Some((from, to.min(cells).max(from)))
    }
}

impl Document {
    fn cell(&mut self, row: u16, column: u16) -> Cell {
        let row = usize::from(row).min(self.height.saturating_sub(1));
        Cell {
            spot: self.down(self.top, row),
            column: usize::from(column),
        }
    }

    /// Begins to select at a cell of the view.
    pub fn select_from(&mut self, row: u16, column: u16) {
        let cell = self.cell(row, column);
        self.selection = Some(Selection {
            from: cell,
            to: cell,
        });
    }

    /// Selects up to a cell of the view.
    pub fn select_to(&mut self, row: u16, column: u16) {
        let cell = self.cell(row, column);
        if let Some(selection) = &mut self.selection {
            selection.to = cell;
        }
    }

    pub fn drop_selection(&mut self) {
        self.selection = None;
    }

    /// Whether more than the cell it was begun at is selected.
    pub fn is_selecting(&self) -> bool {
        self.selection
            .is_some_and(|selection| selection.from != selection.to)
    }

    /// The source text of what is selected.
    pub fn selected(&mut self) -> Option<String> {
        let selection = self.selection.filter(|s| s.from != s.to)?;
        let (first, last) = selection.ends();
        let mut pieces: Vec<Piece> = Vec::new();
        let mut known = None;
        let mut at = first.spot;
        while at <= last.spot {
            let laid = self.block(at.block).get(at.line).cloned();
            let Some(laid) = laid else {
                if at.block >= last.spot.block {
                    break;
                }
                at = Spot {
                    block: at.block + 1,
                    line: 0,
                };
                continue;
            };
            self.add(at, &laid, selection, &mut known, &mut pieces);
            at.line += 1;
        }
        // Headings and folds are ours: they count only where nothing else is selected.
        if pieces.iter().any(|piece| piece.part.is_some()) {
            pieces.retain(|piece| piece.part.is_some());
        }
        let texts = pieces.iter().map(|piece| self.text_of(piece));
        let text = texts.collect::<Vec<_>>().join("\n");
        (!text.is_empty()).then_some(text)
    }

    fn add(
        &self,
        spot: Spot,
        laid: &Laid,
        selection: Selection,
        known: &mut Option<Shown>,
        pieces: &mut Vec<Piece>,
    ) {
        let drawn = span::plain(&laid.line);
        let cells = crate::text::width(&drawn);
        let columns = selection.columns(spot, cells);
        let Some((from, to)) = columns.filter(|_| !laid.lead) else {
            return;
        };
        let whose = laid.from.as_ref().map(|origin| origin.text);
        let place = laid.from.as_ref().and_then(|origin| {
            let source = self.source(spot.block, laid.part, origin.text)?;
            // Lines of one text come one after the other.
            let of = (spot.block, laid.part, origin.text);
            if known.as_ref().is_none_or(|known| known.of != of) {
                *known = Some(self.as_shown(source, of));
            }
            let bytes = known.as_ref()?.text()?.get(origin.bytes.clone())?;
            let (start, end) = found(bytes, &drawn, laid.margin, from, to);
            Some((origin.bytes.start + start, origin.bytes.start + end))
        });
        let message = self.conversation.messages.get(spot.block);
        let part = laid.part.and_then(|n| message?.parts.get(n));
        if place.is_none() && matches!(part, Some(Part::Text(_) | Part::Thinking(_))) {
            // Labels and rules within a text are ours.
            return;
        }
        let Some((start, end)) = place else {
            let text = part_of(&drawn, from.max(laid.margin), to);
            pieces.push(Piece {
                block: spot.block,
                part: laid.part,
                whose: None,
                start: 0,
                end: 0,
                drawn: text.trim_end().to_owned(),
            });
            return;
        };
        // Lines of one text go on in it, with whatever stands between them in the source.
        if let Some(before) = pieces.last_mut()
            && (before.block, before.part, before.whose) == (spot.block, laid.part, whose)
        {
            before.end = end.max(before.end);
            return;
        }
        pieces.push(Piece {
            block: spot.block,
            part: laid.part,
            whose,
            start,
            end,
            drawn: String::new(),
        });
    }

    pub(super) fn source(&self, block: usize, part: Option<usize>, whose: Whose) -> Option<&Raw> {
        let message = self.conversation.messages.get(block)?;
        let n = part?;
        match (whose, message.parts.get(n)?) {
            (Whose::Said, Part::Text(text) | Part::Thinking(Some(text))) => Some(text),
            (Whose::Said, Part::Notice { text, .. }) => Some(text),
            (Whose::Said, Part::ToolResult(result)) => Some(&result.output),
            (Whose::Output, _) => Some(&blocks::result_of(message, n)?.output),
            _ => None,
        }
    }

    fn text_of(&self, piece: &Piece) -> String {
        let source = piece.whose.and_then(|whose| {
            let source = self.source(piece.block, piece.part, whose)?;
            let of = (piece.block, piece.part, whose);
            self.as_shown(source, of).written(piece.start..piece.end)
        });
        source.unwrap_or_else(|| piece.drawn.clone())
    }

    pub(super) fn as_shown(&self, source: &Raw, of: Text) -> Shown {
        let mask = self.look.mask.as_deref();
        let message = self.conversation.messages.get(of.0);
        let part = message.and_then(|message| message.parts.get(of.1?));
        let is_output = of.2 == Whose::Output || matches!(part, Some(Part::ToolResult(_)));
        let hidden = mask.and_then(|mask| match is_output {
            true => masking::output(mask, source),
            false => masking::said(mask, source),
        });
        Shown {
            of,
            source: source.clone(),
            hidden,
        }
    }

    /// A visible line, with what of it is selected on another ground.
    pub(super) fn selected_line(&self, spot: Spot, line: Line<'static>) -> Line<'static> {
        let Some(selection) = self.selection.filter(|s| s.from != s.to) else {
            return line;
        };
        let cells = span::measure(&line.spans);
        let Some((from, to)) = selection.columns(spot, cells) else {
            return line;
        };
        let style = self
            .look
            .theme
            .style(Hue::Select)
            .patch(Style::new().reversed());
        span::mark_cells(line, from..to, style)
    }
}

/// Which text: of which block and part.
pub(super) type Text = (usize, Option<usize>, Whose);

/// A source, and what the mask made of it where it hides something.
pub(super) struct Shown {
    of: Text,
    source: Raw,
    hidden: Option<(Clean, Option<Masked>)>,
}

impl Shown {
    /// What lines show bytes of; absent where there is no way back from them.
    pub(super) fn text(&self) -> Option<&str> {
        match &self.hidden {
            Some((_, masked)) => Some(&masked.as_ref()?.text),
            None => Some(self.source.untrusted()),
        }
    }

    /// Where something stands in what lines show bytes of, by its place in the text as it is seen, and by where that is
    /// in the source. Absent where there is no way to it.
    pub(super) fn place(&self, seen: Range<usize>, written: usize) -> Option<usize> {
        match &self.hidden {
            Some((_, masked)) => Some(masked.as_ref()?.place(seen).start),
            None => Some(written),
        }
    }

    /// What was written where these bytes are shown.
    fn written(&self, bytes: Range<usize>) -> Option<String> {
        let text = match &self.hidden {
            Some((text, masked)) => text.as_str().get(masked.as_ref()?.origin(bytes)),
            None => self.source.untrusted().get(bytes),
        };
        text.map(str::to_owned)
    }
}

/// A stretch of one source, or text as it is drawn.
struct Piece {
    block: usize,
    part: Option<usize>,
    whose: Option<Whose>,
    start: usize,
    end: usize,
    drawn: String,
}

/// The clusters of a line in these columns.
fn part_of(drawn: &str, from: usize, to: usize) -> String {
    let mut at = 0;
    let mut text = String::new();
    for (cluster, wide) in clusters(drawn) {
        if at >= from && at < to {
            text.push_str(cluster);
        }
        at += wide;
    }
    text
}

/// Where the columns of a drawn line begin and end in its source. Letters stand in it in the order they are drawn in, with
/// signs of Markdown between them that are not drawn.
pub(super) fn found(
    source: &str,
    drawn: &str,
    margin: usize,
    from: usize,
    to: usize,
) -> (usize, usize) {
    let mut column = 0;
    let mut at = 0;
    let mut start = None;
    let mut end = None;
    for (cluster, wide) in clusters(drawn) {
        let is_ours = column < margin;
        let rest = source.get(at..).unwrap_or_default();
        let place = match cluster {
            _ if is_ours => None,
            // The width of a tab is spaces, and behind a line there are as many as there is room.
            " " => rest.starts_with([' ', '\t', '\n']).then_some(0),
            _ => rest.find(cluster),
        };
        if let Some(place) = place {
            let len = match cluster {
                " " => 1,
                _ => cluster.len(),
            };
            if column >= from && column < to {
                start.get_or_insert(at + place);
                end = Some(at + place + len);
            }
            at += place + len;
        }
        column += wide;
    }
    // From before the first letter to behind the last is all of it, its signs too.
    let whole = from <= margin && to >= column;
    match (start, end) {
        _ if whole => (0, source.len()),
        (Some(start), Some(end)) => (start, end),
        _ => (source.len(), source.len()),
    }
}
