//! Whether a needle may stand in some bytes, told without reading the texts in them.

use super::super::accents;
use super::Needle;

/// In a text with so many bytes in a row that are no ASCII, every letter may be one with an accent.
const RUN: usize = 64;

impl Needle {
    /// Whether it may stand in a text somewhere in these bytes, which hold other things between texts. That it does not
    /// is told many times faster than by looking at each text.
    pub fn may_be_in(&self, bytes: &[u8]) -> bool {
        let Some((before, pair)) = self.pair.filter(|_| !self.marked) else {
            return true;
        };
        let mut at = 0;
        while let Some(skip) = bytes.get(at + before..).and_then(|rest| pair.find(rest)) {
            let start = at + skip;
            if bytes
                .get(start..)
                .is_some_and(|rest| self.may_go_on(0, rest))
            {
                return true;
            }
            at = start + 1;
        }
        let mut at = 0;
        while let Some(accent) = accents::next(bytes, at) {
            let (front, behind) = bytes.split_at_checked(accent).unwrap_or_default();
            let run = behind.iter().take(RUN).take_while(|byte| !byte.is_ascii());
            let len = run.count();
            if len == RUN {
                return true;
            }
            let behind = behind.get(len..).unwrap_or_default();
            // It may be one of the letters, or belong to the one before it.
            let may_be = |n: usize| {
                self.may_end(n, front)
                    && (self.may_go_on(n, behind) || self.may_go_on(n + 1, behind))
            };
            if (0..=self.letters.len()).any(may_be) {
                return true;
            }
            at = accent + 1;
        }
        false
    }

    /// Whether its letters from the `n`th on may stand at the start of bytes. What is no ASCII may be any of them.
    fn may_go_on(&self, n: usize, bytes: &[u8]) -> bool {
        let letters = self.letters.get(n..).unwrap_or_default();
        for (at, letter) in letters.iter().enumerate() {
            match bytes.get(at) {
                Some(byte) if !byte.is_ascii() => return true,
                Some(byte) if self.seen(char::from(*byte)) == *letter => {}
                _ => return false,
            }
        }
        true
    }

    /// Whether its first `n` letters may stand at the end of bytes.
    fn may_end(&self, n: usize, bytes: &[u8]) -> bool {
        let letters = self.letters.get(..n).unwrap_or_default();
        let mut bytes = bytes.iter().rev();
        for letter in letters.iter().rev() {
            match bytes.next() {
                Some(byte) if !byte.is_ascii() => return true,
                Some(byte) if self.seen(char::from(*byte)) == *letter => {}
                _ => return false,
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn bytes_that_have_it_not_are_told() {
        let needle = Needle::new("wrapper");
        let bytes = "wrap the mapper — wrappe, \u{7}wrapped, été".as_bytes();
        assert!(!needle.may_be_in(bytes));
        assert!(needle.may_be_in(&[bytes, "Wräpper".as_bytes()].concat()));
        // Long runs are not gone through for each of their letters.
        assert!(needle.may_be_in("é".repeat(1 << 20).as_bytes()));
    }

    proptest! {
        #[test]
        fn bytes_around_a_text_hide_nothing(
            needle in "[a-eiAxzäK日_ ]{1,6}",
            before in "[a-eixzäéÉEKQİ日\u{301}\u{212a} ]{0,20}",
            marks in prop::collection::vec(prop::option::of("[\u{301}\u{308}]{1,2}"), 6),
            front in prop::collection::vec(any::<u8>(), 0..40),
            behind in prop::collection::vec(any::<u8>(), 0..40),
        ) {
            let marked = needle.chars().zip(marks.iter());
            let marked: String = marked.map(|(c, mark)| format!("{c}{}", mark.as_deref().unwrap_or_default())).collect();
            let accented = needle.replace('e', "é").replace('a', "Ä");
            for text in [format!("{before}{needle}"), format!("{before}{marked}"), format!("{before}{accented}"), before] {
                let bytes = [&front, text.as_bytes(), &behind].concat();
                for needle in [Needle::new(&needle), Needle::with_case(&needle, false)] {
                    prop_assert!(!needle.is_in(&text) || needle.may_be_in(&bytes), "{needle:?} in {text}");
                }
            }
        }
    }
}
