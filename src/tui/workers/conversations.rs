//! The conversation that is open: reading it, reading on, reading again what was left on disk, and looking for a text
//! there.

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
                })
            }
        }
    }

    fn are_none(&self) -> bool {
        self.open.is_none() && self.refresh.is_none() && self.near.is_none() && self.seek.is_none()
    }
}

/// The conversation that is open, and its number.
struct Open {
    ticket: Ticket,
    reading: Reading,
}

/// Whoever scrolls past ten sessions waits for the last one only, and a long reading is left for another.
pub fn read(
    env: &Env,
    tariff: &Arc<dyn Tariff>,
    jobs: &Receiver<Job>,
    news: &UnboundedSender<Msg>,
) {
    let begin = |session: &Session| {
        let reading = Reading::priced(session, tariff.clone());
        reading.within(env.room.bodies())
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
            let reading = begin(&session);
            let open = open.insert(Open { ticket, reading });
            let _ = open.read(env, true, jobs, &mut wishes, news);
            continue;
        }
        // Another one may have been read since.
        let wanted = wishes.near.as_ref().map(|(of, ..)| of);
        let wanted = wanted.or(wishes.seek.as_ref().map(|seek| &seek.of));
        if let Some(Of(ticket, session)) = wanted
            && open.as_ref().is_none_or(|open| open.ticket != *ticket)
        {
            let (ticket, reading) = (*ticket, begin(session));
            wishes.refresh = None;
            let open = open.insert(Open { ticket, reading });
            if open.read(env, true, jobs, &mut wishes, news).is_err() {
                (wishes.near, wishes.seek) = (None, None);
            }
            continue;
        }
        let Some(open) = &mut open else {
            wishes = Wishes::default();
            continue;
        };
        if let Some(ticket) = wishes.refresh.take() {
            if ticket == open.ticket {
                let _ = open.read(env, false, jobs, &mut wishes, news);
            }
        } else if let Some((_, seen, whole)) = wishes.near.take() {
            open.near(env, seen, whole, news);
        } else if let Some(seek) = wishes.seek.take() {
            wishes.seek = open.seek(env, seek, news);
        }
    }
}

impl Open {
    /// Reads what is new, and tells what is known then. What is wished for meanwhile is kept for later.
    fn read(
        &mut self,
        env: &Env,
        fresh: bool,
        jobs: &Receiver<Job>,
        wishes: &mut Wishes,
        news: &UnboundedSender<Msg>,
    ) -> io::Result<()> {
        let (ticket, reading) = (self.ticket, &mut self.reading);
        let (mut shown, mut ended) = (!fresh, false);
        let tail = reading.tail();
        let mut each = |snapshot: &dyn Fn() -> Conversation, known: usize| {
            if !shown && known >= FIRST {
                shown = true;
                let _ = news.send(Msg::Opened(ticket, Arc::new(snapshot()), true));
            }
            if let Ok(job) = jobs.try_recv() {
                wishes.take(job);
            }
            if wishes.end.take() == Some(ticket) && !ended {
                ended = true;
                if let Some(end) = tail.read(env) {
                    shown = true;
                    let _ = news.send(Msg::Opened(ticket, Arc::new(end), true));
                }
            }
            match wishes.open {
                Some(_) => ControlFlow::Break(()),
                None => ControlFlow::Continue(()),
            }
        };
        let read = guarded(|| reading.read_with(env, &mut each));
        // All of it was read by now.
        wishes.end = None;
        if wishes.open.is_some() {
            return Ok(());
        }
        match read {
            Ok(changed) => {
                if changed || fresh {
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
        let all = Arc::new(self.reading.conversation());
        let _ = news.send(Msg::Opened(self.ticket, all, false));
    }

    fn near(
        &mut self,
        env: &Env,
        seen: Range<usize>,
        whole: Option<u64>,
        news: &UnboundedSender<Msg>,
    ) {
        let reading = &mut self.reading;
        match guarded(|| reading.look_at(env, seen, whole)) {
            Ok(()) => self.tell(news),
            // What is only looked at says itself that it is on disk.
            Err(_) if whole.is_none() => {}
            Err(error) => {
                let _ = news.send(Msg::NotOpened(self.ticket, error.to_string()));
            }
        }
    }

    /// Looks through some of what was left on disk. Gives what is left of the wish.
    fn seek(&mut self, env: &Env, seek: Seek, news: &UnboundedSender<Msg>) -> Option<Seek> {
        let range = self.reading.left_out(seek.from);
        let mut found = Vec::new();
        if let Some(range) = &range {
            let reading = &mut self.reading;
            let places = range.clone().collect();
            // What cannot be read has no hits that one could go to.
            let again = guarded(|| reading.again(env, places)).unwrap_or_default();
            let places = again.iter().map(|(_, message)| {
                let places = seek.sought.places(message);
                (message.key, places)
            });
            found = places.collect();
        }
        let more = range.is_some();
        let sought = Msg::Sought(self.ticket, seek.number, found, more);
        if news.send(sought).is_err() {
            return None;
        }
        range.map(|range| Seek {
            from: range.end,
            ..seek
        })
    }
}

/// A bug in a reader costs one reading.
fn guarded<T>(work: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    let done = catch_unwind(AssertUnwindSafe(work));
    done.unwrap_or_else(|_| Err(io::Error::other("internal error while reading")))
}
