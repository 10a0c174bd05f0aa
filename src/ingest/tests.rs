//! A home with one log of lines, for tests of what reads it.

use std::fs;
use std::sync::Arc;

use super::{Choice, load};
use crate::env::Env;
use crate::index::Index;
use crate::model::Session;

pub struct Place {
    _dir: tempfile::TempDir,
    pub env: Env,
    pub session: Arc<Session>,
}

pub fn place(log: &str) -> Place {
    let dir = tempfile::tempdir().unwrap();
    let env = Env::bare(dir.path(), "2026-11-20T12:00:00Z".parse().unwrap());
    let folder = dir.path().join(".claude/projects/-w");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("s.jsonl"), log).unwrap();
    let mut index = Index::default();
    index.apply(load(&env, &Choice::default()));
    let session = index.rows().next().unwrap().session.clone();
    Place {
        _dir: dir,
        env,
        session,
    }
}
