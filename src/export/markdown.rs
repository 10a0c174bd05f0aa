//! The single way a conversation becomes Markdown. Text stays as it was written: never wrapped, never padded.

use std::fmt::Write as _;

use crate::model::{
    Change, Conversation, Edit, Lane, Message, Part, Role, Session, ToolCall, ToolResult,
};

/// A whole conversation under its title.
pub fn conversation(session: &Session, conversation: &Conversation) -> String {
    let title = session
        .title
        .as_ref()
        .map_or("Untitled", |t| t.text.as_str());
    let mut out = format!("# {title}\n\n");
    let mut fact = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            // Writing to a string cannot fail.
            let _ = writeln!(out, "- {name}: {value}");
        }
    };
    fact("Session", Some(format!("`{}`", session.id)));
    fact(
        "Directory",
        session.dir.as_deref().map(|d| format!("`{}`", d.display())),
    );
    fact("Branch", session.branch.as_ref().map(|b| format!("`{b}`")));
    fact("Started", session.started.map(|t| format!("{t:.0}")));
    fact("Updated", session.updated.map(|t| format!("{t:.0}")));
    for said in &conversation.messages {
        out.push('\n');
        out.push_str(&message(said));
    }
    out
}

/// One message under a heading that says whose it is.
pub fn message(message: &Message) -> String {
    let who = match message.role {
        Role::User => "You".to_owned(),
        Role::Assistant => message
            .model
            .as_ref()
            .map_or_else(|| "Agent".to_owned(), |m| format!("Agent ({})", m.name)),
        Role::System => "System".to_owned(),
    };
    let lane = match message.lane {
        Lane::Main => "",
        Lane::Side(_) => " (side conversation)",
        Lane::Left => " (taken back)",
    };
    let mut out = format!("## {who}{lane}\n");
    for said in &message.parts {
        let text = match said {
            Part::Text(text) => within_turn(text.untrusted()),
            said => part(said),
        };
        let text = text.trim_end();
        if !text.is_empty() {
            out.push('\n');
            out.push_str(text);
            out.push('\n');
        }
    }
    out
}

/// A text as part of a turn: only our own headings start one. Headings go two levels down, lines that would make the
/// text above them a heading stand apart from it, and a fence that was left open is closed.
fn within_turn(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut fence: Option<String> = None;
    let mut after_text = false;
    for line in text.split('\n') {
        let bare = line.trim_start_matches(' ');
        let indented = line.len() - bare.len() > 3;
        let mark = bare
            .chars()
            .next()
            .filter(|c| matches!(c, '`' | '~'))
            .unwrap_or(' ');
        let marks: String = bare.chars().take_while(|c| *c == mark).collect();
        if let Some(open) = &fence {
            let closes = marks.starts_with(open.as_str()) && bare.trim_end() == marks;
            if closes && !indented {
                fence = None;
            }
        } else if marks.len() >= 3 && mark != ' ' && !indented {
            fence = Some(marks);
        } else if !indented {
            let level = bare.chars().take_while(|c| *c == '#').count();
            let heading = (1..=6).contains(&level)
                && bare
                    .get(level..)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t']));
            if heading {
                out.push_str("##".get(..(6 - level).min(2)).unwrap_or_default());
            }
            let ruled = bare.trim_end();
            let underlines = !ruled.is_empty()
                && (ruled.chars().all(|c| c == '=') || ruled.chars().all(|c| c == '-'));
            if underlines && after_text {
                out.push('\n');
            }
        }
        after_text = fence.is_none() && !line.trim().is_empty();
        out.push_str(line);
        out.push('\n');
    }
    if let Some(open) = fence {
        out.push_str(&open);
    }
    out
}

/// What a person wrote or the model answered, without tools and thinking: what a reader copies as "the message".
pub fn words(message: &Message) -> String {
    let texts = message.parts.iter().filter_map(|part| match part {
        Part::Text(text) => Some(text.untrusted().trim_end_matches('\n')),
        _ => None,
    });
    texts.collect::<Vec<_>>().join("\n\n")
}

