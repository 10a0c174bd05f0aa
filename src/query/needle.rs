//! Letters looked for in other text, with smart case: a capital asks for itself, small letters ask for either. Accents
//! are alike: one that is typed asks for itself, letters without ask for any.

mod rough;

use unicode_normalization::char::decompose_canonical;

use super::accents;
use super::pair::Pair;

/// Longer words are no slips of the fingers.
const LONGEST: usize = 64;
/// So many first letters are weighed to find the one that a search skips by.
const WEIGHED: usize = 12;
/// What prose and code are mostly made of, the commonest first.
const COMMON: &[u8] = b" etaoinsrldcupmhfg.,_-/:bv0y1w2x\"'";

/// What is looked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Needle {
    /// As typed, folded unless `exact`.
    letters: Box<[char]>,
    /// It has a capital, so case counts.
    exact: bool,
    /// It has an accent, so accents count.
    marked: bool,
    /// The letter of ASCII that a search skips by, and its place; absent when none will do.
    rare: Option<(usize, u8)>,
    /// That letter and a neighbour, with the place of the first of them; absent when it has none of ASCII.
    pair: Option<(usize, Pair)>,
}

/// Which letter is rarest in other text, so that a search meets it least. Letters before it must take one byte in all
/// text that they could stand for, or its place would not tell where the needle starts.
fn rarest(letters: &[char], exact: bool, marked: bool) -> Option<(usize, u8)> {
    let mut best: Option<(usize, u8, usize)> = None;
    for (at, letter) in letters.iter().take(WEIGHED).enumerate() {
        let Some(byte) = u8::try_from(*letter).ok().filter(u8::is_ascii) else {
            break;
        };
        // A letter outside ASCII folds to this. Where accents do not count, whoever searches looks at those letters too.
        let is_other = !exact && byte == b'i';
        if is_other && marked {
            break;
        }
        let place = COMMON.iter().position(|c| *c == byte.to_ascii_lowercase());
        let weight = place.unwrap_or(COMMON.len());
        if best.is_none_or(|(_, _, most)| weight > most) {
            best = Some((at, byte, weight));
        }
        if is_other {
            break;
        }
    }
    best.map(|(at, byte, _)| (at, byte))
}

/// The rarest letter and the next one, or the one before it at the end.
fn paired(letters: &[char], exact: bool, at: usize, byte: u8) -> Option<(usize, Pair)> {
    let ascii = |at: usize| u8::try_from(*letters.get(at)?).ok().filter(u8::is_ascii);
    match ascii(at + 1) {
        Some(next) => Some((at, Pair::new([byte, next], exact))),
        None => {
            let before = at.checked_sub(1)?;
            Some((before, Pair::new([ascii(before)?, byte], exact)))
        }
    }
}

/// One small letter for a letter in any case. Letters whose small form is two keep the first, on both sides. The signs of
/// kelvin and ångström are no letters to anybody who types one.
fn fold(c: char) -> char {
    match c {
        _ if c.is_ascii() => c.to_ascii_lowercase(),
        '\u{212a}' | '\u{212b}' => c,
        _ if has_no_case(c) => c,
        _ => c.to_lowercase().next().unwrap_or(c),
    }
}

/// Whether it surely has no other form: most of what is no ASCII is punctuation, lines, signs, or Chinese and its
/// neighbours. The library looks for each in a long table.
fn has_no_case(c: char) -> bool {
    matches!(c, '\u{2010}'..='\u{2125}' | '\u{2190}'..='\u{24b5}' | '\u{24ea}'..='\u{2bff}' | '\u{2e80}'..='\u{a63f}' | '\u{ac00}'..='\u{d7ff}')
}

/// Whether it only changes the letter before it.
fn is_mark(c: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&c)
}

/// Letters of scripts in which accents are marks on a letter; in others what looks like one makes another letter.
fn may_have_mark(c: char) -> bool {
    matches!(c, '\u{c0}'..='\u{24f}' | '\u{370}'..='\u{4ff}' | '\u{1e00}'..='\u{1fff}')
}

/// A letter without its accents.
fn base(c: char) -> char {
    if !may_have_mark(c) {
        return c;
    }
    let mut first = None;
    decompose_canonical(c, |part| {
        first.get_or_insert(part);
    });
    first.unwrap_or(c)
}

/// A letter as it is compared most loosely: small and without accents. A mark alone is none.
pub fn bare(c: char) -> Option<char> {
    (!is_mark(c)).then(|| base(fold(c)))
}

impl Needle {
    pub fn new(text: &str) -> Needle {
        let exact = text.chars().any(char::is_uppercase);
        Needle::with_case(text, exact)
    }

