//! Records of a unit become sessions and their spends.
//!
//! A fold remembers what it needs to go on counting, so that appended records cost only themselves.

mod kept;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use foldhash::{HashMap, HashMapExt, HashSet};
use jiff::Timestamp;

use super::oddities::Oddities;
use super::{AboutTold, OddFile, Told};
use crate::model::{
    Flags, Kind, Lane, Message, Part, Role, Session, SessionId, Spend, Stage, Title, TitleRank,
    Unit, repository,
};
use crate::sources::{Facts, Oddity, Record, Subject, hash};
use crate::text::{Clean, Raw};

/// What a unit said so far.
pub struct UnitFold {
    unit: Arc<Unit>,
    sessions: HashMap<Box<str>, SessionFold>,
    gone: Vec<Box<str>>,
    about: Vec<(Subject, Facts)>,
    about_dirty: bool,
    odd: Oddities,
    /// Its sessions come and go one by one, so none of them has the unit's size.
    is_shared: bool,
    /// When it changed last, by the file system.
    changed: Option<Timestamp>,
}

impl UnitFold {
    pub fn new(unit: Arc<Unit>) -> UnitFold {
        UnitFold {
            unit,
            sessions: HashMap::new(),
            gone: Vec::new(),
            about: Vec::new(),
            about_dirty: false,
            odd: Oddities::default(),
            is_shared: false,
            changed: None,
        }
    }

    pub fn hear(&mut self, record: Record) {
        match record {
            Record::Reset => {
                self.gone.extend(self.sessions.drain().map(|(id, _)| id));
                self.about_dirty |= !self.about.is_empty();
                self.about.clear();
                self.odd.clear();
            }
            Record::Again { session } => {
                self.odd.forget(&session);
                self.is_shared = true;
                let fold = SessionFold {
                    is_dirty: true,
                    ..SessionFold::default()
                };
                self.sessions.insert(session, fold);
            }
            Record::Only { sessions } => {
                let kept: HashSet<Box<str>> = sessions.into_iter().collect();
                let gone: Vec<Box<str>> = self
                    .sessions
                    .keys()
                    .filter(|id| !kept.contains(*id))
                    .cloned()
                    .collect();
                for id in gone {
                    self.odd.forget(&id);
                    self.sessions.remove(&id);
                    self.gone.push(id);
                }
            }
            Record::Session { session, facts } => self.session(session).facts(*facts),
            Record::About { of, facts } => {
                // The later word about the same session replaces, field by field, as in a session's own facts.
                match self.about.iter_mut().find(|(subject, _)| *subject == of) {
                    Some((_, known)) => merge(known, *facts),
                    None => self.about.push((of, *facts)),
                }
                self.about_dirty = true;
                // It may give this log's own session its title.
                for fold in self.sessions.values_mut() {
                    fold.is_dirty = true;
                }
            }
            Record::Message { session, message } => self.session(session).message(&message),
            Record::Spent { session, spend } => self.session(session).spend(spend),
            // Of interest to a reader only.
            Record::Stands { .. }
            | Record::Link { .. }
            | Record::Exact { .. }
            | Record::Leaf { .. }
            | Record::Undone { .. } => {}
            Record::Odd { session, at, what } => {
                if what != Oddity::Repaired
                    && let Some(id) = &session
                {
                    let fold = self.session(id.clone());
                    fold.odd = fold.odd.saturating_add(1);
                }
                self.odd.add(session, at, what);
            }
        }
    }

    fn session(&mut self, id: Box<str>) -> &mut SessionFold {
        let fold = self.sessions.entry(id).or_default();
        fold.is_dirty = true;
        fold
    }

    /// The time of its file, which a person may move without a word in it.
    pub fn changed_at(&mut self, at: Option<Timestamp>) {
        let mut sessions = self.sessions.values_mut();
        if at != self.changed
            && let (Some(only), None) = (sessions.next(), sessions.next())
        {
            only.is_dirty = true;
        }
        self.changed = at;
    }

    /// Sessions that changed since the last call, each whole. `size` is the unit's length on disk, `state` what tells that
    /// it changed.
    pub fn told(&mut self, size: Option<u64>, state: u64) -> Vec<Told> {
        let size = size.filter(|_| !self.is_shared);
        let state = Some(state).filter(|_| !self.is_shared);
        let changed = self.changed.filter(|_| !self.is_shared);
        let file = OfFile {
            size,
            state,
            changed,
        };
        let about = self.about.iter();
        let head = about
            .filter(|(of, _)| matches!(of, Subject::Leaf(_)))
            .find_map(|(_, facts)| facts.title.clone());
        let dirty = self.sessions.iter_mut().filter(|(_, fold)| fold.is_dirty);
        let mut told: Vec<Told> = dirty
            .map(|(id, fold)| {
                fold.is_dirty = false;
                fold.told(&self.unit, id.clone(), file, head.as_ref())
            })
            .collect();
        told.sort_by(|a, b| a.session.id.cmp(&b.session.id));
        told
    }

