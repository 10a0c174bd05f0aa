//! What is there now, and what of it changed: by events, by walking, by looking again where no events come.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::super::cache::SCREEN;
use super::super::discover::{self, Found};
use super::super::unit;
use super::Run;
use crate::env::Stamp;
use crate::ingest::{Delta, Retired};
use crate::model::Unit;
use crate::sources::{self, Root};

/// A root with no more units than this is walked as often as the first.
const SMALL: usize = 1_000;
/// A unit of so many bytes takes longer to read than somebody waits for a first screen.
const LARGE: u64 = 16 << 20;
/// So many nanoseconds before the newest change count as lately.
const LATELY: i128 = 3_600_000_000_000;

impl Run {
    /// Where no events come: walks what is small, and looks at what was at work lately in what is large.
    pub(super) fn poll(&mut self) {
        let watch = self.watch.as_ref();
        let silent = self
            .roots
            .iter()
            .filter(|r| watch.is_some_and(|w| w.is_silent(&r.path)));
        let size = |root: &Root| {
            self.units
                .keys()
                .filter(|u| u.starts_with(&root.path))
                .count()
        };
        let (small, large): (Vec<Root>, Vec<Root>) =
            silent.cloned().partition(|root| size(root) <= SMALL);
        for root in small {
            self.walk_below(&root.path);
        }
        if !large.is_empty() {
            self.poll_lately(&large);
        }
    }

    fn poll_lately(&mut self, roots: &[Root]) {
        let time = |(file, log): &(Stamp, Option<Stamp>)| {
            file.changed.max(log.map_or(i128::MIN, |log| log.changed))
        };
        let newest = self.stamps.values().map(time).max().unwrap_or(0);
        let hot: Vec<Arc<Unit>> = self
            .units
            .values()
            .filter(|unit| roots.iter().any(|root| unit.path.starts_with(&root.path)))
            .filter(|unit| {
                let stamp = self.stamps.get(&unit.path);
                stamp.is_some_and(|stamp| time(stamp) >= newest - LATELY)
            })
            .cloned()
            .collect();
        let mut folders = HashSet::new();
        for unit in hot {
            folders.extend(unit.path.parent().map(Path::to_path_buf));
            if unit::stamp(&self.env, &unit).as_ref() != self.stamps.get(&unit.path) {
                self.changed((*unit).clone());
            }
        }
        // A new session lies mostly beside the last one.
        for folder in folders {
            let entries = self.env.files.list(&folder).unwrap_or_default();
            let new = entries.into_iter().map(|entry| entry.path);
            let new: HashSet<PathBuf> = new
                .filter(|path| !self.units.contains_key(&**path))
                .collect();
            for path in new {
                if let Some(unit) = self
                    .claim(&path)
                    .filter(|u| !self.units.contains_key(&u.path))
                {
                    self.changed(unit);
                }
            }
        }
    }

    /// Whose news a path is.
    fn claim(&self, path: &Path) -> Option<Unit> {
        let roots = self
            .roots
            .iter()
            .filter(|root| path.starts_with(&root.path));
        roots
            .filter_map(|root| crate::sources::source(root.source)?.claim(&self.env, root, path))
            .next()
    }

    /// Events name files, folders that came or went, or things that are none of ours.
    pub(super) fn look_at(&mut self, paths: &HashSet<PathBuf>) {
        let mut roots_moved = false;
        for path in paths {
            if let Some(unit) = self.claim(path) {
                self.changed(unit);
                continue;
            }
            roots_moved |= self.moves_roots(path);
            if self.is_beside_logs(path) {
                continue;
            }
            // A folder that came holds files whose events were not sent; one that went took its files along.
            if path.is_dir() {
                self.walk_below(path);
            } else {
                let below = self.units.keys().filter(|unit| unit.starts_with(path));
                let gone = below.filter(|unit| unit::gone(&self.env, unit));
                for unit in gone.cloned().collect::<Vec<_>>() {
                    self.retire(&unit);
                }
            }
        }
        if roots_moved {
            self.renew();
            self.sweep();
        }
    }

    /// Whether news of this path mean that other places are to be looked at.
    fn moves_roots(&self, path: &Path) -> bool {
        let lists = |root: &Root| {
            let source = sources::source(root.source);
            path.starts_with(&root.path) && source.is_some_and(|s| s.lists_roots(root, path))
        };
        let mut roots = self.roots.iter();
        roots.any(|root| root.path.starts_with(path) || lists(root))
    }

    /// Whether it is something else in a folder of which only a log is ours, and happens as often as people work there.
    fn is_beside_logs(&self, path: &Path) -> bool {
        let mut above = self
            .roots
            .iter()
            .filter(|root| path.starts_with(&root.path))
            .map(|root| sources::source(root.source).is_some_and(|source| source.is_flat()))
            .peekable();
        above.peek().is_some() && above.all(|is_flat| is_flat)
    }

