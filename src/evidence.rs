//! What happened in a conversation, as lists: the commands that were run, what failed, the files that were read and
//! changed, what was fetched, and which tools were called. Every entry is a place to jump to.
//!
//! All of it is worked out from the conversation alone; only [`disk`] looks at what became of a file. Who ran a command
//! in a branch that was left later ran it all the same, so all lanes count.

use std::collections::BTreeMap;

use compact_str::CompactString;
use foldhash::{HashMap, HashMapExt};
use jiff::Timestamp;

use crate::model::{Conversation, Message, Part, ToolCall, ToolKind, ToolResult};

mod commands;
pub mod disk;
mod failures;
mod fetches;
mod files;
mod fork;
mod gist;
pub mod net;
pub mod path;
pub mod telling;
#[cfg(test)]
mod tests;

pub use commands::{Command, commands, first_step, inside, script};
pub use failures::{Failure, FailureKind, failures};
pub use fetches::{Fetch, fetches};
pub use files::{Did, Touch, Touched, files, touches};
pub use fork::{ForkPoint, fork_point};
pub use gist::gist;

/// Where something stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Place {
    /// The message's number.
    pub number: u32,
    /// Which of its parts.
    pub part: usize,
    /// When the message was said; absent where the log does not tell.
    pub at: Option<Timestamp>,
}

impl Place {
    fn new(message: &Message, part: usize) -> Place {
        Place {
            number: message.number,
            part,
            at: message.at,
        }
    }
}

/// A call and how it went.
#[derive(Clone, Copy, Debug)]
pub struct Step<'c> {
    pub place: Place,
    pub call: &'c ToolCall,
    /// Absent while it runs, and where the log has none.
    pub result: Option<&'c ToolResult>,
}

impl Step<'_> {
    /// Whether it went well, as far as the log says. A command that ended with another code than 0 did not, whatever the
    /// agent made of it.
    pub fn ok(&self) -> Option<bool> {
        let result = self.result?;
        match result.exit {
            Some(0) => result.ok.or(Some(true)),
            Some(_) => Some(false),
            None => result.ok,
        }
    }

    fn failed(&self) -> bool {
        self.ok() == Some(false)
    }
}

/// All calls of a conversation in its order, each with its result.
pub fn steps(conversation: &Conversation) -> Vec<Step<'_>> {
    // Results mostly stand behind their call. The others, in messages of their own, answer the last call before them.
    let mut open: HashMap<&str, Vec<usize>> = HashMap::new();
    let mut steps: Vec<Step<'_>> = Vec::new();
    for message in &conversation.messages {
        for (at, part) in message.parts.iter().enumerate() {
            match part {
                Part::ToolCall(call) => {
                    open.entry(&call.call).or_default().push(steps.len());
                    steps.push(Step {
                        place: Place::new(message, at),
                        call,
                        result: None,
                    });
                }
                Part::ToolResult(result) => {
                    let waiting = open.get_mut(&*result.call);
                    let step = waiting.and_then(Vec::pop);
                    if let Some(step) = step.and_then(|at| steps.get_mut(at)) {
                        step.result = Some(result);
                    }
                }
                _ => {}
            }
        }
    }
    steps
}

/// Calls that did what they were asked, as far as anybody knows. One without a result was cut short, unless the log keeps
/// no results at all.
fn done(steps: Vec<Step<'_>>) -> impl Iterator<Item = Step<'_>> {
    let keeps_results = steps.iter().any(|step| step.result.is_some());
    let is_done = move |step: &Step<'_>| match step.result {
        Some(_) => !step.failed(),
        None => !keeps_results,
    };
    steps.into_iter().filter(is_done)
}

/// A tool and how often it was called.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Used {
    /// As logged.
    pub name: CompactString,
    pub kind: ToolKind,
    pub calls: u32,
    pub failed: u32,
    /// Its last call.
    pub last: Place,
}

/// The tools of a conversation, the most used first.
pub fn tools(conversation: &Conversation) -> Vec<Used> {
    let mut by_name: BTreeMap<&str, Used> = BTreeMap::new();
    for step in steps(conversation) {
        let tool = &step.call.tool;
        let used = by_name.entry(&tool.name).or_insert_with(|| Used {
            name: tool.name.clone(),
            kind: tool.kind,
            calls: 0,
            failed: 0,
            last: step.place,
        });
        used.calls += 1;
        used.failed += u32::from(step.failed());
        used.last = step.place;
    }
    let mut all: Vec<Used> = by_name.into_values().collect();
    all.sort_by_key(|used| std::cmp::Reverse(used.calls));
    all
}
