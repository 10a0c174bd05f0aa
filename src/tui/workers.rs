//! Work that takes longer than a frame: reading conversations, colouring code, the clipboard.

use std::io;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};

use tokio::sync::mpsc::UnboundedSender;

use super::msg::{Msg, Ticket};
use crate::env::Env;
use crate::ingest::Reading;
use crate::model::{Conversation, Session, Tariff};
use crate::render::code::{InkJob, highlight};
use crate::text::Clean;

/// The first screen needs no more messages than this.
const FIRST: usize = 200;

enum Job {
    /// With the texts of the message of that key whole, whatever the bound.
    Open(Ticket, Arc<Session>, Option<u64>),
    Refresh(Ticket),
    /// Show the end before the rest is read.
    End(Ticket),
}

/// Threads that work for the screen and answer with messages.
pub struct Workers {
    open: Sender<Job>,
    ink: Sender<InkJob>,
    inside: Sender<(Ticket, Box<str>, Arc<Session>)>,
    copy: Sender<(Clean, Clean)>,
}

impl Workers {
    pub fn start(env: &Env, tariff: Arc<dyn Tariff>, news: UnboundedSender<Msg>) -> Workers {
        let (open, jobs) = mpsc::channel();
        let (ink, inks) = mpsc::channel::<InkJob>();
        let (copy, copies) = mpsc::channel::<(Clean, Clean)>();
        let (inside, insides) = mpsc::channel::<(Ticket, Box<str>, Arc<Session>)>();
        let (inside_env, inside_news) = (env.clone(), news.clone());
        let inside_tariff = tariff.clone();
        spawn("sub-agents", move || {
            while let Ok((ticket, call, session)) = insides.recv() {
                let mut reading = Reading::priced(&session, inside_tariff.clone());
                let read = catch_unwind(AssertUnwindSafe(|| reading.read(&inside_env)));
                let read =
                    read.unwrap_or_else(|_| Err(io::Error::other("internal error while reading")));
                let answer = read.map(|_| Arc::new(reading.conversation()));
                let answer = answer.map_err(|error| error.to_string());
                if inside_news.send(Msg::Inside(ticket, call, answer)).is_err() {
                    return;
                }
            }
        });
        let (reader_env, reader_news) = (env.clone(), news.clone());
        spawn("conversations", move || {
            read(&reader_env, &tariff, &jobs, &reader_news)
        });
        let ink_news = news.clone();
        spawn("colours", move || {
            while let Ok(job) = inks.recv() {
                // A bug in a grammar costs the colours of one block.
                let Ok(ink) = catch_unwind(|| highlight(&job)) else {
                    continue;
                };
                if ink_news.send(Msg::Inked(ink)).is_err() {
                    return;
                }
            }
        });
        // The owner of a selection must live to serve it, so this thread keeps the clipboard for good.
        let clipboard = env.clipboard.clone();
        spawn("clipboard", move || {
            while let Ok((text, what)) = copies.recv() {
                let took = clipboard.copy(text.as_str());
                if news.send(Msg::Copied(what, took)).is_err() {
                    return;
                }
            }
        });
        Workers {
            open,
            ink,
            inside,
            copy,
        }
    }

    // A worker that is gone can do nothing more; the screen goes on without its answers.

    pub fn open(&self, ticket: Ticket, session: Arc<Session>, whole: Option<u64>) {
        let _ = self.open.send(Job::Open(ticket, session, whole));
    }

    pub fn refresh(&self, ticket: Ticket) {
        let _ = self.open.send(Job::Refresh(ticket));
    }

    pub fn end(&self, ticket: Ticket) {
        let _ = self.open.send(Job::End(ticket));
    }

    pub fn ink(&self, job: InkJob) {
        let _ = self.ink.send(job);
    }

    pub fn inside(&self, ticket: Ticket, call: Box<str>, session: Arc<Session>) {
        let _ = self.inside.send((ticket, call, session));
    }

    pub fn copy(&self, text: Clean, what: Clean) {
        let _ = self.copy.send((text, what));
    }
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) {
    let _ = std::thread::Builder::new().name(name.into()).spawn(work);
}

/// Only the newest wish counts: whoever scrolls past ten sessions waits for the last one only, and a long reading is
/// left for another.
fn read(env: &Env, tariff: &Arc<dyn Tariff>, jobs: &Receiver<Job>, news: &UnboundedSender<Msg>) {
    let mut open: Option<(Ticket, Reading)> = None;
    let mut next: Option<Job> = None;
    while let Some(mut job) = next.take().or_else(|| jobs.recv().ok()) {
        while let Ok(later) = jobs.try_recv() {
            if matches!(later, Job::Open(..)) || !matches!(job, Job::Open(..)) {
                job = later;
            }
        }
        let (fresh, asked) = match job {
            Job::Open(ticket, session, whole) => {
                let reading = Reading::priced(&session, tariff.clone());
                open = Some((ticket, reading.within(env.room.bodies(), whole)));
                (true, ticket)
            }
            Job::Refresh(ticket) => (false, ticket),
            // All of it was read by now.
            Job::End(_) => continue,
        };
        let Some((ticket, reading)) = open.as_mut().filter(|(ticket, _)| *ticket == asked) else {
            continue;
        };
        let ticket = *ticket;
        let (mut shown, mut end, mut again) = (!fresh, None, false);
        let tail = reading.tail();
        let mut each = |snapshot: &dyn Fn() -> Conversation, known: usize| {
            if !shown && known >= FIRST {
                shown = true;
                let _ = news.send(Msg::Opened(ticket, Arc::new(snapshot()), true));
            }
            match jobs.try_recv() {
                Ok(Job::End(asked)) if asked == ticket && end.is_none() => {
                    end = tail.read(env).map(Arc::new);
                    if let Some(end) = &end {
                        shown = true;
                        let _ = news.send(Msg::Opened(ticket, end.clone(), true));
                    }
                }
                Ok(job @ Job::Open(..)) => {
                    next = Some(job);
                    return ControlFlow::Break(());
                }
                Ok(Job::Refresh(asked)) => again |= asked == ticket,
                Ok(Job::End(_)) | Err(_) => {}
            }
            ControlFlow::Continue(())
        };
        let read = catch_unwind(AssertUnwindSafe(|| reading.read_with(env, &mut each)));
        if next.is_some() {
            continue;
        }
        next = again.then_some(Job::Refresh(ticket));
        let read = read.unwrap_or_else(|_| Err(io::Error::other("internal error while reading")));
        let answer = match read {
            Ok(changed) if changed || fresh => {
                Msg::Opened(ticket, Arc::new(reading.conversation()), false)
            }
            Ok(_) => continue,
            Err(error) => Msg::NotOpened(ticket, error.to_string()),
        };
        if news.send(answer).is_err() {
            return;
        }
    }
}
