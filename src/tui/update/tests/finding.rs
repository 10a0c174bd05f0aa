//! Finding in an open conversation, from its first letter until it is left.

use super::reading::{conversation, opened};
use super::*;

/// UX 4.5: what is found begins with an empty line; what was found before is had again with Up, and with Enter at once.
#[test]
fn finding_begins_anew_and_remembers() {
    let mut app = app();
    let open = opened(&press(&mut app, "enter"));
    let ticket = open.last().map_or(app.tickets, |o| o.0);
    let talk = conversation("a", &["warp and weft", "more warp", "weft alone"]);
    update(&mut app, Msg::Opened(ticket, talk, false));
    let hit = |app: &mut App| app.document().and_then(|d| d.hits());
    let typed = |app: &App| match &app.input {
        Some(Input::Find(input)) => Some(input.value().to_owned()),
        _ => None,
    };
    press(&mut app, "/");
    type_text(&mut app, "warp");
    press(&mut app, "enter");
    assert_eq!((hit(&mut app), typed(&app)), (Some((1, 2)), None));
    press(&mut app, "/");
    assert_eq!(typed(&app).as_deref(), Some(""));
    assert_eq!(
        hit(&mut app),
        Some((1, 2)),
        "it stays until another is typed"
    );
    type_text(&mut app, "weft alone");
    assert_eq!(hit(&mut app), Some((1, 1)));
    press(&mut app, "enter");
    press(&mut app, "/ up");
    assert_eq!(typed(&app).as_deref(), Some("weft alone"));
    press(&mut app, "alt-up");
    assert_eq!(typed(&app).as_deref(), Some("warp"));
    assert_eq!(hit(&mut app).map(|(_, of)| of), Some(2));
    press(&mut app, "alt-down");
    assert_eq!(typed(&app).as_deref(), Some("weft alone"));
    press(&mut app, "alt-down");
    assert_eq!((typed(&app).as_deref(), hit(&mut app)), (Some(""), None));
    press(&mut app, "enter");
    assert_eq!(hit(&mut app), Some((1, 1)), "as before");
    // Whoever leaves the line has what was found before; Ctrl+G makes a pattern of it and takes that back.
    press(&mut app, "/");
    type_text(&mut app, "warp");
    assert_eq!(hit(&mut app).map(|(_, of)| of), Some(2));
    press(&mut app, "esc");
    assert_eq!(app.reader.as_ref().unwrap().needle, "weft alone");
    assert_eq!(hit(&mut app).map(|(_, of)| of), Some(1));
    press(&mut app, "/");
    type_text(&mut app, "w[ae]");
    assert_eq!(hit(&mut app).map(|(_, of)| of), Some(0));
    press(&mut app, "ctrl-g");
    assert_eq!(typed(&app).as_deref(), Some("/w[ae]/"));
    assert_eq!(hit(&mut app).map(|(_, of)| of), Some(4));
    press(&mut app, "ctrl-g");
    assert_eq!(typed(&app).as_deref(), Some("w[ae]"));
    press(&mut app, "esc");

    press(&mut app, "esc");
    assert_eq!(hit(&mut app), None);
    press(&mut app, "/ enter");
    assert_eq!(app.reader.as_ref().unwrap().needle, "w[ae]");
}

/// UX 4.1: Esc leaves what was found; what is searched is marked again.
#[test]
fn behind_a_find_the_words_of_the_query_are_marked_again() {
    let mut app = app();
    press(&mut app, "/");
    type_text(&mut app, "w");
    press(&mut app, "enter");
    press(&mut app, "enter");
    let reader = app.reader.as_ref().unwrap();
    let (ticket, id) = (reader.ticket, reader.session.id.native.to_string());
    let talk = conversation(&id, &["warp and weft", "more warp", "weft alone"]);
    update(&mut app, Msg::Opened(ticket, talk, false));
    let hit = |app: &mut App| app.document().and_then(|d| d.hits());
    assert_eq!(hit(&mut app), Some((1, 4)));
    press(&mut app, "/");
    type_text(&mut app, "alone");
    press(&mut app, "enter");
    assert_eq!(hit(&mut app), Some((1, 1)));
    let place = app.document().unwrap().place();
    press(&mut app, "esc");
    assert_eq!(hit(&mut app).map(|(_, of)| of), Some(4));
    assert_eq!(app.document().unwrap().place(), place);
    press(&mut app, "N");
    assert_eq!(hit(&mut app), Some((3, 4)));
}

/// UX 7: what is found nowhere takes nobody away, and neither does finding that is left.
#[test]
fn finding_begins_where_one_stands() {
    let mut app = app();
    press(&mut app, "enter");
    let said: Vec<String> = (0..40).map(|n| format!("said {n}")).collect();
    let mut said: Vec<&str> = said.iter().map(String::as_str).collect();
    said[35] = "a token";
    let (ticket, talk) = (app.tickets, conversation("a", &said));
    update(&mut app, Msg::Opened(ticket, talk, false));
    press(&mut app, ": 2 0 enter");
    let at = |app: &mut App| app.document().unwrap().position().message;
    let here = at(&mut app);
    press(&mut app, "/ t o k e n");
    assert_eq!(at(&mut app), 36);
    press(&mut app, "x");
    assert_eq!(at(&mut app), here);
    press(&mut app, "backspace");
    assert_eq!(at(&mut app), 36);
    press(&mut app, "esc");
    assert_eq!(at(&mut app), here);
    press(&mut app, "esc / t o k enter");
    assert_eq!(at(&mut app), 36);
}
