//! Edits and what they come to.

use std::process::Command;

use super::*;
use crate::evidence::disk::{Disk, Standing, standing};
use crate::evidence::tests::{call, conversation, edit, part, result};
use crate::model::{Part, Role, ToolKind};

mod properties;

fn replace(old: &str, new: &str) -> Change {
    Change::Replace {
        old: old.into(),
        new: new.into(),
    }
}

/// A session of one edit after the other, all of which went well.
struct Making(Vec<Part>);

impl Making {
    fn new() -> Making {
        Making(Vec::new())
    }

    fn with(mut self, call: ToolCall, output: &str, ok: Option<bool>) -> Making {
        let id = format!("c{}", self.0.len());
        self.0.push(part(ToolCall {
            call: id.as_str().into(),
            ..call
        }));
        self.0.push(result(&id, output, ok));
        self
    }

    fn edit(self, path: &str, change: Change) -> Making {
        self.with(edit("", "Edit", "{}", vec![(path, change)]), "", Some(true))
    }

    /// A reading of all of a file, with numbered lines.
    fn read(self, path: &str, text: &str) -> Making {
        self.with(
            call("", "Read", ToolKind::Read, path, "{}"),
            &numbered(text, 1),
            Some(true),
        )
    }

    fn changes(self) -> Vec<FileChange> {
        changes(
            &conversation(vec![(Role::Assistant, self.0)]),
            Some(Path::new("/p")),
        )
    }

    fn patch(&self) -> String {
        let all = conversation(vec![(Role::Assistant, self.0.clone())]);
        patch(&all, Some(Path::new("/p"))).untrusted().to_owned()
    }

    fn one(self) -> FileChange {
        let mut all = self.changes();
        assert_eq!(all.len(), 1);
        all.remove(0)
    }
}

fn numbered(text: &str, first: usize) -> String {
    let lines = text.split('\n').enumerate();
    let rows: Vec<String> = lines
        .map(|(i, line)| format!("{:>6}→{line}", first + i))
        .collect();
    rows.join("\n") + "\n<note>Mind the step.</note>"
}

fn text(state: &State) -> Option<&str> {
    match state {
        State::Text(text) => Some(text.untrusted()),
        _ => None,
    }
}

