//! What is said, thought and put in: text of a person or an agent, and text that folds.

use std::borrow::Cow;

use ratatui::style::Modifier;

use super::{Block, SHORT_CODE, Whose};
use crate::model::Role;
use crate::render::markdown::{self, Code, Paper};
use crate::render::signs;
use crate::render::span::{MEASURE, blank, made, word};
use crate::render::theme::Role as Hue;
use crate::render::tool::{self, Level};
use crate::render::wrap::{self, Run};
use crate::text::{Clean, Raw, floor_boundary};

/// A text is shown to this length and from this far before its end; the rest is left to copy and export.
pub const HEAD: usize = 256 << 10;
pub const TAIL: usize = 64 << 10;

/// Cells before a text that stands without its fold.
const ALONE: usize = 4;
/// What it begins with takes so many at the most: it is no word of an answer.
const LABEL: usize = "thinking: ".len();

/// Cells that it has.
fn line_room(width: usize) -> usize {
    width.saturating_sub(ALONE).clamp(1, MEASURE)
}

/// Around what is important.
const MARK: &str = "**";

/// The first words of a line that stand between marks, with what is before and behind them. Patterns of paths have the
/// same signs elsewhere than around words.
fn marked(line: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = line.split_once(MARK)?;
    let (title, behind) = rest.split_once(MARK)?;
    let is_apart = before.chars().next_back().is_none_or(char::is_whitespace);
    let ends = !behind.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '*' | '/'));
    let begins = title.starts_with(char::is_alphanumeric);
    let is_title = begins && !title.ends_with(char::is_whitespace) && !title.contains('\n');
    (is_apart && ends && is_title).then_some((before, title, behind))
}

/// What a text has to say, where that is one line of a page: a fold would take as much room as it saves.
pub fn single(text: &str, width: usize) -> Option<&str> {
    // Nobody looks through a long text for this.
    const LONGEST: usize = 8 * MEASURE;
    if text.len() > LONGEST {
        return None;
    }
    let line = text.trim();
    let is_line = !line.is_empty() && !line.contains(['\n', '\r', '\t']);
    let room = line_room(width).saturating_sub(LABEL);
    (is_line && Clean::of(line).width() <= room).then_some(line)
}

