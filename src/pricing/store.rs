//! Prices on disk: your own file, and the copy that a refresh keeps. Neither can do harm: what is damaged is named and
//! left aside, and the tables in the program remain.

use std::fs;
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::lookup::{Prices, embedded};
use super::table::{Origin, Table};
use super::text;
use super::yours::Yours;
use crate::env::{Env, OwnDir};
use crate::own;

/// A file of prices larger than this is not read.
const LARGEST: u64 = 16 * 1024 * 1024;

/// Prices ready for use, and what was wrong with files of them.
pub struct Opened {
    pub prices: Prices,
    /// A line for each file that was left aside.
    pub problems: Vec<String>,
}

/// Your own prices.
pub fn yours_path(env: &Env) -> PathBuf {
    env.own_dir(OwnDir::Config).join("prices.toml")
}

/// The copy of the last refresh.
pub fn copy_path(env: &Env) -> PathBuf {
    env.own_dir(OwnDir::State).join("prices.tsv")
}

/// The copy before that one, for the day the last is damaged.
fn older_path(env: &Env) -> PathBuf {
    env.own_dir(OwnDir::State).join("prices.last.tsv")
}

/// The tables in the program, your own prices, and, unless `offline` is asked for, the copy of the last refresh as far as
/// it is younger. Reads two files and no network.
pub fn open(env: &Env, offline: bool) -> Opened {
    let mut problems = Vec::new();
    let more = match offline {
        true => Vec::new(),
        false => copied(env, &mut problems),
    };
    let path = yours_path(env);
    let yours = match read(env, &path).and_then(|text| text.map(|t| Yours::read(&t)).transpose()) {
        Ok(yours) => yours.unwrap_or_default(),
        Err(why) => {
            problems.push(ignored(&path, &why));
            Yours::default()
        }
    };
    Opened {
        prices: Prices::with_ours(yours, more),
        problems,
    }
}

/// Another number whenever other prices would be opened.
pub fn state(env: &Env, offline: bool) -> u64 {
    let mut bytes = Vec::new();
    let copies = [copy_path(env), older_path(env)];
    let copies = copies.into_iter().filter(|_| !offline);
    for path in std::iter::once(yours_path(env)).chain(copies) {
        let Ok(stamp) = env.files.stamp(&path) else {
            continue;
        };
        bytes.extend(path.as_os_str().as_encoded_bytes());
        let (inode, len, changed) = (stamp.inode, stamp.len, stamp.changed);
        bytes.extend(inode.to_le_bytes());
        bytes.extend(len.to_le_bytes());
        bytes.extend(changed.to_le_bytes());
    }
    crate::sources::hash(&[&bytes])
}

/// Tables of the copy that are not older than those in the program.
fn copied(env: &Env, problems: &mut Vec<String>) -> Vec<Arc<Table>> {
    let is_young = |table: &Table| {
        let mut ours = embedded().iter().filter(|t| t.origin == table.origin);
        ours.all(|ours| ours.date <= table.date)
    };
    for path in [copy_path(env), older_path(env)] {
        match tables(env, &path) {
            Ok(Some(tables)) => return tables.into_iter().filter(is_young).map(Arc::new).collect(),
            Ok(None) => {}
            Err(why) => problems.push(ignored(&path, &why)),
        }
    }
    Vec::new()
}

fn tables(env: &Env, path: &Path) -> Result<Option<Vec<Table>>, String> {
    match read(env, path)? {
        Some(text) => text::read(&text).map(Some).map_err(|bad| bad.to_string()),
        None => Ok(None),
    }
}

fn ignored(path: &Path, why: &str) -> String {
    format!("{}: {why}; ignored", path.display())
}

/// The whole file; absent when there is none.
fn read(env: &Env, path: &Path) -> Result<Option<String>, String> {
    let file = match env.files.open(path) {
        Ok(file) => file,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Ok(None);
        }
        Err(error) => return Err(error.to_string()),
    };
    let mut text = String::new();
    let read = file.take(LARGEST + 1).read_to_string(&mut text);
    match read {
        Ok(n) if n as u64 > LARGEST => Err("larger than 16 MiB".into()),
        Ok(_) => Ok(Some(text)),
        Err(error) => Err(error.to_string()),
    }
}

