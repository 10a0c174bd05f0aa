//! Colours by role, from the tables under `assets/themes`.

use ratatui::style::{Color, Modifier, Style};
use serde::Deserialize;

/// What something is, as far as its colour is concerned.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Role {
    Text,
    Dim,
    Bright,
    Accent,
    User,
    Assistant,
    Tool,
    Error,
    Warn,
    Add,
    Remove,
    AddStrong,
    RemoveStrong,
    Select,
    Hit,
    Border,
    BorderFocus,
    Heading,
    Link,
    Code,
    /// The raised ground of code.
    Ground,
    Key,
    /// How dear, from 0 to 4.
    Cost(u8),
    /// A source by its place in the table of sources.
    Source(u8),
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Debug)]
pub enum ThemeKind {
    #[default]
    Dark,
    Light,
    /// The terminal's own sixteen colours.
    Sixteen,
    /// No colour.
    Mono,
}

/// Styles of all roles.
#[derive(Clone, Debug)]
pub struct Theme {
    pub kind: ThemeKind,
    table: Table,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Table {
    text: Look,
    dim: Look,
    bright: Look,
    accent: Look,
    user: Look,
    assistant: Look,
    tool: Look,
    error: Look,
    warn: Look,
    add: Look,
    remove: Look,
    add_strong: Look,
    remove_strong: Look,
    select: Look,
    hit: Look,
    border: Look,
    border_focus: Look,
    heading: Look,
    link: Look,
    code: Look,
    ground: Look,
    key: Look,
    cost: Vec<Look>,
    source: Vec<Look>,
}

#[derive(Deserialize, Clone, Debug)]
#[serde(untagged)]
enum Look {
    Colour(String),
    Full(Full),
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(default, deny_unknown_fields)]
struct Full {
    fg: Option<String>,
    bg: Option<String>,
    bold: bool,
    dim: bool,
    underline: bool,
    reverse: bool,
}

impl Default for Look {
    fn default() -> Look {
        Look::Full(Full::default())
    }
}

impl Look {
    fn style(&self) -> Style {
        let full = match self {
            Look::Colour(name) => return Style::new().fg(colour(name)),
            Look::Full(full) => full,
        };
        let mut style = Style::new();
        style.fg = full.fg.as_deref().map(colour);
        style.bg = full.bg.as_deref().map(colour);
        let marks = [
            (full.bold, Modifier::BOLD),
            (full.dim, Modifier::DIM),
            (full.underline, Modifier::UNDERLINED),
            (full.reverse, Modifier::REVERSED),
        ];
        marks
            .iter()
            .filter(|(on, _)| *on)
            .fold(style, |s, (_, m)| s.add_modifier(*m))
    }
}

/// `#rrggbb` or a palette name; what is neither is the terminal's own colour.
fn colour(name: &str) -> Color {
    name.parse().unwrap_or(Color::Reset)
}

impl Theme {
    /// A theme that comes with the program.
    pub fn built_in(kind: ThemeKind) -> Theme {
        let text = match kind {
            ThemeKind::Dark => include_str!("../../assets/themes/dark.toml"),
            ThemeKind::Light => include_str!("../../assets/themes/light.toml"),
            ThemeKind::Sixteen => include_str!("../../assets/themes/16.toml"),
            ThemeKind::Mono => include_str!("../../assets/themes/mono.toml"),
        };
        // A test reads all four, so a mistake in them cannot ship.
        Theme {
            kind,
            table: toml::from_str(text).unwrap_or_default(),
        }
    }

    pub fn is_light(&self) -> bool {
        self.kind == ThemeKind::Light
    }

    /// Whether there is one for a light and one for a dark ground.
    pub fn follows_ground(&self) -> bool {
        matches!(self.kind, ThemeKind::Light | ThemeKind::Dark)
    }

    pub fn is_mono(&self) -> bool {
        self.kind == ThemeKind::Mono
    }

    pub fn style(&self, role: Role) -> Style {
        let t = &self.table;
        let nth = |looks: &[Look], n: u8| {
            looks
                .get(usize::from(n) % looks.len().max(1))
                .map(Look::style)
                .unwrap_or_default()
        };
        let look = match role {
            Role::Text => &t.text,
            Role::Dim => &t.dim,
            Role::Bright => &t.bright,
            Role::Accent => &t.accent,
            Role::User => &t.user,
            Role::Assistant => &t.assistant,
            Role::Tool => &t.tool,
            Role::Error => &t.error,
            Role::Warn => &t.warn,
            Role::Add => &t.add,
            Role::Remove => &t.remove,
            Role::AddStrong => &t.add_strong,
            Role::RemoveStrong => &t.remove_strong,
            Role::Select => &t.select,
            Role::Hit => &t.hit,
            Role::Border => &t.border,
            Role::BorderFocus => &t.border_focus,
            Role::Heading => &t.heading,
            Role::Link => &t.link,
            Role::Code => &t.code,
            Role::Ground => &t.ground,
            Role::Key => &t.key,
            Role::Cost(n) => return nth(&t.cost, n),
            Role::Source(n) => return nth(&t.source, n),
        };
        look.style()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn luminance(color: Color) -> f64 {
        let Color::Rgb(r, g, b) = color else {
            panic!("{color:?} is no measured colour")
        };
        let part = |c: u8| {
            let c = f64::from(c) / 255.0;
            if c <= 0.03928 {
                c / 12.92
            } else {
                ((c + 0.055) / 1.055).powf(2.4)
            }
        };
        0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b)
    }

    fn contrast(a: Color, b: Color) -> f64 {
        let (a, b) = (luminance(a) + 0.05, luminance(b) + 0.05);
        a.max(b) / a.min(b)
    }

    #[test]
    fn every_table_is_whole() {
        for text in [
            include_str!("../../assets/themes/dark.toml"),
            include_str!("../../assets/themes/light.toml"),
            include_str!("../../assets/themes/16.toml"),
            include_str!("../../assets/themes/mono.toml"),
        ] {
            let table: Table = toml::from_str(text).unwrap();
            assert_eq!((table.cost.len(), table.source.len()), (5, 8));
        }
    }

    #[test]
    fn text_can_be_read() {
        let grounds = [
            (ThemeKind::Dark, Color::Rgb(0x1e, 0x1e, 0x1e)),
            (ThemeKind::Light, Color::Rgb(255, 255, 255)),
        ];
        for (kind, ground) in grounds {
            let theme = Theme::built_in(kind);
            let text = [
                Role::Text,
                Role::Dim,
                Role::Bright,
                Role::User,
                Role::Tool,
                Role::Error,
                Role::Warn,
                Role::Add,
                Role::Remove,
                Role::Heading,
                Role::Link,
                Role::Code,
                Role::Key,
                Role::Accent,
            ];
            let costs = (0..5).map(Role::Cost).chain((0..8).map(Role::Source));
            for role in text.into_iter().chain(costs) {
                let ratio = contrast(theme.style(role).fg.unwrap(), ground);
                assert!(ratio >= 4.5, "{kind:?} {role:?} {ratio:.2}");
            }
            let border = contrast(theme.style(Role::Border).fg.unwrap(), ground);
            assert!(border >= 3.0, "{kind:?} border {border:.2}");
        }
    }
}