    pub(super) fn walk_below(&mut self, folder: &Path) {
        let mut found = Vec::new();
        for root in self
            .roots
            .iter()
            .filter(|root| folder.starts_with(&root.path))
        {
            if let Some(source) = sources::source(root.source) {
                // What cannot be listed now is met by the next sweep.
                let _ = sources::walk(source, &self.env, root, folder, &mut |unit| {
                    found.push(unit)
                });
            }
        }
        for unit in found {
            if unit::stamp(&self.env, &unit).as_ref() != self.stamps.get(&unit.path) {
                self.changed(unit);
            }
        }
    }

    pub(super) fn changed(&mut self, unit: Unit) {
        let known = self.units.get(&unit.path).cloned();
        match unit::stamp(&self.env, &unit) {
            Some(stamp) => {
                self.stamps.insert(unit.path.clone(), stamp);
                let unit = known.unwrap_or_else(|| Arc::new(unit));
                if self.units.insert(unit.path.clone(), unit.clone()).is_none() {
                    self.count_found(&unit);
                }
                self.plan.want(&unit.path, true);
            }
            None if known.is_some() && unit::gone(&self.env, &unit.path) => self.retire(&unit.path),
            None => {}
        }
    }

    fn count_found(&mut self, unit: &Unit) {
        let sources = self.progress.sources.iter_mut();
        for source in sources.filter(|s| s.source == unit.source) {
            source.found += 1;
            self.first.insert(unit.path.clone());
        }
    }

    pub(super) fn retire(&mut self, path: &Arc<Path>) {
        if let Some(unit) = self.units.remove(path) {
            self.resting.remove(path);
            self.projects.forget(path);
            self.stamps.remove(path);
            self.plan.forget(path);
            self.fresh.remove(path);
            self.pending.merge(Delta {
                retired: vec![Retired::Unit(unit.clone())],
                ..Delta::default()
            });
            self.wake_heirs(&unit);
            self.living.forget(unit);
        }
    }

    /// What left the telling to a unit that now tells less looks again.
    pub(super) fn wake_heirs(&mut self, unit: &Unit) {
        let heirs = self.units.values().filter(|heir| {
            heir.source == unit.source && heir.root == unit.root && heir.rank < unit.rank
        });
        // One that is being read may have asked too early.
        let resting = &self.resting;
        let (cache, fresh, stamps) = (&self.cache, &self.fresh, &self.stamps);
        let is_kept = |heir: &Unit| {
            fresh.contains_key(&heir.path) || cache.holds(heir, stamps.get(&heir.path))
        };
        let heirs = heirs.filter(|heir| match resting.get(&heir.path) {
            Some(state) => state.is_silent(),
            None => !is_kept(heir),
        });
        for heir in heirs {
            self.plan.want(&heir.path, false);
        }
    }

    pub(super) fn sweep(&mut self) {
        let named = self.find_roots();
        let walk = discover::walk(&self.env, &self.choice, &named);
        let met: foldhash::HashSet<Arc<Path>> =
            walk.found.iter().map(|f| f.unit.path.clone()).collect();
        let lost: Vec<Arc<Path>> = self
            .units
            .values()
            .filter(|unit| !met.contains(&unit.path))
            .filter(|unit| walk.whole.contains(&unit.source) || unit::gone(&self.env, &unit.path))
            .map(|unit| unit.path.clone())
            .collect();
        for path in lost {
            self.retire(&path);
        }
        let starting = self.progress.sources.is_empty();
        let found = if starting {
            small_first(self.recall(&walk.found))
        } else {
            self.keep();
            walk.found
        };
        for found in found {
            let path = found.unit.path.clone();
            let is_new = self.units.insert(path.clone(), found.unit).is_none();
            let stamp_moved = found
                .stamp
                .is_some_and(|stamp| self.stamps.insert(path.clone(), stamp) != Some(stamp));
            if is_new {
                self.first.insert(path.clone());
            }
            if is_new || stamp_moved {
                self.plan.want(&path, false);
            }
        }
        self.places.look_again();
        self.living.look_again();
        self.look_at_places();
        self.progress.sources = walk.progress;
        for source in &mut self.progress.sources {
            let waiting = self.first.iter().filter(|path| {
                self.units
                    .get(*path)
                    .is_some_and(|unit| unit.source == source.source)
            });
            source.read = source.found.saturating_sub(waiting.count());
        }
        self.settle_progress(starting);
    }
}

/// A screen full of small units before the first large one: of a large one nothing is seen until all of it was read.
fn small_first(found: Vec<Found>) -> Vec<Found> {
    let mut small = 0;
    let (first, rest): (Vec<Found>, Vec<Found>) = found.into_iter().partition(|found| {
        let is_small = found.stamp.is_some_and(|(file, _)| file.len < LARGE);
        small += usize::from(is_small);
        is_small && small <= SCREEN
    });
    first.into_iter().chain(rest).collect()
}
