//! What a conversation holds, in a few numbers: for questions whose answer stands in no row, so that it is worked out
//! once for each conversation and not for each question.

/// Made of a whole conversation by `evidence`.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Gist {
    /// Files that were read or written, each counted once.
    pub files: u32,
    /// Milliseconds at work: the time from each message to the next, where that is less than five minutes. Absent where
    /// no message has a time.
    pub active: Option<u64>,
    pub holds: Holds,
}

/// Kinds of things that a conversation can hold.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Holding {
    /// The model thought, shown or not.
    Thinking,
    Image,
    /// A file was changed by an edit.
    Diff,
    /// A tool failed, or a request did.
    Error,
    /// A to-do list or a plan.
    Todo,
    /// What came before was summed up to make room.
    Compaction,
}

impl Holding {
    pub const ALL: [Holding; 6] = [
        Holding::Thinking,
        Holding::Image,
        Holding::Diff,
        Holding::Error,
        Holding::Todo,
        Holding::Compaction,
    ];

    /// As it is written behind `has:`.
    pub fn word(self) -> &'static str {
        match self {
            Holding::Thinking => "thinking",
            Holding::Image => "image",
            Holding::Diff => "diff",
            Holding::Error => "error",
            Holding::Todo => "todo",
            Holding::Compaction => "compaction",
        }
    }

    fn bit(self) -> u64 {
        1 << self as u64
    }
}

/// Which of them it holds.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Debug)]
pub struct Holds(u64);

impl Holds {
    pub fn add(&mut self, what: Holding) {
        self.0 |= what.bit();
    }

    pub fn has(self, what: Holding) -> bool {
        self.0 & what.bit() != 0
    }

    /// As a number, to be kept.
    pub fn bits(self) -> u64 {
        self.0
    }

    pub fn from_bits(bits: u64) -> Holds {
        Holds(bits)
    }
}
