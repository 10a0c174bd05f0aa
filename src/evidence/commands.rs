//! The commands that an agent ran.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use serde_json::Value;

use super::{Place, path, steps};
use crate::model::{Conversation, ToolCall, ToolKind};
use crate::text::{Clean, Raw};

/// A command that was run.
#[derive(Clone, PartialEq, Debug)]
pub struct Command {
    pub place: Place,
    /// As it was given to the shell, with all its lines.
    pub command: Raw,
    /// Absent where the log has none.
    pub exit: Option<i32>,
    pub took: Option<Duration>,
    /// Absent while it runs, and where the log does not say.
    pub ok: Option<bool>,
}

impl Command {
    /// Its first line that does something, for a list.
    pub fn label(&self) -> Clean {
        Clean::line(first_step(self.command.untrusted()))
    }

    /// The same in a list of what was run in a directory: going there first needs no saying, and going below it is said
    /// from there.
    pub fn label_in(&self, dir: Option<&Path>) -> Clean {
        let inside = inside(self.command.untrusted().trim_start(), dir);
        Clean::line(first_step(&inside))
    }
}

/// The first line of a script that does something: behind its notes, and behind where it goes first.
pub fn first_step(script: &str) -> &str {
    let is_still = |line: &str| {
        let goes = line.strip_prefix("cd ");
        line.starts_with('#')
            || line.starts_with("set -")
            || goes.is_some_and(|to| !to.contains(['&', ';', '|']))
    };
    let mut lines = script.lines().map(str::trim).filter(|l| !l.is_empty());
    let first = lines.clone().next().unwrap_or_default();
    lines.find(|line| !is_still(line)).unwrap_or(first)
}

/// A command without the step into the directory that it is run in anyway.
pub fn inside<'c>(command: &'c str, dir: Option<&Path>) -> Cow<'c, str> {
    let found = stepped(command).and_then(|(to, rest)| {
        let to = path::full(to, dir);
        let own = path::full(&dir?.to_string_lossy(), None);
        match path::below(&to, dir) {
            Some(below) => Some(Cow::Owned(format!("cd {below} && {rest}"))),
            None => (to == own).then_some(Cow::Borrowed(rest)),
        }
    });
    found.unwrap_or(Cow::Borrowed(command))
}

/// Where a command goes first, and what it does there.
fn stepped(command: &str) -> Option<(&str, &str)> {
    let rest = command.strip_prefix("cd ")?.trim_start();
    let quote = rest.chars().next().filter(|c| ['"', '\''].contains(c));
    let (to, rest) = match quote {
        Some(quote) => rest.get(1..)?.split_once(quote)?,
        None => rest.split_at_checked(rest.find([' ', ';', '&', '\n'])?)?,
    };
    let rest = rest.trim_start();
    let rest = rest.strip_prefix("&&").or_else(|| rest.strip_prefix(';'))?;
    let rest = rest.trim_start();
    // What lies nowhere by itself, or needs its quotes, is left as it was typed.
    let is_plain = to.starts_with('/') && !to.contains(char::is_whitespace);
    (is_plain && !rest.is_empty()).then_some((to, rest))
}

/// All commands, in the order they were run.
pub fn commands(conversation: &Conversation) -> Vec<Command> {
    let steps = steps(conversation).into_iter();
    let ran = steps.filter(|step| step.call.tool.kind == ToolKind::Shell);
    ran.filter_map(|step| {
        let command = command(step.call)?;
        Some(Command {
            place: step.place,
            command,
            exit: step.result.and_then(|result| result.exit),
            took: step.result.and_then(|result| result.took),
            ok: step.ok(),
        })
    })
    .collect()
}

/// What a call gives to the shell. Some calls of such tools only look at a command that runs, end it, or type into it.
fn command(call: &ToolCall) -> Option<Raw> {
    let target = call.target.clone().filter(|target| !target.is_empty())?;
    let Ok(Value::Object(given)) = serde_json::from_str(call.input.untrusted()) else {
        // Free text is the command itself.
        let text = serde_json::from_str::<String>(call.input.untrusted());
        return Some(text.map_or(target, Raw::from));
    };
    let runs = |key: &str| given.get(key).is_some_and(|value| !value.is_null());
    let is_command = ["command", "cmd", "script", "code"]
        .iter()
        .any(|key| runs(key));
    let is_other = ["bash_id", "shell_id", "chars", "session_id", "task_id"];
    (is_command || !is_other.iter().any(|key| runs(key))).then_some(target)
}

/// Commands as a script, each under the number of its message.
pub fn script(commands: &[Command]) -> Raw {
    let mut out = String::from("#!/bin/sh\n");
    for command in commands {
        // Writing to a string cannot fail.
        let _ = write!(out, "\n# message {}", command.place.number);
        match (command.exit, command.ok) {
            (Some(code), _) if code != 0 => {
                let _ = write!(out, ", exit {code}");
            }
            (_, Some(false)) => out.push_str(", failed"),
            _ => {}
        }
        out.push('\n');
        out.push_str(command.command.untrusted().trim_end_matches('\n'));
        out.push('\n');
    }
    Raw::from(out)
}
