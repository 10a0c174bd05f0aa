//! Writing into a query: pickers, presets and keys change its text, which stays the only truth.

use super::fields::Get;
use super::lookup::nearest;
use super::tree::Node;
use super::word::{Form, Word};
use super::{Clause, Context, Query, printed};
use crate::model::Row;

/// Words shorter than this have no slips to forgive.
const LETTERS: usize = 3;
/// So many clauses are tried without, where nothing is found.
const CLAUSES: usize = 6;

impl Query {
    /// The first clauses, each with what is asked without it: where nothing is found, these say which of them did it.
    pub fn without_each(&self, context: &Context) -> Vec<(Clause, Query)> {
        let clauses = self.clauses().into_iter().take(CLAUSES).enumerate();
        let without = |(at, clause)| (clause, Query::parse(&self.without(at), context));
        clauses.map(without).collect()
    }

    /// The clause of a field that stands at the top and is not negated, without its name: `claude-code,codex`.
    pub fn values_of(&self, field: &str) -> Option<&str> {
        self.top().iter().find_map(|node| match node {
            Node::Field(test) if test.field.name == field => {
                test.raw.split_once(':').map(|(_, values)| values)
            }
            _ => None,
        })
    }

    /// The text with this clause in place of all that the field says at the top; none says nothing.
    pub fn with(&self, field: &str, clause: Option<&str>) -> String {
        let others = self.top().iter().filter(|node| match node {
            Node::Field(test) => test.field.name != field,
            _ => true,
        });
        let mut others: Vec<Node> = others.cloned().collect();
        let Some(clause) = clause else {
            return printed(&others);
        };
        if let [any @ Node::Any(_)] = others.as_slice() {
            // An OR needs parentheses beside another clause, and what is half typed would leave them open.
            let any = pruned(any).map(|any| Node::Group(Box::new(any)));
            others = any.into_iter().collect();
        }
        // In front, since what stands behind an open quote is part of it.
        format!("{clause} {}", printed(&others)).trim().to_owned()
    }

    /// The text with its words in the next form: as half remembered, with slips, exact, as patterns. Absent where it has
    /// no word.
    pub fn turned(&self) -> Option<String> {
        let mut nodes = self.top().to_vec();
        let now = first_form(&nodes)?;
        let at = FORMS.iter().position(|form| *form == now);
        let next = at.map_or(0, |at| (at + 1) % FORMS.len());
        let form = FORMS.get(next).copied()?;
        nodes.iter_mut().for_each(|node| turn(node, form));
        Some(printed(&nodes))
    }

    /// The text with slips of the fingers forgiven in every word; absent where there is no such word.
    pub fn forgiving(&self) -> Option<String> {
        let mut nodes = self.top().to_vec();
        let mut any = false;
        for node in &mut nodes {
            any |= loosened(node);
        }
        any.then(|| printed(&nodes))
    }
}

impl Query {
    /// The words as they are looked for in what tools answered, which words alone are not; absent where a clause does that
    /// already, or one of them would not be read so.
    pub fn in_output(&self) -> Option<String> {
        let (first, rest) = self.words_in_order()?;
        let words = std::iter::once(first).chain(rest);
        let words: Vec<String> = words.map(|word| format!("out:{}", word.raw)).collect();
        let is_one = |word: &String| word.matches([':', ',']).count() == 1;
        let is_asked = self.text().contains("out:");
        (!is_asked && words.iter().all(is_one)).then(|| words.join(" "))
    }
}

/// The forms that a key turns words through.
const FORMS: [Form; 4] = [Form::Plain, Form::Loose, Form::Phrase, Form::Pattern];

/// The form of the first word that is wanted.
fn first_form(nodes: &[Node]) -> Option<Form> {
    nodes.iter().find_map(|node| match node {
        Node::All(nodes) | Node::Any(nodes) => first_form(nodes),
        Node::Group(node) => first_form(std::slice::from_ref(node)),
        Node::Word(word) => Some(word.form),
        _ => None,
    })
}

