//! A change as a patch: lines with signs under headings, and files that `git apply` reads.

use std::fmt::Write as _;

use super::lines::compare;

/// Unchanged lines around a change.
const CONTEXT: usize = 3;

/// The difference of two texts as sections with headings. `line` is the number of the first line of both.
pub fn sections(old: &str, new: &str, line: usize) -> String {
    let lines = compare(old, new);
    let is_change = |(sign, _): &(char, &str)| *sign != ' ';
    let mut out = String::new();
    let mut at = 0;
    // Numbers of lines in the old and in the new text that stand before `at`.
    let mut passed = (0, 0);
    while let Some(next) = lines.iter().skip(at).position(is_change) {
        let start = (at + next).saturating_sub(CONTEXT).max(at);
        // A section ends where so many lines are unchanged that the next one has its own.
        let mut end = at + next;
        let mut quiet = 0;
        for (i, line) in lines.iter().enumerate().skip(at + next) {
            quiet = if is_change(line) { 0 } else { quiet + 1 };
            if quiet > 2 * CONTEXT {
                break;
            }
            if quiet == 0 {
                end = i + 1;
            }
        }
        let end = (end + CONTEXT).min(lines.len());
        let skipped = lines.get(at..start).unwrap_or_default();
        passed.0 += skipped.len();
        passed.1 += skipped.len();
        let section = lines.get(start..end).unwrap_or_default();
        let count = |not: char| section.iter().filter(|(sign, _)| *sign != not).count();
        let (left, right) = (count('+'), count('-'));
        let from = |passed: usize, count: usize| line + passed - usize::from(count == 0);
        let (a, b) = (from(passed.0, left), from(passed.1, right));
        // Writing to a string cannot fail.
        let _ = writeln!(out, "@@ -{a},{left} +{b},{right} @@");
        for (sign, text) in section {
            out.push(*sign);
            out.push_str(text);
            if !text.ends_with('\n') {
                out.push_str("\n\\ No newline at end of file\n");
            }
        }
        passed.0 += left;
        passed.1 += right;
        at = end;
    }
    out
}

/// What a file was and is, for the lines above its sections.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fate {
    New,
    Changed,
    Deleted,
}

/// The lines above the sections of a file, by its path from where the patch is applied.
pub fn head(path: &str, fate: Fate, has_lines: bool) -> String {
    let (a, b) = (named("a/", path), named("b/", path));
    let mut out = format!("diff --git {a} {b}\n");
    out.push_str(match fate {
        Fate::New => "new file mode 100644\n",
        Fate::Changed => "",
        Fate::Deleted => "deleted file mode 100644\n",
    });
    if has_lines {
        // A name with blanks ends at a tab.
        let end = if path.contains(' ') { "\t" } else { "" };
        let left = if fate == Fate::New {
            "/dev/null".into()
        } else {
            format!("{a}{end}")
        };
        let right = if fate == Fate::Deleted {
            "/dev/null".into()
        } else {
            format!("{b}{end}")
        };
        let _ = writeln!(out, "--- {left}\n+++ {right}");
    }
    out
}

/// A path as git writes it: in quotes where something in it would end it.
fn named(side: &str, path: &str) -> String {
    let is_plain = |c: char| !c.is_control() && c != '"' && c != '\\';
    if path.chars().all(is_plain) {
        return format!("{side}{path}");
    }
    let mut out = format!("\"{side}");
    for c in path.chars() {
        match c {
            '"' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => {
                let mut bytes = [0; 4];
                for byte in c.encode_utf8(&mut bytes).bytes() {
                    let _ = write!(out, "\\{byte:03o}");
                }
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
