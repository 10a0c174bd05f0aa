//! One entry as a message: a prompt, a response, a result, a command of the user's own, or what the program put in.

use std::borrow::Cow;

use super::super::json::{Json, Obj};
use super::super::{hash, tools};
use super::spends;
use crate::model::{
    Change, Edit, Message, NoticeKind, Part, Role, Tool, ToolCall, ToolKind, ToolResult,
};
use crate::text::{Raw, floor_boundary};

/// A summary needs no more of a prompt than its title.
const PROMPT: usize = 16 << 10;

/// Reads an entry, its time aside. Without `whole`, bodies are left out but for prompts, and so is what counts nothing.
pub fn read(
    kind: &str,
    record: &Obj<'_>,
    body: &Obj<'_>,
    line: &[u8],
    whole: bool,
) -> Option<Message> {
    let mut message = Message::new(hash(&[line]), Role::System, None);
    match kind {
        "message" => {
            let role = body.text("role")?;
            said(&role, record, body, &mut message, whole);
        }
        "custom_message" => custom(record, &mut message),
        "compaction" => summary(
            "conversation compacted",
            NoticeKind::Compaction,
            record,
            &mut message,
        ),
        "branch_summary" => summary(LEFT, NoticeKind::Other, record, &mut message),
        _ => return None,
    }
    let counts = message.role != Role::System || message.errors > 0;
    (counts || whole && !message.parts.is_empty()).then_some(message)
}

/// What a summary of a branch is about.
const LEFT: &str = "another branch was left";

fn said(role: &str, record: &Obj<'_>, body: &Obj<'_>, message: &mut Message, whole: bool) {
    match role {
        "user" => user(body, message, whole),
        "assistant" => assistant(body, message, whole),
        "toolResult" => result(body, message, whole),
        _ if !whole => {}
        "system" | "developer" => system(body, message),
        "bashExecution" | "pythonExecution" => command(record, body, message),
        "custom" | "hookMessage" => custom(body, message),
        // In exports only.
        "compactionSummary" => {
            summary(
                "conversation compacted",
                NoticeKind::Compaction,
                body,
                message,
            );
        }
        "branchSummary" => summary(LEFT, NoticeKind::Other, body, message),
        _ => message.parts.push(unknown(role, body)),
    }
}

fn unknown(kind: &str, fields: &Obj<'_>) -> Part {
    let fields = fields
        .fields()
        .map(|(key, value)| format!("{key:?}: {}", value.raw()));
    let json = format!("{{{}}}", fields.collect::<Vec<_>>().join(", "));
    Part::Unknown {
        kind: kind.into(),
        json: json.into(),
    }
}

/// The texts of a content, which is a string or a list of blocks.
fn texts<'a>(body: &Obj<'a>) -> Vec<Cow<'a, str>> {
    if let Some(text) = body.text("content") {
        return vec![text];
    }
    let blocks = body.list("content").into_iter().filter_map(Json::obj);
    let texts = blocks.filter(|b| b.str("type").as_deref() == Some("text"));
    texts.filter_map(|b| b.text("text")).collect()
}

fn images(body: &Obj<'_>) -> impl Iterator<Item = (String, u64)> {
    let blocks = body.list("content").into_iter().filter_map(Json::obj);
    blocks
        .filter(|b| b.str("type").as_deref() == Some("image"))
        .map(|b| {
            let mime = b.text("mimeType").unwrap_or(Cow::Borrowed("image"));
            // Base64 stores three bytes in four characters.
            let data = b.get("data").map_or(0, |d| d.raw().len().saturating_sub(2));
            (mime.into_owned(), data as u64 / 4 * 3)
        })
}

