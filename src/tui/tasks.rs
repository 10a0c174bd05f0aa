//! What is done to files because somebody asked for it: one thing after the other, away from the screen.

mod changes;
mod exporting;
mod reading;
mod sharer;
mod sharing;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{self, Sender};
use std::thread::JoinHandle;

use tokio::sync::mpsc::UnboundedSender;

use super::msg::{Msg, Ticket, What, Wish};
use super::update::{Kept, Lines, called};
use crate::config::edit::{self, New};
use crate::env::Env;
use crate::evidence::net;
use crate::export::{Format, Parts, markdown, scanner};
use crate::ingest::Reading;
use crate::ingest::raw::Sought;
use crate::marks::{Change, Marks};
use crate::model::{Conversation, Row, Session, SessionId, Tariff};
use crate::redact::{Outlet, Secrets};
use crate::text::Clean;
use crate::trash::{self, Plan};

pub use exporting::{Unwritten, Written};
pub use reading::Wanted;
use sharer::Sharer;
use sharing::Asker;
pub use sharing::{Bundle, Loose, Outcome, Share, ShareNews, Unasked};

/// Something to do.
#[derive(Clone, PartialEq, Debug)]
pub enum Task {
    /// Keep what people noted. The screen shows it already.
    Mark(Vec<(SessionId, Change)>),
    /// Read what was noted, by whomever.
    Marks,
    /// Copy these conversations one after the other, read anew: of each these parts.
    Copy(Vec<Arc<Session>>, Parts, Secrets),
    /// Copy what was said in a session and is held: these parts.
    CopyHeld(Arc<Session>, Arc<Conversation>, Parts, Secrets),
    /// Put together what a session changed, which has so many sub-agents.
    Changes(Arc<Session>, usize),
    Export(Export),
    /// Write what a session changed as a patch, into this folder.
    Patch(Arc<Session>, PathBuf),
    /// Share sessions, or take that back.
    Share(Share),
    /// Keep copies: of each session its own log and those of its sub-agents.
    Keep(Vec<Vec<Arc<Session>>>),
    /// Give up these copies of sessions, each with those of its sub-agents.
    GiveUp(Vec<Vec<Arc<Session>>>),
    /// Read the records of a message as they stand in its log, for the conversation of that number.
    Lines(Ticket, Arc<Session>, u64, Sought),
    /// Read the first lines of a log in which nothing was said.
    FirstLines(Ticket, Arc<Session>),
    /// Open a picture that a log holds.
    Picture(Arc<Session>, Wanted),
    /// Open a picture in a file that a log names.
    PictureFile(PathBuf),
    /// Look where the directory that is gone may be now: what was wished for, why it is not done, and all sessions.
    Moved(Wish, Clean, Vec<Arc<Session>>),
    /// Bring these back out of the trash, by their names there.
    Restore(Vec<String>),
    /// Put a value into the file of settings, under its name, and say this when it is there.
    Set(PathBuf, String, New, Option<Clean>),
}

/// Sessions that become files.
#[derive(Clone, PartialEq, Debug)]
pub struct Export {
    pub rows: Vec<Arc<Row>>,
    pub format: Format,
    pub parts: Parts,
    /// A file that must not be there yet, or a folder.
    pub target: PathBuf,
    pub is_folder: bool,
    /// What was said in a session whose log is gone.
    pub talk: Option<Arc<Conversation>>,
    /// Traces of the person and the machine are replaced too.
    pub is_anonymous: bool,
    /// What is to become of secrets; absent until somebody said.
    pub secrets: Option<Secrets>,
}

enum Work {
    Task(Task),
    Delete(Plan),
}

/// A thread that does one task after the other, and one that shares: the program that sends may hang.
pub struct Tasks {
    send: Sender<Work>,
    thread: Option<JoinHandle<()>>,
    sharer: Sharer,
}

