//! The shapes of `--json`: our promise to scripts, apart from the model so that the model may change.
//!
//! Fields are only ever added. Unknown is null. Text is clean, so no byte of it acts on a terminal.

use std::io::Write;

use jiff::Timestamp;
use serde::Serialize;

use super::Failure;
use super::resolve::short_id;
use crate::model::{Cost, Message, NoticeKind, Part, Role, Row, Sums, Usage, Usd};
use crate::text::{Clean, Raw};

/// The version of all shapes here.
pub const SCHEMA: u32 = 1;

/// Writes one value and a line feed, with everything escaped that a terminal could take for an order.
pub fn write(out: &mut dyn Write, value: &impl Serialize) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(value).map_err(anyhow::Error::from)?;
    let mut written = 0;
    // Only these bytes start one of them.
    for at in memchr::memchr3_iter(0x7f, 0xc2, 0xe2, text.as_bytes()) {
        let char = text.get(at..).and_then(|rest| rest.chars().next());
        if let Some(c @ ('\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{2029}')) = char {
            out.write_all(text.as_bytes().get(written..at).unwrap_or_default())?;
            write!(out, "\\u{:04x}", c as u32)?;
            written = at + c.len_utf8();
        }
    }
    writeln!(out, "{}", text.get(written..).unwrap_or_default())?;
    Ok(())
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ListOut {
    pub schema_version: u32,
    pub sessions: Vec<SessionOut>,
    pub totals: TotalsOut,
    pub next_offset: Option<usize>,
    /// `more`, `complete` or `past_end`.
    pub state: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ShowOut {
    pub schema_version: u32,
    #[serde(flatten)]
    pub session: SessionOut,
    pub messages: Vec<MessageOut>,
}

/// Tokens and cost, as rows and totals carry them.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SumsOut {
    pub input_tokens: Option<u64>,
    pub output_tokens: Option<u64>,
    pub cache_creation_tokens: Option<u64>,
    pub cache_read_tokens: Option<u64>,
    pub reasoning_tokens: Option<u64>,
    pub total_tokens: Option<u64>,
    pub total_cost: Option<f64>,
    pub cost_basis: &'static str,
}

