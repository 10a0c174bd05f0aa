//! Choosing sessions for what is done to several at once.

use std::collections::HashSet;
use std::sync::Arc;

use super::super::app::{App, Entry};
use super::super::keys::Action;
use super::list;
use crate::model::{Row, Session, SessionId};
use crate::text::Clean;

pub fn act(app: &mut App, action: Action) {
    match action {
        Action::Select => {
            turn(app);
            list::step(app, 1);
        }
        Action::SelectRange => match app.list.range.take() {
            Some(_) => {}
            None => {
                let start = app.selected().map(|row| row.id().clone());
                app.list.range = start.map(|id| (id, app.list.chosen.clone()));
                extend(app);
            }
        },
        Action::SelectAll => {
            app.list.range = None;
            let shown = rows(app).map(|row| row.id().clone());
            let shown: HashSet<SessionId> = shown.collect();
            let all = !shown.is_empty() && shown.is_subset(&app.list.chosen);
            match all {
                true => app.list.chosen.retain(|id| !shown.contains(id)),
                false => app.list.chosen.extend(shown),
            }
        }
        _ => {}
    }
}

/// Chooses the row under the cursor, or leaves it out again. What stands there only for the rows under it is no match, and
/// is not done to what matches.
pub fn turn(app: &mut App) {
    let Some(entry) = app.list.entries.get(app.list.cursor) else {
        return;
    };
    let (id, is_found) = (entry.row.id().clone(), entry.is_found());
    if app.list.chosen.remove(&id) {
        return;
    }
    match is_found {
        true => drop(app.list.chosen.insert(id)),
        false => app.say("it stands here for the rows under it".into(), false),
    }
}

/// The sessions that the list is about.
pub fn rows(app: &App) -> impl Iterator<Item = &Arc<Row>> {
    let entries = app.list.entries.iter().filter(|e| e.is_found());
    entries.map(|entry| &entry.row)
}

/// While a range is being chosen it reaches to the cursor.
pub fn extend(app: &mut App) {
    let Some((start, before)) = &app.list.range else {
        return;
    };
    let is_start = |e: &Entry| e.heading.is_none() && e.row.id() == start;
    let Some(at) = app.list.entries.iter().position(is_start) else {
        app.list.range = None;
        return;
    };
    let (from, to) = (at.min(app.list.cursor), at.max(app.list.cursor));
    let within = app.list.entries.iter().skip(from).take(to - from + 1);
    let within = within.filter(|e| e.is_found());
    let mut chosen = before.clone();
    chosen.extend(within.map(|e| e.row.id().clone()));
    app.list.chosen = chosen;
}

/// Drops the choice. False where there was none.
pub fn drop_all(app: &mut App) -> bool {
    let any = !app.list.chosen.is_empty() || app.list.range.is_some();
    app.list.chosen.clear();
    app.list.range = None;
    any
}

/// The one session that an action is about which takes no more; where more are chosen, says so in these words.
pub fn one(app: &mut App, what: &str) -> Option<Arc<Session>> {
    let in_list = app.focus == super::super::app::Pane::List;
    if !in_list || app.list.chosen.is_empty() {
        return app.subject();
    }
    let targets = app.targets();
    if let [one] = targets.as_slice() {
        return Some(one.session.clone());
    }
    let key = app.key(super::scope(app), Action::Escape);
    let many = targets.len();
    let line = format!("{what} at a time; {many} are chosen ({key} drops the choice)");
    app.refuse(Clean::line(&line));
    None
}

impl App {
    /// The sessions that an action is about: in the reader the open one; in the list those that were chosen, also where
    /// the query does not show them by now, else the one under the cursor.
    pub fn targets(&self) -> Vec<Arc<Row>> {
        let in_list = self.focus == super::super::app::Pane::List;
        if !in_list || self.list.chosen.is_empty() {
            return self.subject_row().cloned().into_iter().collect();
        }
        let shown: Vec<Arc<Row>> = rows(self)
            .filter(|row| self.list.chosen.contains(row.id()))
            .cloned()
            .collect();
        let mut rest: Vec<Arc<Row>> = self
            .list
            .chosen
            .iter()
            .filter(|id| !shown.iter().any(|row| row.id() == *id))
            .filter_map(|id| self.index.row(id).cloned())
            .collect();
        rest.sort_by(|a, b| a.id().cmp(b.id()));
        shown.into_iter().chain(rest).collect()
    }

    /// What a question says of chosen ones that the list does not show now; empty where it shows them all.
    pub fn said_unseen(&self) -> String {
        match self.out_of_view() {
            0 => String::new(),
            n => format!("; {n} of them are out of view"),
        }
    }

    /// How many of the chosen ones the list does not show now.
    pub fn out_of_view(&self) -> usize {
        let shown = rows(self).filter(|row| self.list.chosen.contains(row.id()));
        self.list.chosen.len().saturating_sub(shown.count())
    }
}
