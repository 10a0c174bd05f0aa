//! A message's content and a session's tokens, which rows and lines hold in the same form.

use jiff::Timestamp;

use super::super::json::{Json, Obj};
use super::super::{hash, tools};
use crate::model::{
    Change, Edit, Message, ModelId, NoticeKind, Part, Rate, Role, Spend, ToolCall, ToolKind,
    ToolResult, Usage, Usd,
};
use crate::text::{Raw, floor_boundary};

const PROMPT: usize = 16 << 10;

/// What a session's own record says of its tokens, each absent where it says nothing.
#[derive(Default)]
pub struct Tokens {
    pub input: Option<u64>,
    pub output: Option<u64>,
    pub total: Option<u64>,
    pub cache_read: Option<u64>,
    pub cache_write: Option<u64>,
}

impl Tokens {
    /// None where nothing is said, or nothing was spent.
    fn usage(&self) -> Option<Usage> {
        let output = self.output.unwrap_or(0);
        let cached = |n: Option<u64>| n.unwrap_or(0);
        let (read, write) = (cached(self.cache_read), cached(self.cache_write));
        let both = read.saturating_add(write);
        // Where only the sum is known, most of it was read.
        let sum = self.total.unwrap_or(0).saturating_sub(output);
        let input = self.input.unwrap_or(sum);
        // Its input includes what was cached; a larger total says that in this version it does not.
        let apart = both > 0 && sum >= input.saturating_add(both);
        let usage = Usage {
            input: if apart {
                input
            } else {
                input.saturating_sub(both)
            },
            cache_read: read,
            cache_write: write,
            output,
            ..Usage::default()
        };
        (!usage.is_zero()).then_some(usage)
    }
}

/// One spend for a session, and whether more was spent than it says.
pub fn spend(
    session: &str,
    at: Option<Timestamp>,
    model: Option<ModelId>,
    (spent, last): (&Tokens, &Tokens),
    cost: Option<f64>,
) -> Option<(Spend, bool)> {
    let (usage, least) = match (spent.usage(), last.usage()) {
        (Some(usage), _) => (usage, false),
        // Older versions kept only what the last response had.
        (None, Some(usage)) => (usage, true),
        (None, None) => return None,
    };
    let logged = cost.and_then(Usd::from_dollars);
    let spend = Spend {
        key: hash(&[session.as_bytes()]),
        at,
        model,
        rate: Rate::Standard,
        usage,
        logged: logged.filter(|usd| usd.nanos() > 0),
        same: None,
    };
    Some((spend, least))
}

/// A model from the JSON of its settings.
pub fn model(provider: Option<&str>, settings: &Obj<'_>) -> Option<ModelId> {
    let name = settings
        .text("model_name")
        .or_else(|| settings.text("model"))?;
    Some(ModelId::new(provider, &name))
}