/// What `git apply` makes of these files; an error is its own word.
fn git_apply(patch: &str, files: &[(&str, &str)]) -> Result<Vec<(String, Option<String>)>, String> {
    let dir = tempfile::tempdir().unwrap();
    let git = |args: &[&str]| {
        let mut command = Command::new("git");
        let command = command.args(args).current_dir(dir.path());
        // Nobody's settings change what it does.
        command
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1");
        command.output().unwrap()
    };
    assert!(git(&["init", "-q"]).status.success());
    for (path, text) in files {
        let path = dir.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    std::fs::write(dir.path().join("the.patch"), patch).unwrap();
    let done = git(&["apply", "--whitespace=nowarn", "the.patch"]);
    if !done.status.success() {
        return Err(String::from_utf8_lossy(&done.stderr).into_owned());
    }
    let read = |path: &str| std::fs::read_to_string(dir.path().join(path)).ok();
    let names = patch
        .lines()
        .filter_map(|line| line.strip_prefix("diff --git a/"));
    let names = names.map(|line| line.split(" b/").next().unwrap_or_default().to_owned());
    Ok(names.map(|name| (name.clone(), read(&name))).collect())
}

fn has_git() -> bool {
    Command::new("git").arg("--version").output().is_ok()
}

/// G13: one difference for each file, whatever the edits between; failed ones do not count.
#[test]
fn edits_of_a_known_file_are_one_difference() {
    let base = "one\ntwo\nthree\nfour\nfive\n";
    let making = Making::new()
        .read("a.rs", base)
        .edit("a.rs", replace("two", "2"))
        .edit("/p/a.rs", replace("2\nthree", "2\n3"))
        .with(
            edit("", "Edit", "{}", vec![("a.rs", replace("five", "5"))]),
            "no",
            Some(false),
        );
    let change = making.one();
    assert_eq!(
        (text(&change.before), text(&change.after)),
        (Some(base), Some("one\n2\n3\nfour\nfive\n"))
    );
    assert_eq!(
        (change.added, change.removed, change.edits.len()),
        (2, 2, 2)
    );
    assert!(change.applies() && change.note().is_none());
    assert_eq!(
        change.diff().untrusted(),
        "@@ -1,5 +1,5 @@\n one\n-two\n-three\n+2\n+3\n four\n five\n"
    );
}

#[test]
fn a_file_is_made_changed_and_deleted() {
    let write = edit(
        "",
        "Write",
        "{}",
        vec![("b.rs", Change::Write("x\n".into()))],
    );
    let made = || {
        Making::new().with(
            write.clone(),
            "File created successfully at: b.rs",
            Some(true),
        )
    };
    let change = made().edit("b.rs", replace("x", "y")).one();
    assert_eq!(
        (&change.before, text(&change.after)),
        (&State::Absent, Some("y\n"))
    );
    assert!(change.applies());
    // What comes and goes within a session is nothing in the end.
    let gone = made().edit("b.rs", Change::Delete);
    assert_eq!(gone.patch(), "");
    let change = gone.one();
    assert_eq!(
        (change.before.clone(), change.after.clone()),
        (State::Absent, State::Absent)
    );
    // Nobody said whether it was there.
    let change = Making::new().with(write.clone(), "done", Some(true)).one();
    assert_eq!(change.before, State::Unknown);
    assert!(change.is_taken_as_new() && change.applies());
    assert!(change.note().unwrap().contains("nobody said"));
    // A deletion of what was never seen cannot be a patch, and that is said.
    let lost = Making::new().edit("c.rs", Change::Delete);
    assert_eq!(lost.patch(), "# left out: c.rs: its lines are not known\n");
    assert!(!lost.one().applies());
}

#[test]
fn what_cannot_be_joined_is_counted() {
    let base = "a\nb\na\n";
    let change = Making::new()
        .read("a.rs", base)
        // It stands twice, or not at all.
        .edit("a.rs", replace("a\n", "c\n"))
        .edit("a.rs", replace("z", "y"))
        .edit("a.rs", replace("b", "d"))
        .one();
    assert_eq!((change.unjoined, change.apart.len()), (2, 2));
    assert_eq!(text(&change.after), Some("a\nd\na\n"));
    assert!(!change.applies());
    assert_eq!(change.note().unwrap(), "2 edits could not be joined");
    // For every place it is no question which one is meant.
    let all = edit(
        "",
        "Edit",
        r#"{"replace_all":true}"#,
        vec![("a.rs", replace("a\n", "c\n"))],
    );
    let change = Making::new()
        .read("a.rs", base)
        .with(all, "", Some(true))
        .one();
    assert_eq!(
        (change.unjoined, text(&change.after)),
        (0, Some("c\nb\nc\n"))
    );
}

#[test]
fn edits_of_a_file_that_was_never_seen_whole_stand_apart() {
    let change = Making::new()
        .edit("a.rs", replace("let total = 1;", "let total = compute();"))
        .edit("a.rs", replace("compute()", "compute(7)"))
        .edit(
            "a.rs",
            replace(
                "fn main() {\n    let total = compute(7);\n}",
                "fn main() {}",
            ),
        )
        .edit("a.rs", replace("mod other;", "mod others;"))
        .one();
    let apart: Vec<_> = change
        .apart
        .iter()
        .map(|a| (a.old.untrusted(), a.new.untrusted()))
        .collect();
    assert_eq!(
        apart,
        [
            ("fn main() {\n    let total = 1;\n}", "fn main() {}"),
            ("mod other;", "mod others;"),
        ]
    );
    assert_eq!((&change.after, change.unjoined), (&State::Unknown, 0));
    assert!(!change.applies() && change.note().unwrap().contains("never saw the whole"));
    // Once it is seen whole, they find their places.
    let now = "mod others;\n\nfn main() {}\n";
    let change = Making::new()
        .edit("a.rs", replace("let total = 1;", "let total = compute();"))
        .edit(
            "a.rs",
            replace("fn main() {\n    let total = compute();\n}", "fn main() {}"),
        )
        .edit("a.rs", replace("mod other;", "mod others;"))
        .read("a.rs", now)
        .one();
    assert_eq!(
        text(&change.before),
        Some("mod other;\n\nfn main() {\n    let total = 1;\n}\n")
    );
    assert!(change.applies() && change.apart.is_empty());
}

#[test]
fn lines_that_were_shown_make_a_patch() {
    let part_of = call(
        "",
        "Read",
        ToolKind::Read,
        "a.rs",
        r#"{"offset":10,"limit":5}"#,
    );
    let lines = "ten\neleven\ntwelve\nthirteen\nfourteen";
    let making = Making::new()
        .with(part_of, &numbered(lines, 10), Some(true))
        .edit("a.rs", replace("welv", "WELV"));
    let filler: String = (1..10).map(|n| format!("line {n}\n")).collect();
    let base = format!("{filler}{lines}\nfifteen\n");
    let patch = making.patch();
    let change = making.one();
    assert!(change.applies(), "{change:?}");
    if has_git() {
        let now = git_apply(&patch, &[("a.rs", &base)]).unwrap();
        assert_eq!(
            now,
            [("a.rs".to_owned(), Some(base.replace("twelve", "tWELVe")))]
        );
    }
}

#[test]
fn patches_with_and_without_numbers() {
    let base = "a\nb\nc\nd\ne\nf\ng\nh\n";
    let by_words = Change::Patch("@@ fn x\n a\n-b\n+B\n c\n@@\n f\n-g\n+G1\n+G2\n h\n".into());
    let change = Making::new()
        .read("a.rs", base)
        .edit("a.rs", by_words.clone())
        .one();
    assert_eq!(text(&change.after), Some("a\nB\nc\nd\ne\nf\nG1\nG2\nh\n"));
    // The same lines stand twice: the numbers say which are meant.
    let twice = "x\ny\nx\ny\n";
    let numbered = Change::Patch("--- a\n+++ b\n@@ -3,2 +3,2 @@\n x\n-y\n+z\n".into());
    let change = Making::new()
        .read("a.rs", twice)
        .edit("a.rs", numbered)
        .one();
    assert_eq!(text(&change.after), Some("x\ny\nx\nz\n"));
    let unsaid = Change::Patch("@@\n x\n-y\n+z\n".into());
    let change = Making::new().read("a.rs", twice).edit("a.rs", unsaid).one();
    assert_eq!((change.unjoined, text(&change.after)), (1, Some(twice)));
    // Of a file that was never seen the context is enough for a patch.
    let making = Making::new().edit("a.rs", by_words);
    let patch = making.patch();
    assert!(making.one().applies());
    if has_git() {
        let now = git_apply(&patch, &[("a.rs", base)]).unwrap();
        assert_eq!(now[0].1.as_deref(), Some("a\nB\nc\nd\ne\nf\nG1\nG2\nh\n"));
    }
}

/// What somebody else changed between is shown, and said.
#[test]
fn changes_from_outside_are_named() {
    let change = Making::new()
        .read("a.rs", "a\nb\n")
        .edit("a.rs", replace("b", "c"))
        .read("a.rs", "a\nc;\n")
        .edit("a.rs", replace("c;", "d;"))
        .one();
    assert_eq!(
        (text(&change.before), text(&change.after)),
        (Some("a\nb\n"), Some("a\nd;\n"))
    );
    assert_eq!(change.outside, 1);
    assert!(
        change
            .note()
            .unwrap()
            .starts_with("changed 1 time by something else")
    );
}

/// G13: a flag where the file has moved on since.
#[test]
fn the_file_may_have_moved_on() {
    let known = Making::new()
        .read("a.rs", "a\nb\n")
        .edit("a.rs", replace("b", "c"))
        .one();
    let unknown = Making::new().edit("a.rs", replace("b", "c")).one();
    let gone = Making::new()
        .read("a.rs", "a\n")
        .edit("a.rs", Change::Delete)
        .one();
    let now = |text: &str| Disk::Text(text.to_owned());
    for (change, disk, want) in [
        (&known, now("a\nc\n"), Standing::Unchanged),
        (&known, now("a\nc"), Standing::Unchanged),
        (&known, now("a\nd\n"), Standing::MovedOn),
        (&known, Disk::Gone, Standing::Gone),
        (&known, Disk::Unread, Standing::Unknown),
        (&unknown, now("x\nc\n"), Standing::Unknown),
        (&unknown, now("x\n"), Standing::MovedOn),
        (&gone, Disk::Gone, Standing::Unchanged),
        (&gone, now("a\n"), Standing::MovedOn),
    ] {
        assert_eq!(standing(change, &disk), want, "{disk:?}");
    }
}

/// A patch of several files, one of them new and one deleted, with names that need care.
#[test]
fn git_takes_the_patch() {
    let new = edit(
        "",
        "create",
        "{}",
        vec![("new dir/b c.txt", Change::Write("one\n".into()))],
    );
    let empty = edit(
        "",
        "create",
        "{}",
        vec![("empty", Change::Write(Raw::default()))],
    );
    let making = Making::new()
        .read("src/a.rs", "a\nb\nc")
        .edit("src/a.rs", replace("c", "d"))
        .with(new, "", Some(true))
        .with(empty, "", Some(true))
        .read("old \"x\".txt", "gone\n")
        .edit("old \"x\".txt", Change::Delete)
        .edit("/elsewhere/z", replace("a", "b"));
    let patch = making.patch();
    assert!(
        patch.starts_with("# left out: /elsewhere/z: it lies outside"),
        "{patch}"
    );
    if has_git() {
        let files = [("src/a.rs", "a\nb\nc"), ("old \"x\".txt", "gone\n")];
        let now = git_apply(&patch, &files).unwrap();
        let now: Vec<_> = now
            .iter()
            .map(|(n, t)| (n.as_str(), t.as_deref()))
            .collect();
        assert_eq!(
            now,
            [
                ("src/a.rs", Some("a\nb\nd")),
                ("new dir/b c.txt", Some("one\n")),
                ("empty", Some("")),
            ]
        );
    }
}
