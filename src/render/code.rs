//! Colours for code, made away from the screen and laid over it when they are ready. They never change how it wraps.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

use ratatui::style::{Color, Style};
use syntect::easy::HighlightLines;
use syntect::highlighting::FontStyle;
use syntect::parsing::SyntaxSet;
use two_face::theme::{EmbeddedLazyThemeSet, EmbeddedThemeName};

use super::theme::Theme;
use crate::text::Raw;

/// Longer code stays plain: colouring it would take longer than reading it.
const BYTES: usize = 50 << 10;
const LINES: usize = 800;

static SYNTAXES: LazyLock<SyntaxSet> = LazyLock::new(two_face::syntax::extra_newlines);
static THEMES: LazyLock<EmbeddedLazyThemeSet> = LazyLock::new(two_face::theme::extra);

/// Code that is on screen and has no colours yet.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct InkJob {
    pub key: u64,
    pub language: String,
    pub text: Raw,
    pub light: bool,
}

/// Styles of byte ranges, line by line.
#[derive(Clone, Default, Debug)]
pub struct Ink {
    pub key: u64,
    pub lines: Vec<Vec<(Range<usize>, Style)>>,
}

/// The colours that are known, and those that laying out would like to have.
pub struct Palette<'a> {
    ink: &'a HashMap<u64, Ink>,
    light: bool,
    /// Themes that leave colours to the terminal colour no code.
    colours: bool,
    /// Code met on the way that has no colours yet.
    pub wanted: Vec<InkJob>,
    /// All code met on the way that has colours or wants them.
    pub used: Vec<u64>,
}

impl<'a> Palette<'a> {
    pub fn new(theme: &Theme, ink: &'a HashMap<u64, Ink>) -> Palette<'a> {
        Palette {
            ink,
            light: theme.is_light(),
            colours: theme.is_rich(),
            wanted: Vec::new(),
            used: Vec::new(),
        }
    }

    /// The colours of a piece of code; where they are not known yet, they are asked for.
    pub fn of(&mut self, language: &str, text: &str) -> Option<&'a Ink> {
        if !self.colours || !wants_ink(language, text) {
            return None;
        }
        let key = key(language, text, self.light);
        self.used.push(key);
        let known = self.ink.get(&key);
        if known.is_none() {
            self.wanted.push(InkJob {
                key,
                language: language.to_owned(),
                text: text.into(),
                light: self.light,
            });
        }
        known
    }
}

/// Whether code is worth colouring at all.
pub fn wants_ink(language: &str, text: &str) -> bool {
    let lines = || memchr::memchr_iter(b'\n', text.as_bytes()).count();
    !language.is_empty() && text.len() <= BYTES && lines() <= LINES
}

/// Names code for the cache of its colours.
pub fn key(language: &str, text: &str, light: bool) -> u64 {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    (language, text, light).hash(&mut hasher);
    hasher.finish()
}

/// Colours code. Takes milliseconds: for a worker.
pub fn highlight(job: &InkJob) -> Ink {
    let syntaxes = &*SYNTAXES;
    let Some(syntax) = syntaxes.find_syntax_by_token(&job.language) else {
        return Ink {
            key: job.key,
            lines: Vec::new(),
        };
    };
    let name = if job.light {
        EmbeddedThemeName::OneHalfLight
    } else {
        EmbeddedThemeName::OneHalfDark
    };
    let theme = THEMES.get(name);
    let mut highlighter = HighlightLines::new(syntax, theme);
    let text = job.text.clean();
    let mut lines = Vec::new();
    for line in text.as_str().split('\n') {
        let with_feed = format!("{line}\n");
        let mut at = 0;
        let mut styles = Vec::new();
        for (style, piece) in highlighter
            .highlight_line(&with_feed, syntaxes)
            .unwrap_or_default()
        {
            let end = (at + piece.len()).min(line.len());
            let fg = style.foreground;
            let mut drawn = Style::new().fg(Color::Rgb(fg.r, fg.g, fg.b));
            if style.font_style.contains(FontStyle::ITALIC) {
                drawn = drawn.italic();
            }
            if end > at {
                styles.push((at..end, drawn));
            }
            at = end;
        }
        lines.push(styles);
    }
    Ink {
        key: job.key,
        lines,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_code_that_is_quickly_coloured_is_coloured() {
        assert!(wants_ink("rust", "fn main() {}"));
        assert!(!wants_ink("", "fn main() {}"));
        assert!(wants_ink("rust", &"x".repeat(BYTES)));
        assert!(!wants_ink("rust", &"x".repeat(BYTES + 1)));
        assert!(wants_ink("rust", &"\n".repeat(LINES)));
        assert!(!wants_ink("rust", &"\n".repeat(LINES + 1)));
    }

    #[test]
    fn colours_are_kept_by_language_text_and_ground() {
        let known = key("rust", "x", false);
        assert_eq!(known, key("rust", "x", false));
        for other in [
            key("go", "x", false),
            key("rust", "y", false),
            key("rust", "x", true),
        ] {
            assert_ne!(known, other);
        }
    }

    #[test]
    fn ranges_cover_each_line() {
        let text = "fn main() {\n    let x = \"a\";\n}";
        let ink = highlight(&InkJob {
            key: 1,
            language: "rust".into(),
            text: text.into(),
            light: false,
        });
        for (styles, line) in ink.lines.iter().zip(text.split('\n')) {
            assert_eq!(styles.last().map(|(r, _)| r.end), Some(line.len()));
        }
        assert!(
            highlight(&InkJob {
                key: 1,
                language: "no such".into(),
                text: text.into(),
                light: true
            })
            .lines
            .is_empty()
        );
    }
}
