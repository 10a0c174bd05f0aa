//! What a session changed: for each file one difference between what it was before and what the session left, made from
//! its edits. Those that failed do not count.
//!
//! The text of a file is known where the session wrote or read all of it. Elsewhere only stretches are known: the lines
//! that were shown, the context of a patch, the text that an edit replaced. Edits are joined where one stands in what
//! another one left; what cannot be joined stands apart and is counted, never guessed.

use std::collections::HashMap;
use std::path::Path;

use serde_json::Value;

use super::{Place, Step, done, path, steps};
use crate::model::{Change, Conversation, Edit, ToolCall, ToolResult};
use crate::text::{Clean, Raw};

mod lines;
mod patch;
mod sections;
mod seen;
mod sheet;
#[cfg(test)]
mod tests;

pub use lines::counts;
use patch::Fate;
use sheet::{Known, Sheet, Stretch};

/// What is known of a file at one moment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum State {
    /// There is no such file.
    Absent,
    Text(Raw),
    /// The log does not hold all of it.
    Unknown,
}

/// A change of which it is not known where in the file it stands.
#[derive(Clone, PartialEq, Debug)]
pub struct Apart {
    pub old: Raw,
    pub new: Raw,
    /// It begins and ends with whole lines, so that it can stand in a patch.
    pub is_lines: bool,
    /// The edits that made it.
    pub edits: Vec<Place>,
}

/// All that a session changed in a file.
#[derive(Clone, PartialEq, Debug)]
pub struct FileChange {
    /// As it was logged first.
    pub path: Raw,
    /// Below the session's directory, without detours.
    pub full: Raw,
    /// From the session's directory on; absent where it does not lie there.
    pub below: Option<Raw>,
    /// Before its first edit.
    pub before: State,
    /// After its last one.
    pub after: State,
    /// What is not part of the difference between these two.
    pub apart: Vec<Apart>,
    /// Edits that could not be joined with the others.
    pub unjoined: u32,
    /// Times it was seen to be another than the edits made it: what changed it then is part of the difference.
    pub outside: u32,
    /// Every edit, in order.
    pub edits: Vec<Place>,
    /// Lines added and taken away in all.
    pub added: usize,
    pub removed: usize,
}

impl FileChange {
    pub fn label(&self) -> Clean {
        Clean::line(self.path.untrusted())
    }

    /// Whether its patch holds all that the session changed there and can be applied to what was there before.
    pub fn applies(&self) -> bool {
        if self.below.is_none() || self.unjoined > 0 {
            return false;
        }
        match (&self.before, &self.after) {
            // What is taken away must be known.
            (State::Unknown, State::Absent) => false,
            (_, State::Unknown) => self.apart.iter().all(Apart::applies),
            _ => self.apart.is_empty(),
        }
    }

    /// Nobody said what it held before it was written whole: its patch takes it as new.
    pub fn is_taken_as_new(&self) -> bool {
        self.before == State::Unknown && matches!(self.after, State::Text(_))
    }

    /// The difference as lines with signs under headings; what stands apart has headings without numbers.
    pub fn diff(&self) -> Raw {
        let mut out = self.sections();
        for apart in &self.apart {
            out.push_str("@@\n");
            let numbered = patch::sections(apart.old.untrusted(), apart.new.untrusted(), 1);
            for line in numbered.split_inclusive('\n') {
                // The end of a stretch is not the end of the file.
                if !line.starts_with("@@ -") && !line.starts_with('\\') {
                    out.push_str(line);
                }
            }
        }
        Raw::from(out)
    }

    /// The same as an edit, to be shown like one.
    pub fn as_edit(&self) -> Edit {
        Edit {
            path: Some(self.path.clone()),
            change: Change::Patch(self.diff()),
        }
    }

    /// How it can be trusted, in words; absent where there is nothing to say.
    pub fn note(&self) -> Option<String> {
        let mut notes = Vec::new();
        let many = |n: u32, one: &str, more: &str| match n {
            1 => format!("1 {one}"),
            n => format!("{n} {more}"),
        };
        if self.unjoined > 0 {
            notes.push(format!(
                "{} could not be joined",
                many(self.unjoined, "edit", "edits")
            ));
        }
        if self.after == State::Unknown {
            notes.push("the session never saw the whole file".to_owned());
        }
        if self.is_taken_as_new() {
            notes.push("nobody said what it held before".to_owned());
        }
        if self.outside > 0 {
            let times = many(self.outside, "time", "times");
            notes.push(format!(
                "changed {times} by something else, which is shown too"
            ));
        }
        (!notes.is_empty()).then(|| notes.join("; "))
    }

