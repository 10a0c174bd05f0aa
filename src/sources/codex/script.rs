//! Scripts that call tools (code mode): what a script does where it asks for one thing alone, and what was called in one
//! that does more.

use std::str::Chars;

use serde_json::json;

use super::super::json::{Json, Obj};
use super::super::tools;
use crate::model::{Change, Edit, Message, Part, Tool, ToolCall, ToolKind};
use crate::text::Raw;

/// The tool that runs scripts.
pub const TOOL: &str = "exec";
/// What a script calls has an id of its own that begins so; other ids are of what the model called.
const INSIDE: &str = "exec-";

/// A piece of a script.
#[derive(PartialEq, Debug)]
enum Piece<'s> {
    Code(&'s str),
    /// What stands between quotes, as it is meant.
    Text(String),
    /// The same with something in it that is known only when it runs.
    Made,
}

/// A script as a call: of the one command or the one change that it asks for, else of the script itself.
pub fn call(id: &str, script: &str) -> ToolCall {
    let pieces = pieces(script);
    let called: Vec<&str> = pieces
        .iter()
        .filter_map(|piece| match piece {
            Piece::Code(code) => Some(*code),
            _ => None,
        })
        .flat_map(|code| code.split("tools.").skip(1))
        .map(|rest| rest.split('(').next().unwrap_or(rest).trim_end())
        .collect();
    let single = match called.as_slice() {
        ["exec_command"] => command(&pieces).map(|cmd| {
            let input = json!({"cmd": cmd, "script": script}).to_string();
            tools::call(id, "exec_command", &input)
        }),
        ["apply_patch"] => patch(&pieces).map(|text| tools::free_call(id, "apply_patch", text)),
        _ => None,
    };
    single.unwrap_or_else(|| {
        let mut call = tools::free_call(id, TOOL, script);
        // What calls no tools is a command, as older versions had them.
        if !called.is_empty() {
            call.tool.kind = ToolKind::Other;
        }
        call
    })
}

/// The text that is given as `cmd`.
fn command<'p>(pieces: &'p [Piece<'_>]) -> Option<&'p str> {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '$';
    let (mut is_quoted, mut is_key) = (false, false);
    for piece in pieces {
        match piece {
            Piece::Code(code) => {
                let name = code.trim_end().strip_suffix(':').map(str::trim);
                is_key = match name {
                    Some("") => is_quoted,
                    Some(name) => name.rsplit(|c| !is_word(c)).next() == Some("cmd"),
                    None => false,
                };
            }
            Piece::Text(text) if is_key => return Some(text),
            Piece::Made if is_key => return None,
            Piece::Text(text) => is_quoted = text == "cmd",
            Piece::Made => is_quoted = false,
        }
    }
    None
}

/// The text that is a patch, where there is one alone.
fn patch<'p>(pieces: &'p [Piece<'_>]) -> Option<&'p str> {
    let mut all = pieces.iter().filter_map(|piece| match piece {
        Piece::Text(text) if text.trim_start().starts_with("*** Begin Patch") => Some(&**text),
        _ => None,
    });
    all.next().filter(|_| all.next().is_none())
}

/// A script in pieces, without its notes. A pattern between slashes is not told apart from code.
fn pieces(script: &str) -> Vec<Piece<'_>> {
    let mut out = Vec::new();
    let mut rest = script;
    let mut plain = 0;
    while let Some(at) = rest
        .get(plain..)
        .and_then(|r| r.find(['"', '\'', '`', '/']))
    {
        let (code, here) = rest.split_at(plain + at);
        let note = |end: &str| here.get(2..).and_then(|note| Some(note.split_once(end)?.1));
        let (piece, behind) = match here.get(..2).unwrap_or(here) {
            "//" => (None, note("\n").unwrap_or("")),
            "/*" => (None, note("*/").unwrap_or("")),
            _ if here.starts_with('/') => {
                plain = code.len() + 1;
                continue;
            }
            _ => {
                let is_raw = code.trim_end().ends_with("String.raw");
                let (piece, behind) = text(here, is_raw);
                (Some(piece), behind)
            }
        };
        out.extend((!code.is_empty()).then_some(Piece::Code(code)));
        out.extend(piece);
        (rest, plain) = (behind, 0);
    }
    out.extend((!rest.is_empty()).then_some(Piece::Code(rest)));
    out
}

/// The text that begins with a quote, and what stands behind it.
fn text(here: &str, is_raw: bool) -> (Piece<'_>, &str) {
    let mut chars = here.chars();
    let quote = chars.next();
    let mut out = String::new();
    let mut is_made = false;
    while let Some(c) = chars.next() {
        match c {
            _ if Some(c) == quote => break,
            '\\' if is_raw => {
                out.push(c);
                out.extend(chars.next());
            }
            '\\' => out.extend(meant(&mut chars)),
            '$' if quote == Some('`') && chars.as_str().starts_with('{') => is_made = true,
            _ => out.push(c),
        }
    }
    let piece = if is_made {
        Piece::Made
    } else {
        Piece::Text(out)
    };
    (piece, chars.as_str())
}

/// The character that is meant by what stands behind a backslash; none by a line's end.
fn meant(chars: &mut Chars<'_>) -> Option<char> {
    let digits = |chars: &mut Chars<'_>, count: usize| {
        let all: String = chars.by_ref().take(count).collect();
        u32::from_str_radix(&all, 16).ok().and_then(char::from_u32)
    };
    match chars.next()? {
        'n' => Some('\n'),
        't' => Some('\t'),
        'r' => Some('\r'),
        '0' => Some('\0'),
        'b' => Some('\u{8}'),
        'f' => Some('\u{c}'),
        'v' => Some('\u{b}'),
        'x' => digits(chars, 2),
        'u' if chars.as_str().starts_with('{') => {
            let (number, behind) = chars.as_str().get(1..)?.split_once('}')?;
            *chars = behind.chars();
            u32::from_str_radix(number, 16)
                .ok()
                .and_then(char::from_u32)
        }
        'u' => digits(chars, 4),
        '\n' => None,
        other => Some(other),
    }
}

