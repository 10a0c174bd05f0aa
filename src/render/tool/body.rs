//! What stands under the line of a call: what it changes, its arguments, its answer.

use ratatui::style::Style;

use super::{Level, SHORT, arguments, failed, hue_of, picture, plan};
use crate::evidence::telling;
use crate::model::{Edit, ToolCall, ToolKind, ToolResult};
use crate::render::ansi::{self, Pen};
use crate::render::code::Palette;
use crate::render::diff;
use crate::render::showing::{Diffs, Showing};
use crate::render::span::{blank, clip, cut_short, made, measure, span, word};
use crate::render::theme::{Role, Theme};
use crate::render::wrap::{self, Row, Run};
use crate::text::{Clean, floor_boundary};

/// Rows that one line of a full body can take.
pub const ROWS: usize = 40;
/// Of a short body so many lines are its last.
const TAIL: usize = 2;
/// Why something failed is told in so many lines at most; what is longer is the output of a program.
const REASON: usize = 2;
/// Rows of a line that tells why something failed, where it is one of many.
const TOLD: usize = 2;
/// Rows of one line of a short edit; what is longer is cut, around what changed in it.
const SHORT_ROWS: usize = 10;

/// What a body is laid out on.
pub struct Page<'p, 'a> {
    pub theme: &'p Theme,
    pub ascii: bool,
    pub width: usize,
    pub showing: Showing,
    pub palette: &'p mut Palette<'a>,
    /// What it was given is shown, since something that is looked for stands there: also what its line tells, where that
    /// has no room for it, and what came back of a change.
    pub given: bool,
    pub target: bool,
    pub answer: bool,
}

/// What stands under the line. Rows of an answer know the bytes of it that they show.
pub fn body(
    call: &ToolCall,
    result: Option<&ToolResult>,
    level: Level,
    page: &mut Page<'_, '_>,
) -> Vec<Row> {
    let open = if page.given { Level::Full } else { level };
    if !open.is_open() {
        return Vec::new();
    }
    let line = result.and_then(|result| result.line);
    let mut rows = edits(call, line, open, page);
    let bad = result.is_some_and(failed);
    let plan = (call.tool.kind == ToolKind::Plan).then(|| plan::Plan::of(call));
    let plan = plan.flatten();
    if let Some(plan) = &plan {
        let most = if open == Level::Short {
            SHORT
        } else {
            usize::MAX
        };
        rows.extend(plan.lines(page.theme, page.ascii, page.width, most));
    } else if call.edits.is_empty() && (open > Level::Short || asks(call, result)) {
        rows.extend(told(call, open, page));
    }
    let told = result.and_then(|result| plan::answered(call, result));
    let silent = level == Level::Short && told.is_some();
    let answers = (call.edits.is_empty() && plan.is_none() && !silent) || bad || page.answer;
    if let Some(result) = result.filter(|_| answers && level.is_open()) {
        rows.extend(answer(result, level, bad, page));
    }
    rows
}

/// Whether what a call was given is read before what came back: where it is a message to somebody, or all there is.
fn asks(call: &ToolCall, result: Option<&ToolResult>) -> bool {
    let is_all = || {
        result.is_none_or(|result| {
            result.images.is_empty() && result.output.untrusted().trim().is_empty()
        })
    };
    match call.tool.kind {
        ToolKind::Task | ToolKind::Mcp | ToolKind::Other => true,
        ToolKind::Read | ToolKind::Search | ToolKind::Web => is_all(),
        ToolKind::Shell | ToolKind::Edit | ToolKind::Plan => false,
    }
}