    fn sections(&self) -> String {
        let text = |state: &State| match state {
            State::Text(text) => Some(text.untrusted().to_owned()),
            State::Absent => Some(String::new()),
            State::Unknown => None,
        };
        match (text(&self.before), text(&self.after)) {
            (Some(before), Some(after)) => patch::sections(&before, &after, 1),
            (None, Some(after)) => patch::sections("", &after, 1),
            (_, None) => String::new(),
        }
    }

    /// In the end the file is what it was.
    fn is_nothing(&self) -> bool {
        let is_known = self.before != State::Unknown || self.after == State::Unknown;
        is_known && self.before == self.after && self.apart.is_empty() && self.unjoined == 0
    }

    /// Its part of a patch.
    fn patch(&self) -> Option<String> {
        let below = self.below.as_ref().filter(|_| self.applies())?;
        let fate = match (&self.before, &self.after) {
            (State::Absent, State::Absent) => return None,
            (State::Absent | State::Unknown, State::Text(_)) => Fate::New,
            (_, State::Absent) => Fate::Deleted,
            _ => Fate::Changed,
        };
        let mut sections = self.sections();
        for apart in &self.apart {
            // A heading must name some line; git looks around it for the lines themselves.
            sections.push_str(&patch::sections(
                apart.old.untrusted(),
                apart.new.untrusted(),
                2,
            ));
        }
        if sections.is_empty() && fate == Fate::Changed {
            return None;
        }
        Some(patch::head(below.untrusted(), fate, !sections.is_empty()) + &sections)
    }
}

impl Apart {
    /// Whether git finds its place by its lines alone: a section without lines behind its last change must end the file.
    fn applies(&self) -> bool {
        let lines = lines::compare(self.old.untrusted(), self.new.untrusted());
        let ends = lines.last().is_some_and(|(sign, _)| *sign == ' ');
        let begins = lines.first().is_some_and(|(sign, _)| *sign == ' ');
        self.is_lines && begins && ends
    }
}

/// All that a session changed, file by file, in the order they were changed first. `dir` is the session's directory.
pub fn changes(conversation: &Conversation, dir: Option<&Path>) -> Vec<FileChange> {
    let mut open: Vec<Open> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    for step in done(steps(conversation)) {
        let target = step.call.target.as_ref().map(Raw::untrusted);
        for (n, edit) in step.call.edits.iter().enumerate() {
            let logged = edit.path.as_ref().map(Raw::untrusted).or(target);
            let Some(logged) = logged else { continue };
            let at = file(logged, dir, &mut open, &mut known);
            if let Some(file) = open.get_mut(at) {
                file.edits.push(step.place);
                apply(&mut file.sheet, &step, edit, n);
            }
        }
        let (Some(result), Some(logged)) = (step.result, target) else {
            continue;
        };
        let seen = match step.call.edits.len() {
            0 => seen::of_read(step.call, result),
            1 => seen::of_edit(result),
            _ => None,
        };
        if let Some(seen) = seen {
            let at = file(logged, dir, &mut open, &mut known);
            if let Some(file) = open.get_mut(at) {
                file.sheet.see(&seen);
            }
        }
    }
    let changed = open.into_iter().filter(|file| !file.edits.is_empty());
    changed.map(Open::done).collect()
}

/// The whole as a patch that `git apply` reads in the session's directory. What cannot stand in it is named above it.
pub fn patch(conversation: &Conversation, dir: Option<&Path>) -> Raw {
    let (mut out, mut notes) = (String::new(), String::new());
    for change in changes(conversation, dir) {
        // A line feed in a path would end the remark.
        let name = Clean::line(change.path.untrusted());
        match change.patch() {
            Some(patch) => {
                out.push_str(&patch);
                if let Some(note) = change.note() {
                    notes.push_str(&format!("# {name}: {note}\n"));
                }
            }
            None if !change.is_nothing() => {
                let why = match (change.note(), &change.below) {
                    (_, None) => "it lies outside of the session's directory".to_owned(),
                    (Some(note), _) => note,
                    (None, _) => "its lines are not known".to_owned(),
                };
                notes.push_str(&format!("# left out: {name}: {why}\n"));
            }
            None => {}
        }
    }
    Raw::from(notes + &out)
}

