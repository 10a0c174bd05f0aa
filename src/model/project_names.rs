//! What projects are called: two directories of one name gain leading parts of their paths until they can be told apart.

use std::ffi::OsStr;
use std::path::Path;
use std::sync::Arc;

use foldhash::{HashMap, HashMapExt, HashSet};

use super::Row;
use crate::text::Clean;

/// Names have no more parts than this, however much alike their directories are.
const PARTS: usize = 6;

/// The names of those directories whose last part alone does not tell which is meant.
#[derive(Clone, Default, Debug)]
pub struct ProjectNames {
    longer: HashMap<Arc<Path>, Clean>,
}

impl ProjectNames {
    /// Looks at the directories of all rows that there are: a filter renames nothing.
    pub fn of<'r>(rows: impl Iterator<Item = &'r Arc<Row>>) -> ProjectNames {
        ProjectNames::among(rows.filter_map(|row| row.session.dir.as_ref()))
    }

    fn among<'d>(dirs: impl Iterator<Item = &'d Arc<Path>>) -> ProjectNames {
        let dirs: HashSet<&Arc<Path>> = dirs.collect();
        let mut alike: HashMap<&OsStr, Vec<&Arc<Path>>> = HashMap::new();
        for dir in dirs {
            if let Some(name) = dir.file_name() {
                alike.entry(name).or_default().push(dir);
            }
        }
        let mut longer = HashMap::new();
        for dirs in alike.into_values().filter(|dirs| dirs.len() > 1) {
            let mut todo = dirs;
            for parts in 2..=PARTS {
                let mut named: HashMap<String, Vec<&Arc<Path>>> = HashMap::new();
                for dir in todo {
                    named.entry(last(dir, parts)).or_default().push(dir);
                }
                todo = Vec::new();
                for (name, dirs) in named {
                    if dirs.len() > 1 {
                        todo.extend(dirs.iter().copied());
                    }
                    let name = Clean::title(&name);
                    longer.extend(dirs.into_iter().map(|dir| (dir.clone(), name.clone())));
                }
            }
        }
        ProjectNames { longer }
    }

    /// The last part of a session's directory, with those before it that are needed.
    pub fn name(&self, row: &Row) -> Option<Clean> {
        let longer = self.longer.get(row.session.dir.as_ref()?);
        longer.cloned().or_else(|| row.project())
    }
}

/// The last parts of a path.
fn last(dir: &Path, parts: usize) -> String {
    let names = dir.iter().filter(|part| *part != "/");
    let skipped = names.clone().count().saturating_sub(parts);
    let names: Vec<_> = names.skip(skipped).map(OsStr::to_string_lossy).collect();
    names.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// S2-07, UX 6: equal names gain leading parts until they are distinct, and other names stay short.
    #[test]
    fn equal_names_gain_parts() {
        let dirs = [
            "/home/ada/acme/api",
            "/home/ada/beta/api",
            "/home/ada/beta/api",
            "/srv/beta/api",
            "/home/ada/loom",
            "/api",
        ]
        .map(|dir| Arc::from(Path::new(dir)));
        let projects = ProjectNames::among(dirs.iter());
        let names = dirs.each_ref().map(|dir| projects.longer.get(dir));
        let names = names.map(|name| name.map(Clean::as_str));
        let beta = Some("ada/beta/api");
        let srv = Some("srv/beta/api");
        assert_eq!(
            names,
            [Some("acme/api"), beta, beta, srv, None, Some("api")]
        );
    }
}
