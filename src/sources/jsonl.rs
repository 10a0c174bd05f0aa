//! Append-only files of one JSON object a line, read from where the last reading stopped.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::Path;

use super::skip::{LeftOut, Skip};
use super::{At, hash, holes};
use crate::env::{Env, Stamp, stamp_of};

/// A longer line is skipped and counted. The longest line seen in real logs had 19.3 MB.
pub const LINE_MAX: usize = 32 << 20;
const CHUNK: usize = 256 << 10;
/// So many first bytes tell a file from another one in its place.
const HEAD: u64 = 1024;
/// So many bytes at the end of a log are always said.
const EDGE: u64 = 64 << 10;

/// The last lines of a long file are within so many bytes.
const TAIL: u64 = 512 << 10;

/// Reads whole lines of a file. The last line counts as whole without its line feed if it is a complete JSON object:
/// nothing that could follow would make it another one.
pub struct Lines<R> {
    input: R,
    /// Passes over what was never written, and tells how many bytes that are.
    over_hole: fn(&mut R) -> io::Result<u64>,
    buffer: Vec<u8>,
    /// The unread part of `buffer`.
    start: usize,
    end: usize,
    /// File offset of `start`.
    at: u64,
    head: Vec<u8>,
    last_at: u64,
    last: Last,
    stamp: Stamp,
    ended: bool,
    left_out: Option<LeftOut>,
}

/// The last line said: most are never asked for, so its bytes are hashed late.
enum Last {
    Hash(u64),
    /// Still in the buffer.
    Here(Range<usize>),
}

/// One line, or why there is none.
pub enum Line<'a> {
    /// Without its line feed; `at` is its file offset.
    Whole {
        at: u64,
        bytes: &'a [u8],
    },
    TooLong {
        at: u64,
    },
}

/// A file, and whether it must be told from its start although a cursor said otherwise.
pub struct Opened {
    pub lines: Lines<File>,
    pub rewritten: bool,
}

/// Opens a file at the cursor, or at its start if it is not the file the cursor was in.
pub fn open(env: &Env, path: &Path, from: &At) -> io::Result<Opened> {
    let mut file = env.files.open(path)?;
    let stamp = stamp_of(&file.metadata()?)?;
    let At::Line {
        at,
        last_at,
        head,
        last,
        stamp: then,
    } = *from
    else {
        return Ok(Opened {
            lines: Lines::of(file, stamp),
            rewritten: *from != At::Start,
        });
    };
    let known = (stamp.dev, stamp.inode) == (then.dev, then.inode) && stamp.len >= at;
    let mut first = vec![0; usize::try_from(at.min(HEAD)).unwrap_or_default()];
    if known && file.read_exact(&mut first).is_ok() && hash(&[&first]) == head {
        let mut line = vec![
            0;
            usize::try_from(at.saturating_sub(last_at))
                .unwrap_or_default()
                .min(LINE_MAX + 2)
        ];
        file.seek(SeekFrom::Start(last_at))?;
        let is_last = file.read_exact(&mut line).is_ok() && hash(&[&line]) == last;
        if is_last && !is_glued(&mut file, &line)? {
            file.seek(SeekFrom::Start(at))?;
            let mut lines = Lines::of(file, stamp);
            (lines.at, lines.head, lines.last_at) = (at, first, last_at);
            lines.last = Last::Hash(last);
            return Ok(Opened {
                lines,
                rewritten: false,
            });
        }
    }
    file.seek(SeekFrom::Start(0))?;
    Ok(Opened {
        lines: Lines::of(file, stamp),
        rewritten: true,
    })
}

/// A place behind a whole line, near the end of a long file: for a reader who wants to see its last lines at once. None
/// where the file is short enough to be read whole, or its last lines are too long.
pub fn near_end(env: &Env, path: &Path) -> io::Result<Option<At>> {
    let mut file = env.files.open(path)?;
    let stamp = stamp_of(&file.metadata()?)?;
    let Some(from) = stamp.len.checked_sub(TAIL).filter(|from| *from > 7 * TAIL) else {
        return Ok(None);
    };
    let mut first = vec![0; HEAD as usize];
    file.read_exact(&mut first)?;
    file.seek(SeekFrom::Start(from))?;
    let mut bytes = Vec::new();
    file.take(TAIL).read_to_end(&mut bytes)?;
    let mut feeds = memchr::memchr_iter(b'\n', &bytes);
    let line = feeds.next().zip(feeds.next());
    Ok(line.and_then(|(before, after)| {
        Some(At::Line {
            at: from + after as u64 + 1,
            last_at: from + before as u64 + 1,
            head: hash(&[&first]),
            last: hash(&[bytes.get(before + 1..=after)?]),
            stamp,
        })
    }))
}

