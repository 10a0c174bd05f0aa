//! Everything read once, for commands.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use rayon::prelude::*;

use super::discover::{self, Choice, Found};
use super::projects::{self, Projects};
use super::unit::UnitState;
use super::{Delta, Progress, SourceState};
use crate::env::Env;
use crate::sources::Want;

/// Reads all units in parallel and gives what they say as one piece.
pub fn load(env: &Env, choice: &Choice) -> Delta {
    load_for(env, choice, Want::Summary)
}

/// The same for who wants no more than this.
pub fn load_for(env: &Env, choice: &Choice, want: Want<'_>) -> Delta {
    let mut projects = named_by_others(env, choice);
    let walk = discover::walk(env, choice, &[]);
    let known: HashSet<Arc<Path>> = walk.found.iter().map(|f| f.unit.path.clone()).collect();
    let mut all = read(env, walk.found, want);
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
        all.merge(read(env, walk.found, want));
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
    let deltas: Vec<Delta> = found
        .into_par_iter()
        .map(|found| UnitState::new(found.unit).read_for(env, want))
        .collect();
    let mut all = Delta::default();
    for delta in deltas {
        all.merge(delta);
    }
    all
}
