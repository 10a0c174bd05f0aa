//! The table of columns, what settings make of it, and where columns stand.

use ratatui::layout::Rect;

use super::*;
use crate::config::{self, Mistake, OPTIONS};
use crate::env::Env;

fn settings(text: &str) -> (Columns, Vec<Mistake>) {
    let dir = tempfile::tempdir().unwrap();
    let env = Env::bare(dir.path(), "2026-11-20T12:00:00Z".parse().unwrap());
    let file = dir.path().join("set.toml");
    std::fs::write(&file, text).unwrap();
    let settings = config::load(&env, Some(&file), Vec::new()).unwrap();
    assert_eq!(settings.mistakes, []);
    Columns::of(&settings)
}

fn names(placed: &[Placed]) -> Vec<String> {
    written(placed)
}

#[test]
fn the_table_is_sound() {
    for (nth, column) in COLUMNS.iter().enumerate() {
        let first = COLUMNS.iter().position(|c| c.name == column.name);
        assert_eq!(first, Some(nth), "{} once", column.name);
        let plain = |c: char| c.is_ascii_lowercase();
        assert!(column.name.chars().all(plain), "{}", column.name);
        assert!(
            column.help.len() <= 72 && !column.help.ends_with('.'),
            "{}: {}",
            column.name,
            column.help.len()
        );
        // With the arrow of the order beside it, where the column has room for more than its title.
        let fits = |cells: u16| crate::text::width(column.title) <= usize::from(cells);
        let takes_rest = column.width == 0 || column.name == "source";
        assert!(
            fits(column.width) || takes_rest,
            "{}: its title",
            column.name
        );
        assert!(column.wide == 0 || fits(column.wide), "{}", column.name);
    }
    for class in Class::ALL {
        assert!(OPTIONS.iter().any(|opt| opt.name == class.option()));
        let usual = Columns::default();
        let title = usual.get(class).iter().find(|p| p.column.name == "title");
        assert!(title.is_some_and(|p| p.cells(class) == 0), "{class:?}");
    }
}

/// UX 6: set, order and width for each kind of list; what is none is told with its place and the nearest name.
#[test]
fn settings_choose_columns() {
    let (columns, wrong) =
        settings("[ui.columns]\ntable = [\"cost:10\", \"title\", \"shared\", \"tags\"]\n");
    assert_eq!(wrong, []);
    let table = columns.get(Class::Table);
    assert_eq!(names(table), ["cost:10", "title", "shared", "tags"]);
    assert_eq!(
        columns.get(Class::Wide),
        Columns::default().get(Class::Wide)
    );
    let text = "[ui.columns]\nwide = [\n  \"titel\",\n  \"cost:x\",\n  \"title\",\n  \"title:9\",\n  \"cost:1\",\n]\n";
    let (columns, wrong) = settings(text);
    assert_eq!(names(columns.get(Class::Wide)), ["title"]);
    let lines: Vec<String> = wrong.iter().map(Mistake::short).collect();
    assert_eq!(
        lines,
        [
            "set.toml, line 3: ui.columns.wide: no column titel; the nearest is title",
            "set.toml, line 4: ui.columns.wide: cost: x is no width; give 2 to 80 cells",
            "set.toml, line 6: ui.columns.wide: title stands there twice",
            "set.toml, line 7: ui.columns.wide: cost: 1 is no width; give 2 to 80 cells",
        ]
    );
    // A list that holds nothing would be an empty screen.
    let (columns, _) = settings("ui.columns.rows = []\n");
    assert_eq!(names(columns.get(Class::Rows)), ["title"]);
}

#[test]
fn columns_fill_the_line_and_the_last_give_way() {
    let usual = Columns::default();
    let at = |width: u16| {
        let laid = laid(usual.get(Class::Table), Class::Table, width);
        let cells: Vec<(&str, u16)> = laid
            .iter()
            .map(|laid| (laid.placed.column.name, laid.cells))
            .collect();
        let last = laid.last().unwrap();
        assert!(last.at + last.cells < width, "{width}: {cells:?}");
        cells
    };
    assert_eq!(at(80)[1], ("title", 31));
    assert_eq!(at(80).len(), 7);
    assert_eq!(at(61).last(), Some(&("updated", 4)));
    let narrow = at(40);
    assert_eq!(narrow[1].0, "title");
    assert!(narrow[1].1 >= 12 && narrow.len() < 7, "{narrow:?}");
    // However narrow the line, something is seen.
    assert_eq!(at(20).len(), 1);
    // Widths that somebody gave need not fill the line.
    let fixed = read(["title:20", "cost"].into_iter()).unwrap();
    let fixed = laid_cells(&fixed, 80);
    assert_eq!(fixed, [("title", 5, 20), ("cost", 26, 8)]);
}

fn laid_cells(placed: &[Placed], width: u16) -> Vec<(&'static str, u16, u16)> {
    let laid = laid(placed, Class::Table, width).into_iter();
    laid.map(|l| (l.placed.column.name, l.at, l.cells))
        .collect()
}

/// UX 4.6: a click sorts by the column it is on, wherever that was moved; an edge belongs to the column that can follow.
#[test]
fn clicks_and_edges_find_their_column() {
    let placed = read(["cost", "title", "tags", "updated"].into_iter()).unwrap();
    let columns = laid(&placed, Class::Table, 60);
    let header = Rect::new(10, 4, 60, 1);
    assert_eq!(sort_at(header, &columns, 15), Some(SortKey::Cost));
    assert_eq!(sort_at(header, &columns, 30), Some(SortKey::Title));
    let tags = &columns[2];
    assert_eq!(sort_at(header, &columns, 10 + tags.at), None);
    let last = &columns[3];
    assert_eq!(
        sort_at(header, &columns, 10 + last.at),
        Some(SortKey::Updated)
    );
    assert_eq!(sort_at(header, &columns, 3), None);
    let edge = |nth: usize| {
        let x = 10 + columns[nth].at + columns[nth].cells;
        edge_at(header, &columns, Class::Table, x)
    };
    assert_eq!(edge(0), Some((0, false)), "before the title: its own");
    assert_eq!(edge(1), Some((2, true)), "behind it: the next one's");
    assert_eq!(edge(2), Some((3, true)));
    assert_eq!(edge(3), None);
    assert_eq!(edge_at(header, &columns, Class::Table, 16), None);
}

#[test]
fn times_are_as_long_as_their_column() {
    let table = [
        (5, "5s"),
        (61, "1m"),
        (5 * 3600 + 120, "5h02m"),
        (3 * 86_400 + 4 * 3600, "3d04h"),
    ];
    for (seconds, said) in table {
        assert_eq!(cells::short_time(seconds), said);
        assert!(said.len() <= 6);
    }
}
