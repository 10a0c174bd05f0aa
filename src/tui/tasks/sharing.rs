//! Sharing and taking back, away from the screen: making the file takes a while, and so does the program that sends it.

use std::sync::Arc;

use crate::config;
use crate::env::Env;
use crate::export::Format;
use crate::model::{Row, SessionId, Tariff};
use crate::redact::Secrets;
use crate::share::{self, Kept, Made, Refusal, Shared};
use crate::text::Clean;

/// A step on the way out, or back.
#[derive(Clone, PartialEq, Debug)]
pub enum Share {
    /// Make the file of a session. It is shown first; only where the settings said yes for all, it is sent at once.
    Make(Arc<Row>, Format, config::Share),
    /// Send what was shown.
    Send(Arc<Row>, Box<Made>, config::Share),
    /// Look what of a session is shared.
    Find(SessionId),
    /// Delete these gists of a session.
    Take(SessionId, Vec<Shared>),
}

/// What became of it.
#[derive(Clone, PartialEq, Debug)]
pub enum ShareNews {
    /// The file is made: what a person should know before it is sent.
    Made(Arc<Row>, Format, Box<Made>, Vec<Clean>),
    Sent(SessionId, Shared),
    /// What of a session is shared by us, oldest first.
    Found(SessionId, Vec<Shared>),
    /// These gists are deleted; the newest link that is left, and what went wrong.
    Taken(SessionId, usize, Option<Clean>, Option<String>),
    Refused(String),
}

pub fn perform(env: &Env, tariff: &Arc<dyn Tariff>, step: Share) -> ShareNews {
    let done = match step {
        Share::Make(row, format, settings) => make(env, tariff, row, format, settings),
        Share::Send(row, made, settings) => send(env, &row, &made, settings),
        Share::Find(id) => known(env).map(|kept| ShareNews::Found(id.clone(), kept.of(&id))),
        Share::Take(id, shares) => Ok(take(env, id, &shares)),
    };
    done.unwrap_or_else(|refusal| ShareNews::Refused(refusal.to_string()))
}

fn known(env: &Env) -> Result<Kept, Refusal> {
    Kept::load(env).map_err(|error| Refusal::File(error.to_string()))
}

fn make(
    env: &Env,
    tariff: &Arc<dyn Tariff>,
    row: Arc<Row>,
    format: Format,
    settings: config::Share,
) -> Result<ShareNews, Refusal> {
    let leave = share::leave(env, &settings, &row.session)?;
    let known = known(env)?;
    let made = share::make(env, tariff, &row, format, Secrets::Replace).map_err(Refusal::File)?;
    if !leave.asks {
        return send(env, &row, &made, settings);
    }
    let lines = share::preview(&made, &leave, &known.of(row.id()));
    Ok(ShareNews::Made(row, format, Box::new(made), lines))
}

/// What may not be shared is asked again: between the question and the answer a team may have said no.
fn send(env: &Env, row: &Row, made: &Made, settings: config::Share) -> Result<ShareNews, Refusal> {
    share::leave(env, &settings, &row.session)?;
    let shared = share::send(env, row.id(), made)?;
    Ok(ShareNews::Sent(row.id().clone(), shared))
}

/// Deletes one after the other; the first that stays ends it.
fn take(env: &Env, id: SessionId, shares: &[Shared]) -> ShareNews {
    let mut taken = 0;
    let mut failed = None;
    for one in shares {
        match share::unsend(env, one) {
            Ok(()) => taken += 1,
            Err(refusal) => {
                failed = Some(refusal.to_string());
                break;
            }
        }
    }
    let left = shares.get(taken..).and_then(<[Shared]>::last);
    let left = left.map(|one| Clean::of(&one.url));
    ShareNews::Taken(id, taken, left, failed)
}