impl Tasks {
    pub fn start(env: &Env, tariff: Arc<dyn Tariff>, news: UnboundedSender<Msg>) -> Tasks {
        let (send, tasks) = mpsc::channel::<Work>();
        let sharer = Sharer::start(env, &tariff, &news);
        let env = env.clone();
        let work = move || {
            // What a run that was cut short left half moved is put in order first.
            for line in trash::recover(&env).unwrap_or_default() {
                let _ = news.send(Msg::Done(Clean::line(&line)));
            }
            while let Ok(work) = tasks.recv() {
                // A bug costs one task.
                let done = catch_unwind(AssertUnwindSafe(|| match work {
                    Work::Task(task) => {
                        let tell = |msg| drop(news.send(msg));
                        perform(&env, &tariff, task, &tell, &|_| true)
                    }
                    Work::Delete(plan) => delete(&env, &plan),
                }));
                let done = done.unwrap_or_else(|_| Msg::Failed("internal error".to_owned()));
                if news.send(done).is_err() {
                    return;
                }
            }
        };
        let thread = std::thread::Builder::new().name("tasks".into()).spawn(work);
        Tasks {
            send,
            thread: thread.ok(),
            sharer,
        }
    }

    // Where no thread can be made nothing is done, and nothing says that it was.

    pub fn give(&self, task: Task) {
        match task {
            // It has a thread of its own.
            task @ Task::Share(_) => self.sharer.give(task),
            task => drop(self.send.send(Work::Task(task))),
        }
    }

    /// What is made to be shared under this number, or an earlier one, is not wanted any more.
    pub fn let_go(&self, ticket: Ticket) {
        self.sharer.let_go(ticket);
    }

    /// Moves to the trash what was planned.
    pub fn delete(&self, plan: Plan) {
        let _ = self.send.send(Work::Delete(plan));
    }

    /// Waits until what was given is done: what somebody noted last is kept. Where it waits for a share it says so; the
    /// screen is left by then.
    pub fn finish(self, say: &mut dyn FnMut(&str)) {
        drop(self.send);
        if let Some(thread) = self.thread {
            let _ = thread.join();
        }
        self.sharer.finish(sharer::GRACE, say);
    }
}

/// Does one thing. What is to be known before it is done is told; what has a number is done only while it is wanted.
fn perform(
    env: &Env,
    tariff: &Arc<dyn Tariff>,
    task: Task,
    tell: &dyn Fn(Msg),
    is_wanted: &dyn Fn(Ticket) -> bool,
) -> Msg {
    match task {
        Task::Mark(changes) => Msg::Marked(
            Marks::save(env, &changes).map_err(|error| format!("the mark is not kept: {error}")),
        ),
        Task::Marks => Msg::Marked(Marks::load(env)),
        Task::Copy(sessions, parts, secrets) => {
            let mut outlet = Outlet::new(scanner(), secrets);
            let one = |session: &Arc<Session>| {
                let talk = read(env, session)?;
                Ok(markdown::conversation(session, &talk, &parts, &mut outlet))
            };
            let texts: Result<Vec<String>, String> = sessions.iter().map(one).collect();
            let what = match sessions.len() {
                1 => "the whole conversation".to_owned(),
                many => format!("{many} conversations"),
            };
            copied(
                env,
                what,
                texts.map(|texts| texts.join("\n")),
                &outlet,
                secrets,
            )
        }
        Task::CopyHeld(session, talk, parts, secrets) => {
            let mut outlet = Outlet::new(scanner(), secrets);
            let text = markdown::conversation(&session, &talk, &parts, &mut outlet);
            let what = called(&talk, &parts);
            copied(env, what, Ok(text), &outlet, secrets)
        }
        Task::Changes(session, agents) => match read(env, &session) {
            Ok(talk) => {
                let all = net::changes(&talk, session.dir.as_deref());
                let talk = changes::as_conversation(&talk, &all, agents);
                Msg::Changes(session.id.clone(), Arc::new(talk))
            }
            Err(why) => Msg::Failed(why),
        },
        Task::Export(export) => exporting::write(env, tariff, export),
        Task::Patch(session, folder) => Msg::Exported(exporting::patch(env, &session, &folder)),
        Task::Share(step) => {
            let asker = Asker {
                tell: &|news| tell(Msg::Share(news)),
                is_wanted: &is_wanted,
            };
            Msg::Share(sharing::perform(env, tariff, step, &asker))
        }
        Task::Lines(ticket, session, key, sought) => {
            let text = reading::lines(env, &session, &sought);
            Msg::Lines(ticket, Lines::Of(key, text))
        }
        Task::FirstLines(ticket, session) => {
            Msg::Lines(ticket, Lines::First(reading::first(env, &session)))
        }
        Task::Picture(session, wanted) => told(reading::open(env, &session, &wanted)),
        Task::Moved(wish, why, others) => {
            let others = others.iter().map(|session| &**session);
            let moved = crate::launch::moved(env, &wish.session, others);
            Msg::Gone(wish, why, moved)
        }
        Task::PictureFile(path) => told(reading::open_file(env, &path)),
        Task::Keep(families) => keep(env, &families),
        Task::GiveUp(copies) => give_up(env, &copies),
        Task::Restore(names) => restore(env, &names),
        Task::Set(path, name, new, line) => {
            let done = edit::set(&path, &name, &new);
            // What is exported next goes by it already.
            if let (Ok(()), "redact.allow", New::Items(items)) = (&done, &*name, &new) {
                crate::export::allow(items);
            }
            Msg::SettingKept(done.map(|()| line))
        }
    }
}

