//! What is counted is what the list shows, and what is typed is seen beside it.

use std::path::Path;

use ratatui::Terminal;
use ratatui::backend::TestBackend;

use super::*;
use crate::tui::picker::Picker;

/// The screen in lines.
pub fn lines(app: &App) -> Vec<String> {
    let (width, height) = app.size;
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    let draw = |frame: &mut ratatui::Frame<'_>| crate::tui::view::view(app, frame);
    terminal.draw(draw).unwrap();
    let buffer = terminal.backend().buffer().clone();
    let line = |y| (0..width).map(|x| buffer[(x, y)].symbol()).collect();
    (0..height).map(line).collect()
}

pub fn at(mut app: App, width: u16, height: u16) -> App {
    update(&mut app, Msg::Resize(width, height));
    app
}

fn shown_now(app: &App) -> usize {
    app.list.place().1
}

/// Sessions of two projects of one name and of one other, with sub-agents, a fork elsewhere, and empty ones.
pub fn families() -> App {
    let mut app = app();
    let of = |id: &str, minutes, dir: &str| {
        let mut one = session(id, minutes);
        one.dir = Some(Path::new(dir).into());
        one
    };
    let child = |id: &str, parent: &str, kind, dir| {
        let mut one = of(id, 200, dir);
        (one.parent, one.kind) = (Some(parent.into()), kind);
        one
    };
    let mut sessions = vec![
        of("first", 100, "/work/dev/proj"),
        of("second", 101, "/work/dev/proj"),
        of("third", 102, "/work/old/proj"),
        of("fourth", 103, "/home/ada/loom"),
        child("helper", "first", Kind::SubAgent, "/work/dev/proj"),
        child("helped", "first", Kind::SubAgent, "/home/ada/loom"),
        child("forked", "third", Kind::Fork, "/work/dev/proj"),
    ];
    for n in 0..12 {
        let mut empty = of(&format!("empty{n}"), 300 + n, "/work/dev/proj");
        empty.prompts = 0;
        sessions.push(empty);
    }
    update(&mut app, Msg::Delta(told(sessions)));
    app
}

/// X5: whoever reads and comes back finds the list as it was left, where it was not seen meanwhile.
#[test]
fn the_list_stands_as_it_was_left() {
    for (width, height, away, back) in [(80, 24, "enter", "q"), (120, 40, "Z enter", "q Z")] {
        let mut app = at(app(), width, height);
        press(&mut app, "j j j j j j j j j j j j k k");
        let before = (app.list.top, app.list.cursor);
        assert!(before.0 < before.1);
        press(&mut app, away);
        press(&mut app, back);
        assert_eq!((app.list.top, app.list.cursor), before, "{width}x{height}");
    }
}

/// UX 5.5: a wrong value says why, before anything is counted, and offers have the whole line.
#[test]
fn what_is_typed_comes_before_what_is_counted() {
    let mut app = at(families(), 80, 24);
    let line = |app: &App| lines(app)[2].trim_end().to_owned();
    assert!(line(&app).ends_with("(f h)"), "{}", line(&app));
    press(&mut app, "/");
    type_text(&mut app, "cost:>abc");
    assert_eq!(line(&app), " cost:>abc: `abc` is no number");
    press(&mut app, "enter");
    let kept = line(&app);
    assert!(kept.starts_with(" cost:>abc: `abc` is no number") && kept.ends_with("(f h)"));
    press(&mut app, "X /");
    type_text(&mut app, "is:");
    let offered = line(&app);
    assert!(
        offered.starts_with(" Tab  sub 2  fork 1  empty 12  "),
        "{offered}"
    );
    assert!(!offered.contains("hidden"), "{offered}");
    // The one that is chosen is always seen.
    for _ in 0..12 {
        press(&mut app, "tab");
        let value = app.query.input.value().trim_start_matches("is:").to_owned();
        let offered = line(&app);
        assert!(offered.contains(&format!(" {value} ")), "{offered}");
    }
    press(&mut app, "ctrl-u");
    type_text(
        &mut app,
        "project:loom -tag:something-long -title:something-else",
    );
    press(&mut app, "enter");
    let kept = line(&app);
    assert!(
        kept.contains("[project:loom x] [-tag:something-long x]"),
        "{kept}"
    );
    assert!(
        kept.ends_with("hidden (f h)") || !kept.contains("hidden"),
        "{kept}"
    );
}

/// UX 3: what is hidden is counted with its key at every width.
#[test]
fn a_counter_never_loses_its_key() {
    let mut app = families();
    let mut soon = session("soon", 5);
    soon.kind = Kind::Main;
    update(&mut app, Msg::Delta(told([soon])));
    for width in 40..=200 {
        let app = {
            update(&mut app, Msg::Resize(width, 24));
            &app
        };
        let line = lines(app)[2].trim_end().to_owned();
        assert!(line.ends_with("(f h)"), "{width}: {line}");
    }
}

