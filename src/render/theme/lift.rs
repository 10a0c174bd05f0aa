//! Colours brought away from the ground they stand on until they can be read. Colours of code come from themes of others,
//! which know none of our grounds; roles of ours are measured on the theme's ground only, and stand on others too.

use std::collections::HashMap;

use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line, Span};

use super::base16::until;
use super::contrast::ratio;
use super::{Role, Theme, ThemeKind};

/// A little more than is asked for: the terminal's ground is not quite the theme's.
const TEXT: f64 = 4.65;
/// High contrast has more for all text.
const HIGH: f64 = 7.0;

/// Makes text readable on its ground, and remembers what came of each pair of colours.
#[derive(Clone, Debug)]
pub struct Lift {
    ground: Option<Color>,
    border: Option<Color>,
    least: f64,
    known: HashMap<(Color, Color), Color>,
}

impl Lift {
    pub fn new(theme: &Theme) -> Lift {
        let is_high = matches!(
            theme.kind,
            ThemeKind::HighContrastDark | ThemeKind::HighContrastLight
        );
        Lift {
            ground: theme.background(),
            // Lines are marks, and need less than text.
            border: theme.style(Role::Border).fg,
            least: if is_high { HIGH } else { TEXT },
            known: HashMap::new(),
        }
    }

    /// The style with a colour that can be read. What the terminal decides stays as it is.
    pub fn style(&mut self, style: Style) -> Style {
        let (Some(fg), Some(bg)) = (style.fg, style.bg.or(self.ground)) else {
            return style;
        };
        if style.fg == self.border && style.bg.is_none() {
            return style;
        }
        let least = self.least;
        let lifted = self.known.entry((fg, bg)).or_insert_with(|| {
            match ratio(fg, bg).is_some_and(|ratio| ratio < least) {
                true => until(fg, fg, bg, least),
                false => fg,
            }
        });
        style.fg(*lifted)
    }

    pub fn spans(&mut self, spans: &mut [Span<'_>]) {
        for span in spans {
            span.style = self.style(span.style);
        }
    }
}

/// The line of a cursor, on the ground of what is selected.
pub fn selected(line: Line<'static>, theme: &Theme) -> Line<'static> {
    let before: Vec<Style> = line.spans.iter().map(|span| span.style).collect();
    let select = theme.style(Role::Select);
    let mut line = crate::render::span::under(line, select);
    // Where the line itself stands in reverse, what is marked so on other lines stands upright.
    let turned = Modifier::REVERSED;
    for (span, was) in line.spans.iter_mut().zip(&before) {
        if select.add_modifier.contains(turned) && was.add_modifier.contains(turned) {
            span.style = span.style.remove_modifier(turned);
        }
    }
    Lift::new(theme).spans(&mut line.spans);
    line
}
