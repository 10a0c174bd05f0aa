//! A file of what was said in some sessions: their texts, packed in blocks, and two tables of trigrams, one for what was
//! said and one for what tools answered.
//!
//! It is written once, under a new name, and never changed; all of it but the tables and blocks that are asked for stays
//! on the disk. A table has a row for each place of [`trigrams`], with a bit for each column of the file, so that asking
//! for a word reads a few short rows. Whatever is read has a checksum, and a file with one that does not fit is left
//! aside for good.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use super::trigrams::{Column, MOST, place_among};
use crate::model::Gist;
use crate::own;
use crate::pack::{Fixed, Unpacking, packed, packs};
use crate::sources::hash;

/// Raised when the same bytes mean something else, or the same conversation other texts.
const FORMAT: u64 = 5;
/// More is no file of ours.
const LARGEST: u64 = 1 << 34;
/// No block has more texts than this: the longest record of a log has 32 MiB.
const WHOLE: usize = 1 << 27;
/// Bytes of a checksum at the end of a row.
const CHECK: usize = 4;

/// Some texts of a session, packed as one.
#[derive(Clone, PartialEq, Debug)]
pub struct Block {
    /// Where it lies in the file.
    at: u64,
    len: usize,
    /// Before it was packed.
    whole: usize,
    check: Fixed,
    /// The first and the last column of its session that know it, counted in the file.
    pub columns: (usize, usize),
}

packs!(Block {
    at,
    len,
    whole,
    check,
    columns
});

/// What the file holds of a session.
#[derive(Clone, PartialEq, Debug)]
pub struct Held {
    pub source: Box<str>,
    pub native: Box<str>,
    pub state: Fixed,
    /// What its conversation holds.
    pub gist: Gist,
    pub blocks: Vec<Block>,
    /// Its columns in the table of what tools answered, from and up to but not including.
    pub answers: (usize, usize),
}

packs!(Held {
    source,
    native,
    state,
    gist,
    blocks,
    answers
});

/// What one session says, on its way into a file.
pub struct Draft {
    pub source: &'static str,
    pub native: Box<str>,
    pub state: u64,
    pub gist: Gist,
    /// Texts packed, their length before, and their columns.
    pub blocks: Vec<(Vec<u8>, usize, (usize, usize))>,
    pub said: Vec<Column>,
    pub answers: Vec<Column>,
}

/// Where blocks are unpacked, one after the other.
#[derive(Default)]
pub struct Room {
    packed: Vec<u8>,
    texts: Vec<u8>,
}

/// The tables of a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Table {
    Said,
    Answers,
}

impl Table {
    /// How many places a column has. What was said comes in short blocks that are unpacked quickly, and most sessions say
    /// so little that more places would be empty; what tools answered is read in logs, so that fewer are worth more.
    pub const fn rows(self) -> usize {
        match self {
            Table::Said => MOST / 2,
            Table::Answers => MOST,
        }
    }
}

/// A file that is being written.
pub struct Writer {
    new: own::New,
    at: u64,
    held: Vec<Held>,
    said: Vec<Column>,
    answers: Vec<Column>,
}

impl Writer {
    pub fn at(path: &Path) -> io::Result<Writer> {
        Ok(Writer {
            new: own::New::at(path)?,
            at: 0,
            held: Vec::new(),
            said: Vec::new(),
            answers: Vec::new(),
        })
    }

    pub fn add(&mut self, draft: Draft) -> io::Result<()> {
        let first = self.said.len();
        let mut blocks = Vec::with_capacity(draft.blocks.len());
        for (bytes, whole, (from, to)) in draft.blocks {
            self.new.write_all(&bytes)?;
            blocks.push(Block {
                at: self.at,
                len: bytes.len(),
                whole,
                check: Fixed(hash(&[&bytes])),
                columns: (first + from, first + to),
            });
            self.at += bytes.len() as u64;
        }
        self.said.extend(draft.said);
        let answers = self.answers.len();
        self.answers.extend(draft.answers);
        self.held.push(Held {
            source: draft.source.into(),
            native: draft.native,
            state: Fixed(draft.state),
            gist: draft.gist,
            blocks,
            answers: (answers, self.answers.len()),
        });
        Ok(())
    }

