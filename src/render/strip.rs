//! What stands beside something else on a row: the cells of a table, the sides of a diff. Each goes on below itself, so
//! what is looked for is looked for in each by itself, and never across the gap between two of them.

use std::ops::Range;

use super::wrap::Joint;

/// One of the pieces of a row, counted from the left. A piece that has nothing on its row has no cells there.
#[derive(Clone, PartialEq, Default, Debug)]
pub struct Strip {
    /// Cells of the row, from its left edge.
    pub cells: Range<usize>,
    /// The bytes of the source it shows; absent where no line knows them.
    pub from: Option<Range<usize>>,
    /// How it follows from the same piece on the row before.
    pub joint: Joint,
}

/// Moves them to the right, as something of ours came before them.
pub fn shift(strips: &mut [Strip], cells: usize) {
    for strip in strips {
        strip.cells = strip.cells.start + cells..strip.cells.end + cells;
    }
}
