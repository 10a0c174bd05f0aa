//! What is copied: text as it was written, byte for byte (G4).

use super::sample::*;
use super::*;

const ANSWER: &str = "See **this** and https://a.b/c?d=1, it is `fine` and goes on past the edge of the page.\n\n```rust\nfn a() {\n\tlet x = 1;\n}\n```\n\n- one\n- two [x](http://e.f/g)\n\n```sh\nls  -l\n```\n";

fn answer() -> Document {
    let command = r#"{"command":"cargo  test\n"}"#;
    let edit = r#"{"file_path":"a.rs","old_string":"one\ntwo\n","new_string":"one\nTWO\n"}"#;
    let talk = conversation(vec![
        say(1, Role::User, "go on  \n"),
        say(2, Role::Assistant, ANSWER),
        message(
            3,
            Role::Assistant,
            vec![
                call("b", "Bash", command),
                result("b", "\u{1b}[31mred\u{1b}[0m  x\nnext\n"),
                call("e", "Edit", edit),
                result("e", "ok"),
            ],
        ),
    ]);
    let mut document = Document::new(talk, look(ThemeKind::Dark, false));
    document.set_size(60, 60);
    document
}

fn at(document: &mut Document, what: &str) {
    let row = row_of(document, what);
    document.click(row);
}

#[test]
fn messages_and_code_are_given_back_as_written() {
    let mut document = answer();
    at(&mut document, "one");
    assert_eq!(document.message_text().as_deref(), Some(ANSWER));
    let blocks = document.code_blocks_here();
    let texts: Vec<(&str, &str)> = blocks
        .iter()
        .map(|block| (&*block.language, block.text.untrusted()))
        .collect();
    let want = [("rust", "fn a() {\n\tlet x = 1;\n}\n"), ("sh", "ls  -l\n")];
    assert_eq!(texts, want);
    // The nearest is the one the cursor is in, else the last.
    assert_eq!(document.code_near().unwrap().language, "sh");
    at(&mut document, "let x");
    assert_eq!(document.code_near().unwrap().language, "rust");
    at(&mut document, "go on");
    assert_eq!(document.code_near().unwrap().language, "sh");
    assert_eq!(document.last_prompt().as_deref(), Some("go on  \n"));
    assert_eq!(document.last_answer().as_deref(), Some(ANSWER));
    at(&mut document, "let x");
    let link = document.message_link("a:b c").unwrap();
    assert_eq!(link, "backscroll show 'a:b c' --at 2");
}

/// Code that nobody sees is not copied unread; where the nearest stands is known.
#[test]
fn code_is_taken_from_what_is_seen() {
    let mut messages = vec![say(1, Role::Assistant, ANSWER)];
    let words = "word\n\n".repeat(30);
    messages.extend((2..9).map(|n| say(n, Role::Assistant, &words)));
    let mut document = Document::new(conversation(messages), look(ThemeKind::Dark, false));
    document.set_size(60, 20);
    assert_eq!(document.code_near().unwrap().number, 1);
    document.go_to_number(6);
    assert_eq!(
        (document.code_near(), document.code_blocks_here()),
        (None, Vec::new())
    );
    assert_eq!(document.code_elsewhere(), Some(1));
    let none = conversation(vec![say(1, Role::User, "go on")]);
    let document = Document::new(none, look(ThemeKind::Dark, false));
    assert_eq!(document.code_elsewhere(), None);
}

#[test]
fn calls_give_what_was_asked_and_what_came_back() {
    let mut document = answer();
    at(&mut document, "Bash");
    assert_eq!(document.tool_input_here().as_deref(), Some("cargo  test\n"));
    let output = document.tool_output_here();
    assert_eq!(output.as_deref(), Some("\u{1b}[31mred\u{1b}[0m  x\nnext\n"));
    assert_eq!(document.diff_here(), None);
    at(&mut document, "Edit");
    let want = "--- a.rs\n+++ a.rs\n@@ -1,2 +1,2 @@\n one\n-two\n+TWO\n";
    assert_eq!(document.diff_here().as_deref(), Some(want));
}

#[test]
fn the_address_under_the_cursor_is_whole() {
    let mut document = answer();
    at(&mut document, "See");
    assert_eq!(document.url_here().as_deref(), Some("https://a.b/c?d=1"));
    at(&mut document, "two");
    assert_eq!(document.url_here().as_deref(), Some("http://e.f/g"));
    at(&mut document, "go on");
    assert_eq!(document.url_here(), None);
}

