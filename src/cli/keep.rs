//! `backscroll keep`: copies of sessions that their agents will delete.

mod kept;

use std::sync::Arc;

use serde::Serialize;

use super::args::Shared;
use super::ids::Ids;
use super::json::{self, RefusedOut, SCHEMA};
use super::trash::size;
use super::{Failure, Streams, ask, resolve, warn};
use crate::env::Env;
use crate::exit;
use crate::index::{Index, Order};
use crate::keep::{self, Copied};
use crate::model::Row;
use crate::text::{Clean, short_dir};

#[derive(clap::Args, Clone, Debug)]
pub struct Keep {
    /// Ids of sessions, or which sessions, as in the query line: 'expires:<9d'
    #[arg(required_unless_present = "list", value_name = "ID|QUERY")]
    pub words: Vec<String>,
    /// List what is kept: all of it, or of these
    #[arg(long, conflicts_with = "remove")]
    pub list: bool,
    /// Remove our copies of them for good
    #[arg(long)]
    pub remove: bool,
    /// With --remove: also copies whose originals are gone
    #[arg(long, requires = "remove")]
    pub yes: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct KeepOut {
    schema_version: u32,
    kept: Vec<KeptOut>,
    /// With `--remove`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    removed: Vec<RemovedOut>,
    refused: Vec<RefusedOut>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct KeptOut {
    session_id: String,
    source: &'static str,
    /// The copy of its log.
    path: String,
    files: usize,
    bytes: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RemovedOut {
    session_id: String,
    source: &'static str,
    files: usize,
    bytes: u64,
}

pub fn run(
    env: &Env,
    shared: &Shared,
    args: &Keep,
    streams: &mut Streams<'_>,
) -> Result<i32, Failure> {
    // Kept rows do not know whose sub-agents lie where.
    let mut loaded = super::load(env, shared, streams)?;
    let rows = match resolve::named(&loaded.index, &args.words) {
        Some(rows) => rows,
        None => {
            resolve::unclear(&loaded.index, &args.words)?;
            let query = ask::query(env, &args.words, &loaded.context, streams)?;
            let mut wanted = ask::wanted(env, &mut loaded, &query, None, streams)?;
            let asked = query.asks_for_hidden();
            // What is kept is listed whatever it is.
            wanted.retain(|one| args.list || asked.class(&one.row).is_none());
            ask::arrange(env, &mut wanted, &query, Order::default());
            wanted.into_iter().map(|one| one.row).collect()
        }
    };
    if args.list {
        return kept::list(env, shared, &loaded.index, rows, streams);
    }
    if rows.is_empty() {
        let line = "keep: no session is like that; see what there is: backscroll list";
        return Err(Failure::Nothing(line.to_owned()));
    }
    if args.remove {
        return remove(env, shared, &loaded.index, rows, args.yes, streams);
    }
    let mut kept: Vec<(Arc<Row>, Copied)> = Vec::new();
    let mut refused: Vec<(Arc<Row>, String)> = Vec::new();
    for row in rows {
        match keep::keep(env, &keep::family(&loaded.index, &row)) {
            Ok(copied) => kept.push((row, copied)),
            Err(why) => refused.push((row, why)),
        }
    }
    let code = match refused.is_empty() {
        true => exit::DONE,
        false => exit::USAGE,
    };
    if shared.json {
        json::write(streams.out, &out(&kept, &refused))?;
        return Ok(code);
    }
    let ids = Ids::of(&loaded.index);
    for (row, copied) in &kept {
        let path = Clean::line(&short_dir(&copied.path, &env.home));
        let short = ids.name(row);
        writeln!(streams.out, "Kept {short} ({}): {path}", size(copied.bytes))?;
    }
    for (row, why) in &refused {
        warn(streams, &format!("keep {}: {why}", ids.name(row)))?;
    }
    Ok(code)
}

/// Gives up the copies of these sessions. One that is all there is goes only where that was said.
fn remove(
    env: &Env,
    shared: &Shared,
    index: &Index,
    rows: Vec<Arc<Row>>,
    yes: bool,
    streams: &mut Streams<'_>,
) -> Result<i32, Failure> {
    let ids = Ids::of(index);
    let (mut removed, mut refused) = (Vec::new(), Vec::new());
    for row in rows {
        let copies = keep::copies(index, &row);
        let done = if copies.is_empty() {
            Err("no copy of it is kept".to_owned())
        } else if row.session.unit.is_kept() && !yes {
            Err("its original is gone, so the copy is all there is; to remove it for good add --yes".to_owned())
        } else {
            keep::give_up(env, &copies)
        };
        match done {
            Ok(done) => removed.push((row, done)),
            Err(why) => refused.push((row, why)),
        }
    }
    if shared.json {
        let one = |(row, (files, bytes)): &(Arc<Row>, (usize, u64))| RemovedOut {
            session_id: row.id().native.to_string(),
            source: row.id().source.0,
            files: *files,
            bytes: *bytes,
        };
        let out = KeepOut {
            removed: removed.iter().map(one).collect(),
            ..out(&[], &refused)
        };
        json::write(streams.out, &out)?;
    } else {
        for (row, (_, bytes)) in &removed {
            let short = ids.name(row);
            writeln!(
                streams.out,
                "Removed the copy of {short} ({})",
                size(*bytes)
            )?;
        }
        for (row, why) in &refused {
            warn(streams, &format!("keep {}: {why}", ids.name(row)))?;
        }
    }
    Ok(match refused.is_empty() {
        true => exit::DONE,
        false => exit::USAGE,
    })
}

fn out(kept: &[(Arc<Row>, Copied)], refused: &[(Arc<Row>, String)]) -> KeepOut {
    let kept = kept.iter().map(|(row, copied)| KeptOut {
        session_id: row.id().native.to_string(),
        source: row.id().source.0,
        path: copied.path.to_string_lossy().into_owned(),
        files: copied.files,
        bytes: copied.bytes,
    });
    let refused = refused.iter().map(|(row, why)| RefusedOut::of(row, why));
    KeepOut {
        schema_version: SCHEMA,
        kept: kept.collect(),
        removed: Vec::new(),
        refused: refused.collect(),
    }
}
