//! Keeping copies of sessions that their agents will delete.

use super::super::app::App;
use super::super::dialog::{Answer, Dialog};
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
    /// Sessions that were copied, and the bytes of their copies.
    pub sessions: usize,
    pub bytes: u64,
    /// Those that were not, and why.
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

/// They are copied, or not. The copies are found by looking again.
pub fn done(app: &mut App, kept: Kept, effects: &mut Effects) {
    if kept.sessions > 0 {
        let many = match kept.sessions {
            1 => "a copy is kept".to_owned(),
            n => format!("copies of {n} sessions are kept"),
        };
        let line = format!(
            "{many} ({}); it is shown when its agent deletes the session",
            size(kept.bytes)
        );
        app.tell(Clean::from(line), Weight::Done);
        effects.push(Effect::LookAgain);
    }
    for (id, why) in kept.refused.iter().take(REASONS) {
        app.say(Clean::line(&format!("not kept: {id}: {why}")), true);
    }
    if kept.refused.len() > REASONS {
        let more = kept.refused.len() - REASONS;
        app.say(Clean::from(format!("{more} more are not kept")), true);
    }
}
