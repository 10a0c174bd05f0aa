//! The line of a call: what was asked, and how it went.

use std::path::Path;

use ratatui::text::Span;

use super::{Level, Place, arguments, child, failed, found, hue_of, plan, shown_path};
use crate::evidence;
use crate::model::{ToolCall, ToolKind, ToolResult};
use crate::render::diff;
use crate::render::signs;
use crate::render::span::{MEASURE, blank, clip, made, measure, span, spread_on_page, word};
use crate::render::theme::Role;
use crate::text::{Clean, Raw, floor_boundary};

/// More bytes of one line never reach the screen's edge.
const LONGEST: usize = 400;
/// A call's time is told from here on.
const SLOW: u128 = 100;
/// Fewer cells of an answer, or of why something failed, tell nothing; and fewer of what was asked.
const ANSWER: usize = 16;
const ASKED: usize = 12;

type Spans = Vec<Span<'static>>;

/// The line of a call: fold mark, name, what it is about, how it went.
pub fn face(
    call: &ToolCall,
    result: Option<&ToolResult>,
    level: Level,
    place: &Place<'_>,
) -> Spans {
    let theme = place.theme;
    let dim = theme.style(Role::Dim);
    let mark = fold_mark(level, place.ascii);
    let mut left = vec![
        word(mark, dim),
        span(&name(call).cut(32), theme.style(Role::Accent)),
        blank(1),
    ];
    let outcome = outcome(call, result, place);
    // As much as is left beside how it went.
    let right = measure(&outcome);
    let room = place.width.saturating_sub(right + usize::from(right > 0));
    let free = |left: &Spans| room.saturating_sub(measure(left));
    let mut asked = about(call, place);
    if !place.sought.is_empty()
        && let Some((first, rest)) = asked.split_first_mut()
    {
        let cells = free(&left).saturating_sub(measure(rest));
        let text = Clean::line(&first.content);
        *first = span(&found::cut(&text, cells, place.sought), first.style);
    }
    // Beside a call that is folded stands how its answer begins; a failure is named.
    let bad = result.is_some_and(failed);
    let tells = matches!(
        call.tool.kind,
        ToolKind::Shell | ToolKind::Mcp | ToolKind::Other
    );
    if !level.is_open()
        && (bad || tells)
        && let Some(line) = result.and_then(|result| first(&result.output))
    {
        let hue = result.map_or(Role::Dim, |result| hue_of(result, Role::Dim));
        let sign = word(signs::ANSWERED.of(place.ascii), dim);
        let least = line.width().min(ANSWER) + crate::text::width(&sign.content);
        let told = vec![sign, span(&line, theme.style(hue))];
        let free = free(&left);
        // What was asked gives way to why it failed, as long as it says something itself.
        if bad && free >= least + ASKED {
            asked = clip(asked, free - least);
        }
        if measure(&asked) + least <= free {
            asked.extend(told);
        }
    }
    left.extend(asked);
    spread_on_page(left, outcome, place.width, MEASURE)
}

pub fn fold_mark(level: Level, ascii: bool) -> &'static str {
    match level.is_open() {
        false => signs::SHUT.of(ascii),
        true => signs::OPEN.of(ascii),
    }
}

/// A tool's name; of a tool that a server offers, the server and the tool.
fn name(call: &ToolCall) -> Clean {
    let name = &*call.tool.name;
    let of_server = name.strip_prefix("mcp__").and_then(|n| n.split_once("__"));
    match of_server {
        Some((server, tool)) => Clean::line(&format!("{server}/{tool}")),
        None => Clean::line(name),
    }
}

