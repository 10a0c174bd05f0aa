//! Contents of messages, and tools by the names they have here.

use super::super::json::{Json, Obj};
use super::super::tools;
use crate::model::{Change, Edit, Message, Part, Role, ToolCall, ToolResult, Usage};
use crate::text::{Raw, floor_boundary};

/// A summary needs no more of a prompt than its title.
const PROMPT: usize = 16 << 10;

/// Text that stands as a user's but was put there by the program.
const INJECTED: &str = "<system>";
/// What it reminds its model of is nobody's words.
const REMINDER: &str = "<system-reminder>";
/// What it tells a sub-agent of the place before its task.
const PLACE: (&str, &str) = ("<git-context>", "</git-context>");

/// A person's words, or text put in. Without `whole`, only prompts keep their text.
pub fn prompt(content: Json<'_>, is_person: bool, message: &mut Message, whole: bool) {
    let parts = parts(content);
    let first = parts.iter().find_map(|part| match part {
        Part::Text(text) => Some(text.untrusted().trim_start()),
        _ => None,
    });
    let first = first.unwrap_or_default();
    if parts.is_empty() || first.starts_with(REMINDER) {
        return;
    }
    if is_person && !first.starts_with(INJECTED) {
        message.role = Role::User;
    } else if !whole {
        return;
    }
    for part in parts {
        message.parts.push(match part {
            Part::Text(text) if !whole => Part::Text(task(text.untrusted()).into()),
            part => part,
        });
    }
}

/// The start of a prompt, from where its task begins.
fn task(text: &str) -> &str {
    let behind = text
        .trim_start()
        .strip_prefix(PLACE.0)
        .and_then(|rest| rest.split_once(PLACE.1));
    floor_boundary(behind.map_or(text, |(_, task)| task), PROMPT)
}

/// Content as it stands in messages: text, or a list of parts.
pub fn parts(content: Json<'_>) -> Vec<Part> {
    if let Some(text) = content.str() {
        return vec![Part::Text(Raw::from(&*text))];
    }
    let items = content.list().into_iter().filter_map(Json::obj);
    items.filter_map(|item| part(&item)).collect()
}

pub fn part(item: &Obj<'_>) -> Option<Part> {
    match item.str("type")?.as_ref() {
        "text" => item.text("text").map(|t| Part::Text(Raw::from(&*t))),
        "think" => {
            let text = item.text("think").map(|t| Raw::from(&*t));
            (text.is_some() || item.has("encrypted")).then_some(Part::Thinking(text))
        }
        "image_url" => {
            let of = item.obj("image_url").or_else(|| item.obj("imageUrl"))?;
            Some(image(&of.text("url")?))
        }
        kind @ ("audio_url" | "video_url") => {
            let path = floor_boundary(kind, 16).into();
            Some(Part::Attachment { path })
        }
        _ => None,
    }
}

/// A picture is written out in its address, or kept elsewhere.
fn image(url: &str) -> Part {
    let inline = url
        .strip_prefix("data:")
        .and_then(|rest| rest.split_once(";base64,"));
    match inline {
        Some((mime, data)) => Part::Image {
            mime: floor_boundary(mime, 64).into(),
            // Base64 stores three bytes in four characters.
            bytes: data.len() as u64 / 4 * 3,
        },
        None => Part::Attachment {
            path: floor_boundary(url, 512).into(),
        },
    }
}

/// A call by the name this agent gives its tool.
pub fn call(id: &str, name: &str, input: &str) -> ToolCall {
    let known_as = match name {
        "FetchURL" => "webfetch",
        "SearchWeb" => "websearch",
        "AgentSwarm" => "task",
        "TodoList" | "SetTodoList" => "todowrite",
        "ReadMediaFile" => "read",
        "WriteFile" => "write",
        "StrReplaceFile" => "edit",
        _ => name,
    };
    let mut call = tools::call(id, known_as, input);
    call.tool.name = name.into();
    let args = Obj::parse(input).unwrap_or_default();
    if name == "StrReplaceFile" && call.edits.is_empty() {
        let edits = args.list("edit").into_iter().filter_map(Json::obj);
        let edits = edits.chain(args.obj("edit")).filter_map(|edit| {
            let old = Raw::from(&*edit.str("old")?);
            let new = Raw::from(&*edit.str("new").unwrap_or_default());
            Some(Edit {
                path: call.target.clone(),
                change: Change::Replace { old, new },
            })
        });
        call.edits = edits.collect();
    }
    if known_as == "todowrite" {
        let todos = args.list("todos").into_iter().filter_map(Json::obj);
        let todos: Vec<Obj<'_>> = todos.collect();
        let doing = todos
            .iter()
            .find(|todo| todo.str("status").is_some_and(|s| s == "in_progress"));
        let title = doing.or(todos.first()).and_then(|todo| todo.text("title"));
        call.target = title.map(|t| format!("{t} ({} items)", todos.len()).into());
    }
    call
}

/// A result from its output, which is text or a list of parts.
pub fn result(call: &str, output: Option<Json<'_>>, failed: bool) -> ToolResult {
    let mut texts = Vec::new();
    let mut images = Vec::new();
    for part in output.map(parts).unwrap_or_default() {
        match part {
            Part::Text(text) => texts.push(text.untrusted().to_owned()),
            Part::Image { mime, bytes } => images.push((mime, bytes)),
            _ => {}
        }
    }
    let text = texts.join("\n");
    let mut result = ToolResult::new(call, "");
    result.ok = Some(!failed);
    result.exit = if failed {
        tools::exit_code(&text)
    } else {
        None
    };
    result.output = text.into();
    result.images = images;
    result
}

/// Counts by the names they have in both generations. Absent where there are none.
pub fn usage(counts: &Obj<'_>) -> Option<Usage> {
    let n = |new, old| counts.u64(new).or_else(|| counts.u64(old));
    let (input, output) = (n("inputOther", "input_other"), n("output", "output"));
    input.or(output)?;
    Some(Usage {
        input: input.unwrap_or(0),
        cache_read: n("inputCacheRead", "input_cache_read").unwrap_or(0),
        cache_write: n("inputCacheCreation", "input_cache_creation").unwrap_or(0),
        cache_write_1h: 0,
        output: output.unwrap_or(0),
        reasoning: 0,
    })
}
