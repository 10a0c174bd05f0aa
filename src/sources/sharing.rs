//! What a project says about sharing its sessions: agents read it from files that teams keep with the code, and so do we.

use std::path::{Path, PathBuf};

use super::SOURCES;
use crate::env::Env;

/// Whether sessions of a project may be shared, the strictest last.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Sharing {
    /// When a person asks for it.
    Manual,
    /// The agent shares every session by itself.
    Auto,
    /// The file that would say it cannot be read.
    Unknown,
    /// Never.
    Disabled,
}

/// What a file of a project says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Policy {
    pub sharing: Sharing,
    /// The file that says it.
    pub path: PathBuf,
}

/// The strictest that any agent's file says for work in a directory, whichever agent wrote the session. None where no file
/// says anything.
pub fn sharing(env: &Env, dir: &Path) -> Option<Policy> {
    let policies = SOURCES.iter().filter_map(|source| source.sharing(env, dir));
    policies.max_by_key(|policy| policy.sharing)
}
