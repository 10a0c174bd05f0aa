//! Everything read once, for commands.

use std::path::Path;
use std::sync::Arc;

use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};
use rayon::prelude::*;

use super::cache::{Cache, Fresh, Kept, Stamps, WORTH, is_settled};
use super::discover::{self, Choice, Found, Walk};
use super::projects::{self, Projects};
use super::unit::{self, UnitState};
use super::{Delta, LONG, Overhear, Progress, SourceState};
use crate::env::Env;
use crate::model::{Session, Unit};
use crate::pack::Pack;
use crate::sources::{self, Want};

/// Reads all units in parallel and gives what they say as one piece.
pub fn load(env: &Env, choice: &Choice) -> Delta {
    load_for(env, choice, Want::Summary)
}

/// The same for who wants no more than this. What did not change since yesterday is not read again.
pub fn load_for(env: &Env, choice: &Choice, want: Want<'_>) -> Delta {
    Survey::take(env, choice).load(want)
}

/// What there is to read now, before any of it is read.
pub struct Survey<'a> {
    env: &'a Env,
    pub choice: &'a Choice,
    walk: Walk,
    /// When it was taken, by the machine's clock.
    at: i128,
    /// More was found than the first walk met, in whatever order.
    is_widened: bool,
}

impl<'a> Survey<'a> {
    pub fn take(env: &'a Env, choice: &'a Choice) -> Survey<'a> {
        let at = env.machine_time();
        Survey {
            walk: discover::walk(env, choice, &[]),
            env,
            choice,
            at,
            is_widened: false,
        }
    }

    /// Another number whenever anything changed that is read. Absent where that cannot be told: something changes just
    /// now, or not all sources are asked.
    pub fn state(&self) -> Option<u64> {
        // A walk meets the same in the same order.
        let mut all: Vec<(&[u8], Stamps)> = Vec::with_capacity(self.walk.found.len());
        for found in &self.walk.found {
            let stamps = found.stamp.filter(|stamps| is_settled(stamps, self.at))?;
            all.push((found.unit.path.as_os_str().as_encoded_bytes(), stamps));
        }
        if self.is_widened {
            all.sort_unstable_by_key(|(path, _)| *path);
        }
        let mut bytes = Vec::with_capacity(all.len() * 64);
        for source in self.choice.sources() {
            let card = source.card();
            (card.id.0.to_owned(), card.revision).pack(&mut bytes);
        }
        for (path, stamps) in all {
            bytes.extend_from_slice(path);
            stamps.pack(&mut bytes);
        }
        self.choice
            .only
            .is_empty()
            .then(|| sources::hash(&[&bytes]))
    }

    /// Looks where sessions say that they were at work. What is found there is part of the survey from then on. Tells
    /// whether anything was.
    pub fn look_where_named<'s>(&mut self, sessions: impl Iterator<Item = &'s Session>) -> bool {
        let mut projects = Projects::default();
        let mut met = HashSet::new();
        for session in sessions {
            // Most sessions share their directory.
            let dir = session.dir.as_ref().map(|dir| dir.as_os_str());
            if dir.is_some_and(|dir| met.insert((session.id.source, dir))) {
                projects.hear_of(self.env, session);
            }
        }
        !self.widen(&mut projects).is_empty()
    }

    /// Gives what was found that was not known before.
    fn widen(&mut self, projects: &mut Projects) -> Vec<Found> {
        let roots = projects.roots(self.env, self.choice);
        if roots.is_empty() {
            return Vec::new();
        }
        let only = roots.iter().map(|root| root.source).collect();
        let named = Choice {
            only,
            ..self.choice.clone()
        };
        let walk = discover::walk(self.env, &named, &roots);
        let known: HashSet<&Arc<Path>> = self.walk.found.iter().map(|f| &f.unit.path).collect();
        let new = walk.found.into_iter();
        let new: Vec<Found> = new.filter(|f| !known.contains(&f.unit.path)).collect();
        for again in walk.progress {
            let mut known = self.walk.progress.iter_mut();
            if let Some(source) = known.find(|source| source.source == again.source) {
                *source = again;
            }
        }
        self.is_widened |= !new.is_empty();
        self.walk.found.extend(new.iter().cloned());
        new
    }

    /// How it looks when all of it was read.
    pub fn progress(&self) -> Progress {
        let mut sources = self.walk.progress.clone();
        for source in &mut sources {
            source.read = source.found;
            if source.state == SourceState::Reading {
                source.state = SourceState::Done;
            }
        }
        Progress {
            sources,
            done: true,
            ..Progress::default()
        }
    }

    /// How many units there are.
    pub fn count(&self) -> usize {
        self.walk.found.len()
    }

    /// Reads all of it.
    pub fn load(&mut self, want: Want<'_>) -> Delta {
        self.load_overheard(want, None)
    }

    /// The same, and whoever overhears is told what is said in logs that are read for the first time.
    pub fn load_overheard(&mut self, want: Want<'_>, overhear: Option<&Overhear<'_>>) -> Delta {
        let env = self.env;
        let mut reading = CachedReading {
            cache: Cache::open(env),
            fresh: HashMap::new(),
            met: HashSet::new(),
            bytes: 0,
        };
        let mut projects = named_by_others(env, self.choice);
        let mut all = reading.read(env, self.walk.found.clone(), want, overhear);
        projects.hear(env, &all);
        // Some logs lie where other sources' sessions were at work, so these are read first.
        let named = self.widen(&mut projects);
        all.merge(reading.read(env, named, want, overhear));
        reading.save(env);
        all.progress = Some(self.progress());
        all
    }
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
    merged(
        found
            .map(|found| UnitState::new(found.unit).read_for(env, want))
            .collect(),
    )
}

