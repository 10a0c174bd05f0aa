//! One event as a message: a prompt, a response or a block of it, a result, a notice.

use std::borrow::Cow;
use std::path::PathBuf;

use jiff::Timestamp;

use super::super::json::{Json, Obj};
use super::super::{hash, tools};
use crate::model::{Message, ModelId, NoticeKind, Part, Role, ToolCall, ToolResult, Usage};
use crate::text::{Raw, floor_boundary};

/// A summary needs no more of a prompt than its title.
const PROMPT: usize = 16 << 10;

/// A record of the log, taken out of its envelope.
pub struct Event<'a> {
    pub kind: &'a str,
    pub data: &'a Obj<'a>,
    /// Names the line.
    pub key: u64,
    pub at: Option<Timestamp>,
    /// A sub-agent's, not the session's own.
    pub is_agent: bool,
}

impl Event<'_> {
    /// What the chunks of one response have in common.
    pub fn reply(&self) -> u64 {
        let id = self.data.text("messageId");
        id.map_or(self.key, |id| hash(&[id.as_bytes()]))
    }
}

/// Reads an event. Without `whole`, bodies are left out but for prompts.
pub fn read(
    event: &Event<'_>,
    model: Option<ModelId>,
    usage: Option<Usage>,
    whole: bool,
) -> Option<Box<Message>> {
    let mut message = Message::new(event.key, Role::System, event.at);
    match event.kind {
        "user.message" => prompt(event, &mut message, whole),
        "assistant.message" => {
            message.model = model;
            message.usage = usage;
            answer(event, &mut message, whole);
        }
        "assistant.reasoning" if whole => {
            // It stands apart from the response it belongs to.
            message.role = Role::Assistant;
            message.counts = false;
            let text = event.data.text("content").map(|t| Raw::from(&*t));
            message.parts.push(Part::Thinking(text));
        }
        "tool.execution_complete" => result(event, &mut message, whole),
        _ => notice(event, &mut message, whole),
    }
    let says = message.role == Role::Assistant || message.errors > 0 || !message.parts.is_empty();
    says.then(|| Box::new(message))
}

/// Ties a call to the conversation of the agent that it started.
pub fn started(event: &Event<'_>, agent: Option<Box<str>>) -> Box<Message> {
    let call = event.data.text("toolCallId").unwrap_or_default();
    let mut result = ToolResult::new(&*call, "");
    result.child = agent;
    let mut message = Message::new(event.key, Role::System, event.at);
    message.parts.push(Part::ToolResult(Box::new(result)));
    Box::new(message)
}

fn prompt(event: &Event<'_>, message: &mut Message, whole: bool) {
    let data = event.data;
    // An agent's prompts come from the agent that started it; others come from the program unless it says `user`.
    let is_person = event.is_agent || data.text("source").is_none_or(|source| source == "user");
    if is_person {
        message.role = Role::User;
    }
    let text = data.text("content").unwrap_or_default();
    if !text.is_empty() && (whole || is_person) {
        let kept = if whole {
            &*text
        } else {
            floor_boundary(&text, PROMPT)
        };
        message.parts.push(Part::Text(Raw::from(kept)));
    }
    let attached = data.list("attachments").into_iter().filter_map(Json::obj);
    let attached: Vec<Part> = attached.filter_map(|a| attachment(&a)).collect();
    if whole {
        message.parts.extend(attached);
    } else if message.parts.is_empty() && is_person {
        // A picture alone is a prompt too.
        message.parts.extend(attached.into_iter().take(1));
    }
}

fn attachment(attached: &Obj<'_>) -> Option<Part> {
    let mime = attached
        .text("mimeType")
        .filter(|mime| mime.starts_with("image/"));
    if let Some(mime) = mime {
        // Base64 stores three bytes in four characters.
        let data = attached.get("data").map_or(0, |d| d.raw().len());
        return Some(Part::Image {
            mime: floor_boundary(&mime, 64).into(),
            bytes: data.saturating_sub(2) as u64 / 4 * 3,
        });
    }
    let path = ["path", "filePath", "displayName", "title"]
        .iter()
        .find_map(|key| attached.text(key))?;
    let path = PathBuf::from(floor_boundary(&path, 512));
    Some(Part::Attachment { path })
}

