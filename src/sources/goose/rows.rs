//! Sessions as rows of the database.

use std::collections::HashMap;

use rusqlite::Row;

use super::super::json::{Json, Obj};
use super::super::marks::{self, Marked, Tables, count, number, text, time};
use super::super::site::Key;
use super::super::sqlite::Database;
use super::super::{Facts, Oddity, Record, Say, Site, Stop, hash, tell};
use super::content::{self, Tokens};
use crate::model::{Kind, TitleRank};
use crate::text::Raw;

const SESSION: [&str; 23] = [
    "id",
    "name",
    "description",
    "user_set_name",
    "session_type",
    "working_dir",
    "created_at",
    "updated_at",
    "provider_name",
    "model_config_json",
    "parent_session_id",
    "archived_at",
    "total_tokens",
    "input_tokens",
    "output_tokens",
    "accumulated_total_tokens",
    "accumulated_input_tokens",
    "accumulated_output_tokens",
    "accumulated_cache_read_tokens",
    "accumulated_cache_write_tokens",
    "accumulated_cost",
    "cache_read_tokens",
    "cache_write_tokens",
];
const MESSAGE: [&str; 6] = [
    "content_json",
    "role",
    "message_id",
    "created_timestamp",
    "metadata_json",
    "session_id",
];

pub struct Rows;

impl Tables for Rows {
    fn sessions(&self, db: &Database, only: Option<&str>) -> Result<Option<Vec<Marked>>, Stop> {
        let Some(list) = marks::select(db, "sessions", &SESSION)? else {
            return Ok(None);
        };
        let mut talks = HashMap::new();
        if let Some(columns) = messages(db)? {
            // How long a text is stands beside it, so that only that is read of it.
            let sql = format!(
                "SELECT session_id, count(*), max(row), sum(octet_length(content_json)),
                sum(octet_length(metadata_json)) FROM (SELECT rowid AS row, {columns} FROM messages)
                WHERE ?1 IS NULL OR session_id = ?1 GROUP BY session_id"
            );
            let mut statement = db.connection.prepare(&sql)?;
            let mut rows = statement.query([only])?;
            while let Some(row) = rows.next()? {
                talks.insert(text(row, 0).unwrap_or_default(), marks::mark(row, 5));
            }
        }
        let sql = format!("SELECT {list} FROM sessions WHERE ?1 IS NULL OR id = ?1");
        let mut statement = db.connection.prepare(&sql)?;
        let mut rows = statement.query([only])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let id = marks::id(row, 0)?;
            let talk = talks.get(&id).copied().unwrap_or(0);
            let parts = [marks::mark(row, SESSION.len()), talk].map(u64::to_le_bytes);
            found.push((id, hash(&[parts.as_flattened()])));
        }
        Ok(Some(found))
    }

    fn session(&self, db: &Database, id: &str, whole: bool, say: &mut Say<'_>) -> Result<(), Stop> {
        if !whole && let Some(list) = marks::select(db, "sessions", &SESSION)? {
            let sql = format!("SELECT {list} FROM sessions WHERE id = ?1");
            let mut statement = db.connection.prepare_cached(&sql)?;
            let mut rows = statement.query([id])?;
            if let Some(row) = rows.next()? {
                facts(id, row, say)?;
            }
        }
        let Some(columns) = messages(db)? else {
            return Ok(());
        };
        db.next_query();
        let sql = "SELECT rowid FROM messages WHERE session_id = ?1 ORDER BY rowid";
        let mut statement = db.connection.prepare_cached(sql)?;
        let rows = statement.query_map([id], |row| row.get(0))?;
        let all: Vec<i64> = rows.collect::<rusqlite::Result<_>>()?;
        let sql = format!("SELECT {columns} FROM messages WHERE rowid = ?1");
        for at in all {
            // Asked one by one, so that a writer's checkpoint never waits for a long reading.
            db.next_query();
            let mut statement = db.connection.prepare_cached(&sql)?;
            let mut rows = statement.query([at])?;
            if let Some(row) = rows.next()? {
                message(id, at, row, whole, say)?;
            }
        }
        Ok(())
    }
}

