//! A file as a session saw it: all of it, or stretches of it, as they were before and as they are now.

use super::sections::{Section, sections};
use super::seen::Seen;
use crate::evidence::Place;

/// Shorter texts stand in many places of a file: that one of them holds another says nothing.
const TELLING: usize = 20;

/// What is known of a file's text.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub enum Known {
    #[default]
    Nothing,
    /// There is no such file.
    Absent,
    Text(String),
}

/// Some of a file, where the whole is not known.
#[derive(Clone, PartialEq, Debug)]
pub struct Stretch {
    pub old: String,
    pub new: String,
    /// It begins and ends with whole lines.
    pub is_lines: bool,
    /// The edits that made it what it is.
    pub edits: Vec<Place>,
}

/// A file on its way through a session.
#[derive(Clone, PartialEq, Default, Debug)]
pub struct Sheet {
    pub before: Known,
    pub now: Known,
    /// Where all is known: edits that nobody can place in it.
    pub stretches: Vec<Stretch>,
    /// Edits whose every place is not known.
    pub unplaced: Vec<Place>,
    /// Times it was seen to be another than the edits made it.
    pub outside: u32,
}

/// How often a text stands in another, up to twice.
fn places(text: &str, part: &str) -> usize {
    match part.is_empty() {
        true => 0,
        false => text.match_indices(part).take(2).count(),
    }
}

impl Sheet {
    /// All of it is written anew. `is_new` where somebody said whether it was there before.
    pub fn write(&mut self, text: &str, is_new: Option<bool>) {
        if self.now == Known::Nothing && is_new == Some(true) && self.stretches.is_empty() {
            self.before = Known::Absent;
        }
        self.now = Known::Text(text.to_owned());
        // What was changed before is gone with the rest.
        self.stretches.clear();
        self.unplaced.clear();
    }

    pub fn delete(&mut self) {
        self.now = Known::Absent;
        self.stretches.clear();
        self.unplaced.clear();
    }

    /// One text for another: the only one of its kind, or all of them.
    pub fn replace(&mut self, old: &str, new: &str, all: bool, place: Place) {
        if old.is_empty() {
            // A file is made by putting something in the place of nothing.
            match &self.now {
                Known::Text(text) if !text.is_empty() => self.stand_apart(old, new, false, place),
                _ => self.write(new, Some(true)),
            }
            return;
        }
        match &mut self.now {
            Known::Text(text) => match places(text, old) {
                1 => *text = text.replacen(old, new, 1),
                2 if all => *text = text.replace(old, new),
                _ => self.stand_apart(old, new, false, place),
            },
            Known::Absent => self.stand_apart(old, new, false, place),
            Known::Nothing if all => self.replace_all_known(old, new, place),
            Known::Nothing => self.join(old, new, false, place),
        }
    }

    /// Lines marked as taken away, added and kept.
    pub fn patch(&mut self, patch: &str, place: Place) {
        // One section stands behind the other.
        let mut from = 0;
        let mut moved = 0;
        for section in sections(patch) {
            let found = match &self.now {
                Known::Text(text) => find_lines(text, &section, from, moved),
                _ => None,
            };
            match (&mut self.now, found) {
                (Known::Text(text), Some(at)) => {
                    let (now, end) = put(text, &section, at);
                    *text = now;
                    from = end;
                    let lines = |text: &str| text.lines().count() as isize;
                    moved += lines(&section.new) - lines(&section.old);
                }
                (Known::Nothing, _) => self.join(&section.old, &section.new, true, place),
                _ => self.stand_apart(&section.old, &section.new, true, place),
            }
        }
    }

    /// Some of it, or all, was shown.
    pub fn see(&mut self, seen: &Seen) {
        match (&self.now, seen.is_whole) {
            (Known::Nothing, true) => {
                let mut before = seen.text.clone();
                // The last edit is taken back first.
                for stretch in std::mem::take(&mut self.stretches).into_iter().rev() {
                    if places(&before, &stretch.new) == 1 {
                        before = before.replacen(&stretch.new, &stretch.old, 1);
                    } else if stretch.old != stretch.new {
                        self.stretches.push(stretch);
                    }
                }
                self.stretches.reverse();
                self.before = Known::Text(before);
                self.now = Known::Text(seen.text.clone());
            }
            (Known::Text(text), true) => {
                let plain = |text: &str| text.strip_suffix('\n').unwrap_or(text).to_owned();
                if plain(text) != plain(&seen.text) {
                    self.outside += 1;
                    self.now = Known::Text(seen.text.clone());
                    // Whatever they did is in what was seen.
                    self.stretches.clear();
                    self.unplaced.clear();
                }
            }
            (Known::Absent, true) => {
                self.outside += 1;
                self.now = Known::Text(seen.text.clone());
            }
            (Known::Nothing, false) => self.see_some(&seen.text),
            (_, false) => {}
        }
    }

