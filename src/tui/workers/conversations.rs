//! The conversation that is open: reading it, reading on, reading again what was left on disk, and looking for a text
//! there.

#[cfg(test)]
mod tests;

use std::io;
use std::ops::{ControlFlow, Range};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError};

use tokio::sync::mpsc::UnboundedSender;

use super::super::msg::{Msg, Ticket};
use crate::env::Env;
use crate::ingest::Reading;
use crate::model::{Conversation, Session, Tariff};
use crate::render::document::Sought;

/// The first screen needs no more messages than this.
const FIRST: usize = 200;

/// A conversation by the number of its opening.
pub struct Of(pub Ticket, pub Arc<Session>);

/// What is wished for.
pub enum Job {
    Open(Of),
    Refresh(Ticket),
    /// Show the end before the rest is read.
    End(Ticket),
    /// Have the texts around these messages, and all of the message of that key.
    Near(Of, Range<usize>, Option<u64>),
    /// Look for something in what was left on disk.
    Seek(Of, Ticket, Sought),
}

/// What is still to be done. Only the newest wish of a kind counts, and none for another conversation than the one that
/// was opened last.
#[derive(Default)]
struct Wishes {
    open: Option<Of>,
    refresh: Option<Ticket>,
    end: Option<Ticket>,
    near: Option<(Of, Range<usize>, Option<u64>)>,
    seek: Option<Seek>,
}

/// A text that is looked for, and the first message that was not looked through.
struct Seek {
    of: Of,
    number: Ticket,
    sought: Sought,
    from: usize,
    /// The keys of messages for which all of the log is to be read: once, at the end.
    unfit: Vec<u64>,
}

impl Wishes {
    fn take(&mut self, job: Job) {
        match job {
            Job::Open(of) => {
                *self = Wishes {
                    open: Some(of),
                    ..Wishes::default()
                }
            }
            Job::Refresh(ticket) => self.refresh = Some(ticket),
            Job::End(ticket) => self.end = Some(ticket),
            Job::Near(of, seen, whole) => self.near = Some((of, seen, whole)),
            Job::Seek(of, number, sought) => {
                self.seek = Some(Seek {
                    of,
                    number,
                    sought,
                    from: 0,
                    unfit: Vec::new(),
                })
            }
        }
    }

    /// Hears what is wished for while something is read. That is left for another conversation.
    fn go_on(&mut self, jobs: &Receiver<Job>) -> ControlFlow<()> {
        if let Ok(job) = jobs.try_recv() {
            self.take(job);
        }
        match self.open {
            Some(_) => ControlFlow::Break(()),
            None => ControlFlow::Continue(()),
        }
    }

    fn are_none(&self) -> bool {
        self.open.is_none() && self.refresh.is_none() && self.near.is_none() && self.seek.is_none()
    }
}

/// Why a conversation is read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Why {
    /// Nothing of it is shown yet.
    Opened,
    /// It is shown, but another one was read since.
    Back,
    /// It may have grown.
    Grown,
}

/// The conversation that is open, and its number.
struct Open {
    ticket: Ticket,
    reading: Reading,
    /// Whether it could be read.
    is_read: bool,
    looked: Looked,
}

/// What was looked at last, and the message that was asked for: it is named again with what is looked at next.
#[derive(Default)]
struct Looked {
    seen: Range<usize>,
    whole: Option<u64>,
    /// All of the message could not be had.
    failed: bool,
}

/// Whoever scrolls past ten sessions waits for the last one only, and a long reading is left for another.
pub fn read(
    env: &Env,
    tariff: &Arc<dyn Tariff>,
    jobs: &Receiver<Job>,
    news: &UnboundedSender<Msg>,
) {
    let begin = |ticket: Ticket, session: &Session| {
        let reading = Reading::priced(session, tariff.clone());
        Open::new(ticket, reading.within(env.room.bodies()))
    };
    let mut open: Option<Open> = None;
    let mut wishes = Wishes::default();
    while !news.is_closed() {
        if wishes.are_none() {
            match jobs.recv() {
                Ok(job) => wishes.take(job),
                Err(_) => return,
            }
        }
        loop {
            match jobs.try_recv() {
                Ok(job) => wishes.take(job),
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Disconnected) => return,
            }
        }
        if let Some(Of(ticket, session)) = wishes.open.take() {
            let open = open.insert(begin(ticket, &session));
            let _ = open.read(env, Why::Opened, jobs, &mut wishes, news);
            continue;
        }
        // Another one may have been read since.
        let wanted = wishes.near.as_ref().map(|(of, ..)| of);
        let wanted = wanted.or(wishes.seek.as_ref().map(|seek| &seek.of));
        if let Some(Of(ticket, session)) = wanted
            && open.as_ref().is_none_or(|open| !open.is_it(*ticket))
        {
            let open = open.insert(begin(*ticket, session));
            wishes.refresh = None;
            if open.read(env, Why::Back, jobs, &mut wishes, news).is_err() {
                wishes.near = None;
                // Whoever waits for what is found is told that nothing more comes.
                if let Some(Seek { of, number, .. }) = wishes.seek.take() {
                    let _ = news.send(Msg::Sought(of.0, number, Vec::new(), false));
                }
            }
            continue;
        }
        let Some(open) = &mut open else {
            wishes = Wishes::default();
            continue;
        };
        if let Some(ticket) = wishes.refresh.take() {
            if ticket == open.ticket {
                let _ = open.read(env, Why::Grown, jobs, &mut wishes, news);
            }
        } else if let Some((_, seen, whole)) = wishes.near.take() {
            open.near(env, seen, whole, jobs, &mut wishes, news);
        } else if let Some(seek) = wishes.seek.take() {
            let rest = open.seek(env, seek, jobs, &mut wishes, news);
            // Something else may be looked for by now.
            if wishes.open.is_none() {
                wishes.seek = wishes.seek.take().or(rest);
            }
        }
    }
}

