//! What a tool call is about, from its name and arguments. Agents name the same things differently; here they meet.

use std::borrow::Cow;

use super::json::{Json, Obj};
use crate::model::{Change, Edit, Tool, ToolCall, ToolKind};
use crate::text::Raw;

/// A call from its name as logged and its arguments as JSON text.
pub fn call(id: &str, name: &str, input: &str) -> ToolCall {
    let kind = kind(name);
    let args = Json::parse(input).and_then(Json::obj).unwrap_or_default();
    let edits = if kind == ToolKind::Edit {
        edits(name, &args)
    } else {
        Vec::new()
    };
    let edited = edits.first().and_then(|edit| edit.path.clone());
    let target = target(kind, &args, edited);
    ToolCall {
        call: id.into(),
        tool: Tool {
            name: name.into(),
            kind,
        },
        target,
        input: input.into(),
        edits,
        child: None,
    }
}

/// A call whose argument is free text, not JSON: a patch, or a script.
pub fn free_call(id: &str, name: &str, input: &str) -> ToolCall {
    let kind = kind(name);
    let edits = if kind == ToolKind::Edit {
        patches(input)
    } else {
        Vec::new()
    };
    let target = edits
        .first()
        .and_then(|e| e.path.clone())
        .or_else(|| input.lines().find(|l| !l.trim().is_empty()).map(Raw::from));
    let json = serde_json::to_string(input).unwrap_or_default();
    ToolCall {
        call: id.into(),
        tool: Tool {
            name: name.into(),
            kind,
        },
        target,
        input: json.into(),
        edits,
        child: None,
    }
}

/// The kind of a tool by its name, however the agent spells it.
pub fn kind(name: &str) -> ToolKind {
    if name.starts_with("mcp__") || name.starts_with("mcp_") {
        return ToolKind::Mcp;
    }
    let plain: String = name
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect();
    match plain.as_str() {
        "bash" | "bashoutput" | "killshell" | "killbash" | "shell" | "shellcommand"
        | "execcommand" | "exec" | "localshell" | "localshellcall" | "writestdin"
        | "container.exec" | "powershell" | "runcommand" | "execute" => ToolKind::Shell,
        "read" | "view" | "readfile" | "notebookread" | "viewimage" | "cat" | "list" | "ls"
        | "listdir" | "skill" | "readmcpresource" => ToolKind::Read,
        "edit"
        | "multiedit"
        | "write"
        | "notebookedit"
        | "patch"
        | "applypatch"
        | "strreplacebasededittool"
        | "create" => ToolKind::Edit,
        "grep" | "glob" | "search" | "find" | "toolsearch" | "toolsearchcall" | "codesearch"
        | "grepfiles" => ToolKind::Search,
        "webfetch" | "websearch" | "websearchcall" | "fetch" | "fetchurl" => ToolKind::Web,
        "task" | "agent" | "spawnagent" | "subtask" => ToolKind::Task,
        "todowrite" | "todoread" | "updateplan" | "exitplanmode" | "exitspecmode" | "plan"
        | "taskcreate" | "taskupdate" | "tasklist" | "question" | "askuserquestion" => {
            ToolKind::Plan
        }
        _ => ToolKind::Other,
    }
}

/// Whether a call of a tool waits for a person's answer, whatever agent has it.
pub fn asks(name: &str) -> bool {
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    ASKING.contains(&&*plain.to_ascii_lowercase())
}

/// Names of such tools, without what stands between their words.
const ASKING: &[&str] = &[
    "askuserquestion",
    "askuser",
    "askquestion",
    "askfollowupquestion",
    "question",
    "requestuserinput",
    "exitplanmode",
    "exitspecmode",
    "planexit",
];

/// The argument a person would name to say which call this was; `edited` is the first file an edit changes.
fn target(kind: ToolKind, args: &Obj<'_>, edited: Option<Raw>) -> Option<Raw> {
    let keys: &[&str] = match kind {
        ToolKind::Shell => &["command", "cmd", "chars", "bash_id", "shell_id"],
        ToolKind::Read | ToolKind::Edit => {
            &["file_path", "filePath", "path", "notebook_path", "name"]
        }
        ToolKind::Search => &["pattern", "query"],
        ToolKind::Web => &["url", "query"],
        ToolKind::Task => &["description", "task_name", "message", "prompt"],
        ToolKind::Plan => &["explanation", "plan", "subject", "question"],
        ToolKind::Mcp | ToolKind::Other => &["query", "path", "command", "name", "url"],
    };
    if let Some(task) = task_of(args) {
        return Some(task);
    }
    let named = keys.iter().find_map(|key| args.get(key).and_then(as_words));
    let todo = || {
        (kind == ToolKind::Plan)
            .then(|| todo_in_progress(args))
            .flatten()
    };
    // Else the first argument that is text says more than nothing.
    let first = || {
        args.fields().find_map(|(_, value)| {
            value
                .str()
                .filter(|s| !s.is_empty())
                .map(|s| Raw::from(&*s))
        })
    };
    named.or(edited).or_else(todo).or_else(first)
}

