//! `backscroll delete`: logs of sessions to the trash, if the settings allow it and who asks means it.

use std::sync::Arc;

use jiff::Timestamp;
use serde::Serialize;

use super::args::Shared;
use super::json::{self, RefusedOut, SCHEMA};
use super::trash::{sessions, size, tidy};
use super::{Failure, Loaded, Streams, ask, resolve};
use crate::config;
use crate::env::Env;
use crate::exit;
use crate::index::{Order, SortKey};
use crate::keep;
use crate::model::Row;
use crate::text::{Clean, count, counted, short_dir};
use crate::trash::{self, Deleted, Item, Plan};

/// More sessions than this are deleted by who names their number.
const MANY: usize = 10;
/// So many sessions are named one by one.
const NAMED: usize = 20;

#[derive(clap::Args, Clone, Debug)]
pub struct Delete {
    /// Ids of sessions, or which sessions, as in the query line
    #[arg(required = true, value_name = "ID|QUERY")]
    pub words: Vec<String>,
    /// Only say what would be moved
    #[arg(long)]
    pub dry_run: bool,
    /// Do it; of more than 10 sessions, or of those that words found, with their number: --yes=23
    #[arg(long, value_name = "N", num_args = 0..=1, require_equals = true, default_missing_value = "0")]
    pub yes: Option<usize>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DeleteOut {
    schema_version: u32,
    dry_run: bool,
    sessions: Vec<PlannedOut>,
    bytes: u64,
    oldest: Option<String>,
    newest: Option<String>,
    /// Left alone, and why.
    refused: Vec<RefusedOut>,
    /// Where it stopped.
    failed: Option<RefusedOut>,
    not_tried: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PlannedOut {
    session_id: String,
    source: &'static str,
    title: Option<String>,
    bytes: u64,
    sub_agents: usize,
    /// Its name in the trash; null where it was not moved.
    item: Option<String>,
}

pub fn run(
    env: &Env,
    shared: &Shared,
    args: &Delete,
    streams: &mut Streams<'_>,
) -> Result<i32, Failure> {
    if !args.dry_run && !shared.settings.is_on("delete.enabled") {
        let path = short_dir(&config::path(env, shared.config.as_deref()), &env.home);
        return Err(Failure::Usage(format!(
            "deleting is off; to turn it on, write `[delete]` and below it `enabled = true` into {path}, or try --dry-run"
        )));
    }
    tidy(env, streams)?;
    // Kept rows do not know which other files tell a session.
    let mut loaded = super::load(env, shared, streams)?;
    let Chosen {
        rows,
        by_id,
        by_words,
    } = chosen(env, &mut loaded, &args.words, streams)?;
    if rows.is_empty() {
        return Err(Failure::Nothing(
            "no session matches; see: backscroll list".to_owned(),
        ));
    }
    let plan = trash::plan(env, &loaded.index, &loaded.choice, &rows);
    if let ([], [(row, why)]) = (plan.sessions.as_slice(), plan.refused.as_slice()) {
        return Err(Failure::Usage(format!(
            "{}: {why}; nothing was deleted",
            row.id()
        )));
    }
    let deleted = match args.dry_run {
        true => None,
        false => {
            confirm(&plan, args.yes, by_words)?;
            Some(trash::delete(env, &plan)?)
        }
    };
    match shared.json {
        true => json::write(streams.out, &out(&plan, deleted.as_ref()))?,
        false => {
            said(env, &plan, deleted.as_ref(), streams)?;
            let rows: Vec<Arc<Row>> = plan.sessions.iter().map(|one| one.row.clone()).collect();
            if let Some(line) = keep::left_behind(&loaded.index, &rows) {
                writeln!(streams.out, "{line}")?;
            }
        }
    }
    let stopped = deleted
        .as_ref()
        .is_some_and(|deleted| deleted.failed.is_some());
    let nothing = plan.sessions.is_empty();
    Ok(
        match stopped || nothing || by_id && !plan.refused.is_empty() {
            true => exit::USAGE,
            false => exit::DONE,
        },
    )
}

/// The sessions that are meant: by their ids where every word is one, else those that `list` shows for the query.
struct Chosen {
    rows: Vec<Arc<Row>>,
    by_id: bool,
    /// What is said in them decided, which nobody sees in the list of their titles.
    by_words: bool,
}

fn chosen(
    env: &Env,
    loaded: &mut Loaded,
    words: &[String],
    streams: &mut Streams<'_>,
) -> Result<Chosen, Failure> {
    let by_id: Result<Vec<Arc<Row>>, Failure> = words
        .iter()
        .map(|word| resolve::session(&loaded.index, word))
        .collect();
    if let Ok(mut rows) = by_id {
        rows.sort_by(|a, b| a.id().cmp(b.id()));
        rows.dedup_by(|a, b| a.id() == b.id());
        return Ok(Chosen {
            rows,
            by_id: true,
            by_words: false,
        });
    }
    resolve::unclear(&loaded.index, words)?;
    let query = ask::query(env, words, &loaded.context, streams)?;
    // What would be searched as words, or is half typed, may have been meant to spare something.
    if let Some(odd) = query.problems().first() {
        let line = format!("{}: {}; nothing was deleted", odd.clause, odd.reason);
        return Err(Failure::Usage(line));
    }
    if !query.asks() {
        return Err(Failure::Usage(
            "the query asks nothing; name sessions, or say which".to_owned(),
        ));
    }
    let mut wanted = ask::wanted(env, loaded, &query, None, streams)?;
    let asked = query.asks_for_hidden();
    wanted.retain(|wanted| asked.class(&wanted.row).is_none());
    ask::arrange(env, &mut wanted, &query, Order::by(SortKey::Updated));
    Ok(Chosen {
        rows: wanted.into_iter().map(|wanted| wanted.row).collect(),
        by_id: false,
        by_words: query.has_words(),
    })
}

/// Whoever deletes says so, and how many: of many sessions, and of those that words found.
fn confirm(plan: &Plan, yes: Option<usize>, by_words: bool) -> Result<(), Failure> {
    let n = plan.sessions.len();
    let is_counted = n > MANY || by_words;
    let needed = if is_counted {
        format!("--yes={n}")
    } else {
        "--yes".to_owned()
    };
    let what = format!(
        "this would move {} to the trash, {}",
        sessions(n),
        extent(plan)
    );
    match yes {
        None => Err(Failure::Usage(format!(
            "{what}; to do it add {needed}, to see them --dry-run"
        ))),
        Some(0) if is_counted => Err(Failure::Usage(format!("{what}; to do it add {needed}"))),
        Some(said) if said != 0 && said != n => Err(Failure::Usage(format!(
            "{what}, and not {said}; nothing was deleted"
        ))),
        Some(_) => Ok(()),
    }
}

/// `41.2 MB, 2026-01-02 to 2026-03-04`
fn extent(plan: &Plan) -> String {
    let size = size(plan.bytes());
    match plan.span() {
        Some((first, last)) => format!("{size}, {} to {}", day(first), day(last)),
        None => size,
    }
}

fn day(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d").to_string()
}

fn named(row: &Row) -> String {
    let short = resolve::short_id(row);
    match &row.session.title {
        Some(title) => format!("{short} ({})", title.shown().cut(60)),
        None => short,
    }
}

fn out(plan: &Plan, deleted: Option<&Deleted>) -> DeleteOut {
    let refused = |(row, why): &(Arc<Row>, String)| RefusedOut::of(row, why);
    let items = deleted
        .map(|deleted| deleted.items.as_slice())
        .unwrap_or_default();
    let planned = plan.sessions.iter().map(|one| PlannedOut {
        session_id: Clean::of(&one.row.id().native).to_string(),
        source: one.row.id().source.0,
        title: one
            .row
            .session
            .title
            .as_ref()
            .map(|title| title.text.to_string()),
        bytes: one.bytes(),
        sub_agents: one.agents.len(),
        item: items
            .iter()
            .find(|item| item.session() == one.row.id().to_string())
            .map(|item| item.name.clone()),
    });
    let span = plan.span();
    DeleteOut {
        schema_version: SCHEMA,
        dry_run: deleted.is_none(),
        sessions: planned.collect(),
        bytes: plan.bytes(),
        oldest: span.map(|(first, _)| format!("{first:.3}")),
        newest: span.map(|(_, last)| format!("{last:.3}")),
        refused: plan.refused.iter().map(refused).collect(),
        failed: deleted
            .and_then(|deleted| deleted.failed.as_ref())
            .map(refused),
        not_tried: deleted.map_or(0, |deleted| deleted.left),
    }
}

fn said(
    env: &Env,
    plan: &Plan,
    deleted: Option<&Deleted>,
    streams: &mut Streams<'_>,
) -> Result<(), Failure> {
    let mut lines = Vec::new();
    let n = plan.sessions.len();
    match deleted {
        None => lines.push(format!(
            "Would move {} to the trash: {}",
            sessions(n),
            extent(plan)
        )),
        Some(deleted) => {
            let bytes = deleted.items.iter().map(Item::bytes).sum();
            let moved = deleted.items.len();
            let of = if moved < n {
                format!(" of {}", count(n as u64))
            } else {
                String::new()
            };
            let line = format!(
                "Moved {}{of} to the trash: {}",
                sessions(moved),
                size(bytes)
            );
            lines.push(match deleted.items.as_slice() {
                [item] => format!("{line}; back with: backscroll trash restore {}", item.name),
                [] => line,
                _ => format!("{line}; back with: backscroll trash restore ID"),
            });
        }
    }
    for one in plan.sessions.iter().take(NAMED) {
        let agents = match one.agents.len() {
            0 => String::new(),
            n => format!(", with {}", counted(n, "sub-agent")),
        };
        lines.push(format!(
            "  {}  {}{agents}",
            named(&one.row),
            size(one.bytes())
        ));
    }
    if n > NAMED {
        lines.push(format!("  and {} more", count((n - NAMED) as u64)));
    }
    for (row, why) in &plan.refused {
        lines.push(format!("Left alone: {}: {why}", named(row)));
    }
    if let Some((row, why)) = deleted.and_then(|deleted| deleted.failed.as_ref()) {
        let left = deleted.map_or(0, |deleted| deleted.left);
        lines.push(format!(
            "Stopped at {}: {why}; {} not tried",
            named(row),
            sessions(left)
        ));
    }
    for line in lines {
        let line = line.replace(&*env.home.to_string_lossy(), "~");
        writeln!(streams.out, "{}", Clean::of(&line))?;
    }
    Ok(())
}