/// Whether a line that was taken as whole without its line feed went on after all: then it is one broken record, as it
/// is for somebody who reads it now for the first time. The file stands behind the line.
fn is_glued(file: &mut File, line: &[u8]) -> io::Result<bool> {
    if line.is_empty() || line.ends_with(b"\n") {
        return Ok(false);
    }
    let mut next = [0; 64];
    let read = file.read(&mut next)?;
    let mut next = next.iter().take(read);
    Ok(next
        .find(|byte| !matches!(byte, b' ' | b'\t' | b'\r'))
        .is_some_and(|byte| *byte != b'\n'))
}

impl Lines<File> {
    /// The lines of a file from where it stands.
    fn of(file: File, stamp: Stamp) -> Lines<File> {
        let mut lines = Lines::new(file, stamp);
        lines.over_hole = holes::pass;
        lines
    }
}

thread_local! {
    /// A buffer that was used before: to clear a new one for every log costs as much as to read many of them.
    static SPARE: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

impl<R> Drop for Lines<R> {
    fn drop(&mut self) {
        let buffer = std::mem::take(&mut self.buffer);
        // One that long lines made large is not kept.
        if buffer.len() <= CHUNK {
            SPARE.set(buffer);
        }
    }
}

impl<R: Read> Lines<R> {
    pub fn new(input: R, stamp: Stamp) -> Lines<R> {
        Lines {
            input,
            over_hole: |_| Ok(0),
            buffer: SPARE.take(),
            start: 0,
            end: 0,
            at: 0,
            head: Vec::new(),
            last_at: 0,
            last: Last::Hash(hash(&[&[]])),
            stamp,
            ended: false,
            left_out: None,
        }
    }

    /// Says no more lines of this kind, but for those at either end of the log, where its times stand.
    pub fn leave_out(&mut self, lines: &'static Skip) {
        self.left_out = Some(LeftOut::of(lines));
    }

    fn is_left_out(&self, line: &[u8]) -> bool {
        let Some(left_out) = &self.left_out else {
            return false;
        };
        let behind = self.stamp.len.saturating_sub(self.at + line.len() as u64);
        self.at > 0 && behind > EDGE && line.ends_with(b"}") && left_out.fits(line)
    }

    /// Where the last line said ends.
    pub fn cursor(&self) -> At {
        At::Line {
            at: self.at,
            last_at: self.last_at,
            head: hash(&[&self.head]),
            last: self.last_hash(),
            stamp: self.stamp,
        }
    }

    fn last_hash(&self) -> u64 {
        match &self.last {
            Last::Hash(hash) => *hash,
            Last::Here(place) => hash(&[self.buffer.get(place.clone()).unwrap_or_default()]),
        }
    }

    /// The next line; none at the end of the file or before a line that is still being written.
    pub fn next_line(&mut self) -> io::Result<Option<Line<'_>>> {
        let mut searched = 0;
        loop {
            let unread = self.buffer.get(self.start..self.end).unwrap_or_default();
            if let Some(found) = unread
                .get(searched..)
                .and_then(|rest| memchr::memchr(b'\n', rest))
            {
                let len = searched + found;
                if len > LINE_MAX {
                    return self.skip_line().map(Some);
                }
                if unread.get(..len).is_some_and(|line| self.is_left_out(line)) {
                    self.take(len, 1);
                    searched = 0;
                    continue;
                }
                return Ok(Some(self.take(len, 1)));
            }
            searched = unread.len();
            if searched > LINE_MAX {
                return self.skip_line().map(Some);
            }
            if self.ended || !self.fill()? {
                self.ended = true;
                let unread = self.buffer.get(self.start..self.end).unwrap_or_default();
                let complete = !unread.is_empty()
                    && std::str::from_utf8(unread)
                        .is_ok_and(|text| super::json::Obj::parse(text).is_some());
                return Ok(if complete {
                    Some(self.take(searched, 0))
                } else {
                    None
                });
            }
        }
    }

    /// Whether bytes stand behind the last whole line: a record that is being written, or was cut off.
    pub fn has_torn_tail(&self) -> bool {
        self.buffer
            .get(self.start..self.end)
            .is_some_and(|rest| !rest.trim_ascii().is_empty())
    }

    fn take(&mut self, len: usize, feed: usize) -> Line<'_> {
        let (from, at) = (self.start, self.at);
        self.start += len + feed;
        self.pass(from, len + feed);
        self.at += (len + feed) as u64;
        Line::Whole {
            at,
            bytes: self.buffer.get(from..from + len).unwrap_or_default(),
        }
    }

    /// Remembers what a cursor needs.
    fn pass(&mut self, from: usize, len: usize) {
        let bytes = self.buffer.get(from..from + len).unwrap_or_default();
        self.last_at = self.at;
        self.last = Last::Here(from..from + len);
        let missing = (HEAD as usize).saturating_sub(self.head.len());
        self.head.extend(bytes.iter().take(missing));
    }

    /// Drops a line past the limit without keeping it. The cursor's hashes then cover its last bytes only.
    fn skip_line(&mut self) -> io::Result<Line<'static>> {
        let at = self.at;
        loop {
            let unread = self.buffer.get(self.start..self.end).unwrap_or_default();
            let (len, done) = match memchr::memchr(b'\n', unread) {
                Some(found) => (found + 1, true),
                None => (unread.len(), false),
            };
            let from = self.start;
            self.start += len;
            // Gigabytes may pass here: only the piece that ends the line is hashed.
            if done || self.head.len() < HEAD as usize {
                self.pass(from, len);
            }
            self.at += len as u64;
            if done {
                return Ok(Line::TooLong { at });
            }
            self.at += (self.over_hole)(&mut self.input)?;
            if !self.fill()? {
                return Ok(Line::TooLong { at });
            }
        }
    }

    fn fill(&mut self) -> io::Result<bool> {
        if self.start > 0 {
            self.last = Last::Hash(self.last_hash());
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        if self.buffer.is_empty() {
            self.buffer.resize(CHUNK, 0);
        } else if self.buffer.len() == self.end {
            // Doubling keeps long lines linear.
            self.buffer
                .resize((self.buffer.len() * 2).max(self.end + CHUNK), 0);
        }
        let room = self.buffer.get_mut(self.end..).unwrap_or_default();
        loop {
            match self.input.read(room) {
                Ok(0) => return Ok(false),
                Ok(n) => {
                    self.end += n;
                    return Ok(true);
                }
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::env::Env;
    use std::io::Write;

    fn all(lines: &mut Lines<impl Read>) -> Vec<String> {
        let mut out = Vec::new();
        while let Ok(Some(line)) = lines.next_line() {
            out.push(match line {
                Line::Whole { bytes, .. } => String::from_utf8_lossy(bytes).into_owned(),
                Line::TooLong { .. } => "too long".into(),
            });
        }
        out
    }

    fn lines(bytes: &[u8]) -> Vec<String> {
        all(&mut Lines::new(bytes, Stamp::default()))
    }

    #[test]
    fn a_torn_tail_waits() {
        assert_eq!(lines(b"a\nb\n{\"x\":"), ["a", "b"]);
        assert_eq!(lines(b"a\n{\"x\":1}"), ["a", "{\"x\":1}"]);
        assert_eq!(lines(b""), Vec::<String>::new());
        assert_eq!(lines(b"\n\n"), ["", ""]);
    }

    #[test]
    fn a_line_past_the_limit_is_skipped() {
        let mut bytes = vec![b'x'; LINE_MAX + 10];
        bytes.extend(b"\nafter\n");
        assert_eq!(lines(&bytes), ["too long", "after"]);
    }

    const SKIP: Skip = Skip {
        mark: "{\"",
        then: &["a\":"],
        behind: None,
        unless: Some("\"c\""),
    };

    #[test]
    fn lines_of_no_use_are_left_out_of_the_middle() {
        let long = "x".repeat(EDGE as usize);
        let text = format!(
            "{{\"a\":1}}\n{{\"b\":1}}\n{{\"a\":2,\"c\":0}}\n{{\"a\":3}}\n{{\"b\":2}}\n{long}\n{{\"a\":4}}\n"
        );
        let stamp = Stamp {
            len: text.len() as u64,
            ..Stamp::default()
        };
        let mut lines = Lines::new(text.as_bytes(), stamp);
        lines.leave_out(&SKIP);
        let said = all(&mut lines);
        let wanted = [
            "{\"a\":1}",
            "{\"b\":1}",
            "{\"a\":2,\"c\":0}",
            "{\"b\":2}",
            &long,
            "{\"a\":4}",
        ];
        assert_eq!(said, wanted);
    }

    #[test]
    fn reading_goes_on_or_starts_over() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("log");
        let env = Env::bare(dir.path(), "2026-01-01T00:00:00Z".parse().unwrap());
        std::fs::write(&path, "one\ntwo\n").unwrap();
        let mut first = open(&env, &path, &At::Start).unwrap();
        assert_eq!(all(&mut first.lines), ["one", "two"]);
        let cursor = first.lines.cursor();

        std::fs::File::options()
            .append(true)
            .open(&path)
            .unwrap()
            .write_all(b"three\n")
            .unwrap();
        let mut grown = open(&env, &path, &cursor).unwrap();
        assert!(!grown.rewritten);
        assert_eq!(all(&mut grown.lines), ["three"]);

        for changed in ["one\n", "one\ntwX\nthree\n", "oNe\ntwo\n"] {
            std::fs::write(&path, changed).unwrap();
            let mut again = open(&env, &path, &cursor).unwrap();
            assert!(again.rewritten, "{changed}");
            assert_eq!(all(&mut again.lines).len(), changed.lines().count());
        }
    }
}
