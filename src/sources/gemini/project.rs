//! Where a session worked. Its folder is named after the project: by a short name that two lists explain, or by the hash
//! of the path, which a path named in the session can be checked against.

use std::io::Read;
use std::path::{Path, PathBuf};

use super::super::json::{Json, Obj};
use crate::digest::sha256;
use crate::env::Env;

/// More of a list of projects is not read.
const LIST_MAX: u64 = 1 << 20;
/// A path longer than this is not tried.
const PATH_MAX: usize = 1024;

/// What lies beside the sessions says where they worked: the folder's own note, or the list of all projects.
pub fn directory(env: &Env, session: &Path) -> Option<PathBuf> {
    let chats = session.ancestors().find(|dir| dir.ends_with("chats"))?;
    let project = chats.parent()?;
    let note = text(env, &project.join(".project_root"));
    let noted = note.as_deref().and_then(absolute);
    noted.or_else(|| listed(env, project))
}

fn listed(env: &Env, project: &Path) -> Option<PathBuf> {
    let name = project.file_name()?.to_str()?;
    let list = text(env, &project.parent()?.parent()?.join("projects.json"))?;
    let projects = Obj::parse(&list)?.obj("projects")?;
    let is_it = |path: &str, slug: Json<'_>| {
        slug.str().is_some_and(|slug| slug == name) || is_hash_of(name, path)
    };
    projects
        .fields()
        .find(|(path, slug)| is_it(path.as_ref(), *slug))
        .and_then(|(path, _)| absolute(&path))
}

fn text(env: &Env, path: &Path) -> Option<String> {
    let mut text = String::new();
    let file = env.files.open(path).ok()?;
    file.take(LIST_MAX).read_to_string(&mut text).ok()?;
    Some(text)
}

fn absolute(text: &str) -> Option<PathBuf> {
    let text = text.trim();
    let is_path = text.starts_with('/') && text.len() <= PATH_MAX && !text.contains('\n');
    is_path.then(|| text.into())
}

/// The folder with this hash among those a path lies in, itself included.
pub fn above(path: &str, hash: &str) -> Option<PathBuf> {
    let path = absolute(path)?;
    let mut dirs = path.ancestors().take(32).filter_map(Path::to_str);
    dirs.find(|dir| is_hash_of(hash, dir)).map(PathBuf::from)
}

/// The folder with this hash among those that a text names, one a line.
pub fn named(text: &str, hash: &str) -> Option<PathBuf> {
    let lines = text.lines().take(200);
    let mut paths = lines.filter_map(|line| line.get(line.find('/')?..));
    paths.find_map(|path| above(path.trim_end_matches(['.', '/', ' ']), hash))
}

fn is_hash_of(hash: &str, path: &str) -> bool {
    hash.len() == 64 && sha256(path.as_bytes()) == hash
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_known_by_its_hash() {
        let hash = sha256(b"/home/ada/loom");
        let dir = Some(PathBuf::from("/home/ada/loom"));
        assert_eq!(above("/home/ada/loom/src/warp.rs", &hash), dir);
        assert_eq!(above("/home/ada/knots/a.rs", &hash), None);
        assert_eq!(above("loom", &hash), None);
        assert_eq!(named("- in:\n  - /home/ada/loom\n", &hash), dir);
        assert_eq!(named("I work in /home/ada/loom.", &hash), dir);
        assert_eq!(named("/", "not a hash"), None);
    }
}
