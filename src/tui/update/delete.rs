//! Deleting: only where the settings allow it, never without a question, and taken back by one key.

use super::super::app::App;
use super::super::dialog::{Answer, Dialog};
use super::super::history::Step;
use super::super::keys::Action;
use super::super::msg::{Effect, Effects};
use super::super::toasts::Weight;
use super::export::size;
use crate::model::SessionId;
use crate::sources;
use crate::text::Clean;

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
        return app.say("not before everything is read".into(), false);
    }
    let ids = app.targets().iter().map(|row| row.id().clone()).collect();
    effects.push(Effect::Delete(ids, false));
}

/// The question, with object and number.
pub fn ask(app: &mut App, ids: Vec<SessionId>, bytes: u64, refused: &[(SessionId, Clean)]) {
    let mut lines = Vec::new();
    for (id, why) in refused.iter().take(REASONS) {
        lines.push(Clean::join([&Clean::line(&format!("{id}: ")), why]));
    }
    if refused.len() > REASONS {
        let more = refused.len() - REASONS;
        lines.push(Clean::from(format!("and {more} more are left")));
    }
    if ids.is_empty() {
        let first = lines.into_iter().next();
        return app.say(first.unwrap_or_else(|| "nothing to delete".into()), true);
    }
    let many = match ids.len() {
        1 => "this session".to_owned(),
        n => format!("{n} sessions"),
    };
    let out = match app.list.chosen.is_empty() {
        true => 0,
        false => app.out_of_view(),
    };
    let unseen = match out {
        0 => String::new(),
        n => format!("; {n} of them are out of view"),
    };
    let question = format!(
        "Move the logs of {many} ({}) to the trash?{unseen}",
        size(bytes)
    );
    lines.insert(0, Clean::from(question));
    let agents: std::collections::BTreeSet<&str> = ids
        .iter()
        .filter_map(|id| sources::source(id.source))
        .map(|source| source.card().label)
        .collect();
    let agents: Vec<&str> = agents.into_iter().collect();
    lines.push(Clean::from(format!(
        "{} will no longer be able to resume them.",
        agents.join(", ")
    )));
    lines.push("Restore with u now, or later with: backscroll trash restore".into());
    let count = ids.len();
    let dialog = Dialog::new("Delete logs", lines, "Keep").or("Move to trash", Answer::Delete(ids));
    app.ask(match count > MANY {
        true => dialog.counted(count),
        false => dialog,
    });
}

/// They are in the trash, or it stopped.
pub fn done(app: &mut App, names: Vec<String>, failed: Option<Clean>) {
    if !names.is_empty() {
        let many = match names.len() {
            1 => "1 session is in the trash".to_owned(),
            n => format!("{n} sessions are in the trash"),
        };
        app.tell(
            Clean::from(format!("{many} (u brings it back)")),
            Weight::Done,
        );
        app.history.keep(Step::Trash(names));
        app.list.chosen.clear();
    }
    if let Some(why) = failed {
        app.say(why, true);
    }
}