struct Open {
    path: Raw,
    full: String,
    below: Option<Raw>,
    sheet: Sheet,
    edits: Vec<Place>,
}

fn file(
    logged: &str,
    dir: Option<&Path>,
    open: &mut Vec<Open>,
    known: &mut HashMap<String, usize>,
) -> usize {
    let full = path::full(logged, dir);
    *known.entry(full.clone()).or_insert_with(|| {
        let is_relative = !full.starts_with(['/', '~']) && !full.contains(':');
        let below = match path::below(&full, dir) {
            Some(below) => Some(Raw::from(below)),
            // Where nobody knows the directory, a path from it on is as good.
            None if is_relative && !full.starts_with("..") => Some(Raw::from(full.as_str())),
            None => None,
        };
        open.push(Open {
            path: Raw::from(logged),
            below,
            full,
            sheet: Sheet::default(),
            edits: Vec::new(),
        });
        open.len() - 1
    })
}

fn apply(sheet: &mut Sheet, step: &Step<'_>, edit: &Edit, n: usize) {
    match &edit.change {
        Change::Write(text) => sheet.write(text.untrusted(), is_new(step.call, step.result)),
        Change::Delete => sheet.delete(),
        Change::Patch(patch) => sheet.patch(patch.untrusted(), step.place),
        Change::Replace { old, new } => {
            let all = replaces_all(step.call, n);
            sheet.replace(old.untrusted(), new.untrusted(), all, step.place);
        }
    }
}

/// Whether a file that was written whole was there before, where the tool or its answer says so.
fn is_new(call: &ToolCall, result: Option<&ToolResult>) -> Option<bool> {
    let answer = result.map_or("", |result| result.output.untrusted());
    let head = crate::text::floor_boundary(answer, 200).to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| head.contains(word));
    if says(&["created", "new file"]) {
        return Some(true);
    }
    if says(&["updated", "overwr", "modified"]) {
        return Some(false);
    }
    let is_added = call.input.untrusted().contains("*** Add File: ");
    (is_added || call.tool.name.to_lowercase().starts_with("create")).then_some(true)
}

/// Whether the nth edit of a call is for every place that has its text.
fn replaces_all(call: &ToolCall, n: usize) -> bool {
    let Ok(given) = serde_json::from_str::<Value>(call.input.untrusted()) else {
        return false;
    };
    let says = |value: &Value| {
        ["replace_all", "replaceAll", "allow_multiple"]
            .iter()
            .any(|key| value.get(key).and_then(Value::as_bool) == Some(true))
    };
    says(&given)
        || given
            .get("edits")
            .and_then(|edits| edits.get(n))
            .is_some_and(says)
}

impl Open {
    fn done(self) -> FileChange {
        let Sheet {
            before,
            now,
            stretches,
            unplaced,
            outside,
        } = self.sheet;
        let state = |known: Known| match known {
            Known::Nothing => State::Unknown,
            Known::Absent => State::Absent,
            Known::Text(text) => State::Text(Raw::from(text)),
        };
        let apart: Vec<Apart> = stretches
            .into_iter()
            .filter(|stretch| stretch.old != stretch.new)
            .map(
                |Stretch {
                     old,
                     new,
                     is_lines,
                     edits,
                 }| Apart {
                    old: Raw::from(old),
                    new: Raw::from(new),
                    is_lines,
                    edits,
                },
            )
            .collect();
        let after = state(now);
        // Where no whole is known, stretches are all there is.
        let lost = match after {
            State::Unknown => 0,
            _ => apart.iter().map(|apart| apart.edits.len()).sum(),
        };
        let mut change = FileChange {
            path: self.path,
            full: Raw::from(self.full),
            below: self.below,
            before: state(before),
            after,
            unjoined: u32::try_from(lost + unplaced.len()).unwrap_or(u32::MAX),
            apart,
            outside,
            edits: self.edits,
            added: 0,
            removed: 0,
        };
        (change.added, change.removed) = counts(&change.as_edit());
        change
    }
}
