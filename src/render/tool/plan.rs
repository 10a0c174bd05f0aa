//! To-do lists and plans, drawn as lists with the state of each step.

use ratatui::text::Span;
use serde_json::Value;

use super::arguments;
use crate::model::ToolCall;
use crate::render::signs;
use crate::render::span::{made, span, word};
use crate::render::theme::{Role, Theme};
use crate::render::wrap::{self, Row, Run};
use crate::text::Clean;

/// Steps that are told; more are counted.
const STEPS: usize = 100;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    Open,
    Doing,
    Done,
    Dropped,
}

/// A list of steps.
pub struct Plan {
    pub steps: Vec<(State, String)>,
}

impl State {
    /// From the words that agents use for it.
    fn by_word(word: &str) -> State {
        match word {
            "completed" | "complete" | "done" | "finished" => State::Done,
            "in_progress" | "in-progress" | "active" | "doing" => State::Doing,
            "cancelled" | "canceled" | "dropped" | "skipped" => State::Dropped,
            _ => State::Open,
        }
    }

    fn mark(self, ascii: bool) -> &'static str {
        let sign = match self {
            State::Done => &signs::DONE,
            State::Doing => &signs::DOING,
            State::Open => &signs::TO_DO,
            State::Dropped => &signs::DROPPED,
        };
        sign.of(ascii)
    }
}

impl Plan {
    /// The steps in a call's arguments; none where they are no list of steps.
    pub fn of(call: &ToolCall) -> Option<Plan> {
        let args = arguments::small(call)?;
        let lists = ["todos", "plan", "items", "tasks"];
        let list = lists.iter().find_map(|key| args.get(*key)?.as_array())?;
        let steps: Vec<(State, String)> = list.iter().take(STEPS).filter_map(step).collect();
        (!steps.is_empty()).then_some(Plan { steps })
    }

    /// How far it is, and what is being done.
    pub fn face(&self, theme: &Theme) -> Vec<Span<'static>> {
        let done = self.steps.iter().filter(|(state, _)| *state == State::Done);
        let count = format!("{}/{} done", done.count(), self.steps.len());
        let mut spans = vec![made(count, theme.style(Role::Tool))];
        let doing = self.steps.iter().find(|(state, _)| *state == State::Doing);
        if let Some((_, text)) = doing {
            spans.push(word(", now: ", theme.style(Role::Dim)));
            spans.push(span(&Clean::line(text), theme.style(Role::Tool)));
        }
        spans
    }

    pub fn lines(&self, theme: &Theme, ascii: bool, width: usize) -> Vec<Row> {
        let mut rows = Vec::new();
        for (state, text) in &self.steps {
            let (mark, role) = match state {
                State::Doing => (Role::Accent, Role::Text),
                State::Done => (Role::Add, Role::Dim),
                State::Open | State::Dropped => (Role::Dim, Role::Tool),
            };
            let sign = state.mark(ascii);
            let wide = crate::text::width(sign);
            let run = Run::new(Clean::line(text), theme.style(role));
            let lines = wrap::word_rows(&[run], width.saturating_sub(wide));
            for (i, line) in lines.into_iter().enumerate() {
                let first = if i == 0 { sign } else { "" };
                let pad = if i == 0 { 0 } else { wide };
                let mut spans = vec![
                    word(first, theme.style(mark)),
                    crate::render::span::blank(pad),
                ];
                spans.extend(line.spans);
                rows.push(Row {
                    spans,
                    margin: pad,
                    joint: line.joint,
                    ..Row::default()
                });
            }
        }
        rows
    }
}

fn step(value: &Value) -> Option<(State, String)> {
    if let Some(text) = value.as_str() {
        return Some((State::Open, text.to_owned()));
    }
    let text = |keys: &[&str]| keys.iter().find_map(|key| value.get(*key)?.as_str());
    let words = ["content", "step", "title", "text", "description", "task"];
    let state = text(&["status", "state"]).map_or(State::Open, State::by_word);
    Some((state, text(&words)?.to_owned()))
}
