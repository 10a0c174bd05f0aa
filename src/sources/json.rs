//! Forgiving access to JSON. A field of the wrong type is an absent field; nothing here fails.
//!
//! A record is split into its fields once; values stay unread text until somebody asks. So bodies that a summary does
//! not use are skipped, not built.

use std::borrow::Cow;

use jiff::Timestamp;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// A JSON value as text, not yet read.
#[derive(Clone, Copy, Debug)]
pub struct Json<'a>(&'a str);

/// The fields of a JSON object, values unread. Of equal keys the last counts.
#[derive(Clone, Debug, Default)]
pub struct Obj<'a> {
    fields: Vec<(Cow<'a, str>, &'a RawValue)>,
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

/// Reads one record: as it is; else with what is broken in its text replaced (kept in `store`); else not.
pub fn record<'a>(bytes: &'a [u8], store: &'a mut String) -> Parsed<'a> {
    let bytes = bytes
        .strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(bytes)
        .trim_ascii();
    if bytes.is_empty() {
        return Parsed::Blank;
    }
    let sound = std::str::from_utf8(bytes);
    if let Ok(text) = sound
        && !has_lone_surrogate(text)
    {
        return Obj::parse(text).map_or(Parsed::Malformed, Parsed::Object);
    }
    *store = mend_surrogates(&String::from_utf8_lossy(bytes));
    Obj::parse(store).map_or(Parsed::Malformed, Parsed::Repaired)
}

impl<'a> Obj<'a> {
    pub fn parse(text: &'a str) -> Option<Obj<'a>> {
        struct Fields;
        impl<'de> Visitor<'de> for Fields {
            type Value = Obj<'de>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Obj<'de>, A::Error> {
                let mut fields = Vec::new();
                while let Some((key, value)) = map.next_entry::<Key<'de>, &'de RawValue>()? {
                    fields.push((key.0, value));
                }
                Ok(Obj { fields })
            }
        }
        let mut reader = serde_json::Deserializer::from_str(text);
        let object = reader.deserialize_map(Fields).ok()?;
        reader.end().ok()?;
        Some(object)
    }

    pub fn get(&self, key: &str) -> Option<Json<'a>> {
        self.fields
            .iter()
            .rev()
            .find(|(k, _)| k == key)
            .map(|(_, v)| Json(v.get()))
            .filter(|v| !v.is_null())
    }

    pub fn has(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    /// Every field in the order it stands.
    pub fn fields(&self) -> impl Iterator<Item = (&str, Json<'a>)> {
        self.fields.iter().map(|(k, v)| (k.as_ref(), Json(v.get())))
    }

    pub fn str(&self, key: &str) -> Option<Cow<'a, str>> {
        self.get(key)?.str()
    }

    /// A string that is not empty.
    pub fn text(&self, key: &str) -> Option<Cow<'a, str>> {
        self.str(key).filter(|s| !s.is_empty())
    }

    pub fn obj(&self, key: &str) -> Option<Obj<'a>> {
        self.get(key)?.obj()
    }

    pub fn list(&self, key: &str) -> Vec<Json<'a>> {
        self.get(key).map(Json::list).unwrap_or_default()
    }

    pub fn u64(&self, key: &str) -> Option<u64> {
        self.get(key)?.u64()
    }

    pub fn f64(&self, key: &str) -> Option<f64> {
        self.get(key)?.f64()
    }

    pub fn bool(&self, key: &str) -> Option<bool> {
        self.get(key)?.bool()
    }

    pub fn is_true(&self, key: &str) -> bool {
        self.bool(key) == Some(true)
    }

    pub fn time(&self, key: &str) -> Option<Timestamp> {
        self.get(key)?.time()
    }
}

