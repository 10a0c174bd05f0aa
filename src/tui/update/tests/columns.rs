//! Columns: chosen in the dialog, dragged by their edges, carried by views.

use super::settings::{DOWN, DRAG, UP, items, mouse, screen, set};
use super::*;
use crate::config::edit::New;
use crate::index::SortKey;
use crate::tui::columns::{Class, Columns, written};
use crate::tui::settings::lines;
use crate::tui::view;

/// The line of titles and its row, in an app whose list is a table.
fn header(app: &App) -> (String, u16) {
    let at = view::layout::panes(app).header().unwrap().y;
    (screen(app)[usize::from(at)].clone(), at)
}

/// An app of 80 cells, where the list is a table over a preview.
fn table() -> App {
    let mut app = app();
    update(&mut app, Msg::Resize(80, 24));
    app
}

/// UX 6: columns are shown, moved and widened in the dialog; the list shows it at once, and the file gets it.
#[test]
fn columns_are_chosen_in_the_dialog() {
    let mut app = table();
    press(&mut app, ",");
    assert_eq!(app.settings.unwrap().class, Class::Table);
    let first = "source title project messages tokens cost updated";
    let now = |app: &App| written(app.columns(Class::Table)).join(" ");
    assert_eq!(now(&app), first);
    // The project away, the next one a place on and one cell wider.
    let effects = press(&mut app, "j j space");
    let without = ["source", "title", "messages", "tokens", "cost", "updated"];
    assert_eq!(
        set(&effects),
        [("ui.columns.table".into(), items(&without))]
    );
    let mut app = table();
    press(&mut app, ", j j j J > >");
    assert_eq!(
        now(&app),
        "source title project tokens messages:7 cost updated"
    );
    assert_eq!(app.settings.unwrap().cursor, 4, "the cursor goes along");
    press(&mut app, "K < G");
    assert_eq!(
        now(&app),
        "source title project messages:6 tokens cost updated"
    );
    // What is not shown yet comes last.
    let all = lines(&app, &app.settings.unwrap());
    assert_eq!(all[7].mark, Some(false));
    press(&mut app, "g g j j j j j j j j j j j j j space");
    assert!(now(&app).ends_with(" updated eval"), "{}", now(&app));
    press(&mut app, "esc");
    assert!(header(&app).0.contains("Eval"), "{:?}", screen(&app));
    let effects = press(&mut app, ", r");
    assert_eq!(set(&effects), [("ui.columns.table".into(), New::Nothing)]);
    assert_eq!(now(&app), first);
    assert_eq!(app.manner.columns, Columns::default());
    // Another kind of list has columns of its own.
    press(&mut app, "w space");
    assert_eq!(now(&app), first);
    assert!(!written(app.columns(Class::Wide)).contains(&"source".into()));
    press(&mut app, "w j");
    assert_eq!(
        set(&press(&mut app, "space")),
        [],
        "its title stays in a row"
    );
}

#[test]
fn one_column_stays() {
    let mut app = table();
    press(&mut app, ",");
    for _ in 0..8 {
        press(&mut app, "g g space");
    }
    assert_eq!(app.columns(Class::Table).len(), 1);
}

/// What is read of the file while later changes are on their way there is not the last word.
#[test]
fn later_changes_are_not_taken_back_by_earlier_ones() {
    let mut app = table();
    press(&mut app, ",");
    press(&mut app, "space");
    press(&mut app, "g g j j space");
    let now = written(app.columns(Class::Table));
    let earlier = Manner::default();
    update(&mut app, Msg::SettingKept(Ok(None)));
    update(&mut app, Msg::Manner(Box::new(earlier)));
    assert_eq!(written(app.columns(Class::Table)), now);
    let effects = update(&mut app, Msg::SettingKept(Ok(None)));
    assert!(effects.contains(&Effect::ReadOurs));
    assert_eq!(app.setting, 0);
    update(&mut app, Msg::Manner(Box::default()));
    assert_eq!(app.manner.columns, Columns::default());
}

/// Settings that are read again between two keys of one command do not take its first key away.
#[test]
fn the_second_key_may_be_on_its_way() {
    let mut app = table();
    press(&mut app, "j j j g");
    update(&mut app, Msg::Manner(Box::default()));
    assert_eq!(app.list.cursor, 3);
    press(&mut app, "g");
    assert_eq!(app.list.cursor, 0);
}