fn part(part: &Part) -> String {
    match part {
        Part::Text(text) => text.untrusted().to_owned(),
        Part::Thinking(Some(text)) => quote("Thinking", text.untrusted()),
        Part::Thinking(None) => "> Thinking (hidden)".to_owned(),
        Part::ToolCall(call) => tool_call(call),
        Part::ToolResult(result) => tool_result(result),
        Part::Image { mime, bytes } => format!("[image: {mime}, {bytes} bytes]"),
        Part::Attachment { path } => format!("[file: {}]", path.display()),
        Part::Notice { text, .. } => format!("_{}_", text.untrusted().replace('\n', " ")),
        Part::Unknown { kind, json } => format!("[{kind}]\n\n{}", fenced("json", json.untrusted())),
    }
}

fn quote(what: &str, text: &str) -> String {
    let lines = text.lines().map(|line| format!("> {line}"));
    std::iter::once(format!("> **{what}**\n>"))
        .chain(lines)
        .collect::<Vec<_>>()
        .join("\n")
}

fn tool_call(call: &ToolCall) -> String {
    let mut out = format!("**{}**", call.tool.name);
    if call.edits.is_empty() {
        match &call.target {
            Some(target) if !target.untrusted().contains('\n') => {
                let _ = write!(out, " {}", code(target.untrusted()));
            }
            Some(target) => {
                let _ = write!(out, "\n\n{}", fenced("", target.untrusted()));
            }
            None => {
                let _ = write!(out, "\n\n{}", fenced("json", call.input.untrusted()));
            }
        }
    }
    for edit in &call.edits {
        out.push_str(&change(edit));
    }
    out
}

fn change(edit: &Edit) -> String {
    let path = edit
        .path
        .as_ref()
        .map(|p| format!(" {}", code(p.untrusted())))
        .unwrap_or_default();
    let body = match &edit.change {
        Change::Replace { old, new } => {
            let minus = old.untrusted().lines().map(|l| format!("-{l}"));
            let plus = new.untrusted().lines().map(|l| format!("+{l}"));
            fenced("diff", &minus.chain(plus).collect::<Vec<_>>().join("\n"))
        }
        Change::Patch(patch) => fenced("diff", patch.untrusted()),
        Change::Write(text) => fenced("", text.untrusted()),
        Change::Delete => "(deleted)".to_owned(),
    };
    format!("{path}\n\n{body}\n")
}

fn tool_result(result: &ToolResult) -> String {
    let output = result.output.untrusted();
    let state = match (result.ok, result.exit) {
        (_, Some(code)) if code != 0 => format!("exit {code}"),
        (Some(false), _) => "failed".to_owned(),
        _ => String::new(),
    };
    match (state.is_empty(), output.trim().is_empty()) {
        (true, true) => String::new(),
        (true, false) => fenced("", output),
        (false, true) => format!("_{state}_"),
        (false, false) => format!("_{state}_\n\n{}", fenced("", output)),
    }
}

/// Inline code whose fence is longer than any inside.
fn code(text: &str) -> String {
    let fence = "`".repeat(longest_run(text) + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') {
        " "
    } else {
        ""
    };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// A block whose fence is longer than any inside, so that nothing in it can end it.
fn fenced(language: &str, text: &str) -> String {
    let fence = "`".repeat((longest_run(text) + 1).max(3));
    format!(
        "{fence}{language}\n{}\n{fence}",
        text.trim_end_matches('\n')
    )
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
mod tests {
    use super::*;

    #[test]
    fn nothing_breaks_out_of_a_fence() {
        assert_eq!(fenced("", "a\n```\nb"), "````\na\n```\nb\n````");
        assert_eq!(code("a`b"), "``a`b``");
    }

    #[test]
    fn words_are_the_text_alone() {
        let mut message = Message::new(1, Role::Assistant, None);
        message.parts = vec![
            Part::Thinking(None),
            Part::Text("a  \nb\n".into()),
            Part::Text("c".into()),
        ];
        assert_eq!(words(&message), "a  \nb\n\nc");
    }

    #[test]
    fn only_our_headings_start_a_turn() {
        let hostile = "## Process\n# One\n###### Six\n#tag\nTitle\n===\n```md\n## in code\n```\n## You\n~~~\n## open";
        let text = within_turn(hostile);
        let expected = "#### Process\n### One\n###### Six\n#tag\nTitle\n\n===\n```md\n## in code\n```\n#### You\n~~~\n## open\n~~~";
        assert_eq!(text, expected);
    }
}
