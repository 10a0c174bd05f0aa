//! Tool calls: one line that says what and how it went, and the body under it.

use std::borrow::Cow;

use std::path::Path;

use ratatui::text::Span;

use super::diff;
use super::span::{blank, clip, made, span, spread, word};
use super::theme::{Role, Theme};
use super::wrap::{self, Run};
use crate::model::{ToolCall, ToolKind, ToolResult};
use crate::text::{Clean, Raw, floor_boundary};

/// How much of a body is shown.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Level {
    /// One line.
    Folded,
    /// Its first six lines.
    Short,
    Full,
}

/// Lines of a short body.
pub const SHORT: usize = 6;
/// Lines of a full body; what is longer says so.
const FULL: usize = 2_000;

/// Where a call is shown.
pub struct Place<'a> {
    pub theme: &'a Theme,
    pub ascii: bool,
    pub width: usize,
    /// Paths below it are shown without it.
    pub dir: Option<&'a Path>,
}

/// Rows that one line of a full body can take.
const ROWS: usize = 40;

/// The line of a call: fold mark, name, what it is about, how it went.
pub fn face(
    call: &ToolCall,
    result: Option<&ToolResult>,
    level: Level,
    place: &Place<'_>,
) -> Vec<Span<'static>> {
    let Place {
        theme,
        ascii,
        width,
        dir,
    } = *place;
    let mark = match (level, ascii) {
        (Level::Folded, false) => "▸ ",
        (Level::Folded, true) => "> ",
        (_, false) => "▾ ",
        (_, true) => "v ",
    };
    let dim = theme.style(Role::Dim);
    let mut left = vec![
        word(mark, dim),
        span(
            &Clean::line(&call.tool.name).cut(24),
            theme.style(Role::Accent),
        ),
        blank(1),
    ];
    if let Some(target) = &call.target {
        let line = target
            .untrusted()
            .lines()
            .find(|l| !l.trim().is_empty())
            .unwrap_or_default();
        left.push(span(
            &Clean::line(floor_boundary(below(line, dir), 400)),
            theme.style(Role::Tool),
        ));
    }
    spread(left, outcome(call, result, theme, ascii), width)
}

/// A path without the directory that everything here is in.
fn below<'t>(text: &'t str, dir: Option<&Path>) -> &'t str {
    let rest = dir
        .and_then(Path::to_str)
        .and_then(|dir| text.strip_prefix(dir)?.strip_prefix('/'));
    rest.filter(|rest| !rest.is_empty()).unwrap_or(text)
}

/// Success is silent but for its size; failure is red and named.
fn outcome(
    call: &ToolCall,
    result: Option<&ToolResult>,
    theme: &Theme,
    ascii: bool,
) -> Vec<Span<'static>> {
    let dim = theme.style(Role::Dim);
    let mut parts: Vec<Span<'static>> = Vec::new();
    let add = |part: Span<'static>, parts: &mut Vec<Span<'static>>| {
        if !parts.is_empty() {
            parts.push(word("  ", dim));
        }
        parts.push(part);
    };
    if !call.edits.is_empty() {
        let (more, less) = call
            .edits
            .iter()
            .map(diff::counts)
            .fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1));
        add(made(format!("+{more}"), theme.style(Role::Add)), &mut parts);
        parts.push(blank(1));
        parts.push(made(format!("-{less}"), theme.style(Role::Remove)));
    }
    let Some(result) = result else {
        add(word("no result", theme.style(Role::Warn)), &mut parts);
        return parts;
    };
    let failed = result.ok == Some(false) || result.exit.is_some_and(|code| code != 0);
    match result.exit {
        Some(code) if failed => add(
            made(format!("exit {code}"), theme.style(Role::Error)),
            &mut parts,
        ),
        Some(0) if call.tool.kind == ToolKind::Shell => add(word("exit 0", dim), &mut parts),
        _ if failed => add(word("failed", theme.style(Role::Error)), &mut parts),
        _ => {}
    }
    let lines = result.output.lines();
    if lines > 0 && call.edits.is_empty() && call.tool.kind != ToolKind::Task {
        add(
            made(
                format!("{lines} {}", if lines == 1 { "line" } else { "lines" }),
                dim,
            ),
            &mut parts,
        );
    }
    if let Some(took) = result.took.filter(|t| t.as_millis() >= 100) {
        add(made(format!("{:.1}s", took.as_secs_f64()), dim), &mut parts);
    }
    if child(call, Some(result)).is_some() {
        add(
            word(
                if ascii {
                    "sub-agent [Enter]"
                } else {
                    "sub-agent ⏎"
                },
                theme.style(Role::Accent),
            ),
            &mut parts,
        );
    }
    parts
}

