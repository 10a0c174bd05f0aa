//! Where the strings of a text end, found 64 bytes at a time: a look at every byte in turn would cost as much as all
//! else that is done with a log.

use wide::u8x16;

use super::escapes::says;

/// As many bytes as a mask has bits.
const BLOCK: usize = 64;

/// How a string ended.
pub struct End {
    /// Where its closing quote stands.
    pub at: usize,
    pub has_escapes: bool,
    /// Some escapes are `\u`, and not looked at here.
    pub has_units: bool,
}

/// The quotes and escapes of a text. Asked from its start to its end, never back.
pub struct Strings<'t> {
    bytes: &'t [u8],
    /// Where the block begins that the masks are of; a bit is a byte, the lowest the first.
    block: usize,
    /// Quotes that end a string, if one is open.
    quotes: u64,
    /// What may not stand in a string as it is.
    controls: u64,
    /// Bytes that follow a backslash which itself is not escaped.
    escaped: u64,
    units: u64,
    /// Some escape stands for nothing.
    is_broken: bool,
    /// 1 if the first byte of the next block is escaped.
    carry: u64,
}

impl<'t> Strings<'t> {
    pub fn of(bytes: &'t [u8]) -> Strings<'t> {
        let mut strings = Strings {
            bytes,
            block: 0,
            quotes: 0,
            controls: 0,
            escaped: 0,
            units: 0,
            is_broken: false,
            carry: 0,
        };
        strings.load(0);
        strings
    }

    /// The end of the string whose first byte behind the quote is at `from`; none if it does not end or holds what a
    /// string may not.
    pub fn end(&mut self, from: usize) -> Option<End> {
        let mut at = from;
        let (mut escaped, mut units) = (0, 0);
        loop {
            while self.block + BLOCK <= at {
                self.load(self.block + BLOCK);
            }
            if at >= self.bytes.len() {
                return None;
            }
            let rest = u64::MAX << (at - self.block);
            let stops = (self.quotes | self.controls) & rest;
            // All bits below the lowest stop; all there are without one.
            let inside = rest & (stops & stops.wrapping_neg()).wrapping_sub(1);
            escaped |= self.escaped & inside;
            units |= self.units & inside;
            if stops == 0 {
                at = self.block + BLOCK;
                continue;
            }
            let stop = stops.trailing_zeros();
            if self.is_broken || self.controls >> stop & 1 == 1 {
                return None;
            }
            return Some(End {
                at: self.block + stop as usize,
                has_escapes: escaped != 0,
                has_units: units != 0,
            });
        }
    }

    fn load(&mut self, block: usize) {
        self.block = block;
        let rest = self.bytes.get(block..).unwrap_or_default();
        let short;
        let bytes = match rest.first_chunk() {
            Some(bytes) => bytes,
            None => {
                short = padded(rest);
                &short
            }
        };
        let (quotes, slashes, controls) = masks(bytes);
        self.controls = controls;
        self.escaped = self.escaped_by(slashes);
        self.quotes = quotes & !self.escaped;
        self.units = 0;
        let mut left = self.escaped;
        while left != 0 {
            let bit = left.trailing_zeros();
            left &= left - 1;
            let byte = bytes.get(bit as usize).copied().unwrap_or(0);
            if says(byte) == 0 {
                self.is_broken |= byte != b'u';
                self.units |= u64::from(byte == b'u') << bit;
            }
        }
    }

    /// Which bytes are escaped by these backslashes: those behind the first, third, fifth of a run of them. Adding a
    /// run's first bit to the run carries out of its end, and where that lands says whether its length is odd.
    fn escaped_by(&mut self, slashes: u64) -> u64 {
        const EVEN: u64 = 0x5555_5555_5555_5555;
        if slashes == 0 {
            return std::mem::take(&mut self.carry);
        }
        let slashes = slashes & !self.carry;
        let follows = slashes << 1 | self.carry;
        let odd_starts = slashes & !EVEN & !follows;
        let (runs, overflows) = odd_starts.overflowing_add(slashes);
        self.carry = u64::from(overflows);
        (EVEN ^ runs << 1) & follows
    }
}

/// The last bytes of a text with spaces behind them.
fn padded(rest: &[u8]) -> [u8; BLOCK] {
    let mut padded = [b' '; BLOCK];
    padded
        .iter_mut()
        .zip(rest)
        .for_each(|(to, from)| *to = *from);
    padded
}

/// The quotes, the backslashes and the control characters of a block.
fn masks(bytes: &[u8; BLOCK]) -> (u64, u64, u64) {
    let (quote, slash) = (u8x16::splat(b'"'), u8x16::splat(b'\\'));
    let last_control = u8x16::splat(0x1f);
    let (mut quotes, mut slashes) = (0, 0);
    let mut any_controls = u8x16::ZERO;
    let (parts, _) = bytes.as_chunks::<16>();
    for (i, part) in parts.iter().enumerate() {
        let part = u8x16::from(*part);
        let bits = |found: u8x16| u64::from(found.to_bitmask()) << (i * 16);
        quotes |= bits(part.simd_eq(quote));
        slashes |= bits(part.simd_eq(slash));
        any_controls |= part.min(last_control).simd_eq(part);
    }
    // Where they stand is rarely asked: a log has its records on lines, and no tabs between their values.
    let mut controls = 0;
    if any_controls.to_bitmask() != 0 {
        for (i, byte) in bytes.iter().enumerate() {
            controls |= u64::from(*byte < 0x20) << i;
        }
    }
    (quotes, slashes, controls)
}
