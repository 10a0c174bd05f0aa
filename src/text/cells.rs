//! How wide text is, and cutting it to a width.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The cells of a character that stands by itself whatever is beside it, as long as that is such a character too. Most
/// text is made of these, and then nobody needs to ask where its clusters end, which is dear.
pub fn plain(c: char) -> Option<usize> {
    match c {
        ' '..='~' => Some(1),
        // Latin, Greek without its marks, Cyrillic, dashes and quotes.
        '\u{a0}'..='\u{ac}'
        | '\u{ae}'..='\u{2ff}'
        | '\u{391}'..='\u{3a1}'
        | '\u{3a3}'..='\u{3c9}' => Some(1),
        '\u{410}'..='\u{44f}' | '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{205e}' => Some(1),
        // Lines of boxes.
        '\u{2500}'..='\u{257f}' => Some(1),
        // Chinese, kana, Hangul and their punctuation.
        '\u{3001}'..='\u{3029}' | '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30fa}' => Some(2),
        '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{ff01}'..='\u{ff5e}' => Some(2),
        // Arrows, signs and pictures, some of them wide. What colours a skin joins with what is before it.
        '\u{2190}'..='\u{2bff}' | '\u{1f300}'..='\u{1f3fa}' | '\u{1f400}'..='\u{1faff}' => {
            UnicodeWidthChar::width(c)
        }
        _ => None,
    }
}

/// Width in terminal cells of a single line.
pub fn width(text: &str) -> usize {
    width_within(text, usize::MAX).unwrap_or(0)
}

/// Width in terminal cells of a single line; absent when it is more than `most`. A line may be far longer than any
/// screen, and what is past its edge need not be measured.
pub fn width_within(text: &str, most: usize) -> Option<usize> {
    if text.is_ascii() {
        return Some(text.len()).filter(|cells| *cells <= most);
    }
    let mut cells = 0;
    for (_, wide) in clusters(text) {
        cells += wide;
        if cells > most {
            return None;
        }
    }
    Some(cells)
}

/// The clusters of a text, what a reader takes for letters, and their cells.
pub fn clusters(text: &str) -> Clusters<'_> {
    Clusters(text)
}

pub struct Clusters<'a>(&'a str);

impl<'a> Iterator for Clusters<'a> {
    type Item = (&'a str, usize);

    fn next(&mut self) -> Option<(&'a str, usize)> {
        let mut chars = self.0.chars();
        let first = chars.next()?;
        let stands = |next: Option<char>| next.is_none_or(|c| c == '\n' || plain(c).is_some());
        let (cluster, wide) = match plain(first) {
            Some(wide) if stands(chars.next()) => (self.0.get(..first.len_utf8())?, wide),
            _ => {
                let cluster = self.0.graphemes(true).next()?;
                (cluster, cluster_width(cluster))
            }
        };
        self.0 = self.0.get(cluster.len()..)?;
        Some((cluster, wide))
    }
}

/// Width of one grapheme cluster: 0, 1 or 2 cells, as the widget library counts it.
pub fn cluster_width(cluster: &str) -> usize {
    UnicodeWidthStr::width(cluster).min(2)
}

/// At most `cells` wide, never splitting a cluster, ending in `..` where something was cut.
pub fn cut(text: &str, cells: usize) -> String {
    if width_within(text, cells).is_some() {
        return text.to_owned();
    }
    let room = cells.saturating_sub(2);
    let mut out = String::new();
    let mut used = 0;
    for (cluster, wide) in clusters(text) {
        if used + wide > room {
            break;
        }
        used += wide;
        out.push_str(cluster);
    }
    out.push_str("..".get(..cells.min(2)).unwrap_or_default());
    out
}

/// At most `cells` wide, never splitting a cluster, beginning with `..` where something was cut.
pub fn cut_start(text: &str, cells: usize) -> String {
    if width_within(text, cells).is_some() {
        return text.to_owned();
    }
    let room = cells.saturating_sub(2);
    let mut from = text.len();
    let mut used = 0;
    let all: Vec<(&str, usize)> = clusters(text).collect();
    for (cluster, wide) in all.into_iter().rev() {
        if used + wide > room {
            break;
        }
        used += wide;
        from -= cluster.len();
    }
    let dots = "..".get(..cells.min(2)).unwrap_or_default();
    format!("{dots}{}", text.get(from..).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn cutting_never_splits_a_wide_character() {
        assert_eq!(cut("日本語です", 5), "日..");
        assert_eq!(cut("abc", 3), "abc");
        assert_eq!(cut("abcd", 1), ".");
        assert_eq!(cut("abcd", 0), "");
        assert_eq!(cut_start("日本語です", 5), "..す");
        assert_eq!(cut_start("src/a.rs", 6), "..a.rs");
        assert_eq!(cut_start("abc", 3), "abc");
        assert_eq!(cut_start("abcd", 1), ".");
    }

    #[test]
    fn plain_characters_are_as_wide_as_the_widget_library_draws_them() {
        for c in '\0'..=char::MAX {
            if let Some(wide) = plain(c) {
                assert_eq!(cluster_width(&c.to_string()), wide, "{c:?}");
            }
        }
    }

    #[test]
    fn plain_characters_join_with_no_plain_character() {
        for c in ('\0'..=char::MAX).filter(|c| plain(*c).is_some()) {
            let text = format!("{c}{c}a{c}가{c}→{c}👩{c}é");
            let letters: Vec<String> = text.chars().map(String::from).collect();
            assert_eq!(text.graphemes(true).collect::<Vec<_>>(), letters, "{c:?}");
        }
    }

    proptest! {
        #[test]
        fn clusters_are_those_of_the_library(text in "([ -~é日ж─“가Ａ→✓⚙🚀👍【]|\u{fe0f}|\u{1f3fd}|\\PC|\u{301}|👩\u{200d}💻|🇩🇪|\n|\t|\r\n|\u{1100}|\u{11a8}|\u{600}|\u{903}){0,16}", most in 0usize..30) {
            let known: Vec<(&str, usize)> = text.graphemes(true).map(|c| (c, cluster_width(c))).collect();
            prop_assert_eq!(clusters(&text).collect::<Vec<_>>(), known.clone());
            let whole: usize = known.iter().map(|(_, wide)| wide).sum();
            if !text.is_ascii() {
                prop_assert_eq!(width(&text), whole);
                prop_assert_eq!(width_within(&text, most), Some(whole).filter(|cells| *cells <= most));
            }
        }
    }
}
