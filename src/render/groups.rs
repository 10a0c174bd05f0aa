//! Quiet calls in a row, which stand as one line: success is silent, and the page is for what is said and changed.

use std::sync::Arc;

use compact_str::CompactString;

use super::blocks::result_of;
use super::tool::failed;
use crate::evidence;
use crate::model::{Message, Part, ToolCall, ToolKind, ToolResult};

/// Fewer calls are told one by one.
const LEAST: usize = 3;
/// Names of tools that are told; the others are counted together.
const NAMES: usize = 4;

/// A part by the place of its message and its own.
pub type Place = (usize, usize);

/// Calls of one turn with nothing said between them.
#[derive(Clone, PartialEq, Debug)]
pub struct Group {
    pub first: Place,
    pub last: Place,
    calls: usize,
    tools: Vec<Called>,
    thoughts: usize,
}

/// A tool, how often it was called, and on what: programs that it ran, files that it read, others by their names.
#[derive(Clone, PartialEq, Debug)]
struct Called {
    name: CompactString,
    times: usize,
    on: Vec<String>,
}

impl Called {
    /// `Bash 3 (cp, git commit, git push)`
    fn told(&self) -> String {
        let mut told = format!("{} {}", self.name, self.times);
        if !self.on.is_empty() {
            let on = self.on.iter().take(ON).cloned().collect::<Vec<_>>();
            let more = if self.on.len() > ON { ", .." } else { "" };
            told.push_str(&format!(" ({}{more})", on.join(", ")));
        }
        told
    }
}

/// So many programs or files are named.
const ON: usize = 4;
/// A longer name tells less than it hides.
const LONGEST: usize = 32;
/// Their first argument tells what they do.
const OF_MANY: [&str; 14] = [
    "git",
    "gh",
    "cargo",
    "npm",
    "pnpm",
    "yarn",
    "bun",
    "go",
    "uv",
    "pip",
    "docker",
    "kubectl",
    "brew",
    "systemctl",
];

/// The program that a command runs first, behind the step into a directory and what is set for it.
fn program(command: &str) -> Option<String> {
    let mut steps = evidence::first_step(command).split("&&").map(str::trim);
    let step = steps.find(|step| !step.starts_with("cd "))?;
    let is_set = |word: &&str| word.split_once('=').is_some_and(|(name, _)| is_name(name));
    let mut words = step.split_whitespace().skip_while(is_set);
    let first = words.next()?;
    let name = first.rsplit('/').next().filter(|name| is_name(name))?;
    let what = words
        .next()
        .filter(|word| OF_MANY.contains(&name) && is_name(word));
    Some(match what {
        Some(what) if !what.starts_with('-') => format!("{name} {what}"),
        _ => name.to_owned(),
    })
}

/// What a call is on, by a name alone.
fn named(call: &ToolCall) -> Option<String> {
    let target = call.target.as_ref()?.untrusted();
    if call.tool.kind == ToolKind::Shell {
        return program(target);
    }
    let name = target.trim_end_matches('/').rsplit('/').next();
    name.filter(|name| is_name(name)).map(str::to_owned)
}

fn is_name(word: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || "._+-".contains(c);
    (1..=LONGEST).contains(&word.len()) && word.chars().all(fits)
}

impl Group {
    fn new(place: Place) -> Group {
        Group {
            first: place,
            last: place,
            calls: 0,
            tools: Vec::new(),
            thoughts: 0,
        }
    }

    fn add(&mut self, place: Place, call: &ToolCall) {
        self.last = place;
        self.calls += 1;
        let name = &call.tool.name;
        let known = self.tools.iter().position(|tool| tool.name == *name);
        if known.is_none() {
            self.tools.push(Called {
                name: name.clone(),
                times: 0,
                on: Vec::new(),
            });
        }
        let at = known.unwrap_or(self.tools.len() - 1);
        let Some(tool) = self.tools.get_mut(at) else {
            return;
        };
        tool.times += 1;
        let on = named(call).filter(|on| !tool.on.contains(on));
        tool.on.extend(on);
    }

    pub fn holds(&self, place: Place) -> bool {
        (self.first..=self.last).contains(&place)
    }

    /// `5 tool calls: Read 3 (mod.rs, lib.rs), Bash 2 (git log)`
    pub fn face(&self) -> String {
        let mut tools: Vec<&Called> = self.tools.iter().collect();
        // Of equal ones the first called.
        tools.sort_by_key(|tool| std::cmp::Reverse(tool.times));
        let others: usize = tools.iter().skip(NAMES).map(|tool| tool.times).sum();
        let mut told: Vec<String> = tools.iter().take(NAMES).map(|tool| tool.told()).collect();
        if others > 0 {
            told.push(format!("others {others}"));
        }
        let mut face = format!("{} tool calls: {}", self.calls, told.join(", "));
        match self.thoughts {
            0 => {}
            1 => face.push_str("; thinking"),
            n => face.push_str(&format!("; thinking {n}")),
        }
        face
    }
}

/// Whether nobody needs to look at a call: it went well, and changed and started nothing.
fn is_quiet(call: &ToolCall, result: Option<&ToolResult>) -> bool {
    let loud = matches!(
        call.tool.kind,
        ToolKind::Edit | ToolKind::Task | ToolKind::Plan
    );
    let child = call.child.is_some() || result.is_some_and(|result| result.child.is_some());
    !loud && !child && call.edits.is_empty() && result.is_some_and(|result| !failed(result))
}

