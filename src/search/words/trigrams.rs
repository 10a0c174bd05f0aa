//! Which three letters in a row a text has, as a set of bits in which many different threes share a place. A text that
//! lacks one of a needle's threes cannot hold the needle; one that has them all may.

use wide::u8x16;

use crate::query::bare;

/// So many places there are at most. Tables with fewer have a power of two of them.
pub const MOST: usize = 1 << 15;
/// A column with more of its places taken than these, of a hundred, says little about what is asked next.
const FULL: usize = 37;
/// After so many bytes it is counted how many places are taken …
const STEP: usize = 8 << 10;
/// … and so many bytes before a cut are taken in again behind it: more than any needle has.
const OVERLAP: usize = 1 << 10;

/// So many threes are taken at once.
const EIGHT: usize = 8;

/// Where three bytes have their place, given with one more as a number, the first of them lowest. The one more falls out
/// of it at the top.
fn place(four: u32) -> usize {
    (four.wrapping_mul(0x9e37_79b1 << 8) >> (u32::BITS - MOST.ilog2())) as usize
}

/// The place in a table of fewer places: neighbours share one.
pub fn place_among(place: usize, rows: usize) -> usize {
    place / (MOST / rows)
}

/// The same of three bytes.
fn place_of(three: &[u8]) -> Option<usize> {
    let [a, b, c] = <[u8; 3]>::try_from(three).ok()?;
    Some(place(u32::from_le_bytes([a, b, c, 0])))
}

/// The places of a needle, each once. None where it is too short to tell anything.
pub fn places(needle: &[char]) -> Option<Vec<usize>> {
    let mut bytes = Vec::new();
    fold_chars(needle.iter().copied(), &mut bytes);
    let mut places: Vec<usize> = bytes.windows(3).filter_map(place_of).collect();
    places.sort_unstable();
    places.dedup();
    (!places.is_empty()).then_some(places)
}

/// Letters as they are compared most loosely: small, and without accents.
fn fold_chars(chars: impl Iterator<Item = char>, out: &mut Vec<u8>) {
    for c in chars {
        if c.is_ascii() {
            out.push(c.to_ascii_lowercase() as u8);
        } else if let Some(c) = bare(c) {
            out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
        }
    }
}

/// The same of a text, most of which may be ASCII.
fn fold_text(text: &str, out: &mut Vec<u8>) {
    let mut rest = text;
    while !rest.is_empty() {
        let before = out.len();
        fold_ascii(rest.as_bytes(), out);
        let (_, others) = rest
            .split_at_checked(out.len() - before)
            .unwrap_or_default();
        let strange = others.bytes().take_while(|byte| !byte.is_ascii()).count();
        let (strange, others) = others.split_at_checked(strange).unwrap_or_default();
        fold_chars(strange.chars(), out);
        rest = others;
    }
}

/// The same of the ASCII that bytes begin with, most of it many at a time.
fn fold_ascii(bytes: &[u8], out: &mut Vec<u8>) {
    let (first, last) = (u8x16::splat(b'A'), u8x16::splat(b'Z'));
    let to_small = u8x16::splat(b'a' - b'A');
    let (steps, rest) = bytes.as_chunks::<16>();
    for step in steps {
        let letters = u8x16::from(*step);
        // The highest bit of a byte tells that it is none of ASCII.
        if letters.to_bitmask() != 0 {
            return push_small(step, out);
        }
        let is_capital = letters.max(first).min(last).simd_eq(letters);
        out.extend_from_slice(&(letters | (is_capital & to_small)).to_array());
    }
    push_small(rest, out);
}

fn push_small(bytes: &[u8], out: &mut Vec<u8>) {
    for byte in bytes {
        if !byte.is_ascii() {
            return;
        }
        out.push(byte.to_ascii_lowercase());
    }
}

/// The set of one stretch of text.
#[derive(Clone)]
pub struct Column(Box<[u64]>);

impl Column {
    pub fn words(&self) -> &[u64] {
        &self.0
    }
}

/// Columns of one session, the last of them open. They have `ROWS` places.
pub struct Columns<const ROWS: usize> {
    closed: Vec<Column>,
    /// A byte for each place: setting one needs no look at its neighbours, which is most of the work.
    open: Box<[u8; ROWS]>,
    folded: Vec<u8>,
    since: usize,
    is_empty: bool,
}

impl<const ROWS: usize> Default for Columns<ROWS> {
    fn default() -> Columns<ROWS> {
        Columns {
            closed: Vec::new(),
            open: Box::new([0; ROWS]),
            folded: Vec::new(),
            since: 0,
            is_empty: true,
        }
    }
}

/// Eight bytes that are 0 or 1 as eight bits, the first one lowest.
fn bits_of(eight: [u8; 8]) -> u64 {
    u64::from_le_bytes(eight).wrapping_mul(0x0102_0408_1020_4080) >> 56
}

