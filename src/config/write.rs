//! Settings written out: as a file of settings that says of each where it comes from, and as a schema for editors.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Map, Value as Json, json};

use super::{Held, Kind, OPTIONS, Opt, Origin, Place, Said, Settings, Value};

/// Comments behind values begin here, where there is room.
const COLUMN: usize = 32;

impl Value {
    /// As the file has it.
    pub fn toml(&self) -> String {
        match self {
            Value::Bool(on) => on.to_string(),
            Value::Number(n) => n.to_string(),
            Value::Text(text) => quoted(text),
            Value::Texts(items) => texts(items),
        }
    }

    /// As a person types it: items with commas between them.
    pub fn plain(&self) -> String {
        match self {
            Value::Text(text) => text.clone(),
            Value::Texts(items) => {
                let items: Vec<&str> = items.iter().map(|said| said.text.as_str()).collect();
                items.join(", ")
            }
            other => other.toml(),
        }
    }

    pub fn json(&self) -> Json {
        match self {
            Value::Bool(on) => json!(on),
            Value::Number(n) => json!(n),
            Value::Text(text) => json!(text),
            Value::Texts(items) => json!(items.iter().map(|said| &said.text).collect::<Vec<_>>()),
        }
    }
}

fn texts(items: &[Said]) -> String {
    let items: Vec<String> = items.iter().map(|said| quoted(&said.text)).collect();
    format!("[{}]", items.join(", "))
}

fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}

/// A name as a key of the file.
fn key(name: &str) -> String {
    let is_bare = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    match !name.is_empty() && name.chars().all(is_bare) {
        true => name.to_owned(),
        false => quoted(name),
    }
}

impl Origin {
    /// `default`, `~/.config/backscroll/config.toml, line 3`, a variable or a flag.
    pub fn words(&self, settings: &Settings, home: &Path) -> String {
        match self {
            Origin::Default => "default".to_owned(),
            Origin::File(place) => in_file(settings, home, *place),
            Origin::Variable(name) => name.clone(),
            Origin::Flag(flag) => (*flag).to_owned(),
        }
    }
}

fn in_file(settings: &Settings, home: &Path, place: Place) -> String {
    let path = crate::text::short_dir(&settings.path, home);
    format!("{path}, line {}", place.line)
}

/// One setting in force, for printing.
pub struct Line {
    /// Its whole name, with names of one's own in it.
    pub name: String,
    pub value: Value,
    pub from: Origin,
    pub opt: &'static Opt,
}

impl Settings {
    /// Every setting, in the order of the table, and what stands under names of one's own.
    pub fn lines(&self) -> Vec<Line> {
        let mut lines = Vec::new();
        for (opt, held) in OPTIONS.iter().zip(&self.held) {
            let line = |held: &Held| Line {
                name: opt.name.to_owned(),
                value: held.value.clone(),
                from: held.from.clone(),
                opt,
            };
            lines.extend(held.as_ref().map(line));
            lines.extend(self.open(opt.name).map(|open| {
                let mut names = open.names.iter();
                let parts = opt.name.split('.').map(|part| match part.starts_with('<') {
                    true => names.next().map_or("", String::as_str),
                    false => part,
                });
                let parts: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
                Line {
                    name: parts.join("."),
                    value: Value::Texts(open.items.clone()),
                    from: Origin::File(open.place),
                    opt,
                }
            }));
        }
        lines
    }

    /// The settings in force as a file that could stand in the place of ours.
    pub fn written(&self, home: &Path) -> String {
        let mut out = String::from("# The settings in force, and where each comes from.\n");
        let mut section = String::new();
        let lines = self.lines();
        let mut told = "";
        for line in &lines {
            let (above, name) = line.name.rsplit_once('.').unwrap_or(("", &line.name));
            if above != section {
                let header: Vec<String> = above.split('.').map(key).collect();
                let _ = write!(out, "\n[{}]\n", header.join("."));
                above.clone_into(&mut section);
            }
            if told != line.opt.name {
                told = line.opt.name;
                let _ = writeln!(out, "# {} ({})", line.opt.help, line.opt.takes());
            }
            let set = format!("{} = {}", key(name), line.value.toml());
            let from = line.from.words(self, home);
            let _ = writeln!(out, "{set:<COLUMN$} # {from}");
        }
        out
    }
}

