//! Whether what is drawn can be read: contrast as WCAG 2 measures it.

use std::sync::LazyLock;

use ratatui::style::Color;

use super::{Role, Theme};

/// What text needs, and what marks need.
const TEXT: f64 = 4.5;
const MARK: f64 = 3.0;

/// A role that stands out too little from what it stands on.
#[derive(Clone, PartialEq, Debug)]
pub struct Faint {
    pub role: String,
    /// What it has, as in 3.1 to 1.
    pub ratio: f64,
    /// What it needs.
    pub least: f64,
}

/// How light each of the 256 steps of a part of a colour is: the power behind it is slow, and every letter asks.
static PARTS: LazyLock<[f64; 256]> = LazyLock::new(|| {
    std::array::from_fn(|step| {
        let c = step as f64 / 255.0;
        match c <= 0.04045 {
            true => c / 12.92,
            false => ((c + 0.055) / 1.055).powf(2.4),
        }
    })
});

/// How light a colour is, from 0 to 1. Absent for what the terminal decides.
pub fn luminance(color: Color) -> Option<f64> {
    let Color::Rgb(r, g, b) = color else {
        return None;
    };
    let part = |c: u8| PARTS.get(usize::from(c)).copied().unwrap_or_default();
    Some(0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b))
}

/// From 1 to 21. Absent where one of them is the terminal's own.
pub fn ratio(a: Color, b: Color) -> Option<f64> {
    let (a, b) = (luminance(a)? + 0.05, luminance(b)? + 0.05);
    Some(a.max(b) / a.min(b))
}

/// Roles whose text stands on the ground.
const ON_GROUND: [Role; 17] = [
    Role::Text,
    Role::Dim,
    Role::Bright,
    Role::Accent,
    Role::User,
    Role::Assistant,
    Role::Tool,
    Role::Error,
    Role::Warn,
    Role::Add,
    Role::Remove,
    Role::AddStrong,
    Role::RemoveStrong,
    Role::Heading,
    Role::Link,
    Role::Code,
    Role::Key,
];

impl Theme {
    /// Roles that cannot be read well on the theme's background.
    pub fn faint(&self) -> Vec<Faint> {
        let Some(ground) = self.background() else {
            return Vec::new();
        };
        let mut found = Vec::new();
        let mut ask = |role: String, fg: Option<Color>, bg: Option<Color>, least: f64| {
            let ratio = fg.zip(bg).and_then(|(fg, bg)| ratio(fg, bg));
            if let Some(ratio) = ratio.filter(|ratio| *ratio < least) {
                found.push(Faint { role, ratio, least });
            }
        };
        let shades = (0..5).map(Role::Cost).chain((0..8).map(Role::Source));
        for role in ON_GROUND.into_iter().chain(shades) {
            let style = self.style(role);
            let bg = style.bg.or(Some(ground));
            ask(role.name(), style.fg, bg, TEXT);
        }
        for role in [Role::Border, Role::BorderFocus] {
            ask(role.name(), self.style(role).fg, Some(ground), MARK);
        }
        for role in [Role::Hit, Role::HitHere] {
            let hit = self.style(role);
            ask(role.name(), hit.fg, hit.bg, TEXT);
        }
        let text = self.style(Role::Text).fg;
        let select = self.style(Role::Select);
        ask("text on select".into(), select.fg.or(text), select.bg, TEXT);
        let raised = self.style(Role::Ground).bg;
        ask("text on ground".into(), text, raised, TEXT);
        found
    }
}
