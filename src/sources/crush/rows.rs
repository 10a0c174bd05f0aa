//! Rows of sessions and messages as records.

use std::collections::HashMap;
use std::path::PathBuf;

use jiff::Timestamp;

use super::super::json::{Json, Obj};
use super::super::marks::{self, Marked, Tables, count, number, text, time};
use super::super::sqlite::Database;
use super::super::{Facts, Oddity, Record, Say, Site, Stop, hash, tell, tools};
use crate::model::{
    Kind, Message, ModelId, NoticeKind, Part, Rate, Role, Spend, TitleRank, ToolKind, ToolResult,
    Usage, Usd,
};
use crate::text::{Raw, floor_boundary};

const PROMPT: usize = 16 << 10;
const SESSION: [&str; 9] = [
    "id",
    "parent_session_id",
    "title",
    "prompt_tokens",
    "completion_tokens",
    "cost",
    "summary_message_id",
    "created_at",
    "updated_at",
];
const MESSAGE: [&str; 6] = ["id", "role", "parts", "model", "provider", "created_at"];

pub struct Rows {
    /// The project whose database it is.
    pub dir: Option<PathBuf>,
}

struct SessionRow {
    id: String,
    parent: Option<String>,
    title: Option<String>,
    usage: Usage,
    cost: Option<f64>,
    summary: Option<String>,
    created: Option<Timestamp>,
    updated: Option<Timestamp>,
    mark: u64,
}

fn session_rows(db: &Database, only: Option<&str>) -> Result<Option<Vec<SessionRow>>, Stop> {
    let Some(list) = marks::select(db, "sessions", &SESSION)? else {
        return Ok(None);
    };
    let sql = format!("SELECT {list} FROM sessions WHERE ?1 IS NULL OR id = ?1");
    let mut statement = db.connection.prepare(&sql)?;
    let mut rows = statement.query([only])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(SessionRow {
            id: marks::id(row, 0)?,
            parent: text(row, 1).filter(|parent| !parent.is_empty()),
            title: text(row, 2).filter(|title| !title.is_empty()),
            usage: Usage {
                input: count(row, 3).unwrap_or(0),
                output: count(row, 4).unwrap_or(0),
                ..Usage::default()
            },
            cost: number(row, 5),
            summary: text(row, 6).filter(|id| !id.is_empty()),
            created: time(row, 7),
            updated: time(row, 8),
            mark: marks::mark(row, SESSION.len()),
        });
    }
    Ok(Some(found))
}

/// What the direct sub-agents of each session cost.
fn children_cost(db: &Database) -> Result<HashMap<String, f64>, Stop> {
    let mut costs = HashMap::new();
    for row in session_rows(db, None)?.unwrap_or_default() {
        if let (Some(parent), Some(cost)) = (row.parent, row.cost) {
            *costs.entry(parent).or_insert(0.0) += cost.max(0.0);
        }
    }
    Ok(costs)
}

impl Tables for Rows {
    fn sessions(&self, db: &Database, only: Option<&str>) -> Result<Option<Vec<Marked>>, Stop> {
        let Some(sessions) = session_rows(db, only)? else {
            return Ok(None);
        };
        let mut talks = HashMap::new();
        if marks::select(db, "messages", &["session_id"])?.is_some() {
            let updated = marks::select(db, "messages", &["session_id", "updated_at", "parts"])?;
            let columns = updated.unwrap_or_default();
            // How long the parts are stands beside them, so that only that is read of them.
            let sql = format!(
                "SELECT id, count(*), max(row), max(updated), sum(octet_length(parts)) FROM
                (SELECT rowid AS row, {}) WHERE ?1 IS NULL OR id = ?1 GROUP BY id",
                named(&columns)
            );
            let mut statement = db.connection.prepare(&sql)?;
            let mut rows = statement.query([only])?;
            while let Some(row) = rows.next()? {
                talks.insert(text(row, 0).unwrap_or_default(), marks::mark(row, 5));
            }
        }
        let costs = children_cost(db)?;
        let marked = sessions.into_iter().map(|session| {
            let talk = talks.get(&session.id).copied().unwrap_or(0);
            let children = costs.get(&session.id).copied().unwrap_or(0.0);
            let parts = [session.mark, talk, children.to_bits()].map(u64::to_le_bytes);
            (session.id, hash(&[parts.as_flattened()]))
        });
        Ok(Some(marked.collect()))
    }

