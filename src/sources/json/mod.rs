//! Forgiving access to JSON. A field of the wrong type is an absent field; nothing here fails.
//!
//! A record is passed over once, which finds where its values stand; they stay unread text until somebody asks. So
//! bodies that a summary does not use are neither built nor looked at again.

mod escapes;
mod mend;
mod node;
mod scan;
mod strings;
#[cfg(test)]
mod tests;
mod time;

use std::borrow::Cow;

use jiff::Timestamp;

use escapes::unescaped;
use mend::mend_surrogates;
use node::{Node, Shape, Sign};
use scan::scan;

/// A JSON value as text, not yet read.
#[derive(Clone, Copy, Debug)]
pub struct Json<'a> {
    text: &'a str,
    /// Its node and those of all in it; none where nobody looked yet.
    nodes: &'a [Node],
}

/// The fields of a JSON object, values unread. Of equal keys the last counts.
#[derive(Clone, Debug, Default)]
pub struct Obj<'a> {
    text: &'a str,
    /// Its own node first.
    nodes: Cow<'a, [Node]>,
    /// Its keys, of a record: it is asked for many. None elsewhere.
    keys: &'a [Key],
}

/// A key, and its place among the nodes.
#[derive(Clone, Copy, Debug)]
struct Key {
    sign: Sign,
    at: u32,
}

