//! Keys that write into the query, and words that rank.

use super::*;
use crate::index::Order;
use crate::tui::views::View;

fn text(app: &App) -> &str {
    app.query.input.value()
}

/// Sessions of two projects, one of them with errors.
fn two_projects() -> App {
    let mut app = app();
    let mut other = session("other", 90);
    other.dir = Some(std::path::Path::new("/work/other").into());
    other.errors = 2;
    let mut mine = session("mine", 95);
    mine.dir = Some(std::path::Path::new("/home/ada/mine/deep").into());
    update(&mut app, Msg::Delta(told([other, mine])));
    app
}

#[test]
fn words_rank_until_another_order_is_chosen() {
    let mut app = app();
    let new = session("rebuild the reauthoriser", -5);
    let old = session("auth", 500);
    update(&mut app, Msg::Delta(told([new, old])));
    assert!(shown(&app).starts_with("rebuild the reauthoriser[a]"));
    press(&mut app, "/");
    type_text(&mut app, "auth");
    // The whole word is worth more than a part that is newer.
    assert_eq!(shown(&app), "[auth]rebuild the reauthoriser");
    assert_eq!(app.order().key.word(), "relevance");
    press(&mut app, "enter s d");
    assert_eq!(app.prefs.order(), Order::default());
    assert_eq!(shown(&app), "[rebuild the reauthoriser]auth");
    // That is remembered, and so is going back.
    press(&mut app, "X");
    assert_eq!(app.prefs.order().key.word(), "updated");
    press(&mut app, "s r");
    assert_eq!(app.order().key.word(), "updated");
    press(&mut app, "/");
    type_text(&mut app, "auth");
    assert_eq!(shown(&app), "[auth]rebuild the reauthoriser");
}

/// UX 5.5: words rank what they find, whatever order lists without words were given; the chosen one comes back with those.
#[test]
fn an_order_holds_for_the_words_beside_which_it_was_chosen() {
    let mut app = app();
    let new = session("rebuild the reauthoriser", -5);
    let old = session("auth", 500);
    update(&mut app, Msg::Delta(told([new, old])));
    let word = |app: &App| app.order().key.word();
    press(&mut app, "s n /");
    type_text(&mut app, "auth");
    assert_eq!(
        (word(&app), shown(&app)),
        ("relevance", "[auth]rebuild the reauthoriser".into())
    );
    let status = |app: &App| super::counting::lines(app).join("\n");
    assert!(status(&app).contains("sort: relevance"), "{}", status(&app));
    press(&mut app, "enter X");
    assert_eq!(word(&app), "title");
    // Chosen beside these words, for as long as these are looked for.
    press(&mut app, "/");
    type_text(&mut app, "auth");
    press(&mut app, "enter s d");
    assert_eq!(
        (word(&app), shown(&app)),
        ("updated", "[rebuild the reauthoriser]auth".into())
    );
    press(&mut app, "/ space");
    type_text(&mut app, "is:main");
    assert_eq!(word(&app), "updated");
    press(&mut app, "ctrl-u");
    type_text(&mut app, "reb");
    assert_eq!(word(&app), "relevance");
    // What the text says holds before all.
    type_text(&mut app, " sort:cost");
    assert_eq!(word(&app), "cost");
    press(&mut app, "enter X");
    assert_eq!(word(&app), "updated", "what was chosen last");
    // To have words rank again is no choice for the list.
    press(&mut app, "/");
    type_text(&mut app, "auth");
    press(&mut app, "enter s n s r");
    assert_eq!(word(&app), "relevance");
    press(&mut app, "X");
    assert_eq!(word(&app), "title");
}

#[test]
fn a_picker_writes_its_clause_and_takes_it_back() {
    let mut app = two_projects();
    press(&mut app, "/");
    type_text(&mut app, "o");
    press(&mut app, "enter f p");
    // What is typed narrows, and is not a key.
    type_text(&mut app, "oth");
    press(&mut app, "enter");
    assert_eq!(text(&app), "project:=other o");
    assert_eq!(shown(&app), "[other]");
    press(&mut app, "X f p down tab enter");
    assert_eq!(text(&app), "project:=other");
    // Its mark is taken away again; Space marks as in the list.
    press(&mut app, "f p space enter");
    assert_eq!(text(&app), "");
    press(&mut app, "f p esc");
    assert_eq!((text(&app), app.picker.is_none()), ("", true));
}

