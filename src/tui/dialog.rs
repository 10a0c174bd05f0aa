//! A question that must be answered before something is done that is not easily taken back.

use std::sync::Arc;

use tui_input::Input;

use super::keys::{Action, KeyMap, Meaning, Scope, printed};
use super::msg::Wish;
use super::tasks::{Export, Task};
use super::views::View;
use crate::marks::Change;
use crate::model::{Row, SessionId};
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
    /// Makes these changes of marks, which are told by this word.
    Mark(Vec<(SessionId, Change)>, String),
    /// Asks how these are to be exported.
    Export(Vec<Arc<Row>>),
    /// Offers what was found in an export, to say of one that it is no secret.
    Allow(Box<Export>, Vec<Seen>),
    /// Opens an address of the web.
    Browse(String),
    /// Keeps a view in the place of the one that has its number.
    SaveView(View),
    DropView(View),
}

/// One thing of those that a question is about.
#[derive(Clone, PartialEq, Debug)]
pub struct Item {
    /// It names what follows.
    pub is_heading: bool,
    pub text: Clean,
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
    /// What it is about, one by one: seen in part, and moved.
    pub items: Vec<Item>,
    /// The first of them that is seen.
    pub top: usize,
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
            items: Vec::new(),
            top: 0,
            buttons: vec![safe],
            cursor: 0,
            number: None,
        }
    }

    pub fn or(mut self, label: &'static str, answer: Answer) -> Dialog {
        self.buttons.push(Button { label, answer });
        self
    }

    /// Shows what it is about one by one.
    pub fn about(mut self, items: Vec<Item>) -> Dialog {
        self.items = items;
        self
    }

    /// The key that presses each button: no for the first, yes for the second, and for any other a letter of its label that
    /// means nothing else here. Empty where it has none.
    pub fn keys(&self, map: &KeyMap) -> Vec<String> {
        let bound = |action| {
            let key = map.key(Scope::Dialog, action, 0);
            key.map(printed).unwrap_or_default()
        };
        let mut keys = vec![bound(Action::Escape), bound(Action::Yes)];
        for button in self.buttons.iter().skip(keys.len()) {
            let words = button.label.split(' ');
            let initials = words.filter_map(|word| word.chars().next());
            let all = initials.chain(button.label.chars());
            let mut letters = all.filter(|c| c.is_ascii_alphabetic()).map(|c| {
                let letter = c.to_ascii_lowercase();
                letter.to_string()
            });
            let is_free = |letter: &String| {
                let means = map.meaning(Scope::Dialog, None, letter);
                means == Meaning::Nothing && !keys.contains(letter)
            };
            let letter = letters.find(is_free).unwrap_or_default();
            keys.push(letter);
        }
        keys.truncate(self.buttons.len());
        keys
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
        let may = self.cursor == 0 || self.is_counted();
        let button = self.buttons.get(self.cursor).filter(|_| may);
        button.map(|button| button.answer.clone())
    }

    /// Whether the number that it asks for, if any, was typed.
    pub fn is_counted(&self) -> bool {
        let typed = |(many, input): &(usize, Input)| input.value().trim() == many.to_string();
        self.number.as_ref().is_none_or(typed)
    }
}
