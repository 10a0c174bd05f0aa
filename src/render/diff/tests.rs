//! Diffs as lines.

use std::collections::HashMap;

use proptest::prelude::*;
use ratatui::style::Color;
use ratatui::text::Span;

use super::*;
use crate::render::code::{Palette, highlight};
use crate::render::showing::Diffs;
use crate::render::span::measure;
use crate::render::theme::{Theme, ThemeKind};
use crate::render::wrap::Row;

fn replace(old: &str, new: &str) -> Edit {
    Edit {
        path: None,
        change: Change::Replace {
            old: old.into(),
            new: new.into(),
        },
    }
}

fn drawn(edit: &Edit, width: usize) -> Vec<Vec<Span<'static>>> {
    drawn_as(edit, width, Diffs::Unified)
}

fn drawn_as(edit: &Edit, width: usize, diffs: Diffs) -> Vec<Vec<Span<'static>>> {
    let theme = Theme::built_in(ThemeKind::Dark);
    let ink = HashMap::new();
    let mut sheet = Sheet {
        theme: &theme,
        ascii: true,
        width,
        rows: 1,
        diffs,
        palette: &mut Palette::new(&theme, &ink),
    };
    spans(lines(edit, &compared(edit, None, usize::MAX), &mut sheet))
}

fn spans(rows: Vec<Row>) -> Vec<Vec<Span<'static>>> {
    rows.into_iter().map(|row| row.spans).collect()
}

fn text(edit: &Edit, width: usize) -> Vec<String> {
    said(&drawn(edit, width))
}

fn said(lines: &[Vec<Span<'static>>]) -> Vec<String> {
    let text = |line: &Vec<Span<'static>>| -> String {
        let line: String = line.iter().map(|s| s.content.as_ref()).collect();
        line.trim_end().to_owned()
    };
    lines.iter().map(text).collect()
}

#[test]
fn counts_and_signs() {
    let edit = replace("a\nb\nc", "a\nB\nc\nd");
    // That the last line of neither piece has an end is no news.
    assert_eq!(counts(&edit), (2, 1));
    assert_eq!(text(&edit, 20), ["  a", "- b", "+ B", "  c", "+ d"]);
    let patch = Edit {
        path: None,
        change: Change::Patch("--- x\n+++ x\n@@ x\n-a\n+b\n c".into()),
    };
    assert_eq!(counts(&patch), (1, 1));
    assert_eq!(text(&patch, 20).last().map(String::as_str), Some("  c"));
}

#[test]
fn a_new_and_a_deleted_file() {
    let whole = |change| Edit { path: None, change };
    let new = whole(Change::Write("one\ntwo\n".into()));
    assert_eq!(counts(&new), (2, 0));
    assert_eq!(text(&new, 20), ["1 + one", "2 + two"]);
    assert_eq!(text(&whole(Change::Delete), 20), ["- (deleted)"]);
}

#[test]
fn changed_words_are_the_strongest() {
    let edit = replace(
        "let layer = map + 1;\nrest\n",
        "let layer = context + 1;\nrest\n",
    );
    // The ground of what changed is stronger than that of its line, and stands nowhere else.
    let grounds = |sign: &str| -> Vec<String> {
        let lines = drawn(&edit, 80).into_iter();
        let line = lines.filter(|line| line.iter().any(|s| s.content == sign));
        let line: Vec<Span<'static>> = line.flatten().collect();
        let soft = line.last().unwrap().style.bg;
        assert!(matches!(soft, Some(Color::Rgb(..))));
        let strong = line
            .into_iter()
            .filter(|s| s.style.bg.is_some() && s.style.bg != soft);
        strong.map(|s| s.content.into_owned()).collect()
    };
    assert_eq!(grounds("- "), ["map"]);
    assert_eq!(grounds("+ "), ["context"]);
}

/// UX 7: edits as a diff with syntax colour; the colours move no letter.
#[test]
fn code_in_a_diff_has_its_colours() {
    let mut edit = replace("let a = 1;\nlet b = 2;\n", "let a = 1;\nlet c = \"x\";\n");
    edit.path = Some("src/main.rs".into());
    let theme = Theme::built_in(ThemeKind::Dark);
    let draw = |ink: &HashMap<u64, crate::render::code::Ink>| {
        let mut palette = Palette::new(&theme, ink);
        let mut sheet = Sheet {
            theme: &theme,
            ascii: true,
            width: 40,
            rows: 1,
            diffs: Diffs::Unified,
            palette: &mut palette,
        };
        let lines = spans(lines(&edit, &compared(&edit, None, usize::MAX), &mut sheet));
        (lines, palette.wanted)
    };
    let (plain, wanted) = draw(&HashMap::new());
    assert_eq!(wanted.len(), 2, "before and after");
    let ink = wanted.iter().map(highlight).map(|ink| (ink.key, ink));
    let (coloured, wanted) = draw(&ink.collect());
    assert!(wanted.is_empty());
    assert_ne!(coloured, plain);
    assert_eq!(said(&coloured), said(&plain));
}

