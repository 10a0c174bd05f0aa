//! A patch as the texts that it replaces, one for each stretch of lines.

/// Lines as they were and as they become, each with its line feed.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Section {
    pub old: String,
    pub new: String,
    /// The line of the old text that it starts at, where the heading says so.
    pub line: Option<usize>,
}

impl Section {
    fn is_empty(&self) -> bool {
        self.old.is_empty() && self.new.is_empty()
    }
}

/// The sections of a patch of one file, with or without numbers in their headings.
pub fn sections(patch: &str) -> Vec<Section> {
    let has_headings = patch.lines().any(|line| line.starts_with("@@"));
    let mut all: Vec<Section> = Vec::new();
    // Above the first heading a patch says which file it is about.
    let mut open = (!has_headings).then(Section::default);
    let mut last = ' ';
    for line in patch.split_inclusive('\n') {
        let text = line.strip_suffix('\n').unwrap_or(line);
        if text.starts_with("@@") {
            all.extend(open.take());
            open = Some(Section {
                line: line_of(text),
                ..Section::default()
            });
            continue;
        }
        let Some(section) = &mut open else { continue };
        let (sign, rest) = match text.chars().next() {
            Some(sign @ ('+' | '-' | ' ')) => (sign, text.get(1..).unwrap_or_default()),
            None => (' ', ""),
            Some('\\') => {
                let cut = |text: &mut String| {
                    text.pop();
                };
                if last != '+' {
                    cut(&mut section.old);
                }
                if last != '-' {
                    cut(&mut section.new);
                }
                continue;
            }
            // Words of the program between the lines.
            Some(_) => {
                all.extend(open.replace(Section::default()));
                continue;
            }
        };
        last = sign;
        if sign != '+' {
            section.old.push_str(rest);
            section.old.push('\n');
        }
        if sign != '-' {
            section.new.push_str(rest);
            section.new.push('\n');
        }
    }
    all.extend(open);
    all.retain(|section| !section.is_empty());
    all
}

/// `@@ -12,3 +12,4 @@`
fn line_of(heading: &str) -> Option<usize> {
    let rest = heading.strip_prefix("@@ -")?;
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}
