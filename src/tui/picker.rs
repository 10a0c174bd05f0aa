//! A list to choose from that writes into the query: agents, projects, models, days.

use std::collections::HashMap;

use tui_input::Input;

use super::app::App;
use super::listing::{self, Rule};
use crate::model::Row;
use crate::query::{Query, listed, values_of, written};
use crate::sources;
use crate::text::{Clean, short_dir};

/// What can be chosen.
#[derive(Clone, Debug)]
pub struct Choice {
    /// What stands before it: when it was said.
    pub lead: Clean,
    pub label: Clean,
    /// What it writes; empty takes back what was written.
    pub value: String,
    /// How many sessions have it, where that is known.
    pub count: Option<usize>,
    /// What else is said of it, at the right.
    pub note: Clean,
    pub marked: bool,
}

/// Pickers that go to a place of the open conversation in place of writing into the query.
pub const OUTLINE: &str = "outline";
pub const PINS: &str = "pins";

/// A picker that is open.
#[derive(Clone, Debug)]
pub struct Picker {
    /// The field that it writes.
    pub field: &'static str,
    /// The other field that Tab goes to, where one choice is all there is.
    pub other: Option<&'static str>,
    pub choices: Vec<Choice>,
    /// Values that stand in the query and are none of these.
    others: Vec<String>,
    /// What narrows them.
    pub input: Input,
    /// Among those that are left.
    pub cursor: usize,
    /// A mark was set or taken away: then all marks count, and else only the cursor.
    is_marking: bool,
}

/// The days that are asked for most; the last is to be typed.
const DAYS: [(&str, &str); 5] = [
    ("today", "today"),
    ("the last 7 days", "7d"),
    ("the last 30 days", "30d"),
    ("all", ""),
    ("other days ...", ":"),
];

/// The value that is to be typed.
pub const TYPED: &str = ":";

impl Picker {
    /// Values of a field that listed sessions have, and how many rows the list would show with each.
    pub fn values(app: &App, field: &'static str) -> Picker {
        let query = &app.query.query;
        let rule = Rule::of(query, app.prefs.all_kinds);
        let said = query.values_of(field).unwrap_or_default();
        let said: Vec<&str> = listed(said).collect();
        let mut choices: Vec<Choice> = Vec::new();
        let mut known: HashMap<String, usize> = HashMap::new();
        for row in app.index.rows().filter(|row| rule.class(row).is_none()) {
            for (value, label) in told(app, field, row) {
                if let Some(choice) = known.get(&value).and_then(|at| choices.get_mut(*at)) {
                    choice.count = choice.count.map(|n| n + 1);
                    continue;
                }
                known.insert(value.clone(), choices.len());
                let bare = written(label.as_str());
                choices.push(Choice {
                    lead: Clean::default(),
                    marked: said.contains(&&*value) || said.contains(&&*bare),
                    label,
                    value,
                    count: Some(1),
                    note: Clean::default(),
                });
            }
        }
        let rest = Query::parse(&query.with(field, None), &app.context);
        let values = |row: &Row| told(app, field, row).into_iter().map(|(value, _)| value);
        let shown = listing::shown_by(app, &rest, |row| values(row).collect());
        let most =
            |a: &Choice, b: &Choice| b.count.cmp(&a.count).then_with(|| a.label.cmp(&b.label));
        // Where only a search can tell how many, the commonest still come first.
        choices.sort_by(most);
        for choice in &mut choices {
            let n = shown.as_ref().map(|shown| shown.get(&choice.value));
            choice.count = n.map(|n| n.copied().unwrap_or(0));
        }
        choices.sort_by(most);
        let is_choice = |one: &str| {
            let bare = one.trim_start_matches('=');
            choices
                .iter()
                .any(|choice| choice.value.trim_start_matches('=') == bare)
        };
        let others = said.iter().filter(|one| !one.is_empty() && !is_choice(one));
        let others = others.map(|one| (*one).to_owned()).collect();
        Picker {
            others,
            ..Picker::new(field, choices)
        }
    }

    /// The cursor stands on what is marked.
    fn new(field: &'static str, choices: Vec<Choice>) -> Picker {
        Picker {
            field,
            other: None,
            others: Vec::new(),
            cursor: choices.iter().position(|c| c.marked).unwrap_or(0),
            choices,
            input: Input::default(),
            is_marking: false,
        }
    }

