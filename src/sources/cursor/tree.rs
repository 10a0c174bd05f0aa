//! The order of a chat's messages: a tree of protobuf messages whose leaves are named by the hashes of their bytes.

use std::collections::HashSet;

use super::super::Stop;
use super::super::json::{Json, Obj};

/// Trees are not deeper, and chats not longer than this.
const DEPTH: usize = 64;
const MESSAGES: usize = 100_000;

/// A field of a protobuf message that holds bytes.
pub struct Field<'a> {
    pub number: u64,
    pub bytes: &'a [u8],
}

/// The fields of a message that hold bytes; none where it is no such message.
pub fn fields(mut rest: &[u8]) -> Option<Vec<Field<'_>>> {
    let mut fields = Vec::new();
    while !rest.is_empty() {
        let (key, after) = varint(rest)?;
        let number = key >> 3;
        rest = match key & 7 {
            0 => varint(after)?.1,
            1 => after.get(8..)?,
            2 => {
                let (len, after) = varint(after)?;
                let (bytes, after) = after.split_at_checked(usize::try_from(len).ok()?)?;
                fields.push(Field { number, bytes });
                after
            }
            5 => after.get(4..)?,
            _ => return None,
        };
        if number == 0 {
            return None;
        }
    }
    Some(fields)
}

fn varint(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut value = 0u64;
    for (i, byte) in bytes.iter().take(10).enumerate() {
        value |= u64::from(byte & 0x7f) << (7 * i).min(63);
        if byte & 0x80 == 0 {
            return Some((value, bytes.get(i + 1..)?));
        }
    }
    None
}

/// Finds the bytes that an id names.
pub type Blob<'a> = dyn FnMut(&str) -> Result<Option<Vec<u8>>, Stop> + 'a;

/// The ids of a chat's messages in their order, from its root.
pub fn messages(root: &str, blob: &mut Blob<'_>) -> Result<Vec<String>, Stop> {
    let mut walk = Walk {
        blob,
        seen: HashSet::new(),
        found: Vec::new(),
    };
    walk.branch(root, 0)?;
    Ok(walk.found)
}

struct Walk<'a, 'b> {
    blob: &'a mut Blob<'b>,
    /// A tree that leads back into itself is walked once.
    seen: HashSet<String>,
    found: Vec<String>,
}

impl Walk<'_, '_> {
    fn branch(&mut self, id: &str, depth: usize) -> Result<(), Stop> {
        if depth > DEPTH || !self.seen.insert(id.to_owned()) {
            return Ok(());
        }
        let Some(bytes) = (self.blob)(id)? else {
            return Ok(());
        };
        let Some(fields) = fields(&bytes) else {
            return Ok(());
        };
        let ids = |number| {
            let named = fields.iter().filter(move |f| f.number == number);
            named.filter(|f| f.bytes.len() == 32).map(|f| hex(f.bytes))
        };
        let before = self.found.len();
        self.found
            .extend(ids(1).take(MESSAGES.saturating_sub(before)));
        if self.found.len() > before {
            return Ok(());
        }
        // Older trees: subtrees, and references where there is nothing else.
        for below in ids(2) {
            self.branch(&below, depth + 1)?;
        }
        if self.found.len() == before {
            self.found
                .extend(ids(8).take(MESSAGES.saturating_sub(before)));
        }
        Ok(())
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Text written as the hexadecimal digits of its bytes.
pub fn from_hex(text: &str) -> Option<Vec<u8>> {
    let text = text.trim().as_bytes();
    if text.is_empty() || text.len() % 2 == 1 {
        return None;
    }
    let pairs = text.chunks_exact(2);
    let pairs = pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok());
    pairs.collect()
}

/// A message that is no JSON: its words, and whether a person said them.
pub enum Old {
    Json(String),
    Words { text: String, user: bool },
}

/// What an older message holds, as far as it is known: JSON in its fourth field, else words in its first and an id in
/// the second where a person said them.
pub fn old_message(bytes: &[u8]) -> Option<Old> {
    let fields = fields(bytes)?;
    let text = |number| {
        let field = fields.iter().find(|f| f.number == number)?;
        std::str::from_utf8(field.bytes).ok()
    };
    if let Some(json) = text(4).filter(|json| Obj::parse(json).is_some_and(|o| o.has("role"))) {
        return Some(Old::Json(json.to_owned()));
    }
    let nested = || {
        let field = fields.iter().find(|f| f.number == 1)?;
        let inner = self::fields(field.bytes)?;
        let inner = inner.iter().find(|f| f.number == 1)?;
        std::str::from_utf8(inner.bytes).ok().map(str::to_owned)
    };
    let words = nested().or_else(|| text(1).map(str::to_owned))?;
    if Json::parse(&words)
        .and_then(Json::obj)
        .is_some_and(|o| o.has("role"))
    {
        return Some(Old::Json(words));
    }
    Some(Old::Words {
        user: text(2).is_some_and(super::is_uuid),
        text: words,
    })
}
