//! One line of text that says which sessions are wanted: the only truth about filters, shared by screen and commands.
//!
//! Every text is a query. What cannot be read asks nothing or is searched as words, and [`Query::problems`] says so.
//! Fields of a row are judged here. Words, and fields of what was said, are judged by `search`, which knows the fuzzy
//! matcher and reads conversations; it adds `Query::matches` and `Query::score`, so this module depends on the model
//! alone.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::model::{Row, SourceId};

mod accents;
mod arrangement;
mod complete;
mod dates;
mod edit;
mod fields;
mod flags;
mod gist;
mod glob;
mod hidden;
mod kinds;
mod lookup;
mod needle;
mod numbers;
mod pair;
mod parse;
mod scope;
mod shapes;
mod tree;
mod values;
mod word;

#[cfg(test)]
pub mod tests;

pub use arrangement::{Arrangement, GROUPINGS, SORTS};
pub use complete::{Offer, complete, piece};
pub use dates::Span;
pub use edit::{values, values_of, written};
pub use fields::{FIELDS, Field, FieldKind};
pub use glob::Glob;
pub use hidden::Hidden;
pub use needle::{Needle, bare, distance};
pub use scope::Scope;
pub use shapes::{About, SHAPES, Shape};
pub use tree::{Heard, Verdict};
pub use values::{Test, listed};
pub use word::{Form, Word, is_end, is_start, most_slips};

/// At most this many characters of a query are read.
pub const LENGTH: usize = 256;

/// What a query text needs from the world to be understood.
#[derive(Clone, Debug)]
pub struct Context {
    pub now: Timestamp,
    /// Whose days `today` and dates mean.
    pub zone: TimeZone,
    /// What `~` stands for in directories.
    pub home: PathBuf,
    pub sources: Vec<SourceNames>,
}

/// The spellings a source answers to.
#[derive(Clone, Debug)]
pub struct SourceNames {
    pub id: SourceId,
    /// Slug, aliases, label and code.
    pub names: Vec<&'static str>,
}

/// The time between two dates as flags name them, both included; open where one is absent. An error is one line.
pub fn span(since: Option<&str>, until: Option<&str>, context: &Context) -> Result<Span, String> {
    let dates = |range: &str| {
        dates::read(range, context, dates::Tense::Past)
            .map(|(span, _)| span)
            .map_err(|wrong| match wrong {
                values::Wrong::Value(why) => why,
                values::Wrong::Incomplete => "no date, try 7d, 2026-04-01 or last-week".to_owned(),
            })
    };
    // One by one, so that the message names the flag that is wrong.
    let from = match since {
        Some(date) => {
            dates(&format!("{date}.."))
                .map_err(|why| format!("--since {date}: {why}"))?
                .from
        }
        None => None,
    };
    let to = match until {
        Some(date) => {
            dates(&format!("..{date}"))
                .map_err(|why| format!("--until {date}: {why}"))?
                .to
        }
        None => None,
    };
    match (from, to) {
        (Some(from), Some(to)) if from >= to => {
            Err("--until: the range ends before it starts; give the earlier date to --since".into())
        }
        _ => Ok(Span { from, to }),
    }
}

/// A question about sessions. Cheap to clone; equal when it asks the same.
#[derive(Clone)]
pub struct Query(Arc<Parsed>);

struct Parsed {
    /// As typed, cut to what was read.
    text: String,
    /// Absent when nothing is asked.
    root: Option<tree::Node>,
    problems: Vec<Problem>,
    arrangement: Arrangement,
}

/// Something that a query looks for in conversations.
#[derive(Clone, Copy)]
pub enum Sought<'q> {
    /// Anywhere but in what tools answered.
    Word(&'q Word),
    /// In one scope, or of the conversation as a whole.
    Field(&'q Test),
}

/// Something odd about a query, in the words of who typed it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problem {
    pub kind: ProblemKind,
    /// The clause as typed.
    pub clause: String,
    /// What is wrong with it, for people.
    pub reason: String,
}

/// What is said of what was opened and is not closed yet.
const OPEN_QUOTE: &str = "a quote is open";
const OPEN_PARENTHESIS: &str = "a parenthesis is open";

/// How bad a problem is, least first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum ProblemKind {
    /// No such field: searched as words.
    UnknownField,
    /// The text was too long or too deep; the rest was not read.
    Cut,
    /// Half-typed: asks nothing, and while typing goes on nothing needs to be said.
    Incomplete,
    /// A value that cannot be: asks nothing.
    Wrong,
}

impl Problem {
    /// Whether a command stops at it (exit 2), because going on would answer another question than the one asked.
    pub fn is_wrong(&self) -> bool {
        self.kind >= ProblemKind::Cut
    }

