//! Sessions on their way into files: each is made in memory and put into place whole.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use super::folder::{Folder, Listed, State};
use super::{Format, Parts, Writer, scanner, write};
use crate::env::Env;
use crate::ingest::Reading;
use crate::model::{Conversation, Row, SessionId, Tariff};
use crate::own;
use crate::redact::{Found, Outlet, Scanner, Secrets, Seen};

/// So many sessions are in memory at once.
const AT_ONCE: usize = 8;

/// Of all secrets so many are shown to be looked at.
const SEEN: usize = 5_000;

/// What is to be done with each session.
pub struct Job<'a> {
    pub env: &'a Env,
    pub format: Format,
    pub parts: Parts,
    pub secrets: Secrets,
    /// What was said in a session whose log cannot be read any more.
    pub talk: Option<Arc<Conversation>>,
    /// What looks for traces of the person and the machine too; absent where only secrets are looked for.
    pub anonymizer: Option<Arc<Scanner>>,
    pub tariff: Arc<dyn Tariff>,
}

/// What was written.
#[derive(Default)]
pub struct Done {
    pub files: Vec<File>,
    /// Secrets, replaced or written as they are.
    pub found: Found,
    /// The first of them, to be looked at; only of sessions that stand in one file.
    pub seen: Vec<Seen>,
    pub problems: Vec<String>,
}

pub struct File {
    pub path: PathBuf,
    /// Absent where it holds many sessions, or is an index.
    pub row: Option<Arc<Row>>,
    pub bytes: usize,
    pub state: State,
}

impl Job<'_> {
    fn scanner(&self) -> &Scanner {
        self.anonymizer.as_deref().unwrap_or_else(|| scanner())
    }

    /// What was said in a session; nothing where the format does not ask.
    fn read(&self, row: &Row) -> Result<Conversation, String> {
        if self.format == Format::Csv {
            return Ok(Conversation {
                id: row.id().clone(),
                messages: Vec::new(),
                odd: 0,
            });
        }
        if let Some(talk) = self.talk.as_ref().filter(|talk| talk.id == *row.id()) {
            return Ok((**talk).clone());
        }
        let mut reading = Reading::priced(&row.session, self.tariff.clone());
        let read = reading.read(self.env);
        read.map_err(|error| format!("not read: {}: {error}", row.session.unit.path.display()))?;
        Ok(reading.conversation())
    }
}

/// One session, made.
struct Made {
    bytes: Vec<u8>,
    listed: Listed,
    found: Found,
}

/// Nothing where the session holds nothing of the format: it changed no file.
fn make(job: &Job<'_>, row: &Row) -> Result<Option<Made>, String> {
    let conversation = job.read(row)?;
    let mut outlet = Outlet::new(job.scanner(), job.secrets);
    let mut bytes = Vec::new();
    let made = write(
        job.format,
        row,
        &conversation,
        &job.parts,
        &mut outlet,
        &mut bytes,
    );
    match made {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        made => made.map_err(|error| format!("{}: {error}", row.id()))?,
    }
    let found = outlet.found().clone();
    // The same words again: they are counted once.
    let listed = Listed::new(row, &mut Outlet::new(job.scanner(), job.secrets));
    Ok(Some(Made {
        bytes,
        listed,
        found,
    }))
}

/// The secrets in what would be written, and the first of them to be looked at, each with its session.
pub fn review(job: &Job<'_>, rows: &[Arc<Row>]) -> (Found, Vec<(SessionId, Seen)>) {
    let one = |row: &Arc<Row>| {
        let mut outlet = Outlet::new(job.scanner(), Secrets::Keep);
        // What cannot be read or written is told when it is.
        if let Ok(conversation) = job.read(row) {
            let (parts, out) = (&job.parts, &mut io::sink());
            let _ = write(job.format, row, &conversation, parts, &mut outlet, out);
        }
        (outlet.found().clone(), outlet.seen().to_vec())
    };
    let each: Vec<(Found, Vec<Seen>)> = rows.par_iter().map(one).collect();
    let (mut found, mut seen) = (Found::default(), Vec::new());
    for (row, (some, shown)) in rows.iter().zip(each) {
        found.add(&some);
        seen.extend(shown.into_iter().map(|one| (row.id().clone(), one)));
    }
    seen.truncate(SEEN);
    (found, seen)
}

