//! Which rows the list holds, and where its cursor is.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use foldhash::{HashMap, HashSet};

use super::super::app::{App, Entry, List};
use super::super::keys::{Action, Scope};
use super::super::listing::Rule;
use crate::index::{EXPIRES_SOON, Grouping};
use crate::model::{Kind, ProjectNames, Row, SessionId};
use crate::query::Query;
use crate::text::Clean;

/// Rows this near the cursor do not move under the fingers …
const NEAR: usize = 3;
/// … for so long after a key.
const AT_WORK: Duration = Duration::from_secs(2);
/// So many changes at once are news; more are a load.
const FEW: usize = 50;

/// Makes the entries anew because somebody asked for others.
pub fn rebuild(app: &mut App) {
    app.list.held.clear();
    remake(app, None);
}

/// A row and what stands under it.
struct Root<'r> {
    row: &'r Arc<Row>,
    /// Stands here only for the rows under it.
    context: bool,
    children: Vec<&'r Arc<Row>>,
}

/// Makes the entries anew, keeping the cursor on its session and the view where it was. `news` are the rows that changed,
/// where nobody asked for other ones.
fn remake(app: &mut App, news: Option<&[SessionId]>) {
    let entries = pick(app);
    let list = &mut app.list;
    let is_it = |e: &Entry, id: &SessionId| e.heading.is_none() && e.row.id() == id;
    let here = list.entries.get(list.cursor).map(|e| e.row.id().clone());
    let offset = list.cursor.saturating_sub(list.top);
    let before = std::mem::replace(&mut list.entries, entries);
    // In a new list, and while everything is still read, the first row is the one to look at.
    let place = here
        .filter(|_| list.moved || news.is_some() && app.loaded)
        .and_then(|id| list.entries.iter().position(|e| is_it(e, &id)));
    list.cursor = place
        .unwrap_or(if list.moved { list.cursor } else { 0 })
        .min(list.entries.len().saturating_sub(1));
    land(list, true);
    // Whoever has not moved watches the top; for everybody else the rows on screen stay where they are.
    if list.moved {
        list.top = list.cursor.saturating_sub(offset);
        let stands =
            |entries: &[Entry], id: &SessionId| entries.iter().any(|e| !e.child && is_it(e, id));
        let upper = list.entries.get(..list.cursor).unwrap_or_default();
        // More than a few at once are a load, not news.
        let news = news.filter(|ids| ids.len() <= FEW).unwrap_or_default();
        let is_back = |id: &SessionId| list.deleted.contains(id);
        let new = |id: &&SessionId| stands(upper, id) && !stands(&before, id) && !is_back(id);
        list.above += news.iter().filter(new).count();
    }
}

