//! Sharing: a finished file goes to the user's own `gh` as a secret gist, and its link is remembered.
//!
//! Nothing leaves before a person said yes, and nothing but the file's path is ever said to `gh`. "Secret" means that the
//! gist is not listed; whoever has the link can read it. Where a team's file or the settings forbid it, nothing is shared.

mod kept;
mod making;
mod sent;
mod several;
#[cfg(test)]
mod tests;

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use crate::config::{Share as Settings, ShareMode};
use crate::env::{Call, Env, Heard};
use crate::model::{Session, SessionId};
use crate::sources::sharing::{self, Policy, Sharing};
use crate::text::Clean;

pub use kept::{Kept, Shared};
pub use making::{Making, make};
use sent::Sent;
pub use several::preview_all;

/// The program that shares. It is the user's, with the user's account.
const PROGRAM: &str = "gh";
/// It may have to send some megabytes.
const SENDING: Duration = Duration::from_secs(180);
/// Every gist stands below this.
const GISTS: &str = "https://gist.github.com/";

/// A file that is ready to leave. Its bytes passed the scanner for secrets: each was replaced, or kept because a person
/// asked for that.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Made {
    /// The file's name, which others will see. It has no word of the conversation in it.
    pub name: String,
    pub bytes: Vec<u8>,
    /// The export's format, by its name.
    pub format: &'static str,
    /// Messages in it.
    pub messages: usize,
    /// Secrets that were found, by rule.
    pub secrets: Vec<(String, usize)>,
    /// Where the first of them were found.
    pub seen: Vec<crate::redact::Seen>,
    /// Whether they were replaced.
    pub is_redacted: bool,
    /// Whether traces of the person and the machine were replaced too; they are counted with the secrets.
    pub is_anonymous: bool,
}

impl Made {
    pub fn secrets(&self) -> usize {
        self.secrets.iter().map(|(_, n)| n).sum()
    }
}

/// Why nothing is shared, or a share is not taken back, and what to do next: one line each.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Refusal {
    #[error("the settings forbid sharing: [share] mode = \"disabled\"")]
    Settings,
    #[error("this project forbids sharing: {}", .0.display())]
    Project(PathBuf),
    #[error("{}: cannot be read, and it may forbid sharing; mend it first", .0.display())]
    Unclear(PathBuf),
    #[error("gh is not on PATH; install it from https://cli.github.com and run: gh auth login")]
    NoProgram,
    #[error("gh shared nothing: {0}")]
    Failed(String),
    #[error("gh did not say what became of it ({0}); look for it with: gh gist list")]
    NoAnswer(String),
    #[error("nothing was sent, for it could not be remembered: {0}")]
    NoMemory(String),
    #[error("gh gave no link of a gist but: {0}; look for it with: gh gist list")]
    NoLink(String),
    #[error(
        "shared at {url}, but that could not be remembered: {why}; take it back with: gh gist delete {url}"
    )]
    NotKept { url: String, why: String },
    #[error(
        "gh did not delete {url}: {why}; if it is gone already: backscroll unshare {id} --forget"
    )]
    NotDeleted {
        url: String,
        why: String,
        id: String,
    },
    #[error("{0}")]
    File(String),
}

impl Refusal {
    /// The line, fit to be shown.
    pub fn said(&self) -> Clean {
        Clean::line(&self.to_string())
    }

    /// Whether it left, or may have, though it counts as no share: a person has to look after it.
    pub fn is_loose(&self) -> bool {
        matches!(
            self,
            Refusal::NotKept { .. } | Refusal::NoLink(_) | Refusal::NoAnswer(_)
        )
    }

    /// The gist of what left and is not remembered, where it is known.
    pub fn link(&self) -> Option<&str> {
        match self {
            Refusal::NotKept { url, .. } => Some(url),
            _ => None,
        }
    }

    /// Whether what comes after it would fare no better.
    pub fn ends(&self) -> bool {
        self.is_loose()
            || matches!(
                self,
                Refusal::NoProgram | Refusal::Settings | Refusal::NoMemory(_)
            )
    }
}

/// Whether a session may be shared, and whether a person must be asked each time.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Leave {
    /// A person must say yes to each share; else the settings said it for all of them.
    pub asks: bool,
    /// The file by which the agent shares this project's sessions by itself, which a person should know.
    pub by_itself: Option<PathBuf>,
}

/// Asks the settings and the session's project.
pub fn leave(env: &Env, settings: &Settings, session: &Session) -> Result<Leave, Refusal> {
    if settings.mode == ShareMode::Disabled {
        return Err(Refusal::Settings);
    }
    let dir = session.dir.as_deref().filter(|dir| dir.is_absolute());
    let mut leave = Leave {
        asks: settings.mode == ShareMode::Manual,
        by_itself: None,
    };
    let policy = dir.and_then(|dir| sharing::sharing(env, dir));
    if let Some(Policy { sharing, path }) = policy {
        match sharing {
            Sharing::Disabled => return Err(Refusal::Project(path)),
            Sharing::Unknown => return Err(Refusal::Unclear(path)),
            Sharing::Auto => leave.by_itself = Some(path),
            Sharing::Manual => {}
        }
    }
    Ok(leave)
}

