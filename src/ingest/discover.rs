//! Which units there are, newest first, and where we looked.

use std::io;
use std::path::Path;
use std::sync::Arc;

use foldhash::{HashSet, HashSetExt};
use rayon::prelude::*;

use super::cache::changed;
use super::{SourceProgress, SourceState, unit};
use crate::env::{Env, Stamp};
use crate::model::{SourceId, Unit};
use crate::sources::declared::Declared;
use crate::sources::{self, Retentions, Root, SOURCES, Source, Sweep, kept};

/// Which sources there are in this run, and which of them to read.
#[derive(Clone, Default, Debug)]
pub struct Choice {
    /// Empty means all.
    pub only: Vec<SourceId>,
    /// Those that a person declared, behind the built-in ones.
    pub declared: Vec<&'static Declared>,
    /// Turned off by the settings, unless they are asked for by name.
    pub off: Vec<SourceId>,
    /// Folders to read besides the sources' own.
    pub added: Vec<Root>,
}

impl Choice {
    /// Every source there is, whether it is read or not.
    pub fn all(&self) -> impl Iterator<Item = &'static dyn Source> + '_ {
        let declared = self.declared.iter().map(|d| *d as &'static dyn Source);
        SOURCES.iter().copied().chain(declared)
    }

    /// Those to read.
    pub fn sources(&self) -> impl Iterator<Item = &'static dyn Source> + '_ {
        let chosen = |s: &&dyn Source| {
            let id = s.card().id;
            if self.only.is_empty() {
                !self.off.contains(&id)
            } else {
                self.only.contains(&id)
            }
        };
        self.all().filter(chosen)
    }

    /// Where the logs of a source are looked for.
    pub fn roots(&self, source: &dyn Source, env: &Env) -> Vec<Root> {
        let mut roots = source.roots(env);
        for added in self.added.iter().filter(|r| r.source == source.card().id) {
            if roots.iter().all(|root| root.path != added.path) {
                roots.push(added.clone());
            }
        }
        roots.extend(kept::roots(env, source.card().id));
        roots
    }

    /// How long the sources keep what is below their roots, as their settings stand now.
    pub fn retentions(&self, env: &Env) -> Retentions {
        let sources = self.sources();
        let kept = sources.flat_map(|source| {
            let roots = self.roots(source, env).into_iter();
            // What we keep nobody deletes.
            let theirs = roots.filter(|root| root.why != kept::WHY);
            theirs.filter_map(|root| Some((root.path.clone(), source.keeps(env, &root)?)))
        });
        kept.collect()
    }

    /// The source a person means by a slug, an alias, a label or a code, in any case.
    pub fn named(&self, name: &str) -> Option<&'static dyn Source> {
        self.all().find(|s| s.card().is_called(name))
    }

    /// The same without what was declared: declarations name places on the disk, and the sample sessions are elsewhere.
    pub fn built_in(&self) -> Choice {
        let is_built_in = |id: &&SourceId| SOURCES.iter().any(|s| s.card().id == **id);
        Choice {
            only: self.only.iter().filter(is_built_in).copied().collect(),
            ..Choice::default()
        }
    }
}

/// So many stamps are worth a thread.
const STAMPS: usize = 64;

/// A unit and the stamps of its files.
#[derive(Clone)]
pub struct Found {
    pub unit: Arc<Unit>,
    pub stamp: Option<(Stamp, Option<Stamp>)>,
}

/// One walk over all roots.
#[derive(Default)]
pub struct Walk {
    /// Newest first.
    pub found: Vec<Found>,
    pub progress: Vec<SourceProgress>,
    /// Sources of which every folder was listed: only there a missing unit is a deleted one.
    pub whole: Vec<SourceId>,
}

/// Walks the sources' own roots, and those of them that sessions of others named.
pub fn walk(env: &Env, choice: &Choice, named: &[Root]) -> Walk {
    let sources: Vec<&dyn Source> = choice.sources().collect();
    let walked: Vec<Walk> = sources
        .into_par_iter()
        .map(|source| walk_source(env, choice, source, named))
        .collect();
    let mut all = Walk::default();
    for mut walk in walked {
        all.found.append(&mut walk.found);
        all.progress.append(&mut walk.progress);
        all.whole.append(&mut walk.whole);
    }
    let time = |found: &Found| found.stamp.as_ref().map(changed);
    all.found.sort_by(|a, b| {
        let paths = || bytes(&a.unit.path).cmp(bytes(&b.unit.path));
        time(b).cmp(&time(a)).then_with(paths)
    });
    all
}

/// To compare paths part by part would take longer than the walk.
fn bytes(path: &Path) -> &[u8] {
    path.as_os_str().as_encoded_bytes()
}

fn walk_source(env: &Env, choice: &Choice, source: &dyn Source, named: &[Root]) -> Walk {
    let id = source.card().id;
    let (mut found, mut looked) = (Vec::new(), Vec::new());
    let mut whole = true;
    let mut seen: HashSet<Box<[u8]>> = HashSet::new();
    let named = named.iter().filter(|root| root.source == id).cloned();
    for root in choice.roots(source, env).into_iter().chain(named) {
        let before = found.len();
        let mut units = Vec::new();
        let sweep = sources::walk(source, env, &root, &root.path, &mut |unit| {
            if seen.insert(bytes(&unit.path).into()) {
                units.push(unit);
            }
        });
        // Most of a walk is asking for stamps.
        found.par_extend(units.into_par_iter().with_min_len(STAMPS).map(|unit| {
            let stamp = unit::stamp(env, &unit);
            let unit = Arc::new(unit);
            Found { unit, stamp }
        }));
        whole &= sweep == Sweep::Whole;
        let state = match env.files.list(&root.path).map_err(|e| e.kind()) {
            Err(io::ErrorKind::PermissionDenied) => SourceState::NoPermission,
            Err(_) => SourceState::NotThere,
            Ok(_) if found.len() == before => SourceState::Empty,
            Ok(_) => SourceState::Done,
        };
        looked.push((root.path.to_path_buf(), root.why, state));
    }
    let states = || looked.iter().map(|(_, _, state)| *state);
    let state = if found.is_empty() {
        let order = [
            SourceState::NoPermission,
            SourceState::Empty,
            SourceState::NotThere,
        ];
        order
            .into_iter()
            .find(|s| states().any(|t| t == *s))
            .unwrap_or(SourceState::NotThere)
    } else {
        SourceState::Reading
    };
    let progress = SourceProgress {
        source: id,
        state,
        found: found.len(),
        read: 0,
        looked,
    };
    Walk {
        found,
        progress: vec![progress],
        whole: whole.then_some(id).into_iter().collect(),
    }
}