    /// Days of last activity, or of the start.
    pub fn days(app: &App, field: &'static str) -> Picker {
        let said = app.query.query.values_of(field).unwrap_or_default();
        let choice = |(label, value): (&str, &str)| Choice {
            lead: Clean::default(),
            label: label.to_owned().into(),
            value: value.to_owned(),
            count: None,
            note: Clean::default(),
            marked: said == value && !said.is_empty(),
        };
        Picker {
            other: Some(if field == "date" { "created" } else { "date" }),
            ..Picker::new(field, DAYS.into_iter().map(choice).collect())
        }
    }

    /// Places of the open conversation, by the numbers of their messages.
    pub fn places(field: &'static str, choices: Vec<Choice>, cursor: usize) -> Picker {
        Picker {
            cursor,
            ..Picker::new(field, choices)
        }
    }

    /// Whether it goes somewhere, and writes nothing.
    pub fn is_of_places(&self) -> bool {
        [OUTLINE, PINS].contains(&self.field)
    }

    /// What Enter does.
    pub fn verb(&self) -> &'static str {
        match self.is_of_places() {
            true => "go there",
            false => "choose",
        }
    }

    /// What Tab does besides going down, if it does anything.
    pub fn tab(&self) -> Option<&'static str> {
        match self.other {
            Some("created") => Some("by start"),
            Some(_) => Some("by last activity"),
            None => (!self.is_of_places()).then_some("mark"),
        }
    }

    /// Those that hold what was typed, by their places.
    pub fn left(&self) -> Vec<usize> {
        let typed = self.input.value().to_lowercase();
        let fits = |choice: &Choice| {
            let label = choice.label.as_str().to_lowercase();
            label.contains(&typed) || choice.value.to_lowercase().contains(&typed)
        };
        let choices = self.choices.iter().enumerate();
        let left = choices.filter(|(_, choice)| fits(choice));
        left.map(|(at, _)| at).collect()
    }

    /// Marks the one under the cursor, or takes its mark away. One goes to one place only.
    pub fn mark(&mut self) {
        if !self.is_of_places()
            && let Some(at) = self.left().get(self.cursor).copied()
            && let Some(choice) = self.choices.get_mut(at)
        {
            choice.marked = !choice.marked;
            self.is_marking = true;
        }
    }

    pub fn step(&mut self, by: isize) {
        let last = self.left().len().saturating_sub(1);
        self.cursor = self.cursor.saturating_add_signed(by).min(last);
    }

    /// What is chosen, as it stands behind the colon; absent where nothing is left to choose from.
    pub fn chosen(&self) -> Option<String> {
        if self.is_marking {
            let marked = self.choices.iter().filter(|choice| choice.marked);
            let marked = marked.map(|choice| &*choice.value);
            let all = marked.chain(self.others.iter().map(String::as_str));
            return Some(all.collect::<Vec<_>>().join(","));
        }
        let at = *self.left().get(self.cursor)?;
        self.choices.get(at).map(|choice| choice.value.clone())
    }
}

/// What a row has of a field: what it writes, whole, since what is counted is this one and not what begins like it; and
/// what it is called. A project is called as in its row.
fn told(app: &App, field: &str, row: &Row) -> Vec<(String, Clean)> {
    let whole = |value: &str| format!("={}", written(value));
    let one = |value: String| match field {
        "source" => {
            let source = sources::source(row.id().source);
            let label = source.map_or_else(|| Clean::line(&value), |s| s.card().label.into());
            (value, label)
        }
        "project" => {
            let name = app.list.projects.name(row).unwrap_or_default();
            let dir = row.session.dir.as_deref();
            match dir.filter(|_| row.project().as_ref() != Some(&name)) {
                Some(dir) => (directory(&short_dir(dir, &app.home)), name),
                None => (whole(&value), name),
            }
        }
        _ => (whole(&value), Clean::line(&value)),
    };
    values_of(field, row).into_iter().map(one).collect()
}

/// A directory as a whole value: `~` stands where it is at home without quotes.
fn directory(path: &str) -> String {
    let rest = path.trim_start_matches(['~', '/']);
    match written(rest) == rest {
        true => format!("={path}"),
        false => format!("={}", written(path)),
    }
}
