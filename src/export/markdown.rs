//! The single way a conversation becomes Markdown. Text stays as it was written, never wrapped and never padded, but for
//! what would reach beyond its turn (see [`super::safe`]).

use std::fmt::Write as _;
use std::io::{self, Write};

use super::Parts;
use super::edits::{self, Changed};
use super::facts::{self, Form};
use super::safe::{code, contained, fenced, inline, is_contained, quoted, within_turn};
use crate::model::{Conversation, Message, Part, Row, Session, ToolCall, ToolResult};
use crate::redact::Outlet;

/// A whole conversation under its title, for the clipboard.
pub fn conversation(
    session: &Session,
    conversation: &Conversation,
    parts: &Parts,
    outlet: &mut Outlet<'_>,
) -> String {
    let mut out = head(session, None, parts, outlet);
    let messages = conversation.messages.iter();
    for said in messages.filter(|message| parts.shows(message)) {
        out.push('\n');
        out.push_str(&message(said, parts, outlet));
    }
    out
}

/// The same as a file, with what the session took.
pub fn document(
    row: &Row,
    conversation: &Conversation,
    parts: &Parts,
    outlet: &mut Outlet<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let head = head(&row.session, Some(row), parts, outlet);
    out.write_all(head.as_bytes())?;
    let messages = conversation.messages.iter();
    for said in messages.filter(|message| parts.shows(message)) {
        write!(out, "\n{}", message(said, parts, outlet))?;
    }
    match facts::replaced(parts, outlet) {
        Some(line) => writeln!(out, "\n***\n\n{}", inline(&line)),
        None => Ok(()),
    }
}

fn head(session: &Session, row: Option<&Row>, parts: &Parts, outlet: &mut Outlet<'_>) -> String {
    let title = facts::title(session, outlet);
    let mut out = format!("# {}\n\n", inline(title.as_str()));
    for fact in facts::facts(session, row, parts, outlet) {
        let value = match fact.form {
            Form::Code => code(fact.value.as_str()),
            Form::Words => inline(fact.value.as_str()),
            Form::Ours => fact.value.to_string(),
        };
        // Writing to a string cannot fail.
        let _ = writeln!(out, "- {}: {value}", fact.name);
    }
    out
}

/// One message under a heading that says whose it is.
pub fn message(message: &Message, parts: &Parts, outlet: &mut Outlet<'_>) -> String {
    let mut out = format!("## {}", facts::role(message));
    if let Some(model) = &message.model {
        let name = outlet.text(&model.name);
        let _ = write!(out, " ({})", inline(name.as_str()));
    }
    let _ = writeln!(out, "{}", facts::aside(message));
    if let Some(figures) = facts::figures(message, parts) {
        let _ = writeln!(out, "\n*{figures}*");
    }
    for said in message.parts.iter().filter(|part| parts.has(part)) {
        let text = part(said, outlet);
        let text = text.trim_end();
        if !text.is_empty() {
            out.push('\n');
            out.push_str(text);
            out.push('\n');
        }
    }
    out
}

/// What a person wrote or the model answered, as they did, without tools and thinking: what a reader copies as "the
/// message".
pub fn words(message: &Message, outlet: &mut Outlet<'_>) -> String {
    let mut texts = Vec::new();
    for part in &message.parts {
        if let Part::Text(text) = part {
            let text = outlet.raw(text);
            texts.push(text.as_str().trim_end_matches('\n').to_owned());
        }
    }
    texts.join("\n\n")
}

fn part(part: &Part, outlet: &mut Outlet<'_>) -> String {
    match part {
        Part::Text(text) => turn(outlet.raw(text).as_str()),
        Part::Thinking(Some(text)) => {
            let text = outlet.raw(text);
            let quote = |text: &str| quoted(&format!("**Thinking**\n\n{text}"));
            // Behind a mark of quoting tabs are of another width, and what was code is none.
            match quote(&turn(text.as_str())) {
                block if is_contained(&block) => block,
                _ => quote(&fenced("", text.as_str())),
            }
        }
        Part::Thinking(None) => "> Thinking (hidden)".to_owned(),
        Part::ToolCall(call) => tool_call(call, outlet),
        Part::ToolResult(result) => tool_result(result, outlet),
        Part::Image { mime, bytes } => {
            let mime = outlet.text(mime);
            format!(
                "(image: {}, {})",
                inline(mime.as_str()),
                facts::size(*bytes)
            )
        }
        Part::Attachment { path } => {
            let path = outlet.text(&path.to_string_lossy());
            format!("(file: {})", code(path.as_str()))
        }
        Part::Notice { text, .. } => match inline(outlet.raw(text).as_str()) {
            text if text.is_empty() => text,
            text => format!("*{text}*"),
        },
        Part::Unknown { kind, json } => {
            let (kind, json) = (outlet.text(kind), outlet.raw(json));
            let body = fenced("json", json.as_str());
            format!("({})\n\n{body}", inline(kind.as_str()))
        }
    }
}

fn turn(text: &str) -> String {
    contained(within_turn(text), text)
}

fn tool_call(call: &ToolCall, outlet: &mut Outlet<'_>) -> String {
    let name = outlet.text(&call.tool.name);
    let mut out = match inline(name.as_str()) {
        name if name.is_empty() => "**Tool**".to_owned(),
        name => format!("**{name}**"),
    };
    if call.edits.is_empty() {
        match &call.target {
            Some(target) => {
                let target = outlet.raw(target);
                let target = target.as_str();
                let _ = match target.contains('\n') {
                    false => write!(out, " {}", code(target)),
                    true => write!(out, "\n\n{}", fenced("", target)),
                };
            }
            None => {
                let input = outlet.raw(&call.input);
                let _ = write!(out, "\n\n{}", fenced("json", input.as_str()));
            }
        }
    }
    for edit in &call.edits {
        let Changed {
            path,
            text,
            is_diff,
        } = edits::changed(edit, outlet);
        if let Some(path) = path {
            let _ = write!(out, " {}", code(path.as_str()));
        }
        let language = if is_diff { "diff" } else { "" };
        let _ = write!(out, "\n\n{}\n", fenced(language, &text));
    }
    out
}

fn tool_result(result: &ToolResult, outlet: &mut Outlet<'_>) -> String {
    let output = outlet.output(&result.output);
    let body = match output.as_str().trim().is_empty() {
        true => String::new(),
        false => fenced("", output.as_str()),
    };
    match facts::outcome(result) {
        Some(state) if body.is_empty() => format!("*{state}*"),
        Some(state) => format!("*{state}*\n\n{body}"),
        None => body,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Role;
    use crate::redact::{Scanner, Secrets};

    #[test]
    fn words_are_the_text_alone() {
        let mut message = Message::new(1, Role::Assistant, None);
        message.parts = vec![
            Part::Thinking(None),
            Part::Text("a  \nb\n".into()),
            Part::Text("c".into()),
        ];
        let scanner = Scanner::new();
        let mut outlet = Outlet::new(&scanner, Secrets::Keep);
        assert_eq!(words(&message, &mut outlet), "a  \nb\n\nc");
    }
}