/// S2-20: the presets, for activity and for start, and a range of one's own.
#[test]
fn days_are_picked_for_activity_and_start() {
    let mut app = app();
    press(&mut app, "f d down enter");
    assert_eq!(text(&app), "date:7d");
    press(&mut app, "f d tab enter");
    assert_eq!(text(&app), "created:today date:7d");
    press(&mut app, "f d");
    type_text(&mut app, "all");
    press(&mut app, "enter");
    assert_eq!(text(&app), "created:today");
    press(&mut app, "f d");
    type_text(&mut app, "other");
    press(&mut app, "enter");
    assert_eq!(text(&app), "date: created:today");
    assert!(app.input.is_some());
}

#[test]
fn this_folder_and_everywhere_and_errors() {
    let mut app = two_projects();
    app.folder = "/home/ada/mine".into();
    press(&mut app, "f w");
    assert_eq!(
        (text(&app), shown(&app).as_str()),
        ("dir:~/mine/**", "[mine]")
    );
    press(&mut app, "f w f e");
    assert_eq!((text(&app), shown(&app).as_str()), ("errors:>0", "[other]"));
    press(&mut app, "f e");
    assert_eq!(text(&app), "");
    press(&mut app, "u");
    assert_eq!(text(&app), "errors:>0");
    // A folder whose name would be read as something else.
    app.folder = "/work/a b".into();
    press(&mut app, "X f w");
    assert_eq!(text(&app), "dir:\"/work/a b\"");
}

#[test]
fn where_nothing_matches_each_clause_has_a_key() {
    let mut app = two_projects();
    press(&mut app, "/");
    type_text(&mut app, "project:other errors:0 ohter");
    press(&mut app, "enter");
    assert_eq!(shown(&app), "");
    // The first key drops the first clause, and the others stay.
    press(&mut app, "2");
    assert_eq!(text(&app), "project:other ohter");
    press(&mut app, "~");
    assert_eq!(
        (text(&app), shown(&app).as_str()),
        ("project:other ~ohter", "[other]")
    );
    press(&mut app, "u u");
    assert_eq!(text(&app), "project:other errors:0 ohter");
}

#[test]
fn a_view_is_saved_and_opened_by_its_number() {
    let mut app = two_projects();
    press(&mut app, "f 1");
    assert!(!app.toasts.shown().is_empty());
    press(&mut app, "s c f p");
    type_text(&mut app, "other");
    press(&mut app, "enter f V ctrl-u");
    type_text(&mut app, "theirs");
    let effects = press(&mut app, "enter");
    let saved = effects.iter().find_map(|effect| match effect {
        Effect::SaveView(view) => Some(view.clone()),
        _ => None,
    });
    let order = app.prefs.order();
    assert_eq!(saved, Some(View::new(1, "theirs", "project:=other", order)));
    press(&mut app, "X s n");
    press(&mut app, "f 1");
    assert_eq!((text(&app), app.order()), ("project:=other", order));
}

#[test]
fn hidden_kinds_are_shown_for_good() {
    let mut app = app();
    let mut empty = session("empty", 5);
    empty.prompts = 0;
    update(&mut app, Msg::Delta(told([empty])));
    assert_eq!(app.list.entries.len(), 26);
    let effects = press(&mut app, "f h");
    assert_eq!(app.list.entries.len(), 27);
    assert!(matches!(effects.as_slice(), [Effect::Remember(prefs)] if prefs.all_kinds));
    press(&mut app, "f h");
    assert_eq!(app.list.entries.len(), 26);
}

