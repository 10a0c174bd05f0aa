//! The palette, the help, and what lies over the panes.

use super::*;

#[test]
fn the_palette_does_what_is_chosen_by_name_and_remembers_it() {
    let mut app = app();
    press(&mut app, ":");
    type_text(&mut app, "cost sort");
    let here = app.palette.as_ref().and_then(|p| p.here()).unwrap();
    assert_eq!(here.label.as_str(), "Sort by cost");
    assert_eq!(here.keys, ["s c"]);
    let effects = press(&mut app, "enter");
    assert!(app.palette.is_none());
    assert_eq!(app.order().key, crate::index::SortKey::Cost);
    assert!(effects.iter().any(|e| matches!(e, Effect::Remember(_))));
    press(&mut app, ":");
    let first = app.palette.as_ref().and_then(|p| p.here()).unwrap();
    assert_eq!(first.name, "sort-cost", "what was used last stands first");
    press(&mut app, "esc");
    assert!(app.palette.is_none());
}

#[test]
fn the_palette_says_why_something_cannot_be_done_here() {
    let mut app = app();
    press(&mut app, ":");
    type_text(&mut app, "next error");
    press(&mut app, "enter");
    let said = app.toasts.shown().last().unwrap().text.to_string();
    assert_eq!(said, "Next error: in a conversation");
    assert!(app.palette.is_some(), "another can be chosen");
}

#[test]
fn the_palette_takes_a_query_and_an_id() {
    let mut app = app();
    update(&mut app, Msg::Delta(told([session("5b1e9c2f-77", 3)])));
    press(&mut app, ":");
    type_text(&mut app, "5b1e9c2f");
    press(&mut app, "enter");
    assert_eq!(&*app.selected().unwrap().id().native, "5b1e9c2f-77");
    press(&mut app, ":");
    type_text(&mut app, "filter title:b");
    press(&mut app, "enter");
    assert_eq!(app.query.input.value(), "title:b");
}

#[test]
fn the_help_is_searched_by_typing_and_what_it_finds_can_be_done() {
    let mut app = app();
    press(&mut app, "?");
    let all = app.palette.as_ref().unwrap().left().len();
    type_text(&mut app, "group day");
    assert!(app.palette.as_ref().unwrap().left().len() < all);
    press(&mut app, "esc");
    press(&mut app, "?");
    type_text(&mut app, "s t");
    let here = app.palette.as_ref().and_then(|p| p.here()).unwrap();
    assert_eq!(here.label.as_str(), "Sort by tokens", "keys are found too");
}

#[test]
fn the_help_scrolls_to_its_end_and_back() {
    let mut app = app();
    press(&mut app, "?");
    for _ in 0..300 {
        press(&mut app, "down");
    }
    let last = app.palette.as_ref().unwrap().left().len() - 1;
    assert_eq!(app.palette.as_ref().unwrap().cursor, last);
    press(&mut app, "up");
    assert!(app.palette.as_ref().unwrap().cursor < last);
}
