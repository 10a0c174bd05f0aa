//! The reader: how conversations are shown, and places in them.

use super::*;
use crate::redact::Secrets;
use crate::render::showing::{Diffs, Times, Tools};
use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

fn conversation(id: &str, texts: &[&str]) -> Arc<Conversation> {
    let message = |(n, text): (usize, &&str)| {
        let role = if n % 2 == 0 {
            Role::User
        } else {
            Role::Assistant
        };
        let at = start() + SignedDuration::from_mins(n as i64);
        let mut message = Message::new(n as u64, role, Some(at));
        message.number = n as u32 + 1;
        message.parts.push(Part::Text((**text).into()));
        Arc::new(message)
    };
    Arc::new(Conversation {
        id: SessionId::new(SOURCE, id),
        messages: texts.iter().enumerate().map(message).collect(),
        odd: 0,
    })
}

/// The first session, open in the reader.
fn reading(texts: &[&str]) -> App {
    let mut app = app();
    press(&mut app, "enter");
    let ticket = app.reader.as_ref().unwrap().ticket;
    let talk = conversation("a", texts);
    update(&mut app, Msg::Opened(ticket, talk, false));
    app
}

fn remembered(effects: &Effects) -> Option<Prefs> {
    effects.iter().find_map(|effect| match effect {
        Effect::Remember(prefs) => Some(prefs.clone()),
        _ => None,
    })
}

/// UX 7: remembered per user, not per session.
#[test]
fn how_conversations_are_shown_is_remembered_for_all() {
    let mut app = reading(&["one", "two"]);
    let prefs = remembered(&press(&mut app, "z t")).unwrap();
    assert_eq!(prefs.reader.tools, Tools::Full);
    let prefs = remembered(&press(&mut app, "z d")).unwrap();
    assert_eq!(prefs.reader.diffs, Diffs::Side);
    let prefs = remembered(&press(&mut app, "T")).unwrap();
    assert_eq!(
        (prefs.reader.times, prefs.reader.tools),
        (Times::Relative, Tools::Full)
    );
    // What is opened or closed once is not.
    assert_eq!(remembered(&press(&mut app, "z R")), None);
    let prefs = remembered(&press(&mut app, "w")).unwrap();
    assert!(prefs.reader.cut && !prefs.reader.thinking);
    press(&mut app, "]");
    let ticket = app.reader.as_ref().unwrap().ticket;
    let talk = conversation("b", &["x"]);
    update(&mut app, Msg::Opened(ticket, talk, false));
    assert_eq!(app.document().unwrap().showing(), prefs.reader);
}

fn number(app: &mut App) -> u32 {
    app.document().unwrap().message().unwrap().number
}

#[test]
fn the_outline_and_pins_are_lists_to_choose_from() {
    let mut app = reading(&["first prompt", "yes", "second prompt", "no"]);
    press(&mut app, "g o");
    let picker = app.picker.as_ref().unwrap();
    let labels: Vec<&str> = picker.choices.iter().map(|c| c.label.as_str()).collect();
    assert_eq!(labels, ["first prompt", "second prompt"]);
    type_text(&mut app, "second");
    press(&mut app, "enter");
    assert!(app.picker.is_none());
    assert_eq!(number(&mut app), 3);
    assert!(app.query.query.is_empty(), "nothing is written");

    press(&mut app, "'");
    assert!(app.picker.is_none(), "nothing is pinned");
    press(&mut app, "J m g g '");
    let picker = app.picker.as_ref().unwrap();
    assert_eq!(picker.choices[0].label.as_str(), "no");
    press(&mut app, "enter");
    assert_eq!(number(&mut app), 4);
    assert_eq!(app.reader.as_ref().unwrap().pins, [3]);
    press(&mut app, "m");
    assert!(app.reader.as_ref().unwrap().pins.is_empty());
}

