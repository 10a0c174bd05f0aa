//! `backscroll share` and `unshare`: a session as a secret gist of the user's, and back.

use serde::Serialize;

use super::args::{Share, ShareFormat, Shared as Flags, Unshare};
use super::confirm::confirm;
use super::json::{self, SCHEMA};
use super::{Failure, Streams, resolve, warn};
use crate::env::Env;
use crate::exit;
use crate::export::Format;
use crate::model::Row;
use crate::redact::Secrets;
use crate::share::{self, Kept, Making, Refusal};
use crate::text::Clean;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SharedOut {
    schema_version: u32,
    session_id: String,
    share_url: String,
    format: String,
    shared_at: String,
    bytes: usize,
    messages: usize,
    secrets_found: usize,
    redacted: bool,
}

pub fn share(
    env: &Env,
    shared: &Flags,
    args: &Share,
    streams: &mut Streams<'_>,
) -> Result<i32, Failure> {
    let loaded = super::load_rows(env, shared, streams)?;
    let row = resolve::session(&loaded.index, &args.id)?;
    let refused = |refusal: Refusal| refused("share", &row, &refusal);
    if shared.demo {
        let line = "share: the sample sessions are not shared";
        return Err(Failure::Usage(line.to_owned()));
    }
    let settings = shared.settings.sharing();
    let leave = share::leave(env, &settings, &row.session).map_err(refused)?;
    let known = Kept::load(env).map_err(|e| refused(Refusal::File(e.to_string())))?;
    let secrets = match args.no_redact {
        true => Secrets::Keep,
        false => Secrets::Replace,
    };
    let format = match args.format {
        ShareFormat::Html => Format::Html,
        ShareFormat::Md => Format::Markdown,
    };
    let making = Making {
        format,
        secrets,
        is_anonymous: args.anonymize,
    };
    let made = share::make(env, &loaded.tariff, &row, making);
    let made = made.map_err(|line| refused(Refusal::File(line)))?;
    for line in share::preview(&made, &leave, &known.of(row.id())) {
        writeln!(streams.err, "{line}")?;
    }
    if leave.asks && !args.yes && !confirm(env, "Share it?", "add --yes", streams)? {
        return Err(Failure::Usage("nothing was shared".to_owned()));
    }
    let secrets = made.secrets();
    if !made.is_redacted && secrets > 0 {
        let question = format!("Share it with {secrets} secrets as they are?");
        let instead = "leave out --no-redact, or say yes at a terminal";
        if !confirm(env, &question, instead, streams)? {
            return Err(Failure::Usage("nothing was shared".to_owned()));
        }
    }
    let sent = share::send(env, row.id(), &made).map_err(refused)?;
    if shared.json {
        let out = SharedOut {
            schema_version: SCHEMA,
            session_id: sent.session,
            share_url: sent.url,
            format: sent.format,
            shared_at: format!("{:.3}", sent.at),
            bytes: made.bytes.len(),
            messages: made.messages,
            secrets_found: secrets,
            redacted: made.is_redacted,
        };
        json::write(streams.out, &out)?;
    } else {
        writeln!(streams.out, "{}", Clean::line(&sent.url))?;
    }
    Ok(exit::DONE)
}

pub fn unshare(
    env: &Env,
    shared: &Flags,
    args: &Unshare,
    streams: &mut Streams<'_>,
) -> Result<i32, Failure> {
    let loaded = super::load_rows(env, shared, streams)?;
    let row = resolve::session(&loaded.index, &args.id)?;
    let refused = |refusal: Refusal| refused("unshare", &row, &refusal);
    let known = Kept::load(env).map_err(|e| refused(Refusal::File(e.to_string())))?;
    let ours = known.of(row.id());
    if ours.is_empty() {
        let short = resolve::short_id(&row);
        let line = match &row.session.share {
            Some(url) => {
                format!("unshare {short}: the agent itself shared it, at {url}; take it back there")
            }
            None => format!("unshare {short}: it is not shared; see: backscroll list is:shared"),
        };
        return Err(Failure::Nothing(line));
    }
    if args.forget {
        warn(streams, "the gists themselves are left as they are")?;
    }
    for one in &ours {
        let done = match args.forget {
            true => share::forget(env, one),
            false => share::unsend(env, one),
        };
        done.map_err(refused)?;
        let what = if args.forget { "Forgotten" } else { "Deleted" };
        writeln!(streams.out, "{what}: {}", Clean::line(&one.url))?;
    }
    Ok(exit::DONE)
}

#[cfg(test)]
mod tests;

fn refused(command: &str, row: &Row, refusal: &Refusal) -> Failure {
    let short = resolve::short_id(row);
    Failure::Usage(format!("{command} {short}: {refusal}"))
}
