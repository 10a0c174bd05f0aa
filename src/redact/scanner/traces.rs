//! Traces of a person and a machine, which are looked for only when that is asked for: their names are not in any table.

use std::path::Path;
use std::sync::Arc;

use super::{Finder, Given, Rule, Scanner};

/// Names of users that stand for nobody.
const NOBODY: [&str; 6] = ["root", "user", "admin", "runner", "ubuntu", "home"];

impl Scanner {
    /// Looks for traces of a person and a machine too: the home folder's path, names of host and user, addresses, and
    /// whatever looks drawn by chance.
    pub fn anonymizing(self, home: &Path, host: Option<&str>, user: Option<&str>) -> Scanner {
        self.knowing(home, host, user, |_| true)
    }

    /// The same without what only looks drawn by chance, for pages on which ids and hashes are to be read.
    pub fn naming(self, home: &Path, host: Option<&str>, user: Option<&str>) -> Scanner {
        self.knowing(home, host, user, |rule| rule.entropy.is_none())
    }

    /// Looks for traces too, and of the rules without a keyword for those that are asked for.
    fn knowing(
        self,
        home: &Path,
        host: Option<&str>,
        user: Option<&str>,
        sweeps: fn(&Rule) -> bool,
    ) -> Scanner {
        let mut given = Vec::new();
        let home = home.to_string_lossy();
        let home = home.trim_end_matches(['/', '\\']);
        if home.len() > 1 {
            given.push((Given::Home, home.to_owned()));
            // Agents name folders by paths with all but letters and digits replaced, and JSON doubles a backslash.
            let slug = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
            given.push((Given::Home, home.chars().map(slug).collect()));
            if home.contains('\\') {
                given.push((Given::Home, home.replace('\\', "\\\\")));
            }
        }
        let told = |name: &&str| name.len() > 2 && !NOBODY.contains(name);
        if let Some(host) = host.filter(|name| told(name) && *name != "localhost") {
            given.push((Given::Host, host.to_owned()));
        }
        if let Some(user) = user.filter(told) {
            given.push((Given::User, user.to_owned()));
        }
        let mut finder = Finder::new(3, &given);
        finder.sweeping.retain(|rule| sweeps(rule));
        Scanner {
            finder: Arc::new(finder),
            ..self
        }
    }
}
