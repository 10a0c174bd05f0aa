//! What came back from a call: its output, as far as it is shown, and pictures.

use ratatui::style::Style;

use super::body::{MORE, Page, ROWS, broken, kept, left_out};
use super::{Level, SHORT, arguments, hue_of, picture};
use crate::evidence::telling;
use crate::model::ToolResult;
use crate::render::ansi::{self, Pen};
use crate::render::span::{clip, made, measure, word};
use crate::render::theme::{Role, Theme};
use crate::render::wrap::{self, Row, Run};
use crate::text::{Clean, floor_boundary};

/// Of a short body so many lines are its last.
const TAIL: usize = 2;
/// Why something failed is told in so many lines at most; what is longer is the output of a program.
const REASON: usize = 2;
/// Rows of a line that tells why something failed, where it is one of many.
const TOLD: usize = 2;
/// What came back. Only what is shown is cleaned: an answer may have millions of lines, or one of millions of letters.
pub(super) fn answer(
    result: &ToolResult,
    level: Level,
    bad: bool,
    page: &mut Page<'_, '_>,
) -> Vec<Row> {
    let dim = page.theme.style(Role::Dim);
    let style = page.theme.style(hue_of(result, Role::Tool));
    let mut rows = Vec::new();
    let whole = result.output.untrusted();
    let text = whole.trim_end();
    let pretty = (level > Level::Short).then(|| arguments::pretty_output(text));
    if let Some(pretty) = pretty.flatten() {
        rows.extend(json(&pretty, level, page));
    } else if !text.is_empty() {
        let total = memchr::memchr_iter(b'\n', text.as_bytes()).count() + 1;
        // What is short is for a glance: its lines are cut. Why something failed is read to its end.
        let glance = level == Level::Short && !(bad && total <= REASON);
        let mut lines = Output {
            theme: page.theme,
            style,
            width: page.width,
            cut: glance || page.showing.cut,
            chosen: page.showing.cut,
            pen: Pen::default(),
            coloured: ansi::is_coloured(text),
        };
        let most = level.lines();
        let told = (glance && bad).then(|| telling::lines(text)).flatten();
        if let Some(told) = told {
            rows.extend(telling_rows(text, told, &mut lines, page));
        } else if level == Level::Short && total > SHORT {
            let head = SHORT - TAIL - 1;
            forward(text)
                .take(head)
                .for_each(|(at, line)| lines.glance(at, line, &mut rows));
            let more = total - SHORT + 1;
            rows.push(left_out(more, dim));
            let last: Vec<_> = backward(text).take(TAIL).collect();
            lines.pen = Pen::default();
            last.into_iter()
                .rev()
                .for_each(|(at, line)| lines.glance(at, line, &mut rows));
        } else {
            forward(text)
                .take(most)
                .for_each(|(at, line)| lines.glance(at, line, &mut rows));
            if total > most {
                rows.push(left_out(total - most, dim));
            }
        }
    }
    for (mime, bytes) in &result.images {
        rows.push(Row::from(picture(mime, *bytes, style, page.ascii)));
    }
    rows
}

/// Lines that tell why something failed; what is left out is told where it stood.
fn telling_rows(
    text: &str,
    told: Vec<telling::Told>,
    lines: &mut Output<'_>,
    page: &Page<'_, '_>,
) -> Vec<Row> {
    let dim = page.theme.style(Role::Dim);
    let between = |from: usize, to: usize| text.get(from..to).unwrap_or_default();
    let feeds = |text: &str| memchr::memchr_iter(b'\n', text.as_bytes()).count();
    let mut rows = Vec::new();
    let mut end = 0;
    let mut last_gap = None;
    for line in told {
        // The line before it ends there.
        let from = end + usize::from(end > 0);
        let gap = between(from, line.start);
        match feeds(gap) {
            0 => {}
            // To say that a line is left out takes a line.
            1 => {
                lines.cut = true;
                lines.add(from, gap.trim_end_matches('\n'), &mut rows);
            }
            left => {
                last_gap = Some(rows.len());
                rows.push(left_out_here(left, dim));
            }
        }
        let mut own = Vec::new();
        lines.cut = !line.tells || page.showing.cut;
        lines.pen = Pen::default();
        lines.add(line.start, between(line.start, line.end), &mut own);
        rows.extend(first_rows(own, TOLD, page.width));
        end = line.end;
    }
    match (feeds(between(end, text.len())), last_gap) {
        (0, Some(gap)) => {
            let row = rows.get_mut(gap).into_iter();
            row.for_each(|row| row.spans.push(made(MORE.into(), dim)));
        }
        (0, None) => {}
        (left, _) => rows.push(left_out(left, dim)),
    }
    rows
}