/// The call of a message where it stands for all that its script does.
pub fn single(message: &Message) -> Option<Box<str>> {
    message.parts.iter().find_map(|part| match part {
        Part::ToolCall(call) if call.tool.name != TOOL => Some(call.call.clone()),
        _ => None,
    })
}

/// Whether a completed item was called by a script and not by the model.
pub fn is_inside(item: &Obj<'_>) -> bool {
    item.str("id").is_some_and(|id| id.starts_with(INSIDE))
}

/// What a script called, by the item that tells that it is done.
pub fn called(item: &Obj<'_>) -> Option<ToolCall> {
    let id = item.text("id")?;
    Some(match &*item.str("type")? {
        "CommandExecution" => {
            let command = item.get("command").map_or("[]", Json::raw);
            tools::call(&id, "exec_command", &format!("{{\"cmd\": {command}}}"))
        }
        "FileChange" => {
            let changes = item.obj("changes").unwrap_or_default();
            let edits: Vec<Edit> = changes
                .fields()
                .filter_map(|(path, change)| edit(&path, &change.obj()?))
                .collect();
            ToolCall {
                call: (*id).into(),
                tool: Tool {
                    name: "apply_patch".into(),
                    kind: ToolKind::Edit,
                },
                target: edits.first().and_then(|edit| edit.path.clone()),
                input: item.get("changes").map_or("{}", Json::raw).into(),
                edits,
                child: None,
            }
        }
        "McpToolCall" => {
            let said = |key| item.text(key).unwrap_or_default();
            let name = format!("mcp__{}__{}", said("server"), said("tool"));
            let given = item.get("arguments").map_or("{}", Json::raw);
            tools::call(&id, &name, given)
        }
        _ => return None,
    })
}

