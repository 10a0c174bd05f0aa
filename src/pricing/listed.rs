//! Tables of prices made ready to be asked. There are thousands of lines, so this is done for the first question.

use std::sync::Arc;

use foldhash::{HashMap, HashMapExt};
use jiff::civil::Date;

use super::rules::Rules;
use super::table::{Origin, Table};
use super::yours::Yours;

/// All tables, and what is found in them quickly.
pub struct Listed {
    /// By origin as in [`Origin::TABLES`], within each the oldest first.
    pub tables: Vec<Arc<Table>>,
    /// Lines of the catalogues by bare name: table, line.
    pub sold: HashMap<String, Vec<(usize, usize)>>,
    /// Days on which any price may change.
    pub days: Vec<Date>,
}

impl Listed {
    pub fn of(yours: &Yours, mut tables: Vec<Arc<Table>>) -> Listed {
        tables.sort_by_key(|table| (table.origin, table.date));
        let mut sold: HashMap<String, Vec<(usize, usize)>> = HashMap::new();
        let mut days: Vec<Date> = Rules::known().days().chain(yours.days()).collect();
        for (t, table) in tables.iter().enumerate() {
            if table.origin == Origin::Catalogue {
                for (n, entry) in table.entries().iter().enumerate() {
                    let bare = Rules::known().bare(&entry.key);
                    sold.entry(bare).or_default().push((t, n));
                }
            }
            let dated = table.entries().iter();
            days.extend(dated.flat_map(|e| [e.price.from, e.price.until]).flatten());
            // Behind its day a table gives way to a younger one.
            days.extend(table.date.tomorrow());
        }
        days.sort();
        days.dedup();
        Listed { tables, sold, days }
    }
}
