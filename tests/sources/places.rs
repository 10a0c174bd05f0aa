//! Where logs are: every source has homes, the walk and the watch agree, and nothing there is changed.

use std::collections::BTreeSet;
use std::path::Path;

use backscroll::index::Index;
use backscroll::ingest::{self, Choice};
use backscroll::sources::{At, SOURCES};

use super::homes::{
    Listener, Reader, Story, contents, differ, files_below, fixtures, fresh,
    leaves_logs_in_projects,
};

#[test]
fn every_source_has_homes_that_show_what_it_reads() {
    let mut missing = Vec::new();
    let mut told: BTreeSet<String> = BTreeSet::new();
    let mut set: BTreeSet<(String, String)> = BTreeSet::new();
    for fixture in fixtures() {
        let known = SOURCES.iter().any(|s| s.card().id.0 == fixture.slug);
        if !known {
            missing.push(format!(
                "tests/fixtures/{}: no source has this slug",
                fixture.slug
            ));
        }
        let world = fixture.make();
        let delta = ingest::load(&world.env, &Choice::default());
        let mut sources = delta.told.iter().map(|t| t.session.id.source.0);
        // A source that leaves its logs in projects is found by the sessions of another one only.
        let needs_another = SOURCES.iter().any(|source| {
            source.card().id.0 == fixture.slug && leaves_logs_in_projects(*source, &world.env)
        });
        if !needs_another && sources.clone().any(|s| s != fixture.slug) {
            missing.push(format!(
                "{}: another source tells of it too",
                fixture.title()
            ));
        }
        if sources.any(|s| s == fixture.slug) {
            told.insert(fixture.slug.clone());
        }
        for name in world.env.vars.keys().filter_map(|n| n.to_str()) {
            set.insert((fixture.slug.clone(), name.to_owned()));
        }
    }
    for card in SOURCES.iter().map(|s| s.card()) {
        let slug = card.id.0.to_owned();
        if !told.contains(&slug) {
            missing.push(format!(
                "{slug}: no home under tests/fixtures/{slug}/<generation>/home of which it tells a session"
            ));
        }
        for variable in card.variables {
            if !set.contains(&(slug.clone(), (*variable).to_owned())) {
                missing.push(format!(
                    "{slug}: no home with {variable} in tests/fixtures/{slug}/<generation>/env"
                ));
            }
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

#[test]
fn the_walk_and_the_watch_agree_whose_news_a_file_is() {
    for fixture in fixtures() {
        let world = fixture.make();
        let units = world.units();
        for unit in &units {
            let source = backscroll::sources::source(unit.source).unwrap();
            let roots = world.roots(source);
            let root = roots.iter().find(|r| r.path == unit.root).unwrap();
            let claimed = source.claim(&world.env, root, &unit.path);
            assert_eq!(claimed.as_ref(), Some(unit), "{}", fixture.title());
        }
        for file in files_below(&world.home) {
            for source in SOURCES.iter().copied() {
                for root in world.roots(source) {
                    // The watcher asks for what lies below a root only.
                    let Some(unit) = file
                        .starts_with(&root.path)
                        .then(|| source.claim(&world.env, &root, &file))
                        .flatten()
                    else {
                        continue;
                    };
                    assert!(
                        units.contains(&unit),
                        "{}: {} is news of {}, which no walk finds",
                        fixture.title(),
                        world.short(&file),
                        world.short(&unit.path)
                    );
                }
            }
        }
    }
}

#[test]
fn reading_changes_nothing_and_two_readings_are_one() {
    for fixture in fixtures() {
        let world = fixture.make();
        let before = contents(&world.home);
        let read = || {
            let mut index = Index::default();
            index.apply(ingest::load(&world.env, &Choice::default()));
            let rows: Vec<_> = index.rows().map(|row| (**row).clone()).collect();
            let talks: Vec<_> = index
                .rows()
                .map(|row| Reader::new(&world.env, &row.session).read())
                .collect();
            let odd: Vec<_> = index.odd().cloned().collect();
            (rows, talks, odd)
        };
        let first = read();
        assert!(!first.0.is_empty(), "{} tells nothing", fixture.title());
        assert_eq!(read(), first, "{}", fixture.title());
        let after = contents(&world.home);
        let names = |c: &std::collections::HashMap<_, _>| {
            c.keys().cloned().collect::<BTreeSet<std::path::PathBuf>>()
        };
        assert_eq!(names(&after), names(&before), "{}", fixture.title());
        for (path, was) in &before {
            assert!(after[path] == *was, "{} was changed", world.short(path));
        }
        let cache = world.env.own_dir(backscroll::env::OwnDir::Cache);
        assert_eq!(
            files_below(&cache),
            Vec::<std::path::PathBuf>::new(),
            "copies are left"
        );
    }
}

#[test]
fn any_file_cut_anywhere_is_read_and_grows_back() {
    for fixture in fixtures() {
        let world = fixture.make();
        for file in files_below(&world.home) {
            let units: Vec<_> = claims(&world, &file);
            if units.is_empty() {
                continue;
            }
            let bytes = std::fs::read(&file).unwrap();
            let mut listeners: Vec<(Listener<'_>, Story)> = units
                .iter()
                .map(|unit| {
                    let mut listener = Listener::new(&world.env, unit);
                    listener.read(None).unwrap();
                    let whole = listener.story.clone();
                    (listener, whole)
                })
                .collect();
            // Logs are cut at every byte elsewhere; a database has pages, and a part of one is as good as another.
            let step = (bytes.len() / 60).max(1);
            let cuts = (0..bytes.len()).step_by(step).chain([bytes.len()]);
            for cut in cuts {
                std::fs::write(&file, &bytes[..cut]).unwrap();
                for (listener, whole) in &mut listeners {
                    listener.read(None).unwrap();
                    let now = fresh(&world.env, &listener.unit);
                    let what = format!("{}: {} at {cut}", fixture.title(), world.short(&file));
                    if cut == bytes.len() {
                        // A database tells a session again and again, and its broken rows with it.
                        if !matches!(listener.cursor.at, At::Row { .. }) {
                            differ(&what, &listener.story, whole);
                        }
                        differ(&what, &listener.story.sessions, &whole.sessions);
                        differ(&what, &now, whole);
                    } else if !matches!(listener.cursor.at, At::Line { .. }) {
                        // Half a file is no proof that a session is gone; less of a log is.
                        let ids =
                            |story: &Story| story.sessions.keys().cloned().collect::<Vec<_>>();
                        assert_eq!(ids(&listener.story), ids(whole), "{what}");
                    }
                }
            }
        }
    }
}

fn claims(world: &super::homes::World, file: &Path) -> Vec<backscroll::model::Unit> {
    let all = SOURCES.iter().flat_map(|source| {
        let roots = world.roots(*source).into_iter();
        roots.filter_map(|root| {
            file.starts_with(&root.path)
                .then(|| source.claim(&world.env, &root, file))
                .flatten()
        })
    });
    all.collect()
}
