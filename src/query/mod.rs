//! The query language: every text is a valid query.
//!
//! ```text
//! or    = and { ("OR" | "|") and }
//! and   = unary { ["AND"] unary }
//! unary = ["-" | "NOT"] atom
//! atom  = "(" or ")" | field | phrase | word
//! field = name ":" value { "," value }
//! ```
//!
//! What cannot be read as a field is searched as words, and the query says so. Words match titles, projects and branches;
//! words in what was said will be a second search beside this one.

mod dates;
mod fields;
mod fuzzy;
mod parse;
#[cfg(test)]
mod tests;

use std::fmt;
use std::path::PathBuf;

use jiff::{Timestamp, tz::TimeZone};

use crate::model::{Kind, Row, SourceId};

pub use fields::{FIELDS, Field, FieldKind};
pub use parse::{Problem, ProblemKind};

/// More of a query than this is not read.
pub const LENGTH: usize = 256;

/// What a query needs to know of the world.
#[derive(Clone)]
pub struct Context {
    pub now: Timestamp,
    pub zone: TimeZone,
    pub home: PathBuf,
    pub sources: Vec<SourceNames>,
}

/// Everything a source is called.
#[derive(Clone)]
pub struct SourceNames {
    pub id: SourceId,
    pub names: Vec<&'static str>,
}

/// A parsed query.
#[derive(Clone, Default)]
pub struct Query {
    text: String,
    root: Node,
    problems: Vec<Problem>,
}

/// Two queries are the same when they ask the same.
impl PartialEq for Query {
    fn eq(&self, other: &Query) -> bool {
        self.root == other.root
    }
}

impl fmt::Debug for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.root, f)
    }
}

#[derive(Clone, PartialEq, Debug)]
enum Node {
    All(Vec<Node>),
    Any(Vec<Node>),
    Not(Box<Node>),
    Word(Word),
    Field(fields::Test),
}

impl Default for Node {
    fn default() -> Node {
        Node::All(Vec::new())
    }
}

/// A word or a phrase.
#[derive(Clone, PartialEq, Debug)]
pub struct Word {
    pub text: String,
    pub form: Form,
}

/// How a word matches.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// As people half remember it.
    Plain,
    /// Between quotes: as it stands.
    Phrase,
    /// After `=`: a whole word.
    Whole,
}

/// Rows that are left out unless a query names them.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Hidden {
    pub sub: bool,
    pub fork: bool,
    pub copy: bool,
    pub empty: bool,
}

impl Query {
    /// Reads any text; at most 256 characters of it.
    pub fn parse(text: &str, context: &Context) -> Query {
        parse::parse(text, context)
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    pub fn is_empty(&self) -> bool {
        matches!(&self.root, Node::All(nodes) if nodes.is_empty())
    }

    pub fn matches(&self, row: &Row) -> bool {
        self.score(row).is_some()
    }

    /// How well a row fits: none when it does not, 0 when no word was asked for.
    pub fn score(&self, row: &Row) -> Option<i64> {
        self.root.score(row)
    }

    /// What was not understood.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    pub fn has_words(&self) -> bool {
        self.root.any(&|node| matches!(node, Node::Word(_)))
    }

    /// The clauses joined by AND at the top, as texts.
    pub fn clauses(&self) -> Vec<String> {
        match &self.root {
            Node::All(nodes) => nodes.iter().map(ToString::to_string).collect(),
            node => vec![node.to_string()],
        }
    }

    /// The text without one of its clauses.
    pub fn without(&self, n: usize) -> String {
        let clauses = self
            .clauses()
            .into_iter()
            .enumerate()
            .filter(|(i, _)| *i != n);
        clauses.map(|(_, text)| text).collect::<Vec<_>>().join(" ")
    }

    /// Which hidden kinds it asks for by `is:`.
    pub fn asks_for_hidden(&self) -> Hidden {
        let asks = |word: &str| {
            self.root
                .any(&|node| matches!(node, Node::Field(test) if test.names_flag(word)))
        };
        Hidden {
            sub: asks("sub"),
            fork: asks("fork"),
            copy: asks("copy"),
            empty: asks("empty"),
        }
    }
}

impl Hidden {
    /// Whether a row stays out of a plain list, and as what.
    pub fn class(&self, row: &Row) -> Option<&'static str> {
        match row.session.kind {
            Kind::SubAgent if !self.sub => Some("sub-agents"),
            Kind::Copy if !self.copy => Some("copies"),
            Kind::Main | Kind::Fork if row.session.is_empty() && !self.empty => Some("empty"),
            _ => None,
        }
    }
}

impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.clauses().join(" "))
    }
}

impl Node {
    fn score(&self, row: &Row) -> Option<i64> {
        match self {
            Node::All(nodes) => nodes
                .iter()
                .try_fold(0, |sum, node| Some(sum + node.score(row)?)),
            Node::Any(nodes) => nodes.iter().filter_map(|node| node.score(row)).max(),
            Node::Not(node) => node.score(row).is_none().then_some(0),
            Node::Word(word) => fuzzy::score(word, row),
            Node::Field(test) => test.matches(row).then_some(0),
        }
    }

    /// Whether this or a node below, not behind a NOT, is such a one.
    fn any(&self, is: &dyn Fn(&Node) -> bool) -> bool {
        is(self)
            || match self {
                Node::All(nodes) | Node::Any(nodes) => nodes.iter().any(|node| node.any(is)),
                _ => false,
            }
    }
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let join = |nodes: &[Node], with: &str| {
            let inner = |node: &Node| match node {
                Node::All(_) | Node::Any(_) => format!("({node})"),
                node => node.to_string(),
            };
            nodes.iter().map(inner).collect::<Vec<_>>().join(with)
        };
        match self {
            Node::All(nodes) => f.write_str(&join(nodes, " ")),
            Node::Any(nodes) => f.write_str(&join(nodes, " OR ")),
            Node::Not(node) => match &**node {
                Node::All(_) | Node::Any(_) => write!(f, "NOT ({node})"),
                node => write!(f, "NOT {node}"),
            },
            Node::Word(word) => match word.form {
                Form::Plain => f.write_str(&word.text),
                Form::Phrase => write!(f, "\"{}\"", word.text),
                Form::Whole => write!(f, "={}", word.text),
            },
            Node::Field(test) => write!(f, "{test}"),
        }
    }
}