    /// Whether something was opened and is not closed yet: what is typed next belongs to it.
    pub fn is_open(&self) -> bool {
        [OPEN_QUOTE, OPEN_PARENTHESIS].contains(&&*self.reason)
    }

    /// The clause and what is wrong with it, as a line.
    pub fn line(&self) -> String {
        let clause = &self.clause;
        let colon = if clause.ends_with(':') { "" } else { ":" };
        format!("{clause}{colon} {}", self.reason)
    }
}

/// A part of a query that can be dropped on its own.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Clause {
    pub text: String,
    /// The worst thing about it; absent when it is in force as typed.
    pub problem: Option<ProblemKind>,
}

impl Query {
    /// Reads any text; never fails.
    pub fn parse(text: &str, context: &Context) -> Query {
        let end = text.char_indices().nth(LENGTH).map(|(at, _)| at);
        let read = text.get(..end.unwrap_or(text.len())).unwrap_or_default();
        let (mut root, problems) = parse::parse(read, end.is_some(), context);
        root.iter_mut().for_each(tree::Node::set_aside);
        let mut arrangement = Arrangement::default();
        if let Some(root) = &root {
            root.arrangement(&mut arrangement);
        }
        let text = read.to_owned();
        Query(Arc::new(Parsed {
            text,
            root,
            problems,
            arrangement,
        }))
    }

    /// As typed, cut to what was read.
    pub fn text(&self) -> &str {
        &self.0.text
    }

    /// Whether nothing was typed that could ask something.
    pub fn is_empty(&self) -> bool {
        self.0.root.is_none()
    }

    /// Whether it tells sessions apart at all, and not only how to show them.
    pub fn asks(&self) -> bool {
        use tree::Node::{Field, Word};
        self.any_leaf(|leaf, _| matches!(leaf, Word(_) | Field(_)))
    }

    /// How what it finds is to be shown.
    pub fn arrangement(&self) -> Arrangement {
        self.0.arrangement
    }

    /// What is odd, in the order it was typed.
    pub fn problems(&self) -> &[Problem] {
        &self.0.problems
    }

    /// What it says about a row, with words rated, and conversations known, by `heard`.
    pub fn judge(&self, row: &Row, heard: &dyn Heard) -> Verdict {
        let root = self.0.root.as_ref();
        root.map_or(Verdict::Quiet, |root| root.judge(row, heard))
    }

    fn top(&self) -> &[tree::Node] {
        match &self.0.root {
            Some(tree::Node::All(nodes)) => nodes,
            Some(node) => std::slice::from_ref(node),
            None => &[],
        }
    }

    /// The parts joined by AND at the top, in order.
    pub fn clauses(&self) -> Vec<Clause> {
        let clause = |node: &tree::Node| {
            let here = self.0.problems.iter().filter(|p| node.has_leaf(&p.clause));
            Clause {
                text: printed(std::slice::from_ref(node)),
                problem: here.map(|p| p.kind).max(),
            }
        };
        self.top().iter().map(clause).collect()
    }

    /// The text without clause `n` of [`Query::clauses`]; all of it when there is no such clause.
    pub fn without(&self, n: usize) -> String {
        let mut nodes = self.top().to_vec();
        if n >= nodes.len() {
            return self.to_string();
        }
        nodes.remove(n);
        printed(&nodes)
    }

    /// Whether relevance means anything: words are searched, and not only to leave out what has them.
    pub fn has_words(&self) -> bool {
        self.any_leaf(|leaf, negated| matches!(leaf, tree::Node::Word(_)) && !negated)
    }

    /// Whether its words are had together, of which `has` tells, whatever else it asks; absent where it has none.
    pub fn has_words_where(&self, has: &mut dyn FnMut(&Word) -> bool) -> Option<bool> {
        self.0.root.as_ref()?.has_words(has)
    }

    /// Its words as they were typed, the first and those behind it. Absent where it has none, or has some of which not all
    /// are wanted.
    pub fn words_in_order(&self) -> Option<(&Word, Vec<&Word>)> {
        let mut words = self.top().iter().filter_map(|node| match node {
            tree::Node::Word(word) => Some(word),
            _ => None,
        });
        let (first, rest) = (words.next()?, words.collect::<Vec<&Word>>());
        let mut all = 0;
        self.each_sought(&mut |sought, negated| {
            all += usize::from(!negated && matches!(sought, Sought::Word(_)));
        });
        (all == rest.len() + 1).then_some((first, rest))
    }

