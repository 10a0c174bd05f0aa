//! What real logs say happened, against the same logs counted by other means, and every patch against git.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use backscroll::env::Env;
use backscroll::evidence::{self, net};
use backscroll::index::Index;
use backscroll::ingest::{self, Choice, Reading};
use backscroll::model::{Conversation, Kind, Row, ToolKind};
use serde_json::Value;

use super::shared;

/// Every home of real logs.
fn homes() -> Vec<PathBuf> {
    let folders = |path: &Path| {
        let entries = std::fs::read_dir(path).unwrap().flatten();
        let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
        paths.retain(|path| path.is_dir());
        paths.sort();
        paths
    };
    let agents = folders(&shared().join("fixtures"));
    agents.iter().flat_map(|agent| folders(agent)).collect()
}

/// A session, and its conversation.
type Told = (Arc<Row>, Conversation);

/// Every home's index and all of its conversations.
fn worlds() -> Vec<(Index, Vec<Told>)> {
    let now = "2026-11-21T12:00:00Z".parse().unwrap();
    let cache = tempfile::tempdir().unwrap();
    let world = |home: &PathBuf| {
        let mut env = Env::bare(home, now);
        // These homes are read and not written into.
        let own = cache.path().into();
        env.vars.insert("BACKSCROLL_CACHE".into(), own);
        let mut index = Index::default();
        index.apply(ingest::load(&env, &Choice::default()));
        let read = |row: &Arc<Row>| {
            let mut reading = Reading::new(&row.session);
            reading.read(&env).ok()?;
            Some((row.clone(), reading.conversation()))
        };
        let told = index.rows().filter_map(read).collect();
        (index, told)
    };
    homes().iter().map(world).collect()
}

fn text(state: &net::State) -> Option<&str> {
    match state {
        net::State::Text(text) => Some(text.untrusted()),
        _ => None,
    }
}

/// A file that a patch can be applied to: what was there before, or all that is known of it with other lines between.
fn before(change: &net::FileChange) -> Option<String> {
    match &change.before {
        net::State::Text(text) => Some(text.untrusted().to_owned()),
        net::State::Absent => None,
        net::State::Unknown if change.is_taken_as_new() => None,
        net::State::Unknown => {
            let mut file = String::new();
            for (n, apart) in change.apart.iter().enumerate() {
                for line in 0..5 {
                    file += &format!("between {n} and {line}\n");
                }
                file += apart.old.untrusted();
            }
            Some(file + "the end\n")
        }
    }
}

/// The files that a patch names, after git applied it to others.
fn git_apply(patch: &str, files: &BTreeMap<String, String>) -> Result<PathBuf, String> {
    let dir = tempfile::tempdir().unwrap().keep();
    let git = |args: &[&str]| {
        let mut command = Command::new("git");
        let command = command.args(args).current_dir(&dir);
        // Nobody's settings change what it does.
        let command = command.env("GIT_CONFIG_GLOBAL", "/dev/null");
        command.env("GIT_CONFIG_NOSYSTEM", "1").output().unwrap()
    };
    assert!(git(&["init", "-q"]).status.success());
    for (path, text) in files {
        let path = dir.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    std::fs::write(dir.join("the.patch"), patch).unwrap();
    let done = git(&["apply", "--whitespace=nowarn", "the.patch"]);
    match done.status.success() {
        true => Ok(dir),
        false => Err(String::from_utf8_lossy(&done.stderr).into_owned()),
    }
}

/// G13: every difference that says it applies does, and makes what the session left.
#[test]
fn every_patch_applies() {
    let (mut applied, mut all, mut unjoined) = (0, 0, 0);
    for (_, told) in worlds() {
        for (row, conversation) in told {
            let dir = row.session.dir.as_deref();
            let changes = net::changes(&conversation, dir);
            all += changes.len();
            unjoined += changes.iter().map(|change| change.unjoined).sum::<u32>();
            let claims: Vec<_> = changes.iter().filter(|change| change.applies()).collect();
            if claims.is_empty() {
                continue;
            }
            let below = |change: &net::FileChange| {
                let below = change.below.as_ref().unwrap();
                below.untrusted().to_owned()
            };
            let files = claims
                .iter()
                .filter_map(|change| Some((below(change), before(change)?)));
            let patch = net::patch(&conversation, dir);
            if !patch.untrusted().contains("diff --git") {
                continue;
            }
            let done = git_apply(patch.untrusted(), &files.collect());
            let done =
                done.unwrap_or_else(|why| panic!("{}: {why}\n{}", row.id(), patch.untrusted()));
            for change in claims {
                applied += 1;
                let now = std::fs::read_to_string(done.join(below(change))).ok();
                match (&change.after, text(&change.after)) {
                    (_, Some(after)) => assert_eq!(now.as_deref(), Some(after), "{}", row.id()),
                    (net::State::Absent, _) => assert_eq!(now, None, "{}", row.id()),
                    _ => {
                        let now = now.unwrap();
                        for apart in &change.apart {
                            assert!(now.contains(apart.new.untrusted()), "{}", row.id());
                        }
                    }
                }
            }
            std::fs::remove_dir_all(done).unwrap();
        }
    }
    println!("{applied} of {all} differences apply, {unjoined} edits could not be joined");
    assert!(applied > 60 && applied * 3 > all, "{applied} of {all}");
}

/// Lines of a log as JSON.
fn lines(path: &Path) -> Vec<Value> {
    let log = std::fs::read_to_string(path).unwrap_or_default();
    let lines = log
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok());
    lines.filter(Value::is_object).collect()
}