    /// Columns so far.
    pub fn columns(&self) -> usize {
        self.said.len() + self.answers.len()
    }

    pub fn done(mut self, path: &Path) -> io::Result<Segment> {
        let said = (self.at, self.said.len());
        self.at += write_table(&mut self.new, Table::Said, &self.said)?;
        let answers = (self.at, self.answers.len());
        self.at += write_table(&mut self.new, Table::Answers, &self.answers)?;
        let list = packed(&self.held);
        self.new.write_all(&list)?;
        let foot = [
            said.0,
            said.1 as u64,
            answers.0,
            answers.1 as u64,
            self.at,
            list.len() as u64,
            hash(&[&list]),
        ];
        let foot: Vec<u8> = foot.iter().flat_map(|n| packed(&Fixed(*n))).collect();
        self.new.write_all(&foot)?;
        let whose = hash(&[&magic().to_le_bytes(), &foot]);
        self.new.write_all(&packed(&Fixed(whose)))?;
        Ok(Segment {
            file: self.new.done()?,
            path: path.to_owned(),
            said,
            answers,
            held: self.held,
            len: self.at + list.len() as u64,
            is_bad: AtomicBool::new(false),
        })
    }
}

/// Stands in the names of files that this version writes, and of no other's.
pub fn tag() -> String {
    format!("{:08x}", magic() as u32)
}

fn magic() -> u64 {
    let format = FORMAT.to_le_bytes();
    hash(&[
        b"backscroll words",
        env!("CARGO_PKG_VERSION").as_bytes(),
        &format,
    ])
}

/// Bytes of a row without its checksum.
fn width(columns: usize) -> usize {
    columns.div_ceil(64) * 8
}

/// Turns columns into rows: bits that are asked for together lie together.
fn write_table(out: &mut impl Write, table: Table, columns: &[Column]) -> io::Result<u64> {
    if columns.is_empty() {
        return Ok(0);
    }
    let width = width(columns.len());
    let mut rows = vec![0u8; 64 * (width + CHECK)];
    let mut written = 0;
    for word in 0..table.rows() / 64 {
        for (at, some) in columns.chunks(64).enumerate() {
            let mut bits = [0; 64];
            for (bits, column) in bits.iter_mut().zip(some) {
                *bits = column.words().get(word).copied().unwrap_or(0);
            }
            transpose(&mut bits);
            for (row, bits) in rows.chunks_exact_mut(width + CHECK).zip(bits) {
                if let Some(to) = row.get_mut(at * 8..).and_then(<[u8]>::first_chunk_mut) {
                    *to = bits.to_le_bytes();
                }
            }
        }
        for row in rows.chunks_exact_mut(width + CHECK) {
            if let Some((bits, check)) = row.split_at_mut_checked(width) {
                check.copy_from_slice(&row_check(bits));
            }
        }
        out.write_all(&rows)?;
        written += rows.len() as u64;
    }
    Ok(written)
}

/// Makes the first bits of all numbers the first number, the second ones the second, and so on: halves of them change
/// places, then quarters, down to single bits.
fn transpose(bits: &mut [u64; 64]) {
    for half in [32, 16, 8, 4, 2, 1] {
        // Of every pair of parts the lower one.
        let lower = u64::MAX / ((1 << half) + 1);
        for pair in bits.chunks_exact_mut(2 * half) {
            let (upper, under) = pair.split_at_mut(half);
            for (a, b) in upper.iter_mut().zip(under) {
                let change = (*a >> half ^ *b) & lower;
                *a ^= change << half;
                *b ^= change;
            }
        }
    }
}

fn row_check(bits: &[u8]) -> [u8; CHECK] {
    (hash(&[bits]) as u32).to_le_bytes()
}

/// A file to ask.
pub struct Segment {
    file: File,
    pub path: PathBuf,
    said: (u64, usize),
    answers: (u64, usize),
    pub held: Vec<Held>,
    /// Its length, without its foot.
    pub len: u64,
    /// Something in it did not fit its checksum.
    is_bad: AtomicBool,
}

