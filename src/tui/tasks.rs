//! What is done to files because somebody asked for it: one thing after the other, away from the screen.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{self, Sender};

use tokio::sync::mpsc::UnboundedSender;

use super::msg::Msg;
use crate::env::Env;
use crate::export::{Parts, markdown, scanner};
use crate::ingest::Reading;
use crate::marks::{Change, Marks};
use crate::model::{Session, SessionId};
use crate::redact::{Outlet, Secrets};
use crate::text::Clean;

/// Something to do.
#[derive(Clone, PartialEq, Debug)]
pub enum Task {
    /// Keep what people noted. The screen shows it already.
    Mark(Vec<(SessionId, Change)>),
    /// Copy a conversation, with the texts that the screen left on disk. The second says what it is.
    Copy(Arc<Session>, Clean),
}

/// A thread that does one task after the other.
pub struct Tasks(Sender<Task>);

impl Tasks {
    pub fn start(env: &Env, news: UnboundedSender<Msg>) -> Tasks {
        let (send, tasks) = mpsc::channel::<Task>();
        let env = env.clone();
        let work = move || {
            while let Ok(task) = tasks.recv() {
                // A bug costs one task.
                let done = catch_unwind(AssertUnwindSafe(|| perform(&env, task)));
                let done = done.unwrap_or_else(|_| Msg::Failed("internal error".to_owned()));
                if news.send(done).is_err() {
                    return;
                }
            }
        };
        let _ = std::thread::Builder::new().name("tasks".into()).spawn(work);
        Tasks(send)
    }

    pub fn give(&self, task: Task) {
        let _ = self.0.send(task);
    }
}

fn perform(env: &Env, task: Task) -> Msg {
    match task {
        Task::Mark(changes) => Msg::Marked(
            Marks::save(env, &changes).map_err(|error| format!("the mark is not kept: {error}")),
        ),
        Task::Copy(session, what) => {
            let mut reading = Reading::new(&session);
            let read = reading.read(env).map_err(|error| error.to_string());
            let copied = read.and_then(|_| {
                let mut outlet = Outlet::new(scanner(), Secrets::Keep);
                let talk = reading.conversation();
                let text = markdown::conversation(&session, &talk, &Parts::COPIED, &mut outlet);
                env.clipboard.copy(Clean::of(&text).as_str())
            });
            Msg::Copied(what, copied)
        }
    }
}
