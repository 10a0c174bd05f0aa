//! Swaps, things in the way, and items that are broken.

use super::*;

/// A folder is swapped for a link to outside, and back, as fast as that goes, while sessions are deleted and restored.
#[test]
fn a_swap_in_the_middle_leads_nowhere() {
    let world = World::new();
    let outside = world.dir.path().join("outside");
    for name in ["subagents", "tool-results"] {
        fs::create_dir(outside.join(name)).unwrap();
        for file in ["agent-a1.jsonl", "agent-a1.meta.json", "long.txt"] {
            fs::write(outside.join(name).join(file), "theirs").unwrap();
        }
    }
    let told = || {
        let tree = world.tree().into_iter();
        tree.filter(|(path, _)| path.starts_with(&outside))
            .collect::<Vec<_>>()
    };
    let before = told();
    let stop = AtomicBool::new(false);
    let (folder, aside) = (world.project().join(ID), world.dir.path().join("aside"));
    let mut moved = 0;
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(Ordering::Relaxed) {
                if fs::rename(&folder, &aside).is_ok() {
                    let _ = symlink(&outside, &folder);
                    let _ = fs::remove_file(&folder);
                    let _ = fs::rename(&aside, &folder);
                }
            }
        });
        for _ in 0..150 {
            let plan = world.plan();
            let deleted = delete(&world.env, &plan).unwrap();
            moved += deleted.items.len();
            for item in world.items() {
                let _ = restore(&world.env, &item.name);
            }
        }
        stop.store(true, Ordering::Relaxed);
    });
    assert_eq!(told(), before);
    assert!(moved > 0, "the swap won every time");
}

#[test]
fn nothing_is_written_over_on_the_way_back() {
    let world = World::new();
    let before = world.tree();
    delete(&world.env, &world.plan()).unwrap();
    let item = world.items().remove(0);
    fs::write(world.log(), "somebody else's").unwrap();
    let why = restore(&world.env, &item.name).unwrap_err();
    assert!(
        why.contains("is there by now, and is not written over"),
        "{why}"
    );
    assert_eq!(fs::read_to_string(world.log()).unwrap(), "somebody else's");
    assert_eq!(world.items(), std::slice::from_ref(&item));
    // A link to nowhere is something too, and nothing is written through it.
    fs::remove_file(world.log()).unwrap();
    symlink("nowhere", world.log()).unwrap();
    assert!(restore(&world.env, &item.name).is_err());
    assert!(!world.project().join("nowhere").exists());
    fs::remove_file(world.log()).unwrap();
    // Its project's folder went with the last of its sessions.
    let other = fs::read(world.project().join(format!("{OTHER}.jsonl"))).unwrap();
    fs::remove_dir_all(world.env.home.join(".claude")).unwrap();
    restore(&world.env, &item.name).unwrap();
    let again = world.project().join(format!("{OTHER}.jsonl"));
    fs::write(&again, other).unwrap();
    let same = |tree: BTreeMap<PathBuf, String>| {
        let files = tree
            .into_iter()
            .filter(|(path, told)| !told.ends_with("folder") && *path != again);
        files.collect::<Vec<_>>()
    };
    assert_eq!(same(world.tree()), same(before));
    assert!(
        restore(&world.env, &item.name)
            .unwrap_err()
            .contains("not in the trash")
    );
}

#[test]
fn only_whole_items_are_removed_for_good_and_a_broken_one_is_told() {
    let world = World::new();
    delete(&world.env, &world.plan()).unwrap();
    let name = world.items().remove(0).name;
    let folder = world.dir.path().join("data/trash").join(&name);
    assert_eq!(purge(&world.env, &["another"]).unwrap(), []);
    let journal = folder.join(journal::FILE);
    let text = fs::read_to_string(&journal).unwrap();
    fs::write(&journal, "{").unwrap();
    let (items, wrong) = list(&world.env).unwrap();
    assert_eq!((items.len(), wrong.len()), (0, 1));
    assert_eq!(purge(&world.env, &[&name]).unwrap(), []);
    assert!(folder.exists(), "what cannot be read is not thrown away");
    fs::write(&journal, text).unwrap();
    assert_eq!(purge(&world.env, &[&name]).unwrap().len(), 1);
    assert!(!folder.exists());
    // A folder that others can write into is not trusted with anybody's logs.
    let trash = world.dir.path().join("data/trash");
    fs::set_permissions(&trash, fs::Permissions::from_mode(0o777)).unwrap();
    assert!(
        purge(&world.env, &[])
            .unwrap_err()
            .to_string()
            .contains("others may write there")
    );
}