impl Segment {
    pub fn open(path: &Path) -> io::Result<Segment> {
        let wrong = || io::Error::new(io::ErrorKind::InvalidData, "no file of ours");
        let mut file = own::open(path)?;
        let len = file.metadata()?.len();
        let at = len
            .checked_sub(64)
            .filter(|_| len < LARGEST)
            .ok_or_else(wrong)?;
        let mut foot = [0; 64];
        file.read_exact_at(&mut foot, at)?;
        let (numbers, whose) = foot.split_at_checked(56).ok_or_else(wrong)?;
        let whose: Option<Fixed> = Unpacking::new(whose).get();
        if whose != Some(Fixed(hash(&[&magic().to_le_bytes(), numbers]))) {
            return Err(wrong());
        }
        let mut from = Unpacking::new(numbers);
        let mut next = || from.get::<Fixed>().map_or(0, |fixed| fixed.0);
        let said = (next(), next() as usize);
        let answers = (next(), next() as usize);
        let (list_at, list_len, check) = (next(), next(), next());
        let mut list = Vec::new();
        file.seek(SeekFrom::Start(list_at))?;
        Read::by_ref(&mut file)
            .take(list_len)
            .read_to_end(&mut list)?;
        if hash(&[&list]) != check {
            return Err(wrong());
        }
        Ok(Segment {
            held: Unpacking::new(&list).get().ok_or_else(wrong)?,
            file,
            path: path.to_owned(),
            said,
            answers,
            len: at,
            is_bad: AtomicBool::new(false),
        })
    }

    pub fn is_bad(&self) -> bool {
        self.is_bad.load(Ordering::Relaxed)
    }

    fn spoil<T>(&self) -> Option<T> {
        self.is_bad.store(true, Ordering::Relaxed);
        None
    }

    /// The columns that have all of these places. None where the file cannot be read.
    pub fn columns_with(&self, table: Table, places: &[usize]) -> Option<Vec<u64>> {
        let (at, columns) = match table {
            Table::Said => self.said,
            Table::Answers => self.answers,
        };
        if columns == 0 {
            return Some(Vec::new());
        }
        let width = width(columns);
        let mut with = vec![u64::MAX; width / 8];
        let mut row = vec![0; width + CHECK];
        for place in places {
            let place = place_among(*place, table.rows());
            let offset = at + (place * row.len()) as u64;
            if self.file.read_exact_at(&mut row, offset).is_err() {
                return self.spoil();
            }
            let (bits, check) = row.split_at_checked(width)?;
            if row_check(bits) != check {
                return self.spoil();
            }
            for (with, bits) in with.iter_mut().zip(bits.chunks_exact(8)) {
                *with &= bits.try_into().map_or(0, u64::from_le_bytes);
            }
            if with.iter().all(|bits| *bits == 0) {
                break;
            }
        }
        Some(with)
    }

    /// The texts of a block, as they were before they were packed.
    pub fn unpacked<'r>(&self, block: &Block, room: &'r mut Room) -> Option<&'r [u8]> {
        if block.whole > WHOLE || block.len > WHOLE {
            return self.spoil();
        }
        room.packed.resize(block.len, 0);
        let read = self.file.read_exact_at(&mut room.packed, block.at);
        if read.is_err() || hash(&[&room.packed]) != block.check.0 {
            return self.spoil();
        }
        if room.texts.len() < block.whole {
            room.texts.resize(block.whole, 0);
        }
        let texts = room.texts.get_mut(..block.whole)?;
        match lz4_flex::block::decompress_into(&room.packed, texts) {
            Ok(len) if len == texts.len() => Some(texts),
            _ => self.spoil(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_turned_stands_where_rows_and_columns_changed_places(bits in proptest::array::uniform32(any::<[u64; 2]>())) {
            let before: [u64; 64] = std::array::from_fn(|i| bits[i / 2][i % 2]);
            let mut after = before;
            transpose(&mut after);
            for (row, bits) in after.iter().enumerate() {
                let known = (0..64).fold(0, |known, column| known | (before[column] >> row & 1) << column);
                prop_assert_eq!(*bits, known);
            }
        }
    }
}