/// G14: what came since a session was left is under a rule when it is opened again.
#[test]
fn what_came_since_the_last_visit_is_found_again() {
    let mut app = reading(&["one", "two"]);
    press(&mut app, "G ] [");
    let id = SessionId::new(SOURCE, "a");
    assert_eq!(app.visits.get(&id).map(|visit| visit.upto), Some(2));
    let ticket = app.reader.as_ref().unwrap().ticket;
    let talk = conversation("a", &["one", "two", "three"]);
    update(&mut app, Msg::Opened(ticket, talk, false));
    press(&mut app, "g g g u");
    assert_eq!(number(&mut app), 3);
}

/// G12: of a fork to where it left its parent, and back.
#[test]
fn a_fork_goes_to_its_parent() {
    let mut app = app();
    let mut fork = session("fork", -1);
    fork.kind = Kind::Fork;
    fork.parent = Some("b".into());
    fork.started = Some(start() + SignedDuration::from_secs(90));
    update(&mut app, Msg::Delta(told([fork])));
    press(&mut app, "g g + j");
    while app.selected().unwrap().id().native.as_ref() != "fork" {
        press(&mut app, "+ j");
    }
    press(&mut app, "enter");
    let ticket = app.reader.as_ref().unwrap().ticket;
    let texts = ["one", "two", "three", "four"];
    update(
        &mut app,
        Msg::Opened(ticket, conversation("fork", &texts), false),
    );
    assert_eq!(
        number(&mut app),
        3,
        "it opens where it begins to be its own"
    );
    press(&mut app, "g p");
    assert_eq!(app.reader.as_ref().unwrap().session.id.native.as_ref(), "b");
    let ticket = app.reader.as_ref().unwrap().ticket;
    update(
        &mut app,
        Msg::Opened(ticket, conversation("b", &texts), false),
    );
    assert_eq!(number(&mut app), 2);
    press(&mut app, "backspace");
    assert_eq!(
        app.reader.as_ref().unwrap().session.id.native.as_ref(),
        "fork"
    );
}

fn mouse(kind: MouseEventKind, column: u16, row: u16) -> Msg {
    Msg::Mouse(MouseEvent {
        kind,
        column,
        row,
        modifiers: KeyModifiers::NONE,
    })
}

/// UX 4.6: a drag copies the source text.
#[test]
fn a_drag_copies_what_was_written() {
    let mut app = reading(&["some **bold** words", "yes"]);
    let text = layout::panes(&app).reader_text().unwrap();
    let left = MouseButton::Left;
    // The bar of the prompt takes two cells; its heading the first line.
    let (x, y) = (text.x + 2, text.y + 1);
    update(&mut app, mouse(MouseEventKind::Down(left), x, y));
    update(&mut app, mouse(MouseEventKind::Drag(left), x + 10, y));
    let effects = update(&mut app, mouse(MouseEventKind::Up(left), x + 10, y));
    let copied = effects.iter().find_map(|effect| match effect {
        Effect::Copy(text, _) => Some(text.as_str()),
        _ => None,
    });
    assert_eq!(copied, Some("some **bold"));
    assert!(app.document().unwrap().is_selecting());
    press(&mut app, "esc");
    assert!(!app.document().unwrap().is_selecting() && app.focus == Pane::Reader);
    // A click is no drag.
    update(&mut app, mouse(MouseEventKind::Down(left), x, y));
    let effects = update(&mut app, mouse(MouseEventKind::Up(left), x, y));
    assert!(
        !effects
            .iter()
            .any(|effect| matches!(effect, Effect::Copy(..)))
    );
}

/// G9: what is copied from under the mask is said to be unmasked, unless its secrets were replaced.
#[test]
fn what_is_copied_without_secrets_is_not_called_unmasked() {
    let mut app = app();
    let said = |app: &mut App, secrets| {
        let what = What {
            warns: None,
            said: "all of it".into(),
            secrets,
        };
        update(app, Msg::Copied(what, Ok("test")));
        app.toasts.shown().last().unwrap().text.to_string()
    };
    assert_eq!(said(&mut app, Secrets::Keep), "Copied all of it (test)");
    app.masked = true;
    let unmasked = "Copied unmasked: all of it (test)";
    assert_eq!(said(&mut app, Secrets::Keep), unmasked);
    assert_eq!(said(&mut app, Secrets::Replace), "Copied all of it (test)");
}
