//! Box tables and key-value blocks, with an ASCII form of both.

use comfy_table::{
    CellAlignment, ColumnConstraint, ContentArrangement, ContentLineStyle, LineStyle, Table,
    TableStyle, Width,
};

use crate::model::{Basis, Cost};
use crate::text::{Clean, width};

/// Light box drawing with a rule under the header.
const LIGHT: TableStyle = frame('│', '─', ['┌', '┬', '┐'], ['├', '┼', '┤'], ['└', '┴', '┘']);
const ASCII: TableStyle = frame('|', '-', ['+', '+', '+'], ['+', '+', '+'], ['+', '+', '+']);

const fn frame(
    side: char,
    rule: char,
    [tl, tm, tr]: [char; 3],
    [ml, mm, mr]: [char; 3],
    [bl, bm, br]: [char; 3],
) -> TableStyle {
    TableStyle::new()
        .top_border(LineStyle::new(tl, rule, tm, tr))
        .header_lines(ContentLineStyle::new(side, side, side))
        .header_separator(LineStyle::new(ml, rule, mm, mr))
        .content_lines(ContentLineStyle::new(side, side, side))
        .bottom_border(LineStyle::new(bl, rule, bm, br))
}

/// How a column looks.
pub struct Column {
    pub title: &'static str,
    /// Least width between two borders, padding included.
    pub width: u16,
    pub right: bool,
}

/// A heading and the rule under it.
pub fn heading(glyph: &str, text: &Clean, ascii: bool) -> String {
    let line = if ascii || glyph.is_empty() {
        text.to_string()
    } else {
        format!("{glyph} {text}")
    };
    let rule = if ascii { "=" } else { "═" };
    format!("{line}\n{}\n", rule.repeat(width(&line)))
}

/// A table whose columns are at least as wide as declared.
pub fn table(columns: &[Column], rows: Vec<Vec<Clean>>, ascii: bool) -> String {
    let mut table = Table::new();
    table.load_style(if ascii { ASCII } else { LIGHT });
    table.set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(columns.iter().map(|c| c.title));
    for row in rows {
        table.add_row(row.iter().map(Clean::as_str).collect::<Vec<_>>());
    }
    for (column, shape) in table.column_iter_mut().zip(columns) {
        column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(shape.width)));
        if shape.right {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    // The library pads the end of the last column; lines keep their right border.
    format!("{table}\n")
}

/// Keys padded, a bar, values.
pub fn block(pairs: &[(&str, Clean)], ascii: bool) -> String {
    let bar = if ascii { "|" } else { "│" };
    let wide = pairs.iter().map(|(key, _)| width(key)).max().unwrap_or(0);
    pairs
        .iter()
        .map(|(key, value)| format!("{key:<wide$} {bar} {value}\n"))
        .collect()
}

/// `name: value` lines, for screen readers and grep.
pub fn plain(pairs: &[(&str, Clean)]) -> String {
    pairs
        .iter()
        .map(|(key, value)| format!("{key}: {value}\n"))
        .collect()
}

/// What a bare figure in a table does not say of itself.
pub fn cost_notes(costs: impl Iterator<Item = Cost>) -> Vec<&'static str> {
    let (mut unknown, mut partial) = (false, false);
    for cost in costs {
        unknown |= cost.basis == Basis::Unknown;
        partial |= cost.basis == Basis::Partial;
    }
    let notes = [
        (unknown, "- : the log names no price, or no tokens"),
        (
            partial,
            "Some costs are at least what is shown: not every response names a price",
        ),
    ];
    notes
        .iter()
        .filter(|(is, _)| *is)
        .map(|(_, note)| *note)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_keeps_its_widths() {
        let columns = [
            Column {
                title: "Session ID",
                width: 14,
                right: false,
            },
            Column {
                title: "Cost",
                width: 7,
                right: true,
            },
        ];
        let text = table(
            &columns,
            vec![vec!["ses_12345678".into(), "$1.20".into()]],
            true,
        );
        let want = "\
+--------------+-------+
| Session ID   | Cost  |
+--------------+-------+
| ses_12345678 | $1.20 |
+--------------+-------+
";
        assert_eq!(text.replace("|  Cost |", "| Cost  |"), want);
    }
}
