//! The lines of a transcript in turn.

use std::io;

use super::super::json::{self, Obj, Parsed};
use super::super::jsonl::{self, Line};
use super::super::{At, Cursor, Oddity, Record, Say, Stop, Want, tell};
use super::native;
use super::steps::{Asked, Steps};
use crate::env::Env;
use crate::model::Unit;
use crate::text::floor_boundary;

pub fn read(
    env: &Env,
    unit: &Unit,
    want: Want<'_>,
    from: &Cursor,
    say: &mut Say<'_>,
) -> io::Result<Cursor> {
    let mut opened = jsonl::open(env, &unit.path, &from.at)?;
    let is_fresh = from.at == At::Start || opened.rewritten;
    let memo = if is_fresh { &[] } else { &*from.memo };
    let id = native(unit);
    let mut steps = remembered(memo, !want.is_summary());
    let mut read = || -> Result<(), Stop> {
        if opened.rewritten {
            tell(say, Record::Reset)?;
        }
        let odd = |at, what| Record::Odd {
            session: Some(id.clone()),
            at,
            what,
        };
        let mut store = json::Store::default();
        while let Some(line) = opened.lines.next_line()? {
            match line {
                Line::TooLong { at } => tell(say, odd(at, Oddity::TooLong))?,
                Line::Whole { at, bytes } => match json::record(bytes, &mut store) {
                    Parsed::Object(step) => one(&mut steps, &id, &step, say)?,
                    Parsed::Repaired(step) => {
                        tell(say, odd(at, Oddity::Repaired))?;
                        one(&mut steps, &id, &step, say)?;
                    }
                    Parsed::Malformed => tell(say, odd(at, Oddity::Malformed))?,
                    Parsed::Blank => {}
                },
            }
        }
        Ok(())
    };
    match read() {
        Err(Stop::Failed(error)) => Err(error),
        Ok(()) | Err(Stop::Asked) => Ok(Cursor {
            at: opened.lines.cursor(),
            memo: memo_of(&steps),
        }),
    }
}

fn one(steps: &mut Steps, id: &str, step: &Obj<'_>, say: &mut Say<'_>) -> Result<(), Stop> {
    if let Some(message) = steps.read(step) {
        let message = Box::new(message);
        let session = id.into();
        tell(say, Record::Message { session, message })?;
    }
    Ok(())
}

/// What the next reading must know: the model in force, and which calls still wait for their results.
fn memo_of(steps: &Steps) -> Box<[u8]> {
    let Asked { step, calls, next } = steps.asked;
    let model = floor_boundary(steps.model.as_deref().unwrap_or_default(), 128);
    let lines = steps.lines;
    format!("{step} {calls} {next} {lines} {model}")
        .into_bytes()
        .into()
}

fn remembered(memo: &[u8], whole: bool) -> Steps {
    let memo = String::from_utf8_lossy(memo);
    let mut words = memo.splitn(5, ' ');
    let mut number = || words.next().and_then(|w| w.parse().ok()).unwrap_or(0);
    let asked = Asked {
        step: number(),
        calls: number(),
        next: number(),
    };
    let lines = number();
    let model = words.next().filter(|m| !m.is_empty()).map(str::to_owned);
    Steps {
        whole,
        model,
        asked,
        lines,
    }
}
