//! An edit as lines with `+` and `-`, for formats that show it as text.

use similar::TextDiff;

use crate::model::{Change, Edit};
use crate::redact::{Outlet, Redacted};

/// Texts whose numbers of lines multiplied are more than this stand as taken away and added.
const COMPARED: usize = 4_000_000;
/// Unchanged lines around a change.
const CONTEXT: usize = 3;

/// A change to one file, looked through.
pub struct Changed {
    /// Absent where the log does not say.
    pub path: Option<Redacted>,
    pub text: String,
    /// Whether the text is of lines with signs; else it is the whole file or a word about it.
    pub is_diff: bool,
}

pub fn changed(edit: &Edit, outlet: &mut Outlet<'_>) -> Changed {
    let path = edit.path.as_ref().map(|path| outlet.raw(path));
    let (text, is_diff) = match &edit.change {
        Change::Replace { old, new } => {
            let (old, new) = (outlet.raw(old), outlet.raw(new));
            (replaced(old.as_str(), new.as_str()), true)
        }
        Change::Patch(patch) => (outlet.raw(patch).as_str().to_owned(), true),
        Change::Write(text) => (outlet.raw(text).as_str().to_owned(), false),
        Change::Delete => ("(deleted)".to_owned(), false),
    };
    Changed {
        path,
        text,
        is_diff,
    }
}

fn replaced(old: &str, new: &str) -> String {
    let lines = |text: &str| text.lines().count();
    if lines(old).saturating_mul(lines(new)) > COMPARED {
        let minus = old.lines().map(|line| format!("-{line}"));
        let plus = new.lines().map(|line| format!("+{line}"));
        return minus.chain(plus).collect::<Vec<_>>().join("\n");
    }
    let [old, new] = Change::whole_lines(old, new);
    let diff = TextDiff::from_lines(&*old, &*new);
    let hunks = diff.unified_diff().context_radius(CONTEXT).to_string();
    let lines = hunks.lines();
    // Where in the file it stands is not known, so a single heading says nothing.
    let is_heading = |line: &&str| line.starts_with("@@ ");
    if hunks.lines().filter(is_heading).count() > 1 {
        lines.collect::<Vec<_>>().join("\n")
    } else {
        lines
            .filter(|line| !is_heading(line))
            .collect::<Vec<_>>()
            .join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::redact::{Scanner, Secrets};

    fn text(old: &str, new: &str) -> String {
        let scanner = Scanner::new();
        let mut outlet = Outlet::new(&scanner, Secrets::Keep);
        let change = Change::Replace {
            old: old.into(),
            new: new.into(),
        };
        changed(&Edit { path: None, change }, &mut outlet).text
    }

    #[test]
    fn an_edit_is_its_changed_lines_with_what_stands_around() {
        assert_eq!(text("a\nb\nc", "a\nB\nc"), " a\n-b\n+B\n c");
        assert_eq!(text("", "new\n"), "+new");
        assert_eq!(text("same", "same"), "");
        let far: Vec<String> = (0..20).map(|n| n.to_string()).collect();
        let old = far.join("\n");
        let new = old.replacen('0', "zero", 1).replace("19", "last");
        assert_eq!(text(&old, &new).matches("@@ ").count(), 2);
    }
}