/// UX 2.6: the head, the frame and the status line say one number for one thing.
#[test]
fn one_number_for_one_thing() {
    let mut app = at(families(), 200, 60);
    let agree = |app: &App, of: usize| {
        let all = lines(app);
        let frame = all
            .iter()
            .find(|line| line.contains("─ 1 of ") || line.contains("- 1 of "));
        let text = all.join("\n");
        assert!(
            frame.is_none_or(|line| line.contains(&format!(" of {of} "))),
            "{text}"
        );
        assert!(text.contains(&format!("LIST 1/{of} ")), "{text}");
        assert_eq!(shown_now(app), of, "{text}");
        text
    };
    let text = agree(&app, 30);
    assert!(text.contains("30 sessions"), "{text}");
    // What was hidden and what was shown are all there is.
    let hidden: usize = app.list.hidden.values().sum();
    assert_eq!(hidden + 30, app.index.rows().len());
    press(&mut app, "f h");
    let all = app.index.rows().len();
    let text = agree(&app, all);
    assert!(text.contains(&format!("{all} sessions")), "{text}");
    press(&mut app, "f h /");
    // Only what is under it is found, so the root is no match.
    type_text(&mut app, "title:help");
    press(&mut app, "enter");
    assert_eq!(app.list.entries.len(), 3);
    let text = agree(&app, 2);
    assert!(text.contains("2 found, 2 usually hidden"), "{text}");
    press(&mut app, "X /");
    type_text(&mut app, "limit:5");
    let text = agree(&app, 5);
    assert!(text.contains("5 of 30 "), "{text}");
}

/// Gap 3: without a clause the list would have what it then has.
#[test]
fn what_a_clause_costs_is_what_its_key_brings() {
    for query in ["zzzqqq", "title:zzz project:loom", "is:starred dir:/work"] {
        let mut app = at(families(), 120, 40);
        press(&mut app, "/");
        type_text(&mut app, query);
        press(&mut app, "enter");
        assert!(app.is_without_match());
        let text = lines(&app).join("\n");
        let (_, told) = text.split_once("1  without ").unwrap();
        let told = told.split_whitespace().nth(1).unwrap().to_owned();
        press(&mut app, "1");
        assert_eq!(told, shown_now(&app).to_string(), "{query}\n{text}");
    }
}

/// UX 5.5: each choice and each offer has the number of rows that the list shows with it.
#[test]
fn choices_count_what_the_list_will_show() {
    for beside in ["", "-title:second"] {
        let mut app = families();
        press(&mut app, "/");
        type_text(&mut app, beside);
        press(&mut app, "enter");
        let choices = Picker::values(&app, "project").choices;
        let labels: Vec<&str> = choices.iter().map(|c| c.label.as_str()).collect();
        assert!(
            labels.contains(&"dev/proj") && labels.contains(&"old/proj"),
            "{labels:?}"
        );
        for choice in choices {
            let text = app
                .query
                .query
                .with("project", Some(&format!("project:{}", choice.value)));
            let mut app = families();
            super::super::input::set_query(&mut app, &text);
            assert_eq!(choice.count, Some(shown_now(&app)), "{text}");
        }
    }
    let mut app = families();
    press(&mut app, "/");
    type_text(&mut app, "project:");
    for offer in app.query.offers.clone() {
        let mut app = families();
        super::super::input::set_query(&mut app, &offer.text);
        assert_eq!(offer.count, Some(shown_now(&app)), "{}", offer.text);
    }
    press(&mut app, "ctrl-u");
    type_text(&mut app, "word project:");
    assert!(!app.query.offers.is_empty());
    assert!(
        app.query.offers.iter().all(|offer| offer.count.is_none()),
        "only a search can tell"
    );
}

/// UX 6: a project has one name, in its rows and above its group.
#[test]
fn a_group_is_called_as_its_rows_are() {
    let mut app = families();
    press(&mut app, "g 2");
    let names = app
        .list
        .entries
        .iter()
        .filter_map(|entry| entry.heading.clone());
    let names: Vec<String> = names.map(|name| name.to_string()).collect();
    assert_eq!(names, ["no project", "dev/proj", "old/proj", "loom"]);
}

/// What a conversation has as a whole stands nowhere in it: no line under its row says where.
#[test]
fn only_words_have_places() {
    let mut app = app();
    for (query, has) in [
        ("has:image", false),
        ("has:image x", true),
        ("-x", false),
        ("tool:bash", true),
    ] {
        press(&mut app, "X /");
        type_text(&mut app, query);
        press(&mut app, "enter");
        assert!(app.is_searching());
        assert_eq!(app.shows_hits(), has, "{query}");
    }
}

/// A view is called as its query reads, unless somebody types a name.
#[test]
fn a_name_for_a_view_is_offered_and_not_in_the_way() {
    let mut app = families();
    press(&mut app, "/");
    type_text(&mut app, "project:loom");
    press(&mut app, "enter f V");
    assert!(lines(&app).join("\n").contains("project loom"));
    type_text(&mut app, "dear");
    press(&mut app, "enter f V enter f V tab ! enter");
    let names: Vec<&str> = app.views.iter().map(|view| view.name.as_str()).collect();
    assert_eq!(names, ["dear", "project loom", "project loom!"]);
    let sorts = app.views.iter().map(|view| view.sort.as_deref());
    assert!(
        sorts.clone().all(|sort| sort == Some("updated-")),
        "as the status line says"
    );
    // To open it chooses no order that holds anyway.
    let before = app.prefs.order();
    press(&mut app, "X f 1");
    assert_eq!(app.prefs.order(), before);
}

