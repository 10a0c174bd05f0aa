//! JSON that every reader takes for the same: what some of them count as the end of a line, or a terminal as an order,
//! is escaped, so that one line is one value for every splitter.
//!
//! The document of a session is what `show --json` prints: `schemaVersion`, the fields of the session, `messages` with
//! their `parts`, and `redactions`, a count by rule.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::{self, BufWriter, Write};

use rayon::prelude::*;
use serde::Serialize;
use serde_json::ser::Formatter;

use super::Parts;
use super::shapes::{Messages, SCHEMA, SessionOut};
use crate::model::{Conversation, Row};
use crate::redact::Outlet;

/// Looking for several bytes at once pays from this length on.
const SHORT: usize = 64;
/// So many values of a list are written by one core at a time.
const PIECE: usize = 64;
/// So many of these are held before they go out.
const AT_ONCE: usize = 16;

/// One value over many lines, set in, and a line feed.
pub fn pretty(out: &mut dyn Write, value: &impl Serialize) -> io::Result<()> {
    // It comes in pieces of a few bytes.
    let mut out = BufWriter::with_capacity(1 << 16, out);
    put(&mut out, value, true)?;
    out.write_all(b"\n")?;
    out.flush()
}

/// An object over many lines, set in, that begins with a long list: `{"name": [...], ...rest}`. Every core writes some of
/// the list.
pub fn pretty_list<T: Sync, V: Serialize>(
    out: &mut dyn Write,
    name: &str,
    list: &[T],
    value: impl Fn(&T) -> V + Sync,
    rest: &impl Serialize,
) -> io::Result<()> {
    let at = |depth| Form {
        is_set_in: true,
        depth,
        holds_any: false,
    };
    let written = |some: &[T], out: &mut Vec<u8>| -> io::Result<()> {
        out.clear();
        for one in some {
            let first = out.is_empty();
            at(2).next(out, first)?;
            let mut writer = serde_json::Serializer::with_formatter(&mut *out, at(2));
            value(one).serialize(&mut writer)?;
        }
        Ok(())
    };
    out.write_all(b"{")?;
    at(1).line(out)?;
    put(out, &name, true)?;
    out.write_all(b": [")?;
    // A few at a time into the same memory: asking the system for as much as all of them take costs more than they do.
    let mut room = vec![Vec::new(); AT_ONCE];
    for (n, some) in list.chunks(PIECE * AT_ONCE).enumerate() {
        let pieces = room.par_iter_mut().zip(some.par_chunks(PIECE));
        pieces.try_for_each(|(room, some)| written(some, room))?;
        for (i, piece) in room.iter().take(some.len().div_ceil(PIECE)).enumerate() {
            out.write_all(if n + i == 0 { b"" } else { b"," })?;
            out.write_all(piece)?;
        }
    }
    if !list.is_empty() {
        at(1).line(out)?;
    }
    let mut others = Vec::new();
    put(&mut others, rest, true)?;
    // What it begins with stands there already.
    out.write_all(b"],")?;
    out.write_all(others.strip_prefix(b"{").unwrap_or(&others))?;
    out.write_all(b"\n")?;
    out.flush()
}

/// One value on one line, and a line feed.
pub fn line(out: &mut dyn Write, value: &impl Serialize) -> io::Result<()> {
    put(out, value, false)?;
    out.write_all(b"\n")
}

fn put<W: ?Sized + Write>(out: &mut W, value: &impl Serialize, is_set_in: bool) -> Written {
    let form = Form {
        is_set_in,
        depth: 0,
        holds_any: false,
    };
    let mut writer = serde_json::Serializer::with_formatter(out, form);
    Ok(value.serialize(&mut writer)?)
}

/// How values are written: each on a line of its own where they are set in. Escapes DEL, C1 and the two line ends that are
/// no control characters; `serde_json` does C0.
struct Form {
    is_set_in: bool,
    /// Lists and objects around what is written now.
    depth: usize,
    /// The one that ended last, or is written now, is not empty.
    holds_any: bool,
}

type Written = io::Result<()>;

/// The start of a line, written at once, as there are many of them.
const LINE: &[u8] = b"\n                                ";

impl Form {
    fn begin<W: ?Sized + Write>(&mut self, out: &mut W, sign: &[u8]) -> Written {
        self.depth += 1;
        self.holds_any = false;
        out.write_all(sign)
    }

    fn end<W: ?Sized + Write>(&mut self, out: &mut W, sign: &[u8]) -> Written {
        self.depth -= 1;
        if self.holds_any {
            self.line(out)?;
        }
        out.write_all(sign)
    }

    fn next<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> Written {
        if !first {
            out.write_all(b",")?;
        }
        self.line(out)
    }

    fn line<W: ?Sized + Write>(&self, out: &mut W) -> Written {
        if !self.is_set_in {
            return Ok(());
        }
        let len = 1 + 2 * self.depth;
        out.write_all(LINE.get(..len).unwrap_or(LINE))?;
        (LINE.len()..len).try_for_each(|_| out.write_all(b" "))
    }
}

