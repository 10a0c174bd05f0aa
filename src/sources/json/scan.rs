//! One pass over JSON text, as strict as the standard, that notes where every value stands. What is asked of the text
//! afterwards finds its place without looking at the bytes between.

use smallvec::SmallVec;

use super::escapes::escape;
use super::node::{Node, Shape, Sign};
use super::strings::Strings;

/// Text that is no JSON.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Broken;

/// Notes the nodes of a text in order, the value itself first. True if some string has half of a surrogate pair: such a
/// text is as the standard says, but its strings are not text.
pub fn scan(text: &str, nodes: &mut Vec<Node>) -> Result<bool, Broken> {
    nodes.clear();
    if u32::try_from(text.len()).is_err() {
        return Err(Broken);
    }
    let mut scan = Scan {
        bytes: text.as_bytes(),
        strings: Strings::of(text.as_bytes()),
        at: 0,
        nodes,
        has_half: false,
    };
    scan.all().map(|()| scan.has_half)
}

/// A container that is not closed yet.
struct Open {
    place: usize,
    /// Of an object, the last key.
    key: Option<usize>,
}

/// Few records are deeper than this.
type Around = SmallVec<[Open; 16]>;

struct Scan<'t, 'n> {
    bytes: &'t [u8],
    strings: Strings<'t>,
    at: usize,
    nodes: &'n mut Vec<Node>,
    has_half: bool,
}

