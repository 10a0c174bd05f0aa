//! The draft of a long conversation, made while going through it. Messages that come late begin blocks of their own, which
//! are put where they belong: what is found stands in the order of the conversation.

use std::io;
use std::ops::ControlFlow;

use super::draft::Making;
use super::segment::Draft;
use crate::env::Env;
use crate::evidence;
use crate::model::{Message, Session};
use crate::search::through;

/// What a session with a long log says, with no more of its texts held than the bound.
pub fn draft(env: &Env, session: &Session) -> io::Result<Draft> {
    draft_within(env, session, env.room.bodies())
}

fn draft_within(env: &Env, session: &Session, most: usize) -> io::Result<Draft> {
    let begin = Runs::default;
    let hear = |runs: &mut Runs, message: &Message| {
        runs.hear(message);
        ControlFlow::Continue(())
    };
    let (runs, rest) = through::go_through(env, session, most, begin, hear)?;
    Ok(runs.done().done(session, evidence::gist(&rest)))
}

/// Messages on their way into a draft, in runs of such as follow on each other.
#[derive(Default)]
struct Runs {
    making: Making,
    /// The number of the first message of each run, and its first block.
    firsts: Vec<(u32, usize)>,
    next: u32,
}

impl Runs {
    fn hear(&mut self, message: &Message) {
        if message.number != self.next {
            self.making.close();
            self.firsts.push((message.number, self.making.blocks.len()));
        }
        self.next = message.number.saturating_add(1);
        self.making.hear(message);
    }

    /// All of it in the order of the messages.
    fn done(mut self) -> Making {
        self.making.close();
        let mut blocks = std::mem::take(&mut self.making.blocks);
        let firsts = self.firsts.into_iter().rev();
        let mut runs: Vec<_> = firsts
            .map(|(number, at)| (number, blocks.split_off(at)))
            .collect();
        runs.sort_by_key(|(number, _)| *number);
        self.making.blocks = runs.into_iter().flat_map(|(_, blocks)| blocks).collect();
        self.making
    }
}

#[cfg(test)]
mod tests;
