//! Moving a session's files, one by one, between their places and the trash.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::fs::{self, DirBuilder};
use std::io::{self, ErrorKind};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use super::journal::{Journal, Piece, State};
use super::live::Writers;
use super::place::{Found, How, Kind, Place};
use super::plan::{Planned, now, why_busy};
use super::{Item, remove};
use crate::env::Env;
use crate::sources::hash;
use crate::text::Clean;

/// Handles of roots, each opened once.
#[derive(Default)]
struct Roots(HashMap<PathBuf, Place>);

impl Roots {
    fn open(&mut self, root: &Path) -> io::Result<&Place> {
        if !self.0.contains_key(root) {
            let place = Place::open(root)?;
            self.0.insert(root.to_owned(), place);
        }
        let known = self.0.get(root);
        known.ok_or_else(|| io::Error::from(ErrorKind::NotFound))
    }
}

/// Moves one session here.
pub fn take(env: &Env, trash: &Path, planned: &Planned, how: How) -> Result<Item, String> {
    let mut roots = Roots::default();
    let mut item = Item {
        name: String::new(),
        journal: journal(env, &mut roots, planned)?,
    };
    check_quiet(env, planned)?;
    env.fault("trash-planned");
    let began = begin(trash, &mut item);
    began.map_err(|error| format!("the trash: {error}"))?;
    env.fault("trash-journal");
    let moved = move_all(env, trash, &item, &mut roots, how).and_then(|()| {
        // Who opened it in the last moment writes to what is here now.
        check_quiet(env, planned)?;
        settle(env, trash, &mut item, &mut roots).map_err(|error| error.to_string())
    });
    match moved {
        Ok(()) => Ok(item),
        Err(why) => match put_back(env, trash, &item, how) {
            Ok(_) => Err(why),
            Err(more) => Err(format!(
                "{why}; what was moved is in the trash as {}: {more}",
                item.name
            )),
        },
    }
}

/// What is to be moved, with the contents of every file, if all of it is as it was looked at.
fn journal(env: &Env, roots: &mut Roots, planned: &Planned) -> Result<Journal, String> {
    let row = &planned.row;
    let mut journal = Journal::new(row.id().to_string(), env.now());
    let title = row.session.title.as_ref();
    journal.title = title.map(|title| title.text.to_string());
    journal.project = row.project().map(|name| name.to_string());
    journal.updated = row.session.updated.map(|at| at.to_string());
    let mut number = 0;
    for (root, path, found) in &planned.parts {
        let digest = || -> io::Result<u64> {
            let (place, name) = roots.open(root)?.holder(path)?;
            if !found.is(&place.look(name)?) {
                return Err(io::Error::other("it changed since it was looked at"));
            }
            place.digest(name, found.kind)
        };
        let mut digest = digest;
        let hash = digest().map_err(|error| format!("{}: {error}", root.join(path).display()))?;
        let kept = (found.kind != Kind::Folder).then(|| {
            number += 1;
            number.to_string()
        });
        journal.pieces.push(Piece {
            root: root.clone(),
            path: path.clone(),
            found: found.clone(),
            hash,
            kept,
        });
    }
    Ok(journal)
}

fn check_quiet(env: &Env, planned: &Planned) -> Result<(), String> {
    let writers = Writers::of(planned.parts.iter().map(|(_, _, found)| found));
    match why_busy(planned, &writers, now(env)) {
        Some(why) => Err(why),
        None => Ok(()),
    }
}

/// Makes the item's folder and writes its journal, which are on disk afterwards.
fn begin(trash: &Path, item: &mut Item) -> io::Result<()> {
    let second = item.journal.deleted.strftime("%Y%m%dT%H%M%SZ");
    let digits = hash(&[item.journal.session.as_bytes()]) >> 32;
    for n in 1u32.. {
        item.name = match n {
            1 => format!("{second}-{digits:08x}"),
            _ => format!("{second}-{digits:08x}-{n}"),
        };
        match DirBuilder::new().mode(0o700).create(trash.join(&item.name)) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists && n < 1000 => {}
            made => {
                made?;
                break;
            }
        }
    }
    let folder = trash.join(&item.name);
    item.journal.write(&folder)?;
    Place::open(&folder)?.sync()?;
    Place::open(trash)?.sync()
}

fn move_all(
    env: &Env,
    trash: &Path,
    item: &Item,
    roots: &mut Roots,
    how: How,
) -> Result<(), String> {
    let here = Place::open(&trash.join(&item.name)).map_err(|error| error.to_string())?;
    for (n, piece) in item.journal.pieces.iter().enumerate() {
        let Some(kept) = piece.kept_name() else {
            continue;
        };
        let mut carry = || -> io::Result<()> {
            let (place, name) = roots.open(&piece.root)?.holder(&piece.path)?;
            if !piece.found.is(&place.look(name)?) {
                return Err(io::Error::other("it changed since it was looked at"));
            }
            place.carry(name, &here, kept, &piece.found, how)?;
            // Another one may have taken its name between the look and the move.
            match same_content(&piece.found, &here.look(kept)?) {
                true => Ok(()),
                false => Err(io::Error::other("it changed while it was moved")),
            }
        };
        carry().map_err(|error| format!("{}: {error}", piece.root.join(&piece.path).display()))?;
        env.fault(&format!("trash-moved-{n}"));
    }
    here.sync().map_err(|error| error.to_string())
}

