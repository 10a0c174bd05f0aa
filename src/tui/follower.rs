//! Files of ours while the screen is open: the settings are read again when their file, or a theme, changed on disk, and
//! so are the marks, which other instances and people write too.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use notify::event::EventKind;
use notify::{RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::mpsc::UnboundedSender;

use super::manner::Manner;
use super::msg::Msg;
use super::{ColorChoice, themes};
use crate::config::{self, Flag, Settings};
use crate::env::{Env, Stamp};
use crate::marks;

/// Where the settings come from, to read them again.
#[derive(Clone)]
pub struct Origin {
    /// The person's own world: the sample sessions have none of these files.
    pub env: Env,
    /// The file that `--config` named.
    pub named: Option<PathBuf>,
    pub flags: Vec<Flag>,
    pub color: ColorChoice,
    /// As they were read at the start.
    pub settings: Arc<Settings>,
}

/// Looks at the files of settings and marks for as long as it lives.
pub struct Follower {
    origin: Origin,
    stamps: Vec<(PathBuf, Option<Stamp>)>,
    marks: Option<Stamp>,
    /// Where there can be none, every sweep looks too.
    watcher: Option<RecommendedWatcher>,
    /// Folders that were not there yet.
    missing: Vec<PathBuf>,
}

impl Origin {
    pub fn manner(&self) -> Manner {
        Manner::of(&self.env, &self.settings, self.color)
    }
}

impl Follower {
    /// Tells by a message that something happened there. Marks are those of this world.
    pub fn start(origin: Origin, env: &Env, watch: bool, news: UnboundedSender<Msg>) -> Follower {
        let watcher = match watch {
            true => notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
                // Reading the file is an event too.
                if event.is_ok_and(|event| !matches!(event.kind, EventKind::Access(_))) {
                    // Nobody listens any more when this fails.
                    let _ = news.send(Msg::OursTouched);
                }
            })
            .ok(),
            false => None,
        };
        let marks = marks::path(env);
        let mut folders = vec![origin.settings.themes()];
        // A link leads to where people keep it.
        let linked = marks::target(env);
        let files = [&*origin.settings.path, &*marks, &*linked].into_iter();
        folders.extend(files.filter_map(Path::parent).map(Path::to_path_buf));
        folders.sort();
        folders.dedup();
        let mut follower = Follower {
            stamps: stamps(&origin),
            marks: env.files.stamp(&marks).ok(),
            origin,
            watcher,
            missing: folders,
        };
        follower.watch_missing();
        follower
    }

    /// What is not there yet is tried again by the next sweep.
    fn watch_missing(&mut self) {
        if let Some(watcher) = &mut self.watcher {
            self.missing
                .retain(|folder| watcher.watch(folder, RecursiveMode::NonRecursive).is_err());
        }
    }

    /// Whether the marks in the file may be others than when this was asked last.
    pub fn has_other_marks(&mut self, env: &Env) -> bool {
        let stamp = env.files.stamp(&marks::path(env)).ok();
        std::mem::replace(&mut self.marks, stamp) != self.marks
    }

    /// What the settings say now, if any of their files changed since the last look.
    pub fn look(&mut self) -> Option<Manner> {
        self.watch_missing();
        let stamps = stamps(&self.origin);
        if stamps == self.stamps {
            return None;
        }
        let (env, named) = (&self.origin.env, self.origin.named.as_deref());
        // A file that was named and is gone leaves everything as it was.
        let settings = config::load(env, named, self.origin.flags.clone()).ok()?;
        self.origin.settings = Arc::new(settings);
        // Another theme may be in force, which is another file.
        self.stamps = self::stamps(&self.origin);
        Some(self.origin.manner())
    }
}

/// The files that settings are in, as they are now.
fn stamps(origin: &Origin) -> Vec<(PathBuf, Option<Stamp>)> {
    let (env, settings) = (&origin.env, &origin.settings);
    let mut paths = vec![settings.path.to_path_buf()];
    let listed = env.files.list(&settings.themes()).unwrap_or_default();
    paths.extend(listed.into_iter().map(|entry| entry.path));
    paths.extend(themes::path(env, settings, settings.text("ui.theme")));
    paths.sort();
    paths.dedup();
    let stamp = |path: PathBuf| {
        let stamp = env.files.stamp(&path).ok();
        (path, stamp)
    };
    paths.into_iter().map(stamp).collect()
}
