//! What opens in a window of its own: an address of the web, or a picture out of a log.

use std::fs::{self, DirBuilder, OpenOptions, Permissions};
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use super::editor::tidy;
use super::{Act, Plan, Refusal, opener};
use crate::env::{Env, OwnDir};
use crate::own;
use crate::sources::{Launch, pictures};

/// No page has a longer address.
const LONGEST: usize = 8 << 10;

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
    env.own_dir(OwnDir::Cache).join("pictures")
}

fn put(env: &Env, bytes: &[u8], extension: &str) -> io::Result<PathBuf> {
    own::made(env, OwnDir::Cache)?;
    let folder: &Path = &folder(env);
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)?;
    own::check(folder)?;
    tidy(folder);
    let chance = RandomState::new().build_hasher().finish();
    let path = folder.join(format!("{chance:016x}.{extension}"));
    let mut options = OpenOptions::new();
    let mut file = options
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&path)?;
    file.write_all(bytes)?;
    fs::set_permissions(&path, Permissions::from_mode(0o400))?;
    Ok(path)
}
