//! What units told yesterday: a warm start asks each file only whether it changed.
//!
//! One file holds, for every unit, its stamp and all that it told, with a checksum each. It is written beside and put in
//! place whole, so two runs at once never meet half a file and the last one wins. Whatever does not fit (cut, flipped,
//! from another version, not ours) is as good as absent: that unit is read again.

mod parts;
pub mod shapes;
#[cfg(test)]
mod tests;

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;

use foldhash::{HashMap, HashMapExt};

use super::Delta;
use super::unit::UnitState;
use crate::env::{Env, OwnDir, Stamp};
use crate::model::{SourceId, Unit};
use crate::own;
use crate::pack::{Fixed, Pack, Unpacking, pack_many, packed, packs};
use crate::sources::{self, hash};

/// Raised when the same bytes mean something else.
const FORMAT: u64 = 9;
/// How old a change must be when a file is read for its stamp to tell the next one: the clocks of file systems tick.
const TICK: i128 = 50_000_000;
/// So many bytes of logs are read in the time that it takes to write what they say for the next run.
pub const WORTH: u64 = 8 << 20;
/// More is no file of ours.
const LARGEST: u64 = 1 << 32;
/// So many sessions fill any screen.
pub const SCREEN: usize = 64;

/// What tells whether a unit changed: its file, and what stands beside it.
pub type Stamps = (Stamp, Option<Stamp>);

/// When a unit changed last.
pub fn changed((file, beside): &Stamps) -> i128 {
    beside.map_or(file.changed, |log| log.changed.max(file.changed))
}

/// Whether what changes after this moment will have other stamps than these.
pub fn is_settled(stamps: &Stamps, at: i128) -> bool {
    changed(stamps) + TICK < at
}

/// What a unit told, ready to be kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Kept {
    stamps: Stamps,
    /// It was read for sums alone: no word about tools and errors.
    spends_only: bool,
    bytes: Box<[u8]>,
    /// Where reading stopped, and what it takes to go on from there. Empty where it is read from its start again.
    state: Box<[u8]>,
}

impl Kept {
    /// Absent where the unit may have changed since, and nobody could tell.
    pub fn new(
        delta: &Delta,
        state: &[u8],
        stamps: Stamps,
        read_at: i128,
        spends_only: bool,
    ) -> Option<Kept> {
        let is_plain = delta.retired.is_empty() && delta.odd.iter().all(|odd| odd.error.is_none());
        (is_settled(&stamps, read_at) && is_plain).then(|| {
            let mut out = Vec::new();
            pack_many(&delta.told, &mut out, shapes::pack_told);
            pack_many(&delta.about, &mut out, shapes::pack_about);
            pack_many(&delta.odd, &mut out, shapes::pack_odd);
            Kept {
                stamps,
                spends_only,
                bytes: out.into(),
                state: state.into(),
            }
        })
    }

    /// A unit that grew since, as [`Cache::grown`].
    pub fn grown(&self, unit: &Arc<Unit>, now: Option<&Stamps>) -> Option<UnitState> {
        let told = unpack_delta(unit, &self.bytes)?;
        UnitState::grown(unit, &told, &self.state, (self.stamps.0, now?.0))
    }

    /// The sessions that the unit told of, as [`Cache::sessions`].
    pub fn sessions(&self, unit: &Arc<Unit>) -> Option<Vec<Box<str>>> {
        unpack_delta(unit, &self.bytes).map(natives)
    }
}

fn natives(delta: Delta) -> Vec<Box<str>> {
    let told = delta.told.iter();
    told.map(|told| told.session.id.native.clone()).collect()
}

/// What a unit told, as it was packed.
fn unpack_delta(unit: &Arc<Unit>, bytes: &[u8]) -> Option<Delta> {
    let mut from = Unpacking::new(bytes);
    let told = from.many(|from| shapes::unpack_told(from, unit))?;
    let about = from.many(|from| shapes::unpack_about(from, unit))?;
    let odd = from.many(|from| shapes::unpack_odd(from, unit))?;
    from.is_over().then(|| Delta {
        told,
        about,
        odd,
        ..Delta::default()
    })
}

/// What units told in this run, by path.
pub type Fresh = HashMap<Arc<Path>, (Arc<Unit>, Kept)>;

/// Where one unit's word stands in the file.
#[derive(Clone, Debug)]
struct Place {
    source: Box<str>,
    root: Arc<Path>,
    path: Arc<Path>,
    rank: u8,
    form: u8,
    revision: u32,
    stamps: Stamps,
    spends_only: bool,
    at: u64,
    len: usize,
    check: Fixed,
    /// In the list of the newest: only the sessions that changed last stand there.
    is_part: bool,
    /// How long the state behind it is; 0 where there is none.
    state_len: usize,
    state_check: Fixed,
}

