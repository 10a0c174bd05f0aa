//! A conversation as one page for a browser: no script, nothing from the network, nothing a log says that acts.
//!
//! A template escapes all text by its construction, and the page's own policy forbids what it does not have.

mod ink;
mod prose;

use std::io::{self, Write};

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::Parts;
use super::capped::Capped;
use super::edits;
use super::facts::{self, Fact, Form};
use super::folder::Listed;
use crate::model::{Conversation, Message, Part, Role, Row, ToolCall, ToolResult};
use crate::redact::Outlet;
use crate::render::document::typed;

/// What the page may load and do: styles of its own and images in it (RELIABILITY X1).
pub const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";
const STYLE: &str = include_str!("page.css");

/// The session as a page.
pub fn page(
    row: &Row,
    conversation: &Conversation,
    parts: &Parts,
    outlet: &mut Outlet<'_>,
    out: &mut Capped<'_>,
) -> io::Result<()> {
    let title = facts::title(&row.session, outlet);
    let told = facts::facts(&row.session, Some(row), parts, outlet);
    let messages = conversation.messages.iter();
    // A page past the limit is refused when it is written; there is no use in making the rest of it.
    let mut left = out.left();
    let mut turns = Vec::new();
    for message in messages.filter(|message| parts.shows(message)) {
        let turn = turn(message, parts, outlet);
        let bytes = turn.page.0.len() as u64;
        turns.push(turn);
        let Some(rest) = left.checked_sub(bytes) else {
            break;
        };
        left = rest;
    }
    let replaced = facts::replaced(parts, outlet);
    let body = html! {
        header {
            h1 { (title.as_str()) }
            (fact_list(&told))
        }
        (contents(&turns))
        main { @for turn in &turns { (turn.page) } }
        @if let Some(line) = replaced { footer { p { (line) } } }
    };
    out.write_all(sheet(title.as_str(), &body).0.as_bytes())
}

/// The page around a body.
fn sheet(title: &str, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body { (body) }
        }
        "\n"
    }
}

fn fact_list(told: &[Fact]) -> Markup {
    html! {
        dl {
            @for fact in told {
                div {
                    dt { (fact.name) }
                    dd {
                        @if fact.form == Form::Code { code { (fact.value.as_str()) } }
                        @else { (fact.value.as_str()) }
                    }
                }
            }
        }
    }
}

/// A message on the page.
struct Turn {
    page: Markup,
    number: u32,
    /// What a person asked, in a line; absent where nobody asked anything.
    asked: Option<String>,
}

/// Fewer prompts than this are found by scrolling.
const CONTENTS: usize = 3;

/// What was asked, each a way to its message.
fn contents(turns: &[Turn]) -> Markup {
    let asked: Vec<(&str, u32)> = turns
        .iter()
        .filter_map(|turn| Some((turn.asked.as_deref()?, turn.number)))
        .collect();
    html! {
        @if asked.len() >= CONTENTS {
            nav {
                details {
                    summary { strong { "Contents" } small { " " (asked.len()) " prompts" } }
                    ol {
                        @for (text, number) in &asked {
                            li { a href={ "#m" (number) } { (text) } }
                        }
                    }
                }
            }
        }
    }
}

fn turn(message: &Message, parts: &Parts, outlet: &mut Outlet<'_>) -> Turn {
    let name = format!("m{}", message.number);
    let class = match message.role {
        Role::User => "you",
        Role::Assistant => "agent",
        Role::System => "system",
    };
    let model = message.model.as_ref().map(|m| outlet.text(&m.name));
    let is_main = facts::aside(message).is_empty();
    let figures = facts::figures(message, parts);
    let shown: Vec<&Part> = message
        .parts
        .iter()
        .filter(|part| parts.has(part))
        .collect();
    let mut asked = None;
    let mut pieces = Vec::new();
    for part in &shown {
        pieces.push(match part {
            Part::Text(text) => {
                // Read once, since what is replaced is counted.
                let text = outlet.raw(text);
                if message.role == Role::User && asked.is_none() {
                    asked = first_line(typed(text.as_str())).filter(|_| is_main);
                }
                prose::write(&prose::parse(text.as_str()))
            }
            Part::ToolCall(call) => tool_call(call, answer(call, &shown), outlet),
            Part::ToolResult(result) if is_answer(result, &shown) => continue,
            other => piece(other, outlet),
        });
    }
    let body = html! { @for piece in &pieces { (piece) } };
    let page = html! {
        article class=(class) id=(name) {
            h2 {
                (facts::role(message))
                @if let Some(model) = &model { " " small { (model.as_str()) } }
                @if !is_main { small { (facts::aside(message)) } }
                " " a.at href={ "#" (name) } { "#" (message.number) }
            }
            @if let Some(figures) = figures { p.figures { (figures) } }
            @if message.role == Role::System && !pieces.is_empty() {
                details { summary { "What the agent's program put in" } (body) }
            } @else {
                (body)
            }
        }
    };
    Turn {
        page,
        number: message.number,
        asked,
    }
}

/// The first line with words in it, cut.
fn first_line(text: &str) -> Option<String> {
    let line = text.lines().map(str::trim).find(|line| !line.is_empty())?;
    Some(cut(line, line.len() < text.trim().len()))
}

/// The start of a line, with a sign where more follows.
fn cut(line: &str, goes_on: bool) -> String {
    let mut letters = line.chars();
    let start: String = letters.by_ref().take(FACE).collect();
    match letters.next().is_some() || goes_on {
        true => format!("{start} …"),
        false => start,
    }
}

