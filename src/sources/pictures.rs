//! Pictures in a record: whatever an agent calls them, their bytes stand in it as base64, in an address that begins with
//! `data:` or beside the name of their type; or the record names the file they are in.

use std::path::{Path, PathBuf};

use compact_str::CompactString;
use serde_json::Value;

/// A larger picture is none that somebody gave to a model.
pub const LARGEST: usize = 64 << 20;
/// Names under which a type stands.
const TYPES: [&str; 6] = [
    "media_type",
    "mediaType",
    "mime_type",
    "mimeType",
    "MIMEType",
    "mime",
];
/// Names under which the path of its file stands.
const PATHS: [&str; 9] = [
    "path",
    "Path",
    "filePath",
    "file_path",
    "fsPath",
    "url",
    "uri",
    "fileUri",
    "source",
];
/// How files of pictures are called that a viewer may be given.
const ENDS: [&str; 6] = ["png", "jpg", "jpeg", "gif", "webp", "bmp"];

/// A picture that a log holds or names.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Picture {
    /// Its type, as the log names it.
    pub mime: CompactString,
    pub held: Held,
}

/// Where its bytes are.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Held {
    /// In the record.
    Bytes(Vec<u8>),
    /// In a file of that whole path, which need not be there any more.
    File(PathBuf),
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
                    let named = || {
                        let mut paths = PATHS.iter().filter_map(|name| fields.get(*name)?.as_str());
                        let held = Held::File(paths.find_map(path)?);
                        let mime = typed?.into();
                        Some(Picture { mime, held })
                    };
                    found.extend(here.next().or_else(named));
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
        held: Held::Bytes(bytes),
    })
}

/// A whole path, or the address of a file on this machine without anything in it that is written otherwise.
fn path(text: &str) -> Option<PathBuf> {
    let path = text.strip_prefix("file://").unwrap_or(text);
    let is_whole = path.starts_with('/') && !path.contains('\0');
    let is_spelt = path.len() == text.len() || !path.contains('%');
    (is_whole && is_spelt).then(|| PathBuf::from(path))
}

/// Whether a file is called as pictures are that a viewer may be given.
pub fn is_called_so(path: &Path) -> bool {
    let end = path.extension().and_then(|end| end.to_str());
    end.is_some_and(|end| ENDS.iter().any(|one| end.eq_ignore_ascii_case(one)))
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
            let Held::Bytes(bytes) = &one.held else {
                panic!("{one:?}")
            };
            assert_eq!(extension(bytes), Some("png"));
            assert_eq!((one.mime.as_str(), bytes.len()), ("image/png", 70));
        }
    }

    #[test]
    fn a_picture_may_lie_in_a_file_of_its_own() {
        let record = serde_json::json!([
            {"mime": "image/png", "url": "file:///w/a.png"},
            {"mimeType": "image/gif", "path": "/w/b.gif", "name": "b"},
            {"mimeType": "image/gif", "path": "w/c.gif"},
            {"mime": "text/plain", "path": "/w/d.png"},
        ]);
        let found = pictures(record.to_string().as_bytes());
        let paths = ["/w/a.png", "/w/b.gif"].map(|path| Held::File(path.into()));
        assert_eq!(found.into_iter().map(|p| p.held).collect::<Vec<_>>(), paths);
        assert!(is_called_so(Path::new("/w/A.PNG")) && !is_called_so(Path::new("/w/a.svg")));
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
