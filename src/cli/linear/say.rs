//! Sessions and turns in plain sentences: no boxes, no columns, no signs that a screen reader stumbles over.

use std::fmt::Write as _;

use crate::env::Env;
use crate::model::{Basis, Change, Cost, Lane, Message, Part, Role, Row, ToolCall, ToolResult};
use crate::sources;
use crate::text::{Clean, Raw};

/// So many lines of a tool's output are read where the whole was not asked for.
const LINES: usize = 6;

/// `Refactor auth middleware. Pi, api, 214 messages, 41 dollars 80, 3 minutes ago, working.`
pub fn session(env: &Env, row: &Row) -> Clean {
    let session = &row.session;
    let title = session.title.as_ref();
    let title = title.map_or("Untitled".to_owned(), |title| title.shown().to_string());
    let label = sources::source(session.id.source).map_or("", |source| source.card().label);
    let mut facts = vec![label.to_owned()];
    facts.extend(row.project().map(|project| project.to_string()));
    facts.push(counted(u64::from(session.messages()), "message"));
    facts.push(money(row.cost()));
    facts.extend(
        session
            .updated
            .map(|at| ago(env.now().as_second() - at.as_second())),
    );
    facts.extend(row.state.map(|state| state.word().to_owned()));
    facts.extend(row.is_unread().then(|| "new".to_owned()));
    facts.extend(row.is_starred().then(|| "starred".to_owned()));
    let end = if title.ends_with(['.', '!', '?']) {
        ""
    } else {
        "."
    };
    Clean::line(&format!("{title}{end} {}.", facts.join(", ")))
}

