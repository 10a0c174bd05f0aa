//! `backscroll doctor`: where we look and why, what was found, what could not be read, and what this terminal can do.

use std::path::Path;

use serde::Serialize;

use super::args::Shared;
use super::declared::{self, MatchesOut};
use super::json::{self, SCHEMA};
use super::{Failure, Streams, plain};
use crate::env::{Env, OwnDir};
use crate::exit;
use crate::index::{EXPIRES_SOON, Index};
use crate::ingest::SourceState;
use crate::query::Hidden;
use crate::sources::{self, Card};
use crate::text::{Clean, count, counted, short_dir};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DoctorOut {
    schema_version: u32,
    sources: Vec<SourceOut>,
    /// What the declarations that were asked for match.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    declared: Vec<MatchesOut>,
    problems: Vec<ProblemOut>,
    /// What in the settings names nothing.
    notes: Vec<String>,
    terminal: TerminalOut,
    folders: Vec<FolderOut>,
    sqlite_version: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SourceOut {
    source: &'static str,
    label: &'static str,
    /// Whether its reader was proved on logs that the agent itself wrote.
    proved: bool,
    /// Not read, by the settings.
    off: bool,
    sessions: usize,
    units: usize,
    roots: Vec<RootOut>,
    variables: &'static [&'static str],
    note: &'static str,
}

