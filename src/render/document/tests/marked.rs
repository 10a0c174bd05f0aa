//! What is marked of what is found: in cells of tables, on sides of diffs, and the hit that one is at apart.

use super::sample::*;
use super::*;

/// What is marked on each row, the hit that one is at apart: that stands between angles.
fn marks(document: &Document) -> Vec<String> {
    let theme = look(ThemeKind::Dark, false).theme.clone();
    let (hit, here) = (theme.style(Hue::Hit).bg, theme.style(Hue::HitHere).bg);
    let line = |line: &ratatui::text::Line<'static>| {
        let mut text = String::new();
        let mut before = None;
        for span in &line.spans {
            let sides = match span.style.bg {
                bg if bg == here => Some(('<', '>')),
                bg if bg == hit => Some(('[', ']')),
                _ => None,
            };
            if let Some((open, close)) = sides {
                match before == sides {
                    true => drop(text.pop()),
                    false => text.push(open),
                }
                text.push_str(&span.content);
                text.push(close);
            }
            before = sides;
        }
        text
    };
    let lines = document.lines();
    let all = lines.iter().map(line);
    all.filter(|text| !text.is_empty()).collect()
}

const TABLE: &str = "| loom | what it weaves on each day of the week |\n|---|---|\n| the first warp velionra shuttle | a long weft goes over the warp velionra and under it again until the selvedge of the reef holds |\n| second | warp |\n| reef | weft |\n";

/// UX 7: what stands in a cell that goes on below itself is found, marked on each of its rows and gone to where it begins;
/// what only stands beside it in the next cell is not.
#[test]
fn cells_of_a_table_are_looked_through_each_by_itself() {
    for width in [30, 40, 52, 80, 200] {
        let talk = conversation(vec![say(1, Role::Assistant, TABLE)]);
        let mut document = document(talk, width, 60);
        for (needle, count) in [
            ("warp velionra", 2),
            ("velionra shuttle", 1),
            ("goes over the warp velionra and under", 1),
            ("selvedge of the reef", 1),
            ("reef weft", 0),
            ("shuttle a long", 0),
            ("second warp", 0),
            ("warp", 3),
        ] {
            document.to_start();
            document.find(needle);
            let of = document.hits().unwrap().1;
            assert_eq!(of, count, "{needle} at {width}");
            let letters = |text: &str| text.replace([' ', '[', ']', '<', '>'], "");
            document.next_hit(0);
            for nth in 1..=count {
                assert_eq!(document.hits().unwrap().0, nth);
                let all = marks(&document);
                let marked: String = all.iter().map(|row| letters(row)).collect();
                assert_eq!(
                    marked.len(),
                    letters(needle).len() * count,
                    "{needle} at {width}: {all:#?}"
                );
                // The cursor stands where the hit begins, and that hit alone looks as the one that one is at.
                let row = document.cursor_row().unwrap();
                let theme = look(ThemeKind::Dark, false).theme.clone();
                let here = theme.style(Hue::HitHere).bg;
                let lines = document.lines();
                let current = |line: &ratatui::text::Line<'static>| {
                    let spans = line.spans.iter().filter(|span| span.style.bg == here);
                    spans
                        .map(|span| span.content.trim_end().to_owned())
                        .collect::<String>()
                };
                let pieces: Vec<String> = lines.iter().map(current).collect();
                let first = pieces.iter().position(|piece| !piece.is_empty());
                assert_eq!(first, Some(row), "{needle} {nth} at {width}: {all:#?}");
                assert_eq!(
                    letters(&pieces.concat()),
                    letters(needle),
                    "{needle} {nth} at {width}"
                );
                document.next_hit(1);
            }
        }
    }
}

/// The same of the words of a query.
#[test]
fn words_of_a_query_are_found_in_cells() {
    let context = crate::query::tests::context();
    for (text, count) in [
        ("\"warp velionra\"", 2),
        ("\"reef weft\"", 0),
        ("weft =reef", 4),
    ] {
        let query = crate::query::Query::parse(text, &context);
        let talk = conversation(vec![say(1, Role::Assistant, TABLE)]);
        let mut document = document(talk, 40, 60);
        document.find_query(&query);
        document.next_hit(0);
        let all = marks(&document).concat();
        assert_eq!(document.hits().unwrap().1, count, "{text}");
        assert_eq!(all.contains('<'), count > 0, "{text}: {all}");
    }
}