/// `1 message`, `214 messages`.
pub fn counted(n: u64, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

/// `41 dollars 80`, `about 12 cents`, `cost unknown`.
pub fn money(cost: Cost) -> String {
    let Some(usd) = cost.known() else {
        return "cost unknown".to_owned();
    };
    let cents = (usd.nanos() + 5_000_000) / 10_000_000;
    let said = match (cents / 100, cents % 100) {
        (0, 0) if usd.nanos() > 0 => "less than 1 cent".to_owned(),
        (0, cents) => counted(cents.unsigned_abs(), "cent"),
        (dollars, 0) => counted(dollars.unsigned_abs(), "dollar"),
        (dollars, cents) => format!("{} {cents:02}", counted(dollars.unsigned_abs(), "dollar")),
    };
    match cost.basis {
        Basis::Reported => said,
        // What is less than something is no figure that could be about right.
        _ if said.starts_with("less") => said,
        Basis::Estimated => format!("about {said}"),
        Basis::Partial | Basis::Unknown => format!("at least {said}"),
    }
}

/// `just now`, `3 minutes ago`.
fn ago(seconds: i64) -> String {
    let (minute, hour, day) = (60, 3600, 86_400);
    let (n, what) = match seconds {
        ..60 => return "just now".to_owned(),
        s if s < hour => (s / minute, "minute"),
        s if s < day => (s / hour, "hour"),
        s if s < 60 * day => (s / day, "day"),
        s if s < 730 * day => (s / (30 * day), "month"),
        s => (s / (365 * day), "year"),
    };
    format!("{} ago", counted(n.unsigned_abs(), what))
}

/// Everything in one message. Each piece begins with a word that can be searched for: `You:`, `Agent:`, `Tool Bash:`.
pub fn turn(message: &Message, is_whole: bool) -> Clean {
    let mut out = String::new();
    match &message.lane {
        Lane::Main => {}
        Lane::Side(_) => out.push_str("In a side conversation.\n"),
        Lane::Left => out.push_str("On a branch that was left.\n"),
    }
    for part in &message.parts {
        let said = match part {
            Part::Text(text) => {
                let who = match message.role {
                    Role::User => "You",
                    Role::Assistant => "Agent",
                    Role::System => "System",
                };
                labelled(who, &prose(&text.clean()))
            }
            Part::Thinking(Some(text)) => {
                let text = text.clean();
                match is_whole {
                    true => labelled("Thinking", &prose(&text)),
                    false => format!("Thinking: {}.", lines(&text)),
                }
            }
            Part::Thinking(None) => "Thinking: hidden by the agent.".to_owned(),
            Part::ToolCall(call) => tool(call, is_whole),
            Part::ToolResult(result) => outcome(result, is_whole),
            Part::Image { mime, bytes } => format!("Image: {mime}, {}.", counted(*bytes, "byte")),
            Part::Attachment { path } => format!("File: {}", path.display()),
            Part::Notice { text, .. } => labelled("Notice", &text.clean().to_string()),
            Part::Unknown { kind, .. } => format!("Record of a kind not known here: {kind}."),
        };
        let _ = writeln!(out, "{}", said.trim_end());
    }
    Clean::of(out.trim_end())
}

/// A line stands behind its label, more than one below it.
fn labelled(label: &str, text: &str) -> String {
    let text = text.trim_end();
    match text.contains('\n') {
        true => format!("{label}:\n{text}"),
        false => format!("{label}: {text}"),
    }
}

fn lines(text: &Clean) -> String {
    counted(text.as_str().trim_end().lines().count() as u64, "line")
}

fn tool(call: &ToolCall, is_whole: bool) -> String {
    let label = format!("Tool {}", call.tool.name);
    let target = call
        .target
        .as_ref()
        .map(|target| target.clean().to_string());
    let mut out = match target {
        Some(target) => labelled(&label, &target),
        None if call.edits.is_empty() => labelled(&label, &call.input.clean().to_string()),
        None => format!("{label}:"),
    };
    for edit in &call.edits {
        let path = edit.path.as_ref().map(|path| path.clean().to_string());
        let path = path.unwrap_or_else(|| "a file".to_owned());
        let count = |text: &Raw| counted(text.untrusted().lines().count() as u64, "line");
        let (what, bodies) = match &edit.change {
            Change::Replace { old, new } => {
                let what = format!("{} in place of {}", count(new), count(old));
                (what, vec![("Before", old), ("After", new)])
            }
            Change::Write(text) => (format!("{} written", count(text)), vec![("Now", text)]),
            Change::Patch(patch) => ("a patch".to_owned(), vec![("Patch", patch)]),
            Change::Delete => ("deleted".to_owned(), Vec::new()),
        };
        let _ = write!(out, "\nChange of {path}: {what}.");
        for (name, text) in bodies.into_iter().filter(|_| is_whole) {
            let _ = write!(out, "\n{}", labelled(name, &text.clean().to_string()));
        }
    }
    out
}

fn outcome(result: &ToolResult, is_whole: bool) -> String {
    let mut state = match (result.ok, result.exit) {
        (_, Some(code)) => format!("exit {code}"),
        (Some(false), None) => "failed".to_owned(),
        _ => "done".to_owned(),
    };
    if let Some(took) = result.took {
        let tenths = took.as_millis() / 100;
        let _ = write!(state, ", {}.{} seconds", tenths / 10, tenths % 10);
    }
    let output = result.output.clean_output();
    let text = output.as_str().trim_end();
    let count = text.lines().count();
    if text.is_empty() {
        return format!("Result: {state}.");
    }
    let most = if is_whole { usize::MAX } else { LINES };
    let shown: Vec<&str> = text.lines().take(most).collect();
    let mut out = format!(
        "Result: {state}, {}.\n{}",
        counted(count as u64, "line"),
        shown.join("\n")
    );
    if count > shown.len() {
        let _ = write!(
            out,
            "\n{} more; full reads them.",
            counted((count - shown.len()) as u64, "line")
        );
    }
    out
}

/// Markdown without what only the eye reads: the rows of tables as `Header: value`, fences as words.
fn prose(text: &Clean) -> String {
    let mut out: Vec<String> = Vec::new();
    let mut headers: Option<Vec<String>> = None;
    let mut fence: Option<String> = None;
    let mut rest = text.as_str().lines().peekable();
    while let Some(line) = rest.next() {
        let bare = line.trim();
        let mark: String = bare
            .chars()
            .take_while(|c| matches!(c, '`' | '~'))
            .collect();
        if let Some(open) = &fence {
            match bare == mark && mark.starts_with(open.as_str()) {
                true => {
                    out.push("End of code.".to_owned());
                    fence = None;
                }
                false => out.push(line.to_owned()),
            }
            continue;
        }
        if mark.len() >= 3 {
            let language = bare.trim_start_matches(['`', '~']).trim();
            out.push(match language {
                "" => "Code:".to_owned(),
                language => format!("Code, {language}:"),
            });
            fence = Some(mark);
            continue;
        }
        if let Some(names) = headers.take().filter(|_| bare.starts_with('|')) {
            let pairs = names.iter().zip(cells(bare));
            let pairs: Vec<String> = pairs
                .map(|(name, cell)| format!("{name}: {cell}"))
                .collect();
            out.push(pairs.join(", "));
            headers = Some(names);
            continue;
        }
        if bare.starts_with('|') && rest.peek().is_some_and(|next| is_rule(next)) {
            headers = Some(cells(bare));
            rest.next();
            continue;
        }
        let title = bare.trim_start_matches('#');
        let is_heading = title.len() < bare.len() && title.starts_with(' ');
        out.push(match is_heading {
            true => format!("Heading: {}", title.trim()),
            false => line.to_owned(),
        });
    }
    out.join("\n")
}

/// The line between the head of a table and its rows.
fn is_rule(line: &str) -> bool {
    let bare = line.trim();
    bare.starts_with('|')
        && bare.contains('-')
        && bare.chars().all(|c| matches!(c, '|' | '-' | ':' | ' '))
}

fn cells(line: &str) -> Vec<String> {
    let inner = line.trim().trim_start_matches('|');
    let inner = inner.strip_suffix('|').unwrap_or(inner);
    inner
        .split('|')
        .map(|cell| cell.trim().to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Tool, ToolKind, Usd};

    #[test]
    fn money_and_times_are_words() {
        let usd = |dollars| Usd::from_dollars(dollars).unwrap();
        assert_eq!(money(Cost::reported(usd(41.8))), "41 dollars 80");
        assert_eq!(money(Cost::reported(usd(1.0))), "1 dollar");
        assert_eq!(money(Cost::estimated(usd(0.12))), "about 12 cents");
        assert_eq!(money(Cost::reported(usd(0.001))), "less than 1 cent");
        assert_eq!(ago(30), "just now");
        assert_eq!(
            [ago(61), ago(7_300), ago(86_400 * 3)],
            ["1 minute ago", "2 hours ago", "3 days ago"]
        );
    }

    /// UX 10, G21: tables are read as `Header: value`, and nothing is drawn.
    #[test]
    fn markdown_is_read_aloud() {
        let text = "## Costs\n| Day | Cost |\n|---|---:|\n| Mon | 3 |\n| Tue | 4 |\n\nThen:\n```rust\n| a | b |\n```\nend";
        let want = "Heading: Costs\nDay: Mon, Cost: 3\nDay: Tue, Cost: 4\n\nThen:\nCode, rust:\n| a | b |\nEnd of code.\nend";
        assert_eq!(prose(&Clean::of(text)), want);
    }

    /// G21: each turn begins with a label that can be searched for; what is long is counted.
    #[test]
    fn turns_are_labelled() {
        let mut message = Message::new(1, Role::Assistant, None);
        let call = ToolCall {
            call: "1".into(),
            tool: Tool {
                name: "Bash".into(),
                kind: ToolKind::Shell,
            },
            target: Some("make \x1b[2Jtest".into()),
            input: "{}".into(),
            edits: Vec::new(),
            child: None,
        };
        let mut result = ToolResult::new("1", "1\n2\n3\n4\n5\n6\n7\n8\n");
        result.exit = Some(2);
        result.took = Some(std::time::Duration::from_millis(8_450));
        message.parts = vec![
            Part::Text("All is well.".into()),
            Part::Thinking(Some("a\nb".into())),
            Part::ToolCall(Box::new(call)),
            Part::ToolResult(Box::new(result)),
        ];
        let text = turn(&message, false).to_string();
        assert!(
            text.starts_with("Agent: All is well.\nThinking: 2 lines.\nTool Bash: make "),
            "{text}"
        );
        assert!(
            text.contains("\nResult: exit 2, 8.4 seconds, 8 lines.\n1\n"),
            "{text}"
        );
        assert!(
            text.ends_with("\n6\n2 lines more; full reads them."),
            "{text}"
        );
        assert!(!text.contains('\x1b'));
        let whole = turn(&message, true).to_string();
        assert!(
            whole.ends_with("\n7\n8") && whole.contains("Thinking:\na\nb"),
            "{whole}"
        );
        message.role = Role::User;
        message.parts.truncate(1);
        assert_eq!(turn(&message, false).as_str(), "You: All is well.");
    }
}
