//! The shapes of sessions and messages in JSON: our promise to scripts, apart from the model so that the model may
//! change. `--json` and the JSON export speak them alike.
//!
//! Fields are only ever added. Unknown is null. Text is written by a [`Pen`], so no byte of it acts on a terminal.

use std::cell::RefCell;

use jiff::Timestamp;
use serde::Serialize;

pub use super::noted::MarkOut;
use super::{Parts, facts, short_id};
use crate::model::{
    Conversation, Cost, Message, NoticeKind, Part, Role, Row, State, Sums, TitleRank, Usage, Usd,
};
use crate::redact::{Outlet, Redacted};
use crate::text::{Clean, Raw};

/// The version of all shapes here.
pub const SCHEMA: u32 = 1;

/// Text that may be shown, as a JSON string. Only a [`Pen`] makes it.
#[derive(Debug)]
pub struct Shown(Box<str>);

impl Serialize for Shown {
    fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(&self.0)
    }
}

impl Shown {
    /// Text that was made of what pens wrote.
    pub fn ready(text: String) -> Shown {
        Shown(text.into())
    }
}

impl From<Clean> for Shown {
    fn from(text: Clean) -> Shown {
        Shown(text.as_str().into())
    }
}

impl From<Redacted> for Shown {
    fn from(text: Redacted) -> Shown {
        Shown(text.as_str().into())
    }
}

/// Makes text fit to be shown.
pub trait Pen {
    fn text(&mut self, text: &str) -> Shown;
    fn raw(&mut self, text: &Raw) -> Shown;
    /// What a tool printed.
    fn output(&mut self, text: &Raw) -> Shown;
    fn clean(&mut self, text: &Clean) -> Shown;
    /// A title, which may be a text that was cut.
    fn title(&mut self, title: &Clean) -> Shown {
        self.clean(title)
    }
}

/// For a terminal or a pipe: what could act there is made visible, and secrets stand as they are.
pub struct Plain;

impl Pen for Plain {
    fn text(&mut self, text: &str) -> Shown {
        Clean::of(text).into()
    }

    fn raw(&mut self, text: &Raw) -> Shown {
        text.clean().into()
    }

    fn output(&mut self, text: &Raw) -> Shown {
        text.clean().into()
    }

    fn clean(&mut self, text: &Clean) -> Shown {
        text.clone().into()
    }
}

impl Pen for Outlet<'_> {
    fn text(&mut self, text: &str) -> Shown {
        Outlet::text(self, text).into()
    }

    fn raw(&mut self, text: &Raw) -> Shown {
        Outlet::raw(self, text).into()
    }

    fn output(&mut self, text: &Raw) -> Shown {
        Outlet::output(self, text).into()
    }

    fn clean(&mut self, text: &Clean) -> Shown {
        Outlet::clean(self, text).into()
    }

    fn title(&mut self, title: &Clean) -> Shown {
        Outlet::clean(self, &facts::uncut(title)).into()
    }
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
    /// What went in: input, cache read and cache written.
    pub prompt_tokens: Option<u64>,
    /// What came out, reasoning included. With the prompt's it makes the total.
    pub completion_tokens: Option<u64>,
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
            prompt_tokens: u.map(|u| u.prompt()),
            completion_tokens: u.map(|u| u.output),
            total_tokens: u.map(|u| u.total()),
            total_cost: cost.known().filter(|_| known).map(|usd| usd.dollars()),
            cost_basis: if known { cost.basis.word() } else { "unknown" },
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionOut {
    session_id: Shown,
    short_id: Shown,
    source: &'static str,
    title: Option<Shown>,
    /// The agent's own: the one that titles the session, or with its messages the last of what stood before.
    summary: Option<Shown>,
    project_path: Option<Shown>,
    project_name: Option<Shown>,
    git_branch: Option<Shown>,
    share_url: Option<Shown>,
    model: Option<Shown>,
    models: Vec<Shown>,
    provider: Option<Shown>,
    parent_id: Option<Shown>,
    kind: &'static str,
    /// What an agent does with it now; null where nobody knows of one, or nobody looked.
    state: Option<&'static str>,
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
    #[serde(flatten)]
    mark: MarkOut,
}

pub(super) fn time(at: Option<Timestamp>) -> Option<String> {
    at.map(|at| format!("{at:.3}"))
}

impl SessionOut {
    /// As commands print it.
    pub fn new(row: &Row) -> SessionOut {
        SessionOut::written(row, &mut Plain)
    }

    /// For somebody whom tokens and cost do not concern.
    pub fn without_sums(self) -> SessionOut {
        SessionOut {
            sums: SumsOut::new(&Sums::default(), false),
            own: None,
            ..self
        }
    }

    /// With the summary that stands in its conversation, where one does.
    pub fn summed_up(self, talk: &Conversation, pen: &mut dyn Pen) -> SessionOut {
        let summary = facts::summary(talk).map(|text| pen.raw(text));
        SessionOut {
            summary: summary.or(self.summary),
            ..self
        }
    }

