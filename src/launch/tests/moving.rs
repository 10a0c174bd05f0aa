//! Directories that are gone, and where they may be.

use super::*;

/// G16: a directory that moved is found by its repository, then by its name, and nothing is run by itself.
#[test]
fn a_directory_that_moved_is_looked_for() {
    let world = World::new();
    let root = world.home.path().canonicalize().unwrap();
    let make = |path: &str, remote: Option<&str>| {
        let dir = root.join(path);
        std::fs::create_dir_all(&dir).unwrap();
        if let Some(remote) = remote {
            std::fs::create_dir_all(dir.join(".git")).unwrap();
            let text = format!("[core]\n\turl = x\n[remote \"origin\"]\n\turl = {remote}\n");
            std::fs::write(dir.join(".git/config"), text).unwrap();
        }
        dir
    };
    let acme = make("new/shop", Some("git@github.com:acme/api.git"));
    make("new/shop/web", None);
    let named = make("new/api", Some("https://github.com/else/api"));
    let known = make("new/other", None);
    make("new/.api", None);
    let tree = root.join("new/tree");
    std::fs::create_dir_all(&tree).unwrap();
    std::fs::create_dir_all(root.join("new/shop/.git/worktrees/tree")).unwrap();
    let link = format!("gitdir: {}/.git/worktrees/tree\n", acme.display());
    std::fs::write(tree.join(".git"), link).unwrap();
    let worked = |dir: &Path, repository: Option<&str>| {
        let mut session = world.session("codex-cli", ID);
        session.dir = Some(dir.into());
        session.repository = repository.map(crate::text::Clean::of);
        session
    };
    let look = |gone: &Session, others: &[&Session]| {
        let found = moved(&world.env, gone, others.iter().copied());
        let pair = |m: Moved| (m.dir.strip_prefix(&root).unwrap().to_path_buf(), m.why);
        found.into_iter().map(pair).collect::<Vec<_>>()
    };
    let gone = worked(&root.join("old/api"), Some("github.com/acme/api"));
    let other = worked(&known, None);
    assert_eq!(
        look(&gone, &[&gone, &other]),
        [
            ("new/shop".into(), Why::Repository),
            ("new/tree".into(), Why::Repository),
            ("new/api".into(), Why::Name)
        ]
    );
    // A part of it is found in it, and another session may know the repository.
    let part = worked(&root.join("old/api/web"), None);
    let told = worked(&root.join("old/api/web"), Some("acme/api"));
    let found = look(&part, &[&part, &told, &other]);
    assert_eq!(found[0], ("new/shop/web".into(), Why::Repository));
    // Without one only the name speaks for a place.
    let bare = worked(&root.join("old/api"), None);
    assert_eq!(look(&bare, &[&other]), [("new/api".into(), Why::Name)]);
    assert_eq!(look(&worked(&named, None), &[&other]), []);
    assert_eq!(look(&bare, &[]), []);
    // A log from another home leads to the same place in this one, also to what lies beside it under another name.
    make("code/demo-app", None);
    make("code/renamed", Some("git@github.com:acme/moved.git"));
    let far = worked(Path::new("/nowhere/dev/code/demo-app"), Some("acme/moved"));
    assert_eq!(
        look(&far, &[]),
        [
            ("code/renamed".into(), Why::Repository),
            ("code/demo-app".into(), Why::Name)
        ]
    );
    assert_eq!(world.run.taken(), []);
}
