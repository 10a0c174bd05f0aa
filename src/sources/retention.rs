//! How long agents keep their own logs: some delete what is old when they start, and say nothing.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use foldhash::HashMap;
use jiff::{SignedDuration, Timestamp};

use super::json::Obj;
use crate::env::Env;
use crate::model::Session;

/// More of a file of settings is not read.
const SETTINGS_MAX: u64 = 4 << 20;

/// What an agent does with old sessions below one root.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Retention {
    /// So long a session is kept, from its last change on.
    pub lasts: SignedDuration,
    pub since: Since,
    /// What the agent calls the setting.
    pub setting: &'static str,
    /// Where it stands, or would stand.
    pub file: PathBuf,
    /// Nobody set it.
    pub is_default: bool,
}

/// What counts as a session's last change.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Since {
    /// The time of its file.
    File,
    /// The last time in its log.
    Log,
}

impl Retention {
    /// From when on the agent deletes a session. Absent where its last change is not known, or that is out of reach.
    pub fn ends(&self, session: &Session) -> Option<Timestamp> {
        let last = match self.since {
            Since::File => session.changed,
            Since::Log => session.updated,
        };
        last?.checked_add(self.lasts).ok()
    }

    /// How long, for people: `30 days`.
    pub fn said(&self) -> String {
        let hours = self.lasts.as_hours();
        let (n, unit) = match hours % 24 {
            0 => (hours / 24, "day"),
            _ => (hours, "hour"),
        };
        format!("{n} {unit}{}", if n == 1 { "" } else { "s" })
    }
}

/// What is known of all roots.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Retentions(HashMap<Arc<Path>, Retention>);

impl Retentions {
    /// What is done with this session; absent where its agent deletes nothing, as far as is known.
    pub fn of(&self, session: &Session) -> Option<&Retention> {
        self.0.get(&session.unit.root)
    }

    /// From when on its agent deletes it.
    pub fn ends(&self, session: &Session) -> Option<Timestamp> {
        self.of(session)?.ends(session)
    }

    /// What is done below this root.
    pub fn at(&self, root: &Path) -> Option<&Retention> {
        self.0.get(root)
    }
}

impl FromIterator<(Arc<Path>, Retention)> for Retentions {
    fn from_iter<T: IntoIterator<Item = (Arc<Path>, Retention)>>(all: T) -> Retentions {
        Retentions(all.into_iter().collect())
    }
}

/// Reads a file of settings: the setting, or nothing where it is not set or there is no file. `None` where there is a
/// file that cannot be read, so that nothing is known.
pub(super) fn setting<T>(
    env: &Env,
    file: &Path,
    find: impl FnOnce(&Obj<'_>) -> Option<T>,
) -> Option<Option<T>> {
    let opened = match env.files.open(file) {
        Ok(opened) => opened,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Some(None),
        Err(_) => return None,
    };
    let mut text = String::new();
    opened.take(SETTINGS_MAX).read_to_string(&mut text).ok()?;
    Some(find(&Obj::parse(&text)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::env::Env;
    use crate::ingest::{Choice, load};
    use crate::model::Row;

    const NOW: &str = "2026-11-21T12:00:00Z";
    const CLAUDE: &str = r#"{"type":"user","uuid":"u","sessionId":"s","timestamp":"2026-11-20T10:00:00Z","cwd":"/w","message":{"role":"user","content":"weave"}}"#;
    const GEMINI: &str = r#"{"sessionId":"g","projectHash":"p","startTime":"2026-11-01T10:00:00Z","lastUpdated":"2026-11-01T10:00:00Z","messages":[{"id":"1","timestamp":"2026-11-01T10:00:00Z","type":"user","content":"weave"}]}"#;

    struct World {
        dir: tempfile::TempDir,
        env: Env,
    }

    impl World {
        fn new() -> World {
            let dir = tempfile::tempdir().unwrap();
            let env = Env::bare(dir.path(), NOW.parse().unwrap());
            let world = World { dir, env };
            world.write(".claude/projects/-w/a.jsonl", CLAUDE);
            world.write(
                ".gemini/tmp/p/chats/session-2026-11-01T10-00-abcd.json",
                GEMINI,
            );
            let log = world.dir.path().join(".claude/projects/-w/a.jsonl");
            let changed: Timestamp = "2026-11-11T12:00:00Z".parse().unwrap();
            let file = std::fs::File::options().append(true).open(log).unwrap();
            file.set_modified(changed.into()).unwrap();
            world
        }

        fn write(&self, path: &str, text: &str) {
            let path = self.dir.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }

        /// Of each source: when it deletes its session, and whether somebody said so.
        fn ends(&self) -> Vec<(&'static str, Option<String>, Option<bool>)> {
            let choice = Choice::default();
            let retentions = choice.retentions(&self.env);
            let mut index = crate::index::Index::default();
            index.apply(load(&self.env, &choice));
            index.keep_by(retentions.clone());
            let told = |row: &Arc<Row>| {
                let ends = row.expires.map(|at| at.to_string());
                let set = retentions.of(&row.session).map(|kept| !kept.is_default);
                (row.id().source.0, ends, set)
            };
            index.rows().map(told).collect()
        }
    }

    /// G7: by default, as set, and never.
    #[test]
    fn agents_say_how_long_they_keep_what() {
        let world = World::new();
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(
            world.ends(),
            [
                ("claude-code", some("2026-12-11T12:00:00Z"), Some(false)),
                ("gemini-cli", some("2026-12-01T10:00:00Z"), Some(false)),
            ]
        );
        world.write(".claude/settings.json", r#"{"cleanupPeriodDays": 90}"#);
        let gemini = r#"{"general":{"sessionRetention":{"enabled":true,"maxAge":"2w"}}}"#;
        world.write(".gemini/settings.json", gemini);
        assert_eq!(
            world.ends(),
            [
                ("claude-code", some("2027-02-09T12:00:00Z"), Some(true)),
                ("gemini-cli", some("2026-11-15T10:00:00Z"), Some(true)),
            ]
        );
        world.write(
            ".claude/settings.json",
            r#"{"cleanupPeriodDays": 99999999}"#,
        );
        let gemini = r#"{"general":{"sessionRetention":{"enabled":false}}}"#;
        world.write(".gemini/settings.json", gemini);
        assert_eq!(
            world.ends(),
            [
                ("claude-code", None, Some(true)),
                ("gemini-cli", None, None)
            ]
        );
    }

    /// What cannot be read says nothing, and what it says is not guessed.
    #[test]
    fn unknown_stays_unknown() {
        let world = World::new();
        world.write(".claude/settings.json", "{");
        world.write(
            ".gemini/settings.json",
            r#"{"general":{"sessionRetention":{"maxAge":"soon"}}}"#,
        );
        assert_eq!(
            world.ends(),
            [("claude-code", None, None), ("gemini-cli", None, None)]
        );
        world.write(".claude/settings.json", r#"{"cleanupPeriodDays": "many"}"#);
        assert_eq!(world.ends()[0].1.as_deref(), Some("2026-12-11T12:00:00Z"));
    }
}
