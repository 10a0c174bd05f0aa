//! What went wrong in a conversation: tools that failed, turns that were cut off, requests that were refused.

use std::path::Path;

use compact_str::CompactString;

use super::{Place, path, steps, telling};
use crate::model::{Conversation, Lane, NoticeKind, Part, Role};
use crate::text::{Clean, Raw, floor_boundary};

/// More bytes of what was said about it are not kept.
const SAID: usize = 400;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FailureKind {
    /// A tool failed, or a command ended with another code than 0.
    Tool,
    /// A turn was cut off.
    Interrupted,
    /// The service or the agent's program had an error.
    Error,
}

impl FailureKind {
    pub fn word(self) -> &'static str {
        match self {
            FailureKind::Tool => "tool",
            FailureKind::Interrupted => "interrupted",
            FailureKind::Error => "error",
        }
    }
}

/// Something that went wrong.
#[derive(Clone, PartialEq, Debug)]
pub struct Failure {
    /// Of the call, where a tool failed.
    pub place: Place,
    pub kind: FailureKind,
    /// The tool's name as logged.
    pub tool: Option<CompactString>,
    /// What the call was about; of a turn that was cut off, the prompt it began with.
    pub target: Option<Raw>,
    pub exit: Option<i32>,
    /// The start of what was said about it.
    pub said: Raw,
    /// The line of it that tells why, where one does.
    pub tells: Option<Raw>,
}

impl Failure {
    /// What failed and why, in a line.
    pub fn label(&self) -> Clean {
        self.label_in(None)
    }

    /// The same in a list of what went on in a directory: what lies below it is named from there.
    pub fn label_in(&self, dir: Option<&Path>) -> Clean {
        let line = |text: &str| {
            let lines = text.lines();
            let first = lines.map(str::trim).find(|line| !line.is_empty());
            Clean::line(first.unwrap_or_default())
        };
        let what = match &self.target {
            Some(target) => {
                let target = target.untrusted().trim_start();
                let below = path::below(target, dir).unwrap_or(target);
                line(&super::commands::inside(below, dir))
            }
            None => Clean::line(self.tool.as_deref().unwrap_or_default()),
        };
        let why = line(self.tells.as_ref().unwrap_or(&self.said).untrusted());
        match (what.is_empty(), why.is_empty()) {
            (true, _) => why,
            (false, true) => what,
            // All of these say the same.
            (false, false) if self.kind == FailureKind::Interrupted => {
                Clean::join([&why, &Clean::from(": "), &what])
            }
            (false, false) => Clean::join([&what, &Clean::from(": "), &why]),
        }
    }
}

/// Everything that went wrong, in order.
pub fn failures(conversation: &Conversation) -> Vec<Failure> {
    let failed = steps(conversation).into_iter().filter(|step| step.failed());
    let mut all: Vec<Failure> = failed
        .map(|step| {
            let output = step.result.map_or("", |result| result.output.untrusted());
            Failure {
                place: step.place,
                kind: FailureKind::Tool,
                tool: Some(step.call.tool.name.clone()),
                target: step.call.target.clone(),
                exit: step.result.and_then(|result| result.exit),
                said: start(output),
                tells: why(output),
            }
        })
        .collect();
    let mut prompt = None;
    for message in &conversation.messages {
        if message.role == Role::User && message.lane == Lane::Main {
            let mut parts = message.parts.iter();
            prompt = parts.find_map(|part| match part {
                Part::Text(text) => Some(start(text.untrusted())),
                _ => None,
            });
        }
        for (at, part) in message.parts.iter().enumerate() {
            let Part::Notice { kind, text } = part else {
                continue;
            };
            let kind = match kind {
                NoticeKind::Interrupted => FailureKind::Interrupted,
                NoticeKind::Error => FailureKind::Error,
                _ => continue,
            };
            all.push(Failure {
                place: Place::new(message, at),
                kind,
                tool: None,
                target: prompt.clone().filter(|_| kind == FailureKind::Interrupted),
                exit: None,
                said: start(text.untrusted()),
                tells: None,
            });
        }
    }
    all.sort_by_key(|failure| (failure.place.number, failure.place.part));
    all
}

/// The first line of a failed call's output that tells why.
fn why(output: &str) -> Option<Raw> {
    let told = telling::lines(output)?
        .into_iter()
        .find(|line| line.tells)?;
    output.get(told.start..told.end).map(start)
}

fn start(text: &str) -> Raw {
    Raw::from(floor_boundary(text.trim_start(), SAID))
}