/// Both sides of a diff: a line may go on below itself on each, and a line that stays stands on both.
#[test]
fn sides_of_a_diff_are_looked_through_each_by_itself() {
    let old = "fn keep() {}\nlet reef = weave(the_long_warp, another_long_warp, the velionra shuttle goes, again);\nend();\n";
    let new = old.replace("reef", "weft");
    let input = serde_json::json!({"file_path": "src/a.rs", "old_string": old, "new_string": new});
    let talk = conversation(vec![
        say(1, Role::User, "go"),
        message(
            2,
            Role::Assistant,
            vec![call("e", "Edit", &input.to_string()), result("e", "ok")],
        ),
    ]);
    let mut document = document(talk, 124, 40);
    document.find("keep");
    let unified = document.hits();
    while document.showing().diffs != crate::render::showing::Diffs::Side {
        document.cycle_diffs();
    }
    assert!(
        said(&document).iter().any(|line| line.contains("│")),
        "{:#?}",
        said(&document)
    );
    for (needle, count, want) in [
        // Once in the text before and once in the text after; on the page on both sides of one row.
        ("keep", 2, vec!["<keep>[keep]"]),
        ("velionra shuttle", 2, vec!["", ""]),
        ("let weft", 1, vec!["<let weft>"]),
        ("let reef", 1, vec!["<let reef>"]),
        ("end();", 2, vec!["<end();>[end();]"]),
        ("again); let", 0, vec![]),
        ("keep() {} fn", 0, vec![]),
    ] {
        document.to_start();
        document.find(needle);
        document.next_hit(0);
        let (at, of) = document.hits().unwrap();
        assert_eq!((at, of), (1.min(count), count), "{needle}");
        let all = marks(&document);
        if want.iter().all(|row| !row.is_empty()) {
            assert_eq!(all, want, "{needle}: {:#?}", said(&document));
        }
        let letters = |text: &str| text.replace([' ', '[', ']', '<', '>'], "");
        let marked: String = all.iter().map(|row| letters(row)).collect();
        assert_eq!(
            marked,
            letters(needle).repeat(count),
            "{needle}: {all:#?}\n{:#?}",
            said(&document)
        );
        if count == 2 {
            let begins = |rows: &[String]| {
                rows.concat()
                    .find('<')
                    .map(|at| rows.concat()[..at].matches('[').count())
            };
            assert_eq!(begins(&all), Some(0), "{needle}");
            document.next_hit(1);
            assert_eq!(document.hits(), Some((2, 2)), "{needle}");
            assert_ne!(marks(&document), all, "{needle}: the other side is the one");
        }
    }
    assert_eq!(unified, Some((1, 2)), "as it counts in one column");
}

/// Of several hits on one row the one that one is at looks like no other, also after the page became narrower.
#[test]
fn the_hit_that_one_is_at_stands_out() {
    let text = "weft over weft, **weft** under `weft` and wefts";
    let parts = vec![
        Part::Text(text.into()),
        call("b", "Bash", r#"{"command":"echo weft weft"}"#),
        result(
            "b",
            "one weft\n\u{1b}[31mweft\u{1b}[0m and \u{1b}[32mweft\u{1b}[0m\n",
        ),
    ];
    let talk = conversation(vec![message(1, Role::Assistant, parts)]);
    let mut document = document(talk, 80, 40);
    document.find("weft");
    let of = document.hits().unwrap().1;
    assert_eq!(of, 10);
    document.next_hit(0);
    let mut seen = Vec::new();
    for nth in 0..of {
        let all = marks(&document).join("\n");
        let current = all.find('<').map(|at| all[..at].matches('[').count());
        assert_eq!(current, Some(nth), "{all}");
        assert_eq!(all.matches('<').count(), 1, "{all}");
        seen.push(all);
        document.next_hit(1);
    }
    document.next_hit(1);
    document.set_size(24, 40);
    let narrow = marks(&document).concat();
    assert_eq!(
        narrow.find('<').map(|at| narrow[..at].matches('[').count()),
        Some(1),
        "{narrow}"
    );
    document.set_size(80, 40);
    assert_eq!(marks(&document).join("\n"), seen[1]);
    document.find("");
    assert!(marks(&document).is_empty());
}
