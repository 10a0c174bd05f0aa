//! The dialog of settings, columns, and settings said by name.

use super::*;
use crate::config::Settings;
use crate::config::edit::New;
use crate::index::SortKey;
use crate::tui::columns::{Class, Columns, written};
use crate::tui::settings::{KnownSource, Tab, lines};
use crate::tui::tasks::Task;
use crate::tui::view;
use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use ratatui::Terminal;
use ratatui::backend::TestBackend;

fn screen(app: &App) -> Vec<String> {
    let (width, height) = app.size;
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    terminal.draw(|frame| view::view(app, frame)).unwrap();
    let buffer = terminal.backend().buffer().clone();
    let line = |y| {
        let cells = (0..width).map(|x| buffer[(x, y)].symbol());
        cells.collect::<String>()
    };
    (0..height).map(line).collect()
}

/// What is written into the file: the name, and the value or its items.
fn set(effects: &Effects) -> Vec<(String, New)> {
    let one = |effect: &Effect| match effect {
        Effect::Do(Task::Set(_, name, new)) => Some((name.clone(), new.clone())),
        _ => None,
    };
    effects.iter().filter_map(one).collect()
}

fn items(texts: &[&str]) -> New {
    New::Items(texts.iter().map(|text| (*text).to_owned()).collect())
}

fn mouse(app: &mut App, kind: MouseEventKind, x: u16, y: u16) -> Effects {
    let event = MouseEvent {
        kind,
        column: x,
        row: y,
        modifiers: KeyModifiers::NONE,
    };
    update(app, Msg::Mouse(event))
}

const DOWN: MouseEventKind = MouseEventKind::Down(MouseButton::Left);
const DRAG: MouseEventKind = MouseEventKind::Drag(MouseButton::Left);
const UP: MouseEventKind = MouseEventKind::Up(MouseButton::Left);

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
    press(&mut app, "g g j j j j j j j space");
    assert!(now(&app).ends_with(" updated dir"), "{}", now(&app));
    press(&mut app, "esc");
    assert!(header(&app).0.contains("Directory"), "{:?}", screen(&app));
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
    update(&mut app, Msg::SettingKept(Ok(())));
    update(&mut app, Msg::Manner(Box::new(earlier)));
    assert_eq!(written(app.columns(Class::Table)), now);
    let effects = update(&mut app, Msg::SettingKept(Ok(())));
    assert!(effects.contains(&Effect::ReadSettings));
    assert_eq!(app.setting, 0);
    update(&mut app, Msg::Manner(Box::default()));
    assert_eq!(app.manner.columns, Columns::default());
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

/// UX 4.1: six tabs, each with lines, at every size, and the mouse on them.
#[test]
fn every_tab_has_lines_at_every_size() {
    let mut app = app();
    app.known.sources.push(KnownSource {
        id: SOURCE,
        label: "Test".into(),
        names: vec!["test".into()],
        is_read: true,
        roots: vec!["~/logs".into()],
    });
    for (width, height) in [(40, 8), (80, 24), (100, 30), (120, 40), (200, 60)] {
        update(&mut app, Msg::Resize(width, height));
        assert_eq!(press(&mut app, ","), [Effect::Know]);
        for tab in Tab::ALL {
            assert_eq!(app.settings.unwrap().tab, tab);
            let all = screen(&app).join("\n");
            assert!(
                all.contains(&format!("[ {} ]", tab.word())) || width < 60,
                "{all}"
            );
            press(&mut app, "tab");
        }
        press(&mut app, "esc");
    }
    press(&mut app, ", tab");
    let dialog = app.settings.unwrap();
    assert_eq!(lines(&app, &dialog)[0].note.as_str(), "26 sessions");
    assert_eq!(
        set(&press(&mut app, "space")),
        [("sources.off".into(), items(&["test"]))]
    );
    let line = &lines(&app, &dialog)[0];
    assert_eq!(
        (line.mark, line.note.as_str()),
        (Some(false), "off from the next start")
    );
    assert_eq!(
        set(&press(&mut app, "space")),
        [("sources.off".into(), items(&[]))]
    );
    // The tab that is clicked opens; a click outside leaves.
    let all = screen(&app);
    let y = all
        .iter()
        .position(|line| line.contains("[ sources ]"))
        .unwrap();
    let x = all[y].chars().collect::<String>();
    let x = x.split("theme").next().unwrap().chars().count();
    mouse(&mut app, DOWN, x as u16, y as u16);
    assert_eq!(app.settings.unwrap().tab, Tab::Theme);
    mouse(&mut app, DOWN, 0, 0);
    assert!(app.settings.is_none());
}

