//! Colours of code as classes, so that one page has them for light and for dark.

use maud::{Markup, html};
use ratatui::style::{Color, Style};

use crate::render::code::{Ink, InkJob, highlight, wants_ink};

/// What the light theme of the screen draws, and the class that stands for it here: its colours are too pale for paper,
/// so the page has its own.
const CLASSES: [((u8, u8, u8), &str); 7] = [
    ((0xa0, 0xa1, 0xa7), "ic"),
    ((0xa6, 0x26, 0xa4), "ik"),
    ((0x50, 0xa1, 0x4f), "is"),
    ((0xc1, 0x84, 0x01), "in"),
    ((0x01, 0x84, 0xbc), "if"),
    ((0xe4, 0x56, 0x49), "iv"),
    ((0x09, 0x97, 0xb3), "io"),
];

/// A block of code, coloured where that is quickly done.
pub fn block(language: &str, text: &str) -> Markup {
    let text = text.strip_suffix('\n').unwrap_or(text);
    if matches!(language, "diff" | "patch") {
        return diff(text);
    }
    let ink = if wants_ink(language, text) {
        highlight(&InkJob {
            key: 0,
            language: language.to_owned(),
            text: text.into(),
            light: true,
        })
    } else {
        Ink::default()
    };
    html! {
        pre {
            code {
                @if ink.lines.is_empty() {
                    (text)
                } @else {
                    @for (at, (line, styles)) in text.split('\n').zip(&ink.lines).enumerate() {
                        @if at > 0 { "\n" }
                        @for (range, style) in styles {
                            @let piece = line.get(range.clone()).unwrap_or_default();
                            @if let Some(class) = class(*style) {
                                span class=(class) { (piece) }
                            } @else {
                                (piece)
                            }
                        }
                    }
                }
            }
        }
    }
}

fn class(style: Style) -> Option<&'static str> {
    let Some(Color::Rgb(r, g, b)) = style.fg else {
        return None;
    };
    let mut known = CLASSES.iter();
    let found = known.find(|(colour, _)| *colour == (r, g, b));
    found.map(|(_, class)| *class)
}

/// Lines with signs, added and taken away told apart by more than colour.
pub fn diff(text: &str) -> Markup {
    html! {
        pre.diff {
            code {
                @for (at, line) in text.lines().enumerate() {
                    @if at > 0 { "\n" }
                    @match line.as_bytes().first() {
                        Some(b'+') => { ins { (line) } }
                        Some(b'-') => { del { (line) } }
                        Some(b'@') => { span.ic { (line) } }
                        _ => { (line) }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_keeps_its_letters_and_gets_classes() {
        let text = "// why\nfn main() {\n    let x = \"<b>\";\n}";
        let page = block("rust", text).into_string();
        for class in ["ic", "ik", "is"] {
            assert!(
                page.contains(&format!("<span class=\"{class}\">")),
                "{page}"
            );
        }
        let mut plain = String::new();
        let mut is_tag = false;
        for c in page.chars() {
            match c {
                '<' => is_tag = true,
                '>' => is_tag = false,
                c if !is_tag => plain.push(c),
                _ => {}
            }
        }
        let plain = plain.replace("&lt;", "<").replace("&gt;", ">");
        assert_eq!(plain.replace("&quot;", "\""), text);
        assert!(!block("", text).into_string().contains("span"));
    }
}
