//! Colours by role, from the tables under `assets/themes` and from files in the same form.

mod base16;
mod contrast;
mod file;
mod lift;
#[cfg(test)]
mod tests;

pub use contrast::Faint;
pub use file::{Flaw, read};
pub use lift::{Lift, selected};
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
    /// The hit that one is at.
    HitHere,
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

impl Role {
    /// As files of themes name it: `add-strong`.
    pub fn name(self) -> String {
        match self {
            Role::Cost(n) => format!("cost {}", n + 1),
            Role::Source(n) => format!("source {}", n + 1),
            role => {
                let mut name = String::new();
                for c in format!("{role:?}").chars() {
                    if c.is_uppercase() && !name.is_empty() {
                        name.push('-');
                    }
                    name.extend(c.to_lowercase());
                }
                name
            }
        }
    }
}

/// The themes that come with the program.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Debug)]
pub enum ThemeKind {
    #[default]
    Dark,
    Light,
    HighContrastDark,
    HighContrastLight,
    /// What is told apart by colour is so on the axis of blue and orange.
    ColourBlindDark,
    ColourBlindLight,
    /// The terminal's own sixteen colours.
    Sixteen,
    /// No colour.
    Mono,
}

impl ThemeKind {
    pub const ALL: [ThemeKind; 8] = [
        ThemeKind::Dark,
        ThemeKind::Light,
        ThemeKind::HighContrastDark,
        ThemeKind::HighContrastLight,
        ThemeKind::ColourBlindDark,
        ThemeKind::ColourBlindLight,
        ThemeKind::Sixteen,
        ThemeKind::Mono,
    ];

    /// Its file.
    fn text(self) -> &'static str {
        match self {
            ThemeKind::Dark => include_str!("../../../assets/themes/dark.toml"),
            ThemeKind::Light => include_str!("../../../assets/themes/light.toml"),
            ThemeKind::HighContrastDark => {
                include_str!("../../../assets/themes/high-contrast-dark.toml")
            }
            ThemeKind::HighContrastLight => {
                include_str!("../../../assets/themes/high-contrast-light.toml")
            }
            ThemeKind::ColourBlindDark => {
                include_str!("../../../assets/themes/colour-blind-dark.toml")
            }
            ThemeKind::ColourBlindLight => {
                include_str!("../../../assets/themes/colour-blind-light.toml")
            }
            ThemeKind::Sixteen => include_str!("../../../assets/themes/16.toml"),
            ThemeKind::Mono => include_str!("../../../assets/themes/mono.toml"),
        }
    }

    /// The theme of a name in settings, for a dark and for a light ground.
    pub fn named(name: &str) -> Option<(ThemeKind, ThemeKind)> {
        let both = |kind| Some((kind, kind));
        match name {
            "auto" => Some((ThemeKind::Dark, ThemeKind::Light)),
            "dark" => both(ThemeKind::Dark),
            "light" => both(ThemeKind::Light),
            "high-contrast-dark" => both(ThemeKind::HighContrastDark),
            "high-contrast-light" => both(ThemeKind::HighContrastLight),
            "colour-blind" => Some((ThemeKind::ColourBlindDark, ThemeKind::ColourBlindLight)),
            "16" => both(ThemeKind::Sixteen),
            "mono" => both(ThemeKind::Mono),
            _ => None,
        }
    }
}

/// Styles of all roles.
#[derive(Clone, PartialEq, Debug)]
pub struct Theme {
    /// Whose roles it has where it says nothing else.
    kind: ThemeKind,
    table: Table,
}

#[derive(Deserialize, Clone, Default, PartialEq, Debug)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Table {
    /// What the terminal's ground is taken for. Contrast is measured against it.
    #[serde(default)]
    background: Option<String>,
    /// The ground is painted in that colour, and not left as the terminal has it.
    #[serde(default)]
    paint: bool,
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
    hit_here: Look,
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

#[derive(Deserialize, Clone, PartialEq, Debug)]
#[serde(untagged)]
enum Look {
    Colour(String),
    Full(Full),
}

#[derive(Deserialize, Clone, Default, PartialEq, Debug)]
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
        // A test reads all of them, so a mistake in them cannot ship.
        Theme {
            kind,
            table: toml::from_str(kind.text()).unwrap_or_default(),
        }
    }

    /// For a light ground. Code is coloured by this.
    pub fn is_light(&self) -> bool {
        match self.background() {
            Some(ground) => contrast::luminance(ground).is_some_and(|l| l > 0.18),
            None => false,
        }
    }

    /// Code can be coloured in it: it has colours of its own.
    pub fn is_rich(&self) -> bool {
        !matches!(self.kind, ThemeKind::Sixteen | ThemeKind::Mono)
    }

    pub fn is_mono(&self) -> bool {
        self.kind == ThemeKind::Mono
    }

    fn background(&self) -> Option<Color> {
        self.table.background.as_deref().map(colour)
    }

    /// The ground and the text on it, where the theme paints it.
    pub fn painted(&self) -> Option<(Color, Color)> {
        let ground = self.background().filter(|_| self.table.paint)?;
        Some((ground, self.style(Role::Text).fg.unwrap_or(Color::Reset)))
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
            Role::HitHere => &t.hit_here,
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