    /// The same with case counted or not, whatever was typed.
    pub fn with_case(text: &str, exact: bool) -> Needle {
        let letters = text.chars().map(|c| if exact { c } else { fold(c) });
        let letters: Box<[char]> = letters.collect();
        let marked = letters.iter().any(|c| is_mark(*c) || base(*c) != *c);
        let rare = rarest(&letters, exact, marked);
        Needle {
            pair: rare.and_then(|(at, byte)| paired(&letters, exact, at, byte)),
            rare,
            marked,
            letters,
            exact,
        }
    }

    pub fn letters(&self) -> &[char] {
        &self.letters
    }

    pub fn is_exact(&self) -> bool {
        self.exact
    }

    /// A letter of other text as it is compared.
    pub fn seen(&self, c: char) -> char {
        let c = if self.exact { c } else { fold(c) };
        if self.marked { c } else { base(c) }
    }

    /// The bytes it takes at the start of `text`, when it stands there.
    pub fn at_start(&self, text: &str) -> Option<usize> {
        let bytes = text.as_bytes();
        // Most text is ASCII, of which every byte is a letter.
        for (at, letter) in self.letters.iter().enumerate() {
            let byte = *bytes.get(at)?;
            if !byte.is_ascii() {
                return self.letters_at_start(text);
            }
            let byte = if self.exact {
                byte
            } else {
                byte.to_ascii_lowercase()
            };
            if char::from(byte) != *letter {
                return None;
            }
        }
        // A mark may belong to the last letter.
        match bytes.get(self.letters.len()) {
            Some(byte) if !byte.is_ascii() => self.letters_at_start(text),
            _ => Some(self.letters.len()),
        }
    }

    fn letters_at_start(&self, text: &str) -> Option<usize> {
        let mut chars = text.chars();
        for letter in &self.letters {
            let c = chars.next()?;
            if self.seen(c) != *letter {
                return None;
            }
            while !self.marked && chars.clone().next().is_some_and(is_mark) {
                chars.next();
            }
        }
        Some(text.len() - chars.as_str().len())
    }

    /// Whether `text` is this and nothing else.
    pub fn is(&self, text: &str) -> bool {
        self.at_start(text) == Some(text.len())
    }

    pub fn is_in(&self, text: &str) -> bool {
        self.find(text, 0).is_some()
    }

    /// Where it stands first at or after byte `from`: start and end.
    pub fn find(&self, text: &str, from: usize) -> Option<(usize, usize)> {
        let plain = self.skip_to(text, from);
        if self.marked || self.rare.is_none() {
            return plain;
        }
        // What it skips by is none of the letters with an accent, so where one of those is, every start is looked at from
        // which it could be reached.
        let end = plain.map_or(text.len(), |(start, _)| start);
        let (before, reach) = (text.as_bytes().get(..end)?, 4 * self.letters.len());
        let mut looked_at = from;
        while let Some(accent) = accents::next(before, looked_at) {
            let starts = accent.saturating_sub(reach).max(looked_at)..accent + 1;
            looked_at = accent + 1;
            for at in starts {
                if let Some(len) = text.get(at..).and_then(|rest| self.at_start(rest)) {
                    return Some((at, at + len));
                }
            }
        }
        plain
    }

    fn skip_to(&self, text: &str, from: usize) -> Option<(usize, usize)> {
        let Some(first) = self.letters.first() else {
            return Some((from, from));
        };
        let mut at = from;
        loop {
            let rest = text.get(at..)?;
            // The skip over what cannot be a start is most of the work of a search.
            let skip = match (self.pair, self.rare) {
                (Some((before, pair)), _) => pair.find(rest.as_bytes().get(before..)?)?,
                (None, Some((before, byte))) => {
                    let bytes = rest.as_bytes().get(before..)?;
                    if self.exact {
                        memchr::memchr(byte, bytes)?
                    } else {
                        memchr::memchr2(byte, byte.to_ascii_uppercase(), bytes)?
                    }
                }
                (None, None) => {
                    rest.char_indices()
                        .find(|(_, c)| self.seen(*c) == *first)?
                        .0
                }
            };
            // Where other letters stand before the rare ones, it may lie inside a character.
            if let Some(len) = rest.get(skip..).and_then(|here| self.at_start(here)) {
                return Some((at + skip, at + skip + len));
            }
            at += skip + 1;
            while !text.is_char_boundary(at) {
                at += 1;
            }
        }
    }
}