    fn session(&self, db: &Database, id: &str, whole: bool, say: &mut Say<'_>) -> Result<(), Stop> {
        let Some(session) = session_rows(db, Some(id))?.and_then(|mut rows| rows.pop()) else {
            return Ok(());
        };
        let model = self.messages(db, &session, whole, say)?;
        if whole {
            return Ok(());
        }
        let children = children_cost(db)?.get(id).copied().unwrap_or(0.0);
        self.facts(session, model, children, say)
    }
}

/// The columns that a mark is made of, by names of our own, and their table.
fn named(columns: &str) -> String {
    let names = ["id", "updated", "parts"].iter();
    let columns = columns.split(", ").zip(names);
    let list: Vec<String> = columns.map(|(c, name)| format!("{c} AS {name}")).collect();
    format!("{} FROM messages", list.join(", "))
}

impl Rows {
    fn facts(
        &self,
        row: SessionRow,
        model: Option<ModelId>,
        children: f64,
        say: &mut Say<'_>,
    ) -> Result<(), Stop> {
        // What its sub-agents cost is in it, and is told by them.
        let own = row.cost.map(|cost| (cost - children).max(0.0));
        let logged = own.and_then(Usd::from_dollars);
        // A cost of 0 for tokens is a price that it did not know.
        let logged = logged.filter(|usd| usd.nanos() > 0 || children > 0.0);
        let has_spend = !row.usage.is_zero() || logged.is_some();
        let facts = Facts {
            title: row.title.map(|title| (TitleRank::Agent, Raw::from(title))),
            dir: self.dir.clone(),
            kind: row.parent.is_some().then_some(Kind::SubAgent),
            call: row.id.split_once("$$").map(|(_, call)| call.into()),
            parent: row.parent.map(Into::into),
            at: row.created,
            uncounted: has_spend.then_some(true),
            ..Facts::default()
        };
        let session: Box<str> = row.id.into();
        let said = Record::Session {
            session: session.clone(),
            facts: Box::new(facts),
        };
        tell(say, said)?;
        if !has_spend {
            return Ok(());
        }
        let spend = Spend {
            key: hash(&[session.as_bytes()]),
            at: row.updated,
            model,
            rate: Rate::Standard,
            usage: row.usage,
            logged,
            same: None,
        };
        tell(say, Record::Spent { session, spend })
    }

    /// Tells the messages, and gives the last model that answered.
    fn messages(
        &self,
        db: &Database,
        session: &SessionRow,
        whole: bool,
        say: &mut Say<'_>,
    ) -> Result<Option<ModelId>, Stop> {
        let Some(list) = marks::select(db, "messages", &MESSAGE)? else {
            return Ok(None);
        };
        let ids = ids(
            db,
            "SELECT rowid FROM messages WHERE session_id = ?1 ORDER BY rowid",
            session,
        )?;
        let sql = "SELECT id FROM sessions WHERE parent_session_id = ?1 ORDER BY id";
        let children = match marks::select(db, "sessions", &["parent_session_id"])? {
            Some(_) => ids_of_text(db, sql, session)?,
            None => Vec::new(),
        };
        let sql = format!("SELECT {list} FROM messages WHERE rowid = ?1");
        let mut last = None;
        for id in ids {
            // Asked one by one, so that a writer's checkpoint never waits for a long reading.
            db.next_query();
            let mut statement = db.connection.prepare_cached(&sql)?;
            let mut rows = statement.query([id])?;
            let Some(row) = rows.next()? else { continue };
            let model = text(row, 3).filter(|model| !model.is_empty());
            let model = model.map(|model| ModelId::new(text(row, 4).as_deref(), &model));
            let native = text(row, 0).unwrap_or_default();
            let role = text(row, 1).unwrap_or_default();
            let parts = text(row, 2).unwrap_or_default();
            if Json::parse(&parts).is_none_or(|parts| !parts.raw().starts_with('[')) {
                let odd = Record::Odd {
                    session: Some(session.id.as_str().into()),
                    at: u64::try_from(id).unwrap_or_default(),
                    what: Oddity::Malformed,
                };
                tell(say, odd)?;
                continue;
            }
            let role = match &*role {
                "user" => Role::User,
                "assistant" => Role::Assistant,
                _ => Role::System,
            };
            let mut message = Message::new(hash(&[native.as_bytes()]), role, time(row, 5));
            if role == Role::Assistant {
                message.reply = Some(message.key);
                message.model.clone_from(&model);
                last = model.or(last);
            }
            if whole && session.summary.as_deref() == Some(&native) {
                message
                    .parts
                    .push(notice(NoticeKind::Compaction, "conversation compacted"));
            }
            let items = Json::parse(&parts).map(Json::list).unwrap_or_default();
            for item in items.into_iter().filter_map(Json::obj) {
                part(&item, &mut message, &children, whole);
            }
            // It is stored before its parts are.
            if whole && message.parts.is_empty() {
                continue;
            }
            if whole {
                let sites = vec![Site::rows("messages", "id", &native)];
                tell(say, Record::Stands { sites })?;
            }
            let said = Record::Message {
                session: session.id.as_str().into(),
                message: Box::new(message),
            };
            tell(say, said)?;
        }
        Ok(last)
    }
}