#[test]
fn numbers_stand_where_a_patch_tells_them() {
    let patch = Edit {
        path: None,
        change: Change::Patch("@@ -41,2 +41,2 @@ impl\n-old\n+new\n same".into()),
    };
    assert_eq!(
        text(&patch, 40),
        [
            "     @@ -41,2 +41,2 @@ impl",
            "41 - old",
            "41 + new",
            "42   same"
        ]
    );
}

/// UX 7.2: where a result tells where its edit stands, all lines of it are numbered from there.
#[test]
fn an_edit_is_numbered_from_its_first_change() {
    let numbers = |edit: &Edit, line| -> Vec<Option<usize>> {
        let compared = compared(edit, line, usize::MAX);
        compared.lines.iter().map(|line| line.number).collect()
    };
    let edit = replace("one\ntwo\nthree\n", "one\nTWO\nand\nthree\n");
    assert_eq!(numbers(&edit, None), [None; 5]);
    let all = [40, 41, 41, 42, 43].map(Some);
    assert_eq!(numbers(&edit, Some(41)), all);
    let more = replace("one\n", "zero\none\n");
    assert_eq!(numbers(&more, Some(1)), [Some(1), Some(2)]);
}

/// UX 4.3 `z d`: before at the left and after at the right, where there is room for both.
#[test]
fn both_sides_stand_beside_each_other() {
    let edit = replace("same\none\ntwo\n", "same\nONE\n");
    let wide = said(&drawn_as(&edit, 111, Diffs::Side));
    let halves = |line: &String| {
        let (left, right) = line.split_once(" | ").unwrap();
        assert_eq!(left.len(), 54, "{line}");
        (left.trim_end().to_owned(), right.to_owned())
    };
    let pair = |(a, b): (&str, &str)| (a.to_owned(), b.to_owned());
    let wide: Vec<_> = wide
        .iter()
        .map(|line| format!("{line} "))
        .map(|l| halves(&l))
        .collect();
    assert_eq!(wide[0], pair(("  same", "  same ")));
    assert_eq!(wide[1], pair(("- one", "+ ONE ")));
    assert_eq!(wide[2], pair(("- two", "")));
    let narrow = drawn_as(&edit, 80, Diffs::Side);
    assert_eq!(said(&narrow), text(&edit, 80));
}

#[test]
fn lines_far_from_a_change_are_left_out() {
    let numbers = |changed: &[usize]| -> String {
        let line = |n| format!("{}{n}\n", if changed.contains(&n) { "x" } else { "" });
        (0..40).map(line).collect()
    };
    let edit = replace(&numbers(&[]), &numbers(&[5, 30]));
    let want = [
        "  3", "  4", "- 5", "+ x5", "  6", "  7", "  ...", "  28", "  29", "- 30", "+ x30",
        "  31", "  32",
    ];
    assert_eq!(text(&edit, 20), want);
}

#[test]
fn what_is_too_long_to_compare_is_taken_away_and_added() {
    let many = |word: &str| {
        (0..3_000)
            .map(|n| format!("{word}{n}\n"))
            .collect::<String>()
    };
    let edit = replace(
        &format!("same\n{}", many("a")),
        &format!("same\n{}", many("b")),
    );
    assert_eq!(counts(&edit), (3_000, 3_000));
    let text = text(&edit, 20);
    assert_eq!(text.len(), 6_001);
    assert_eq!(text[..2], ["  same", "- a0"]);
    assert_eq!(text[6_000], "+ b2999");
}

/// What is left out is counted in lines, whatever the form of the edit.
#[test]
fn lines_that_are_not_asked_for_are_counted() {
    let lines = |from: usize, to: usize| (from..to).map(|n| format!("{n}\n")).collect::<String>();
    let whole = |change| Edit { path: None, change };
    let patch: String = lines(0, 50)
        .lines()
        .map(|line| format!("+{line}\n"))
        .collect();
    for (edit, all) in [
        (whole(Change::Write(lines(0, 50).as_str().into())), 50),
        (whole(Change::Patch(patch.as_str().into())), 50),
        (replace("", &lines(0, 50)), 50),
        // The gap is a line too.
        (replace(&lines(0, 40), &lines(10, 50)), 25),
        (replace(&lines(0, 3_000), &lines(5_000, 8_000)), 6_000),
    ] {
        for most in [0, 1, 7, 49] {
            let some = compared(&edit, None, most);
            assert_eq!(some.shown(), most.min(all), "{edit:?}");
            assert_eq!(some.shown() + some.left(), all, "{edit:?}");
        }
        assert_eq!(compared(&edit, None, usize::MAX).left(), 0);
    }
}

