//! What opens in a window of its own: an address of the web, or a picture out of a log.

use std::fs::{self, Permissions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

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

/// A picture in a file that a log names: the file itself, if it is one that a viewer may be given and is called so. What is
/// called otherwise is shown by a copy, since a desktop goes by names: a page of the web may begin as a picture does.
pub fn picture_file(env: &Env, path: &Path) -> Result<Plan, Refusal> {
    let unreadable = |why: String| Refusal::Unreadable {
        path: path.to_path_buf(),
        why,
    };
    if !path.is_absolute() {
        return Err(unreadable("not a whole path".to_owned()));
    }
    // What a link is called tells nothing of what it leads to.
    let whole = fs::canonicalize(path).map_err(|error| unreadable(error.to_string()))?;
    let file = env.files.open(&whole);
    let file = file.map_err(|error| unreadable(error.to_string()))?;
    let mut bytes = Vec::new();
    let read = file
        .take(pictures::LARGEST as u64 + 1)
        .read_to_end(&mut bytes);
    read.map_err(|error| unreadable(error.to_string()))?;
    if bytes.len() > pictures::LARGEST {
        return Err(unreadable("too large for a picture".to_owned()));
    }
    let kind = pictures::extension(&bytes).ok_or(Refusal::NoPicture)?;
    let end = whole.extension().and_then(|end| end.to_str());
    let end = end.unwrap_or_default().to_ascii_lowercase();
    match end == kind || end == "jpeg" && kind == "jpg" {
        true => shown(env, &whole),
        false => picture(env, &bytes),
    }
}

/// A picture, by a private copy of ours that nothing can change or run. It goes a day later.
pub fn picture(env: &Env, bytes: &[u8]) -> Result<Plan, Refusal> {
    let extension = pictures::extension(bytes).ok_or(Refusal::NoPicture)?;
    let path = put(env, bytes, extension).map_err(|error| Refusal::Unreadable {
        path: folder(env),
        why: error.to_string(),
    })?;
    shown(env, &path)
}

fn shown(env: &Env, path: &Path) -> Result<Plan, Refusal> {
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
