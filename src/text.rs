//! Text from logs and the two forms it has here.
//!
//! Logs are written by programs that read the internet, so their text is hostile: it can move a cursor, set a title or
//! write a clipboard. [`Raw`] is such text and cannot be shown. [`Clean`] is text in which nothing acts on a terminal;
//! it is the only text a widget, a pipe or the clipboard accepts. `Clean` keeps line feeds and tabs, so ordinary text
//! passes byte for byte.

use std::borrow::Cow;
use std::fmt::{self, Write as _};

use wide::u8x16;

mod cells;
mod human;
mod locale;

pub use cells::{clusters, cut, cut_start, width, width_within};
pub use human::{age, bytes, count, counted, short_count, short_dir};
pub use locale::Locale;

/// At most this many code points share one cell; combining marks past it are dropped.
const CELL_POINTS: usize = 8;
/// At most this many bytes share one cell.
const CELL_BYTES: usize = 32;
/// Titles are cut at this many characters.
pub const TITLE_CHARS: usize = 100;
/// A title is cut at the end of a word where that costs no more characters.
const TITLE_WORD: usize = 24;
/// Titles are cut at this many cells, whatever their characters.
const TITLE_CELLS: usize = 512;

/// Text as a log holds it. Only [`Raw::clean`] leads to a screen.
#[derive(Clone, PartialEq, Eq, Hash, Default)]
pub struct Raw(Box<str>);

impl Raw {
    pub fn new(text: impl Into<Box<str>>) -> Raw {
        Raw(text.into())
    }

    /// The text as it is, for reading its meaning. Never for showing it.
    pub fn untrusted(&self) -> &str {
        &self.0
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Length in bytes.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The number of lines, at least 1 for any text.
    pub fn lines(&self) -> usize {
        let text = self.0.strip_suffix('\n').unwrap_or(&self.0);
        if text.is_empty() {
            0
        } else {
            memchr::memchr_iter(b'\n', text.as_bytes()).count() + 1
        }
    }

    pub fn clean(&self) -> Clean {
        Clean::of(&self.0)
    }

    /// Clean text without the colour sequences (`ESC [ … m`) that programs print for a terminal.
    pub fn clean_output(&self) -> Clean {
        Clean::of(&self.output())
    }

    /// The same, for comparing it.
    pub fn seen_output(&self) -> Cow<'_, str> {
        match self.output() {
            Cow::Borrowed(text) => Clean::seen(text),
            Cow::Owned(text) => Cow::Owned(Clean::of(&text).0.into_string()),
        }
    }

    /// Whether it is compared as it was written, byte for byte, also as what a tool answered.
    pub fn is_seen_as_it_is(&self) -> bool {
        is_plain(&self.0)
    }

    fn output(&self) -> Cow<'_, str> {
        if memchr::memchr(b'\x1b', self.0.as_bytes()).is_none() {
            return Cow::Borrowed(self.0.trim_end_matches('\r'));
        }
        let mut kept = String::with_capacity(self.0.len());
        let mut rest: &str = &self.0;
        while let Some(at) = memchr::memchr(b'\x1b', rest.as_bytes()) {
            let (before, sequence) = rest.split_at_checked(at).unwrap_or((rest, ""));
            kept.push_str(before);
            let len = colour(sequence.as_bytes()).unwrap_or_else(|| {
                kept.push('\x1b');
                1
            });
            rest = sequence.get(len..).unwrap_or_default();
        }
        kept.push_str(rest);
        Cow::Owned(kept)
    }
}

/// How long the colour sequence is that bytes begin with.
fn colour(bytes: &[u8]) -> Option<usize> {
    let body = bytes.strip_prefix(b"\x1b[")?;
    let is_number = |byte: &u8| matches!(byte, b'0'..=b'9' | b';' | b':');
    let end = body.iter().position(|byte| !is_number(byte))?;
    (body.get(end) == Some(&b'm')).then_some(end + 3)
}

impl fmt::Debug for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl From<&str> for Raw {
    fn from(text: &str) -> Raw {
        Raw(text.into())
    }
}

impl From<String> for Raw {
    fn from(text: String) -> Raw {
        Raw(text.into())
    }
}

/// Text that does nothing to a terminal but stand there.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Clean(Box<str>);

