//! The words of a command as a query, and the sessions that it wants.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use rayon::prelude::*;

use super::{Failure, Loaded, Streams, warn, warn_unread};
use crate::env::Env;
use crate::model::Row;
use crate::query::{Context, Query};
use crate::search::{Hit, Seeking, Words};
use crate::text::count;

/// Fewer conversations than this are read where they are not known, and not learnt.
const FEW: usize = 16;
/// More than this take a while, which a person should know.
const MANY: usize = 500;

/// A query whose every value was understood; on the screen a wrong value is shown and ignored, here it stops.
pub fn query(
    env: &Env,
    words: &[String],
    context: &Context,
    streams: &mut Streams<'_>,
) -> Result<Query, Failure> {
    let query = Query::parse(&words.join(" "), context);
    // A script knows what it asked; a person may have meant something else.
    for hint in query.problems().iter().filter(|p| !p.is_wrong()) {
        if env.terminal.stderr_tty {
            warn(streams, &format!("{}: {}", hint.clause, hint.reason))?;
        }
    }
    match query.problems().iter().find(|p| p.is_wrong()) {
        Some(problem) => Err(Failure::Usage(format!(
            "{}: {}",
            problem.clause, problem.reason
        ))),
        None => Ok(query),
    }
}

/// A session that a query wants, with what it has of it.
pub struct Wanted {
    pub row: Arc<Row>,
    /// Empty where they were not asked for, and where its title or fields alone fit.
    pub hits: Vec<Hit>,
}

/// The sessions that a query wants, newest first where hits are asked for; these come with so many lines around them, where that is given. What
/// was said is looked up where it is known, and learnt where much of it is not.
pub fn wanted(
    env: &Env,
    loaded: &mut Loaded,
    query: &Query,
    around: Option<usize>,
    streams: &mut Streams<'_>,
) -> Result<Vec<Wanted>, Failure> {
    let mut rows: Vec<Arc<Row>> = loaded.index.rows().cloned().collect();
    // The index gives them in the order of their ids, which is as good where nothing is read.
    if query.asks_of_said() || around.is_some() {
        rows.sort_by(|a, b| {
            let key = |row: &Row| std::cmp::Reverse(row.session.updated);
            key(a).cmp(&key(b)).then_with(|| a.id().cmp(b.id()))
        });
    }
    if !query.asks_of_said() {
        let fitting = rows.into_iter().filter(|row| query.matches(row));
        let hits = Vec::new();
        return Ok(fitting
            .map(|row| Wanted {
                row,
                hits: hits.clone(),
            })
            .collect());
    }
    let mut words = Words::open(env);
    // Those that cannot match whatever they say are not learnt for this.
    let seeking = Seeking::new(env, query, &words, None);
    rows.retain(|row| seeking.may_want(row));
    let new = rows.iter().filter(|row| !words.knows(row));
    let new: Vec<Arc<Row>> = new.cloned().collect();
    if new.len() >= FEW {
        if new.len() >= MANY && env.terminal.stderr_tty {
            let many = count(new.len() as u64);
            warn(
                streams,
                &format!("reading {many} conversations, which is done once"),
            )?;
        }
        // Without an index everything is found, only later.
        let _ = words.learn(env, &new, &AtomicBool::new(false), &|_| {});
    }
    let seeking = Seeking::new(env, query, &words, around);
    let answers: Vec<Result<Option<Wanted>, String>> = rows
        .into_par_iter()
        .map(|row| match seeking.ask(&row) {
            Ok(answer) => Ok(answer.map(|answer| Wanted {
                row,
                hits: answer.listened.hits,
            })),
            Err(error) => Err(format!("{}: {error}", row.session.unit.path.display())),
        })
        .collect();
    let (mut all, mut unread) = (Vec::new(), Vec::new());
    for answer in answers {
        match answer {
            Ok(wanted) => all.extend(wanted),
            Err(line) => unread.push(line),
        }
    }
    // A database that cannot be read fails for each of its sessions.
    unread.dedup();
    warn_unread(&unread, streams)?;
    loaded.partly |= !unread.is_empty();
    Ok(all)
}

/// The same without hits, in the order of their ids.
pub fn wanted_rows(
    env: &Env,
    loaded: &mut Loaded,
    query: &Query,
    streams: &mut Streams<'_>,
) -> Result<Vec<Arc<Row>>, Failure> {
    let wanted = wanted(env, loaded, query, None, streams)?;
    let mut rows: Vec<Arc<Row>> = wanted.into_iter().map(|wanted| wanted.row).collect();
    rows.sort_by(|a, b| a.id().cmp(b.id()));
    Ok(rows)
}