/// The rows that the query shows, in order, each root followed by what is unfolded or found under it. Counts what it
/// leaves out.
fn pick(app: &mut App) -> Vec<Entry> {
    let query = &app.query.query;
    let all_kinds = app.prefs.all_kinds;
    let asked = query.asks_for_hidden();
    let rule = Rule::of(query, all_kinds);
    let plain = Rule::of(&Query::default(), all_kinds);
    let mut families: HashMap<&SessionId, Vec<&Arc<Row>>> = HashMap::default();
    // What is folded away costs as much as what is seen.
    let mut counted: Vec<&Arc<Row>> = Vec::new();
    for row in app.index.rows().filter(|row| row.root != *row.id()) {
        families.entry(&row.root).or_default().push(row);
        if asked.counts(row) && app.wants(row) {
            counted.push(row);
        }
    }
    let mut hidden: BTreeMap<&'static str, usize> = BTreeMap::new();
    let mut roots: Vec<Root<'_>> = Vec::new();
    let mut total = 0;
    let mut costs = Vec::new();
    for row in app.index.rows().filter(|row| row.root == *row.id()) {
        let fits = app.wants(row);
        let class = rule.class(row);
        let shown = fits && class.is_none();
        counted.extend((fits && asked.counts(row)).then_some(row));
        let is_plain = plain.class(row).is_none();
        total += usize::from(is_plain);
        let mut children = Vec::new();
        // Few rows have any, and looking them up costs.
        if row.children > 0 {
            let unfolded = app.list.is_open(row.id(), all_kinds);
            for child in families.remove(row.id()).unwrap_or_default() {
                total += usize::from(is_plain && unfolded);
                // A folded row appears under its root when the query finds it and not the root.
                if rule.child(shown && unfolded, fits, || app.wants(child)) {
                    children.push(child);
                } else if fits || query.is_empty() {
                    *hidden.entry(class_of(child)).or_default() += 1;
                }
            }
        }
        if let Some(class) = class.filter(|_| fits && children.is_empty()) {
            *hidden.entry(class).or_default() += 1;
        }
        if shown || !children.is_empty() {
            costs.extend(row.cost().known().map(|usd| usd.nanos()).filter(|n| *n > 0));
            roots.push(Root {
                row,
                context: !shown,
                children,
            });
        }
    }
    let rank = |root: &Root<'_>| {
        let rows = std::iter::once(root.row).chain(root.children.iter().copied());
        rows.filter_map(|row| app.rank(row)).max()
    };
    app.order().sort_ranked(&mut roots, |root| root.row, rank);
    hold_back(&app.list, &mut roots);
    if let Some(limit) = query.arrangement().limit {
        roots.truncate(limit);
        let kept: HashSet<&SessionId> = roots.iter().map(|root| root.row.id()).collect();
        counted.retain(|row| kept.contains(&row.root));
    }
    let cost = app.index.cost(&counted);
    // What is unfolded without being found stands there all the same.
    let is_found = |row: &&&Arc<Row>| query.is_empty() || app.wants(row);
    let matching = roots.iter().map(|root| {
        let found = root.children.iter().filter(is_found);
        found.count() + usize::from(!root.context)
    });
    let matching = matching.sum();
    // What stands here for the query alone.
    let beyond = roots.iter().map(|root| {
        let is_plain = plain.class(root.row).is_none();
        let is_open = app.list.is_open(root.row.id(), all_kinds);
        let children = if is_plain && is_open {
            0
        } else {
            root.children.len()
        };
        children + usize::from(!root.context && !is_plain)
    });
    let beyond = beyond.sum();
    let soon = app.now.checked_add(EXPIRES_SOON).ok();
    let goes = |row: &Row| row.expires.zip(soon).is_some_and(|(at, soon)| at < soon);
    let mut expiring = (0, 0);
    for root in roots.iter().filter(|root| !root.context && goes(root.row)) {
        expiring.0 += 1;
        expiring.1 += usize::from(app.index.has_copy(root.row));
    }
    costs.sort_unstable();
    let by = app.grouping();
    let label = |root: &Root<'_>| match by {
        Grouping::None => None,
        by => {
            let projects = &app.list.projects;
            Some(by.label(root.row, app.now, &app.look.zone, projects))
        }
    };
    let named = roots.into_iter().map(|root| (label(&root), root));
    let mut roots: Vec<(Option<Clean>, Root<'_>)> = named.collect();
    by.gather(&mut roots, |(label, _)| label.clone().unwrap_or_default());
    let mut entries = Vec::with_capacity(roots.len());
    let mut group = None;
    for (heading, mut root) in roots {
        let entry = Entry {
            row: root.row.clone(),
            child: false,
            last: false,
            context: root.context,
            heading: None,
        };
        if heading != group {
            group.clone_from(&heading);
            entries.push(Entry {
                heading,
                ..entry.clone()
            });
        }
        entries.push(entry);
        let age = |row: &&Arc<Row>| (row.session.started, row.id().clone());
        root.children.sort_by_cached_key(age);
        let count = root.children.len();
        let child = |(i, row): (usize, &Arc<Row>)| Entry {
            row: row.clone(),
            child: true,
            last: i + 1 == count,
            context: false,
            heading: None,
        };
        entries.extend(root.children.into_iter().enumerate().map(child));
    }
    let list = &mut app.list;
    (list.hidden, list.matching, list.total, list.costs) = (hidden, matching, total, costs);
    (list.expiring, list.beyond) = (expiring, beyond);
    list.cost = cost;
    entries
}

