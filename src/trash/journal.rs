//! What lies in the trash, written down before anything is moved: from these lines alone all of it can be put back.

use std::ffi::{OsStr, OsString};
use std::io::{self, ErrorKind, Read};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::place::Found;
use crate::own;

/// The file in each item's folder.
pub const FILE: &str = "journal.json";
/// Larger is none of ours.
const LARGEST: u64 = 256 << 20;
const VERSION: u32 = 1;

/// Where an item stands.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// On its way here. Cut short, it is taken back.
    Moving,
    Kept,
    /// On its way back. Cut short, it goes on.
    Restoring,
}

/// One session in the trash.
#[derive(Clone, PartialEq, Serialize, Deserialize, Debug)]
#[serde(rename_all = "camelCase")]
pub struct Journal {
    version: u32,
    pub state: State,
    #[serde(with = "as_time")]
    pub deleted: Timestamp,
    /// As it prints: `source:native`.
    pub session: String,
    pub title: Option<String>,
    pub project: Option<String>,
    /// Its last activity, as text.
    pub updated: Option<String>,
    pub pieces: Vec<Piece>,
}

/// A file, folder or link that belonged to it. Folders stand before what was in them.
#[derive(Clone, PartialEq, Serialize, Deserialize, Debug)]
pub struct Piece {
    #[serde(with = "as_name")]
    pub root: PathBuf,
    /// Below the root.
    #[serde(with = "as_name")]
    pub path: PathBuf,
    #[serde(flatten)]
    pub found: Found,
    /// Made from its bytes.
    pub hash: u64,
    /// Its name in the item's folder; folders have none, they are made anew.
    pub kept: Option<String>,
}

impl Journal {
    pub fn new(session: String, deleted: Timestamp) -> Journal {
        Journal {
            version: VERSION,
            state: State::Moving,
            deleted,
            session,
            title: None,
            project: None,
            updated: None,
            pieces: Vec::new(),
        }
    }

    pub fn read(folder: &Path) -> io::Result<Journal> {
        let mut bytes = Vec::new();
        let file = own::open(&folder.join(FILE))?;
        file.take(LARGEST).read_to_end(&mut bytes)?;
        let journal: Journal = serde_json::from_slice(&bytes)?;
        if journal.version > VERSION {
            return Err(io::Error::new(
                ErrorKind::InvalidData,
                "written by a newer backscroll",
            ));
        }
        Ok(journal)
    }

    pub fn write(&self, folder: &Path) -> io::Result<()> {
        own::write(&folder.join(FILE), &serde_json::to_vec_pretty(self)?)
    }

    pub fn bytes(&self) -> u64 {
        self.pieces.iter().map(|piece| piece.found.len).sum()
    }
}

/// Names are text where they can be, else their bytes.
mod as_name {
    use super::*;

    #[derive(Serialize, Deserialize)]
    #[serde(untagged)]
    enum Name {
        Text(String),
        Bytes(Vec<u8>),
    }

    pub fn serialize<S: Serializer>(path: &Path, out: S) -> Result<S::Ok, S::Error> {
        let bytes = path.as_os_str().as_bytes();
        let name = match std::str::from_utf8(bytes) {
            Ok(text) => Name::Text(text.to_owned()),
            Err(_) => Name::Bytes(bytes.to_owned()),
        };
        name.serialize(out)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<PathBuf, D::Error> {
        Ok(match Name::deserialize(from)? {
            Name::Text(text) => PathBuf::from(text),
            Name::Bytes(bytes) => PathBuf::from(OsString::from_vec(bytes)),
        })
    }
}

mod as_time {
    use super::*;

    pub fn serialize<S: Serializer>(at: &Timestamp, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(at)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Timestamp, D::Error> {
        String::deserialize(from)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

impl Piece {
    /// Its name in the item's folder, for what has one.
    pub fn kept_name(&self) -> Option<&OsStr> {
        // Nothing but a number is ever written there.
        let kept = self.kept.as_deref()?;
        kept.bytes()
            .all(|b| b.is_ascii_digit())
            .then(|| OsStr::new(kept))
    }
}
