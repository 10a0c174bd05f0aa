//! Box tables and key-value blocks, with an ASCII form of both.

use super::grid::{self, Lines, Track};
use crate::env::Env;
use crate::model::{Basis, Cost};
use crate::text::{Clean, width};

/// How a column looks.
#[derive(Clone, Copy)]
pub struct Column {
    pub title: &'static str,
    /// Least width between two borders, padding included.
    pub width: u16,
    pub right: bool,
}

impl Column {
    pub const fn new(title: &'static str, width: u16) -> Column {
        Column {
            title,
            width,
            right: false,
        }
    }

    /// Numbers stand at the right.
    pub const fn right(mut self) -> Column {
        self.right = true;
        self
    }
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
    table_within(columns, rows, ascii, None)
}

/// The same in a line of so many cells, where they are enough: columns of words give way, the widest first, until they are
/// as wide as declared.
pub fn table_within(
    columns: &[Column],
    rows: Vec<Vec<Clean>>,
    ascii: bool,
    most: Option<usize>,
) -> String {
    let track = |(at, column): (usize, &Column)| {
        let cells = rows.iter().filter_map(|row| row.get(at)).map(Clean::width);
        let declared = usize::from(column.width).saturating_sub(2);
        Track {
            width: cells
                .max()
                .unwrap_or(0)
                .max(declared)
                .max(width(column.title)),
            right: column.right,
        }
    };
    let mut tracks: Vec<Track> = columns.iter().enumerate().map(track).collect();
    // Each column has a blank on both sides and a border behind it; one more stands before the first.
    let line = |tracks: &[Track]| tracks.iter().map(|track| track.width + 3).sum::<usize>() + 1;
    while most.is_some_and(|most| line(&tracks) > most) {
        let wide = tracks.iter_mut().zip(columns).filter(|(track, column)| {
            !column.right && track.width > usize::from(column.width).saturating_sub(2)
        });
        let Some((widest, _)) = wide.max_by_key(|(track, _)| track.width) else {
            break;
        };
        widest.width -= 1;
    }
    let header: Vec<Vec<Clean>> = columns.iter().map(|c| vec![c.title.into()]).collect();
    let row = |row: &Vec<Clean>| Lines {
        cells: row.iter().map(|cell| vec![cell.clone()]).collect(),
        ruled: false,
    };
    let rows: Vec<Lines> = rows.iter().map(row).collect();
    grid::draw(&tracks, &header, &rows, ascii)
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

/// Cells in a line of the terminal; a pipe has none, unless `COLUMNS` gives it some.
pub fn line_width(env: &Env) -> Option<usize> {
    let columns = env.var("COLUMNS").and_then(|c| c.parse().ok());
    env.terminal.width.or(columns).map(usize::from)
}

/// A line under a table, broken between words where so many cells are too few for it.
pub fn note(text: &str, most: Option<usize>) -> String {
    let most = most.unwrap_or(usize::MAX);
    let (mut out, mut used) = (String::new(), 0);
    for word in text.split(' ') {
        let wide = width(word);
        if used > 0 && used + 1 + wide > most {
            out.push_str("\n  ");
            used = 2;
        } else if used > 0 {
            out.push(' ');
            used += 1;
        }
        out.push_str(word);
        used += wide;
    }
    out.push('\n');
    out
}

/// `name: value` lines, for screen readers and grep.
pub fn plain(pairs: &[(&str, Clean)]) -> String {
    pairs
        .iter()
        .map(|(key, value)| format!("{key}: {value}\n"))
        .collect()
}

/// What the marks of figures in a table mean.
pub fn cost_notes(costs: impl Iterator<Item = Cost>) -> Vec<&'static str> {
    let bases: Vec<Basis> = costs.map(|cost| cost.basis).collect();
    let notes = [
        (
            Basis::Estimated,
            "~ : made from tokens and prices, where the logs hold no cost; see: backscroll explain ID",
        ),
        (
            Basis::Partial,
            ">= : at least so much; some tokens have no price or are not in the log",
        ),
        (Basis::Unknown, "- : no price is known, or no tokens"),
    ];
    let said = notes.iter().filter(|(basis, _)| bases.contains(basis));
    said.map(|(_, note)| *note).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// UX 11: no word is cut in two by the edge of the terminal.
    #[test]
    fn notes_are_broken_between_words() {
        let text = "- : no price is known";
        assert_eq!(note(text, None), "- : no price is known\n");
        assert_eq!(note(text, Some(12)), "- : no price\n  is known\n");
        assert_eq!(note("abcdefgh ij", Some(4)), "abcdefgh\n  ij\n");
    }

    #[test]
    fn a_table_keeps_its_widths() {
        let columns = [
            Column::new("Session ID", 14),
            Column::new("Cost", 7).right(),
        ];
        let text = table(
            &columns,
            vec![vec!["ses_12345678".into(), "$1.20".into()]],
            true,
        );
        let want = "\
+--------------+-------+
| Session ID   |  Cost |
+--------------+-------+
| ses_12345678 | $1.20 |
+--------------+-------+
";
        assert_eq!(text, want);
    }
}
