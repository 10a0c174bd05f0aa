//! What was said in all sessions, so that a word is found without reading logs.
//!
//! The index is a folder of [`segment`]s in our cache, each written once. A session's texts stand in the newest one that
//! names it, under a number that changes whenever its log does: what does not fit is as good as absent and read in its
//! log. So the folder can be deleted, cut or written by two at once, and no answer changes.
//!
//! Texts of people and models are kept, packed. What tools answered, half of all text, is not: of that only the threes of
//! letters are known, and what may hold a word is read in its log.

mod draft;
mod learner;
mod long;
mod segment;
#[cfg(test)]
mod tests;
mod trigrams;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use foldhash::HashMap;
use rayon::prelude::*;

use self::draft::{draft, each_piece};
pub use self::learner::Learner;
use self::segment::{Held, Room, Segment, Table};
use super::listen::Piece;
use crate::env::{Env, OwnDir};
use crate::ingest::{Reading, is_long};
use crate::model::{Gist, Row, SessionId};
use crate::own;
use crate::query::{Needle, Scope, Sought, Test};
use crate::sources::hash;

/// So long after they were written, files of other versions are left alone.
const OTHERS: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// More files than this are slower to ask than one.
const FILES: usize = 24;

/// The index of what was said.
#[derive(Default)]
pub struct Words {
    segments: Vec<Segment>,
    /// Where a session stands: which segment, and which of its sessions.
    places: HashMap<u64, (usize, usize)>,
}

fn name_of(source: &str, native: &str) -> u64 {
    hash(&[source.as_bytes(), native.as_bytes()])
}

fn folder(env: &Env) -> PathBuf {
    env.own_dir(OwnDir::Cache).join("words")
}

impl Words {
    /// Whatever is there and fits.
    pub fn open(env: &Env) -> Words {
        let mut words = Words::default();
        let is_safe = own::folder(env, OwnDir::Cache).and_then(|_| own::check(&folder(env)));
        let names = is_safe.and_then(|()| fs::read_dir(folder(env)));
        let names = names.into_iter().flatten().flatten();
        let mut paths: Vec<PathBuf> = names.map(|entry| entry.path()).collect();
        paths.retain(|path| path.extension().is_some_and(|end| end == "words"));
        // Names grow with time.
        paths.sort();
        let open = |path: PathBuf| match Segment::open(&path) {
            Ok(segment) => Some(segment),
            // It is of no use: damaged, or another version's, which may be in use beside this one.
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                if is_named_by_us(&path) || is_old(&path) {
                    let _ = fs::remove_file(path);
                }
                None
            }
            Err(_) => None,
        };
        let segments: Vec<Option<Segment>> = paths.into_par_iter().map(open).collect();
        let segments = segments.into_iter().flatten();
        segments.for_each(|segment| words.take_in(segment));
        words
    }

    fn take_in(&mut self, segment: Segment) {
        let at = self.segments.len();
        for (i, held) in segment.held.iter().enumerate() {
            let name = name_of(&held.source, &held.native);
            self.places.insert(name, (at, i));
        }
        self.segments.push(segment);
    }

    /// What is held of a session as it is now.
    fn held(&self, row: &Row) -> Option<(usize, &Segment, &Held)> {
        let SessionId { source, native } = row.id();
        let (at, i) = *self.places.get(&name_of(source.0, native))?;
        let segment = self.segments.get(at).filter(|segment| !segment.is_bad())?;
        let held = segment.held.get(i)?;
        let is_it = *held.native == **native && held.state.0 == row.session.state;
        is_it.then_some((at, segment, held))
    }

    /// Whether nothing is known of any session.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Whether what a session says is known as it is now.
    pub fn knows(&self, row: &Row) -> bool {
        self.held(row).is_some()
    }

    /// What a session's conversation holds. Absent where that is not known as it is now.
    pub fn gist(&self, row: &Row) -> Option<Gist> {
        self.held(row).map(|(_, _, held)| held.gist)
    }

    /// Length of its files.
    pub fn len_on_disk(&self) -> u64 {
        self.segments.iter().map(|segment| segment.len).sum()
    }

    /// Reads the conversations of these rows, in this order, and writes what they say for good. Where another run is at
    /// it, or nothing can be written, it does nothing: what is not known is read in its log.
    pub fn learn(&mut self, env: &Env, rows: &[Arc<Row>]) -> io::Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        let Some(learner) = Learner::begin(env)? else {
            return Ok(());
        };
        let turn = Mutex::new(());
        // One by one from the front, so that the newest are done first.
        rows.iter().par_bridge().try_for_each(|row| {
            let is_long = is_long(&row.session);
            let _alone = is_long.then(|| turn.lock());
            // What cannot be read now is read when it is asked for.
            learner.take(|| {
                if is_long {
                    return long::draft(env, &row.session).ok();
                }
                let mut reading = Reading::new(&row.session);
                reading.read(env).ok()?;
                Some(draft(&row.session, &reading.conversation()))
            })
        });
        self.keep(learner)
    }

    /// Takes in what was learnt.
    pub fn keep(&mut self, learner: Learner) -> io::Result<()> {
        let written = learner.done()?;
        written
            .into_iter()
            .for_each(|segment| self.take_in(segment));
        self.tidy();
        Ok(())
    }

    /// Removes files of which nothing counts any more.
    fn tidy(&mut self) {
        let mut live = vec![0; self.segments.len()];
        for (at, _) in self.places.values() {
            if let Some(live) = live.get_mut(*at) {
                *live += 1;
            }
        }
        for (segment, live) in self.segments.iter().zip(live) {
            // Whoever has it open goes on reading it.
            if live == 0 || segment.is_bad() {
                let _ = fs::remove_file(&segment.path);
            }
        }
    }

    /// Whether so many files have gathered, or so much in them is out of date, that writing all anew pays.
    pub fn is_worn(&self) -> bool {
        let held: usize = self.segments.iter().map(|s| s.held.len()).sum();
        self.segments.len() > FILES || held > self.places.len() * 3 / 2 + 64
    }

    /// Takes in what another one learnt.
    pub fn absorb(&mut self, other: Words) {
        other
            .segments
            .into_iter()
            .for_each(|segment| self.take_in(segment));
    }

    /// Forgets everything, here and on the disk.
    pub fn clear(&mut self) {
        for segment in &self.segments {
            let _ = fs::remove_file(&segment.path);
        }
        *self = Words::default();
    }

    /// What is looked for, as far as the tables tell where it may be.
    pub fn look_up(&self, sought: &[Sought<'_>]) -> Hints {
        let one = |sought: &Sought<'_>| {
            let needles = match sought {
                Sought::Word(word) => word.plain_needle().map(|needle| vec![needle]),
                Sought::Field(test) => test.needles(),
            };
            let table = match sought {
                Sought::Field(test) if test.scope() == Some(Scope::Output) => Table::Answers,
                _ => Table::Said,
            };
            let places: Option<Vec<Vec<usize>>> = needles.as_ref().and_then(|needles| {
                let needles = needles.iter();
                needles.map(|n| trigrams::places(n.letters())).collect()
            });
            let columns = self.segments.iter().map(|segment| {
                let mut any: Option<Vec<u64>> = None;
                for places in places.as_ref()? {
                    let with = segment.columns_with(table, places)?;
                    any = Some(match any {
                        Some(any) => any.iter().zip(&with).map(|(a, b)| a | b).collect(),
                        None => with,
                    });
                }
                any
            });
            Hint {
                table,
                columns: columns.collect(),
                needles: needles.map(|needles| needles.into_iter().cloned().collect()),
                gist: match sought {
                    Sought::Field(test) if test.asks_gist() => Some((*test).clone()),
                    _ => None,
                },
            }
        };
        Hints(sought.par_iter().map(one).collect())
    }

    /// Which of the things looked for may be in a session, in their order. Absent where the session is not known.
    pub fn may_have(&self, row: &Row, hints: &Hints) -> Option<Vec<bool>> {
        let (at, _, held) = self.held(row)?;
        let may = |hint: &Hint| match hint.table {
            _ if hint.gist.is_some() => hint.gist.as_ref().is_some_and(|t| t.fits(&held.gist)),
            Table::Answers => hint.is_within(at, held.answers.0..held.answers.1),
            Table::Said => held.blocks.iter().any(|block| {
                let (first, last) = block.columns;
                hint.is_within(at, first..last + 1)
            }),
        };
        Some(hints.0.iter().map(may).collect())
    }

    /// The texts of a session that may have any of what is still looked for. None where the session is not known, or its
    /// texts cannot be read.
    pub fn each_text<'h>(&self, row: &Row, hints: &'h Hints, ear: &mut impl Ear) -> Option<()> {
        let (at, segment, held) = self.held(row)?;
        let mut room = Room::default();
        for block in &held.blocks {
            let (first, last) = block.columns;
            let worth = |(i, hint): (usize, &'h Hint)| {
                let is_said = hint.table == Table::Said && hint.gist.is_none();
                let may = is_said && hint.is_within(at, first..last + 1);
                (may && ear.looks_for(i)).then_some(hint)
            };
            let mut worth = hints.0.iter().enumerate().filter_map(worth).peekable();
            if worth.peek().is_none() {
                continue;
            }
            let texts = segment.unpacked(block, &mut room)?;
            if worth.any(|hint| hint.may_be_in(texts))
                && !each_piece(texts, &mut |piece| ear.hear(piece))
            {
                return None;
            }
        }
        Some(())
    }
}

