//! The orders a list can have.

use std::borrow::Cow;
use std::cmp::Ordering;

use crate::model::{Row, Usage};

/// What a list is sorted by.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum SortKey {
    Updated,
    Created,
    Cost,
    Tokens,
    Messages,
    Duration,
    Title,
    Project,
    Source,
    Size,
    Model,
    Branch,
    Prompts,
    Tools,
    Errors,
    Children,
    Input,
    Output,
    /// How much of what was sent came from the cache.
    Cache,
    Expires,
    Starred,
    Shared,
    /// By the words of a query, which whoever sorts must know.
    Relevance,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Direction {
    Up,
    Down,
}

/// A key and a direction. Rows without a value stand last in both directions.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Order {
    pub key: SortKey,
    pub direction: Direction,
}

/// A sort key with its word.
pub struct SortName {
    pub key: SortKey,
    /// Behind `s`; absent where only `sort:` and the title of a column ask for it.
    pub letter: Option<char>,
    pub word: &'static str,
    pub help: &'static str,
}

const fn named(key: SortKey, letter: char, word: &'static str, help: &'static str) -> SortName {
    SortName {
        key,
        letter: Some(letter),
        word,
        help,
    }
}

const fn unlettered(key: SortKey, word: &'static str, help: &'static str) -> SortName {
    SortName {
        key,
        letter: None,
        word,
        help,
    }
}

/// Every sort key: the one table of menu, hints, prefs and help.
pub static SORTS: &[SortName] = &[
    named(SortKey::Updated, 'd', "updated", "last activity"),
    named(SortKey::Created, 'D', "created", "start"),
    named(SortKey::Cost, 'c', "cost", "cost"),
    named(SortKey::Tokens, 't', "tokens", "tokens"),
    named(SortKey::Messages, 'm', "messages", "messages"),
    named(SortKey::Duration, 'u', "duration", "duration"),
    named(SortKey::Title, 'n', "title", "title"),
    named(SortKey::Project, 'p', "project", "project"),
    named(SortKey::Source, 'a', "agent", "agent"),
    named(SortKey::Size, 'z', "size", "size on disk"),
    named(SortKey::Relevance, 'r', "relevance", "how well words fit"),
    unlettered(SortKey::Model, "model", "model"),
    unlettered(SortKey::Branch, "branch", "git branch"),
    unlettered(SortKey::Prompts, "prompts", "messages of a person"),
    unlettered(SortKey::Tools, "tools", "tool calls"),
    unlettered(SortKey::Errors, "errors", "tool calls that failed"),
    unlettered(SortKey::Children, "subs", "sub-agents, forks and copies"),
    unlettered(SortKey::Input, "input", "input tokens"),
    unlettered(SortKey::Output, "output", "output tokens"),
    unlettered(
        SortKey::Cache,
        "cache",
        "share of the cache in what was sent",
    ),
    unlettered(SortKey::Expires, "expires", "when its agent deletes it"),
    unlettered(SortKey::Starred, "starred", "starred or not"),
    unlettered(SortKey::Shared, "shared", "shared or not"),
];

impl SortKey {
    pub fn word(self) -> &'static str {
        SORTS.iter().find(|s| s.key == self).map_or("", |s| s.word)
    }

    pub fn by_word(word: &str) -> Option<SortKey> {
        SORTS.iter().find(|s| s.word == word).map(|s| s.key)
    }

    /// Dates and numbers start with the largest, text with the first letter.
    pub fn natural(self) -> Direction {
        match self {
            SortKey::Title
            | SortKey::Project
            | SortKey::Source
            | SortKey::Model
            | SortKey::Branch
            | SortKey::Expires => Direction::Up,
            _ => Direction::Down,
        }
    }
}

impl Direction {
    pub fn flipped(self) -> Direction {
        match self {
            Direction::Up => Direction::Down,
            Direction::Down => Direction::Up,
        }
    }
}

impl Default for Order {
    /// Last activity, newest first.
    fn default() -> Order {
        Order::by(SortKey::Updated)
    }
}

impl Order {
    /// A key in its natural direction.
    pub fn by(key: SortKey) -> Order {
        Order {
            key,
            direction: key.natural(),
        }
    }

    /// The order of a key's word, with the smallest first or last where that is said.
    pub fn by_word(word: &str, up: Option<bool>) -> Option<Order> {
        let order = Order::by(SortKey::by_word(word)?);
        let direction = match up {
            Some(true) => Direction::Up,
            Some(false) => Direction::Down,
            None => order.direction,
        };
        Some(Order { direction, ..order })
    }

