//! A conversation in a few numbers.

use std::collections::BTreeSet;

use super::{failures, touches};
use crate::model::{Conversation, Gist, Holding, Holds, NoticeKind, Part, ToolKind};

/// Who is silent for so long, in milliseconds, is not at work.
const PAUSE: i64 = 5 * 60 * 1000;

/// What a conversation holds.
pub fn gist(conversation: &Conversation) -> Gist {
    let mut holds = Holds::default();
    if !failures(conversation).is_empty() {
        holds.add(Holding::Error);
    }
    for part in conversation.messages.iter().flat_map(|m| &m.parts) {
        match part {
            Part::Thinking(_) => holds.add(Holding::Thinking),
            Part::Image { .. } => holds.add(Holding::Image),
            Part::ToolResult(result) if !result.images.is_empty() => holds.add(Holding::Image),
            Part::ToolCall(call) => {
                if !call.edits.is_empty() {
                    holds.add(Holding::Diff);
                }
                if call.tool.kind == ToolKind::Plan {
                    holds.add(Holding::Todo);
                }
            }
            Part::Notice {
                kind: NoticeKind::Compaction,
                ..
            } => holds.add(Holding::Compaction),
            _ => {}
        }
    }
    Gist {
        files: distinct(conversation),
        active: active(conversation),
        holds,
    }
}

/// Files by their paths. One that is named whole and from the project on is the same file.
fn distinct(conversation: &Conversation) -> u32 {
    let touches = touches(conversation, None);
    let paths: BTreeSet<&str> = touches.iter().map(|t| t.full.untrusted()).collect();
    let (whole, short): (Vec<&str>, Vec<&str>) =
        paths.into_iter().partition(|path| path.starts_with('/'));
    let is_end = |short: &str, whole: &str| {
        let above = whole.strip_suffix(short);
        above.is_some_and(|above| above.ends_with('/'))
    };
    let alone = short
        .iter()
        .filter(|short| !whole.iter().any(|whole| is_end(short, whole)));
    u32::try_from(whole.len() + alone.count()).unwrap_or(u32::MAX)
}

fn active(conversation: &Conversation) -> Option<u64> {
    let times = conversation.messages.iter().filter_map(|m| m.at);
    let times: Vec<i64> = times.map(jiff::Timestamp::as_millisecond).collect();
    times.first()?;
    let steps = times.windows(2).filter_map(|pair| match pair {
        [before, after] => Some(after - before),
        _ => None,
    });
    let at_work = steps.filter(|step| (0..PAUSE).contains(step));
    Some(at_work.map(i64::unsigned_abs).sum())
}
