//! What opens in a window of its own: an address of the web, or a picture out of a log.

use std::fs::{self, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use super::{Act, Plan, Refusal, copies, opener};
use crate::env::{Env, OwnDir};
use crate::sources::{Launch, pictures};

/// No page has a longer address.
const LONGEST: usize = 8 << 10;
/// The folder of copies of pictures.
const PICTURES: &str = "pictures";

/// An address of the web, in whatever shows such. It is one argument, and never begins like an option.
pub fn browse(env: &Env, url: &str) -> Result<Plan, Refusal> {
    let is_web = url.starts_with("https://") || url.starts_with("http://");
    let is_odd = |c: char| c.is_whitespace() || c.is_control();
    if !is_web || url.len() > LONGEST || url.contains(is_odd) {
        return Err(Refusal::NoAddress(url.to_owned()));
    }
    Plan::new(
        env,
        Act::OpenDir,
        Launch::new(opener(), [url], None),
        "PATH",
    )
}

/// A picture, by a private copy of ours that nothing can change or run. It goes a day later.
pub fn picture(env: &Env, bytes: &[u8]) -> Result<Plan, Refusal> {
    let extension = pictures::extension(bytes).ok_or(Refusal::NoPicture)?;
    let path = put(env, bytes, extension).map_err(|error| Refusal::Unreadable {
        path: folder(env),
        why: error.to_string(),
    })?;
    let name = path.to_str().ok_or(Refusal::Unprintable)?;
    Plan::new(
        env,
        Act::OpenDir,
        Launch::new(opener(), [name], None),
        "PATH",
    )
}

fn folder(env: &Env) -> PathBuf {
    env.own_dir(OwnDir::Cache).join(PICTURES)
}

fn put(env: &Env, bytes: &[u8], extension: &str) -> io::Result<PathBuf> {
    let (path, mut file) = copies::fresh(env, OwnDir::Cache, PICTURES, extension)?;
    file.write_all(bytes)?;
    fs::set_permissions(&path, Permissions::from_mode(0o400))?;
    Ok(path)
}
