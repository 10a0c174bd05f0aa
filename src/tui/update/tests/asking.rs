//! What is refused, what is asked first, and what stands on the buttons.

use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

use super::super::super::form::Purpose;
use super::super::super::msg::Warns;
use super::super::super::tasks::{Export, Task, Unwritten, Written};
use super::super::super::toasts::Weight;
use super::*;
use crate::redact::{Found, Secrets, Seen};

/// A key that is none, of the shape that the rules know.
fn key() -> String {
    format!("ghp_{}", "a1B2c3D4e5".repeat(4).get(..36).unwrap())
}

fn said(app: &App) -> (String, Weight) {
    let toast = app.toasts.shown().last().unwrap();
    (toast.text.to_string(), toast.weight)
}

fn labels(app: &App) -> Vec<String> {
    let dialog = app.dialog.as_ref().unwrap();
    let keys = dialog.keys(&app.manner.keys);
    let all = keys.iter().zip(&dialog.buttons);
    all.map(|(key, button)| format!("{key} {}", button.label))
        .collect()
}

fn export(effects: &Effects) -> Export {
    let found = effects.iter().find_map(|effect| match effect {
        Effect::Do(Task::Export(export)) => Some(export.clone()),
        _ => None,
    });
    found.unwrap()
}

fn reading(text: &str) -> App {
    let mut app = app();
    press(&mut app, "enter");
    let ticket = app.tickets;
    let mut message = Message::new(0, Role::User, None);
    message.number = 1;
    message.parts.push(Part::Text(text.into()));
    let talk = Conversation {
        id: SessionId::new(SOURCE, "a"),
        messages: vec![Arc::new(message)],
        odd: 0,
    };
    update(&mut app, Msg::Opened(ticket, Arc::new(talk), false));
    app
}

/// X5: what is dragged over is looked through like every other copy, and its secrets are counted.
#[test]
fn a_drag_over_a_secret_says_so() {
    let mut app = reading(&format!("use {} here", key()));
    let text = layout::panes(&app).reader_text().unwrap();
    let left = MouseButton::Left;
    let mut effects = Effects::new();
    for (kind, by) in [
        (MouseEventKind::Down(left), 0),
        (MouseEventKind::Drag(left), 50),
        (MouseEventKind::Up(left), 50),
    ] {
        let event = MouseEvent {
            kind,
            column: text.x + 2 + by,
            row: text.y + 1,
            modifiers: KeyModifiers::NONE,
        };
        effects.extend(update(&mut app, Msg::Mouse(event)));
    }
    let copied = effects.iter().find_map(|effect| match effect {
        Effect::Copy(text, what) => Some((text.clone(), what.clone())),
        _ => None,
    });
    let (text, what) = copied.unwrap();
    assert!(
        text.as_str().contains(&key()),
        "it is copied as it was written"
    );
    assert_eq!(what.warns, Some(Warns::Secrets));
    update(&mut app, Msg::Copied(what, Ok("OSC 52")));
    let line = "Copied 1 line, raw, with secrets: 1 github-token (y R leaves them out) (OSC 52)";
    assert_eq!(said(&app), (line.to_owned(), Weight::Warning));
    // So is a query, as a command.
    let mut app = self::app();
    input::set_query(&mut app, &key());
    let effects = press(&mut app, "y q");
    let is_told = |effect: &Effect| matches!(effect, Effect::Copy(_, what) if what.warns.is_some());
    assert!(effects.iter().any(is_told), "{effects:?}");
}

/// UX 8: a refusal goes by itself, and never stands in the way of what is said next.
#[test]
fn refusals_go_and_make_way() {
    let mut app = reading("words");
    for (keys, line) in [
        ("y o", "no tool call here"),
        ("y b", "no code block in this conversation"),
        ("y d", "no edit here"),
    ] {
        press(&mut app, keys);
        assert_eq!(said(&app), (line.to_owned(), Weight::Warning));
    }
    update(&mut app, Msg::Copied(What::raw("all of it"), Ok("test")));
    assert_eq!(said(&app).0, "Copied all of it (test)");
    assert_eq!(app.toasts.shown().len(), 3);
    later(&mut app, 5);
    assert!(app.toasts.shown().is_empty());
}

/// UX 4: a key of another menu says where it holds, and one of none that it does nothing.
#[test]
fn keys_of_other_menus_say_so() {
    let mut app = app();
    press(&mut app, "y t");
    assert_eq!(said(&app).0, "y t is a key of the reader");
    press(&mut app, "y x");
    assert_eq!(said(&app).0, "y x does nothing");
    // The second one alone would hide the session.
    press(&mut app, "z d");
    assert_eq!(said(&app).0, "z d is a key of the reader");
}

