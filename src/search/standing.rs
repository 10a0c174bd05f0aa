//! Where all words of a query stand together. This comes before everything else in a rank: a session that is called by
//! the words, or in which a person typed them in one line, is what somebody means who types them, however old it is.

use crate::model::Row;
use crate::query::{Query, Scope, Sought, Word};

use super::fuzzy;

/// The best place that has all words, the least first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Debug)]
pub enum Standing {
    /// Some word is nowhere, but for its letters with others between them.
    Strewn,
    /// Some word stands only in what a program put into the conversation.
    PutIn,
    /// In the conversation, here and there; also where no word is asked for.
    #[default]
    Said,
    /// Somewhere one behind the other.
    Row,
    /// In one line that a person typed.
    Prompt,
    /// The same, one behind the other.
    PromptRow,
    /// In the names of the project and the branch.
    Place,
    /// In the title, or some of them beside it in the names of the project and the branch.
    Title,
    /// In the title, one behind the other.
    TitleRow,
}

/// How much of what is looked for stands in a line, the least first: the more, the likelier it is the line that is meant.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Debug)]
pub enum Fit {
    /// So many words, and the others nowhere in its text.
    Part(u8),
    /// So many words, and the others in its text.
    Shared(u8),
    /// All words, or as many as are asked for.
    #[default]
    All,
    /// The same, and a person typed it.
    Typed,
    /// All words one behind the other.
    Row,
}

/// Tells of the lines of a text how much of a query they have.
pub struct Fitting<'q> {
    query: &'q Query,
    text: &'q str,
    is_typed: bool,
    /// The text has all words.
    has_all: bool,
}

impl<'q> Fitting<'q> {
    pub fn new(query: &'q Query, scope: Scope, text: &'q str) -> Fitting<'q> {
        let has = query.has_words_where(&mut |word| word.find(text, 0).is_some());
        Fitting {
            query,
            text,
            is_typed: scope == Scope::User,
            has_all: has == Some(true),
        }
    }

    /// Where in the text several words stand one behind the other, if they are all.
    pub fn row(&self) -> Option<usize> {
        let (_, rest) = self.query.words_in_order()?;
        row_at(self.query, self.text).filter(|_| self.has_all && !rest.is_empty())
    }

    /// How much of the query a line of the text has, in which something of it stands.
    pub fn of(&self, line: &str) -> Fit {
        let is_short = line.len() <= TYPED;
        let stands = |word: &Word| is_short && word.find(line, 0).is_some();
        let (mut all, mut here) = (0, 0);
        self.query.each_sought(&mut |sought, negated| {
            if let (Sought::Word(word), false) = (sought, negated) {
                all += 1;
                here += u8::from(stands(word));
            }
        });
        match (all, here) {
            // There is nothing that it could stand beside.
            (0, _) | (1, 0) => Fit::All,
            (2.., 2..) if is_row(self.query, line) => Fit::Row,
            _ => match self.query.has_words_where(&mut { stands }) {
                Some(true) if self.is_typed => Fit::Typed,
                Some(true) => Fit::All,
                _ if self.has_all => Fit::Shared(here),
                _ => Fit::Part(here),
            },
        }
    }
}

/// Longer lines were hardly typed: what is pasted has many words, and few of them are meant.
const TYPED: usize = 1000;
/// So many signs may stand between two words that follow each other.
const BETWEEN: usize = 3;

/// How the words stand in what is known of a session without its conversation.
pub fn of_row(query: &Query, row: &Row) -> Option<Standing> {
    let session = &row.session;
    let title = session.title.as_ref().map(|title| title.text.as_str());
    let project = session.dir.as_deref().and_then(|dir| dir.file_name());
    let project = project.map(|name| name.to_string_lossy());
    let branch = session.branch.as_ref().map(|branch| branch.as_str());
    let is_in = |word: &Word, text: Option<&str>| text.is_some_and(|t| fuzzy::stands(word, t));
    let mut any_in_title = false;
    let mut all_in_title = true;
    let has = query.has_words_where(&mut |word| {
        let is_titled = is_in(word, title);
        any_in_title |= is_titled;
        let is_there = is_titled || is_in(word, project.as_deref()) || is_in(word, branch);
        all_in_title &= is_titled || !is_there;
        is_there
    });
    if has != Some(true) {
        return None;
    }
    let is_row = all_in_title && title.is_some_and(|title| is_row(query, title));
    Some(match (is_row, any_in_title) {
        (true, _) => Standing::TitleRow,
        (_, true) => Standing::Title,
        (_, false) => Standing::Place,
    })
}

/// How the words stand in something that a person typed.
pub fn of_prompt(query: &Query, text: &str) -> Option<Standing> {
    let lines = text.lines().filter(|line| line.len() <= TYPED);
    let standings = lines.filter_map(|line| {
        let has = query.has_words_where(&mut |word| word.find(line, 0).is_some());
        (has == Some(true)).then(|| match is_row(query, line) {
            true => Standing::PromptRow,
            false => Standing::Prompt,
        })
    });
    standings.max()
}

