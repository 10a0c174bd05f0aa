//! File events as hints. Which of them matter is decided by whoever reads.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, PoisonError};

use notify::event::EventKind;
use notify::{Config, Event, RecommendedWatcher, RecursiveMode, Watcher};

use super::Watching;
use super::loader::Order;
use crate::env::Env;
use crate::sources::{self, Reach, Root};

/// What happened and was not looked at yet. A path is in it once however often it changes, so a storm cannot pile up.
#[derive(Clone, Default)]
pub(super) struct News(Arc<Mutex<Pile>>);

#[derive(Default)]
struct Pile {
    paths: HashSet<PathBuf>,
    /// Events were lost: look at everything.
    lost: bool,
}

impl News {
    /// Adds an event; tells whether it is the first since the last look.
    fn add(&self, event: notify::Result<Event>) -> bool {
        let mut pile = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let was_empty = pile.paths.is_empty() && !pile.lost;
        match event {
            // Reading a file is an event too, and ours would never end.
            Ok(event) if matches!(event.kind, EventKind::Access(_)) => return false,
            Ok(event) if event.need_rescan() || event.paths.is_empty() => pile.lost = true,
            Err(error) if error.paths.is_empty() => pile.lost = true,
            Ok(Event { paths, .. }) | Err(notify::Error { paths, .. }) => pile.paths.extend(paths),
        }
        was_empty
    }

    /// Takes all of it: the paths, and whether events were lost.
    pub fn take(&self) -> (HashSet<PathBuf>, bool) {
        let mut pile = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let pile = std::mem::take(&mut *pile);
        (pile.paths, pile.lost)
    }
}

/// Watches roots, and the nearest folder above a root that is not there yet.
pub(super) struct Watch {
    pub news: News,
    watcher: Option<RecommendedWatcher>,
    /// With all that is below, or without.
    watched: HashMap<PathBuf, RecursiveMode>,
    /// Roots that send no events, and why.
    silent: BTreeMap<PathBuf, String>,
    trouble: Option<String>,
}

impl Watch {
    pub fn new(env: &Env, roots: &[Root], orders: Sender<Order>) -> Watch {
        let news = News::default();
        let pile = news.clone();
        let handler = move |event: notify::Result<Event>| {
            if pile.add(event) {
                // Nobody listens any more when this fails.
                let _ = orders.send(Order::News);
            }
        };
        let config = Config::default().with_follow_symlinks(false);
        let made = RecommendedWatcher::new(handler, config);
        let trouble = made.as_ref().err().map(remedy);
        let mut watch = Watch {
            news,
            watcher: made.ok(),
            watched: HashMap::new(),
            silent: BTreeMap::new(),
            trouble,
        };
        watch.renew(env, roots);
        watch
    }

    /// Watches what can be watched now: a root may have come or gone since.
    pub fn renew(&mut self, env: &Env, roots: &[Root]) {
        self.watched.retain(|path, _| path.is_dir());
        for root in roots {
            self.silent.remove(&*root.path);
            let path = root.path.to_path_buf();
            if let Some(trouble) = &self.trouble {
                self.silent.insert(path, trouble.clone());
            } else if root.path.is_dir() {
                let why = match env.files.is_local(&path) {
                    true => self.watch_in(env, root),
                    false => Some("on a network file system, which sends no events".into()),
                };
                self.silent.extend(why.map(|why| (path, why)));
            } else {
                self.watch_above(env, root);
            }
        }
    }

    /// Watches those folders of a root that its source names and that are there.
    fn watch_in(&mut self, env: &Env, root: &Root) -> Option<String> {
        let named = sources::source(root.source).map(|source| source.watches(env, root));
        let named = named
            .into_iter()
            .flatten()
            .filter(|(path, _)| path.is_dir());
        let mut why = None;
        for (path, reach) in named {
            let mode = match reach {
                Reach::Alone => RecursiveMode::NonRecursive,
                Reach::Below => RecursiveMode::Recursive,
            };
            why = self.watch(&path, mode).or(why);
        }
        why
    }

    /// Watches the nearest folder that is there. What comes between looking and watching sends no event, so it looks
    /// again until nothing came.
    fn watch_above(&mut self, env: &Env, root: &Root) {
        let nearest = || root.path.ancestors().find(|path| path.is_dir());
        let mut above = nearest();
        while let Some(path) = above.filter(|path| *path != Path::new("/")) {
            if *path == *root.path {
                return self.renew(env, std::slice::from_ref(root));
            }
            if let Some(why) = self.watch(path, RecursiveMode::NonRecursive) {
                self.silent.insert(root.path.to_path_buf(), why);
                return;
            }
            let now = nearest();
            if now == above {
                return;
            }
            above = now;
        }
    }

    /// Why it cannot be watched, if so.
    fn watch(&mut self, path: &Path, mode: RecursiveMode) -> Option<String> {
        // A folder below one that is watched whole would lose the watches below it if it were watched alone.
        let reached = |(known, how): (&PathBuf, &RecursiveMode)| match (how, mode) {
            (RecursiveMode::Recursive, RecursiveMode::NonRecursive) => path.starts_with(known),
            (how, mode) => known == path && *how == mode,
        };
        if self.watched.iter().any(reached) {
            return None;
        }
        match self.watcher.as_mut()?.watch(path, mode) {
            Ok(()) => {
                self.watched.insert(path.to_path_buf(), mode);
                None
            }
            Err(error) => Some(remedy(&error)),
        }
    }

    /// Whether changes below a path are found only by looking again and again.
    pub fn is_silent(&self, path: &Path) -> bool {
        self.silent.keys().any(|root| path.starts_with(root))
    }

    pub fn is_polling(&self) -> bool {
        !self.silent.is_empty()
    }

    pub fn state(&self) -> Watching {
        match self.silent.values().next() {
            Some(why) => Watching::Polling(why.clone()),
            None => Watching::Events,
        }
    }
}

fn remedy(error: &notify::Error) -> String {
    let code = match &error.kind {
        notify::ErrorKind::MaxFilesWatch => Some(rustix::io::Errno::NOSPC),
        notify::ErrorKind::Io(error) => rustix::io::Errno::from_io_error(error),
        _ => None,
    };
    match code {
        Some(rustix::io::Errno::NOSPC) => {
            "system limit of watches; raise fs.inotify.max_user_watches".into()
        }
        Some(rustix::io::Errno::MFILE) => {
            "system limit of watchers; raise fs.inotify.max_user_instances".into()
        }
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use notify::event::{CreateKind, Flag};

    #[test]
    fn a_storm_is_one_look() {
        let news = News::default();
        let event = |path: &str| {
            Ok(Event::new(EventKind::Create(CreateKind::File)).add_path(PathBuf::from(path)))
        };
        assert!(news.add(event("/a")), "the first wakes the loader");
        assert!(!news.add(event("/a")) && !news.add(event("/b")));
        let (paths, lost) = news.take();
        assert_eq!((paths.len(), lost), (2, false));
        assert!(news.add(event("/a")), "and the first after a look");
    }

    #[test]
    fn lost_events_mean_looking_at_everything() {
        let news = News::default();
        assert!(news.add(Ok(Event::new(EventKind::Other).set_flag(Flag::Rescan))));
        assert!(news.take().1);
        assert!(news.add(Err(notify::Error::generic("no more"))));
        assert!(news.take().1);
    }
}
