//! Deleting: only where the settings allow it, never without a question, and taken back by one key.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use super::super::app::App;
use super::super::dialog::{Answer, Dialog};
use super::super::history::Step;
use super::super::keys::Action;
use super::super::msg::{Effect, Effects};
use super::super::toasts::Weight;
use super::export::{called, size};
use crate::keep;
use crate::model::{Kind, Row, SessionId};
use crate::sources;
use crate::text::{Clean, age};

/// More than so many are not deleted without their number.
const MANY: usize = 10;
/// Reasons that are told before the rest is only counted.
const REASONS: usize = 3;

/// Asks what could be moved to the trash of what is chosen.
pub fn act(app: &mut App, effects: &mut Effects) {
    if !app.manner.settings.is_on("delete.enabled") {
        let key = app.key(super::scope(app), Action::Settings);
        let line = format!("deleting is off; delete.enabled in the settings ({key}) turns it on");
        return app.say(Clean::from(line), false);
    }
    if !app.loaded {
        return app.refuse("not before everything is read");
    }
    let ids = app.targets().iter().map(|row| row.id().clone()).collect();
    effects.push(Effect::Delete(ids, false));
}

/// The question, with object and number.
pub fn ask(app: &mut App, ids: Vec<SessionId>, bytes: u64, refused: &[(SessionId, Clean)]) {
    let mut left = Vec::new();
    for (id, why) in refused.iter().take(REASONS) {
        let name = Clean::line(&format!("{}: ", called(app, id)));
        left.push(Clean::join([&name, why]));
    }
    if refused.len() > REASONS {
        let more = refused.len() - REASONS;
        left.push(Clean::from(format!("and {more} more")));
    }
    if ids.is_empty() {
        let first = left.into_iter().next();
        return app.refuse(first.unwrap_or_else(|| "nothing to delete".into()));
    }
    let rows: Vec<Arc<Row>> = ids
        .iter()
        .filter_map(|id| app.index.row(id))
        .cloned()
        .collect();
    let mut lines = vec![question(app, &rows, &ids, bytes, refused.len())];
    lines.extend(left);
    lines.extend(repeats(app, &ids));
    lines.extend(keep::left_behind(&app.index, &rows).map(Clean::from));
    lines.extend(span(app, &rows));
    let agents: BTreeSet<&str> = ids
        .iter()
        .filter_map(|id| sources::source(id.source))
        .map(|source| source.card().label)
        .collect();
    let agents: Vec<&str> = agents.into_iter().collect();
    let them = if ids.len() == 1 { "it" } else { "them" };
    lines.push(Clean::from(format!(
        "{} will no longer be able to resume {them}.",
        agents.join(", ")
    )));
    let undo = app.key(super::scope(app), Action::Undo);
    let line = format!("Restore with {undo} now, or later with: backscroll trash restore");
    lines.push(Clean::from(line));
    let count = ids.len();
    let dialog = Dialog::new("Delete logs", lines, "Keep")
        .or("Move to trash", Answer::Delete(ids))
        .or("Export first ...", Answer::Export(rows));
    app.ask(match count > MANY {
        true => dialog.counted(count),
        false => dialog,
    });
}

/// What goes, of how much, and what stays, in one sentence.
fn question(app: &App, rows: &[Arc<Row>], ids: &[SessionId], bytes: u64, stay: usize) -> Clean {
    let families = rows
        .iter()
        .map(|row| crate::keep::family(&app.index, row).len());
    let agents: usize = families.map(|many| many.saturating_sub(1)).sum();
    let agents = match agents {
        0 => String::new(),
        1 => ", with 1 sub-agent".to_owned(),
        n => format!(", with {n} sub-agents"),
    };
    let size = size(bytes);
    let unseen = app.said_unseen();
    let many = ids.len();
    Clean::line(&match (ids, stay) {
        ([one], 0) => {
            let name = called(app, one);
            format!("Move the log of \"{name}\" ({size}{agents}) to the trash?{unseen}")
        }
        (_, 0) => {
            format!("Move the logs of {many} sessions ({size}{agents}) to the trash?{unseen}")
        }
        (_, stay) => {
            let all = many + stay;
            let stays = if stay == 1 { "stays" } else { "stay" };
            format!(
                "Move the logs of {many} of {all} sessions ({size}{agents}) to the trash, while {stay} {stays}?{unseen}"
            )
        }
    })
}

/// Forks and copies that stay behind, and are listed by themselves from then on.
fn repeats(app: &App, ids: &[SessionId]) -> Option<Clean> {
    let gone: HashSet<&SessionId> = ids.iter().collect();
    let stays = |row: &&Arc<Row>| {
        let is_repeat = matches!(row.session.kind, Kind::Fork | Kind::Copy);
        is_repeat && gone.contains(&row.root) && !gone.contains(row.id())
    };
    let line = match app.index.rows().filter(stays).count() {
        0 => return None,
        1 => "1 fork or copy of them stays, and is listed by itself then.".to_owned(),
        n => format!("{n} forks and copies of them stay, and are listed by themselves then."),
    };
    Some(Clean::from(line))
}

/// When they were last used: the oldest and the newest of several.
fn span(app: &App, rows: &[Arc<Row>]) -> Option<Clean> {
    let times = rows.iter().filter_map(|row| row.session.updated);
    let (first, last) = (times.clone().min()?, times.max()?);
    let day = |at: jiff::Timestamp| at.to_zoned(app.look.zone.clone()).date();
    let ago = |at| match age(at, app.now).as_str() {
        "now" | "~now" => "just now".to_owned(),
        age => format!("{age} ago"),
    };
    Some(Clean::from(match rows.len() {
        1 => format!("Last used on {}, {}.", day(last), ago(last)),
        _ => format!(
            "The oldest was last used on {} ({}), the newest on {} ({}).",
            day(first),
            ago(first),
            day(last),
            ago(last)
        ),
    }))
}

/// They are in the trash, or it stopped.
pub fn done(app: &mut App, names: Vec<String>, failed: Option<Clean>) {
    if !names.is_empty() {
        let (many, it) = match names.len() {
            1 => ("1 session is in the trash".to_owned(), "it"),
            n => (format!("{n} sessions are in the trash"), "them"),
        };
        let key = app.key(super::scope(app), Action::Undo);
        app.tell(
            Clean::from(format!("{many} ({key} brings {it} back)")),
            Weight::Done,
        );
        app.history.keep(Step::Trash(names));
        app.list.chosen.clear();
    }
    if let Some(why) = failed {
        app.say(why, true);
    }
}