/// How many letters must be added, dropped, changed or swapped with their neighbour to make one word the other; absent
/// when it is more than `most`, or when a word is too long to be a slip of the fingers.
pub fn distance(a: &[char], b: &[char], most: usize) -> Option<usize> {
    if a.len().abs_diff(b.len()) > most || a.len().max(b.len()) > LONGEST {
        return None;
    }
    // Each letter that only one of them has takes a step of its own, and most words differ in more than a few.
    let (these, those) = (letters_of(a), letters_of(b));
    if (these & !those)
        .count_ones()
        .max((those & !these).count_ones()) as usize
        > most
    {
        return None;
    }
    let cell = |row: &[usize], i: usize| row.get(i).copied().unwrap_or(usize::MAX / 2);
    let mut before: Vec<usize> = Vec::with_capacity(b.len() + 1);
    let mut row: Vec<usize> = (0..=b.len()).collect();
    let mut next: Vec<usize> = Vec::with_capacity(b.len() + 1);
    for (i, x) in a.iter().enumerate() {
        next.clear();
        next.push(i + 1);
        for (j, y) in b.iter().enumerate() {
            let mut least = (cell(&row, j) + usize::from(x != y))
                .min(cell(&row, j + 1) + 1)
                .min(cell(&next, j) + 1);
            let swapped = i > 0 && j > 0 && a.get(i - 1) == Some(y) && b.get(j - 1) == Some(x);
            if swapped {
                least = least.min(cell(&before, j - 1) + 1);
            }
            next.push(least);
        }
        std::mem::swap(&mut before, &mut row);
        std::mem::swap(&mut row, &mut next);
    }
    row.last().copied().filter(|d| *d <= most)
}

/// The letters of a word as a set. Two letters may share a place in it, so it can only miss a difference.
fn letters_of(word: &[char]) -> u64 {
    word.iter().fold(0, |set, c| set | 1 << (*c as u32 % 64))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn distance_of(a: &str, b: &str, most: usize) -> Option<usize> {
        let letters = |text: &str| text.chars().collect::<Vec<_>>();
        distance(&letters(a), &letters(b), most)
    }

    #[test]
    fn what_has_no_case_is_its_own_small_form() {
        for c in ('\0'..=char::MAX).filter(|c| has_no_case(*c)) {
            assert!(c.to_lowercase().eq([c]), "{c:?}");
        }
    }

    #[test]
    fn accents_count_where_one_is_typed() {
        let found = |needle: &str, text: &str| {
            let found = Needle::new(needle).find(text, 0);
            found.map(|(start, end)| text[start..end].to_owned())
        };
        assert_eq!(found("cafe", "un Café noir").as_deref(), Some("Café"));
        assert_eq!(
            found("cafe", "un Cafe\u{301} noir").as_deref(),
            Some("Cafe\u{301}")
        );
        assert_eq!(found("Cafe", "un café, un Café").as_deref(), Some("Café"));
        assert_eq!(found("café", "cafe café").as_deref(), Some("café"));
        assert_eq!(
            found("ubergabe", "Die Übergabe").as_deref(),
            Some("Übergabe")
        );
        assert_eq!(found("и", "мой").as_deref(), Some("й"));
        // In kana the mark makes another letter.
        assert_eq!(found("か", "がか").as_deref(), Some("か"));
    }

    #[test]
    fn slips_are_counted() {
        assert_eq!(distance_of("tets", "test", 1), Some(1));
        assert_eq!(distance_of("refcator", "refactor", 2), Some(1));
        assert_eq!(distance_of("parser", "parse", 1), Some(1));
        assert_eq!(distance_of("parser", "passed", 2), Some(2));
        assert_eq!(distance_of("parser", "passed", 1), None);
        assert_eq!(distance_of("abc", "xyz", 2), None);
    }

    proptest! {
        #[test]
        fn it_is_found_wherever_it_stands(
            needle in "[a-eikqxzä_ ]{1,6}",
            before in "[a-ekqxzäEKQİ\u{212a}\u{212b} ]{0,20}",
            after in "[a-ekqxzäEKQİ\u{212a}\u{212b} ]{0,20}",
        ) {
            let text = format!("{before}{}{after}", needle.to_uppercase());
            let naive = |from: usize| {
                let letters: Vec<char> = needle.chars().collect();
                let marked = letters.contains(&'ä');
                let small = |c| if marked { fold(c) } else { base(fold(c)) };
                let seen: Vec<(usize, char)> = text.char_indices().map(|(i, c)| (i, small(c))).collect();
                seen.windows(letters.len())
                    .find(|w| w[0].0 >= from && w.iter().map(|(_, c)| *c).eq(letters.iter().copied()))
                    .map(|w| w[0].0)
            };
            let found = Needle::new(&needle).find(&text, 0).map(|(at, _)| at);
            prop_assert!(found.is_some());
            prop_assert_eq!(found, naive(0));
        }
    }
}
