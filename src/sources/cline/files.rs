//! Files that are rewritten whole. While one is being written it is short: what it said last stays until it makes sense
//! again.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::super::json::{self, Json, Obj, Parsed};
use super::super::jsonl::LINE_MAX;
use super::super::{At, Cursor, Oddity, Record, Say, Stop, hash, tell};
use crate::env::Env;

/// Settings longer than this are not looked into.
const SETTINGS_MAX: u64 = 1 << 20;

/// The files of a unit as far as they make sense, in the order they were asked for, and their bytes on disk.
pub struct Held<'a> {
    pub files: &'a [Option<Json<'a>>],
    pub size: u64,
}

impl<'a> Held<'a> {
    /// A file that holds a list: its items.
    pub fn list(&self, at: usize) -> Vec<Json<'a>> {
        let file = self.files.get(at).copied().flatten();
        file.map(Json::list).unwrap_or_default()
    }

    /// A file that holds an object; an empty one where it does not.
    pub fn obj(&self, at: usize) -> Obj<'a> {
        let file = self.files.get(at).copied().flatten();
        file.and_then(Json::obj).unwrap_or_default()
    }
}

/// How the last reading went, in the cursor's memo.
#[derive(Clone, Copy)]
struct Before {
    /// The unit's own file was broken, and that was said.
    said: bool,
    /// Which files made sense, a bit each.
    sound: u8,
}

impl Before {
    fn read(memo: &[u8]) -> Before {
        Before {
            said: memo.first() == Some(&1),
            sound: memo.get(1).copied().unwrap_or(0),
        }
    }

    fn memo(self) -> Box<[u8]> {
        Box::new([u8::from(self.said), self.sound])
    }
}

/// Reads the files of a unit when one of them changed, the unit's own file first, and has them told anew.
pub fn follow(
    env: &Env,
    paths: &[PathBuf],
    from: &Cursor,
    say: &mut Say<'_>,
    tell_all: &mut dyn FnMut(&Held<'_>, &mut Say<'_>) -> Result<(), Stop>,
) -> io::Result<Cursor> {
    let mut state = Vec::new();
    for path in paths {
        // One that is not there is one of no length at no time.
        let stamp = env.files.stamp(path).unwrap_or_default();
        state.extend(stamp.inode.to_le_bytes());
        state.extend(stamp.len.to_le_bytes());
        state.extend(stamp.changed.to_le_bytes());
    }
    let at = At::Whole(hash(&[&state]));
    if at == from.at {
        return Ok(from.clone());
    }
    let mut read = Vec::with_capacity(paths.len());
    for (n, path) in paths.iter().enumerate() {
        read.push(match Whole::read(env, path) {
            Ok(file) => Some(file),
            Err(error) if n == 0 => return Err(error),
            // What stands beside may come later.
            Err(_) => None,
        });
    }
    let size = read.iter().flatten().map(|file| file.len).sum();
    let found: Vec<Found<'_>> = read
        .iter_mut()
        .map(|file| file.as_mut().map_or(Found::Nothing, Whole::json))
        .collect();
    let before = Before::read(&from.memo);
    let own_is_sound = found.first().is_some_and(Found::is_sound);
    let sound = mask(&found, |file| file.is_sound());
    let broken = mask(&found, |file| file.is_broken());
    let odd = |what, say: &mut Say<'_>| {
        let (session, at) = (None, 0);
        tell(say, Record::Odd { session, at, what })
    };
    let mut told = || -> Result<Before, Stop> {
        if !own_is_sound {
            let what = found
                .first()
                .and_then(Found::oddity)
                .filter(|_| !before.said);
            what.map_or(Ok(()), |what| odd(what, say))?;
            let said = before.said || what.is_some();
            return Ok(Before { said, ..before });
        }
        // Of a file that breaks while we look it is likely that it is being written, and that more news come. If it is
        // still broken then, it is as if it were read for the first time.
        if before.sound & broken != 0 {
            let mut news = found.iter().filter(|f| f.is_broken());
            news.try_for_each(|f| f.oddity().map_or(Ok(()), |what| odd(what, say)))?;
            return Ok(Before {
                said: false,
                sound: before.sound & !broken,
            });
        }
        tell(say, Record::Reset)?;
        let mut odds = found.iter().filter_map(Found::oddity);
        odds.try_for_each(|what| odd(what, say))?;
        let files: Vec<Option<Json<'_>>> = found.iter().map(Found::value).collect();
        let files = &files;
        tell_all(&Held { files, size }, say)?;
        Ok(Before { said: false, sound })
    };
    match told() {
        Ok(now) => Ok(Cursor {
            at,
            memo: now.memo(),
        }),
        Err(Stop::Asked) => Ok(from.clone()),
        Err(Stop::Failed(error)) => Err(error),
    }
}