impl SumsOut {
    pub fn new(sums: &Sums, known: bool) -> SumsOut {
        let u = known.then_some(sums.usage);
        let cost = sums.cost.cost();
        SumsOut {
            input_tokens: u.map(|u| u.input),
            output_tokens: u.map(|u| u.output),
            cache_creation_tokens: u.map(|u| u.cache_write),
            cache_read_tokens: u.map(|u| u.cache_read),
            reasoning_tokens: u.map(|u| u.reasoning),
            total_tokens: u.map(|u| u.total()),
            total_cost: cost.known().filter(|_| known).map(|usd| usd.dollars()),
            cost_basis: if known { cost.basis.word() } else { "unknown" },
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TotalsOut {
    pub sessions: usize,
    pub message_count: u64,
    #[serde(flatten)]
    pub sums: SumsOut,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionOut {
    session_id: String,
    short_id: String,
    source: &'static str,
    title: Option<Shown>,
    project_path: Option<Shown>,
    project_name: Option<Shown>,
    git_branch: Option<Shown>,
    model: Option<Shown>,
    models: Vec<Shown>,
    provider: Option<Shown>,
    parent_id: Option<Shown>,
    kind: &'static str,
    message_count: u32,
    #[serde(flatten)]
    sums: SumsOut,
    #[serde(skip_serializing_if = "Option::is_none")]
    own: Option<SumsOut>,
    created_at: Option<String>,
    updated_at: Option<String>,
    duration_ms: Option<i64>,
    /// From when on its agent deletes it.
    expires: Option<String>,
    path: Shown,
    size_bytes: Option<u64>,
    bad_records: u32,
}

/// Clean text as a JSON string.
#[derive(Debug)]
pub struct Shown(Clean);

impl Serialize for Shown {
    fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(self.0.as_str())
    }
}

fn clean(text: &str) -> Shown {
    Shown(Clean::of(text))
}

fn time(at: Option<Timestamp>) -> Option<String> {
    at.map(|at| format!("{at:.3}"))
}

impl SessionOut {
    pub fn new(row: &Row) -> SessionOut {
        let session = &row.session;
        let dir = session.dir.as_deref();
        let model = row.model();
        let mut models: Vec<Shown> = row.all.named().map(|(m, _)| clean(&m.name)).collect();
        if models.is_empty() {
            models.extend(model.map(|m| clean(&m.name)));
        }
        let duration = session.started.zip(session.updated);
        SessionOut {
            session_id: Clean::of(&session.id.native).to_string(),
            short_id: Clean::of(&short_id(row)).to_string(),
            source: session.id.source.0,
            title: session.title.as_ref().map(|t| Shown(t.text.clone())),
            project_path: dir.map(|d| clean(&d.to_string_lossy())),
            project_name: row.project().map(Shown),
            git_branch: session.branch.clone().map(Shown),
            model: model.map(|m| clean(&m.name)),
            models,
            provider: model.and_then(|m| m.provider.as_ref()).map(|p| clean(p)),
            parent_id: session.parent.as_deref().map(clean),
            kind: session.kind.word(),
            message_count: session.messages(),
            sums: SumsOut::new(&row.all, row.tokens().is_some()),
            own: (row.own != row.all).then(|| SumsOut::new(&row.own, row.own.responses > 0)),
            created_at: time(session.started),
            updated_at: time(session.updated),
            duration_ms: duration.map(|(a, b)| (b.as_millisecond() - a.as_millisecond()).max(0)),
            expires: time(row.expires),
            path: clean(&session.unit.path.to_string_lossy()),
            size_bytes: session.size,
            bad_records: session.odd,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MessageOut {
    number: u32,
    role: &'static str,
    at: Option<String>,
    model: Option<Shown>,
    usage: Option<UsageOut>,
    /// Dollars.
    cost: Option<f64>,
    cost_basis: Option<&'static str>,
    parts: Vec<PartOut>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct UsageOut {
    input_tokens: u64,
    output_tokens: u64,
    cache_creation_tokens: u64,
    cache_read_tokens: u64,
    reasoning_tokens: u64,
    total_tokens: u64,
}

impl UsageOut {
    fn new(u: &Usage) -> UsageOut {
        UsageOut {
            input_tokens: u.input,
            output_tokens: u.output,
            cache_creation_tokens: u.cache_write,
            cache_read_tokens: u.cache_read,
            reasoning_tokens: u.reasoning,
            total_tokens: u.total(),
        }
    }
}

#[derive(Serialize)]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
enum PartOut {
    Text {
        text: Shown,
    },
    Thinking {
        text: Option<Shown>,
    },
    ToolCall {
        call_id: Shown,
        name: Shown,
        target: Option<Shown>,
        input: Shown,
        child_id: Option<Shown>,
    },
    ToolResult {
        call_id: Shown,
        output: Shown,
        ok: Option<bool>,
        exit_code: Option<i32>,
        duration_ms: Option<u64>,
        child_id: Option<Shown>,
    },
    Image {
        mime: Shown,
        bytes: u64,
    },
    Attachment {
        path: Shown,
    },
    Notice {
        kind: &'static str,
        text: Shown,
    },
    Unknown {
        kind: Shown,
        json: Shown,
    },
}

fn raw(text: &Raw) -> Shown {
    Shown(text.clean())
}

impl PartOut {
    fn new(part: &Part) -> PartOut {
        let child = |id: &Option<Box<str>>| id.as_deref().map(clean);
        match part {
            Part::Text(text) => PartOut::Text { text: raw(text) },
            Part::Thinking(text) => PartOut::Thinking {
                text: text.as_ref().map(raw),
            },
            Part::ToolCall(call) => PartOut::ToolCall {
                call_id: clean(&call.call),
                name: clean(&call.tool.name),
                target: call.target.as_ref().map(raw),
                input: raw(&call.input),
                child_id: child(&call.child),
            },
            Part::ToolResult(result) => PartOut::ToolResult {
                call_id: clean(&result.call),
                output: raw(&result.output),
                ok: result.ok,
                exit_code: result.exit,
                duration_ms: result
                    .took
                    .map(|t| u64::try_from(t.as_millis()).unwrap_or(u64::MAX)),
                child_id: child(&result.child),
            },
            Part::Image { mime, bytes } => PartOut::Image {
                mime: clean(mime),
                bytes: *bytes,
            },
            Part::Attachment { path } => PartOut::Attachment {
                path: clean(&path.to_string_lossy()),
            },
            Part::Notice { kind, text } => PartOut::Notice {
                kind: notice(*kind),
                text: raw(text),
            },
            Part::Unknown { kind, json } => PartOut::Unknown {
                kind: clean(kind),
                json: raw(json),
            },
        }
    }
}

fn notice(kind: NoticeKind) -> &'static str {
    match kind {
        NoticeKind::Compaction => "compaction",
        NoticeKind::Interrupted => "interrupted",
        NoticeKind::ModelSwitch => "model-switch",
        NoticeKind::Error => "error",
        NoticeKind::Command => "command",
        NoticeKind::Other => "other",
    }
}

impl MessageOut {
    pub fn new(message: &Message) -> MessageOut {
        MessageOut {
            number: message.number,
            role: match message.role {
                Role::User => "user",
                Role::Assistant => "assistant",
                Role::System => "system",
            },
            at: time(message.at),
            model: message.model.as_ref().map(|m| clean(&m.name)),
            usage: message.usage.as_ref().map(UsageOut::new),
            cost: message.cost.and_then(Cost::known).map(Usd::dollars),
            cost_basis: message.cost.map(|cost| cost.basis.word()),
            parts: message.parts.iter().map(PartOut::new).collect(),
        }
    }
}
