//! Tool calls and results by the names and shapes of this family.

use std::borrow::Cow;

use compact_str::CompactString;

use super::super::json::{Json, Obj};
use super::super::tools;
use crate::model::{Change, Edit, ToolCall, ToolKind, ToolResult};
use crate::text::Raw;

/// A call, from its block.
pub fn call(block: &Obj<'_>) -> ToolCall {
    let id = block.str("id").unwrap_or_default();
    let name = block.str("name").unwrap_or_default();
    let input = block.get("input").map_or("{}", Json::raw);
    let mut call = tools::call(&id, usual(&name), input);
    call.tool.name = (&*name).into();
    let args = Json::parse(input).and_then(Json::obj).unwrap_or_default();
    if call.tool.kind == ToolKind::Edit && !call.edits.iter().any(is_change) {
        call.edits = edits(&args);
        let path = call.edits.first().and_then(|e| e.path.clone());
        call.target = path.or(call.target);
    }
    if let Some(target) = target(&name, &args) {
        call.target = Some(target);
    }
    call
}

fn is_change(edit: &Edit) -> bool {
    !matches!(&edit.change, Change::Write(text) if text.is_empty())
}

/// The name that other agents have for the same tool.
fn usual(name: &str) -> &str {
    match name {
        "execute_command" | "run_commands" | "run_command" => "bash",
        "read_file"
        | "read_files"
        | "list_files"
        | "list_code_definition_names"
        | "fetch_instructions"
        | "access_mcp_resource" => "read",
        "write_to_file" | "replace_in_file" | "apply_diff" | "insert_content"
        | "search_and_replace" | "edit_file" | "editor" | "new_rule" => "edit",
        "search_files" | "search_codebase" | "codebase_search" => "grep",
        "web_fetch" | "web_search" | "fetch_web_content" | "browser_action" => "webfetch",
        "new_task" | "spawn_agent" | "use_subagents" => "task",
        "update_todo_list" | "ask_followup_question" | "ask_question" | "plan_mode_respond" => {
            "todowrite"
        }
        "use_mcp_tool" => "mcp__tool",
        other => other,
    }
}

/// What a call is about, where the common words for it are not enough.
fn target(name: &str, args: &Obj<'_>) -> Option<Raw> {
    let words = |key: &str| {
        let items = args.list(key).into_iter();
        let texts: Vec<String> = items
            .filter_map(|item| {
                let named = item
                    .obj()
                    .and_then(|o| o.text("path").or_else(|| o.text("command")));
                item.str().or(named).map(Cow::into_owned)
            })
            .collect();
        (!texts.is_empty()).then(|| Raw::from(texts.join("; ")))
    };
    let text = |key: &str| args.text(key).map(|t| Raw::from(&*t));
    match name {
        "run_commands" => words("commands"),
        "read_files" | "read_file" => words("file_paths").or_else(|| words("files")),
        "search_files" => text("regex"),
        "search_codebase" => words("queries").or_else(|| text("query")),
        "use_mcp_tool" => {
            let (server, tool) = (args.text("server_name")?, args.text("tool_name")?);
            Some(format!("{server} {tool}").into())
        }
        "ask_followup_question" | "ask_question" => text("question"),
        _ => None,
    }
}

/// Changes in the spellings of this family.
fn edits(args: &Obj<'_>) -> Vec<Edit> {
    let path = ["path", "file_path", "absolutePath"]
        .iter()
        .find_map(|key| args.text(key))
        .map(|p| Raw::from(&*p));
    let edit = |change| Edit {
        path: path.clone(),
        change,
    };
    if let Some(diff) = args.text("diff") {
        let blocks: Vec<Edit> = replacements(&diff).into_iter().map(edit).collect();
        if !blocks.is_empty() {
            return blocks;
        }
        return vec![edit(Change::Patch(Raw::from(&*diff)))];
    }
    let pairs = [
        ("old_text", "new_text"),
        ("search", "replace"),
        ("old_str", "new_str"),
    ];
    let pair = pairs.iter().find_map(|(old, new)| {
        let (old, new) = (args.text(old)?, args.str(new).unwrap_or_default());
        let (old, new) = (Raw::from(&*old), Raw::from(&*new));
        Some(Change::Replace { old, new })
    });
    let whole = || {
        let content = ["content", "new_text", "file_text"]
            .iter()
            .find_map(|key| args.text(key));
        content.map(|c| Change::Write(Raw::from(&*c)))
    };
    pair.or_else(whole).map(edit).into_iter().collect()
}

