//! A folder of exported sessions that can be made again: what did not change is left, what changed is replaced if we
//! wrote it and nobody touched it since, and what is not ours stays as it is.
//!
//! A small file beside them remembers what we wrote there, by name, with a hash of its bytes: so a file that somebody
//! edited is told from one that only grew old. It goes with the folder, to another machine or into a repository.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{Format, LIMIT, facts, html, name, safe};
use crate::model::{Row, Session};
use crate::own;
use crate::redact::Outlet;
use crate::sources::{self, hash};
use crate::text::Locale;

/// Remembers what we wrote.
pub const MEMORY: &str = ".backscroll-export.json";
const VERSION: u32 = 1;

/// A folder that exports go into.
pub struct Folder {
    path: PathBuf,
    memory: Memory,
    /// Names given in this run, so that no two sessions get one.
    given: BTreeMap<String, String>,
}

#[derive(Serialize, Deserialize, Default)]
#[serde(rename_all = "camelCase")]
struct Memory {
    schema_version: u32,
    files: BTreeMap<String, Known>,
}

/// A file we wrote.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Known {
    hash: String,
    /// Absent for an index.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    session: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    listed: Option<Listed>,
}

/// A line of the index.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Listed {
    #[serde(skip)]
    pub file: String,
    pub title: String,
    agent: String,
    /// To the second, so that lines can be sorted; empty where it is unknown.
    started: String,
    project: String,
    model: String,
    messages: u32,
    tokens: String,
    cost: String,
}

impl Listed {
    pub const COLUMNS: [&'static str; 8] = [
        "Session", "Started", "Agent", "Project", "Model", "Messages", "Tokens", "Cost",
    ];

    /// What the index says of a session.
    pub fn new(row: &Row, outlet: &mut Outlet<'_>) -> Listed {
        let session = &row.session;
        let label = sources::source(session.id.source).map_or("", |source| source.card().label);
        let title = facts::title(session, outlet);
        let mut text = |text: Option<&str>| one_line(outlet.text(text.unwrap_or("-")).as_str());
        let project = row.project();
        Listed {
            file: String::new(),
            title: one_line(title.as_str()),
            agent: label.to_owned(),
            started: session.started.map(facts::moment).unwrap_or_default(),
            project: text(project.as_ref().map(|project| project.as_str())),
            model: text(row.model().map(|model| &*model.name)),
            messages: session.messages(),
            tokens: row
                .tokens()
                .map_or_else(|| "-".to_owned(), |n| Locale::default().count(n)),
            cost: row.cost().written(&Locale::default()),
        }
    }

    pub fn counted(listed: &[Listed]) -> String {
        match listed.len() {
            1 => "1 session".to_owned(),
            n => format!("{n} sessions"),
        }
    }

    /// All but the first column.
    pub fn cells(&self) -> [String; 7] {
        let day = self.started.split(' ').next().unwrap_or_default();
        [
            if day.is_empty() { "-" } else { day }.to_owned(),
            self.agent.clone(),
            self.project.clone(),
            self.model.clone(),
            self.messages.to_string(),
            self.tokens.clone(),
            self.cost.clone(),
        ]
    }
}

/// What became of a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    Written,
    Replaced,
    Unchanged,
    /// Something else has its name: another's file, or ours that somebody changed.
    Left,
}

impl State {
    pub fn word(self) -> &'static str {
        match self {
            State::Written => "written",
            State::Replaced => "replaced",
            State::Unchanged => "unchanged",
            State::Left => "left",
        }
    }
}

impl Folder {
    /// Opens a folder, and makes it where it is not there yet.
    pub fn open(path: &Path) -> io::Result<Folder> {
        fs::create_dir_all(path)?;
        let memory = read(&path.join(MEMORY)).unwrap_or_default();
        let memory: Memory = serde_json::from_slice(&memory).unwrap_or_default();
        let memory = match memory.schema_version {
            VERSION => memory,
            _ => Memory::default(),
        };
        Ok(Folder {
            path: path.to_owned(),
            memory,
            given: BTreeMap::new(),
        })
    }

    /// Whether exports went into a folder before.
    pub fn is_one(path: &Path) -> bool {
        path.join(MEMORY).is_file()
    }