/// UX 4.5: words are turned through their forms, and a session is read between two letters.
#[test]
fn words_turn_and_a_session_is_read_while_typing() {
    let mut app = at(app(), 80, 24);
    press(&mut app, "/");
    type_text(&mut app, "b");
    let mut turned = Vec::new();
    for _ in 0..4 {
        press(&mut app, "ctrl-g");
        turned.push(app.query.input.value().to_owned());
    }
    assert_eq!(turned, ["~b", "\"b\"", "/b/", "b"]);
    press(&mut app, "ctrl-o");
    assert_eq!((app.focus, app.input.is_none()), (Pane::Reader, true));
    press(&mut app, "q");
    type_text(&mut app, "c");
    assert_eq!(app.query.input.value(), "bc");
}

/// UX 3.3: on a small screen the first run shows its keys, and the rest of its table when it is asked for.
#[test]
fn the_first_run_fits_and_scrolls() {
    let mut app = app();
    let gone = ('a'..='z').map(|c| Retired::Unit(unit(&c.to_string())));
    let mut delta = Delta {
        retired: gone.collect(),
        ..Delta::default()
    };
    let mut found = progress(26, 26);
    let looked = (0..20).map(|n| {
        let path = Path::new("/home/ada")
            .join("long/".repeat(n))
            .join(format!("place{n}"));
        (path, "default", SourceState::NotThere)
    });
    found.sources[0].looked = looked.collect();
    delta.progress = Some(found);
    update(&mut app, Msg::Delta(delta));
    let mut app = at(app, 80, 24);
    let text = lines(&app).join("\n");
    for said in [
        "What you can do",
        "... 14 more",
        "look again",
        "quit",
        "place5 ",
    ] {
        assert!(text.contains(said), "{said}\n{text}");
    }
    let columns: Vec<usize> = text
        .lines()
        .filter_map(|line| line.find("not there"))
        .collect();
    assert_eq!(columns.len(), 6);
    assert!(columns.windows(2).all(|two| two[0] == two[1]), "{text}");
    press(&mut app, "down j");
    assert!(lines(&app).join("\n").contains("... 12 more"));
    press(&mut app, "end");
    let text = lines(&app).join("\n");
    assert!(
        text.contains("place19 ") && text.contains("... 14 above"),
        "{text}"
    );
    press(&mut app, "home pagedown k");
    assert_eq!(app.looked_top, 5);
    for (width, height) in [(40, 8), (40, 12), (60, 24), (200, 60)] {
        update(&mut app, Msg::Resize(width, height));
        let last = lines(&app).pop().unwrap();
        for key in ["r look", "a add", "d sample", "? help", "q quit"] {
            assert!(last.contains(key), "{last}");
        }
    }
}

/// UX 3.1: a screen that is too small says what it needs, in as many lines as that takes.
#[test]
fn a_screen_that_is_too_small_says_how_large() {
    let app = at(app(), 20, 5);
    let text = lines(&app).join(" ");
    assert!(text.contains("need 40 x 8"), "{text}");
}

/// Keys that would do nothing are no hints.
#[test]
fn slips_are_forgiven_only_in_words() {
    let mut app = at(app(), 120, 40);
    for (query, has) in [("title:zzz", false), ("zzz", true)] {
        press(&mut app, "X /");
        type_text(&mut app, query);
        press(&mut app, "enter");
        let hint = lines(&app).pop().unwrap();
        assert_eq!(hint.contains("forgive slips"), has, "{hint}");
    }
    // The slip of a field that is none is in its name.
    let forgiving = |text: &str| crate::query::Query::parse(text, &app.context).forgiving();
    assert_eq!(
        forgiving("costs:>1 parsr").as_deref(),
        Some("cost:>1 ~parsr")
    );
    // Words are not looked for in what tools answered, and that is told.
    let in_output = |text: &str| crate::query::Query::parse(text, &app.context).in_output();
    let asked = in_output("cost:>1 parser \"no such\"");
    assert_eq!(asked.as_deref(), Some("out:parser out:\"no such\""));
    assert_eq!(in_output("parser out:x"), None);
    assert_eq!(in_output("std::vec"), None);
    assert_eq!(forgiving("std::vec").as_deref(), Some("~std::vec"));
}

/// A column that is hidden is not another one under the cursor: the same key brings it back.
#[test]
fn the_cursor_goes_with_the_column_that_is_hidden() {
    let mut app = at(app(), 200, 60);
    let shown = |app: &App| -> Vec<&str> {
        let placed = app.manner.columns.get(app.class()).iter();
        placed.map(|placed| placed.column.name).collect()
    };
    let before = shown(&app);
    press(&mut app, ", down space");
    assert_eq!(shown(&app).len(), before.len() - 1);
    press(&mut app, "space");
    let mut after = shown(&app);
    let mut all = before.clone();
    after.sort_unstable();
    all.sort_unstable();
    assert_eq!(after, all);
}
