//! A question that must be answered before something is done that is not easily taken back.

use tui_input::Input;

use super::msg::Wish;
use super::tasks::{Export, Task};
use crate::model::SessionId;
use crate::redact::Seen;
use crate::text::Clean;

/// What an answer does. Without one, nothing is done.
#[derive(Clone, PartialEq, Debug)]
pub enum Answer {
    Nothing,
    Quit,
    Do(Box<Task>),
    Launch(Wish),
    /// Asks for another directory.
    Place(Wish),
    Delete(Vec<SessionId>),
    /// Offers what was found in an export, to say of one that it is no secret.
    Allow(Box<Export>, Vec<Seen>),
    /// Opens an address of the web.
    Browse(String),
}

#[derive(Clone, PartialEq, Debug)]
pub struct Button {
    /// A verb.
    pub label: &'static str,
    pub answer: Answer,
}

/// A question with its buttons, the first of which is safe.
#[derive(Clone, Debug)]
pub struct Dialog {
    pub title: &'static str,
    /// The question with its object and number, and what follows from it, a sentence each.
    pub lines: Vec<Clean>,
    pub buttons: Vec<Button>,
    /// The button that Enter presses.
    pub cursor: usize,
    /// A number that is to be typed before any button but the first is pressed, where much is at stake.
    pub number: Option<(usize, Input)>,
}

impl Dialog {
    /// A question about something; the safe answer comes first and is chosen already.
    pub fn new(title: &'static str, lines: Vec<Clean>, safe: &'static str) -> Dialog {
        let safe = Button {
            label: safe,
            answer: Answer::Nothing,
        };
        Dialog {
            title,
            lines,
            buttons: vec![safe],
            cursor: 0,
            number: None,
        }
    }

    pub fn or(mut self, label: &'static str, answer: Answer) -> Dialog {
        self.buttons.push(Button { label, answer });
        self
    }

    /// Where so many things are at stake, their number must be typed.
    pub fn counted(mut self, many: usize) -> Dialog {
        self.number = Some((many, Input::default()));
        self
    }

    pub fn step(&mut self, by: isize) {
        let last = self.buttons.len().saturating_sub(1);
        self.cursor = self.cursor.saturating_add_signed(by).min(last);
    }

    /// What the chosen button does; none while the number that it asks for was not typed.
    pub fn answer(&self) -> Option<Answer> {
        let typed = |(many, input): &(usize, Input)| input.value().trim() == many.to_string();
        let is_counted = self.cursor == 0 || self.number.as_ref().is_none_or(typed);
        let button = self.buttons.get(self.cursor).filter(|_| is_counted);
        button.map(|button| button.answer.clone())
    }
}