impl Scan<'_, '_> {
    fn all(&mut self) -> Result<(), Broken> {
        // The containers around where we are, by their places in `nodes`; on a list, so that no depth is too deep.
        let mut open = Around::new();
        'value: loop {
            let start = self.at_word();
            match self.byte().ok_or(Broken)? {
                b'"' => self.string()?,
                b'{' => {
                    let place = self.enter(Shape::Object);
                    if self.at_word_is(b'}') {
                        open.push(Open { place, key: None });
                        self.leave(&mut open);
                    } else {
                        let key = Some(self.key()?);
                        open.push(Open { place, key });
                        continue 'value;
                    }
                }
                b'[' => {
                    let place = self.enter(Shape::Array);
                    open.push(Open { place, key: None });
                    if self.at_word_is(b']') {
                        self.leave(&mut open);
                    } else {
                        continue 'value;
                    }
                }
                b'-' | b'0'..=b'9' => {
                    self.number()?;
                    self.push(start, Sign::of(Shape::Bare));
                }
                b't' => self.word(b"true")?,
                b'f' => self.word(b"false")?,
                b'n' => self.word(b"null")?,
                _ => return Err(Broken),
            }
            // Behind a value.
            loop {
                let Some(around) = open.last_mut() else {
                    self.at_word();
                    return self.byte().map_or(Ok(()), |_| Err(Broken));
                };
                self.at_word();
                let is_object = around.key.is_some();
                if let Some(key) = around.key {
                    let nodes = self.nodes.len();
                    if let Some(key_node) = self.nodes.get_mut(key) {
                        key_node.size = (nodes - key) as u32;
                    }
                }
                match self.byte().ok_or(Broken)? {
                    b',' => {
                        self.at += 1;
                        if is_object {
                            around.key = Some(self.key()?);
                        }
                        continue 'value;
                    }
                    b'}' if is_object => self.leave(&mut open),
                    b']' if !is_object => self.leave(&mut open),
                    _ => return Err(Broken),
                }
            }
        }
    }

    fn byte(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// Skips white space.
    fn at_word(&mut self) -> usize {
        while matches!(self.byte(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
        self.at
    }

    fn at_word_is(&mut self, byte: u8) -> bool {
        self.at_word();
        self.byte() == Some(byte)
    }

    fn push(&mut self, start: usize, sign: Sign) {
        self.nodes.push(Node {
            start: start as u32,
            end: self.at as u32,
            size: 1,
            sign,
        });
    }

    fn enter(&mut self, shape: Shape) -> usize {
        self.push(self.at, Sign::of(shape));
        self.at += 1;
        self.nodes.len() - 1
    }

    fn leave(&mut self, open: &mut Around) {
        self.at += 1;
        let (end, nodes) = (self.at as u32, self.nodes.len());
        if let Some(Open { place, .. }) = open.pop()
            && let Some(node) = self.nodes.get_mut(place)
        {
            (node.end, node.size) = (end, (nodes - place) as u32);
        }
    }

    /// The place of the key among all nodes.
    fn key(&mut self) -> Result<usize, Broken> {
        if !self.at_word_is(b'"') {
            return Err(Broken);
        }
        let place = self.nodes.len();
        self.string()?;
        if !self.at_word_is(b':') {
            return Err(Broken);
        }
        self.at += 1;
        Ok(place)
    }

    fn string(&mut self) -> Result<(), Broken> {
        let start = self.at;
        let end = self.strings.end(start + 1).ok_or(Broken)?;
        if end.has_units {
            self.units(start + 1, end.at)?;
        }
        self.at = end.at + 1;
        let sign = match end.has_escapes {
            true => Sign::of(Shape::Escaped),
            false => Sign::plain(self.bytes.get(start + 1..end.at).unwrap_or_default()),
        };
        self.push(start, sign);
        Ok(())
    }

    /// Looks at the `\u` escapes of a string, each with its other half where it needs one.
    fn units(&mut self, mut at: usize, end: usize) -> Result<(), Broken> {
        let bytes = self.bytes.get(..end).ok_or(Broken)?;
        while let Some(found) = bytes.get(at..).and_then(|rest| memchr::memchr(b'\\', rest)) {
            at += found;
            if bytes.get(at + 1) != Some(&b'u') {
                at += 2;
                continue;
            }
            let unit = escape(bytes, at).ok_or(Broken)?;
            at += 6;
            match unit {
                0xd800..=0xdbff if matches!(escape(bytes, at), Some(0xdc00..=0xdfff)) => at += 6,
                0xd800..=0xdfff => self.has_half = true,
                _ => {}
            }
        }
        Ok(())
    }

    fn digits(&mut self) -> Result<(), Broken> {
        let from = self.at;
        while matches!(self.byte(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        if self.at > from { Ok(()) } else { Err(Broken) }
    }

    fn number(&mut self) -> Result<(), Broken> {
        if self.byte() == Some(b'-') {
            self.at += 1;
        }
        if self.byte() == Some(b'0') {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.byte() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.byte(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.byte(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(())
    }

    fn word(&mut self, word: &[u8]) -> Result<(), Broken> {
        let start = self.at;
        self.at += word.len();
        if self.bytes.get(start..self.at) == Some(word) {
            self.push(start, Sign::of(Shape::Bare));
            Ok(())
        } else {
            Err(Broken)
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::value::RawValue;

    fn sound(text: &str) -> bool {
        scan(text, &mut Vec::new()).is_ok()
    }

    #[test]
    fn nodes_stand_where_values_are() {
        let text = r#" {"a": [1, "x\n"], "b": {}} "#;
        let mut nodes = Vec::new();
        assert_eq!(scan(text, &mut nodes), Ok(false));
        let seen: Vec<_> = nodes
            .iter()
            .map(|n| (&text[n.start as usize..n.end as usize], n.size, n.sign))
            .collect();
        let of = Sign::of;
        assert_eq!(
            seen,
            [
                (text.trim(), 7, of(Shape::Object)),
                ("\"a\"", 4, Sign::plain(b"a")),
                ("[1, \"x\\n\"]", 3, of(Shape::Array)),
                ("1", 1, of(Shape::Bare)),
                ("\"x\\n\"", 1, of(Shape::Escaped)),
                ("\"b\"", 2, Sign::plain(b"b")),
                ("{}", 1, of(Shape::Object)),
            ]
        );
    }

    #[test]
    fn half_a_pair_is_told() {
        let half = |text| scan(text, &mut Vec::new());
        assert_eq!(half(r#""\ud83d\ude00""#), Ok(false));
        assert_eq!(half(r#""\ud83d""#), Ok(true));
        assert_eq!(half(r#""\ude00\ud83d\ude00""#), Ok(true));
        assert_eq!(half(r#""\ud83d\n""#), Ok(true));
        assert_eq!(half(r#""\\ud83d""#), Ok(false));
    }

    #[test]
    fn no_depth_is_too_deep() {
        assert!(sound(&("[".repeat(100_000) + &"]".repeat(100_000))));
        assert!(!sound(&("[".repeat(100_000) + &"]".repeat(99_999))));
    }

    #[test]
    fn a_string_ends_at_its_end_wherever_that_falls() {
        for len in 0..80 {
            for (end, want) in [
                ("\"", true),
                ("\u{1f}\"", false),
                ("\\", false),
                ("\u{7f}é\"", true),
            ] {
                let text = format!("\"{}{end}", "\u{80}x".repeat(len));
                assert_eq!(sound(&text), want, "{text:?}");
            }
        }
    }

    #[test]
    fn runs_of_backslashes_across_blocks() {
        for before in 0..130 {
            for run in 0..70 {
                let text = format!("\"{}{}\"", "x".repeat(before), "\\".repeat(run));
                assert_eq!(sound(&text), run % 2 == 0, "{before} {run}");
            }
        }
    }

    /// Text made of what JSON is made of, sound and broken.
    fn scraps() -> impl Strategy<Value = String> {
        let scrap = prop::sample::select(vec![
            "{",
            "}",
            "[",
            "]",
            ",",
            ":",
            "\"",
            "\"a\"",
            "\"b\":",
            "\\",
            "\\n",
            "\\u00e9",
            "\\ud800",
            "\\uZ",
            "0",
            "1",
            "-",
            "+",
            ".",
            "e",
            "E",
            "12",
            "-0.5e+7",
            "true",
            "false",
            "null",
            "nul",
            " ",
            "\t",
            "\n",
            "\u{1}",
            "é",
            "😀",
            "abcdefgh",
            "\\\\",
            "\"0123456789\"",
        ]);
        prop::collection::vec(scrap, 0..40).prop_map(|scraps| scraps.concat())
    }

    /// Any value.
    pub(in super::super) fn value() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<f64>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            ".*".prop_map(Into::into),
        ];
        leaf.prop_recursive(4, 24, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Into::into),
                prop::collection::hash_map(".*", inner, 0..5)
                    .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        /// What the standard's reader takes we take, and nothing else.
        #[test]
        fn strict_as_the_standard(text in scraps()) {
            prop_assert_eq!(sound(&text), serde_json::from_str::<&RawValue>(&text).is_ok(), "{:?}", text);
        }

        #[test]
        fn strict_about_cut_and_flipped_values(value in value(), cut: prop::sample::Index, flip: u8) {
            let text = value.to_string();
            prop_assert!(sound(&text));
            let mut bytes = text.into_bytes();
            let at = cut.index(bytes.len());
            bytes[at] = flip;
            if let Ok(text) = std::str::from_utf8(&bytes) {
                prop_assert_eq!(sound(text), serde_json::from_str::<&RawValue>(text).is_ok(), "{:?}", text);
            }
            bytes.truncate(at);
            if let Ok(text) = std::str::from_utf8(&bytes) {
                prop_assert_eq!(sound(text), serde_json::from_str::<&RawValue>(text).is_ok(), "{:?}", text);
            }
        }
    }
}
