//! The forms a thread is kept in: a log of lines, one that was packed, one object; and the list of names.

use std::io::{self, Read as _};

use super::super::json::{self, Parsed};
use super::super::jsonl::{self, Line, Lines, Opened};
use super::super::log::{self, ANY, Log as _};
use super::super::skip::Skip;
use super::super::{At, Both, Cursor, Facts, Oddity, Record, Say, Stop, Subject, Want, tell};
use super::lines::Log;
use super::memo::Memo;
use crate::env::{Env, stamp_of};
use crate::model::{TitleRank, Unit};
use crate::text::Raw;

pub fn rollout(
    env: &Env,
    unit: &Unit,
    want: Want<'_>,
    from: &Cursor,
    say: &mut Say<'_>,
) -> io::Result<Cursor> {
    let mut opened = jsonl::open(env, &unit.path, &from.at)?;
    let mut memo = if opened.rewritten {
        Memo::default()
    } else {
        Memo::read(&from.memo)
    };
    loop {
        if want == Want::Spends {
            opened.lines.leave_out(&RESULTS);
        }
        let mut log = Log::new(env, unit, want, memo);
        let cursor = log::read(&mut opened, from.at == At::Start, &mut log, say)?;
        if !log.restarts() {
            return Ok(cursor);
        }
        // What was counted before is counted better by records that came later: everything is told anew.
        opened = anew(env, unit)?;
        memo = Memo::starting(true);
    }
}

/// A log that is told from its start once more.
fn anew(env: &Env, unit: &Unit) -> io::Result<Opened> {
    let mut opened = jsonl::open(env, &unit.path, &At::Start)?;
    opened.rewritten = true;
    Ok(opened)
}

/// For a summary and for the conversation.
pub fn rollout_both(env: &Env, unit: &Unit, both: &mut Both<'_>) -> io::Result<Cursor> {
    let mut opened = jsonl::open(env, &unit.path, &At::Start)?;
    let mut records = false;
    loop {
        let log = |want| Log::new(env, unit, want, Memo::starting(records));
        let (mut facts, mut said) = (log(Want::Summary), log(ANY));
        let cursor = log::read_both(&mut opened, &mut facts, &mut said, both)?;
        if !facts.restarts() && !said.restarts() {
            return Ok(cursor);
        }
        opened = anew(env, unit)?;
        records = true;
    }
}

/// What tools were asked and said, what was thought, and what is told twice.
const RESULTS: Skip = Skip {
    mark: r#""type":""#,
    then: &[
        r#"response_item","payload":{"type":"function_call"#,
        r#"response_item","payload":{"type":"custom_tool_call"#,
        r#"response_item","payload":{"type":"reasoning""#,
        r#"event_msg","payload":{"type":"agent_"#,
        r#"event_msg","payload":{"type":"user_message""#,
        r#"event_msg","payload":{"type":"exec_command_"#,
        r#"event_msg","payload":{"type":"mcp_tool_call_"#,
        r#"event_msg","payload":{"type":"patch_apply_"#,
    ],
    behind: None,
    unless: None,
};

/// A session as one object, written anew at every change: its header and its items.
pub fn object(
    env: &Env,
    unit: &Unit,
    want: Want<'_>,
    from: &Cursor,
    say: &mut Say<'_>,
) -> io::Result<Cursor> {
    let mut file = env.files.open(&unit.path)?;
    let cursor = Cursor::whole(stamp_of(&file.metadata()?)?);
    if cursor == *from {
        return Ok(cursor);
    }
    let mut bytes = Vec::new();
    file.by_ref()
        .take(jsonl::LINE_MAX as u64)
        .read_to_end(&mut bytes)?;
    let mut store = json::Store::default();
    let mut log = Log::new(env, unit, want, Memo::default());
    let mut read = || {
        tell(say, Record::Reset)?;
        let (Parsed::Object(all) | Parsed::Repaired(all)) = json::record(&bytes, &mut store) else {
            let session = Some(log.id().into());
            let what = Oddity::Malformed;
            return tell(
                say,
                Record::Odd {
                    session,
                    at: 0,
                    what,
                },
            );
        };
        log.begin(true, say)?;
        let header = all.obj("session").unwrap_or_default();
        log.tell(&header, 0, say)?;
        let items = all.list("items").into_iter().filter_map(json::Json::obj);
        for (at, item) in items.enumerate() {
            log.stands(super::OBJECT, at as u64, say)?;
            log.tell(&item, at as u64 + 1, say)?;
        }
        log.end(say)
    };
    match read() {
        Err(Stop::Failed(error)) => Err(error),
        Ok(()) | Err(Stop::Asked) => Ok(cursor),
    }
}

/// A compressed log never grows: it is read whole when it changes.
pub fn packed(
    env: &Env,
    unit: &Unit,
    want: Want<'_>,
    from: &Cursor,
    say: &mut Say<'_>,
) -> io::Result<Cursor> {
    let file = env.files.open(&unit.path)?;
    let stamp = stamp_of(&file.metadata()?)?;
    let cursor = Cursor::whole(stamp);
    if cursor.at == from.at {
        return Ok(from.clone());
    }
    // Whether response records are in it is known only at the end, so the second reading knows.
    for records in [false, true] {
        let file = env.files.open(&unit.path)?;
        let mut log = Log::new(env, unit, want, Memo::starting(records));
        let read = (|| {
            tell(say, Record::Reset)?;
            let decoder =
                ruzstd::decoding::StreamingDecoder::new(file).map_err(io::Error::other)?;
            log::read_lines(&mut Lines::new(decoder, stamp), true, &mut log, say)
        })();
        match read {
            // A damaged end keeps what came before it.
            Err(Stop::Failed(_)) => {
                let odd = Record::Odd {
                    session: Some(log.id().into()),
                    at: 0,
                    what: Oddity::Corrupt,
                };
                let _ = say(odd);
                let _ = log.end(say);
                return Ok(cursor);
            }
            Ok(()) | Err(Stop::Asked) if !log.restarts() => {
                return Ok(Cursor {
                    memo: log.memo(),
                    ..cursor
                });
            }
            _ => {}
        }
    }
    Ok(cursor)
}

/// Names that people gave their threads; the last line of an id counts.
pub fn names(env: &Env, unit: &Unit, from: &Cursor, say: &mut Say<'_>) -> io::Result<Cursor> {
    let mut opened = jsonl::open(env, &unit.path, &from.at)?;
    let mut read = || -> Result<(), Stop> {
        if opened.rewritten {
            tell(say, Record::Reset)?;
        }
        let mut store = json::Store::default();
        while let Some(line) = opened.lines.next_line()? {
            let Line::Whole { at, bytes } = line else {
                continue;
            };
            match json::record(bytes, &mut store) {
                Parsed::Object(record) | Parsed::Repaired(record) => {
                    if let (Some(id), Some(name)) = (record.text("id"), record.text("thread_name"))
                    {
                        let title = Some((TitleRank::User, Raw::from(&*name)));
                        let facts = Box::new(Facts {
                            title,
                            ..Facts::default()
                        });
                        tell(
                            say,
                            Record::About {
                                of: Subject::Session((*id).into()),
                                facts,
                            },
                        )?;
                    }
                }
                Parsed::Malformed => tell(
                    say,
                    Record::Odd {
                        session: None,
                        at,
                        what: Oddity::Malformed,
                    },
                )?,
                Parsed::Blank => {}
            }
        }
        Ok(())
    };
    match read() {
        Err(Stop::Failed(error)) => Err(error),
        _ => Ok(Cursor {
            at: opened.lines.cursor(),
            memo: Box::default(),
        }),
    }
}
