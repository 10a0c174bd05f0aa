//! Paths as logs write them, so that the same file is the same however a call names it.

use std::path::Path;

/// A path without detours, below a directory unless it stands for itself. Nothing is looked up on the disk.
pub fn full(path: &str, dir: Option<&Path>) -> String {
    let path = path.strip_prefix("file://").unwrap_or(path).trim();
    if is_absolute(path) {
        return straight(path);
    }
    match dir {
        Some(dir) => straight(&format!("{}/{path}", dir.to_string_lossy())),
        None => straight(path),
    }
}

fn is_absolute(path: &str) -> bool {
    let mut chars = path.chars();
    let drive = chars.next().is_some_and(|c| c.is_ascii_alphabetic()) && chars.next() == Some(':');
    path.starts_with(['/', '~']) || drive
}

/// Without `.`, `..` and doubled slashes.
fn straight(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            // Above the root is the root.
            ".." if path.starts_with('/') => {}
            _ => parts.push(part),
        }
    }
    let joined = parts.join("/");
    match path.starts_with('/') {
        true => format!("/{joined}"),
        false => joined,
    }
}

/// A full path as it is written below a directory; absent where it does not lie there.
pub fn below<'p>(path: &'p str, dir: Option<&Path>) -> Option<&'p str> {
    let dir = straight(&dir?.to_string_lossy());
    let rest = path.strip_prefix(dir.trim_end_matches('/'))?;
    rest.strip_prefix('/').filter(|rest| !rest.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_file_has_one_name() {
        let dir = Some(Path::new("/home/ada/loom"));
        for path in [
            "src/a.rs",
            "./src/a.rs",
            "src//a.rs",
            "src/../src/a.rs",
            "/home/ada/loom/src/a.rs",
            "/home/ada/loom/./src/a.rs",
            "file:///home/ada/loom/src/a.rs",
        ] {
            assert_eq!(full(path, dir), "/home/ada/loom/src/a.rs", "{path}");
        }
        assert_eq!(full("../rope/b.rs", dir), "/home/ada/rope/b.rs");
        assert_eq!(full("../../../../../b.rs", dir), "/b.rs");
        assert_eq!(full("src/a.rs", None), "src/a.rs");
        assert_eq!(full("../a.rs", None), "../a.rs");
        assert_eq!(full("C:\\x\\a.rs", dir), "C:\\x\\a.rs");
        assert_eq!(below("/home/ada/loom/src/a.rs", dir), Some("src/a.rs"));
        assert_eq!(below("/home/ada/loomery/a.rs", dir), None);
        assert_eq!(below("/home/ada/loom", dir), None);
    }
}