impl Clean {
    /// Makes any text safe: control characters become control pictures, characters that reorder or hide text become
    /// visible names like `<U+202E>`, and no cell holds more than a few code points.
    ///
    /// ```
    /// use backscroll::text::Clean;
    /// assert_eq!(Clean::of("a\tb\n").as_str(), "a\tb\n");
    /// assert_eq!(Clean::of("\x1b[2J").as_str(), "␛[2J");
    /// assert_eq!(Clean::of("x\u{202e}y").as_str(), "x<U+202E>y");
    /// ```
    pub fn of(text: &str) -> Clean {
        let mut out = String::new();
        let mut rest = text;
        // No character acts beyond its line, and most lines are plain.
        loop {
            let plain = plain_until(rest);
            if plain == rest.len() {
                break;
            }
            let (before, from) = rest.split_at_checked(plain).unwrap_or_default();
            let start = memchr::memrchr(b'\n', before.as_bytes()).map_or(0, |feed| feed + 1);
            let feed = memchr::memchr(b'\n', from.as_bytes());
            let end = feed.map_or(rest.len(), |feed| plain + feed + 1);
            out.reserve(rest.len());
            out.push_str(rest.get(..start).unwrap_or_default());
            push_line(&mut out, rest.get(start..end).unwrap_or_default());
            rest = rest.get(end..).unwrap_or_default();
        }
        if out.is_empty() {
            return Clean(rest.into());
        }
        out.push_str(rest);
        Clean(out.into())
    }

    /// What [`Clean::of`] makes of a text, for comparing it: without a copy where nothing is changed.
    pub fn seen(text: &str) -> Cow<'_, str> {
        if is_plain(text) {
            Cow::Borrowed(text)
        } else {
            Cow::Owned(Clean::of(text).0.into_string())
        }
    }

    /// One line: white space folded to single spaces. More than 100 characters, or 512 cells, are cut and end in `..`:
    /// behind a blank where words are whole.
    pub fn title(text: &str) -> Clean {
        // A title never needs more than the first few kilobytes, however long the prompt is.
        let head = floor_boundary(text, 16 * 1024);
        let folded = head.split_whitespace().collect::<Vec<_>>().join(" ");
        match folded.char_indices().nth(TITLE_CHARS) {
            Some(_) => Clean::of(&title_start(&folded)).cut(TITLE_CELLS),
            None => Clean::of(&folded).cut(TITLE_CELLS),
        }
    }

    /// One line of any text: white space folded, not cut.
    pub fn line(text: &str) -> Clean {
        if text.chars().any(|c| c.is_whitespace() && c != ' ') {
            Clean::of(&text.split_whitespace().collect::<Vec<_>>().join(" "))
        } else {
            Clean::of(text)
        }
    }

    /// The same on one line, letter by letter: tabs and line feeds are spaces, and none is lost.
    pub fn flat(&self) -> Clean {
        let letters = self.0.chars();
        let flat = letters.map(|c| if c.is_whitespace() { ' ' } else { c });
        Clean(flat.collect::<String>().into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Width in terminal cells, of a single line.
    pub fn width(&self) -> usize {
        width(&self.0)
    }

    /// At most `cells` wide, ending in `..` where something was cut.
    pub fn cut(&self, cells: usize) -> Clean {
        Clean(cut(&self.0, cells).into())
    }

    /// At most `cells` wide, beginning with `..` where something was cut.
    pub fn cut_start(&self, cells: usize) -> Clean {
        Clean(cut_start(&self.0, cells).into())
    }

    /// The same text joined with other clean text.
    pub fn join<'a>(parts: impl IntoIterator<Item = &'a Clean>) -> Clean {
        Clean(
            parts
                .into_iter()
                .map(Clean::as_str)
                .collect::<String>()
                .into(),
        )
    }

    /// A piece of this text; cutting clean text anywhere leaves it clean.
    pub fn piece(&self, range: std::ops::Range<usize>) -> Clean {
        Clean(self.0.get(range).unwrap_or_default().into())
    }
}