impl SourceOut {
    fn unread(card: &'static Card) -> SourceOut {
        SourceOut {
            source: card.id.0,
            label: card.label,
            proved: card.proved,
            off: false,
            sessions: 0,
            units: 0,
            roots: Vec::new(),
            variables: card.variables,
            note: card.note,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RootOut {
    path: String,
    why: &'static str,
    state: &'static str,
    /// What the agent does with old sessions here, where that is known.
    keeps: Option<KeepsOut>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct KeepsOut {
    hours: i64,
    /// The same for people.
    #[serde(skip)]
    said: String,
    setting: &'static str,
    file: String,
    default: bool,
    /// Sessions of those that are listed which it deletes within nine days.
    soon: usize,
}

/// What becomes of the sessions below a root.
fn keeps(env: &Env, index: &Index, root: &Path) -> Option<KeepsOut> {
    let kept = index.retentions().at(root)?;
    let limit = env.now().checked_add(EXPIRES_SOON).ok()?;
    let listed = Hidden::default();
    let here = index.rows().filter(|row| *row.session.unit.root == *root);
    let here = here.filter(|row| listed.class(row).is_none());
    Some(KeepsOut {
        hours: kept.lasts.as_hours(),
        said: kept.said(),
        setting: kept.setting,
        file: Clean::line(&kept.file.to_string_lossy()).to_string(),
        default: kept.is_default,
        soon: here
            .filter(|row| row.expires.is_some_and(|ends| ends < limit))
            .count(),
    })
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ProblemOut {
    path: String,
    /// What and how often.
    problems: Vec<String>,
    /// Byte offsets or rows of the first few.
    at: Vec<u64>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TerminalOut {
    term: Option<String>,
    colour: &'static str,
    utf8: bool,
    clipboard: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FolderOut {
    kind: &'static str,
    path: String,
}

pub fn run(env: &Env, shared: &Shared, streams: &mut Streams<'_>) -> Result<i32, Failure> {
    let loaded = super::load(env, shared, streams)?;
    let index = &loaded.index;
    let sources = index.progress().sources.iter().filter_map(|progress| {
        let card = sources::source(progress.source)?.card();
        Some(SourceOut {
            sessions: index
                .rows()
                .filter(|row| row.id().source == card.id)
                .count(),
            units: progress.found,
            roots: progress
                .looked
                .iter()
                .map(|(path, why, found)| RootOut {
                    path: Clean::line(&path.to_string_lossy()).to_string(),
                    why,
                    state: found.word(),
                    keeps: keeps(env, index, path).filter(|_| *found != SourceState::NotThere),
                })
                .collect(),
            ..SourceOut::unread(card)
        })
    });
    let choice = &loaded.choice;
    let off = choice.all().filter(|source| {
        let id = source.card().id;
        choice.only.is_empty() && choice.off.contains(&id)
    });
    let off = off.map(|source| SourceOut {
        off: true,
        ..SourceOut::unread(source.card())
    });
    let problems = index.odd().map(|odd| ProblemOut {
        path: Clean::line(&odd.unit.path.to_string_lossy()).to_string(),
        problems: odd
            .counts
            .iter()
            .map(|(what, n)| format!("{n} x {}", what.word()))
            .chain(odd.error.iter().map(|why| Clean::line(why).to_string()))
            .collect(),
        at: odd.first.iter().map(|(at, _)| *at).collect(),
    });
    let folder = |kind, dir| FolderOut {
        kind,
        path: env.own_dir(dir).display().to_string(),
    };
    let out = DoctorOut {
        schema_version: SCHEMA,
        sources: sources.chain(off).collect(),
        declared: declared::matches(env, &loaded.choice),
        problems: problems.collect(),
        notes: loaded
            .notes
            .iter()
            .map(|note| Clean::line(note).to_string())
            .collect(),
        terminal: TerminalOut {
            term: env.var("TERM").map(|t| Clean::line(t).to_string()),
            colour: colour(env),
            utf8: !crate::tui::is_ascii(env, false),
            clipboard: clipboard(env),
        },
        folders: vec![
            folder("cache", OwnDir::Cache),
            folder("config", OwnDir::Config),
            folder("data", OwnDir::Data),
            folder("state", OwnDir::State),
        ],
        sqlite_version: sources::sqlite::version().to_owned(),
    };
    if shared.json {
        json::write(streams.out, &out)?;
    } else if shared.plain {
        plain::write(streams.out, &out)?;
    } else {
        text(env, &out, streams)?;
    }
    Ok(if loaded.partly {
        exit::PARTLY
    } else {
        exit::DONE
    })
}

fn colour(env: &Env) -> &'static str {
    let term = env.var("TERM").unwrap_or_default();
    let depth = env.var("COLORTERM").unwrap_or_default();
    if env.var("NO_COLOR").is_some() || term == "dumb" {
        "none"
    } else if matches!(depth, "truecolor" | "24bit") || term.ends_with("-direct") {
        "true colour"
    } else if term.contains("256color") {
        "256 colours"
    } else {
        "16 colours"
    }
}

/// Which way copied text takes, and what may stand in it.
fn clipboard(env: &Env) -> String {
    let remote = env.var("SSH_CONNECTION").or(env.var("SSH_TTY")).is_some();
    let desktop =
        env.var("WAYLAND_DISPLAY").or(env.var("DISPLAY")).is_some() || cfg!(target_os = "macos");
    let mut line = if desktop && !remote {
        "the desktop's clipboard, else the terminal's (OSC 52)".to_owned()
    } else {
        "the terminal's (OSC 52)".to_owned()
    };
    if env.var("TMUX").is_some() {
        line.push_str(
            "; inside tmux this needs: set -s set-clipboard on, or: set -g allow-passthrough on",
        );
    }
    line
}

fn text(env: &Env, report: &DoctorOut, streams: &mut Streams<'_>) -> Result<(), Failure> {
    let out = &mut *streams.out;
    let near = |path: &str| short_dir(std::path::Path::new(path), &env.home);
    writeln!(out, "Sources")?;
    for source in &report.sources {
        if source.off {
            writeln!(out, "  {:<14} off, by the settings", source.label)?;
            continue;
        }
        let sessions = counted(source.sessions, "session");
        let units = counted(source.units, "log");
        writeln!(
            out,
            "  {:<14} {sessions} in {units}{}",
            source.label,
            if source.proved { "" } else { " (unproved)" }
        )?;
        // There are as many such folders as projects; those without logs are only counted.
        let is_bare =
            |root: &&RootOut| root.why == sources::NAMED && root.state == SourceState::Empty.word();
        for root in source.roots.iter().filter(|root| !is_bare(root)) {
            writeln!(
                out,
                "    {:<40} {} ({})",
                near(&root.path),
                root.state,
                root.why
            )?;
            if let Some(kept) = &root.keeps {
                let days = EXPIRES_SOON.as_hours() / 24;
                let soon = match kept.soon {
                    0 => "none".to_owned(),
                    soon => count(soon as u64),
                };
                writeln!(
                    out,
                    "      {} deletes sessions {} after their last change ({}{} in {}); {soon} within {days} days",
                    source.label,
                    kept.said,
                    if kept.default { "default; " } else { "" },
                    kept.setting,
                    near(&kept.file)
                )?;
            }
        }
        let bare = source.roots.iter().filter(is_bare).count();
        if bare > 0 {
            let bare = counted(bare, "folder");
            writeln!(out, "    {bare:<40} without logs ({})", sources::NAMED)?;
        }
        if !source.variables.is_empty() {
            writeln!(out, "    moved by {}", source.variables.join(", "))?;
        }
    }
    declared::text(out, &report.declared, &near)?;
    writeln!(out, "\nProblems")?;
    if report.problems.is_empty() {
        writeln!(out, "  none: everything found was read")?;
    }
    for note in &report.notes {
        writeln!(out, "  {note}")?;
    }
    for problem in &report.problems {
        writeln!(
            out,
            "  {}: {}",
            near(&problem.path),
            problem.problems.join(", ")
        )?;
        if !problem.at.is_empty() {
            let places: Vec<String> = problem.at.iter().map(u64::to_string).collect();
            writeln!(out, "    at {}", places.join(", "))?;
        }
    }
    writeln!(out, "\nTerminal")?;
    writeln!(
        out,
        "  type       {}",
        report.terminal.term.as_deref().unwrap_or("-")
    )?;
    writeln!(out, "  colour     {}", report.terminal.colour)?;
    writeln!(
        out,
        "  characters {}",
        if report.terminal.utf8 {
            "UTF-8"
        } else {
            "ASCII"
        }
    )?;
    writeln!(out, "  clipboard  {}", report.terminal.clipboard)?;
    writeln!(out, "\nOur own files")?;
    for folder in &report.folders {
        writeln!(out, "  {:<10} {}", folder.kind, near(&folder.path))?;
    }
    writeln!(out, "  SQLite     {}", report.sqlite_version)?;
    Ok(())
}
