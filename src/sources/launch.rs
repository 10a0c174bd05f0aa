//! What to run: a program, its arguments and a directory. Never a line for a shell, but it can be written as one.

use std::path::{Path, PathBuf};

use crate::text::Clean;

/// A program to run: an argument list, never a shell line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Launch {
    /// Its name, to be found on PATH, or a whole path.
    pub program: String,
    pub args: Vec<String>,
    /// Where it must start; absent where no log says.
    pub dir: Option<PathBuf>,
}

/// Parts of options by which agents are told to ask for no permission, in any agent's words.
const UNASKED: &[&str] = &[
    "dangerous",
    "danger-full-access",
    "skip-permission",
    "bypass",
    "yolo",
    "allow-all",
    "trust-all",
    "full-auto",
    "auto-approve",
    "yes-always",
    "--force",
    "unsafe",
    "approval-policy=never",
    "ask-for-approval=never",
];

impl Launch {
    pub fn new<A: Into<String>>(
        program: &str,
        args: impl IntoIterator<Item = A>,
        dir: Option<&Path>,
    ) -> Launch {
        Launch {
            program: program.to_owned(),
            args: args.into_iter().map(Into::into).collect(),
            dir: dir.map(Path::to_path_buf),
        }
    }

    /// A program without arguments.
    pub fn in_dir(program: &str, dir: &Path) -> Launch {
        Launch::new(program, std::iter::empty::<String>(), Some(dir))
    }

    /// The command as a person would type it, every word quoted that needs it. Absent where it holds what cannot be shown
    /// or typed as it is, such as a control character: what is copied must be what is seen.
    pub fn line(&self) -> Option<String> {
        let mut words = vec![first(&self.program)];
        words.extend(self.args.iter().map(|word| quoted(word)));
        let command = words.join(" ");
        let line = match &self.dir {
            Some(dir) => format!("cd {} && {command}", quoted(dir.to_str()?)),
            None => command,
        };
        (Clean::line(&line).as_str() == line).then_some(line)
    }

    /// Whether it lets the agent do what it likes without asking.
    pub fn is_dangerous(&self) -> bool {
        let unasked = |word: &String| {
            let word = word.to_ascii_lowercase();
            UNASKED.iter().any(|part| word.contains(part))
        };
        // Only the user's own settings give such words, as options; what stands without a dash is an id or a name.
        let is_option = |word: &&String| word.starts_with('-');
        let pairs = self.args.windows(2).filter_map(|pair| match pair {
            [option, value] if option.starts_with('-') && !value.starts_with('-') => {
                Some(format!("{option}={value}"))
            }
            _ => None,
        });
        self.args.iter().filter(is_option).any(unasked) || pairs.into_iter().any(|p| unasked(&p))
    }
}

/// A word that a shell reads as one word and nothing more.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-:@%+=,".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

/// The same where a shell looks for a program: `a=b` would set a variable there.
fn first(word: &str) -> String {
    match quoted(word) {
        bare if bare.contains('=') && !bare.starts_with('\'') => format!("'{bare}'"),
        word => word,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn launch(program: &str, args: &[&str]) -> Launch {
        Launch::new(program, args.iter().copied(), None)
    }

    #[test]
    fn only_words_that_need_it_are_quoted() {
        let line = |l: &Launch| l.line().unwrap();
        let plain = launch("agent", &["--resume=5b1e-9c", "a b", "it's", ""]);
        assert_eq!(line(&plain), "agent --resume=5b1e-9c 'a b' 'it'\\''s' ''");
        let there = Launch {
            dir: Some("/w/odd ; $(x)".into()),
            ..launch("a=b", &["~", "$x", "*"])
        };
        assert_eq!(line(&there), "cd '/w/odd ; $(x)' && 'a=b' '~' '$x' '*'");
    }

    /// C2: what would not arrive as it was is not given.
    #[test]
    fn what_cannot_be_shown_is_no_line() {
        for bad in ["a\nb", "a\x1b[2J", "a\tb", "x\u{202e}y", "\u{7f}", "a\0b"] {
            assert_eq!(launch("agent", &[bad]).line(), None, "{bad:?}");
            let there = Launch {
                dir: Some(format!("/w/{bad}").into()),
                ..launch("agent", &[])
            };
            assert_eq!(there.line(), None, "{bad:?}");
        }
        use std::os::unix::ffi::OsStrExt as _;
        let odd = std::ffi::OsStr::from_bytes(b"/w/\xff");
        let there = Launch {
            dir: Some(odd.into()),
            ..launch("agent", &[])
        };
        assert_eq!(there.line(), None);
    }

    #[test]
    fn options_that_skip_permissions_are_known() {
        for bad in [
            &["--dangerously-skip-permissions"][..],
            &["--permission-mode", "bypassPermissions"],
            &["--permission-mode=bypassPermissions"],
            &["-c=sandbox_mode=danger-full-access"],
            &["--sandbox", "danger-full-access", "resume", "x"],
            &["--ask-for-approval", "never"],
            &["--approval-mode=yolo"],
            &["--yolo"],
            &["--allow-all-tools"],
            &["--skip-permissions-unsafe"],
            &["--yes-always"],
        ] {
            assert!(launch("agent", bad).is_dangerous(), "{bad:?}");
        }
        for good in [&["--resume", "yolo-1"][..1], &["resume", "bypass"], &[]] {
            assert!(!launch("agent", good).is_dangerous(), "{good:?}");
        }
    }

    proptest! {
        /// C2: a shell reads exactly the words back.
        #[test]
        fn a_line_is_read_back(
            program in "[a-z=~$ '\"]{1,8}",
            args in prop::collection::vec("[ -~äß…]{0,12}", 0..4),
            dir in prop::option::of("/[ -~]{0,12}"),
        ) {
            let launch = Launch {
                program: program.clone(),
                args: args.clone(),
                dir: dir.clone().map(PathBuf::from),
            };
            if let Some(line) = launch.line() {
                let mut want: Vec<String> = Vec::new();
                want.extend(dir.into_iter().flat_map(|d| ["cd".into(), d, "&&".into()]));
                want.push(program);
                want.extend(args);
                prop_assert_eq!(shell_words::split(&line).unwrap(), want);
            }
        }
    }
}
