//! The summary of a conversation, and the row that list, query and commands see.

use std::path::Path;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::State;
use super::mark::{Mark, Seen};
use super::money::CostSum;
use super::{Basis, Cost, ModelId, Rate, SessionId, SourceId, Usage, Usd};
use crate::text::Clean;

/// The smallest thing re-read as one: a log file, a session's folder, a database.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Unit {
    pub source: SourceId,
    /// The root it was found under.
    pub root: Arc<Path>,
    /// The file or folder itself; it names the unit.
    pub path: Arc<Path>,
    /// Where two units hold one session, the one of higher rank tells it.
    pub rank: u8,
    /// What the source makes of it; means nothing to others.
    pub form: u8,
}

/// The folder below our data in which copies of sessions are kept, by their source and their root.
pub const KEPT: &str = "kept-sessions";

impl Unit {
    /// A copy of ours, which tells its session only where the agent's own log no longer does.
    pub fn is_kept(&self) -> bool {
        let above = self.root.parent();
        let is_source = |folder: &&Path| folder.file_name().is_some_and(|n| n == self.source.0);
        let folder = above.filter(is_source).and_then(Path::parent);
        folder.is_some_and(|folder| folder.file_name().is_some_and(|name| name == KEPT))
    }

    /// Where it stands among units that hold one session: the highest tells.
    pub fn standing(&self) -> (bool, u8) {
        (!self.is_kept(), self.rank)
    }
}

/// One unit's word about a session. Small, always in memory, shared, and replaced whole.
#[derive(Clone, PartialEq, Debug)]
pub struct Session {
    pub id: SessionId,
    /// The session it was started from, by the agent's own id in the same source.
    pub parent: Option<Box<str>>,
    pub kind: Kind,
    /// The tool call in the parent that started it, where a log says so.
    pub call: Option<Box<str>>,
    pub title: Option<Title>,
    /// Working directory at its start.
    pub dir: Option<Arc<Path>>,
    pub branch: Option<Clean>,
    /// The git repository it worked in, as [`repository`](super::repository) names it; absent where the log does not say.
    pub repository: Option<Clean>,
    /// Where the agent itself put it for others to read; absent where it did not, or does not log it.
    pub share: Option<Clean>,
    /// First and last time in the log's own words.
    pub started: Option<Timestamp>,
    pub updated: Option<Timestamp>,
    /// Messages of a person.
    pub prompts: u32,
    /// For each of them, how many replies stand before it: so a fork can leave out what it repeats.
    pub turns: Arc<[u32]>,
    /// Responses of the model, their blocks merged.
    pub replies: u32,
    pub tools: u32,
    /// Tool results that failed.
    pub errors: u32,
    /// What must be read again to open it.
    pub unit: Arc<Unit>,
    /// When its log changed last, by the file system; absent inside a shared database.
    pub changed: Option<Timestamp>,
    /// Bytes on disk; absent inside a shared database.
    pub size: Option<u64>,
    /// Records that could not be read.
    pub odd: u32,
    /// Another number whenever its conversation may have changed: made from what tells that its unit did, or in a shared
    /// database from what the session's rows say.
    pub state: u64,
    pub stage: Stage,
    pub flags: Flags,
    /// Last model that answered, even if the log has no tokens.
    pub model: Option<ModelId>,
    /// The agent's own version, as logged.
    pub version: Option<Clean>,
}

impl Session {
    /// The user's prompts plus the assistant's responses.
    pub fn messages(&self) -> u32 {
        self.prompts.saturating_add(self.replies)
    }

    /// From its first time to its last. Absent of a fork that was written in one go: all it holds was said in another
    /// session, and when it was its own nobody said anything.
    pub fn duration(&self) -> Option<SignedDuration> {
        let (from, to) = (self.started?, self.updated?);
        let is_own = self.kind != Kind::Fork || to > from;
        // Lists are sorted by this.
        let millis = to.as_millisecond() - from.as_millisecond();
        is_own.then(|| SignedDuration::from_millis(millis.max(0)))
    }

    /// Nobody ever asked anything in it, and its agent did nothing: a warm-up or an aborted start. Who only gave a command
    /// of the agent's own, such as `/init`, asked for something. Calls of a fork are those of its history.
    pub fn is_empty(&self) -> bool {
        let is_idle = self.tools == 0 || self.kind == Kind::Fork || self.flags.internal;
        self.stage == Stage::Whole && self.prompts == 0 && is_idle
    }
}

/// How a session came to be.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Debug)]
pub enum Kind {
    #[default]
    Main,
    /// Started by another session's agent.
    SubAgent,
    /// Continues a copy of another session's history.
    Fork,
    /// An older file that a resume repeated whole.
    Copy,
}

