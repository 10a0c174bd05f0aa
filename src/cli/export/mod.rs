//! `backscroll export`: sessions as files. Nothing is written over what is not ours, and nothing with a secret in it is
//! written before somebody said what is to become of it.

mod asked;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use serde::Serialize;

use super::args::{Export, Shared};
use super::json::{self, SCHEMA};
use super::{Failure, Loaded, Streams, warn};
use crate::env::Env;
use crate::exit;
use crate::export::folder::State;
use crate::export::job::{self, Done, File, Job};
use crate::model::Row;
use crate::redact::Secrets;
use crate::text::{Clean, count};

use asked::Target;

pub fn run(
    env: &Env,
    shared: &Shared,
    args: &Export,
    streams: &mut Streams<'_>,
) -> Result<i32, Failure> {
    // A command that is typed to see what it takes writes nothing.
    if args.query.is_empty() && !args.all && args.output.is_none() {
        let line = "export: say which sessions: their ids, a query such as date:<7d, --all for every one, or -o FOLDER for all that list shows";
        return Err(Failure::Usage(line.to_owned()));
    }
    let format = asked::format(args);
    let mut parts = asked::parts(args, format);
    parts.counts = args.redact || args.anonymize;
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
        secrets: match args.redact || args.anonymize {
            true => Secrets::Replace,
            false => Secrets::Keep,
        },
        talk: None,
        anonymizer: args
            .anonymize
            .then(|| Arc::new(crate::export::anonymizer(env))),
        tariff: loaded.tariff.clone(),
    };
    if !args.redact && !args.no_redact && !args.anonymize {
        refuse_secrets(&job, &rows)?;
    }
    let failed = |line: String| Failure::Usage(format!("export: {line}"));
    let done = match &target {
        Target::Out => {
            let (bytes, done) = job::together(&job, &rows).map_err(failed)?;
            streams.out.write_all(&bytes)?;
            done
        }
        Target::File(path) => job::to_file(&job, &rows, path).map_err(failed)?,
        Target::Folder(path) => job::to_folder(&job, &rows, path).map_err(failed)?,
    };
    tell(env, shared, args, &loaded, &target, &done, streams)
}

/// Nobody said what is to become of secrets, so there must be none. Looked for before anything is written.
fn refuse_secrets(job: &Job<'_>, rows: &[Arc<Row>]) -> Result<(), Failure> {
    let (found, _) = job::review(job, rows);
    if found.is_empty() {
        return Ok(());
    }
    Err(Failure::Usage(format!(
        "export: secrets found: {found}; nothing is written; --redact replaces them, --no-redact writes them as they are"
    )))
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
            secrets: done.found.iter().collect(),
            redacted: args.redact || args.anonymize,
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
    if !done.found.is_empty() {
        let what = if args.redact || args.anonymize {
            "secrets replaced"
        } else {
            "secrets written"
        };
        warn(streams, &format!("{what}: {}", done.found))?;
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
