//! Where a directory that is gone may be now: by its repository, or by its name, among the directories that other sessions
//! worked in and those beside them. Nothing is started there: a person sees the places first and names one.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::io::Read as _;
use std::path::{Path, PathBuf};

use crate::env::{EntryKind, Env};
use crate::model::{Session, repository};

/// So many places are offered, the likeliest first.
const PLACES: usize = 8;
/// Beside so many directories others are looked for, …
const PARENTS: usize = 200;
/// … and so many in all are looked at.
const LOOKED_AT: usize = 10_000;
/// A repository's settings are smaller.
const SETTINGS: u64 = 1 << 20;
/// A directory lies so deep in its repository at most.
const DEPTH: usize = 8;

/// A place where a directory may be now.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Moved {
    /// A directory that is there.
    pub dir: PathBuf,
    pub why: Why,
}

/// What speaks for a place, the better reason last.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Why {
    /// It has the same name.
    Name,
    /// It is a checkout of the same repository.
    Repository,
}

impl Why {
    pub fn word(self) -> &'static str {
        match self {
            Why::Name => "the same name",
            Why::Repository => "the same repository",
        }
    }
}

/// Where the directory of a session may be now, the likeliest first. Empty where it is not gone, or nothing is like it.
/// `others` are all sessions: where they worked, and of which repositories, is what is known of this machine.
pub fn moved<'a>(
    env: &Env,
    session: &Session,
    others: impl Iterator<Item = &'a Session>,
) -> Vec<Moved> {
    let Some(gone) = session.dir.as_deref().filter(|dir| dir.is_absolute()) else {
        return Vec::new();
    };
    if gone.is_dir() {
        return Vec::new();
    }
    let mut wanted = session.repository.clone();
    let mut dirs: BTreeSet<&Path> = BTreeSet::new();
    for other in others {
        let Some(dir) = other.dir.as_deref().filter(|dir| dir.is_absolute()) else {
            continue;
        };
        // Another log may tell what this one does not.
        if dir == gone && wanted.is_none() {
            wanted.clone_from(&other.repository);
        }
        dirs.insert(dir);
    }
    dirs.remove(gone);
    let around = around(env, gone, &dirs);
    let mut found: HashMap<PathBuf, (Why, usize)> = HashMap::new();
    let mut add = |dir: PathBuf, why: Why| {
        let alike = alike(&dir, gone);
        let known = found.entry(dir).or_insert((why, alike));
        *known = (*known).max((why, alike));
    };
    let name = gone.file_name();
    let mut tops = HashSet::new();
    for dir in &around {
        if dir.file_name() == name {
            add(dir.clone(), Why::Name);
        }
        if let Some(wanted) = &wanted
            && let Some(top) = top_of(dir)
            && tops.insert(top.clone())
            && remotes(env, &top)
                .iter()
                .any(|one| is_same(one, wanted.as_str()))
        {
            add(inside(&top, gone), Why::Repository);
        }
    }
    let mut places: Vec<(PathBuf, (Why, usize))> = found.into_iter().collect();
    places.sort_by(|(a, a_for), (b, b_for)| b_for.cmp(a_for).then_with(|| a.cmp(b)));
    let places = places.into_iter().take(PLACES);
    places.map(|(dir, (why, _))| Moved { dir, why }).collect()
}

