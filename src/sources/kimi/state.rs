//! `state.json`: what a session is called and where it works, for its logs, which say little of it.

use std::io;

use super::super::json::{Json, Obj};
use super::super::{Cursor, Facts, Record, Say, Stop, Subject, object, tell};
use super::{agent_id, place};
use crate::env::Env;
use crate::model::{TitleRank, Unit};
use crate::text::{Raw, floor_boundary};

pub fn read(env: &Env, unit: &Unit, from: &Cursor, say: &mut Say<'_>) -> io::Result<Cursor> {
    let (session, _) = place(unit);
    object::read(env, &unit.path, from, say, &mut |all, say| {
        told(all, &session, say)
    })
}

fn told(all: &Obj<'_>, session: &str, say: &mut Say<'_>) -> Result<(), Stop> {
    let about = |of: Box<str>, facts: Facts, say: &mut Say<'_>| {
        let (of, facts) = (Subject::Session(of), Box::new(facts));
        tell(say, Record::About { of, facts })
    };
    let dir = all.text("cwd").or_else(|| all.text("workDir"));
    let here = Facts {
        dir: dir.map(|dir| (*dir).into()),
        ..Facts::default()
    };
    let facts = Facts {
        title: title(all),
        archived: all.bool("archived"),
        ..here.clone()
    };
    about(session.into(), facts, say)?;
    let agents = all.get("agents").and_then(Json::obj).unwrap_or_default();
    for (agent, _) in agents.fields().filter(|(agent, _)| agent != "main") {
        let agent = agent_id(floor_boundary(&agent, 128), session);
        about(agent, here.clone(), say)?;
    }
    Ok(())
}

/// The name a person gave, else the one that was made of the first prompt, else the last prompt.
fn title(all: &Obj<'_>) -> Option<(TitleRank, Raw)> {
    let text = |key| all.text(key).map(|t| Raw::from(&*t));
    let made = all.is_true("title_generated");
    let named = |title| {
        let by_person = all.is_true("isCustomTitle");
        let rank = if by_person {
            TitleRank::User
        } else {
            TitleRank::Agent
        };
        (rank, title)
    };
    let old = |title| {
        let rank = if made {
            TitleRank::Agent
        } else {
            TitleRank::User
        };
        (rank, title)
    };
    let last = || text("lastPrompt").map(|prompt| (TitleRank::Fallback, prompt));
    text("title")
        .map(named)
        .or_else(|| text("custom_title").map(old))
        .or_else(last)
}
