//! Tool calls, whichever part of the program made them: the names and arguments of each say the same things differently.

use super::super::json::{Json, Obj};
use super::super::tools;
use crate::model::{Change, Edit, Message, Part, ToolCall, ToolKind, ToolResult};
use crate::text::Raw;

/// A call with its arguments as JSON text.
pub fn call(id: &str, name: &str, input: &str) -> ToolCall {
    let mut call = match Json::parse(input) {
        Some(_) => tools::call(id, usual(name), input),
        // Cut off or never JSON: shown as it is.
        None => tools::free_call(id, usual(name), input),
    };
    call.tool.name = name.into();
    let args = Json::parse(input).and_then(Json::obj).unwrap_or_default();
    let keys: &[&str] = match call.tool.kind {
        ToolKind::Read | ToolKind::Edit => &[
            "file_path",
            "filePath",
            "path",
            "target_file",
            "targetFile",
            "relativeWorkspacePath",
            "relative_workspace_path",
            "target_notebook",
            "target_directory",
            "targetDirectory",
        ],
        ToolKind::Search => &["pattern", "query", "glob_pattern", "globPattern"],
        _ => &[],
    };
    if let Some(named) = keys.iter().find_map(|key| args.text(key)) {
        call.target = Some(Raw::from(&*named));
    }
    if call.tool.kind == ToolKind::Edit {
        edits(name, &args, &mut call);
    }
    call
}

/// The edits that only this program spells so.
fn edits(name: &str, args: &Obj<'_>, call: &mut ToolCall) {
    if call.edits.is_empty() {
        let path = call.target.clone();
        if name.to_ascii_lowercase().starts_with("delete") {
            let change = Change::Delete;
            call.edits.push(Edit { path, change });
        } else if let Some(all) = args.text("contents") {
            let change = Change::Write(Raw::from(&*all));
            call.edits.push(Edit { path, change });
        }
    }
    for edit in &mut call.edits {
        if edit.path.is_none() {
            edit.path.clone_from(&call.target);
        }
    }
}

/// A name that says the kind of tool, for one of the program's names.
fn usual(name: &str) -> &str {
    let plain: String = name
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect();
    match plain.strip_suffix("v2").unwrap_or(&plain) {
        "runterminalcmd" | "runterminalcommand" | "shell" | "bash" => "Bash",
        "readfile" | "read" | "listdir" | "readlints" | "fetchrules" => "Read",
        "editfile" | "searchreplace" | "strreplace" | "write" | "delete" | "deletefile"
        | "multiedit" | "editnotebook" | "reapply" => "Edit",
        "grepsearch" | "ripgreprawsearch" | "ripgrepsearch" | "codebasesearch"
        | "semanticsearch" | "semanticsearchfull" | "filesearch" | "globfilesearch" => "Grep",
        "task" | "agent" | "subagent" => "Task",
        "todowrite" | "todoread" | "createplan" | "askquestion" => "TodoWrite",
        "callmcptool" => "mcp__",
        plain if plain.starts_with("mcp") && !name.starts_with("mcp_") => "mcp__",
        _ => name,
    }
}

/// A tool bubble: the call and what came of it stand together.
pub fn of_bubble(tool: &Obj<'_>, message: &mut Message, whole: bool) {
    let status = tool.str("status").unwrap_or_default();
    let text = |key: &str| match tool.get(key) {
        Some(json) => json
            .str()
            .map_or_else(|| json.raw().to_owned(), |s| s.into_owned()),
        None => String::new(),
    };
    let result = text("result");
    let read = Json::parse(&result).and_then(Json::obj).unwrap_or_default();
    let exit = ["exitCodeV2", "exitCode"]
        .iter()
        .find_map(|key| read.get(key)?.i64())
        .and_then(|n| i32::try_from(n).ok());
    let rejected =
        tool.str("userDecision").is_some_and(|d| d == "rejected") || read.is_true("rejected");
    let ok = match &*status {
        _ if rejected => Some(false),
        "completed" => Some(exit.is_none_or(|code| code == 0)),
        "error" | "cancelled" => Some(false),
        _ => None,
    };
    message.tools += 1;
    message.errors += u32::from(ok == Some(false));
    if !whole {
        return;
    }
    let (id, name) = (text("toolCallId"), text("name"));
    let inputs = [text("rawArgs"), text("params")];
    let is_object = |input: &&String| {
        let args = Json::parse(input).and_then(Json::obj);
        args.is_some_and(|args| args.fields().next().is_some())
    };
    let written = inputs.iter().find(|input| !input.is_empty());
    let input = inputs.iter().find(is_object).or(written);
    let mut call = self::call(&id, &name, input.map_or("{}", String::as_str));
    let more = tool.obj("additionalData").unwrap_or_default();
    let child = more.text("subagentComposerId").or_else(|| {
        let is_task = call.tool.kind == ToolKind::Task;
        read.text("agentId").filter(|_| is_task)
    });
    let child: Option<Box<str>> = child.map(|child| (*child).into());
    call.child.clone_from(&child);
    // Where the result is what changed, it stands as the edit.
    let mut is_told = false;
    if call.tool.kind == ToolKind::Edit && call.edits.is_empty() {
        let chunks = read
            .obj("diff")
            .map(|d| d.list("chunks"))
            .unwrap_or_default();
        let lines: Vec<String> = chunks
            .into_iter()
            .filter_map(Json::obj)
            .filter_map(|chunk| chunk.text("diffString").map(|s| s.into_owned()))
            .collect();
        if !lines.is_empty() {
            is_told = true;
            call.edits.push(Edit {
                path: call.target.clone(),
                change: Change::Patch(lines.join("\n").into()),
            });
        }
    }
    message.parts.push(Part::ToolCall(Box::new(call)));
    let error = text("error");
    let output = if rejected {
        "rejected".to_owned()
    } else if is_told && error.is_empty() {
        String::new()
    } else if error.is_empty() {
        said(&result, &read)
    } else {
        reason(&error)
    };
    if ok.is_none() && output.is_empty() {
        return;
    }
    let mut told = ToolResult::new(&*id, output);
    (told.ok, told.exit, told.child) = (ok, exit, child);
    told.declined = rejected;
    message.parts.push(Part::ToolResult(Box::new(told)));
}

/// The text of a result that a person would read; else all of it.
fn said(result: &str, read: &Obj<'_>) -> String {
    let keys = ["output", "contents", "content", "text"];
    let plain = keys.iter().find_map(|key| read.str(key));
    let lone = || Json::parse(result).and_then(Json::str);
    match plain.or_else(lone) {
        Some(text) => text.into_owned(),
        None => result.to_owned(),
    }
}

/// Why a call failed: the words for people, in whatever they are wrapped.
fn reason(error: &str) -> String {
    let read = Json::parse(error).and_then(Json::obj).unwrap_or_default();
    let keys = [
        "clientVisibleErrorMessage",
        "message",
        "modelVisibleErrorMessage",
        "error",
    ];
    match keys.iter().find_map(|key| read.text(key)) {
        Some(text) => text.into_owned(),
        None => error.to_owned(),
    }
}
