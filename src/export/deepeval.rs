//! Test cases for DeepEval (S2-42): a JSON array with an object for each prompt and its answer, by the names that
//! `EvaluationDataset.add_test_cases_from_json_file` takes: `input`, `actual_output`, `expected_output`, `context`,
//! `retrieval_context`, and with tools `tools_called` (docs of DeepEval 3, its page on test cases).
//!
//! Nobody said what was expected, so that is null. `context` is any list of texts to the loader. All that was said before
//! every prompt would grow with the square of the conversation, so each case has the latest of it, up to a size, and says
//! how many messages stand before that.

use std::collections::HashMap;
use std::io::{self, Write};

use serde::Serialize;
use serde_json::Value;

use super::json::line;
use super::pairs::{self, Said};
use super::shapes::{Pen, Shown};
use super::{Parts, facts};
use crate::model::{Conversation, Part, Role, Row};
use crate::redact::Outlet;

/// Bytes of what was said before, in one case. The message before the prompt is there whatever its size.
const CONTEXT: usize = 64 << 10;

#[derive(Serialize)]
struct CaseOut<'a> {
    input: &'a str,
    actual_output: String,
    expected_output: Option<()>,
    /// What was said before, each message with its role.
    context: &'a [String],
    retrieval_context: [(); 0],
    #[serde(skip_serializing_if = "Option::is_none")]
    tools_called: Option<Vec<ToolOut>>,
    additional_metadata: MetadataOut<'a>,
}

#[derive(Serialize)]
struct ToolOut {
    name: Shown,
    input_parameters: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    output: Option<Shown>,
}

#[derive(Serialize)]
struct MetadataOut<'a> {
    session_id: &'a Shown,
    source: &'static str,
    model: Option<Shown>,
    /// The prompt's number in the conversation.
    message: u32,
    at: Option<String>,
    /// Messages before those of the context; absent where all are there.
    #[serde(skip_serializing_if = "Option::is_none")]
    context_left_out: Option<usize>,
}

/// The first of the messages that are still near enough.
fn near(before: &[String]) -> usize {
    let mut bytes = 0_usize;
    let far = before.iter().rev().position(|text| {
        bytes = bytes.saturating_add(text.len());
        bytes > CONTEXT
    });
    far.map_or(0, |kept| before.len() - kept.max(1))
}

/// The cases of a session, each on its line, behind those that were written before.
pub fn cases(
    row: &Row,
    conversation: &Conversation,
    parts: &Parts,
    outlet: &mut Outlet<'_>,
    written: &mut usize,
    out: &mut dyn Write,
) -> io::Result<()> {
    let said = pairs::said(conversation, parts, outlet);
    let named = |one: &Said<'_>| format!("{}: {}", one.role, one.text);
    let context: Vec<String> = said.iter().map(named).collect();
    let session_id = Pen::text(outlet, &row.id().native);
    for pair in pairs::pairs(&said) {
        let Some(prompt) = said.get(pair.prompt) else {
            continue;
        };
        let after = said.get(pair.answers).unwrap_or_default();
        let answers = || {
            after
                .iter()
                .filter(|one| one.message.role == Role::Assistant)
        };
        let texts: Vec<&str> = answers()
            .map(|one| one.text.as_str())
            .filter(|text| !text.is_empty())
            .collect();
        let model = answers().find_map(|one| one.message.model.as_ref());
        let tools = parts.tools.then(|| tools(after, outlet));
        let at = prompt.message.at.filter(|_| parts.times);
        let before = context.get(..pair.prompt).unwrap_or_default();
        let far = near(before);
        let case = CaseOut {
            input: &prompt.text,
            actual_output: texts.join("\n\n"),
            expected_output: None,
            context: before.get(far..).unwrap_or_default(),
            retrieval_context: [],
            tools_called: tools,
            additional_metadata: MetadataOut {
                session_id: &session_id,
                source: row.id().source.0,
                model: model.map(|model| Pen::text(outlet, &model.name)),
                message: prompt.message.number,
                at: at.map(facts::moment),
                context_left_out: (far > 0).then_some(far),
            },
        };
        out.write_all(if *written == 0 { b"[\n" } else { b"," })?;
        line(out, &case)?;
        *written += 1;
    }
    Ok(())
}

/// Closes the array.
pub fn end(written: usize, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(if written == 0 { b"[]\n" } else { b"]\n" })
}

fn tools(said: &[Said<'_>], outlet: &mut Outlet<'_>) -> Vec<ToolOut> {
    let mut all = Vec::new();
    let parts = || said.iter().flat_map(|one| &one.message.parts);
    let results = parts().filter_map(|part| match part {
        Part::ToolResult(result) => Some((&*result.call, result)),
        _ => None,
    });
    let results: HashMap<&str, _> = results.collect();
    for part in parts() {
        let Part::ToolCall(call) = part else { continue };
        let input = outlet.raw(&call.input);
        let output = results.get(&*call.call);
        all.push(ToolOut {
            name: Pen::text(outlet, &call.tool.name),
            // DeepEval takes an object; what is none stands in one.
            input_parameters: match serde_json::from_str(input.as_str()) {
                Ok(Value::Object(object)) => Value::Object(object),
                Ok(other) => serde_json::json!({ "input": other }),
                Err(_) => serde_json::json!({ "input": input.as_str() }),
            },
            output: output.map(|result| Pen::output(outlet, &result.output)),
        });
    }
    all
}