    /// Total: rows that agree in the key stand newest first, then by id.
    pub fn compare(&self, a: &Row, b: &Row) -> Ordering {
        let (x, y) = (&a.session, &b.session);
        let ordered = match self.key {
            SortKey::Updated => self.known(x.updated, y.updated),
            SortKey::Created => self.known(x.started, y.started),
            SortKey::Cost => self.known(a.cost().known(), b.cost().known()),
            SortKey::Tokens => self.known(a.tokens(), b.tokens()),
            SortKey::Messages => self.known(Some(x.messages()), Some(y.messages())),
            SortKey::Duration => self.known(x.duration(), y.duration()),
            SortKey::Title => self.known(title(a), title(b)),
            SortKey::Project => self.known(project(a), project(b)),
            SortKey::Source => self.known(Some(x.id.source), Some(y.id.source)),
            SortKey::Size => self.known(x.size, y.size),
            SortKey::Model => self.known(model(a), model(b)),
            SortKey::Branch => self.known(branch(a), branch(b)),
            SortKey::Prompts => self.known(Some(x.prompts), Some(y.prompts)),
            SortKey::Tools => self.known(Some(x.tools), Some(y.tools)),
            SortKey::Errors => self.known(Some(x.errors), Some(y.errors)),
            SortKey::Children => self.known(Some(a.children), Some(b.children)),
            SortKey::Input => self.known(counted(a, |u| u.input), counted(b, |u| u.input)),
            SortKey::Output => self.known(counted(a, |u| u.output), counted(b, |u| u.output)),
            SortKey::Cache => self.known(a.cache_share(), b.cache_share()),
            SortKey::Expires => self.known(a.expires, b.expires),
            SortKey::Starred => self.known(Some(a.is_starred()), Some(b.is_starred())),
            SortKey::Shared => self.known(Some(a.share.is_some()), Some(b.share.is_some())),
            SortKey::Relevance => Ordering::Equal,
        };
        ordered.then_with(|| newest(a, b))
    }

    /// Sorts rows, or what holds one, as `compare` does. The start of a text is made comparable once for each row and
    /// kept beside it, so that most comparisons look no further.
    pub fn sort<T>(&self, items: &mut Vec<T>, row: impl Fn(&T) -> &Row) {
        let text: fn(&Row) -> Option<Letters<'_>> = match self.key {
            SortKey::Title => title,
            SortKey::Project => project,
            _ => return items.sort_by(|a, b| self.compare(row(a), row(b))),
        };
        let mut keyed: Vec<(Option<Start>, T)> = std::mem::take(items)
            .into_iter()
            .map(|item| (text(row(&item)).map(|text| text.start()), item))
            .collect();
        keyed.sort_by(|(a, x), (b, y)| {
            let alike = a.is_none_or(|a| a.whole) && b.is_none_or(|b| b.whole);
            self.known(a.map(|a| a.bytes), b.map(|b| b.bytes))
                .then_with(|| match alike {
                    true => newest(row(x), row(y)),
                    false => self.compare(row(x), row(y)),
                })
        });
        items.extend(keyed.into_iter().map(|(_, item)| item));
    }

    /// The same where rows have ranks, of which the largest is the best.
    pub fn sort_ranked<T>(
        &self,
        items: &mut Vec<T>,
        row: impl Fn(&T) -> &Row,
        rank: impl Fn(&T) -> Option<i64>,
    ) {
        if self.key != SortKey::Relevance {
            return self.sort(items, row);
        }
        let mut keyed: Vec<(Option<i64>, T)> = std::mem::take(items)
            .into_iter()
            .map(|item| (rank(&item), item))
            .collect();
        keyed.sort_by(|(a, x), (b, y)| self.known(*a, *b).then_with(|| newest(row(x), row(y))));
        items.extend(keyed.into_iter().map(|(_, item)| item));
    }

    fn known<T: Ord>(&self, a: Option<T>, b: Option<T>) -> Ordering {
        match (a, b) {
            (Some(a), Some(b)) if self.direction == Direction::Up => a.cmp(&b),
            (Some(a), Some(b)) => b.cmp(&a),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => Ordering::Equal,
        }
    }
}

/// How rows stand that agree in the key.
fn newest(a: &Row, b: &Row) -> Ordering {
    let (x, y) = (&a.session, &b.session);
    y.updated.cmp(&x.updated).then_with(|| x.id.cmp(&y.id))
}

