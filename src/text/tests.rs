//! What becomes of text.

use super::*;
use proptest::prelude::*;

#[test]
fn ordinary_text_is_untouched() {
    for text in [
        "",
        "a b\tc\nd",
        "grüße",
        "日本語",
        "👩‍💻 works",
        "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
        "1️⃣",
        "नमस्ते",
    ] {
        assert_eq!(Clean::of(text).as_str(), text);
    }
}

#[test]
fn joiners_outside_pictures_are_named() {
    assert_eq!(Clean::of("a\u{200d}b").as_str(), "a<U+200D>b");
    assert_eq!(Clean::of("e\u{fe0f}").as_str(), "e<U+FE0F>");
}

#[test]
fn a_cell_stays_small() {
    let tower = format!("a{}", "\u{301}".repeat(5000));
    assert!(Clean::of(&tower).as_str().chars().count() <= CELL_POINTS);
}

#[test]
fn titles_fold_and_cut() {
    assert_eq!(Clean::title("  a\n\n b  ").as_str(), "a b");
    let long = Clean::title(&"word ".repeat(100));
    // The words are whole, and the mark of the cut stands behind a blank.
    assert_eq!(long.as_str(), format!("{}..", "word ".repeat(19)));
    // What just has room is not cut, and what was cut is not cut again.
    let whole = format!("{}end", "a".repeat(TITLE_CHARS - 3));
    assert_eq!(Clean::title(&whole).as_str(), whole);
    assert_eq!(Clean::title(long.as_str()), long);
    // Where no word ends near, it is cut within.
    let one = Clean::title(&format!("see {}", "x".repeat(200)));
    assert_eq!(one.as_str(), format!("see {}..", "x".repeat(94)));
    assert!(Clean::title(&"漢".repeat(400)).width() <= TITLE_CELLS);
}

#[test]
fn colours_leave_output_and_nothing_else_does() {
    assert_eq!(
        Raw::from("\x1b[1;31mred\x1b[0m").clean_output().as_str(),
        "red"
    );
    assert_eq!(
        Raw::from("\x1b[2Jx\x1b]0;t\x07").clean_output().as_str(),
        "␛[2Jx␛]0;t␇"
    );
}

proptest! {
    /// Looking only at what is strange says the same as looking at every cell.
    #[test]
    fn a_line_is_cleaned_as_its_cells_are(
        line in "[ a-c1#\t\u{1b}\u{7f}\u{301}\u{200d}\u{202e}\u{fe0f}é日\u{1f600}\u{1f3fb}\u{1f1e6}\u{1f3f4}\u{e0067}\r]{0,24}",
    ) {
        let (mut by_line, mut by_cell) = (String::new(), String::new());
        push_line(&mut by_line, &line);
        clusters(&line).for_each(|(cluster, _)| push_cluster(&mut by_cell, cluster));
        prop_assert_eq!(by_line, by_cell);
    }
}

proptest! {
    #[test]
    fn nothing_that_acts_or_hides_survives(text in any::<String>()) {
        let clean = Clean::of(&text);
        for c in clean.as_str().chars() {
            prop_assert!(!c.is_control() || c == '\n' || c == '\t');
            let acts = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200b}' | '\u{feff}' | '\u{200e}' | '\u{200f}' | '\u{61c}');
            prop_assert!(!acts);
        }
    }

    /// What is done line by line is what would be done to all of it.
    #[test]
    fn lines_are_cleaned_for_themselves(text in "([ -~]|\\PC|\u{301}|👩\u{200d}💻|\u{202e}|\u{600}|\x1b|\n|\t|\r|\r\n){0,24}") {
        let mut whole = String::new();
        clusters(&text).for_each(|(cluster, _)| push_cluster(&mut whole, cluster));
        let clean = Clean::of(&text);
        prop_assert_eq!(clean.as_str(), whole);
    }

    #[test]
    fn cut_fits(text in any::<String>(), cells in 0usize..40) {
        let clean = Clean::line(&text);
        prop_assert!(clean.cut(cells).width() <= cells.max(clean.width().min(cells)));
    }
}