/// A message from its role, its content and what it says of itself.
pub fn message(
    key: u64,
    role: &str,
    at: Option<Timestamp>,
    content: &[Json<'_>],
    meta: &Obj<'_>,
    whole: bool,
) -> Message {
    let items: Vec<Obj<'_>> = content.iter().filter_map(|item| item.obj()).collect();
    let is = |item: &Obj<'_>, kind: &str| item.str("type").is_some_and(|t| t == kind);
    let only_results = !items.is_empty() && items.iter().all(|item| is(item, "toolResponse"));
    // What only the agent sees was put in by its program.
    let hidden = meta.bool("userVisible") == Some(false);
    let role = match role {
        "assistant" if !hidden => Role::Assistant,
        "user" if !hidden && !only_results => Role::User,
        _ => Role::System,
    };
    let mut message = Message::new(key, role, at);
    if role == Role::Assistant {
        message.reply = Some(key);
    }
    for item in &items {
        part(item, &mut message, whole);
    }
    message
}

fn part(item: &Obj<'_>, message: &mut Message, whole: bool) {
    let raw = |key| item.text(key).map(|text| Raw::from(&*text));
    match item.str("type").as_deref().unwrap_or_default() {
        "text" if message.role == Role::User => {
            let text = item.text("text").unwrap_or_default();
            let kept = if whole {
                &*text
            } else {
                floor_boundary(&text, PROMPT)
            };
            if !kept.is_empty() {
                message.parts.push(Part::Text(kept.into()));
            }
        }
        "toolRequest" | "frontendToolRequest" => {
            message.tools += 1;
            if whole {
                message.parts.push(request(item));
            }
        }
        "toolResponse" => {
            let result = response(item);
            message.errors += u32::from(result.ok == Some(false));
            if whole {
                message.parts.push(Part::ToolResult(Box::new(result)));
            }
        }
        _ if !whole => {}
        "text" => message.parts.extend(raw("text").map(Part::Text)),
        "thinking" => message
            .parts
            .extend(raw("thinking").map(|t| Part::Thinking(Some(t)))),
        "redactedThinking" => message.parts.push(Part::Thinking(None)),
        "image" => {
            let (mime, bytes) = image(item);
            message.parts.push(Part::Image { mime, bytes });
        }
        "systemNotification" => message.parts.extend(raw("msg").map(|text| Part::Notice {
            kind: NoticeKind::Other,
            text,
        })),
        _ => {}
    }
}

fn image(item: &Obj<'_>) -> (compact_str::CompactString, u64) {
    let mime = item.text("mimeType").unwrap_or("image".into());
    let bytes = item
        .text("data")
        .map_or(0, |data| data.len() as u64 / 4 * 3);
    (floor_boundary(&mime, 64).into(), bytes)
}

fn request(item: &Obj<'_>) -> Part {
    let id = item.text("id").unwrap_or_default();
    let asked = item.obj("toolCall").unwrap_or_default();
    let Some(call) = asked.obj("value") else {
        let why = asked
            .text("error")
            .unwrap_or("a tool call that could not be read".into());
        return Part::Notice {
            kind: NoticeKind::Error,
            text: Raw::from(&*why),
        };
    };
    let name = call.text("name").unwrap_or_default();
    let input = call.get("arguments").map_or("{}", Json::raw);
    Part::ToolCall(Box::new(tool(&id, &name, input)))
}

/// Tools are named by the extension they come from, `__` between.
fn tool(id: &str, name: &str, input: &str) -> ToolCall {
    let own = name.rsplit_once("__").map_or(name, |(_, own)| own);
    let args = Json::parse(input).and_then(Json::obj).unwrap_or_default();
    let meant = match (own, args.str("command").as_deref()) {
        ("text_editor", Some("view")) => "view",
        ("text_editor", _) => "edit",
        _ => own,
    };
    let mut call = tools::call(id, meant, input);
    call.tool.name = name.into();
    if call.tool.kind == ToolKind::Other && own != name {
        call.tool.kind = ToolKind::Mcp;
    }
    let raw = |key| args.str(key).map(|text| Raw::from(&*text));
    if call.tool.kind == ToolKind::Edit
        && let (Some(old), Some(new)) = (raw("old_str"), raw("new_str"))
    {
        call.edits = vec![Edit {
            path: raw("path"),
            change: Change::Replace { old, new },
        }];
    }
    call
}

fn response(item: &Obj<'_>) -> ToolResult {
    let id = item.text("id").unwrap_or_default();
    let told = item.obj("toolResult").unwrap_or_default();
    let value = told.get("value");
    let object = value.and_then(Json::obj).unwrap_or_default();
    // Older versions keep the list of contents alone, newer ones an object with it.
    let contents = value.map(Json::list).filter(|list| !list.is_empty());
    let contents = contents.unwrap_or_else(|| object.list("content"));
    let contents: Vec<Obj<'_>> = contents.into_iter().filter_map(Json::obj).collect();
    let texts = contents.iter().filter_map(|c| c.text("text"));
    let output = texts.collect::<Vec<_>>().join("\n");
    let error = told.text("error");
    let mut result = ToolResult::new(&*id, error.map_or(output, |e| e.into_owned()));
    let status = told.str("status");
    let failed = object.is_true("isError") || status.as_deref() == Some("error");
    result.ok = status.map(|_| !failed);
    let images = contents
        .iter()
        .filter(|c| c.str("type").is_some_and(|t| t == "image"));
    result.images = images.map(image).collect();
    result
}