/// Whether a file has the name that this version gives.
fn is_named_by_us(path: &Path) -> bool {
    let name = path.file_stem().and_then(|stem| stem.to_str());
    name.is_some_and(|name| name.ends_with(&format!(".{}", segment::tag())))
}

/// Whether a file was written so long ago that no other version is likely to be in use any more.
fn is_old(path: &Path) -> bool {
    own::is_older(fs::metadata(path), OTHERS)
}

/// Who hears texts.
pub trait Ear {
    /// Whether the thing of that number is still looked for.
    fn looks_for(&self, number: usize) -> bool;
    /// Hears a text, and tells whether anything more could be news.
    fn hear(&mut self, piece: Piece<'_>) -> bool;
}

/// Where each of the things looked for may be.
pub struct Hints(Vec<Hint>);

struct Hint {
    table: Table,
    /// For each segment the columns that may have it; absent where that cannot be told.
    columns: Vec<Option<Vec<u64>>>,
    /// One of these stands in each text that has it; absent where that cannot be told.
    needles: Option<Vec<Needle>>,
    /// Where it asks what the conversation holds: that is known, and stands in no column.
    gist: Option<Test>,
}

impl Hint {
    fn may_be_in(&self, block: &[u8]) -> bool {
        let Some(needles) = &self.needles else {
            return true;
        };
        needles.iter().any(|needle| needle.may_be_in(block))
    }

    fn is_within(&self, segment: usize, columns: std::ops::Range<usize>) -> bool {
        match self.columns.get(segment) {
            Some(Some(bits)) => columns.into_iter().any(|column| {
                let word = bits.get(column / 64).copied().unwrap_or(0);
                word >> (column % 64) & 1 == 1
            }),
            _ => true,
        }
    }
}
