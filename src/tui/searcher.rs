//! Answers what was said where, while keys are typed: one thread asks the index of words, another one makes it.

use std::collections::{HashMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::{self, Receiver, Sender};

use rayon::prelude::*;
use tokio::sync::mpsc::UnboundedSender;

use super::msg::{Msg, Ticket};
use crate::env::Env;
use crate::model::{Row, SessionId};
use crate::query::Query;
use crate::search::{Seeking, Words};

/// The newest sessions are answered first, so many fill a screen …
const FIRST: usize = 64;
/// … and between so many of the others a newer question is heard.
const PIECE: usize = 512;
/// The same for those whose logs must be read.
const LOGS: usize = 8;
/// So many conversations are learnt before they can be asked for: the newest, then the others.
const LEARNT: [usize; 2] = [256, 1024];
/// Of one session so many hits are told.
const HITS: usize = 500;

enum Job {
    /// More sessions for the same ticket, or a new question.
    Search(Ticket, Query, Arc<[Arc<Row>]>),
    Hits(Ticket, Vec<Arc<Row>>),
    Learn(Arc<[Arc<Row>]>),
    /// What was learnt, and whether that was all.
    Learnt(Words, bool),
}

/// A searcher at work. It ends when it is dropped.
pub struct Searcher(Sender<Job>);

impl Searcher {
    pub fn start(env: &Env, news: UnboundedSender<Msg>) -> Searcher {
        let (send, jobs) = mpsc::channel();
        let mut run = Run {
            env: env.clone(),
            news,
            own: send.clone(),
            words: Words::default(),
            learning: HashMap::new(),
            asked: None,
            left: Vec::new(),
        };
        // Where no thread can be made nothing that was said is found; titles still are.
        let _ = std::thread::Builder::new()
            .name("words".into())
            .spawn(move || {
                run.words = Words::open(&run.env);
                run.run(&jobs);
            });
        Searcher(send)
    }

    // A searcher that is gone answers nothing more; the screen goes on without it.

    pub fn search(&self, ticket: Ticket, query: Query, rows: Arc<[Arc<Row>]>) {
        let _ = self.0.send(Job::Search(ticket, query, rows));
    }

    pub fn hits(&self, ticket: Ticket, rows: Vec<Arc<Row>>) {
        let _ = self.0.send(Job::Hits(ticket, rows));
    }

    pub fn learn(&self, rows: Arc<[Arc<Row>]>) {
        let _ = self.0.send(Job::Learn(rows));
    }
}

struct Run {
    env: Env,
    news: UnboundedSender<Msg>,
    own: Sender<Job>,
    words: Words,
    /// Sessions that will soon be known.
    learning: HashMap<SessionId, Arc<Row>>,
    asked: Option<(Ticket, Query)>,
    /// Those that are yet to be answered, in order.
    left: Vec<Arc<Row>>,
}

impl Run {
    fn run(&mut self, jobs: &Receiver<Job>) {
        let mut most = FIRST;
        loop {
            let can_go_on = self.left.iter().any(|row| self.is_due(row));
            let job = match can_go_on {
                true => jobs.try_recv().ok(),
                false => match jobs.recv() {
                    Ok(job) => Some(job),
                    Err(_) => return,
                },
            };
            match job {
                Some(job) => {
                    if matches!(job, Job::Search(..)) {
                        most = FIRST;
                    }
                    self.take(job);
                }
                None => {
                    self.answer(most);
                    most = PIECE;
                }
            }
            if self.news.is_closed() {
                return;
            }
        }
    }

    /// Whether a session can be answered now: what is being learnt is known in a moment.
    fn is_due(&self, row: &Row) -> bool {
        !self.learning.contains_key(row.id()) || self.words.knows(row)
    }

    fn take(&mut self, job: Job) {
        match job {
            Job::Search(ticket, query, rows) => {
                if self
                    .asked
                    .as_ref()
                    .is_none_or(|(asked, _)| *asked != ticket)
                {
                    self.left.clear();
                    self.asked = Some((ticket, query));
                }
                let new: HashSet<&SessionId> = rows.iter().map(|row| row.id()).collect();
                self.left.retain(|row| !new.contains(row.id()));
                self.left.extend(rows.iter().cloned());
            }
            Job::Hits(ticket, rows) => self.hits(ticket, &rows),
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

    /// Answers the next few sessions.
    fn answer(&mut self, most: usize) {
        let Some((ticket, query)) = self.asked.clone() else {
            return self.left.clear();
        };
        let (mut now, mut later) = (Vec::new(), Vec::new());
        let mut logs = 0;
        for row in std::mem::take(&mut self.left) {
            let is_known = self.words.knows(&row);
            let has_room = now.len() < most && (is_known || logs < LOGS);
            if has_room && self.is_due(&row) {
                logs += usize::from(!is_known);
                now.push(row);
            } else {
                later.push(row);
            }
        }
        self.left = later;
        let seeking = Seeking::new(&self.env, &query, &self.words, None);
        let ask = |row: &Arc<Row>| {
            // A log that cannot be read now, or a bug in a reader, leaves one session out.
            let asked = catch_unwind(AssertUnwindSafe(|| seeking.ask(row)));
            let wanted = matches!(asked, Ok(Ok(Some(_))));
            (row.clone(), wanted)
        };
        let found: Vec<(Arc<Row>, bool)> = now.par_iter().map(ask).collect();
        let _ = self.news.send(Msg::Found(ticket, found, self.left.len()));
    }

    fn hits(&self, ticket: Ticket, rows: &[Arc<Row>]) {
        let Some((_, query)) = self.asked.as_ref().filter(|(asked, _)| *asked == ticket) else {
            return;
        };
        let seeking = Seeking::new(&self.env, query, &self.words, Some(0));
        for row in rows {
            let asked = catch_unwind(AssertUnwindSafe(|| seeking.ask(row)));
            if let Ok(Ok(Some(answer))) = asked {
                let mut hits = answer.listened.hits;
                let count = hits.len();
                hits.truncate(HITS);
                let id = row.id().clone();
                let _ = self.news.send(Msg::Hits(ticket, id, hits, count));
            }
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
        let (env, own) = (self.env.clone(), self.own.clone());
        let work = move || {
            let [first, more] = LEARNT;
            let (start, rest) = new.split_at_checked(first).unwrap_or((&new, &[]));
            for piece in std::iter::once(start).chain(rest.chunks(more)) {
                let mut words = Words::default();
                // Without an index everything is found, only later.
                let learnt = words.learn(&env, piece, &AtomicBool::new(false), &|_| {});
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
