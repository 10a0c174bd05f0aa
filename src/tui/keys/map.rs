//! The keys in force: the table, a preset over it, and what the settings say over both.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::presets::{self, Preset};
use super::{Action, BINDINGS, Binding, FIRST_HINTS, Meaning, PREFIXES, Scope, listed, spelling};
use crate::config::{self, Mistake, Open, Place, Settings};

/// A row of the table, with the keys it has here.
#[derive(Clone)]
pub struct Bound {
    pub row: &'static Binding,
    pub keys: Vec<String>,
    /// Where the settings bind it.
    place: Option<Place>,
}

impl Bound {
    /// As it is named in settings: `list.sort-cost`.
    pub fn name(&self) -> String {
        format!("{}.{}", self.row.scope.name(), self.row.action.name())
    }

    /// Its keys are others than those of the table.
    pub fn is_changed(&self) -> bool {
        self.keys != self.row.keys
    }

    /// Its keys as they are listed.
    pub fn listed(&self) -> Vec<String> {
        listed(&self.keys)
    }
}

/// Every key, and what it does.
#[derive(Clone)]
pub struct KeyMap {
    bound: Vec<Bound>,
}

impl Default for KeyMap {
    /// The table as it stands.
    fn default() -> KeyMap {
        let bound = BINDINGS.iter().map(|row| Bound {
            row,
            keys: row.keys.iter().map(|key| (*key).to_owned()).collect(),
            place: None,
        });
        KeyMap {
            bound: bound.collect(),
        }
    }
}

/// The scopes of the table, in its order.
pub fn scopes() -> &'static [Scope] {
    static SCOPES: LazyLock<Vec<Scope>> = LazyLock::new(|| {
        let mut scopes: Vec<Scope> = Vec::new();
        for row in BINDINGS {
            if !scopes.contains(&row.scope) {
                scopes.push(row.scope);
            }
        }
        scopes
    });
    &SCOPES
}

/// Whether bindings of both hold at once somewhere.
fn meet(a: Scope, b: Scope) -> bool {
    scopes().iter().any(|at| at.hears(a) && at.hears(b))
}

/// Whether letters are typed there: none of them does anything by itself.
fn is_typing(scope: Scope) -> bool {
    let mut rows = BINDINGS.iter().filter(|row| row.scope == scope);
    !rows.any(|row| row.keys.iter().any(|key| is_letter(key)))
}

fn is_letter(key: &str) -> bool {
    let first = key.split(' ').next().unwrap_or(key);
    first.chars().count() == 1 || first == "space"
}

impl KeyMap {
    /// The keys that the settings ask for, and what is wrong with that.
    pub fn of(settings: &Settings) -> (KeyMap, Vec<Mistake>) {
        let mut map = KeyMap::with(presets::named(settings.text("keys.preset")));
        let mut told = settings.clone();
        told.mistakes.clear();
        for open in settings.open("keys.<place>.<action>") {
            map.bind(open, &mut told);
        }
        map.keep_a_way_out(&mut told);
        for (bound, what) in map.clashes(|bound| bound.place.is_some()) {
            told.mistake(bound.place, what, None);
        }
        (map, told.mistakes)
    }

    /// The table with a preset over it.
    pub fn with(preset: Preset) -> KeyMap {
        let mut map = KeyMap::default();
        match preset {
            Preset::Table => {}
            Preset::Arrows => map.bound.iter_mut().for_each(without_letters),
            Preset::Also(rows) => {
                for (scope, action, keys) in rows {
                    map.also(*scope, *action, keys);
                }
            }
        }
        map
    }

    /// Gives an action keys before those it has, and takes them from whatever else has them there.
    fn also(&mut self, scope: Scope, action: Action, keys: &[&str]) {
        for other in self.bound.iter_mut().filter(|b| meet(b.row.scope, scope)) {
            other.keys.retain(|key| !keys.contains(&key.as_str()));
        }
        let is_it = |bound: &&mut Bound| (bound.row.scope, bound.row.action) == (scope, action);
        if let Some(bound) = self.bound.iter_mut().find(is_it) {
            let keys = keys.iter().map(|key| (*key).to_owned());
            bound.keys.splice(0..0, keys);
        }
    }

