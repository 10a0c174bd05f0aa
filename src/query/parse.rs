//! Text to query. Nothing fails: what is half-typed asks nothing, what is no field is searched as words.
//!
//! ```text
//! any   = all { ("OR" | "|") all }
//! all   = unary { ["AND"] unary }
//! unary = { "NOT" } ["-"] atom
//! atom  = "(" any ")" | field | phrase | regex | word
//! field = name ":" value { "," value }
//! ```

use super::arrangement::{self, Arrangement};
use super::lookup;
use super::tree::{Node, Sign};
use super::values::{Test, Wrong};
use super::word::Pattern;
use super::{Context, Form, LENGTH, OPEN_PARENTHESIS, OPEN_QUOTE, Problem, ProblemKind, Word};

/// Parentheses deeper than this are read as if they were not there.
const DEPTH: usize = 32;

/// The root, where anything is asked, and what is odd.
pub fn parse(text: &str, is_cut: bool, context: &Context) -> (Option<Node>, Vec<Problem>) {
    let mut parser = Parser {
        rest: text,
        depth: 0,
        ignored: 0,
        too_deep: false,
        context,
        problems: Vec::new(),
    };
    let root = parser.any();
    let mut problems = parser.problems;
    let mut cut = |reason: String| {
        problems.push(Problem {
            kind: ProblemKind::Cut,
            clause: "query".into(),
            reason,
        });
    };
    if is_cut {
        cut(format!("only the first {LENGTH} characters are read"));
    }
    if parser.too_deep {
        cut(format!("parentheses deeper than {DEPTH} are not read"));
    }
    (root, problems)
}

struct Parser<'a> {
    rest: &'a str,
    depth: usize,
    /// Open parentheses that are too deep to be read.
    ignored: usize,
    too_deep: bool,
    context: &'a Context,
    problems: Vec<Problem>,
}

impl<'a> Parser<'a> {
    fn any(&mut self) -> Option<Node> {
        let mut any = Vec::new();
        loop {
            any.extend(self.all());
            if !self.eat("OR") && !self.eat("|") {
                return one_or(any, Node::Any);
            }
        }
    }

    fn all(&mut self) -> Option<Node> {
        let mut all = Vec::new();
        loop {
            self.skip();
            if self.is_over() {
                return one_or(all, Node::All);
            }
            all.extend(self.unary());
        }
    }

    /// Passes over everything that asks nothing: space, `AND`, parentheses that close nothing or are too deep.
    fn skip(&mut self) {
        loop {
            self.rest = self.rest.trim_start();
            if self.rest.starts_with(')') && (self.ignored > 0 || self.depth == 0) {
                self.ignored = self.ignored.saturating_sub(1);
                self.bump(1);
            } else if self.rest.starts_with('(') && self.depth >= DEPTH {
                self.ignored += 1;
                self.too_deep = true;
                self.bump(1);
            } else if !self.eat("AND") {
                return;
            }
        }
    }

    /// Whether a list of clauses ends here. Asked after [`Parser::skip`].
    fn is_over(&self) -> bool {
        self.rest.is_empty()
            || self.rest.starts_with(')')
            || self.keyword("OR")
            || self.keyword("|")
    }

    fn bump(&mut self, bytes: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at_checked(bytes).unwrap_or((self.rest, ""));
        self.rest = rest;
        taken
    }

    fn keyword(&self, word: &str) -> bool {
        let behind = self.rest.strip_prefix(word);
        behind.is_some_and(|behind| behind.starts_with('(') || self.is_boundary(behind))
    }

    fn eat(&mut self, word: &str) -> bool {
        let found = self.keyword(word);
        if found {
            self.bump(word.len());
        }
        found
    }

    /// Whether a clause ends before `text`.
    fn is_boundary(&self, text: &str) -> bool {
        match text.chars().next() {
            None => true,
            Some(')') => self.depth > 0,
            Some(c) => c.is_whitespace(),
        }
    }

    fn unary(&mut self) -> Option<Node> {
        let mut nots = 0;
        let node = loop {
            if self.eat("NOT") {
                self.skip();
                if self.is_over() {
                    break Some(self.half_typed("NOT", false));
                }
                nots += 1;
                continue;
            }
            if let Some(behind) = self.rest.strip_prefix('-')
                && !behind.starts_with('-')
            {
                self.bump(1);
                let too_deep = behind.starts_with('(') && self.depth >= DEPTH;
                let node = if self.is_boundary(behind) || too_deep {
                    None
                } else {
                    self.atom()
                };
                break Some(match node {
                    Some(node) => Node::Not(Sign::Dash, Box::new(node)),
                    None => self.half_typed("-", false),
                });
            }
            match self.atom() {
                // Empty parentheses ask nothing, so a NOT before them waits for what follows.
                None if nots > 0 => {
                    self.skip();
                    if self.is_over() {
                        nots -= 1;
                        break Some(self.half_typed("NOT", false));
                    }
                }
                node => break node,
            }
        };
        node.map(|node| (0..nots).fold(node, |node, _| Node::Not(Sign::Word, Box::new(node))))
    }

    fn atom(&mut self) -> Option<Node> {
        let first = self.rest.chars().next()?;
        match first {
            '(' => {
                self.bump(1);
                self.depth += 1;
                let node = self.any();
                if self.rest.starts_with(')') {
                    self.bump(1);
                } else {
                    // Asked all the same: it ends where the text does.
                    let reason = OPEN_PARENTHESIS.into();
                    self.problem(ProblemKind::Incomplete, "(", reason);
                }
                self.depth -= 1;
                node.map(|node| Node::Group(Box::new(node)))
            }
            '"' => Some(self.phrase()),
            _ => Some(match self.regex().or_else(|| self.field()) {
                Some(node) => node,
                None => self.word(),
            }),
        }
    }

