//! Forms of Markdown as lines, and that no line is wider than its page.

use super::*;
use crate::render::span::measure;
use crate::render::theme::ThemeKind;
use proptest::prelude::*;

fn text(markdown: &str, width: usize) -> Vec<String> {
    let theme = Theme::built_in(ThemeKind::Mono);
    let mut wanted = Vec::new();
    let mut paper = Paper {
        theme: &theme,
        ascii: true,
        ink: &HashMap::new(),
        wanted: &mut wanted,
    };
    let join = |line: Vec<Span<'static>>| {
        line.iter()
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

proptest! {
    #[test]
    fn no_line_is_wider_than_the_page(markdown in "[-a-z|*`#>\\[\\]\\n 0-9.~日👍]{0,200}", width in 10usize..80) {
        let theme = Theme::built_in(ThemeKind::Dark);
        let mut wanted = Vec::new();
        let mut paper = Paper { theme: &theme, ascii: false, ink: &HashMap::new(), wanted: &mut wanted };
        for line in lay(&markdown, width, Style::new(), &mut paper) {
            prop_assert!(measure(&line) <= width, "{line:?}");
        }
    }
}