impl<'a> Json<'a> {
    /// A value from JSON text that is known to be sound.
    pub fn from_sound(text: &'a str) -> Json<'a> {
        Json(text)
    }

    /// Any text as a value, if it is JSON.
    pub fn parse(text: &'a str) -> Option<Json<'a>> {
        serde_json::from_str::<&RawValue>(text)
            .ok()
            .map(|v| Json(v.get()))
    }

    /// The JSON text itself.
    pub fn raw(self) -> &'a str {
        self.0
    }

    pub fn is_null(self) -> bool {
        self.0 == "null"
    }

    pub fn str(self) -> Option<Cow<'a, str>> {
        let inner = self.0.strip_prefix('"')?.strip_suffix('"')?;
        if !inner.contains('\\') {
            return Some(Cow::Borrowed(inner));
        }
        serde_json::from_str::<String>(self.0).ok().map(Cow::Owned)
    }

    pub fn obj(self) -> Option<Obj<'a>> {
        self.0
            .starts_with('{')
            .then(|| Obj::parse(self.0))
            .flatten()
    }

    /// The items of an array; none for anything else.
    pub fn list(self) -> Vec<Json<'a>> {
        if !self.0.starts_with('[') {
            return Vec::new();
        }
        serde_json::from_str::<Vec<&RawValue>>(self.0)
            .unwrap_or_default()
            .into_iter()
            .map(|v| Json(v.get()))
            .collect()
    }

    /// A count: what is negative is 0, what is too large is the largest, what has a fraction loses it.
    pub fn u64(self) -> Option<u64> {
        match self.0.parse::<u64>() {
            Ok(n) => Some(n),
            // A float cast saturates and turns NaN into 0.
            Err(_) => self.f64().map(|n| n as u64),
        }
    }

    pub fn i64(self) -> Option<i64> {
        self.0.parse().ok().or_else(|| self.f64().map(|n| n as i64))
    }

    /// A finite number.
    pub fn f64(self) -> Option<f64> {
        let first = self.0.as_bytes().first()?;
        (first.is_ascii_digit() || *first == b'-')
            .then(|| self.0.parse::<f64>().ok())
            .flatten()
            .filter(|n| n.is_finite())
    }

    pub fn bool(self) -> Option<bool> {
        match self.0 {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        }
    }

    /// RFC 3339 text, or a number of seconds, milli-, micro- or nanoseconds, told apart by size.
    pub fn time(self) -> Option<Timestamp> {
        match self.str() {
            Some(text) => text
                .parse::<Timestamp>()
                .ok()
                .or_else(|| Json::parse_number_text(&text))
                .and_then(sane),
            None => from_number(self.f64()?),
        }
    }

    fn parse_number_text(text: &str) -> Option<Timestamp> {
        (text.len() >= 9 && text.bytes().all(|b| b.is_ascii_digit()))
            .then(|| text.parse::<f64>().ok())
            .flatten()
            .and_then(from_number)
    }

    /// The value laid out over lines, for people.
    pub fn pretty(self) -> String {
        serde_json::from_str::<serde_json::Value>(self.0)
            .ok()
            .and_then(|v| serde_json::to_string_pretty(&v).ok())
            .unwrap_or_else(|| self.0.to_owned())
    }
}

/// An object key. Derived deserializers do not borrow escaped keys, so it is read by hand.
struct Key<'a>(Cow<'a, str>);

impl<'de> serde::Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Key<'de>, D::Error> {
        struct Text;
        impl<'de> Visitor<'de> for Text {
            type Value = Key<'de>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a key")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Owned(text.to_owned())))
            }
        }
        reader.deserialize_str(Text)
    }
}

/// Years 1 to 9999; a time outside them is a mistake.
fn sane(time: Timestamp) -> Option<Timestamp> {
    const FIRST: i64 = -62_135_596_800;
    (time.as_second() >= FIRST).then_some(time)
}

fn from_number(n: f64) -> Option<Timestamp> {
    let size = n.abs();
    let nanos = if size < 1e11 {
        n * 1e9
    } else if size < 1e14 {
        n * 1e6
    } else if size < 1e17 {
        n * 1e3
    } else {
        n
    };
    // Milliseconds are exact as integers; through a float of nanoseconds they would not be.
    let exact = if (1e11..1e14).contains(&size) && n.fract() == 0.0 {
        i128::from(n as i64) * 1_000_000
    } else {
        nanos as i128
    };
    Timestamp::from_nanosecond(exact).ok().and_then(sane)
}