/// Directories that are there: those of sessions, those beside them, and those beside what is left of the gone one.
fn around(env: &Env, gone: &Path, dirs: &BTreeSet<&Path>) -> BTreeSet<PathBuf> {
    let there = dirs.iter().filter(|dir| dir.is_dir());
    let mut found: BTreeSet<PathBuf> = there.map(|dir| dir.to_path_buf()).collect();
    let left = gone.ancestors().skip(1).find(|dir| dir.is_dir());
    // The home was another one where a log comes from another machine: the same way leads on from ours.
    let mut homely: Vec<PathBuf> = Vec::new();
    for end in ends(gone).filter(|end| !end.as_os_str().is_empty()) {
        let place = env.home.join(end);
        homely.extend(place.parent().map(Path::to_path_buf));
        if place.is_dir() {
            found.insert(place);
        }
    }
    homely.retain(|dir| dir.is_dir());
    let parents = found.iter().filter_map(|dir| dir.parent());
    let parents: BTreeSet<&Path> = parents
        .chain(left)
        .chain(homely.iter().map(PathBuf::as_path))
        .filter(|dir| dir.parent().is_some())
        .collect();
    let mut beside = Vec::new();
    for parent in parents.iter().take(PARENTS) {
        let entries = env.files.list(parent).unwrap_or_default();
        let folders = entries.into_iter().filter(|e| e.kind == EntryKind::Folder);
        let hidden = |path: &Path| {
            path.file_name()
                .is_some_and(|n| n.as_encoded_bytes().starts_with(b"."))
        };
        beside.extend(folders.map(|e| e.path).filter(|path| !hidden(path)));
        if beside.len() > LOOKED_AT {
            break;
        }
    }
    found.extend(beside.into_iter().take(LOOKED_AT));
    found
}

/// Whether a remote is the wanted repository, which some logs name without its host.
fn is_same(remote: &str, wanted: &str) -> bool {
    let before = remote.strip_suffix(wanted);
    before.is_some_and(|host| {
        host.is_empty() || host.ends_with('/') && host.matches('/').count() == 1
    })
}

/// The ends of a path, the shortest first: nothing, its name, its name with that above it.
fn ends(path: &Path) -> impl Iterator<Item = &Path> {
    let above = path.ancestors();
    above.filter_map(|above| path.strip_prefix(above).ok())
}

/// How many names at the ends of two paths are the same.
fn alike(a: &Path, b: &Path) -> usize {
    let ends = a.components().rev().zip(b.components().rev());
    ends.take_while(|(a, b)| a == b).count()
}

/// The top of the repository that a directory lies in.
fn top_of(dir: &Path) -> Option<PathBuf> {
    let above = dir.ancestors().take(DEPTH);
    let mut tops = above.filter(|dir| dir.join(".git").exists());
    tops.next().map(Path::to_path_buf)
}

/// The same place in another checkout: the longest end of the gone path that is there, else its top.
fn inside(top: &Path, gone: &Path) -> PathBuf {
    if top.file_name() == gone.file_name() {
        return top.to_path_buf();
    }
    let ends: Vec<PathBuf> = ends(gone).map(|end| top.join(end)).collect();
    let mut longest_first = ends.into_iter().rev();
    let found = longest_first.find(|place| place != top && place.is_dir());
    found.unwrap_or_else(|| top.to_path_buf())
}

/// The repositories that a checkout knows as its remotes. A worktree knows those of the checkout it was made from.
fn remotes(env: &Env, top: &Path) -> Vec<String> {
    let git = top.join(".git");
    let git = match read(env, &git) {
        Some(text) => {
            let Some(dir) = text.trim().strip_prefix("gitdir:") else {
                return Vec::new();
            };
            let dir = top.join(dir.trim());
            let of_all = dir.ancestors().find(|above| above.ends_with(".git"));
            of_all.map_or(dir.clone(), Path::to_path_buf)
        }
        None => git,
    };
    let settings = read(env, &git.join("config")).unwrap_or_default();
    let mut in_remote = false;
    let mut found = Vec::new();
    for line in settings.lines().map(str::trim) {
        if line.starts_with('[') {
            in_remote = line.starts_with("[remote ");
        } else if in_remote
            && let Some((key, value)) = line.split_once('=')
            && key.trim() == "url"
        {
            found.extend(repository(value.trim()));
        }
    }
    found
}

fn read(env: &Env, path: &Path) -> Option<String> {
    let file = env.files.open(path).ok()?;
    let mut text = String::new();
    file.take(SETTINGS).read_to_string(&mut text).ok()?;
    Some(text)
}
