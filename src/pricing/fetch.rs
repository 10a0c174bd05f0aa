//! Fetching the public lists: the only use of the network in this program, and only when asked for by name. The request
//! carries nothing but its address.

use std::io::Read;
use std::net::IpAddr;
use std::time::Duration;

use jiff::tz::TimeZone;
use ureq::http::Uri;

use super::compile::compile;
use super::table::Table;
use crate::env::Env;

/// Where the public lists are: LiteLLM's map and the models.dev catalogue.
pub const PUBLIC: [&str; 2] = [
    "https://raw.githubusercontent.com/BerriAI/litellm/main/model_prices_and_context_window.json",
    "https://models.dev/api.json",
];

/// How patient a fetch is.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// For all of it, from the first look at the name to the last byte.
    pub time: Duration,
    /// Bytes of a list.
    pub size: u64,
    /// A list of fewer prices is taken for a broken one.
    pub least: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            time: Duration::from_secs(60),
            size: 32 * 1024 * 1024,
            least: 20,
        }
    }
}

/// Fetches a list and reads it as a table of today. What went wrong is said in one line.
pub fn fetch(env: &Env, url: &str, limits: &Limits) -> Result<Table, String> {
    let bytes = get(env, url, limits)?;
    let today = env.now().to_zoned(TimeZone::UTC).date();
    let table = compile(&bytes, today, url)?;
    let found = table.entries().len();
    if found < limits.least {
        return Err(format!("only {found} prices in it: this is no whole list"));
    }
    Ok(table)
}

fn get(env: &Env, url: &str, limits: &Limits) -> Result<Vec<u8>, String> {
    let local = is_local(url)?;
    // Of the surroundings only these are asked, and a machine's own address is never asked for elsewhere.
    let proxies = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
    let proxy = proxies.iter().find_map(|name| env.var(name));
    let proxy = match proxy.filter(|_| !local) {
        Some(address) => {
            let proxy = ureq::Proxy::new(address);
            Some(proxy.map_err(|e| format!("the proxy of the environment: {e}"))?)
        }
        None => None,
    };
    let agent = ureq::Agent::config_builder()
        .https_only(!local)
        .proxy(proxy)
        .max_redirects(if local { 0 } else { 5 })
        .user_agent("backscroll")
        .timeout_global(Some(limits.time))
        .build()
        .new_agent();
    let mut response = agent.get(url).call().map_err(|error| said(&error))?;
    let mut bytes = Vec::new();
    let body = response.body_mut().as_reader();
    let read = body.take(limits.size + 1).read_to_end(&mut bytes);
    read.map_err(|error| format!("it broke off: {error}"))?;
    if bytes.len() as u64 > limits.size {
        return Err(format!("larger than {} MiB", limits.size / (1024 * 1024)));
    }
    Ok(bytes)
}

fn said(error: &ureq::Error) -> String {
    match error {
        ureq::Error::StatusCode(code) => format!("the server answered {code}"),
        ureq::Error::Timeout(_) => "the server took too long".into(),
        error => error.to_string(),
    }
}

/// Whether the address is one of this machine. Any other must be `https`, so that nobody on the way can change prices.
fn is_local(url: &str) -> Result<bool, String> {
    let uri: Uri = url.parse().map_err(|e| format!("no address: {e}"))?;
    let host = uri.host().ok_or("no address: it names no host")?;
    let ip = host
        .trim_start_matches('[')
        .trim_end_matches(']')
        .parse::<IpAddr>();
    let local = host == "localhost" || ip.is_ok_and(|ip| ip.is_loopback());
    match uri.scheme_str() {
        Some("https") => Ok(false),
        Some("http") if local => Ok(true),
        Some("http") => Err("http is for this machine's own addresses; use https".into()),
        _ => Err("no address: it begins with https://".into()),
    }
}

#[cfg(test)]
mod tests;
