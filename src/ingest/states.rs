//! What agents do with sessions now: from the table of processes, from what running agents say of themselves, and from
//! the end of the log. What these do not tell is no state.

mod agents;
mod ends;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use self::agents::{Agent, Agents};
use self::ends::End;
use super::Choice;
use crate::env::{Env, Running};
use crate::model::{Kind, Session, SessionId, SourceId, State, ToolKind, Unit};
use crate::sources::{self, Source};

/// A session that nothing happened in for so long is not looked for among those that are open.
const WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);
/// An agent that stopped longer ago is history and needs nobody.
const DAY: SignedDuration = SignedDuration::from_hours(24);
/// A log that was quiet for so long is not written by an agent that we do not see, on another machine or in a container.
const GONE: SignedDuration = SignedDuration::from_secs(30);
/// An answer, or a call that should be quick, that nothing follows for so long waits for somebody.
const SETTLED: SignedDuration = SignedDuration::from_secs(5);
/// While an agent is open it is looked at this often.
const LIVE: Duration = Duration::from_secs(3);

/// The sessions that were lately at work, and what was found out about them.
#[derive(Default)]
pub struct States {
    sessions: HashMap<SessionId, Arc<Session>>,
    /// How their logs end, with the number that tells when they change.
    ends: HashMap<SessionId, (u64, End)>,
    /// The processes that had them open when that was last looked at.
    known: HashMap<SessionId, i32>,
}

/// What was found.
#[derive(PartialEq, Default, Debug)]
pub struct Look {
    pub states: BTreeMap<SessionId, State>,
    /// When to look again, though nothing is heard of until then; absent where nothing can change.
    pub again: Option<Duration>,
}

/// What is there when it is looked.
struct Scene<'a> {
    env: &'a Env,
    now: Timestamp,
    table: &'a [Running],
}

impl States {
    /// Takes in a session that was told.
    pub fn hear(&mut self, session: &Arc<Session>) {
        // Sub-agents run inside the program of their parent.
        if session.kind == Kind::SubAgent {
            return;
        }
        let known = self.sessions.get(&session.id);
        // A second file of the same id is listed under another.
        if known.is_none_or(|known| known.unit == session.unit || known.updated < session.updated) {
            self.sessions.insert(session.id.clone(), session.clone());
        }
    }

    /// Forgets what a unit told.
    pub fn forget(&mut self, unit: &Unit) {
        self.sessions
            .retain(|_, session| session.unit.path != unit.path);
    }

    /// Looks at what runs now.
    pub fn look(&mut self, env: &Env, choice: &Choice) -> Look {
        // Where the clock is not the machine's, neither are the sessions.
        let (None, Some(table)) = (env.fixed_now, env.processes.running()) else {
            return Look::default();
        };
        let now = env.now();
        let is_late = |session: &Session, by| {
            let since = session.updated.and_then(|at| at.checked_add(by).ok());
            since.is_some_and(|until| until >= now)
        };
        self.sessions.retain(|_, session| is_late(session, WEEK));
        self.ends.retain(|id, _| self.sessions.contains_key(id));
        let scene = Scene {
            env,
            now,
            table: &table,
        };
        let mut by_source: HashMap<SourceId, Vec<&Arc<Session>>> = HashMap::new();
        for session in self.sessions.values() {
            by_source
                .entry(session.id.source)
                .or_default()
                .push(session);
        }
        let mut look = Look::default();
        let mut known = HashMap::new();
        for (id, sessions) in by_source {
            let source: Option<&dyn Source> = sources::source(id);
            let agents = source.and_then(|s| agents::of(env, choice, s, &table, &sessions));
            let Some(agents) = agents else { continue };
            for session in sessions {
                let agent = agents.open.get(&session.id);
                if agent.is_none() && !is_late(session, DAY) {
                    continue;
                }
                let end = match self.ends.get(&session.id) {
                    Some((state, end)) if *state == session.state => Some(end.clone()),
                    _ => ends::read(env, session),
                };
                let Some(end) = end else { continue };
                let was = self.known.get(&session.id);
                let (state, wait) = scene.state(session, agent, &agents, &end, was);
                self.ends.insert(session.id.clone(), (session.state, end));
                let wait = wait.or(agent.map(|_| LIVE));
                look.again = look.again.into_iter().chain(wait).min();
                known.extend(agent.map(|agent| (session.id.clone(), agent.pid)));
                look.states
                    .extend(state.map(|state| (session.id.clone(), state)));
            }
        }
        self.known = known;
        look
    }
}

impl Scene<'_> {
    /// The state of one session, and when that may be another without a word in the log.
    fn state(
        &self,
        session: &Session,
        agent: Option<&Agent>,
        agents: &Agents,
        end: &End,
        was: Option<&i32>,
    ) -> (Option<State>, Option<Duration>) {
        let quiet = self.quiet(session);
        let Some(agent) = agent else {
            // Whoever had it open has ended, or nobody is seen who could have it and nothing is written.
            let ended = |pid: &i32| self.table.iter().all(|one| one.pid != *pid);
            let is_proved = was.is_some_and(ended) || agents.dead.contains(&session.id);
            return match end {
                End::Open(_) if agents.may_have(session) => (None, None),
                End::Open(_) if is_proved || quiet >= GONE => (Some(State::Stopped), None),
                End::Open(_) => (None, Duration::try_from(GONE - quiet).ok()),
                _ => (None, None),
            };
        };
        let state = match end {
            End::Open(calls) if calls.iter().any(|call| call.asks) => State::Waiting,
            // It wants leave to do what would be quick, or would run as a program of its own.
            End::Open(calls) => {
                let asks = calls.iter().any(|call| match call.kind {
                    ToolKind::Edit => true,
                    ToolKind::Shell => call
                        .at
                        .is_some_and(|at| !agents::has_child_since(self.table, &agents.pids, at)),
                    _ => false,
                });
                let is_still = quiet >= SETTLED;
                match asks && is_still || agent.is_busy == Some(false) {
                    true => State::Waiting,
                    false => State::Working,
                }
            }
            End::Told if agent.is_busy == Some(false) => State::Idle,
            End::Told => State::Working,
            End::Said { .. } | End::Over if agent.is_busy == Some(true) => State::Working,
            // The next part of an answer may be on its way.
            End::Said { .. } if agent.is_busy.is_none() && quiet < SETTLED => State::Working,
            End::Said { is_question: true } => State::Waiting,
            End::Said { .. } | End::Over => State::Idle,
        };
        (Some(state), None)
    }

    /// How long nothing was written.
    fn quiet(&self, session: &Session) -> SignedDuration {
        let stamp = || self.env.files.stamp(&session.unit.path).ok()?.time();
        // What a database was last written for may be another session.
        let last = match session.changed {
            Some(_) => stamp(),
            None => session.updated,
        };
        last.map_or(SignedDuration::MAX, |at| self.now.duration_since(at))
    }
}
