//! What was promised is proved: every row of the list of promises that belongs here is cited by a test.

use std::collections::BTreeSet;
use std::path::Path;

use super::shared;

/// Rows that were promised for the list, the reader and everything that can be done from them.
fn promised() -> BTreeSet<String> {
    let text = std::fs::read_to_string(shared().join("FEATURES.md")).unwrap();
    let cells = text.lines().filter_map(|line| line.strip_prefix("| "));
    let ids = cells.filter_map(|line| line.split(' ').next());
    let ours = ids.filter(|id| id.starts_with("S2-") || id.starts_with("S4-"));
    ours.map(str::to_owned).collect()
}

/// Every id that stands in the comment above a test, ranges such as `S2-05 to S2-11` with all that lies between.
fn cited(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            cited(&path, found);
        } else if path.extension().is_some_and(|ext| ext == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            let mut comment = String::new();
            for line in text.lines().map(str::trim) {
                if let Some(said) = line.strip_prefix("///") {
                    comment.push_str(said);
                } else if line == "#[test]" {
                    read(&comment, found);
                } else if !line.starts_with("#[") {
                    comment.clear();
                }
            }
        }
    }
}

fn read(comment: &str, found: &mut BTreeSet<String>) {
    let number = |word: &str| -> Option<(String, u32)> {
        let word = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
        let (list, number) = word.split_once('-')?;
        Some((list.to_owned(), number.parse().ok()?))
    };
    let words: Vec<&str> = comment.split_whitespace().collect();
    for (at, word) in words.iter().enumerate() {
        let Some((list, from)) = number(word) else {
            continue;
        };
        let to = match words.get(at + 1) {
            Some(&"to") => words.get(at + 2).and_then(|word| number(word)),
            _ => None,
        };
        let to = to
            .filter(|(other, _)| *other == list)
            .map_or(from, |(_, to)| to);
        found.extend((from..=to).map(|n| format!("{list}-{n:02}")));
    }
}

#[test]
fn every_promise_is_cited_by_a_test() {
    let promised = promised();
    assert_eq!(promised.len(), 63, "{promised:?}");
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = BTreeSet::new();
    cited(&root.join("src"), &mut found);
    cited(&root.join("tests"), &mut found);
    let missing: Vec<&String> = promised.difference(&found).collect();
    assert!(missing.is_empty(), "no test cites {missing:?}");
}