fn user(body: &Obj<'_>, message: &mut Message, whole: bool) {
    message.role = Role::User;
    let texts = texts(body);
    if !whole {
        // The agent makes its title of all of them.
        let text = texts.join(" ");
        let text = floor_boundary(&text, PROMPT);
        message.parts.push(Part::Text(Raw::from(text)));
        return;
    }
    let texts = texts.iter().map(|text| Part::Text(Raw::from(&**text)));
    message.parts.extend(texts);
    message
        .parts
        .extend(images(body).map(|(mime, bytes)| Part::Image {
            mime: mime.into(),
            bytes,
        }));
}

fn assistant(body: &Obj<'_>, message: &mut Message, whole: bool) {
    message.role = Role::Assistant;
    message.model = spends::model(body);
    let blocks: Vec<Obj<'_>> = body
        .list("content")
        .into_iter()
        .filter_map(Json::obj)
        .collect();
    let is_call = |b: &&Obj<'_>| b.str("type").as_deref() == Some("toolCall");
    message.tools = u32::try_from(blocks.iter().filter(is_call).count()).unwrap_or(u32::MAX);
    let stop = body.str("stopReason").unwrap_or_default();
    message.errors = u32::from(stop == "error");
    if !whole {
        return;
    }
    let usage = body.obj("usage");
    message.usage = usage.as_ref().map(spends::tokens);
    message.logged = usage.as_ref().and_then(spends::logged);
    if let Some(text) = body.text("content") {
        message.parts.push(Part::Text(Raw::from(&*text)));
    }
    message.parts.extend(blocks.iter().filter_map(block));
    let error = body.text("errorMessage");
    let notice = match &*stop {
        "error" => Some((
            NoticeKind::Error,
            error.unwrap_or(Cow::Borrowed("the service failed")),
        )),
        "aborted" => Some((NoticeKind::Interrupted, Cow::Borrowed("interrupted"))),
        "length" => Some((
            NoticeKind::Other,
            Cow::Borrowed("cut off at the longest answer allowed"),
        )),
        _ => None,
    };
    let notice = notice.map(|(kind, text)| Part::Notice {
        kind,
        text: Raw::from(&*text),
    });
    message.parts.extend(notice);
}

fn block(block: &Obj<'_>) -> Option<Part> {
    match &*block.str("type").unwrap_or_default() {
        "text" => block.text("text").map(|text| Part::Text(Raw::from(&*text))),
        "thinking" => {
            let shown = block
                .text("thinking")
                .filter(|_| !block.is_true("redacted"));
            Some(Part::Thinking(shown.map(|text| Raw::from(&*text))))
        }
        "toolCall" => {
            let (id, name) = (block.str("id"), block.str("name"));
            let input = block.get("arguments").map_or("{}", Json::raw);
            let (id, name) = (id.unwrap_or_default(), name.unwrap_or_default());
            let mut call = tools::call(&id, &name, input);
            if call.tool.kind == ToolKind::Edit && call.edits.is_empty() {
                call.edits = edits(input);
            }
            Some(Part::ToolCall(Box::new(call)))
        }
        kind => Some(unknown(kind, block)),
    }
}

/// The changes an edit asks for, in the names of this agent.
fn edits(input: &str) -> Vec<Edit> {
    let args = Json::parse(input).and_then(Json::obj).unwrap_or_default();
    let path = args.text("path").map(|path| Raw::from(&*path));
    let replace = |o: &Obj<'_>| {
        let (old, new) = (o.str("oldText")?, o.str("newText")?);
        Some(Edit {
            path: path.clone(),
            change: Change::Replace {
                old: Raw::from(&*old),
                new: Raw::from(&*new),
            },
        })
    };
    let many = args.list("edits").into_iter().filter_map(Json::obj);
    many.filter_map(|o| replace(&o))
        .chain(replace(&args))
        .collect()
}

/// How the last line of a command that failed begins, which the program writes.
const EXITED: &str = "Command exited with code ";

