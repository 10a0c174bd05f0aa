//! Titles as they are shown: a prompt is often Markdown, and the marks that it starts with are no words of a title.

use std::borrow::Cow;

use super::session::{Title, TitleRank};
use crate::text::Clean;

/// What opens a block of code.
const FENCE: &str = "```";
/// What makes words bold.
const BOLD: [&str; 2] = ["**", "__"];

impl Title {
    /// As it is shown. What people called it themselves is as they wrote it, and so is what is exported or searched.
    pub fn shown(&self) -> Cow<'_, Clean> {
        let whole = self.text.as_str();
        let words = self.words();
        if words.len() == whole.len() {
            return Cow::Borrowed(&self.text);
        }
        let from = whole.len() - words.len();
        let bold = BOLD.into_iter().find(|mark| {
            whole
                .get(..from)
                .is_some_and(|before| before.ends_with(mark))
        });
        // What is bold at the start ends somewhere, else it was cut off there.
        let close = bold.and_then(|mark| Some((words.find(mark)?, mark.len())));
        Cow::Owned(match close {
            Some((at, len)) => Clean::join([
                &self.text.piece(from..from + at),
                &self.text.piece(from + at + len..whole.len()),
            ]),
            None => self.text.piece(from..whole.len()),
        })
    }

    /// Its text from the first word on.
    pub fn words(&self) -> &str {
        let whole = self.text.as_str();
        // Lists are sorted by this.
        let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || !byte.is_ascii();
        if self.rank >= TitleRank::User || whole.as_bytes().first().is_some_and(is_word) {
            return whole;
        }
        let mut words = whole;
        while let Some(rest) = behind_mark(words) {
            words = rest;
        }
        if words.is_empty() { whole } else { words }
    }
}

/// What stands behind the mark at the start of a text; absent where it starts with a word.
fn behind_mark(text: &str) -> Option<&str> {
    let spaced = |rest: &'_ str| rest.starts_with(' ') || rest.is_empty();
    let heading = text.trim_start_matches('#');
    if heading.len() < text.len() {
        return spaced(heading).then(|| heading.trim_start());
    }
    if let Some(rest) = text.strip_prefix(FENCE) {
        // The language stands behind the fence.
        let rest = rest.trim_start_matches('`');
        let code = rest.find(' ').and_then(|at| rest.get(at..));
        return Some(code.unwrap_or_default().trim_start());
    }
    if let Some(rest) = BOLD.into_iter().find_map(|mark| text.strip_prefix(mark)) {
        return rest.starts_with(char::is_alphanumeric).then_some(rest);
    }
    let item = text.strip_prefix(['>', '-', '*', '+']);
    item.filter(|rest| spaced(rest)).map(str::trim_start)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(rank: TitleRank, text: &str) -> String {
        let text = Clean::title(text);
        Title { rank, text }.shown().to_string()
    }

    /// UX 3.2: the first cells of a row are words, whatever a prompt starts with.
    #[test]
    fn marks_before_the_first_word_are_not_shown() {
        let table = [
            ("### Fix the warp", "Fix the warp"),
            (
                "```bash\n#!/usr/bin/env bash\nset -eu",
                "#!/usr/bin/env bash set -eu",
            ),
            ("```\nerror: no loom\n```", "error: no loom ```"),
            ("> - quoted", "quoted"),
            ("- [x] done", "[x] done"),
            ("* one\n* two", "one * two"),
            ("**Goal**: weave", "Goal: weave"),
            ("## **Goal** weave **well**", "Goal weave **well**"),
            ("**cut off", "cut off"),
            // These are words.
            ("#12 is broken", "#12 is broken"),
            ("-v says nothing", "-v says nothing"),
            (">_< it fails", ">_< it fails"),
            ("** stars **", "** stars **"),
            ("`loom` is slow", "`loom` is slow"),
            // Nothing but marks is better than nothing.
            ("###", "###"),
            ("```", "```"),
            ("", ""),
        ];
        for (text, words) in table {
            assert_eq!(shown(TitleRank::FirstPrompt, text), words, "{text}");
        }
    }

    /// What somebody called a session is shown as it was written.
    #[test]
    fn own_names_keep_their_marks() {
        for rank in [TitleRank::User, TitleRank::Ours] {
            assert_eq!(shown(rank, "# 1: the loom"), "# 1: the loom");
        }
        assert_eq!(shown(TitleRank::Agent, "# The loom"), "The loom");
    }
}
