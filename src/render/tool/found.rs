//! What is looked for on the line of a call. A path is shortened there and what is long is cut, but not where a hit is.

use std::path::Path;

use ratatui::text::Span;

use super::below;
use crate::evidence;
use crate::query::Word;
use crate::search::places;
use crate::text::{Clean, floor_boundary, width};

/// More bytes of one line never reach the screen's edge.
const LONGEST: usize = 400;
/// The same where a hit may stand far behind the edge.
const SOUGHT: usize = 8 << 10;

/// How often words stand in a text.
pub fn hits(text: &str, words: &[Word]) -> usize {
    places::of_words(words, text).len()
}

/// How often words stand on a line.
pub fn count(spans: &[Span<'_>], words: &[Word]) -> usize {
    let line: String = spans.iter().map(|span| span.content.as_ref()).collect();
    hits(&line, words)
}

/// A path, or another text of one line: without the directory that everything is in, unless a hit is in that.
pub fn shown_path(text: &str, dir: Option<&Path>, words: &[Word]) -> Clean {
    shown(text, below(text, dir), words)
}

/// A line of a command: without the step into the directory that it is run in anyway, unless a hit is in that.
pub fn shown_command(text: &str, dir: Option<&Path>, words: &[Word]) -> Clean {
    shown(text, &evidence::inside(text, dir), words)
}

fn shown(text: &str, short: &str, words: &[Word]) -> Clean {
    if words.is_empty() {
        return Clean::line(floor_boundary(short, LONGEST));
    }
    let [short, whole] = [short, text].map(|text| Clean::line(floor_boundary(text, SOUGHT)));
    let many = |text: &Clean| hits(text.as_str(), words);
    match many(&whole) > many(&short) {
        true => whole,
        false => short,
    }
}

/// A text in so many cells: its beginning, its end, or what is around the first hit, whichever has most of them.
pub fn cut(text: &Clean, cells: usize, words: &[Word]) -> Clean {
    let wide = width(text.as_str());
    let found = places::of_words(words, text.as_str());
    let Some((first, _)) = found.first().copied().filter(|_| wide > cells) else {
        return text.clone();
    };
    let before = width(text.as_str().get(..first).unwrap_or_default());
    // A third of it is left to what stands before.
    let from = before.saturating_sub(cells / 3);
    let around = text.cut_start(wide - from).cut(cells);
    let (begin, end) = (text.cut(cells), text.cut_start(cells));
    let mut best = (0, text.clone());
    // Of a path the name of the file is what matters.
    let is_path = !text.as_str().contains(' ');
    let forms = match is_path {
        true => [end, begin, around],
        false => [begin, end, around],
    };
    for form in forms {
        let many = hits(form.as_str(), words);
        if many > best.0 {
            best = (many, form);
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<Word> {
        vec![Word::phrase(text)]
    }

    /// UX 7: what is found is seen, whatever is cut.
    #[test]
    fn a_hit_is_never_cut_away() {
        let path = "/home/ada/workspaces/loom/packages/agent/src/main.ts";
        let dir = Some(Path::new("/home/ada/workspaces/loom"));
        let shown = |word: &str| shown_path(path, dir, &words(word)).to_string();
        assert_eq!(shown("agent"), "packages/agent/src/main.ts");
        assert_eq!(shown("loom"), path);
        assert_eq!(
            shown_path(path, dir, &[]).as_str(),
            "packages/agent/src/main.ts"
        );
        // Of a command the step into where it is run anyway says nothing.
        let command = "cd /home/ada/workspaces/loom && git checkout -b refactor";
        let shown = |word: &str| shown_command(command, dir, &words(word)).to_string();
        assert_eq!(shown("refactor"), "git checkout -b refactor");
        assert_eq!(shown("loom"), command);
        let text = Clean::line(path);
        let cut = |text: &Clean, word: &str| cut(text, 24, &words(word)).to_string();
        assert_eq!(cut(&text, "main"), "..ages/agent/src/main.ts");
        assert!(cut(&text, "loom").contains("loom"));
        assert!(cut(&text, "ada").starts_with("/home/ada/"));
        let command = Clean::line(&format!("echo {} weft {}", "a".repeat(60), "b".repeat(60)));
        let seen = cut(&command, "weft");
        assert!(
            seen.starts_with("..") && seen.contains("weft") && seen.ends_with(".."),
            "{seen}"
        );
        assert!(cut(&command, "echo").starts_with("echo aaa"));
        assert!(width(&seen) <= 24);
    }
}
