//! A session of the command-line program: its messages with the tokens of each, and beside them what it is.

use std::io;

use super::super::json::{Json, Obj};
use super::super::{Cursor, Facts, Record, Say, Site, Stop, Want, hash, tell};
use super::files::{self, Held};
use super::message::Entry;
use crate::env::Env;
use crate::model::{Kind, ModelId, Rate, Spend, TitleRank, Unit, Usage, Usd};
use crate::text::Raw;

/// How the file of a session's messages ends; before it stands its id.
pub const MESSAGES: &str = ".messages.json";

pub fn read(
    env: &Env,
    unit: &Unit,
    want: Want<'_>,
    from: &Cursor,
    say: &mut Say<'_>,
) -> io::Result<Cursor> {
    let name = unit.path.file_name().unwrap_or_default().to_string_lossy();
    let id = name.strip_suffix(MESSAGES).unwrap_or(&name).to_owned();
    let beside = unit.path.with_file_name(format!("{id}.json"));
    let folder = unit.path.parent().and_then(|dir| dir.file_name());
    let folder = folder.unwrap_or_default().to_string_lossy();
    // An agent's messages lie in the folder of the session that started it.
    let parent = (*folder != *id && *folder != *"sessions").then_some(&*folder);
    let paths = [unit.path.to_path_buf(), beside];
    files::follow(env, &paths, from, say, &mut |held, say| {
        let whole = matches!(want, Want::Conversation { .. });
        if !whole {
            let (session, facts) = ((*id).into(), Box::new(facts(held, parent)));
            tell(say, Record::Session { session, facts })?;
        }
        let messages = held.obj(0).list("messages").into_iter();
        for (n, body) in messages.filter_map(Json::obj).enumerate() {
            message(&id, n, &body, whole, say)?;
        }
        Ok(())
    })
}

fn facts(held: &Held<'_>, parent: Option<&str>) -> Facts {
    let (talk, about) = (held.obj(0), held.obj(1));
    let meta = about.obj("metadata").unwrap_or_default();
    let text = |o: &Obj<'_>, key| o.text(key).map(|t| Raw::from(&*t));
    let parent = about
        .text("parent_session_id")
        .map(|p| (*p).into())
        .or_else(|| parent.map(Box::from));
    let is_agent = parent.is_some() || about.is_true("is_subagent");
    let model = about.text("model");
    let provider = about.text("provider");
    let counted = |has: bool| {
        let messages = talk.list("messages").into_iter().filter_map(Json::obj);
        let mut answers = messages.filter(|m| m.str("role").as_deref() == Some("assistant"));
        answers.any(|m| usage(&m).is_some() == has)
    };
    Facts {
        title: text(&meta, "title").map(|t| (TitleRank::Agent, t)),
        dir: about.text("cwd").map(|d| (*d).into()),
        branch: meta.obj("git").and_then(|git| text(&git, "branch")),
        parent,
        kind: is_agent.then_some(Kind::SubAgent),
        version: talk
            .obj("origin")
            .and_then(|origin| text(&origin, "version")),
        model: model.map(|name| ModelId::new(provider.as_deref(), &name)),
        at: about.time("started_at"),
        size: Some(held.size),
        automated: about.bool("interactive").map(|by_person| !by_person),
        uncounted: (counted(true) && counted(false)).then_some(true),
        ..Facts::default()
    }
}

fn message(id: &str, n: usize, body: &Obj<'_>, whole: bool, say: &mut Say<'_>) -> Result<(), Stop> {
    let key = match body.text("id") {
        Some(own) => hash(&[own.as_bytes()]),
        None => hash(&[b"message", &n.to_le_bytes()]),
    };
    let at = body.time("ts");
    let model = body.obj("modelInfo").and_then(|info| {
        let name = info.text("id")?;
        Some(ModelId::new(info.text("provider").as_deref(), &name))
    });
    let usage = usage(body);
    if let Some(usage) = usage.filter(|_| !whole) {
        let cost = body.obj("metrics").and_then(|m| m.f64("cost"));
        let logged = cost
            .and_then(Usd::from_dollars)
            .filter(|usd| usd.nanos() > 0);
        let spend = Spend {
            key,
            at,
            model: model.clone(),
            rate: Rate::Standard,
            usage,
            logged,
            same: None,
        };
        let session = id.into();
        tell(say, Record::Spent { session, spend })?;
    }
    let entry = Entry {
        key,
        body,
        at,
        model,
        usage,
    };
    for message in entry.messages(whole) {
        if whole {
            let (list, nth) = ("messages", n);
            let sites = vec![Site::Item { list, nth }];
            tell(say, Record::Stands { sites })?;
        }
        let (session, message) = (id.into(), Box::new(message));
        tell(say, Record::Message { session, message })?;
    }
    Ok(())
}

/// Theirs counts what was cached into what was given; ours does not.
fn usage(body: &Obj<'_>) -> Option<Usage> {
    let metrics = body.obj("metrics")?;
    let n = |key| metrics.u64(key).unwrap_or(0);
    let (read, write) = (n("cacheReadTokens"), n("cacheWriteTokens"));
    let usage = Usage {
        input: n("inputTokens").saturating_sub(read.saturating_add(write)),
        cache_read: read,
        cache_write: write,
        output: n("outputTokens"),
        ..Usage::default()
    };
    (!usage.is_zero()).then_some(usage)
}
