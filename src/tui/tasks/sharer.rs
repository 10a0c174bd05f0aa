//! The thread that shares, apart from all other tasks: the program that sends may hang, and is ended when nobody waits for
//! it any more.

use std::ffi::OsStr;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::time::Duration;

use tokio::sync::mpsc::UnboundedSender;

use super::{ShareNews, Task, perform};
use crate::env::{Call, Env, Heard, Processes, Running, Seen};
use crate::model::Tariff;
use crate::tui::msg::{Msg, Ticket};

/// So long the end waits for what is being shared: its link is still to be remembered.
pub(super) const GRACE: Duration = Duration::from_secs(10);
/// So long it takes at the most to end a program and remove the file that it sent.
const ENDING: Duration = Duration::from_secs(2);

pub(super) struct Sharer {
    send: Sender<Task>,
    /// Nothing ever comes: it ends when the thread does.
    ended: Receiver<()>,
    /// Steps that are given and not done.
    under_way: Arc<AtomicUsize>,
    closing: Arc<Closing>,
    /// What is made under this number, or an earlier one, is not wanted any more.
    let_go: Arc<AtomicU64>,
}

/// How far the end has come.
#[derive(Default)]
struct Closing {
    /// No program is run any more.
    begins_none: AtomicBool,
    /// The one that runs is ended.
    ends_all: AtomicBool,
}

impl Sharer {
    pub(super) fn start(
        env: &Env,
        tariff: &Arc<dyn Tariff>,
        news: &UnboundedSender<Msg>,
    ) -> Sharer {
        let (send, steps) = mpsc::channel::<Task>();
        let (ends, ended) = mpsc::channel::<()>();
        let under_way = Arc::new(AtomicUsize::new(0));
        let closing = Arc::new(Closing::default());
        let let_go = Arc::new(AtomicU64::new(0));
        let (tariff, news, count) = (tariff.clone(), news.clone(), under_way.clone());
        let gone = let_go.clone();
        let mut env = env.clone();
        env.processes = Arc::new(Closed {
            inner: env.processes,
            closing: closing.clone(),
        });
        let work = move || {
            let _ends = ends;
            while let Ok(step) = steps.recv() {
                let tell = |msg| drop(news.send(msg));
                let is_wanted = |ticket| ticket > gone.load(Ordering::SeqCst);
                let done = catch_unwind(AssertUnwindSafe(|| {
                    perform(&env, &tariff, step, &tell, &is_wanted)
                }));
                let bug = |_| Msg::Share(ShareNews::Refused("internal error".to_owned()));
                count.fetch_sub(1, Ordering::SeqCst);
                if news.send(done.unwrap_or_else(bug)).is_err() {
                    return;
                }
            }
        };
        // Where no thread can be made nothing is shared, and nothing says that it was.
        let _ = std::thread::Builder::new().name("share".into()).spawn(work);
        Sharer {
            send,
            ended,
            under_way,
            closing,
            let_go,
        }
    }

    pub(super) fn let_go(&self, ticket: Ticket) {
        self.let_go.fetch_max(ticket, Ordering::SeqCst);
    }

    pub(super) fn give(&self, step: Task) {
        self.under_way.fetch_add(1, Ordering::SeqCst);
        if self.send.send(step).is_err() {
            self.under_way.fetch_sub(1, Ordering::SeqCst);
        }
    }

    /// Waits so long for the program that runs, and ends it then. Nothing else is begun.
    pub(super) fn finish(self, grace: Duration, say: &mut dyn FnMut(&str)) {
        self.closing.begins_none.store(true, Ordering::SeqCst);
        // Nobody is left to look at it.
        self.let_go(Ticket::MAX);
        drop(self.send);
        if self.under_way.load(Ordering::SeqCst) > 0 {
            let seconds = grace.as_secs();
            say(&format!(
                "Still sharing: this waits {seconds} seconds at most, and nothing more is begun"
            ));
        }
        if self.ended.recv_timeout(grace) == Err(RecvTimeoutError::Timeout) {
            self.closing.ends_all.store(true, Ordering::SeqCst);
            let _ = self.ended.recv_timeout(ENDING);
            say("gh took too long and was ended; see whether something was shared: gh gist list");
        }
    }
}

/// The door to programs, until the end.
struct Closed {
    inner: Arc<dyn Processes>,
    closing: Arc<Closing>,
}

impl Processes for Closed {
    fn find(&self, name: &OsStr, path: Option<&OsStr>) -> Option<PathBuf> {
        self.inner.find(name, path)
    }

    fn foreground(&self, call: &Call) -> io::Result<i32> {
        self.inner.foreground(call)
    }

    fn capture(&self, call: &Call, deadline: Duration) -> io::Result<Heard> {
        if self.closing.begins_none.load(Ordering::SeqCst) {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let goes_on = || !self.closing.ends_all.load(Ordering::SeqCst);
        self.inner.capture_while(call, deadline, &goes_on)
    }

    fn detach(&self, call: &Call) -> io::Result<()> {
        self.inner.detach(call)
    }

    fn running(&self) -> Option<Vec<Running>> {
        self.inner.running()
    }

    fn seen(&self, pid: i32) -> Option<Seen> {
        self.inner.seen(pid)
    }
}
