//! Settings change the screen, at its start and while it is open.

use super::*;
use crate::config::{self, Settings};
use crate::env::Env;
use crate::tui::ColorChoice;
use crate::tui::view;
use ratatui::Terminal;
use ratatui::backend::TestBackend;

/// What a file of settings makes of the screen.
fn manner(text: &str) -> Manner {
    let dir = tempfile::tempdir().unwrap();
    let mut env = Env::bare(dir.path(), start());
    env.vars.insert("TERM".into(), "xterm-256color".into());
    env.vars.insert("LANG".into(), "C.UTF-8".into());
    let file = dir.path().join("set.toml");
    std::fs::write(&file, text).unwrap();
    let settings: Settings = config::load(&env, Some(&file), Vec::new()).unwrap();
    Manner::of(&env, &settings, ColorChoice::Auto)
}

fn set(app: &mut App, text: &str) -> Effects {
    update(app, Msg::Manner(Box::new(manner(text))))
}

fn screen(app: &App) -> Vec<String> {
    let (width, height) = app.size;
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    terminal.draw(|frame| view::view(app, frame)).unwrap();
    let buffer = terminal.backend().buffer().clone();
    let line = |y| {
        (0..width)
            .map(|x| buffer[(x, y)].symbol())
            .collect::<String>()
    };
    (0..height).map(line).collect()
}

/// UX 4: keys, their menus, their hints and the help are one map.
#[test]
fn keys_change_everywhere_at_once() {
    let mut app = app();
    app.size = (200, 60);
    set(
        &mut app,
        "[keys.list]\nsort-title = \"f5\"\nedit-query = \"ctrl-s\"\n",
    );
    press(&mut app, "f5");
    assert_eq!(app.order().key, crate::index::SortKey::Title);
    assert_eq!(press(&mut app, "/"), []);
    assert!(app.input.is_none());
    let hints = screen(&app).pop().unwrap();
    assert!(
        hints.contains("Ctrl+s filter") && !hints.contains("/ filter"),
        "{hints}"
    );
    press(&mut app, "s");
    app.elapsed += Duration::from_secs(1);
    let all = screen(&app).join("\n");
    assert!(
        all.contains("Sort by cost") && !all.contains("Sort by title"),
        "{all}"
    );
    press(&mut app, "esc ?");
    let all = screen(&app).join("\n");
    assert!(all.contains("F5") && all.contains("Sort by title"), "{all}");
    press(&mut app, "esc ctrl-s");
    assert!(app.input.is_some());
}

/// UX 3.1: title, clauses and hints go, the query and the status stay.
#[test]
fn chrome_goes_line_by_line() {
    let mut app = app();
    let mut lines = |chrome: &str| {
        set(&mut app, &format!("ui.chrome = \"{chrome}\""));
        app.toasts.dismiss();
        screen(&app)
    };
    let full = lines("full");
    assert!(full[0].contains("backscroll") && full[1].contains(" / ") && full[28].contains("LIST"));
    let slim = lines("slim");
    assert!(slim[0].contains(" / ") && slim[29].contains("LIST"));
    let bare = lines("bare");
    assert!(bare[0].contains(" / ") && bare[29].contains("LIST"));
    let frame = |lines: &[String]| lines.iter().position(|line| line.contains('╭'));
    assert_eq!(
        [frame(&full), frame(&slim), frame(&bare)],
        [Some(3), Some(2), Some(1)]
    );
}

#[test]
fn menus_wait_as_long_as_they_are_told() {
    let mut app = app();
    press(&mut app, "s");
    assert_eq!(app.menu(), None);
    set(&mut app, "ui.menu_delay_ms = 0");
    assert_eq!(app.menu(), Some("s"));
}

/// UX 10: what moves by itself can be stopped, and signs be those of every terminal.
#[test]
fn the_clock_stops_and_signs_are_plain() {
    let mut app = app();
    set(&mut app, "");
    app.toasts.dismiss();
    app.memory = Some(90 << 20);
    let status = &screen(&app)[28];
    assert!(
        status.contains("12:00") && status.contains("90 MB"),
        "{status}"
    );
    set(&mut app, "[ui]\nmotion = \"off\"\nglyphs = \"ascii\"");
    app.toasts.dismiss();
    let lines = screen(&app);
    assert!(
        !lines[28].contains("12:00") && !lines[28].contains("MB"),
        "{}",
        lines[28]
    );
    assert!(lines.iter().all(|line| line.is_ascii()), "{lines:?}");
}

#[test]
fn the_mouse_is_let_go_and_taken() {
    let mut app = app();
    let wish = |effects: Effects| effects.into_iter().find(|e| matches!(e, Effect::Mouse(_)));
    assert_eq!(
        wish(set(&mut app, "ui.mouse = false")),
        Some(Effect::Mouse(false))
    );
    assert_eq!(wish(set(&mut app, "ui.mouse = false")), None);
    press(&mut app, "M");
    assert!(app.mouse, "a key may differ from the settings");
    assert_eq!(wish(set(&mut app, "ui.theme = \"dark\"")), None);
}

/// UX 10: the theme follows the ground where there are two, and code follows the side of the theme.
#[test]
fn themes_follow_the_ground() {
    let mut app = app();
    set(&mut app, "");
    assert_eq!(app.look.theme, Theme::built_in(ThemeKind::Dark));
    let effects = update(&mut app, Msg::Ground(Some(true)));
    assert!(
        effects
            .iter()
            .any(|e| matches!(e, Effect::Remember(prefs) if prefs.light))
    );
    assert!(app.look.theme.is_light());
    set(&mut app, "ui.theme = \"colour-blind\"");
    assert_eq!(app.look.theme, Theme::built_in(ThemeKind::ColourBlindLight));
    set(&mut app, "ui.theme = \"high-contrast-dark\"");
    assert!(!app.look.theme.is_light());
}

/// R19: one line says what is wrong, and that there is more.
#[test]
fn mistakes_are_a_banner() {
    let mut app = app();
    set(
        &mut app,
        "[ui]\nchrom = 1\nmouse = 3\n[keys.list]\nred = \"x\"",
    );
    let toast = app.toasts.shown().last().cloned().unwrap();
    assert!(
        toast.weight == crate::tui::toasts::Weight::Error && toast.until.is_none(),
        "it stays"
    );
    assert_eq!(
        toast.text.as_str(),
        "set.toml, line 2: no setting ui.chrom; the nearest is ui.chrome (and 2 more: backscroll config check)"
    );
    set(&mut app, "");
    assert_eq!(
        app.toasts.shown().last().unwrap().text.as_str(),
        "settings read again"
    );
}
