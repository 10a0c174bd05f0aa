//! `backscroll export`: sessions as files. Nothing is written over what is not ours, and nothing with a secret in it is
//! written before somebody said what is to become of it.

mod asked;
mod writing;

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Serialize;

use super::args::{Export, Shared};
use super::json::{self, SCHEMA};
use super::{Failure, Loaded, Streams, warn};
use crate::env::Env;
use crate::exit;
use crate::export::folder::State;
use crate::export::{Format, Parts};
use crate::ingest::Reading;
use crate::model::{Conversation, Row, Tariff};
use crate::redact::{Found, Secrets};
use crate::text::{Clean, count};

use asked::Target;

pub fn run(
    env: &Env,
    shared: &Shared,
    args: &Export,
    streams: &mut Streams<'_>,
) -> Result<i32, Failure> {
    let format = asked::format(args);
    let mut parts = asked::parts(args, format);
    parts.counts = args.redact;
    let mut loaded = super::load_rows(env, shared, streams)?;
    let (rows, by_id) = asked::rows(env, &mut loaded, args, streams)?;
    if rows.is_empty() {
        let line = "export: no session is like that; see what there is: backscroll list";
        return Err(Failure::Nothing(line.to_owned()));
    }
    let target = asked::target(env, args, format, &rows, by_id)?;
    let job = Job {
        env,
        format,
        parts,
        redact: args.redact,
        tariff: loaded.tariff.clone(),
    };
    if !args.redact && !args.no_redact {
        refuse_secrets(&job, &rows)?;
    }
    let done = match &target {
        Target::Out => writing::to_stdout(&job, &rows, streams)?,
        Target::File(path) => writing::to_file(&job, &rows, path)?,
        Target::Folder(path) => writing::to_folder(&job, &rows, path)?,
    };
    tell(env, shared, args, &loaded, &target, &done, streams)
}

/// What is to be done with each session.
struct Job<'a> {
    env: &'a Env,
    format: Format,
    parts: Parts,
    redact: bool,
    tariff: Arc<dyn Tariff>,
}

impl Job<'_> {
    fn secrets(&self) -> Secrets {
        match self.redact {
            true => Secrets::Replace,
            false => Secrets::Keep,
        }
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
        let mut reading = Reading::priced(&row.session, self.tariff.clone());
        let read = reading.read(self.env);
        read.map_err(|error| format!("not read: {}: {error}", row.session.unit.path.display()))?;
        Ok(reading.conversation())
    }
}

/// Counts of secrets by rule, over many sessions.
#[derive(Default)]
struct Counts(BTreeMap<&'static str, usize>);

impl Counts {
    fn add(&mut self, found: &Found) {
        for (rule, n) in found.iter() {
            *self.0.entry(rule).or_default() += n;
        }
    }

    fn merge(&mut self, other: &Counts) {
        for (rule, n) in &other.0 {
            *self.0.entry(rule).or_default() += n;
        }
    }

    fn line(&self) -> String {
        let all: Vec<String> = self
            .0
            .iter()
            .map(|(rule, n)| format!("{n} {rule}"))
            .collect();
        all.join(", ")
    }
}

/// Nobody said what is to become of secrets, so there must be none. Looked for before anything is written.
fn refuse_secrets(job: &Job<'_>, rows: &[Arc<Row>]) -> Result<(), Failure> {
    let counts = writing::count(job, rows);
    if counts.0.is_empty() {
        return Ok(());
    }
    Err(Failure::Usage(format!(
        "export: secrets found: {}; nothing is written; --redact replaces them, --no-redact writes them as they are",
        counts.line()
    )))
}

/// What was written.
#[derive(Default)]
struct Done {
    files: Vec<File>,
    counts: Counts,
    problems: Vec<String>,
}

struct File {
    path: PathBuf,
    /// Absent where it holds many sessions, or is an index.
    row: Option<Arc<Row>>,
    bytes: usize,
    state: State,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ExportOut {
    schema_version: u32,
    format: &'static str,
    sessions: usize,
    files: Vec<FileOut>,
    /// What was replaced, or with `--no-redact` written as it is, by rule.
    secrets: BTreeMap<&'static str, usize>,
    redacted: bool,
    problems: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FileOut {
    path: String,
    session_id: Option<String>,
    bytes: usize,
    /// `written`, `replaced`, `unchanged`, or `left` where something else has its name.
    state: &'static str,
}

fn tell(
    env: &Env,
    shared: &Shared,
    args: &Export,
    loaded: &Loaded,
    target: &Target,
    done: &Done,
    streams: &mut Streams<'_>,
) -> Result<i32, Failure> {
    let to_out = matches!(target, Target::Out);
    let shown = |path: &Path| Clean::line(&path.to_string_lossy());
    if shared.json && !to_out {
        let file = |file: &File| FileOut {
            path: shown(&file.path).to_string(),
            session_id: file
                .row
                .as_ref()
                .map(|row| Clean::of(&row.id().native).to_string()),
            bytes: file.bytes,
            state: file.state.word(),
        };
        let clean = |line: &String| Clean::line(line).to_string();
        let out = ExportOut {
            schema_version: SCHEMA,
            format: asked::format(args).card().name,
            sessions: done.files.iter().filter(|file| file.row.is_some()).count(),
            files: done.files.iter().map(file).collect(),
            secrets: done.counts.0.clone(),
            redacted: args.redact,
            problems: done.problems.iter().map(clean).collect(),
        };
        json::write(streams.out, &out)?;
    } else {
        for file in done.files.iter().filter(|file| file.state != State::Left) {
            writeln!(streams.out, "{}", shown(&file.path))?;
        }
    }
    for problem in &done.problems {
        warn(streams, problem)?;
    }
    if !done.counts.0.is_empty() {
        let what = if args.redact {
            "secrets replaced"
        } else {
            "secrets written"
        };
        warn(streams, &format!("{what}: {}", done.counts.line()))?;
    }
    if let (Target::Folder(path), false) = (target, shared.json) {
        let states = [
            State::Written,
            State::Replaced,
            State::Unchanged,
            State::Left,
        ];
        let counted = states.map(|state| {
            let n = done.files.iter().filter(|file| file.state == state);
            (n.count(), state.word())
        });
        let counted = counted.iter().filter(|(n, _)| *n > 0);
        let words: Vec<String> = counted
            .map(|(n, word)| format!("{} {word}", count(*n as u64)))
            .collect();
        let place = crate::text::short_dir(path, &env.home);
        warn(streams, &format!("{place}: {}", words.join(", ")))?;
    }
    let is_partly = loaded.partly || !done.problems.is_empty();
    Ok(if is_partly { exit::PARTLY } else { exit::DONE })
}

/// What kept a file from being written.
fn failed(path: &Path, error: &io::Error) -> Failure {
    let path = path.display();
    Failure::Usage(match error.kind() {
        io::ErrorKind::AlreadyExists => format!(
            "export: {path} is there already and stays as it is; give another name with --output"
        ),
        _ => format!("export: cannot write {path}: {error}; nothing of it is left behind"),
    })
}
