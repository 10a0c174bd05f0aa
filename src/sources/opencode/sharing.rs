//! `"share"` in a project's `opencode.json` or `opencode.jsonc`: `manual`, `auto` or `disabled`. The agent looks in the
//! directory it works in and in those above, up to the top of the repository, and in `.opencode` folders there; of two files
//! the nearer wins. Here the strictest wins, so that nothing leaves that somebody meant to keep.

use std::io::{ErrorKind, Read as _};
use std::path::Path;

use crate::env::Env;
use crate::sources::json::{self, Parsed};
use crate::sources::sharing::{Policy, Sharing};

/// A larger file is none of these.
const LARGEST: u64 = 1 << 20;
/// A project has no more directories above one another.
const DEPTH: usize = 64;
const NAMES: [&str; 4] = [
    "opencode.jsonc",
    "opencode.json",
    ".opencode/opencode.jsonc",
    ".opencode/opencode.json",
];

/// The strictest that a file of the project says.
pub(super) fn sharing(env: &Env, dir: &Path) -> Option<Policy> {
    let mut strictest: Option<Policy> = None;
    for above in dir.ancestors().take(DEPTH) {
        for name in NAMES {
            let path = above.join(name);
            if let Some(sharing) = said_in(env, &path)
                && strictest
                    .as_ref()
                    .is_none_or(|known| known.sharing < sharing)
            {
                strictest = Some(Policy { sharing, path });
            }
        }
        if above.join(".git").exists() {
            break;
        }
    }
    strictest
}

fn said_in(env: &Env, path: &Path) -> Option<Sharing> {
    let file = match env.files.open(path) {
        Ok(file) => file,
        Err(error) if is_missing(error.kind()) => return None,
        Err(_) => return Some(Sharing::Unknown),
    };
    let mut bytes = Vec::new();
    let read = file.take(LARGEST + 1).read_to_end(&mut bytes);
    if read.is_err() || bytes.len() as u64 > LARGEST {
        return Some(Sharing::Unknown);
    }
    let plain = without_comments(&bytes);
    let mut store = json::Store::default();

    match json::record(&plain, &mut store) {
        Parsed::Object(all) | Parsed::Repaired(all) => {
            // Its older name for the same.
            let auto = all.bool("autoshare");
            match all.text("share").as_deref() {
                Some("disabled") => Some(Sharing::Disabled),
                Some("auto") => Some(Sharing::Auto),
                Some("manual") => Some(Sharing::Manual),
                Some(_) => Some(Sharing::Unknown),
                None => auto.filter(|auto| *auto).map(|_| Sharing::Auto),
            }
        }
        Parsed::Blank => None,
        Parsed::Malformed => Some(Sharing::Unknown),
    }
}

fn is_missing(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::NotFound | ErrorKind::NotADirectory)
}

/// JSON with comments and commas before a closing bracket, as plain JSON.
fn without_comments(bytes: &[u8]) -> Vec<u8> {
    let mut out: Vec<u8> = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    let mut in_string = false;
    while let [byte, behind @ ..] = rest {
        rest = behind;
        match (in_string, *byte, behind) {
            (true, b'\\', [escaped, after @ ..]) => {
                out.extend([b'\\', *escaped]);
                rest = after;
            }
            (_, b'"', _) => {
                in_string = !in_string;
                out.push(b'"');
            }
            (false, b'/', [b'/', ..]) => {
                let end = behind.iter().position(|b| *b == b'\n');
                rest = behind
                    .get(end.unwrap_or(behind.len())..)
                    .unwrap_or_default();
            }
            (false, b'/', [b'*', after @ ..]) => {
                let end = after.windows(2).position(|pair| pair == b"*/");
                let end = end.map_or(after.len(), |end| end + 2);
                rest = after.get(end..).unwrap_or_default();
                out.push(b' ');
            }
            (false, b'}' | b']', _) => {
                let kept = out.trim_ascii_end();
                if kept.ends_with(b",") {
                    out.truncate(kept.len() - 1);
                }
                out.push(*byte);
            }
            (_, byte, _) => out.push(byte),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Option<Sharing> {
        let dir = tempfile::tempdir().unwrap();
        let env = Env::bare(dir.path(), "2026-01-01T00:00:00Z".parse().unwrap());
        std::fs::create_dir_all(dir.path().join("top/.git")).unwrap();
        std::fs::create_dir_all(dir.path().join("top/a/b")).unwrap();
        std::fs::write(dir.path().join("top/opencode.jsonc"), text).unwrap();
        // Above the repository nothing is the project's.
        std::fs::write(dir.path().join("opencode.json"), "{\"share\":\"disabled\"}").unwrap();
        let found = sharing(&env, &dir.path().join("top/a/b"));
        found.map(|policy| policy.sharing)
    }

    /// S4-08, S4-09, S4-10.
    #[test]
    fn a_projects_file_says_what_may_be_shared() {
        for (text, want) in [
            ("{\"share\":\"disabled\"}", Some(Sharing::Disabled)),
            ("{\"share\":\"manual\"}", Some(Sharing::Manual)),
            ("{\"share\":\"auto\"}", Some(Sharing::Auto)),
            ("{\"autoshare\":true}", Some(Sharing::Auto)),
            ("{\"model\":\"x\"}", None),
            ("", None),
            ("{\"share\":\"some day\"}", Some(Sharing::Unknown)),
            ("{\"share\":", Some(Sharing::Unknown)),
            ("not json", Some(Sharing::Unknown)),
            (
                "{ // why: \"share\": \"auto\"\n /* \"x\" */ \"a\": [1, 2,],\n \"u\": \"http://x\\\"//\", \"share\": \"disabled\",\n}",
                Some(Sharing::Disabled),
            ),
        ] {
            assert_eq!(said(text), want, "{text}");
        }
    }

    #[test]
    fn the_strictest_file_wins() {
        let dir = tempfile::tempdir().unwrap();
        let env = Env::bare(dir.path(), "2026-01-01T00:00:00Z".parse().unwrap());
        let nearer = dir.path().join("a");
        std::fs::create_dir_all(nearer.join(".opencode")).unwrap();
        let put = |path: &str, text: &str| std::fs::write(dir.path().join(path), text).unwrap();
        put("opencode.json", "{\"share\":\"disabled\"}");
        put("a/.opencode/opencode.json", "{\"share\":\"auto\"}");
        let found = sharing(&env, &nearer).unwrap();
        assert_eq!(found.sharing, Sharing::Disabled);
        assert_eq!(found.path, dir.path().join("opencode.json"));
        // A folder of that name says nothing that can be read.
        std::fs::remove_file(dir.path().join("opencode.json")).unwrap();
        std::fs::create_dir(dir.path().join("opencode.json")).unwrap();
        assert_eq!(sharing(&env, &nearer).unwrap().sharing, Sharing::Unknown);
    }
}
