//! Text to query. Nothing fails: what is half typed is left out, what is no field is words.

use super::fields::{self, FIELDS, Test, Wrong};
use super::{Context, Form, LENGTH, Node, Query, Word};

/// Parentheses deeper than this are read as if they were not there.
const DEPTH: usize = 32;

/// Something in a query that was not understood, in the words of who typed it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problem {
    pub clause: String,
    pub reason: String,
    pub kind: ProblemKind,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ProblemKind {
    /// A value that no field has: the clause is left out.
    Wrong,
    /// No such field: searched as a word.
    Unknown,
    /// Still being typed: left out for now.
    Incomplete,
    /// Longer than is read.
    Cut,
}

impl Problem {
    /// Whether a command should stop at it.
    pub fn is_wrong(&self) -> bool {
        matches!(self.kind, ProblemKind::Wrong | ProblemKind::Cut)
    }
}

#[derive(Clone, PartialEq, Debug)]
enum Token {
    Open,
    Close,
    Or,
    And,
    Not,
    Word(String),
    Phrase(String),
    Field(String, String),
}

pub fn parse(text: &str, context: &Context) -> Query {
    let kept: String = text.chars().take(LENGTH).collect();
    let mut problems = Vec::new();
    if kept.len() < text.len() {
        let reason = format!("only the first {LENGTH} characters are read");
        problems.push(Problem {
            clause: "the query".into(),
            reason,
            kind: ProblemKind::Cut,
        });
    }
    let tokens = tokens(&kept);
    let mut parser = Parser {
        tokens: tokens.into_iter().peekable(),
        context,
        problems,
        depth: 0,
    };
    let mut parts = Vec::new();
    // A closing parenthesis too many ends nothing.
    while parser.tokens.peek().is_some() {
        parts.extend(parser.or());
        while parser
            .tokens
            .next_if(|t| matches!(t, Token::Close | Token::Or | Token::And))
            .is_some()
        {}
    }
    let root = match joined(parts, true) {
        Some(node @ Node::All(_)) => node,
        Some(node) => Node::All(vec![node]),
        None => Node::default(),
    };
    Query {
        text: kept,
        root,
        problems: parser.problems,
    }
}

/// One node as itself, several under a common one, and those of the same kind side by side.
fn joined(nodes: Vec<Node>, all: bool) -> Option<Node> {
    let mut flat = Vec::new();
    for node in nodes {
        match node {
            Node::All(inner) if all => flat.extend(inner),
            Node::Any(inner) if !all => flat.extend(inner),
            node => flat.push(node),
        }
    }
    if flat.len() > 1 {
        return Some(if all {
            Node::All(flat)
        } else {
            Node::Any(flat)
        });
    }
    flat.pop()
}

struct Parser<'a, I: Iterator<Item = Token>> {
    tokens: std::iter::Peekable<I>,
    context: &'a Context,
    problems: Vec<Problem>,
    depth: usize,
}

