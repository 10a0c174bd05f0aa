//! Events of the forerunner's wire: a time and a message, with those of sub-agents wrapped into the agent's own.

use std::borrow::Cow;

use jiff::Timestamp;

use super::super::json::{Json, Obj};
use super::super::{Facts, Say, Stop, hash};
use super::wire::{Log, Stamp};
use super::{agent_id, content};
use crate::model::{Kind, Message, NoticeKind, Part, Role, TitleRank};
use crate::text::{Raw, floor_boundary};

/// Agents within agents deeper than this are not followed.
const DEPTH: usize = 4;
/// So many agents at work at once keep their steps.
const AGENTS: usize = 16;
/// Longer names of agents are cut.
const NAME: usize = 100;

pub fn event(log: &mut Log<'_>, record: &Obj<'_>, key: u64, say: &mut Say<'_>) -> Result<(), Stop> {
    let stamp = Stamp {
        key,
        at: record.f64("timestamp").and_then(time),
    };
    let mut session = log.id.clone();
    let mut facts = Facts {
        at: stamp.at,
        ..Facts::default()
    };
    let Some(mut event) = record.obj("message") else {
        return Ok(());
    };
    for _ in 0..DEPTH {
        if event.str("type").as_deref() != Some("SubagentEvent") {
            break;
        }
        let body = event.obj("payload").unwrap_or_default();
        let call = body
            .text("parent_tool_call_id")
            .or_else(|| body.text("task_tool_call_id"));
        let Some(agent) = body.text("agent_id").or_else(|| call.clone()) else {
            return Ok(());
        };
        facts.kind = Some(Kind::SubAgent);
        facts.parent = Some(session);
        facts.call = call.map(|call| (*call).into());
        let title = body.text("subagent_type");
        facts.title = title.map(|title| (TitleRank::Fallback, Raw::from(&*title)));
        session = agent_id(floor_boundary(&agent, NAME), &log.session);
        event = body.obj("event").unwrap_or_default();
    }
    if log.is_summary() {
        log.facts(&session, facts, say)?;
    }
    said(log, &event, &session, stamp, say)
}

fn said(
    log: &mut Log<'_>,
    event: &Obj<'_>,
    session: &str,
    stamp: Stamp,
    say: &mut Say<'_>,
) -> Result<(), Stop> {
    let whole = !log.is_summary();
    let body = event.obj("payload").unwrap_or_default();
    let mut message = Message::new(stamp.key, Role::System, stamp.at);
    let answer = |log: &Log<'_>, message: &mut Message| {
        message.role = Role::Assistant;
        message.reply = step(log, session);
    };
    match event.str("type").as_deref().unwrap_or_default() {
        "TurnBegin" | "SteerInput" => {
            if let Some(input) = body.get("user_input") {
                content::prompt(input, true, &mut message, whole);
            }
        }
        "StepBegin" => {
            let (steps, session) = (&mut log.memo.steps, hash(&[session.as_bytes()]));
            steps.retain(|(of, _)| *of != session);
            if steps.len() >= AGENTS {
                steps.remove(0);
            }
            steps.push((session, stamp.key));
            return Ok(());
        }
        "ContentPart" | "TextPart" | "ThinkPart" => {
            answer(log, &mut message);
            message.parts = content::part(&body).filter(|_| whole).into_iter().collect();
        }
        "ToolCall" => {
            answer(log, &mut message);
            message.tools = 1;
            if whole {
                let of = body.obj("function").unwrap_or_default();
                let (id, name) = (body.text("id"), of.text("name"));
                let (id, name) = (id.unwrap_or_default(), name.unwrap_or_default());
                let input = of.text("arguments").unwrap_or(Cow::Borrowed("{}"));
                let call = content::call(&id, &name, &input);
                message.parts.push(Part::ToolCall(Box::new(call)));
            }
        }
        "ToolResult" => {
            let value = body
                .obj("return_value")
                .or_else(|| body.obj("result"))
                .unwrap_or_default();
            let failed = value.is_true("is_error");
            message.errors = u32::from(failed);
            if whole {
                let call = body.text("tool_call_id").unwrap_or_default();
                let output = value
                    .get("output")
                    .filter(|o| !o.str().is_some_and(|o| o.is_empty()));
                let output = output.or_else(|| value.get("message"));
                let result = content::result(&call, output, failed);
                message.parts.push(Part::ToolResult(Box::new(result)));
            }
        }
        "StatusUpdate" => {
            let counts = body.obj("token_usage").unwrap_or_default();
            let Some(usage) = content::usage(&counts) else {
                return Ok(());
            };
            if !whole {
                return log.spend(session, stamp, None, usage, say);
            }
            answer(log, &mut message);
            if message.reply.is_none() {
                return Ok(());
            }
            message.usage = Some(usage);
        }
        "CompactionBegin" if whole => message.parts.push(Part::Notice {
            kind: NoticeKind::Compaction,
            text: "conversation compacted".into(),
        }),
        "StepInterrupted" if whole => message.parts.push(Part::Notice {
            kind: NoticeKind::Interrupted,
            text: "interrupted".into(),
        }),
        _ => {}
    }
    log.say(session, message, say)
}

/// Seconds with a fraction, of which a float keeps no more than the millionths.
fn time(seconds: f64) -> Option<Timestamp> {
    let micros = (seconds * 1e6).round();
    // The cast is exact: the times of real logs are far within the range of i64.
    (micros.abs() < 9e15).then(|| Timestamp::from_microsecond(micros as i64).ok())?
}

/// The step an agent is taking.
fn step(log: &Log<'_>, session: &str) -> Option<u64> {
    let session = hash(&[session.as_bytes()]);
    let mut steps = log.memo.steps.iter();
    steps.find(|(of, _)| *of == session).map(|(_, step)| *step)
}

/// A tool call as messages carry it: a function with its arguments as text.
pub fn call_in_message(call: &Obj<'_>) -> Part {
    let of = call.obj("function").unwrap_or_default();
    let (id, name) = (call.text("id"), of.text("name"));
    let (id, name) = (id.unwrap_or_default(), name.unwrap_or_default());
    let input = of
        .text("arguments")
        .unwrap_or_else(|| of.get("arguments").map_or("{}", Json::raw).into());
    Part::ToolCall(Box::new(content::call(&id, &name, &input)))
}