fn answer(event: &Event<'_>, message: &mut Message, whole: bool) {
    let data = event.data;
    message.role = Role::Assistant;
    message.reply = Some(event.reply());
    let requests = data.list("toolRequests").into_iter();
    let requests: Vec<Obj<'_>> = requests.filter_map(Json::obj).collect();
    message.tools = u32::try_from(requests.len()).unwrap_or(u32::MAX);
    if !whole {
        return;
    }
    if let Some(text) = data.text("reasoningText") {
        message.parts.push(Part::Thinking(Some(Raw::from(&*text))));
    } else if data.has("reasoningOpaque") {
        message.parts.push(Part::Thinking(None));
    }
    if let Some(text) = data.text("content") {
        message.parts.push(Part::Text(Raw::from(&*text)));
    }
    let calls = requests.iter().map(|request| {
        let id = request.text("toolCallId").unwrap_or_default();
        let name = request.text("name").unwrap_or_default();
        let arguments = request.get("arguments");
        Part::ToolCall(Box::new(call(&id, &name, arguments)))
    });
    message.parts.extend(calls);
}

/// A call by the name this agent gives its tool. Arguments stand as an object, as the text of one, or as free text.
pub fn call(id: &str, name: &str, arguments: Option<Json<'_>>) -> ToolCall {
    let text = arguments.and_then(Json::str);
    let input = match (&text, arguments) {
        (Some(text), _) if Obj::parse(text).is_none() => return tools::free_call(id, name, text),
        (Some(text), _) => Cow::Borrowed(&**text),
        (None, arguments) => Cow::Borrowed(arguments.map_or("{}", Json::raw)),
    };
    let command = || Obj::parse(&input).and_then(|args| args.text("command").map(Cow::into_owned));
    let known_as = match name {
        "read_bash" | "write_bash" | "stop_bash" | "list_bash" | "read_powershell"
        | "write_powershell" | "stop_powershell" | "list_powershell" => "bash",
        "update_todo" => "todowrite",
        "str_replace_editor" => match command().as_deref() {
            Some("view") => "view",
            _ => "edit",
        },
        _ => name,
    };
    let mut call = tools::call(id, known_as, &input);
    call.tool.name = name.into();
    call
}

fn result(event: &Event<'_>, message: &mut Message, whole: bool) {
    let data = event.data;
    let exit = data
        .obj("shellExecution")
        .and_then(|shell| shell.get("exitCode"))
        .and_then(Json::i64)
        .and_then(|code| i32::try_from(code).ok());
    // A command that failed is a success of the tool that ran it.
    let ok = match exit {
        Some(code) => Some(code == 0),
        None => data.bool("success"),
    };
    message.errors = u32::from(ok == Some(false));
    if !whole {
        return;
    }
    let call = data.text("toolCallId").unwrap_or_default();
    let shown = data.obj("result").unwrap_or_default();
    let output = shown
        .text("content")
        .or_else(|| shown.text("detailedContent"))
        .or_else(|| data.obj("error")?.text("message"))
        .or_else(|| data.text("error"));
    let output = output.unwrap_or_default();
    let output = exit.map_or(&*output, |_| without_shell(&output));
    let mut result = ToolResult::new(&*call, output);
    (result.ok, result.exit) = (ok, exit);
    message.parts.push(Part::ToolResult(Box::new(result)));
}

/// What a command wrote, without the line in which the program names its shell and tells the exit code once more.
fn without_shell(output: &str) -> &str {
    let (wrote, line) = output.rsplit_once('\n').unwrap_or(("", output));
    let is_shell = line.starts_with("<shellId: ") && line.ends_with('>');
    if is_shell { wrote } else { output }
}

fn notice(event: &Event<'_>, message: &mut Message, whole: bool) {
    let data = event.data;
    let said = |key| data.text(key).map(Cow::into_owned);
    let (kind, text) = match event.kind {
        "session.error" | "subagent.failed" => {
            message.errors = 1;
            let error = said("message").or_else(|| said("error"));
            (
                NoticeKind::Error,
                error.unwrap_or_else(|| "failed".to_owned()),
            )
        }
        "session.warning" => (NoticeKind::Other, said("message").unwrap_or_default()),
        "session.compaction_complete" if data.bool("success") == Some(false) => {
            (NoticeKind::Error, "compaction failed".to_owned())
        }
        "session.compaction_complete" => {
            (NoticeKind::Compaction, "conversation compacted".to_owned())
        }
        "session.truncation" => (
            NoticeKind::Compaction,
            "the start of the conversation was left out".to_owned(),
        ),
        "session.model_change" if !event.is_agent => {
            let model = said("newModel").unwrap_or_default();
            (NoticeKind::ModelSwitch, model)
        }
        "abort" => (NoticeKind::Interrupted, "interrupted".to_owned()),
        "system.notification" => {
            if let Some(text) = said("content").filter(|_| whole) {
                message.parts.push(Part::Text(text.into()));
            }
            return;
        }
        _ => return,
    };
    if whole && !text.is_empty() {
        let text = text.into();
        message.parts.push(Part::Notice { kind, text });
    }
}
