//! What a scan notes of a text.

/// A value: where it stands in the text, and how many nodes it makes with all that is in it. Of an object, keys and
/// values follow in turn, and a key's size is that of both; of an array, its items.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Node {
    pub start: u32,
    pub end: u32,
    pub size: u32,
    pub sign: Sign,
}

/// What kind of value it is, and of most strings what tells them apart, in one word: fields are looked for more often
/// than anything else is done.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Sign(u32);

impl Sign {
    const PLAIN: u32 = 1 << 31;

    /// Of a string that stands for itself: its length, its first and its last byte.
    #[inline]
    pub fn plain(text: &[u8]) -> Sign {
        let end = |byte: Option<&u8>| byte.map_or(0, |byte| u32::from(*byte));
        let len = text.len().min(0x7fff) as u32;
        Sign(Sign::PLAIN | len << 16 | end(text.first()) << 8 | end(text.last()))
    }

    pub fn of(shape: Shape) -> Sign {
        Sign(shape as u32)
    }

    /// Whether a key of this sign may be the one of that: what an escaped one says is not known.
    pub fn may_be(self, other: Sign) -> bool {
        self == other || self == Sign::of(Shape::Escaped)
    }

    pub fn is(self, shape: Shape) -> bool {
        match shape {
            Shape::Plain => self.0 & Sign::PLAIN != 0,
            other => self == Sign::of(other),
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shape {
    Object,
    Array,
    /// A string that stands for itself.
    Plain,
    /// A string with escapes.
    Escaped,
    /// A number, `true`, `false` or `null`.
    Bare,
}