/// What became of the bytes of a record.
pub enum Parsed<'a> {
    Object(Obj<'a>),
    /// Readable after bytes that are no UTF-8, or half surrogate pairs, were replaced.
    Repaired(Obj<'a>),
    /// No object, whatever we do.
    Malformed,
    Blank,
}

/// What must outlive a record that is being read; to be used for many in turn.
#[derive(Default)]
pub struct Store {
    text: String,
    nodes: Vec<Node>,
    keys: Vec<Key>,
}

/// Reads one record: as it is; else with what is broken in its text replaced; else not.
pub fn record<'a>(bytes: &'a [u8], store: &'a mut Store) -> Parsed<'a> {
    let bytes = bytes
        .strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(bytes)
        .trim_ascii();
    if bytes.is_empty() {
        return Parsed::Blank;
    }
    let Store { text, nodes, keys } = store;
    if let Ok(sound) = simdutf8::basic::from_utf8(bytes) {
        match scan(sound, nodes) {
            Ok(false) => {
                return Obj::record(sound, nodes, keys).map_or(Parsed::Malformed, Parsed::Object);
            }
            Ok(true) => {}
            Err(_) => return Parsed::Malformed,
        }
    }
    *text = mend_surrogates(&String::from_utf8_lossy(bytes));
    if scan(text, nodes).is_err() {
        return Parsed::Malformed;
    }
    Obj::record(text, nodes, keys).map_or(Parsed::Malformed, Parsed::Repaired)
}

impl<'a> Obj<'a> {
    pub fn parse(text: &'a str) -> Option<Obj<'a>> {
        let mut nodes = Vec::new();
        let text = sound(text, &mut nodes)?;
        Obj::with(text, Cow::Owned(nodes))
    }

    fn of(text: &'a str, nodes: &'a [Node]) -> Option<Obj<'a>> {
        Obj::with(text, Cow::Borrowed(nodes))
    }

    fn with(text: &'a str, nodes: Cow<'a, [Node]>) -> Option<Obj<'a>> {
        let is_object = nodes.first().is_some_and(|n| n.sign.is(Shape::Object));
        is_object.then_some(Obj {
            text,
            nodes,
            keys: &[],
        })
    }

    fn record(text: &'a str, nodes: &'a [Node], keys: &'a mut Vec<Key>) -> Option<Obj<'a>> {
        let obj = Obj::of(text, nodes)?;
        keys.clear();
        keys.extend(children(nodes).map(|(at, node)| Key {
            sign: node.sign,
            at: at as u32,
        }));
        Some(Obj { keys, ..obj })
    }

    #[inline]
    pub fn get(&self, name: &str) -> Option<Json<'a>> {
        // Worked out where it is asked, and mostly before the program runs.
        self.find(name, Sign::plain(name.as_bytes()))
    }

    fn find(&self, name: &str, sign: Sign) -> Option<Json<'a>> {
        let nodes: &[Node] = &self.nodes;
        let at = if self.keys.is_empty() {
            let named = children(nodes).filter(|(_, key)| self.is_named(*key, name, sign));
            named.map(|(at, _)| at).last()?
        } else {
            let is_it = |key: &&Key| {
                let node = nodes.get(key.at as usize);
                key.sign.may_be(sign) && node.is_some_and(|key| self.is_named(*key, name, sign))
            };
            self.keys.iter().rev().find(is_it)?.at as usize
        };
        let node = *nodes.get(at + 1)?;
        let value = self.value(at + 1, node)?;
        let is_null = node.sign.is(Shape::Bare) && value.is_null();
        (!is_null).then_some(value)
    }

    fn is_named(&self, key: Node, name: &str, sign: Sign) -> bool {
        if key.sign == sign {
            let base = self.nodes.first().map_or(0, |node| node.start);
            let (start, end) = (key.start - base + 1, key.end - base - 1);
            let text = self.text.as_bytes().get(start as usize..end as usize);
            return text == Some(name.as_bytes());
        }
        key.sign.may_be(sign) && self.key(key).is_some_and(|key| key == name)
    }

    /// Every field in the order it stands.
    pub fn fields(&self) -> impl Iterator<Item = (Cow<'a, str>, Json<'a>)> {
        let nodes: &[Node] = &self.nodes;
        children(nodes).filter_map(move |(at, key)| {
            Some((self.key(key)?, self.value(at + 1, *nodes.get(at + 1)?)?))
        })
    }

    fn key(&self, key: Node) -> Option<Cow<'a, str>> {
        unquoted(cut(self.text, &self.nodes, key)?, Some(key.sign))
    }

    /// What stands at a node, and its place among all.
    fn value(&self, at: usize, node: Node) -> Option<Json<'a>> {
        let text = cut(self.text, &self.nodes, node)?;
        let nodes = match &self.nodes {
            Cow::Borrowed(nodes) => nodes.get(at..at + node.size as usize)?,
            // Nobody keeps them for as long as the text.
            Cow::Owned(_) => &[],
        };
        Some(Json { text, nodes })
    }

    #[inline]
    pub fn has(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    #[inline]
    pub fn str(&self, key: &str) -> Option<Cow<'a, str>> {
        self.get(key)?.str()
    }

    /// A string that is not empty.
    #[inline]
    pub fn text(&self, key: &str) -> Option<Cow<'a, str>> {
        self.str(key).filter(|s| !s.is_empty())
    }

    #[inline]
    pub fn obj(&self, key: &str) -> Option<Obj<'a>> {
        self.get(key)?.obj()
    }

    #[inline]
    pub fn list(&self, key: &str) -> Vec<Json<'a>> {
        self.get(key).map(Json::list).unwrap_or_default()
    }

    #[inline]
    pub fn u64(&self, key: &str) -> Option<u64> {
        self.get(key)?.u64()
    }

    #[inline]
    pub fn f64(&self, key: &str) -> Option<f64> {
        self.get(key)?.f64()
    }

    #[inline]
    pub fn bool(&self, key: &str) -> Option<bool> {
        self.get(key)?.bool()
    }

    #[inline]
    pub fn is_true(&self, key: &str) -> bool {
        self.bool(key) == Some(true)
    }

    #[inline]
    pub fn time(&self, key: &str) -> Option<Timestamp> {
        self.get(key)?.time()
    }
}

impl<'a> Json<'a> {
    /// A value from JSON text that is known to be sound.
    pub fn from_sound(text: &'a str) -> Json<'a> {
        Json { text, nodes: &[] }
    }

    /// Any text as a value, if it is JSON.
    pub fn parse(text: &'a str) -> Option<Json<'a>> {
        sound(text, &mut Vec::new()).map(Json::from_sound)
    }

    /// The JSON text itself.
    pub fn raw(self) -> &'a str {
        self.text
    }

    pub fn is_null(self) -> bool {
        self.text == "null"
    }

    pub fn str(self) -> Option<Cow<'a, str>> {
        unquoted(self.text, first(self.nodes))
    }

