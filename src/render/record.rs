//! A message as data: all that was read of it, as JSON. What the screen makes of a message may hide something; this hides
//! nothing of what was kept.

use serde_json::{Map, Value, json};

use crate::model::{Lane, Message, Part, Role};
use crate::text::{Raw, floor_boundary};

/// More of one text is left to copy and export.
const LONGEST: usize = 64 << 10;
/// What is nested deeper stands no further to the right.
const DEEPEST: usize = 40;

/// A message set out as JSON. Escapes in it are spelled, so nothing in it acts on a terminal.
pub fn record(message: &Message) -> String {
    let mut fields = Map::new();
    let mut put = |name: &str, value: Value| {
        if !value.is_null() {
            fields.insert(name.to_owned(), value);
        }
    };
    put("number", message.number.into());
    put("role", role(message.role).into());
    put("at", message.at.map(|at| at.to_string()).into());
    put(
        "model",
        message
            .model
            .as_ref()
            .map(|model| model.name.as_str())
            .into(),
    );
    let lane = match &message.lane {
        Lane::Main => None,
        Lane::Side(name) => Some(name.to_string()),
        Lane::Left => Some("taken back".to_owned()),
    };
    put("lane", lane.into());
    put(
        "usage",
        message.usage.map_or(Value::Null, |u| {
            json!({
                "input": u.input,
                "cacheRead": u.cache_read,
                "cacheWrite": u.cache_write,
                "output": u.output,
                "reasoning": u.reasoning,
            })
        }),
    );
    put("parts", message.parts.iter().map(part).collect());
    serde_json::to_string_pretty(&Value::Object(fields)).unwrap_or_default()
}

/// JSON with a line for each of its values, letter by letter as it was written but for the space between: nothing is
/// put in another order, and what is no JSON stands as it is.
pub fn pretty(text: &str) -> String {
    if serde_json::from_str::<serde::de::IgnoredAny>(text).is_err() {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len() * 5 / 4);
    let (mut depth, mut in_string, mut is_escaped) = (0usize, false, false);
    let line = |out: &mut String, depth: usize| {
        out.push('\n');
        out.extend(std::iter::repeat_n("  ", depth.min(DEEPEST)));
    };
    let mut letters = text.chars().peekable();
    while let Some(c) = letters.next() {
        if in_string {
            out.push(c);
            in_string = is_escaped || c != '"';
            is_escaped = !is_escaped && c == '\\';
            continue;
        }
        match c {
            '"' => {
                in_string = true;
                out.push(c);
            }
            '{' | '[' => {
                out.push(c);
                while letters.next_if(char::is_ascii_whitespace).is_some() {}
                let close = if c == '{' { '}' } else { ']' };
                match letters.next_if_eq(&close) {
                    Some(close) => out.push(close),
                    None => {
                        depth += 1;
                        line(&mut out, depth);
                    }
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                line(&mut out, depth);
                out.push(c);
            }
            ',' => {
                out.push(c);
                line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            c if c.is_ascii_whitespace() => {}
            c => out.push(c),
        }
    }
    out
}

fn role(role: Role) -> &'static str {
    match role {
        Role::User => "user",
        Role::Assistant => "assistant",
        Role::System => "system",
    }
}

fn text(raw: &Raw) -> Value {
    let text = raw.untrusted();
    let head = floor_boundary(text, LONGEST);
    match text.len() - head.len() {
        0 => head.into(),
        left => format!("{head} ... {left} more bytes").into(),
    }
}

/// JSON as it was logged, where it is JSON.
fn logged(raw: &Raw) -> Value {
    let parsed = (raw.len() <= LONGEST).then(|| serde_json::from_str(raw.untrusted()).ok());
    parsed.flatten().unwrap_or_else(|| text(raw))
}

fn part(part: &Part) -> Value {
    match part {
        Part::Text(said) => json!({ "text": text(said) }),
        Part::Thinking(Some(said)) => json!({ "thinking": text(said) }),
        Part::Thinking(None) => json!({ "thinking": null }),
        Part::ToolCall(call) => json!({
            "call": call.call,
            "tool": call.tool.name.as_str(),
            "input": logged(&call.input),
            "child": call.child,
        }),
        Part::ToolResult(result) => json!({
            "resultOf": result.call,
            "output": text(&result.output),
            "ok": result.ok,
            "exit": result.exit,
            "tookMs": result.took.map(|took| took.as_millis() as u64),
            "child": result.child,
            "images": result.images.iter().map(|(mime, bytes)| json!({ "mime": mime.as_str(), "bytes": bytes })).collect::<Value>(),
        }),
        Part::Image { mime, bytes } => json!({ "image": mime.as_str(), "bytes": bytes }),
        Part::Attachment { path } => json!({ "file": path.to_string_lossy() }),
        Part::Notice { kind, text: said } => {
            json!({ "notice": format!("{kind:?}").to_lowercase(), "text": text(said) })
        }
        Part::Unknown { kind, json: record } => {
            json!({ "unknown": kind.as_str(), "record": logged(record) })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::tools;

    #[test]
    fn json_is_set_out_as_it_was_written() {
        let text = r#"{"b" : [1, {"x":{}}, []],"a":"{\",:\\","c":1e3}"#;
        let wanted = "{\n  \"b\": [\n    1,\n    {\n      \"x\": {}\n    },\n    []\n  ],\n  \"a\": \"{\\\",:\\\\\",\n  \"c\": 1e3\n}";
        assert_eq!(pretty(text), wanted);
        assert_eq!(pretty("no json {"), "no json {");
    }

    /// UX 4.3 `z r`: all that is kept of a message, and nothing of it acts on a terminal.
    #[test]
    fn a_message_is_set_out_whole() {
        let mut message = Message::new(7, Role::Assistant, None);
        message.parts = vec![
            Part::Text("a\u{1b}[2Jb".into()),
            Part::ToolCall(Box::new(tools::call("c", "Bash", r#"{"command":"ls"}"#))),
        ];
        let text = record(&message);
        assert!(
            !text.contains('\u{1b}') && text.contains("a\\u001b[2Jb"),
            "{text}"
        );
        let value: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["parts"][1]["input"]["command"], "ls");
        assert_eq!(value["role"], "assistant");
    }
}