packs!(Place {
    source,
    root,
    path,
    rank,
    form,
    revision,
    stamps,
    spends_only,
    at,
    len,
    check,
    is_part,
    state_len,
    state_check
});

/// Yesterday's words.
#[derive(Default)]
pub struct Cache {
    file: Option<File>,
    places: HashMap<Arc<Path>, Place>,
}

const FILE: &str = "sessions.bin";

/// What the file starts with: whose it is, and how its bytes are meant.
fn magic() -> u64 {
    let format = FORMAT.to_le_bytes();
    hash(&[
        b"backscroll sessions",
        env!("CARGO_PKG_VERSION").as_bytes(),
        &format,
    ])
}

/// A list of places in the file: where it begins, its length and its checksum.
type Listed = (u64, u64, u64);

/// What the file starts with: whose it is, the list of the newest, and that of all. Each is a number of eight bytes.
const HEAD: usize = 7 * 8;

impl Cache {
    /// Whatever is there and whole; nothing where there is nothing.
    pub fn open(env: &Env) -> Cache {
        Cache::listed(env, |_, all| all)
    }

    /// Only what changed last, which is read in no time: at most a screen full of units.
    pub fn glance(env: &Env) -> Cache {
        Cache::listed(env, |newest, _| newest)
    }

    fn listed(env: &Env, which: impl Fn(Listed, Listed) -> Listed) -> Cache {
        let read = || -> io::Result<Option<Cache>> {
            let mut file = own::open(&own::folder(env, OwnDir::Cache)?.join(FILE))?;
            let (mut head, mut table) = ([0; HEAD], Vec::new());
            file.read_exact(&mut head)?;
            let mut from = Unpacking::new(&head);
            let mut next = || from.get::<Fixed>().map_or(0, |fixed| fixed.0);
            let whose = next();
            let mut listed = || (next(), next(), next());
            let (at, len, check) = which(listed(), listed());
            if whose != magic() || at > LARGEST || len > LARGEST {
                return Ok(None);
            }
            file.seek(SeekFrom::Start(at))?;
            Read::by_ref(&mut file).take(len).read_to_end(&mut table)?;
            if hash(&[&table]) != check {
                return Ok(None);
            }
            let places: Option<Vec<Place>> = Unpacking::new(&table).get();
            let places = places.unwrap_or_default().into_iter();
            Ok(Some(Cache {
                file: Some(file),
                places: places.map(|place| (place.path.clone(), place)).collect(),
            }))
        };
        read().ok().flatten().unwrap_or_default()
    }

    /// Whether it holds what a unit with these stamps told.
    pub fn holds(&self, unit: &Unit, stamps: Option<&Stamps>) -> bool {
        let place = self.place(unit);
        place.is_some_and(|place| !place.spends_only && Some(&place.stamps) == stamps)
    }

    /// The units that changed last, of these sources, with their stamps then.
    pub fn newest(&self, sources: &[SourceId]) -> Vec<(Arc<Unit>, Stamps)> {
        let unit = |place: &Place| {
            let source = sources.iter().find(|id| id.0 == &*place.source)?;
            let unit = Unit {
                source: *source,
                root: place.root.clone(),
                path: place.path.clone(),
                rank: place.rank,
                form: place.form,
            };
            Some((Arc::new(unit), place.stamps))
        };
        newest(&self.places).into_iter().filter_map(unit).collect()
    }

    /// Whether only some of what a unit told is at hand, in a glance.
    pub fn is_part(&self, unit: &Unit) -> bool {
        self.place(unit).is_some_and(|place| place.is_part)
    }

    fn place(&self, unit: &Unit) -> Option<&Place> {
        let place = self.places.get(&unit.path)?;
        let revision = sources::source(unit.source)?.card().revision;
        (*place.source == *unit.source.0 && place.revision == revision).then_some(place)
    }

    fn bytes(&self, place: &Place) -> Option<Vec<u8>> {
        self.bytes_at(place.at, place.len, place.check)
    }

    /// Empty where there is none.
    fn state(&self, place: &Place) -> Option<Vec<u8>> {
        let at = place.at.checked_add(place.len as u64)?;
        self.bytes_at(at, place.state_len, place.state_check)
    }

    fn bytes_at(&self, at: u64, len: usize, check: Fixed) -> Option<Vec<u8>> {
        let mut bytes = vec![0; len.min(usize::try_from(LARGEST).ok()?)];
        self.file.as_ref()?.read_exact_at(&mut bytes, at).ok()?;
        (hash(&[&bytes]) == check.0).then_some(bytes)
    }

    /// What a unit told, where it has not changed since.
    pub fn recall(
        &self,
        unit: &Arc<Unit>,
        stamps: Option<&Stamps>,
        spends_will_do: bool,
    ) -> Option<Delta> {
        let place = self.place(unit)?;
        if Some(&place.stamps) != stamps || place.spends_only && !spends_will_do {
            return None;
        }
        self.tell(unit, place)
    }