/// The table of settings as a JSON schema. `actions` gives the actions of each place that has keys.
pub fn schema<'a>(actions: impl Iterator<Item = (&'a str, Vec<String>)>) -> Json {
    let mut root = section();
    for opt in OPTIONS {
        if opt.name == "keys.<place>.<action>" {
            continue;
        }
        let mut at = &mut root;
        let parts: Vec<&str> = opt.name.split('.').collect();
        for (nth, part) in parts.iter().enumerate() {
            let next = match nth + 1 == parts.len() {
                true => value(opt),
                false => section(),
            };
            let Some(object) = at.as_object_mut() else {
                break;
            };
            at = match part.starts_with('<') {
                true => {
                    let rest = object.entry("additionalProperties");
                    let rest = rest.or_insert_with(|| next.clone());
                    if *rest == Json::Bool(false) {
                        *rest = next;
                    }
                    rest
                }
                false => child(object, part, next),
            };
        }
    }
    let keys = root.pointer_mut("/properties/keys/properties");
    if let Some(keys) = keys.and_then(Json::as_object_mut) {
        for (place, actions) in actions {
            let names = actions
                .into_iter()
                .map(|name| (name, json!({ "$ref": "#/$defs/keys" })));
            let names: Map<String, Json> = names.collect();
            let of =
                json!({ "type": "object", "properties": names, "additionalProperties": false });
            keys.insert(place.to_owned(), of);
        }
    }
    let keys = opt_named("keys.<place>.<action>").map(value);
    if let Some(object) = root.as_object_mut() {
        object.insert(
            "$schema".into(),
            json!("https://json-schema.org/draft/2020-12/schema"),
        );
        object.insert("title".into(), json!("Settings of backscroll"));
        object.insert("$defs".into(), json!({ "keys": keys }));
    }
    root
}

fn opt_named(name: &str) -> Option<&'static Opt> {
    OPTIONS.iter().find(|opt| opt.name == name)
}

fn section() -> Json {
    json!({ "type": "object", "properties": {}, "additionalProperties": false })
}

fn child<'a>(object: &'a mut Map<String, Json>, part: &str, new: Json) -> &'a mut Json {
    let properties = object.entry("properties").or_insert_with(|| json!({}));
    if !properties.is_object() {
        *properties = json!({});
    }
    match properties {
        Json::Object(all) => all.entry(part).or_insert(new),
        other => other,
    }
}

fn value(opt: &Opt) -> Json {
    let mut json = match opt.kind {
        Kind::Bool => json!({ "type": "boolean" }),
        Kind::One(words) => json!({ "enum": words }),
        Kind::Number(most) => json!({ "type": "integer", "minimum": 0, "maximum": most }),
        Kind::Size(least) => json!({ "anyOf": [
            { "type": "integer", "minimum": least },
            { "type": "string", "pattern": "^[0-9]+ *([kKmMgG]([iI]?[bB])?)?$" },
        ] }),
        Kind::Text | Kind::Theme | Kind::Zone | Kind::Locale => json!({ "type": "string" }),
        Kind::Texts => json!({ "anyOf": [
            { "type": "string" },
            { "type": "array", "items": { "type": "string" } },
        ] }),
    };
    if let Some(object) = json.as_object_mut() {
        object.insert("description".into(), json!(opt.help));
        let default = toml::de::DeValue::parse(opt.default).ok();
        let default = default.and_then(|v| opt.kind.read(&super::file::node("", &v)).ok());
        if let Some(default) = default {
            object.insert("default".into(), default.json());
        }
    }
    json
}