fn told(done: Result<String, String>) -> Msg {
    match done {
        Ok(line) => Msg::Done(Clean::line(&line)),
        Err(why) => Msg::Failed(why),
    }
}

fn keep(env: &Env, families: &[Vec<Arc<Session>>]) -> Msg {
    let mut kept = Kept::default();
    for family in families {
        match (crate::keep::keep(env, family), family.first()) {
            (Ok(copied), first) => {
                kept.bytes += copied.bytes;
                let id = first.map(|session| session.id.clone());
                match copied.is_new {
                    true => kept.new.extend(id),
                    false => kept.anew += 1,
                }
            }
            (Err(why), Some(session)) => kept.refused.push((session.id.clone(), why)),
            (Err(_), None) => {}
        }
    }
    Msg::Kept(kept)
}

fn give_up(env: &Env, copies: &[Vec<Arc<Session>>]) -> Msg {
    let mut kept = Kept::default();
    for copies in copies {
        match (crate::keep::give_up(env, copies), copies.first()) {
            (Ok(_), _) => kept.given_up += 1,
            (Err(why), Some(session)) => kept.refused.push((session.id.clone(), why)),
            (Err(_), None) => {}
        }
    }
    Msg::Kept(kept)
}

/// Brings sessions back; the first that cannot be ends it.
fn restore(env: &Env, names: &[String]) -> Msg {
    for name in names {
        if let Err(why) = trash::restore(env, name) {
            return Msg::Failed(format!("not brought back: {why}"));
        }
    }
    let many = match names.len() {
        1 => "1 session is".to_owned(),
        n => format!("{n} sessions are"),
    };
    Msg::Done(Clean::from(format!("{many} back")))
}

fn delete(env: &Env, plan: &Plan) -> Msg {
    match trash::delete(env, plan) {
        Err(error) => Msg::Deleted(
            Vec::new(),
            Some(Clean::line(&format!("not deleted: {error}"))),
        ),
        Ok(deleted) => {
            let names = deleted.items.iter().map(|item| item.name.clone());
            let failed = deleted.failed.map(|(row, why)| {
                let left = deleted.left;
                Clean::line(&format!("{}: {why}; {left} more were not tried", row.id()))
            });
            Msg::Deleted(names.collect(), failed)
        }
    }
}

fn read(env: &Env, session: &Session) -> Result<Conversation, String> {
    let mut reading = Reading::new(session);
    let read = reading.read(env);
    read.map_err(|error| format!("{}: {error}", session.id))?;
    Ok(reading.conversation())
}

/// Gives a text to the clipboard, and tells which secrets were in it.
fn copied(
    env: &Env,
    what: String,
    text: Result<String, String>,
    outlet: &Outlet<'_>,
    secrets: Secrets,
) -> Msg {
    let took = text.and_then(|text| env.clipboard.copy(Clean::of(&text).as_str()));
    Msg::Copied(What::passed(what, outlet, secrets), took)
}