impl Kind {
    pub fn word(self) -> &'static str {
        match self {
            Kind::Main => "main",
            Kind::SubAgent => "subagent",
            Kind::Fork => "fork",
            Kind::Copy => "copy",
        }
    }
}

/// A title and who gave it; of two, the higher rank is shown.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Title {
    pub rank: TitleRank,
    pub text: Clean,
}

/// Who gave a title, least trusted first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum TitleRank {
    /// What is left when nothing better is known: a nickname, the last prompt.
    Fallback,
    FirstPrompt,
    Summary,
    /// A title the agent's model made.
    Agent,
    /// A title from the agent's index of its sessions.
    Listed,
    /// The user's own name for it.
    User,
    /// The name that the user gave it here.
    Ours,
}

/// How much of a session has been read.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Debug)]
pub enum Stage {
    /// Its unit was seen; only path and file time are known.
    #[default]
    Found,
    Whole,
}

#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Flags {
    pub archived: bool,
    /// Started by a program, not a person.
    pub automated: bool,
    /// Written by a version whose resumes repeat the whole history in a new file.
    pub resumes_copy: bool,
    /// The log leaves out the tokens of some responses: sums are at least what is shown.
    pub uncounted: bool,
    /// The agent's own doing, which no person should see.
    pub internal: bool,
}

/// Sums over spends, each response counted once.
#[derive(Clone, PartialEq, Default, Debug)]
pub struct Sums {
    pub usage: Usage,
    pub cost: CostSum,
    pub responses: u64,
    pub models: ByModel,
}

/// Sums by model, in the order of their names. `None` holds the responses of logs that name no model. Most sessions have
/// one or two, so a list takes a tenth of the memory of a tree.
#[derive(Clone, PartialEq, Default, Debug)]
pub struct ByModel(Vec<(Option<ModelId>, ModelSums)>);

impl ByModel {
    /// Adds what a model spent.
    pub fn add(&mut self, model: Option<&ModelId>, one: &ModelSums) {
        let at = self
            .0
            .binary_search_by(|(known, _)| known.as_ref().cmp(&model));
        match at {
            Ok(at) => {
                if let Some((_, known)) = self.0.get_mut(at) {
                    known.merge(one);
                }
            }
            Err(at) => {
                self.0.reserve_exact(1);
                self.0.insert(at, (model.cloned(), *one));
            }
        }
    }

    pub fn get(&self, model: Option<&ModelId>) -> Option<&ModelSums> {
        let mut all = self.0.iter();
        let found = all.find(|(known, _)| known.as_ref() == model);
        found.map(|(_, one)| one)
    }

    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&Option<ModelId>, &ModelSums)> {
        self.0.iter().map(|(model, one)| (model, one))
    }

    pub fn keys(&self) -> impl Iterator<Item = &Option<ModelId>> {
        self.0.iter().map(|(model, _)| model)
    }

    pub fn values(&self) -> impl Iterator<Item = &ModelSums> {
        self.0.iter().map(|(_, one)| one)
    }
}

/// What one model spent.
#[derive(Clone, Copy, PartialEq, Default, Debug)]
pub struct ModelSums {
    pub usage: Usage,
    pub cost: CostSum,
    pub responses: u64,
    /// Responses whose log names no model, counted and priced as this one's.
    pub assumed: u64,
    /// Tokens of the responses whose cost nobody knows.
    pub unpriced: Usage,
}

impl ModelSums {
    fn merge(&mut self, other: &ModelSums) {
        self.usage.add(&other.usage);
        self.cost.merge(&other.cost);
        self.responses += other.responses;
        self.assumed += other.assumed;
        self.unpriced.add(&other.unpriced);
    }
}

impl Sums {
    /// Adds one response.
    pub fn add(&mut self, response: &Response) {
        self.usage.add(&response.usage);
        self.cost.add(response.cost);
        self.responses += 1;
        let one = ModelSums {
            usage: response.usage,
            cost: CostSum::of(response.cost),
            responses: 1,
            assumed: u64::from(response.assumed),
            unpriced: match response.cost.basis {
                Basis::Unknown => response.usage,
                _ => Usage::default(),
            },
        };
        self.models.add(response.model.as_ref(), &one);
    }

    pub fn merge(&mut self, other: &Sums) {
        self.usage.add(&other.usage);
        self.cost.merge(&other.cost);
        self.responses += other.responses;
        for (model, one) in other.models.iter() {
            self.models.add(model.as_ref(), one);
        }
    }

    /// The model with the most tokens.
    pub fn main_model(&self) -> Option<&ModelId> {
        self.named()
            .max_by_key(|(_, one)| one.usage.total())
            .map(|(model, _)| model)
    }

