//! Cline, Roo Code and Kilo Code: one family of editor extensions with one form of task folder, and the command-line
//! programs that came of them. Written down from a run of Cline CLI 3.0.65 against a scripted server; the task folders
//! from their format's page.
//!
//! An extension keeps a folder a task: the conversation in `api_conversation_history.json`, what the screen showed with
//! the tokens of each request in `ui_messages.json`. The CLI keeps a folder a session. Kilo's CLI keeps a database of the
//! form that OpenCode's has. Files are rewritten whole. Not known: what a task of an extension spent on each message, for
//! requests and messages do not name each other.

mod call;
mod files;
mod listed;
mod message;
mod session;
mod task;
#[cfg(test)]
mod tests;

use std::io;
use std::path::{Path, PathBuf};

use super::holding;
use super::opencode::database;
use super::{Card, Cursor, Launch, Root, Say, Source, Want, sqlite};
use crate::env::Env;
use crate::model::{Kind, Session, SourceId, Unit};

/// One of the family.
pub struct Agent {
    card: &'static Card,
    /// The extension's own folder among those of all extensions.
    extension: &'static str,
    /// Below the home folder: where its command-line program keeps sessions as files.
    program: Option<&'static str>,
    /// Below the data folder: where its command-line program keeps a database, and the database's name.
    database: Option<(&'static str, &'static str)>,
    /// The setting of the editor that moves its tasks.
    moved_by: Option<&'static str>,
}

pub static CLINE: Agent = Agent {
    card: &Card {
        id: SourceId("cline"),
        label: "Cline",
        code: "CL",
        aliases: &[],
        revision: 1,
        variables: &["XDG_CONFIG_HOME"],
        versions: "CLI 3.0",
        assumed_model: None,
        usual: &[
            "~/.cline/data",
            "~/.config/<editor>/User/globalStorage/saoudrizwan.claude-dev",
        ],
        proved: true,
        note: "A cost of 0 for tokens is a price it did not know, and is shown as unknown; tasks of the editor do not say which message spent what",
    },
    extension: "saoudrizwan.claude-dev",
    program: Some(".cline/data"),
    database: None,
    moved_by: None,
};

pub static ROO: Agent = Agent {
    card: &Card {
        id: SourceId("roo-code"),
        label: "Roo Code",
        code: "RO",
        aliases: &["roo"],
        revision: 1,
        variables: &["XDG_CONFIG_HOME"],
        versions: "none: read from its published format",
        assumed_model: None,
        usual: &["~/.config/<editor>/User/globalStorage/rooveterinaryinc.roo-cline"],
        proved: false,
        note: "Older versions write tool calls as text, and it is shown as text; models are not always logged",
    },
    extension: "rooveterinaryinc.roo-cline",
    program: None,
    database: None,
    moved_by: Some("roo-cline.customStoragePath"),
};

pub static KILO: Agent = Agent {
    card: &Card {
        id: SourceId("kilo-code"),
        label: "Kilo Code",
        code: "KL",
        aliases: &["kilo"],
        revision: 1,
        variables: &["XDG_CONFIG_HOME", "XDG_DATA_HOME"],
        versions: "none: read from its published format",
        assumed_model: None,
        usual: &[
            "~/.local/share/kilo",
            "~/.config/<editor>/User/globalStorage/kilocode.kilo-code",
        ],
        proved: false,
        note: "A cost of 0 for tokens is a price it did not know, and is shown as unknown",
    },
    extension: "kilocode.kilo-code",
    program: None,
    database: Some(("kilo", "kilo.db")),
    moved_by: None,
};

/// A task of an extension, by its conversation.
const TASK: u8 = 0;
/// A session of the CLI, by its messages.
const SESSION: u8 = 1;
/// The extension's list of tasks.
const LIST: u8 = 2;
/// The CLI's index of sessions.
const INDEX: u8 = 3;
/// A database of whole sessions.
const DATABASE: u8 = 4;