/// Replaces tables of the copy by younger ones of the same origins, and keeps the others. Until all of it is written the
/// old copy stands, and afterwards it stands beside.
pub fn keep(env: &Env, young: Vec<Table>) -> io::Result<PathBuf> {
    let path = copy_path(env);
    let old = tables(env, &path).ok().flatten();
    let is_replaced = |old: &Table| young.iter().any(|table| table.origin == old.origin);
    let mut all: Vec<Table> = old
        .iter()
        .flatten()
        .filter(|t| !is_replaced(t))
        .cloned()
        .collect();
    all.extend(young);
    all.sort_by_key(|table| Origin::TABLES.iter().position(|o| *o == table.origin));
    // A copy that could not be read is no good one to keep.
    if old.is_some() {
        own::write(&older_path(env), &fs::read(&path)?)?;
    }
    own::write(&path, text::write(&all).as_bytes())?;
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ModelId;
    use std::os::unix::fs::PermissionsExt;

    fn world() -> (tempfile::TempDir, Env) {
        let home = tempfile::tempdir().unwrap();
        let now = "2026-12-01T00:00:00Z".parse().unwrap();
        let env = Env::bare(home.path(), now);
        (home, env)
    }

    fn table(origin: Origin, date: &str, line: &str) -> Table {
        let word = origin.word();
        let text = format!("# prices 1\n# {word} {date} t\n{line}\n# end\n");
        text::read(&text).unwrap().remove(0)
    }

    fn input(env: &Env, offline: bool, name: &str) -> String {
        let opened = open(env, offline);
        let found = opened.prices.find(&ModelId::new(None, name), None);
        found.map_or("-".into(), |found| found.price.base.input.to_string())
    }

    #[test]
    fn a_young_copy_wins_and_offline_forgets_it() {
        let (_home, env) = world();
        keep(
            &env,
            vec![table(Origin::Current, "2026-12-01", "gpt-5.5\t\t7 7")],
        )
        .unwrap();
        assert_eq!(input(&env, false, "gpt-5.5"), "7");
        assert_eq!(input(&env, true, "gpt-5.5"), "5");
        // What the younger table dropped is still known.
        assert_eq!(input(&env, false, "claude-opus-4-8"), "5");
        keep(
            &env,
            vec![table(Origin::Current, "2020-01-01", "gpt-5.5\t\t9 9")],
        )
        .unwrap();
        assert_eq!(input(&env, false, "gpt-5.5"), "5");
    }

    #[test]
    fn a_copy_keeps_the_tables_that_were_not_fetched() {
        let (_home, env) = world();
        keep(
            &env,
            vec![table(Origin::Current, "2026-12-01", "gpt-5.5\t\t7 7")],
        )
        .unwrap();
        keep(
            &env,
            vec![table(Origin::Catalogue, "2026-12-02", "new-1\tx\t3 3")],
        )
        .unwrap();
        assert_eq!(input(&env, false, "gpt-5.5"), "7");
        assert_eq!(input(&env, false, "new-1"), "3");
    }

    #[test]
    fn a_copy_is_private_and_whole_and_the_last_one_stays() {
        let (_home, env) = world();
        let young = |price: &str| {
            let line = format!("gpt-5.5\t\t{price} 1");
            vec![table(Origin::Current, "2026-12-01", &line)]
        };
        let path = keep(&env, young("7")).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
        keep(&env, young("8")).unwrap();
        let names = fs::read_dir(path.parent().unwrap()).unwrap();
        let mut names: Vec<_> = names.map(|e| e.unwrap().file_name()).collect();
        names.sort();
        assert_eq!(names, ["prices.last.tsv", "prices.tsv"]);
        // A copy cut anywhere is named and the one before it used.
        let whole = fs::read(&path).unwrap();
        for end in 0..whole.len() {
            fs::write(&path, &whole[..end]).unwrap();
            assert_eq!(input(&env, false, "gpt-5.5"), "7");
        }
        let problems = open(&env, false).problems;
        assert_eq!(problems.len(), 1);
        assert!(problems[0].contains("prices.tsv: line"), "{problems:?}");
        assert!(open(&env, true).problems.is_empty());
        // It is no good copy, so it does not push the last one out.
        keep(&env, young("9")).unwrap();
        fs::remove_file(&path).unwrap();
        assert_eq!(input(&env, false, "gpt-5.5"), "7");
    }

    #[test]
    fn your_file_is_read_and_a_damaged_one_is_named() {
        let (_home, env) = world();
        let path = yours_path(&env);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(
            &path,
            "[[price]]\nmodel = \"gpt-5.5\"\ninput = 1\noutput = 2\n",
        )
        .unwrap();
        assert_eq!(input(&env, true, "gpt-5.5"), "1");
        for (text, why) in [
            ("[[price]]\nmodel = \"m\"\n", "input and output are needed"),
            (
                "[[price]]\nmodel = \"m\"\ninput = -1\noutput = 1\n",
                "below 0",
            ),
            (
                "[[price]]\nmodel = \"m\"\ninput = 1\noutput = 1\nsame_as = \"x\"\n",
                "either",
            ),
            (
                "[[price]]\nmodel = \"m\"\ninput = 1\noutput = 1\ncached = 2\n",
                "line 5: unknown field",
            ),
            ("[[price\n", "line 1"),
        ] {
            fs::write(&path, text).unwrap();
            let opened = open(&env, false);
            assert_eq!(opened.problems.len(), 1, "{text}");
            let line = &opened.problems[0];
            assert!(
                line.contains("prices.toml: ") && line.contains(why),
                "{line}"
            );
            assert!(
                !line.contains('\n') && line.ends_with("; ignored"),
                "{line}"
            );
            assert_eq!(input(&env, false, "gpt-5.5"), "5");
        }
        fs::write(&path, [0xff, 0xfe]).unwrap();
        assert_eq!(open(&env, false).problems.len(), 1);
        fs::remove_file(&path).unwrap();
        fs::create_dir(&path).unwrap();
        assert_eq!(open(&env, false).problems.len(), 1);
    }
}