fn model(row: &Row) -> Option<Letters<'_>> {
    Some(Letters(row.model()?.short().into()))
}

fn branch(row: &Row) -> Option<Letters<'_>> {
    Some(Letters(row.session.branch.as_ref()?.as_str().into()))
}

/// Some of the tokens, where they are known.
fn counted(row: &Row, of: fn(&Usage) -> u64) -> Option<u64> {
    row.tokens().map(|_| of(&row.all.usage))
}

fn title(row: &Row) -> Option<Letters<'_>> {
    let title = row.session.title.as_ref()?;
    // As it is shown.
    Some(Letters(title.words().into()))
}

fn project(row: &Row) -> Option<Letters<'_>> {
    let dir = row.session.dir.as_deref()?;
    // Taking a path apart by its rules is dear; what stands behind the last slash is mostly the same.
    let bytes = dir.as_os_str().as_encoded_bytes();
    let last = memchr::memrchr(b'/', bytes).map_or(0, |at| at + 1);
    match bytes.get(last..).map(std::str::from_utf8) {
        Some(Ok(name)) if !matches!(name, "" | "." | "..") => Some(Letters(name.into())),
        _ => Some(Letters(dir.file_name()?.to_string_lossy())),
    }
}

/// Text as a list orders it, without case. Sorting asks this some hundred thousand times for one key press, so nothing
/// is copied and the first letter that differs ends it.
struct Letters<'a>(Cow<'a, str>);

/// The first bytes of a text's small form, and whether they are all.
#[derive(Clone, Copy)]
struct Start {
    bytes: [u8; START],
    whole: bool,
}

/// Bytes of a text that are kept while sorting.
const START: usize = 24;

impl Letters<'_> {
    fn start(&self) -> Start {
        let mut start = Start {
            bytes: [0; START],
            whole: true,
        };
        let mut at = 0;
        for c in self.0.chars().flat_map(char::to_lowercase) {
            let mut buffer = [0; 4];
            for byte in c.encode_utf8(&mut buffer).bytes() {
                match start.bytes.get_mut(at) {
                    Some(place) => *place = byte,
                    None => {
                        start.whole = false;
                        return start;
                    }
                }
                at += 1;
            }
        }
        start
    }
}

impl Ord for Letters<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        let (mut a, mut b) = (self.0.chars(), other.0.chars());
        loop {
            match (a.next(), b.next()) {
                (Some(x), Some(y)) if x == y => {}
                (Some(x), Some(y)) if x.is_ascii() && y.is_ascii() => {
                    let order = x.to_ascii_lowercase().cmp(&y.to_ascii_lowercase());
                    if order.is_ne() {
                        return order;
                    }
                }
                // A small form may be longer than its letter, so what is left is compared as a whole.
                (Some(x), Some(y)) => {
                    let a = x.to_lowercase().chain(a.flat_map(char::to_lowercase));
                    return a.cmp(y.to_lowercase().chain(b.flat_map(char::to_lowercase)));
                }
                (x, y) => return x.is_some().cmp(&y.is_some()),
            }
        }
    }
}

impl PartialOrd for Letters<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Letters<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Letters<'_> {}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_query_can_name_every_order() {
        let words: Vec<&str> = SORTS.iter().map(|sort| sort.word).collect();
        assert_eq!(words, crate::query::SORTS);
    }

    proptest! {
        /// Bytes at the start decide as the letters do, and are all there is of a short text.
        #[test]
        fn starts_stand_as_letters(a in "[aAbÄß日 ]{0,14}", b in "[aAbÄß日 ]{0,14}") {
            let (x, y) = (Letters(a.as_str().into()), Letters(b.as_str().into()));
            let order = x.start().bytes.cmp(&y.start().bytes);
            if order.is_ne() || x.start().whole && y.start().whole {
                prop_assert_eq!(order, x.cmp(&y));
            }
        }

        #[test]
        fn letters_stand_as_their_small_forms(a in "[aAbBzZ ÄäßİiKkК日]{0,6}", b in "[aAbBzZ ÄäßİiKkК日]{0,6}") {
            let small = |text: &str| text.chars().flat_map(char::to_lowercase).collect::<String>();
            let order = Letters(a.as_str().into()).cmp(&Letters(b.as_str().into()));
            prop_assert_eq!(order, small(&a).cmp(&small(&b)));
        }
    }
}
