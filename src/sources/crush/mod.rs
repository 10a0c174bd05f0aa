//! Crush. Written down from its published tables, not from logs of its own making.
//!
//! A database for each project, found through a list of them. What a session cost is summed up by the agent, with what
//! its sub-agents cost. Its tokens are those of the last response only, whatever the names of the columns say.

mod rows;

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::json::{Json, Obj};
use super::{Card, Cursor, Launch, Root, Say, Source, Want, jsonl, marks, sqlite};
use crate::env::Env;
use crate::model::{Session, SourceId, Unit};

pub struct Crush;

pub static CARD: Card = Card {
    id: SourceId("crush"),
    label: "Crush",
    code: "CR",
    aliases: &[],
    revision: 1,
    variables: &["XDG_DATA_HOME"],
    versions: "none: read from its published format",
    usual: &["~/.local/share/crush/projects.json", "~/.crush"],
    proved: false,
    assumed_model: None,
    note: "Only the tokens of a session's last response are stored, so tokens are the least that was spent; cost is whole",
};

const LIST: &str = "projects.json";
const DATABASE: &str = "crush.db";
/// The list is not believed to name more.
const PROJECTS: usize = 4_000;

/// The folder with the list of projects, and why there.
fn list_dir(env: &Env) -> (PathBuf, &'static str) {
    match env.path_var("XDG_DATA_HOME") {
        Some(data) => (data.join("crush"), "XDG_DATA_HOME"),
        None => (env.home.join(".local/share/crush"), "default"),
    }
}

/// Each listed project by the folder that holds its database.
fn projects(env: &Env) -> BTreeMap<PathBuf, PathBuf> {
    let mut text = String::new();
    let opened = env.files.open(&list_dir(env).0.join(LIST));
    let read = opened.and_then(|file| file.take(jsonl::LINE_MAX as u64).read_to_string(&mut text));
    let list = Obj::parse(&text)
        .filter(|_| read.is_ok())
        .unwrap_or_default();
    let projects = list.list("projects").into_iter().filter_map(Json::obj);
    projects
        .filter_map(|project| {
            let path = PathBuf::from(&*project.text("path")?);
            let data = project.text("data_dir");
            let data = path.join(data.as_deref().unwrap_or(".crush"));
            path.is_absolute().then_some((data, path))
        })
        .take(PROJECTS)
        .collect()
}

impl Source for Crush {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn roots(&self, env: &Env) -> Vec<Root> {
        let root = |path: PathBuf, why| Root {
            source: CARD.id,
            path: path.into(),
            why,
        };
        let (list, why) = list_dir(env);
        let at_home = env.home.join(".crush");
        let mut roots = vec![root(list, why), root(at_home, "default")];
        for data in projects(env).into_keys() {
            if roots.iter().all(|root| *root.path != *data) {
                roots.push(root(data, LIST));
            }
        }
        roots
    }

    fn is_flat(&self) -> bool {
        true
    }

    fn lists_roots(&self, _root: &Root, path: &Path) -> bool {
        path.ends_with(LIST)
    }

    fn claim(&self, _env: &Env, root: &Root, path: &Path) -> Option<Unit> {
        let name = path.strip_prefix(&root.path).ok()?.to_str()?;
        (sqlite::database_name(name) == DATABASE).then(|| Unit {
            source: CARD.id,
            root: root.path.clone(),
            path: root.path.join(DATABASE).into(),
            rank: 0,
            form: 0,
        })
    }

    fn beside(&self, unit: &Unit) -> Vec<PathBuf> {
        sqlite::logs(&unit.path)
    }

    fn read(
        &self,
        env: &Env,
        unit: &Unit,
        want: Want<'_>,
        from: &Cursor,
        say: &mut Say<'_>,
    ) -> io::Result<Cursor> {
        // A folder that nobody lists belongs to the project that it lies in.
        let dir = projects(env).remove(&*unit.root).or_else(|| {
            let inside = unit.root.ends_with(".crush");
            inside.then(|| unit.root.parent().map(Path::to_path_buf))?
        });
        marks::read(env, unit, want, from, say, &rows::Rows { dir })
    }

    fn short_id(&self, native: &str) -> String {
        native.chars().take(8).collect()
    }

    /// Not known.
    fn resume(&self, _session: &Session) -> Option<Launch> {
        None
    }

    fn new_session(&self, dir: &Path) -> Option<Launch> {
        Some(Launch::in_dir("crush", dir))
    }
}
