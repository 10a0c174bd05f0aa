//! What a person wrote, without what the program put around it.

use std::borrow::Cow;

use crate::text::Raw;

/// What stands in a message of the user's side.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Words {
    Prompt(Raw),
    /// Nothing but what the program put in.
    Context(Raw),
}

/// A summary needs no more of a prompt than its title.
const PROMPT: usize = 16 << 10;

/// Takes a prompt out of `<user_query>`, or leaves out the blocks of context before and behind it.
pub fn of_user(text: &str) -> Words {
    if let Some(query) = query(text) {
        return Words::Prompt(Raw::new(query));
    }
    let mut rest = text.trim();
    while let Some(after) = after_context(rest) {
        rest = after.trim_start();
    }
    if rest.is_empty() && !text.trim().is_empty() {
        Words::Context(text.into())
    } else if rest.len() == text.trim().len() {
        Words::Prompt(text.into())
    } else {
        Words::Prompt(rest.trim_end().into())
    }
}

/// What stands in all `<user_query>` tags, if there is one.
fn query(text: &str) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    let mut rest = text;
    while let Some((_, after)) = rest.split_once("<user_query>") {
        // A tag that is still open goes on to the end.
        let (inside, behind) = after.split_once("</user_query>").unwrap_or((after, ""));
        parts.push(inside.trim());
        rest = behind;
    }
    (!parts.is_empty()).then(|| parts.join("\n\n"))
}

/// What follows a block like `<user_info> … </user_info>` at the start of a text. Tags of a person's own, which are those
/// of a page mostly, have no underscore in their names.
fn after_context(text: &str) -> Option<&str> {
    let (tag, inside) = text.strip_prefix('<')?.split_once('>')?;
    let name = tag.split_whitespace().next()?;
    let plain = name
        .bytes()
        .all(|b| b.is_ascii_lowercase() || b == b'_' || b == b'-');
    let known = ["rules", "timestamp", "memories", "attachments"].contains(&name);
    if !plain || !(name.contains('_') || name.starts_with("system-") || known) {
        return None;
    }
    inside
        .split_once(&format!("</{name}>"))
        .map(|(_, after)| after)
}

/// The start of a prompt, for those who make a title of it.
pub fn start(text: &Raw) -> Raw {
    if text.len() <= PROMPT {
        text.clone()
    } else {
        Raw::from(crate::text::floor_boundary(text.untrusted(), PROMPT))
    }
}

/// Whether a text says that thinking stood here and was left out.
pub fn is_redacted(text: &str) -> bool {
    text.trim() == "[REDACTED]"
}

/// The words of a text kept as a tree of boxes (`root`, `children`, `text`), a line for each paragraph.
pub fn of_tree(tree: &str) -> Option<String> {
    let mut value: Cow<'_, serde_json::Value> = Cow::Owned(serde_json::from_str(tree).ok()?);
    // The tree is mostly kept as text inside of JSON.
    if let Some(inner) = value.as_str() {
        value = Cow::Owned(serde_json::from_str(inner).ok()?);
    }
    let mut out = String::new();
    gather(value.get("root").unwrap_or(&value), &mut out);
    let out = out.trim();
    (!out.is_empty()).then(|| out.to_owned())
}

/// The reader of JSON goes no deeper than 128 levels, so neither does this.
fn gather(node: &serde_json::Value, out: &mut String) {
    if let Some(text) = node.get("text").and_then(|text| text.as_str()) {
        out.push_str(text);
    }
    let children = node.get("children").and_then(|c| c.as_array());
    for child in children.into_iter().flatten() {
        gather(child, out);
    }
    let kind = node.get("type").and_then(|kind| kind.as_str());
    if matches!(
        kind,
        Some("paragraph" | "linebreak" | "heading" | "listitem")
    ) {
        out.push('\n');
    }
}
