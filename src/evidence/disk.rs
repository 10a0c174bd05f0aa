//! What became of a file since: the only look outside of a conversation.

use std::io::{ErrorKind, Read};
use std::path::Path;

use super::net::{FileChange, State};
use crate::env::Env;

/// Longer files are not compared.
const LONGEST: u64 = 16 << 20;

/// A file as it is now.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Disk {
    Gone,
    Text(String),
    /// It cannot be read, is too long, or no text.
    Unread,
}

/// How a file stands to what the session made of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standing {
    /// As the session left it.
    Unchanged,
    /// Somebody changed it since.
    MovedOn,
    /// It is not there any more.
    Gone,
    /// The log does not hold enough of it, or it cannot be read.
    Unknown,
}

impl Standing {
    pub fn word(self) -> &'static str {
        match self {
            Standing::Unchanged => "unchanged",
            Standing::MovedOn => "moved-on",
            Standing::Gone => "gone",
            Standing::Unknown => "unknown",
        }
    }
}

/// Reads a file as it is now.
pub fn look(env: &Env, path: &Path) -> Disk {
    let file = match env.files.open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Disk::Gone,
        Err(_) => return Disk::Unread,
    };
    let mut text = String::new();
    match file.take(LONGEST + 1).read_to_string(&mut text) {
        Ok(len) if len as u64 <= LONGEST => Disk::Text(text),
        _ => Disk::Unread,
    }
}

/// Compares what a session left with what is there. A last line feed more or less is no change: not every log tells.
pub fn standing(change: &FileChange, disk: &Disk) -> Standing {
    let plain = |text: &str| text.strip_suffix('\n').unwrap_or(text).to_owned();
    match (&change.after, disk) {
        (_, Disk::Unread) => Standing::Unknown,
        (State::Absent, Disk::Gone) => Standing::Unchanged,
        (State::Absent, Disk::Text(_)) => Standing::MovedOn,
        (_, Disk::Gone) => Standing::Gone,
        (State::Text(text), Disk::Text(now)) if plain(text.untrusted()) == plain(now) => {
            Standing::Unchanged
        }
        (State::Text(_), Disk::Text(_)) => Standing::MovedOn,
        (State::Unknown, Disk::Text(now)) => {
            let stands = |part: &super::net::Apart| now.contains(part.new.untrusted());
            match change.apart.iter().all(stands) {
                // The rest of the file may be another all the same.
                true => Standing::Unknown,
                false => Standing::MovedOn,
            }
        }
    }
}
