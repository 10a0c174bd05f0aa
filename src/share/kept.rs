//! What was shared: a small file of ours that people can read, and that two runs can write.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::path::PathBuf;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::is_gist;
use crate::env::{Env, OwnDir};
use crate::model::{SessionId, SourceId};
use crate::own;
use crate::text::Clean;

/// A larger file is none of ours.
const LARGEST: u64 = 8 << 20;
/// No share takes more bytes in it.
const ROOM: usize = 4 << 10;
const HEAD: &str = "# What backscroll shared: `backscroll unshare SESSION` takes it back.\n\n";

/// One share.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
pub struct Shared {
    /// The whole id, as `source:id`.
    pub session: String,
    /// The gist.
    pub url: String,
    #[serde(with = "stamp")]
    pub at: Timestamp,
    /// The export's format, by its name.
    pub format: String,
}

/// All shares, oldest first.
#[derive(Clone, PartialEq, Default, Serialize, Deserialize, Debug)]
pub struct Kept {
    #[serde(default)]
    share: Vec<Shared>,
}

impl Kept {
    pub fn path(env: &Env) -> PathBuf {
        env.own_dir(OwnDir::Data).join("shares.toml")
    }

    /// What was shared so far; nothing where no file is there. One that cannot be read is an error: it is never written
    /// over.
    pub fn load(env: &Env) -> io::Result<Kept> {
        let path = Kept::path(env);
        let wrong = |what: String| {
            let line = format!("{}: {what}", path.display());
            io::Error::new(io::ErrorKind::InvalidData, line)
        };
        let file = match own::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Kept::default()),
            Err(error) => return Err(wrong(error.to_string())),
        };
        let mut text = String::new();
        let read = file.take(LARGEST).read_to_string(&mut text);
        read.map_err(|error| wrong(error.to_string()))?;
        let kept = toml::from_str(&text);
        kept.map_err(|error| {
            wrong(
                error
                    .message()
                    .lines()
                    .next()
                    .unwrap_or_default()
                    .to_owned(),
            )
        })
    }

    /// Changes the file as it is now, whatever another run wrote meanwhile.
    pub(super) fn change(env: &Env, change: impl FnOnce(&mut Kept)) -> io::Result<()> {
        let _lock = Kept::lock(env)?;
        let mut kept = Kept::load(env)?;
        change(&mut kept);
        own::write(&Kept::path(env), kept.text()?.as_bytes())
    }

    /// Tries all that a change needs, with room for one share more, and changes nothing.
    pub(super) fn can_change(env: &Env) -> io::Result<()> {
        let _lock = Kept::lock(env)?;
        let text = Kept::load(env)?.text()?;
        let mut new = own::New::at(&Kept::path(env))?;
        new.write_all(text.as_bytes())?;
        new.write_all(&[b'\n'; ROOM])?;
        // Dropped, it leaves nothing behind.
        new.flush()
    }

    fn lock(env: &Env) -> io::Result<File> {
        let lock = own::lock(&own::made(env, OwnDir::Data)?.join("shares.lock"))?;
        lock.lock().map(|()| lock)
    }

    /// The whole file.
    fn text(&self) -> io::Result<String> {
        let text = toml::to_string(self).map_err(io::Error::other)?;
        Ok(format!("{HEAD}{text}"))
    }

    pub(super) fn push(&mut self, shared: Shared) {
        self.share.push(shared);
    }

    pub(super) fn remove(&mut self, shared: &Shared) {
        self.share.retain(|known| known.url != shared.url);
    }

    /// The shares of a session, oldest first.
    pub fn of(&self, id: &SessionId) -> Vec<Shared> {
        let id = id.to_string();
        let shares = self.share.iter().filter(|shared| shared.session == id);
        shares.cloned().collect()
    }

    /// The newest link of each session of these sources, for rows. What is no gist is left out.
    pub fn links(&self, sources: &[SourceId]) -> BTreeMap<SessionId, Clean> {
        let link = |shared: &Shared| {
            let (source, native) = shared.session.split_once(':')?;
            let source = *sources.iter().find(|id| id.0 == source)?;
            let is_ours = is_gist(&shared.url);
            is_ours.then(|| (SessionId::new(source, native), Clean::of(&shared.url)))
        };
        self.share.iter().filter_map(link).collect()
    }
}

/// Times as people read them.
mod stamp {
    use jiff::Timestamp;
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    pub fn serialize<S: Serializer>(at: &Timestamp, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(at)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Timestamp, D::Error> {
        String::deserialize(from)?.parse().map_err(D::Error::custom)
    }
}
