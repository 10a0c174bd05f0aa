//! What people noted on a session: a star, tags, a name, a note. No agent knows of it, and no log holds it.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::text::Clean;

/// Everything noted on one session.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Mark {
    pub star: bool,
    /// Left out of plain lists.
    pub hidden: bool,
    /// The name people gave it here: it stands before every title that a log has.
    pub name: Option<Clean>,
    pub tags: BTreeSet<Tag>,
    /// Free text; lines stay lines.
    pub note: Option<Clean>,
    /// Numbers of messages to come back to.
    pub pins: BTreeSet<u32>,
    /// Absent where nobody looked into it here.
    pub seen: Option<Seen>,
}

/// How much of a conversation is no news: what was there at the last look into it, and what was passed since.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Seen {
    /// When that look ended; where news was left unread, when the last that was passed was said. In whole seconds.
    pub at: Timestamp,
    /// The number of the last message that is no news.
    pub messages: u32,
}

/// A word that sessions are gathered under. It can be written as a value of a query as it is.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Tag(Clean);

/// Longer tags are sentences.
const TAG_CHARS: usize = 40;

impl Tag {
    /// `#auth` and `auth` are one tag. An error says what a tag is, in one line.
    pub fn new(text: &str) -> Result<Tag, String> {
        let text = text.strip_prefix('#').unwrap_or(text);
        let clean = Clean::line(text);
        let is_plain = |c: char| !c.is_whitespace() && !",\"()*".contains(c);
        let fits = (1..=TAG_CHARS).contains(&text.chars().count())
            && text.chars().all(is_plain)
            && !text.starts_with(['!', '=', '~', '/', '<', '>', '?', '+', '-', '#'])
            && clean.as_str() == text;
        if !fits {
            return Err(format!(
                "{}: no tag; a tag is one word of at most {TAG_CHARS} characters without commas, quotes, stars and \
                 parentheses, and starts with a letter or a digit",
                Clean::title(text)
            ));
        }
        // `tag:none` asks for sessions without any.
        if text.eq_ignore_ascii_case(NONE) {
            return Err(format!("{text}: no tag; tag:{NONE} asks for what has none"));
        }
        Ok(Tag(clean))
    }

    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    pub fn text(&self) -> &Clean {
        &self.0
    }
}

/// What a query says for sessions without tags.
pub const NONE: &str = "none";

impl Mark {
    /// Nothing is noted, so nothing needs to be kept.
    pub fn is_empty(&self) -> bool {
        *self == Mark::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_a_word_that_a_query_can_hold() {
        for fine in [
            "auth",
            "#auth",
            "q4",
            "area:auth",
            "v1.2",
            "日本",
            "नमस्ते",
            "a+b",
            "x'y",
        ] {
            let tag = Tag::new(fine).unwrap();
            assert_eq!(tag.as_str(), fine.trim_start_matches('#'));
        }
        let long = "x".repeat(41);
        for bad in [
            "",
            "#",
            "a b",
            "a,b",
            "!a",
            "-a",
            "a\"",
            "none",
            "None",
            "a\u{202e}b",
            "a\nb",
            "\u{3164}",
            &long,
        ] {
            let line = Tag::new(bad).unwrap_err();
            assert!(line.contains("no tag") && !line.contains('\n'), "{line}");
        }
    }
}
