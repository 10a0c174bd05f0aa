//! A few things to fill in before something is made: lines, switches and choices.

use std::sync::Arc;

use tui_input::Input;

use crate::export::{Format, Parts};
use crate::model::Row;
use crate::redact::Secrets;
use crate::text::Clean;

/// One line of a form.
#[derive(Clone, Debug)]
pub struct Field {
    pub label: &'static str,
    pub value: Value,
    /// What it is about, behind it; may be empty.
    pub note: &'static str,
}

#[derive(Clone, Debug)]
pub enum Value {
    /// To be typed.
    Text(Input),
    On(bool),
    /// One of these, by its place.
    OneOf(Vec<&'static str>, usize),
}

impl Field {
    pub fn text(label: &'static str, value: &str) -> Field {
        Field {
            label,
            value: Value::Text(Input::new(value.to_owned())),
            note: "",
        }
    }

    pub fn switch(label: &'static str, on: bool, note: &'static str) -> Field {
        Field {
            label,
            value: Value::On(on),
            note,
        }
    }

    pub fn one_of(label: &'static str, options: Vec<&'static str>, at: usize) -> Field {
        Field {
            label,
            value: Value::OneOf(options, at),
            note: "",
        }
    }
}

/// What a filled form does.
#[derive(Clone, PartialEq, Debug)]
pub enum Purpose {
    /// These sessions become files of a format. Where they were to be before, what was said then of secrets in these parts.
    Export(Format, Vec<Arc<Row>>, Option<(Parts, Secrets)>),
}

#[derive(Clone, Debug)]
pub struct Form {
    pub title: String,
    /// What a person should know before it is filled in.
    pub note: Option<Clean>,
    pub fields: Vec<Field>,
    pub cursor: usize,
    pub purpose: Purpose,
}

impl Form {
    pub fn step(&mut self, by: isize) {
        let last = self.fields.len().saturating_sub(1);
        self.cursor = self.cursor.saturating_add_signed(by).min(last);
    }

    /// Turns the switch under the cursor, or goes to the next choice.
    pub fn turn(&mut self, by: isize) {
        match self.fields.get_mut(self.cursor).map(|f| &mut f.value) {
            Some(Value::On(on)) => *on = !*on,
            Some(Value::OneOf(options, at)) => {
                let many = options.len().max(1);
                *at = (*at + many).saturating_add_signed(by) % many;
            }
            Some(Value::Text(_)) | None => {}
        }
    }

    /// The line under the cursor, where it is to be typed.
    pub fn typing(&mut self) -> Option<&mut Input> {
        match self.fields.get_mut(self.cursor).map(|f| &mut f.value) {
            Some(Value::Text(input)) => Some(input),
            _ => None,
        }
    }

    pub fn text(&self, label: &str) -> &str {
        let found = self.fields.iter().find(|field| field.label == label);
        match found.map(|field| &field.value) {
            Some(Value::Text(input)) => input.value(),
            Some(Value::OneOf(options, at)) => options.get(*at).copied().unwrap_or_default(),
            _ => "",
        }
    }

    pub fn is_on(&self, label: &str) -> bool {
        let found = self.fields.iter().find(|field| field.label == label);
        matches!(found.map(|field| &field.value), Some(Value::On(true)))
    }
}
