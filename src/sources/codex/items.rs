//! Response items as messages: prompts, answers, reasoning, calls and what came of them.

use std::borrow::Cow;
use std::time::Duration;

use jiff::Timestamp;

use super::super::json::{Json, Obj};
use super::super::tools;
use super::output::{output, output_head};
use super::script;
use crate::model::{Message, Part, Role, ToolResult};
use crate::text::{Raw, floor_boundary};

/// A summary needs no more of a prompt than its title.
const PROMPT: usize = 16 << 10;

/// Text that stands as a user's but was put there by the program.
const INJECTED: &[&str] = &[
    "<environment_context>",
    "<user_instructions>",
    "# AGENTS.md instructions",
    "<INSTRUCTIONS>",
    "<turn_aborted>",
    "<skill>",
    "<user_shell_command>",
    "<subagent_notification>",
    "Another language model started to solve",
    "<permissions",
    "<collaboration_mode",
    "<user_action>",
];

/// One item as a message; none for what nobody reads.
///
/// `own` is where this agent stands in its team: what its parent tells it is its prompt. `outcome` is what is known of
/// the command whose output this is.
pub fn read(
    item: &Obj<'_>,
    key: u64,
    at: Option<Timestamp>,
    whole: bool,
    own: Option<&str>,
    outcome: Option<&Outcome>,
) -> Option<Message> {
    let kind = item.str("type").unwrap_or_default();
    let mut message = Message::new(key, Role::System, at);
    match &*kind {
        "message" => said(item, &mut message, whole)?,
        "reasoning" => {
            if !whole {
                return None;
            }
            message.role = Role::Assistant;
            message.counts = false;
            message.parts.push(Part::Thinking(reasoning(item)));
        }
        "function_call"
        | "custom_tool_call"
        | "local_shell_call"
        | "web_search_call"
        | "tool_search_call"
        | "image_generation_call" => {
            message.role = Role::Assistant;
            message.counts = false;
            message.tools = 1;
            if whole {
                message
                    .parts
                    .push(Part::ToolCall(Box::new(call(item, &kind))));
            }
        }
        _ if is_output(item) => {
            // What became of it stands at its top.
            let mut result = match whole {
                true => output(item),
                false => output_head(item, outcome.is_some_and(|known| known.ok.is_some())),
            };
            if let Some(known) = outcome {
                result.exit = known.exit.or(result.exit);
                result.ok = known.ok.or(result.ok);
                result.took = known.took().or(result.took);
                result.child = known.child.clone().or(result.child);
            }
            message.errors = u32::from(result.ok == Some(false));
            if whole {
                message.parts.push(Part::ToolResult(Box::new(result)));
            } else if message.errors == 0 {
                return None;
            }
        }
        "ghost_snapshot" | "additional_tools" | "" => return None,
        "agent_message" if is_task(item, own) => {
            message.role = Role::User;
            let text = texts(item).unwrap_or_default();
            // The payload is mostly encrypted; the envelope is no title.
            let payload = text.split_once("\nPayload:\n").map_or(&*text, |(_, p)| p);
            let kept = if whole {
                &*text
            } else {
                floor_boundary(payload, PROMPT)
            };
            if !kept.is_empty() {
                message.parts.push(Part::Text(Raw::from(kept)));
            }
        }
        _ if !whole => return None,
        "agent_message" => {
            let text = texts(item).unwrap_or_default();
            message.parts.push(Part::Text(text.into()));
        }
        other => {
            let fields = item
                .fields()
                .map(|(key, value)| format!("{key:?}: {}", value.raw()));
            let json = format!("{{{}}}", fields.collect::<Vec<_>>().join(", "));
            message.parts.push(Part::Unknown {
                kind: other.into(),
                json: json.into(),
            });
        }
    }
    Some(message)
}

/// Whether this is what a call came to.
pub fn is_output(item: &Obj<'_>) -> bool {
    item.str("type")
        .is_some_and(|kind| kind.ends_with("_output"))
}

/// Whether a message between agents is from this agent's parent to it.
fn is_task(item: &Obj<'_>, own: Option<&str>) -> bool {
    let (author, recipient) = (item.text("author"), item.text("recipient"));
    own.zip(author).is_some_and(|(own, author)| {
        recipient.as_deref() == Some(own)
            && own
                .strip_prefix(&*author)
                .is_some_and(|below| below.starts_with('/'))
    })
}

fn texts(item: &Obj<'_>) -> Option<String> {
    if let Some(text) = item.str("content") {
        return Some(text.into_owned());
    }
    let parts: Vec<Obj<'_>> = item
        .list("content")
        .into_iter()
        .filter_map(Json::obj)
        .collect();
    let has_pictures = parts.iter().any(|part| part.has("image_url"));
    let texts = parts.iter().filter_map(|part| part.text("text"));
    let texts: Vec<String> = texts
        .filter(|text| !(has_pictures && is_wrapper(text)))
        .map(Cow::into_owned)
        .collect();
    (!texts.is_empty()).then(|| texts.join("\n\n"))
}

