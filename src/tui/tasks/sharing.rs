//! Sharing and taking back, away from the screen: making the files takes a while, and so does the program that sends them.

use std::sync::Arc;

use crate::config;
use crate::env::Env;
use crate::model::{Row, SessionId, Tariff};
use crate::share::{self, Kept, Leave, Made, Making, Refusal, Shared};
use crate::text::Clean;
use crate::tui::msg::Ticket;

/// More than this is not held in memory to be looked at, in bytes.
const MOST: usize = 64 << 20;

/// A step on the way out, or back.
#[derive(Clone, PartialEq, Debug)]
pub enum Share {
    /// Make the files of sessions, under a number. They are shown first; only where the settings said yes for all, they
    /// are sent at once.
    Make(Ticket, Vec<Arc<Row>>, Making, config::Share),
    /// Send what was shown, each on its own.
    Send(Arc<Bundle>, config::Share),
    /// Look what of a session is shared.
    Find(SessionId),
    /// Delete these gists of a session.
    Take(SessionId, Vec<Shared>),
}

/// Files that are ready to leave, and how they were made.
#[derive(Clone, PartialEq, Debug)]
pub struct Bundle {
    pub files: Vec<(Arc<Row>, Made)>,
    pub making: Making,
}

/// What became of it.
#[derive(Clone, PartialEq, Debug)]
pub enum ShareNews {
    /// The files are made: what a person should know before they are sent.
    Made(Ticket, Arc<Bundle>, Vec<Clean>),
    /// They are not, and why.
    Unmade(Ticket, String),
    /// They are made and are now sent, since the settings said yes for all.
    Begun(Ticket),
    /// Of several one more is being sent: which, and of how many.
    Sending(usize, usize),
    /// What was sent, and what was not.
    Sent(Outcome),
    /// What of a session is shared by us, oldest first.
    Found(SessionId, Vec<Shared>),
    /// These gists are deleted; the newest link that is left, and what went wrong.
    Taken(SessionId, usize, Option<Clean>, Option<String>),
    Refused(String),
}

/// What became of files that were to leave.
#[derive(Clone, PartialEq, Default, Debug)]
pub struct Outcome {
    /// What is shared and remembered.
    pub sent: Vec<(SessionId, Shared)>,
    /// The one after which nothing was tried: it left, or may have, and a person has to look after it.
    pub loose: Option<Loose>,
    /// What was not shared, and why.
    pub failed: Vec<(SessionId, String)>,
    /// What left in these without being shown first; absent where it was.
    pub unasked: Option<Unasked>,
}

/// What is in files that were sent without a question.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Unasked {
    pub bytes: usize,
    /// Secrets that were found in them, and whether all were replaced.
    pub secrets: usize,
    pub is_redacted: bool,
}

/// What left, or may have, and is not remembered.
#[derive(Clone, PartialEq, Debug)]
pub struct Loose {
    pub id: SessionId,
    /// Its link, where it is known.
    pub url: Option<String>,
    /// What happened, and how it is found or taken back.
    pub why: String,
}

/// Whoever asked, and may have left meanwhile.
pub struct Asker<'w> {
    /// Tells of what goes on.
    pub tell: &'w dyn Fn(ShareNews),
    /// Whether what is made under a number is still wanted.
    pub is_wanted: &'w dyn Fn(Ticket) -> bool,
}

