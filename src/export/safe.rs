//! Markdown of others inside Markdown of ours: whatever a message says, only our headings start a turn, and nothing it
//! opens stays open behind it.
//!
//! Headings go two levels down, raw HTML becomes the text it is, rules that could be front matter are written as others,
//! and open fences are closed. The result is parsed again; what still reaches beyond its turn stands in a fence, out of
//! which nothing gets.

use std::ops::Range;

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

/// Taking the structure of a text apart can uncover more of it, so it is done again, but not for ever.
const ROUNDS: usize = 4;
/// The level below which there is none.
const LOWEST: usize = 6;
/// A heading no text has.
const MARK: &str = "\u{2063}";

/// A text as part of a turn.
pub fn within_turn(text: &str) -> String {
    let mut out = with_room(text.trim_end());
    for _ in 0..ROUNDS {
        let Some(tamed) = tamed(&out) else { break };
        out = tamed;
    }
    if let Some(fence) = open_fence(&out) {
        out.push('\n');
        out.push_str(&fence);
    }
    contained(out, text)
}

/// The text with its lower headings two levels further down where higher ones will come to theirs.
fn with_room(text: &str) -> String {
    let headings = || {
        let events = Parser::new_ext(text, narrow()).into_offset_iter();
        events.filter_map(|(event, range)| match event {
            Event::Start(Tag::Heading { level, .. }) => Some((level, range)),
            _ => None,
        })
    };
    if headings().all(|(level, _)| level >= HeadingLevel::H3) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len() + 16);
    let mut from = 0;
    for (level, range) in headings().filter(|(level, _)| *level >= HeadingLevel::H3) {
        out.push_str(text.get(from..range.start).unwrap_or_default());
        out.push_str(
            "##".get(..LOWEST.saturating_sub(level as usize))
                .unwrap_or("##"),
        );
        from = range.start;
    }
    out.push_str(text.get(from..).unwrap_or_default());
    out
}

/// The block if it ends where it ends, else the text it was made of, in a fence.
pub fn contained(block: String, text: &str) -> String {
    if is_contained(&block) {
        block
    } else {
        fenced("", text)
    }
}

/// The text with one layer of structure taken away; nothing where there is none.
fn tamed(text: &str) -> Option<String> {
    let mut edits: Vec<(Range<usize>, String)> = Vec::new();
    for (event, range) in Parser::new_ext(text, narrow()).into_offset_iter() {
        let piece = text.get(range.clone()).unwrap_or_default();
        match event {
            Event::Start(Tag::Heading { level, .. }) if !is_low(piece, level) => {
                heading(piece, range.start, level, &mut edits);
            }
            Event::Html(_) | Event::InlineHtml(_) => {
                let opens = piece.match_indices('<');
                let escape = |(at, _): (usize, &str)| {
                    let at = range.start + at;
                    (at..at, "\\".to_owned())
                };
                edits.extend(opens.map(escape));
            }
            Event::Rule if is_front_matter(piece) => {
                edits.push((
                    range.start..range.start + piece.trim_end().len(),
                    "***".into(),
                ));
            }
            _ => {}
        }
    }
    // Other readers know a second kind of front matter.
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if line.trim_end() == "+++" {
            edits.push((at..at, "\\".to_owned()));
        }
        at += line.len();
    }
    if edits.is_empty() {
        return None;
    }
    edits.sort_by_key(|(range, _)| range.start);
    let mut out = String::with_capacity(text.len() + edits.len() * 4);
    let mut from = 0;
    for (range, new) in edits {
        out.push_str(text.get(from..range.start).unwrap_or_default());
        out.push_str(&new);
        from = range.end.max(from);
    }
    out.push_str(text.get(from..).unwrap_or_default());
    Some(out)
}

/// Whether a heading is one that no turn starts with.
fn is_low(piece: &str, level: HeadingLevel) -> bool {
    level >= HeadingLevel::H3 && piece.trim_start().starts_with('#')
}

fn heading(
    piece: &str,
    start: usize,
    level: HeadingLevel,
    edits: &mut Vec<(Range<usize>, String)>,
) {
    let at = start + (piece.len() - piece.trim_start().len());
    if piece.trim_start().starts_with('#') {
        edits.push((at..at, "##".into()));
        return;
    }
    let body = piece.trim_end();
    let Some(line) = body.rfind('\n') else { return };
    let under = body.get(line..).unwrap_or_default();
    let mark = under.find(['=', '-']).unwrap_or(under.len());
    let lines = body.matches('\n').count();
    let is_bare = !under.get(..mark).unwrap_or_default().contains(['>', '*']);
    if lines == 1 && is_bare && mark == 1 {
        let marks = if level == HeadingLevel::H1 {
            "### "
        } else {
            "#### "
        };
        edits.push((at..at, marks.into()));
        edits.push((start + line..start + body.len(), String::new()));
    } else {
        // Of many lines, or inside of something: the line under it is text then.
        edits.push((start + line + mark..start + line + mark, "\\".into()));
    }
}

