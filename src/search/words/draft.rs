//! A conversation on its way into the index: its texts in blocks, and which threes of letters they have.

use super::segment::Draft;
use super::trigrams::Columns;
use crate::evidence;
use crate::model::{Conversation, Gist, Holds, Message, Role, Session};
use crate::pack::{Pack, Unpacking, packs, packs_as_number};
use crate::query::Scope;
use crate::search::listen::Piece;
use crate::search::said::each_text;

/// Texts are packed together until there are so many bytes of them: a common word stands in the first of them, and no
/// more is unpacked.
const BLOCK: usize = 8 << 10;

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
    said: Columns,
    answers: Columns,
    open: Vec<u8>,
    columns: Option<(usize, usize)>,
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
        if self.said.renew() || self.open.len() >= BLOCK {
            self.close();
        }
        piece.number.pack(&mut self.open);
        piece.role.pack(&mut self.open);
        piece.scope.pack(&mut self.open);
        piece.at.pack(&mut self.open);
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
        }
    }
}

/// The texts of a block, one after the other, until `hear` has heard enough. False where it is no block.
pub fn each_piece(block: &[u8], hear: &mut dyn FnMut(Piece<'_>) -> bool) -> bool {
    let mut from = Unpacking::new(block);
    let mut next = || {
        Some(Piece {
            number: from.get()?,
            role: from.get()?,
            scope: from.get()?,
            at: from.get()?,
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
