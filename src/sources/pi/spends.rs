//! Tokens of one entry: a response, the models a tool asked, a cache kept warm, or a summary.

use jiff::Timestamp;

use super::super::hash;
use super::super::json::{Json, Obj};
use crate::model::{Mark, ModelId, Rate, Same, Spend, Usage, Usd};

/// The spend of an entry, if it has one. `created` is when its session was: what is older was copied from another.
pub fn spend(
    kind: &str,
    record: &Obj<'_>,
    body: &Obj<'_>,
    line: &[u8],
    created: Option<Timestamp>,
) -> Option<Spend> {
    let (usage, model, content) = match kind {
        "message" => {
            let role = body.str("role")?;
            // What a tool spent is nobody's response.
            let model = match &*role {
                "assistant" => model(body),
                "toolResult" => None,
                _ => return None,
            };
            (body.obj("usage")?, model, body.get("content"))
        }
        "usage" => (record.obj("usage")?, model(record), record.get("usage")),
        "compaction" | "branch_summary" => (record.obj("usage")?, None, record.get("summary")),
        _ => return None,
    };
    let at = record.time("timestamp").or_else(|| body.time("timestamp"));
    let copied = at.is_some_and(|at| created.is_some_and(|created| at < created));
    Some(Spend {
        key: hash(&[line]),
        at,
        model,
        rate: Rate::Standard,
        usage: tokens(&usage),
        logged: logged(&usage),
        same: reply(record, body, content).map(|reply| Same {
            reply,
            // Entries of version 1 have no ids, and are given some when their file is brought up to date.
            variant: record.text("id").map(|id| hash(&[id.as_bytes()])),
            mark: if copied { Mark::Copied } else { Mark::Own },
        }),
    })
}

/// What a copy in another session shares, besides its id: the times and what was said. Of an entry without any time
/// nothing tells a copy from another entry.
fn reply(record: &Obj<'_>, body: &Obj<'_>, content: Option<Json<'_>>) -> Option<u64> {
    let (entry, message) = (record.get("timestamp"), body.get("timestamp"));
    entry.or(message)?;
    let parts = [entry, message, content];
    Some(hash(
        &parts.map(|part| part.map_or("", Json::raw).as_bytes()),
    ))
}

/// The model that answered, which is not always the one that was asked.
pub fn model(of: &Obj<'_>) -> Option<ModelId> {
    let name = of.text("responseModel").or_else(|| of.text("model"))?;
    Some(ModelId::new(of.text("provider").as_deref(), &name))
}

pub fn tokens(usage: &Obj<'_>) -> Usage {
    let n = |key| usage.u64(key).unwrap_or(0);
    let (written, output) = (n("cacheWrite"), n("output"));
    Usage {
        input: n("input"),
        cache_read: n("cacheRead"),
        cache_write: written,
        cache_write_1h: n("cacheWrite1h").min(written),
        output,
        reasoning: n("reasoning").min(output),
    }
}

/// What it cost, in dollars. A cost of 0 for tokens means that nobody knew the price.
pub fn logged(usage: &Obj<'_>) -> Option<Usd> {
    let cost = usage.obj("cost").and_then(|cost| cost.f64("total"));
    let usd = cost.and_then(Usd::from_dollars)?;
    (usd.nanos() > 0 || tokens(usage).is_zero()).then_some(usd)
}