    /// Takes in one line of the settings.
    fn bind(&mut self, open: &Open, told: &mut Settings) {
        let [place, action] = open.names.as_slice() else {
            return;
        };
        let scope = scopes().iter().find(|scope| scope.is_called(place));
        if scope.is_none() && !place.is_empty() {
            let known = scopes().iter().map(|scope| scope.name());
            let known: Vec<String> = known.collect();
            let near = config::nearest(place, known.iter().map(String::as_str));
            let what = format!("no place {place}; there are {}", known.join(", "));
            return told.mistake(Some(open.place), what, near);
        }
        let is_it = |bound: &&Bound| {
            bound.row.action.name() == *action && scope.is_none_or(|s| *s == bound.row.scope)
        };
        let found: Vec<String> = self.bound.iter().filter(is_it).map(Bound::name).collect();
        match found.as_slice() {
            [] => {
                let names: Vec<String> = self.bound.iter().map(Bound::name).collect();
                let short = |name: &String| name.split('.').next_back() == Some(action.as_str());
                let elsewhere = names.iter().find(|name| short(name)).cloned();
                let whole = scope.map_or(action.clone(), |s| format!("{}.{action}", s.name()));
                let near = || config::nearest(&whole, names.iter().map(String::as_str));
                let what = format!("no action {whole}");
                told.mistake(Some(open.place), what, elsewhere.or_else(near));
            }
            [name] => {
                let keys = keys_of(open, name, told);
                let name = name.clone();
                if let Some(bound) = self.bound.iter_mut().find(|b| b.name() == name) {
                    // What has only keys that are none keeps its own.
                    if !keys.is_empty() || open.items.is_empty() {
                        bound.keys = keys;
                        bound.place = Some(open.place);
                    }
                }
            }
            several => {
                let what = format!("{action}: say which: {}", several.join(", "));
                told.mistake(Some(open.place), what, None);
            }
        }
    }

    /// Whoever takes away every key that leads out gets one back.
    fn keep_a_way_out(&mut self, told: &mut Settings) {
        let out = [Action::Quit, Action::Back, Action::Escape, Action::Cancel];
        for scope in scopes() {
            let heard = |bound: &&Bound| scope.hears(bound.row.scope);
            let leads = |b: &Bound| out.contains(&b.row.action) && !b.keys.is_empty();
            if self.bound.iter().filter(heard).any(leads) {
                continue;
            }
            for bound in self.bound.iter_mut().filter(|b| scope.hears(b.row.scope)) {
                if bound.row.action == Action::Cancel && bound.keys.is_empty() {
                    bound.keys = bound.row.keys.iter().map(|key| (*key).to_owned()).collect();
                    let what = format!(
                        "{}: it is the last key that leads out, and stays",
                        bound.name()
                    );
                    told.mistake(bound.place, what, None);
                }
            }
        }
    }

    /// Keys that mean two things or hide others, for each of the rows asked about.
    pub(super) fn clashes(&self, asked: impl Fn(&Bound) -> bool) -> Vec<(&Bound, String)> {
        let mut found = Vec::new();
        for (nth, bound) in self.bound.iter().enumerate().filter(|(_, b)| asked(b)) {
            let name = bound.name();
            let others = || {
                let all = self.bound.iter().enumerate();
                let near = all.filter(|(at, b)| *at != nth && meet(b.row.scope, bound.row.scope));
                // Of two that are asked about, the later tells.
                near.filter(|(_, b)| !asked(b) || b.place <= bound.place)
                    .map(|(_, b)| b)
            };
            for key in &bound.keys {
                let behind = format!("{key} ");
                let before = key.split_once(' ').map(|(first, _)| first);
                let same = others().find(|b| b.keys.contains(key));
                let above =
                    before.and_then(|first| others().find(|b| b.keys.iter().any(|k| k == first)));
                let hidden: Vec<&Bound> = others()
                    .filter(|b| b.keys.iter().any(|k| k.starts_with(&behind)))
                    .collect();
                let more = hidden.len().saturating_sub(1);
                let what = match (same, above, hidden.first()) {
                    (Some(other), ..) => format!("{name}: {key} also is {}", other.name()),
                    (_, Some(other), _) => {
                        format!(
                            "{name}: {key} cannot be reached: its first key is {}",
                            other.name()
                        )
                    }
                    (_, _, Some(other)) if more > 0 => {
                        format!("{name}: {key} hides {} and {more} more", other.name())
                    }
                    (_, _, Some(other)) => format!("{name}: {key} hides {}", other.name()),
                    _ => continue,
                };
                found.push((bound, what));
            }
        }
        found
    }

    /// Why a row cannot have these keys: another that is heard with it has one of them, or one hides another.
    pub fn taken(&self, name: &str, keys: &[String]) -> Option<String> {
        let mut map = self.clone();
        let bound = map.bound.iter_mut().find(|bound| bound.name() == name)?;
        let before = std::mem::replace(&mut bound.keys, keys.to_vec());
        // What it has by now it may keep.
        bound.keys.retain(|key| !before.contains(key));
        let clashes = map.clashes(|bound| bound.name() == name);
        clashes.into_iter().next().map(|(_, what)| what)
    }

    /// The rows of which a key means another thing too, since somebody bound it so.
    pub fn doubled(&self) -> HashSet<String> {
        let mut found = HashSet::new();
        for bound in self.bound.iter().filter(|bound| bound.place.is_some()) {
            let others = self.bound.iter().filter(|other| {
                let is_other = other.name() != bound.name();
                is_other && meet(other.row.scope, bound.row.scope)
            });
            let same = others.filter(|other| other.keys.iter().any(|key| bound.keys.contains(key)));
            for other in same {
                found.extend([other.name(), bound.name()]);
            }
        }
        found
    }

    /// All rows, in the order of the table.
    pub fn rows(&self) -> impl Iterator<Item = &Bound> {
        self.bound.iter()
    }