    /// An earlier run told of these: what is not told again is gone, and what else was said is said anew.
    pub fn told_before(&mut self, sessions: Vec<Box<str>>) {
        self.gone.extend(sessions);
        self.about_dirty = true;
        self.odd.touch();
    }

    /// Sessions that left since the last call and did not come back.
    pub fn gone(&mut self) -> Vec<Box<str>> {
        let gone = std::mem::take(&mut self.gone);
        gone.into_iter()
            .filter(|id| !self.sessions.contains_key(id))
            .collect()
    }

    /// All words about other units' sessions, if they changed since the last call.
    pub fn about(&mut self) -> Option<AboutTold> {
        std::mem::take(&mut self.about_dirty).then(|| AboutTold {
            unit: self.unit.clone(),
            facts: self.about.clone(),
        })
    }

    /// All oddities, changed or not.
    pub fn odd_now(&self) -> OddFile {
        let (counts, first) = self.odd.now();
        OddFile {
            unit: self.unit.clone(),
            counts,
            first,
            error: None,
        }
    }

    /// All oddities, if they changed since the last call.
    pub fn odd(&mut self) -> Option<OddFile> {
        self.odd.changed().then(|| self.odd_now())
    }
}

/// Lays later facts over earlier ones.
fn merge(known: &mut Facts, new: Facts) {
    fn later<T>(slot: &mut Option<T>, new: Option<T>) {
        if new.is_some() {
            *slot = new;
        }
    }
    match (&known.title, new.title) {
        (Some((rank, _)), Some((new_rank, _))) if new_rank < *rank => {}
        (_, Some(title)) => known.title = Some(title),
        (_, None) => {}
    }
    if known.dir.is_none() {
        known.dir = new.dir;
    }
    later(&mut known.branch, new.branch);
    later(&mut known.repository, new.repository);
    later(&mut known.share, new.share);
    later(&mut known.parent, new.parent);
    later(&mut known.kind, new.kind);
    later(&mut known.call, new.call);
    later(&mut known.version, new.version);
    later(&mut known.model, new.model);
    later(&mut known.size, new.size);
    later(&mut known.archived, new.archived);
    later(&mut known.automated, new.automated);
    later(&mut known.resumes_copy, new.resumes_copy);
    later(&mut known.uncounted, new.uncounted);
    later(&mut known.leaves, new.leaves);
    later(&mut known.hidden, new.hidden);
}

/// What a session that has a log of its own has from that file.
#[derive(Clone, Copy)]
struct OfFile {
    size: Option<u64>,
    state: Option<u64>,
    changed: Option<Timestamp>,
}

#[derive(Default)]
struct SessionFold {
    /// It changed since it was last told.
    is_dirty: bool,
    facts: Facts,
    started: Option<Timestamp>,
    updated: Option<Timestamp>,
    /// Messages already counted: what they counted as, by key or reply.
    heard: HashMap<u64, Counted>,
    prompts: u32,
    /// For each prompt, how many replies stand before it.
    turns: Vec<u32>,
    replies: u32,
    tools: u32,
    errors: u32,
    first_prompt: Option<Clean>,
    spends: Vec<Spend>,
    spend_at: HashMap<u64, usize>,
    odd: u32,
}

#[derive(Clone, Copy)]
struct Counted {
    tools: u32,
    errors: u32,
}

impl SessionFold {
    fn seen(&mut self, at: Option<Timestamp>) {
        if let Some(at) = at {
            self.started = Some(self.started.map_or(at, |t| t.min(at)));
            self.updated = Some(self.updated.map_or(at, |t| t.max(at)));
        }
    }

    fn facts(&mut self, new: Facts) {
        self.seen(new.at);
        merge(&mut self.facts, new);
    }

    fn message(&mut self, message: &Message) {
        self.seen(message.at);
        if message.model.is_some() {
            self.facts.model.clone_from(&message.model);
        }
        let now = Counted {
            tools: message.tools,
            errors: message.errors,
        };
        // A line said again replaces what it counted; a new line of a known reply adds its calls only.
        let before = self.heard.insert(message.key, now);
        let old = before.unwrap_or(Counted {
            tools: 0,
            errors: 0,
        });
        self.tools = (self.tools + now.tools).saturating_sub(old.tools);
        self.errors = (self.errors + now.errors).saturating_sub(old.errors);
        if before.is_some() || !message.counts || matches!(message.lane, Lane::Side(_)) {
            return;
        }
        match message.role {
            Role::User => {
                self.prompts += 1;
                self.turns.push(self.replies);
                if self.first_prompt.is_none() {
                    self.first_prompt = prompt_title(&message.parts);
                }
            }
            Role::Assistant => {
                let reply = message.reply.map(|r| r ^ REPLY_SALT);
                let nothing = Counted {
                    tools: 0,
                    errors: 0,
                };
                if reply.is_none_or(|reply| self.heard.insert(reply, nothing).is_none()) {
                    self.replies += 1;
                }
            }
            Role::System => {}
        }
    }

