//! What agents do with sessions now: looked at on a thread of its own when something was told, with every sweep, and now and
//! then while an agent is open. Where none is, nothing wakes for it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::{Order, Run};
use crate::ingest::{Delta, Look, States};
use crate::model::{Session, Unit};

/// Logs grow many times a second; what their agents do is not looked at more often than this.
const GAP: Duration = Duration::from_secs(1);

/// What is known of running agents, and what is to be looked at.
pub struct Living {
    /// Absent while a thread looks.
    states: Option<Box<States>>,
    heard: Vec<Heard>,
    said: Look,
    is_due: bool,
    last: Option<Instant>,
    /// When something can be another without being heard of.
    again: Option<Instant>,
}

impl Default for Living {
    fn default() -> Living {
        Living {
            states: Some(Box::default()),
            heard: Vec::new(),
            said: Look::default(),
            is_due: false,
            last: None,
            again: None,
        }
    }
}

enum Heard {
    Told(Arc<Session>),
    Gone(Arc<Unit>),
}

impl Living {
    /// Agents are looked at when there is time.
    pub fn look_again(&mut self) {
        self.is_due = true;
    }

    pub fn forget(&mut self, unit: Arc<Unit>) {
        self.heard.push(Heard::Gone(unit));
        self.is_due = true;
    }

    /// How long nothing has to be done.
    pub fn rest(&self) -> Option<Duration> {
        let after_gap = |last: Instant| GAP.saturating_sub(last.elapsed());
        let gap = self.last.map_or(Duration::ZERO, after_gap);
        let due = self.is_due.then_some(gap);
        let again = self.again.map(|at| at.duration_since(Instant::now()));
        self.states.as_ref()?;
        due.into_iter().chain(again).min()
    }
}

impl Run {
    /// Takes note of the sessions that are told now.
    pub(super) fn meet_sessions(&mut self) {
        let told = self.pending.told.iter().map(|told| told.session.clone());
        let before = self.living.heard.len();
        self.living.heard.extend(told.map(Heard::Told));
        self.living.is_due |= self.living.heard.len() > before;
    }

    /// Has agents looked at where that is due and everything was read once.
    pub(super) fn look_at_agents(&mut self) {
        let is_time = self.living.rest().is_some_and(|rest| rest.is_zero());
        if !is_time || !self.first.is_empty() {
            return;
        }
        let Some(mut states) = self.living.states.take() else {
            return;
        };
        (self.living.is_due, self.living.again) = (false, None);
        self.living.last = Some(Instant::now());
        let heard = std::mem::take(&mut self.living.heard);
        let (env, choice, orders) = (self.env.clone(), self.choice.clone(), self.orders.clone());
        let look = move || {
            for heard in heard {
                match heard {
                    Heard::Told(session) => states.hear(&session),
                    Heard::Gone(unit) => states.forget(&unit),
                }
            }
            let look = states.look(&env, &choice);
            // Where nobody listens any more nothing is lost.
            let _ = orders.send(Order::Agents(states, look));
        };
        // Without a thread nothing is known of agents.
        let _ = std::thread::Builder::new()
            .name("agents".into())
            .spawn(look);
    }

    pub(super) fn agents_looked_at(&mut self, states: Box<States>, look: Look) {
        self.living.states = Some(states);
        self.living.again = look.again.map(|after| Instant::now() + after);
        if self.living.said.states != look.states {
            self.pending.merge(Delta {
                states: Some(look.states.clone()),
                ..Delta::default()
            });
        }
        self.living.said = look;
    }
}