    /// Whether it has words and no field.
    pub fn words_only(&self) -> bool {
        self.has_words() && !self.any_leaf(|leaf, _| matches!(leaf, tree::Node::Field(_)))
    }

    /// Calls `see` with everything it looks for in conversations, and whether that is to be left out.
    pub fn each_sought<'q>(&'q self, see: &mut dyn FnMut(Sought<'q>, bool)) {
        if let Some(root) = &self.0.root {
            root.each_leaf(false, &mut |leaf, negated| match leaf {
                tree::Node::Word(word) => see(Sought::Word(word), negated),
                tree::Node::Field(test) if test.is_heard() => see(Sought::Field(test), negated),
                _ => {}
            });
        }
    }

    /// Whether it looks for anything in conversations.
    pub fn asks_of_said(&self) -> bool {
        let mut asks = false;
        self.each_sought(&mut |_, _| asks = true);
        asks
    }

    /// Whether it looks in the conversations of all sessions, whatever else these are.
    pub fn asks_of_all_said(&self) -> bool {
        let is_other = |leaf: &tree::Node, _| match leaf {
            tree::Node::Field(test) => !test.is_heard(),
            _ => false,
        };
        self.asks_of_said() && !self.any_leaf(is_other)
    }

    /// Whether it looks for anything in what tools answered.
    pub fn asks_of_answers(&self) -> bool {
        let mut asks = false;
        self.each_sought(&mut |sought, _| {
            asks |= matches!(sought, Sought::Field(test) if test.scope() == Some(Scope::Output));
        });
        asks
    }

    /// Whether it leaves out sessions for something in their conversations.
    pub fn leaves_out(&self) -> bool {
        let mut leaves_out = false;
        self.each_sought(&mut |_, negated| leaves_out |= negated);
        leaves_out
    }

    /// The words it looks for, wherever, but for those that are to be left out.
    pub fn words(&self) -> Vec<Word> {
        let mut words = Vec::new();
        self.each_sought(&mut |sought, negated| match sought {
            Sought::Word(word) if !negated => words.push(word.clone()),
            Sought::Field(test) if !negated => words.extend(test.words().cloned()),
            _ => {}
        });
        words
    }

    fn any_leaf(&self, is: impl Fn(&tree::Node, bool) -> bool) -> bool {
        let mut found = false;
        if let Some(root) = &self.0.root {
            root.each_leaf(false, &mut |leaf, negated| found |= is(leaf, negated));
        }
        found
    }

    /// Which hidden kinds it names with `is:`, outside any negation.
    pub fn asks_for_hidden(&self) -> Hidden {
        self.0
            .root
            .as_ref()
            .map(tree::Node::hidden)
            .unwrap_or_default()
    }

    /// Whether it asks, negated or not, for what is known of a directory only by looking at it.
    pub fn asks_for_places(&self) -> bool {
        self.mentions(&["orphan"])
    }

    /// Whether it asks, negated or not, what agents do now, which nobody knows who does not look.
    pub fn asks_for_states(&self) -> bool {
        self.mentions(flags::STATES)
    }

    /// Whether some value of `is:` is one of these.
    fn mentions(&self, flags: &[&'static str]) -> bool {
        let mut asks = false;
        if let Some(root) = &self.0.root {
            root.each_leaf(false, &mut |leaf, _| {
                asks |= matches!(leaf, tree::Node::Field(test)
                    if flags.iter().any(|flag| test.mentions(flag)));
            });
        }
        asks
    }

    /// Its reading in words: `updated in the last 2 days, cost above $1, not project infra`. Empty when it asks nothing.
    pub fn describe(&self) -> String {
        let root = self.0.root.as_ref();
        root.and_then(tree::Node::describe).unwrap_or_default()
    }
}

fn printed(nodes: &[tree::Node]) -> String {
    let mut out = String::new();
    for (i, node) in nodes.iter().enumerate() {
        if i > 0 {
            out.push(' ');
        }
        if !node.print(&mut out) {
            break;
        }
    }
    out
}

/// A query that asks nothing.
impl Default for Query {
    fn default() -> Query {
        Query(Arc::new(Parsed {
            text: String::new(),
            root: None,
            problems: Vec::new(),
            arrangement: Arrangement::default(),
        }))
    }
}

impl PartialEq for Query {
    fn eq(&self, other: &Query) -> bool {
        self.0.root == other.0.root
    }
}

impl fmt::Debug for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0.root, f)
    }
}

/// The query with its spaces in order. Reading it again gives the same query.
impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let out = printed(self.top());
        // Parentheses that were left open are closed, which may make it longer than is read.
        let fits = out.chars().count() <= LENGTH;
        f.pad(if fits { &out } else { &self.0.text })
    }
}
