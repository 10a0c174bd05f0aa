//! Folders of logs that are added on the screen: written into the settings, and read from then on.

use std::path::Path;
use std::sync::Arc;

use super::{End, Options, Screen};
use crate::config::edit::{self, New};
use crate::config::{self, Settings};
use crate::ingest::Choice;
use crate::model::SourceId;
use crate::text::{Clean, short_dir};

/// The setting that holds them.
const ROOTS: &str = "sources.roots.<source>";

impl Screen<'_> {
    /// Writes a folder into the settings and has the screen opened again with it. One that is not there is none.
    pub fn add_folder(&mut self, id: SourceId, path: &str) {
        let done = self.write_folder(id, path);
        match done {
            Ok(()) => self.quit = Some(End::Again),
            Err(why) => self.app.say(Clean::line(&why), true),
        }
    }

    fn write_folder(&self, id: SourceId, path: &str) -> Result<(), String> {
        let place = self.env.expand(Path::new(path));
        let shown = short_dir(&place, &self.env.home);
        if let Err(error) = self.env.files.list(&place) {
            return Err(format!("{shown} is no folder to look in: {error}"));
        }
        // What settings say of it by now, not when the screen was opened.
        let settings = &self.app.manner.settings;
        let (name, mut folders) = named(settings, &self.choice, id);
        if !folders.iter().any(|known| known == path) {
            folders.push(path.to_owned());
        }
        edit::set(&settings.path, &name, &New::Items(folders))
    }
}

/// The setting that holds the folders of a source, by the name that its owner gave it there, and those it holds.
fn named(settings: &Settings, choice: &Choice, id: SourceId) -> (String, Vec<String>) {
    let is_it = |name: &str| choice.named(name).is_some_and(|s| s.card().id == id);
    let mut open = settings.open(ROOTS).filter_map(|open| {
        let name = open.names.first()?;
        is_it(name).then_some((name, &open.items))
    });
    let (name, folders) = match open.next() {
        Some((name, items)) => {
            let folders = items.iter().map(|said| said.text.clone());
            (name.as_str(), folders.collect())
        }
        None => (id.0, Vec::new()),
    };
    (ROOTS.replace("<source>", name), folders)
}

/// Takes what the settings say by now into how the screen is opened.
pub fn take_in(options: &mut Options) {
    let origin = &options.settings;
    let named = origin.named.as_deref();
    // A file that was named and is gone leaves everything as it was.
    if let Ok(mut settings) = config::load(&origin.env, named, origin.flags.clone()) {
        settings.choose(&origin.env, &mut options.choice);
        options.settings.settings = Arc::new(settings);
    }
}
