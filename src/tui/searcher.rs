//! Answers what was said where, while keys are typed: one thread asks the index of words, another one makes it.

use std::collections::{HashMap, HashSet, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::time::{Duration, Instant};

use rayon::prelude::*;
use tokio::sync::mpsc::UnboundedSender;

use super::listing::{Family, Rule};
use super::msg::{Msg, Ticket};
use crate::env::Env;
use crate::model::{Row, SessionId};
use crate::query::Query;
use crate::redact::Mask;
use crate::search::{Depth, Seeking, Words, meant};

/// The newest sessions are answered first: so many fill a screen …
const FIRST: usize = 64;
/// … and so many of the others are answered at once, until the time is over in which nobody waits for a newer question.
const PIECE: usize = 256;
const TURN: Duration = Duration::from_millis(15);
/// The same for those whose logs must be read.
const LOGS: usize = 4;
/// So many conversations are learnt before they can be asked for: the newest, then the others.
const LEARNT: [usize; 2] = [256, 1024];
/// Of one session so many hits are told.
const HITS: usize = 500;

enum Job {
    /// More sessions for the same ticket, or a new question.
    Search(Ticket, Query, Depth, Arc<[Arc<Row>]>),
    Hits(Ticket, Vec<Arc<Row>>, Option<Arc<Mask>>),
    Count(Ticket, Vec<Query>, Arc<[Family]>, bool),
    Learn(Arc<[Arc<Row>]>),
    /// What was learnt, and whether that was all.
    Learnt(Words, bool),
}

/// A searcher at work. It ends when it is dropped.
pub struct Searcher {
    jobs: Sender<Job>,
    /// The newest question. Whoever works on an older one leaves off in the middle.
    newest: Arc<AtomicU64>,
}

impl Searcher {
    pub fn start(env: &Env, news: UnboundedSender<Msg>) -> Searcher {
        let (send, jobs) = mpsc::channel();
        let newest = Arc::new(AtomicU64::new(0));
        let mut run = Run {
            newest: newest.clone(),
            pool: None,
            env: env.clone(),
            news,
            own: send.clone(),
            words: Words::default(),
            learning: HashMap::new(),
            asked: None,
            fitted: 0,
            left: Vec::new(),
            wanted: VecDeque::new(),
            mask: None,
            counting: None,
        };
        // Where no thread can be made nothing that was said is found; titles still are.
        let _ = std::thread::Builder::new()
            .name("words".into())
            .spawn(move || {
                // Not before it is asked for: the first rows come before it.
                if let Ok(first) = jobs.recv() {
                    run.open();
                    run.take(first);
                    run.run(&jobs);
                }
            });
        Searcher { jobs: send, newest }
    }

    // A searcher that is gone answers nothing more; the screen goes on without it.

    pub fn search(&self, ticket: Ticket, query: Query, depth: Depth, rows: Arc<[Arc<Row>]>) {
        self.newest.store(ticket, Ordering::Relaxed);
        let _ = self.jobs.send(Job::Search(ticket, query, depth, rows));
    }

    pub fn hits(&self, ticket: Ticket, rows: Vec<Arc<Row>>, mask: Option<Arc<Mask>>) {
        let _ = self.jobs.send(Job::Hits(ticket, rows, mask));
    }

    pub fn count(
        &self,
        ticket: Ticket,
        queries: Vec<Query>,
        families: Arc<[Family]>,
        all_kinds: bool,
    ) {
        let _ = self
            .jobs
            .send(Job::Count(ticket, queries, families, all_kinds));
    }

    pub fn learn(&self, rows: Arc<[Arc<Row>]>) {
        let _ = self.jobs.send(Job::Learn(rows));
    }
}

struct Run {
    pool: Option<Arc<rayon::ThreadPool>>,
    env: Env,
    news: UnboundedSender<Msg>,
    own: Sender<Job>,
    newest: Arc<AtomicU64>,
    words: Words,
    /// Sessions that will soon be known.
    learning: HashMap<SessionId, Arc<Row>>,
    asked: Option<(Ticket, Query, Depth)>,
    /// For which question it was told what fits without reading.
    fitted: Ticket,
    /// Those that are yet to be answered, in order.
    left: Vec<Arc<Row>>,
    /// Those whose hits are asked for, the first on screen first.
    wanted: VecDeque<Arc<Row>>,
    /// What hides secrets in their hits.
    mask: Option<Arc<Mask>>,
    /// Other queries whose answers are counted when all else is answered.
    counting: Option<Counting>,
}

struct Counting {
    queries: VecDeque<Query>,
    families: Arc<[Family]>,
    all_kinds: bool,
    counts: Vec<usize>,
}

impl Run {
    fn open(&mut self) {
        // Threads of its own, since what fails in them is caught, and others' is not.
        let name = |i| format!("search-{i}");
        let pool = rayon::ThreadPoolBuilder::new().thread_name(name).build();
        self.pool = pool.ok().map(Arc::new);
        self.words = Words::open(&self.env);
    }

    fn run(&mut self, jobs: &Receiver<Job>) {
        let mut is_first = true;
        loop {
            let is_due = self.left.iter().any(|row| self.is_due(row));
            let is_busy = is_due || !self.wanted.is_empty() || self.counting.is_some();
            let job = match is_busy {
                true => jobs.try_recv().ok(),
                false => match jobs.recv() {
                    Ok(job) => Some(job),
                    Err(_) => return,
                },
            };
            if let Some(job) = job {
                is_first |= matches!(job, Job::Search(..));
                self.take(job);
            } else {
                let pool = self.pool.clone();
                let turn = || {
                    if is_due {
                        self.answer(is_first);
                    }
                    // What is on screen is looked at while the others are counted.
                    self.hits();
                    if !is_due {
                        self.count();
                    }
                };
                within(pool.as_deref(), turn);
                is_first = false;
            }
            if self.news.is_closed() {
                return;
            }
        }
    }

    fn is_asked(&self, ticket: Ticket) -> bool {
        let asked = self.asked.as_ref();
        asked.is_some_and(|(asked, ..)| *asked == ticket)
    }

    /// Whether a session can be answered now: what is being learnt is known in a moment.
    fn is_due(&self, row: &Row) -> bool {
        !self.learning.contains_key(row.id()) || self.words.knows(row)
    }

    fn take(&mut self, job: Job) {
        match job {
            Job::Search(ticket, query, depth, rows) => {
                if !self.is_asked(ticket) {
                    self.wanted.clear();
                    self.counting = None;
                    self.asked = Some((ticket, query, depth));
                    self.left = rows.to_vec();
                    return;
                }
                let new: HashSet<&SessionId> = rows.iter().map(|row| row.id()).collect();
                self.left.retain(|row| !new.contains(row.id()));
                self.left.extend(rows.iter().cloned());
            }
            Job::Hits(ticket, rows, mask) if self.is_asked(ticket) => {
                self.wanted.extend(rows);
                self.mask = mask;
            }
            Job::Count(ticket, queries, families, all_kinds) if self.is_asked(ticket) => {
                self.counting = Some(Counting {
                    queries: queries.into(),
                    families,
                    all_kinds,
                    counts: Vec::new(),
                });
            }
            Job::Hits(..) | Job::Count(..) => {}
            Job::Learn(rows) => self.learn(&rows),
            Job::Learnt(words, all) => {
                self.words.absorb(words);
                if all {
                    self.learning.clear();
                }
                let left = self
                    .learning
                    .iter()
                    .filter(|(_, row)| !self.words.knows(row));
                let _ = self.news.send(Msg::Learning(left.count()));
            }
        }
    }

    /// Answers the next sessions: the first ones at once, then as many as the time of a turn allows.
    fn answer(&mut self, is_first: bool) {
        let Some((ticket, query, depth)) = self.asked.clone() else {
            return self.left.clear();
        };
        let since = Instant::now();
        let most = if is_first { FIRST } else { PIECE };
        let turn = if is_first { Duration::ZERO } else { TURN };
        if self.fitted != ticket && query.words_only() && !query.leaves_out() {
            let fit = |row: &Arc<Row>| {
                let rank = catch_unwind(AssertUnwindSafe(|| query.rank(row)));
                Some((row.id().clone(), rank.ok()??))
            };
            let fits = self.left.par_iter().filter_map(fit).collect();
            let _ = self.news.send(Msg::Fits(ticket, fits));
            self.fitted = ticket;
        }
        let seeking = Seeking::new(&self.env, &query, &self.words, depth);
        let is_old = || self.newest.load(Ordering::Relaxed) != ticket;
        let ask = |row: &Arc<Row>| (!is_old()).then(|| (row.clone(), rank(&seeking, row)));
        let (mut found, mut later) = (Vec::new(), Vec::new());
        let mut rows = std::mem::take(&mut self.left).into_iter();
        loop {
            let (mut now, mut logs) = (Vec::new(), 0);
            while now.len() < most
                && logs < LOGS
                && let Some(row) = rows.next()
            {
                if self.is_due(&row) {
                    logs += usize::from(!self.words.knows(&row));
                    now.push(row);
                } else {
                    later.push(row);
                }
            }
            found.par_extend(now.par_iter().filter_map(ask));
            if is_old() {
                // The newer question asks everything anew, and is here in a moment.
                return;
            }
            if since.elapsed() >= turn || rows.len() == 0 {
                break;
            }
        }
        later.extend(rows);
        self.left = later;
        let _ = self.news.send(Msg::Found(ticket, found, self.left.len()));
    }

    /// The hits of the next sessions on screen, one for each core.
    fn hits(&mut self) {
        let Some((ticket, query, _)) = self.asked.clone() else {
            return self.wanted.clear();
        };
        let most = rayon::current_num_threads().min(self.wanted.len());
        let rows: Vec<Arc<Row>> = self.wanted.drain(..most).collect();
        let seeking = Seeking::new(&self.env, &query, &self.words, Depth::Hits(0));
        let seeking = seeking.under(self.mask.clone());
        let told: Vec<Msg> = rows
            .par_iter()
            .filter_map(|row| {
                let asked = catch_unwind(AssertUnwindSafe(|| seeking.ask(row)));
                let mut hits = asked.ok()?.ok()??.listened.hits;
                let count = hits.iter().map(|hit| hit.count).sum();
                // What is meant is shown, however far behind.
                if let Some(n) = meant(&hits).filter(|n| *n >= HITS) {
                    hits.swap(HITS - 1, n);
                }
                hits.truncate(HITS);
                Some(Msg::Hits(ticket, row.id().clone(), hits, count))
            })
            .collect();
        for msg in told {
            let _ = self.news.send(msg);
        }
    }

    /// Counts what the list would show for the next of the other queries, of what is known.
    fn count(&mut self) {
        let (Some((ticket, ..)), Some(counting)) = (&self.asked, &mut self.counting) else {
            return;
        };
        if let Some(query) = counting.queries.pop_front() {
            let seeking = Seeking::new(&self.env, &query, &self.words, Depth::Any);
            let wanted = |row: &Row| self.words.knows(row) && rank(&seeking, row).is_some();
            let rule = Rule::of(&query, counting.all_kinds);
            let families = counting.families.par_iter();
            counting
                .counts
                .push(families.map(|family| family.shown(rule, wanted)).sum());
        }
        if counting.queries.is_empty() {
            let counts = std::mem::take(&mut counting.counts);
            let _ = self.news.send(Msg::Counted(*ticket, counts));
            self.counting = None;
        }
    }

    /// Has what is not known read and kept, newest first.
    fn learn(&mut self, rows: &Arc<[Arc<Row>]>) {
        if self.words.is_worn() {
            self.words.clear();
        }
        let new = rows.iter().filter(|row| !self.words.knows(row));
        let new: Vec<Arc<Row>> = new.cloned().collect();
        if new.is_empty() || !self.learning.is_empty() {
            return;
        }
        self.learning = new
            .iter()
            .map(|row| (row.id().clone(), row.clone()))
            .collect();
        let (env, own, pool) = (self.env.clone(), self.own.clone(), self.pool.clone());
        let work = move || {
            let [first, more] = LEARNT;
            let (start, rest) = new.split_at_checked(first).unwrap_or((&new, &[]));
            for piece in std::iter::once(start).chain(rest.chunks(more)) {
                let mut words = Words::default();
                // Without an index everything is found, only later.
                let learn = || words.learn(&env, piece);
                let learnt = within(pool.as_deref(), learn);
                let told = own.send(Job::Learnt(words, false));
                if learnt.is_err() || told.is_err() {
                    break;
                }
            }
            let _ = own.send(Job::Learnt(Words::default(), true));
        };
        let thread = std::thread::Builder::new().name("learning".into());
        if thread.spawn(work).is_err() {
            self.learning.clear();
        }
    }
}

/// How well a session fits, where it does. A log that cannot be read now, or a bug in a reader, leaves one out.
fn rank(seeking: &Seeking<'_>, row: &Row) -> Option<i64> {
    let asked = catch_unwind(AssertUnwindSafe(|| seeking.ask(row)));
    asked.ok()?.ok()?.map(|answer| answer.rank)
}

/// Does some work with the threads of a pool, where there is one.
fn within<T: Send>(pool: Option<&rayon::ThreadPool>, work: impl FnOnce() -> T + Send) -> T {
    match pool {
        Some(pool) => pool.install(work),
        None => work(),
    }
}
