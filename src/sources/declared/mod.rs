//! Sources that a person declares in a small file instead of in code: any agent that writes a JSON object a line.
//!
//! A declaration names the files, and where in a line the session, the role, the text, the time, the model and the tokens
//! stand. What it makes is a source like any other. It lives as long as the program: a run reads a handful of them once,
//! at its start, and every one is found by the very slug it was given, so that worlds with declarations of their own can
//! stand beside each other.

mod file;
mod globs;
mod line;
mod place;
mod report;
#[cfg(test)]
mod tests;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock};

use super::json::{self, Parsed};
use super::jsonl::{self, Line};
use super::object::is_plain;
use super::{
    At, Card, Cursor, Launch, Oddity, Record, Root, SOURCES, Say, Source, Stop, Want, tell,
};
use crate::env::{EntryKind, Env, OwnDir};
use crate::model::{Session, SourceId, Unit};
use crate::text::Clean;
use file::Declaration;
use line::Log;

pub use report::{Matched, Report};

/// A folder holds no more declarations than this.
const FILES: usize = 64;

/// A source made from a file.
#[derive(Debug)]
pub struct Declared {
    card: &'static Card,
    declaration: Declaration,
    path: PathBuf,
    /// The file's own place for people: the reason why its logs are read.
    why: &'static str,
}

/// All that were made in this process.
static MADE: RwLock<Vec<&'static Declared>> = RwLock::new(Vec::new());

/// The declared source of that slug: the one that the slug itself came from, else the last one of that name.
pub(super) fn source(id: SourceId) -> Option<&'static Declared> {
    let made = MADE.read().unwrap_or_else(PoisonError::into_inner);
    let own = |d: &&&'static Declared| std::ptr::eq(d.card.id.0, id.0);
    let named = |d: &&&'static Declared| d.card.id == id;
    made.iter()
        .find(own)
        .or_else(|| made.iter().rev().find(named))
        .copied()
}

/// Text that lives as long as the program. Only declarations are leaked, each once.
fn kept(text: &str) -> &'static str {
    Box::leak(text.into())
}

