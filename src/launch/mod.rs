//! Acting on a session: continue it, start anew beside it, fork it, or open its directory or its log.
//!
//! A plan is made first and says what would be run and where; running it is another step. Whatever comes from a log is
//! checked before it becomes an argument: ids are plain, directories are whole, there, and entered by the system call,
//! programs come from PATH. Nothing is ever read by a shell.

mod copies;
mod editor;
mod moved;
mod refusal;
mod showing;
mod tab;
#[cfg(test)]
mod tests;

use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use crate::config::{Commands, Launching};
use crate::env::{Call, Env};
use crate::model::{Kind, Session};
use crate::sources::object::is_plain;
use crate::sources::{self, Card, Launch, Source};
use crate::text::Clean;

pub use editor::{At, edit, page};
pub use moved::{Moved, Why, moved};
pub use refusal::Refusal;
pub use showing::{browse, picture, picture_file};

/// What can be done with a session.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Act {
    /// Continue it in the agent that wrote it.
    Resume,
    /// Start a new session of the same agent in its directory.
    New,
    /// Go on from a copy of it.
    Fork,
    /// A shell in its directory.
    Shell,
    /// A copy of its log, in the editor.
    Editor,
    /// Its directory, in whatever shows directories.
    OpenDir,
}

impl Act {
    /// As commands and settings call it.
    pub fn word(self) -> &'static str {
        match self {
            Act::Resume => "resume",
            Act::New => "new",
            Act::Fork => "fork",
            Act::Shell => "shell",
            Act::Editor => "editor",
            Act::OpenDir => "open",
        }
    }

    /// What stands before the agent's name in a sentence.
    fn does(self) -> &'static str {
        match self {
            Act::Resume => "resume this session in",
            Act::New => "start a new session of",
            Act::Fork => "fork this session in",
            Act::Shell | Act::Editor | Act::OpenDir => "open",
        }
    }

    /// The user's own command for it; empty where there is none.
    fn of(self, commands: &Commands) -> &[String] {
        match self {
            Act::Resume => &commands.resume,
            Act::New => &commands.new,
            Act::Fork => &commands.fork,
            Act::Shell | Act::Editor | Act::OpenDir => &[],
        }
    }
}

/// What is to be done, and with what.
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    pub session: &'a Session,
    pub act: Act,
    /// A directory in place of the one that the log names.
    pub dir: Option<&'a Path>,
    /// For the editor: where in the log.
    pub at: Option<At>,
}

impl<'a> Ask<'a> {
    pub fn of(session: &'a Session, act: Act) -> Ask<'a> {
        Ask {
            session,
            act,
            dir: None,
            at: None,
        }
    }
}

/// What would be run. Nothing has happened yet, but for a private copy where one is read.
#[derive(Debug)]
pub struct Plan {
    pub act: Act,
    /// The command in words, its program by its name.
    pub launch: Launch,
    /// The same with its program found.
    pub call: Call,
    /// What the program reads; it goes when this does.
    copy: Option<editor::Copy>,
}

/// Makes a plan, or says why there is none.
pub fn plan(env: &Env, settings: &Launching, ask: &Ask<'_>) -> Result<Plan, Refusal> {
    match ask.act {
        Act::Resume | Act::New | Act::Fork => agent(env, settings, ask),
        Act::Shell => {
            let dir = directory(env, ask)?;
            let shell = env.var("SHELL").filter(|s| s.starts_with('/'));
            let shell = shell.filter(|shell| env.program(shell).is_some());
            let launch = Launch::in_dir(shell.unwrap_or("/bin/sh"), &dir);
            Plan::new(env, ask.act, launch, "SHELL=/bin/sh")
        }
        Act::OpenDir => {
            let dir = directory(env, ask)?;
            let name = dir.to_str().ok_or(Refusal::Unprintable)?;
            let launch = Launch::new(opener(), [name], None);
            Plan::new(env, ask.act, launch, "PATH")
        }
        Act::Editor => editor::log(env, ask),
    }
}

/// The program that opens a thing in whatever the user has for it.
fn opener() -> &'static str {
    match cfg!(target_os = "macos") {
        true => "open",
        false => "xdg-open",
    }
}

