//! Plain text for people (S2-44): a label before each message, a closing line with tokens, cost and model.

use std::io::{self, Write};

use super::edits;
use super::{Parts, facts};
use crate::model::{Conversation, Message, Part, Row};
use crate::redact::Outlet;

/// Starts every label. A line of a message that starts so is set in by a space, so that no message can pretend to be
/// another.
const LABEL: &str = "=== ";

pub fn write(
    row: &Row,
    conversation: &Conversation,
    parts: &Parts,
    outlet: &mut Outlet<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let title = facts::title(&row.session, outlet);
    writeln!(out, "{}\n", one_line(title.as_str()))?;
    // What it took stands at the end.
    let head = Parts {
        tokens: false,
        ..*parts
    };
    for fact in facts::facts(&row.session, None, &head, outlet) {
        writeln!(out, "{}: {}", fact.name, one_line(fact.value.as_str()))?;
    }
    let messages = conversation.messages.iter();
    for message in messages.filter(|message| parts.shows(message)) {
        writeln!(out, "\n{}", label(message, parts, outlet))?;
        for said in message.parts.iter().filter(|part| parts.has(part)) {
            body(&part(said, outlet), out)?;
        }
    }
    writeln!(out)?;
    if parts.tokens {
        writeln!(
            out,
            "{LABEL}{}",
            one_line(facts::total(row, outlet).as_str())
        )?;
    }
    match facts::replaced(parts, outlet) {
        Some(line) => writeln!(out, "{LABEL}{line}"),
        None => Ok(()),
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn label(message: &Message, parts: &Parts, outlet: &mut Outlet<'_>) -> String {
    let mut line = format!("{LABEL}{}", facts::role(message));
    if let Some(model) = &message.model {
        let name = outlet.text(&model.name);
        line.push_str(&format!(" ({})", one_line(name.as_str())));
    }
    line.push_str(facts::aside(message));
    if let Some(figures) = facts::figures(message, parts) {
        line.push_str(&format!(", {figures}"));
    }
    line
}

fn body(text: &str, out: &mut dyn Write) -> io::Result<()> {
    let text = text.trim_end();
    if text.is_empty() {
        return Ok(());
    }
    writeln!(out)?;
    for line in text.lines() {
        let mark = if line.starts_with("===") { " " } else { "" };
        writeln!(out, "{mark}{line}")?;
    }
    Ok(())
}

fn part(part: &Part, outlet: &mut Outlet<'_>) -> String {
    match part {
        Part::Text(text) => outlet.raw(text).as_str().to_owned(),
        Part::Thinking(Some(text)) => format!("[thinking]\n{}", outlet.raw(text)),
        Part::Thinking(None) => "[thinking, hidden]".to_owned(),
        Part::ToolCall(call) => {
            let mut out = format!(
                "[tool: {}]",
                one_line(outlet.text(&call.tool.name).as_str())
            );
            if call.edits.is_empty() {
                let asked = outlet.raw(call.target.as_ref().unwrap_or(&call.input));
                out.push_str(&format!("\n{asked}"));
            }
            for edit in &call.edits {
                let changed = edits::changed(edit, outlet);
                if let Some(path) = changed.path {
                    out.push_str(&format!("\n{}", one_line(path.as_str())));
                }
                out.push_str(&format!("\n{}", changed.text));
            }
            out
        }
        Part::ToolResult(result) => {
            let output = outlet.output(&result.output);
            let state = facts::outcome(result).map(|state| format!(", {state}"));
            match (output.as_str().trim().is_empty(), &state) {
                (true, None) => String::new(),
                _ => format!("[output{}]\n{output}", state.unwrap_or_default()),
            }
        }
        Part::Image { mime, bytes } => {
            format!("[image: {}, {}]", outlet.text(mime), facts::size(*bytes))
        }
        Part::Attachment { path } => {
            let path = outlet.text(&path.to_string_lossy());
            format!("[file: {}]", one_line(path.as_str()))
        }
        Part::Notice { text, .. } => format!("[{}]", outlet.raw(text).as_str().trim()),
        Part::Unknown { kind, json } => format!("[{}]\n{}", outlet.text(kind), outlet.raw(json)),
    }
}
