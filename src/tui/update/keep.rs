//! Keeping copies of sessions that their agents will delete.

use super::super::app::App;
use super::super::dialog::{Answer, Dialog};
use super::super::history::Step;
use super::super::keys::Action;
use super::super::msg::{Effect, Effects};
use super::super::tasks::Task;
use super::super::toasts::Weight;
use super::export::size;
use crate::keep;
use crate::model::SessionId;
use crate::text::Clean;

/// Of more than so many it is asked first.
const MANY: usize = 10;
/// Reasons that are told before the rest is only counted.
const REASONS: usize = 2;

/// What became of the copies that were asked for.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Kept {
    /// Sessions of which there was no copy before.
    pub new: Vec<SessionId>,
    /// Those whose copies were made anew.
    pub anew: usize,
    /// The bytes of all these copies.
    pub bytes: u64,
    /// Sessions of which the copies were given up.
    pub given_up: usize,
    /// Those of which neither was done, and why.
    pub refused: Vec<(SessionId, String)>,
}

/// Keeps a copy of what is chosen.
pub fn act(app: &mut App, effects: &mut Effects) {
    let rows = app.targets();
    let families = rows.iter().map(|row| keep::family(&app.index, row));
    let families: Vec<_> = families.collect();
    let many = families.len();
    if many > MANY {
        let question = format!("Keep copies of the logs of {many} sessions?");
        let dialog = Dialog::new("Keep copies", vec![Clean::from(question)], "Keep none");
        let keep = Answer::Do(Box::new(Task::Keep(families)));
        app.dialog = Some(dialog.or("Keep them", keep));
    } else if many > 0 {
        effects.push(Effect::Do(Task::Keep(families)));
    }
}

/// Gives up copies that were made. Of a session that is gone the copy is all there is, and stays. Gives what is left to be
/// taken back: a copy that is not found yet.
pub fn take_back(app: &mut App, ids: Vec<SessionId>, effects: &mut Effects) -> Option<Step> {
    let there = |id: &SessionId| {
        let row = app.index.row(id).filter(|row| !row.session.unit.is_kept());
        row.map(|row| keep::copies(&app.index, row))
    };
    let copies: Vec<_> = ids.iter().filter_map(there).collect();
    if copies.is_empty() {
        app.refuse(Clean::from("the copy is all there is: its session is gone"));
        return None;
    }
    if copies.iter().any(Vec::is_empty) {
        app.say(
            "the copy is still looked at; again in a moment".into(),
            false,
        );
        return Some(Step::Copies(ids));
    }
    effects.push(Effect::Do(Task::GiveUp(copies)));
    None
}

/// They are copied, or not. The copies are found by looking again.
pub fn done(app: &mut App, kept: Kept, effects: &mut Effects) {
    let copied = kept.new.len() + kept.anew;
    if copied > 0 {
        let many = match (copied, kept.new.is_empty()) {
            (1, false) => "a copy is kept".to_owned(),
            (1, true) => "the copy is made anew".to_owned(),
            (n, false) => format!("copies of {n} sessions are kept"),
            (n, true) => format!("the copies of {n} sessions are made anew"),
        };
        let undo = match kept.new.is_empty() {
            true => String::new(),
            false => format!(" ({} undoes)", app.key(super::scope(app), Action::Undo)),
        };
        let line = format!(
            "{many}, {}: shown when its agent deletes the session{undo}",
            size(kept.bytes)
        );
        app.tell(Clean::from(line), Weight::Done);
        if !kept.new.is_empty() {
            app.history.keep(Step::Copies(kept.new));
        }
        effects.push(Effect::LookAgain);
    }
    if kept.given_up > 0 {
        let line = match kept.given_up {
            1 => "undone: the copy is given up".to_owned(),
            n => format!("undone: the copies of {n} sessions are given up"),
        };
        app.tell(Clean::from(line), Weight::Done);
        effects.push(Effect::LookAgain);
    }
    for (id, why) in kept.refused.iter().take(REASONS) {
        app.say(Clean::line(&format!("not done: {id}: {why}")), true);
    }
    if kept.refused.len() > REASONS {
        let more = kept.refused.len() - REASONS;
        app.say(Clean::from(format!("{more} more are not done")), true);
    }
}
