//! What a thread has from its parent: lines it points to, counts it copied.

use std::borrow::Cow;
use std::path::Path;

use super::super::json::{self, Obj, Parsed};
use super::super::jsonl::{self, Line};
use super::super::{At, Record, Say, Site, Stop, hash, tell};
use super::lines::Log;
use super::usage::Counts;
use crate::env::Env;
use crate::model::NoticeKind;

impl Log<'_> {
    /// A fork that points to its parent's lines: they come first. Parents can be forks, so this goes up a few times.
    pub(super) fn inherited(&mut self, base: &Obj<'_>, say: &mut Say<'_>) -> Result<(), Stop> {
        let mut chain = Vec::new();
        let mut next = base
            .text("thread_id")
            .map(Cow::into_owned)
            .zip(base.u64("end_ordinal_exclusive"));
        while let Some((id, end)) = next
            .take()
            .filter(|(id, _)| chain.len() < 8 && **id != *self.id)
        {
            let Some(path) = super::find_thread(self.env, &self.unit.root, &id) else {
                break;
            };
            if chain.iter().any(|(known, _)| *known == path) {
                break;
            }
            next = first_base(self.env, &path);
            chain.push((path, end));
        }
        for (depth, (path, end)) in chain.into_iter().enumerate().rev() {
            let mut lines = jsonl::open(self.env, &path, &At::Start)?.lines;
            let mut store = json::Store::default();
            while let Some(line) = lines.next_line()? {
                let Line::Whole { at, bytes } = line else {
                    continue;
                };
                let (Parsed::Object(record) | Parsed::Repaired(record)) =
                    json::record(bytes, &mut store)
                else {
                    continue;
                };
                let Some(payload) = record
                    .obj("payload")
                    .filter(|_| record.u64("ordinal").is_none_or(|n| n < end))
                else {
                    continue;
                };
                // Who answered there; what it cost is the parent's.
                if record.str("type").as_deref() == Some("turn_context") {
                    self.memo.model = payload.text("model").map(Cow::into_owned);
                }
                let time = record.time("timestamp");
                let place = hash(&[&(depth as u64 + 1).to_le_bytes(), &at.to_le_bytes()]);
                if record.str("type").as_deref() == Some("response_item") {
                    let path = path.clone();
                    let sites = vec![Site::Line { path, at }];
                    tell(say, Record::Stands { sites })?;
                    self.item(&payload, time, place, say)?;
                }
            }
        }
        self.memo.last_reply = None;
        self.memo.outcomes.clear();
        self.notice(NoticeKind::Other, "forked here", None, u64::MAX, say)
    }
}

/// The distinct running totals of a log, in order.
pub(super) fn totals(env: &Env, path: &Path) -> Vec<[u64; 5]> {
    let mut totals: Vec<[u64; 5]> = Vec::new();
    each(env, path, &mut |record| {
        let info = record
            .obj("payload")
            .filter(|p| p.str("type").as_deref() == Some("token_count"))
            .and_then(|p| p.obj("info"));
        if let Some(total) = info.and_then(|i| i.obj("total_token_usage")) {
            let words = Counts::read(&total).words();
            if totals.last() != Some(&words) {
                totals.push(words);
            }
        }
        true
    });
    totals
}

/// Where a fork's own history begins, by its header.
fn first_base(env: &Env, path: &Path) -> Option<(String, u64)> {
    let mut base = None;
    each(env, path, &mut |record| {
        let from = record.obj("payload").and_then(|p| p.obj("history_base"));
        base = from.and_then(|b| {
            b.text("thread_id")
                .map(Cow::into_owned)
                .zip(b.u64("end_ordinal_exclusive"))
        });
        false
    });
    base
}

fn each(env: &Env, path: &Path, see: &mut dyn FnMut(&Obj<'_>) -> bool) {
    let Ok(mut opened) = jsonl::open(env, path, &At::Start) else {
        return;
    };
    let mut store = json::Store::default();
    while let Ok(Some(line)) = opened.lines.next_line() {
        if let Line::Whole { bytes, .. } = line
            && let Parsed::Object(record) | Parsed::Repaired(record) =
                json::record(bytes, &mut store)
            && !see(&record)
        {
            return;
        }
    }
}