/// A drag from the first letter of a text on the screen to the last of another.
fn dragged(document: &mut Document, from: &str, to: &str) -> Option<String> {
    let place = |document: &Document, what: &str| {
        let row = row_of(document, what);
        let line = &said(document)[usize::from(row)];
        let column = crate::text::width(&line[..line.find(what).unwrap()]);
        (row, u16::try_from(column).unwrap())
    };
    let (row, column) = place(document, from);
    document.select_from(row, column);
    let (row, column) = place(document, to);
    let last = column + u16::try_from(crate::text::width(to)).unwrap() - 1;
    document.select_to(row, last);
    document.selected()
}

#[test]
fn a_drag_gives_source_text_unwrapped() {
    let mut document = answer();
    let text = dragged(&mut document, "this", "goes").unwrap();
    assert_eq!(text, "this** and https://a.b/c?d=1, it is `fine` and goes");
    // Over the edge of the page and through a block of code, with its tab.
    let text = dragged(&mut document, "past", "let").unwrap();
    assert_eq!(
        text,
        "past the edge of the page.\n\n```rust\nfn a() {\n\tlet"
    );
    let text = dragged(&mut document, "fn a", "}").unwrap();
    assert_eq!(text, "fn a() {\n\tlet x = 1;\n}");
    let text = dragged(&mut document, "red", "next").unwrap();
    assert_eq!(text, "red\u{1b}[0m  x\nnext");
}

#[test]
fn a_drag_over_several_messages_leaves_headings_out() {
    let mut document = answer();
    let text = dragged(&mut document, "go on", "this").unwrap();
    assert_eq!(text, "go on  \nSee **this");
    assert!(document.is_selecting());
    let marked = |document: &Document| {
        let lines = document.lines();
        let spans = lines.iter().flat_map(|line| line.spans.clone());
        let reversed = ratatui::style::Modifier::REVERSED;
        spans
            .filter(|s| s.style.add_modifier.contains(reversed))
            .count()
    };
    assert!(marked(&document) > 0);
    document.drop_selection();
    assert_eq!((marked(&document), document.selected()), (0, None));
    // Of what has no source, what is drawn.
    let text = dragged(&mut document, "- two", "+ TWO").unwrap();
    assert_eq!(text, "- two\n+ TWO");
}

#[test]
fn a_drag_over_what_is_left_out_says_so() {
    let many: String = (1..=40).map(|n| format!("line {n}\n")).collect();
    let parts = vec![call("b", "Bash", r#"{"command":"x"}"#), result("b", &many)];
    let talk = conversation(vec![message(1, Role::Assistant, parts)]);
    let mut document = Document::new(talk, look(ThemeKind::Dark, false));
    document.set_size(60, 20);
    let text = dragged(&mut document, "line 2", "line 39").unwrap();
    assert_eq!(text, "line 2\nline 3\n... 35 more lines (z o)\nline 39");
}

#[test]
fn strange_signs_move_no_other_line() {
    let text = "first\nodd \u{202e}line that is wider than its page is\nlast one\n";
    let talk = conversation(vec![message(
        1,
        Role::Assistant,
        vec![Part::Thinking(Some(text.into()))],
    )]);
    let mut document = document(talk, 30, 20);
    document.toggle_thinking();
    assert_eq!(
        dragged(&mut document, "first", "irst").as_deref(),
        Some("first")
    );
    assert_eq!(
        dragged(&mut document, "last", "one").as_deref(),
        Some("last one")
    );
    let all = dragged(&mut document, "first", "one").unwrap();
    assert_eq!(all, text.trim_end());
}

proptest! {
    /// Whatever is dragged over in a text without signs is a piece of it.
    #[test]
    fn a_drag_gives_a_piece_of_the_source(
        text in "([a-z日é]{1,12} ){1,30}",
        width in 12u16..50,
        from in (1u16..12, 0u16..50),
        to in (1u16..12, 0u16..50),
    ) {
        let mut document = document(conversation(vec![say(1, Role::User, &text)]), width, 14);
        document.select_from(from.0, from.1);
        document.select_to(to.0, to.1);
        if let Some(selected) = document.selected() {
            prop_assert!(text.contains(&selected), "{selected:?}");
        }
    }
}