/// UX 8, 10: a theme is seen while the cursor is on it, kept by Enter, and gone without.
#[test]
fn themes_are_tried() {
    let mut app = app();
    update(&mut app, Msg::Manner(Box::default()));
    let now = app.look.theme.clone();
    press(&mut app, ", backtab backtab");
    assert_eq!(app.settings.unwrap().tab, Tab::Theme);
    press(&mut app, "j j");
    assert_eq!(app.look.theme, Theme::built_in(ThemeKind::Light));
    press(&mut app, "esc");
    assert_eq!(app.look.theme, now);
    press(&mut app, ", backtab backtab j j");
    assert_eq!(
        set(&press(&mut app, "enter")),
        [("ui.theme".into(), New::Text("light".into()))]
    );
}

/// UX 4: keys are bound where they are listed; what is no key is told.
#[test]
fn keys_are_bound_in_the_dialog() {
    let mut app = app();
    press(&mut app, ", tab tab tab");
    let dialog = app.settings.unwrap();
    let all = lines(&app, &dialog);
    let at = all
        .iter()
        .position(|l| l.help.as_str().contains("keys.list.sort-cost"));
    app.settings.as_mut().unwrap().cursor = at.unwrap();
    press(&mut app, "enter ctrl-u");
    type_text(&mut app, "s c or f5");
    assert_eq!(
        set(&press(&mut app, "enter")),
        [("keys.list.sort-cost".into(), items(&["s c", "f5"]))]
    );
    press(&mut app, "enter ctrl-u");
    type_text(&mut app, "hyper-x");
    assert_eq!(set(&press(&mut app, "enter")), []);
    assert!(
        app.toasts
            .shown()
            .last()
            .unwrap()
            .text
            .as_str()
            .contains("hyper-x")
    );
    assert_eq!(
        set(&press(&mut app, "r")),
        [("keys.list.sort-cost".into(), New::Nothing)]
    );
}

/// UX 8: a setting by its name and value, with what it can be, and what is wrong told before Enter.
#[test]
fn settings_are_said_by_name() {
    let mut app = app();
    let say = |app: &mut App, text: &str| {
        press(app, ":");
        type_text(app, text);
        let palette = app.palette.as_ref().unwrap();
        let labels = palette.left().flatten().map(|e| e.label.to_string());
        let why = palette
            .here()
            .and_then(|e| e.why_not.as_ref())
            .map(|w| w.to_string());
        (labels.collect::<Vec<_>>(), why)
    };
    let (labels, _) = say(&mut app, "theme li");
    assert_eq!(labels[0], "theme light");
    let effects = press(&mut app, "enter");
    assert_eq!(
        set(&effects),
        [("ui.theme".into(), New::Text("light".into()))]
    );
    let (_, why) = say(&mut app, "theme ligt");
    assert_eq!(why.unwrap(), "no theme ligt; the nearest is light");
    assert_eq!(set(&press(&mut app, "enter")), []);
    press(&mut app, "esc");
    let (labels, _) = say(&mut app, "mouse");
    assert_eq!(labels[..2], ["mouse on", "mouse off"]);
    let effects = press(&mut app, "down enter");
    assert_eq!(
        set(&effects),
        [("ui.mouse".into(), New::Text("off".into()))]
    );
    let (_, why) = say(&mut app, "max_memory 10M");
    assert!(why.unwrap().contains("at least 64M"));
    press(&mut app, "esc");
    let (_, why) = say(&mut app, "columns.table x");
    assert_eq!(why, None, "no such name");
    press(&mut app, "esc");
    let (_, why) = say(&mut app, "ui.columns.table titel,cost");
    assert_eq!(why.unwrap(), "no column titel; the nearest is title");
    press(&mut app, "esc");
    assert_eq!(say(&mut app, "wrap off").0[0], "wrap off");
    press(&mut app, "enter");
    assert!(app.prefs.reader.cut);
    let (_, why) = say(&mut app, "diffs maybe");
    assert_eq!(why.unwrap(), "maybe is not one of unified, side, off");
    press(&mut app, "esc");
    // Every setting that works is known by its name.
    for opt in crate::config::OPTIONS
        .iter()
        .filter(|o| !o.is_open() && !o.waits)
    {
        let offered = super::super::spoken::offers(&app, opt.name);
        assert!(!offered.is_empty(), "{}", opt.name);
    }
}

/// A root folds also where all kinds are shown.
#[test]
fn a_family_folds_while_all_kinds_are_shown() {
    let mut app = app();
    let mut child = session("sub", -1);
    child.parent = Some("a".into());
    child.kind = Kind::SubAgent;
    update(&mut app, Msg::Delta(told([child])));
    press(&mut app, "f h");
    assert!(shown(&app).contains("sub"));
    press(&mut app, "g g -");
    assert!(!shown(&app).contains("sub"), "{}", shown(&app));
    press(&mut app, "+");
    assert!(shown(&app).contains("sub"));
}

#[test]
fn a_value_that_is_put_stays_below_flags() {
    let mut settings = Settings::default();
    settings.put("ui.theme", "light");
    assert_eq!(settings.text("ui.theme"), "light");
    settings.put_back("ui.theme");
    assert_eq!(settings.text("ui.theme"), "auto");
}
