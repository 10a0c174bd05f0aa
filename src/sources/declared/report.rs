//! What a declaration matches, for whoever writes one: files for each pattern, lines for each way, and what was left.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::ops::ControlFlow;
use std::path::Path;

use super::super::json::{self, Obj, Parsed};
use super::super::jsonl::{self, Line};
use super::super::{At, Cursor, Record, Source, Want, walk};
use super::Declared;
use super::place::Places;
use crate::env::Env;
use crate::model::{Role, Unit};
use crate::text::Clean;

/// Enough to tell whether a declaration fits.
const FILES: usize = 200;
/// An example is as long as fits beside its name.
const EXAMPLE: usize = 40;
/// So many of the fields of a line without a role are named, and so many unknown roles.
const NAMED: usize = 8;

/// What a declaration comes to.
#[derive(Clone, Default, Debug)]
pub struct Report {
    /// Each pattern as it was written, and the files it fits.
    pub globs: Vec<(&'static str, usize)>,
    /// Files that were read for this; the first of them when there are very many.
    pub files: usize,
    /// Files that could not be read, and why.
    pub unread: Vec<(String, String)>,
    pub lines: u64,
    /// Lines that are no JSON object, or too long to be read.
    pub broken: u64,
    pub fields: Vec<Matched>,
    pub sessions: usize,
    pub prompts: u64,
    pub answers: u64,
    /// What the program put in.
    pub others: u64,
    /// Lines that told tokens or a cost.
    pub spends: u64,
    /// Lines without a role, and the fields of the first of them.
    pub no_role: (u64, Vec<Clean>),
    /// Roles that mean nobody we know, and how often they came.
    pub unknown_roles: Vec<(Clean, u64)>,
}

/// One way, or several to one thing.
#[derive(Clone, Debug)]
pub struct Matched {
    /// As in the file: `line.role`, `usage.input`.
    pub name: String,
    /// The ways as they were written.
    pub ways: Vec<Clean>,
    /// Lines where one of them led somewhere.
    pub lines: u64,
    /// What stood there first.
    pub example: Option<Clean>,
}

impl Declared {
    /// Reads what the declaration means and tells what matched.
    pub fn examine(&self, env: &Env) -> Report {
        let mut units: Vec<Unit> = Vec::new();
        let mut seen = BTreeSet::new();
        for root in self.roots(env) {
            // A folder that cannot be listed is told elsewhere.
            let _ = walk(self, env, &root, &root.path, &mut |unit| {
                if seen.insert(unit.path.clone()) {
                    units.push(unit);
                }
            });
        }
        let globs = self.declaration.files.iter().zip(self.card.usual);
        let globs = globs.map(|(glob, said)| {
            let below = |unit: &&Unit| {
                unit.path
                    .strip_prefix(glob.root(env))
                    .is_ok_and(|b| glob.fits(b))
            };
            (*said, units.iter().filter(below).count())
        });
        let line = self.declaration.line.all().into_iter();
        let usage = self.declaration.usage.all().into_iter();
        let ways = line.map(|(n, w)| (format!("line.{n}"), w));
        let ways = ways.chain(usage.map(|(n, w)| (format!("usage.{n}"), w)));
        let ways: Vec<(String, &Places)> =
            ways.filter(|(_, places)| !places.0.is_empty()).collect();
        let matched = ways.iter().map(|(name, places)| Matched {
            name: name.clone(),
            ways: places
                .0
                .iter()
                .map(|place| Clean::line(&place.said))
                .collect(),
            lines: 0,
            example: None,
        });
        let mut report = Report {
            globs: globs.collect(),
            fields: matched.collect(),
            ..Report::default()
        };
        let mut heard = Heard::default();
        for unit in units.iter().take(FILES) {
            let read = self
                .told(env, unit, &mut heard, &mut report)
                .and_then(|()| self.lines(env, &unit.path, &ways, &mut heard, &mut report));
            match read {
                Ok(()) => report.files += 1,
                Err(error) => {
                    let path = unit.path.to_string_lossy().into_owned();
                    report.unread.push((path, error.to_string()));
                }
            }
        }
        report.sessions = heard.sessions.len();
        report.unknown_roles = heard.roles.into_iter().take(NAMED).collect();
        report
    }

    /// Counts what the source says of a file.
    fn told(
        &self,
        env: &Env,
        unit: &Unit,
        heard: &mut Heard,
        report: &mut Report,
    ) -> io::Result<()> {
        let mut hear = |record| {
            match record {
                Record::Message { session, message } => {
                    heard.sessions.insert(session);
                    match message.role {
                        Role::User => report.prompts += 1,
                        Role::Assistant => report.answers += 1,
                        Role::System => report.others += 1,
                    }
                }
                Record::Spent { .. } => report.spends += 1,
                _ => {}
            }
            ControlFlow::Continue(())
        };
        self.read(env, unit, Want::Summary, &Cursor::default(), &mut hear)?;
        Ok(())
    }

    /// Counts where the ways lead.
    fn lines(
        &self,
        env: &Env,
        path: &Path,
        ways: &[(String, &Places)],
        heard: &mut Heard,
        report: &mut Report,
    ) -> io::Result<()> {
        let mut lines = jsonl::open(env, path, &At::Start)?.lines;
        let mut store = json::Store::default();
        while let Some(line) = lines.next_line()? {
            let parsed = match line {
                Line::Whole { bytes, .. } => json::record(bytes, &mut store),
                Line::TooLong { .. } => Parsed::Malformed,
            };
            match parsed {
                Parsed::Object(line) | Parsed::Repaired(line) => {
                    report.lines += 1;
                    self.line(&line, ways, heard, report);
                }
                Parsed::Malformed => {
                    report.lines += 1;
                    report.broken += 1;
                }
                Parsed::Blank => {}
            }
        }
        Ok(())
    }

    fn line(
        &self,
        line: &Obj<'_>,
        ways: &[(String, &Places)],
        heard: &mut Heard,
        report: &mut Report,
    ) {
        for ((_, places), matched) in ways.iter().zip(&mut report.fields) {
            let Some(value) = places.value(line) else {
                continue;
            };
            matched.lines += 1;
            matched.example.get_or_insert_with(|| {
                let text = value.str();
                let text = text.as_deref().unwrap_or(value.raw());
                Clean::title(text).cut(EXAMPLE)
            });
        }
        match self.declaration.line.role.word(line) {
            Some(word) if self.declaration.role(&word).is_some() => {}
            Some(word) => {
                let word = Clean::title(&word);
                if heard.roles.len() < FILES || heard.roles.contains_key(&word) {
                    *heard.roles.entry(word).or_default() += 1;
                }
            }
            None => {
                let (count, fields) = &mut report.no_role;
                *count += 1;
                if *count == 1 {
                    let names = line.fields().take(NAMED);
                    *fields = names.map(|(name, _)| Clean::title(&name)).collect();
                }
            }
        }
    }
}

/// What was heard over all files.
#[derive(Default)]
struct Heard {
    sessions: BTreeSet<Box<str>>,
    roles: BTreeMap<Clean, u64>,
}