/// A rule that opens front matter for readers that look for it anywhere.
fn is_front_matter(piece: &str) -> bool {
    piece.trim_end() == "---"
}

/// The fence that a text leaves open, as CommonMark counts lines.
fn open_fence(text: &str) -> Option<String> {
    let mut open: Option<String> = None;
    for line in text.split('\n') {
        let bare = line.trim_start_matches(' ');
        if line.len() - bare.len() > 3 {
            continue;
        }
        let mark = bare.chars().next().filter(|c| matches!(c, '`' | '~'));
        let Some(mark) = mark else { continue };
        let marks: String = bare.chars().take_while(|c| *c == mark).collect();
        let rest = bare.get(marks.len()..).unwrap_or_default();
        match &open {
            Some(fence) if marks.starts_with(fence.as_str()) && rest.trim().is_empty() => {
                open = None;
            }
            None if marks.len() >= 3 && !(mark == '`' && rest.contains('`')) => open = Some(marks),
            _ => {}
        }
    }
    open
}

/// What every reader knows.
fn narrow() -> Options {
    Options::empty()
}

/// What some readers know besides.
fn wide() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS
        | Options::ENABLE_PLUSES_DELIMITED_METADATA_BLOCKS
        | Options::ENABLE_MATH
        | Options::ENABLE_GFM
        | Options::ENABLE_DEFINITION_LIST
}

/// Whether a heading before the block and one behind it are all the headings there are of their level, and no HTML is.
pub fn is_contained(block: &str) -> bool {
    let page = format!("## {MARK}\n\n{block}\n\n## {MARK}\n");
    [narrow(), wide()].into_iter().all(|options| {
        let (mut depth, mut seen, mut ours) = (0_usize, 0_usize, 0_usize);
        let mut in_heading = false;
        for event in Parser::new_ext(&page, options) {
            match event {
                Event::Start(Tag::Heading { level, .. }) => {
                    if level <= HeadingLevel::H2 {
                        seen += 1;
                        in_heading = depth == 0;
                    }
                    depth += 1;
                }
                Event::End(TagEnd::Heading(_)) => {
                    depth = depth.saturating_sub(1);
                    in_heading = false;
                }
                Event::Text(text) if in_heading && &*text == MARK => ours += 1,
                Event::Html(_) | Event::InlineHtml(_) => return false,
                Event::Start(Tag::MetadataBlock(_)) => return false,
                Event::Start(_) => depth += 1,
                Event::End(_) => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
        (seen, ours, depth) == (2, 2, 0)
    })
}

/// Words of others in a line of ours: shown as they are, whatever they are made of.
pub fn inline(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let mut before = ' ';
    let mut letters = text.chars().peekable();
    while let Some(c) = letters.next() {
        let c = if c.is_whitespace() { ' ' } else { c };
        let joins = |c: char| c.is_alphanumeric();
        // Inside of a word it means nothing.
        let in_word = c == '_' && joins(before) && letters.peek().is_some_and(|next| joins(*next));
        let acts = matches!(
            c,
            '\\' | '`'
                | '*'
                | '_'
                | '['
                | ']'
                | '<'
                | '>'
                | '&'
                | '#'
                | '|'
                | '~'
                | '$'
                | '{'
                | '}'
                | '!'
                | '^'
        );
        if acts && !in_word {
            out.push('\\');
        }
        out.push(c);
        before = c;
    }
    out.trim().to_owned()
}

/// Inline code whose fence is longer than any inside, on one line.
pub fn code(text: &str) -> String {
    let letters = text.chars();
    let flat: String = letters
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .collect();
    if flat.trim().is_empty() {
        return String::new();
    }
    let fence = "`".repeat(longest_run(&flat) + 1);
    let pad = if flat.starts_with(['`', ' ']) || flat.ends_with(['`', ' ']) {
        " "
    } else {
        ""
    };
    format!("{fence}{pad}{flat}{pad}{fence}")
}

/// A block whose fence is longer than any inside, so that nothing in it can end it.
pub fn fenced(language: &str, text: &str) -> String {
    let fence = "`".repeat((longest_run(text) + 1).max(3));
    format!(
        "{fence}{language}\n{}\n{fence}",
        text.trim_end_matches('\n')
    )
}

/// Each line behind a mark of quoting.
pub fn quoted(text: &str) -> String {
    let line = |line: &str| match line.is_empty() {
        true => ">".to_owned(),
        false => format!("> {line}"),
    };
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

fn longest_run(text: &str) -> usize {
    let (mut longest, mut run) = (0, 0);
    for c in text.chars() {
        run = if c == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}

#[cfg(test)]
mod tests;
