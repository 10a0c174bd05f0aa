//! What a fold needs to go on counting besides what it told. The cache keeps it, so that a log that grew is read on from
//! where reading stopped.

use std::sync::Arc;

use super::{Counted, SessionFold, UnitFold};
use crate::ingest::{Delta, Told};
use crate::model::Unit;
use crate::pack::{Fixed, Pack, Unpacking};

/// Most messages called no tool and saw no error: these take one byte.
impl Pack for Counted {
    fn pack(&self, out: &mut Vec<u8>) {
        let has_errors = self.errors > 0;
        (u64::from(self.tools) << 1 | u64::from(has_errors)).pack(out);
        if has_errors {
            self.errors.pack(out);
        }
    }

    fn unpack(from: &mut Unpacking<'_>) -> Option<Counted> {
        let number: u64 = from.get()?;
        Some(Counted {
            tools: (number >> 1).try_into().ok()?,
            errors: if number & 1 == 1 { from.get()? } else { 0 },
        })
    }
}

impl UnitFold {
    /// Everything about it that telling all of it leaves out.
    pub fn pack(&self, out: &mut Vec<u8>) {
        self.is_shared.pack(out);
        self.odd.pack(out);
        self.sessions.len().pack(out);
        for (native, fold) in &self.sessions {
            native.pack(out);
            fold.facts.pack(out);
            fold.prompts.pack(out);
            fold.first_prompt.pack(out);
            fold.heard.len().pack(out);
            for (key, counted) in &fold.heard {
                Fixed(*key).pack(out);
                counted.pack(out);
            }
        }
    }

    /// The fold that told this, as it was then; all of it is told once more. None where the two do not belong together.
    pub fn unpack(unit: Arc<Unit>, told: &Delta, from: &mut Unpacking<'_>) -> Option<UnitFold> {
        let mut fold = UnitFold {
            is_shared: from.get()?,
            odd: from.get()?,
            about: told.about.iter().flat_map(|a| a.facts.clone()).collect(),
            about_dirty: !told.about.is_empty(),
            ..UnitFold::new(unit)
        };
        let len: usize = from.get()?;
        for _ in 0..len {
            let native: Box<str> = from.get()?;
            let mut told = told.told.iter();
            let told = told.find(|told| told.session.id.native == native)?;
            fold.sessions.insert(native, unpack_session(told, from)?);
        }
        (fold.sessions.len() == told.told.len()).then_some(fold)
    }
}

fn unpack_session(told: &Told, from: &mut Unpacking<'_>) -> Option<SessionFold> {
    let session = &told.session;
    let keys = told.spends.iter().enumerate();
    Some(SessionFold {
        is_dirty: true,
        started: session.started,
        updated: session.updated,
        turns: session.turns.to_vec(),
        replies: session.replies,
        tools: session.tools,
        errors: session.errors,
        odd: session.odd,
        spend_at: keys.map(|(at, spend)| (spend.key, at)).collect(),
        spends: told.spends.iter().collect(),
        facts: from.get()?,
        prompts: from.get()?,
        first_prompt: from.get()?,
        heard: from
            .many(|from| Some((from.get::<Fixed>()?.0, from.get()?)))?
            .into_iter()
            .collect(),
    })
}
