//! Goes through a composer's bubbles in their order, and says each as a message and what was spent on it.

use jiff::Timestamp;

use super::super::json::{Json, Obj};
use super::super::{Facts, Record, Say, Stop, hash, tell};
use super::{bubble, is_uuid, model_named, workspace};
use crate::model::{Mark, Message, ModelId, NoticeKind, Part, Rate, Role, Same, Spend, Usage, Usd};

/// Says facts of a session.
pub fn said(session: &str, facts: Facts, say: &mut Say<'_>) -> Result<(), Stop> {
    let (session, facts) = (session.into(), Box::new(facts));
    tell(say, Record::Session { session, facts })
}

/// The model that a composer is set to now.
pub fn model_set(data: &Obj<'_>) -> Option<ModelId> {
    let name = data.obj("modelConfig")?.text("modelName")?;
    model_named(&name)
}

/// What older versions noted of a model's cost in the whole conversation, with the tokens that belong to it.
struct ModelCost {
    name: String,
    cost: Usd,
    usage: Usage,
}

/// The costs that are noted of a composer.
fn costs(data: &Obj<'_>) -> Vec<ModelCost> {
    let usage = data.obj("usageData").unwrap_or_default();
    let costs = usage.fields().filter_map(|(name, json)| {
        let cents = json
            .obj()?
            .f64("costInCents")
            .filter(|cents| *cents > 0.0)?;
        Some(ModelCost {
            name: name.into_owned(),
            cost: Usd::from_dollars(cents / 100.0)?,
            usage: Usage::default(),
        })
    });
    costs.collect()
}

/// Goes through the bubbles and remembers what the next one inherits.
pub struct Teller<'a> {
    session: &'a str,
    whole: bool,
    /// The time of the last bubble that had one, at first that of the composer.
    at: Option<Timestamp>,
    /// The model that is set now.
    set: Option<ModelId>,
    /// What the last prompt says about its model.
    asked: Option<Option<ModelId>>,
    /// The turn that is being told: all bubbles up to the next prompt are one answer.
    reply: Option<u64>,
    costs: Vec<ModelCost>,
    spent: bool,
    /// Some answer has no tokens.
    silent: bool,
    /// The folder is known, or nobody asks for it.
    pub placed: bool,
}

