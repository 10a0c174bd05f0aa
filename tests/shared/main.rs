//! Proof on logs that real programs wrote and on inputs made to break readers. They are too large to live in this
//! repository: `BACKSCROLL_SHARED` names the folder that holds them, and `.ci/run` runs this where it exists.

mod accounting;
#[path = "../sources/at_once.rs"]
mod at_once;
mod browser;
mod cline;
mod copilot;
mod corpus;
mod cursor;
mod droid;
mod evidence;
mod exports;
mod gemini;
mod hostile;
mod launch;
mod masked;
mod peer;
mod pi;
mod prices;
mod promises;
mod remembered;
mod screens;
mod secrets;
mod trash;

use std::path::PathBuf;

/// The folder with the logs.
fn shared() -> PathBuf {
    let named = std::env::var_os("BACKSCROLL_SHARED").map(PathBuf::from);
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let folder = named.unwrap_or_else(beside);
    assert!(
        folder.join("fixtures").is_dir(),
        "{} holds no fixtures",
        folder.display()
    );
    folder
}
