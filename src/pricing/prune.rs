//! Leaves out of tables what is found without them: most lines of the public lists repeat a price under another seller's
//! or region's name, and looking a model up takes such names apart anyway.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::lookup::Prices;
use super::table::{Entry, Origin, Price, Table};
use super::yours::Yours;
use crate::model::ModelId;

/// The same prices for every listed name, from as few lines as it takes.
pub fn pruned(all: Vec<Table>) -> Vec<Table> {
    let all: Vec<Arc<Table>> = all.into_iter().map(Arc::new).collect();
    let whole = Prices::new(Yours::default(), all.clone());
    let wanted: Vec<Vec<Want>> = all.iter().map(|table| wanted(&whole, table)).collect();
    let mut kept: Vec<BTreeMap<usize, &Entry>> = vec![BTreeMap::new(); all.len()];
    let weights: BTreeSet<usize> = wanted.iter().flatten().map(|want| want.weight).collect();
    // A line taken back can hide another, so again until nothing is missing; each turn takes at least one.
    loop {
        let mut complete = true;
        for weight in &weights {
            let now = Prices::new(Yours::default(), tables(&all, &kept));
            for ((table, wanted), kept) in all.iter().zip(&wanted).zip(&mut kept) {
                let lines = table.entries().iter().zip(wanted).enumerate();
                for (n, (entry, want)) in lines.filter(|(_, (_, want))| want.weight == *weight) {
                    if !kept.contains_key(&n) && !want.is_met(&now) {
                        kept.insert(n, entry);
                        complete = false;
                    }
                }
            }
        }
        if complete {
            let tables = tables(&all, &kept).into_iter();
            return tables.map(Arc::unwrap_or_clone).collect();
        }
    }
}

fn tables(all: &[Arc<Table>], kept: &[BTreeMap<usize, &Entry>]) -> Vec<Arc<Table>> {
    let tables = all.iter().zip(kept).map(|(table, kept)| {
        let entries = kept.values().map(|entry| (*entry).clone()).collect();
        Arc::new(Table::new(table.origin, table.date, &table.title, entries))
    });
    tables.collect()
}

/// The names by which a line is asked for, and what they must find.
struct Want {
    asked: Vec<(ModelId, Option<Price>)>,
    /// Lines that others may follow from are lighter.
    weight: usize,
}

impl Want {
    fn is_met(&self, prices: &Prices) -> bool {
        self.asked
            .iter()
            .all(|(model, price)| found(prices, model) == *price)
    }
}

fn found(prices: &Prices, model: &ModelId) -> Option<Price> {
    prices.resolve(model, None).map(|found| found.price)
}

fn wanted(whole: &Prices, table: &Table) -> Vec<Want> {
    let makers = &super::rules::Rules::known().makers;
    let maker_of = |entry: &Entry| makers.iter().position(|maker| **maker == *entry.provider);
    let wants = table.entries().iter().map(|entry| {
        let mut asked = vec![ModelId::new(None, &entry.key)];
        let maker = maker_of(entry).unwrap_or(makers.len());
        let weight = if table.origin == Origin::Catalogue {
            asked.push(ModelId::new(Some(&entry.provider), &entry.key));
            // Behind all lines of the other tables, the makers' first.
            1000 + maker
        } else {
            if let Some((seller, name)) = entry.key.split_once('/') {
                asked.push(ModelId::new(Some(seller), name));
            }
            entry.key.len()
        };
        let asked = asked.into_iter();
        Want {
            asked: asked
                .map(|model| {
                    let price = found(whole, &model);
                    (model, price)
                })
                .collect(),
            weight,
        }
    });
    wants.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pricing::text;

    #[test]
    fn twins_are_left_out_and_others_stay() {
        let tables = text::read(
            "# prices 1\n# current 2026-11-20 t\nm\t\t1 2\nx/m\t\t1 2\ny/m\t\t1 3\nm-20250101\t\t1 2\n\
             us.m\t\t1 2\nm-2\t\t1 2\n# models.dev 2026-11-20 t\nm\topenai\t1 2\nm\tz\t1 9\nn\tz\t1 9\nn\topenai\t1 8\n# end\n",
        )
        .unwrap();
        let small = text::write(&pruned(tables));
        assert_eq!(
            small,
            "# prices 1\n# current 2026-11-20 t\nm\t\t1 2\nm-2\t\t1 2\ny/m\t\t1 3\n# models.dev 2026-11-20 t\n\
             n\topenai\t1 8\nn\tz\t1 9\n# end\n"
        );
    }
}
