//! Themes of one's own: a file of roles over one of ours, or a base16 scheme. A mistake costs one role.

use std::ops::Range;

use ratatui::style::Color;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Table, Theme, ThemeKind, base16};

/// Something in a file of a theme that cannot be used.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Flaw {
    /// The byte it begins at.
    pub at: usize,
    pub what: String,
    /// What was written where one of few names is expected, so that the nearest can be told.
    pub name: Option<(String, Vec<String>)>,
}

/// Bases that `inherit` can name.
const BASES: [&str; 8] = [
    "dark",
    "light",
    "high-contrast-dark",
    "high-contrast-light",
    "colour-blind-dark",
    "colour-blind-light",
    "16",
    "mono",
];

fn base(name: &str) -> Option<ThemeKind> {
    let nth = BASES.iter().position(|base| *base == name)?;
    ThemeKind::ALL.get(nth).copied()
}

/// The theme in a file, and what in it is wrong. Where it is a base16 scheme, its colours take the roles they are for.
pub fn read(text: &str) -> (Theme, Vec<Flaw>) {
    if let Some(scheme) = base16::read(text) {
        return scheme;
    }
    let (table, errors) = DeTable::parse_recoverable(text);
    let mut flaws: Vec<Flaw> = Vec::new();
    let line = |at: usize| text.get(..at).unwrap_or(text).matches('\n').count();
    let mut torn = Vec::new();
    for error in errors {
        let at = error.span().map_or(0, |span| span.start);
        // One mistake often makes the parser stumble again on the same line.
        if !torn.contains(&line(at)) {
            torn.push(line(at));
            let what = error.message().lines().next().unwrap_or("not TOML");
            flaws.push(flaw(at, what));
        }
    }
    let table = table.get_ref();
    let mut kind = ThemeKind::Dark;
    if let Some(value) = table.get("inherit") {
        match value.get_ref().as_str().map(|name| (name, base(name))) {
            Some((_, Some(base))) => kind = base,
            Some((name, None)) => flaws.push(Flaw {
                name: Some((name.to_owned(), BASES.map(str::to_owned).to_vec())),
                ..flaw(
                    value.span().start,
                    &format!("{name} is no theme to inherit"),
                )
            }),
            None => flaws.push(flaw(
                value.span().start,
                "inherit must name a theme, in quotes",
            )),
        }
    }
    let mut roles: toml::Table = toml::from_str(kind.text()).unwrap_or_default();
    let known: Vec<String> = toml::from_str::<toml::Table>(ThemeKind::Dark.text())
        .map(|table| table.keys().cloned().collect())
        .unwrap_or_default();
    for (key, value) in table {
        let name = key.get_ref().as_ref();
        let read = match name {
            _ if torn.contains(&line(key.span().start)) => continue,
            "inherit" => continue,
            "background" => colour(value).map(|name| toml::Value::String(name.to_owned())),
            "paint" => match value.get_ref() {
                DeValue::Boolean(on) => Ok(toml::Value::Boolean(*on)),
                _ => Err((value.span(), "paint must be true or false".to_owned())),
            },
            "cost" => shades(value, 5),
            "source" => shades(value, 8),
            name if known.iter().any(|role| role == name) => look(value),
            name => {
                let mut names = known.clone();
                names.extend(["inherit".into(), "paint".into()]);
                flaws.push(Flaw {
                    name: Some((name.to_owned(), names)),
                    ..flaw(key.span().start, &format!("no role {name}"))
                });
                continue;
            }
        };
        match read {
            Ok(value) => drop(roles.insert(name.to_owned(), value)),
            Err((span, what)) => flaws.push(flaw(span.start, &format!("{name}: {what}"))),
        }
    }
    flaws.sort_by_key(|flaw| flaw.at);
    let table = roles.try_into::<Table>().unwrap_or_default();
    (Theme { kind, table }, flaws)
}

fn flaw(at: usize, what: &str) -> Flaw {
    Flaw {
        at,
        what: what.to_owned(),
        name: None,
    }
}

type Read<T> = Result<T, (Range<usize>, String)>;

fn colour<'a>(value: &'a Spanned<DeValue<'_>>) -> Read<&'a str> {
    let wrong = |what: String| Err((value.span(), what));
    match value.get_ref().as_str() {
        Some(name) if name.parse::<Color>().is_ok() => Ok(name),
        Some(name) => wrong(format!(
            "{name} is no colour; colours are #rrggbb, or a name such as blue"
        )),
        None => wrong("must be a colour, in quotes".into()),
    }
}

/// A colour, or a table of colours and marks.
fn look(value: &Spanned<DeValue<'_>>) -> Read<toml::Value> {
    let DeValue::Table(parts) = value.get_ref() else {
        return colour(value).map(|name| toml::Value::String(name.to_owned()));
    };
    let mut out = toml::Table::new();
    for (key, value) in parts {
        let name = key.get_ref().as_ref();
        let part = match (name, value.get_ref()) {
            ("fg" | "bg", _) => toml::Value::String(colour(value)?.to_owned()),
            ("bold" | "dim" | "underline" | "reverse", DeValue::Boolean(on)) => {
                toml::Value::Boolean(*on)
            }
            ("bold" | "dim" | "underline" | "reverse", _) => {
                return Err((value.span(), format!("{name} must be true or false")));
            }
            _ => {
                let what = format!("{name} is not one of fg, bg, bold, dim, underline, reverse");
                return Err((key.span(), what));
            }
        };
        out.insert(name.to_owned(), part);
    }
    Ok(toml::Value::Table(out))
}

fn shades(value: &Spanned<DeValue<'_>>, count: usize) -> Read<toml::Value> {
    let wrong = || Err((value.span(), format!("must be a list of {count} colours")));
    let DeValue::Array(items) = value.get_ref() else {
        return wrong();
    };
    if items.len() != count {
        return wrong();
    }
    let items: Read<Vec<toml::Value>> = items.iter().map(look).collect();
    items.map(toml::Value::Array)
}