/// Lines that are left out between others.
fn left_out_here(lines: usize, dim: Style) -> Row {
    let what = if lines == 1 { "line" } else { "lines" };
    Row::from(vec![made(format!("... {lines} {what}"), dim)])
}

/// So many rows of a line, with the mark of a cut where there are more.
fn first_rows(mut rows: Vec<Row>, most: usize, width: usize) -> Vec<Row> {
    if rows.len() > most {
        rows.truncate(most);
        if let Some(row) = rows.last_mut() {
            let room = width.saturating_sub(2);
            // What is wider than that gets the mark by being cut.
            let fits = measure(&row.spans) <= room;
            row.spans = clip(std::mem::take(&mut row.spans), room);
            row.spans.extend(fits.then(|| word("..", Style::new())));
        }
    }
    rows
}

/// JSON in its colours.
fn json(pretty: &str, level: Level, page: &mut Page<'_, '_>) -> Vec<Row> {
    let style = page.theme.style(Role::Tool);
    let ink = page.palette.of("json", pretty);
    let mut rows = Vec::new();
    for (i, line) in pretty.split('\n').enumerate().take(level.lines()) {
        let clean = Clean::of(longest(line, page.width * ROWS));
        let colours = ink
            .and_then(|ink| ink.lines.get(i))
            .filter(|_| clean.as_str() == line);
        let runs = match colours {
            Some(colours) => colours
                .iter()
                .map(|(range, hue)| Run::new(clean.piece(range.clone()), style.patch(*hue)))
                .collect(),
            None => vec![Run::new(clean, style)],
        };
        rows.extend(broken(&runs, page.width, page.showing.cut));
    }
    rows
}

/// The same of a line that a program wrote. One that does not fit has lost its columns: it is read by words, unless stops
/// stand in it.
fn read(runs: &[Run], width: usize, cut: bool) -> Vec<Row> {
    let rows = broken(runs, width, cut);
    let has_stops = runs.iter().any(|run| run.text.as_str().contains('\t'));
    match cut || has_stops || rows.len() < 2 {
        true => rows,
        false => kept(wrap::word_rows(runs, width), width, cut),
    }
}

/// Lines of an answer on their way to the page.
struct Output<'a> {
    theme: &'a Theme,
    style: Style,
    width: usize,
    cut: bool,
    /// Somebody chose to have lines cut.
    chosen: bool,
    pen: Pen,
    coloured: bool,
}

impl Output<'_> {
    /// A line that is cut where that is asked for, unless it tells of something that went wrong.
    fn glance(&mut self, at: usize, line: &str, rows: &mut Vec<Row>) {
        let cut = self.cut;
        if !cut || self.chosen || !telling::is_telling(line) {
            return self.add(at, line, rows);
        }
        let mut own = Vec::new();
        self.cut = false;
        self.add(at, line, &mut own);
        self.cut = cut;
        rows.extend(first_rows(own, TOLD, self.width));
    }

    /// A line that stands at a place of the answer.
    fn add(&mut self, at: usize, line: &str, rows: &mut Vec<Row>) {
        let line = line.trim_end_matches('\r');
        // What a program wrote over in place was on no screen in the end.
        let shown = line.rsplit('\r').next().unwrap_or(line);
        let at = at + (line.len() - shown.len());
        let wide = if self.cut {
            self.width
        } else {
            self.width * ROWS
        };
        let short = longest(shown, wide);
        let runs = if self.coloured {
            self.pen.runs(short, at, self.style, self.theme)
        } else {
            vec![Run::of(Clean::of(short), self.style, at..at + short.len())]
        };
        self.pen.pass(shown.get(short.len()..).unwrap_or_default());
        rows.extend(read(&runs, self.width, self.cut));
    }
}

/// Lines from the start, with where they stand.
fn forward(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    text.split('\n').map(move |line| {
        let start = at;
        at += line.len() + 1;
        (start, line)
    })
}

/// Lines from the end, with where they stand.
fn backward(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut end = text.len();
    text.rsplit('\n').map(move |line| {
        let start = end - line.len();
        end = start.saturating_sub(1);
        (start, line)
    })
}

/// Bytes of a line that can matter to so many cells: some for each letter, and more where a program wrote colours
/// between the letters.
pub fn longest(line: &str, width: usize) -> &str {
    let coloured = ansi::is_coloured(line);
    let bytes = if coloured { 32 } else { 8 };
    floor_boundary(line, width * bytes + 256)
}
