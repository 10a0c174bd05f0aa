//! Where letters with accents may stand in a text, found many bytes at a time: most texts have few of them or none.

use wide::u8x16;

const LANES: usize = 16;

/// The first byte of characters in scripts whose letters have accents, and of accents that stand alone.
fn begins(byte: u8) -> bool {
    matches!(byte, FIRST..=LAST | OTHER)
}

const FIRST: u8 = 0xc3;
const LAST: u8 = 0xd3;
const OTHER: u8 = 0xe1;

/// The next byte, from one on, with which such a character may begin.
pub fn next(text: &[u8], from: usize) -> Option<usize> {
    let rest = text.get(from..)?;
    // Most text has no other letters, which is told more quickly.
    if rest.is_ascii() {
        return None;
    }
    let (chunks, last) = rest.as_chunks::<LANES>();
    let [first, most, other] = [FIRST, LAST, OTHER].map(u8x16::splat);
    for (at, chunk) in chunks.iter().enumerate() {
        let bytes = u8x16::new(*chunk);
        let is_within = bytes.max(first).simd_eq(bytes) & bytes.min(most).simd_eq(bytes);
        let found = (is_within | bytes.simd_eq(other)).to_bitmask();
        if found != 0 {
            return Some(from + at * LANES + found.trailing_zeros() as usize);
        }
    }
    let found = last.iter().position(|byte| begins(*byte));
    found.map(|at| from + chunks.len() * LANES + at)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_is_the_first_byte_that_fits(text in prop::collection::vec(any::<u8>(), 0..80), from in 0..90usize) {
            let naive = text.iter().enumerate().skip(from).find(|(_, byte)| begins(**byte));
            prop_assert_eq!(next(&text, from), naive.map(|(at, _)| at));
        }

        #[test]
        fn among_plain_letters_too(text in "[a-z ─é文]{0,60}", from in 0..40usize) {
            let text = text.as_bytes();
            let naive = text.iter().enumerate().skip(from).find(|(_, byte)| begins(**byte));
            prop_assert_eq!(next(text, from), naive.map(|(at, _)| at));
        }
    }
}