/// Whether what begins at `start` stands right behind a word of which a place ends at `end`, with nothing but signs
/// between them.
pub fn is_next(text: &str, end: usize, start: usize) -> bool {
    let between = text.get(end..start).unwrap_or_default();
    is_gap(between.trim_start_matches(char::is_alphanumeric))
}

/// Whether it is what stands between words next to each other: a few signs.
pub fn is_gap(between: &str) -> bool {
    let few = 1..=BETWEEN;
    let count = between.chars().take(BETWEEN + 1).count();
    few.contains(&count) && !between.contains(char::is_alphanumeric)
}

fn is_row(query: &Query, text: &str) -> bool {
    row_at(query, text).is_some()
}

/// Where the words stand in a text in the order in which they were typed, with nothing but signs between them.
pub fn row_at(query: &Query, text: &str) -> Option<usize> {
    let (first, rest) = query.words_in_order()?;
    let mut from = 0;
    while let Some((start, end)) = first.find(text, from) {
        let mut at = Some(end);
        for word in &rest {
            at = at.and_then(|at| follows(word, text, at));
        }
        if at.is_some() {
            return Some(start);
        }
        from = start + text.get(start..)?.chars().next()?.len_utf8();
    }
    None
}

/// Where a word ends that stands right behind `at`, or behind the word that `at` is in.
fn follows(word: &Word, text: &str, at: usize) -> Option<usize> {
    let rest = text.get(at..)?;
    let behind = rest.trim_start_matches(char::is_alphanumeric);
    let word_at = behind.trim_start_matches(|c: char| !c.is_alphanumeric());
    let signs = behind.get(..behind.len() - word_at.len())?.chars().count();
    // What is looked for may begin with a sign itself.
    let starts = [rest.len(), behind.len(), word_at.len()].map(|len| text.len() - len);
    let is_near = |start: &usize| signs <= BETWEEN || *start != text.len() - word_at.len();
    let mut starts = starts.iter().filter(|start| is_near(start));
    starts.find_map(|start| {
        let (found, end) = word.find(text, *start)?;
        (found == *start).then_some(end)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::tests::context;

    fn prompt(query: &str, text: &str) -> Option<Standing> {
        of_prompt(&Query::parse(query, &context()), text)
    }

    /// UX 5.5: what is typed as it was said beats the same words here and there.
    #[test]
    fn words_stand_in_a_row_in_a_line_or_not_at_all() {
        let long = format!("lint {} errors", "x ".repeat(TYPED));
        let table = [
            (
                "lint errors",
                "fix these lint errors, please",
                Some(Standing::PromptRow),
            ),
            ("lint err", "Lint: errors", Some(Standing::PromptRow)),
            ("refact auth", "Refactoring auth", Some(Standing::PromptRow)),
            (
                "\"lint errors\" now",
                "lint errors now",
                Some(Standing::PromptRow),
            ),
            ("検索 全文", "検索全文", Some(Standing::PromptRow)),
            ("lint errors", "errors of the lint", Some(Standing::Prompt)),
            ("lint errors", "a lint\nand errors", None),
            ("lint errors", "a lint", None),
            ("lint errors", &long, None),
            ("lint OR errors", "errors", Some(Standing::Prompt)),
            ("lint -errors", "a lint", Some(Standing::PromptRow)),
            ("cost:>1 lint", "a lint", Some(Standing::PromptRow)),
            ("cost:>1", "a lint", None),
        ];
        for (query, text, standing) in table {
            assert_eq!(prompt(query, text), standing, "{query} in {text}");
        }
    }

    /// Half remembered words are meant where most of them stand together.
    #[test]
    fn a_line_with_more_of_the_words_fits_better() {
        let fit = |query: &str, scope, text: &str, line: &str| {
            let query = Query::parse(query, &context());
            Fitting::new(&query, scope, text).of(line)
        };
        let text = "the selectors\nall have similar patterns, as selectors do";
        let [first, second] = [0, 1].map(|n| text.lines().nth(n).unwrap());
        let words = "selectors similar patterns";
        let (said, typed) = (Scope::Assistant, Scope::User);
        assert_eq!(fit(words, said, text, first), Fit::Shared(1));
        assert_eq!(fit(words, said, text, second), Fit::All);
        assert_eq!(fit(words, typed, text, second), Fit::Typed);
        assert_eq!(fit("similar patterns", typed, text, second), Fit::Row);
        assert_eq!(fit("selectors gone", said, text, first), Fit::Part(1));
        assert_eq!(fit("selectors OR gone", said, text, first), Fit::All);
        assert_eq!(fit("selectors", said, text, first), Fit::All);
        assert_eq!(fit("selectors -gone", typed, text, first), Fit::Typed);
        assert_eq!(fit("out:similar", Scope::Output, text, second), Fit::All);
        // What is longer than anybody types may have them all by chance.
        let long = format!("{second} {}", "x ".repeat(TYPED));
        assert_eq!(fit(words, said, &long, &long), Fit::Shared(0));
        assert!(Fit::Part(3) < Fit::Shared(0) && Fit::Shared(3) < Fit::All);
    }
}