/// What a call is about, in the words of its kind.
fn about(call: &ToolCall, place: &Place<'_>) -> Spans {
    let theme = place.theme;
    let (tool, dim) = (theme.style(Role::Tool), theme.style(Role::Dim));
    if call.tool.kind == ToolKind::Plan
        && let Some(plan) = plan::Plan::of(call)
    {
        return plan.face(theme);
    }
    let Some(target) = &call.target else {
        return Vec::new();
    };
    let text = target.untrusted();
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let first = lines.next().unwrap_or_default().trim_start();
    let line = match call.tool.kind {
        ToolKind::Shell => evidence::first_step(text),
        _ => first,
    };
    let line = shown(line, call, place);
    let mut spans = vec![span(&line, tool)];
    match call.tool.kind {
        ToolKind::Shell => {
            let more = lines.count();
            if more > 0 {
                let lines = if more == 1 { "line" } else { "lines" };
                spans.push(made(format!(" +{more} {lines}"), dim));
            }
        }
        ToolKind::Read => {
            if let Some(part) = part_of_file(call) {
                spans.push(made(part, dim));
            }
        }
        ToolKind::Search => {
            let inside = arguments::small(call);
            let inside = inside.as_ref().and_then(|args| {
                let keys = ["path", "dir", "directory", "include", "glob"];
                keys.iter().find_map(|key| args.get(*key)?.as_str())
            });
            if let Some(path) = inside.filter(|path| !path.is_empty() && *path != text) {
                spans.push(word(" in ", dim));
                spans.push(span(&shown_path(path, place.dir, place.sought), dim));
            }
        }
        ToolKind::Plan => {
            let number = text.split([' ', ',']).next();
            let task = place.tasks.iter().find(|(task, _)| Some(*task) == number);
            if let Some((_, title)) = task.filter(|(_, title)| !text.contains(title.as_str())) {
                spans.push(made(format!(": {title}"), dim));
            }
        }
        _ => {}
    }
    spans
}

/// Whether the line of a call has room for all that the call is about. Of a script of several lines all stands below.
pub fn tells_whole(line: &[Span<'_>], call: &ToolCall, place: &Place<'_>) -> bool {
    let text = call.target.as_ref().map_or("", |target| target.untrusted());
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let (Some(first), None) = (lines.next(), lines.next()) else {
        return true;
    };
    let first = first.trim_start();
    let line: String = line.iter().map(|span| span.content.as_ref()).collect();
    first.len() <= LONGEST && line.contains(shown(first, call, place).as_str())
}

/// A line of what a call is about, without where all of it is anyway.
fn shown(line: &str, call: &ToolCall, place: &Place<'_>) -> Clean {
    match call.tool.kind {
        ToolKind::Shell => found::shown_command(line, place.dir, place.sought),
        _ => shown_path(line, place.dir, place.sought),
    }
}

/// The lines that a read asked for: `:100-150`.
fn part_of_file(call: &ToolCall) -> Option<String> {
    let args = arguments::small(call)?;
    let number = |keys: &[&str]| keys.iter().find_map(|key| args.get(*key)?.as_u64());
    let from = number(&["offset", "start_line", "startLine"]);
    let to = number(&["end_line", "endLine"]);
    let count = number(&["limit"]);
    match (from, to, count) {
        (from, Some(to), _) => Some(format!(":{}-{to}", from.unwrap_or(1))),
        (from, None, Some(count)) => {
            let from = from.unwrap_or(1).max(1);
            Some(format!(
                ":{from}-{}",
                from.saturating_add(count).saturating_sub(1)
            ))
        }
        (Some(from), None, None) => Some(format!(":{from}-")),
        _ => None,
    }
}

/// A path without the directory that everything here is in.
pub fn below<'t>(text: &'t str, dir: Option<&Path>) -> &'t str {
    let rest = dir
        .and_then(Path::to_str)
        .and_then(|dir| text.strip_prefix(dir)?.strip_prefix('/'));
    rest.filter(|rest| !rest.is_empty()).unwrap_or(text)
}

/// How an output begins: its first line that says something.
fn first(output: &Raw) -> Option<Clean> {
    let head = floor_boundary(output.untrusted(), 4 * LONGEST);
    let line = head
        .lines()
        .find(|line| line.chars().any(char::is_alphanumeric))?;
    let line = Raw::from(floor_boundary(line.trim(), LONGEST)).clean_output();
    Some(line.flat())
}

