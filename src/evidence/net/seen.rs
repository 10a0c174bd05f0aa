//! What a call shows of a file. Programs number the lines that they show, and say when they leave out some.

use serde_json::Value;

use crate::model::{ToolCall, ToolKind, ToolResult};

/// Programs show no more lines than this without being asked, and no longer ones.
const MOST: usize = 2_000;

/// A stretch of a file, in whole lines.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Seen {
    pub text: String,
    /// The number of its first line; absent where the lines have none.
    pub first: Option<usize>,
    /// It is all of the file.
    pub is_whole: bool,
}

/// What the result of a reading shows.
pub fn of_read(call: &ToolCall, result: &ToolResult) -> Option<Seen> {
    if call.tool.kind != ToolKind::Read {
        return None;
    }
    let output = result.output.untrusted();
    let all = !asks_for_part(call);
    if let Some(numbered) = numbered(output) {
        let Numbered {
            text, first, last, ..
        } = numbered;
        let is_cut = says_more(last) || text.lines().any(|line| line.len() >= MOST);
        let is_whole = all && first == 1 && !is_cut && text.lines().count() < MOST;
        return Some(Seen {
            text,
            first: Some(first),
            is_whole,
        });
    }
    // A tool that gives a file as it is also gives its last line feed.
    let is_text = output.ends_with('\n') && !output.starts_with(['<', '[']);
    let name = call.tool.name.to_lowercase();
    let reads = ["read", "cat", "view"]
        .iter()
        .any(|word| name.contains(word));
    let is_file = reads
        && !["image", "notebook", "mcp", "dir"]
            .iter()
            .any(|w| name.contains(w));
    let end = output.lines().next_back().unwrap_or_default();
    (all && is_text && is_file && !says_more(end) && output.lines().count() < MOST).then(|| Seen {
        text: output.to_owned(),
        first: None,
        is_whole: true,
    })
}

/// The lines around a change, as some programs show them when it is made.
pub fn of_edit(result: &ToolResult) -> Option<Seen> {
    let Numbered { text, first, .. } = numbered(result.output.untrusted())?;
    Some(Seen {
        text,
        first: Some(first),
        is_whole: false,
    })
}

/// Whether a call names the lines that it wants.
fn asks_for_part(call: &ToolCall) -> bool {
    let Ok(Value::Object(given)) = serde_json::from_str(call.input.untrusted()) else {
        return true;
    };
    let is_part = |key: &str| {
        let key = key.to_lowercase();
        ["offset", "limit", "line", "range", "start", "end", "pages"]
            .iter()
            .any(|word| key.contains(word))
    };
    given
        .iter()
        .any(|(key, value)| is_part(key) && !value.is_null())
}

/// Whether a line of the program says that there is more.
fn says_more(line: &str) -> bool {
    let line = line.to_lowercase();
    [
        "truncated",
        "more lines",
        "showing",
        "omitted",
        "file has more",
    ]
    .iter()
    .any(|word| line.contains(word))
}

struct Numbered<'o> {
    text: String,
    first: usize,
    /// What stands behind the lines.
    last: &'o str,
}

/// Numbered lines, one behind the other, and what the program says around them.
fn numbered(output: &str) -> Option<Numbered<'_>> {
    let mut text = String::new();
    let (mut first, mut next, mut mark) = (0, 0, None);
    let mut rest = output;
    while !rest.is_empty() {
        let (line, behind) = rest.split_once('\n').unwrap_or((rest, ""));
        let row = row(line)
            .filter(|(number, found, _)| mark.is_none() || *number == next && mark == Some(*found));
        match row {
            Some((number, found, line)) => {
                if mark.is_none() {
                    (first, mark) = (number, Some(found));
                }
                next = number + 1;
                text.push_str(line);
                text.push('\n');
            }
            None if mark.is_some() => break,
            // A file stands near the top of what is said about it.
            None if output.len() - rest.len() > 2_000 => return None,
            None => {}
        }
        rest = behind;
    }
    let mark = mark?;
    // Behind the last line feed of a file there is an empty line, which is numbered as well.
    // Where that is not known to be the custom of a program, a text is taken to end with a line feed, as most do.
    if text.ends_with("\n\n") || text == "\n" || mark == "→" {
        text.pop();
    }
    Some(Numbered {
        text,
        first,
        last: rest,
    })
}

/// A line as `12→text`, `12<tab>text`, `12: text` or `12| text`.
fn row(line: &str) -> Option<(usize, &'static str, &str)> {
    let line = line.trim_start_matches(' ');
    let rest = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = line
        .strip_suffix(rest)
        .filter(|digits| !digits.is_empty())?;
    let number = digits.parse().ok()?;
    for mark in ["→", "\t", ": ", "| "] {
        if let Some(text) = rest.strip_prefix(mark) {
            return Some((number, mark, text));
        }
        // Of an empty line the blank behind the mark may be gone.
        if mark.ends_with(' ') && rest == mark.trim_end() {
            return Some((number, mark, ""));
        }
    }
    None
}
