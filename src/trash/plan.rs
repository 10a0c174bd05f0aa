//! What a deletion would take: looked at first, shown, and taken only if it is still the same.

use std::collections::HashSet;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::live::{Writers, is_busy};
use super::place::{Found, Place};
use crate::env::Env;
use crate::index::Index;
use crate::ingest::Choice;
use crate::model::{Kind, Row, Session, SessionId, SourceId};
use crate::sources::{self, Source};

/// Sessions whose logs can be moved, and those that stay.
#[derive(Default)]
pub struct Plan {
    pub sessions: Vec<Planned>,
    /// Sessions that are left alone, and why, in one line each.
    pub refused: Vec<(Arc<Row>, String)>,
}

/// One session with everything that goes with it.
pub struct Planned {
    pub row: Arc<Row>,
    /// Its sub-agents at any depth; their logs are no use without it.
    pub agents: Vec<SessionId>,
    /// Files, folders and links: the root, the path below it, and what was found there.
    pub(super) parts: Vec<(PathBuf, PathBuf, Found)>,
}

impl Planned {
    /// What is moved, by its place on disk.
    pub fn paths(&self) -> impl Iterator<Item = PathBuf> {
        self.parts.iter().map(|(root, path, _)| root.join(path))
    }

    /// Bytes that are moved.
    pub fn bytes(&self) -> u64 {
        self.parts.iter().map(|(_, _, found)| found.len).sum()
    }
}

impl Plan {
    pub fn bytes(&self) -> u64 {
        self.sessions.iter().map(Planned::bytes).sum()
    }

    /// The first and the last activity of what would be moved.
    pub fn span(&self) -> Option<(jiff::Timestamp, jiff::Timestamp)> {
        let times = self
            .sessions
            .iter()
            .filter_map(|one| one.row.session.updated);
        let (first, last) = (times.clone().min(), times.max());
        first.zip(last)
    }
}

/// Looks at what belongs to these rows. Nothing is changed. The index must have been read, since rows that were kept do
/// not know which other files tell the same session.
pub fn plan(env: &Env, index: &Index, choice: &Choice, rows: &[Arc<Row>]) -> Plan {
    let asked: HashSet<&SessionId> = rows.iter().map(|row| row.id()).collect();
    let mut by_path: Vec<&Arc<Row>> = index.rows().collect();
    by_path.sort_by(|a, b| a.session.unit.path.cmp(&b.session.unit.path));
    let looker = Looker {
        env,
        index,
        choice,
        asked: &asked,
        by_path,
    };
    let mut plan = Plan::default();
    for row in rows.iter().filter(|row| !looker.goes_with_its_parent(row)) {
        match looker.look(row) {
            Ok(planned) => plan.sessions.push(planned),
            Err(why) => plan.refused.push((row.clone(), why)),
        }
    }
    let all = plan.sessions.iter().flat_map(|one| &one.parts);
    let writers = Writers::of(all.map(|(_, _, found)| found));
    let now = now(env);
    let (busy, free) = plan
        .sessions
        .into_iter()
        .partition::<Vec<_>, _>(|one| why_busy(one, &writers, now).is_some());
    plan.sessions = free;
    let busy = busy.into_iter().filter_map(|one| {
        let why = why_busy(&one, &writers, now)?;
        Some((one.row, why))
    });
    plan.refused.extend(busy);
    plan
}

/// The machine's time in seconds, which files are dated by.
pub fn now(env: &Env) -> i64 {
    i64::try_from(env.machine_time() / 1_000_000_000).unwrap_or(i64::MAX)
}

/// Why a session is not to be moved now: somebody is at work on it.
pub fn why_busy(planned: &Planned, writers: &Writers, now: i64) -> Option<String> {
    let mut parts = planned.parts.iter();
    parts.find_map(|(_, _, found)| is_busy(found, writers, now))
}

struct Looker<'a> {
    env: &'a Env,
    index: &'a Index,
    choice: &'a Choice,
    asked: &'a HashSet<&'a SessionId>,
    /// All rows in the order of their units' paths.
    by_path: Vec<&'a Arc<Row>>,
}