fn result(body: &Obj<'_>, message: &mut Message, whole: bool) {
    let failed = body.is_true("isError");
    message.errors = u32::from(failed);
    if !whole {
        return;
    }
    let output = texts(body).join("\n");
    let call = body.str("toolCallId").unwrap_or_default();
    // A command that failed says so in its last line.
    let exit = output.trim_end().rsplit('\n').next();
    let exit = exit.and_then(|line| line.strip_prefix(EXITED));
    let exit: Option<i32> = exit.filter(|_| failed).and_then(|code| code.parse().ok());
    let said = match exit {
        Some(_) => tools::without_end(&output, EXITED),
        None => &output,
    };
    let mut result = ToolResult::new(&*call, said);
    result.ok = body.bool("isError").map(|failed| !failed);
    result.exit = exit;
    result.images = images(body)
        .map(|(mime, bytes)| (mime.into(), bytes))
        .collect();
    message.parts.push(Part::ToolResult(Box::new(result)));
}

/// What the program tells the model before anything else, by sections, and the tools it hands out.
fn system(body: &Obj<'_>, message: &mut Message) {
    let mut all: Vec<String> = texts(body).into_iter().map(Cow::into_owned).collect();
    let sections = body.obj("sections").unwrap_or_default();
    let sections = sections.fields().filter_map(|(_, text)| text.str());
    all.extend(
        sections
            .filter(|text| !text.is_empty())
            .map(Cow::into_owned),
    );
    for (key, what) in [
        ("toolsAdded", "tools added"),
        ("toolsRemoved", "tools removed"),
    ] {
        let tools = body.list(key).into_iter();
        let names = tools.filter_map(|tool| tool.str().or_else(|| tool.obj()?.text("name")));
        let names: Vec<Cow<'_, str>> = names.collect();
        if !names.is_empty() {
            all.push(format!("{what}: {}", names.join(", ")));
        }
    }
    if !all.is_empty() {
        message.parts.push(Part::Text(all.join("\n\n").into()));
    }
}

/// A command that the user typed behind `!`; behind `!!` the model does not see it.
fn command(record: &Obj<'_>, body: &Obj<'_>, message: &mut Message) {
    let typed = body.text("command").or_else(|| body.text("code"));
    let typed = typed.unwrap_or_default();
    let name = if body.is_true("excludeFromContext") {
        "!!"
    } else {
        "!"
    };
    // No model's call goes by such an id.
    let id = format!("!{}", record.text("id").unwrap_or_default());
    let mut result = ToolResult::new(&*id, body.str("output").unwrap_or_default().into_owned());
    let exit = body.get("exitCode").and_then(Json::i64);
    result.exit = exit.and_then(|code| i32::try_from(code).ok());
    result.ok = if body.is_true("cancelled") {
        Some(false)
    } else {
        result.exit.map(|code| code == 0)
    };
    message.parts = vec![
        Part::ToolCall(Box::new(ToolCall {
            call: id.into(),
            tool: Tool {
                name: name.into(),
                kind: ToolKind::Shell,
            },
            target: Some(Raw::from(&*typed)),
            input: serde_json::json!({ "command": typed }).to_string().into(),
            edits: Vec::new(),
            child: None,
        })),
        Part::ToolResult(Box::new(result)),
    ];
}

/// What an extension said. Only what it meant to be seen stands there unfolded.
fn custom(body: &Obj<'_>, message: &mut Message) {
    let text = texts(body).join("\n");
    if text.trim().is_empty() {
        return;
    }
    let (first, rest) = text.trim().split_once('\n').unwrap_or((text.trim(), ""));
    if body.is_true("display") {
        message.parts.push(Part::Notice {
            kind: NoticeKind::Other,
            text: first.into(),
        });
    }
    if !body.is_true("display") || !rest.is_empty() {
        message.parts.push(Part::Text(text.into()));
    }
}

/// A line across the conversation, and what was told the model of what stands above it.
fn summary(what: &str, kind: NoticeKind, body: &Obj<'_>, message: &mut Message) {
    message.parts.push(Part::Notice {
        kind,
        text: what.into(),
    });
    let text = body.text("summary");
    message
        .parts
        .extend(text.map(|text| Part::Text(Raw::from(&*text))));
}