impl Formatter for Form {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, out: &mut W, text: &str) -> Written {
        // Most texts are short and plain, and a byte by byte look at them is the quickest.
        if text.len() <= SHORT && text.bytes().all(|byte| byte < 0x7f) {
            return out.write_all(text.as_bytes());
        }
        let mut written = 0;
        // Only these bytes start one of them.
        for at in memchr::memchr3_iter(0x7f, 0xc2, 0xe2, text.as_bytes()) {
            let char = text.get(at..).and_then(|rest| rest.chars().next());
            if let Some(c @ ('\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{2029}')) = char {
                out.write_all(text.as_bytes().get(written..at).unwrap_or_default())?;
                write!(out, "\\u{:04x}", c as u32)?;
                written = at + c.len_utf8();
            }
        }
        out.write_all(text.as_bytes().get(written..).unwrap_or_default())
    }

    fn begin_array<W: ?Sized + Write>(&mut self, out: &mut W) -> Written {
        self.begin(out, b"[")
    }

    fn end_array<W: ?Sized + Write>(&mut self, out: &mut W) -> Written {
        self.end(out, b"]")
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> Written {
        self.next(out, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, _out: &mut W) -> Written {
        self.holds_any = true;
        Ok(())
    }

    fn begin_object<W: ?Sized + Write>(&mut self, out: &mut W) -> Written {
        self.begin(out, b"{")
    }

    fn end_object<W: ?Sized + Write>(&mut self, out: &mut W) -> Written {
        self.end(out, b"}")
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> Written {
        self.next(out, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, out: &mut W) -> Written {
        out.write_all(if self.is_set_in { b": " } else { b":" })
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, _out: &mut W) -> Written {
        self.holds_any = true;
        Ok(())
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DocumentOut<'a, 'b> {
    schema_version: u32,
    #[serde(flatten)]
    session: SessionOut,
    messages: Messages<'a, Outlet<'b>>,
    /// Written behind the messages, when all of them were looked through.
    #[serde(skip_serializing_if = "Option::is_none")]
    redactions: Option<Redactions<'a, 'b>>,
}

struct Redactions<'a, 'b>(&'a RefCell<&'a mut Outlet<'b>>);

impl Serialize for Redactions<'_, '_> {
    fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        let outlet = self.0.borrow();
        let counts: BTreeMap<&str, usize> = outlet.found().iter().collect();
        counts.serialize(out)
    }
}

/// A session with all its messages (S4-12).
pub fn document(
    row: &Row,
    conversation: &Conversation,
    parts: &Parts,
    outlet: &mut Outlet<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let session = SessionOut::written(row, outlet).summed_up(conversation, outlet);
    let pen = RefCell::new(outlet);
    let document = DocumentOut {
        schema_version: SCHEMA,
        session: if parts.tokens {
            session
        } else {
            session.without_sums()
        },
        messages: Messages {
            conversation,
            parts,
            pen: &pen,
        },
        redactions: parts.counts.then_some(Redactions(&pen)),
    };
    pretty(out, &document)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Set in as everybody does it, however deep.
    #[test]
    fn values_are_set_in_by_two() {
        let mut value = serde_json::json!({"a": [], "b": {}, "c": [1, "x", {"d": null}]});
        for depth in 0..40 {
            let mut out = Vec::new();
            pretty(&mut out, &value).unwrap();
            let usual = serde_json::to_string_pretty(&value).unwrap();
            assert_eq!(String::from_utf8(out).unwrap(), format!("{usual}\n"));
            value = match depth % 2 {
                0 => serde_json::json!([value]),
                _ => serde_json::json!({"in": value, "and": 1}),
            };
        }
        let mut out = Vec::new();
        line(&mut out, &value).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), format!("{value}\n"));
    }

    /// A list that is written by several is the list that one writes.
    #[test]
    fn a_list_of_many_is_set_in_as_any_other() {
        for len in [0, 1, PIECE, 3 * PIECE + 1, 2 * AT_ONCE * PIECE + 1] {
            let list: Vec<usize> = (0..len).collect();
            let value = |n: &usize| serde_json::json!({"n": n, "of": [n], "none": {}});
            let rest = serde_json::json!({"z": [1], "y": {}});
            let mut out = Vec::new();
            pretty_list(&mut out, "a\u{85}b", &list, value, &rest).unwrap();
            let list: Vec<_> = list.iter().map(value).collect();
            let whole = serde_json::json!({"a\u{85}b": list, "z": [1], "y": {}});
            let mut usual = Vec::new();
            pretty(&mut usual, &whole).unwrap();
            assert_eq!(String::from_utf8(out), String::from_utf8(usual));
        }
    }

    /// X3 and T5: what ends a line anywhere, or acts on a terminal, is escaped, and parses back.
    #[test]
    fn a_line_is_a_line_for_everyone() {
        let text = "a\u{2028}b\u{2029}c\u{85}d\u{7f}e\u{9b}f\ng\r\u{b}\u{c}h\u{e9}\u{20ac}";
        let mut out = Vec::new();
        line(&mut out, &[text]).unwrap();
        let written = String::from_utf8(out).unwrap();
        let seps = ['\u{2028}', '\u{2029}', '\u{85}', '\u{7f}', '\u{9b}', '\r'];
        assert!(!written.contains(seps), "{written}");
        assert_eq!(written.matches('\n').count(), 1);
        let back: [String; 1] = serde_json::from_str(&written).unwrap();
        assert_eq!(back[0], text);
        let mut out = Vec::new();
        pretty(&mut out, &[text]).unwrap();
        let back: [String; 1] = serde_json::from_slice(&out).unwrap();
        assert_eq!(back[0], text);
    }
}
