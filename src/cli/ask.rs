//! The words of a command as a query, and the sessions that it wants.

use std::sync::Arc;

use rayon::prelude::*;

use super::{Failure, Loaded, Streams, warn, warn_unread};
use crate::env::Env;
use crate::index::{Grouping, Order, SortKey};
use crate::ingest;
use crate::model::{ProjectNames, Row};
use crate::query::{Context, ProblemKind, Query};
use crate::redact::Mask;
use crate::search::{Depth, Hit, Seeking, Words};
use crate::text::count;

/// Fewer conversations than this are read where they are not known, and not learnt.
pub const FEW: usize = 16;
/// So many rows are worth a thread.
const PIECE: usize = 64;
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
            warn(streams, &hint.line())?;
        }
    }
    match query.problems().iter().find(|p| p.is_wrong()) {
        Some(problem) => {
            // What is open says itself what is missing.
            let is_half = problem.kind == ProblemKind::Incomplete && !problem.is_open();
            let next = match is_half {
                true => "; give the rest, or look for it as text between double quotes",
                false => "",
            };
            Err(Failure::Usage(format!("{}{next}", problem.line())))
        }
        None => Ok(query),
    }
}

/// Finds out what agents do with sessions now.
pub fn look_at_agents(env: &Env, loaded: &mut Loaded) {
    let mut states = ingest::States::default();
    let rows = loaded.index.rows();
    rows.for_each(|row| states.hear(&row.session));
    let look = states.look(env, &loaded.choice);
    loaded.index.set_states(look.states);
}

/// A session that a query wants, with what it has of it.
pub struct Wanted {
    pub row: Arc<Row>,
    /// How well words fit, where that is what they are sorted by.
    rank: i64,
    /// Empty where they were not asked for, and where its title or fields alone fit.
    pub hits: Vec<Hit>,
}

/// The sessions that a query wants, newest first where hits are asked for; these come with so many lines around them,
/// where that is given. What was said is looked up where it is known, and learnt where much of it is not.
pub fn wanted(
    env: &Env,
    loaded: &mut Loaded,
    query: &Query,
    around: Option<usize>,
    streams: &mut Streams<'_>,
) -> Result<Vec<Wanted>, Failure> {
    wanted_under(env, loaded, query, around, None, streams)
}

/// The same, with secrets hidden in the lines with hits.
pub fn wanted_under(
    env: &Env,
    loaded: &mut Loaded,
    query: &Query,
    around: Option<usize>,
    mask: Option<Arc<Mask>>,
    streams: &mut Streams<'_>,
) -> Result<Vec<Wanted>, Failure> {
    // The order of their ids is as good where nothing is read.
    if query.asks_for_places() {
        let dirs: Vec<_> = loaded
            .index
            .rows()
            .filter_map(|row| row.session.dir.clone())
            .collect();
        let gone = ingest::gone(env, dirs.iter());
        loaded.index.set_gone(gone);
    }
    if query.asks_for_states() {
        look_at_agents(env, loaded);
    }
    let mut rows: Vec<Arc<Row>> = match query.asks_of_said() || around.is_some() {
        true => loaded.index.newest_first(),
        false => loaded.index.rows().cloned().collect(),
    };
    if !query.asks_of_said() {
        rows.retain(|row| query.matches(row));
        let alone = |row| Wanted {
            row,
            rank: 0,
            hits: Vec::new(),
        };
        return Ok(rows.into_iter().map(alone).collect());
    }
    let mut words = Words::open(env);
    // Those that cannot match whatever they say are not learnt for this.
    let seeking = Seeking::new(env, query, &words, Depth::Any);
    rows = rows
        .into_par_iter()
        .with_min_len(PIECE)
        .filter(|row| seeking.may_want(row))
        .collect();
    let new = rows.iter().filter(|row| !words.knows(row));
    let new: Vec<Arc<Row>> = new.cloned().collect();
    let known = if new.len() >= FEW {
        drop(seeking);
        tell_of_learning(env, new.len(), streams)?;
        // Without an index everything is found, only later.
        let _ = words.learn(env, &new);
        None
    } else {
        Some(seeking)
    };
    let is_ranked = order(query).is_some_and(|order| order.key == SortKey::Relevance);
    let depth = match around {
        Some(around) => Depth::Hits(around),
        None if is_ranked => Depth::Rank,
        None => Depth::Any,
    };
    // What was looked up already is good for as long as nothing was learnt.
    let seeking = match known {
        Some(seeking) => seeking.to(depth),
        None => Seeking::new(env, query, &words, depth),
    };
    let seeking = seeking.under(mask);
    let answers: Vec<Result<Option<Wanted>, String>> = rows
        .into_par_iter()
        .map(|row| match seeking.ask(&row) {
            Ok(answer) => Ok(answer.map(|answer| Wanted {
                row,
                rank: answer.rank,
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

/// Says that so many conversations are read for good, where that takes a while.
pub fn tell_of_learning(
    env: &Env,
    conversations: usize,
    streams: &mut Streams<'_>,
) -> Result<(), Failure> {
    if conversations < MANY || !env.terminal.stderr_tty {
        return Ok(());
    }
    let many = count(conversations as u64);
    warn(
        streams,
        &format!("reading {many} conversations, which is done once"),
    )
}

/// The order that a query asks for.
fn order(query: &Query) -> Option<Order> {
    let (word, up) = query.arrangement().sort?;
    Order::by_word(word, up)
}

/// Puts sessions into the order that the query asks for, else into this one, and leaves as many as it wants.
pub fn arrange(env: &Env, wanted: &mut Vec<Wanted>, query: &Query, otherwise: Order) {
    let order = match order(query) {
        // Without words none fits better than another.
        Some(order) if order.key == SortKey::Relevance && !query.has_words() => otherwise,
        order => order.unwrap_or(otherwise),
    };
    order.sort_ranked(wanted, |one| &one.row, |one| Some(one.rank));
    let settings = query.arrangement();
    wanted.truncate(settings.limit.unwrap_or(usize::MAX));
    let grouping = settings.group.and_then(Grouping::by_word);
    // Two directories of one name are two groups.
    let projects = ProjectNames::of(wanted.iter().map(|one| &one.row));
    let label = |one: &Wanted, by: Grouping| by.label(&one.row, env.now(), &env.zone, &projects);
    if let Some(by) = grouping {
        by.gather(wanted, |one| label(one, by));
    }
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
