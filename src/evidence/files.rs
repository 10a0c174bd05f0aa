//! The files that an agent read and changed.

use std::collections::HashMap;
use std::path::Path;

use super::net::counts;
use super::{Place, Step, done, path, steps};
use crate::model::{Change, Conversation, Part, ToolKind};
use crate::text::{Clean, Raw, short_dir};

/// What was done to a file.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Did {
    Read,
    /// Changed in places.
    Edited,
    /// Written whole.
    Written,
    Deleted,
}

impl Did {
    pub fn word(self) -> &'static str {
        match self {
            Did::Read => "read",
            Did::Edited => "edited",
            Did::Written => "written",
            Did::Deleted => "deleted",
        }
    }
}

/// One time that a file was read or changed.
#[derive(Clone, PartialEq, Debug)]
pub struct Touch {
    pub place: Place,
    /// As logged.
    pub path: Raw,
    /// The same below the session's directory, without detours.
    pub full: Raw,
    pub did: Did,
    /// Lines added and taken away.
    pub added: usize,
    pub removed: usize,
}

/// A file and all that was done to it.
#[derive(Clone, PartialEq, Debug)]
pub struct Touched {
    /// As it was logged first.
    pub path: Raw,
    /// Below the session's directory, without detours.
    pub full: Raw,
    pub read: u32,
    /// Times it was edited, written or deleted.
    pub written: u32,
    pub added: usize,
    pub removed: usize,
    /// It was deleted and not written again.
    pub is_gone: bool,
    pub first: Place,
    pub last: Place,
}

impl Touched {
    pub fn label(&self) -> Clean {
        Clean::line(self.path.untrusted())
    }

    /// From the directory it lies below, else from home.
    pub fn label_in(&self, dir: Option<&Path>, home: &Path) -> Clean {
        let full = self.full.untrusted();
        match path::below(full, dir) {
            Some(below) => Clean::line(below),
            None => Clean::line(&short_dir(Path::new(full), home)),
        }
    }
}

/// Every time a file was read or changed, in order. What failed did nothing. `dir` is the session's directory.
pub fn touches(conversation: &Conversation, dir: Option<&Path>) -> Vec<Touch> {
    let mut all = Vec::new();
    for message in &conversation.messages {
        for (at, part) in message.parts.iter().enumerate() {
            if let Part::Attachment { path } = part {
                let path = path.to_string_lossy();
                all.push(touch(Place::new(message, at), &path, dir, Did::Read));
            }
        }
    }
    for step in done(steps(conversation)) {
        of_step(&step, dir, &mut all);
    }
    // Stable, so that the edits of one call keep their order.
    all.sort_by_key(|touch| (touch.place.number, touch.place.part));
    all
}

fn touch(place: Place, logged: &str, dir: Option<&Path>, did: Did) -> Touch {
    Touch {
        place,
        path: Raw::from(logged),
        full: Raw::from(path::full(logged, dir)),
        did,
        added: 0,
        removed: 0,
    }
}

fn of_step(step: &Step<'_>, dir: Option<&Path>, all: &mut Vec<Touch>) {
    let call = step.call;
    let mut changed = Vec::new();
    let changes = call.changes(step.result);
    for (edit, change) in call.edits.iter().zip(changes.iter()) {
        let Some(path) = edit.path.as_ref().map(Raw::untrusted) else {
            continue;
        };
        let did = match edit.change {
            Change::Write(_) => Did::Written,
            Change::Delete => Did::Deleted,
            Change::Replace { .. } | Change::Patch(_) => Did::Edited,
        };
        let (added, removed) = counts(change);
        changed.push(path);
        all.push(Touch {
            added,
            removed,
            ..touch(step.place, path, dir, did)
        });
    }
    let target = call.target.as_ref().map(Raw::untrusted);
    let target = target.filter(|target| !target.trim().is_empty());
    match (call.tool.kind, target) {
        (ToolKind::Read, Some(path)) => all.push(touch(step.place, path, dir, Did::Read)),
        // What it changes there is not logged in a form that is known.
        (ToolKind::Edit, Some(path)) if changed.is_empty() && !path.contains('\n') => {
            all.push(touch(step.place, path, dir, Did::Edited));
        }
        _ => {}
    }
}

/// Every file that was read or changed, in the order they were met.
pub fn files(conversation: &Conversation, dir: Option<&Path>) -> Vec<Touched> {
    let mut all: Vec<Touched> = Vec::new();
    let mut known: HashMap<Raw, usize> = HashMap::new();
    for touch in touches(conversation, dir) {
        let at = *known.entry(touch.full.clone()).or_insert(all.len());
        if at == all.len() {
            all.push(Touched {
                path: touch.path,
                full: touch.full,
                read: 0,
                written: 0,
                added: 0,
                removed: 0,
                is_gone: false,
                first: touch.place,
                last: touch.place,
            });
        }
        let Some(file) = all.get_mut(at) else {
            continue;
        };
        match touch.did {
            Did::Read => file.read += 1,
            _ => {
                file.written += 1;
                file.is_gone = touch.did == Did::Deleted;
            }
        }
        file.added += touch.added;
        file.removed += touch.removed;
        file.last = touch.place;
    }
    all
}
