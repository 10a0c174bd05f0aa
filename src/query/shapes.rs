//! How a query is written, declared once: the help and the manual are made from this table, and tests read every form of it
//! by the parser.

use super::arrangement::{GROUPINGS, SORTS};
use super::dates;

/// What a form is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum About {
    Words,
    /// Several clauses.
    Together,
    /// What stands behind a field's colon.
    Values,
    Dates,
    /// How what is found is shown.
    Shown,
}

impl About {
    pub const ALL: [About; 5] = [
        About::Words,
        About::Together,
        About::Values,
        About::Dates,
        About::Shown,
    ];

    pub fn word(self) -> &'static str {
        match self {
            About::Words => "Words",
            About::Together => "Several together",
            About::Values => "Values of fields",
            About::Dates => "Dates of fields",
            About::Shown => "How it is shown",
        }
    }
}

/// One way to write something.
#[derive(Debug)]
pub struct Shape {
    pub about: About,
    /// As it is typed. Of several, each is a query by itself.
    pub forms: &'static [&'static str],
    /// What it asks for.
    pub help: &'static str,
    /// Words that can stand there, in the order of their own tables.
    pub words: &'static [&'static str],
}

impl Shape {
    /// Its forms side by side.
    pub fn typed(&self) -> String {
        self.forms.join("  ")
    }

    /// What it asks for, and the words that can stand there.
    pub fn told(&self) -> String {
        match self.words {
            [] => self.help.to_owned(),
            words => format!("{}: {}", self.help, words.join(" ")),
        }
    }
}

const fn shape(
    about: About,
    forms: &'static [&'static str],
    help: &'static str,
    words: &'static [&'static str],
) -> Shape {
    Shape {
        about,
        forms,
        help,
        words,
    }
}

#[rustfmt::skip]
pub static SHAPES: &[Shape] = &[
    shape(About::Words, &["refact"], "a word of what was said that starts so, or a part of a name of code; any letters of titles, projects, branches and ids", &[]),
    shape(About::Words, &["\"exact words\""], "as it stands, spaces too", &[]),
    shape(About::Words, &["=cost"], "a whole word", &[]),
    shape(About::Words, &["~midleware"], "with slips of the fingers", &[]),
    shape(About::Words, &["/fail(ed|ure)/", "/todo/i"], "a regular expression; `i` takes capitals and small letters alike", &[]),
    shape(About::Together, &["refact auth", "refact AND auth"], "both, in any order", &[]),
    shape(About::Together, &["refact OR auth", "refact | auth"], "one of them or both", &[]),
    shape(About::Together, &["-refact", "NOT refact"], "leaves out what has it", &[]),
    shape(About::Together, &["(refact | auth) -billing"], "parentheses group; NOT binds closest, then AND, then OR", &[]),
    shape(About::Values, &["source:cc,cx"], "any of these", &[]),
    shape(About::Values, &["source:cc,!cx"], "but not this one", &[]),
    shape(About::Values, &["-project:infra"], "leaves out what has this value", &[]),
    shape(About::Values, &["project:=api", "title:\"plan b\""], "the whole of it; a text with spaces", &[]),
    shape(About::Values, &["cost:>1", "tokens:<=2M", "errors:=0"], "compared with < <= > >= =; k, M and G behind counts, s m h d w behind lengths of time, KB MB GB behind sizes", &[]),
    shape(About::Values, &["cost:0.5..2", "messages:100.."], "from and to, both included; either may be left out", &[]),
    shape(About::Values, &["cost:?"], "unknown; no comparison finds it", &[]),
    shape(About::Dates, &["date:today"], "local days, weeks, months and years", dates::WORDS),
    shape(About::Dates, &["date:monday", "date:last-friday"], "the last day of that name", &[]),
    shape(About::Dates, &["date:7d", "date:<2d", "date:>1w"], "within that time, and longer ago; m minutes, h hours, d days, w weeks, mo months, y years", &[]),
    shape(About::Dates, &["date:2026-11-01", "date:2026-11", "date:2026"], "that day, month or year", &[]),
    shape(About::Dates, &["date:>=2026-11-01", "date:<2026-11-01"], "on that day or later, and before it", &[]),
    shape(About::Dates, &["date:2026-11-01..2026-11-15"], "from and to, both included; either may be left out", &[]),
    shape(About::Dates, &["date:\"3 hours ago\""], "plain words between quotes", &[]),
    shape(About::Shown, &["sort:cost", "sort:title-"], "by what it is sorted, + the smallest first, - the largest", SORTS),
    shape(About::Shown, &["group:day"], "in what groups", GROUPINGS),
    shape(About::Shown, &["limit:50"], "so many sessions at the most", &[]),
];