pub fn perform(env: &Env, tariff: &Arc<dyn Tariff>, step: Share, asker: &Asker<'_>) -> ShareNews {
    let tell = asker.tell;
    let done = match step {
        Share::Make(ticket, rows, making, settings) => {
            let made = make(env, tariff, (ticket, &rows), making, settings, asker);
            Ok(made.unwrap_or_else(|refusal| ShareNews::Unmade(ticket, refusal.to_string())))
        }
        Share::Send(bundle, settings) => Ok(ShareNews::Sent(send(env, &bundle, settings, tell))),
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
    (ticket, rows): (Ticket, &[Arc<Row>]),
    making: Making,
    settings: config::Share,
    asker: &Asker<'_>,
) -> Result<ShareNews, Refusal> {
    let go_on = || match (asker.is_wanted)(ticket) {
        true => Ok(()),
        false => Err(Refusal::File("it was stopped".to_owned())),
    };
    let known = known(env)?;
    let (mut files, mut leaves, mut left) = (Vec::new(), Vec::new(), Vec::new());
    let mut bytes = 0;
    for row in rows {
        go_on()?;
        let made = share::leave(env, &settings, &row.session).and_then(|leave| {
            // Whoever has no program to share by need not wait to be told.
            share::program(env)?;
            let made = share::make(env, tariff, row, making).map_err(Refusal::File)?;
            Ok((leave, made))
        });
        match made {
            Ok((leave, made)) => {
                bytes += made.bytes.len();
                leaves.push(leave);
                files.push((row.clone(), made));
            }
            Err(refusal) if rows.len() == 1 || refusal.ends() => return Err(refusal),
            Err(refusal) => left.push((row.id().clone(), refusal.to_string())),
        }
        if bytes > MOST {
            let line = format!(
                "together they are more than {} MB; choose fewer",
                MOST >> 20
            );
            return Err(Refusal::File(line));
        }
    }
    if let (true, Some((id, why))) = (files.is_empty(), left.first()) {
        return Err(Refusal::File(format!("none of them: {id}: {why}")));
    }
    let bundle = Bundle { files, making };
    if !leaves.iter().any(|leave| leave.asks) {
        go_on()?;
        (asker.tell)(ShareNews::Begun(ticket));
        let mut outcome = send(env, &bundle, settings, asker.tell);
        outcome.failed.splice(..0, left);
        let is_sent = |row: &Row| outcome.sent.iter().any(|(id, _)| id == row.id());
        let sent = bundle.files.iter().filter(|(row, _)| is_sent(row));
        let sent: Vec<&Made> = sent.map(|(_, made)| made).collect();
        outcome.unasked = Some(Unasked {
            bytes: sent.iter().map(|made| made.bytes.len()).sum(),
            secrets: sent.iter().map(|made| made.secrets()).sum(),
            is_redacted: sent.iter().all(|made| made.is_redacted),
        });
        return Ok(ShareNews::Sent(outcome));
    }
    let lines = lines(&bundle, &leaves, &known, &left);
    go_on()?;
    Ok(ShareNews::Made(ticket, Arc::new(bundle), lines))
}

fn lines(
    bundle: &Bundle,
    leaves: &[Leave],
    known: &Kept,
    left: &[(SessionId, String)],
) -> Vec<Clean> {
    if let ([(row, made)], [leave], []) = (&*bundle.files, leaves, left) {
        return share::preview(made, leave, &known.of(row.id()));
    }
    let files = bundle.files.iter();
    let shared = files.filter(|(row, _)| !known.of(row.id()).is_empty());
    let all: Vec<&Made> = bundle.files.iter().map(|(_, made)| made).collect();
    share::preview_all(&all, leaves, shared.count(), left)
}

/// What may not be shared is asked again: between the question and the answer a team may have said no. One that fails
/// holds no other up, unless it would fail for all, or left something behind that nobody remembers.
fn send(env: &Env, bundle: &Bundle, settings: config::Share, tell: &dyn Fn(ShareNews)) -> Outcome {
    let mut outcome = Outcome::default();
    let of = bundle.files.len();
    let mut files = bundle.files.iter().enumerate();
    for (n, (row, made)) in files.by_ref() {
        if of > 1 {
            tell(ShareNews::Sending(n + 1, of));
        }
        let done = share::leave(env, &settings, &row.session);
        match done.and_then(|_| share::send(env, row.id(), made)) {
            Ok(shared) => outcome.sent.push((row.id().clone(), shared)),
            Err(refusal) => {
                let (id, why) = (row.id().clone(), refusal.to_string());
                match refusal.is_loose() {
                    true => {
                        let url = refusal.link().map(str::to_owned);
                        outcome.loose = Some(Loose { id, url, why });
                    }
                    false => outcome.failed.push((id, why)),
                }
                if refusal.ends() {
                    break;
                }
            }
        }
    }
    let rest = files.map(|(_, (row, _))| (row.id().clone(), "not tried".to_owned()));
    outcome.failed.extend(rest);
    outcome
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

#[cfg(test)]
mod tests;