fn edit(path: &str, change: &Obj<'_>) -> Option<Edit> {
    let text = |key| Raw::from(change.text(key).unwrap_or_default().into_owned());
    Some(Edit {
        path: Some(path.into()),
        change: match &*change.str("type")? {
            "add" => Change::Write(text("content")),
            "delete" => Change::Delete,
            "update" => Change::Patch(text("unified_diff")),
            _ => return None,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(script: &str) -> (String, ToolKind, String) {
        let call = call("c", script);
        let target = call
            .target
            .map_or(String::new(), |t| t.untrusted().to_owned());
        (call.tool.name.to_string(), call.tool.kind, target)
    }

    #[test]
    fn a_script_with_one_command_is_that_command() {
        for script in [
            r#"const r = await tools.exec_command({cmd:"wc -w a.txt"}); text(r.output);"#,
            r#"text((await tools.exec_command({ "cmd" : "wc -w a.txt", workdir: "/x" })).output)"#,
            "// counts `words`\nawait tools.exec_command({workdir: '/x', cmd: `wc -w a.txt`})",
            r#"/* tools.none( */ tools.exec_command({cmd: 'wc \x2dw\u0020a.t\u{78}t'})"#,
        ] {
            let (name, kind, cmd) = target(script);
            assert_eq!(
                (&*name, kind, &*cmd),
                ("exec_command", ToolKind::Shell, "wc -w a.txt")
            );
        }
    }

    #[test]
    fn what_does_more_or_is_made_when_it_runs_is_a_script() {
        for script in [
            "await tools.exec_command({cmd: `ls ${dir}`})",
            "await tools.exec_command({cmd: command})",
            r#"tools.exec_command({cmd: "a"}); tools.exec_command({cmd: "b"})"#,
            r#"tools.view_image({path: "cmd"})"#,
            "tools.exec_command",
            r#"tools.exec_command({cmd: "never ends"#,
        ] {
            let (name, kind, told) = target(script);
            let is_open = script.ends_with("ends");
            assert_eq!(&*name == TOOL, !is_open, "{script}");
            assert_eq!(kind == ToolKind::Other, !is_open, "{script}");
            assert_eq!(told == script, !is_open);
        }
        assert_eq!(target("make flag").1, ToolKind::Shell);
    }

    #[test]
    fn a_script_with_one_patch_is_that_change() {
        let patch = r#"const patch = "*** Begin Patch\n*** Update File: a.rs\n@@\n-one\n+\"two\"\n*** End Patch";
await tools.apply_patch(patch);"#;
        let call = call("c", patch);
        assert_eq!(call.tool.kind, ToolKind::Edit);
        let [edit] = call.edits.as_slice() else {
            panic!("{call:?}")
        };
        assert_eq!(edit.path, Some("a.rs".into()));
        assert_eq!(edit.change, Change::Patch("@@\n-one\n+\"two\"\n".into()));
        let raw =
            "tools.apply_patch(String.raw`*** Begin Patch\n*** Add File: b\n+\\d\n*** End Patch`)";
        let edits = super::call("c", raw).edits;
        assert_eq!(edits[0].change, Change::Write("\\d\n".into()));
    }

    #[test]
    fn what_was_called_inside_is_told_by_its_item() {
        let item = |json| Obj::parse(json).unwrap();
        let ran =
            r#"{"type":"CommandExecution","id":"exec-1","command":["/bin/bash","-lc","ls -a"]}"#;
        assert!(is_inside(&item(ran)));
        let ran = called(&item(ran)).unwrap();
        assert_eq!(
            (ran.tool.kind, ran.target),
            (ToolKind::Shell, Some("ls -a".into()))
        );
        let changed = r#"{"type":"FileChange","id":"exec-2","changes":{"/a":{"type":"add","content":"x\n"},
            "/b":{"type":"update","unified_diff":"@@ -1 +1 @@\n-a\n+b\n"},"/c":{"type":"delete","content":"c"}}}"#;
        let changes = called(&item(changed))
            .unwrap()
            .edits
            .into_iter()
            .map(|e| e.change);
        let [write, patch, delete] = changes.collect::<Vec<_>>().try_into().unwrap();
        assert_eq!(write, Change::Write("x\n".into()));
        assert_eq!(patch, Change::Patch("@@ -1 +1 @@\n-a\n+b\n".into()));
        assert_eq!(delete, Change::Delete);
        let asked = r#"{"type":"McpToolCall","id":"exec-3","server":"ologs","tool":"find","arguments":{"query":"q"}}"#;
        let asked = called(&item(asked)).unwrap();
        assert_eq!(
            (asked.tool.kind, asked.target),
            (ToolKind::Mcp, Some("q".into()))
        );
        assert_eq!(called(&item(r#"{"type":"Reasoning","id":"exec-4"}"#)), None);
    }
}
