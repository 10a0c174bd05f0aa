//! Two neighbouring bytes of a needle, looked for at once: each alone stands in most lines of most texts, both together
//! in few.

use wide::u8x16;

/// So many places are looked at together.
const LANES: usize = 16;

/// What takes a letter to its small form; no other byte of a needle is changed.
const SMALL: u8 = 0x20;

/// Two bytes as they are compared.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Pair {
    bytes: [u8; 2],
    /// What is laid over a byte of the text before it is compared.
    masks: [u8; 2],
}

impl Pair {
    /// Both letters of ASCII; case counts where it is `exact`.
    pub fn new(bytes: [u8; 2], exact: bool) -> Pair {
        let mask = |byte: u8| match byte.is_ascii_alphabetic() && !exact {
            true => SMALL,
            false => 0,
        };
        let masks = bytes.map(mask);
        let [first, second] = bytes;
        let [of_first, of_second] = masks;
        Pair {
            bytes: [first | of_first, second | of_second],
            masks,
        }
    }

    /// Where they may stand first. What is no ASCII may be the second of them in another form, so it is no proof against
    /// it. Of the first there is no other form here: where letters may have accents, whoever asks looks at each.
    pub fn find(&self, text: &[u8]) -> Option<usize> {
        let [first, second] = self.bytes.map(u8x16::splat);
        let [of_first, of_second] = self.masks.map(u8x16::splat);
        let behind = text.get(1..)?;
        let high = u8x16::splat(0x80);
        let these = text.as_chunks::<LANES>().0;
        let those = behind.as_chunks::<LANES>().0;
        let mut at = 0;
        for (these, those) in these.iter().zip(those) {
            let (these, those) = (u8x16::new(*these), u8x16::new(*those));
            let is_first = (these | of_first).simd_eq(first);
            let is_second = (those | of_second).simd_eq(second) | (those & high);
            let both = (is_first & is_second).to_bitmask();
            if both != 0 {
                return Some(at + both.trailing_zeros() as usize);
            }
            at += LANES;
        }
        let rest = text.get(at..)?;
        let found = rest.windows(2).position(|two| match two {
            [a, b] => self.may_be(*a, *b),
            _ => false,
        });
        found.map(|found| at + found)
    }

    fn may_be(&self, a: u8, b: u8) -> bool {
        let ([first, second], [of_first, of_second]) = (self.bytes, self.masks);
        a | of_first == first && (b | of_second == second || !b.is_ascii())
    }
}
