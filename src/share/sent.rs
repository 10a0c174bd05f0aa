//! The file while it is sent: private, under the name that others will see, and gone afterwards.

use std::ffi::OsStr;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::Made;
use crate::env::{Env, OwnDir};
use crate::own;

/// Dropped, it is gone.
pub(super) struct Sent {
    path: PathBuf,
}

impl Sent {
    pub(super) fn put(env: &Env, made: &Made) -> io::Result<Sent> {
        let folder = own::inside(env, OwnDir::State, "share")?;
        tidy(&folder);
        // Another program's share of the same session has a folder of its own.
        let folder = folder.join(std::process::id().to_string());
        own::make(&folder)?;
        own::check(&folder)?;
        let name = Path::new(&made.name).file_name().unwrap_or_default();
        let path = folder.join(name);
        if path.exists() {
            // Left by a run that was killed, whose number we have now.
            fs::remove_file(&path)?;
        }
        let mut file = own::fresh(&path)?;
        let sent = Sent { path };
        file.write_all(&made.bytes)?;
        Ok(sent)
    }

    pub(super) fn path(&self) -> &OsStr {
        self.path.as_os_str()
    }
}

impl Drop for Sent {
    fn drop(&mut self) {
        // What stays is private, and goes with the next share after a day.
        let _ = fs::remove_file(&self.path);
        if let Some(folder) = self.path.parent() {
            let _ = fs::remove_dir(folder);
        }
    }
}

/// Removes the folders of runs that ended before they could. What has no number for a name was not made here.
fn tidy(folder: &Path) {
    for entry in own::left_behind(folder) {
        let name = entry.file_name();
        let is_number = name
            .to_str()
            .is_some_and(|name| name.parse::<u32>().is_ok());
        if is_number && entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            // Another run may be tidying too.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}
