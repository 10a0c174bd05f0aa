//! One change of a mark: a value that can be made, undone, and made again on what somebody else changed meanwhile.

use std::collections::BTreeSet;

use jiff::{RoundMode, Timestamp, TimestampRound, Unit};

use super::{Mark, Seen, Tag};
use crate::text::Clean;

/// A longer note is a document.
const NOTE_CHARS: usize = 4000;

/// What can be done to a mark.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Change {
    Star(bool),
    Hide(bool),
    /// A name, or none: then the log's own title is shown again.
    Rename(Option<Clean>),
    Tag {
        add: BTreeSet<Tag>,
        remove: BTreeSet<Tag>,
    },
    Note(Option<Clean>),
    /// The message of this number, kept at hand or let go.
    Pin(u32, bool),
    Seen(Option<Seen>),
}

impl Change {
    /// The name that a text gives; an empty one takes the name away.
    pub fn name(text: &str) -> Change {
        Change::Rename(Some(Clean::title(text)).filter(|name| !name.is_empty()))
    }

    /// The note that a text is; an empty one takes the note away.
    pub fn note(text: &str) -> Change {
        let end = text.char_indices().nth(NOTE_CHARS).map(|(at, _)| at);
        let cut = text.get(..end.unwrap_or(text.len())).unwrap_or_default();
        Change::Note(Some(Clean::of(cut.trim())).filter(|note| !note.is_empty()))
    }

    /// Makes the change and gives back the one that takes it back: nothing more than was changed.
    pub(super) fn make(&self, mark: &mut Mark) -> Change {
        match self {
            Change::Star(on) => Change::Star(std::mem::replace(&mut mark.star, *on)),
            Change::Hide(on) => Change::Hide(std::mem::replace(&mut mark.hidden, *on)),
            Change::Rename(name) => Change::Rename(std::mem::replace(&mut mark.name, name.clone())),
            Change::Note(note) => Change::Note(std::mem::replace(&mut mark.note, note.clone())),
            Change::Tag { add, remove } => {
                let gone = remove.iter().filter(|tag| mark.tags.remove(*tag));
                let gone: BTreeSet<Tag> = gone.cloned().collect();
                let new = add.iter().filter(|tag| mark.tags.insert((*tag).clone()));
                let new: BTreeSet<Tag> = new.cloned().collect();
                // What was taken away and put back at once was not changed.
                Change::Tag {
                    add: gone.difference(&new).cloned().collect(),
                    remove: new.difference(&gone).cloned().collect(),
                }
            }
            Change::Pin(number, on) => {
                let was = match on {
                    true => !mark.pins.insert(*number),
                    false => mark.pins.remove(number),
                };
                Change::Pin(*number, was)
            }
            Change::Seen(seen) => {
                let seen = seen.map(|seen| Seen {
                    at: whole(seen.at),
                    ..seen
                });
                Change::Seen(std::mem::replace(&mut mark.seen, seen))
            }
        }
    }
}

/// The next whole second: what was written a moment before a look was seen by it.
fn whole(at: Timestamp) -> Timestamp {
    let up = TimestampRound::new()
        .smallest(Unit::Second)
        .mode(RoundMode::Ceil);
    at.round(up).unwrap_or(at)
}
