//! What the cache holds as bytes.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::env::Stamp;
use crate::ingest::{AboutTold, OddFile, Told};
use crate::model::{
    Flags, Kind, Mark, ModelId, Rate, Same, Session, SessionId, Spend, Stage, Title, TitleRank,
    Unit, Usage, Usd,
};
use crate::pack::{Fixed, Pack, Unpacking, packs, packs_as_number};
use crate::sources::{At, Cursor, Facts, Oddity, Subject};
use crate::text::{Clean, Raw};

packs!(Stamp {
    dev,
    inode,
    len,
    changed
});
impl Pack for ModelId {
    fn pack(&self, out: &mut Vec<u8>) {
        self.provider.pack(out);
        self.name.pack(out);
    }

    fn unpack(from: &mut Unpacking<'_>) -> Option<ModelId> {
        let provider: Option<compact_str::CompactString> = from.get()?;
        let name: compact_str::CompactString = from.get()?;
        Some(ModelId::new(provider.as_deref(), &name))
    }
}
packs!(Usage {
    input,
    cache_read,
    cache_write,
    cache_write_1h,
    output,
    reasoning,
});
packs!(Title { rank, text });
packs!(Flags {
    archived,
    automated,
    resumes_copy,
    uncounted,
    internal,
});
packs!(Facts {
    title,
    dir,
    branch,
    repository,
    share,
    parent,
    kind,
    call,
    version,
    model,
    at,
    size,
    archived,
    automated,
    resumes_copy,
    uncounted,
    leaves,
    hidden,
});
packs_as_number!(Mark { Own, Copied, Side });
packs_as_number!(Rate {
    Standard,
    Fast,
    Priority,
    Batch
});
packs_as_number!(Kind {
    Main,
    SubAgent,
    Fork,
    Copy
});
packs_as_number!(Stage { Found, Whole });
packs_as_number!(TitleRank {
    Fallback,
    FirstPrompt,
    Summary,
    Agent,
    Listed,
    User,
    Ours
});
packs_as_number!(Oddity {
    Malformed,
    TooLong,
    Repaired,
    Corrupt
});

packs!(Cursor { at, memo });

impl Pack for At {
    fn pack(&self, out: &mut Vec<u8>) {
        match self {
            At::Start => 0u8.pack(out),
            At::Line {
                at,
                last_at,
                head,
                last,
                stamp,
            } => {
                1u8.pack(out);
                at.pack(out);
                last_at.pack(out);
                Fixed(*head).pack(out);
                Fixed(*last).pack(out);
                stamp.pack(out);
            }
            At::Row { stamp, key } => {
                2u8.pack(out);
                stamp.pack(out);
                key.pack(out);
            }
            At::Whole(now) => {
                3u8.pack(out);
                Fixed(*now).pack(out);
            }
        }
    }

    fn unpack(from: &mut Unpacking<'_>) -> Option<At> {
        Some(match from.get::<u8>()? {
            0 => At::Start,
            1 => At::Line {
                at: from.get()?,
                last_at: from.get()?,
                head: from.get::<Fixed>()?.0,
                last: from.get::<Fixed>()?.0,
                stamp: from.get()?,
            },
            2 => At::Row {
                stamp: from.get()?,
                key: from.get()?,
            },
            3 => At::Whole(from.get::<Fixed>()?.0),
            _ => return None,
        })
    }
}

impl Pack for Clean {
    fn pack(&self, out: &mut Vec<u8>) {
        Box::<str>::from(self.as_str()).pack(out);
    }

    /// Whoever wrote the file, what comes out of it is clean.
    fn unpack(from: &mut Unpacking<'_>) -> Option<Clean> {
        Some(Clean::of(&from.get::<Box<str>>()?))
    }
}

impl Pack for Raw {
    fn pack(&self, out: &mut Vec<u8>) {
        Box::<str>::from(self.untrusted()).pack(out);
    }

    fn unpack(from: &mut Unpacking<'_>) -> Option<Raw> {
        from.get::<Box<str>>().map(Raw::new)
    }
}

impl Pack for Usd {
    fn pack(&self, out: &mut Vec<u8>) {
        self.nanos().pack(out);
    }

    fn unpack(from: &mut Unpacking<'_>) -> Option<Usd> {
        from.get().map(Usd::from_nanos)
    }
}

impl Pack for Same {
    fn pack(&self, out: &mut Vec<u8>) {
        Fixed(self.reply).pack(out);
        self.variant.map(Fixed).pack(out);
        self.mark.pack(out);
    }

    fn unpack(from: &mut Unpacking<'_>) -> Option<Same> {
        Some(Same {
            reply: from.get::<Fixed>()?.0,
            variant: from.get::<Option<Fixed>>()?.map(|fixed| fixed.0),
            mark: from.get()?,
        })
    }
}

impl Pack for Subject {
    fn pack(&self, out: &mut Vec<u8>) {
        match self {
            Subject::Session(id) => Some(id.clone()).pack(out),
            Subject::Leaf(leaf) => {
                None::<Box<str>>.pack(out);
                Fixed(*leaf).pack(out);
            }
        }
    }

    fn unpack(from: &mut Unpacking<'_>) -> Option<Subject> {
        match from.get::<Option<Box<str>>>()? {
            Some(id) => Some(Subject::Session(id)),
            None => Some(Subject::Leaf(from.get::<Fixed>()?.0)),
        }
    }
}