/// The calls of these tools among some, by their ids; a call without one is one of its own.
fn named<'v>(calls: impl Iterator<Item = &'v Value>, id: &str, names: &[&str]) -> BTreeSet<String> {
    let is_named = |call: &Value| {
        let name = call["name"].as_str().unwrap_or_default();
        names.iter().any(|one| one.eq_ignore_ascii_case(name))
    };
    let ids = calls.filter(|call| is_named(call)).enumerate();
    ids.map(|(n, call)| {
        call[id]
            .as_str()
            .map_or_else(|| n.to_string(), str::to_owned)
    })
    .collect()
}

/// The calls of a log that keeps responses in blocks.
fn calls_in_blocks(lines: &[Value], names: &[&str]) -> BTreeSet<String> {
    let said = lines.iter().filter(|line| line["type"] == "assistant");
    let blocks = said.flat_map(|line| line["message"]["content"].as_array().into_iter().flatten());
    named(
        blocks.filter(|block| block["type"] == "tool_use"),
        "id",
        names,
    )
}

/// The same in a log of items.
fn calls_in_items(lines: &[Value], names: &[&str]) -> BTreeSet<String> {
    let bare = lines.iter().map(|line| match line["payload"].is_object() {
        true => &line["payload"],
        false => line,
    });
    let kinds = ["function_call", "custom_tool_call", "local_shell_call"];
    let calls = bare.filter(|item| kinds.iter().any(|kind| item["type"] == *kind));
    // A command that was not written down is none that could be told.
    let is_told = |item: &&Value| {
        item["name"] == "apply_patch" || item["arguments"].is_string() || item["input"].is_string()
    };
    named(calls.filter(is_told), "call_id", names)
}

/// G17: as many commands and edits as the logs hold, for two agents whose logs are files of lines.
#[test]
fn nothing_is_left_out_or_told_twice() {
    let mut compared = BTreeMap::<&str, [usize; 3]>::new();
    for (_, told) in worlds() {
        // Several sessions can be told from one log.
        let mut by_log = BTreeMap::<PathBuf, Vec<Told>>::new();
        for (row, conversation) in told {
            let path = row.session.unit.path.to_path_buf();
            by_log.entry(path).or_default().push((row, conversation));
        }
        for (path, told) in &by_log {
            let (row, _) = &told[0];
            let is_lines = path.extension().is_some_and(|end| end == "jsonl");
            let source = row.id().source.0;
            if !is_lines {
                continue;
            }
            let log = lines(path);
            // A fork that goes on from its parent's file has calls that stand there.
            let reads_on =
                |line: &Value| !line["payload"]["forked_from_ordinal_exclusive"].is_null();
            if log.iter().any(reads_on) {
                continue;
            }
            let (commands, edits) = match source {
                "claude-code" => (
                    calls_in_blocks(&log, &["Bash"]),
                    calls_in_blocks(&log, &["Edit", "Write", "MultiEdit", "NotebookEdit"]),
                ),
                "codex-cli" => (
                    calls_in_items(&log, &["shell", "exec_command", "shell_command", "exec"]),
                    calls_in_items(&log, &["apply_patch"]),
                ),
                _ => continue,
            };
            let steps = told.iter().flat_map(|(_, talk)| evidence::steps(talk));
            let changes: BTreeSet<Box<str>> = steps
                .filter(|step| step.call.tool.kind == ToolKind::Edit)
                .map(|step| step.call.call.clone())
                .collect();
            let ran = told.iter().map(|(_, talk)| evidence::commands(talk).len());
            let ran = ran.sum::<usize>();
            assert_eq!(ran, commands.len(), "commands of {}", row.id());
            assert_eq!(changes.len(), edits.len(), "edits of {}", row.id());
            let known = compared.entry(source).or_default();
            *known = [
                known[0] + told.len(),
                known[1] + ran,
                known[2] + changes.len(),
            ];
        }
    }
    println!("sessions, commands, edits: {compared:?}");
    assert!(
        compared.len() == 2
            && compared
                .values()
                .all(|[_, commands, edits]| commands * edits > 0)
    );
}

