//! Claude Code. Written down from files of 1.0.51, 1.0.124, 2.0.42, 2.1.61, 2.1.197 and 2.1.329, run against a scripted
//! server, and from public logs of others.
//!
//! One JSON object a line, one content block a line. `input_tokens` is uncached input only, `cache_creation_input_tokens`
//! all cache writes, `output_tokens` includes thinking. Not known: what helper calls (titles, compaction) cost; they are
//! not in the log.

mod background;
mod declined;
mod lines;
mod message;
mod result;
mod running;
mod shell;
mod sides;
#[cfg(test)]
mod tests;
mod usage;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::SignedDuration;

use super::holding;
use super::json::{Json, Obj};
use super::jsonl;
use super::log::{self, ANY};
use super::object::{self, is_uuid};
use super::retention::{Retention, Since, setting};
use super::running::AtWork;
use super::skip::Skip;
use super::{
    At, Both, Card, Cursor, Facts, Launch, Record, Root, Say, Source, Stop, Subject, Want, tell,
};
use crate::env::Env;
use crate::model::{Kind, Session, SourceId, TitleRank, Unit};
use crate::text::Raw;

pub struct Claude;

pub static CARD: Card = Card {
    id: SourceId("claude-code"),
    label: "Claude Code",
    code: "CC",
    aliases: &["claude"],
    revision: 5,
    variables: &["CLAUDE_CONFIG_DIR", "XDG_CONFIG_HOME"],
    versions: "1.0 to 2.1",
    usual: &["~/.claude/projects", "~/.config/claude/projects"],
    proved: true,
    assumed_model: None,
    note: "Calls that make titles and summaries are not logged, so they are not counted",
};

/// A session's own log, or an agent's beside it or below it.
const LOG: u8 = 0;
/// `sessions-index.json`: titles of a project's sessions.
const INDEX: u8 = 1;

impl Source for Claude {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn roots(&self, env: &Env) -> Vec<Root> {
        let root = |base: &Path, why| {
            let path = if base.ends_with("projects") {
                base.into()
            } else {
                base.join("projects")
            };
            Root {
                source: CARD.id,
                path: Arc::from(path),
                why,
            }
        };
        if let Some(list) = env.var("CLAUDE_CONFIG_DIR") {
            let bases = list.split(',').map(str::trim).filter(|p| !p.is_empty());
            return bases
                .map(|p| root(&env.expand(Path::new(p)), "CLAUDE_CONFIG_DIR"))
                .collect();
        }
        let config = env
            .path_var("XDG_CONFIG_HOME")
            .unwrap_or_else(|| env.home.join(".config"));
        vec![
            root(&env.home.join(".claude"), "default"),
            root(&config.join("claude"), "default"),
        ]
    }

    /// Deleted at its start, by the time of the file. Settings of a project or of an organization may say otherwise.
    fn keeps(&self, env: &Env, root: &Root) -> Option<Retention> {
        const DAYS: f64 = 30.0;
        let file = root.path.parent()?.join("settings.json");
        let set = setting(env, &file, |settings| settings.f64("cleanupPeriodDays"))?;
        let set = set.filter(|days| *days >= 0.0);
        Some(Retention {
            lasts: SignedDuration::try_from_secs_f64(set.unwrap_or(DAYS) * 86_400.0).ok()?,
            since: Since::File,
            setting: "cleanupPeriodDays",
            is_default: set.is_none(),
            file,
        })
    }

    fn claim(&self, _env: &Env, root: &Root, path: &Path) -> Option<Unit> {
        let unit = |path: &Path, form| Unit {
            source: CARD.id,
            root: root.path.clone(),
            path: path.into(),
            rank: 0,
            form,
        };
        // A name that is no text still ends in what it is.
        let name = path.file_name()?.to_string_lossy();
        let name = &*name;
        if name == "sessions-index.json" {
            return Some(unit(path, INDEX));
        }
        if let Some(stem) = name.strip_suffix(".meta.json") {
            return stem
                .starts_with("agent-")
                .then(|| unit(&path.with_file_name(format!("{stem}.jsonl")), LOG));
        }
        let stem = name.strip_suffix(".jsonl")?;
        (!stem.is_empty() && stem != "journal" && stem != "history").then(|| unit(path, LOG))
    }

    fn enters(&self, _root: &Root, dir: &Path) -> bool {
        !dir.ends_with("tool-results")
    }

    fn read(
        &self,
        env: &Env,
        unit: &Unit,
        want: Want<'_>,
        from: &Cursor,
        say: &mut Say<'_>,
    ) -> io::Result<Cursor> {
        if unit.form == INDEX {
            return object::read(env, &unit.path, from, say, &mut titles);
        }
        let mut opened = jsonl::open(env, &unit.path, &from.at)?;
        let is_summary = want.is_summary();
        let beside = is_summary.then(|| meta(env, &unit.path)).flatten();
        // What stands beside an agent's log often comes after its first lines.
        let is_news = from.at != At::Start && !lines::Log::knows(&from.memo, beside.as_ref());
        if is_summary && is_news && !opened.rewritten {
            opened = jsonl::open(env, &unit.path, &At::Start)?;
            opened.rewritten = true;
        }
        if want == Want::Spends {
            let is_agent = lines::is_agent(&unit.path);
            opened
                .lines
                .leave_out(if is_agent { &RESULTS } else { &OWN_RESULTS });
        }
        let memo = if opened.rewritten { &[] } else { &*from.memo };
        let mut log = lines::Log::new(&unit.path, want, beside, memo);
        log::read(&mut opened, from.at == At::Start, &mut log, say)
    }

