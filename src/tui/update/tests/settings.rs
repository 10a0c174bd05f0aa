//! The dialog of settings, and settings said by name.

use super::*;
use crate::config::Settings;
use crate::config::edit::New;

use crate::tui::app::Ask;
use crate::tui::settings::{KnownSource, Tab, lines};
use crate::tui::tasks::Task;
use crate::tui::view;
use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use ratatui::Terminal;
use ratatui::backend::TestBackend;

pub(super) fn screen(app: &App) -> Vec<String> {
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
pub(super) fn set(effects: &Effects) -> Vec<(String, New)> {
    let one = |effect: &Effect| match effect {
        Effect::Do(Task::Set(_, name, new, _)) => Some((name.clone(), new.clone())),
        _ => None,
    };
    effects.iter().filter_map(one).collect()
}

pub(super) fn items(texts: &[&str]) -> New {
    New::Items(texts.iter().map(|text| (*text).to_owned()).collect())
}

pub(super) fn mouse(app: &mut App, kind: MouseEventKind, x: u16, y: u16) -> Effects {
    let event = MouseEvent {
        kind,
        column: x,
        row: y,
        modifiers: KeyModifiers::NONE,
    };
    update(app, Msg::Mouse(event))
}

pub(super) const DOWN: MouseEventKind = MouseEventKind::Down(MouseButton::Left);
pub(super) const DRAG: MouseEventKind = MouseEventKind::Drag(MouseButton::Left);
pub(super) const UP: MouseEventKind = MouseEventKind::Up(MouseButton::Left);

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
        assert!(press(&mut app, ",").contains(&Effect::Know));
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
    // It stays, to be mended or left.
    assert!(
        matches!(&app.input, Some(Input::Line(Ask::Keys(_), line)) if line.value() == "hyper-x")
    );
    press(&mut app, "esc");
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
    // Every setting is known by its name.
    for opt in crate::config::OPTIONS.iter().filter(|o| !o.is_open()) {
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
    settings.put("ui.theme", &New::Text("light".into()));
    assert_eq!(settings.text("ui.theme"), "light");
    settings.put("ui.theme", &New::Nothing);
    assert_eq!(settings.text("ui.theme"), "auto");
    let items = ["one, two", "three"].map(str::to_owned);
    settings.put("redact.allow", &New::Items(items.to_vec()));
    assert_eq!(settings.allowed(), items);
}