impl fmt::Display for Clean {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Clean {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// Words of ours, in the program text, are clean.
impl From<&'static str> for Clean {
    fn from(text: &'static str) -> Clean {
        Clean::of(text)
    }
}

/// Text composed by us; whatever it was made of passes the filter once more.
impl From<String> for Clean {
    fn from(text: String) -> Clean {
        Clean::of(&text)
    }
}

/// What of a text is a title, with the mark of a cut.
fn title_start(text: &str) -> String {
    let place = |chars| text.char_indices().nth(chars).map(|(at, _)| at);
    let room = TITLE_CHARS - 2;
    let head = place(room).and_then(|at| text.get(..at)).unwrap_or(text);
    let near = head
        .rfind(' ')
        .filter(|at| Some(*at) >= place(room - TITLE_WORD));
    match near.and_then(|at| text.get(..at)) {
        Some(words) => format!("{words} .."),
        None => format!("{head}.."),
    }
}

/// The longest start of `text` of at most `bytes` bytes that ends between characters.
pub fn floor_boundary(text: &str, bytes: usize) -> &str {
    let mut end = bytes.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

/// Whether a text is clean as it is, and can be told to be without a look at how its characters join.
fn is_plain(text: &str) -> bool {
    plain_until(text) == text.len()
}

/// Where that ends: at the first character that has to be looked at, or behind the last one.
fn plain_until(text: &str) -> usize {
    let (blocks, rest) = text.as_bytes().as_chunks::<64>();
    let first_strange = |start: usize, block: &[u8; 64]| {
        let mut left = strange(block);
        while left != 0 {
            let at = start + left.trailing_zeros() as usize;
            left &= left - 1;
            // Within a character: that was looked at from its first byte.
            let c = text.get(at..).and_then(|from| from.chars().next());
            if c.is_some_and(|c| cells::plain(c).is_none()) {
                return Some(at);
            }
        }
        None
    };
    let mut blocks_at = blocks.iter().enumerate();
    if let Some(at) = blocks_at.find_map(|(i, block)| first_strange(i * 64, block)) {
        return at;
    }
    let mut last = [b' '; 64];
    last.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
    first_strange(text.len() - rest.len(), &last).unwrap_or(text.len())
}

/// Which bytes are neither printed ones of ASCII nor end a line or a column; the lowest bit is the first one.
fn strange(block: &[u8; 64]) -> u64 {
    let (first, last) = (u8x16::splat(0x20), u8x16::splat(0x7e));
    let (feed, tab) = (u8x16::splat(b'\n'), u8x16::splat(b'\t'));
    let (parts, _) = block.as_chunks::<16>();
    let mut strange = 0;
    for (i, part) in parts.iter().enumerate() {
        let part = u8x16::from(*part);
        let fine = part.max(first).min(last).simd_eq(part);
        let fine = fine | part.simd_eq(feed) | part.simd_eq(tab);
        strange |= u64::from(!fine.to_bitmask() as u16) << (i * 16);
    }
    strange
}

/// Printed characters of ASCII: between two of them a cell ends, whatever stands around.
fn is_printed(byte: u8) -> bool {
    (0x20..0x7f).contains(&byte) || byte == b'\t'
}

/// Most of a line with something strange in it is not: only what may join with that is looked at as cells.
fn push_line(out: &mut String, line: &str) {
    let bytes = line.as_bytes();
    let is_printed = |at: usize| bytes.get(at).is_some_and(|byte| is_printed(*byte));
    let mut from = 0;
    while from < bytes.len() {
        let mut strange = from;
        while is_printed(strange) {
            strange += 1;
        }
        // The last one may be what a mark stands on.
        let start = if strange == bytes.len() {
            strange
        } else {
            strange.saturating_sub(1).max(from)
        };
        out.push_str(line.get(from..start).unwrap_or_default());
        let mut end = strange;
        while end < bytes.len() && !(is_printed(end) && is_printed(end + 1)) {
            end += 1;
        }
        let end = (end + 1).min(bytes.len());
        for (cluster, _) in clusters(line.get(start..end).unwrap_or_default()) {
            push_cluster(out, cluster);
        }
        from = end.max(start);
    }
}

fn push_cluster(out: &mut String, cluster: &str) {
    let start = out.len();
    let mut base = None;
    let joined = is_emoji_cluster(cluster);
    for (i, c) in cluster.chars().enumerate() {
        if i >= CELL_POINTS || out.len() - start + c.len_utf8() > CELL_BYTES {
            // The rest of an overfull cell is dropped unless it is something that must be seen.
            if !hidden(c) && !c.is_control() {
                continue;
            }
        }
        match c {
            '\n' | '\t' => out.push(c),
            '\0'..='\x1f' => out.push(char::from_u32(0x2400 + c as u32).unwrap_or('\u{fffd}')),
            '\x7f' => out.push('\u{2421}'),
            '\u{80}'..='\u{9f}' => named(out, c),
            '\u{200d}' | '\u{fe0e}' | '\u{fe0f}' if joined && base.is_some() => out.push(c),
            // Tags spell the flags of regions behind a black flag, and nothing else.
            '\u{e0020}'..='\u{e007f}' if base == Some('\u{1f3f4}') => out.push(c),
            _ if hidden(c) => named(out, c),
            _ => {
                base.get_or_insert(c);
                out.push(c);
            }
        }
    }
}

fn named(out: &mut String, c: char) {
    // Writing to a string cannot fail.
    let _ = write!(out, "<U+{:04X}>", c as u32);
}

/// Whether joiners and variation selectors make a picture here, instead of hiding something.
fn is_emoji_cluster(cluster: &str) -> bool {
    cluster.chars().next().is_some_and(|c| {
        matches!(c, '#' | '*' | '0'..='9' | '\u{a9}' | '\u{ae}' | '\u{203c}' | '\u{2049}' | '\u{2122}' | '\u{2139}')
            || matches!(c, '\u{2190}'..='\u{21ff}' | '\u{2300}'..='\u{27bf}' | '\u{2900}'..='\u{2bff}' | '\u{3030}' | '\u{303d}' | '\u{3297}' | '\u{3299}')
            || matches!(c, '\u{1f000}'..='\u{1faff}')
    })
}

/// Characters that show nothing, change the order of others or mean something private: they are named instead.
fn hidden(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{e000}'..='\u{f8ff}'
        | '\u{fdd0}'..='\u{fdef}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
        | '\u{fffe}' | '\u{ffff}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}'
        | '\u{f0000}'..='\u{10ffff}')
        || (c as u32) & 0xfffe == 0xfffe
}

#[cfg(test)]
mod tests;
