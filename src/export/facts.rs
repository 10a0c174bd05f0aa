//! What is said about a session and its messages beside their words, the same in every format for people. Numbers and
//! times are written as on no machine in particular.

use jiff::Timestamp;

use super::Parts;
use crate::model::{Conversation, Kind, Lane, Message, NoticeKind, Part, Role, Row, Session};
use crate::redact::{Outlet, Redacted};
use crate::sources;
use crate::text::{Clean, Locale, Raw};

/// A fact by its name.
pub struct Fact {
    pub name: &'static str,
    pub value: Redacted,
    pub form: Form,
}

/// How a fact is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// A path, an id or a name that is no word of a language.
    Code,
    /// Words of a log.
    Words,
    /// A figure that we made.
    Ours,
}

/// What a session is called.
pub fn title(session: &Session, outlet: &mut Outlet<'_>) -> Redacted {
    let title = session.title.as_ref().map(|title| &title.text);
    match title.filter(|title| !title.as_str().trim().is_empty()) {
        Some(title) => outlet.clean(&uncut(title)),
        None => outlet.text("Untitled"),
    }
}

/// The last summary that the agent's program made of what stood before: the text behind the note that it did, in the same
/// record or the next one.
pub fn summary(talk: &Conversation) -> Option<&Raw> {
    let is_note = |part: &Part| {
        let kind = NoticeKind::Compaction;
        matches!(part, Part::Notice { kind: noted, .. } if *noted == kind)
    };
    fn text(part: &Part) -> Option<&Raw> {
        match part {
            Part::Text(text) => Some(text),
            _ => None,
        }
    }
    let mut messages = talk.messages.iter().enumerate().rev();
    messages.find_map(|(at, message)| {
        let note = message.parts.iter().position(is_note)?;
        let behind = message.parts.get(note..).unwrap_or_default();
        let next = talk.messages.get(at + 1);
        let next = next.filter(|next| next.role == Role::System);
        let next = next.into_iter().flat_map(|next| &next.parts);
        behind.iter().chain(next).find_map(text)
    })
}

/// A title without the word that was cut at its end, where that could be the start of a secret: too little of it is
/// left to be known as one.
pub fn uncut(title: &Clean) -> Clean {
    let Some(text) = title.as_str().strip_suffix("..") else {
        return title.clone();
    };
    let (before, last) = text.rsplit_once(' ').unwrap_or(("", text));
    let is_odd = last.len() >= 8 && last.bytes().any(|b| b.is_ascii_digit());
    if is_odd {
        Clean::from(format!("{before} ..").trim_start().to_owned())
    } else {
        title.clone()
    }
}

/// Where and when a session was, and with its row what it took.
pub fn facts(
    session: &Session,
    row: Option<&Row>,
    parts: &Parts,
    outlet: &mut Outlet<'_>,
) -> Vec<Fact> {
    let mut all = Vec::new();
    let mut tell = |name: &'static str, value: Option<Redacted>, form: Form| {
        all.extend(value.map(|value| Fact { name, value, form }));
    };
    let id = session.id.to_string();
    tell("Session", Some(outlet.text(&id)), Form::Code);
    let label = sources::source(session.id.source).map(|source| source.card().label);
    tell("Agent", label.map(|label| outlet.text(label)), Form::Words);
    let model = match row {
        Some(row) => row.model(),
        None => session.model.as_ref(),
    };
    tell("Model", model.map(|m| outlet.text(&m.name)), Form::Words);
    let dir = session.dir.as_deref();
    tell(
        "Directory",
        dir.map(|dir| outlet.text(&dir.to_string_lossy())),
        Form::Code,
    );
    let branch = session.branch.as_ref();
    tell(
        "Branch",
        branch.map(|branch| outlet.clean(branch)),
        Form::Code,
    );
    let mut time = |at: Option<Timestamp>| at.map(|at| outlet.text(&moment(at)));
    let (started, updated) = (time(session.started), time(session.updated));
    tell("Started", started, Form::Ours);
    tell("Updated", updated, Form::Ours);
    if let Some(row) = row.filter(|_| parts.tokens) {
        tell("Tokens", Some(outlet.text(&tokens(row))), Form::Ours);
        tell("Cost", Some(outlet.text(&cost(row))), Form::Ours);
        let parent = session.parent.as_deref();
        let parent = parent.filter(|_| matches!(session.kind, Kind::Fork | Kind::Copy));
        // Its messages tell what earlier turns took; who adds that up would count it twice.
        let line =
            parent.map(|id| format!("without the turns it has from {id}, which counts them"));
        tell("Counted", line.map(|line| outlet.text(&line)), Form::Ours);
    }
    all
}

