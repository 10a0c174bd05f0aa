//! What is done to all that is found, and what the query line offers on the way there.

use super::counting::{at, families, lines};
use super::*;

/// UX 2: what is done to all that is listed is done to what matches, and not to what stands there for the rows under it.
#[test]
fn what_stands_for_others_is_never_chosen() {
    let mut app = at(families(), 100, 30);
    let listed = app.list.total;
    press(&mut app, "/");
    type_text(&mut app, "is:sub");
    press(&mut app, "enter");
    assert_eq!(app.list.entries.len(), 3, "the root and both under it");
    let line = lines(&app)[1].clone();
    assert!(line.contains("2 found, 2 usually hidden"), "{line}");
    assert_eq!(app.list.total, listed);
    let chosen = |app: &App| {
        let mut ids: Vec<String> = app
            .list
            .chosen
            .iter()
            .map(|id| id.native.to_string())
            .collect();
        ids.sort();
        ids.join(" ")
    };
    press(&mut app, "ctrl-a");
    assert_eq!(chosen(&app), "helped helper");
    press(&mut app, "ctrl-a v j j v");
    assert_eq!(chosen(&app), "helped helper", "by a range");
    press(&mut app, "esc g g space");
    assert_eq!(chosen(&app), "", "nor by itself");
    assert_eq!(app.list.place(), (1, 2));
    // Figures are of what matches too.
    press(&mut app, "x c");
    let form = app.form.as_ref().unwrap();
    assert!(form.title.contains("2 sessions"), "{}", form.title);
}

/// UX 5.5: a field is taken and its values are offered at once; one without any tells what it asks.
#[test]
fn a_field_offers_what_can_stand_behind_it() {
    let mut app = at(families(), 100, 30);
    let below = |app: &App| lines(app)[2].trim_end().to_owned();
    press(&mut app, "/");
    type_text(&mut app, "proj");
    press(&mut app, "tab");
    assert_eq!(app.query.input.value(), "project:");
    assert!(below(&app).starts_with(" Tab  "), "{}", below(&app));
    assert!(below(&app).contains("loom "), "{}", below(&app));
    press(&mut app, "tab");
    assert_ne!(app.query.input.value(), "project:");
    press(&mut app, "ctrl-u");
    type_text(&mut app, "date:");
    assert!(
        below(&app).starts_with(" Tab  today 30  yesterday 0  7d 30"),
        "{}",
        below(&app)
    );
    press(&mut app, "ctrl-u");
    type_text(&mut app, "cmd:");
    assert_eq!(
        below(&app),
        " a command that was run, such as cmd:\"git push\""
    );
    press(&mut app, "ctrl-u");
    type_text(&mut app, "(is:sub");
    assert!(
        below(&app).ends_with("a parenthesis is open"),
        "{}",
        below(&app)
    );
}

/// UX 4.3: from hit to hit goes on into the session behind, and back into the one before, at its last hit.
#[test]
fn hits_go_on_into_the_next_session_and_back() {
    let mut app = app();
    let open = |app: &mut App, keys: &str, texts: &[&str]| {
        press(app, keys);
        let reader = app.reader.as_ref().unwrap();
        let (ticket, id) = (reader.ticket, reader.session.id.native.clone());
        let talk = super::reading::conversation(&id, texts);
        update(app, Msg::Opened(ticket, talk, false));
        (id.to_string(), app.document().unwrap().hits())
    };
    press(&mut app, "/");
    type_text(&mut app, "warp");
    let rows = app.index.newest_first();
    let found = rows[..2].iter().map(|row| (row.clone(), Some(1))).collect();
    let ticket = app.search.ticket;
    update(&mut app, Msg::Found(ticket, found, 0));
    assert_eq!(shown(&app), "[a]b");
    let a = ["a warp", "no weft", "that warp"];
    let b = ["one warp", "two warp", "three warp"];
    assert_eq!(
        open(&mut app, "enter enter", &a),
        ("a".to_owned(), Some((1, 2)))
    );
    let said = |app: &App| app.toasts.shown().last().unwrap().text.to_string();
    press(&mut app, "N");
    assert_eq!(said(&app), "first hit of the first session");
    assert_eq!(app.document().unwrap().hits(), Some((1, 2)));
    assert_eq!(open(&mut app, "n n n", &b), ("b".to_owned(), Some((1, 3))));
    press(&mut app, "n N N");
    assert_eq!(
        said(&app),
        "first hit here; N again goes to the session before"
    );
    assert_eq!(app.document().unwrap().hits(), Some((1, 3)));
    assert_eq!(open(&mut app, "N", &a), ("a".to_owned(), Some((2, 2))));
    press(&mut app, "N");
    assert_eq!(app.document().unwrap().hits(), Some((1, 2)));
}

/// UX 5.5: the place that is meant may be read later than another: who pressed nothing since is taken there.
#[test]
fn one_is_taken_to_a_better_place_that_is_read_later() {
    for (keys, number) in [("", 3), ("j", 1)] {
        let mut app = app();
        press(&mut app, "/");
        type_text(&mut app, "warp weft");
        let row = app.index.newest_first().first().cloned().unwrap();
        let ticket = app.search.ticket;
        update(&mut app, Msg::Found(ticket, vec![(row, Some(1))], 0));
        press(&mut app, "enter enter");
        let ticket = app.reader.as_ref().unwrap().ticket;
        let all = ["a warp\n\nand so on", "no loom", "the weft of a warp"];
        let read = |app: &mut App, texts: &[&str], more| {
            let talk = super::reading::conversation("a", texts);
            update(app, Msg::Opened(ticket, talk, more));
            app.document().unwrap().position().message
        };
        assert_eq!(read(&mut app, &all[..2], true), 1);
        if !keys.is_empty() {
            press(&mut app, keys);
        }
        assert_eq!(read(&mut app, &all, false), number, "{keys}");
    }
}