/// Text, or a list of words as one command line.
fn as_words(value: Json<'_>) -> Option<Raw> {
    if let Some(text) = value.str() {
        return (!text.is_empty()).then(|| Raw::from(&*text));
    }
    let words: Vec<Cow<'_, str>> = value.list().into_iter().filter_map(Json::str).collect();
    // `bash -lc SCRIPT` is about the script.
    let script = match words.as_slice() {
        [shell, flag, script]
            if flag.starts_with('-') && flag.ends_with('c') && shell.ends_with("sh") =>
        {
            Some(script.to_string())
        }
        [] => None,
        all => Some(all.join(" ")),
    };
    script.map(Raw::from)
}

/// A task of a list by its number, with what a call makes of it: `#3 in_progress, owner carol, Read the log`.
fn task_of(args: &Obj<'_>) -> Option<Raw> {
    let number = args.get("taskId").and_then(as_words)?;
    let number = number.untrusted().trim_start_matches('#').to_owned();
    let said = |key: &str| args.text(key).map(Cow::into_owned);
    let owner = said("owner").map(|owner| format!("owner {owner}"));
    let made = [said("status"), owner, said("subject")];
    let made: Vec<String> = made.into_iter().flatten().collect();
    let task = format!("#{number} {}", made.join(", "));
    Some(Raw::from(task.trim_end()))
}

fn todo_in_progress(args: &Obj<'_>) -> Option<Raw> {
    let items: Vec<_> = [args.list("todos"), args.list("plan")]
        .concat()
        .into_iter()
        .filter_map(Json::obj)
        .collect();
    let doing = items
        .iter()
        .find(|i| i.str("status").is_some_and(|s| s == "in_progress"))
        .or_else(|| items.first())?;
    let text = doing
        .text("content")
        .or_else(|| doing.text("step"))
        .or_else(|| doing.text("text"))?;
    Some(Raw::from(format!("{text} ({} items)", items.len())))
}

/// The changes an edit asks for, from the spellings in use.
fn edits(_name: &str, args: &Obj<'_>) -> Vec<Edit> {
    let text =
        |o: &Obj<'_>, keys: &[&str]| keys.iter().find_map(|k| o.str(k)).map(|s| Raw::from(&*s));
    if let Some(patch) = ["patchText", "patch", "input"]
        .iter()
        .find_map(|k| args.str(k))
        .filter(|p| p.contains("*** Begin Patch"))
    {
        return patches(&patch);
    }
    let path = ["file_path", "filePath", "path", "notebook_path"]
        .iter()
        .find_map(|k| args.str(k))
        .map(|s| Raw::from(&*s));
    let replace = |o: &Obj<'_>| {
        let old = text(o, &["old_string", "oldString", "old_str"])?;
        let new = text(o, &["new_string", "newString", "new_str"]).unwrap_or_default();
        Some(Edit {
            path: path.clone(),
            change: Change::Replace { old, new },
        })
    };
    let many: Vec<Edit> = args
        .list("edits")
        .into_iter()
        .filter_map(Json::obj)
        .filter_map(|o| replace(&o))
        .collect();
    if !many.is_empty() {
        return many;
    }
    if let Some(one) = replace(args) {
        return vec![one];
    }
    let whole = text(args, &["content", "new_source", "file_text", "text"]);
    whole
        .map(|content| Edit {
            path,
            change: Change::Write(content),
        })
        .into_iter()
        .collect()
}

/// The files of a `*** Begin Patch` text, each with its lines.
pub fn patches(text: &str) -> Vec<Edit> {
    let mut edits: Vec<(Raw, Option<bool>, String)> = Vec::new();
    for line in text.lines() {
        let heading = [
            ("*** Add File: ", Some(true)),
            ("*** Update File: ", None),
            ("*** Delete File: ", Some(false)),
        ];
        if let Some((path, form)) = heading
            .iter()
            .find_map(|(mark, form)| Some((line.strip_prefix(mark)?, *form)))
        {
            edits.push((Raw::from(path.trim()), form, String::new()));
        } else if !line.starts_with("*** ")
            && let Some((_, form, body)) = edits.last_mut()
        {
            let kept = if *form == Some(true) {
                line.strip_prefix('+').unwrap_or(line)
            } else {
                line
            };
            body.push_str(kept);
            body.push('\n');
        }
    }
    let change = |form, body: String| match form {
        Some(true) => Change::Write(body.into()),
        Some(false) => Change::Delete,
        None => Change::Patch(body.into()),
    };
    edits
        .into_iter()
        .map(|(path, form, body)| Edit {
            path: Some(path),
            change: change(form, body),
        })
        .collect()
}

