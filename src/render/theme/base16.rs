//! Base16 schemes: sixteen colours, `base00` to `base0F`, in YAML or TOML, that hundreds of programs share.
//!
//! By their styling guide 00 to 03 go from the ground to comments, 04 to 07 from dim text to the brightest, and 08 to 0F
//! are red, orange, yellow, green, cyan, blue, magenta and brown. They promise no contrast, so each colour is moved
//! towards the text until it can be read.

use ratatui::style::Color;

use super::contrast::{luminance, ratio};
use super::file::Flaw;
use super::{Full, Look, Table, Theme, ThemeKind};

/// A little more than is asked for, so that rounding takes nothing away.
const TEXT: f64 = 4.6;
const MARK: f64 = 3.1;

/// The theme that a scheme makes; none where the file is no scheme.
pub fn read(text: &str) -> Option<(Theme, Vec<Flaw>)> {
    let mut colours = [None; 16];
    let mut flaws = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let Some((key, value)) = line.split_once([':', '=']) else {
            continue;
        };
        let key = key.trim().trim_matches(['"', '\'']).to_ascii_lowercase();
        let Some(digit) = key.strip_prefix("base0").filter(|d| d.len() == 1) else {
            continue;
        };
        let Ok(nth) = usize::from_str_radix(digit, 16) else {
            continue;
        };
        let value = value.trim().trim_start_matches(['"', '\'', '#']);
        let hex: String = value.chars().take_while(char::is_ascii_hexdigit).collect();
        match format!("#{hex}").parse::<Color>() {
            Ok(colour) if hex.len() == 6 => {
                if let Some(slot) = colours.get_mut(nth) {
                    *slot = Some(colour);
                }
            }
            _ => flaws.push(Flaw {
                at: start,
                what: format!("{key} is no colour; colours are rrggbb"),
                name: None,
            }),
        }
    }
    let found = colours.iter().flatten().count();
    if found == 0 && flaws.is_empty() {
        return None;
    }
    if found < 16 {
        let missing = colours.iter().position(Option::is_none).unwrap_or(0);
        flaws.push(Flaw {
            at: 0,
            what: format!("a base16 scheme has 16 colours; base0{missing:X} is missing"),
            name: None,
        });
        return Some((Theme::built_in(ThemeKind::Dark), flaws));
    }
    let scheme = colours.map(|colour| colour.unwrap_or(Color::Reset));
    Some((theme(&scheme), flaws))
}

fn theme(scheme: &[Color; 16]) -> Theme {
    let [
        ground,
        raised,
        selected,
        comment,
        dark,
        text,
        _,
        bright,
        red,
        orange,
        yellow,
        green,
        cyan,
        blue,
        magenta,
        brown,
    ] = *scheme;
    let read = |colour| until(colour, text, ground, TEXT);
    let plain = |colour| Look::Colour(read(colour).to_string());
    let full = |colour, bold, underline| {
        Look::Full(Full {
            fg: Some(read(colour).to_string()),
            bold,
            underline,
            ..Full::default()
        })
    };
    let on = |colour: Color| {
        // Grounds that text does not stand out from are left as the terminal has them.
        let can = ratio(read(text), colour).is_some_and(|ratio| ratio >= TEXT);
        let bg = Some(colour.to_string()).filter(|_| can);
        Look::Full(Full {
            reverse: false,
            bg,
            ..Full::default()
        })
    };
    let select = match on(selected) {
        Look::Full(Full { bg: None, .. }) => on(raised),
        select => select,
    };
    let table = Table {
        background: Some(ground.to_string()),
        // A scheme's colours are made for its own ground: on another one its text may not be seen at all.
        paint: true,
        text: plain(text),
        dim: plain(comment),
        bright: full(bright, true, false),
        accent: plain(cyan),
        user: plain(cyan),
        assistant: plain(text),
        tool: plain(dark),
        error: plain(red),
        warn: plain(yellow),
        add: plain(green),
        remove: plain(red),
        add_strong: full(green, true, true),
        remove_strong: full(red, true, true),
        select,
        hit: Look::Full(Full {
            fg: Some(until(ground, ground, yellow, TEXT).to_string()),
            bg: Some(yellow.to_string()),
            ..Full::default()
        }),
        hit_here: Look::Full(Full {
            fg: Some(until(ground, ground, cyan, TEXT).to_string()),
            bg: Some(cyan.to_string()),
            bold: true,
            underline: true,
            ..Full::default()
        }),
        border: Look::Colour(until(comment, text, ground, MARK).to_string()),
        border_focus: Look::Colour(until(cyan, text, ground, MARK).to_string()),
        heading: full(blue, true, false),
        link: full(blue, false, true),
        code: plain(orange),
        ground: on(raised),
        key: plain(cyan),
        cost: [comment, dark, text, yellow, orange].map(plain).to_vec(),
        source: [orange, blue, magenta, green, yellow, cyan, red, brown]
            .map(plain)
            .to_vec(),
    };
    let kind = match luminance(ground).is_some_and(|l| l > 0.18) {
        true => ThemeKind::Light,
        false => ThemeKind::Dark,
    };
    Theme { kind, table }
}

/// A colour that can be read on a ground: itself, or on its way to the text, or to black or white.
pub(super) fn until(colour: Color, text: Color, ground: Color, least: f64) -> Color {
    let is_dark = luminance(ground).is_some_and(|l| l < 0.18);
    let end = match is_dark {
        true => Color::Rgb(255, 255, 255),
        false => Color::Rgb(0, 0, 0),
    };
    let can = |colour: &Color| ratio(*colour, ground).is_some_and(|ratio| ratio >= least);
    let steps = (0..=10).map(|step| mix(colour, text, step));
    let more = (1..=10).map(|step| mix(text, end, step));
    steps.chain(more).find(can).unwrap_or(end)
}

/// So many tenths of the way from one colour to another.
fn mix(from: Color, to: Color, tenths: u16) -> Color {
    match (from, to) {
        (Color::Rgb(r, g, b), Color::Rgb(x, y, z)) => {
            let part = |a: u8, b: u8| {
                let mixed = (u16::from(a) * (10 - tenths) + u16::from(b) * tenths) / 10;
                u8::try_from(mixed).unwrap_or(u8::MAX)
            };
            Color::Rgb(part(r, x), part(g, y), part(b, z))
        }
        _ => from,
    }
}
