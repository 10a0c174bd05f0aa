//! Answering a question, and filling in a form.

use crossterm::event::{Event, KeyEvent};
use tui_input::backend::crossterm::EventHandler;

use super::super::app::App;
use super::super::dialog::Answer;
use super::super::form::Purpose;
use super::super::keys::{self, Action};
use super::super::msg::{Effect, Effects};
use super::super::tasks::Task;
use super::super::view;
use super::{export, filter, launch, marks, share};
use crate::text::Clean;

/// A key while a question is open.
pub fn act(app: &mut App, action: Action, effects: &mut Effects) {
    let Some(dialog) = &mut app.dialog else {
        return;
    };
    match action {
        Action::Right => dialog.step(1),
        Action::Left => dialog.step(-1),
        Action::Down | Action::Up | Action::PageDown | Action::PageUp => scroll(app, action),
        Action::Yes => {
            dialog.cursor = 1.min(dialog.buttons.len().saturating_sub(1));
            answer(app, effects);
        }
        Action::Keep => answer(app, effects),
        _ => app.dialog = None,
    }
}

/// Moves what a question is about, where there is more of it than is seen.
pub fn scroll(app: &mut App, action: Action) {
    let (seen, last) = view::dialog::extent(app);
    let Some(dialog) = &mut app.dialog else {
        return;
    };
    let top = dialog.top.min(last);
    dialog.top = match action {
        Action::Down => top + 1,
        Action::Up => top.saturating_sub(1),
        Action::PageDown => top + seen,
        _ => top.saturating_sub(seen),
    }
    .min(last);
}

/// Digits go into the number that is asked for, and a letter presses its button.
pub fn typed(app: &mut App, key: &KeyEvent, effects: &mut Effects) {
    let letter = keys::spell(key);
    if let (Some(dialog), Some(letter)) = (&mut app.dialog, letter)
        && let Some(at) = dialog
            .keys(&app.manner.keys)
            .iter()
            .position(|known| *known == letter)
    {
        dialog.cursor = at;
        return answer(app, effects);
    }
    let number = app
        .dialog
        .as_mut()
        .and_then(|dialog| dialog.number.as_mut());
    if let Some((_, input)) = number {
        input.handle_event(&Event::Key(*key));
        // Whoever typed all of the number means it: Enter goes on from there.
        if let Some(dialog) = &mut app.dialog {
            dialog.cursor = dialog.cursor.max(usize::from(dialog.is_counted()));
        }
    }
}

/// Presses the chosen button.
pub fn answer(app: &mut App, effects: &mut Effects) {
    let Some(dialog) = &app.dialog else { return };
    let Some(answer) = dialog.answer() else {
        let many = dialog.number.as_ref().map_or(0, |(many, _)| *many);
        return app.refuse(Clean::from(format!("type {many} first")));
    };
    app.dialog = None;
    match answer {
        Answer::Nothing => {}
        Answer::Quit => effects.push(Effect::Quit),
        Answer::Do(task) => match *task {
            Task::Export(wanted) => export::send(app, wanted, effects),
            Task::Share(step) => share::begin(app, step, effects),
            task => effects.push(Effect::Do(task)),
        },
        Answer::Allow(export, seen) => export::offer(app, &export, &seen),
        Answer::Delete(ids) => {
            // They are no news when they come back.
            app.list.deleted.extend(ids.iter().cloned());
            effects.push(Effect::Delete(ids, true));
        }
        Answer::Mark(changes, said) => marks::do_and_say(app, changes, &said, effects),
        Answer::Export(rows) => export::fill(app, 0, rows),
        Answer::SaveView(view) => filter::keep_view(app, view, effects),
        Answer::DropView(view) => filter::drop_view(app, view, effects),
        Answer::Browse(url) => effects.push(Effect::Browse(url)),
        Answer::Place(wish) => launch::place(app, wish),
        Answer::Launch(wish) => effects.push(Effect::Launch(wish)),
    }
}

/// A key while a form is open.
pub fn fill(app: &mut App, action: Action, effects: &mut Effects) {
    let Some(form) = &mut app.form else { return };
    match action {
        Action::Down => form.step(1),
        Action::Up => form.step(-1),
        Action::Keep => done(app, effects),
        _ => app.form = None,
    }
}

/// Typing in a form: letters go into a line, and turn a switch or a choice.
pub fn fill_typed(app: &mut App, key: &KeyEvent) {
    let Some(form) = &mut app.form else { return };
    if let Some(input) = form.typing() {
        input.handle_event(&Event::Key(*key));
        return;
    }
    match keys::spell(key).as_deref() {
        Some("space" | "right") => form.turn(1),
        Some("left") => form.turn(-1),
        _ => {}
    }
}

/// Does what the form is for.
pub fn done(app: &mut App, effects: &mut Effects) {
    let Some(form) = app.form.take() else { return };
    match &form.purpose {
        Purpose::Export(..) => export::filled(app, &form, effects),
    }
}