/// UX 4.4, X4: where the name is taken the form is there again, with a free one and all that was chosen.
#[test]
fn an_export_without_a_place_is_filled_in_again() {
    let mut app = app();
    let mut wanted = export(&press(&mut app, "x m down space enter"));
    assert!(app.form.is_none());
    wanted.target = "/home/ada/mine-2.md".into();
    wanted.secrets = Some(Secrets::Keep);
    let unwritten = || Unwritten {
        why: "mine.md is there already and stays as it is".to_owned(),
        again: Some(Box::new(wanted.clone())),
    };
    update(&mut app, Msg::Exported(Err(unwritten())));
    let form = app.form.as_ref().unwrap();
    assert!(form.note.as_ref().unwrap().as_str().contains("mine.md"));
    assert_eq!(form.text("to"), "./mine-2.md");
    assert!(!form.is_on("tools") && !form.is_on("redact"));
    assert!(matches!(&form.purpose, Purpose::Export(_, rows, _) if rows.len() == 1));
    let again = export(&press(&mut app, "enter"));
    assert_eq!(again, wanted, "what was said of secrets is not asked again");
    // Whoever types by then goes on typing.
    press(&mut app, "/");
    update(&mut app, Msg::Exported(Err(unwritten())));
    assert!(app.form.is_none());
    assert!(said(&app).0.starts_with("not exported: mine.md"));
}

/// UX 8: what was there already is not said to be written.
#[test]
fn an_export_that_changed_nothing_says_so() {
    let mut app = app();
    let done = |files, unchanged| {
        Msg::Exported(Ok(Written {
            path: "/home/ada/a.md".into(),
            files,
            unchanged,
            bytes: 2_000,
            found: Found::default(),
            secrets: Secrets::Keep,
            problems: Vec::new(),
        }))
    };
    update(&mut app, done(1, 1));
    let line = "unchanged: ./a.md holds all of it already (y e copies the path)";
    assert_eq!(said(&app).0, line);
    update(&mut app, done(4, 3));
    let line = "wrote 1 file, 2 kB, to ./a.md, 3 unchanged (y e copies the path)";
    assert_eq!(said(&app).0, line);
}

/// UX 8, G9: every button has its key on it, the review lists all hits under their sessions, and they are moved through.
#[test]
fn the_review_says_which_key_does_what_and_lists_each_hit() {
    let mut app = app();
    let wanted = export(&press(&mut app, "space space x h enter"));
    let one = |n: usize| Seen {
        rule: "github-token",
        preview: "ghp_.. (40 characters)".into(),
        before: "use ".into(),
        after: " here".into(),
        fingerprint: format!("{n:016x}"),
    };
    let of = |id: &str, from: usize| {
        let id = SessionId::new(SOURCE, id);
        (from..from + 40).map(move |n| (id.clone(), one(n)))
    };
    let seen: Vec<(SessionId, Seen)> = of("a", 0).chain(of("b", 40)).collect();
    let ask = |app: &mut App| {
        let found = Msg::Secrets(Box::new(wanted.clone()), Found::default(), seen.clone());
        update(app, found);
        look(app);
    };
    ask(&mut app);
    assert_eq!(
        labels(&app),
        [
            "n Write nothing",
            "y Replace them",
            "w Write as is",
            "a Allow one ..."
        ]
    );
    let dialog = app.dialog.as_ref().unwrap();
    assert_eq!(dialog.items.len(), 82, "two headings");
    let headings = dialog.items.iter().filter(|item| item.is_heading);
    let headings: Vec<&str> = headings.map(|item| item.text.as_str()).collect();
    assert_eq!(headings, ["a", "b"]);
    press(
        &mut app,
        "pagedown pagedown pagedown pagedown pagedown pagedown down",
    );
    let (seen_at_once, last) = crate::tui::view::dialog::extent(&app);
    let top = app.dialog.as_ref().unwrap().top;
    assert_eq!((top, top + seen_at_once), (last, 82), "to the last of them");
    assert_eq!(
        export(&press(&mut app, "w")).secrets,
        Some(Secrets::Keep),
        "the letter is of its button, whichever is chosen"
    );
    ask(&mut app);
    let effects = press(&mut app, "right y");
    assert_eq!(export(&effects).secrets, Some(Secrets::Replace));
}

/// UX 8: what more than ten sessions would get is asked first.
#[test]
fn many_marks_are_asked_about() {
    let mut app = app();
    assert_eq!(press(&mut app, "ctrl-a d"), []);
    let dialog = app.dialog.as_ref().unwrap();
    assert_eq!(dialog.lines[0].as_str(), "Hide 26 sessions?");
    assert_eq!(press(&mut app, "enter"), [], "they are left as they are");
    press(&mut app, "d");
    let effects = press(&mut app, "y");
    let is_kept =
        |effect: &Effect| matches!(effect, Effect::Do(Task::Mark(all)) if all.len() == 26);
    assert!(effects.iter().any(is_kept), "{effects:?}");
    assert_eq!(said(&app).0, "hidden: 26 sessions (u undoes)");
    press(&mut app, "u t");
    let Some(Input::Line(ask, _)) = &app.input else {
        panic!("tags are typed");
    };
    assert_eq!(ask.label(), " tags of 26 sessions ");
}