impl Block<'_, '_, '_> {
    pub(super) fn text(&mut self, i: usize, text: &Raw) {
        let is_user = self.message.role == Role::User;
        let is_persons = self.is_persons();
        let mine = if is_persons { Hue::User } else { Hue::Heading };
        let base = self.hue(if is_user { Hue::Bright } else { Hue::Assistant });
        // What a person typed reads as typed; only its colour is strong, or pages of it would shout.
        let base = if is_user {
            base.remove_modifier(Modifier::BOLD)
        } else {
            base
        };
        let setting = self.setting;
        let width = setting.width.saturating_sub(2).min(MEASURE);
        let kept = cut(text.untrusted());
        let exact = match kept {
            Cow::Borrowed(_) => usize::MAX,
            // Behind what is left out, places are not those of the whole text.
            Cow::Owned(_) => HEAD - 4,
        };
        let showing = setting.showing;
        let mut paper = Paper {
            theme: setting.theme,
            ascii: setting.ascii,
            palette: self.palette,
            code: Code {
                most: if showing.short_code {
                    SHORT_CODE
                } else {
                    usize::MAX
                },
                wrapped: !showing.cut,
            },
        };
        // An agent writes its prompts to others as it writes all else.
        let lines = match is_persons {
            true => markdown::lay_typed(&kept, width, base, &mut paper),
            false => markdown::lay(&kept, width, base, &mut paper),
        };
        let bar = signs::YOURS.of(setting.ascii);
        for mut line in lines {
            let margin = if is_user {
                word(bar, self.hue(mine))
            } else {
                blank(2)
            };
            line.from = line.from.filter(|from| from.end <= exact);
            self.row(line.behind(margin), Some(i), Whose::Said);
        }
    }

    /// What stands beside what is said. Where that is one line it stands there, else it folds.
    pub(super) fn aside(&mut self, i: usize, what: &'static str, text: &Raw, level: Level) {
        let whole = text.untrusted();
        let Some(line) = single(whole, self.setting.width) else {
            return self.folded(i, what, text, level);
        };
        let at = whole.len() - whole.trim_start().len();
        let label = Run::new(Clean::from(format!("{what}: ")), self.hue(Hue::Dim));
        let mut runs = vec![label];
        runs.extend(self.thought(line, at));
        for row in wrap::word_rows(&runs, line_room(self.setting.width)) {
            // It stands further in than what an agent says, also where there are no colours.
            self.row(row.behind(blank(ALONE)), Some(i), Whose::Said);
        }
    }

    /// A line from byte `at` on, dim. Models mark what a thought is about, and that is bold without its marks.
    fn thought(&self, line: &str, mut at: usize) -> Vec<Run> {
        let (mut runs, mut rest) = (Vec::new(), line);
        let mut run = |text: &str, at: usize, hue| {
            if !text.is_empty() {
                runs.push(Run::of(Clean::of(text), hue, at..at + text.len()));
            }
        };
        let dim = self.hue(Hue::Dim);
        while let Some((before, title, behind)) = marked(rest) {
            run(before, at, dim);
            at += before.len() + MARK.len();
            run(title, at, dim.add_modifier(Modifier::BOLD));
            at += title.len() + MARK.len();
            rest = behind;
        }
        run(rest, at, dim);
        runs
    }

    /// One line while folded; its text, dim, when open.
    pub(super) fn folded(&mut self, i: usize, what: &'static str, text: &Raw, level: Level) {
        let n = text.lines();
        let dim = self.hue(Hue::Dim);
        let count = format!(", {n} {}", if n == 1 { "line" } else { "lines" });
        self.face(i, level, vec![word(what, dim), made(count, dim)]);
        if !level.is_open() {
            return;
        }
        let width = self.setting.width.saturating_sub(6).clamp(1, MEASURE);
        let kept = cut(text.untrusted());
        let exact = match kept {
            Cow::Borrowed(_) => usize::MAX,
            // Behind what is left out, places are not those of the whole text.
            Cow::Owned(_) => HEAD - 4,
        };
        // Line by line, so that one with something strange in it leaves the others in their places.
        let mut at = 0;
        let runs = |line: &str| {
            let from = at;
            at += line.len();
            self.thought(line, from)
        };
        let runs: Vec<Run> = kept.split_inclusive('\n').flat_map(runs).collect();
        let rows = wrap::word_rows(&runs, width);
        let more = rows.len().saturating_sub(level.lines());
        for mut row in rows.into_iter().take(level.lines()) {
            row.from = row.from.filter(|from| from.end <= exact);
            self.row(row.behind(blank(6)), Some(i), Whose::Said);
        }
        if more > 0 {
            let text = format!("... {more} more lines (z o)");
            self.push(vec![blank(6), made(text, dim)], Some(i));
        }
    }

    /// The line of something that folds.
    pub(super) fn face(
        &mut self,
        i: usize,
        level: Level,
        spans: Vec<ratatui::text::Span<'static>>,
    ) {
        let mark = tool::fold_mark(level, self.setting.ascii);
        let mut line = vec![blank(2), word(mark, self.hue(Hue::Dim))];
        line.extend(spans);
        self.push(line, Some(i));
    }
}

/// A very long text keeps its start and its end, and says what is between.
pub fn cut(text: &str) -> Cow<'_, str> {
    if text.len() <= HEAD + TAIL {
        return text.into();
    }
    let head = floor_boundary(text, HEAD);
    let mut from = text.len() - TAIL;
    while !text.is_char_boundary(from) {
        from += 1;
    }
    let left = from - head.len();
    format!(
        "{head}\n\n... {left} bytes are not shown here; copy and export have them ...\n\n{}",
        text.get(from..).unwrap_or_default()
    )
    .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_around_words_are_none_of_a_path() {
        let title = |line| marked(line).map(|(_, title, _)| title);
        assert_eq!(title("**Looking around** I list"), Some("Looking around"));
        assert_eq!(title("Now **see**."), Some("see"));
        for none in [
            "src/**/*.rs and lib/**/*.rs",
            "2 ** 3 ** 4",
            "**open",
            "a**b**c",
            "** x **",
        ] {
            assert_eq!(title(none), None, "{none}");
        }
    }
}
