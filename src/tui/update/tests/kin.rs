//! Sessions that are listed for what is said in those under them.

use super::super::super::settings::SettingsDialog;
use super::counting::{at, families, lines};
use super::*;
use crate::query::Scope as Said;
use crate::search::{Fit, Hit};

fn hit(line: &str) -> Hit {
    Hit {
        fit: Fit::All,
        number: 2,
        role: Role::Assistant,
        scope: Said::Assistant,
        at: None,
        lines: vec![Clean::line(line)],
        line: 0,
        place: (0, 4),
        count: 1,
    }
}

fn open(app: &App) -> &str {
    &app.reader.as_ref().unwrap().session.id.native
}

fn here(app: &App) -> &str {
    &app.selected().unwrap().id().native
}

/// A word that only two sub-agents have, their root listed over them.
fn found(width: u16, height: u16) -> App {
    let mut app = at(families(), width, height);
    press(&mut app, "/");
    type_text(&mut app, "help");
    press(&mut app, "enter");
    assert_eq!(shown(&app), "[first]helpedhelper");
    app
}

/// UX 6, 13.1: such a row says where the hits are, and what is read for it is the first session that has them.
#[test]
fn a_root_without_hits_says_where_they_are() {
    for (width, height) in [(80, 24), (120, 40), (200, 60)] {
        let mut app = found(width, height);
        let text = lines(&app).join("\n");
        assert!(text.contains("in 2 sub-agents below"), "{text}");
        assert_eq!(open(&app), "helped", "{width}");
        let ticket = app.search.ticket;
        for (id, many) in [("helped", 3), ("helper", 2)] {
            let hits = vec![hit("help is near"), hit("help again")];
            let id = SessionId::new(SOURCE, id);
            update(&mut app, Msg::Hits(ticket, id, hits, many));
        }
        let text = lines(&app).join("\n");
        let row = text
            .lines()
            .find(|line| line.contains("in 2 sub-agents below"));
        assert!(row.unwrap().contains("5 hits"), "{text}");
        let is_listed = text.contains("3 hits in the first row under the selected one");
        assert_eq!(is_listed, width == 200, "{text}");
        press(&mut app, "enter");
        assert_eq!((app.focus, open(&app)), (Pane::Reader, "helped"));
    }
}

/// From one to the next no session is read twice, and none is left out.
#[test]
fn going_on_passes_over_what_was_read_for_the_root() {
    let mut app = found(120, 40);
    press(&mut app, "enter ]");
    assert_eq!((here(&app), open(&app)), ("helper", "helper"));
    press(&mut app, "[");
    assert_eq!((here(&app), open(&app)), ("helped", "helped"));
    press(&mut app, "[");
    assert_eq!((here(&app), open(&app)), ("first", "helped"));
    // The root itself is read by whoever goes to it by name.
    press(&mut app, "g p");
    assert_eq!(open(&app), "first");
    press(&mut app, "backspace");
    assert_eq!(open(&app), "helped");
}

/// More of a family may be found while one of it is read.
#[test]
fn what_is_read_stays_while_more_is_found() {
    let mut app = found(120, 40);
    press(&mut app, "enter");
    let mut new = session("abe needs help", 150);
    (new.parent, new.kind) = (Some("first".into()), Kind::SubAgent);
    let effects = update(&mut app, Msg::Delta(told([new])));
    answer(&mut app, &effects);
    assert!(shown(&app).contains("abe needs help"), "{}", shown(&app));
    assert_eq!((here(&app), open(&app)), ("first", "helped"));
}

/// A query of fields finds rows, not lines: the root is read as itself.
#[test]
fn without_words_a_root_is_read_itself() {
    let mut app = at(families(), 120, 40);
    press(&mut app, "/");
    type_text(&mut app, "title:help");
    press(&mut app, "enter");
    assert_eq!(here(&app), "first");
    assert_eq!(open(&app), "first");
}

/// X5, UX 9: until something answers, no number of matches is told.
#[test]
fn what_is_not_found_yet_is_not_counted() {
    let mut app = at(app(), 120, 40);
    update(&mut app, Msg::Key(keys::event("/").unwrap()));
    let effects = update(&mut app, Msg::Key(keys::event("k").unwrap()));
    let head = lines(&app)[1].clone();
    assert!(
        head.trim_end().ends_with("searching 26") && !head.contains(" of "),
        "{head}"
    );
    answer(&mut app, &effects);
    let head = lines(&app)[1].clone();
    assert!(head.trim_end().ends_with("1 of 26"), "{head}");
}

