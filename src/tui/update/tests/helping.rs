//! The pages of the help, against the tables they are made from.

use super::super::super::columns::BADGES;
use super::super::super::gestures::TOUCHES;
use super::super::super::help::Page;
use super::super::super::palette::{Does, Palette};
use super::counting::{at, lines};
use super::*;
use crate::config::COMMANDS;
use crate::query::{FIELDS, SHAPES};
use crate::render::signs::SIGNS;

fn page(app: &App) -> Page {
    app.palette.as_ref().unwrap().page().unwrap()
}

/// Everything that a page tells, one after the other.
fn all(app: &App, page: Page) -> String {
    let palette = Palette::help(app, page);
    let entries = palette.left().flatten();
    let told = entries.map(|entry| format!("{} | {} | {}\n", entry.lead, entry.label, entry.note));
    told.collect()
}

/// UX 8: Tab leads through the pages and round, Shift+Tab back, and a click on a name to its page; all are named.
#[test]
fn the_help_has_pages() {
    let mut app = at(app(), 80, 24);
    press(&mut app, "?");
    let pages = Page::all(Pane::List);
    for one in pages {
        assert_eq!(page(&app), one);
        let text = lines(&app).join("\n");
        assert!(text.contains(&format!("Help: {} ", one.word())), "{text}");
        for other in pages {
            assert!(text.contains(other.word()), "{}\n{text}", other.word());
        }
        press(&mut app, "tab");
    }
    assert_eq!(page(&app), pages[0]);
    press(&mut app, "backtab");
    assert_eq!(page(&app), Page::Config);
    let all = lines(&app);
    let y = all.iter().rposition(|line| line.contains("marks")).unwrap();
    let x = all[y].chars().collect::<String>().find("marks").unwrap();
    let click = crossterm::event::MouseEvent {
        kind: MouseEventKind::Down(crossterm::event::MouseButton::Left),
        column: u16::try_from(x).unwrap(),
        row: u16::try_from(y).unwrap(),
        modifiers: crossterm::event::KeyModifiers::NONE,
    };
    update(&mut app, Msg::Mouse(click));
    assert_eq!(page(&app), Page::Marks);
    press(&mut app, "esc");
    assert!(app.palette.is_none());
    // From the reader its own keys stand first.
    press(&mut app, "enter ?");
    assert_eq!(page(&app), Page::Keys(Pane::Reader));
    press(&mut app, "tab");
    assert_eq!(page(&app), Page::Keys(Pane::List));
}

/// UX 8: the first page fits 80x24.
#[test]
fn the_first_page_fits() {
    let mut app = at(app(), 80, 24);
    press(&mut app, "?");
    let text = lines(&app).join("\n");
    for group in keys::first(Scope::List) {
        assert!(text.contains(group.name), "{}\n{text}", group.name);
        for cell in group.cells {
            assert!(text.contains(cell.word), "{}\n{text}", cell.word);
        }
    }
}

/// What the program reads, the help tells.
#[test]
fn the_pages_are_the_tables() {
    let app = app();
    let query = all(&app, Page::Query);
    for field in FIELDS {
        assert!(
            query.contains(field.name) && query.contains(field.help),
            "{}",
            field.name
        );
        assert!(query.contains(field.example), "{}", field.example);
        assert!(field.aliases.iter().all(|alias| query.contains(alias)));
    }
    for shape in SHAPES {
        assert!(
            query.contains(&shape.typed()) && query.contains(shape.help),
            "{shape:?}"
        );
    }
    for shape in SHAPES {
        assert!(query.contains(&shape.words.join(" ")), "{shape:?}");
    }
    let marks = all(&app, Page::Marks);
    for sign in SIGNS {
        let line = format!("{} | {}", sign.ascii.trim(), sign.help);
        assert!(marks.contains(&line), "{line}\n{marks}");
    }
    for badge in BADGES {
        assert!(marks.contains(&format!("{} | {}", badge.word, badge.help)));
    }
    let mouse = all(&app, Page::Mouse);
    for touch in TOUCHES {
        let line = format!("{} | {}", touch.spot.word(), touch.help);
        assert!(mouse.contains(&line), "{line}\n{mouse}");
    }
    let config = all(&app, Page::Config);
    for (name, _) in COMMANDS {
        assert!(config.contains(&format!("backscroll config {name}")));
    }
}