    fn read_both(&self, env: &Env, unit: &Unit, both: &mut Both<'_>) -> Option<io::Result<Cursor>> {
        (unit.form == LOG).then(|| {
            let mut opened = jsonl::open(env, &unit.path, &At::Start)?;
            let beside = meta(env, &unit.path);
            let mut facts = lines::Log::new(&unit.path, Want::Summary, beside, &[]);
            let mut said = lines::Log::new(&unit.path, ANY, None, &[]);
            log::read_both(&mut opened, &mut facts, &mut said, both)
        })
    }

    fn near_end(&self, env: &Env, unit: &Unit) -> Option<Cursor> {
        let at = jsonl::near_end(env, &unit.path).ok().flatten()?;
        Some(Cursor {
            at,
            memo: Box::default(),
        })
    }

    fn holdings(&self, env: &Env, session: &Session) -> Result<Vec<PathBuf>, String> {
        let mut all = holding::own_file(&CARD, env, session)?;
        let path = &session.unit.path;
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        match stem.starts_with("agent-") {
            true => all.push(path.with_extension("meta.json")),
            // Its agents, and what tools said at length.
            false => all.extend(holding::folder_beside(session, &stem)),
        }
        Ok(all)
    }

    fn in_use(&self, env: &Env, session: &Session) -> Option<String> {
        running::holder(env, session)
    }

    fn at_work(&self, env: &Env, root: &Root) -> Vec<AtWork> {
        running::words(env, &root.path)
    }

    fn short_id(&self, native: &str) -> String {
        // Ids of sessions are random from their first digit on; an agent's short name is its whole id.
        let keep = if native.starts_with("agent-") { 14 } else { 8 };
        native.chars().take(keep).collect()
    }

    fn resume(&self, session: &Session) -> Option<Launch> {
        let id = plain_id(session)?;
        let args = [format!("--resume={id}")];
        Some(Launch::new("claude", args, session.dir.as_deref()))
    }

    /// Its manual: `--fork-session` gives the session that `--resume` names a new id.
    fn fork(&self, session: &Session) -> Option<Launch> {
        let mut launch = self.resume(session)?;
        launch.args.push("--fork-session".into());
        Some(launch)
    }

    fn new_session(&self, dir: &Path) -> Option<Launch> {
        Some(Launch::in_dir("claude", dir))
    }

    fn is_bound_to_place(&self) -> bool {
        true
    }
}

/// The id as the agent knows it. Of two sessions with one id it means the one of the directory it is started in.
fn plain_id(session: &Session) -> Option<&str> {
    let native = &*session.id.native;
    let id = native.split_once('#').map_or(native, |(id, _)| id);
    is_uuid(id).then_some(id)
}

/// What tools said; a prompt may stand behind it.
const RESULTS: Skip = Skip {
    mark: r#""type":""#,
    behind: None,
    then: &[
        r#"user","message":{"role":"user","content":[{"tool_use_id":"#,
        r#"user","message":{"role":"user","content":[{"type":"tool_result""#,
    ],
    unless: Some(r#"},{"type":"text""#),
};
/// The same in a session's own log, where a sub-agent's records are known by the ones before them.
const OWN_RESULTS: Skip = Skip {
    behind: Some(r#""isSidechain":true"#),
    ..RESULTS
};

/// Titles that the agent keeps for a project's sessions in one file.
fn titles(all: &Obj<'_>, say: &mut Say<'_>) -> Result<(), Stop> {
    for entry in all.list("entries").into_iter().filter_map(Json::obj) {
        let title = entry.text("customTitle").or_else(|| entry.text("summary"));
        if let (Some(id), Some(title)) = (entry.text("sessionId"), title) {
            let facts = Facts {
                title: Some((TitleRank::Listed, Raw::from(&*title))),
                ..Facts::default()
            };
            let of = Subject::Session((*id).into());
            tell(
                say,
                Record::About {
                    of,
                    facts: Box::new(facts),
                },
            )?;
        }
    }
    Ok(())
}

/// Whose child an agent's log is, by its path: the folder above `subagents`.
fn parent_by_path(path: &Path) -> Option<Box<str>> {
    let mut above = path.ancestors().skip(1);
    let folder = above.find(|dir| dir.file_name().is_some_and(|n| n == "subagents"))?;
    Some(folder.parent()?.file_name()?.to_string_lossy().into())
}

/// What stands beside an agent's log: its description and the call that started it.
fn meta(env: &Env, path: &Path) -> Option<Facts> {
    use std::io::Read;
    let name = path.file_name()?.to_string_lossy();
    if !name.starts_with("agent-") {
        return None;
    }
    let mut text = String::new();
    let file = env.files.open(&path.with_extension("meta.json")).ok()?;
    file.take(64 << 10).read_to_string(&mut text).ok()?;
    let meta = Obj::parse(&text)?;
    let title = meta.text("description").or_else(|| meta.text("agentType"));
    Some(Facts {
        title: title.map(|t| (TitleRank::Agent, Raw::from(&*t))),
        call: meta.text("toolUseId").map(|c| (*c).into()),
        kind: Some(Kind::SubAgent),
        ..Facts::default()
    })
}
