//! What stands under the line of a call: what it changes, its arguments, and then its answer.

use ratatui::style::Style;

use super::answer::{answer, longest};
use super::{Level, SHORT, arguments, failed, plan};
use crate::model::{Edit, ToolCall, ToolKind, ToolResult};
use crate::render::code::Palette;
use crate::render::diff;
use crate::render::showing::{Diffs, Showing};
use crate::render::span::{blank, clip, cut_short, made, measure, span, word};
use crate::render::theme::{Role, Theme};
use crate::render::wrap::{self, Row, Run};
use crate::text::Clean;

/// Rows that one line of a full body can take.
pub const ROWS: usize = 40;
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
    let mut rows = edits(call, result, open, page);
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
fn edits(
    call: &ToolCall,
    result: Option<&ToolResult>,
    level: Level,
    page: &mut Page<'_, '_>,
) -> Vec<Row> {
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
    let line = result.and_then(|result| result.line);
    let line = line.filter(|_| call.edits.len() == 1);
    // What is looked for may stand where nothing was changed.
    let changes = call.changes(result.filter(|_| !page.given));
    let (compared, left) = compared(&changes, line, most);
    // The line of the call names a file that all of them are of.
    let mut file = call.edits.first().and_then(|edit| edit.path.as_ref());
    let one_file = call.edits.iter().all(|edit| edit.path.as_ref() == file);
    if !one_file || call.target.is_none() {
        file = None;
    }
    for (edit, one) in changes.iter().zip(&compared) {
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

/// Cells before what stands below the name of its argument.
const BELOW: usize = 2;
/// What stands before a command.
const PROMPT: &str = "$ ";
/// How one sees what is left out.
pub(super) const MORE: &str = " (z o)";

pub(super) fn left_out(lines: usize, dim: Style) -> Row {
    let text = format!(
        "... {lines} more {}{MORE}",
        if lines == 1 { "line" } else { "lines" }
    );
    Row::from(vec![made(text, dim)])
}

/// The arguments: names at the left, values beside them.
fn told(call: &ToolCall, level: Level, page: &Page<'_, '_>) -> Vec<Row> {
    let lines = arguments::lines(call, page.target);
    let names = arguments::name_width(&lines);
    // A command alone is told apart from what it printed as a shell does.
    let prompt = match call.tool.kind {
        ToolKind::Shell if names == 0 => PROMPT,
        _ => "",
    };
    let beside = if names > 0 { names + 2 } else { prompt.len() };
    let (dim, tool) = (page.theme.style(Role::Dim), page.theme.style(Role::Tool));
    let mut rows = Vec::new();
    let most = level.lines();
    for (n, line) in lines.iter().take(most).enumerate() {
        let gap = if line.is_below { BELOW } else { beside };
        let room = page.width.saturating_sub(gap);
        let name = match n {
            0 if names == 0 => vec![word(prompt, dim)],
            _ if line.is_below => Vec::new(),
            _ => clip(vec![span(&Clean::line(&line.name), dim)], names),
        };
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
                margin: if i == 0 && names > 0 && !line.is_below {
                    0
                } else {
                    gap
                },
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
pub(super) fn broken(runs: &[Run], width: usize, cut: bool) -> Vec<Row> {
    let rows = match cut {
        true => wrap::hard_rows(runs, width),
        false => wrap::code_rows(runs, width),
    };
    kept(rows, width, cut)
}

/// The rows of a line that are shown.
pub(super) fn kept(mut rows: Vec<Row>, width: usize, cut: bool) -> Vec<Row> {
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