impl Open {
    fn new(ticket: Ticket, reading: Reading) -> Open {
        Open {
            ticket,
            reading,
            is_read: false,
            looked: Looked::default(),
        }
    }

    /// Whether it is the conversation of that number, and could be read.
    fn is_it(&self, ticket: Ticket) -> bool {
        self.ticket == ticket && self.is_read
    }

    /// Reads what is new, and tells what is known then. What is wished for meanwhile is kept for later.
    fn read(
        &mut self,
        env: &Env,
        why: Why,
        jobs: &Receiver<Job>,
        wishes: &mut Wishes,
        news: &UnboundedSender<Msg>,
    ) -> io::Result<()> {
        let (ticket, reading) = (self.ticket, &mut self.reading);
        // What is shown already is not replaced by a part of it.
        let is_first = why == Why::Opened;
        let (mut shown, mut ended) = (!is_first, false);
        let tail = reading.tail();
        let mut each = |snapshot: &dyn Fn() -> Conversation, known: usize| {
            if !shown && known >= FIRST {
                shown = true;
                let _ = news.send(Msg::Opened(ticket, Arc::new(snapshot()), true));
            }
            let flow = wishes.go_on(jobs);
            if wishes.end.take() == Some(ticket) && is_first && !ended {
                ended = true;
                if let Some(end) = tail.read(env) {
                    shown = true;
                    let _ = news.send(Msg::Opened(ticket, Arc::new(end), true));
                }
            }
            flow
        };
        let read = guarded(|| reading.read_with(env, &mut each));
        // All of it was read by now.
        wishes.end = None;
        if wishes.open.is_some() {
            return Ok(());
        }
        match read {
            Ok(changed) => {
                self.is_read = true;
                if changed || why != Why::Grown {
                    self.tell(news);
                }
                Ok(())
            }
            Err(error) => {
                let _ = news.send(Msg::NotOpened(ticket, error.to_string()));
                Err(error)
            }
        }
    }

    fn tell(&self, news: &UnboundedSender<Msg>) {
        self.tell_part(news, false);
    }

    /// Tells what is known, and whether there is more to say.
    fn tell_part(&self, news: &UnboundedSender<Msg>, more: bool) {
        let all = Arc::new(self.reading.conversation());
        let _ = news.send(Msg::Opened(self.ticket, all, more));
    }

    fn near(
        &mut self,
        env: &Env,
        seen: Range<usize>,
        whole: Option<u64>,
        jobs: &Receiver<Job>,
        wishes: &mut Wishes,
        news: &UnboundedSender<Msg>,
    ) {
        let is_named_again = self.is_named_again(&seen, whole);
        // What was not there is not read for each time that one goes on; it is when somebody asks for it.
        let asked = whole.filter(|_| !(is_named_again && self.looked.failed));
        let reading = &mut self.reading;
        let mut go_on = || wishes.go_on(jobs);
        let look = || reading.look_at(env, seen.clone(), asked, &mut go_on);
        let looked = guarded(look);
        if wishes.open.is_some() {
            return;
        }
        self.looked = Looked {
            seen,
            whole,
            failed: whole.is_some() && (asked.is_none() || looked.is_err()),
        };
        match looked {
            Ok(()) => self.tell(news),
            // What is only looked at says itself that it is on disk.
            Err(_) if whole.is_none() => {}
            Err(_) if is_named_again => self.tell(news),
            Err(error) => {
                // Others may have come.
                self.tell_part(news, true);
                let _ = news.send(Msg::NotOpened(self.ticket, error.to_string()));
            }
        }
    }

    /// Whether a message is only wanted since it was before, and others come into view. Who asks for one sees the same as
    /// before, as what comes into view is asked for at once.
    fn is_named_again(&self, seen: &Range<usize>, whole: Option<u64>) -> bool {
        let is_new = |at: &usize| !self.looked.seen.contains(at);
        let comes = || {
            seen.clone()
                .filter(is_new)
                .any(|at| self.reading.is_left(at))
        };
        whole.is_some() && whole == self.looked.whole && comes()
    }

    /// Looks through some of what was left on disk. Gives what is left of the wish.
    fn seek(
        &mut self,
        env: &Env,
        mut seek: Seek,
        jobs: &Receiver<Job>,
        wishes: &mut Wishes,
        news: &UnboundedSender<Msg>,
    ) -> Option<Seek> {
        let range = self.reading.left_out(seek.from);
        let more = range.is_some() || !seek.unfit.is_empty();
        let (reading, unfit) = (&mut self.reading, &mut seek.unfit);
        let mut go_on = || wishes.go_on(jobs);
        let again = guarded(|| match range.clone() {
            Some(range) => {
                let again = reading.again(env, range, &mut go_on)?;
                unfit.extend(again.unfit);
                Ok(again.found)
            }
            None => reading.take_unfit(env, unfit, &mut go_on),
        });
        if wishes.open.is_some() {
            return None;
        }
        // What cannot be read has no hits that one could go to.
        let again = again.unwrap_or_default();
        let found = again.iter().map(|(_, message)| {
            let places = seek.sought.places(message);
            (message.key, places)
        });
        let sought = Msg::Sought(self.ticket, seek.number, found.collect(), more);
        if news.send(sought).is_err() || !more {
            return None;
        }
        seek.from = range.map_or(seek.from, |range| range.end);
        Some(seek)
    }
}

/// A bug in a reader costs one reading.
fn guarded<T>(work: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    let done = catch_unwind(AssertUnwindSafe(work));
    done.unwrap_or_else(|_| Err(io::Error::other("internal error while reading")))
}