/// Both forms of a sign stand there, and where the terminal shows ASCII alone only that.
#[test]
fn signs_are_told_in_both_forms() {
    let mut app = app();
    assert!(all(&app, Page::Marks).is_ascii());
    let look = Look {
        ascii: false,
        ..(*app.look).clone()
    };
    app.look = Arc::new(look);
    let marks = all(&app, Page::Marks);
    for sign in SIGNS {
        assert!(
            marks.contains(sign.drawn.trim()) && marks.contains(sign.ascii.trim()),
            "{sign:?}"
        );
    }
}

/// Typing searches the page that is seen; what is typed goes along to the next.
#[test]
fn typing_searches_the_page() {
    let mut app = at(app(), 80, 24);
    press(&mut app, "? tab tab");
    assert_eq!(page(&app), Page::Query);
    type_text(&mut app, "deletes");
    let here = app.palette.as_ref().unwrap().here().unwrap();
    assert_eq!(here.lead.as_str(), "expires");
    press(&mut app, "tab");
    assert_eq!(page(&app), Page::Marks);
    assert_eq!(app.palette.as_ref().unwrap().input.value(), "deletes");
}

/// A form is tried where queries are typed; what is only told stays as it is.
#[test]
fn a_form_is_tried() {
    let mut app = at(app(), 80, 24);
    press(&mut app, "enter ? tab tab");
    type_text(&mut app, "cost");
    while app.palette.as_ref().unwrap().here().unwrap().lead.as_str() != "cost" {
        press(&mut app, "down");
    }
    press(&mut app, "enter");
    assert_eq!(app.query.input.value(), "cost:>1");
    assert!(app.palette.is_none() && matches!(app.input, Some(Input::Query)));
    press(&mut app, "esc X ? tab tab tab enter");
    let open = app.palette.as_ref().unwrap();
    assert_eq!(open.here().unwrap().does, Does::Tell);
    assert_eq!(open.verb(), None);
}

/// Every line of every page can be come to and is whole at every width.
#[test]
fn no_page_cuts_its_words() {
    for (width, height) in [(40, 12), (80, 24), (120, 40), (200, 60)] {
        let mut app = at(app(), width, height);
        press(&mut app, "?");
        for one in [Page::Query, Page::Marks, Page::Mouse] {
            while page(&app) != one {
                press(&mut app, "tab");
            }
            let many = app.palette.as_ref().unwrap().left().len();
            let mut seen = String::new();
            for _ in 0..=many {
                seen.push_str(&lines(&app).join("\n"));
                press(&mut app, "down");
            }
            let words = all(&app, one);
            let words = words.split_whitespace().filter(|word| word.len() > 3);
            for word in words {
                assert!(seen.contains(word), "{width}x{height} {one:?}: {word}");
            }
        }
    }
}

/// The path of the settings, and whether the file is there.
#[test]
fn the_file_of_settings_is_told() {
    let mut app = app();
    assert!(all(&app, Page::Config).contains("not there, and need not be"));
    let settings = Arc::make_mut(&mut app.manner.settings);
    settings.path = Path::new("/home/ada/.config/backscroll/config.toml").into();
    settings.is_there = true;
    let text = all(&app, Page::Config);
    assert!(
        text.contains("~/.config/backscroll/config.toml | it is there"),
        "{text}"
    );
    assert!(text.contains("~/.config/backscroll/themes"), "{text}");
}

#[test]
fn where_nothing_was_found_only_what_helps_is_a_key() {
    let mut app = app();
    let gone = ('a'..='z').map(|c| Retired::Unit(unit(&c.to_string())));
    let delta = Delta {
        retired: gone.collect(),
        ..Delta::default()
    };
    update(&mut app, Msg::Delta(delta));
    assert!(app.is_first_run());
    press(&mut app, "/ x");
    assert!(app.input.is_none());
    assert_eq!(press(&mut app, "d"), [Effect::Demo]);
    assert_eq!(press(&mut app, "q"), [Effect::Quit]);
}