fn has_lone_surrogate(text: &str) -> bool {
    memchr::memmem::find(text.as_bytes(), b"\\u")
        .is_some_and(|_| surrogates(text).any(|(_, lone)| lone))
}

/// Every `\uD800`…`\uDFFF` escape in turn: where it starts, and whether it lacks its other half.
fn surrogates(text: &str) -> impl Iterator<Item = (usize, bool)> {
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        while let Some(found) = bytes.get(at..).and_then(|rest| memchr::memchr(b'\\', rest)) {
            let start = at + found;
            let unit = escape(bytes, start);
            match unit {
                Some(0xd800..=0xdbff) => {
                    if let Some(0xdc00..=0xdfff) = escape(bytes, start + 6) {
                        at = start + 12;
                        continue;
                    }
                    at = start + 6;
                    return Some((start, true));
                }
                Some(0xdc00..=0xdfff) => {
                    at = start + 6;
                    return Some((start, true));
                }
                Some(_) => at = start + 6,
                // Any other escape is two bytes, so that `\\u` is a backslash and a letter.
                None => at = start + 2,
            }
        }
        None
    })
}

fn escape(bytes: &[u8], at: usize) -> Option<u32> {
    let hex = bytes.get(at..at + 6)?.strip_prefix(b"\\u")?;
    u32::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok()
}

fn mend_surrogates(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for (at, _) in surrogates(text) {
        out.push_str(text.get(from..at).unwrap_or_default());
        out.push_str("\\ufffd");
        from = at + 6;
    }
    out.push_str(text.get(from..).unwrap_or_default());
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Option<String> {
        let mut store = String::new();
        match record(text.as_bytes(), &mut store) {
            Parsed::Object(o) | Parsed::Repaired(o) => {
                Some(o.str("a").unwrap_or_default().into_owned())
            }
            _ => None,
        }
    }

    #[test]
    fn reads_and_repairs() {
        assert_eq!(read(r#"{"a":"x"}"#).as_deref(), Some("x"));
        assert_eq!(read("\u{feff}{\"a\":\"x\"}\r").as_deref(), Some("x"));
        assert_eq!(read(r#"{"a":"x\ud83dy"}"#).as_deref(), Some("x\u{fffd}y"));
        assert_eq!(read(r#"{"a":"\ud83d\ude00"}"#).as_deref(), Some("😀"));
        assert_eq!(read(r#"{"a":"\\ud83d"}"#).as_deref(), Some("\\ud83d"));
        assert_eq!(read(r#"{"a":1,"a":"last"}"#).as_deref(), Some("last"));
        for bad in ["[1]", "{", "{}{}", "nul"] {
            assert_eq!(read(bad), None);
        }
    }

    #[test]
    fn numbers_saturate() {
        let number = |text| Json(text).u64();
        assert_eq!(
            [
                number("-4"),
                number("1e3"),
                number("18446744073709551616"),
                number("\"7\""),
                number("2.9")
            ],
            [Some(0), Some(1000), Some(u64::MAX), None, Some(2)]
        );
    }

    #[test]
    fn times_in_every_unit_are_the_same_time() {
        let want = "2026-11-20T23:40:17Z".parse().ok();
        for text in [
            "\"2026-11-20T23:40:17Z\"",
            "\"2026-11-21T00:40:17+01:00\"",
            "1795218017",
            "1795218017000",
            "1795218017000000",
            "1795218017000000000",
        ] {
            assert_eq!(Json(text).time(), want, "{text}");
        }
        assert_eq!(Json("1e30").time(), None);
        assert_eq!(Json("\"soon\"").time(), None);
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in any::<Vec<u8>>()) {
            let mut store = String::new();
            let _ = matches!(record(&bytes, &mut store), Parsed::Blank);
        }
    }
}
