//! What becomes of structure that is not ours.

use super::*;

#[test]
fn nothing_breaks_out_of_a_fence() {
    assert_eq!(fenced("", "a\n```\nb"), "````\na\n```\nb\n````");
    assert_eq!(code("a`b"), "``a`b``");
    assert_eq!(code("`a"), "`` `a ``");
    assert_eq!(code("a\n\n## b"), "`a  ## b`");
    assert_eq!(code(" "), "");
}

/// X2: headings go two levels down, what is in code stays as it is.
#[test]
fn only_our_headings_start_a_turn() {
    for (text, want) in [
        (
            "# One\ntext\n###### Six\n#tag",
            "### One\ntext\n###### Six\n#tag",
        ),
        ("Title\n===\nmore", "### Title\nmore"),
        ("Title\n---", "#### Title"),
        (
            "### Three\n## Two\n##### Five\n###### Six",
            "##### Three\n#### Two\n###### Five\n###### Six",
        ),
        ("two\nlines\n===", "two\nlines\n\\==="),
        ("> quoted\n> ===", "> quoted\n> \\==="),
        ("> # quoted", "> ### quoted"),
        ("- # item", "- ### item"),
        (
            "```md\n## in code\n```\n## You",
            "```md\n## in code\n```\n#### You",
        ),
        ("~~~\n## open", "~~~\n## open\n~~~"),
        ("---\na: b\n---", "***\n#### a: b"),
        ("+++\na\n+++", "\\+++\na\n\\+++"),
        ("a <!-- hidden -->", "a \\<!-- hidden -->"),
        ("<!-- never closed\n\n## x", "\\<!-- never closed\n\n#### x"),
        ("Vec<String> and `Vec<T>`", "Vec\\<String> and `Vec<T>`"),
        ("1 < 2 and a | b", "1 < 2 and a | b"),
    ] {
        assert_eq!(within_turn(text), want, "{text}");
        assert!(is_contained(&within_turn(text)), "{text}");
    }
}

/// Ordinary Markdown is copied byte for byte.
#[test]
fn what_does_no_harm_stays() {
    let text = "### Three\n\n- a\n  - b\n\n1. *c* **d** `e`\n\n> f\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```rust\nlet x = \"<b>\";\n```\n\n[g](https://h.example) ![i](j.png)\n\n***\nk";
    assert_eq!(within_turn(text), text);
    assert_eq!(contained(text.to_owned(), text), text);
}

#[test]
fn what_cannot_be_tamed_is_fenced() {
    assert_eq!(contained("<div>".to_owned(), "<div>"), "```\n<div>\n```");
    assert_eq!(contained("# a".to_owned(), "# a"), "```\n# a\n```");
}

#[test]
fn words_in_our_lines_are_words() {
    assert_eq!(
        inline("a_b `c` <d> [e](f) *g*"),
        "a_b \\`c\\` \\<d\\> \\[e\\](f) \\*g\\*"
    );
    assert_eq!(inline("one\n## two"), "one \\#\\# two");
}