/// UX 7: what is looked for takes nobody away a second time; who looks for something else is taken to that.
#[test]
fn a_session_is_found_as_it_was_left() {
    let mut app = app();
    let open = |app: &mut App, keys: &str| {
        press(app, keys);
        let reader = app.reader.as_ref().unwrap();
        let (ticket, id) = (reader.ticket, reader.session.id.native.clone());
        let texts = [
            "a warp",
            "no weft",
            "that warp",
            "no end",
            "this warp\n\nand\n\nso on",
        ];
        let talk = super::reading::conversation(&id, &texts);
        update(app, Msg::Opened(ticket, talk, false));
    };
    let find = |app: &mut App, text: &str| {
        press(app, "/ ctrl-u");
        type_text(app, text);
        let rows = app.index.newest_first();
        let found = rows[..2].iter().map(|row| (row.clone(), Some(1))).collect();
        let ticket = app.search.ticket;
        update(app, Msg::Found(ticket, found, 0));
    };
    let place = |app: &mut App| {
        let document = app.document().unwrap();
        (document.position().message, document.line())
    };
    find(&mut app, "warp");
    open(&mut app, "enter enter");
    assert_eq!(place(&mut app).0, 1);
    press(&mut app, "G");
    let last = place(&mut app);
    assert!(last.0 == 5 && last.1 > 0, "{last:?}");
    open(&mut app, "h j");
    open(&mut app, "k enter");
    assert_eq!(place(&mut app), last);
    assert_eq!(
        app.document().unwrap().hits(),
        Some((3, 3)),
        "they are marked, and one is behind the last"
    );
    press(&mut app, "h");
    find(&mut app, "weft");
    open(&mut app, "enter j k enter");
    assert_eq!(place(&mut app).0, 2);
    // Who gave it up and looks for the same again goes on from the hit that he was at.
    press(&mut app, "h");
    find(&mut app, "warp");
    open(&mut app, "enter enter");
    press(&mut app, "n");
    let there = (place(&mut app), app.document().unwrap().hits());
    assert_eq!(there.1, Some((2, 3)));
    press(&mut app, "h X");
    find(&mut app, "warp");
    open(&mut app, "enter j k enter");
    assert_eq!((place(&mut app), app.document().unwrap().hits()), there);
}

/// Undoing what took a row out of the list goes back to that row: the next key is about what it was about.
#[test]
fn what_comes_back_by_undoing_is_where_the_cursor_is() {
    let mut app = app();
    press(&mut app, "j j j d");
    assert!(shown(&app).starts_with("abc[e]f"), "{}", shown(&app));
    press(&mut app, "u");
    assert!(shown(&app).starts_with("abc[d]ef"), "{}", shown(&app));
    press(&mut app, "space space j j d");
    assert!(shown(&app).starts_with("abcfg[h]"), "{}", shown(&app));
    press(&mut app, "u");
    assert!(shown(&app).starts_with("abc[d]ef"), "{}", shown(&app));
    // What stood there all along moves nobody.
    press(&mut app, "esc j * j j u");
    assert!(shown(&app).starts_with("abcdef[g]"), "{}", shown(&app));
}

/// UX 9: while everything is still read, whoever looks for something has the room for what is found.
#[test]
fn what_is_found_comes_before_how_far_reading_is() {
    let mut app = at(app(), 80, 24);
    app.loaded = false;
    let mut delta = told([]);
    delta.progress = Some(progress(10, 2_000));
    update(&mut app, Msg::Delta(delta));
    let loading = |app: &App| layout::panes(app).loading.is_some();
    assert!(loading(&app));
    press(&mut app, "/");
    type_text(&mut app, "warp");
    assert!(app.is_loading() && !loading(&app));
    press(&mut app, "ctrl-u");
    assert!(loading(&app));
}

/// UX 6: a word that comes at once is looked for as a whole. What fits by its title is known before anything is read,
/// and as long as that is told of an older question it counts for nothing.
#[test]
fn a_word_that_comes_at_once_is_one_question() {
    let mut app = app();
    press(&mut app, "/");
    app.more_keys = true;
    type_text(&mut app, "war");
    assert_eq!(app.search.ticket, 0);
    app.more_keys = false;
    let effects = press(&mut app, "p");
    let asked = |effect: &Effect| match effect {
        Effect::Search(ticket, query, ..) => Some((*ticket, query.to_string())),
        _ => None,
    };
    let asked: Vec<_> = effects.iter().filter_map(asked).collect();
    let [(first, text)] = asked.as_slice() else {
        panic!("{asked:?}");
    };
    assert_eq!(text, "warp");
    let rows = app.index.newest_first();
    let fits =
        |row: &Arc<crate::model::Row>, rank| [(row.id().clone(), rank)].into_iter().collect();
    // Nobody answers yet.
    update(&mut app, Msg::Key(keys::event("s").unwrap()));
    let ticket = app.search.ticket;
    update(&mut app, Msg::Fits(*first, fits(&rows[3], 1)));
    update(
        &mut app,
        Msg::Found(ticket, vec![(rows[0].clone(), Some(1))], 25),
    );
    assert_eq!(shown(&app), "[a]");
    update(&mut app, Msg::Fits(ticket, fits(&rows[4], 2)));
    update(
        &mut app,
        Msg::Found(ticket, vec![(rows[1].clone(), None)], 24),
    );
    assert_eq!(shown(&app), "[e]a");
}