    pub fn written(row: &Row, pen: &mut dyn Pen) -> SessionOut {
        let session = &row.session;
        let dir = session.dir.as_deref();
        let model = row.model();
        let mut models: Vec<Shown> = row.all.named().map(|(m, _)| pen.text(&m.name)).collect();
        if models.is_empty() {
            models.extend(model.map(|m| pen.text(&m.name)));
        }
        SessionOut {
            session_id: pen.text(&session.id.native),
            short_id: pen.text(&short_id(&session.id)),
            source: session.id.source.0,
            title: session.title.as_ref().map(|t| pen.title(&t.text)),
            summary: session.title.as_ref().and_then(|title| {
                let is_summary = title.rank == TitleRank::Summary;
                is_summary.then(|| pen.title(&title.text))
            }),
            project_path: dir.map(|d| pen.text(&d.to_string_lossy())),
            project_name: row.project().map(|name| pen.clean(&name)),
            git_branch: session.branch.as_ref().map(|b| pen.clean(b)),
            share_url: row.share.as_ref().map(|share| pen.clean(share)),
            model: model.map(|m| pen.text(&m.name)),
            models,
            provider: model.and_then(|m| m.provider.as_ref()).map(|p| pen.text(p)),
            parent_id: session.parent.as_deref().map(|id| pen.text(id)),
            kind: session.kind.word(),
            state: row.state.map(State::word),
            message_count: session.messages(),
            sums: SumsOut::new(&row.all, row.tokens().is_some()),
            own: (row.own != row.all).then(|| SumsOut::new(&row.own, row.own.responses > 0)),
            created_at: time(session.started),
            updated_at: time(session.updated),
            duration_ms: session
                .duration()
                .and_then(|spent| i64::try_from(spent.as_millis()).ok()),
            expires: time(row.expires),
            path: pen.text(&session.unit.path.to_string_lossy()),
            size_bytes: session.size,
            bad_records: session.odd,
            mark: MarkOut::written(row, pen),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MessageOut {
    number: u32,
    role: &'static str,
    /// `side` or `left`; absent in the main line of the conversation.
    #[serde(skip_serializing_if = "Option::is_none")]
    lane: Option<&'static str>,
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

impl PartOut {
    fn new(part: &Part, pen: &mut dyn Pen) -> PartOut {
        match part {
            Part::Text(text) => PartOut::Text {
                text: pen.raw(text),
            },
            Part::Thinking(text) => PartOut::Thinking {
                text: text.as_ref().map(|text| pen.raw(text)),
            },
            Part::ToolCall(call) => PartOut::ToolCall {
                call_id: pen.text(&call.call),
                name: pen.text(&call.tool.name),
                target: call.target.as_ref().map(|target| pen.raw(target)),
                input: pen.raw(&call.input),
                child_id: call.child.as_deref().map(|id| pen.text(id)),
            },
            Part::ToolResult(result) => PartOut::ToolResult {
                call_id: pen.text(&result.call),
                output: pen.output(&result.output),
                ok: result.ok,
                exit_code: result.exit,
                duration_ms: result
                    .took
                    .map(|t| u64::try_from(t.as_millis()).unwrap_or(u64::MAX)),
                child_id: result.child.as_deref().map(|id| pen.text(id)),
            },
            Part::Image { mime, bytes } => PartOut::Image {
                mime: pen.text(mime),
                bytes: *bytes,
            },
            Part::Attachment { path } => PartOut::Attachment {
                path: pen.text(&path.to_string_lossy()),
            },
            Part::Notice { kind, text } => PartOut::Notice {
                kind: notice(*kind),
                text: pen.raw(text),
            },
            Part::Unknown { kind, json } => PartOut::Unknown {
                kind: pen.text(kind),
                json: pen.raw(json),
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
        NoticeKind::Context => "context",
        NoticeKind::Other => "other",
    }
}

/// A role as scripts know it.
pub fn role(role: Role) -> &'static str {
    match role {
        Role::User => "user",
        Role::Assistant => "assistant",
        Role::System => "system",
    }
}

impl MessageOut {
    /// As commands print it.
    pub fn new(message: &Message) -> MessageOut {
        MessageOut::written(message, &Parts::ALL, &mut Plain)
    }

    pub fn written(message: &Message, parts: &Parts, pen: &mut dyn Pen) -> MessageOut {
        let shown = message.parts.iter().filter(|part| parts.has(part));
        let usage = message.usage.as_ref().filter(|_| parts.tokens);
        let cost = message.cost.filter(|_| parts.tokens);
        MessageOut {
            number: message.number,
            role: role(message.role),
            lane: super::lane(message),
            at: time(message.at.filter(|_| parts.times)),
            model: message.model.as_ref().map(|m| pen.text(&m.name)),
            usage: usage.map(UsageOut::new),
            cost: cost.and_then(Cost::known).map(Usd::dollars),
            cost_basis: cost.map(|cost| cost.basis.word()),
            parts: shown.map(|part| PartOut::new(part, pen)).collect(),
        }
    }
}

/// The messages of a conversation, made one by one while they are written.
pub struct Messages<'a, P: Pen> {
    pub conversation: &'a Conversation,
    pub parts: &'a Parts,
    pub pen: &'a RefCell<&'a mut P>,
}

impl<P: Pen> Serialize for Messages<'_, P> {
    fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        let messages = self.conversation.messages.iter();
        let shown = messages.filter(|message| self.parts.shows(message));
        out.collect_seq(shown.map(|message| {
            let mut pen = self.pen.borrow_mut();
            MessageOut::written(message, self.parts, &mut **pen)
        }))
    }
}