/// Whether a text is what the program puts before a picture or behind it, `<image name=[Image #1] path="/a.png">`: nobody
/// wrote it.
fn is_wrapper(text: &str) -> bool {
    let Some(tag) = text.trim().strip_prefix('<') else {
        return false;
    };
    let Some(tag) = tag.strip_suffix('>') else {
        return false;
    };
    let is_picture = matches!(tag, "image" | "/image") || tag.starts_with("image ");
    is_picture && !tag.contains(['<', '>', '\n'])
}

fn said(item: &Obj<'_>, message: &mut Message, whole: bool) -> Option<()> {
    let role = item.str("role").unwrap_or_default();
    if !whole && role == "assistant" {
        message.role = Role::Assistant;
        return Some(());
    }
    let text = texts(item);
    let images = item.list("content").into_iter().filter_map(Json::obj);
    let images: Vec<Part> = images
        .filter_map(|p| p.text("image_url").map(|url| image(&url)))
        .collect();
    message.role = match &*role {
        "assistant" => Role::Assistant,
        "user"
            if is_human(
                item,
                text.as_deref().unwrap_or_default(),
                !images.is_empty(),
            ) =>
        {
            Role::User
        }
        _ => Role::System,
    };
    match (message.role, text) {
        (Role::User, Some(text)) => {
            let kept = if whole {
                &*text
            } else {
                floor_boundary(&text, PROMPT)
            };
            message.parts.push(Part::Text(Raw::from(kept)));
        }
        (_, Some(text)) if whole => message.parts.push(Part::Text(text.into())),
        _ => {}
    }
    message.parts.extend(images);
    (!message.parts.is_empty() || message.role == Role::Assistant).then_some(())
}

fn is_human(item: &Obj<'_>, text: &str, images: bool) -> bool {
    let kinds = item
        .obj("internal_chat_message_metadata_passthrough")
        .map(|m| m.list("content_item_kinds"));
    if let Some(kinds) = kinds.filter(|k| !k.is_empty()) {
        return kinds
            .into_iter()
            .filter_map(Json::str)
            .any(|k| k.starts_with("user."));
    }
    let start = text.trim_start();
    (!start.is_empty() || images) && !INJECTED.iter().any(|mark| start.starts_with(mark))
}

pub fn image(url: &str) -> Part {
    let mime = url
        .strip_prefix("data:")
        .and_then(|u| u.split(';').next())
        .unwrap_or("image");
    // Base64 stores three bytes in four characters.
    let bytes = url
        .split_once(',')
        .map_or(0, |(_, data)| data.len() as u64 / 4 * 3);
    Part::Image {
        mime: mime.into(),
        bytes,
    }
}

/// Summaries are shown; what is encrypted is only said to be there.
fn reasoning(item: &Obj<'_>) -> Option<Raw> {
    let all = [item.list("summary"), item.list("content")].concat();
    let texts: Vec<String> = all
        .into_iter()
        .filter_map(Json::obj)
        .filter_map(|p| p.text("text").map(Cow::into_owned))
        .collect();
    (!texts.is_empty()).then(|| Raw::from(texts.join("\n\n")))
}

fn call(item: &Obj<'_>, kind: &str) -> crate::model::ToolCall {
    let id = item
        .text("call_id")
        .or_else(|| item.text("id"))
        .unwrap_or_default();
    let name = item
        .text("name")
        .unwrap_or_else(|| Cow::Owned(kind.trim_end_matches("_call").to_owned()));
    match kind {
        "custom_tool_call" if name == script::TOOL => {
            script::call(&id, &item.str("input").unwrap_or_default())
        }
        "custom_tool_call" => tools::free_call(&id, &name, &item.str("input").unwrap_or_default()),
        "function_call" => tools::call(
            &id,
            &name,
            &item.str("arguments").unwrap_or(Cow::Borrowed("{}")),
        ),
        _ => tools::call(&id, &name, item.get("action").map_or("{}", Json::raw)),
    }
}

/// What is remembered of a completed command until its output comes.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct Outcome {
    pub call: Box<str>,
    ok: Option<bool>,
    exit: Option<i32>,
    took_ms: Option<u64>,
    child: Option<Box<str>>,
}

impl Outcome {
    pub fn of(result: &ToolResult) -> Outcome {
        let ms = result.took.map(|took| took.as_millis());
        Outcome {
            call: result.call.clone(),
            ok: result.ok,
            exit: result.exit,
            took_ms: ms.and_then(|ms| u64::try_from(ms).ok()),
            child: None,
        }
    }

