//! Everything read once, for commands.

use rayon::prelude::*;

use super::discover::{self, Choice};
use super::unit::UnitState;
use super::{Delta, Progress, SourceState};
use crate::env::Env;

/// Reads all units in parallel and gives what they say as one piece.
pub fn load(env: &Env, choice: &Choice) -> Delta {
    let walk = discover::walk(env, choice);
    let deltas: Vec<Delta> = walk
        .found
        .into_par_iter()
        .map(|found| UnitState::new(found.unit).read(env))
        .collect();
    let mut all = Delta::default();
    for delta in deltas {
        all.merge(delta);
    }
    let mut sources = walk.progress;
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