impl<I: Iterator<Item = Token>> Parser<'_, I> {
    fn or(&mut self) -> Option<Node> {
        let mut any: Vec<Node> = self.and().into_iter().collect();
        while self.tokens.next_if_eq(&Token::Or).is_some() {
            any.extend(self.and());
        }
        joined(any, false)
    }

    fn and(&mut self) -> Option<Node> {
        let mut all = Vec::new();
        loop {
            match self.tokens.peek() {
                None | Some(Token::Or | Token::Close) => break,
                Some(Token::And) => {
                    self.tokens.next();
                }
                Some(_) => all.extend(self.unary()),
            }
        }
        joined(all, true)
    }

    fn unary(&mut self) -> Option<Node> {
        let mut not = false;
        while self.tokens.next_if_eq(&Token::Not).is_some() {
            not = !not;
        }
        let node = self.atom()?;
        Some(match node {
            Node::Not(inner) if not => *inner,
            node if not => Node::Not(Box::new(node)),
            node => node,
        })
    }

    fn atom(&mut self) -> Option<Node> {
        // An operator where a word should be belongs to whoever called.
        let token = self
            .tokens
            .next_if(|t| !matches!(t, Token::Or | Token::And | Token::Close))?;
        match token {
            Token::Open if self.depth >= DEPTH => None,
            Token::Open => {
                self.depth += 1;
                let node = self.or();
                self.depth -= 1;
                self.tokens.next_if_eq(&Token::Close);
                node
            }
            Token::Word(text) => word(&text),
            Token::Phrase(text) => (!text.is_empty()).then_some(Node::Word(Word {
                text,
                form: Form::Phrase,
            })),
            Token::Field(name, value) => self.field(&name, &value),
            Token::Or | Token::And | Token::Close | Token::Not => None,
        }
    }

    fn field(&mut self, name: &str, value: &str) -> Option<Node> {
        let clause = format!("{name}:{value}");
        let Some(field) = fields::named(name) else {
            let near = nearest(name)
                .map(|n| format!(", did you mean `{n}`?"))
                .unwrap_or_default();
            let reason = format!("no field `{name}`{near}");
            self.problems.push(Problem {
                clause: clause.clone(),
                reason,
                kind: ProblemKind::Unknown,
            });
            return Some(Node::Word(Word {
                text: clause,
                form: Form::Plain,
            }));
        };
        match Test::parse(field, value, self.context) {
            Ok(test) => Some(Node::Field(test)),
            Err(wrong) => {
                let (kind, reason) = match wrong {
                    Wrong::Value(reason) => (ProblemKind::Wrong, reason),
                    Wrong::Incomplete => (ProblemKind::Incomplete, "unfinished".to_owned()),
                };
                self.problems.push(Problem {
                    clause,
                    reason,
                    kind,
                });
                None
            }
        }
    }
}

fn word(text: &str) -> Option<Node> {
    let (form, text) = match text.strip_prefix('=') {
        Some(rest) => (Form::Whole, rest),
        None => (Form::Plain, text.strip_prefix('~').unwrap_or(text)),
    };
    (!text.is_empty()).then(|| {
        Node::Word(Word {
            text: text.to_owned(),
            form,
        })
    })
}

/// The known field that differs least, if it differs little.
fn nearest(name: &str) -> Option<&'static str> {
    let names = FIELDS
        .iter()
        .flat_map(|f| std::iter::once(f.name).chain(f.aliases.iter().copied()));
    let far = |n: &str| {
        let same = n
            .chars()
            .zip(name.chars())
            .take_while(|(a, b)| a == b)
            .count();
        n.chars().count().max(name.chars().count()) - same
    };
    names
        .filter(|n| n.len() > 1)
        .map(|n| (far(n), n))
        .filter(|(d, _)| *d <= 2)
        .min()
        .map(|(_, n)| n)
}

fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let after = rest.get(c.len_utf8()..).unwrap_or_default();
        match c {
            c if c.is_whitespace() => rest = after,
            '(' => {
                tokens.push(Token::Open);
                rest = after;
            }
            ')' => {
                tokens.push(Token::Close);
                rest = after;
            }
            '"' => {
                let (phrase, behind) = after.split_once('"').unwrap_or((after, ""));
                tokens.push(Token::Phrase(phrase.to_owned()));
                rest = behind;
            }
            '-' if after.chars().next().is_some_and(|c| !c.is_whitespace()) => {
                tokens.push(Token::Not);
                rest = after;
            }
            _ => {
                let (token, behind) = lump(rest);
                tokens.push(token);
                rest = behind;
            }
        }
    }
    tokens
}

/// Everything up to the next space, with quoted parts of a field's value kept together.
fn lump(text: &str) -> (Token, &str) {
    let mut quoted = false;
    let mut in_value = false;
    let end = text.char_indices().find(|(_, c)| {
        in_value |= *c == ':';
        quoted ^= *c == '"' && in_value;
        let ends = c.is_whitespace() || matches!(c, '(' | ')') || *c == '"' && !in_value;
        ends && !quoted
    });
    let (lump, rest) = text.split_at(end.map_or(text.len(), |(i, _)| i));
    let token = match lump {
        "OR" | "|" => Token::Or,
        "AND" => Token::And,
        "NOT" => Token::Not,
        _ => match lump.split_once(':') {
            Some((name, value)) if is_name(name) => Token::Field(name.to_owned(), value.to_owned()),
            _ => Token::Word(lump.to_owned()),
        },
    };
    (token, rest)
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')
}