    fn spend(&mut self, spend: Spend) {
        match self
            .spend_at
            .get(&spend.key)
            .and_then(|&i| self.spends.get_mut(i))
        {
            Some(known) => *known = spend,
            None => {
                self.spend_at.insert(spend.key, self.spends.len());
                self.spends.push(spend);
            }
        }
    }

    /// What tells that it changed, where nothing but what it says does.
    fn state(&self) -> u64 {
        let time = |at: Option<Timestamp>| at.map_or(0, |at| at.as_nanosecond()).to_le_bytes();
        let counts = [
            self.prompts,
            self.replies,
            self.tools,
            self.errors,
            self.odd,
        ];
        let counts: Vec<u8> = counts.iter().flat_map(|n| n.to_le_bytes()).collect();
        let tokens: u64 = self.spends.iter().map(|spend| spend.usage.total()).sum();
        let heard = self.heard.len() as u64;
        let sums = [tokens.to_le_bytes(), heard.to_le_bytes()].concat();
        hash(&[&time(self.started), &time(self.updated), &counts, &sums])
    }

    /// `head` is a title that the log gives some record, here or elsewhere.
    fn told(
        &self,
        unit: &Arc<Unit>,
        id: Box<str>,
        file: OfFile,
        head: Option<&(TitleRank, Raw)>,
    ) -> Told {
        let facts = &self.facts;
        let titled = |(rank, text): &(TitleRank, Raw)| Title {
            rank: *rank,
            text: Clean::title(text.untrusted()),
        };
        let given = facts.title.as_ref().map(titled);
        // Versions whose resumes repeat histories wrote the titles of others into their logs; later ones their own.
        let head = head.filter(|_| facts.resumes_copy == Some(false));
        let prompt = self.first_prompt.clone().map(|text| Title {
            rank: TitleRank::FirstPrompt,
            text,
        });
        let title = [given, prompt, head.map(titled)]
            .into_iter()
            .flatten()
            .filter(|t| !t.text.is_empty())
            .max();
        let line = |raw: &Raw| Clean::title(raw.untrusted());
        let internal = facts.hidden == Some(true);
        let session = Session {
            id: SessionId::new(unit.source, id),
            parent: facts.parent.clone(),
            kind: facts.kind.unwrap_or(Kind::Main),
            call: facts.call.clone(),
            title,
            dir: facts.dir.as_deref().map(Arc::from),
            branch: facts.branch.as_ref().map(line).filter(|b| !b.is_empty()),
            repository: facts.repository.as_ref().and_then(named_repository),
            share: facts.share.as_ref().and_then(link),
            started: self.started,
            updated: self.updated,
            prompts: if internal { 0 } else { self.prompts },
            turns: self.turns.as_slice().into(),
            replies: self.replies,
            tools: self.tools,
            errors: self.errors,
            unit: unit.clone(),
            changed: file.changed,
            size: facts.size.or(file.size),
            odd: self.odd,
            state: file.state.unwrap_or_else(|| self.state()),
            stage: Stage::Whole,
            flags: Flags {
                archived: facts.archived == Some(true) || unit.is_kept(),
                automated: facts.automated == Some(true),
                resumes_copy: facts.resumes_copy == Some(true),
                uncounted: facts.uncounted == Some(true),
                internal,
            },
            model: facts.model.clone(),
            version: facts.version.as_ref().map(line),
        };
        Told {
            session: Arc::new(session),
            spends: self.spends.iter().cloned().collect(),
            leaves: facts.leaves.as_deref().unwrap_or_default().into(),
        }
    }
}

/// Keeps hashes of replies apart from hashes of lines.
const REPLY_SALT: u64 = 0x9e37_79b9_7f4a_7c15;

/// A repository's name without what is secret in its address.
pub fn named_repository(address: &Raw) -> Option<Clean> {
    repository(address.untrusted()).map(|name| Clean::title(&name))
}

/// A link that can be shown and copied as it is: others are none.
fn link(address: &Raw) -> Option<Clean> {
    let address = address.untrusted();
    let is_web = address.starts_with("https://") || address.starts_with("http://");
    let is_whole = address.len() <= LINK && !address.contains(char::is_whitespace);
    let clean = Clean::of(address);
    (is_web && is_whole && clean.as_str() == address).then_some(clean)
}

/// Bytes in a link at most.
const LINK: usize = 2048;

/// A prompt of pictures alone gives no title.
fn prompt_title(parts: &[Part]) -> Option<Clean> {
    parts
        .iter()
        .filter_map(|part| match part {
            Part::Text(text) => Some(Clean::title(text.untrusted())),
            _ => None,
        })
        .find(|title| !title.is_empty())
}
