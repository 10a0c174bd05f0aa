//! Which folder a composer belongs to: by its own word, by the workspace it names, or by the workspace that names it.
//!
//! What a workspace says reaches a composer by names that both know: the workspace's id and the composer's own, so that
//! it does not matter which database is read first.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::super::json::{self, Json, Obj, Parsed};
use super::super::jsonl::LINE_MAX;
use super::super::{Cursor, Facts, Record, Say, Stop, Subject, hash, tell};
use crate::env::{Env, stamp_of};
use crate::model::Unit;

/// What a composer says of its place.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub enum Place {
    #[default]
    Unknown,
    /// It has none: a window without a folder.
    Nowhere,
    /// A workspace by its id.
    Workspace(Box<str>),
    /// The folder itself, and the workspace's id where that is said too.
    Dir(PathBuf, Option<Box<str>>),
}

impl Place {
    /// From `workspaceIdentifier`.
    pub fn of(identifier: Option<&Obj<'_>>) -> Place {
        let Some(identifier) = identifier else {
            return Place::Unknown;
        };
        let id = identifier.text("id");
        let dir = identifier.get("uri").and_then(|uri| match uri.obj() {
            Some(uri) => dir_of_parts(&uri),
            None => uri.str().and_then(|uri| dir_of(&uri)),
        });
        match dir {
            Some(dir) => Place::Dir(dir, id.map(|id| (*id).into())),
            None => Place::named(id.as_deref()),
        }
    }

    /// From a workspace's id alone.
    pub fn named(id: Option<&str>) -> Place {
        match id.filter(|id| !id.is_empty()) {
            None => Place::Unknown,
            Some("empty-window") => Place::Nowhere,
            Some(id) => Place::Workspace(id.into()),
        }
    }

    /// The names by which workspaces can tell a composer's folder, surest first.
    pub fn leaves(&self, composer: &str) -> Vec<u64> {
        let own = of_composer(composer);
        match self {
            Place::Workspace(id) | Place::Dir(_, Some(id)) => vec![of_workspace(id), own],
            Place::Nowhere => Vec::new(),
            Place::Unknown | Place::Dir(_, None) => vec![own],
        }
    }
}

fn of_workspace(id: &str) -> u64 {
    hash(&[b"workspace", id.as_bytes()])
}

fn of_composer(id: &str) -> u64 {
    hash(&[b"composer", id.as_bytes()])
}

/// The folder of a place as the editor names it: `file:///home/dev/demo%20app`, a folder on another machine as it is.
pub fn dir_of(uri: &str) -> Option<PathBuf> {
    if uri.starts_with('/') {
        return Some(uri.into());
    }
    let (scheme, rest) = uri.split_once("://")?;
    let rest = decoded(rest);
    if scheme != "file" {
        return (!rest.is_empty()).then(|| format!("{scheme}://{rest}").into());
    }
    local(&rest)
}

/// A path behind `file://`, which can name a share or a drive.
fn local(path: &str) -> Option<PathBuf> {
    let Some(below) = path.strip_prefix('/') else {
        return (!path.is_empty()).then(|| format!("//{path}").into());
    };
    let mut letters = below.chars();
    let drive =
        letters.next().is_some_and(|c| c.is_ascii_alphabetic()) && letters.next() == Some(':');
    Some(if drive { below } else { path }.into())
}

fn dir_of_parts(uri: &Obj<'_>) -> Option<PathBuf> {
    let scheme = uri.text("scheme");
    let path = uri.text("path");
    match scheme.as_deref() {
        None | Some("file") => {
            let said = uri.text("fsPath").map(|path| PathBuf::from(&*path));
            said.or_else(|| local(&path?))
        }
        Some(scheme) => {
            let authority = uri.text("authority").unwrap_or_default();
            Some(format!("{scheme}://{}{}", decoded(&authority), path?).into())
        }
    }
}

/// `%20` and its like as what they stand for; anything that is no such escape stays.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let digits = after.get(..2).filter(|_| *first == b'%');
        let byte = digits
            .and_then(|hex| std::str::from_utf8(hex).ok())
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = match byte {
            Some(_) => after.get(2..).unwrap_or_default(),
            None => after,
        };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The folder that `workspace.json` beside a workspace's database names. A workspace of several folders stands in the
/// folder of the file that lists them.
pub fn folder(env: &Env, state: &Path) -> Option<PathBuf> {
    let file = env
        .files
        .open(&state.with_file_name("workspace.json"))
        .ok()?;
    let mut text = String::new();
    file.take(64 << 10).read_to_string(&mut text).ok()?;
    let said = Obj::parse(&text)?;
    if let Some(folder) = said.text("folder") {
        return dir_of(&folder);
    }
    let list = dir_of(&said.text("workspace")?)?;
    let named = list.extension().is_some_and(|e| e == "code-workspace");
    named
        .then(|| list.parent().map(Path::to_path_buf))
        .flatten()
}

/// Says whose folder this is: of who names the workspace, and of the composers it names itself.
pub fn says(state: &Path, dir: &Path, composers: &[String], say: &mut Say<'_>) -> Result<(), Stop> {
    let id = state.parent().and_then(Path::file_name).unwrap_or_default();
    let own = of_workspace(&id.to_string_lossy());
    let named = composers.iter().map(|id| of_composer(id));
    for leaf in std::iter::once(own).chain(named) {
        let facts = Facts {
            dir: Some(dir.into()),
            ..Facts::default()
        };
        tell(
            say,
            Record::About {
                of: Subject::Leaf(leaf),
                facts: Box::new(facts),
            },
        )?;
    }
    Ok(())
}

/// A workspace without a database.
pub fn read(env: &Env, unit: &Unit, from: &Cursor, say: &mut Say<'_>) -> io::Result<Cursor> {
    let cursor = Cursor::whole(stamp_of(&env.files.open(&unit.path)?.metadata()?)?);
    if cursor.at == from.at {
        return Ok(from.clone());
    }
    let told = tell(say, Record::Reset).and_then(|()| match folder(env, &unit.path) {
        Some(dir) => says(&unit.path, &dir, &[], say),
        None => Ok(()),
    });
    match told {
        Err(Stop::Failed(error)) => Err(error),
        _ => Ok(cursor),
    }
}

/// The ids of the composers in a workspace's list.
pub fn listed(list: &Obj<'_>) -> Vec<String> {
    let heads = list.list("allComposers").into_iter().filter_map(Json::obj);
    heads
        .filter_map(|head| head.text("composerId").map(|id| id.into_owned()))
        .collect()
}

/// A file that is read whole, as an object; none where it is no such thing.
pub fn whole_file(env: &Env, path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let file = env.files.open(path)?;
    file.take(LINE_MAX as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Reads bytes as an object, whatever must be repaired for it.
pub fn object<'a>(bytes: &'a [u8], store: &'a mut json::Store) -> Option<Obj<'a>> {
    match json::record(bytes, store) {
        Parsed::Object(object) | Parsed::Repaired(object) => Some(object),
        Parsed::Malformed | Parsed::Blank => None,
    }
}