/// A copy has another place on disk.
fn same_content(then: &Found, now: &Found) -> bool {
    let of = |found: &Found| (found.kind, found.len, found.mtime, found.nanos, found.mode);
    match then.kind {
        Kind::Link => then.kind == now.kind && then.len == now.len,
        _ => of(then) == of(now),
    }
}

/// Takes emptied folders away and says in the journal that all is here.
fn settle(env: &Env, trash: &Path, item: &mut Item, roots: &mut Roots) -> io::Result<()> {
    for piece in item
        .journal
        .pieces
        .iter()
        .rev()
        .filter(|piece| piece.found.kind == Kind::Folder)
    {
        let (place, name) = roots.open(&piece.root)?.holder(&piece.path)?;
        // What came into it meanwhile is not ours to take.
        place.clear(name)?;
    }
    env.fault("trash-cleared");
    item.journal.state = State::Kept;
    item.journal.write(&trash.join(&item.name))?;
    env.fault("trash-kept");
    Ok(())
}

/// Puts an item back where it was, if nothing is in its way.
pub fn give_back(env: &Env, trash: &Path, item: &Item, how: How) -> Result<Vec<String>, String> {
    let folder = trash.join(&item.name);
    let said = |error: io::Error| error.to_string();
    let here = Place::open(&folder).map_err(said)?;
    let mut notes = Vec::new();
    let mut roots = Roots::default();
    for piece in &item.journal.pieces {
        let Some(kept) = piece.kept_name() else {
            continue;
        };
        let shown = Clean::line(&piece.root.join(&piece.path).to_string_lossy());
        if here.is_free(kept).map_err(said)? {
            continue;
        }
        let stands = roots.open(&piece.root).and_then(|root| {
            let (place, name) = root.holder(&piece.path)?;
            Ok(!place.is_free(name)?)
        });
        match stands {
            Ok(true) => {
                return Err(format!(
                    "{shown} is there by now, and is not written over; move it away first"
                ));
            }
            Ok(false) => {}
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(format!("{shown}: {error}")),
        }
        if here.digest(kept, piece.found.kind).map_err(said)? != piece.hash {
            notes.push(format!("{shown}: it changed while it was in the trash"));
        }
    }
    let mut going = item.clone();
    going.journal.state = State::Restoring;
    going.journal.write(&folder).map_err(said)?;
    env.fault("trash-restoring");
    put_back(env, trash, &going, how)?;
    Ok(notes)
}

/// Puts back whatever of an item is here, and takes the item away. What is in the way stays, and so does what it is in the
/// way of; the item then counts as whole.
pub fn put_back(env: &Env, trash: &Path, item: &Item, how: How) -> Result<(), String> {
    let folder = trash.join(&item.name);
    let said = |error: io::Error| error.to_string();
    let here = Place::open(&folder).map_err(said)?;
    let mut roots = Roots::default();
    let mut stuck = Vec::new();
    for (n, piece) in item.journal.pieces.iter().enumerate() {
        let put = put_one(&here, &mut roots, piece, how);
        if let Err(error) = put {
            let shown = piece.root.join(&piece.path);
            stuck.push(format!("{}: {error}", shown.display()));
        }
        env.fault(&format!("trash-back-{n}"));
    }
    for piece in item
        .journal
        .pieces
        .iter()
        .rev()
        .filter(|piece| piece.found.kind == Kind::Folder)
    {
        let dress = |roots: &mut Roots| -> io::Result<()> {
            let (place, name) = roots.open(&piece.root)?.holder(&piece.path)?;
            place.dress(name, &piece.found)
        };
        // All that was in it is back; its time is not worth failing for.
        let _ = dress(&mut roots);
    }
    env.fault("trash-dressed");
    if let Some(first) = stuck.first() {
        let mut whole = item.journal.clone();
        whole.state = State::Kept;
        whole.write(&folder).map_err(said)?;
        return Err(first.clone());
    }
    remove(trash, &item.name).map_err(said)
}

fn put_one(here: &Place, roots: &mut Roots, piece: &Piece, how: How) -> io::Result<()> {
    let Some(kept) = piece.kept_name() else {
        fs::create_dir_all(&piece.root)?;
        let (place, name) = roots.open(&piece.root)?.made_holder(&piece.path)?;
        return place.make(name);
    };
    if here.is_free(kept)? {
        // Not moved yet, or back already.
        return Ok(());
    }
    fs::create_dir_all(&piece.root)?;
    let (place, name) = roots.open(&piece.root)?.made_holder(&piece.path)?;
    if !place.is_free(name)? {
        let there = place.look(name)?;
        let twin = here.look(kept)?;
        // Cut short between the copy, or the second name, and the end of the first.
        let is_first = piece.found.is(&there) || (twin.dev, twin.inode) == (there.dev, there.inode);
        if is_first || is_copy(here, kept, &place, name, piece)? {
            return here.drop_copy(kept);
        }
        return Err(io::Error::new(
            ErrorKind::AlreadyExists,
            "something else is there by now",
        ));
    }
    let now = here.look(kept)?;
    here.carry(kept, &place, name, &now, how)
}

/// Whether what stands there is what is here, byte for byte.
fn is_copy(
    here: &Place,
    kept: &OsStr,
    place: &Place,
    name: &OsStr,
    piece: &Piece,
) -> io::Result<bool> {
    let (a, b) = (here.look(kept)?, place.look(name)?);
    let alike = same_content(&a, &b);
    Ok(alike && here.digest(kept, piece.found.kind)? == place.digest(name, piece.found.kind)?)
}
