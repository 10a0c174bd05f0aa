//! A conversation on its way into the index: its texts in blocks, and which threes of letters they have.

use jiff::Timestamp;

use super::segment::{Draft, Table};
use super::trigrams::Columns;
use crate::evidence;
use crate::model::{Conversation, Gist, Holds, Message, Role, Session};
use crate::pack::{Pack, Unpacking, pack_time, packs, packs_as_number};
use crate::query::Scope;
use crate::search::listen::Piece;
use crate::search::said::each_text;

/// The first texts are packed together until there are so many bytes of them: a common word stands in the first, and no
/// more is unpacked.
const FIRST: usize = 8 << 10;
/// Each block is twice as long as the one before, which packs better, up to so many times.
const DOUBLINGS: usize = 3;

packs_as_number!(Role {
    User,
    Assistant,
    System
});
packs!(Gist {
    files,
    active,
    holds
});
impl Pack for Holds {
    fn pack(&self, out: &mut Vec<u8>) {
        self.bits().pack(out);
    }

    fn unpack(from: &mut Unpacking<'_>) -> Option<Holds> {
        from.get().map(Holds::from_bits)
    }
}
/// By its place among those that texts have.
impl Pack for Scope {
    fn pack(&self, out: &mut Vec<u8>) {
        let at = Scope::ALL.iter().position(|one| one == self);
        (at.unwrap_or(0) as u64).pack(out);
    }

    fn unpack(from: &mut Unpacking<'_>) -> Option<Scope> {
        let at = usize::try_from(from.get::<u64>()?).ok()?;
        Scope::ALL.get(at).copied()
    }
}

/// What a session says, as a draft of what the index holds of it.
pub fn draft(session: &Session, conversation: &Conversation) -> Draft {
    let mut making = Making::default();
    for message in &conversation.messages {
        making.hear(message);
    }
    making.done(session, evidence::gist(conversation))
}

/// A draft that is being made.
#[derive(Default)]
pub struct Making {
    pub(super) blocks: Vec<(Vec<u8>, usize, (usize, usize))>,
    said: Columns<{ Table::Said.rows() }>,
    answers: Columns<{ Table::Answers.rows() }>,
    open: Vec<u8>,
    /// Whose texts went into the open block last.
    last: Head,
    columns: Option<(usize, usize)>,
}

/// What a piece says of its message. It is packed as what differs from the piece before it in its block.
#[derive(Clone, Copy, PartialEq)]
struct Head {
    number: u32,
    role: Role,
    at: Option<Timestamp>,
}

impl Default for Head {
    fn default() -> Head {
        Head {
            number: 0,
            role: Role::User,
            at: None,
        }
    }
}

impl Head {
    fn pack_after(&self, before: &Head, out: &mut Vec<u8>) {
        let is_same = self == before;
        is_same.pack(out);
        if is_same {
            return;
        }
        (i64::from(self.number) - i64::from(before.number)).pack(out);
        self.role.pack(out);
        self.at.is_some().pack(out);
        if let Some(at) = self.at {
            pack_time(at, before.since(), out);
        }
    }

    fn unpack_after(before: &Head, from: &mut Unpacking<'_>) -> Option<Head> {
        if from.get::<bool>()? {
            return Some(*before);
        }
        let number = i64::from(before.number).checked_add(from.get()?)?;
        Some(Head {
            number: number.try_into().ok()?,
            role: from.get()?,
            at: match from.get::<bool>()? {
                true => Some(from.time(before.since())?),
                false => None,
            },
        })
    }

    fn since(&self) -> Timestamp {
        self.at.unwrap_or(Timestamp::UNIX_EPOCH)
    }
}

impl Making {
    pub fn hear(&mut self, message: &Message) {
        each_text(message, &|_| true, &mut |scope, text| {
            if scope == Scope::Output {
                self.answers.renew();
                self.answers.add(text);
            } else if !text.is_empty() {
                self.add(Piece {
                    number: message.number,
                    role: message.role,
                    scope,
                    at: message.at,
                    text,
                });
            }
        });
    }

    pub fn done(mut self, session: &Session, gist: Gist) -> Draft {
        self.close();
        let id = &session.id;
        Draft {
            source: id.source.0,
            native: id.native.clone(),
            state: session.state,
            gist,
            blocks: self.blocks,
            said: self.said.done(),
            answers: self.answers.done(),
        }
    }

    fn add(&mut self, piece: Piece<'_>) {
        // A block has few columns, or a word in one of them would open all of them.
        let full = FIRST << self.blocks.len().min(DOUBLINGS);
        if self.said.renew() || self.open.len() >= full {
            self.close();
        }
        let head = Head {
            number: piece.number,
            role: piece.role,
            at: piece.at,
        };
        head.pack_after(&self.last, &mut self.open);
        self.last = head;
        piece.scope.pack(&mut self.open);
        piece.text.len().pack(&mut self.open);
        self.open.extend_from_slice(piece.text.as_bytes());
        let (first, last) = self.said.add(piece.text);
        self.columns = Some((self.columns.map_or(first, |(first, _)| first), last));
    }

    /// What comes begins a block of its own.
    pub(super) fn close(&mut self) {
        if let Some(columns) = self.columns.take() {
            let packed = lz4_flex::block::compress(&self.open);
            self.blocks.push((packed, self.open.len(), columns));
            self.open.clear();
            self.last = Head::default();
        }
    }
}

/// The texts of a block, one after the other, until `hear` has heard enough. False where it is no block.
pub fn each_piece(block: &[u8], hear: &mut dyn FnMut(Piece<'_>) -> bool) -> bool {
    let mut from = Unpacking::new(block);
    let mut head = Head::default();
    let mut next = || {
        head = Head::unpack_after(&head, &mut from)?;
        Some(Piece {
            number: head.number,
            role: head.role,
            scope: from.get()?,
            at: head.at,
            text: from.text()?,
        })
    };
    let mut left = true;
    while left {
        match next() {
            Some(piece) => left = hear(piece),
            None => return from.is_over(),
        }
    }
    true
}
