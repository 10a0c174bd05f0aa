//! A conversation as evaluations see it: what was asked, and all that was answered until the next was.

use super::{Parts, shapes};
use crate::model::{Conversation, Lane, Message, Part, Role};
use crate::redact::Outlet;

/// One message's words.
pub struct Said<'a> {
    pub message: &'a Message,
    /// As scripts know it.
    pub role: &'static str,
    /// Empty where only tools spoke.
    pub text: String,
}

/// The messages of the main line, as far as they were chosen. What was taken back is no answer to anything.
pub fn said<'a>(
    conversation: &'a Conversation,
    parts: &Parts,
    outlet: &mut Outlet<'_>,
) -> Vec<Said<'a>> {
    let messages = conversation.messages.iter();
    let main = messages.filter(|m| m.lane == Lane::Main && parts.shows(m));
    let mut all = Vec::new();
    for message in main {
        all.push(Said {
            message,
            role: shapes::role(message.role),
            text: words(message, parts, outlet),
        });
    }
    all
}

fn words(message: &Message, parts: &Parts, outlet: &mut Outlet<'_>) -> String {
    let mut texts = Vec::new();
    for part in message.parts.iter().filter(|part| parts.has(part)) {
        let text = match part {
            Part::Text(text) => outlet.raw(text),
            Part::Thinking(Some(text)) => {
                texts.push(format!("<thinking>\n{}\n</thinking>", outlet.raw(text)));
                continue;
            }
            Part::Notice { text, .. } => outlet.raw(text),
            _ => continue,
        };
        if !text.as_str().trim().is_empty() {
            texts.push(text.as_str().trim_end().to_owned());
        }
    }
    texts.join("\n\n")
}

/// A prompt and its answer, as places in what was said.
pub struct Pair {
    pub prompt: usize,
    /// From the first answer on.
    pub answers: std::ops::Range<usize>,
}

/// Every prompt that was answered.
pub fn pairs(said: &[Said<'_>]) -> Vec<Pair> {
    let is_prompt = |one: &Said<'_>| one.message.role == Role::User && !one.text.is_empty();
    let prompts = said.iter().enumerate().filter(|(_, one)| is_prompt(one));
    let prompts: Vec<usize> = prompts.map(|(at, _)| at).collect();
    let ends = prompts.iter().skip(1).copied().chain([said.len()]);
    let answers = |one: &Said<'_>| one.message.role == Role::Assistant && !one.text.is_empty();
    prompts
        .iter()
        .zip(ends)
        .map(|(&prompt, end)| Pair {
            prompt,
            answers: prompt + 1..end,
        })
        .filter(|pair| {
            let after = said.get(pair.answers.clone()).unwrap_or_default();
            after.iter().any(answers)
        })
        .collect()
}