/// What the call changes in files.
fn edits(call: &ToolCall, line: Option<usize>, level: Level, page: &mut Page<'_, '_>) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    if page.showing.diffs == Diffs::Off && level <= Level::Short {
        return rows;
    }
    let dim = page.theme.style(Role::Dim);
    // An edit shows more at once than an answer: what changed is what is read.
    let most = match level {
        Level::Short => SHORT * 2,
        level => level.lines(),
    };
    // Of several edits it is not known which of them stands there.
    let line = line.filter(|_| call.edits.len() == 1);
    let (compared, left) = compared(&call.edits, line, most);
    // The line of the call names a file that all of them are of.
    let mut file = call.edits.first().and_then(|edit| edit.path.as_ref());
    let one_file = call.edits.iter().all(|edit| edit.path.as_ref() == file);
    if !one_file || call.target.is_none() {
        file = None;
    }
    for (edit, one) in call.edits.iter().zip(&compared) {
        if one.shows_nothing() {
            continue;
        }
        if edit.path.as_ref() != file
            && let Some(path) = &edit.path
        {
            file = edit.path.as_ref();
            let path = span(&Clean::line(path.untrusted()), dim);
            rows.push(Row::from(clip(vec![path], page.width)));
        }
        let mut sheet = diff::Sheet {
            theme: page.theme,
            ascii: page.ascii,
            width: page.width,
            rows: match level {
                _ if page.showing.cut => 1,
                Level::Short => SHORT_ROWS,
                _ => usize::MAX,
            },
            diffs: page.showing.diffs,
            palette: page.palette,
        };
        rows.extend(diff::lines(edit, one, &mut sheet));
    }
    if left > 0 {
        rows.push(left_out(left, dim));
    }
    rows
}

/// What edits change, as far as it is shown, and how many lines are left. A line that says that one more is left is as
/// long as that line.
fn compared(edits: &[Edit], line: Option<usize>, most: usize) -> (Vec<diff::Compared<'_>>, usize) {
    let mut room = most.saturating_add(1);
    let mut left = 0;
    let mut all = Vec::new();
    for edit in edits {
        let one = diff::compared(edit, line, room);
        room -= one.shown().min(room);
        left += one.left();
        all.push(one);
    }
    if left > 0
        && let Some(last) = all.iter_mut().rfind(|one| one.shown() > 0)
    {
        last.drop_last();
        left += 1;
    }
    (all, left)
}

/// How one sees what is left out.
const MORE: &str = " (z o)";

fn left_out(lines: usize, dim: Style) -> Row {
    let text = format!(
        "... {lines} more {}{MORE}",
        if lines == 1 { "line" } else { "lines" }
    );
    Row::from(vec![made(text, dim)])
}

/// Lines that are left out between others.
fn left_out_here(lines: usize, dim: Style) -> Row {
    let what = if lines == 1 { "line" } else { "lines" };
    Row::from(vec![made(format!("... {lines} {what}"), dim)])
}

/// The arguments: names at the left, values beside them.
fn told(call: &ToolCall, level: Level, page: &Page<'_, '_>) -> Vec<Row> {
    let lines = arguments::lines(call, page.target);
    let names = arguments::name_width(&lines);
    let gap = if names > 0 { names + 2 } else { 0 };
    let (dim, tool) = (page.theme.style(Role::Dim), page.theme.style(Role::Tool));
    let room = page.width.saturating_sub(gap);
    let mut rows = Vec::new();
    let most = level.lines();
    for line in lines.iter().take(most) {
        let name = clip(vec![span(&Clean::line(&line.name), dim)], names);
        let text = Clean::of(longest(&line.text, room * ROWS));
        let runs = [Run::new(text, tool)];
        // Most of them are prose, or commands: both are read by words.
        let values = match page.showing.cut {
            true => wrap::hard_rows(&runs, room),
            false => wrap::word_rows(&runs, room),
        };
        let values = kept(values, room, page.showing.cut);
        for (i, value) in values.into_iter().enumerate() {
            let mut spans = if i == 0 { name.clone() } else { Vec::new() };
            spans.push(blank(gap.saturating_sub(measure(&spans))));
            spans.extend(value.spans);
            rows.push(Row {
                spans: clip(spans, page.width),
                margin: if i == 0 { 0 } else { gap },
                joint: value.joint,
                ..Row::default()
            });
        }
    }
    if lines.len() > most {
        rows.push(left_out(lines.len() - most, dim));
    }
    rows
}

