//! A folder is made again without harm to what stands in it.

use std::os::unix::fs::PermissionsExt;

use super::*;
use crate::export::tests::row;
use crate::model::{SessionId, SourceId};
use crate::redact::{Scanner, Secrets};

fn put(folder: &mut Folder, row: &Row, bytes: &[u8]) -> (String, State) {
    let scanner = Scanner::new();
    let listed = Listed::new(row, &mut Outlet::new(&scanner, Secrets::Keep));
    let name = folder.name(&row.session, Format::Markdown);
    let state = folder.put(&name, bytes, &row.session, listed).unwrap();
    (name, state)
}

/// X4 and G23: unchanged is left, ours is replaced, what somebody touched or made stays.
#[test]
fn only_what_we_wrote_is_replaced() {
    let dir = tempfile::tempdir().unwrap();
    let place = dir.path().join("new/folder");
    let row = row("a1b2c3", "A | title");
    let mut folder = Folder::open(&place).unwrap();
    let (name, state) = put(&mut folder, &row, b"one");
    assert_eq!(
        (name.as_str(), state),
        ("backscroll-2026-03-14-a1b2c3.md", State::Written)
    );
    assert_eq!(
        folder.close(Format::Markdown).unwrap(),
        ("index.md".to_owned(), State::Written)
    );
    let path = place.join(&name);
    assert_eq!(
        fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o600
    );

    let mut folder = Folder::open(&place).unwrap();
    assert_eq!(put(&mut folder, &row, b"one").1, State::Unchanged);
    assert_eq!(put(&mut folder, &row, b"two").1, State::Replaced);
    assert_eq!(folder.close(Format::Markdown).unwrap().1, State::Unchanged);
    assert_eq!(fs::read(&path).unwrap(), b"two");

    fs::write(&path, "edited").unwrap();
    let mut folder = Folder::open(&place).unwrap();
    assert_eq!(put(&mut folder, &row, b"three").1, State::Left);
    assert_eq!(fs::read(&path).unwrap(), b"edited");
    assert_eq!(folder.close(Format::Markdown).unwrap().1, State::Unchanged);
    assert!(fs::read_dir(&place).unwrap().all(|file| {
        let name = file.unwrap().file_name().into_string().unwrap();
        name == "index.md" || name == MEMORY || name.ends_with("a1b2c3.md")
    }));
}

#[test]
fn a_link_is_never_followed() {
    let dir = tempfile::tempdir().unwrap();
    let outside = dir.path().join("outside");
    fs::write(&outside, "theirs").unwrap();
    let place = dir.path().join("folder");
    let mut folder = Folder::open(&place).unwrap();
    let row = row("a1b2c3", "t");
    let name = folder.name(&row.session, Format::Markdown);
    std::os::unix::fs::symlink(&outside, place.join(&name)).unwrap();
    assert_eq!(put(&mut folder, &row, b"one").1, State::Left);
    assert_eq!(fs::read(&outside).unwrap(), b"theirs");
}

#[test]
fn sessions_with_one_short_name_get_two_files_and_keep_them() {
    let dir = tempfile::tempdir().unwrap();
    let mut other = row("a1b2c3", "other");
    // A short id is not always unique: the name is taken by one of them.
    let id = SessionId::new(SourceId("nobody"), "a1b2c3");
    std::sync::Arc::make_mut(&mut other.session).id = id;
    let row = row("a1b2c3", "t");
    let mut names = Vec::new();
    for order in [[&row, &other], [&other, &row]] {
        let mut folder = Folder::open(dir.path()).unwrap();
        let mut two = order.map(|row| put(&mut folder, row, row.id().to_string().as_bytes()).0);
        two.sort();
        names.push(two);
        folder.close(Format::Markdown).unwrap();
    }
    assert_ne!(names[0][0], names[0][1]);
    assert_eq!(names[0], names[1]);
}

#[test]
fn a_damaged_memory_is_made_again() {
    let dir = tempfile::tempdir().unwrap();
    let row = row("a1b2c3", "t");
    let mut folder = Folder::open(dir.path()).unwrap();
    put(&mut folder, &row, b"one");
    folder.close(Format::Markdown).unwrap();
    for damage in ["", "{", "[]", "{\"schemaVersion\":99,\"files\":{}}", "null"] {
        fs::write(dir.path().join(MEMORY), damage).unwrap();
        let mut folder = Folder::open(dir.path()).unwrap();
        assert_eq!(
            put(&mut folder, &row, b"one").1,
            State::Unchanged,
            "{damage}"
        );
        folder.close(Format::Markdown).unwrap();
    }
}

#[test]
fn an_index_is_a_table_that_parses() {
    let scanner = Scanner::new();
    let mut listed = Listed::new(
        &row("a1b2c3", "A | [b](c) <d>"),
        &mut Outlet::new(&scanner, Secrets::Keep),
    );
    listed.file = "x.md".to_owned();
    let text = markdown(&[listed]);
    let options = pulldown_cmark::Options::ENABLE_TABLES;
    let (mut cells, mut links) = (0, Vec::new());
    for event in pulldown_cmark::Parser::new_ext(&text, options) {
        match event {
            pulldown_cmark::Event::Start(pulldown_cmark::Tag::TableCell) => cells += 1,
            pulldown_cmark::Event::Start(pulldown_cmark::Tag::Link { dest_url, .. }) => {
                links.push(dest_url.to_string())
            }
            pulldown_cmark::Event::InlineHtml(_) | pulldown_cmark::Event::Html(_) => {
                panic!("{text}")
            }
            _ => {}
        }
    }
    assert_eq!(
        (cells, links),
        (2 * Listed::COLUMNS.len(), vec!["x.md".to_owned()])
    );
}
