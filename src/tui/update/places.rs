//! Places of the open conversation: its outline, its pins, its parent.

use super::super::app::{App, Goal, Reader};
use super::super::msg::Effects;
use super::super::picker::{Choice, OUTLINE, PINS, Picker};
use super::agents;
use super::evidence::Clock;
use crate::marks::Change;
use crate::model::{Kind, Message, Part, SessionId};
use crate::render::document::{Document, Look, Turn};
use crate::text::Clean;

/// Prompts to choose from, each with what came of it cost. The one the cursor is in is chosen.
pub fn outline(app: &mut App) {
    let zone = app.look.zone.clone();
    let Some(document) = app.document() else {
        return;
    };
    let turns = document.outline().iter();
    let messages = &document.conversation().messages;
    let clock = Clock::of(document.conversation(), &zone);
    let choice = |turn: &Turn| Choice {
        lead: clock.lead(messages.get(turn.block).and_then(|message| message.at)),
        label: document.title(turn),
        value: turn.number.to_string(),
        count: None,
        note: Clean::from(came_of_it(turn)),
        marked: false,
    };
    let choices: Vec<Choice> = turns.map(choice).collect();
    let here = document.outline_here().unwrap_or(0);
    if choices.is_empty() {
        return app.say("no prompt in this conversation".into(), false);
    }
    app.picker = Some(Picker::places(OUTLINE, choices, here));
}

/// What a turn came to: calls that failed, and its price, which it has none where nothing was spent.
fn came_of_it(turn: &Turn) -> String {
    let failed = (turn.failed > 0).then(|| format!("{} failed", turn.failed));
    let cost = turn.cost.known();
    let cost = cost.filter(|usd| turn.usage.total() > 0 || usd.nanos() > 0);
    let cost = cost.map(|_| turn.cost.to_string());
    let all: Vec<String> = failed.into_iter().chain(cost).collect();
    all.join("  ")
}

/// Pins the message under the cursor, or takes the pin out.
pub fn pin(app: &mut App, effects: &mut Effects) {
    let Some(reader) = &mut app.reader else {
        return;
    };
    let message = reader.document.as_ref().and_then(Document::message);
    let Some((key, number)) = message.map(|message| (message.key, message.number)) else {
        return;
    };
    let is_pinned = reader.pins.contains(&key);
    let id = reader.session.id.clone();
    if is_pinned {
        reader.pins.retain(|known| *known != key);
    } else {
        reader.pins.push(key);
    }
    set_pins(reader);
    super::marks::note(app, id, Change::Pin(number, !is_pinned), effects);
    let line = match is_pinned {
        true => format!("message {number} is no longer pinned"),
        false => format!("message {number} is pinned; ' lists pins"),
    };
    app.say(Clean::from(line), false);
}

/// Shows the pins of the reader in its document.
pub fn set_pins(reader: &mut Reader) {
    if let Some(document) = &mut reader.document {
        document.set_pins(&reader.pins);
    }
}

/// Pinned messages to choose from, in the order of the conversation.
pub fn pins(app: &mut App) {
    let Some(reader) = &app.reader else { return };
    let Some(document) = &reader.document else {
        return;
    };
    let messages = document.conversation().messages.iter();
    let pinned = messages.filter(|message| reader.pins.contains(&message.key));
    let clock = Clock::of(document.conversation(), &app.look.zone);
    let choice = |message: &std::sync::Arc<Message>| Choice {
        lead: clock.lead(message.at),
        label: beginning(message, &app.look),
        value: message.number.to_string(),
        count: None,
        note: Clean::from(format!("#{}", message.number)),
        marked: false,
    };
    let choices: Vec<Choice> = pinned.map(choice).collect();
    if choices.is_empty() {
        return app.say("nothing is pinned here; m pins a message".into(), false);
    }
    app.picker = Some(Picker::places(PINS, choices, 0));
}

/// How a message begins: with what is said, else with what is called.
fn beginning(message: &Message, look: &Look) -> Clean {
    let said = message.parts.iter().find_map(|part| match part {
        Part::Text(text) if !text.untrusted().trim().is_empty() => {
            Some(look.title_of(text.untrusted()))
        }
        _ => None,
    });
    let called = || {
        message.parts.iter().find_map(|part| match part {
            Part::ToolCall(call) => {
                let target = call.target.as_ref().map_or("", |target| target.untrusted());
                Some(look.title_of(&format!("{} {target}", call.tool.name)))
            }
            _ => None,
        })
    };
    said.or_else(called)
        .unwrap_or_else(|| "(nothing said)".into())
}

/// To the message that was chosen.
pub fn go(app: &mut App, number: &str) {
    if let (Some(document), Ok(number)) = (app.document(), number.parse()) {
        document.go_to_number(number);
    }
}

/// To the session that this one came from: of a sub-agent the one that started it, of a fork the place it left.
pub fn parent(app: &mut App, effects: &mut Effects) {
    let Some(reader) = &app.reader else { return };
    let session = reader.session.clone();
    let is_parent = |outer: &Reader| Some(&*outer.session.id.native) == session.parent.as_deref();
    if app.outer.last().is_some_and(is_parent) {
        return agents::out(app, effects);
    }
    let id = session.parent.clone();
    let id = id.map(|native| SessionId::new(session.id.source, native));
    let Some(parent) = id.and_then(|id| app.index.row(&id)) else {
        let why = match session.parent {
            Some(_) => "its parent is not among the sessions that were found",
            None => "this session has no parent",
        };
        return app.say(why.into(), false);
    };
    let parent = parent.session.clone();
    agents::enter(app, &parent, effects);
    if let Some(reader) = &mut app.reader {
        reader.goal = match session.kind {
            Kind::SubAgent => Some(Goal::Child(session)),
            Kind::Fork => session.started.map(Goal::Before),
            _ => None,
        };
        // Whoever asks for the place it came from is taken to no other.
        reader.landing &= reader.goal.is_none();
    }
}

/// Goes where the conversation was to be opened, as soon as that is read.
pub fn reach(reader: &mut Reader, more: bool) {
    let Some((goal, document)) = reader.goal.clone().zip(reader.document.as_mut()) else {
        return;
    };
    let is_there = match goal {
        Goal::Child(session) => {
            let is_there = document.to_child(&session.id.native, session.call.as_deref());
            // Where no log names the other, what was said before it started is near.
            if let Some(at) = session.started.filter(|_| !is_there && !more) {
                document.to_time(at);
            }
            is_there
        }
        Goal::Fork => document.to_fork(),
        Goal::Stood(stood) => document.come_back(&stood.place),
        // The last before a time is known when all is.
        Goal::Before(at) => {
            if !more {
                document.to_time(at);
            }
            !more
        }
    };
    if is_there || !more {
        reader.goal = None;
    }
}
