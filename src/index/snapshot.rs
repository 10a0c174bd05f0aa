//! All rows as they stood when nothing was changing, for commands that ask about sessions and not about single responses.
//!
//! A row follows from what all units tell, the prices and the sources in use. A snapshot is kept under a number made from
//! all of these and is good for as long as they make the same number. It knows no responses.

use std::io::{self, Read, Write};
use std::sync::Arc;

use rayon::prelude::*;

use super::families::Link;
use super::{Index, Ledger};
use crate::env::{Env, OwnDir};
use crate::ingest::{Choice, Progress, Told, shapes};
use crate::model::{
    ByModel, Kind, ModelId, ModelSums, Row, Session, SessionId, Spends, Sums, Tariff, Unit,
};
use crate::own;
use crate::pack::{Fixed, Pack, Unpacking, packed, packs};
use crate::sources::hash;

/// Raised when the same bytes mean something else.
const FORMAT: u64 = 4;
/// More is no file of ours.
const LARGEST: u64 = 1 << 30;
/// So many rows are unpacked as one.
const PIECE: usize = 256;

packs!(ModelSums {
    usage,
    cost,
    responses,
    assumed,
    unpriced
});
packs!(Sums {
    usage,
    cost,
    responses,
    models
});

/// Few models, many rows.
impl Pack for ByModel {
    fn pack(&self, out: &mut Vec<u8>) {
        self.iter().len().pack(out);
        for (model, sums) in self.iter() {
            model.pack(out);
            sums.pack(out);
        }
    }

    fn unpack(from: &mut Unpacking<'_>) -> Option<Self> {
        let all: Vec<(Option<ModelId>, ModelSums)> = from.get()?;
        let mut by_model = ByModel::default();
        for (model, sums) in &all {
            by_model.add(model.as_ref(), sums);
        }
        Some(by_model)
    }
}

/// Where rows are kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shelf {
    Rows,
    /// Without their tools and errors.
    Sums,
}

impl Shelf {
    fn file(self) -> &'static str {
        match self {
            Shelf::Rows => "rows.bin",
            Shelf::Sums => "sums.bin",
        }
    }
}

/// A name as this version writes it.
fn named(name: u64) -> u64 {
    hash(&[
        b"backscroll rows",
        env!("CARGO_PKG_VERSION").as_bytes(),
        &FORMAT.to_le_bytes(),
        &name.to_le_bytes(),
    ])
}

/// Units as they are kept: by slug, since names live as long as the program.
fn pack_unit(unit: &Unit, out: &mut Vec<u8>) {
    unit.source.0.to_owned().pack(out);
    unit.root.pack(out);
    unit.path.pack(out);
    unit.rank.pack(out);
    unit.form.pack(out);
}

fn unpack_unit(from: &mut Unpacking<'_>, choice: &Choice) -> Option<Unit> {
    let slug: Box<str> = from.get()?;
    let mut sources = choice.all().map(|source| source.card().id);
    Some(Unit {
        source: sources.find(|id| id.0 == &*slug)?,
        root: from.get()?,
        path: from.get()?,
        rank: from.get()?,
        form: from.get()?,
    })
}

fn pack_row(row: &Row, session: &Session, out: &mut Vec<u8>) {
    pack_unit(&session.unit, out);
    shapes::pack_session(session, out);
    row.own.pack(out);
    let more = (row.all != row.own).then_some(&row.all);
    more.is_some().pack(out);
    if let Some(all) = more {
        all.pack(out);
    }
    row.root.native.pack(out);
    row.children.pack(out);
}

fn unpack_row(from: &mut Unpacking<'_>, choice: &Choice) -> Option<Row> {
    let unit = Arc::new(unpack_unit(from, choice)?);
    let session = Arc::new(shapes::unpack_session(from, &unit)?);
    let own: Sums = from.get()?;
    let all = match from.get::<bool>()? {
        true => from.get()?,
        false => own.clone(),
    };
    Some(Row {
        root: SessionId::new(session.id.source, from.get::<Box<str>>()?),
        children: from.get()?,
        mark: None,
        is_gone: false,
        share: session.share.clone(),
        session,
        own,
        all,
        expires: None,
        state: None,
    })
}