    /// Takes everything up to the end of the clause; parentheses that open within it close within it. Quotes keep spaces
    /// in, and the second value says whether the last one is still open.
    fn lump(&mut self, quotes: bool) -> (&'a str, bool) {
        let (mut quoted, mut open) = (false, 0usize);
        let mut end = self.rest.len();
        for (at, c) in self.rest.char_indices() {
            match c {
                '"' if quotes => quoted = !quoted,
                _ if quoted => {}
                '(' => open += 1,
                ')' if open > 0 => open -= 1,
                ')' if self.depth == 0 => {}
                c if c == ')' || c.is_whitespace() => {
                    end = at;
                    break;
                }
                _ => {}
            }
        }
        (self.bump(end), quoted)
    }

    fn phrase(&mut self) -> Node {
        let (raw, open) = self.lump(true);
        let text = raw.replace('"', "");
        if open || text.is_empty() {
            return self.half_typed(raw, open);
        }
        Node::Word(Word::new(raw, &text, Form::Phrase))
    }

    /// `/chars/` or `/chars/i`, where nothing but the end of a clause follows.
    fn regex(&mut self) -> Option<Node> {
        let body = self.rest.strip_prefix('/')?;
        let ends = body.char_indices().filter(|(at, c)| *c == '/' && *at > 0);
        let (text, len, any_case) = ends
            .filter_map(|(at, _)| {
                let behind = body.get(at + 1..)?;
                let any_case = behind.strip_prefix('i').filter(|b| self.is_boundary(b));
                let fits = any_case.is_some() || self.is_boundary(behind);
                let len = at + 2 + usize::from(any_case.is_some());
                fits.then_some((body.get(..at)?, len, any_case.is_some()))
            })
            .next()?;
        let raw = self.bump(len);
        Some(match Pattern::new(text, any_case) {
            Ok(pattern) => Node::Word(Word::pattern(raw, pattern)),
            Err(reason) => self.wrong(raw, reason),
        })
    }

    fn field(&mut self) -> Option<Node> {
        let (name, values) = self.rest.split_once(':')?;
        let mut letters = name.chars();
        let is_name = letters.next()?.is_ascii_alphabetic()
            && letters.all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
        // Addresses and paths of code are words.
        if !is_name || values.starts_with("//") || values.starts_with(':') {
            return None;
        }
        let (raw, open) = self.lump(true);
        if open {
            return Some(self.half_typed(raw, true));
        }
        let values = raw.get(name.len() + 1..).unwrap_or_default();
        if let Some(setting) = arrangement::NAMES
            .iter()
            .find(|n| n.eq_ignore_ascii_case(name))
        {
            return Some(match Arrangement::parse(setting, values) {
                Ok(arrangement) => Node::Setting {
                    raw: raw.into(),
                    arrangement,
                },
                Err(Wrong::Incomplete) => self.half_typed(raw, false),
                Err(Wrong::Value(reason)) => self.wrong(raw, reason),
            });
        }
        let Some(field) = lookup::named(name) else {
            self.strange_field(name, raw);
            let text = raw.replace('"', "");
            return Some(Node::Word(Word::new(raw, &text, Form::Plain)));
        };
        Some(match Test::parse(field, raw, values, self.context) {
            Ok(test) => Node::Field(Box::new(test)),
            Err(Wrong::Incomplete) => self.half_typed(raw, false),
            Err(Wrong::Value(reason)) => self.wrong(raw, reason),
        })
    }

    /// Says what is odd about a field that is none. The name of a source begins the id of a session.
    fn strange_field(&mut self, name: &str, raw: &str) {
        let sources = &self.context.sources;
        if sources.iter().any(|s| s.id.0 == name) || name.len() == 1 {
            return;
        }
        let reason = match lookup::nearest(name) {
            Some(near) => format!("no field `{name}`, did you mean `{near}`?"),
            None => format!("no field `{name}`, searched as words"),
        };
        self.problem(ProblemKind::UnknownField, raw, reason);
    }

    fn word(&mut self) -> Node {
        let (raw, _) = self.lump(false);
        let (form, text) = Form::of(raw);
        match text {
            "" => self.half_typed(raw, false),
            text => Node::Word(Word::new(raw, text, form)),
        }
    }

    fn half_typed(&mut self, raw: &str, open: bool) -> Node {
        let reason = if open { OPEN_QUOTE } else { "unfinished" };
        self.problem(ProblemKind::Incomplete, raw, reason.into());
        Node::Quiet {
            raw: raw.into(),
            open,
        }
    }

    fn wrong(&mut self, raw: &str, reason: String) -> Node {
        self.problem(ProblemKind::Wrong, raw, reason);
        Node::Quiet {
            raw: raw.into(),
            open: false,
        }
    }

    fn problem(&mut self, kind: ProblemKind, clause: &str, reason: String) {
        self.problems.push(Problem {
            kind,
            clause: clause.into(),
            reason,
        });
    }
}

/// One node as itself, several under a common one.
fn one_or(mut nodes: Vec<Node>, join: fn(Vec<Node>) -> Node) -> Option<Node> {
    if nodes.len() > 1 {
        return Some(join(nodes));
    }
    nodes.pop()
}
