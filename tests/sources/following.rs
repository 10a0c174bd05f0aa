//! Files that come and go one by one: following the news ends where reading everything begins.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use backscroll::index::Index;
use backscroll::ingest::{self, Choice, Delta, OddFile, Retired};
use backscroll::model::Row;
use backscroll::sources::SOURCES;

use super::homes::{Listener, World, differ, files_below, fixtures};

/// Reads what the news are about and keeps an index of it.
struct Follower<'w> {
    world: &'w World,
    listeners: BTreeMap<Arc<Path>, Listener<'w>>,
    index: Index,
}

impl<'w> Follower<'w> {
    fn new(world: &'w World) -> Follower<'w> {
        Follower {
            world,
            listeners: BTreeMap::new(),
            index: Index::default(),
        }
    }

    fn news(&mut self, path: &Path) {
        let env = &self.world.env;
        for source in SOURCES.iter().copied() {
            for root in self.world.roots(source) {
                let Some(unit) = path
                    .starts_with(&root.path)
                    .then(|| source.claim(env, &root, path))
                    .flatten()
                else {
                    continue;
                };
                let size = env.files.stamp(&unit.path).ok().map(|stamp| stamp.len);
                if size.is_none() {
                    if let Some(known) = self.listeners.remove(&unit.path) {
                        self.index.apply(Delta {
                            retired: vec![Retired::Unit(known.unit)],
                            ..Delta::default()
                        });
                    }
                    continue;
                }
                let listener = self
                    .listeners
                    .entry(unit.path.clone())
                    .or_insert_with(|| Listener::new(env, &unit));
                let delta = listener.read(size).unwrap();
                self.index.apply(delta);
            }
        }
    }

    fn check(&self, what: &str) {
        let mut fresh = Index::default();
        fresh.apply(ingest::load(&self.world.env, &Choice::default()));
        let (got, want) = (state(&self.index), state(&fresh));
        let ids = |rows: &[Row]| rows.iter().map(|r| r.id().to_string()).collect::<Vec<_>>();
        assert_eq!(ids(&got.0), ids(&want.0), "{what}");
        for (got, want) in got.0.iter().zip(&want.0) {
            differ(what, got, want);
        }
        differ(what, &got.1, &want.1);
    }
}

fn state(index: &Index) -> (Vec<Row>, Vec<OddFile>) {
    let row = |row: &Arc<Row>| {
        let mut row = (**row).clone();
        // What files are told apart by, and when they changed: a listener knows none.
        let session = Arc::make_mut(&mut row.session);
        (session.state, session.changed) = (0, None);
        row.expires = None;
        row
    };
    let rows = index.rows().map(row).collect();
    (rows, index.odd().cloned().collect())
}

#[test]
fn homes_that_fill_file_by_file_and_empty_again_are_followed() {
    for fixture in fixtures() {
        let world = fixture.make();
        let files = files_below(&world.home);
        let aside = |file: &Path| {
            let kept = world.home.with_extension("aside");
            kept.join(file.strip_prefix(&world.home).unwrap())
        };
        let step = |from: &Path, to: PathBuf| {
            std::fs::create_dir_all(to.parent().unwrap()).unwrap();
            std::fs::rename(from, to).unwrap();
        };
        for file in &files {
            step(file, aside(file));
        }
        let mut follower = Follower::new(&world);
        for file in &files {
            step(&aside(file), file.clone());
            follower.news(file);
            let what = format!("{}: {} came", fixture.title(), world.short(file));
            follower.check(&what);
        }
        // The newest go first: a log that repeats another is best understood beside it.
        for file in files.iter().rev() {
            step(file, aside(file));
            follower.news(file);
            let what = format!("{}: {} went", fixture.title(), world.short(file));
            follower.check(&what);
        }
        assert_eq!(follower.index.rows().len(), 0, "{}", fixture.title());
    }
}