/// All sessions as one file, that must not be there yet.
pub fn to_file(job: &Job<'_>, rows: &[Arc<Row>], path: &Path) -> Result<Done, String> {
    let (bytes, mut done) = together(job, rows)?;
    let is_same = || std::fs::read(path).is_ok_and(|known| known == bytes);
    let state = match own::create(path, &bytes) {
        Ok(()) => State::Written,
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && is_same() => State::Unchanged,
        Err(error) => return Err(failed(path, &error)),
    };
    done.files.push(File {
        path: path.to_owned(),
        row: match rows {
            [one] => Some(one.clone()),
            _ => None,
        },
        bytes: bytes.len(),
        state,
    });
    Ok(done)
}

/// All sessions, one after the other.
pub fn together(job: &Job<'_>, rows: &[Arc<Row>]) -> Result<(Vec<u8>, Done), String> {
    let mut bytes = Vec::new();
    let mut done = Done::default();
    let other = |error: io::Error| error.to_string();
    let mut writer = Writer::new(job.format, job.parts, &mut bytes);
    for row in rows {
        let conversation = match job.read(row) {
            Ok(conversation) => conversation,
            Err(line) if rows.len() > 1 => {
                done.problems.push(line);
                continue;
            }
            Err(line) => return Err(line),
        };
        let mut outlet = Outlet::new(job.scanner(), job.secrets);
        writer
            .session(row, &conversation, &mut outlet)
            .map_err(other)?;
        done.found.add(outlet.found());
        let left = SEEN.saturating_sub(done.seen.len());
        done.seen.extend(outlet.seen().iter().take(left).cloned());
    }
    writer.end().map_err(other)?;
    Ok((bytes, done))
}

/// Each session as a file, and an index. What cannot be read or written is said, and the rest goes on, but for a disk
/// that takes no more.
pub fn to_folder(job: &Job<'_>, rows: &[Arc<Row>], path: &Path) -> Result<Done, String> {
    let mut folder = Folder::open(path).map_err(|error| failed(path, &error))?;
    let mut done = Done::default();
    for some in rows.chunks(AT_ONCE) {
        let made: Vec<Result<Option<Made>, String>> =
            some.par_iter().map(|row| make(job, row)).collect();
        for (row, made) in some.iter().zip(made) {
            let made = match made {
                Ok(Some(made)) => made,
                Ok(None) => continue,
                Err(line) => {
                    done.problems.push(line);
                    continue;
                }
            };
            let name = folder.name(&row.session, job.format);
            let file = path.join(&name);
            let bytes = made.bytes.len();
            let state = match folder.put(&name, &made.bytes, &row.session, made.listed) {
                Ok(state) => state,
                Err(error) => {
                    // What is there is remembered, so that it can go on from here.
                    let _ = folder.remember();
                    return Err(failed(&file, &error));
                }
            };
            if state == State::Left {
                done.problems.push(left(&file));
            } else {
                done.found.add(&made.found);
            }
            done.files.push(File {
                path: file,
                row: Some(row.clone()),
                bytes,
                state,
            });
        }
    }
    if done.files.is_empty() && done.problems.is_empty() {
        return Err("it changed no file that a patch can hold, and no other did".to_owned());
    }
    let closed = folder.close(job.format);
    let (name, state) = closed.map_err(|error| failed(path, &error))?;
    let index = path.join(name);
    if state == State::Left {
        done.problems.push(left(&index));
    }
    let bytes = std::fs::metadata(&index).map_or(0, |meta| meta.len());
    done.files.push(File {
        path: index,
        row: None,
        bytes: usize::try_from(bytes).unwrap_or(usize::MAX),
        state,
    });
    Ok(done)
}

fn left(path: &Path) -> String {
    format!(
        "{}: left as it is: it is not an export of ours, or was changed since",
        path.display()
    )
}

/// What kept a file from being written.
fn failed(path: &Path, error: &io::Error) -> String {
    let path = path.display();
    match error.kind() {
        io::ErrorKind::AlreadyExists => {
            format!("{path} is there already and stays as it is; give another name")
        }
        _ => format!("cannot write {path}: {error}; nothing of it is left behind"),
    }
}