/// Exit code and duration that some programs write as words at the top of a command's output.
pub fn exit_code(output: &str) -> Option<i32> {
    let head = crate::text::floor_boundary(output, 400);
    ["Exit code: ", "Process exited with code ", "Exit code "]
        .iter()
        .find_map(|mark| {
            let rest = head.split_once(mark)?.1;
            let digits: String = rest
                .chars()
                .take_while(|c| c.is_ascii_digit() || *c == '-')
                .collect();
            digits.parse().ok()
        })
}

/// An output without its last line and what is blank before that, where the line is the program's own: it begins so, and
/// what it says is known.
pub fn without_end<'o>(output: &'o str, begins: &str) -> &'o str {
    let whole = output.trim_end();
    let (wrote, line) = whole.rsplit_once('\n').unwrap_or(("", whole));
    if line.starts_with(begins) {
        wrote.trim_end()
    } else {
        output
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn about(name: &str, input: &str) -> String {
        call("c", name, input)
            .target
            .map(|t| t.untrusted().to_owned())
            .unwrap_or_default()
    }

    #[test]
    fn targets() {
        assert_eq!(
            about("Bash", r#"{"command":"cargo test","description":"run"}"#),
            "cargo test"
        );
        assert_eq!(
            about("shell", r#"{"command":["bash","-lc","ls -a"]}"#),
            "ls -a"
        );
        assert_eq!(about("Read", r#"{"file_path":"/a/b.rs"}"#), "/a/b.rs");
        assert_eq!(
            about(
                "TodoWrite",
                r#"{"todos":[{"content":"a","status":"completed"},{"content":"b","status":"in_progress"}]}"#
            ),
            "b (2 items)"
        );
        assert_eq!(about("mystery", r#"{"n":1,"what":"this"}"#), "this");
        assert_eq!(about("Bash", "not json"), "");
    }

    #[test]
    fn a_task_is_told_with_what_becomes_of_it() {
        let update = |input: &str| about("TaskUpdate", input);
        assert_eq!(
            update(r#"{"taskId":"3","status":"in_progress","owner":"carol"}"#),
            "#3 in_progress, owner carol"
        );
        assert_eq!(
            update(r#"{"subject":"Read the log","taskId":"4","addBlockedBy":["3"]}"#),
            "#4 Read the log"
        );
        assert_eq!(about("TaskGet", r#"{"taskId":"2"}"#), "#2");
        assert_eq!(about("TaskCreate", r#"{"subject":"Merge"}"#), "Merge");
    }

    #[test]
    fn changes() {
        let edit = call(
            "c",
            "Edit",
            r#"{"file_path":"a","old_string":"x","new_string":"y"}"#,
        );
        assert_eq!(
            edit.edits[0].change,
            Change::Replace {
                old: "x".into(),
                new: "y".into()
            }
        );
        let many = call(
            "c",
            "MultiEdit",
            r#"{"file_path":"a","edits":[{"old_string":"x","new_string":"y"},{"old_string":"p","new_string":"q"}]}"#,
        );
        assert_eq!(many.edits.len(), 2);
        let patch = free_call(
            "c",
            "apply_patch",
            "*** Begin Patch\n*** Update File: a.rs\n@@\n-x\n+y\n*** Add File: b.rs\n+new\n*** Delete File: c.rs\n*** End Patch\n",
        );
        assert_eq!(patch.edits.len(), 3);
        assert_eq!(patch.edits[0].change, Change::Patch("@@\n-x\n+y\n".into()));
        assert_eq!(patch.edits[1].change, Change::Write("new\n".into()));
        assert_eq!(patch.target, Some("a.rs".into()));
    }

    #[test]
    fn exit_codes() {
        assert_eq!(exit_code("Exit code: 2\nWall time: 1s"), Some(2));
        assert_eq!(
            exit_code("Chunk ID: x\nProcess exited with code 0\n"),
            Some(0)
        );
        assert_eq!(exit_code("fine"), None);
    }
}
