//! Where everything lies, and which file is news of which unit.

use std::path::{Path, PathBuf};

use super::super::{Root, hash, sqlite};
use super::{CARD, FOLDER, GLOBAL, LINES, META, PLAIN, STORE, WORKSPACE};
use crate::env::{EntryKind, Env};
use crate::model::Unit;

/// The name of the editor's databases.
const STATE: &str = "state.vscdb";
/// Editors whose folders are told apart by their names only.
const CHANNELS: [&str; 2] = ["Cursor", "Cursor Nightly"];

/// What a root holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Holds {
    Global,
    Workspaces,
    Chats,
    Projects,
    /// One database that was named, wherever it is.
    Named,
}

impl Holds {
    fn of(root: &Root) -> Holds {
        let name = root.path.file_name().and_then(|n| n.to_str());
        match name {
            _ if root.why == "CURSOR_PROJECTS_DIR" => Holds::Projects,
            Some("globalStorage") => Holds::Global,
            Some("workspaceStorage") => Holds::Workspaces,
            _ if root.why == "CURSOR_STATE_DB" => Holds::Named,
            Some("chats") => Holds::Chats,
            _ => Holds::Projects,
        }
    }
}

/// The folders of the editor and of the command line. Only what is read of them is a root: beside it lie caches with
/// thousands of folders, and each of them would be watched.
pub fn roots(env: &Env) -> Vec<Root> {
    let mut roots: Vec<Root> = Vec::new();
    let mut add = |path: PathBuf, why| {
        if roots.iter().all(|known| *known.path != *path) {
            roots.push(Root {
                source: CARD.id,
                path: path.into(),
                why,
            });
        }
    };
    if let Some(state) = env.path_var("CURSOR_STATE_DB") {
        let dir = state.parent().unwrap_or(Path::new("/")).to_path_buf();
        if dir.ends_with("globalStorage") {
            add(dir.with_file_name("workspaceStorage"), "CURSOR_STATE_DB");
        }
        add(dir, "CURSOR_STATE_DB");
    } else {
        let (config, why) = match env.path_var("XDG_CONFIG_HOME") {
            _ if cfg!(target_os = "macos") => {
                (env.home.join("Library/Application Support"), "default")
            }
            Some(config) => (config, "XDG_CONFIG_HOME"),
            None => (env.home.join(".config"), "default"),
        };
        let mut users: Vec<(PathBuf, &'static str)> = CHANNELS
            .iter()
            .map(|channel| (config.join(channel).join("User"), why))
            .collect();
        for home in windows_homes(env) {
            users.push((home.join("AppData/Roaming/Cursor/User"), "WSL"));
        }
        for (user, why) in users {
            add(user.join("globalStorage"), why);
            add(user.join("workspaceStorage"), why);
        }
    }
    let (base, why) = match env.path_var("CURSOR_CONFIG_DIR") {
        Some(base) => (base, "CURSOR_CONFIG_DIR"),
        None => (env.home.join(".cursor"), "default"),
    };
    add(base.join("chats"), why);
    match env.path_var("CURSOR_PROJECTS_DIR") {
        Some(projects) => add(projects, "CURSOR_PROJECTS_DIR"),
        None => add(base.join("projects"), why),
    }
    for home in windows_homes(env) {
        add(home.join(".cursor/chats"), "WSL");
        add(home.join(".cursor/projects"), "WSL");
    }
    roots
}

/// The homes of Windows, seen from a Linux that runs inside it.
fn windows_homes(env: &Env) -> Vec<PathBuf> {
    if env.var("WSL_DISTRO_NAME").is_none() {
        return Vec::new();
    }
    let entries = env
        .files
        .list(Path::new("/mnt/c/Users"))
        .unwrap_or_default();
    let mut homes: Vec<PathBuf> = entries
        .into_iter()
        .filter(|entry| entry.kind == EntryKind::Folder)
        .map(|entry| entry.path)
        .collect();
    homes.sort();
    homes
}

pub fn enters(root: &Root, dir: &Path) -> bool {
    let Ok(below) = dir.strip_prefix(&root.path) else {
        return false;
    };
    let depth = below.iter().count();
    match Holds::of(root) {
        Holds::Global | Holds::Named => depth == 0,
        Holds::Workspaces => depth <= 1,
        Holds::Chats => depth <= 2,
        Holds::Projects => {
            let second = below.iter().nth(1);
            depth <= 4 && second.is_none_or(|name| name == "agent-transcripts")
        }
    }
}

pub fn claim(env: &Env, root: &Root, path: &Path) -> Option<Unit> {
    let unit = |path: PathBuf, form, rank| {
        Some(Unit {
            source: CARD.id,
            root: root.path.clone(),
            path: path.into(),
            rank,
            form,
        })
    };
    let below = path.strip_prefix(&root.path).ok()?;
    // A name that is no text still ends in what it is.
    let parts: Vec<String> = below
        .iter()
        .map(|part| part.to_string_lossy().into_owned())
        .collect();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let is_there = |path: &Path| env.files.stamp(path).is_ok();
    match (Holds::of(root), parts.as_slice()) {
        (Holds::Global, [name]) if sqlite::database_name(name) == STATE => {
            // Of two channels that know one conversation the released one tells.
            let nightly = root.path.iter().any(|part| part == "Cursor Nightly");
            unit(path.with_file_name(STATE), GLOBAL, 200 - u8::from(nightly))
        }
        (Holds::Named, [name]) => {
            let named = env.path_var("CURSOR_STATE_DB")?;
            let is_it = named
                .file_name()
                .is_some_and(|n| n == sqlite::database_name(name));
            is_it.then(|| unit(named, GLOBAL, 200)).flatten()
        }
        (Holds::Workspaces, [_, name]) if sqlite::database_name(name) == STATE => {
            let path = path.with_file_name(STATE);
            let rank = workspace_rank(&path);
            unit(path, WORKSPACE, rank)
        }
        // Its database tells what folder a workspace is; the file itself does only where there is none.
        (Holds::Workspaces, [_, "workspace.json"]) => {
            let state = path.with_file_name(STATE);
            if is_there(&state) {
                let rank = workspace_rank(&state);
                unit(state, WORKSPACE, rank)
            } else {
                unit(path.into(), FOLDER, 0)
            }
        }
        (Holds::Chats, [_, _, name]) if sqlite::database_name(name) == "store.db" => {
            unit(path.with_file_name("store.db"), STORE, 150)
        }
        (Holds::Chats, [_, _, "meta.json"]) => {
            let store = path.with_file_name("store.db");
            if is_there(&store) {
                unit(store, STORE, 150)
            } else {
                unit(path.into(), META, 0)
            }
        }
        (Holds::Projects, [_, "agent-transcripts", rest @ ..]) => match rest {
            [id, name] if name.strip_suffix(".jsonl") == Some(id) => unit(path.into(), LINES, 40),
            [_, "subagents", name] if is_transcript(name, ".jsonl") => unit(path.into(), LINES, 40),
            [name] if is_transcript(name, ".jsonl") => unit(path.into(), LINES, 30),
            [name] if is_transcript(name, ".txt") => unit(path.into(), PLAIN, 20),
            _ => None,
        },
        _ => None,
    }
}

fn is_transcript(name: &str, ending: &str) -> bool {
    name.strip_suffix(ending)
        .is_some_and(|stem| !stem.is_empty())
}

/// One conversation in the databases of two workspaces is listed once: the rank is one of its own as far as a byte goes.
fn workspace_rank(path: &Path) -> u8 {
    let spread = hash(&[path.as_os_str().as_encoded_bytes()]) % 50;
    100 + u8::try_from(spread).unwrap_or_default()
}
