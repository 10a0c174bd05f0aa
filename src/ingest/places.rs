//! Which directories are gone that sessions name. Looking at one may wait for a disk that does not answer, so whoever asks
//! must be able to wait.

use std::io;
use std::path::{Component, Path};
use std::sync::Arc;

use foldhash::HashSet;

use crate::env::Env;

/// Those of these directories that are proved not to be there. What cannot be looked at counts as there, and so does what
/// is no whole path, such as one on another machine.
pub fn gone<'a>(env: &Env, dirs: impl Iterator<Item = &'a Arc<Path>>) -> HashSet<Arc<Path>> {
    let dirs: HashSet<&Arc<Path>> = dirs.filter(|dir| is_whole(dir)).collect();
    let is_gone = |dir: &Path| match env.files.stamp(dir) {
        Ok(_) => false,
        Err(error) => matches!(
            error.kind(),
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
        ),
    };
    let gone = dirs.into_iter().filter(|dir| is_gone(dir));
    gone.cloned().collect()
}

fn is_whole(dir: &Path) -> bool {
    dir.is_absolute() && dir.components().all(|c| c != Component::ParentDir)
}
