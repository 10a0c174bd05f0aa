//! Letters looked for in other text, with smart case: a capital asks for itself, small letters ask for either.

/// What is looked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Needle {
    /// As typed, folded unless `exact`.
    letters: Box<[char]>,
    /// It has a capital, so case counts.
    exact: bool,
}

/// One small letter for a letter in any case. Letters whose small form is two keep the first, on both sides.
fn fold(c: char) -> char {
    if c.is_ascii() {
        c.to_ascii_lowercase()
    } else {
        c.to_lowercase().next().unwrap_or(c)
    }
}

impl Needle {
    pub fn new(text: &str) -> Needle {
        let exact = text.chars().any(char::is_uppercase);
        Needle::with_case(text, exact)
    }

    /// The same with case counted or not, whatever was typed.
    pub fn with_case(text: &str, exact: bool) -> Needle {
        let letters = text.chars().map(|c| if exact { c } else { fold(c) });
        Needle {
            letters: letters.collect(),
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
        if self.exact { c } else { fold(c) }
    }

    /// The bytes it takes at the start of `text`, when it stands there.
    pub fn at_start(&self, text: &str) -> Option<usize> {
        let mut chars = text.chars();
        let all = self
            .letters
            .iter()
            .all(|letter| chars.next().is_some_and(|c| self.seen(c) == *letter));
        all.then(|| text.len() - chars.as_str().len())
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
        let Some(first) = self.letters.first() else {
            return Some((from, from));
        };
        let mut at = from;
        loop {
            let rest = text.get(at..)?;
            // The skip over what cannot be a start is most of the work of a search.
            let skip = match u8::try_from(*first).ok().filter(u8::is_ascii) {
                Some(byte) if self.exact => memchr::memchr(byte, rest.as_bytes())?,
                Some(byte) => memchr::memchr2(byte, byte.to_ascii_uppercase(), rest.as_bytes())?,
                None => {
                    rest.char_indices()
                        .find(|(_, c)| self.seen(*c) == *first)?
                        .0
                }
            };
            let here = rest.get(skip..)?;
            if let Some(len) = self.at_start(here) {
                return Some((at + skip, at + skip + len));
            }
            at += skip + here.chars().next()?.len_utf8();
        }
    }
}

/// How many letters must be added, dropped, changed or swapped with their neighbour to make one word the other; absent
/// when it is more than `most`, or when a word is too long to be a slip of the fingers.
pub fn distance(a: &[char], b: &[char], most: usize) -> Option<usize> {
    if a.len().abs_diff(b.len()) > most || a.len().max(b.len()) > 64 {
        return None;
    }
    let cell = |row: &[usize], i: usize| row.get(i).copied().unwrap_or(usize::MAX / 2);
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut next = vec![i + 1];
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
        before = std::mem::replace(&mut row, next);
    }
    row.last().copied().filter(|d| *d <= most)
}