/// The groups of a conversation, in order. `goes_on` tells whether a message is of the turn of the one before it;
/// thinking that is shown stands between calls.
pub fn groups(
    messages: &[Arc<Message>],
    goes_on: impl Fn(&Message, &Message) -> bool,
    shows_thinking: bool,
) -> Vec<Group> {
    let mut groups = Vec::new();
    let mut open: Option<Group> = None;
    let mut thoughts = 0;
    let mut before: Option<&Message> = None;
    let close = |open: &mut Option<Group>, groups: &mut Vec<Group>| {
        groups.extend(open.take().filter(|group| group.calls >= LEAST));
    };
    for (block, message) in messages.iter().enumerate() {
        if before.is_some_and(|before| !goes_on(before, message)) {
            close(&mut open, &mut groups);
        }
        before = Some(message);
        for (n, part) in message.parts.iter().enumerate() {
            match part {
                Part::ToolCall(call) if is_quiet(call, result_of(message, n)) => {
                    let group = open.get_or_insert_with(|| {
                        thoughts = 0;
                        Group::new((block, n))
                    });
                    group.thoughts += std::mem::take(&mut thoughts);
                    group.add((block, n), call);
                }
                Part::ToolResult(_) if n > 0 && result_of(message, n - 1).is_some() => {}
                Part::Thinking(_) if !shows_thinking => thoughts += 1,
                Part::Text(text) if text.untrusted().trim().is_empty() => {}
                _ => close(&mut open, &mut groups),
            }
        }
    }
    close(&mut open, &mut groups);
    groups
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Role;
    use crate::sources::tools;

    fn call(name: &str, output: &str, good: bool) -> [Part; 2] {
        let mut result = ToolResult::new(name, output);
        result.ok = Some(good);
        [
            Part::ToolCall(Box::new(tools::call(name, name, r#"{"file_path":"x"}"#))),
            Part::ToolResult(Box::new(result)),
        ]
    }

    fn message(role: Role, parts: impl IntoIterator<Item = Part>) -> Arc<Message> {
        let mut message = Message::new(1, role, None);
        message.parts = parts.into_iter().collect();
        Arc::new(message)
    }

    fn faces(messages: &[Arc<Message>]) -> Vec<(Place, Place, String)> {
        let same = |a: &Message, b: &Message| a.role == b.role;
        let groups = groups(messages, same, false);
        groups.iter().map(|g| (g.first, g.last, g.face())).collect()
    }

    /// UX 7: consecutive tool-only messages group as "5 tool calls: Read 3, Bash 2".
    #[test]
    fn quiet_calls_in_a_row_are_one_line() {
        let say = |text: &str| [Part::Text(text.into())];
        let quiet = |name| message(Role::Assistant, call(name, "fine", true));
        let mut messages = vec![message(Role::User, say("go")), quiet("Bash"), quiet("Read")];
        messages.push(message(Role::Assistant, [Part::Thinking(None)]));
        messages.extend([quiet("Read"), quiet("Bash"), quiet("Read")]);
        messages.push(message(Role::Assistant, say("done")));
        let want = "5 tool calls: Read 3 (x), Bash 2 (x); thinking".to_owned();
        assert_eq!(faces(&messages), [((1, 0), (6, 0), want)]);
    }

    /// What was run is what one looks for.
    #[test]
    fn a_group_names_what_it_ran() {
        let ran = |command: &str| {
            let input = serde_json::json!({ "command": command }).to_string();
            let mut parts = call("Bash", "fine", true);
            parts[0] = Part::ToolCall(Box::new(tools::call("Bash", "Bash", &input)));
            message(Role::Assistant, parts)
        };
        let face = |commands: &[&str]| {
            let messages: Vec<_> = commands.iter().map(|command| ran(command)).collect();
            faces(&messages)[0].2.clone()
        };
        assert_eq!(
            face(&[
                "cp a b",
                "cd /x && git commit -m y",
                "git push",
                "git push -f"
            ]),
            "4 tool calls: Bash 4 (cp, git commit, git push)"
        );
        assert_eq!(
            face(&[
                "A=1 /usr/bin/make",
                "\u{1b}[31m",
                "git -C x log",
                "ls",
                "wc",
                "pwd"
            ]),
            "6 tool calls: Bash 6 (make, git, ls, wc, ..)"
        );
    }

    #[test]
    fn what_failed_or_changed_something_stands_by_itself() {
        let quiet = |name| message(Role::Assistant, call(name, "fine", true));
        let bad = message(Role::Assistant, call("Bash", "no such file", false));
        let edit = message(Role::Assistant, call("Edit", "ok", true));
        let row = [quiet("Read"), quiet("Grep"), quiet("Read")];
        let mut messages = row.to_vec();
        messages.push(bad);
        messages.extend(row.clone());
        messages.push(edit);
        messages.extend([quiet("Read"), quiet("Read")]);
        let places: Vec<_> = faces(&messages)
            .into_iter()
            .map(|(a, b, _)| (a, b))
            .collect();
        assert_eq!(places, [((0, 0), (2, 0)), ((4, 0), (6, 0))]);
        // A call without its answer still runs.
        let open = message(Role::Assistant, call("Read", "", true).into_iter().take(1));
        assert!(faces(&[open.clone(), open.clone(), open]).is_empty());
    }
}
