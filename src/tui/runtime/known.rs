//! What the dialog of settings tells of sources and prices: gathered when it opens.

use std::sync::Arc;

use crate::env::Env;
use crate::ingest::Choice;
use crate::pricing::{lookup, store};
use crate::sources::Source;
use crate::text::{Clean, short_dir};
use crate::tui::settings::{Known, KnownPrices, KnownSource};

pub fn known(env: &Env, choice: &Choice) -> Known {
    let read: Vec<_> = choice.sources().map(|source| source.card().id).collect();
    let source = |source: &'static dyn Source| {
        let card = source.card();
        let names = [card.id.0, card.label, card.code].into_iter();
        let names = names.chain(card.aliases.iter().copied());
        let roots = choice.roots(source, env).into_iter();
        KnownSource {
            id: card.id,
            label: card.label.into(),
            names: names.map(str::to_lowercase).collect(),
            is_read: read.contains(&card.id),
            roots: roots
                .map(|root| Clean::line(&short_dir(&root.path, &env.home)))
                .collect(),
        }
    };
    Known {
        sources: choice.all().map(source).collect(),
        prices: prices(env),
    }
}

/// In the order in which they are asked: your own, then the youngest of each public table.
fn prices(env: &Env) -> Vec<KnownPrices> {
    let prices = store::open(env, false).prices;
    let near = |path: &std::path::Path| short_dir(path, &env.home);
    let yours = prices.yours().entries().len();
    let yours = (yours > 0).then(|| KnownPrices {
        title: "your own prices".into(),
        prices: yours,
        date: None,
        from: Clean::line(&format!("in {}", near(&store::yours_path(env)))),
    });
    let mut tables: Vec<_> = prices.tables().iter().rev().collect();
    tables.sort_by_key(|table| table.origin);
    let public = tables.into_iter().map(|table| {
        let built_in = lookup::embedded().iter().any(|own| Arc::ptr_eq(own, table));
        let copy = store::copy_path(env);
        KnownPrices {
            title: Clean::line(&table.title),
            prices: table.entries().len(),
            date: Some(table.date),
            from: match built_in {
                true => "came with the program".into(),
                false => Clean::line(&format!("of a refresh, in {}", near(&copy))),
            },
        }
    });
    yours.into_iter().chain(public).collect()
}