/// Some logs keep the text of a file as it was before an edit. What is worked out must be what they say.
#[test]
fn what_is_worked_out_is_what_was_there() {
    let (mut same, mut unknown, mut wrong) = (0, 0, Vec::new());
    for (_, told) in worlds() {
        for (row, conversation) in told {
            let path = &row.session.unit.path;
            if row.id().source.0 != "claude-code"
                || path.extension().is_none_or(|end| end != "jsonl")
            {
                continue;
            }
            let steps = evidence::steps(&conversation);
            let own: BTreeSet<Box<str>> = steps.iter().map(|step| step.call.call.clone()).collect();
            // The first text of each file that an edit of this session was made in: its log can hold
            // the edits of others too.
            let mut first = BTreeMap::<String, Option<String>>::new();
            for line in lines(path) {
                let answered = line["message"]["content"][0]["tool_use_id"].as_str();
                if answered.is_some_and(|call| !own.contains(call)) {
                    continue;
                }
                let result = &line["toolUseResult"];
                let whole = ["originalFile", "originalFileContents"];
                let whole = whole.iter().find_map(|key| result[*key].as_str());
                let is_edit = result["oldString"].is_string() || result["edits"].is_array();
                // What was written whole before is not what was there at first.
                if let (Some(file), true) =
                    (result["filePath"].as_str(), result["content"].is_string())
                {
                    first.entry(file.to_owned()).or_insert(None);
                }
                if let (Some(file), true) = (result["filePath"].as_str(), is_edit) {
                    let whole = whole.map(str::to_owned);
                    first.entry(file.to_owned()).or_insert(whole);
                }
            }
            for change in net::changes(&conversation, row.session.dir.as_deref()) {
                let Some(Some(there)) = first.get(change.path.untrusted()) else {
                    continue;
                };
                let plain = |text: &str| text.strip_suffix('\n').unwrap_or(text).to_owned();
                match text(&change.before) {
                    Some(before) if plain(before) == plain(there) => same += 1,
                    Some(_) => wrong.push(format!("{} {}", row.id(), change.label())),
                    // What stands apart must have been there, but for edits of what other edits made.
                    None => unknown += 1,
                }
            }
        }
    }
    println!(
        "{same} files as they were, {unknown} not known whole, {} others: {wrong:#?}",
        wrong.len()
    );
    assert!(same > 10 && wrong.is_empty());
}

/// G12: every session stands in its family, and a fork leaves its parent where both part.
#[test]
fn families_hang_together() {
    let (mut forks, mut points) = (0, 0);
    for (index, told) in worlds() {
        for (row, conversation) in &told {
            let family = index.lineage(row.id());
            assert!(
                family.iter().any(|one| one.row.id() == row.id()),
                "{}",
                row.id()
            );
            assert_eq!(family[0].depth, 0);
            assert_eq!(family[0].row.id(), &row.root);
            for pair in family.windows(2) {
                assert!(pair[1].depth <= pair[0].depth + 1);
            }
            if row.session.kind != Kind::Fork {
                continue;
            }
            let parent = told
                .iter()
                .find(|(other, _)| Some(&other.id().native) == row.session.parent.as_ref());
            let Some((_, parent)) = parent else { continue };
            forks += 1;
            let Some(point) = evidence::fork_point(parent, conversation) else {
                println!("no point: {} of {:?}", row.id(), row.session.parent);
                continue;
            };
            points += 1;
            assert!(
                parent
                    .messages
                    .iter()
                    .any(|message| message.number == point.parent)
            );
        }
    }
    println!("{points} of {forks} forks have a point");
    assert!(
        points > 5 && points * 10 >= forks * 8,
        "{points} of {forks}"
    );
}
