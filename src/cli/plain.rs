//! `--plain` where a command has no table of its own to turn into lines: what it tells programs as JSON, as lines of
//! `name: value`, for screen readers and grep. So both say the same.

use std::fmt;
use std::io::Write;

use serde::Serialize;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use super::{Failure, json};
use crate::text::Clean;

/// A value of JSON whose fields stay in their order.
enum Node {
    Nothing,
    Word(String),
    Number(String),
    List(Vec<Node>),
    Fields(Vec<(String, Node)>),
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Node, D::Error> {
        from.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Nothing)
    }

    fn visit_bool<E>(self, is_so: bool) -> Result<Node, E> {
        Ok(Node::Word(if is_so { "yes" } else { "no" }.to_owned()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Node, E> {
        Ok(Node::Number(number.to_string()))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Node, E> {
        Ok(Node::Number(number.to_string()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Node, E> {
        Ok(Node::Number(number.to_string()))
    }

    fn visit_str<E>(self, text: &str) -> Result<Node, E> {
        Ok(Node::Word(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Node, A::Error> {
        let mut all = Vec::new();
        while let Some(one) = seq.next_element()? {
            all.push(one);
        }
        Ok(Node::List(all))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        let mut all = Vec::new();
        while let Some(one) = map.next_entry()? {
            all.push(one);
        }
        Ok(Node::Fields(all))
    }
}

/// Writes a report: its own facts first, then each thing of its lists with an empty line before it.
pub fn write(out: &mut dyn Write, report: &impl Serialize) -> Result<(), Failure> {
    let mut bytes = Vec::new();
    json::write(&mut bytes, report)?;
    lines(out, &bytes)
}

fn lines(out: &mut dyn Write, json: &[u8]) -> Result<(), Failure> {
    let Ok(Node::Fields(fields)) = serde_json::from_slice(json) else {
        return Ok(());
    };
    let mut first = true;
    let (records, facts): (Vec<_>, Vec<_>) = fields
        .into_iter()
        .filter(|(name, _)| name != "schemaVersion")
        .partition(|(_, node)| is_record(node));
    for (name, node) in &facts {
        line(out, name, node)?;
        first = false;
    }
    for (_, node) in &records {
        let all = match node {
            Node::List(all) => all.as_slice(),
            one => std::slice::from_ref(one),
        };
        for record in all {
            if !first {
                writeln!(out)?;
            }
            first = false;
            if let Node::Fields(fields) = record {
                for (name, node) in fields {
                    line(out, name, node)?;
                }
            }
        }
    }
    Ok(())
}

fn is_record(node: &Node) -> bool {
    match node {
        Node::List(all) => matches!(all.first(), Some(Node::Fields(_))),
        Node::Fields(_) => true,
        _ => false,
    }
}

/// A fact; a text of several lines has its name before each, and so has every thing of a list.
fn line(out: &mut dyn Write, name: &str, node: &Node) -> Result<(), Failure> {
    match node {
        Node::List(all) if all.iter().any(|one| !matches!(one, Node::Number(_))) => {
            for one in all {
                line(out, name, one)?;
            }
        }
        Node::Word(text) => {
            for text in text.lines() {
                writeln!(out, "{}: {}", words(name), Clean::line(text))?;
            }
        }
        other => {
            if let Some(text) = inside(other).filter(|text| !text.is_empty()) {
                writeln!(out, "{}: {}", words(name), Clean::line(&text))?;
            }
        }
    }
    Ok(())
}

/// All of it in one line; what is not known is left out.
fn inside(node: &Node) -> Option<String> {
    match node {
        Node::Nothing => None,
        Node::Word(text) | Node::Number(text) => Some(text.clone()),
        Node::List(all) => {
            let all: Vec<String> = all.iter().filter_map(inside).collect();
            Some(all.join(", "))
        }
        Node::Fields(fields) => {
            let told = |(name, node): &(String, Node)| match node {
                Node::Word(text) if !matches!(text.as_str(), "yes" | "no") => Some(text.clone()),
                other => Some(format!("{} {}", words(name).to_lowercase(), inside(other)?)),
            };
            let all: Vec<String> = fields.iter().filter_map(told).collect();
            Some(all.join(", "))
        }
    }
}

/// The name of a field as words: `projectPath` is `Project path`.
fn words(name: &str) -> String {
    let mut out = String::new();
    for (at, c) in name.chars().enumerate() {
        match (at, c.is_ascii_uppercase()) {
            (0, _) => out.push(c.to_ascii_uppercase()),
            (_, true) => out.extend([' ', c.to_ascii_lowercase()]),
            (_, false) => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// UX 11: every fact is a line of its own with its name, nothing is in columns, and nothing is invented.
    #[test]
    fn facts_are_lines_with_their_names() {
        let json = br#"{"schemaVersion":1,"state":"complete","sources":[
            {"source":"one","off":false,"roots":[{"path":"/a","why":"usual","keeps":null}],"at":[1,2]},
            {"source":"two\nthree","note":null}],"folders":[{"kind":"cache","isFull":true}]}"#;
        let mut out = Vec::new();
        assert!(lines(&mut out, json).is_ok());
        let want = "State: complete\n\nSource: one\nOff: no\nRoots: /a, usual\nAt: 1, 2\n\nSource: two\nSource: three\n\nKind: cache\nIs full: yes\n";
        assert_eq!(String::from_utf8(out).unwrap(), want);
    }
}