    /// The models that have names.
    pub fn named(&self) -> impl Iterator<Item = (&ModelId, &ModelSums)> {
        let named = |(model, one)| Some((Option::as_ref(model)?, one));
        self.models.iter().filter_map(named)
    }

    /// Models of which some response has no price.
    pub fn unpriced(&self) -> impl Iterator<Item = (Option<&ModelId>, &ModelSums)> {
        let unpriced = |one: &ModelSums| !one.unpriced.is_zero();
        let named = |(model, one)| (Option::as_ref(model), one);
        self.models
            .iter()
            .map(named)
            .filter(move |(_, one)| unpriced(one))
    }
}

/// One response, decided: its tokens and its money, whichever of its lines they come from.
#[derive(Clone, Debug)]
pub struct Response {
    /// When it was logged; absent where the log has no time.
    pub at: Option<Timestamp>,
    pub usage: Usage,
    /// Absent where no log names one.
    pub model: Option<ModelId>,
    /// No log names its model, and its source says which one it must have been.
    pub assumed: bool,
    pub rate: Rate,
    /// What the agent itself says it cost.
    pub logged: Option<Usd>,
    pub cost: Cost,
}

/// A session with its sums.
#[derive(Clone, PartialEq, Debug)]
pub struct Row {
    pub session: Arc<Session>,
    /// What it spent itself.
    pub own: Sums,
    /// With its sub-agents and copies at any depth, without forks.
    pub all: Sums,
    /// The session under which it is folded: the parent at the far end, else itself.
    pub root: SessionId,
    /// Its direct sub-agents, forks and copies.
    pub children: u32,
    /// What people noted on it; absent where nothing is.
    pub mark: Option<Arc<Mark>>,
    /// Its directory was not there when that was last looked at; false where nobody looked.
    pub is_gone: bool,
    /// Where others can read it: the link of our share, else the agent's own.
    pub share: Option<Clean>,
    /// From when on its agent deletes it; absent where that is not known or never.
    pub expires: Option<Timestamp>,
    /// What an agent does with it now; absent where nobody knows of one, or nobody looked.
    pub state: Option<State>,
}

impl Row {
    pub fn id(&self) -> &SessionId {
        &self.session.id
    }

    /// The same with other words for its title.
    pub fn titled(&self, text: Clean) -> Row {
        let mut row = self.clone();
        if let Some(title) = &mut Arc::make_mut(&mut row.session).title {
            title.text = text;
        }
        row
    }

    pub fn is_starred(&self) -> bool {
        self.mark.as_ref().is_some_and(|mark| mark.star)
    }

    /// Somebody does not want to see it in lists.
    pub fn is_hidden(&self) -> bool {
        self.mark.as_ref().is_some_and(|mark| mark.hidden)
    }

    /// The last look into it, where there was one.
    pub fn seen(&self) -> Option<Seen> {
        self.mark.as_ref()?.seen
    }

    /// Something happened in it since somebody looked into it. What nobody ever opened is not news.
    pub fn is_unread(&self) -> bool {
        let both = self.seen().zip(self.session.updated);
        both.is_some_and(|(seen, updated)| updated > seen.at)
    }

    /// Somebody should look into it: it waits, it was stopped, or there is news in it.
    pub fn needs_you(&self) -> bool {
        self.state.is_some_and(State::needs_you) || self.is_unread()
    }

    /// Total tokens; absent where the model answered and the log has no counts.
    pub fn tokens(&self) -> Option<u64> {
        let silent = self.session.stage == Stage::Whole && self.session.replies == 0;
        (self.all.responses > 0 || silent).then(|| self.all.usage.total())
    }

    /// What it cost with its sub-agents and copies; unknown where its tokens are.
    pub fn cost(&self) -> Cost {
        if self.tokens().is_some() {
            self.all.cost.cost()
        } else {
            Cost::UNKNOWN
        }
    }

    /// How many in a thousand of the tokens that were sent came from the cache; absent where none are known.
    pub fn cache_share(&self) -> Option<u64> {
        let sent = self.tokens().map(|_| self.all.usage.prompt())?;
        let cached = u128::from(self.all.usage.cache_read) * 1_000;
        let share = cached.checked_div(u128::from(sent))?;
        u64::try_from(share).ok()
    }

    /// The last component of its directory.
    pub fn project(&self) -> Option<Clean> {
        let name = self.session.dir.as_deref()?.file_name()?;
        Some(Clean::title(&name.to_string_lossy()))
    }

    /// The model that answered most, else the one the log names.
    pub fn model(&self) -> Option<&ModelId> {
        self.own
            .main_model()
            .or(self.session.model.as_ref())
            .or_else(|| self.all.main_model())
    }
}
