//! Work that takes longer than a frame: reading conversations, colouring code, the clipboard.

mod conversations;

use std::io;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{self, Sender};

use tokio::sync::mpsc::UnboundedSender;

use super::msg::{Msg, Ticket, What};
use crate::env::Env;
use crate::ingest::Reading;
use crate::model::{Session, Tariff};
use crate::os::threads;
use crate::render::code::{InkJob, highlight};
use crate::render::document::Sought;
use crate::text::Clean;
use conversations::{Job, Of};

/// Threads that work for the screen and answer with messages.
pub struct Workers {
    open: Sender<Job>,
    ink: Sender<InkJob>,
    inside: Sender<(Ticket, Box<str>, Arc<Session>)>,
    copy: Sender<(Clean, What)>,
}

impl Workers {
    pub fn start(env: &Env, tariff: Arc<dyn Tariff>, news: UnboundedSender<Msg>) -> Workers {
        let (open, jobs) = mpsc::channel();
        let (ink, inks) = mpsc::channel::<InkJob>();
        let (copy, copies) = mpsc::channel::<(Clean, What)>();
        let (inside, insides) = mpsc::channel::<(Ticket, Box<str>, Arc<Session>)>();
        let (inside_env, inside_news) = (env.clone(), news.clone());
        let inside_tariff = tariff.clone();
        spawn("sub-agents", move || {
            while let Ok((ticket, call, session)) = insides.recv() {
                let reading = Reading::priced(&session, inside_tariff.clone());
                let mut reading = reading.within(inside_env.room.bodies());
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
            conversations::read(&reader_env, &tariff, &jobs, &reader_news)
        });
        let ink_news = news.clone();
        spawn("colours", move || {
            // Grammars take their time when they are met first, and whoever types waits for others.
            threads::stand_back();
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

    pub fn open(&self, ticket: Ticket, session: Arc<Session>) {
        let _ = self.open.send(Job::Open(Of(ticket, session)));
    }

    pub fn near(
        &self,
        ticket: Ticket,
        session: Arc<Session>,
        seen: Range<usize>,
        whole: Option<u64>,
    ) {
        let of = Of(ticket, session);
        let _ = self.open.send(Job::Near(of, seen, whole));
    }

    pub fn seek(&self, ticket: Ticket, session: Arc<Session>, number: Ticket, sought: Sought) {
        let of = Of(ticket, session);
        let _ = self.open.send(Job::Seek(of, number, sought));
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

    pub fn copy(&self, text: Clean, what: What) {
        let _ = self.copy.send((text, what));
    }
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) {
    let _ = std::thread::Builder::new().name(name.into()).spawn(work);
}
