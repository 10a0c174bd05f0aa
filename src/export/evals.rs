//! OpenAI Evals (S2-43): a line for each conversation, an object with the `messages` as chat completions have them and
//! with `metadata` that says where they come from.

use std::io::{self, Write};

use serde::Serialize;

use super::json::line as json_line;
use super::shapes::{Pen, Shown};
use super::{Parts, pairs};
use crate::model::{Conversation, Message, Part, Row};
use crate::redact::Outlet;

#[derive(Serialize)]
struct LineOut {
    messages: Vec<MessageOut>,
    metadata: MetadataOut,
}

#[derive(Serialize)]
struct MessageOut {
    role: &'static str,
    content: Shown,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tool_calls: Vec<CallOut>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_call_id: Option<Shown>,
}

#[derive(Serialize)]
struct CallOut {
    id: Shown,
    r#type: &'static str,
    function: FunctionOut,
}

#[derive(Serialize)]
struct FunctionOut {
    name: Shown,
    /// JSON as text.
    arguments: Shown,
}

#[derive(Serialize)]
struct MetadataOut {
    session_id: Shown,
    source: &'static str,
    model: Option<Shown>,
}

/// The line of a session. A conversation in which nothing was said has none: an empty list of messages is refused by
/// its readers.
pub fn line(
    row: &Row,
    conversation: &Conversation,
    parts: &Parts,
    outlet: &mut Outlet<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut messages = Vec::new();
    for said in pairs::said(conversation, parts, outlet) {
        let calls = match parts.tools {
            true => calls(said.message, outlet),
            false => Vec::new(),
        };
        if !said.text.is_empty() || !calls.is_empty() {
            messages.push(MessageOut {
                role: said.role,
                content: Shown::ready(said.text),
                tool_calls: calls,
                tool_call_id: None,
            });
        }
        if parts.tools {
            messages.extend(results(said.message, outlet));
        }
    }
    if messages.is_empty() {
        return Ok(());
    }
    let metadata = MetadataOut {
        session_id: Pen::text(outlet, &row.id().native),
        source: row.id().source.0,
        model: row.model().map(|model| Pen::text(outlet, &model.name)),
    };
    json_line(out, &LineOut { messages, metadata })
}

fn calls(message: &Message, outlet: &mut Outlet<'_>) -> Vec<CallOut> {
    let calls = message.parts.iter().filter_map(|part| match part {
        Part::ToolCall(call) => Some(call),
        _ => None,
    });
    calls
        .map(|call| CallOut {
            id: Pen::text(outlet, &call.call),
            r#type: "function",
            function: FunctionOut {
                name: Pen::text(outlet, &call.tool.name),
                arguments: Pen::raw(outlet, &call.input),
            },
        })
        .collect()
}

/// Each answer of a tool is a message of its own.
fn results(message: &Message, outlet: &mut Outlet<'_>) -> Vec<MessageOut> {
    let results = message.parts.iter().filter_map(|part| match part {
        Part::ToolResult(result) => Some(result),
        _ => None,
    });
    results
        .map(|result| MessageOut {
            role: "tool",
            content: Pen::output(outlet, &result.output),
            tool_calls: Vec::new(),
            tool_call_id: Some(Pen::text(outlet, &result.call)),
        })
        .collect()
}
