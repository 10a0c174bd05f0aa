//! Looking for what was said: what is asked, and what becomes of answers.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use super::super::app::App;
use super::super::listing;
use super::super::msg::{Effect, Effects, Ticket};
use super::super::view::layout;
use super::{finding, list, reader};
use crate::index::SortKey;
use crate::model::{Row, SessionId};
use crate::search::{Depth, Hit};

/// What changed since is learnt when somebody searches after so long a time.
const LEARN_AGAIN: Duration = Duration::from_secs(600);

/// The query may have been typed on.
pub fn start_if_new(app: &mut App, effects: &mut Effects) {
    if is_new(app) {
        start(app, effects);
        finding::search_again(app);
    }
}

fn is_new(app: &App) -> bool {
    app.search.query != app.query.query || wants_ranks(app) && !app.search.is_ranked
}

fn wants_ranks(app: &App) -> bool {
    app.order().key == SortKey::Relevance
}

/// What hides secrets is on or off: what was answered is asked again.
pub fn start_again(app: &mut App, effects: &mut Effects) {
    if app.is_searching() {
        start(app, effects);
    }
}

/// Asks all sessions, newest first. Until the first answer the list stands as it is.
fn start(app: &mut App, effects: &mut Effects) {
    let query = app.query.query.clone();
    app.tickets += 1;
    let is_ranked = wants_ranks(app);
    let search = &mut app.search;
    search.is_ranked = is_ranked;
    (search.ticket, search.query, search.left) = (app.tickets, query.clone(), 0);
    search.hits.clear();
    search.without = None;
    search.asked_hits.clear();
    if !query.asks_of_said() {
        search.answers.clear();
        search.is_stale = false;
        return;
    }
    search.is_stale = true;
    learn(app, effects);
    ask(app, app.index.newest_first(), effects);
}

fn ask(app: &mut App, rows: Vec<Arc<Row>>, effects: &mut Effects) {
    let search = &mut app.search;
    search.left += rows.len();
    effects.push(Effect::Search(
        search.ticket,
        search.query.clone(),
        match search.is_ranked {
            true => Depth::Rank,
            false => Depth::Any,
        },
        rows.into(),
    ));
}

/// Has what is not known yet made known, when all is loaded and now and then when somebody searches.
pub fn learn(app: &mut App, effects: &mut Effects) {
    let is_due = |then: Duration| app.elapsed.saturating_sub(then) >= LEARN_AGAIN;
    if app.loaded && app.search.learnt.is_none_or(is_due) {
        app.search.learnt = Some(app.elapsed);
        effects.push(Effect::Learn(app.index.newest_first().into()));
    }
}

/// Rows are new or changed: they are asked too.
pub fn after_delta(app: &mut App, changed: &[SessionId], effects: &mut Effects) {
    if app.search.learnt.is_none() {
        learn(app, effects);
    }
    if !app.is_searching() {
        return;
    }
    if is_new(app) {
        return start(app, effects);
    }
    let moved = |id: &SessionId| {
        let row = app.index.row(id)?;
        let known = app.search.answers.get(id);
        let is_new = known.is_none_or(|(state, _)| *state != row.session.state);
        is_new.then(|| row.clone())
    };
    let rows: Vec<Arc<Row>> = changed.iter().filter_map(moved).collect();
    if !rows.is_empty() {
        ask(app, rows, effects);
    }
}

pub fn found(
    app: &mut App,
    ticket: Ticket,
    found: Vec<(Arc<Row>, Option<i64>)>,
    left: usize,
    effects: &mut Effects,
) {
    let search = &mut app.search;
    if search.ticket != ticket {
        return;
    }
    if std::mem::take(&mut search.is_stale) {
        search.answers = foldhash::HashMap::default();
    }
    search.left = left;
    for (row, rank) in found {
        let id = row.id().clone();
        search.hits.remove(&id);
        search.asked_hits.remove(&id);
        search.answers.insert(id, (row.session.state, rank));
    }
    list::rebuild(app);
    if app.search.is_awaited && app.selected().is_some() {
        app.search.is_awaited = false;
        reader::go_to_selected(app, effects);
    }
    app.search.is_awaited &= left > 0;
    let query = &app.query.query;
    let clauses = query.clauses().len();
    if left == 0 && app.list.entries.is_empty() && clauses > 1 {
        let without = query.without_each(&app.context).into_iter();
        let queries = without.map(|(_, without)| without).collect();
        let families = listing::families(app).into();
        let all_kinds = app.prefs.all_kinds;
        effects.push(Effect::Count(ticket, queries, families, all_kinds));
    }
}

pub fn hits(app: &mut App, ticket: Ticket, id: SessionId, hits: Vec<Hit>, count: usize) {
    if app.search.ticket == ticket {
        app.search.hits.insert(id, (hits, count));
    }
}

/// Asks for the hits of what is on screen.
pub fn settle(app: &mut App, effects: &mut Effects) {
    if !app.shows_hits() {
        return;
    }
    let rows = usize::from(layout::panes(app).list_rows());
    let seen = app.list.top..(app.list.top + rows).min(app.list.entries.len());
    let mut asked: HashSet<&SessionId> = app.search.asked_hits.iter().collect();
    let new: Vec<Arc<Row>> = seen
        .filter(|at| !app.list.is_heading(*at))
        .filter_map(|at| app.read_for(at))
        .filter(|row| asked.insert(row.id()))
        .filter(|row| matches!(app.search.answers.get(row.id()), Some((_, Some(_)))))
        .cloned()
        .collect();
    if !new.is_empty() {
        let ids = new.iter().map(|row| row.id().clone());
        app.search.asked_hits.extend(ids);
        let mask = app.look.mask.clone();
        effects.push(Effect::Hits(app.search.ticket, new, mask));
    }
}
