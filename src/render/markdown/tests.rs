//! Forms of Markdown as lines, and that no line is wider than its page.

use std::collections::HashMap;

use super::*;
use crate::render::code::Ink;
use crate::render::span::measure;
use crate::render::theme::ThemeKind;
use proptest::prelude::*;

const LONG: Code = Code {
    most: usize::MAX,
    wrapped: true,
};

fn text(markdown: &str, width: usize) -> Vec<String> {
    let theme = Theme::built_in(ThemeKind::Mono);
    let ink = HashMap::new();
    let mut paper = Paper {
        theme: &theme,
        ascii: true,
        palette: &mut Palette::new(&theme, &ink),
        code: LONG,
    };
    let join = |line: Row| {
        line.spans
            .iter()
            .map(|s| s.content.to_string())
            .collect::<String>()
    };
    lay(markdown, width, Style::new(), &mut paper)
        .into_iter()
        .map(|l| join(l).trim_end().to_owned())
        .collect()
}

#[test]
fn forms() {
    assert_eq!(text("# A\n\nb *c* `d`\n", 40), ["# A", "", "b c d"]);
    assert_eq!(
        text("- one\n- two\n  - deep\n\nafter", 40),
        ["- one", "- two", "  - deep", "", "after"]
    );
    assert_eq!(text("1. a\n2. b", 40), ["1. a", "2. b"]);
    assert_eq!(text("> said", 40), ["| said"]);
    assert_eq!(text("```rust\nlet x;\n```", 40), [" rust", " let x;"]);
    assert_eq!(
        text("|a|b|\n|-|-:|\n|long|1|", 40),
        ["a     b", "-------", "long  1"]
    );
}

#[test]
fn code_is_given_back_as_written() {
    assert_eq!(
        code_blocks("x\n```sh\na  b\n\n```\n"),
        [("sh".to_owned(), Raw::from("a  b\n\n"))]
    );
}

#[test]
fn lists_and_quotes_nest() {
    let markdown = "- one\n  - two is longer than the page\n    > said\n    > so\n1. first\n\n   second part\n10. x";
    let want = [
        "- one",
        "  - two is longer",
        "    than the page",
        "    | said so",
        "",
        "1. first",
        "",
        "   second part",
        "2. x",
    ];
    assert_eq!(text(markdown, 21), want);
}

#[test]
fn nesting_has_an_end() {
    let deep = text(&format!("{}end", "> ".repeat(400)), 100);
    assert_eq!(deep, [format!("{}end", "| ".repeat(DEPTH))]);
}

#[test]
fn a_table_gives_way_where_it_is_widest() {
    let markdown = "| a | number |\n|---|--:|\n| some words that are many | 7 |\n| `x` | 日本 |";
    let want = [
        "a           number",
        "------------------",
        "some words       7",
        "that are",
        "many",
        "x             日本",
    ];
    assert_eq!(text(markdown, 18), want);
    assert_eq!(
        text("|a|b|\n|:-:|-|\n|wide|1|\n|c|", 40),
        [" a    b", "-------", "wide  1", " c"]
    );
}

#[test]
fn a_table_of_many_columns_is_cut_at_the_edge() {
    let markdown = format!(
        "|{}\n|{}\n|{}",
        "abc|".repeat(40),
        "-|".repeat(40),
        "def|".repeat(40)
    );
    for line in text(&markdown, 30) {
        assert!(line.len() <= 30, "{line}");
    }
}

#[test]
fn tasks_and_rules_have_signs() {
    assert_eq!(
        text("- [x] done\n- [ ] open", 40),
        ["- [x] done", "- [ ] open"]
    );
    assert_eq!(
        text("a\n\n---\n\nb", 12),
        ["a", "", "------------", "", "b"]
    );
}

#[test]
fn colours_of_code_change_no_letter() {
    let theme = Theme::built_in(ThemeKind::Dark);
    let markdown =
        "```rust\nfn main() {\n\tlet long = \"a text that is wider than the page\";\n}\n```";
    let draw = |ink: &HashMap<u64, Ink>| {
        let mut palette = Palette::new(&theme, ink);
        let mut paper = Paper {
            theme: &theme,
            ascii: true,
            palette: &mut palette,
            code: LONG,
        };
        let lines = lay(markdown, 30, Style::new(), &mut paper);
        assert_eq!(palette.used.len(), 1);
        (lines, palette.wanted)
    };
    let (plain, wanted) = draw(&HashMap::new());
    let ink = crate::render::code::highlight(&wanted[0]);
    let (coloured, wanted) = draw(&HashMap::from([(ink.key, ink)]));
    assert!(wanted.is_empty());
    let letters = |lines: &Lines| -> Vec<String> {
        let line = |l: &Row| l.spans.iter().map(|s| s.content.as_ref()).collect();
        lines.iter().map(line).collect()
    };
    assert_eq!(letters(&coloured), letters(&plain));
    assert_ne!(coloured, plain);
}

proptest! {
    #[test]
    fn no_line_is_wider_than_the_page(markdown in "[-a-z|*`#>\\[\\]\\n 0-9.~日👍]{0,200}", width in 8usize..=200) {
        let theme = Theme::built_in(ThemeKind::Dark);
        let ink = HashMap::new();
        let mut paper = Paper { theme: &theme, ascii: false, palette: &mut Palette::new(&theme, &ink), code: LONG };
        for line in lay(&markdown, width, Style::new(), &mut paper) {
            prop_assert!(measure(&line.spans) <= width, "{line:?}");
        }
    }
}

#[test]
fn lines_know_the_bytes_they_show() {
    let theme = Theme::built_in(ThemeKind::Mono);
    let ink = HashMap::new();
    let mut paper = Paper {
        theme: &theme,
        ascii: true,
        palette: &mut Palette::new(&theme, &ink),
        code: LONG,
    };
    let markdown =
        "see **bold** and `a b`\n\n- one\n\n  ```sh\n  ls -l\n  ```\n\n|a|b|\n|-|-|\n|c|d|\n";
    let lines = lay(markdown, 40, Style::new(), &mut paper);
    let shown: Vec<&str> = lines
        .iter()
        .filter_map(|line| markdown.get(line.from.clone()?))
        .collect();
    assert_eq!(
        shown,
        ["see **bold** and `a b", "one", "ls -l", "a|b", "c|d"]
    );
}

#[test]
fn long_code_can_stand_short_and_long_lines_be_cut() {
    let theme = Theme::built_in(ThemeKind::Mono);
    let code = Code {
        most: 2,
        wrapped: false,
    };
    let ink = HashMap::new();
    let mut paper = Paper {
        theme: &theme,
        ascii: true,
        palette: &mut Palette::new(&theme, &ink),
        code,
    };
    let markdown = "```\none\na line that is too long\nthree\nfour\n```";
    let lines = lay(markdown, 14, Style::new(), &mut paper);
    let text = |line: &Row| -> String { line.spans.iter().map(|s| s.content.as_ref()).collect() };
    let lines: Vec<String> = lines.iter().map(text).collect();
    assert_eq!(
        lines,
        [
            " code         ",
            " one          ",
            " a line tha.. ",
            " ... 2 more .."
        ]
    );
}