/// A row that is cut shows what changed: two that look the same tell nothing.
#[test]
fn what_changed_far_in_a_line_is_seen() {
    let long = "export { executeBash, type BashExecutorOptions, type BashResult } from";
    let edit = replace(
        &format!("{long} \"./old.ts\";\n"),
        &format!("{long} \"./new.ts\";\n"),
    );
    let cut = text(&edit, 40);
    assert!(
        cut[0].starts_with("- ..") && cut[0].contains("old"),
        "{cut:?}"
    );
    assert!(
        cut[1].starts_with("+ ..") && cut[1].contains("new"),
        "{cut:?}"
    );
    let early = replace(&format!("old {long}\n"), &format!("new {long}\n"));
    assert!(text(&early, 40)[0].starts_with("- old export"));
}

/// A line that goes on below itself is set in as far as it begins, and both sides of a change are wrapped alike.
#[test]
fn what_goes_on_is_set_in() {
    let link = |what: &str| format!("    <a href=\"of\" title=\"{what}\">text of it</a>\n");
    let edit = replace(&link("old"), &link("newer"));
    let theme = Theme::built_in(ThemeKind::Dark);
    let ink = HashMap::new();
    let draw = |width: usize, diffs: Diffs| {
        let mut sheet = Sheet {
            theme: &theme,
            ascii: true,
            width,
            rows: 10,
            diffs,
            palette: &mut Palette::new(&theme, &ink),
        };
        lines(&edit, &compared(&edit, None, usize::MAX), &mut sheet)
    };
    let rows = draw(30, Diffs::Unified);
    let margins: Vec<usize> = rows.iter().map(|row| row.margin).collect();
    assert_eq!(
        said(&spans(rows)),
        [
            "-     <a href=\"of\"",
            "      title=\"old\">text of",
            "      it</a>",
            "+     <a href=\"of\"",
            "      title=\"newer\">text of",
            "      it</a>",
        ]
    );
    assert_eq!(margins, [0, 6, 6, 0, 6, 6]);
    // Tabs are set in too, and in a narrow column less is left of what is far from the edge.
    let deep = replace("", &format!("\t\t\t\t\t{}\n", "word ".repeat(8)));
    let mut sheet = Sheet {
        theme: &theme,
        ascii: true,
        width: 32,
        rows: 10,
        diffs: Diffs::Unified,
        palette: &mut Palette::new(&theme, &ink),
    };
    let rows = lines(&deep, &compared(&deep, None, usize::MAX), &mut sheet);
    let last = said(&spans(rows)).pop().unwrap();
    assert!(last.starts_with("          word"), "{last:?}");
}

/// A file that is new has nothing at the left.
#[test]
fn one_side_has_the_whole_width() {
    let long = "x".repeat(100);
    let new = Edit {
        path: None,
        change: Change::Write(long.as_str().into()),
    };
    assert_eq!(
        said(&drawn_as(&new, 111, Diffs::Side)),
        [format!("1 + {long}")]
    );
}

#[test]
fn what_a_patch_says_of_a_line_is_no_line() {
    let patch = Edit {
        path: None,
        change: Change::Patch(
            "@@ -1,1 +1,2 @@\n-old\n\\ No newline at end of file\n+new\n+more".into(),
        ),
    };
    assert_eq!(
        text(&patch, 40)[1..],
        [
            "1 - old",
            "    \\ No newline at end of file",
            "1 + new",
            "2 + more"
        ]
    );
}

proptest! {
    /// The lines that stand in the new text, in order, are the new text; the same for the old one.
    #[test]
    fn nothing_is_lost(old in "([ab]\n){0,12}", new in "([ab]\n){0,12}") {
        let edit = replace(&old, &new);
        let diff = TextDiff::from_lines(old.as_str(), new.as_str());
        let (mut left, mut right) = (String::new(), String::new());
        for line in diff.ops().iter().flat_map(|op| changed(&diff, op)) {
            let text: String = line.pieces.iter().map(|(_, t)| t.as_str()).collect();
            if line.sign != Sign::Add {
                left += &format!("{text}\n");
            }
            if line.sign != Sign::Remove {
                right += &format!("{text}\n");
            }
        }
        prop_assert_eq!(left, old.clone());
        prop_assert_eq!(right, new.clone());
        let (added, removed) = counts(&edit);
        prop_assert_eq!(old.lines().count() + added, new.lines().count() + removed);
    }

    #[test]
    fn no_line_is_wider(old in any::<String>(), new in any::<String>(), width in 1usize..40) {
        for line in drawn(&replace(&old, &new), width) {
            prop_assert!(measure(&line) <= width);
        }
    }
}
