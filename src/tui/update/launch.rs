//! Acting on a session in the agent that wrote it: continuing, starting anew, forking, and opening what it is about.

use std::sync::Arc;

use super::super::app::App;
use super::super::dialog::{Answer, Dialog};
use super::super::keys::Action;
use super::super::msg::{Effect, Effects, Wish};
use super::super::palette::{Does, Entry, Palette};
use crate::launch::{Act, Moved};
use crate::text::{Clean, short_dir};

/// The acts in the order of their keys behind `o`, the second with a tab of its own.
pub fn act(app: &mut App, action: Action, effects: &mut Effects) {
    let (act, in_tab) = match action {
        Action::Resume => (Act::Resume, false),
        Action::ResumeInTab => (Act::Resume, true),
        Action::NewSession => (Act::New, false),
        Action::Fork => (Act::Fork, false),
        Action::Shell => (Act::Shell, false),
        Action::OpenLog => (Act::Editor, false),
        _ => (Act::OpenDir, false),
    };
    if let Some(session) = app.subject() {
        effects.push(Effect::Launch(Wish {
            session,
            act,
            in_tab,
            dir: None,
            is_sure: false,
        }));
    }
}

/// The agent would do what it likes without asking.
pub fn dangerous(app: &mut App, command: &Clean, wish: Wish) {
    let lines = vec![
        "This lets the agent act without asking you first:".into(),
        command.clone(),
    ];
    let sure = Wish {
        is_sure: true,
        ..wish
    };
    let dialog = Dialog::new("Skip permissions", lines, "Do not run it");
    app.dialog = Some(dialog.or("Run it", Answer::Launch(sure)));
}

/// Its directory is gone: other places it may be at, to choose from.
pub fn gone(app: &mut App, wish: &Wish, why: &Clean, moved: &[Moved]) {
    if moved.is_empty() {
        return app.say(why.clone(), true);
    }
    let entries = moved.iter().map(|one| Entry {
        label: Clean::line(&short_dir(&one.dir, &app.home)),
        name: String::new(),
        keys: Vec::new(),
        note: Clean::from(one.why.word().to_owned()),
        does: Does::Launch(Wish {
            dir: Some(one.dir.clone()),
            ..wish.clone()
        }),
        why_not: None,
    });
    let entries: Vec<Entry> = entries.collect();
    app.say(why.clone(), false);
    app.palette = Some(Palette::list("It may be here now", entries));
}

/// Where sessions of the same project may have gone: for the one who looks.
pub fn others(app: &App) -> Vec<Arc<crate::model::Session>> {
    app.index.rows().map(|row| row.session.clone()).collect()
}

/// The command that continues what was read last, told when the screen is closed from there.
pub fn farewell(app: &App) -> Option<String> {
    let reader = app
        .reader
        .as_ref()
        .filter(|_| app.focus == super::super::app::Pane::Reader)?;
    let session = &app.outer.first().unwrap_or(reader).session;
    crate::sources::source(session.id.source)?
        .resume(session)?
        .line()
}
