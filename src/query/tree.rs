//! A query as a tree: judged against rows, printed back, read out.

use super::arrangement::Arrangement;
use super::values::Test;
use super::{Hidden, Word};
use crate::model::Row;

#[derive(Clone, PartialEq, Debug)]
pub enum Node {
    All(Vec<Node>),
    Any(Vec<Node>),
    /// With `-` before a clause, or with `NOT`.
    Not(Sign, Box<Node>),
    /// Parentheses as typed, so that printing needs to know no precedence.
    Group(Box<Node>),
    Word(Word),
    Field(Box<Test>),
    /// How to show what is found; it asks nothing.
    Setting {
        raw: Box<str>,
        arrangement: Arrangement,
    },
    /// Half-typed or wrong: it asks nothing. `open` when a quote was not closed, so everything behind is part of it.
    Quiet {
        raw: Box<str>,
        open: bool,
    },
}

#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Sign {
    Dash,
    Word,
}

/// What a clause says about a row.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Verdict {
    /// Nothing: the clause is not in force, whatever stands before or around it.
    Quiet,
    No,
    /// It fits, this well.
    Yes(i64),
}

/// Who knows what a query asks and this module cannot tell.
pub trait Heard {
    /// How well a word fits a row; absent when it does not.
    fn rate(&self, word: &Word, row: &Row) -> Option<i64>;

    /// Whether a row's conversation has what a field asks for; absent where nobody looks into conversations.
    fn said(&self, _test: &Test, _row: &Row) -> Option<bool> {
        None
    }
}

impl Node {
    pub fn judge(&self, row: &Row, heard: &dyn Heard) -> Verdict {
        match self {
            Node::All(nodes) => {
                // Words cost most, so they are asked last.
                let cheap = nodes.iter().filter(|n| !matches!(n, Node::Word(_)));
                let words = nodes.iter().filter(|n| matches!(n, Node::Word(_)));
                let mut all = Verdict::Quiet;
                for node in cheap.chain(words) {
                    all = match (all, node.judge(row, heard)) {
                        (_, Verdict::No) => return Verdict::No,
                        (all, Verdict::Quiet) => all,
                        (Verdict::Yes(a), Verdict::Yes(b)) => Verdict::Yes(a.saturating_add(b)),
                        (_, yes) => yes,
                    };
                }
                all
            }
            Node::Any(nodes) => {
                let verdicts = nodes.iter().map(|node| node.judge(row, heard));
                verdicts.fold(Verdict::Quiet, |any, one| match (any, one) {
                    (Verdict::Yes(a), Verdict::Yes(b)) => Verdict::Yes(a.max(b)),
                    (yes @ Verdict::Yes(_), _) | (_, yes @ Verdict::Yes(_)) => yes,
                    (Verdict::Quiet, one) => one,
                    (any, _) => any,
                })
            }
            Node::Not(_, node) => match node.judge(row, heard) {
                Verdict::Quiet => Verdict::Quiet,
                Verdict::No => Verdict::Yes(0),
                Verdict::Yes(_) => Verdict::No,
            },
            Node::Group(node) => node.judge(row, heard),
            Node::Word(word) => heard.rate(word, row).map_or(Verdict::No, Verdict::Yes),
            Node::Field(test) if test.is_heard() => {
                match heard.said(test, row) {
                    Some(true) => Verdict::Yes(0),
                    Some(false) => Verdict::No,
                    // Nobody listened.
                    None => Verdict::Quiet,
                }
            }
            Node::Field(test) if test.matches(row) => Verdict::Yes(0),
            Node::Field(_) => Verdict::No,
            Node::Quiet { .. } | Node::Setting { .. } => Verdict::Quiet,
        }
    }

    /// Whether its words are had, of which `has` tells; fields and what is to be left out say nothing. Absent where it has
    /// no words.
    pub fn has_words(&self, has: &mut dyn FnMut(&Word) -> bool) -> Option<bool> {
        // One that is lacking decides for all of several, one that is had for any of them.
        let mut of = |nodes: &[Node], decides: bool| {
            let mut told = None;
            for is_had in nodes.iter().filter_map(|node| node.has_words(has)) {
                told = Some(is_had);
                if is_had == decides {
                    break;
                }
            }
            told
        };
        match self {
            Node::All(nodes) => of(nodes, false),
            Node::Any(nodes) => of(nodes, true),
            Node::Group(node) => node.has_words(has),
            Node::Word(word) => Some(has(word)),
            Node::Not(..) | Node::Field(_) | Node::Quiet { .. } | Node::Setting { .. } => None,
        }
    }

