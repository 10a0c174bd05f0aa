//! The colours that programs print for a terminal (`ESC [ … m`), kept as styles. Nothing else that a terminal would act
//! on is one: it stays text, and [`Clean`] makes it a picture.

use ratatui::style::{Color, Modifier, Style};

use super::theme::Theme;
use super::wrap::Run;
use crate::text::Clean;

/// The state of a program's pen, which goes on over the ends of lines.
#[derive(Clone, Copy, Default, Debug)]
pub struct Pen {
    style: Style,
}

/// Whether a text has colours at all.
pub fn is_coloured(text: &str) -> bool {
    memchr::memchr(b'\x1b', text.as_bytes()).is_some()
}

impl Pen {
    /// A line in the colours that stand in it, over a base. Bytes are counted from `at` in the source.
    pub fn runs(&mut self, line: &str, at: usize, base: Style, theme: &Theme) -> Vec<Run> {
        let mut runs = Vec::new();
        let mut from = 0;
        let mut seek = 0;
        let mut add = |range: std::ops::Range<usize>, pen: &Pen| {
            let text = line.get(range.clone()).unwrap_or_default();
            if !text.is_empty() {
                let style = base.patch(pen.shown(theme));
                let source = at + range.start..at + range.end;
                runs.push(Run::of(Clean::of(text), style, source));
            }
        };
        while let Some(found) =
            memchr::memchr(b'\x1b', line.as_bytes().get(seek..).unwrap_or_default())
        {
            let start = seek + found;
            let Some((codes, end)) = colour(line, start) else {
                seek = start + 1;
                continue;
            };
            add(from..start, self);
            self.set(codes);
            (from, seek) = (end, end);
        }
        add(from..line.len(), self);
        runs
    }

    /// Follows the colours of a line that is not shown.
    pub fn pass(&mut self, line: &str) {
        let mut seek = 0;
        while let Some(found) =
            memchr::memchr(b'\x1b', line.as_bytes().get(seek..).unwrap_or_default())
        {
            let start = seek + found;
            seek = start + 1;
            if let Some((codes, end)) = colour(line, start) {
                self.set(codes);
                seek = end;
            }
        }
    }

    /// What a theme shows of it: one without colours none, one of sixteen the terminal's own.
    fn shown(&self, theme: &Theme) -> Style {
        let kept = |color: Option<Color>| match (theme.is_mono(), color) {
            (true, _) => None,
            (_, Some(Color::Rgb(..) | Color::Indexed(16..))) if !theme.is_rich() => None,
            (_, color) => color,
        };
        Style {
            fg: kept(self.style.fg),
            bg: kept(self.style.bg),
            ..self.style
        }
    }

    fn set(&mut self, codes: &str) {
        let mut rest = codes
            .split([';', ':'])
            .map(|n| n.parse::<u16>().unwrap_or(0));
        while let Some(code) = rest.next() {
            let style = &mut self.style;
            match code {
                0 => *style = Style::new(),
                1 => *style = style.add_modifier(Modifier::BOLD),
                2 => *style = style.add_modifier(Modifier::DIM),
                3 => *style = style.add_modifier(Modifier::ITALIC),
                4 => *style = style.add_modifier(Modifier::UNDERLINED),
                7 => *style = style.add_modifier(Modifier::REVERSED),
                9 => *style = style.add_modifier(Modifier::CROSSED_OUT),
                22 => take(style, Modifier::BOLD | Modifier::DIM),
                23 => take(style, Modifier::ITALIC),
                24 => take(style, Modifier::UNDERLINED),
                27 => take(style, Modifier::REVERSED),
                29 => take(style, Modifier::CROSSED_OUT),
                30..=37 => style.fg = indexed(code - 30),
                38 => style.fg = wide(&mut rest),
                39 => style.fg = None,
                40..=47 => style.bg = indexed(code - 40),
                48 => style.bg = wide(&mut rest),
                49 => style.bg = None,
                90..=97 => style.fg = indexed(code - 90 + 8),
                100..=107 => style.bg = indexed(code - 100 + 8),
                _ => {}
            }
        }
    }
}

fn take(style: &mut Style, modifier: Modifier) {
    style.add_modifier.remove(modifier);
}

fn indexed(n: u16) -> Option<Color> {
    u8::try_from(n).ok().map(Color::Indexed)
}

/// One of 256 colours, or one by its three parts.
fn wide(rest: &mut impl Iterator<Item = u16>) -> Option<Color> {
    let mut byte = || u8::try_from(rest.next()?).ok();
    match byte()? {
        5 => byte().map(Color::Indexed),
        2 => Some(Color::Rgb(byte()?, byte()?, byte()?)),
        _ => None,
    }
}

/// The codes of the sequence that starts at an escape, and where it ends.
fn colour(line: &str, start: usize) -> Option<(&str, usize)> {
    let body = line.get(start..)?.strip_prefix("\x1b[")?;
    let end = body.find(|c: char| !c.is_ascii_digit() && c != ';' && c != ':')?;
    body.get(end..)?.strip_prefix('m')?;
    Some((body.get(..end)?, start + 2 + end + 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::theme::ThemeKind;
    use proptest::prelude::*;

    fn runs(line: &str, kind: ThemeKind) -> Vec<(String, Style)> {
        let theme = Theme::built_in(kind);
        let runs = Pen::default().runs(line, 0, Style::new(), &theme);
        let pair = |run: &Run| (run.text.as_str().to_owned(), run.style);
        runs.iter().map(pair).collect()
    }

    /// T1: colours become styles, and nothing of them is left in the text.
    #[test]
    fn colours_become_styles() {
        let line = "\x1b[1;32mok\x1b[0m plain \x1b[38;5;200mx\x1b[38;2;1;2;3my\x1b[mz";
        let want = [
            ("ok", Style::new().fg(Color::Indexed(2)).bold()),
            (" plain ", Style::new()),
            ("x", Style::new().fg(Color::Indexed(200))),
            ("y", Style::new().fg(Color::Rgb(1, 2, 3))),
            ("z", Style::new()),
        ];
        let want = want.map(|(text, style)| (text.to_owned(), style));
        assert_eq!(runs(line, ThemeKind::Dark), want);
        let plain = |kind| {
            runs(line, kind)
                .iter()
                .filter(|(_, s)| s.fg.is_some())
                .count()
        };
        assert_eq!((plain(ThemeKind::Sixteen), plain(ThemeKind::Mono)), (1, 0));
    }

    #[test]
    fn a_pen_goes_on_behind_its_line() {
        let theme = Theme::built_in(ThemeKind::Dark);
        let mut pen = Pen::default();
        pen.pass("\x1b[31mred");
        let runs = pen.runs("still", 0, Style::new(), &theme);
        assert_eq!(runs[0].style.fg, Some(Color::Indexed(1)));
    }

    proptest! {
        /// T1: whatever a program printed, no escape is left, and what is not colour is seen.
        #[test]
        fn nothing_acts_on_a_terminal(line in "(\x1b|\\[|[0-9;:]{1,6}|m|J|[a-zé]|\u{9b}){0,30}") {
            let raw = crate::text::Raw::from(&*line);
            let text: String = runs(&line, ThemeKind::Dark).into_iter().map(|(text, _)| text).collect();
            prop_assert!(!text.contains('\x1b'));
            let clean = raw.clean_output();
            prop_assert_eq!(text, clean.as_str());
        }
    }
}
