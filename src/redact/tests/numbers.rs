//! How much is found where nothing is, and how long it takes where much is.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::{example, redact};
use crate::redact::{Outlet, Scanner, Secrets};
use crate::text::Clean;

/// X5: at most one redaction a MiB of ordinary source code: ours.
#[test]
fn source_code_holds_no_secrets() {
    let (mut bytes, mut hits) = (0, Vec::new());
    let scanner = Scanner::new();
    let mut todo = vec!["src", "tests", "assets", "README.md", "Cargo.lock"]
        .into_iter()
        .map(Into::into)
        .collect::<Vec<PathBuf>>();
    while let Some(path) = todo.pop() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
        if path.is_dir() {
            todo.extend(
                std::fs::read_dir(&path)
                    .unwrap()
                    .map(|entry| entry.unwrap().path()),
            );
        } else if let Ok(text) = std::fs::read_to_string(&path) {
            let text = Clean::of(&text);
            bytes += text.as_str().len();
            let found = scanner.scan(&text).into_iter();
            hits.extend(found.map(|hit| {
                format!(
                    "{}: {} {}",
                    path.display(),
                    hit.rule,
                    &text.as_str()[hit.range]
                )
            }));
        }
    }
    assert!(
        hits.len() <= bytes / (1 << 20),
        "{bytes} bytes: {}",
        hits.join("\n")
    );
}

/// X5: 10,000 tokens in one message are quick. The bench holds the number; this, that no text makes it slow.
#[test]
fn texts_made_to_be_slow_are_not() {
    let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let mut state = 7u64;
    let mut letter = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        char::from(letters[(state >> 33) as usize % letters.len()])
    };
    let mut many = String::new();
    for _ in 0..10_000 {
        many.push_str("gh");
        many.push_str("p_");
        many.extend((0..36).map(|_| letter()));
        many.push(' ');
    }
    let scanner = Scanner::new();
    let start = Instant::now();
    let mut outlet = Outlet::new(&scanner, Secrets::Replace);
    outlet.text(&many);
    assert_eq!(outlet.found().total(), 10_000);
    for piece in [
        "-eyJ",
        "secret=",
        "token:token",
        &example("-----BEGIN RSA PRIVATE ~KEY-----\nQx7tVb92LmWzKp4Rd8"),
        "://a:",
        "[redacted:",
        "bearer ",
        "curl ",
    ] {
        redact(&piece.repeat(100_000 / piece.len()));
    }
    // Generous for a busy machine and a build without optimisation: what is quadratic takes minutes.
    assert!(
        start.elapsed() < Duration::from_secs(60),
        "{:?}",
        start.elapsed()
    );
}