    /// The sessions that a unit told of, changed or not: when it is read again, those it tells no more are gone. Absent
    /// where the unit is not known.
    pub fn sessions(&self, unit: &Arc<Unit>) -> Option<Vec<Box<str>>> {
        self.tell(unit, self.place(unit)?).map(natives)
    }

    fn tell(&self, unit: &Arc<Unit>, place: &Place) -> Option<Delta> {
        unpack_delta(unit, &self.bytes(place)?)
    }

    /// A unit that grew since it was kept, to be read on. None where it must be read from its start.
    pub fn grown(&self, unit: &Arc<Unit>, now: Option<&Stamps>) -> Option<UnitState> {
        let place = self.place(unit).filter(|place| place.state_len > 0)?;
        let told = self.tell(unit, place)?;
        let state = self.state(place)?;
        UnitState::grown(unit, &told, &state, (place.stamps.0, now?.0))
    }

    /// Writes what is known now: `fresh` words in the place of older ones, and of the rest what `stays`.
    pub fn save(
        &self,
        env: &Env,
        fresh: &Fresh,
        stays: impl Fn(&Path) -> bool,
    ) -> io::Result<Cache> {
        let path = own::made(env, OwnDir::Cache)?.join(FILE);
        let mut new = own::New::at(&path)?;
        new.write_all(&[0; HEAD])?;
        let (mut at, mut places) = (HEAD as u64, HashMap::new());
        let mut parts: HashMap<Arc<Path>, Vec<u8>> = HashMap::new();
        let mut add = |new: &mut own::New, place: Place, bytes: &[u8], state: &[u8]| {
            new.write_all(bytes)?;
            new.write_all(state)?;
            let place = Place {
                at,
                len: bytes.len(),
                check: Fixed(hash(&[bytes])),
                state_len: state.len(),
                state_check: Fixed(hash(&[state])),
                ..place
            };
            at += (bytes.len() + state.len()) as u64;
            if let Some(part) = parts::newest(&place, bytes) {
                parts.insert(place.path.clone(), part);
            }
            places.insert(place.path.clone(), place);
            io::Result::Ok(())
        };
        for (unit, kept) in fresh.values() {
            let place = Place {
                source: unit.source.0.into(),
                root: unit.root.clone(),
                path: unit.path.clone(),
                rank: unit.rank,
                form: unit.form,
                revision: sources::source(unit.source).map_or(0, |s| s.card().revision),
                stamps: kept.stamps,
                spends_only: kept.spends_only,
                at: 0,
                len: 0,
                check: Fixed(0),
                is_part: false,
                state_len: 0,
                state_check: Fixed(0),
            };
            add(&mut new, place, &kept.bytes, &kept.state)?;
        }
        for place in self.places.values() {
            let is_new = fresh.contains_key(&place.path);
            if !is_new
                && stays(&place.path)
                && let Some(bytes) = self.bytes(place)
            {
                let state = self.state(place).unwrap_or_default();
                add(&mut new, place.clone(), &bytes, &state)?;
            }
        }
        let mut glance: Vec<Place> = newest(&places).into_iter().cloned().collect();
        for place in &mut glance {
            if let Some(part) = parts.get(&place.path) {
                new.write_all(part)?;
                *place = Place {
                    at,
                    len: part.len(),
                    check: Fixed(hash(&[part])),
                    is_part: true,
                    state_len: 0,
                    ..place.clone()
                };
                at += part.len() as u64;
            }
        }
        let mut head = vec![magic()];
        for listed in [glance.iter().collect(), places.values().collect::<Vec<_>>()] {
            let mut table = Vec::new();
            listed.len().pack(&mut table);
            listed.iter().for_each(|place| place.pack(&mut table));
            new.write_all(&table)?;
            head.extend([at, table.len() as u64, hash(&[&table])]);
            at += table.len() as u64;
        }
        new.flush()?;
        let head: Vec<u8> = head.into_iter().flat_map(|n| packed(&Fixed(n))).collect();
        new.write_at(0, &head)?;
        Ok(Cache {
            file: Some(new.done()?),
            places,
        })
    }
}

/// What changed last of that of which all is known, in order.
fn newest(places: &HashMap<Arc<Path>, Place>) -> Vec<&Place> {
    let mut known: Vec<&Place> = places.values().filter(|place| !place.spends_only).collect();
    let newest_first = |a: &&Place, b: &&Place| {
        let newer = changed(&b.stamps).cmp(&changed(&a.stamps));
        newer.then_with(|| a.path.cmp(&b.path))
    };
    if known.len() > SCREEN {
        known.select_nth_unstable_by(SCREEN, newest_first);
        known.truncate(SCREEN);
    }
    known.sort_by(newest_first);
    known
}
