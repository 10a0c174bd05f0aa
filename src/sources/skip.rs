//! Lines that who wants sums only need not read.

use memchr::memmem::Finder;

/// So many first bytes of a line tell its kind.
const START: usize = 640;

/// Lines that are of no use to who asks, known by how they begin: their agent writes the fields of a record in one order
/// and without space. In quotes that are not escaped, what is looked for cannot be a part of some text.
pub struct Skip {
    /// This stands in the first bytes …
    pub mark: &'static str,
    /// … not behind this …
    pub behind: Option<&'static str>,
    /// … and behind it first one of these …
    pub then: &'static [&'static str],
    /// … and this nowhere.
    pub unless: Option<&'static str>,
}

/// A [`Skip`], ready to be looked for.
pub struct LeftOut {
    mark: Finder<'static>,
    behind: Option<Finder<'static>>,
    then: &'static [&'static str],
    unless: Option<Finder<'static>>,
}

impl LeftOut {
    pub fn of(skip: &'static Skip) -> LeftOut {
        LeftOut {
            mark: Finder::new(skip.mark),
            behind: skip.behind.map(Finder::new),
            then: skip.then,
            unless: skip.unless.map(Finder::new),
        }
    }

    /// Whether a line is of that kind.
    pub fn fits(&self, line: &[u8]) -> bool {
        let start = line.get(..START).unwrap_or(line);
        let Some(at) = self.mark.find(start) else {
            return false;
        };
        let before = start.get(..at).unwrap_or_default();
        if self
            .behind
            .as_ref()
            .is_some_and(|b| b.find(before).is_some())
        {
            return false;
        }
        let behind = line
            .get(at + self.mark.needle().len()..)
            .unwrap_or_default();
        let is_unless = || self.unless.as_ref().is_some_and(|u| u.find(line).is_some());
        self.then
            .iter()
            .any(|then| behind.starts_with(then.as_bytes()))
            && !is_unless()
    }
}
