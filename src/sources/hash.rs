//! Names made from bytes.

/// A 64-bit hash that is the same in every run, so it can be stored.
pub fn hash(parts: &[&[u8]]) -> u64 {
    // FNV-1a over length-prefixed parts, then a final mix: short ids must not collide by being cut differently.
    let mut state: u64 = 0xcbf2_9ce4_8422_2325;
    let mut eat = |bytes: &[u8]| {
        let mut mix = |word: u64| {
            state = (state ^ word)
                .wrapping_mul(0x0000_0100_0000_01b3)
                .rotate_left(29);
        };
        let words = bytes.chunks_exact(8);
        let rest = words.remainder();
        for word in words {
            mix(word.try_into().map_or(0, u64::from_le_bytes));
        }
        if !rest.is_empty() {
            mix(rest
                .iter()
                .rev()
                .fold(0, |word, byte| word << 8 | u64::from(*byte)));
        }
    };
    for part in parts {
        eat(&(part.len() as u64).to_le_bytes());
        eat(part);
    }
    state ^= state >> 33;
    state = state.wrapping_mul(0xff51_afd7_ed55_8ccd);
    state ^= state >> 33;
    state = state.wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    state ^ (state >> 33)
}