impl Index {
    /// Keeps all rows under a name, with the number of the state they follow from.
    pub fn keep_rows(&self, env: &Env, shelf: Shelf, name: u64, state: u64) -> io::Result<()> {
        let path = own::made(env, OwnDir::Cache)?.join(shelf.file());
        let rows: Vec<&Arc<Row>> = self.rows.values().collect();
        let mut parts: Vec<Vec<u8>> = rows
            .par_chunks(PIECE)
            .map(|rows| {
                let mut out = Vec::new();
                rows.len().pack(&mut out);
                for row in rows {
                    // What people noted changes without a log, so it is not kept here.
                    pack_row(row, &self.as_logged(row), &mut out);
                }
                out
            })
            .collect();
        let mut odd = Vec::new();
        self.odd.len().pack(&mut odd);
        for file in self.odd.values() {
            pack_unit(&file.unit, &mut odd);
            shapes::pack_odd(file, &mut odd);
        }
        parts.insert(0, odd);
        let table: Vec<(Fixed, usize)> = parts
            .iter()
            .map(|part| (Fixed(hash(&[part])), part.len()))
            .collect();
        let table = packed(&table);
        let mut new = own::New::at(&path)?;
        for number in [named(name), state, hash(&[&table]), table.len() as u64] {
            new.write_all(&packed(&Fixed(number)))?;
        }
        new.write_all(&table)?;
        parts.iter().try_for_each(|part| new.write_all(part))?;
        new.done().map(drop)
    }

    /// All rows as they were kept under this name, if they were, with the number of the state they follow from: whoever
    /// asks must see that it is still the same.
    pub fn kept_rows(
        env: &Env,
        choice: &Choice,
        shelf: Shelf,
        name: u64,
        tariff: Arc<dyn Tariff>,
    ) -> Option<(u64, Index)> {
        let path = own::folder(env, OwnDir::Cache).ok()?.join(shelf.file());
        let mut bytes = Vec::new();
        own::open(&path)
            .ok()?
            .take(LARGEST)
            .read_to_end(&mut bytes)
            .ok()?;
        let (head, rest) = bytes.split_at_checked(32)?;
        let mut head = Unpacking::new(head);
        let mut next = || head.get::<Fixed>().map(|fixed| fixed.0);
        let (whose, state, check, len) =
            (next()?, next()?, next()?, usize::try_from(next()?).ok()?);
        let (table, mut rest) = rest.split_at_checked(len)?;
        if whose != named(name) || hash(&[table]) != check {
            return None;
        }
        let table: Vec<(Fixed, usize)> = Unpacking::new(table).get()?;
        let mut parts = Vec::with_capacity(table.len());
        for (check, len) in table {
            let (part, behind) = rest.split_at_checked(len)?;
            parts.push((check.0, part));
            rest = behind;
        }
        let (odd, rows) = parts.split_first()?;
        let whole = |(check, part): &(u64, &[u8])| hash(&[part]) == *check;
        let rows: Option<Vec<Vec<Row>>> = rows
            .par_iter()
            .map(|part| {
                whole(part).then_some(())?;
                let mut from = Unpacking::new(part.1);
                let len: usize = from.get()?;
                (0..len).map(|_| unpack_row(&mut from, choice)).collect()
            })
            .collect();
        whole(odd).then_some(())?;
        let mut from = Unpacking::new(odd.1);
        let len: usize = from.get()?;
        let mut index = Index::of_rows(rows?.into_iter().flatten().map(Arc::new), tariff);
        for _ in 0..len {
            let unit = Arc::new(unpack_unit(&mut from, choice)?);
            let file = shapes::unpack_odd(&mut from, &unit)?;
            index.odd.insert(unit.path.clone(), file);
        }
        Some((state, index))
    }

    /// An index of rows alone.
    fn of_rows(rows: impl Iterator<Item = Arc<Row>>, tariff: Arc<dyn Tariff>) -> Index {
        let mut index = Index {
            ledger: Ledger::new(tariff),
            rows: rows.map(|row| (row.id().clone(), row)).collect(),
            ..Index::default()
        };
        let leaves: Arc<[u64]> = Arc::from([]);
        for (id, row) in &index.rows {
            let parent = row.session.parent.clone();
            let parent = parent.map(|native| SessionId::new(id.source, native));
            if let Some(parent) = &parent {
                let siblings = index.children.entry(parent.clone()).or_default();
                siblings.insert(id.clone());
            }
            let kind = row.session.kind;
            if parent.is_some() || kind != Kind::Main {
                index.links.insert(id.clone(), Link { kind, parent });
            }
            let told = Told {
                session: row.session.clone(),
                spends: Spends::default(),
                leaves: leaves.clone(),
            };
            index.shown.insert(id.clone(), Arc::new(told));
        }
        index
    }

    /// How far reading is, for an index that was not read.
    pub fn set_progress(&mut self, progress: Progress) {
        self.progress = progress;
    }
}