/// Editors that extensions live in, by the names of their folders.
const EDITORS: &[&str] = &[
    "Code",
    "Code - Insiders",
    "Cursor",
    "Windsurf",
    "VSCodium",
    "Positron",
];
/// Where editors that are used over a network keep theirs, below the home folder.
const SERVERS: &[&str] = &[
    ".vscode-server/data/User",
    ".vscode-server-insiders/data/User",
    ".vscodium-server/data/User",
    ".cursor-server/data/User",
    ".windsurf-server/data/User",
    ".positron-server/data/User",
];

impl Agent {
    /// Folders of editors: those that are there, and the most usual one, which may come.
    fn editors(env: &Env) -> Vec<(PathBuf, &'static str)> {
        let (config, why) = match env.path_var("XDG_CONFIG_HOME") {
            Some(config) => (config, "XDG_CONFIG_HOME"),
            None => (env.home.join(".config"), "default"),
        };
        let support = env.home.join("Library/Application Support");
        let places = [
            (config, why, cfg!(not(target_os = "macos"))),
            (support, "default", cfg!(target_os = "macos")),
        ];
        let mut found = Vec::new();
        for (base, why, usual) in places {
            for editor in EDITORS {
                let user = base.join(editor).join("User");
                if (usual && *editor == "Code") || env.files.stamp(&user).is_ok() {
                    found.push((user, why));
                }
            }
        }
        let servers = SERVERS.iter().map(|server| env.home.join(server));
        let there = servers.filter(|user| env.files.stamp(user).is_ok());
        found.extend(there.map(|user| (user, "default")));
        found
    }
}

