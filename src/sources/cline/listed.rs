//! What the family keeps about its sessions in one place: the extension's list of tasks, the CLI's index of sessions.
//! Only what a session's own files do not say is taken from there.

use std::io;

use super::super::json::Json;
use super::super::sqlite;
use super::super::{At, Cursor, Facts, Oddity, Record, Say, Stop, Subject, hash, tell};
use super::files;
use crate::env::Env;
use crate::model::{Kind, TitleRank, Unit};
use crate::text::Raw;

/// The list of tasks: their first prompts and directories.
pub fn tasks(env: &Env, unit: &Unit, from: &Cursor, say: &mut Say<'_>) -> io::Result<Cursor> {
    let paths = [unit.path.to_path_buf()];
    files::follow(env, &paths, from, say, &mut |held, say| {
        for item in held.list(0).into_iter().filter_map(Json::obj) {
            let Some(id) = item.text("id") else { continue };
            let dir = item
                .text("cwdOnTaskInitialization")
                .or_else(|| item.text("workspace"));
            let facts = Facts {
                title: item
                    .text("task")
                    .map(|t| (TitleRank::Listed, Raw::from(&*t))),
                dir: dir.map(|d| (*d).into()),
                ..Facts::default()
            };
            about(&id, facts, say)?;
        }
        Ok(())
    })
}

fn about(id: &str, facts: Facts, say: &mut Say<'_>) -> Result<(), Stop> {
    let (of, facts) = (Subject::Session(id.into()), Box::new(facts));
    tell(say, Record::About { of, facts })
}

/// The index of sessions: whose agents they are.
pub fn sessions(env: &Env, unit: &Unit, from: &Cursor, say: &mut Say<'_>) -> io::Result<Cursor> {
    let at = At::Whole(hash(&[&sqlite::state(env, &unit.path)]));
    if at == from.at {
        return Ok(from.clone());
    }
    let was_broken = !from.memo.is_empty();
    match parents(env, unit) {
        Ok(parents) => {
            let mut told = || -> Result<(), Stop> {
                tell(say, Record::Reset)?;
                for (id, parent) in &parents {
                    let facts = Facts {
                        parent: Some((**parent).into()),
                        kind: Some(Kind::SubAgent),
                        ..Facts::default()
                    };
                    about(id, facts, say)?;
                }
                Ok(())
            };
            match told() {
                Err(Stop::Failed(error)) => Err(error),
                Err(Stop::Asked) => Ok(from.clone()),
                Ok(()) => Ok(Cursor {
                    at,
                    memo: Box::default(),
                }),
            }
        }
        // Damaged: what was said stays, and it is tried again when the file changes. This is said once.
        Err(error) if error.kind() == io::ErrorKind::InvalidData => {
            if !was_broken {
                let _ = say(Record::Odd {
                    session: None,
                    at: 0,
                    what: Oddity::Corrupt,
                });
            }
            Ok(Cursor {
                at,
                memo: Box::new([1]),
            })
        }
        Err(error) => Err(error),
    }
}

/// Sessions that were started by another, and by which. The table holds no more than the sessions' own files but this.
fn parents(env: &Env, unit: &Unit) -> io::Result<Vec<(String, String)>> {
    let database = sqlite::open(env, &unit.path)?;
    let ask = || -> rusqlite::Result<Vec<(String, String)>> {
        let have = sqlite::columns(&database.connection, "sessions")?;
        let has = |name: &str| have.iter().any(|c| c == name);
        if !has("session_id") || !has("parent_session_id") {
            return Ok(Vec::new());
        }
        let sql = "SELECT session_id, parent_session_id FROM sessions
            WHERE typeof(session_id) = 'text' AND typeof(parent_session_id) = 'text' AND parent_session_id <> ''
            ORDER BY session_id";
        let mut statement = database.connection.prepare(sql)?;
        let text = |row: &rusqlite::Row<'_>, at| -> rusqlite::Result<String> {
            let bytes = row.get_ref(at)?.as_bytes().unwrap_or_default();
            Ok(String::from_utf8_lossy(bytes).into_owned())
        };
        let rows = statement.query_map([], |row| Ok((text(row, 0)?, text(row, 1)?)))?;
        rows.collect()
    };
    ask().map_err(sqlite::failure)
}