/// A line of code in as many rows as it needs, or cut at the edge.
fn broken(runs: &[Run], width: usize, cut: bool) -> Vec<Row> {
    let rows = match cut {
        true => wrap::hard_rows(runs, width),
        false => wrap::code_rows(runs, width),
    };
    kept(rows, width, cut)
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

/// The rows of a line that are shown.
fn kept(mut rows: Vec<Row>, width: usize, cut: bool) -> Vec<Row> {
    let most = if cut { 1 } else { ROWS };
    if rows.len() > most {
        rows.truncate(most);
        if cut {
            if let Some(row) = rows.first_mut() {
                row.spans = cut_short(std::mem::take(&mut row.spans), width);
            }
        } else {
            rows.push(Row::from(vec![word("...", Style::new())]));
        }
    }
    rows
}

/// What came back. Only what is shown is cleaned: an answer may have millions of lines, or one of millions of letters.
fn answer(result: &ToolResult, level: Level, bad: bool, page: &mut Page<'_, '_>) -> Vec<Row> {
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
            pen: Pen::default(),
            coloured: ansi::is_coloured(text),
        };
        let most = level.lines();
        let told = (glance && bad).then(|| telling::lines(text)).flatten();
        if let Some(told) = told {
            // What is left out is told where it stood.
            let gap = |from: usize, to: usize| {
                let between = text.as_bytes().get(from..to).unwrap_or_default();
                memchr::memchr_iter(b'\n', between).count()
            };
            let mut end = 0;
            let mut gaps = Vec::new();
            for line in told {
                // The line before it ends there.
                let left = gap(end, line.start).saturating_sub(usize::from(end > 0));
                if left > 0 {
                    gaps.push(rows.len());
                    rows.push(left_out_here(left, dim));
                }
                let mut own = Vec::new();
                lines.cut = !line.tells || page.showing.cut;
                lines.pen = Pen::default();
                let text = text.get(line.start..line.end).unwrap_or_default();
                lines.add(line.start, text, &mut own);
                rows.extend(first_rows(own, TOLD, page.width));
                end = line.end;
            }
            match (gap(end, text.len()), gaps.last()) {
                (0, Some(last)) => rows
                    .get_mut(*last)
                    .into_iter()
                    .for_each(|row| row.spans.push(made(MORE.into(), dim))),
                (0, None) => {}
                (left, _) => rows.push(left_out(left, dim)),
            }
        } else if level == Level::Short && total > SHORT {
            let head = SHORT - TAIL - 1;
            forward(text)
                .take(head)
                .for_each(|(at, line)| lines.add(at, line, &mut rows));
            let more = total - SHORT + 1;
            rows.push(left_out(more, dim));
            let last: Vec<_> = backward(text).take(TAIL).collect();
            lines.pen = Pen::default();
            last.into_iter()
                .rev()
                .for_each(|(at, line)| lines.add(at, line, &mut rows));
        } else {
            forward(text)
                .take(most)
                .for_each(|(at, line)| lines.add(at, line, &mut rows));
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

/// So many rows of a line, with the mark of a cut where there are more.
fn first_rows(mut rows: Vec<Row>, most: usize, width: usize) -> Vec<Row> {
    if rows.len() > most {
        rows.truncate(most);
        if let Some(row) = rows.last_mut() {
            row.spans = clip(std::mem::take(&mut row.spans), width.saturating_sub(2));
            row.spans.push(word("..", Style::new()));
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

/// Lines of an answer on their way to the page.
struct Output<'a> {
    theme: &'a Theme,
    style: Style,
    width: usize,
    cut: bool,
    pen: Pen,
    coloured: bool,
}

impl Output<'_> {
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