impl Source for Agent {
    fn card(&self) -> &'static Card {
        self.card
    }

    fn roots(&self, env: &Env) -> Vec<Root> {
        let root = |path: PathBuf, why| Root {
            source: self.card.id,
            path: path.into(),
            why,
        };
        let mut roots = Vec::new();
        if let Some(place) = self.program {
            roots.push(root(env.home.join(place), "default"));
        }
        if let Some((place, _)) = self.database {
            roots.push(match env.path_var("XDG_DATA_HOME") {
                Some(data) => root(data.join(place), "XDG_DATA_HOME"),
                None => root(env.home.join(".local/share").join(place), "default"),
            });
        }
        for (user, why) in Agent::editors(env) {
            let own = user.join("globalStorage").join(self.extension);
            roots.push(root(own, why));
            let moved = self.moved_by.and_then(|key| {
                Some((files::setting(env, &user.join("settings.json"), key)?, key))
            });
            if let Some((path, key)) = moved
                && roots.iter().all(|r| *r.path != *path)
            {
                roots.push(root(path, key));
            }
        }
        roots
    }

    fn enters(&self, root: &Root, dir: &Path) -> bool {
        let Ok(below) = dir.strip_prefix(&root.path) else {
            return false;
        };
        let parts: Vec<&str> = below.iter().filter_map(|p| p.to_str()).collect();
        match parts.as_slice() {
            ["tasks"] | ["tasks", _] | ["state"] => true,
            ["sessions", ..] | ["db"] => self.program.is_some(),
            _ => false,
        }
    }

    fn claim(&self, env: &Env, root: &Root, path: &Path) -> Option<Unit> {
        let unit = |path: PathBuf, form| Unit {
            source: self.card.id,
            root: root.path.clone(),
            path: path.into(),
            rank: u8::from(form == SESSION),
            form,
        };
        // What stands beside a conversation is news of it while that is there; that it went is news of its own.
        let beside = |own: PathBuf, form| env.files.stamp(&own).is_ok().then(|| unit(own, form));
        let below = path.strip_prefix(&root.path).ok()?;
        let parts: Vec<&str> = below.iter().filter_map(|p| p.to_str()).collect();
        match parts.as_slice() {
            ["tasks", _, task::CONVERSATION] => Some(unit(path.into(), TASK)),
            ["tasks", _, name] if task::BESIDE.contains(name) => {
                beside(path.with_file_name(task::CONVERSATION), TASK)
            }
            ["state", "taskHistory.json"] => Some(unit(path.into(), LIST)),
            ["sessions", _, .., name] if self.program.is_some() => {
                if name
                    .strip_suffix(session::MESSAGES)
                    .is_some_and(|id| !id.is_empty())
                {
                    return Some(unit(path.into(), SESSION));
                }
                let id = name.strip_suffix(".json")?;
                beside(
                    path.with_file_name(format!("{id}{}", session::MESSAGES)),
                    SESSION,
                )
            }
            ["db", name] if self.program.is_some() => (sqlite::database_name(name)
                == "sessions.db")
                .then(|| unit(path.with_file_name("sessions.db"), INDEX)),
            [name] => {
                let (_, known) = self.database?;
                (sqlite::database_name(name) == known)
                    .then(|| unit(path.with_file_name(known), DATABASE))
            }
            _ => None,
        }
    }

    fn beside(&self, unit: &Unit) -> Vec<PathBuf> {
        match unit.form {
            INDEX | DATABASE => sqlite::logs(&unit.path),
            _ => Vec::new(),
        }
    }

    fn read(
        &self,
        env: &Env,
        unit: &Unit,
        want: Want<'_>,
        from: &Cursor,
        say: &mut Say<'_>,
    ) -> io::Result<Cursor> {
        match unit.form {
            TASK => task::read(env, unit, want, from, say),
            SESSION => session::read(env, unit, want, from, say),
            LIST => listed::tasks(env, unit, from, say),
            INDEX => listed::sessions(env, unit, from, say),
            _ => database::read(env, unit, want, from, say),
        }
    }

    fn holdings(&self, _env: &Env, session: &Session) -> Result<Vec<PathBuf>, String> {
        let path = &session.unit.path;
        match session.unit.form {
            TASK => Ok(vec![holding::above(session, 1)?]),
            SESSION => {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                let id = name.strip_suffix(session::MESSAGES).unwrap_or_default();
                match path
                    .parent()
                    .filter(|dir| dir.ends_with(id) && !id.is_empty())
                {
                    Some(_) => Ok(vec![holding::above(session, 1)?]),
                    None => Ok(vec![
                        path.to_path_buf(),
                        path.with_file_name(format!("{id}.json")),
                    ]),
                }
            }
            _ => Err(holding::in_database(self.card, None)),
        }
    }

    fn short_id(&self, native: &str) -> String {
        // Tasks are named by the milliseconds of their start or by a random id, sessions by both.
        let time = native.split('_').next().unwrap_or(native);
        if time.len() == 13 && time.bytes().all(|b| b.is_ascii_digit()) {
            return time.to_owned();
        }
        let keep = if native.starts_with("ses_") { 12 } else { 8 };
        native.chars().take(keep).collect()
    }

    fn resume(&self, session: &Session) -> Option<Launch> {
        let id = &*session.id.native;
        let (program, args) = match session.unit.form {
            SESSION => ("cline", vec!["--id".into(), id.to_owned()]),
            DATABASE => ("kilo", vec![format!("--session={id}")]),
            // Tasks are continued in the editor.
            _ => return None,
        };
        let is_main = session.kind != Kind::SubAgent;
        let is_plain = super::object::is_plain(id);
        (is_plain && is_main).then(|| Launch::new(program, args, session.dir.as_deref()))
    }

    /// The two that have a command; the others are editors' extensions.
    fn new_session(&self, dir: &Path) -> Option<Launch> {
        let program = match (self.program, self.database) {
            (Some(_), _) => "cline",
            (_, Some(_)) => "kilo",
            _ => return None,
        };
        Some(Launch::in_dir(program, dir))
    }
}
