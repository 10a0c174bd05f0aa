//! Walking a root for units: every folder once, whatever links lead where, and never without an end.

use std::io;
use std::path::Path;

use super::{Root, Source, Sweep};
use crate::env::{EntryKind, Env};
use crate::model::Unit;

/// Folders deeper than this below a root are not walked.
const WALK_DEPTH: usize = 8;
/// A source never has more units than this; what is above is not read.
const UNITS: usize = 200_000;

/// Walks a root, or a folder below it. A folder that cannot be listed makes the walk partial; one that is not there does not.
pub fn walk<S: Source + ?Sized>(
    source: &S,
    env: &Env,
    root: &Root,
    from: &Path,
    found: &mut dyn FnMut(Unit),
) -> Sweep {
    let below = from.strip_prefix(&root.path).unwrap_or(Path::new(""));
    // A folder below one that is not entered is not entered either.
    let mut way = root.path.to_path_buf();
    for part in below {
        way.push(part);
        if !source.enters(root, &way) {
            return Sweep::Whole;
        }
    }
    let mut sweep = Sweep::Whole;
    let mut seen = std::collections::HashSet::new();
    let mut units = 0;
    let mut todo = vec![(from.to_path_buf(), below.iter().count())];
    let real_root = std::fs::canonicalize(&root.path).unwrap_or_else(|_| root.path.to_path_buf());
    while let Some((dir, depth)) = todo.pop() {
        // Two links to one folder, or a loop of them, are walked once.
        match env.files.stamp(&dir) {
            Ok(stamp) if !seen.insert((stamp.dev, stamp.inode)) => continue,
            Ok(_) => {}
            Err(e) if e.kind() == io::ErrorKind::NotFound => continue,
            Err(_) => {
                sweep = Sweep::Partial;
                continue;
            }
        }
        let mut entries = match env.files.list(&dir) {
            Ok(entries) => entries,
            Err(e)
                if matches!(
                    e.kind(),
                    io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
                ) =>
            {
                continue;
            }
            Err(_) => {
                sweep = Sweep::Partial;
                continue;
            }
        };
        // Names of days and ids grow with time, so the last are the newest; folders go on a stack, so they sort upwards.
        // By the bytes of their names: part by part it would take longer than the walk.
        entries.sort_unstable_by(|a, b| a.path.as_os_str().cmp(b.path.as_os_str()));
        for entry in entries
            .iter()
            .filter(|e| matches!(e.kind, EntryKind::Folder | EntryKind::Link))
        {
            let inside = entry.kind == EntryKind::Folder || within(&entry.path, &real_root);
            if depth < WALK_DEPTH && inside && source.enters(root, &entry.path) {
                todo.push((entry.path.clone(), depth + 1));
            }
        }
        for entry in entries.iter().rev() {
            let readable = match entry.kind {
                EntryKind::File => true,
                EntryKind::Link => within(&entry.path, &real_root) && entry.path.is_file(),
                _ => false,
            };
            if readable
                && units < UNITS
                && let Some(unit) = source.claim(env, root, &entry.path)
            {
                units += 1;
                found(unit);
            }
        }
    }
    sweep
}

/// Whether a link leads to something below the same root.
fn within(path: &Path, real_root: &Path) -> bool {
    std::fs::canonicalize(path).is_ok_and(|target| target.starts_with(real_root))
}
