//! Lines that are broken off.

use super::*;
use proptest::prelude::*;

fn run(text: &str) -> Run {
    Run::new(Clean::of(text), Style::new())
}

fn hard(runs: &[Run], width: usize) -> Vec<Vec<Span<'static>>> {
    let rows = hard_rows(runs, width);
    rows.into_iter().map(|row| row.spans).collect()
}

fn text(lines: Vec<Vec<Span<'static>>>) -> Vec<String> {
    let text = |line: Vec<Span<'static>>| line.iter().map(|s| s.content.to_string()).collect();
    lines.into_iter().map(text).collect()
}

fn wrap(source: &str, width: usize) -> Vec<String> {
    text(words(&[run(source)], width))
}

fn cells(source: &str, width: usize) -> Vec<String> {
    text(hard(&[run(source)], width))
}

#[test]
fn words_stay_whole_where_they_fit() {
    assert_eq!(wrap("one two three", 8), ["one two ", "three"]);
    assert_eq!(wrap("one   two", 4), ["one ", "two"]);
    assert_eq!(wrap("abcdefgh ij", 3), ["abc", "def", "gh ", "ij"]);
    assert_eq!(wrap("a abcdefgh", 3), ["a ", "abc", "def", "gh"]);
    assert_eq!(wrap("a\nb\n\nc\n", 4), ["a", "b", "", "c"]);
    assert_eq!(wrap("", 4), [""]);
}

#[test]
fn a_path_goes_on_behind_what_joins_its_names() {
    assert_eq!(wrap("src/render/wrap.rs", 12), ["src/render/", "wrap.rs"]);
    assert_eq!(wrap("0a1b2c3d-4e5f-6789", 12), ["0a1b2c3d-", "4e5f-6789"]);
    // Half a line is not left empty for it.
    assert_eq!(wrap("a/bcdefghijk", 8), ["a/bcdefg", "hijk"]);
}

#[test]
fn a_word_in_two_styles_is_one_word() {
    let bold = Style::new().bold();
    let code = Run::new(Clean::of("code"), bold);
    let lines = words(&[run("see "), code, run("s, now")], 8);
    assert_eq!(text(lines.clone()), ["see ", "codes, ", "now"]);
    assert_eq!(lines[1][0].style, bold);
    assert_eq!(lines[1][1].style, Style::new());
}

#[test]
fn wide_characters_break_anywhere_and_never_in_half() {
    assert_eq!(wrap("日本語", 4), ["日本", "語"]);
    assert_eq!(wrap("the 日本語", 8), ["the 日本", "語"]);
    assert_eq!(wrap("日本", 1), ["日", "本"]);
    assert_eq!(cells("a👩‍💻b", 2), ["a", "👩‍💻", "b"]);
    assert_eq!(cells("日", 1), ["日"]);
    assert_eq!(wrap("e\u{301}e\u{301}", 1), ["e\u{301}", "e\u{301}"]);
}

#[test]
fn code_keeps_its_spaces_and_its_stops() {
    assert_eq!(cells("a  b  c", 3), ["a  ", "b  ", "c"]);
    assert_eq!(cells("a\tb\t\tc", 20), ["a   b       c"]);
    assert_eq!(wrap("a\tb", 9), ["a    b"]);
}

/// Code is read by words where a space is near the edge, and keeps its columns.
#[test]
fn code_breaks_behind_a_space_that_is_near() {
    let code = |source: &str, width| {
        let rows = code_rows(&[run(source)], width).into_iter();
        rows.map(|row| (text(vec![row.spans]).concat(), row.joint))
            .collect::<Vec<_>>()
    };
    let row = |text: &str, joint| (text.to_owned(), joint);
    assert_eq!(
        code("import { a } from \"fs\";", 20),
        [
            row("import { a } from ", Joint::Begins),
            row("\"fs\";", Joint::GoesOn)
        ]
    );
    assert_eq!(code("\tone two", 12), [row("    one two", Joint::Begins)]);
    // What goes on stands below where it began, as far as there is room.
    assert_eq!(
        code("    one and two", 13),
        [
            row("    one and ", Joint::Begins),
            row("    two", Joint::GoesOn)
        ]
    );
    assert_eq!(
        code("\tone two", 7),
        [
            row("    one", Joint::Begins),
            row("two", Joint::BehindSpace)
        ]
    );
    // Far from the edge it is broken at the edge.
    assert_eq!(
        code("a bcdefghijkl", 8),
        [row("a bcdefg", Joint::Begins), row("hijkl", Joint::GoesOn)]
    );
    assert_eq!(code("", 8), [row("", Joint::Begins)]);
}

proptest! {
    #[test]
    fn no_line_is_wider(source in any::<String>(), width in 2usize..60) {
        let code = text(code_rows(&[run(&source)], width).into_iter().map(|row| row.spans).collect());
        for line in wrap(&source, width).into_iter().chain(cells(&source, width)).chain(code) {
            prop_assert!(crate::text::width(&line) <= width);
        }
    }

    /// Words lose nothing but the spaces they break at, code loses nothing at all.
    #[test]
    fn the_lines_together_are_the_source(source in "([a-z,. é日本👍-]|e\u{301}|👩\u{200d}💻){0,80}", width in 1usize..30) {
        let source = Clean::of(&source).as_str().to_owned();
        let letters = |text: &str| text.replace(' ', "");
        prop_assert_eq!(letters(&wrap(&source, width).concat()), letters(&source));
        prop_assert_eq!(cells(&source, width).concat(), source);
    }

    /// A line knows the bytes it shows, and the lines stand in the order of their source.
    #[test]
    fn lines_know_where_they_are_from(source in "[a-z é日]{1,60}", width in 2usize..20) {
        let run = Run::of(Clean::of(&source), Style::new(), 7..7 + source.len());
        let one = std::slice::from_ref(&run);
        for rows in [word_rows(one, width), hard_rows(one, width), code_rows(one, width)] {
            let mut done = 7;
            for row in rows {
                let text: String = row.spans.iter().map(|s| s.content.as_ref()).collect();
                let text = text.get(row.margin..).unwrap_or_default();
                let Some(from) = row.from else {
                    prop_assert!(text.is_empty());
                    continue;
                };
                prop_assert!(from.start >= done);
                prop_assert_eq!(&source[from.start - 7..from.end - 7], text);
                done = from.end;
            }
        }
    }

    /// Runs change colours, never places.
    #[test]
    fn styles_break_nothing(source in "[a-z 日-]{0,60}", cuts in proptest::collection::vec(0usize..60, 0..5), width in 2usize..30) {
        let mut cuts: Vec<usize> = cuts.into_iter().filter(|at| source.is_char_boundary(*at)).collect();
        cuts.extend([0, source.len()]);
        cuts.sort_unstable();
        let bold = |i: usize| if i.is_multiple_of(2) { Style::new().bold() } else { Style::new() };
        let runs: Vec<Run> = cuts
            .windows(2)
            .enumerate()
            .map(|(i, w)| Run::new(Clean::of(&source[w[0]..w[1]]), bold(i)))
            .collect();
        prop_assert_eq!(text(words(&runs, width)), wrap(&source, width));
        prop_assert_eq!(text(hard(&runs, width)), cells(&source, width));
    }
}
