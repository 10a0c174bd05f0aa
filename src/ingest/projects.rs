//! Directories that sessions name: some sources leave their logs in people's projects, and are looked for there only.

use std::collections::BTreeSet;
use std::path::{Component, Path};
use std::sync::Arc;

use foldhash::{HashMap, HashSet};

use super::discover::Choice;
use super::{Delta, Retired};
use crate::env::Env;
use crate::model::Session;
use crate::sources::{self, Root, Source};

/// In more directories than this nothing is looked for.
const DIRECTORIES: usize = 2_000;

/// The directories of all sessions known now, by the unit and the session that names them.
#[derive(Default)]
pub struct Projects {
    named: HashMap<Arc<Path>, HashMap<Box<str>, Arc<Path>>>,
    /// Directories met at any time.
    met: HashSet<Arc<Path>>,
    /// Those met since they were last asked for.
    fresh: BTreeSet<Arc<Path>>,
}

/// Whether a source leaves its logs in people's projects.
pub fn looks(env: &Env, source: &dyn Source) -> bool {
    source.in_project(env, &env.home).is_some()
}

impl Projects {
    /// Takes in what was told. Such sources name no directories themselves: a log would keep itself in sight.
    pub fn hear(&mut self, env: &Env, delta: &Delta) {
        for retired in &delta.retired {
            match retired {
                Retired::Unit(unit) => self.forget(&unit.path),
                Retired::Session(unit, native) => {
                    if let Some(sessions) = self.named.get_mut(&unit.path) {
                        sessions.remove(native);
                    }
                }
            }
        }
        for told in &delta.told {
            self.hear_of(env, &told.session);
        }
    }

    /// Takes in one session.
    pub fn hear_of(&mut self, env: &Env, session: &Session) {
        let Some(dir) = session.dir.as_ref().filter(|dir| is_plain(dir)) else {
            return;
        };
        if sources::source(session.id.source).is_none_or(|source| looks(env, source)) {
            return;
        }
        if self.met.insert(dir.clone()) {
            self.fresh.insert(dir.clone());
        }
        self.named
            .entry(session.unit.path.clone())
            .or_default()
            .insert(session.id.native.clone(), dir.clone());
    }

    /// A unit is gone with all it named.
    pub fn forget(&mut self, unit: &Path) {
        self.named.remove(unit);
    }

    /// Roots in all directories that are named now and are there.
    pub fn roots(&mut self, env: &Env, choice: &Choice) -> Vec<Root> {
        self.fresh.clear();
        let all = self.named.values().flat_map(HashMap::values).cloned();
        roots_in(env, choice, &all.collect())
    }

    /// Roots in the directories met since the last call.
    pub fn fresh_roots(&mut self, env: &Env, choice: &Choice) -> Vec<Root> {
        let fresh = std::mem::take(&mut self.fresh);
        if fresh.is_empty() {
            return Vec::new();
        }
        roots_in(env, choice, &fresh)
    }
}

/// An absolute path without steps back.
fn is_plain(dir: &Path) -> bool {
    dir.is_absolute() && !dir.components().any(|c| c == Component::ParentDir)
}

/// Each directory once, whatever the number of its names.
fn roots_in(env: &Env, choice: &Choice, dirs: &BTreeSet<Arc<Path>>) -> Vec<Root> {
    let mut roots = Vec::new();
    for source in choice.sources().filter(|source| looks(env, *source)) {
        let place = |root: &Root| {
            let stamp = env.files.stamp(&root.path).ok()?;
            Some((stamp.dev, stamp.inode))
        };
        let mut seen: HashSet<(u64, u64)> = source.roots(env).iter().filter_map(place).collect();
        for dir in dirs.iter().take(DIRECTORIES) {
            if let Some(root) = source.in_project(env, dir)
                && place(&root).is_some_and(|place| seen.insert(place))
            {
                roots.push(root);
            }
        }
    }
    roots
}