#[test]
fn groups_have_names_that_the_cursor_passes() {
    let mut app = two_projects();
    let effects = press(&mut app, "g 2");
    assert!(
        matches!(effects.as_slice(), [Effect::Remember(prefs), ..] if prefs.group == "project")
    );
    let headings = |app: &App| {
        let names = app.list.entries.iter().filter_map(|e| e.heading.clone());
        names.map(|name| name.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(headings(&app), ["no project", "other", "deep"]);
    assert_eq!((app.list.cursor, app.list.place()), (1, (1, 28)));
    press(&mut app, "k");
    assert_eq!(app.list.cursor, 1);
    // Over the name to the next group, and back.
    press(&mut app, "G k");
    assert_eq!(app.selected().unwrap().id().native.as_ref(), "other");
    press(&mut app, "k");
    assert_eq!(app.selected().unwrap().id().native.as_ref(), "z");
    assert_eq!(app.list.place(), (26, 28));
    // The text says it too, and then the key takes that back.
    press(&mut app, "/");
    type_text(&mut app, "group:day");
    assert_eq!(headings(&app), ["today"]);
    press(&mut app, "enter g 0");
    assert_eq!((headings(&app).len(), text(&app)), (0, ""));
}

#[test]
fn what_stands_in_for_ranking_is_chosen_by_one_key() {
    let mut app = app();
    assert_eq!(app.order(), Order::default());
    press(&mut app, "s d");
    assert_eq!(
        (app.order(), app.prefs.order()),
        (Order::default(), Order::default())
    );
    press(&mut app, "s d");
    assert_ne!(app.order(), Order::default());
}

#[test]
fn each_visit_to_the_line_is_one_step_back() {
    let mut app = two_projects();
    // What is typed later is a word of its own.
    for words in ["a", "b"] {
        press(&mut app, "/");
        type_text(&mut app, words);
        press(&mut app, "enter");
    }
    press(&mut app, "f x u");
    assert_eq!(text(&app), "a b");
    press(&mut app, "u");
    assert_eq!(text(&app), "a");
    press(&mut app, "u");
    assert_eq!(text(&app), "");
}

#[test]
fn what_is_marked_stays_when_more_is() {
    let mut app = two_projects();
    press(&mut app, "/");
    type_text(&mut app, "project:!zebra,=deep");
    press(&mut app, "enter f p");
    // The cursor stands on what is marked.
    let picker = app.picker.as_ref().unwrap();
    assert_eq!(picker.choices[picker.cursor].label.as_str(), "deep");
    press(&mut app, "down tab enter");
    assert_eq!(text(&app), "project:=deep,=other,!zebra");
}

/// UX 5.5: what a view held goes only after a question, a number alone means that view, and it can be deleted.
#[test]
fn a_view_is_overwritten_and_deleted_by_its_name_or_number() {
    let mut app = two_projects();
    let save = |app: &mut App, query: &str, name: &str| {
        input::set_query(app, query);
        press(app, "f V");
        type_text(app, name);
        press(app, "enter")
    };
    let views = |app: &App| {
        let views = app.views.iter();
        let one = |v: &View| format!("{} {} {}", v.slot, v.name, v.query);
        views.map(one).collect::<Vec<_>>().join(", ")
    };
    save(&mut app, "project:other", "theirs");
    save(&mut app, "cost:>1", "4");
    assert_eq!(
        views(&app),
        "1 theirs project:other, 4 cost above $1 cost:>1"
    );
    // The same again asks nothing.
    save(&mut app, "project:other", "theirs");
    assert!(app.dialog.is_none());
    for name in ["theirs", "1"] {
        save(&mut app, "is:live", name);
        let dialog = app.dialog.as_ref().unwrap();
        assert_eq!(
            dialog.lines[0].as_str(),
            "View 1, theirs, is there: project:other"
        );
        press(&mut app, "enter");
        assert!(app.dialog.is_none() && views(&app).starts_with("1 theirs project:other,"));
    }
    save(&mut app, "is:live", "1");
    let effects = press(&mut app, "y");
    assert!(
        effects
            .iter()
            .any(|e| matches!(e, Effect::SaveView(view) if view.query == "is:live"))
    );
    assert!(
        views(&app).starts_with("1 theirs is:live,"),
        "{}",
        views(&app)
    );
    save(&mut app, "", "theirs");
    let effects = press(&mut app, "right right enter");
    assert!(
        effects
            .iter()
            .any(|e| matches!(e, Effect::DropView(view) if view.slot == 1))
    );
    assert_eq!(views(&app), "4 cost above $1 cost:>1");
}