fn ids(db: &Database, sql: &str, session: &SessionRow) -> Result<Vec<i64>, Stop> {
    let mut statement = db.connection.prepare_cached(sql)?;
    let rows = statement.query_map([&session.id], |row| row.get(0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn ids_of_text(db: &Database, sql: &str, session: &SessionRow) -> Result<Vec<String>, Stop> {
    let mut statement = db.connection.prepare_cached(sql)?;
    let rows = statement.query_map([&session.id], |row| Ok(text(row, 0)))?;
    Ok(rows
        .filter_map(Result::transpose)
        .collect::<rusqlite::Result<_>>()?)
}

fn notice(kind: NoticeKind, text: &str) -> Part {
    Part::Notice {
        kind,
        text: text.into(),
    }
}

fn part(item: &Obj<'_>, message: &mut Message, children: &[String], whole: bool) {
    let data = item.obj("data").unwrap_or_default();
    let raw = |key| data.text(key).map(|text| Raw::from(&*text));
    match item.str("type").as_deref().unwrap_or_default() {
        "text" if message.role == Role::User => {
            let text = data.text("text").unwrap_or_default();
            let kept = if whole {
                &*text
            } else {
                floor_boundary(&text, PROMPT)
            };
            if !kept.is_empty() {
                message.parts.push(Part::Text(kept.into()));
            }
        }
        "text" if whole => message.parts.extend(raw("text").map(Part::Text)),
        "reasoning" if whole => {
            message
                .parts
                .extend(raw("thinking").map(|t| Part::Thinking(Some(t))));
        }
        "tool_call" => {
            message.tools += 1;
            if whole {
                let (id, name) = (data.text("id"), data.text("name"));
                let id = id.unwrap_or_default();
                let input = data.text("input").unwrap_or_default();
                let mut call = tools::call(&id, &name.unwrap_or_default(), &input);
                let ends = format!("$${id}");
                let child = |c: &&String| !id.is_empty() && (**c == *id || c.ends_with(&ends));
                call.child = children.iter().find(child).map(|c| c.as_str().into());
                if call.child.is_some() {
                    call.tool.kind = ToolKind::Task;
                }
                message.parts.push(Part::ToolCall(Box::new(call)));
            }
        }
        "tool_result" => {
            let failed = data.is_true("is_error");
            message.errors += u32::from(failed);
            if whole {
                let output = data.text("content").unwrap_or_default();
                let id = data.text("tool_call_id").unwrap_or_default();
                let mut result = ToolResult::new(&*id, output.into_owned());
                result.ok = Some(!failed);
                message.parts.push(Part::ToolResult(Box::new(result)));
            }
        }
        "binary" if whole => {
            let mime = data.text("MIMEType").unwrap_or_default();
            if mime.starts_with("image/") {
                let bytes = data.text("Data").map_or(0, |d| d.len() as u64 / 4 * 3);
                let mime = (&*mime).into();
                message.parts.push(Part::Image { mime, bytes });
            } else if let Some(path) = data.text("Path") {
                let path = floor_boundary(&path, 512).into();
                message.parts.push(Part::Attachment { path });
            }
        }
        "finish" if whole => match data.str("reason").as_deref().unwrap_or_default() {
            "canceled" => {
                message
                    .parts
                    .push(notice(NoticeKind::Interrupted, "interrupted"));
            }
            "error" => {
                let what = data.text("message").or_else(|| data.text("details"));
                let what = what.unwrap_or("the request failed".into());
                message.parts.push(notice(NoticeKind::Error, &what));
            }
            _ => {}
        },
        _ => {}
    }
}