/// What came back of a call, where it stands in the same message.
fn answer<'a>(call: &ToolCall, shown: &[&'a Part]) -> Option<&'a ToolResult> {
    shown.iter().find_map(|part| match part {
        Part::ToolResult(result) if result.call == call.call => Some(&**result),
        _ => None,
    })
}

/// Whether a call of the same message shows it.
fn is_answer(result: &ToolResult, shown: &[&Part]) -> bool {
    shown.iter().any(|part| match part {
        Part::ToolCall(call) => {
            answer(call, shown).is_some_and(|other| std::ptr::eq(other, result))
        }
        _ => false,
    })
}

fn piece(part: &Part, outlet: &mut Outlet<'_>) -> Markup {
    match part {
        Part::Text(text) => prose::write(&prose::parse(outlet.raw(text).as_str())),
        Part::Thinking(Some(text)) => {
            let text = prose::write(&prose::parse(outlet.raw(text).as_str()));
            html! { details.thinking { summary { "Thinking" } (text) } }
        }
        Part::Thinking(None) => html! { p.note { "Thinking (hidden)" } },
        Part::ToolCall(call) => tool_call(call, None, outlet),
        Part::ToolResult(result) => tool_result(result, outlet),
        Part::Image { mime, bytes } => {
            let mime = outlet.text(mime);
            html! { p.note { "Image: " (mime.as_str()) ", " (facts::size(*bytes)) } }
        }
        Part::Attachment { path } => {
            let path = outlet.text(&path.to_string_lossy());
            html! { p.note { "File: " code { (path.as_str()) } } }
        }
        Part::Notice { text, .. } => {
            let text = outlet.raw(text);
            html! { p.note { (text.as_str()) } }
        }
        Part::Unknown { kind, json } => {
            let (kind, json) = (outlet.text(kind), outlet.raw(json));
            html! { details { summary { (kind.as_str()) } (ink::block("json", json.as_str())) } }
        }
    }
}

/// Longer targets are cut in the line that stands for them; all of it is in the block below.
const FACE: usize = 120;

/// A call and, in the same fold, what came back.
fn tool_call(call: &ToolCall, result: Option<&ToolResult>, outlet: &mut Outlet<'_>) -> Markup {
    let name = outlet.text(&call.tool.name);
    let target = call.target.as_ref().map(|target| outlet.raw(target));
    let face: Option<String> = target.as_ref().map(|target| {
        let mut lines = target.as_str().lines();
        let first = lines.next().unwrap_or_default();
        cut(first, lines.next().is_some())
    });
    let edits: Vec<_> = call
        .edits
        .iter()
        .map(|edit| edits::changed(edit, outlet))
        .collect();
    let input = call.edits.is_empty().then(|| outlet.raw(&call.input));
    let answer = result.map(|result| (facts::outcome(result), outlet.output(&result.output)));
    html! {
        details.tool {
            summary {
                strong { (name.as_str()) }
                @if let Some(face) = &face { " " code { (face) } }
                @if let Some((state, output)) = &answer {
                    @if let Some(state) = state { " " strong.failed { (state) } }
                    (lines(output.as_str()))
                }
            }
            @for edit in &edits {
                @if let Some(path) = &edit.path { p.note { code { (path.as_str()) } } }
                @if edit.is_diff { (ink::diff(&edit.text)) }
                @else { (ink::block("", &edit.text)) }
            }
            @if let Some(input) = &input {
                (asked(target.as_ref().map(|t| t.as_str()), face.as_deref(), input.as_str()))
            }
            @if let Some((_, output)) = &answer {
                @if !output.as_str().trim().is_empty() {
                    p.note { "Output" }
                    (ink::block("", output.as_str()))
                }
            }
        }
    }
}

/// How much was answered.
fn lines(output: &str) -> Markup {
    let lines = output.lines().count();
    html! {
        @if lines > 0 { small { " " (lines) @if lines == 1 { " line" } @else { " lines" } } }
    }
}

/// A command reads better as a command than as JSON with one.
fn asked(target: Option<&str>, face: Option<&str>, input: &str) -> Markup {
    let value: Option<serde_json::Value> = serde_json::from_str(input).ok();
    let only = value
        .as_ref()
        .and_then(|value| value.as_object())
        .filter(|object| object.len() == 1)
        .and_then(|object| object.values().next());
    let is_all = only.and_then(|only| only.as_str()) == target;
    match (target, value) {
        // The line that stands for it has all of it.
        (Some(target), _) if is_all && face == Some(target) => html! {},
        (Some(target), _) if is_all => ink::block("", target),
        (_, Some(value)) => {
            let pretty = serde_json::to_string_pretty(&value);
            ink::block("json", pretty.as_deref().unwrap_or(input))
        }
        (_, None) => ink::block("", input),
    }
}

fn tool_result(result: &ToolResult, outlet: &mut Outlet<'_>) -> Markup {
    let output = outlet.output(&result.output);
    let state = facts::outcome(result);
    if output.as_str().trim().is_empty() && state.is_none() {
        return html! {};
    }
    html! {
        details.result {
            summary {
                "Output"
                @if let Some(state) = &state { ", " strong.failed { (state) } }
                (lines(output.as_str()))
            }
            (ink::block("", output.as_str()))
        }
    }
}

/// A page that leads to others beside it.
pub fn index(listed: &[Listed]) -> String {
    let title = "Exported sessions";
    let body = html! {
        header { h1 { (title) } p.figures { (Listed::counted(listed)) } }
        main {
            div.wide {
                table {
                    tr {
                        @for name in Listed::COLUMNS { th { (name) } }
                    }
                    @for one in listed {
                        tr {
                            td { a href=(one.file) { (one.title) } }
                            @for cell in one.cells() { td { (cell) } }
                        }
                    }
                }
            }
        }
    };
    sheet(title, &body).into_string()
}
