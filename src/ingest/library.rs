//! Everything read once, for commands.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use foldhash::{HashMap, HashMapExt};
use rayon::prelude::*;

use super::cache::{Cache, Kept};
use super::discover::{self, Choice, Found};
use super::projects::{self, Projects};
use super::unit::{self, UnitState};
use super::{Delta, Progress, SourceState};
use crate::env::Env;
use crate::model::{SourceId, Unit};
use crate::sources::Want;

/// So many bytes of logs are read in the time that it takes to write what they say for the next run.
const WORTH: u64 = 8 << 20;

/// Reads all units in parallel and gives what they say as one piece.
pub fn load(env: &Env, choice: &Choice) -> Delta {
    load_for(env, choice, Want::Summary)
}

/// The same for who wants no more than this. What did not change since yesterday is not read again.
pub fn load_for(env: &Env, choice: &Choice, want: Want<'_>) -> Delta {
    let mut shelf = Shelf {
        cache: Cache::open(env),
        fresh: HashMap::new(),
        met: HashSet::new(),
        bytes: 0,
    };
    let mut projects = named_by_others(env, choice);
    let walk = discover::walk(env, choice, &[]);
    let known: HashSet<Arc<Path>> = walk.found.iter().map(|f| f.unit.path.clone()).collect();
    let mut all = shelf.read(env, walk.found, want);
    let mut sources = walk.progress;
    projects.hear(env, &all);
    // Some logs lie where other sources' sessions were at work, so these are read first.
    let roots = projects.roots(env, choice);
    if !roots.is_empty() {
        let only = roots.iter().map(|root| root.source).collect();
        let named = Choice {
            only,
            ..choice.clone()
        };
        let mut walk = discover::walk(env, &named, &roots);
        walk.found.retain(|found| !known.contains(&found.unit.path));
        all.merge(shelf.read(env, walk.found, want));
        for again in walk.progress {
            let mut known = sources.iter_mut();
            if let Some(source) = known.find(|source| source.source == again.source) {
                *source = again;
            }
        }
    }
    for source in &mut sources {
        source.read = source.found;
        if source.state == SourceState::Reading {
            source.state = SourceState::Done;
        }
    }
    shelf.save(env);
    all.progress = Some(Progress {
        sources,
        done: true,
        ..Progress::default()
    });
    all
}

/// What sources name that were not chosen, where a chosen one is found by their sessions only.
pub fn named_by_others(env: &Env, choice: &Choice) -> Projects {
    let mut projects = Projects::default();
    let chosen: Vec<_> = choice.sources().map(|source| source.card().id).collect();
    let others = choice.all().map(|source| source.card().id);
    let only: Vec<_> = others.filter(|id| !chosen.contains(id)).collect();
    if !only.is_empty() && choice.sources().any(|source| projects::looks(env, source)) {
        let others = Choice {
            only,
            ..choice.clone()
        };
        let walk = discover::walk(env, &others, &[]);
        projects.hear(env, &read(env, walk.found, Want::Summary));
    }
    projects
}

fn read(env: &Env, found: Vec<Found>, want: Want<'_>) -> Delta {
    let found = found.into_par_iter();
    merged(found.map(|found| UnitState::new(found.unit).read_for(env, want)).collect())
}

fn merged(deltas: Vec<Delta>) -> Delta {
    let mut all = Delta::default();
    for delta in deltas {
        all.merge(delta);
    }
    all
}

/// What is known of yesterday, and what was learnt since.
struct Shelf {
    cache: Cache,
    fresh: HashMap<Arc<Path>, (SourceId, Kept)>,
    met: HashSet<Arc<Path>>,
    /// Length of what had to be read.
    bytes: u64,
}

impl Shelf {
    fn read(&mut self, env: &Env, found: Vec<Found>, want: Want<'_>) -> Delta {
        let cache = &self.cache;
        self.met.extend(found.iter().map(|found| found.unit.path.clone()));
        let read: Vec<(Delta, Option<(Arc<Unit>, u64, Option<Kept>)>)> = found
            .into_par_iter()
            .map(|found| {
                let known = cache.recall(&found.unit, found.stamp.as_ref(), want == Want::Spends);
                if let Some(delta) = known {
                    return (delta, None);
                }
                let mut state = UnitState::new(found.unit.clone());
                let delta = state.read_for(env, want);
                let len = found.stamp.map_or(0, |(file, _)| file.len);
                let kept = state.kept(&delta, want);
                (delta, Some((found.unit, len, kept)))
            })
            .collect();
        let mut all = Vec::with_capacity(read.len());
        for (delta, fresh) in read {
            all.push(delta);
            if let Some((unit, len, kept)) = fresh {
                self.bytes += len;
                if let Some(kept) = kept {
                    self.fresh.insert(unit.path.clone(), (unit.source, kept));
                }
            }
        }
        merged(all)
    }

    /// Keeps what was learnt, where reading it again would take longer than writing it.
    fn save(self, env: &Env) {
        if self.fresh.is_empty() || self.bytes < WORTH {
            return;
        }
        let met = &self.met;
        let stays = |path: &Path| met.contains(path) || !unit::gone(env, path);
        // Without a cache everything works, only later.
        let _ = self.cache.save(env, &self.fresh, stays);
    }
}