/// The columns of messages under their names, with NULL for those that this version does not have.
fn messages(db: &Database) -> Result<Option<String>, Stop> {
    let Some(list) = marks::select(db, "messages", &MESSAGE)? else {
        return Ok(None);
    };
    let named = list.split(", ").zip(MESSAGE);
    let named: Vec<String> = named.map(|(c, name)| format!("{c} AS {name}")).collect();
    Ok(Some(named.join(", ")))
}

/// Names that it gives before anybody or anything named the session.
fn is_placeholder(name: &str) -> bool {
    name == "CLI Session" || name.starts_with("New session") || name == "New Chat"
}

fn facts(id: &str, row: &Row<'_>, say: &mut Say<'_>) -> Result<(), Stop> {
    let word = |i| text(row, i).filter(|text| !text.is_empty());
    let title = word(1).or_else(|| word(2)).filter(|t| !is_placeholder(t));
    let by_user = count(row, 3).unwrap_or(0) > 0;
    let rank = if by_user {
        TitleRank::User
    } else {
        TitleRank::Agent
    };
    let kind = word(4).unwrap_or_default();
    let parent = word(10);
    let sub = parent.is_some() || kind == "sub_agent";
    let settings = word(9).unwrap_or_default();
    let settings = Obj::parse(&settings).unwrap_or_default();
    let model = content::model(word(8).as_deref(), &settings);
    let spent = Tokens {
        total: count(row, 15),
        input: count(row, 16),
        output: count(row, 17),
        cache_read: count(row, 18),
        cache_write: count(row, 19),
    };
    let last = Tokens {
        total: count(row, 12),
        input: count(row, 13),
        output: count(row, 14),
        cache_read: count(row, 21),
        cache_write: count(row, 22),
    };
    let tokens = (&spent, &last);
    let spend = content::spend(id, time(row, 7), model.clone(), tokens, number(row, 20));
    let facts = Facts {
        title: title.map(|title| (rank, Raw::from(title))),
        dir: word(5).map(Into::into),
        parent: parent.map(Into::into),
        kind: sub.then_some(Kind::SubAgent),
        model,
        at: time(row, 6),
        archived: Some(word(11).is_some()),
        automated: (kind == "scheduled").then_some(true),
        hidden: (kind == "hidden").then_some(true),
        uncounted: spend.as_ref().and_then(|(_, least)| least.then_some(true)),
        ..Facts::default()
    };
    let said = Record::Session {
        session: id.into(),
        facts: Box::new(facts),
    };
    tell(say, said)?;
    match spend {
        Some((spend, _)) => tell(
            say,
            Record::Spent {
                session: id.into(),
                spend,
            },
        ),
        None => Ok(()),
    }
}

fn message(id: &str, at: i64, row: &Row<'_>, whole: bool, say: &mut Say<'_>) -> Result<(), Stop> {
    let content = text(row, 0).unwrap_or_default();
    let Some(content) = Json::parse(&content).filter(|c| c.raw().starts_with('[')) else {
        let odd = Record::Odd {
            session: Some(id.into()),
            at: u64::try_from(at).unwrap_or_default(),
            what: Oddity::Malformed,
        };
        return tell(say, odd);
    };
    let role = text(row, 1).unwrap_or_default();
    let meta = text(row, 4).unwrap_or_default();
    let meta = Obj::parse(&meta).unwrap_or_default();
    let key = hash(&[&at.to_le_bytes()]);
    let items = content.list();
    let message = content::message(key, &role, time(row, 3), &items, &meta, whole);
    if whole && message.parts.is_empty() {
        return Ok(());
    }
    if whole {
        let (table, column, key) = ("messages", "rowid", Key::Number(at));
        let sites = vec![Site::Rows { table, column, key }];
        tell(say, Record::Stands { sites })?;
    }
    let said = Record::Message {
        session: id.into(),
        message: Box::new(message),
    };
    tell(say, said)
}