/// UX 5.5: what is wrong with a query is told where there is no line of clauses too.
#[test]
fn what_is_wrong_is_told_on_small_screens() {
    for (width, height) in [(40, 12), (80, 19), (120, 19)] {
        let mut app = at(app(), width, height);
        press(&mut app, "/");
        type_text(&mut app, "cost:ab");
        let text = lines(&app).join("\n");
        assert!(text.contains("`ab` is no number"), "{text}");
        assert!(text.contains("/26"), "the place stays: {text}");
        press(&mut app, "enter X /");
        type_text(&mut app, "costs:1");
        let text = lines(&app).join("\n");
        assert!(text.contains("no field `costs`"), "{text}");
        press(&mut app, "enter X");
        assert!(!lines(&app).join("\n").contains("no field"));
    }
}

/// UX 4: every word of a menu is whole at every size; where they have no room together it scrolls.
#[test]
fn menus_show_all_of_their_words() {
    for (width, height) in [(40, 12), (60, 16), (80, 24), (120, 40), (200, 60)] {
        for prefix in ["s", "o", "x"] {
            let mut app = at(app(), width, height);
            press(&mut app, prefix);
            later(&mut app, 1);
            let mut seen = String::new();
            for _ in 0..20 {
                seen.push_str(&lines(&app).join("\n"));
                press(&mut app, "down");
            }
            assert_eq!(app.prefix.as_deref(), Some(prefix));
            let menu = app.manner.keys.menu(scope(&app), prefix);
            for (key, help) in menu {
                let short = help.strip_prefix("Sort by ").unwrap_or(help);
                let fits = short.len() + 6 < usize::from(width);
                assert!(
                    !fits || seen.contains(short),
                    "{width} {prefix} {key}: {short}\n{seen}"
                );
            }
            press(&mut app, "pageup pageup up");
            assert_eq!(app.menu_top, 0, "{width} {prefix}");
        }
    }
    let mut app = at(app(), 40, 12);
    press(&mut app, "s down c");
    assert_eq!(
        app.order().key.word(),
        "cost",
        "and its keys hold meanwhile"
    );
    assert_eq!((app.prefix.as_deref(), app.menu_top), (None, 0));
}

/// UX 3.3, 9: where nothing was found a folder of logs is added: of which agent, then where.
#[test]
fn a_folder_is_added_where_nothing_was_found() {
    let id = crate::sources::SOURCES[0].card().id;
    let label = crate::sources::SOURCES[0].card().label;
    for (width, height) in [(40, 12), (80, 24), (200, 60)] {
        let mut app = app();
        let gone = ('a'..='z').map(|c| Retired::Unit(unit(&c.to_string())));
        let mut delta = Delta {
            retired: gone.collect(),
            ..Delta::default()
        };
        let mut found = progress(26, 26);
        found.sources[0].source = id;
        delta.progress = Some(found);
        update(&mut app, Msg::Delta(delta));
        let mut app = at(app, width, height);
        assert!(app.is_first_run());
        press(&mut app, "a");
        assert!(lines(&app).join("\n").contains(label));
        press(&mut app, "enter");
        type_text(&mut app, "logs");
        let text = lines(&app).join("\n");
        assert!(
            text.contains(&format!("folder of {label}: ~/logs")),
            "{text}"
        );
        let effects = press(&mut app, "enter");
        assert_eq!(effects, [Effect::AddFolder(id, "~/logs".into())]);
        assert!(app.input.is_none());
        // What is left takes nothing along.
        press(&mut app, "a enter esc");
        assert!(app.input.is_none() && app.palette.is_none());
        assert_eq!(press(&mut app, "a enter ctrl-u enter"), []);
    }
    // Where there are sessions, the key is another's.
    let mut app = app();
    app.settings = Some(SettingsDialog::default());
    press(&mut app, "esc a");
    assert!(app.palette.is_none());
}

/// UX 6: what is unfolded without being found is no match.
#[test]
fn unfolding_finds_nothing_more() {
    let mut app = at(families(), 120, 40);
    press(&mut app, "/");
    type_text(&mut app, "title:first");
    press(&mut app, "enter +");
    assert_eq!((app.list.entries.len(), app.list.matching), (3, 1));
    press(&mut app, "X");
    assert_eq!(app.list.matching, app.list.total);
}