impl Declared {
    /// Makes a source from a file. `others` are those that were made before: no two have one name.
    ///
    /// # Errors
    /// One line of what is wrong, where, and what to do next.
    pub fn load(
        env: &Env,
        path: &Path,
        others: &[&'static Declared],
    ) -> Result<&'static Declared, String> {
        let path = env.expand(path);
        let declaration = Declaration::read(env, &path)?;
        let taken = |name: &str| {
            let built_in = SOURCES.iter().map(|s| s.card());
            let all = built_in.chain(others.iter().map(|d| d.card));
            let mut all = all.filter(|card| card.is_called(name));
            all.next().map(|card| card.id)
        };
        for name in [&declaration.id, &declaration.label, &declaration.code] {
            if let Some(other) = taken(name) {
                let place = path.display();
                return Err(format!(
                    "{place}: `{name}` is a name of the source {other} already; choose another id, label or code"
                ));
            }
        }
        let usual: Vec<&'static str> = declaration.files.iter().map(|g| kept(&g.said)).collect();
        let why = kept(Clean::line(&path.to_string_lossy()).as_str());
        let made: &'static Declared = Box::leak(Box::new(Declared {
            card: Box::leak(Box::new(Card {
                id: SourceId(kept(&declaration.id)),
                label: kept(&declaration.label),
                code: kept(&declaration.code),
                aliases: &[],
                // Another text reads the same bytes differently.
                revision: u32::try_from(declaration.hash >> 32).unwrap_or(0),
                variables: &[],
                versions: "as its file declares",
                assumed_model: None,
                usual: Box::leak(usual.into()),
                proved: false,
                note: "Declared by a file, which tells no tool calls",
            })),
            declaration,
            path,
            why,
        }));
        MADE.write()
            .unwrap_or_else(PoisonError::into_inner)
            .push(made);
        Ok(made)
    }

    /// Makes every source that our own folder declares, `sources/*.toml` beside our settings, in the order of their
    /// names, after those that were made `before`. What is wrong with the others is told a line each.
    pub fn load_all(
        env: &Env,
        before: &[&'static Declared],
    ) -> (Vec<&'static Declared>, Vec<String>) {
        let dir = env.own_dir(OwnDir::Config).join("sources");
        // Few people have such a folder.
        let entries = env.files.list(&dir).unwrap_or_default().into_iter();
        let mut files: Vec<PathBuf> = entries
            .filter(|e| matches!(e.kind, EntryKind::File | EntryKind::Link))
            .map(|e| e.path)
            .filter(|path| path.extension().is_some_and(|e| e == "toml"))
            .collect();
        files.sort();
        let (mut made, mut wrong) = (before.to_vec(), Vec::new());
        let is_new = |path: &&PathBuf| before.iter().all(|d| d.path() != path.as_path());
        for path in files.iter().filter(is_new).take(FILES) {
            match Declared::load(env, path, &made) {
                Ok(one) => made.push(one),
                Err(line) => wrong.push(line),
            }
        }
        (made, wrong)
    }

    /// The file that declares it.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Source for Declared {
    fn card(&self) -> &'static Card {
        self.card
    }

    fn roots(&self, env: &Env) -> Vec<Root> {
        let mut roots: Vec<Root> = Vec::new();
        for glob in &self.declaration.files {
            let path = glob.root(env);
            if !roots.iter().any(|root| *root.path == *path) {
                roots.push(Root {
                    source: self.card.id,
                    path: path.into(),
                    why: self.why,
                });
            }
        }
        roots
    }

    fn enters(&self, root: &Root, dir: &Path) -> bool {
        let globs = &self.declaration.files;
        dir.strip_prefix(&root.path)
            .is_ok_and(|below| globs.iter().any(|glob| glob.may_hold(below)))
    }

    fn claim(&self, env: &Env, root: &Root, path: &Path) -> Option<Unit> {
        let below = path.strip_prefix(&root.path).ok()?;
        let globs = self.declaration.files.iter();
        let mut globs = globs.filter(|glob| glob.root(env) == *root.path);
        globs.any(|glob| glob.fits(below)).then(|| Unit {
            source: self.card.id,
            root: root.path.clone(),
            path: path.into(),
            rank: 0,
            form: 0,
        })
    }

    fn read(
        &self,
        env: &Env,
        unit: &Unit,
        want: Want<'_>,
        from: &Cursor,
        say: &mut Say<'_>,
    ) -> io::Result<Cursor> {
        let mut opened = jsonl::open(env, &unit.path, &from.at)?;
        let is_new = opened.rewritten || from.at == At::Start;
        let memo = if is_new { &[] } else { &*from.memo };
        let mut log = Log::new(&self.declaration, &unit.path, want, memo);
        let odd = |log: &Log<'_>, at, what, say: &mut Say<'_>| {
            let session = log.session().map(Into::into);
            tell(say, Record::Odd { session, at, what })
        };
        let mut read = || -> Result<(), Stop> {
            if opened.rewritten {
                tell(say, Record::Reset)?;
            }
            let mut store = json::Store::default();
            while let Some(line) = opened.lines.next_line()? {
                match line {
                    Line::TooLong { at } => odd(&log, at, Oddity::TooLong, say)?,
                    Line::Whole { at, bytes } => match json::record(bytes, &mut store) {
                        Parsed::Object(record) => log.record(&record, at, say)?,
                        Parsed::Repaired(record) => {
                            log.record(&record, at, say)?;
                            odd(&log, at, Oddity::Repaired, say)?;
                        }
                        Parsed::Malformed => odd(&log, at, Oddity::Malformed, say)?,
                        Parsed::Blank => {}
                    },
                }
            }
            Ok(())
        };
        match read() {
            Err(Stop::Failed(error)) => Err(error),
            Ok(()) | Err(Stop::Asked) => Ok(Cursor {
                at: opened.lines.cursor(),
                memo: log.memo(),
            }),
        }
    }

    fn short_id(&self, native: &str) -> String {
        native.chars().take(12).collect()
    }

    fn resume(&self, session: &Session) -> Option<Launch> {
        let (program, args) = self.declaration.resume.split_first()?;
        let id = &*session.id.native;
        let args = args.iter().map(|arg| arg.replace("{id}", id));
        is_plain(id).then(|| Launch::new(program, args, session.dir.as_deref()))
    }
}