/// The session a call started.
pub fn child<'a>(call: &'a ToolCall, result: Option<&'a ToolResult>) -> Option<&'a str> {
    call.child
        .as_deref()
        .or_else(|| result.and_then(|r| r.child.as_deref()))
}

/// What stands under the line.
pub fn body(
    call: &ToolCall,
    result: Option<&ToolResult>,
    level: Level,
    theme: &Theme,
    width: usize,
) -> Vec<Vec<Span<'static>>> {
    let most = match level {
        Level::Folded => return Vec::new(),
        Level::Short => SHORT,
        Level::Full => FULL,
    };
    let mut lines: Vec<Vec<Span<'static>>> = Vec::new();
    for edit in &call.edits {
        if call.edits.len() > 1
            && let Some(path) = &edit.path
        {
            lines.push(clip(
                vec![span(&Clean::line(path.untrusted()), theme.style(Role::Dim))],
                width,
            ));
        }
        lines.extend(diff::lines(edit, theme, width, level == Level::Full));
    }
    let failed = result.is_some_and(|r| r.ok == Some(false) || r.exit.is_some_and(|c| c != 0));
    let style = if failed {
        theme.style(Role::Error)
    } else {
        theme.style(Role::Tool)
    };
    // Only what is shown is cleaned: an output may have millions of lines, or one of millions of letters.
    // Gives how many lines of the text were taken.
    let text = |text: &str, lines: &mut Vec<Vec<Span<'static>>>| {
        let mut taken = 0;
        for line in text.trim_end().split('\n').take(most + 1) {
            taken += 1;
            let line = line.trim_end_matches('\r');
            if level == Level::Full {
                // Whoever unfolds all of it wants to read the ends of the lines too.
                let text = Raw::from(longest(line, width * ROWS)).clean_output();
                let mut rows = wrap::hard(&[Run { text, style }], width);
                if rows.len() > ROWS {
                    rows.truncate(ROWS);
                    rows.push(vec![word("...", theme.style(Role::Dim))]);
                }
                lines.extend(rows);
            } else {
                let line = Raw::from(longest(line, width)).clean_output();
                lines.push(clip(vec![span(&line, style)], width));
            }
        }
        taken
    };
    if call.edits.is_empty() && level == Level::Full {
        let target = call.target.as_ref().map(Raw::untrusted);
        let arguments = match target.filter(|t| t.trim().contains('\n')) {
            Some(target) => target.into(),
            None => Cow::from(arguments(call, width)),
        };
        if !arguments.is_empty() {
            let _ = text(&arguments, &mut lines);
        }
    }
    if let Some(result) = result
        && (call.edits.is_empty() || failed)
        && !(result.output.is_empty() && result.images.is_empty())
    {
        let total = result.output.lines();
        let mut shown = 0;
        if total > 0 {
            shown = text(result.output.untrusted(), &mut lines);
        }
        for (mime, bytes) in &result.images {
            lines.push(vec![made(
                format!("[image {mime}, {} KB]", bytes / 1024),
                style,
            )]);
        }
        if total > shown && level == Level::Full {
            lines.push(vec![made(
                format!("... {} more lines", total - shown),
                theme.style(Role::Dim),
            )]);
        }
    }
    if lines.len() > most {
        let more = lines.len().max(result.map_or(0, |r| r.output.lines())) - most;
        lines.truncate(most);
        lines.push(vec![made(
            format!("... {more} more lines"),
            theme.style(Role::Dim),
        )]);
    }
    lines
}

/// Bytes of a line that can matter to so many cells: some for each letter, and more where a program wrote colours
/// between the letters.
fn longest(line: &str, width: usize) -> &str {
    let coloured = memchr::memchr(b'\x1b', line.as_bytes()).is_some();
    let bytes = if coloured { 32 } else { 8 };
    floor_boundary(line, width * bytes + 256)
}

/// Arguments laid out for people; an object of one short text is in the line above already.
fn arguments(call: &ToolCall, width: usize) -> String {
    let value: Option<serde_json::Value> = serde_json::from_str(call.input.untrusted()).ok();
    match value {
        Some(serde_json::Value::Object(fields)) if fields.len() > 1 => {
            let line = |(key, value): (&String, &serde_json::Value)| match value {
                serde_json::Value::String(text) => format!("{key}: {text}"),
                other => format!("{key}: {}", longest(&other.to_string(), width)),
            };
            fields.iter().map(line).collect::<Vec<_>>().join("\n")
        }
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests;
