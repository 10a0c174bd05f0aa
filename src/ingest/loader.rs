//! The background loader: reads everything newest first, then what changes.
//!
//! One thread decides, a pool reads. Events are hints that only mark units as dirty; a sweep every minute finds what
//! they missed.

mod keeping;
mod living;
mod looking;
mod naming;
mod places;
#[cfg(test)]
mod tests;

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use foldhash::{HashMap, HashSet};

use self::living::Living;
use self::places::{GoneDirs, Places};
use super::cache::{Cache, Fresh, Kept};
use super::discover::Choice;
use super::plan::Plan;
use super::projects::Projects;
use super::unit::UnitState;
use super::watch::Watch;
use super::{Delta, Look, Progress, Retired, SourceState, States};
use crate::env::{Env, Stamp};
use crate::model::Unit;
use crate::sources::{Root, Want};

/// What was read is told at most this often while much is read …
const BUSY: Duration = Duration::from_millis(33);
/// … and this often when little is.
const QUIET: Duration = Duration::from_millis(8);
/// Everything is looked at again this often, whatever the events say.
const SWEEP: Duration = Duration::from_secs(60);
/// What was at work lately is looked at this often where events do not work …
const POLL: Duration = Duration::from_secs(2);
/// … and everything else this often.
const SLOW_POLL: Duration = Duration::from_secs(30);
/// A running loader. Dropping it ends it, without waiting for a stuck reading.
pub struct Loader {
    orders: Sender<Order>,
}

pub(super) enum Order {
    /// There are events to look at.
    News,
    Read(Box<UnitState>, Box<Delta>, Option<Kept>),
    Hot(Vec<Arc<Unit>>),
    /// These of the directories that sessions name are gone.
    Gone(GoneDirs),
    /// What agents do now, and what is remembered for the next look.
    Agents(Box<States>, Look),
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
    plan: Plan,
    first: HashSet<Arc<Path>>,
    progress: Progress,
    pending: Delta,
    /// All places looked at: the sources' own, then those that sessions of others name.
    roots: Vec<Root>,
    projects: Projects,
    places: Places,
    living: Living,
    watch: Option<Watch>,
    most: usize,
    /// What units told in an earlier run.
    cache: Cache,
    /// What is to be kept for the next one, and the length of the logs it was read from.
    fresh: Fresh,
    fresh_bytes: u64,
}

impl Run {
    fn new(env: Env, choice: Choice, orders: Sender<Order>, send: Send) -> Run {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        let projects = super::library::named_by_others(&env, &choice);
        let cache = Cache::glance(&env);
        Run {
            env,
            choice,
            orders,
            send,
            pool: None,
            resting: HashMap::default(),
            stamps: HashMap::default(),
            units: HashMap::default(),
            plan: Plan::default(),
            first: HashSet::default(),
            progress: Progress::default(),
            pending: Delta::default(),
            roots: Vec::new(),
            projects,
            places: Places::default(),
            living: Living::default(),
            watch: None,
            most: cores.saturating_sub(1).max(1),
            cache,
            fresh: Fresh::default(),
            fresh_bytes: 0,
        }
    }

    /// All that is known, where logs are, and who reads them.
    fn prepare(&mut self) {
        self.cache = Cache::open(&self.env);
        let (env, choice) = (&self.env, &self.choice);
        let roots = choice.sources().flat_map(|s| choice.roots(s, env));
        self.roots = roots.collect();
        let readers = rayon::ThreadPoolBuilder::new().num_threads(self.most);
        let readers = readers.thread_name(|i| format!("reader-{i}"));
        self.pool = readers.build().ok();
    }

    fn run(mut self, inbox: &Receiver<Order>, watch: bool) {
        // Nothing else is worth doing before the first rows are on the screen.
        self.recall_newest();
        self.prepare();
        // Watching starts before the walk, so that nothing falls between the two.
        self.watch = watch.then(|| Watch::new(&self.env, &self.roots, self.orders.clone()));
        self.progress.watching = self.watch.as_ref().map(Watch::state).unwrap_or_default();
        self.sweep();
        let (mut swept, mut polled) = (Instant::now(), Instant::now());
        let mut told = Instant::now()
            .checked_sub(BUSY)
            .unwrap_or_else(Instant::now);
        loop {
            self.start_reading();
            let pause = if self.plan.is_busy() { BUSY } else { QUIET };
            if !self.pending.is_empty() && told.elapsed() >= pause {
                told = Instant::now();
                if !self.tell() {
                    return;
                }
            }
            let polling = self.watch.as_ref().is_some_and(Watch::is_polling);
            let period = if polling { SLOW_POLL } else { SWEEP };
            let mut wait = period.saturating_sub(swept.elapsed());
            if polling {
                wait = wait.min(POLL.saturating_sub(polled.elapsed()));
            }
            if !self.pending.is_empty() {
                wait = wait.min(pause.saturating_sub(told.elapsed()));
            }
            wait = wait.min(self.plan.rest().unwrap_or(wait));
            let rest = self
                .living
                .rest()
                .filter(|_| watch && self.first.is_empty());
            wait = wait.min(rest.unwrap_or(wait));
            match inbox.recv_timeout(wait) {
                Ok(Order::Stop) | Err(RecvTimeoutError::Disconnected) => return,
                Ok(order) => self.obey(order),
                Err(RecvTimeoutError::Timeout) => {}
            }
            // A burst of orders is one look.
            while let Ok(order) = inbox.try_recv() {
                if matches!(order, Order::Stop) {
                    return;
                }
                self.obey(order);
            }
            if watch && swept.elapsed() >= period {
                (swept, polled) = (Instant::now(), Instant::now());
                self.sweep();
            } else if polling && polled.elapsed() >= POLL {
                polled = Instant::now();
                self.poll();
            }
            if watch {
                self.look_at_agents();
            }
        }
    }