/// What a person sees before anything leaves.
pub fn preview(made: &Made, leave: &Leave, known: &[Shared]) -> Vec<Clean> {
    let mut lines = vec![format!(
        "{}: {}, {}",
        made.name,
        several(made.messages, "message"),
        size(made.bytes.len())
    )];
    let rules: Vec<(&str, usize)> = made.secrets.iter().map(|(r, n)| (r.as_str(), *n)).collect();
    lines.push(found(&rules, made));
    lines.push(
        "It goes to a secret gist of yours: not listed, but whoever has the link can read it"
            .to_owned(),
    );
    lines.extend(
        known
            .iter()
            .map(|one| format!("Already shared at {}", one.url)),
    );
    if let Some(path) = &leave.by_itself {
        lines.push(format!(
            "The agent shares this project's sessions by itself: {}",
            path.display()
        ));
    }
    lines.iter().map(|line| Clean::line(line)).collect()
}

/// What was found, by rule, and what became of it in a file that was made like this one.
fn found(rules: &[(&str, usize)], made: &Made) -> String {
    let total: usize = rules.iter().map(|(_, n)| n).sum();
    let rules: Vec<String> = rules
        .iter()
        .map(|(rule, n)| format!("{n} {rule}"))
        .collect();
    let rules = rules.join(", ");
    match (total, made.is_redacted, made.is_anonymous) {
        (0, _, true) => "No secrets and no traces of you found".to_owned(),
        (0, _, false) => "No secrets found".to_owned(),
        (n, true, true) => format!("{} replaced, of you too: {rules}", several(n, "trace")),
        (n, true, false) => format!("{} replaced: {rules}", several(n, "secret")),
        (n, false, _) => format!("{n} SECRETS IN IT, readable by whoever has the link: {rules}"),
    }
}

/// `1 message`, `2 messages`.
fn several(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

/// Bytes as people say them.
fn size(bytes: usize) -> String {
    match bytes {
        ..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{} kB", bytes.div_ceil(1_000)),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes / 100_000 % 10),
    }
}

/// The program that shares.
pub fn program(env: &Env) -> Result<PathBuf, Refusal> {
    env.program(PROGRAM).ok_or(Refusal::NoProgram)
}

/// Shares a file and gives its link, which is remembered. It is sent once: what failed is told, not tried again. Nothing
/// leaves where it could not be remembered.
pub fn send(env: &Env, id: &SessionId, made: &Made) -> Result<Shared, Refusal> {
    let program = program(env)?;
    Kept::can_change(env).map_err(|error| Refusal::NoMemory(error.to_string()))?;
    let file = Sent::put(env, made).map_err(|error| Refusal::File(error.to_string()))?;
    let call = Call {
        program,
        args: vec!["gist".into(), "create".into(), file.path().into()],
        ..Call::default()
    };
    let heard = env.processes.capture(&call, SENDING);
    let heard = heard.map_err(|error| match error.kind() {
        // It may have sent the file by then.
        io::ErrorKind::TimedOut | io::ErrorKind::Interrupted => {
            Refusal::NoAnswer(error.to_string())
        }
        _ => Refusal::Failed(error.to_string()),
    })?;
    if heard.code != 0 {
        return Err(Refusal::Failed(why(&heard)));
    }
    let said = String::from_utf8_lossy(&heard.out).into_owned();
    let Some(url) = said.lines().map(str::trim).find(|line| is_gist(line)) else {
        return Err(Refusal::NoLink(first_line(&said)));
    };
    let shared = Shared {
        session: id.to_string(),
        url: url.to_owned(),
        at: env.now(),
        format: made.format.to_owned(),
    };
    let kept = Kept::change(env, |kept| kept.push(shared.clone()));
    match kept {
        Ok(()) => Ok(shared),
        Err(error) => Err(Refusal::NotKept {
            url: shared.url,
            why: error.to_string(),
        }),
    }
}

/// Takes a share back: deletes its gist and forgets it.
pub fn unsend(env: &Env, shared: &Shared) -> Result<(), Refusal> {
    let failed = |why: String| Refusal::NotDeleted {
        url: shared.url.clone(),
        why,
        id: shared.session.clone(),
    };
    if !is_gist(&shared.url) {
        return Err(failed("it is no gist".to_owned()));
    }
    let program = program(env)?;
    let call = Call {
        program,
        args: ["gist", "delete", &shared.url, "--yes"]
            .map(Into::into)
            .into(),
        ..Call::default()
    };
    let heard = env.processes.capture(&call, SENDING);
    let heard = heard.map_err(|error| failed(error.to_string()))?;
    if heard.code != 0 {
        return Err(failed(why(&heard)));
    }
    forget(env, shared)
}

/// Forgets a share whose gist is gone.
pub fn forget(env: &Env, shared: &Shared) -> Result<(), Refusal> {
    let forgotten = Kept::change(env, |kept| kept.remove(shared));
    forgotten.map_err(|error| Refusal::File(error.to_string()))
}

/// Whether a text is the link of a gist and nothing more: the owner's name, where it stands, and the gist's number.
fn is_gist(text: &str) -> bool {
    let Some(rest) = text.strip_prefix(GISTS) else {
        return false;
    };
    let (owner, number) = rest.rsplit_once('/').unwrap_or(("", rest));
    let is_name = owner.len() <= 64
        && owner
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    let has_owner = owner.is_empty() != rest.contains('/');
    let is_number =
        (20..=64).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_hexdigit());
    is_name && has_owner && is_number
}

/// What a program says of its failure.
fn why(heard: &Heard) -> String {
    let said = String::from_utf8_lossy(&heard.err).into_owned();
    match first_line(&said) {
        line if line.is_empty() => format!("it ended with {}", heard.code),
        line => line,
    }
}

fn first_line(text: &str) -> String {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    Clean::title(lines.next().unwrap_or_default()).to_string()
}