    /// Prints the node; false when nothing may be printed behind it, because a quote is open.
    pub fn print(&self, out: &mut String) -> bool {
        match self {
            Node::All(nodes) => print_joined(nodes, " ", out),
            Node::Any(nodes) => print_joined(nodes, " OR ", out),
            Node::Not(sign, node) => {
                out.push_str(match sign {
                    Sign::Dash => "-",
                    Sign::Word => "NOT ",
                });
                node.print(out)
            }
            Node::Group(node) => {
                out.push('(');
                if !node.print(out) {
                    return false;
                }
                // Behind a word like `f(x` a parenthesis would be read as part of it.
                if node.last_leaf().is_some_and(is_lopsided) {
                    out.push(' ');
                }
                out.push(')');
                true
            }
            Node::Word(Word { raw, .. }) => {
                out.push_str(raw);
                true
            }
            Node::Field(test) => {
                out.push_str(&test.raw);
                true
            }
            Node::Setting { raw, .. } => {
                out.push_str(raw);
                true
            }
            Node::Quiet { raw, open } => {
                out.push_str(raw);
                !open
            }
        }
    }

    /// The last thing typed in it, unless that is a group.
    fn last_leaf(&self) -> Option<&str> {
        match self {
            Node::All(nodes) | Node::Any(nodes) => nodes.last()?.last_leaf(),
            Node::Not(_, node) => node.last_leaf(),
            Node::Group(_) => None,
            leaf => leaf.leaf(),
        }
    }

    /// The text of a node that has no others below.
    fn leaf(&self) -> Option<&str> {
        match self {
            Node::Word(word) => Some(&word.raw),
            Node::Field(test) => Some(&test.raw),
            Node::Quiet { raw, .. } | Node::Setting { raw, .. } => Some(raw),
            _ => None,
        }
    }

    /// Calls `see` with every node that has no others below, and whether an odd number of negations stands before it.
    pub fn each_leaf<'n>(&'n self, negated: bool, see: &mut dyn FnMut(&'n Node, bool)) {
        match self {
            Node::All(nodes) | Node::Any(nodes) => {
                nodes.iter().for_each(|node| node.each_leaf(negated, see));
            }
            Node::Not(_, node) => node.each_leaf(!negated, see),
            Node::Group(node) => node.each_leaf(negated, see),
            leaf => see(leaf, negated),
        }
    }

    /// Where longer words are asked for too, the short ones among them have hits only beside those.
    pub fn set_aside(&mut self) {
        let Node::All(nodes) = self else { return };
        let is_long = |node: &Node| matches!(node, Node::Word(word) if !word.is_slight());
        if nodes.iter().any(is_long) {
            for node in nodes {
                if let Node::Word(word) = node {
                    word.is_aside = word.is_slight();
                }
            }
        }
    }

    /// Whether some leaf is exactly this text.
    pub fn has_leaf(&self, text: &str) -> bool {
        let mut found = false;
        self.each_leaf(false, &mut |leaf, _| found |= leaf.leaf() == Some(text));
        found
    }

    /// Adds what it says about showing.
    pub fn arrangement(&self, all: &mut Arrangement) {
        self.each_leaf(false, &mut |leaf, _| {
            if let Node::Setting { arrangement, .. } = leaf {
                all.add(*arrangement);
            }
        });
    }

    pub fn hidden(&self) -> Hidden {
        let mut hidden = Hidden::default();
        self.each_leaf(false, &mut |leaf, negated| {
            let Node::Field(test) = leaf else { return };
            for flag in test.flags().filter(|_| !negated) {
                match flag {
                    "sub" => hidden.sub = true,
                    "fork" => hidden.fork = true,
                    "copy" => hidden.copy = true,
                    "empty" => hidden.empty = true,
                    "archived" => hidden.archived = true,
                    "hidden" => hidden.hidden = true,
                    _ => {}
                }
            }
        });
        hidden
    }

    /// The reading in words; absent when it asks nothing.
    pub fn describe(&self) -> Option<String> {
        let joined = |nodes: &[Node], with: &str| {
            let said: Vec<String> = nodes.iter().filter_map(Node::describe).collect();
            (!said.is_empty()).then(|| said.join(with))
        };
        match self {
            Node::All(nodes) => joined(nodes, ", "),
            Node::Any(nodes) => joined(nodes, " or "),
            Node::Not(_, node) => Some(format!("not {}", node.describe()?)),
            Node::Group(node) => match &**node {
                Node::All(_) | Node::Any(_) => Some(format!("({})", node.describe()?)),
                node => node.describe(),
            },
            Node::Word(word) => Some(word.describe()),
            Node::Field(test) => Some(test.describe()),
            Node::Setting { arrangement, .. } => Some(arrangement.describe()),
            Node::Quiet { .. } => None,
        }
    }
}

fn print_joined(nodes: &[Node], with: &str, out: &mut String) -> bool {
    for (i, node) in nodes.iter().enumerate() {
        if i > 0 {
            out.push_str(with);
        }
        if !node.print(out) {
            return false;
        }
    }
    true
}

/// Whether more parentheses open than close.
fn is_lopsided(text: &str) -> bool {
    let mut open = 0usize;
    for c in text.chars() {
        match c {
            '(' => open += 1,
            ')' => open = open.saturating_sub(1),
            _ => {}
        }
    }
    open > 0
}