/// Takes in rows that changed. One near the cursor keeps its place while keys are pressed, whatever its value is now.
pub fn rebuild_live(app: &mut App, changed: &[SessionId]) {
    app.list.projects = ProjectNames::of(app.index.rows());
    if is_at_work(app) {
        let from = app.list.cursor.saturating_sub(NEAR);
        let near = app.list.entries.iter().skip(from).take(2 * NEAR + 1);
        let near = near.filter(|e| e.is_root()).map(|e| e.row.id());
        let held: Vec<SessionId> = near.filter(|id| changed.contains(id)).cloned().collect();
        app.list.held.extend(held);
    }
    remake(app, Some(changed));
}

/// Takes in what we noted on rows ourselves: none of them moves by that.
pub fn refresh(app: &mut App) {
    remake(app, Some(&[]));
}

/// Lets go of rows that were held back, once nobody presses keys any more.
pub fn rest(app: &mut App) {
    if !app.list.held.is_empty() && !is_at_work(app) {
        app.list.held.clear();
        remake(app, Some(&[]));
    }
}

fn is_at_work(app: &App) -> bool {
    app.pressed
        .is_some_and(|at| app.elapsed.saturating_sub(at) < AT_WORK)
}

/// Puts held rows behind the row they stood behind. Lists are long and somebody waits, so each row is looked at once.
fn hold_back<'r>(list: &'r List, roots: &mut Vec<Root<'r>>) {
    if list.held.is_empty() {
        return;
    }
    let here: HashSet<&SessionId> = roots.iter().map(|root| root.row.id()).collect();
    let mut behind: HashMap<Option<&SessionId>, &SessionId> = HashMap::default();
    let mut before = None;
    let stood = list.entries.iter().filter(|entry| entry.is_root());
    for id in stood
        .map(|entry| entry.row.id())
        .filter(|id| here.contains(id))
    {
        if list.held.contains(id) {
            behind.insert(before, id);
        }
        before = Some(id);
    }
    let held: HashSet<&SessionId> = behind.values().copied().collect();
    let all = std::mem::take(roots).into_iter();
    let (held, rest): (Vec<Root<'r>>, Vec<Root<'r>>) =
        all.partition(|root| held.contains(root.row.id()));
    let mut held: HashMap<&SessionId, Root<'r>> =
        held.into_iter().map(|root| (root.row.id(), root)).collect();
    let mut next = |before: Option<&SessionId>| held.remove(*behind.get(&before)?);
    let mut root = next(None);
    let mut rest = rest.into_iter();
    while let Some(now) = root.or_else(|| rest.next()) {
        root = next(Some(now.row.id()));
        roots.push(now);
    }
}

/// What a row under a root is.
pub fn class_of(row: &Row) -> &'static str {
    match row.session.kind {
        Kind::SubAgent => "sub-agents",
        Kind::Fork => "forks",
        Kind::Copy => "copies",
        Kind::Main => "others",
    }
}

pub fn step(app: &mut App, by: i64) {
    let list = &mut app.list;
    let last = list.entries.len().saturating_sub(1);
    let to = i64::try_from(list.cursor)
        .unwrap_or(0)
        .saturating_add(by)
        .max(0);
    list.cursor = usize::try_from(to).unwrap_or(0).min(last);
    land(list, by >= 0);
    list.moved = list.cursor > first(list);
    if !list.moved {
        list.above = 0;
    }
    super::select::extend(app);
}

