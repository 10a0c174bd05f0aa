//! Where all words of a query stand together. This comes before everything else in a rank: a session that is called by
//! the words, or in which a person typed them in one line, is what somebody means who types them, however old it is.

use crate::model::Row;
use crate::query::{Query, Word};

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
}
