//! Acting on a session in the agent that wrote it: continuing, starting anew, forking, and opening what it is about.

use std::sync::Arc;

use super::super::app::{App, Ask as Asked, Input};
use super::super::dialog::{Answer, Dialog};
use super::super::keys::{Action, Scope};
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
    if let Some(session) = super::select::one(app, "one session is opened") {
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
    app.ask(dialog.or("Run it", Answer::Launch(sure)));
}

/// Its directory is gone: other places it may be at, one to be typed, or only the command. Nothing is started by choosing:
/// what would be run is shown first.
pub fn gone(app: &mut App, wish: &Wish, why: &Clean, moved: &[Moved]) {
    let entry = |label: Clean, note: &str, does: Does| Entry {
        label,
        keeps_end: true,
        note: Clean::from(note.to_owned()),
        does,
        ..Entry::default()
    };
    let to = |dir: &std::path::Path| {
        Does::Launch(Wish {
            dir: Some(dir.to_owned()),
            ..wish.clone()
        })
    };
    let mut entries = vec![entry(why.clone(), "", Does::Heading)];
    for one in moved {
        let label = Clean::line(&short_dir(&one.dir, &app.home));
        entries.push(entry(label, one.why.word(), to(&one.dir)));
    }
    entries.push(entry(
        "Another directory ...".into(),
        "",
        Does::Place(wish.clone()),
    ));
    if wish.act == Act::Resume {
        let copy = Does::Act(Scope::Any, Action::CopyResume, 0);
        entries.push(entry("Copy the command only".into(), "", copy));
    }
    let title = match moved.is_empty() {
        true => "Where to, then",
        false => "It may be here now",
    };
    app.offer(Palette::list(title, entries));
}

/// A directory in place of the one that is gone is to be typed.
pub fn place(app: &mut App, wish: Wish) {
    let start = wish.dir.as_deref().or(wish.session.dir.as_deref());
    let start = start.map_or_else(String::new, |dir| short_dir(dir, &app.home));
    let input = tui_input::Input::new(start);
    app.input = Some(Input::Line(Asked::Directory(Box::new(wish)), input));
}

/// It was typed.
pub fn placed(app: &mut App, wish: &Wish, typed: &str, effects: &mut Effects) {
    let typed = typed.trim();
    if typed.is_empty() {
        return;
    }
    let dir = match typed.strip_prefix("~/") {
        Some(below) => app.home.join(below),
        None => app.folder.join(typed),
    };
    effects.push(Effect::Launch(Wish {
        dir: Some(dir),
        ..wish.clone()
    }));
}

/// What would be run elsewhere than the log says, to be looked at before it is.
pub fn rehearse(app: &mut App, command: &Clean, is_dangerous: bool, wish: Wish) {
    let dir = wish.dir.as_deref().map(|dir| short_dir(dir, &app.home));
    let mut lines = vec![
        Clean::join([&Clean::from("Would run: ".to_owned()), command]),
        Clean::line(&format!("in {}", dir.unwrap_or_default())),
    ];
    let source = crate::sources::source(wish.session.id.source);
    let is_bound = source.is_some_and(|source| source.is_bound_to_place());
    if is_bound && matches!(wish.act, Act::Resume | Act::Fork) {
        let line =
            "The agent looks for sessions by their directory, so it may not find this one there.";
        lines.push(line.into());
    }
    if is_dangerous {
        lines.push("This lets the agent act without asking you first.".into());
    }
    let sure = Wish {
        is_sure: true,
        ..wish.clone()
    };
    let dialog = Dialog::new("Another directory", lines, "Do not run it");
    let dialog = dialog.or("Run it", Answer::Launch(sure));
    app.ask(dialog.or("Elsewhere ...", Answer::Place(wish)));
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
    let settings = app.manner.settings.launching();
    let told = crate::launch::command(&settings, session).ok();
    told.map(|(line, _)| line)
}