    fn obey(&mut self, order: Order) {
        match order {
            Order::News => {
                let (paths, lost) = self
                    .watch
                    .as_ref()
                    .map(|w| w.news.take())
                    .unwrap_or_default();
                if lost {
                    self.renew();
                    self.sweep();
                } else {
                    self.look_at(&paths);
                }
            }
            Order::Sweep => {
                self.renew();
                self.sweep();
            }
            Order::Hot(units) => self.plan.hurry(units.iter().map(|unit| &unit.path)),
            Order::Gone(gone) => self.places_looked_at(gone),
            Order::Agents(states, look) => self.agents_looked_at(states, look),
            Order::Read(state, delta, kept) => self.was_read(*state, *delta, kept),
            Order::Stop => {}
        }
    }

    /// Tells what is pending; false when nobody listens.
    fn tell(&mut self) -> bool {
        self.meet_places();
        self.meet_sessions();
        (self.send)(std::mem::take(&mut self.pending))
    }

    /// Watches what can be watched now.
    fn renew(&mut self) {
        self.renew_at(&self.roots.clone());
    }

    fn renew_at(&mut self, roots: &[Root]) {
        if let Some(watch) = &mut self.watch {
            watch.renew(&self.env, roots);
            let state = watch.state();
            if self.progress.watching != state {
                self.progress.watching = state;
                self.settle_progress(true);
            }
        }
    }

    fn start_reading(&mut self) {
        while let Some(path) = self.plan.next(self.most * 2) {
            let Some(unit) = self.units.get(&path).cloned() else {
                self.plan.done(&path);
                continue;
            };
            let rested = self.resting.remove(&path);
            let is_first = rested.is_none();
            let mut state = rested.unwrap_or_else(|| self.as_kept(&unit));
            let (env, orders) = (self.env.clone(), self.orders.clone());
            let job = move || {
                let delta = state.read(&env);
                // Of a unit that grows all would have to be told again.
                let kept = is_first
                    .then(|| state.kept(&delta, Want::Summary))
                    .flatten();
                let _ = orders.send(Order::Read(Box::new(state), Box::new(delta), kept));
            };
            match &self.pool {
                Some(pool) => pool.spawn(job),
                None => job(),
            }
        }
    }

    fn was_read(&mut self, state: UnitState, delta: Delta, kept: Option<Kept>) {
        let path = state.unit.path.clone();
        let gone = delta.retired.iter().any(|r| matches!(r, Retired::Unit(_)));
        if !self.units.contains_key(&path) || gone {
            // It went while it was read: what was heard of it is no news.
            self.first.remove(&path);
            if gone {
                self.retire(&path);
            }
            self.plan.done(&path);
            self.settle_progress(false);
            return;
        }
        let len = self.stamps.get(&path).map_or(0, |(file, _)| file.len);
        self.fresh_bytes += state.len_read(len);
        self.projects.hear(&self.env, &delta);
        if !delta.retired.is_empty() {
            self.wake_heirs(&state.unit);
        }
        self.pending.merge(delta);
        self.look_into_named();
        let wait_before_retry = state.wait_before_retry();
        match kept {
            // It is packed more closely there than at rest.
            Some(kept) => drop(self.fresh.insert(path.clone(), (state.unit, kept))),
            None => drop(self.resting.insert(path.clone(), state)),
        }
        if self.first.remove(&path) {
            let unit = self.units.get(&path).map(|unit| unit.source);
            let sources = self.progress.sources.iter_mut();
            for source in sources.filter(|s| Some(s.source) == unit) {
                source.read = (source.read + 1).min(source.found);
            }
            self.settle_progress(true);
        }
        if let Some(after) = wait_before_retry {
            self.plan.put_off(path.clone(), after);
        }
        self.plan.done(&path);
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
        let was_done = self.progress.done;
        self.progress.done = self.first.is_empty();
        if self.progress.done && !was_done {
            self.keep();
        }
        if changed || was != self.progress {
            self.pending.progress = Some(self.progress.clone());
        }
    }
}
