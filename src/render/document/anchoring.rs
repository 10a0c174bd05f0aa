//! Places that outlast a layout. When lines are made anew, for another width or because something folds, a line's number
//! means another text; how far into its part the text stood does not.

use super::super::blocks::Laid;
use super::super::span;
use super::{Document, PartName, Spot, name_of, part_named};

/// A place in the text, whatever lines it is broken into.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Mark {
    block: usize,
    /// Absent on a heading.
    part: Option<PartName>,
    /// Which of the part's lines, of how many, and which of the block's.
    line: usize,
    lines: usize,
    in_block: usize,
    /// Letters of the part before the line, of how many.
    letters: usize,
    total: usize,
}

fn letters(laid: &Laid) -> usize {
    let text = span::plain(&laid.line);
    text.chars().filter(|c| c.is_alphanumeric()).count()
}

impl Document {
    /// The place of a line; absent while its block is not laid out.
    pub(super) fn mark(&self, spot: Spot) -> Option<Mark> {
        let lines = self.laid.get(spot.block)?.as_ref()?;
        let n = lines.get(spot.line)?.part;
        let message = self.conversation.messages.get(spot.block)?;
        let own = || lines.iter().filter(|laid| laid.part == n);
        let before = || lines.iter().take(spot.line).filter(|laid| laid.part == n);
        Some(Mark {
            block: spot.block,
            part: n.map(|n| name_of(message, n)),
            line: before().count(),
            lines: own().count(),
            in_block: spot.line,
            letters: before().map(letters).sum(),
            total: own().map(letters).sum(),
        })
    }

    /// The lines of a place's part, with their numbers.
    fn lines_of(&mut self, mark: &Mark) -> Vec<(usize, &Laid)> {
        let message = self.conversation.messages.get(mark.block);
        let n = match (mark.part, message) {
            (Some(name), Some(message)) => part_named(message, name),
            _ => None,
        };
        let lines = self.block(mark.block).iter().enumerate();
        lines.filter(|(_, laid)| laid.part == n).collect()
    }

    /// The line of a place after its message became block `block`, or grew. The width is what it was, so the part's lines
    /// are too, as far as they go. What was read again has its new lines in the middle.
    pub(super) fn same_line(&mut self, mark: Mark, block: usize, is_read: bool) -> Spot {
        let own = self.lines_of(&Mark { block, ..mark });
        let behind = mark.lines - mark.line;
        let line = match is_read && behind <= mark.line {
            true => own.len().checked_sub(behind).and_then(|line| own.get(line)),
            false => own.get(mark.line),
        };
        let line = line.or(own.last());
        let line = line.map_or(mark.in_block, |(line, _)| *line);
        self.valid(Spot { block, line })
    }

    /// The line that holds a place after the lines of its block became others.
    pub(super) fn spot(&mut self, mark: Mark) -> Spot {
        let here = |line| Spot {
            block: mark.block,
            line,
        };
        let own = self.lines_of(&mark);
        // Text that is cut and not wrapped loses letters, but keeps its lines.
        if own.len() == mark.lines
            && let Some((line, _)) = own.get(mark.line)
        {
            return here(*line);
        }
        let total: usize = own.iter().map(|(_, laid)| letters(laid)).sum();
        let wanted = (mark.letters * total).checked_div(mark.total).unwrap_or(0);
        let mut before = 0;
        for (line, laid) in &own {
            before += letters(laid);
            if before > wanted {
                return here(*line);
            }
        }
        let line = own.last().map_or(mark.in_block, |(line, _)| *line);
        self.valid(here(line))
    }

    /// Makes all lines anew after a change to what is open. The cursor's text stays on its row of the screen.
    pub(super) fn keep_row(&mut self, change: impl FnOnce(&mut Document)) {
        self.keep_row_with(|document| {
            change(document);
            document.survey();
        });
    }

    /// The same where no part comes into a group or out of one: to look over a long conversation takes a while.
    pub(super) fn keep_row_with(&mut self, change: impl FnOnce(&mut Document)) {
        let (row, mark) = (self.cursor_row(), self.mark(self.cursor));
        let landing = self.finding.landing;
        let is_at_hit = landing.is_some_and(|landing| landing.at == self.cursor);
        change(self);
        self.selection = None;
        self.forget();
        if let Some(mark) = mark.filter(|_| self.width > 0) {
            self.cursor = self.spot(mark);
            if let Some(row) = row {
                self.top = self.up(self.cursor, row);
            }
        }
        self.settle();
        // Who was at a hit still is.
        if let Some(landing) = self.finding.landing.as_mut().filter(|_| is_at_hit) {
            landing.at = self.cursor;
        }
    }

    /// Makes all lines anew for another width. The first line stays the first; the cursor stays on its text where that
    /// is still on the screen. Places are kept from the first change of several, so that dragging a border there and
    /// back ends where it began.
    pub(super) fn rewrap(&mut self, width: usize) {
        let end = if self.width > 0 {
            Some(self.end())
        } else {
            None
        };
        let at_end = end == Some(self.cursor);
        let moved = |kept: &super::Kept| (kept.top, kept.cursor) != (self.top, self.cursor);
        let marks = match self.kept.take().filter(|kept| !moved(kept)) {
            Some(kept) => Some(kept.marks),
            None => self.mark(self.top).zip(self.mark(self.cursor)),
        };
        self.width = width;
        self.forget();
        let Some((top, cursor)) = marks.filter(|_| width > 0) else {
            return self.settle();
        };
        self.top = self.spot(top);
        let lowest = self.down(self.top, self.height.saturating_sub(1));
        self.cursor = if at_end {
            self.end()
        } else {
            self.spot(cursor).min(lowest)
        };
        self.settle();
        self.kept = Some(super::Kept {
            top: self.top,
            cursor: self.cursor,
            marks: (top, cursor),
        });
    }
}