fn tokens(row: &Row) -> String {
    let count = |n: u64| Locale::default().count(n);
    let Some(total) = row.tokens() else {
        return "unknown".to_owned();
    };
    let usage = &row.all.usage;
    format!(
        "{} ({} in, {} out, {} read from the cache, {} written to it)",
        count(total),
        count(usage.input),
        count(usage.output),
        count(usage.cache_read),
        count(usage.cache_write)
    )
}

fn cost(row: &Row) -> String {
    match row.cost().known() {
        Some(_) => row.cost().written(&Locale::default()),
        None => "unknown".to_owned(),
    }
}

/// The closing line: tokens, cost and model (S2-44).
pub fn total(row: &Row, outlet: &mut Outlet<'_>) -> Redacted {
    let model = row.model().map_or("unknown", |model| &model.name);
    let line = format!(
        "Tokens: {}. Cost: {}. Model: {model}",
        tokens(row),
        cost(row)
    );
    outlet.text(&line)
}

/// How many secrets were replaced, by rule.
pub fn replaced(parts: &Parts, outlet: &Outlet<'_>) -> Option<String> {
    let found = outlet.found();
    (parts.counts && !found.is_empty()).then(|| format!("Secrets replaced: {found}"))
}

/// Whose a message is, without what the log says.
pub fn role(message: &Message) -> &'static str {
    match message.role {
        Role::User => "You",
        Role::Assistant => "Agent",
        Role::System => "System",
    }
}

/// Where a message stands, if not in the main line.
pub fn aside(message: &Message) -> &'static str {
    match message.lane {
        Lane::Main => "",
        Lane::Side(_) => " (side conversation)",
        Lane::Left => " (taken back)",
    }
}

/// When a message was said and what it took, where that is asked for and known.
pub fn figures(message: &Message, parts: &Parts) -> Option<String> {
    let count = |n: u64| Locale::default().count(n);
    let at = message.at.filter(|_| parts.times).map(moment);
    let usage = message.usage.filter(|_| parts.tokens);
    let tokens = usage.map(|u| format!("{} tokens in, {} out", count(u.prompt()), count(u.output)));
    let cost = message.cost.filter(|_| parts.tokens);
    let cost = cost
        .filter(|cost| cost.known().is_some())
        .map(|cost| cost.written(&Locale::default()));
    let all: Vec<String> = at.into_iter().chain(tokens).chain(cost).collect();
    (!all.is_empty()).then(|| all.join(" · "))
}

/// A time as logs have it, to the second.
pub fn moment(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// Bytes as people count them.
pub fn size(bytes: u64) -> String {
    match bytes {
        0..=1023 => format!("{bytes} bytes"),
        1024..=1_048_575 => format!("{} KiB", bytes >> 10),
        _ => format!("{} MiB", bytes >> 20),
    }
}

/// How a tool's work ended, where that is worth a word.
pub fn outcome(result: &crate::model::ToolResult) -> Option<String> {
    match (result.ok, result.exit) {
        (_, Some(code)) if code != 0 => Some(format!("exit {code}")),
        (Some(false), _) => Some("failed".to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// X5: half a secret is not known as one.
    #[test]
    fn a_title_ends_before_what_was_cut() {
        let cut = |text: &str| uncut(&Clean::title(text)).to_string();
        let long = format!(
            "{} with ghp_x7Kq2LmW9bTzR4vN8cJd5HsPfY3gXa1eQuEi",
            "push ".repeat(15)
        );
        assert!(cut(&long).ends_with("with .."), "{}", cut(&long));
        assert_eq!(cut("use ghp_x7Kq2LmW9b"), "use ghp_x7Kq2LmW9b");
        let words = "seven little words ".repeat(8);
        assert_eq!(cut(&words), Clean::title(&words).to_string());
        assert_eq!(cut(&"a1".repeat(80)), "..");
    }
}
