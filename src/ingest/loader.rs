//! The background loader: reads everything newest first, then what changes.
//!
//! One thread decides, a pool reads. Events are hints that only mark units as dirty; a sweep every minute finds what
//! they missed.

use std::collections::{HashMap, HashSet, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use super::discover::{self, Choice};
use super::unit::{self, UnitState};
use super::watch::{News, Watch};
use super::{Delta, Progress, Retired, SourceState};
use crate::env::{Env, Stamp};
use crate::model::Unit;
use crate::sources::Root;

/// What was read is told at most this often while much is read …
const BUSY: Duration = Duration::from_millis(33);
/// … and this often when little is.
const QUIET: Duration = Duration::from_millis(8);
/// Everything is looked at again this often, whatever the events say.
const SWEEP: Duration = Duration::from_secs(60);
/// Polled this often where events do not work.
const POLL: Duration = Duration::from_secs(2);

/// A running loader. Dropping it ends it, without waiting for a stuck reading.
pub struct Loader {
    orders: Sender<Order>,
}

pub(super) enum Order {
    News(News),
    Read(Box<UnitState>, Delta),
    Hot(Vec<Arc<Unit>>),
    Sweep,
    Stop,
}

type Send = Box<dyn FnMut(Delta) -> bool + std::marker::Send>;

impl Loader {
    /// `send` gets every piece of news, in order, on the loader's thread; `false` ends the loader.
    pub fn spawn(env: Env, choice: Choice, watch: bool, send: Send) -> Loader {
        let (orders, inbox) = mpsc::channel();
        let own = orders.clone();
        let run = move || Run::new(env, choice, own, send).run(&inbox, watch);
        // Where no thread can be made nothing is read; the screen says that it is still waiting.
        let _ = std::thread::Builder::new().name("loader".into()).spawn(run);
        Loader { orders }
    }

    /// Looks at everything again now.
    pub fn sweep(&self) {
        let _ = self.orders.send(Order::Sweep);
    }

    /// These go first: what is open, then what is on screen.
    pub fn hot(&self, units: Vec<Arc<Unit>>) {
        let _ = self.orders.send(Order::Hot(units));
    }
}

impl Drop for Loader {
    fn drop(&mut self) {
        let _ = self.orders.send(Order::Stop);
    }
}

struct Run {
    env: Env,
    choice: Choice,
    orders: Sender<Order>,
    send: Send,
    pool: Option<rayon::ThreadPool>,
    /// Units at rest, by path.
    resting: HashMap<Arc<Path>, UnitState>,
    stamps: HashMap<Arc<Path>, (Stamp, Option<Stamp>)>,
    units: HashMap<Arc<Path>, Arc<Unit>>,
    queue: VecDeque<Arc<Path>>,
    queued: HashSet<Arc<Path>>,
    in_flight: HashSet<Arc<Path>>,
    /// Changed while in flight.
    again: HashSet<Arc<Path>>,
    first: HashSet<Arc<Path>>,
    progress: Progress,
    pending: Delta,
    roots: Vec<Root>,
    most: usize,
}

impl Run {
    fn new(env: Env, choice: Choice, orders: Sender<Order>, send: Send) -> Run {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        let most = cores.saturating_sub(1).max(1);
        let name = |i| format!("reader-{i}");
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(most)
            .thread_name(name)
            .build()
            .ok();
        let roots = choice.sources().flat_map(|s| s.roots(&env)).collect();
        Run {
            env,
            choice,
            orders,
            send,
            pool,
            resting: HashMap::new(),
            stamps: HashMap::new(),
            units: HashMap::new(),
            queue: VecDeque::new(),
            queued: HashSet::new(),
            in_flight: HashSet::new(),
            again: HashSet::new(),
            first: HashSet::new(),
            progress: Progress::default(),
            pending: Delta::default(),
            roots,
            most,
        }
    }

    fn run(mut self, inbox: &Receiver<Order>, watch: bool) {
        // Watching starts before the walk, so that nothing falls between the two.
        let mut watcher = watch.then(|| Watch::new(&self.roots, self.orders.clone()));
        self.progress.watching = watcher.as_ref().map(Watch::state).unwrap_or_default();
        self.sweep();
        let mut swept = Instant::now();
        let mut told = Instant::now()
            .checked_sub(BUSY)
            .unwrap_or_else(Instant::now);
        loop {
            self.start_reading();
            let busy = !self.queue.is_empty() || self.in_flight.len() > 1;
            let pause = if busy { BUSY } else { QUIET };
            if !self.pending.is_empty() && told.elapsed() >= pause {
                told = Instant::now();
                if !(self.send)(std::mem::take(&mut self.pending)) {
                    return;
                }
            }
            let polling = watcher.as_ref().is_some_and(|w| w.is_polling());
            let period = if polling { POLL } else { SWEEP };
            let rest = period.saturating_sub(swept.elapsed());
            let wait = if self.pending.is_empty() {
                rest
            } else {
                pause.saturating_sub(told.elapsed())
            };
            match inbox.recv_timeout(wait) {
                Ok(Order::Stop) | Err(RecvTimeoutError::Disconnected) => return,
                Ok(order) => self.obey(order, watcher.as_mut()),
                Err(RecvTimeoutError::Timeout) => {}
            }
            // A burst of events is one look.
            while let Ok(order) = inbox.try_recv() {
                if matches!(order, Order::Stop) {
                    return;
                }
                self.obey(order, watcher.as_mut());
            }
            if watch && swept.elapsed() >= period {
                swept = Instant::now();
                self.sweep();
            }
        }
    }

    fn obey(&mut self, order: Order, watcher: Option<&mut Watch>) {
        match order {
            Order::News(News::Paths(paths)) => self.look_at(&paths),
            Order::News(News::Lost) | Order::Sweep => {
                if let Some(watcher) = watcher {
                    watcher.renew(&self.roots);
                    self.progress.watching = watcher.state();
                }
                self.sweep();
            }
            Order::Hot(units) => {
                for unit in units.iter().rev().filter(|u| self.queued.contains(&u.path)) {
                    self.queue.retain(|path| *path != unit.path);
                    self.queue.push_front(unit.path.clone());
                }
            }
            Order::Read(state, delta) => self.was_read(*state, delta),
            Order::Stop => {}
        }
    }

    /// Events name files, folders that came or went, or things that are none of ours.
    fn look_at(&mut self, paths: &HashSet<PathBuf>) {
        let mut unknown_folder = false;
        for path in paths {
            let roots = self
                .roots
                .iter()
                .filter(|root| path.starts_with(&root.path));
            let mut claimed = None;
            for root in roots {
                let source = crate::sources::source(root.source);
                claimed = claimed.or_else(|| source?.claim(&self.env, root, path));
            }
            match claimed {
                Some(unit) => self.changed(unit),
                // A folder that came holds files whose events were not sent; one that went took its files along.
                None => {
                    unknown_folder |= path.is_dir()
                        || self.units.keys().any(|unit| unit.starts_with(path))
                        || self.roots.iter().any(|root| root.path.starts_with(path));
                }
            }
        }
        if unknown_folder {
            self.sweep();
        }
    }

    fn changed(&mut self, unit: Unit) {
        let known = self.units.get(&unit.path).cloned();
        match unit::stamp(&self.env, &unit) {
            Some(stamp) => {
                self.stamps.insert(unit.path.clone(), stamp);
                let unit = known.unwrap_or_else(|| Arc::new(unit));
                if self.units.insert(unit.path.clone(), unit.clone()).is_none() {
                    self.count_found(&unit);
                }
                self.enqueue(&unit.path, true);
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

    fn enqueue(&mut self, path: &Arc<Path>, soon: bool) {
        if self.in_flight.contains(path) {
            self.again.insert(path.clone());
        } else if self.queued.insert(path.clone()) {
            if soon {
                self.queue.push_front(path.clone());
            } else {
                self.queue.push_back(path.clone());
            }
        }
    }

    fn retire(&mut self, path: &Arc<Path>) {
        if let Some(unit) = self.units.remove(path) {
            self.resting.remove(path);
            self.stamps.remove(path);
            self.again.remove(path);
            self.pending.retired.push(Retired::Unit(unit.clone()));
            // What was told of it and not yet sent must not come after its end.
            self.pending
                .told
                .retain(|told| told.session.unit.path != unit.path);
        }
    }

    fn sweep(&mut self) {
        let walk = discover::walk(&self.env, &self.choice);
        let met: HashSet<Arc<Path>> = walk.found.iter().map(|f| f.unit.path.clone()).collect();
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
        for found in walk.found {
            let path = found.unit.path.clone();
            let is_new = self.units.insert(path.clone(), found.unit).is_none();
            let stamp_moved = found
                .stamp
                .is_some_and(|stamp| self.stamps.insert(path.clone(), stamp) != Some(stamp));
            if is_new {
                self.first.insert(path.clone());
            }
            if is_new || stamp_moved {
                self.enqueue(&path, false);
            }
        }
        let old = std::mem::take(&mut self.progress.sources);
        self.progress.sources = walk.progress;
        for source in &mut self.progress.sources {
            let waiting = self.first.iter().filter(|path| {
                self.units
                    .get(*path)
                    .is_some_and(|unit| unit.source == source.source)
            });
            source.read = source.found.saturating_sub(waiting.count());
            source.odd = old
                .iter()
                .find(|o| o.source == source.source)
                .map_or(0, |o| o.odd);
        }
        self.settle_progress(starting);
    }

    fn start_reading(&mut self) {
        while self.in_flight.len() < self.most * 2 {
            let Some(path) = self.queue.pop_front() else {
                break;
            };
            self.queued.remove(&path);
            let Some(unit) = self.units.get(&path).cloned() else {
                continue;
            };
            let mut state = self
                .resting
                .remove(&path)
                .unwrap_or_else(|| UnitState::new(unit));
            self.in_flight.insert(path);
            let (env, orders) = (self.env.clone(), self.orders.clone());
            let job = move || {
                let delta = state.read(&env);
                let _ = orders.send(Order::Read(Box::new(state), delta));
            };
            match &self.pool {
                Some(pool) => pool.spawn(job),
                None => job(),
            }
        }
    }

    fn was_read(&mut self, state: UnitState, delta: Delta) {
        let path = state.unit.path.clone();
        self.in_flight.remove(&path);
        let gone = delta.retired.iter().any(|r| matches!(r, Retired::Unit(_)));
        if !self.units.contains_key(&path) || gone {
            // It went while it was read: what was heard of it is no news.
            self.first.remove(&path);
            self.again.remove(&path);
            if gone {
                self.retire(&path);
            }
            self.settle_progress(false);
            return;
        }
        self.pending.merge(delta);
        self.resting.insert(path.clone(), state);
        if self.first.remove(&path) {
            let unit = self.units.get(&path).map(|unit| unit.source);
            let sources = self.progress.sources.iter_mut();
            for source in sources.filter(|s| Some(s.source) == unit) {
                source.read = (source.read + 1).min(source.found);
            }
            self.settle_progress(true);
        }
        if self.again.remove(&path) {
            self.enqueue(&path, true);
        }
    }

    fn settle_progress(&mut self, changed: bool) {
        let was = self.progress.clone();
        for source in &mut self.progress.sources {
            if source.found > 0 {
                let done = source.read >= source.found;
                source.state = if done {
                    SourceState::Done
                } else {
                    SourceState::Reading
                };
            }
        }
        self.progress.done = self.first.is_empty();
        if changed || was != self.progress {
            self.pending.progress = Some(self.progress.clone());
        }
    }
}
