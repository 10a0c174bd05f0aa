//! The agent's table of calls that started other sessions. A session names its own caller only in newer logs.

use std::io::{self, Read};

use super::super::json::{self, Json, Obj, Parsed};
use super::super::jsonl::LINE_MAX;
use super::super::{Cursor, Facts, Oddity, Record, Say, Stop, Subject, tell};
use crate::env::{Env, stamp_of};
use crate::model::{Kind, TitleRank, Unit};
use crate::text::Raw;

pub fn read(env: &Env, unit: &Unit, from: &Cursor, say: &mut Say<'_>) -> io::Result<Cursor> {
    let file = env.files.open(&unit.path)?;
    let mut cursor = Cursor::whole(stamp_of(&file.metadata()?)?);
    if cursor.at == from.at {
        return Ok(from.clone());
    }
    let mut bytes = Vec::new();
    file.take(LINE_MAX as u64).read_to_end(&mut bytes)?;
    let mut store = String::new();
    let told = match json::record(&bytes, &mut store) {
        Parsed::Object(all) | Parsed::Repaired(all) => started(&all, say),
        // A file that is being written is short for a moment: what it said stays, and its state is said once.
        Parsed::Malformed => {
            cursor.memo = Box::new([1]);
            let odd = Record::Odd {
                session: None,
                at: 0,
                what: Oddity::Malformed,
            };
            if from.memo == cursor.memo {
                Ok(())
            } else {
                tell(say, odd)
            }
        }
        Parsed::Blank => {
            cursor.memo.clone_from(&from.memo);
            Ok(())
        }
    };
    match told {
        Err(Stop::Failed(error)) => Err(error),
        Ok(()) | Err(Stop::Asked) => Ok(cursor),
    }
}

fn started(all: &Obj<'_>, say: &mut Say<'_>) -> Result<(), Stop> {
    tell(say, Record::Reset)?;
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