    /// The start of a string, at least so many bytes as it stands written if it has them.
    pub fn head(self, bytes: usize) -> Option<Cow<'a, str>> {
        if self.text.len() <= bytes + 2 {
            return self.str();
        }
        let inner = self.text.strip_prefix('"')?;
        // Not within a character, an escape or a pair of them.
        let ends = (bytes..inner.len()).filter(|end| inner.is_char_boundary(*end));
        ends.filter_map(|end| unescaped(inner.get(..end)?)).next()
    }

    pub fn obj(self) -> Option<Obj<'a>> {
        match self.nodes {
            [] if self.text.starts_with('{') => Obj::parse(self.text),
            nodes => Obj::of(self.text, nodes),
        }
    }

    /// The items of an array; none for anything else.
    pub fn list(self) -> Vec<Json<'a>> {
        if !self.text.starts_with('[') {
            return Vec::new();
        }
        let here = |nodes: &[Node]| {
            let items = children(nodes).filter_map(|(at, node)| {
                let text = cut(self.text, nodes, node)?;
                let nodes = self.nodes.get(at..at + node.size as usize);
                let nodes = nodes.unwrap_or_default();
                Some(Json { text, nodes })
            });
            items.collect()
        };
        if !self.nodes.is_empty() {
            return here(self.nodes);
        }
        let mut nodes = Vec::new();
        match sound(self.text, &mut nodes) {
            Some(_) => here(&nodes),
            None => Vec::new(),
        }
    }

    /// A count: what is negative is 0, what is too large is the largest, what has a fraction loses it.
    pub fn u64(self) -> Option<u64> {
        match self.text.parse::<u64>() {
            Ok(n) => Some(n),
            // A float cast saturates and turns NaN into 0.
            Err(_) => self.f64().map(|n| n as u64),
        }
    }

    pub fn i64(self) -> Option<i64> {
        self.text
            .parse()
            .ok()
            .or_else(|| self.f64().map(|n| n as i64))
    }

    /// A finite number.
    pub fn f64(self) -> Option<f64> {
        let first = self.text.as_bytes().first()?;
        (first.is_ascii_digit() || *first == b'-')
            .then(|| self.text.parse::<f64>().ok())
            .flatten()
            .filter(|n| n.is_finite())
    }

    pub fn bool(self) -> Option<bool> {
        match self.text {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        }
    }

    /// RFC 3339 text, or a number of seconds, milli-, micro- or nanoseconds, told apart by size.
    pub fn time(self) -> Option<Timestamp> {
        match self.str() {
            Some(text) => time::from_text(&text),
            None => time::from_number(self.f64()?),
        }
    }

    /// The value laid out over lines, for people.
    pub fn pretty(self) -> String {
        serde_json::from_str::<serde_json::Value>(self.text)
            .ok()
            .and_then(|v| serde_json::to_string_pretty(&v).ok())
            .unwrap_or_else(|| self.text.to_owned())
    }
}

/// A text without the white space around its value, if it is JSON.
fn sound<'a>(text: &'a str, nodes: &mut Vec<Node>) -> Option<&'a str> {
    scan(text, nodes).ok()?;
    let node = nodes.first()?;
    text.get(node.start as usize..node.end as usize)
}

/// The items of an array, or the keys of an object, and their places among all nodes.
fn children(nodes: &[Node]) -> impl Iterator<Item = (usize, Node)> {
    let mut at = 1;
    std::iter::from_fn(move || {
        let node = *nodes.get(at)?;
        at += node.size as usize;
        Some((at - node.size as usize, node))
    })
}

/// The text of a node in the text of the first one.
fn cut<'a>(text: &'a str, nodes: &[Node], node: Node) -> Option<&'a str> {
    let base = nodes.first()?.start;
    text.get((node.start - base) as usize..(node.end - base) as usize)
}

fn first(nodes: &[Node]) -> Option<Sign> {
    nodes.first().map(|node| node.sign)
}

/// What a string says; nothing where it is none.
fn unquoted(text: &str, sign: Option<Sign>) -> Option<Cow<'_, str>> {
    let [b'"', .., b'"'] = text.as_bytes() else {
        return None;
    };
    let inner = text.get(1..text.len() - 1)?;
    match sign {
        Some(sign) if sign.is(Shape::Plain) => Some(Cow::Borrowed(inner)),
        _ => unescaped(inner),
    }
}