/// A session without its unit, which whoever unpacks it knows.
pub fn pack_session(session: &Session, out: &mut Vec<u8>) {
    session.id.native.pack(out);
    session.parent.pack(out);
    session.kind.pack(out);
    session.call.pack(out);
    session.title.pack(out);
    session.dir.pack(out);
    session.branch.pack(out);
    session.repository.pack(out);
    session.share.pack(out);
    session.started.pack(out);
    session.updated.pack(out);
    session.prompts.pack(out);
    session.turns.pack(out);
    session.replies.pack(out);
    session.tools.pack(out);
    session.errors.pack(out);
    session.changed.pack(out);
    session.size.pack(out);
    session.odd.pack(out);
    session.stage.pack(out);
    session.flags.pack(out);
    session.model.pack(out);
    session.version.pack(out);
    Fixed(session.state).pack(out);
}

pub fn unpack_session(from: &mut Unpacking<'_>, unit: &Arc<Unit>) -> Option<Session> {
    Some(Session {
        id: SessionId::new(unit.source, from.get::<Box<str>>()?),
        parent: from.get()?,
        kind: from.get()?,
        call: from.get()?,
        title: from.get()?,
        dir: from.get()?,
        branch: from.get()?,
        repository: from.get()?,
        share: from.get()?,
        started: from.get()?,
        updated: from.get()?,
        prompts: from.get()?,
        turns: from.get()?,
        replies: from.get()?,
        tools: from.get()?,
        errors: from.get()?,
        unit: unit.clone(),
        changed: from.get()?,
        size: from.get()?,
        odd: from.get()?,
        stage: from.get()?,
        flags: from.get()?,
        model: from.get()?,
        version: from.get()?,
        state: from.get::<Fixed>()?.0,
    })
}

/// Sessions name few models, and each of their spends one of them.
pub fn pack_told(told: &Told, out: &mut Vec<u8>) {
    pack_session(&told.session, out);
    told.leaves
        .iter()
        .map(|leaf| Fixed(*leaf))
        .collect::<Vec<_>>()
        .pack(out);
    let mut models: Vec<ModelId> = told.spends.iter().filter_map(|s| s.model).collect();
    models.sort();
    models.dedup();
    models.len().pack(out);
    models.iter().for_each(|model| model.pack(out));
    told.spends.len().pack(out);
    let mut before = 0;
    for spend in told.spends.iter() {
        let model = spend
            .model
            .as_ref()
            .and_then(|m| models.binary_search(m).ok());
        Fixed(spend.key).pack(out);
        model.map_or(0, |at| at + 1).pack(out);
        spend.at.is_some().pack(out);
        if let Some(at) = spend.at {
            // One follows soon on another.
            let nanos = at.as_nanosecond();
            let (fine, step) = match i64::try_from((nanos - before) / 1_000_000) {
                Ok(step) if nanos % 1_000_000 == 0 => (false, step),
                _ => (true, 0),
            };
            fine.pack(out);
            if fine {
                at.pack(out);
            } else {
                step.pack(out);
                before = nanos;
            }
        }
        spend.rate.pack(out);
        spend.usage.pack(out);
        spend.logged.pack(out);
        spend.same.pack(out);
    }
}

pub fn unpack_told(from: &mut Unpacking<'_>, unit: &Arc<Unit>) -> Option<Told> {
    let session = Arc::new(unpack_session(from, unit)?);
    let leaves: Vec<Fixed> = from.get()?;
    let models: Vec<ModelId> = from.get()?;
    let len: usize = from.get()?;
    let mut spends = Vec::with_capacity(len.min(1 << 16));
    let mut before = 0i128;
    for _ in 0..len {
        let key = from.get::<Fixed>()?.0;
        let model: usize = from.get()?;
        let model = match model.checked_sub(1) {
            Some(at) => Some(models.get(at)?.clone()),
            None => None,
        };
        let mut at = None;
        if from.get::<bool>()? {
            at = Some(if from.get::<bool>()? {
                from.get()?
            } else {
                before += i128::from(from.get::<i64>()?) * 1_000_000;
                jiff::Timestamp::from_nanosecond(before).ok()?
            });
        }
        spends.push(Spend {
            key,
            at,
            model,
            rate: from.get()?,
            usage: from.get()?,
            logged: from.get()?,
            same: from.get()?,
        });
    }
    Some(Told {
        session,
        spends: spends.into_iter().collect(),
        leaves: leaves.iter().map(|leaf| leaf.0).collect(),
    })
}

pub fn pack_about(about: &AboutTold, out: &mut Vec<u8>) {
    about.facts.pack(out);
}

pub fn unpack_about(from: &mut Unpacking<'_>, unit: &Arc<Unit>) -> Option<AboutTold> {
    Some(AboutTold {
        unit: unit.clone(),
        facts: from.get()?,
    })
}

/// What could not be opened is not kept.
pub fn pack_odd(odd: &OddFile, out: &mut Vec<u8>) {
    let counts: Vec<(Oddity, u32)> = odd.counts.iter().map(|(what, n)| (*what, *n)).collect();
    counts.pack(out);
    odd.first.pack(out);
}

pub fn unpack_odd(from: &mut Unpacking<'_>, unit: &Arc<Unit>) -> Option<OddFile> {
    let counts: Vec<(Oddity, u32)> = from.get()?;
    Some(OddFile {
        unit: unit.clone(),
        counts: counts.into_iter().collect::<BTreeMap<_, _>>(),
        first: from.get()?,
        error: None,
    })
}