    /// The name of a session's file: the one it had, else one that no other has.
    pub fn name(&mut self, session: &Session, format: Format) -> String {
        let id = session.id.to_string();
        let (short, long) = (name::short(session, format), name::long(session, format));
        let is_free = |name: &str| {
            let known = self.memory.files.get(name);
            let given = self.given.get(name);
            known.is_none_or(|known| known.session.as_deref() == Some(&id))
                && given.is_none_or(|given| *given == id)
        };
        let had_long = self.memory.files.contains_key(&long);
        let name = if is_free(&short) && !had_long {
            short
        } else {
            long
        };
        self.given.insert(name.clone(), id);
        name
    }

    /// Writes a session's file, if its name is free or has what we wrote.
    pub fn put(
        &mut self,
        name: &str,
        bytes: &[u8],
        session: &Session,
        listed: Listed,
    ) -> io::Result<State> {
        self.write(name, bytes, Some(session.id.to_string()), Some(listed))
    }

    fn write(
        &mut self,
        name: &str,
        bytes: &[u8],
        session: Option<String>,
        listed: Option<Listed>,
    ) -> io::Result<State> {
        let path = self.path.join(name);
        let state = match fs::symlink_metadata(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                own::create(&path, bytes)?;
                State::Written
            }
            Err(error) => return Err(error),
            Ok(_) => {
                let old = read(&path);
                let known = self.memory.files.get(name);
                let is_ours = |old: &[u8]| known.is_some_and(|known| known.hash == mark(old));
                match old {
                    Some(old) if old == bytes => State::Unchanged,
                    Some(old) if is_ours(&old) => {
                        own::write(&path, bytes)?;
                        State::Replaced
                    }
                    _ => return Ok(State::Left),
                }
            }
        };
        let known = Known {
            hash: mark(bytes),
            session,
            listed,
        };
        self.memory.files.insert(name.to_owned(), known);
        Ok(state)
    }

    /// Writes the index of all that was exported here, in this run and before, and remembers it. What was deleted from
    /// the folder leaves the index.
    pub fn close(mut self, format: Format) -> io::Result<(String, State)> {
        let path = &self.path;
        self.memory.files.retain(|name, _| path.join(name).exists());
        let is_page = format == Format::Html;
        let (name, text) = match is_page {
            true => ("index.html", html::index(&self.listed(is_page))),
            false => ("index.md", markdown(&self.listed(is_page))),
        };
        let state = self.write(name, text.as_bytes(), None, None)?;
        self.remember()?;
        Ok((name.to_owned(), state))
    }

    /// Remembers what was written when something went wrong on the way.
    pub fn remember(&mut self) -> io::Result<()> {
        self.memory.schema_version = VERSION;
        let mut out = Vec::new();
        super::json::pretty(&mut out, &self.memory)?;
        own::write(&self.path.join(MEMORY), &out)
    }

    /// Pages lead to pages, all else stands in one list; newest first.
    fn listed(&self, is_page: bool) -> Vec<Listed> {
        let all = self.memory.files.iter().filter_map(|(name, known)| {
            let listed = known.listed.clone()?;
            (name.ends_with(".html") == is_page).then(|| Listed {
                file: name.clone(),
                ..listed
            })
        });
        let mut all: Vec<Listed> = all.collect();
        all.sort_by(|a, b| (&b.started, &a.file).cmp(&(&a.started, &b.file)));
        all
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A file that is no link and not too large to be one of ours.
fn read(path: &Path) -> Option<Vec<u8>> {
    let meta = fs::symlink_metadata(path).ok()?;
    let is_fine = meta.is_file() && meta.len() <= LIMIT;
    is_fine.then(|| fs::read(path).ok())?
}

fn mark(bytes: &[u8]) -> String {
    format!("{:016x}", hash(&[bytes]))
}

fn markdown(listed: &[Listed]) -> String {
    let row = |cells: &mut dyn Iterator<Item = String>| {
        let cells: Vec<String> = cells.collect();
        format!("| {} |\n", cells.join(" | "))
    };
    let mut out = format!("# Exported sessions\n\n{}\n\n", Listed::counted(listed));
    out.push_str(&row(&mut Listed::COLUMNS
        .iter()
        .map(|name| (*name).to_owned())));
    out.push_str(&row(&mut Listed::COLUMNS.iter().map(|_| "---".to_owned())));
    for one in listed {
        let link = format!("[{}]({})", safe::inline(&one.title), one.file);
        let [day, agent, project, model, figures @ ..] = one.cells();
        let words = [agent, project, model].map(|word| safe::inline(&word));
        let cells = [link, day].into_iter().chain(words).chain(figures);
        out.push_str(&row(&mut cells.into_iter()));
    }
    out
}

#[cfg(test)]
mod tests;