impl Looker<'_> {
    /// A sub-agent of what is asked for too.
    fn goes_with_its_parent(&self, row: &Row) -> bool {
        let mut row = row;
        for _ in 0..64 {
            if row.session.kind != Kind::SubAgent {
                return false;
            }
            let Some(native) = row.session.parent.clone() else {
                return false;
            };
            let parent = SessionId::new(row.id().source, native);
            if self.asked.contains(&parent) {
                return true;
            }
            match self.index.row(&parent) {
                Some(above) => row = above,
                None => return false,
            }
        }
        false
    }

    fn look(&self, row: &Arc<Row>) -> Result<Planned, String> {
        let source = sources::source(row.id().source).ok_or("its source is not known")?;
        let agents = self.agents(row);
        if source.forks_read_on() {
            let forks = self
                .index
                .children(row.id())
                .filter(|child| child.session.kind == Kind::Fork);
            let left = forks.filter(|fork| !self.asked.contains(fork.id())).count();
            if left > 0 {
                return Err(format!(
                    "its log is read on by its forks, of which {left} would be left; delete them too"
                ));
            }
        }
        // Paths below their roots, the session's own first.
        let mut held: Vec<(PathBuf, PathBuf)> = Vec::new();
        for member in std::iter::once(row).chain(&agents) {
            let is_held = |path: &Path| {
                held.iter()
                    .any(|(root, below)| path.starts_with(root.join(below)))
            };
            if member.id() != row.id() && is_held(&member.session.unit.path) {
                continue;
            }
            if let Some(why) = source.in_use(self.env, &member.session) {
                return Err(why);
            }
            // A copy that somebody keeps is kept for the day when the log is gone.
            let mut waiting = self.index.waiting(member);
            waiting.retain(|one| member.session.unit.is_kept() || !one.unit.is_kept());
            for session in std::iter::once(&member.session).chain(&waiting) {
                held.extend(self.holdings(source, session)?);
            }
        }
        let family: HashSet<&SessionId> = agents
            .iter()
            .map(|agent| agent.id())
            .chain([row.id()])
            .collect();
        let whole: Vec<PathBuf> = held.iter().map(|(root, below)| root.join(below)).collect();
        let others: usize = whole.iter().map(|path| self.others(path, &family)).sum();
        if others > 0 {
            return Err(format!("other sessions stand in its files: {others}"));
        }
        let unit = &row.session.unit.path;
        if !whole.iter().any(|path| unit.starts_with(path)) {
            return Err("its own file is none of those that belong to it".to_owned());
        }
        let mut parts: Vec<(PathBuf, PathBuf, Found)> = Vec::new();
        held.sort();
        for (root, below) in held {
            let known =
                |(r, path, _): &(PathBuf, PathBuf, Found)| *r == root && below.starts_with(path);
            if !parts.iter().any(known) {
                self.gather(&root, &below, &mut parts)?;
            }
        }
        let has = |path: &Path| {
            parts
                .iter()
                .any(|(root, below, _)| root.join(below) == path)
        };
        if !has(unit) {
            return Err("its file is gone".to_owned());
        }
        Ok(Planned {
            row: row.clone(),
            agents: agents.iter().map(|agent| agent.id().clone()).collect(),
            parts,
        })
    }

    /// Its sub-agents at any depth.
    fn agents(&self, row: &Row) -> Vec<Arc<Row>> {
        let mut found: Vec<Arc<Row>> = Vec::new();
        let mut seen: HashSet<SessionId> = HashSet::from([row.id().clone()]);
        let mut todo = vec![row.id().clone()];
        while let Some(id) = todo.pop() {
            for child in self.index.children(&id) {
                if child.session.kind == Kind::SubAgent && seen.insert(child.id().clone()) {
                    todo.push(child.id().clone());
                    found.push(child.clone());
                }
            }
        }
        found
    }

    /// What the source says belongs to a session, below a root that is one of its own.
    fn holdings(
        &self,
        source: &dyn Source,
        session: &Session,
    ) -> Result<Vec<(PathBuf, PathBuf)>, String> {
        let root = &session.unit.root;
        // What the source says of itself tells more than where it lies.
        let all = source.holdings(self.env, session)?;
        if !self.is_known(source, root) {
            return Err("it lies outside of the folders that are read".to_owned());
        }
        let below = all.into_iter().map(|path| match path.strip_prefix(root) {
            Ok(below) if below.components().next().is_some() => {
                Ok((root.to_path_buf(), below.to_path_buf()))
            }
            _ => Err("it lies outside of the folders that are read".to_owned()),
        });
        below.collect()
    }

    fn is_known(&self, source: &dyn Source, root: &Path) -> bool {
        let roots = self.choice.roots(source, self.env);
        roots.iter().any(|known| *known.path == *root)
    }

    /// Rows that are told from files at or below a path and are none of these.
    fn others(&self, path: &Path, family: &HashSet<&SessionId>) -> usize {
        let from = self
            .by_path
            .partition_point(|row| *row.session.unit.path < *path);
        let there = self.by_path.iter().skip(from);
        let there = there.take_while(|row| row.session.unit.path.starts_with(path));
        there.filter(|row| !family.contains(row.id())).count()
    }

    fn gather(
        &self,
        root: &Path,
        below: &Path,
        into: &mut Vec<(PathBuf, PathBuf, Found)>,
    ) -> Result<(), String> {
        let mut found = Vec::new();
        let gathered = Place::open(root).and_then(|place| place.gather(below, &mut found));
        match gathered {
            // Not everything that can belong to a session does.
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(format!("{}: {error}", root.join(below).display())),
            Ok(()) => {}
        }
        into.extend(
            found
                .into_iter()
                .map(|(path, found)| (root.to_path_buf(), path, found)),
        );
        Ok(())
    }
}

/// Agents of which some session would be moved.
pub fn sources_of(plan: &Plan) -> Vec<SourceId> {
    let mut all: Vec<SourceId> = plan
        .sessions
        .iter()
        .map(|one| one.row.id().source)
        .collect();
    all.sort();
    all.dedup();
    all
}
