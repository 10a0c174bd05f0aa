//! What sources share when they say which files belong to a session alone.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::Card;
use crate::env::Env;
use crate::model::Session;

/// The unit's own file, where it is one. Whether other sessions are told from it is seen by whoever knows them all.
pub fn own_file(card: &Card, env: &Env, session: &Session) -> Result<Vec<PathBuf>, String> {
    let path = &session.unit.path;
    let file = env.files.open(path).map_err(|error| error.to_string())?;
    let mut head = Vec::new();
    // What cannot be read now is no reason to think it a database.
    let _ = file.take(16).read_to_end(&mut head);
    match head.starts_with(b"SQLite format 3\0") {
        true => Err(in_database(card, None)),
        false => Ok(vec![path.to_path_buf()]),
    }
}

/// Why rows of a database are left alone, and the agent's own command where it is known.
pub fn in_database(card: &Card, command: Option<String>) -> String {
    let label = card.label;
    let line = format!("it stands in a database of {label}, which only {label} changes");
    match command {
        Some(command) => format!("{line}; try: {command}"),
        None => line,
    }
}

/// An agent's own id of a session: of two with one id the second has a number behind it.
pub fn id(session: &Session) -> &str {
    let native = &*session.id.native;
    native.split_once('#').map_or(native, |(id, _)| id)
}

/// The folder of this name beside the unit's file. None where the name is no plain one: it stands in the log, and could
/// lead anywhere.
pub fn folder_beside(session: &Session, name: &str) -> Option<PathBuf> {
    is_name(name).then(|| session.unit.path.with_file_name(name))
}

/// Whether an id names one thing in a folder.
pub fn is_name(id: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.@+".contains(&b);
    !id.is_empty() && id.len() <= 128 && !id.starts_with('.') && id.bytes().all(plain)
}

/// The folder so many steps above the unit's file, and a check that it lies below the root and is not the root.
pub fn above(session: &Session, steps: usize) -> Result<PathBuf, String> {
    let unit = &session.unit;
    let folder = unit.path.ancestors().nth(steps);
    let inside = |folder: &&Path| folder.starts_with(&*unit.root) && **folder != *unit.root;
    let folder = folder.filter(inside).map(Path::to_path_buf);
    folder.ok_or_else(|| "its log lies elsewhere than its agent puts it".to_owned())
}
