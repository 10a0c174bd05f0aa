//! Copies of ours that other programs read, in folders that only the user can enter, under names that nobody can guess.

use std::collections::hash_map::RandomState;
use std::fs::{self, File};
use std::hash::{BuildHasher as _, Hasher as _};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::env::{Env, OwnDir};
use crate::own;

/// What is left of copies by a run that was killed, or that nobody can know to be read, goes after this time.
const LEFT_BEHIND: Duration = Duration::from_secs(24 * 60 * 60);

/// A new and empty copy in a folder of one of our places. Older ones go.
pub(super) fn fresh(
    env: &Env,
    place: OwnDir,
    folder: &str,
    extension: &str,
) -> io::Result<(PathBuf, File)> {
    let folder = own::inside(env, place, folder)?;
    tidy(&folder);
    let chance = RandomState::new().build_hasher().finish();
    let path = folder.join(format!("{chance:016x}.{extension}"));
    own::fresh(&path).map(|file| (path, file))
}

/// Removes copies of runs that ended before they could.
fn tidy(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let age = entry.metadata().and_then(|meta| meta.modified());
        let age = age.ok().and_then(|at| at.elapsed().ok());
        if age.is_some_and(|age| age > LEFT_BEHIND) {
            // Another run may be tidying too.
            let _ = fs::remove_file(entry.path());
        }
    }
}
