//! What was never written of a file: gigabytes that a file system holds as nothing take as long to read as others.

use std::fs::File;
use std::io::{self, Seek, SeekFrom};

use rustix::io::Errno;

/// Passes over a hole that begins where the file stands, and tells how long it is.
pub fn pass(file: &mut File) -> io::Result<u64> {
    let here = file.stream_position()?;
    let there = match rustix::fs::seek(&*file, rustix::fs::SeekFrom::Data(here)) {
        Ok(there) => there,
        // There is no more of it.
        Err(Errno::NXIO) => file.seek(SeekFrom::End(0))?.max(here),
        // This file system does not tell.
        Err(_) => here,
    };
    Ok(there - here)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use crate::env::Env;
    use crate::sources::At;
    use crate::sources::jsonl::{LINE_MAX, Line, Lines, open};

    use super::*;

    fn read(lines: &mut Lines<File>) -> Vec<String> {
        let mut all = Vec::new();
        while let Some(line) = lines.next_line().unwrap() {
            all.push(match line {
                Line::Whole { bytes, .. } => String::from_utf8_lossy(bytes).into_owned(),
                Line::TooLong { .. } => "too long".to_owned(),
            });
        }
        all
    }

    /// What was never written is part of a line like zeros that were, and costs nothing.
    #[test]
    fn holes_are_passed_over() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("log");
        let env = Env::bare(dir.path(), "2026-01-01T00:00:00Z".parse().unwrap());
        let mut file = File::create(&path).unwrap();
        file.write_all(b"one\n").unwrap();
        let hole = 3 * LINE_MAX as u64;
        file.seek(SeekFrom::Start(hole)).unwrap();
        file.write_all(b"\ntwo\n").unwrap();
        let mut opened = open(&env, &path, &At::Start).unwrap();
        assert_eq!(read(&mut opened.lines), ["one", "too long", "two"]);
        let cursor = opened.lines.cursor();
        assert!(matches!(cursor, At::Line { at, .. } if at == hole + 5));
        assert!(!open(&env, &path, &cursor).unwrap().rewritten);
        file.set_len(2 * hole).unwrap();
        let mut grown = open(&env, &path, &cursor).unwrap();
        assert!(!grown.rewritten);
        assert_eq!(read(&mut grown.lines), ["too long"]);
    }
}