/// UX 4.6, S2-27: a click sorts, also by a column that was moved; the edge between two is dragged, and kept when let go.
#[test]
fn titles_sort_and_their_edges_are_dragged() {
    let mut app = table();
    press(&mut app, ", g g j j j j j K K K K esc");
    let (titles, y) = header(&app);
    assert!(
        titles.trim_start().starts_with("Source Cost") || titles.contains("  Cost"),
        "{titles}"
    );
    let x = u16::try_from(titles.find("Cost").unwrap()).unwrap();
    mouse(&mut app, DOWN, x, y);
    mouse(&mut app, UP, x, y);
    assert_eq!(app.order().key, SortKey::Cost);
    // Before the title a column is held at its left.
    let laid = app.laid(Class::Table, 80);
    let cost = laid
        .iter()
        .find(|l| l.placed.column.name == "cost")
        .unwrap();
    let edge = cost.at + cost.cells;
    assert!(mouse(&mut app, DOWN, edge, y).is_empty());
    mouse(&mut app, DRAG, edge + 4, y);
    let wider = app.laid(Class::Table, 80);
    let now = wider
        .iter()
        .find(|l| l.placed.column.name == "cost")
        .unwrap();
    assert_eq!((now.at, now.cells), (cost.at, cost.cells + 4));
    let effects = mouse(&mut app, UP, edge + 4, y);
    let kept = set(&effects);
    assert!(
        matches!(&kept[..], [(name, New::Items(all))] if name == "ui.columns.table" && all.contains(&"cost:12".to_owned())),
        "{kept:?}"
    );
    // Behind the title it is held at its right.
    let laid = app.laid(Class::Table, 80);
    let title = laid.iter().position(|l| l.placed.column.name == "title");
    let (title, next) = (laid[title.unwrap()], laid[title.unwrap() + 1]);
    let edge = title.at + title.cells;
    mouse(&mut app, DOWN, edge, y);
    mouse(&mut app, DRAG, edge - 3, y);
    mouse(&mut app, UP, edge - 3, y);
    let laid = app.laid(Class::Table, 80);
    let name = next.placed.column.name;
    let now = laid.iter().find(|l| l.placed.column.name == name).unwrap();
    assert_eq!(now.cells, next.cells + 3);
    assert_eq!(now.at + now.cells, next.at + next.cells);
    // Not moved at all, it was a click.
    let before = app.order();
    let edge = laid[0].at + laid[0].cells;
    mouse(&mut app, DOWN, edge, y);
    assert_eq!(set(&mouse(&mut app, UP, edge, y)), []);
    assert_ne!(app.order(), before);
}

/// UX 5.5: a view keeps its columns, until it is left.
#[test]
fn views_carry_columns() {
    let mut app = table();
    press(&mut app, ", G space esc /");
    type_text(&mut app, "title:a");
    press(&mut app, "enter f V ctrl-u");
    type_text(&mut app, "mine");
    let effects = press(&mut app, "enter");
    let saved = effects.iter().find_map(|effect| match effect {
        Effect::SaveView(view) => Some(view.clone()),
        _ => None,
    });
    let columns = saved.unwrap().columns.unwrap();
    assert_eq!(columns.len(), 8);
    app.manner.columns = Columns::default();
    press(&mut app, "X f 1");
    assert_eq!(written(app.columns(Class::Table)), columns);
    assert_eq!(written(app.columns(Class::Wide)), columns);
    press(&mut app, "X");
    assert_eq!(app.columns(Class::Table).len(), 7);
    app.views[0].columns = Some(vec!["titel".into()]);
    press(&mut app, "f 1");
    let said = app.toasts.shown().last().unwrap().text.to_string();
    assert_eq!(said, "view 1: no column titel; the nearest is title");
}

/// Issue 5: shared state is a column; so is everything else that a session has.
#[test]
fn every_column_draws_every_session() {
    let mut app = table();
    let mut one = session("one", -1);
    one.share = Some("https://example.org/s/1".into());
    one.branch = Some("main".into());
    one.started = one.updated.map(|at| at - SignedDuration::from_hours(5));
    one.size = Some(4_200_000);
    update(&mut app, Msg::Delta(told([one])));
    for column in crate::tui::columns::COLUMNS {
        let text = ["title:9".to_owned(), column.name.to_owned()];
        let placed = match column.name {
            "title" => crate::tui::columns::read(["title"].into_iter()),
            _ => crate::tui::columns::read(text.iter().map(String::as_str)),
        };
        for class in Class::ALL {
            app.manner.columns.set(class, placed.clone().unwrap());
        }
        let all = screen(&app);
        let want = match column.name {
            "shared" => "yes",
            "branch" => "main",
            "duration" => "5h00m",
            "size" => "4.2MB",
            "kind" => "main",
            _ => "one",
        };
        let line = all.iter().find(|line| line.contains("one")).unwrap();
        assert!(line.contains(want), "{}: {line}", column.name);
        update(&mut app, Msg::Resize(120, 40));
        assert!(screen(&app).iter().any(|line| line.contains("one")));
        update(&mut app, Msg::Resize(80, 24));
    }
}

/// UX 3.1: of what a wide screen has more, titles and what is read get their shares; the other columns and the details
/// stay as they are.
#[test]
fn titles_grow_with_the_screen() {
    let mut before = (0, 0);
    for width in (160..=320).step_by(4) {
        let app = super::counting::at(app(), width, 60);
        let panes = layout::panes(&app);
        let table = panes.list_text().unwrap().width;
        let laid = app.laid(panes.class, table);
        let title = laid
            .iter()
            .find(|l| l.placed.column.name == "title")
            .unwrap();
        let read = panes.reader_text().unwrap().width;
        assert!(panes.details.unwrap().width <= 32, "{width}");
        assert!(read >= 54, "{width}: {read}");
        if width == 200 {
            assert!(title.cells >= 27 && read >= 78, "{} {read}", title.cells);
        }
        // It shrinks for nothing but the names of sources: for the first letters of all, then for the last of some.
        if panes.class == Class::Wide && before.0 == 1 {
            assert!(title.cells + 2 >= before.1, "{width}: {}", title.cells);
        }
        before = (u8::from(panes.class == Class::Wide), title.cells);
    }
}
