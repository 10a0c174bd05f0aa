//! What is done to files because somebody asked for it: one thing after the other, away from the screen.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{self, Sender};

use tokio::sync::mpsc::UnboundedSender;

use super::msg::Msg;
use crate::env::Env;
use crate::evidence::net;
use crate::export::{Parts, markdown, scanner};
use crate::ingest::Reading;
use crate::marks::{Change, Marks};
use crate::model::{
    Conversation, Message, NoticeKind, Part, Role, Session, SessionId, Tool, ToolCall, ToolKind,
};
use crate::redact::{Outlet, Secrets};
use crate::text::{Clean, Raw};

/// Something to do.
#[derive(Clone, PartialEq, Debug)]
pub enum Task {
    /// Keep what people noted. The screen shows it already.
    Mark(Vec<(SessionId, Change)>),
    /// Copy these conversations one after the other, read anew: of each these parts.
    Copy(Vec<Arc<Session>>, Parts, Secrets),
    /// Put together what a session changed.
    Changes(Arc<Session>),
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
        Task::Copy(sessions, parts, secrets) => copy(env, &sessions, &parts, secrets),
        Task::Changes(session) => match read(env, &session) {
            Ok(talk) => {
                let all = net::changes(&talk, session.dir.as_deref());
                Msg::Changes(session.id.clone(), Arc::new(as_conversation(&talk, &all)))
            }
            Err(why) => Msg::Failed(why),
        },
    }
}

fn read(env: &Env, session: &Session) -> Result<Conversation, String> {
    let mut reading = Reading::new(session);
    let read = reading.read(env);
    read.map_err(|error| format!("{}: {error}", session.id))?;
    Ok(reading.conversation())
}

fn copy(env: &Env, sessions: &[Arc<Session>], parts: &Parts, secrets: Secrets) -> Msg {
    let mut outlet = Outlet::new(scanner(), secrets);
    let one = |session: &Arc<Session>| {
        let talk = read(env, session)?;
        Ok(markdown::conversation(session, &talk, parts, &mut outlet))
    };
    let texts: Result<Vec<String>, String> = sessions.iter().map(one).collect();
    let found = outlet.found();
    let mut what = match sessions.len() {
        1 => "the whole conversation".to_owned(),
        many => format!("{many} conversations"),
    };
    if !found.is_empty() {
        let done = match secrets {
            Secrets::Keep => "with secrets",
            Secrets::Replace => "secrets left out",
        };
        what.push_str(&format!(", {done}: {found}"));
    }
    let took = texts.and_then(|texts| env.clipboard.copy(Clean::of(&texts.join("\n")).as_str()));
    Msg::Copied(Clean::from(what), took)
}

/// What a session changed as a message for each file, to be shown like any other edit.
fn as_conversation(talk: &Conversation, all: &[net::FileChange]) -> Conversation {
    let message = |(n, change): (u32, &net::FileChange)| {
        let mut message = Message::new(u64::from(n), Role::System, None);
        message.number = n;
        let call = ToolCall {
            call: n.to_string().into(),
            tool: Tool {
                name: "Changed".into(),
                kind: ToolKind::Edit,
            },
            target: Some(change.path.clone()),
            input: Raw::from("{}"),
            edits: vec![change.as_edit()],
            child: None,
        };
        message.parts.push(Part::ToolCall(Box::new(call)));
        if let Some(note) = change.note() {
            message.parts.push(Part::Notice {
                kind: NoticeKind::Other,
                text: Raw::from(note),
            });
        }
        Arc::new(message)
    };
    Conversation {
        id: talk.id.clone(),
        messages: (1..).zip(all).map(message).collect(),
        odd: 0,
    }
}