/// Which files something holds of, a bit each.
fn mask(found: &[Found<'_>], holds: impl Fn(&Found<'_>) -> bool) -> u8 {
    let bits = (0u8..8).zip(found).filter(|(_, file)| holds(file));
    bits.fold(0, |mask, (bit, _)| mask | 1 << bit)
}

/// The bytes of a file, as the only field of an object: so that a list is read and mended as any record is.
struct Whole {
    bytes: Vec<u8>,
    len: u64,
    store: json::Store,
}

enum Found<'a> {
    /// Not there.
    Nothing,
    Sound(Json<'a>),
    Repaired(Json<'a>),
    /// Of an empty file nothing is said: it was opened to be written.
    Broken(Option<Oddity>),
}

impl<'a> Found<'a> {
    fn is_sound(&self) -> bool {
        self.value().is_some()
    }

    fn is_broken(&self) -> bool {
        matches!(self, Found::Broken(_))
    }

    fn value(&self) -> Option<Json<'a>> {
        match self {
            Found::Sound(value) | Found::Repaired(value) => Some(*value),
            Found::Nothing | Found::Broken(_) => None,
        }
    }

    fn oddity(&self) -> Option<Oddity> {
        match self {
            Found::Repaired(_) => Some(Oddity::Repaired),
            Found::Broken(what) => *what,
            Found::Nothing | Found::Sound(_) => None,
        }
    }
}

const OPEN: &[u8] = b"{\"it\":";
/// Some editors put this before all text.
const MARK: &[u8] = b"\xef\xbb\xbf";

impl Whole {
    fn read(env: &Env, path: &Path) -> io::Result<Whole> {
        let mut bytes = OPEN.to_vec();
        let file = env.files.open(path)?;
        let len = file.take(LINE_MAX as u64 + 1).read_to_end(&mut bytes)? as u64;
        if bytes
            .get(OPEN.len()..)
            .is_some_and(|held| held.starts_with(MARK))
        {
            bytes.drain(OPEN.len()..OPEN.len() + MARK.len());
        }
        bytes.push(b'}');
        Ok(Whole {
            bytes,
            len,
            store: json::Store::default(),
        })
    }

    fn json(&mut self) -> Found<'_> {
        if self.len > LINE_MAX as u64 {
            return Found::Broken(Some(Oddity::TooLong));
        }
        let held = self.bytes.strip_prefix(OPEN).unwrap_or_default();
        let held = held.strip_suffix(b"}").unwrap_or_default();
        if held.trim_ascii().is_empty() {
            return Found::Broken(None);
        }
        let (record, repaired) = match json::record(&self.bytes, &mut self.store) {
            Parsed::Object(record) => (record, false),
            Parsed::Repaired(record) => (record, true),
            Parsed::Malformed | Parsed::Blank => return Found::Broken(Some(Oddity::Malformed)),
        };
        match record.get("it") {
            Some(value) if repaired => Found::Repaired(value),
            Some(value) => Found::Sound(value),
            None => Found::Broken(Some(Oddity::Malformed)),
        }
    }
}

/// The folder that a setting of an editor names. Its file may hold comments, so the setting is looked for by its name and
/// nothing else of the file is read.
pub fn setting(env: &Env, path: &Path, key: &str) -> Option<PathBuf> {
    let mut text = String::new();
    let file = env.files.open(path).ok()?;
    file.take(SETTINGS_MAX).read_to_string(&mut text).ok()?;
    let line = text
        .lines()
        .map(str::trim)
        .find(|line| line.strip_prefix('"').is_some_and(|l| l.starts_with(key)))?;
    let value = line.strip_prefix('"')?.strip_prefix(key)?;
    let value = value.strip_prefix('"')?.trim_start().strip_prefix(':')?;
    let value = value.trim().trim_end_matches(',').trim_end();
    let folder = Json::parse(value)?.str()?;
    let folder = env.expand(Path::new(folder.trim()));
    (folder != env.cwd).then_some(folder)
}