impl<const ROWS: usize> Columns<ROWS> {
    /// Takes in a text. Gives the first and the last column that hold it.
    pub fn add(&mut self, text: &str) -> (usize, usize) {
        self.folded.clear();
        self.folded.reserve(text.len());
        fold_text(text, &mut self.folded);
        self.is_empty = false;
        let first = self.closed.len();
        let folded = std::mem::take(&mut self.folded);
        let (mut from, mut before) = (0, 0);
        while from < folded.len() {
            let to = (from + STEP).min(folded.len());
            let start = from.saturating_sub(before);
            self.mark(folded.get(start..to).unwrap_or_default());
            self.since += to - from;
            (from, before) = (to, 2);
            // The next text may begin a column; this one goes on in another only where it is long.
            if from < folded.len() && self.renew() {
                before = OVERLAP;
            }
        }
        self.folded = folded;
        (first, self.closed.len())
    }

    fn mark(&mut self, bytes: &[u8]) {
        let mut mark = |place| {
            if let Some(taken) = self.open.get_mut::<usize>(place_among(place, ROWS)) {
                *taken = 1;
            }
        };
        // Four bytes are read as fast as one, and none waits for those before it. Eight times four, so that counting them
        // is no work.
        let steps = bytes.len().saturating_sub(3) / EIGHT * EIGHT;
        for some in bytes.windows(EIGHT + 3).step_by(EIGHT) {
            if let Some(some) = some.first_chunk::<{ EIGHT + 3 }>() {
                for at in 0..EIGHT {
                    let four = some.get(at..at + 4).and_then(|four| four.try_into().ok());
                    mark(place(four.map_or(0, u32::from_le_bytes)));
                }
            }
        }
        let rest = bytes.get(steps..).unwrap_or_default();
        rest.windows(3).filter_map(place_of).for_each(mark);
    }

    /// Opens a new column where the last one is full. Gives whether it did.
    pub fn renew(&mut self) -> bool {
        // Counting costs, and few bytes make no difference.
        if self.since < STEP {
            return false;
        }
        self.since = 0;
        let is_full = self.taken() as usize > ROWS * FULL / 100;
        if is_full {
            self.close();
            self.open.fill(0);
        }
        is_full
    }

    /// How many places are taken.
    fn taken(&self) -> u32 {
        // Few enough at a time that what is counted of them fits into bytes, which are added many at once.
        let parts = self.open.as_chunks::<{ 16 * 128 }>().0.iter();
        let counts = parts.map(|part| {
            let lanes = part.as_chunks::<16>().0.iter();
            let lanes = lanes.fold(u8x16::ZERO, |sum, lane| sum + u8x16::from(*lane));
            lanes.to_array().map(u32::from).iter().sum::<u32>()
        });
        counts.sum()
    }

    fn close(&mut self) {
        let words = self.open.as_chunks::<8>().0.as_chunks::<8>().0.iter();
        let words = words.map(|eights| {
            let bits = eights.iter().rev();
            bits.fold(0, |word, eight| word << 8 | bits_of(*eight))
        });
        self.closed.push(Column(words.collect()));
    }

    /// All of them, the last one closed. None where nothing was added.
    pub fn done(mut self) -> Vec<Column> {
        if !self.is_empty {
            self.close();
        }
        self.closed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::Needle;
    use proptest::prelude::*;

    const ROWS: usize = MOST / 2;

    fn may_hold(columns: &[Column], needle: &Needle) -> bool {
        let Some(places) = places(needle.letters()) else {
            return true;
        };
        columns.iter().any(|column| {
            let mut places = places.iter().map(|place| place_among(*place, ROWS));
            places.all(|place| column.words()[place / 64] >> (place % 64) & 1 == 1)
        })
    }

    proptest! {
        /// Whatever stands in a text is not ruled out, however it was typed.
        #[test]
        fn nothing_is_missed(
            before in "[a-zA-ZäÄéÉß日本İıKk\u{212a}\u{301} ]{0,40}",
            needle in "[a-zA-ZäÄéß日本İk ]{1,8}",
            after in "\\PC{0,20}",
        ) {
            let text = format!("{before}{needle}{after}");
            let mut columns = Columns::<ROWS>::default();
            columns.add(&text);
            let columns = columns.done();
            prop_assert!(may_hold(&columns, &Needle::new(&needle)));
            let small = needle.to_lowercase();
            if Needle::new(&small).is_in(&text) {
                prop_assert!(may_hold(&columns, &Needle::new(&small)));
            }
        }
    }

    #[test]
    fn a_long_text_takes_several_columns_and_what_lies_between_them_is_in_one() {
        // Every three letters are others.
        let mut state = 1u32;
        let mut letters = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            char::from(b'!' + (state >> 25) as u8 % 90)
        };
        let text: String = (0..400_000).map(|_| letters()).collect();
        let mut columns = Columns::<ROWS>::default();
        let (first, last) = columns.add(&text);
        assert!(first == 0 && last > 3);
        let columns = columns.done();
        for at in (0..text.len() - 256).step_by(101) {
            assert!(may_hold(
                &columns,
                &Needle::with_case(&text[at..at + 256], true)
            ));
        }
        assert!(!may_hold(
            &columns,
            &Needle::new("what nobody ever said in these words")
        ));
    }
}