    /// The agent that a call started: since agents have paths, the call's output names no thread.
    pub fn started(item: &Obj<'_>) -> Option<Outcome> {
        let child = match item.str("type").as_deref() {
            Some("SubAgentActivity") => item.text("agent_thread_id").map(|id| (*id).into()),
            Some("CollabAgentToolCall") if item.str("tool").is_some_and(|t| t == "spawn_agent") => {
                let threads = item.list("receiver_thread_ids").into_iter();
                threads.filter_map(Json::str).map(|id| (*id).into()).next()
            }
            _ => None,
        };
        Some(Outcome {
            call: (*item.text("id")?).into(),
            ok: None,
            exit: None,
            took_ms: None,
            child: Some(child?),
        })
    }

    fn took(&self) -> Option<Duration> {
        self.took_ms.map(Duration::from_millis)
    }
}

/// What a completed item knows better than the output of its call does: exit codes, whether a change was made, which
/// thread was started. What it does not know is left empty, and then what is known stays.
pub fn outcome(item: &Obj<'_>, whole: bool) -> Option<ToolResult> {
    let mut result = ToolResult::new(&*item.text("id")?, "");
    match item.str("type").as_deref()? {
        "CommandExecution" => command(item, &mut result, whole),
        "FileChange" => {
            result.ok = item.str("status").map(|status| status == "completed");
            if result.ok == Some(false) {
                result.output = Raw::from(item.text("stderr").unwrap_or_default().into_owned());
            }
        }
        "CollabAgentToolCall" => {
            let started = item.list("receiver_thread_ids").into_iter();
            result.child = started.filter_map(Json::str).map(|id| (*id).into()).next();
            result.child.as_ref()?;
        }
        "SubAgentActivity" => result.child = Some((*item.text("agent_thread_id")?).into()),
        // Others are told by the output of the call.
        "McpToolCall" if script::is_inside(item) => asked(item, &mut result),
        _ => return None,
    }
    Some(result)
}

/// What a server answered to a script.
fn asked(item: &Obj<'_>, result: &mut ToolResult) {
    let answer = item.obj("result").unwrap_or_default();
    let said = answer.list("content").into_iter().filter_map(Json::obj);
    let said: Vec<String> = said
        .filter_map(|part| part.text("text").map(Cow::into_owned))
        .collect();
    let error = item
        .obj("error")
        .and_then(|e| e.text("message").map(Cow::into_owned));
    let failed = error.is_some() || answer.is_true("isError");
    result.output = Raw::from(error.unwrap_or_else(|| said.join("\n")));
    result.ok = Some(!failed);
    result.took = took(item);
}

/// How long an item took.
fn took(item: &Obj<'_>) -> Option<Duration> {
    let took = item.obj("duration")?;
    let nanos = took.u64("nanos").and_then(|n| u32::try_from(n).ok());
    let secs = took.u64("secs")?;
    Some(Duration::new(secs, nanos.unwrap_or(0).min(999_999_999)))
}

fn command(item: &Obj<'_>, result: &mut ToolResult, whole: bool) {
    if whole {
        let output = item.str("aggregated_output").unwrap_or_default();
        result.output = Raw::from(output.into_owned());
    }
    result.exit = item
        .get("exit_code")
        .and_then(Json::i64)
        .and_then(|n| i32::try_from(n).ok());
    result.ok = match (result.exit, item.str("status").as_deref()) {
        (Some(code), _) => Some(code == 0),
        (None, Some("completed")) => Some(true),
        (None, Some("failed" | "declined")) => Some(false),
        _ => None,
    };
    result.declined = item
        .str("status")
        .is_some_and(|status| status == "declined");
    result.took = took(item);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(content: &str) -> Vec<Part> {
        let item = format!(r#"{{"type":"message","role":"user","content":{content}}}"#);
        let item = Json::parse(&item).and_then(Json::obj).unwrap();
        read(&item, 1, None, true, None, None).unwrap().parts
    }

    /// What the program puts around a picture is nobody's words.
    #[test]
    fn a_picture_stands_without_its_wrapper() {
        let text = |text: &str| serde_json::json!({"type": "input_text", "text": text}).to_string();
        let image = r#"{"type":"input_image","image_url":"data:image/png;base64,AAAA"}"#;
        let picture = Part::Image {
            mime: "image/png".into(),
            bytes: 3,
        };
        for open in [
            r#"<image name=[Image #1] path="/home/ada/red.png">"#,
            "<image>",
        ] {
            let all = [
                text(open),
                image.to_owned(),
                text("</image>"),
                text("And this?"),
            ];
            let got = parts(&format!("[{}]", all.join(",")));
            assert_eq!(got, [Part::Text("And this?".into()), picture.clone()]);
        }
        // What somebody says about such marks is his, and so are marks without a picture.
        let said = text("see <image> and </image>");
        assert_eq!(parts(&format!("[{said},{image}]")).len(), 2);
        let said = parts(&format!("[{}]", text("</image>")));
        assert_eq!(said, [Part::Text("</image>".into())]);
    }
}