/// Goes to the next session to be read, or to the one before. What would be the same again is passed over.
pub fn read_on(app: &mut App, by: i64) {
    let read = |app: &App| app.to_read().map(|row| row.id().clone());
    let (before, at) = (read(app), app.list.cursor);
    step(app, by);
    if app.list.cursor != at && read(app) == before {
        step(app, by);
    }
}

/// Puts the cursor on a row. False where none stands there.
pub fn select(app: &mut App, at: usize) -> bool {
    let list = &mut app.list;
    let is_row = at < list.entries.len() && !list.is_heading(at);
    if is_row {
        list.cursor = at;
        list.moved = at > first(list);
    }
    is_row
}

/// Puts the cursor on the next session that waits, was stopped or has news, or on the one before.
pub fn needy(app: &mut App, down: bool) {
    let list = &app.list;
    let needs = |at: &usize| {
        let entry = list.entries.get(*at);
        entry.is_some_and(|e| e.is_found() && e.row.needs_you())
    };
    let found = match down {
        true => (list.cursor + 1..list.entries.len()).find(needs),
        false => (0..list.cursor).rev().find(needs),
    };
    match found {
        Some(at) => {
            select(app, at);
            super::select::extend(app);
        }
        None => {
            let place = if down { "below" } else { "above" };
            app.say(format!("no session {place} needs you").into(), false);
        }
    }
}

/// Puts the cursor on a session, where it is listed, and says so where it is not.
pub fn go_to(app: &mut App, id: &SessionId) {
    let is_it = |e: &Entry| e.heading.is_none() && e.row.id() == id;
    match app.list.entries.iter().position(is_it) {
        Some(at) => drop(select(app, at)),
        None => {
            let rule = Rule::of(&app.query.query, app.prefs.all_kinds);
            let class = app.index.row(id).and_then(|row| rule.class(row));
            let line = match class {
                Some(class) => {
                    let key = app.key(Scope::List, Action::AllKinds);
                    format!("{id} is not in this list: of what is {class} {key} shows all")
                }
                None => format!("{id} is not in this list: X clears the query"),
            };
            app.say(Clean::line(&line), false);
        }
    }
}

pub fn keep_in_view(app: &mut App, rows: usize) {
    let list = &mut app.list;
    let rows = rows.max(1);
    list.cursor = list.cursor.min(list.entries.len().saturating_sub(1));
    list.top = list
        .top
        .min(list.cursor)
        .min(list.entries.len().saturating_sub(rows));
    if list.cursor >= list.top + rows {
        list.top = list.cursor + 1 - rows;
    }
    // The name of a group is seen with its first row.
    let above = list.cursor.saturating_sub(1);
    if list.top == list.cursor && rows > 1 && list.is_heading(above) {
        list.top = above;
    }
}

/// The first row: what stands before it is the name of its group.
fn first(list: &List) -> usize {
    usize::from(list.is_heading(0))
}

/// From the name of a group to the row behind it, or before it.
fn land(list: &mut List, down: bool) {
    if list.is_heading(list.cursor) {
        list.cursor = match down {
            false if list.cursor > 0 => list.cursor - 1,
            _ => list.cursor + 1,
        };
    }
}

pub fn unfold(app: &mut App) {
    if let Some(row) = app
        .selected()
        .filter(|row| row.root == *row.id() && row.children > 0)
    {
        let id = row.id().clone();
        app.list.folded.remove(&id);
        app.list.unfolded.insert(id);
        app.list.moved = true;
        rebuild(app);
    }
}

/// Folds the family of the cursor's row; from a child, to the root first.
pub fn fold(app: &mut App) {
    let Some(row) = app.selected().cloned() else {
        return;
    };
    if row.root == *row.id() {
        app.list.unfolded.remove(row.id());
        app.list.folded.insert(row.id().clone());
        rebuild(app);
    } else if let Some(at) = app
        .list
        .entries
        .iter()
        .position(|e| e.is_root() && *e.row.id() == row.root)
    {
        app.list.cursor = at;
    }
}
