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
        let bytes = turn.0.len() as u64;
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
        main { @for turn in &turns { (turn) } }
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

fn turn(message: &Message, parts: &Parts, outlet: &mut Outlet<'_>) -> Markup {
    let name = format!("m{}", message.number);
    let class = match message.role {
        Role::User => "you",
        Role::Assistant => "agent",
        Role::System => "system",
    };
    let model = message.model.as_ref().map(|m| outlet.text(&m.name));
    let is_main = facts::aside(message).is_empty();
    let figures = facts::figures(message, parts);
    let shown = message.parts.iter().filter(|part| parts.has(part));
    let pieces: Vec<Markup> = shown.map(|part| piece(part, outlet)).collect();
    let body = html! { @for piece in &pieces { (piece) } };
    html! {
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
    }
}

fn piece(part: &Part, outlet: &mut Outlet<'_>) -> Markup {
    match part {
        Part::Text(text) => prose::write(&prose::parse(outlet.raw(text).as_str())),
        Part::Thinking(Some(text)) => {
            let text = prose::write(&prose::parse(outlet.raw(text).as_str()));
            html! { details.thinking { summary { "Thinking" } (text) } }
        }
        Part::Thinking(None) => html! { p.note { "Thinking (hidden)" } },
        Part::ToolCall(call) => tool_call(call, outlet),
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

fn tool_call(call: &ToolCall, outlet: &mut Outlet<'_>) -> Markup {
    let name = outlet.text(&call.tool.name);
    let target = call.target.as_ref().map(|target| outlet.raw(target));
    let face: Option<String> = target.as_ref().map(|target| {
        let first = target.as_str().lines().next().unwrap_or_default();
        let mut letters = first.chars();
        let face: String = letters.by_ref().take(FACE).collect();
        let is_cut = letters.next().is_some() || target.as_str().lines().nth(1).is_some();
        if is_cut { format!("{face} …") } else { face }
    });
    let edits: Vec<_> = call
        .edits
        .iter()
        .map(|edit| edits::changed(edit, outlet))
        .collect();
    let input = call.edits.is_empty().then(|| outlet.raw(&call.input));
    html! {
        details.tool {
            summary {
                strong { (name.as_str()) }
                @if let Some(face) = &face { " " code { (face) } }
            }
            @for edit in &edits {
                @if let Some(path) = &edit.path { p.note { code { (path.as_str()) } } }
                @if edit.is_diff { (ink::diff(&edit.text)) }
                @else { (ink::block("", &edit.text)) }
            }
            @if let Some(input) = &input { (asked(target.as_ref().map(|t| t.as_str()), input.as_str())) }
        }
    }
}

/// A command reads better as a command than as JSON with one.
fn asked(target: Option<&str>, input: &str) -> Markup {
    let value: Option<serde_json::Value> = serde_json::from_str(input).ok();
    let is_all = value
        .as_ref()
        .and_then(|value| value.as_object())
        .is_some_and(|object| object.len() == 1);
    match (target, value) {
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
    let lines = output.as_str().lines().count();
    html! {
        details.result {
            summary {
                "Output"
                @if let Some(state) = &state { ", " strong.failed { (state) } }
                @if lines > 0 { small { " " (lines) @if lines == 1 { " line" } @else { " lines" } } }
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