    /// Whole lines of a file that is not known whole, so that an edit within them has its lines.
    fn see_some(&mut self, text: &str) {
        let mut seen = match text.ends_with('\n') {
            true => text.to_owned(),
            false => format!("{text}\n"),
        };
        if self.stretches.iter().any(|s| places(&s.new, &seen) > 0) {
            return;
        }
        let mut old = seen.clone();
        let mut edits = Vec::new();
        self.stretches.retain(|stretch| {
            let is_telling = stretch.new.trim().len() >= TELLING;
            let is_inside =
                is_telling && places(&seen, &stretch.new) == 1 && places(&old, &stretch.new) == 1;
            if is_inside {
                old = old.replacen(&stretch.new, &stretch.old, 1);
                edits.extend(&stretch.edits);
            }
            // One that nothing changed is of no use where it meets what was seen later.
            let is_idle = stretch.old == stretch.new && shares_lines(&stretch.new, &seen);
            !is_inside && !is_idle
        });
        // What overlaps a change in part is left to that.
        if self
            .stretches
            .iter()
            .any(|s| s.old != s.new && shares_lines(&s.new, &seen))
            && edits.is_empty()
        {
            return;
        }
        self.stretches.push(Stretch {
            old,
            new: std::mem::take(&mut seen),
            is_lines: true,
            edits,
        });
    }

    /// Puts an edit into what is known of the file, or what is known into the edit.
    fn join(&mut self, old: &str, new: &str, is_lines: bool, place: Place) {
        // An edit names a text that stands once in the file, so it can only be this one.
        let holder = |s: &&mut Stretch| places(&s.new, old) == 1;
        if let Some(stretch) = self.stretches.iter_mut().rev().find(holder) {
            stretch.new = stretch.new.replacen(old, new, 1);
            stretch.edits.push(place);
            let is_whole = stretch.new.is_empty() || stretch.new.ends_with('\n');
            stretch.is_lines &= is_whole;
            return;
        }
        let mut before = old.to_owned();
        let mut edits = Vec::new();
        self.stretches.retain(|stretch| {
            let is_inside =
                stretch.new.trim().len() >= TELLING && places(&before, &stretch.new) == 1;
            if is_inside {
                before = before.replacen(&stretch.new, &stretch.old, 1);
                edits.extend(&stretch.edits);
            }
            !is_inside
        });
        edits.push(place);
        self.stretches.push(Stretch {
            old: before,
            new: new.to_owned(),
            is_lines,
            edits,
        });
    }

    fn stand_apart(&mut self, old: &str, new: &str, is_lines: bool, place: Place) {
        self.stretches.push(Stretch {
            old: old.to_owned(),
            new: new.to_owned(),
            is_lines,
            edits: vec![place],
        });
    }

    fn replace_all_known(&mut self, old: &str, new: &str, place: Place) {
        for stretch in self.stretches.iter_mut().filter(|s| s.new.contains(old)) {
            stretch.new = stretch.new.replace(old, new);
            stretch.edits.push(place);
        }
        self.unplaced.push(place);
    }
}

/// Whether two texts may overlap in the file: one ends with lines that the other begins with, or holds it.
fn shares_lines(a: &str, b: &str) -> bool {
    let telling = |line: &&str| line.trim().len() >= TELLING;
    let mut lines = a.lines().filter(telling);
    lines.any(|line| b.contains(line))
}

/// Where a section's old lines stand in a text, in bytes: behind the section before if they do, nearest to the line that
/// the heading names.
fn find_lines(text: &str, section: &Section, from: usize, moved: isize) -> Option<usize> {
    let ended = match text.ends_with('\n') || text.is_empty() {
        true => text.to_owned(),
        false => format!("{text}\n"),
    };
    if section.old.is_empty() {
        // Nothing stands around it: only an empty file has room for that, and the place that a heading names.
        let line = section.line?.checked_add_signed(moved)?;
        let ends = ended.match_indices('\n').map(|(at, _)| at + 1);
        return std::iter::once(0).chain(ends).nth(line);
    }
    let old = match section.old.ends_with('\n') {
        true => section.old.clone(),
        false => format!("{}\n", section.old),
    };
    let starts = ended.match_indices('\n').map(|(at, _)| at + 1);
    let starts = std::iter::once(0).chain(starts);
    // Of equal lines every one may be the first.
    let holds = |at: &usize| ended.get(*at..).is_some_and(|rest| rest.starts_with(&old));
    let found: Vec<usize> = starts.filter(holds).collect();
    let Some(line) = section.line else {
        // Without a number it is the next one.
        let next = found.iter().find(|at| **at >= from).copied();
        return next.filter(|_| found.len() == 1 || from > 0);
    };
    let wanted = line.saturating_sub(1).saturating_add_signed(moved);
    let far = |at: &&usize| {
        let before = ended.get(..**at).unwrap_or_default();
        before.matches('\n').count().abs_diff(wanted)
    };
    found.iter().min_by_key(far).copied()
}

/// The text with a section's new lines in the place of the old ones, and where these end.
fn put(text: &str, section: &Section, at: usize) -> (String, usize) {
    let before = text.get(..at).unwrap_or_default();
    let end = at + section.old.len();
    let behind = text.get(end..).unwrap_or_default();
    let mut now = format!("{before}{}", section.new);
    let stop = now.len();
    // At the end of a text without a last line feed none is made up, and none is put between two lines.
    if behind.is_empty() && !text.ends_with('\n') && !text.is_empty() && section.old.ends_with('\n')
    {
        now.truncate(
            now.trim_end_matches('\n')
                .len()
                .max(now.len().saturating_sub(1)),
        );
    }
    now.push_str(behind);
    (now, stop)
}