/// A plan for the agent that wrote the session.
fn agent(env: &Env, settings: &Launching, ask: &Ask<'_>) -> Result<Plan, Refusal> {
    let (session, act) = (ask.session, ask.act);
    let Some(source) = sources::source(session.id.source) else {
        return Err(Refusal::NoDirectory);
    };
    let card = source.card();
    // An id is judged first: without one nothing else matters.
    let anywhere = session.dir.as_deref().unwrap_or(Path::new("/"));
    asked(source, settings, session, act, anywhere)?;
    let dir = directory(env, ask)?;
    let launch = asked(source, settings, session, act, &dir)?;
    let setting = format!(
        "[launch.{}] {} = [\"/path/to/{}\", ..]",
        card.id.0,
        act.word(),
        launch.program
    );
    Plan::new(env, act, launch, &setting)
}

/// What the agent, or the user's own command for it, is asked with in a directory.
fn asked(
    source: &dyn Source,
    settings: &Launching,
    session: &Session,
    act: Act,
    dir: &Path,
) -> Result<Launch, Refusal> {
    let card = source.card();
    let own = settings.agents.iter();
    let own = own.filter(|(name, _)| card.is_called(name));
    let own = own.map(|(_, commands)| act.of(commands));
    let own = own.into_iter().find(|command| !command.is_empty());
    let here = Session {
        dir: Some(dir.into()),
        ..session.clone()
    };
    let made = match (own, act) {
        (Some(command), _) => from_settings(card, &here, act, command, dir)?,
        (None, Act::New) => source.new_session(dir),
        (None, Act::Fork) => source.fork(&here),
        (None, _) => source.resume(&here),
    };
    let Some(mut launch) = made else {
        return Err(no_way(source, session, act));
    };
    launch.dir = Some(dir.into());
    Ok(launch)
}

/// The line that continues a session, as it would be run here, to be typed somewhere; and whether the directory that it
/// names is gone. Neither that nor the program need be there.
///
/// # Errors
/// Why there is none.
pub fn command(settings: &Launching, session: &Session) -> Result<(String, bool), Refusal> {
    let Some(source) = sources::source(session.id.source) else {
        return Err(Refusal::NoDirectory);
    };
    let launch = match session.dir.as_deref() {
        Some(dir) => {
            let dir = whole(dir)?;
            let there = std::fs::canonicalize(dir);
            let dir = there.as_deref().unwrap_or(dir);
            asked(source, settings, session, Act::Resume, dir)?
        }
        // It names none, so none can be gone.
        None => {
            let mut launch = asked(source, settings, session, Act::Resume, Path::new("/"))?;
            launch.dir = None;
            launch
        }
    };
    let is_gone = launch.dir.as_ref().is_some_and(|dir| !dir.is_dir());
    let line = launch.line().ok_or(Refusal::Unprintable)?;
    Ok((line, is_gone))
}

/// The same of several, for the screen: with why there is none, fit to be shown.
pub fn commands(
    settings: &Launching,
    sessions: &[Arc<Session>],
    home: &Path,
) -> Vec<Result<(String, bool), Clean>> {
    let one = |session: &Arc<Session>| {
        let told = command(settings, session);
        told.map_err(|refusal| refusal.said_here(home))
    };
    sessions.iter().map(one).collect()
}

/// The user's own command. Ids are as strict here as everywhere.
fn from_settings(
    card: &'static Card,
    session: &Session,
    act: Act,
    command: &[String],
    dir: &Path,
) -> Result<Option<Launch>, Refusal> {
    let wrong = |why| Refusal::Setting {
        source_name: card.id.0,
        act,
        why,
    };
    let Some((program, args)) = command.split_first() else {
        return Ok(None);
    };
    if program.contains(['{', '}']) || program.is_empty() {
        return Err(wrong("the first word must be a program"));
    }
    let id = bare_id(session);
    if args.iter().any(|arg| arg.contains("{id}")) && (act == Act::New || !is_plain(id)) {
        return match act {
            Act::New => Err(wrong("a new session has no {id} yet")),
            _ => Ok(None),
        };
    }
    let dir_text = dir.to_str();
    if dir_text.is_none() && args.iter().any(|arg| arg.contains("{dir}")) {
        return Err(Refusal::Unprintable);
    }
    // What stands in an id or a path is not looked at again.
    let filled = args.iter().map(|arg| {
        let mut parts = arg.split("{dir}").map(|part| part.replace("{id}", id));
        let first = parts.next().unwrap_or_default();
        parts.fold(first, |made, part| {
            made + dir_text.unwrap_or_default() + &part
        })
    });
    Ok(Some(Launch::new(program, filled, Some(dir))))
}

