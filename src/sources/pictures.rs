//! Pictures in a record: whatever an agent calls them, their bytes stand in it as base64, in an address that begins with
//! `data:` or beside the name of their type.

use compact_str::CompactString;
use serde_json::Value;

/// A larger picture is none that somebody gave to a model.
const LARGEST: usize = 64 << 20;
/// Names under which a type stands.
const TYPES: [&str; 5] = ["media_type", "mediaType", "mime_type", "mimeType", "mime"];

/// A picture's type, as the log names it, and its bytes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Picture {
    pub mime: CompactString,
    pub bytes: Vec<u8>,
}

/// All pictures in a record, in its order.
pub fn pictures(record: &[u8]) -> Vec<Picture> {
    let mut found = Vec::new();
    if let Ok(value) = serde_json::from_slice::<Value>(record) {
        let mut todo = vec![&value];
        while let Some(value) = todo.pop() {
            match value {
                Value::Object(fields) => {
                    let typed = TYPES.iter().find_map(|name| fields.get(*name)?.as_str());
                    let typed = typed.filter(|mime| mime.starts_with("image/"));
                    let texts = fields.values().filter_map(Value::as_str);
                    let mut here = texts.filter_map(|text| in_text(text, typed));
                    found.extend(here.next());
                    // The first is on top, so that pictures come in the order of the record.
                    todo.extend(fields.values().rev().filter(|value| !value.is_string()));
                }
                Value::Array(items) => todo.extend(items.iter().rev()),
                Value::String(text) => found.extend(in_text(text, None)),
                _ => {}
            }
        }
    }
    found
}

/// The picture that a text is, where it is one: of a type that stands beside it, or that it names itself.
fn in_text(text: &str, typed: Option<&str>) -> Option<Picture> {
    let named = text
        .strip_prefix("data:")
        .and_then(|rest| rest.split_once(";base64,"));
    let (mime, data) = match named {
        Some((mime, data)) if mime.starts_with("image/") => (mime, data),
        _ => (typed?, text),
    };
    let bytes = decoded(data).filter(|bytes| bytes.len() >= 16)?;
    Some(Picture {
        mime: mime.into(),
        bytes,
    })
}

/// Base64, with or without padding and line feeds, in either alphabet.
fn decoded(text: &str) -> Option<Vec<u8>> {
    if text.len() > LARGEST {
        return None;
    }
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut held) = (0u32, 0u32);
    for byte in text.trim_end_matches('=').bytes() {
        let six = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            b'\n' | b'\r' => continue,
            _ => return None,
        };
        bits = bits << 6 | u32::from(six);
        held += 6;
        if held >= 8 {
            held -= 8;
            out.push((bits >> held & 0xff) as u8);
        }
    }
    // A lone letter at the end is half a byte.
    (held < 6).then_some(out)
}

/// The end of a file's name for pictures that a viewer may be given, judged by their bytes; none for everything else.
/// Drawings that can hold programs are no such pictures.
pub fn extension(bytes: &[u8]) -> Option<&'static str> {
    let starts = |mark: &[u8]| bytes.starts_with(mark);
    Some(match () {
        () if starts(b"\x89PNG\r\n\x1a\n") => "png",
        () if starts(&[0xff, 0xd8, 0xff]) => "jpg",
        () if starts(b"GIF87a") || starts(b"GIF89a") => "gif",
        () if starts(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") => "webp",
        () if starts(b"BM") => "bmp",
        () => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PNG: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

    #[test]
    fn pictures_are_found_however_they_are_called() {
        let record = serde_json::json!({
            "a": [{"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PNG}}],
            "b": {"image_url": format!("data:image/png;base64,{PNG}")},
            "c": {"mime": "text/plain", "data": PNG},
            "d": "no picture at all, only words",
        });
        let found = pictures(record.to_string().as_bytes());
        assert_eq!(found.len(), 2);
        for one in &found {
            assert_eq!(extension(&one.bytes), Some("png"));
            assert_eq!((one.mime.as_str(), one.bytes.len()), ("image/png", 70));
        }
    }

    #[test]
    fn what_is_no_base64_is_no_picture() {
        assert_eq!(decoded("aGVsbG8="), Some(b"hello".to_vec()));
        assert_eq!(decoded("aGVs\nbG8"), Some(b"hello".to_vec()));
        assert_eq!(decoded("a"), None);
        assert_eq!(decoded("a b"), None);
        assert_eq!(extension(b"<svg xmlns='x'>"), None);
        assert_eq!(extension(b"#!/bin/sh\n"), None);
    }
}
