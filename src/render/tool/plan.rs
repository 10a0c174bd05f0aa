//! To-do lists and plans, drawn as lists with the state of each step.

use std::ops::Range;

use ratatui::text::Span;
use serde_json::Value;

use super::arguments;
use crate::model::{ToolCall, ToolKind, ToolResult};
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

    /// The steps that are shown where there is room for `most` lines of them: those around what is being done.
    fn seen(&self, most: usize) -> Range<usize> {
        let all = self.steps.len();
        if all <= most {
            return 0..all;
        }
        let first = |wanted: State| self.steps.iter().position(|(state, _)| *state == wanted);
        let here = first(State::Doing).or_else(|| first(State::Open));
        let start = here.unwrap_or(all).saturating_sub(1);
        // A line counts what is before them, and one what is behind; no line counts one that would fit in its place.
        match most.saturating_sub(1) {
            room if start <= 1 => 0..room,
            room if start + room >= all => all - room..all,
            room => start..start + room.saturating_sub(1),
        }
    }

    /// The steps, and how many are left out before and behind them.
    pub fn lines(&self, theme: &Theme, ascii: bool, width: usize, most: usize) -> Vec<Row> {
        let mut rows = Vec::new();
        let seen = self.seen(most);
        let left = |steps: &[(State, String)], what: &str| {
            let done = steps.iter().all(|(state, _)| *state == State::Done);
            let what = if done { "done" } else { what };
            let told = made(
                format!("... {} {what}", steps.len()),
                theme.style(Role::Dim),
            );
            (!steps.is_empty()).then(|| Row::from(vec![told]))
        };
        rows.extend(left(
            self.steps.get(..seen.start).unwrap_or_default(),
            "before",
        ));
        for (state, text) in self.steps.get(seen.clone()).unwrap_or_default() {
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
        rows.extend(left(
            self.steps.get(seen.end..).unwrap_or_default(),
            "more (z o)",
        ));
        rows
    }
}

/// The task that an answer is about, where it tells nothing that the line of its call does not: `#3`.
pub fn answered<'r>(call: &ToolCall, result: &'r ToolResult) -> Option<&'r str> {
    let line = result.output.untrusted().trim();
    let is_told = call.tool.kind != ToolKind::Plan || super::failed(result) || line.contains('\n');
    let target = call.target.as_ref().filter(|_| !is_told)?.untrusted();
    let (_, number) = line.split_once("ask #")?;
    let digits = number.bytes().take_while(u8::is_ascii_digit).count();
    let task = line.get(line.len() - number.len() - 1..line.len() - number.len() + digits)?;
    (line.contains(target) || target.starts_with(task)).then_some(task)
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