/// The pairs of a text that marks what to look for and what to put there.
fn replacements(diff: &str) -> Vec<Change> {
    /// Which part of a pair a line stands in.
    enum At {
        Outside,
        Old,
        New,
    }
    let mut found = Vec::new();
    let (mut old, mut new, mut at) = (String::new(), String::new(), At::Outside);
    // A mark is a run of one sign and a word, or the run alone.
    let mark = |line: &str, sign: char, word: &str| {
        let rest = line.trim_start_matches(sign);
        line.len() - rest.len() >= 5 && rest.trim().trim_end_matches('>') == word
    };
    for line in diff.lines() {
        let is_start = mark(line, '<', "SEARCH") || mark(line, '-', "SEARCH");
        let is_end = mark(line, '>', "REPLACE") || mark(line, '+', "REPLACE");
        match at {
            At::Outside if is_start => at = At::Old,
            At::Old if mark(line, '=', "") => at = At::New,
            At::New if is_end => {
                let (old, new) = (std::mem::take(&mut old), std::mem::take(&mut new));
                found.push(Change::Replace {
                    old: old.into(),
                    new: new.into(),
                });
                at = At::Outside;
            }
            // Hints about lines stand before the text itself.
            At::Old
                if old.is_empty() && (line.starts_with(":start_line:") || line == "-------") => {}
            At::Old => {
                old.push_str(line);
                old.push('\n');
            }
            At::New => {
                new.push_str(line);
                new.push('\n');
            }
            At::Outside => {}
        }
    }
    found
}

/// A result, from its block.
pub fn result(block: &Obj<'_>) -> ToolResult {
    let id = block.str("tool_use_id").unwrap_or_default();
    let mut texts: Vec<String> = Vec::new();
    let mut images = Vec::new();
    texts.extend(block.text("content").map(Cow::into_owned));
    for item in block.list("content").into_iter().filter_map(Json::obj) {
        match item.str("type").as_deref() {
            Some("image") => images.push(image(&item)),
            Some("text") => texts.extend(item.text("text").map(Cow::into_owned)),
            // What one of several commands or queries gave.
            _ => {
                let said = item.get("result").or_else(|| item.get("error"));
                texts.extend(said.map(|s| s.str().map_or_else(|| s.pretty(), Cow::into_owned)));
            }
        }
    }
    let mut result = ToolResult::new(&*id, texts.join("\n"));
    result.ok = Some(!failed(block));
    result.images = images;
    result
}

/// Whether a result says that its call failed, or one of the things that it did.
pub fn failed(block: &Obj<'_>) -> bool {
    let items = block.list("content").into_iter().filter_map(Json::obj);
    block.is_true("is_error") || items.into_iter().any(|i| i.bool("success") == Some(false))
}

/// Type and size of an image, from its block.
pub fn image(block: &Obj<'_>) -> (CompactString, u64) {
    let source = block.obj("source").unwrap_or_default();
    let mime = source.text("media_type").unwrap_or(Cow::Borrowed("image"));
    // Base64 stores three bytes in four characters.
    let data = source.get("data").or_else(|| block.get("data"));
    let bytes = data.map_or(0, |d| d.raw().len().saturating_sub(2) as u64 / 4 * 3);
    ((&*mime).into(), bytes)
}
