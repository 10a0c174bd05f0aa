//! Queries under a number with their order and columns, kept as text that people may edit.

use serde::{Deserialize, Serialize};
use toml_edit::{DocumentMut, Item};

use crate::index::{Direction, Order};

/// Numbers from 1 to this.
pub const SLOTS: u8 = 9;

/// A query with a name, and how its list is sorted.
#[derive(Serialize, Deserialize, Clone, PartialEq, Eq, Debug)]
pub struct View {
    /// The key behind `f`.
    pub slot: u8,
    pub name: String,
    pub query: String,
    /// A sort key with `+` where the smallest stands first, as in `sort:`; absent leaves the order as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sort: Option<String>,
    /// Columns of its list, as in `ui.columns.table`; absent leaves those of the settings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub columns: Option<Vec<String>>,
}

/// What stands in `views.toml` in our config folder.
#[derive(Serialize, Deserialize, Clone, Default, Debug)]
struct File {
    #[serde(default)]
    view: Vec<View>,
}

impl View {
    pub fn new(slot: u8, name: &str, query: &str, order: Order) -> View {
        let sign = match order.direction {
            Direction::Up => "+",
            Direction::Down => "-",
        };
        View {
            slot,
            name: name.to_owned(),
            query: query.to_owned(),
            sort: Some(format!("{}{sign}", order.key.word())),
            columns: None,
        }
    }

    pub fn order(&self) -> Option<Order> {
        let sort = self.sort.as_deref()?;
        let word = sort.trim_end_matches(['+', '-']);
        let up = sort.ends_with('+').then_some(true);
        Order::by_word(word, up.or(sort.ends_with('-').then_some(false)))
    }

    /// As it stands in the file.
    pub fn written(&self) -> Result<String, toml::ser::Error> {
        let view = vec![self.clone()];
        toml::to_string(&File { view })
    }
}

/// All views of a file, by number; of two with one number the later counts. An error is one line.
pub fn read(text: &str) -> Result<Vec<View>, String> {
    let file: File = toml::from_str(text).map_err(|error| {
        let line = error.span().map_or(1, |at| {
            let before = text.get(..at.start).unwrap_or_default();
            before.matches('\n').count() + 1
        });
        let what = error.message().lines().next().unwrap_or("not readable");
        format!("line {line}: {what}")
    })?;
    let mut views: Vec<View> = Vec::new();
    for view in file.view {
        if !(1..=SLOTS).contains(&view.slot) {
            return Err(format!("slot {}: views have the numbers 1 to 9", view.slot));
        }
        views.retain(|known| known.slot != view.slot);
        views.push(view);
    }
    views.sort_by_key(|view| view.slot);
    Ok(views)
}

/// Where a view of this name goes: to its own number, else to the first that is free.
pub fn slot_for(views: &[View], name: &str) -> Option<u8> {
    let own = views.iter().find(|view| view.name == name);
    own.map(|view| view.slot)
        .or_else(|| (1..=SLOTS).find(|slot| views.iter().all(|view| view.slot != *slot)))
}

/// The number of a view that a text is, and nothing else.
pub fn slot_named(text: &str) -> Option<u8> {
    let slot = text.parse().ok().filter(|slot| (1..=SLOTS).contains(slot));
    slot.filter(|_| text.len() == 1)
}

/// The text of a file without the view of this number. Whatever else people wrote there stays. An error is one line.
pub fn without(text: &str, slot: u8) -> Result<String, String> {
    let mut file: DocumentMut = text.parse().map_err(|_| "not readable".to_owned())?;
    let Some(views) = file.get_mut("view").and_then(Item::as_array_of_tables_mut) else {
        return Err("its views are written in another way; take it out by hand".to_owned());
    };
    let mut remarks = String::new();
    let mut at = 0;
    while let Some(table) = views.get_mut(at) {
        let before = table.decor().prefix().and_then(|prefix| prefix.as_str());
        let before = before.unwrap_or_default().to_owned();
        let is_it = table.get("slot").and_then(Item::as_integer) == Some(i64::from(slot));
        if is_it {
            remarks.push_str(if before.contains('#') { &before } else { "" });
            views.remove(at);
        } else {
            // A remark may be about all that follows.
            let before = std::mem::take(&mut remarks) + &before;
            table.decor_mut().set_prefix(before);
            at += 1;
        }
    }
    let after = file.trailing().as_str().unwrap_or_default();
    let after = format!("{remarks}{after}");
    file.set_trailing(after);
    Ok(file.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::SortKey;

    #[test]
    fn what_is_written_is_read() {
        let order = Order {
            key: SortKey::Cost,
            direction: Direction::Up,
        };
        let one = View::new(3, "dear \"ones\"", "cost:>1 title:\"a b\"", order);
        let two = View::new(1, "two", "", Order::by(SortKey::Relevance));
        let text = format!(
            "# mine\n{}\n{}",
            one.written().unwrap(),
            two.written().unwrap()
        );
        let views = read(&text).unwrap();
        assert_eq!(views, [two.clone(), one.clone()]);
        assert_eq!(views[1].order(), Some(order));
        assert_eq!(slot_for(&views, "two"), Some(1));
        assert_eq!(slot_for(&views, "three"), Some(2));
        // The same number again takes the place of what had it.
        let three = View::new(3, "three", "x", order);
        let views = read(&format!("{text}\n{}", three.written().unwrap())).unwrap();
        assert_eq!(views, [two, three]);
    }

    /// What people wrote beside it stays when a view goes.
    #[test]
    fn a_view_is_taken_out_of_the_file() {
        let order = Order::by(SortKey::Cost);
        let of = |slot| View::new(slot, &format!("view {slot}"), "x", order);
        let written = |slot| of(slot).written().unwrap();
        let text = format!(
            "# all mine\n{}\n{}\n# of the third\n{}",
            written(1),
            written(2),
            written(3)
        );
        let first = without(&text, 1).unwrap();
        assert!(first.starts_with("# all mine\n"), "{first}");
        assert_eq!(read(&first).unwrap(), [of(2), of(3)]);
        let third = without(&text, 3).unwrap();
        assert!(third.contains("# of the third"), "{third}");
        assert_eq!(read(&third).unwrap(), [of(1), of(2)]);
        let twice = without(&format!("{text}\n{}", written(2)), 2).unwrap();
        assert_eq!(read(&twice).unwrap(), [of(1), of(3)]);
        assert!(without("view = []", 1).is_err());
    }

    #[test]
    fn a_digit_alone_is_a_number() {
        for (text, slot) in [
            ("1", Some(1)),
            ("9", Some(9)),
            ("0", None),
            ("12", None),
            ("1 ", None),
            ("a", None),
        ] {
            assert_eq!(slot_named(text), slot, "{text}");
        }
    }

    #[test]
    fn what_is_no_view_is_named() {
        assert!(
            read("[[view]]\nslot = 12\nname = \"x\"\nquery = \"\"")
                .unwrap_err()
                .contains("12")
        );
        assert!(read("\n[[view]\n").unwrap_err().starts_with("line 2"));
        assert_eq!(read("").unwrap(), []);
    }
}