/// Success is silent but for its size; failure is red and named.
fn outcome(call: &ToolCall, result: Option<&ToolResult>, place: &Place<'_>) -> Spans {
    let theme = place.theme;
    let dim = theme.style(Role::Dim);
    let mut parts: Vec<Spans> = Vec::new();
    if !call.edits.is_empty() {
        let changes = call.changes(result);
        let counts = changes.iter().map(diff::counts);
        let (more, less) = counts.fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1));
        parts.push(vec![
            made(format!("+{more}"), theme.style(Role::Add)),
            blank(1),
            made(format!("-{less}"), theme.style(Role::Remove)),
        ]);
    }
    if let Some(result) = result {
        let bad = theme.style(Role::Error);
        let task = plan::answered(call, result).filter(|task| {
            let target = call.target.as_ref().map_or("", |target| target.untrusted());
            !target.starts_with(task)
        });
        parts.extend(task.map(|task| vec![span(&Clean::line(task), dim)]));
        match result.exit {
            _ if result.declined => {
                parts.push(vec![word("declined", theme.style(Role::Warn))]);
            }
            Some(code) if failed(result) => parts.push(vec![made(format!("exit {code}"), bad)]),
            Some(0) if call.tool.kind == ToolKind::Shell => parts.push(vec![word("exit 0", dim)]),
            _ if failed(result) => parts.push(vec![word("failed", bad)]),
            _ => {}
        }
        let size = size(call, result).filter(|_| !result.declined);
        parts.extend(size.map(|text| vec![made(text, dim)]));
        if let Some(took) = result.took.filter(|t| t.as_millis() >= SLOW) {
            parts.push(vec![made(long(took.as_secs_f64()), dim)]);
        }
    } else {
        parts.push(vec![word("no result", theme.style(Role::Warn))]);
    }
    if place.agent.is_some() || child(call, result).is_some() {
        let mut text = "sub-agent".to_owned();
        if let Some(agent) = place.agent {
            text.push_str(&format!(", {} msgs", agent.messages));
            if agent.cost.known().is_some() {
                text.push_str(&format!(", {}", agent.cost));
            }
        }
        let key = signs::ENTER.of(place.ascii);
        let hue = theme.style(Role::Accent);
        parts.push(vec![made(text, hue), word(key, hue)]);
    }
    parts.join(&word("  ", dim))
}

/// How much came back, in the words of the kind.
fn size(call: &ToolCall, result: &ToolResult) -> Option<String> {
    let silent = matches!(call.tool.kind, ToolKind::Task | ToolKind::Plan);
    if silent || !call.edits.is_empty() {
        return None;
    }
    let lines = result.output.lines();
    match call.tool.kind {
        ToolKind::Search if !failed(result) => Some(match hits(&result.output) {
            Some(0) => "no hits".to_owned(),
            Some(hits) => plural(hits, "hit"),
            None => plural(lines, "line"),
        }),
        ToolKind::Web => {
            let status = status(&result.output).map(|code| format!("status {code}"));
            status.or_else(|| (lines > 0).then(|| plural(lines, "line")))
        }
        _ => (lines > 0).then(|| plural(lines, "line")),
    }
}

pub fn plural(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

/// How many places a search found, where its answer says so: `Found 3 files`, `No matches found`.
fn hits(output: &Raw) -> Option<usize> {
    let head = floor_boundary(output.untrusted(), 200).trim_start();
    let line = head.lines().next().unwrap_or_default();
    if line.is_empty() || line.starts_with("No ") && line.contains("found") {
        return Some(0);
    }
    let count = line.strip_prefix("Found ")?.split(' ').next()?;
    count.parse().ok()
}

/// The status that a web answer begins with: `HTTP/1.1 404 Not Found`, `Status code: 404`.
fn status(output: &Raw) -> Option<u16> {
    let head = floor_boundary(output.untrusted(), 200);
    let line = head.lines().find(|line| !line.trim().is_empty())?;
    let lower = line.to_lowercase();
    let rest = lower
        .strip_prefix("http/")
        .and_then(|rest| rest.split_once(' '))
        .map(|(_, rest)| rest)
        .or_else(|| Some(lower.split_once("status")?.1))?;
    let rest = rest.trim_start_matches(|c: char| !c.is_ascii_digit());
    let digits = rest.split(|c: char| !c.is_ascii_digit()).next()?;
    digits.parse().ok().filter(|code| (100..600).contains(code))
}

/// `8.4s`, `3m 05s`.
fn long(seconds: f64) -> String {
    if seconds < 60.0 {
        return format!("{seconds:.1}s");
    }
    let whole = seconds as u64;
    match whole / 3600 {
        0 => format!("{}m {:02}s", whole / 60, whole % 60),
        hours => format!("{hours}h {:02}m", whole / 60 % 60),
    }
}