/// Puts the words of a node that are wanted into a form, where they can be written so.
fn turn(node: &mut Node, form: Form) {
    match node {
        Node::All(nodes) | Node::Any(nodes) => nodes.iter_mut().for_each(|node| turn(node, form)),
        Node::Group(node) => turn(node, form),
        Node::Word(word) => {
            let bare = match word.form {
                Form::Pattern => word.text.replace('\\', ""),
                _ => word.text.to_string(),
            };
            let is_one = !bare.contains(char::is_whitespace);
            let text = match form {
                Form::Loose if is_one => format!("~{bare}"),
                Form::Pattern if !bare.contains('/') => format!("/{}/", regex::escape(&bare)),
                Form::Plain if is_one => bare.clone(),
                _ if bare.contains('"') => return,
                _ => format!("\"{bare}\""),
            };
            *word = Word::new(&text, &bare, form);
        }
        _ => {}
    }
}

/// A node without what is half typed in it; none where nothing else is left.
fn pruned(node: &Node) -> Option<Node> {
    let several = |nodes: &[Node]| {
        let nodes: Vec<Node> = nodes.iter().filter_map(pruned).collect();
        Some(nodes).filter(|nodes| !nodes.is_empty())
    };
    Some(match node {
        Node::All(nodes) => Node::All(several(nodes)?),
        Node::Any(nodes) => Node::Any(several(nodes)?),
        Node::Not(sign, node) => Node::Not(*sign, Box::new(pruned(node)?)),
        Node::Group(node) => Node::Group(Box::new(pruned(node)?)),
        Node::Quiet { .. } => return None,
        leaf => leaf.clone(),
    })
}

/// What is no field, with the name of the one that was meant: the slip is there, and nobody said it in a conversation.
fn meant(raw: &str) -> Option<String> {
    let (name, value) = raw.split_once(':')?;
    Some(format!("{}:{value}", nearest(name)?))
}

fn loosened(node: &mut Node) -> bool {
    match node {
        Node::All(nodes) | Node::Any(nodes) => {
            let mut any = false;
            for node in nodes {
                any |= loosened(node);
            }
            any
        }
        Node::Group(node) => loosened(node),
        Node::Word(word) => {
            let is_long = word.needle.letters().len() >= LETTERS;
            *word = match meant(&word.raw) {
                Some(text) => Word::new(&text, &text, Form::Plain),
                None if word.form == Form::Plain && is_long => {
                    Word::new(&format!("~{}", word.raw), &word.text, Form::Loose)
                }
                None => return false,
            };
            true
        }
        _ => false,
    }
}

/// Values of a field that these rows have, the commonest first, and how many have each.
pub fn values<'r>(field: &str, rows: impl Iterator<Item = &'r Row>) -> Vec<(String, usize)> {
    let mut counts = std::collections::HashMap::new();
    for value in rows.flat_map(|row| values_of(field, row)) {
        *counts.entry(value).or_insert(0usize) += 1;
    }
    let mut counts: Vec<(String, usize)> = counts.into_iter().collect();
    counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    counts
}

/// Values of a field that a row has, each once; none of a field that nobody chooses values of.
pub fn values_of(field: &str, row: &Row) -> Vec<String> {
    let mut told: Vec<String> = Vec::new();
    let mut tell = |value: &str| {
        // What has a quote in it cannot be written as a value.
        if !value.contains('"') && !told.iter().any(|known| known == value) {
            told.push(value.to_owned());
        }
    };
    match super::lookup::named(field).map(|field| (field.name, field.get)) {
        Some((_, Get::Source)) => tell(row.id().source.0),
        Some(("title" | "id" | "note", _)) | None => {}
        Some((_, Get::Texts(get))) => get(row, &mut tell),
        Some(_) => {}
    }
    told
}

/// A value as it stands behind a colon.
pub fn written(value: &str) -> String {
    let is_plain = |c: char| !c.is_whitespace() && !"(),*".contains(c);
    if value.chars().all(is_plain) && !value.starts_with(['!', '=', '~', '/', '<', '>', '?']) {
        value.to_owned()
    } else {
        format!("\"{value}\"")
    }
}