/// UX 4.4: what takes one session says so where several are chosen.
#[test]
fn one_session_is_opened_at_a_time() {
    let mut app = app();
    let launched = |effects: &Effects| match &effects[..] {
        [Effect::Launch(wish)] => Some(wish.session.id.native.to_string()),
        _ => None,
    };
    press(&mut app, "space");
    let one = launched(&press(&mut app, "o o"));
    assert_eq!(one.as_deref(), Some("a"), "the chosen one, not the next");
    assert_eq!(launched(&press(&mut app, "space o o")), None);
    let line = "one session is opened at a time; 2 are chosen (Esc drops the choice)";
    assert_eq!(said(&app), (line.to_owned(), Weight::Warning));
}

/// C2: what is copied is what would be run, and a directory that is gone is told.
#[test]
fn a_resume_command_is_copied_as_it_is_run() {
    let mut app = app();
    let effects = press(&mut app, "y r");
    assert!(matches!(&effects[..], [Effect::CopyResume(all)] if all.len() == 1));
    let told = vec![Ok(("cd /gone && agent --resume=a".to_owned(), true))];
    let effects = update(&mut app, Msg::Commands(told));
    let [Effect::Copy(text, what)] = &effects[..] else {
        panic!("{effects:?}");
    };
    assert_eq!(text.as_str(), "cd /gone && agent --resume=a");
    assert!(what.said.as_str().ends_with("but its directory is gone"));
    assert_eq!(what.warns, Some(Warns::Gone));
    let none = Msg::Commands(vec![Err("no way is known".into())]);
    assert_eq!(update(&mut app, none), []);
    assert_eq!(said(&app), ("no way is known".to_owned(), Weight::Warning));
}

/// UX 4: a key that is another's is not taken from it unseen.
#[test]
fn a_key_that_is_taken_is_not_bound() {
    let mut app = app();
    press(&mut app, ", tab tab tab");
    let all = crate::tui::settings::lines(&app, &app.settings.unwrap());
    let is_it = |line: &crate::tui::settings::Line| line.help.as_str().contains("keys.any.copy-id");
    app.settings.as_mut().unwrap().cursor = all.iter().position(is_it).unwrap();
    press(&mut app, "enter ctrl-u");
    type_text(&mut app, "y c");
    let effects = press(&mut app, "enter");
    assert_eq!(effects, []);
    let (line, _) = said(&app);
    assert!(line.contains("y c also is any.copy-conversation"), "{line}");
    let Some(Input::Line(_, typed)) = &app.input else {
        panic!("it can be mended");
    };
    assert_eq!(typed.value(), "y c");
}

/// D4: the question names what goes and when it was last used, and offers to export it first.
#[test]
fn a_deletion_names_its_object() {
    let mut app = app();
    let ids: Vec<SessionId> = app.targets().iter().map(|row| row.id().clone()).collect();
    update(&mut app, Msg::Deletable(ids, 806_000, Vec::new()));
    let lines = |app: &App| -> Vec<String> {
        let lines = app.dialog.as_ref().unwrap().lines.iter();
        lines.map(Clean::to_string).collect()
    };
    let told = lines(&app);
    assert_eq!(told[0], "Move the log of \"a\" (806 kB) to the trash?");
    assert_eq!(told[1], "Last used on 2026-11-20, just now.");
    look(&mut app);
    press(&mut app, "e");
    assert!(app.dialog.is_none() && app.form.is_some(), "exported first");
    press(&mut app, "esc");
    let id = |n: &str| SessionId::new(SOURCE, n);
    let busy = vec![(id("d"), "it is being written".into())];
    let ids = vec![id("a"), id("z")];
    update(&mut app, Msg::Deletable(ids, 2_000, busy));
    let told = lines(&app);
    assert_eq!(
        told[0],
        "Move the logs of 2 of 3 sessions (2 kB) to the trash, while 1 stays?"
    );
    assert_eq!(told[1], "d: it is being written");
    // A small screen has the buttons all the same, and the rest is moved through.
    for (width, height) in [(40, 8), (40, 12), (80, 24), (200, 60)] {
        update(&mut app, Msg::Resize(width, height));
        let open = app.dialog.as_ref().unwrap();
        let all = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
        let seen: std::collections::BTreeSet<usize> = all
            .filter_map(|(x, y)| crate::tui::view::dialog::button_at(&app, open, x, y))
            .collect();
        assert_eq!(seen.len(), 3, "{width} x {height}");
    }
    assert!(told[2].starts_with("The oldest was last used on 2026-11-20 (25m ago"));
}