impl<'a> Teller<'a> {
    pub fn new(
        session: &'a str,
        whole: bool,
        created: Option<Timestamp>,
        data: &Obj<'_>,
    ) -> Teller<'a> {
        Teller {
            session,
            whole,
            at: created,
            set: model_set(data),
            asked: None,
            reply: None,
            costs: costs(data),
            spent: false,
            silent: false,
            placed: false,
        }
    }

    fn key(n: usize, bid: &str) -> u64 {
        if bid.is_empty() {
            hash(&[b"place", &n.to_le_bytes()])
        } else {
            hash(&[bid.as_bytes()])
        }
    }

    /// A message at its place in the turns.
    fn message(&mut self, key: u64, role: Role) -> Message {
        let mut message = Message::new(key, role, self.at);
        match role {
            Role::Assistant => message.reply = Some(*self.reply.get_or_insert(key)),
            Role::User => self.reply = None,
            Role::System => {}
        }
        message
    }

    /// Says a bubble at its place.
    pub fn bubble(
        &mut self,
        n: usize,
        bid: &str,
        kind: Option<Json<'_>>,
        bubble: &Obj<'_>,
        say: &mut Say<'_>,
    ) -> Result<(), Stop> {
        self.at = bubble::time(bubble).or(self.at);
        self.place(bubble, say)?;
        let said = bubble.get("type");
        let role = bubble::role(said).or_else(|| bubble::role(kind));
        let role = role.unwrap_or(if bubble.has("toolFormerData") {
            Role::Assistant
        } else {
            Role::System
        });
        let key = Self::key(n, bid);
        let mut message = self.message(key, role);
        let own = bubble::model(bubble);
        if role == Role::User {
            self.asked = own;
        } else if role == Role::Assistant {
            let known = own.or_else(|| self.asked.clone());
            message.model = known.unwrap_or_else(|| self.set.clone());
            let usage = bubble::usage(bubble);
            message.usage = usage.filter(|_| self.whole);
            match usage {
                Some(usage) => self.spend(key, bid, usage, &message.model, say)?,
                None => self.silent |= bubble::is_answer(bubble),
            }
        }
        bubble::fill(bubble, &mut message, self.whole);
        self.tell(message, say)
    }

    /// Stands for a bubble that is named and not there.
    pub fn placeholder(
        &mut self,
        n: usize,
        bid: &str,
        kind: Option<Json<'_>>,
        text: &'static str,
        say: &mut Say<'_>,
    ) -> Result<(), Stop> {
        let role = bubble::role(kind).unwrap_or(Role::System);
        let mut message = self.message(Self::key(n, bid), role);
        message.counts = false;
        if self.whole {
            message.parts.push(Part::Notice {
                kind: NoticeKind::Other,
                text: text.into(),
            });
        }
        self.tell(message, say)
    }

    fn tell(&self, message: Message, say: &mut Say<'_>) -> Result<(), Stop> {
        let (session, message) = (self.session.into(), Box::new(message));
        tell(say, Record::Message { session, message })
    }

    /// The folder that a bubble names.
    fn place(&mut self, bubble: &Obj<'_>, say: &mut Say<'_>) -> Result<(), Stop> {
        if self.placed {
            return Ok(());
        }
        let uri = bubble.list("workspaceUris").into_iter().find_map(Json::str);
        let uri = uri.or_else(|| bubble.text("workspaceProjectDir"));
        if let Some(dir) = uri.and_then(|uri| workspace::dir_of(&uri)) {
            self.placed = true;
            let dir = Some(dir);
            said(
                self.session,
                Facts {
                    dir,
                    ..Facts::default()
                },
                say,
            )?;
        }
        Ok(())
    }

    fn spend(
        &mut self,
        key: u64,
        bid: &str,
        usage: Usage,
        model: &Option<ModelId>,
        say: &mut Say<'_>,
    ) -> Result<(), Stop> {
        self.spent = true;
        // Where the cost of a model is known, its tokens are part of that one spend.
        let only = self.costs.len() == 1;
        let cost = self.costs.iter_mut().find(|cost| match model {
            Some(model) => model.name == *cost.name,
            None => only,
        });
        if let Some(cost) = cost {
            cost.usage.add(&usage);
            return Ok(());
        }
        let reply = is_uuid(bid).then_some(key);
        let spend = Spend {
            key,
            at: self.at,
            model: model.clone(),
            rate: Rate::Standard,
            usage,
            logged: None,
            same: reply.map(|reply| Same {
                reply,
                variant: None,
                mark: Mark::Own,
            }),
        };
        self.spent(spend, say)
    }

    fn spent(&self, spend: Spend, say: &mut Say<'_>) -> Result<(), Stop> {
        if self.whole {
            return Ok(());
        }
        let session = self.session.into();
        tell(say, Record::Spent { session, spend })
    }

    /// Says what is known when all bubbles were heard.
    pub fn end(&mut self, say: &mut Say<'_>) -> Result<(), Stop> {
        for cost in std::mem::take(&mut self.costs) {
            self.spent = true;
            let spend = Spend {
                key: hash(&[b"usage", cost.name.as_bytes()]),
                at: self.at,
                model: model_named(&cost.name),
                rate: Rate::Standard,
                usage: cost.usage,
                logged: Some(cost.cost),
                same: None,
            };
            self.spent(spend, say)?;
        }
        if self.spent && self.silent && !self.whole {
            let uncounted = Some(true);
            let facts = Facts {
                uncounted,
                ..Facts::default()
            };
            said(self.session, facts, say)?;
        }
        Ok(())
    }
}
