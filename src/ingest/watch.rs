//! File events as hints. Which of them matter is decided by whoever reads.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::mpsc::Sender;

use notify::event::EventKind;
use notify::{Config, Event, RecommendedWatcher, RecursiveMode, Watcher};

use super::Watching;
use super::loader::Order;
use crate::sources::Root;

/// What a watcher has to say.
pub(super) enum News {
    /// Something happened at these paths.
    Paths(HashSet<PathBuf>),
    /// Events were lost: look at everything.
    Lost,
}

/// Watches roots, and the nearest folder above a root that is not there yet.
pub(super) struct Watch {
    watcher: Option<RecommendedWatcher>,
    watched: HashSet<PathBuf>,
    trouble: Option<String>,
}

impl Watch {
    pub fn new(roots: &[Root], orders: Sender<Order>) -> Watch {
        let handler = move |event: notify::Result<Event>| {
            let news = match event {
                Ok(event) if event.need_rescan() => News::Lost,
                // Reading a file is an event too, and ours would never end.
                Ok(event) if matches!(event.kind, EventKind::Access(_)) => return,
                Ok(event) if event.paths.is_empty() => News::Lost,
                Ok(event) => News::Paths(event.paths.into_iter().collect()),
                Err(error) if error.paths.is_empty() => News::Lost,
                Err(error) => News::Paths(error.paths.into_iter().collect()),
            };
            // Nobody listens any more when this fails.
            let _ = orders.send(Order::News(news));
        };
        let config = Config::default().with_follow_symlinks(false);
        let made = RecommendedWatcher::new(handler, config);
        let trouble = made.as_ref().err().map(ToString::to_string);
        let mut watch = Watch {
            watcher: made.ok(),
            watched: HashSet::new(),
            trouble,
        };
        watch.renew(roots);
        watch
    }

    /// Watches what can be watched now: a root may have come since.
    pub fn renew(&mut self, roots: &[Root]) {
        let Some(watcher) = &mut self.watcher else {
            return;
        };
        for root in roots {
            let there = root.path.is_dir();
            let (path, mode) = if there {
                (root.path.to_path_buf(), RecursiveMode::Recursive)
            } else {
                let Some(above) = root.path.ancestors().skip(1).find(|p| p.is_dir()) else {
                    continue;
                };
                (above.to_path_buf(), RecursiveMode::NonRecursive)
            };
            if path == Path::new("/") || self.watched.contains(&path) {
                continue;
            }
            match watcher.watch(&path, mode) {
                Ok(()) => {
                    self.watched.insert(path);
                }
                Err(error) => self.trouble = Some(remedy(&error)),
            }
        }
    }

    pub fn is_polling(&self) -> bool {
        self.trouble.is_some()
    }

    pub fn state(&self) -> Watching {
        match &self.trouble {
            Some(why) => Watching::Polling(why.clone()),
            None => Watching::Events,
        }
    }
}

fn remedy(error: &notify::Error) -> String {
    match &error.kind {
        notify::ErrorKind::MaxFilesWatch => {
            "system limit of watches; raise fs.inotify.max_user_watches".into()
        }
        _ => error.to_string(),
    }
}
