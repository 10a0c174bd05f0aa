//! The agent's table of calls that started other sessions. A session names its own caller only in newer logs.

use std::io;

use super::super::json::{Json, Obj};
use super::super::{Cursor, Facts, Record, Say, Stop, Subject, object, tell};
use crate::env::Env;
use crate::model::{Kind, TitleRank, Unit};
use crate::text::Raw;

pub fn read(env: &Env, unit: &Unit, from: &Cursor, say: &mut Say<'_>) -> io::Result<Cursor> {
    object::read(env, &unit.path, from, say, &mut started)
}

fn started(all: &Obj<'_>, say: &mut Say<'_>) -> Result<(), Stop> {
    for call in all.list("invocations").into_iter().filter_map(Json::obj) {
        let (Some(child), Some(parent)) =
            (call.text("childSessionId"), call.text("parentSessionId"))
        else {
            continue;
        };
        // What the session calls itself is better.
        let title = call
            .text("description")
            .or_else(|| call.text("subagentType"));
        let facts = Facts {
            title: title.map(|t| (TitleRank::Fallback, Raw::from(&*t))),
            parent: Some((*parent).into()),
            kind: Some(Kind::SubAgent),
            call: call.text("parentToolUseId").map(|id| (*id).into()),
            ..Facts::default()
        };
        let about = Record::About {
            of: Subject::Session((*child).into()),
            facts: Box::new(facts),
        };
        tell(say, about)?;
    }
    Ok(())
}