fn merged(deltas: Vec<Delta>) -> Delta {
    let mut all = Delta::default();
    for delta in deltas {
        all.merge(delta);
    }
    all
}

/// What is known of yesterday, and what was learnt since.
struct CachedReading {
    cache: Cache,
    fresh: Fresh,
    met: HashSet<Arc<Path>>,
    /// Length of what had to be read.
    bytes: u64,
}

/// A unit that had to be read, the length of what was read, and what is to be kept of it.
struct New {
    unit: Arc<Unit>,
    len: u64,
    kept: Option<Kept>,
}

impl CachedReading {
    fn read(
        &mut self,
        env: &Env,
        found: Vec<Found>,
        want: Want<'_>,
        overhear: Option<&Overhear<'_>>,
    ) -> Delta {
        let cache = &self.cache;
        self.met
            .extend(found.iter().map(|found| found.unit.path.clone()));
        let read: Vec<(Delta, Option<New>)> = found
            .into_par_iter()
            .map(|found| {
                let known = cache.recall(&found.unit, found.stamp.as_ref(), want == Want::Spends);
                if let Some(delta) = known {
                    return (delta, None);
                }
                let grown = (want == Want::Summary)
                    .then(|| cache.grown(&found.unit, found.stamp.as_ref()))
                    .flatten();
                let len = found.stamp.map_or(0, |(file, _)| file.len);
                let is_new = grown.is_none() && want == Want::Summary;
                let mut state = grown.unwrap_or_else(|| UnitState::new(found.unit.clone()));
                let delta = match overhear.filter(|_| is_new && len <= LONG) {
                    Some(overhear) => state.read_both(env, overhear),
                    None => state.read_for(env, want),
                };
                let len = state.len_read(len);
                let kept = state.kept(&delta, want);
                let unit = found.unit;
                (delta, Some(New { unit, len, kept }))
            })
            .collect();
        let mut all = Vec::with_capacity(read.len());
        for (delta, fresh) in read {
            all.push(delta);
            if let Some(New { unit, len, kept }) = fresh {
                self.bytes += len;
                if let Some(kept) = kept {
                    self.fresh.insert(unit.path.clone(), (unit, kept));
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
