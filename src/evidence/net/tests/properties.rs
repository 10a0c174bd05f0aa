//! Whatever the edits, and whatever the texts.

use proptest::prelude::*;

use super::*;

/// One way to change a text that is known.
#[derive(Clone, Debug)]
enum Step {
    /// From this character on, so many of them, by this.
    Replace(usize, usize, String),
    /// These lines, with up to so many around them, by these.
    Patch(usize, usize, usize, String),
    Write(String),
}

fn step() -> impl Strategy<Value = Step> {
    let lines = "([a-e]{0,2}\n){0,4}";
    prop_oneof![
        4 => (any::<usize>(), 1usize..8, "[a-e\n]{0,6}").prop_map(|(a, b, c)| Step::Replace(a, b, c)),
        4 => (any::<usize>(), 0usize..3, 0usize..4, lines).prop_map(|(a, b, c, d)| Step::Patch(a, b, c, d)),
        1 => lines.prop_map(Step::Write),
    ]
}

/// Applies a step to the text and tells the edit that did it; absent where a program would refuse it.
fn taken(text: &str, step: &Step) -> Option<(Change, String)> {
    match step {
        Step::Replace(at, len, new) => {
            let at = at % text.len().max(1);
            let old = text.get(at..(at + len).min(text.len()))?;
            (text.matches(old).count() == 1
                && !old.is_empty()
                && text.match_indices(old).count() == 1)
                .then(|| (replace(old, new), text.replacen(old, new, 1)))
        }
        Step::Patch(at, len, around, new) => {
            let lines: Vec<&str> = text.split_inclusive('\n').collect();
            let from = at % (lines.len() + 1);
            let to = (from + len).min(lines.len());
            let (first, last) = (from.saturating_sub(*around), (to + around).min(lines.len()));
            let signed = |sign: char, line: &str| {
                let end = if line.ends_with('\n') {
                    ""
                } else {
                    "\n\\ No newline at end of file\n"
                };
                format!("{sign}{line}{end}")
            };
            // A last line without its line feed is left alone.
            if lines[first..last].iter().any(|line| !line.ends_with('\n')) || first == last {
                return None;
            }
            let mut patch = format!("@@ -{},{} @@\n", first + 1, last - first);
            lines[first..from]
                .iter()
                .for_each(|line| patch += &signed(' ', line));
            lines[from..to]
                .iter()
                .for_each(|line| patch += &signed('-', line));
            new.split_inclusive('\n')
                .for_each(|line| patch += &signed('+', line));
            lines[to..last]
                .iter()
                .for_each(|line| patch += &signed(' ', line));
            let now = [lines[..from].concat(), new.clone(), lines[to..].concat()].concat();
            Some((Change::Patch(patch.into()), now))
        }
        Step::Write(new) => Some((Change::Write(new.as_str().into()), new.clone())),
    }
}

/// Applies sections with numbers to a text, as the simplest of programs would.
fn applied(base: &str, sections: &str) -> String {
    let lines: Vec<&str> = base.split_inclusive('\n').collect();
    let (mut out, mut at) = (String::new(), 0);
    let mut rows = sections.split_inclusive('\n').peekable();
    while let Some(row) = rows.next() {
        if let Some(heading) = row.strip_prefix("@@ -") {
            let (from, count) = heading.split(' ').next().unwrap().split_once(',').unwrap();
            let (from, count): (usize, usize) = (from.parse().unwrap(), count.parse().unwrap());
            let from = if count == 0 { from } else { from - 1 };
            out += &lines[at..from].concat();
            at = from;
            continue;
        }
        let bare = rows.peek().is_some_and(|next| next.starts_with('\\'));
        let body = if bare {
            row[1..].trim_end_matches('\n')
        } else {
            &row[1..]
        };
        match &row[..1] {
            "+" => out += body,
            "\\" => {}
            sign => {
                assert_eq!(lines[at], body);
                at += 1;
                if sign == " " {
                    out += body;
                }
            }
        }
    }
    out + &lines[at..].concat()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// G13: whatever the edits between, the difference is that of the first and the last text.
    #[test]
    fn the_difference_is_that_of_the_ends(base in "([a-e]{0,3}\n){0,12}[a-e]{0,2}", steps in prop::collection::vec(step(), 1..8)) {
        let mut now = base.clone();
        let mut making = Making::new().read("a.rs", &base);
        for step in &steps {
            if let Some((change, next)) = taken(&now, step) {
                making = making.edit("a.rs", change);
                now = next;
            }
        }
        let patch = making.patch();
        for change in making.changes() {
            prop_assert_eq!(text(&change.before), Some(base.as_str()));
            prop_assert_eq!(text(&change.after), Some(now.as_str()));
            prop_assert!(change.applies() && change.unjoined == 0);
            let sections = change.diff().untrusted().to_owned();
            prop_assert_eq!(applied(&base, &sections), now.clone());
            prop_assert_eq!(patch.is_empty(), base == now);
        }
    }

    /// No text breaks it, and what it says applies does.
    #[test]
    fn no_edit_breaks_it(edits in prop::collection::vec(("[a-c]", "[ab\n@+\\- ]{0,12}", "[ab\n@+\\- ]{0,12}", 0u8..5), 0..8)) {
        let mut making = Making::new();
        for (path, old, new, kind) in &edits {
            making = match kind {
                0 => making.edit(path, replace(old, new)),
                1 => making.edit(path, Change::Patch(format!("@@\n{old}\n{new}").into())),
                2 => making.edit(path, Change::Write(new.as_str().into())),
                3 => making.read(path, old),
                _ => making.edit(path, Change::Delete),
            };
        }
        making.patch();
        for change in making.changes() {
            if let (true, Some(before), Some(after)) = (change.applies(), text(&change.before), text(&change.after)) {
                prop_assert_eq!(applied(before, change.diff().untrusted()), after);
            }
        }
    }
}
