//! Boxes around rows of text: every table of the commands is drawn here, in light lines or in ASCII.

use crate::text::{Clean, width};

/// The characters of a frame: corners and crossings from top left to bottom right, then the two lines.
struct Frame {
    top: [&'static str; 3],
    middle: [&'static str; 3],
    bottom: [&'static str; 3],
    rule: &'static str,
    side: &'static str,
}

const LIGHT: Frame = Frame {
    top: ["┌", "┬", "┐"],
    middle: ["├", "┼", "┤"],
    bottom: ["└", "┴", "┘"],
    rule: "─",
    side: "│",
};
const ROUND: Frame = Frame {
    top: ["╭", "─", "╮"],
    middle: ["│", " ", "│"],
    bottom: ["╰", "─", "╯"],
    rule: "─",
    side: "│",
};
const ASCII: Frame = Frame {
    top: ["+", "+", "+"],
    middle: ["+", "+", "+"],
    bottom: ["+", "+", "+"],
    rule: "-",
    side: "|",
};

/// One row: for each column its lines, and whether a rule stands above it.
pub struct Lines {
    pub cells: Vec<Vec<Clean>>,
    pub ruled: bool,
}

/// A column as it is drawn.
#[derive(Clone, Copy)]
pub struct Track {
    /// Cells between the two blanks beside the borders.
    pub width: usize,
    pub right: bool,
}

/// A header, a rule, and rows.
pub fn draw(tracks: &[Track], header: &[Vec<Clean>], rows: &[Lines], ascii: bool) -> String {
    let frame = if ascii { &ASCII } else { &LIGHT };
    let mut out = String::new();
    rule(&mut out, tracks, frame, frame.top);
    lines(&mut out, tracks, frame, header);
    rule(&mut out, tracks, frame, frame.middle);
    for (i, row) in rows.iter().enumerate() {
        if row.ruled && i > 0 {
            rule(&mut out, tracks, frame, frame.middle);
        }
        lines(&mut out, tracks, frame, &row.cells);
    }
    rule(&mut out, tracks, frame, frame.bottom);
    out
}

/// A title in a rounded box with a blank line above and below it.
pub fn title(text: &Clean, ascii: bool) -> String {
    let frame = if ascii { &ASCII } else { &ROUND };
    let inner = width(text.as_str()) + 4;
    let line = |text: &str| format!("{}{text:inner$}{}\n", frame.side, frame.side);
    let edge = |[left, _, right]: [&str; 3]| format!("{left}{}{right}\n", frame.rule.repeat(inner));
    // Padded by hand: `format!` counts characters, not cells.
    let middle = format!("{}  {text}  {}\n", frame.side, frame.side);
    let blank = line("");
    format!(
        "{}{blank}{middle}{blank}{}",
        edge(frame.top),
        edge(frame.bottom)
    )
}

fn rule(out: &mut String, tracks: &[Track], frame: &Frame, [left, cross, right]: [&str; 3]) {
    out.push_str(left);
    for (i, track) in tracks.iter().enumerate() {
        if i > 0 {
            out.push_str(cross);
        }
        out.push_str(&frame.rule.repeat(track.width + 2));
    }
    out.push_str(right);
    out.push('\n');
}

fn lines(out: &mut String, tracks: &[Track], frame: &Frame, cells: &[Vec<Clean>]) {
    let height = cells.iter().map(Vec::len).max().unwrap_or(0).max(1);
    for at in 0..height {
        out.push_str(frame.side);
        for (i, track) in tracks.iter().enumerate() {
            let text = cells.get(i).and_then(|lines| lines.get(at));
            let text = text.map_or_else(Clean::default, |text| text.cut(track.width));
            let gap = " ".repeat(track.width.saturating_sub(text.width()));
            let (before, after) = if track.right {
                (gap.as_str(), "")
            } else {
                ("", gap.as_str())
            };
            out.push_str(&format!(" {before}{text}{after} {}", frame.side));
        }
        out.push('\n');
    }
}
