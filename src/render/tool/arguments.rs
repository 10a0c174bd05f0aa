//! The arguments of a call, for people: a small table, and JSON set out where it is nested.

use serde_json::{Map, Value};

use crate::model::ToolCall;
use crate::text::floor_boundary;

/// Longer arguments are not taken apart only to say a word more about them.
const SMALL: usize = 64 << 10;
/// Names in the table are at most so wide.
const NAMES: usize = 18;
/// A text of more bytes or lines stands below its name.
const PAGE: usize = 400;
const LINES: usize = 3;
/// Bytes of one value that are shown.
const LONGEST: usize = 64 << 10;

/// A line of the arguments: its name, where it begins one, and its text.
#[derive(Default)]
pub struct Argument {
    pub name: String,
    pub text: String,
    /// It stands below the name of its argument and not beside it.
    pub is_below: bool,
}

/// All arguments, where they are short enough to be looked at for a single line.
pub fn small(call: &ToolCall) -> Option<Map<String, Value>> {
    let input = call.input.untrusted();
    if input.len() > SMALL {
        return None;
    }
    match serde_json::from_str(input).ok()? {
        Value::Object(fields) => Some(fields),
        _ => None,
    }
}

/// The arguments that the line of the call does not tell, or all of them.
pub fn lines(call: &ToolCall, all: bool) -> Vec<Argument> {
    let line = |text: &str| Argument {
        text: text.to_owned(),
        ..Argument::default()
    };
    let target = call.target.as_ref().map(|target| target.untrusted());
    let mut lines = Vec::new();
    // A script is in the line above with its first line only.
    let script = target.filter(|target| target.trim().contains('\n'));
    if let Some(script) = script {
        lines.extend(
            floor_boundary(script.trim_end(), LONGEST)
                .split('\n')
                .map(line),
        );
    }
    let value: Option<Value> = serde_json::from_str(call.input.untrusted()).ok();
    let Some(Value::Object(fields)) = value else {
        return lines;
    };
    for (name, value) in &fields {
        let is_target = value.as_str().is_some_and(|text| Some(text) == target);
        if is_target && (script.is_some() || !all) {
            continue;
        }
        let text = match value {
            Value::String(text) => floor_boundary(text, LONGEST).to_owned(),
            Value::Object(_) | Value::Array(_) => pretty(value),
            other => other.to_string(),
        };
        let text = text.trim_end();
        let mut rows = text.split('\n');
        // Pages of prose are not read in a column beside their name.
        let is_page = value.is_string() && (text.len() > PAGE || rows.clone().count() > LINES);
        let first = match is_page {
            true => "",
            false => rows.next().unwrap_or_default(),
        };
        lines.push(Argument {
            name: name.clone(),
            text: first.to_owned(),
            ..Argument::default()
        });
        lines.extend(rows.map(|row| Argument {
            is_below: is_page,
            ..line(row)
        }));
    }
    lines
}

/// The widest name, within reason.
pub fn name_width(lines: &[Argument]) -> usize {
    let widths = lines.iter().map(|line| crate::text::width(&line.name));
    widths.max().unwrap_or(0).min(NAMES)
}

/// JSON set out on lines; short lists and objects of plain values stay on one.
pub fn pretty(value: &Value) -> String {
    let is_plain = |value: &Value| !matches!(value, Value::Object(_) | Value::Array(_));
    let short = match value {
        Value::Object(fields) => fields.values().all(is_plain),
        Value::Array(items) => items.iter().all(is_plain),
        _ => true,
    };
    let line = value.to_string();
    if short && line.len() <= 60 {
        return line;
    }
    let text = serde_json::to_string_pretty(value).unwrap_or(line);
    floor_boundary(&text, LONGEST).to_owned()
}

/// An answer that is JSON on one line, set out on several.
pub fn pretty_output(output: &str) -> Option<String> {
    let text = output.trim();
    let is_json = text.starts_with('{') && text.ends_with('}')
        || text.starts_with('[') && text.ends_with(']');
    if !is_json || text.len() > SMALL || text.contains('\n') {
        return None;
    }
    let value: Value = serde_json::from_str(text).ok()?;
    serde_json::to_string_pretty(&value).ok()
}
