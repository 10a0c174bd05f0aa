//! Copies of ours that other programs read, in folders that only the user can enter, under names that nobody can guess.

use std::collections::hash_map::RandomState;
use std::fs::{self, File};
use std::hash::{BuildHasher as _, Hasher as _};
use std::io;
use std::path::PathBuf;

use crate::env::{Env, OwnDir};
use crate::own;

/// A new and empty copy in a folder of one of our places. Those of runs that ended before they could remove them go.
pub(super) fn fresh(
    env: &Env,
    place: OwnDir,
    folder: &str,
    extension: &str,
) -> io::Result<(PathBuf, File)> {
    let folder = own::inside(env, place, folder)?;
    for entry in own::left_behind(&folder) {
        // Another run may be tidying too.
        let _ = fs::remove_file(entry.path());
    }
    let chance = RandomState::new().build_hasher().finish();
    let path = folder.join(format!("{chance:016x}.{extension}"));
    own::fresh(&path).map(|file| (path, file))
}