/// The agent's own id: of two sessions with one id, the later is listed as `id#2`.
fn bare_id(session: &Session) -> &str {
    let native = &*session.id.native;
    native.split_once('#').map_or(native, |(id, _)| id)
}

/// Why an agent cannot be asked.
fn no_way(source: &dyn Source, session: &Session, act: Act) -> Refusal {
    let card = source.card();
    if act != Act::New && session.kind == Kind::SubAgent {
        let parent = session.parent.clone().filter(|parent| is_plain(parent));
        return Refusal::SubAgent { parent };
    }
    if act != Act::New && !is_plain(bare_id(session)) {
        let id = session.id.native.clone();
        return Refusal::OddId {
            agent: card.label,
            id,
        };
    }
    Refusal::Unknown {
        agent: card.label,
        source_name: card.id.0,
        act,
    }
}

/// The directory to start in, as the system itself calls it: whole, there, and a directory.
fn directory(env: &Env, ask: &Ask<'_>) -> Result<PathBuf, Refusal> {
    match (ask.dir, ask.session.dir.as_deref()) {
        // What a person types may be short.
        (Some(dir), _) => checked(&env.expand(dir)),
        (None, Some(dir)) => checked(whole(dir)?),
        (None, None) => Err(Refusal::NoDirectory),
    }
}

/// A directory as a log may name it.
fn whole(dir: &Path) -> Result<&Path, Refusal> {
    let is_plain = dir.components().all(|c| c != Component::ParentDir);
    if !dir.is_absolute() || !is_plain {
        let why = "a directory must be a whole path without `..`".to_owned();
        let dir = dir.to_path_buf();
        return Err(Refusal::NotADirectory { dir, why });
    }
    Ok(dir)
}

fn checked(dir: &Path) -> Result<PathBuf, Refusal> {
    let refused = |why: String| Refusal::NotADirectory {
        dir: dir.to_path_buf(),
        why,
    };
    match std::fs::canonicalize(dir) {
        Ok(whole) if whole.is_dir() => Ok(whole),
        Ok(_) => Err(refused("not a directory".to_owned())),
        Err(error) if is_gone(&error) => Err(Refusal::Gone(dir.to_path_buf())),
        Err(error) => Err(refused(error.to_string())),
    }
}

/// Whether a path is proved not to be there.
fn is_gone(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

impl Plan {
    /// `setting` is where another program can be named.
    fn new(env: &Env, act: Act, launch: Launch, setting: &str) -> Result<Plan, Refusal> {
        let Some(program) = env.program(&launch.program) else {
            return Err(Refusal::NotFound {
                program: launch.program,
                setting: setting.to_owned(),
            });
        };
        Ok(Plan {
            act,
            call: Call {
                program,
                args: launch.args.iter().map(Into::into).collect(),
                dir: launch.dir.clone(),
                vars: Vec::new(),
            },
            launch,
            copy: None,
        })
    }

    /// The command as a person would type it.
    pub fn line(&self) -> Result<String, Refusal> {
        self.launch.line().ok_or(Refusal::Unprintable)
    }

    /// Whether the agent would do what it likes without asking, so that a person must be asked first.
    pub fn is_dangerous(&self) -> bool {
        self.launch.is_dangerous()
    }

    /// Gives the terminal to the program until it ends, and gives its exit code. What opens a window of its own is let go.
    pub fn run(&self, env: &Env) -> Result<i32, Refusal> {
        let run = match self.act {
            Act::OpenDir => env.processes.detach(&self.call).map(|()| 0),
            _ => env.processes.foreground(&self.call),
        };
        run.map_err(|error| Refusal::Failed {
            program: self.launch.program.clone(),
            why: error.to_string(),
        })
    }

    /// Runs it in a new tab, window or pane, and says of what.
    pub fn run_in_tab(&self, env: &Env, settings: &Launching) -> Result<String, Refusal> {
        tab::open(env, settings, &self.call)
    }
}