    fn heard(&self, scope: Scope) -> impl Iterator<Item = &Bound> {
        self.bound.iter().filter(move |b| scope.hears(b.row.scope))
    }

    /// A key of an action where it is heard, counted from 0, if it has so many.
    pub fn key(&self, scope: Scope, action: Action, nth: usize) -> Option<&str> {
        let rows = self.heard(scope).filter(|b| b.row.action == action);
        let keys = rows.filter_map(|b| b.keys.get(nth));
        // One key is sooner said than two.
        keys.min_by_key(|key| key.contains(' ')).map(String::as_str)
    }

    /// Looks up a key behind an open prefix, if there is one.
    pub fn meaning(&self, scope: Scope, prefix: Option<&str>, key: &str) -> Meaning {
        let whole = match prefix {
            Some(prefix) => format!("{prefix} {key}"),
            None => key.to_owned(),
        };
        // What a person bound comes first, then the pane's own, then what holds everywhere.
        let mut held: Vec<&Bound> = self.heard(scope).collect();
        held.sort_by_key(|b| (b.place.is_none(), b.row.scope != scope));
        for bound in held {
            if let Some(nth) = bound.keys.iter().position(|key| *key == whole) {
                return Meaning::Action(bound.row.action, nth);
            }
        }
        let start = format!("{whole} ");
        let begins = |b: &Bound| b.keys.iter().any(|key| key.starts_with(&start));
        if self.heard(scope).any(begins) {
            Meaning::Prefix(whole)
        } else {
            Meaning::Nothing
        }
    }

    /// The bindings behind a prefix.
    pub fn menu(&self, scope: Scope, prefix: &str) -> Vec<(String, &'static str)> {
        let start = format!("{prefix} ");
        self.heard(scope)
            .flat_map(|b| {
                // Keys that mean different things are told one by one.
                let labels = b.row.action.labels();
                let keys = match labels {
                    [] => b.listed(),
                    _ => b.keys.clone(),
                };
                let named = keys.into_iter().enumerate();
                named
                    .filter_map(|(nth, key)| {
                        let help = labels.get(nth).copied().unwrap_or(b.row.help);
                        Some((key.strip_prefix(&start)?.to_owned(), help))
                    })
                    .collect::<Vec<_>>()
            })
            .collect()
    }

    /// Hints for a scope: the first key of each binding that has a word, with what it does, and the prefixes.
    pub fn hints(&self, scope: Scope) -> Vec<(&str, &'static str, Option<Action>)> {
        let order = FIRST_HINTS.iter().find(|(of, _)| *of == scope);
        let order = order.map_or(&[][..], |(_, keys)| keys);
        let place = |key: Option<&&str>| {
            let place = key.and_then(|key| order.iter().position(|k| k == key));
            place.unwrap_or(order.len())
        };
        let bound = self.heard(scope).filter(|b| !b.row.hint.is_empty());
        let bound = bound.filter_map(|b| {
            Some((
                place(b.row.keys.first()),
                b.keys.first()?.as_str(),
                b.row.hint,
                Some(b.row.action),
            ))
        });
        let opens = |key: &str| matches!(self.meaning(scope, None, key), Meaning::Prefix(_));
        let prefixes = PREFIXES
            .iter()
            .filter(|(of, key, _)| scope.hears(*of) && opens(key))
            .map(|(_, key, hint)| (place(Some(key)), *key, *hint, None));
        let mut hints: Vec<_> = bound.chain(prefixes).collect();
        hints.sort_by_key(|(place, ..)| *place);
        hints
            .into_iter()
            .map(|(_, key, hint, action)| (key, hint, action))
            .collect()
    }
}

/// The keys that a line of the settings names. What is no key is told.
fn keys_of(open: &Open, name: &str, told: &mut Settings) -> Vec<String> {
    let typing = scopes()
        .iter()
        .any(|scope| is_typing(*scope) && name.starts_with(&format!("{}.", scope.name())));
    let mut keys = Vec::new();
    for said in &open.items {
        let place = said.place.unwrap_or(open.place);
        match spelling(&said.text) {
            Ok(key) if typing && is_letter(&key) => {
                let what = format!("{name}: {key} is typed there, and does nothing else");
                told.mistake(Some(place), what, None);
            }
            Ok(key) => keys.push(key),
            Err(why) => told.mistake(Some(place), format!("{name}: {why}"), None),
        }
    }
    keys
}

/// Where an arrow or its like does the same, the letters go.
fn without_letters(bound: &mut Bound) {
    let is_arrow = |key: &String| {
        matches!(
            key.as_str(),
            "up" | "down" | "left" | "right" | "home" | "end" | "pageup" | "pagedown"
        )
    };
    let is_letter = |key: &str| key.starts_with(|c: char| c.is_ascii_alphabetic());
    let is_lone = |key: &str| is_letter(key) && (key.len() == 1 || key.contains(' '));
    if bound.keys.iter().any(is_arrow) {
        bound.keys.retain(|key| !is_lone(key));
    }
}
