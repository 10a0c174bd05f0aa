//! Copies of sessions that we keep because their agents will delete them. They lie in a folder of ours as they lay in the
//! agent's, so whoever read the originals reads them; while an original is there it is the one that tells.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{Root, hash};
use crate::env::{EntryKind, Env, OwnDir};
use crate::model::{KEPT, SourceId};

/// Why we look there.
pub const WHY: &str = "copies that backscroll keeps";

fn folder(env: &Env, source: SourceId) -> PathBuf {
    env.own_dir(OwnDir::Data).join(KEPT).join(source.0)
}

/// Where copies of what lies below a root are kept. Two roots of one agent do not mix.
pub fn root_of(env: &Env, source: SourceId, root: &Path) -> PathBuf {
    let name = hash(&[root.as_os_str().as_encoded_bytes()]);
    folder(env, source).join(format!("{name:016x}"))
}

/// The folders of copies of a source that are there.
pub fn roots(env: &Env, source: SourceId) -> Vec<Root> {
    let mut entries = env.files.list(&folder(env, source)).unwrap_or_default();
    entries.retain(|entry| entry.kind == EntryKind::Folder);
    entries.sort();
    let roots = entries.into_iter().map(|entry| Root {
        source,
        path: Arc::from(entry.path),
        why: WHY,
    });
    roots.collect()
}
