//! What the screen keeps in our own folders from one run to the next: preferences and saved views.

use std::io;
use std::path::PathBuf;

use super::prefs::Prefs;
use super::views::{self, View};
use crate::env::{Env, OwnDir};
use crate::own;

pub fn read_prefs(env: &Env) -> Prefs {
    let path = env.own_dir(OwnDir::State).join("prefs.toml");
    // What cannot be read is as good as new.
    std::fs::read_to_string(path)
        .ok()
        .and_then(|text| toml::from_str(&text).ok())
        .unwrap_or_default()
}

pub fn write_prefs(env: &Env, prefs: &Prefs) -> io::Result<()> {
    let text = toml::to_string(prefs).map_err(io::Error::other)?;
    own::write(
        &env.own_dir(OwnDir::State).join("prefs.toml"),
        text.as_bytes(),
    )
}

fn views_path(env: &Env) -> PathBuf {
    env.own_dir(OwnDir::Config).join("views.toml")
}

pub fn read_views(env: &Env) -> Result<Vec<View>, String> {
    let path = views_path(env);
    let name = || crate::text::short_dir(&path, &env.home);
    match std::fs::read_to_string(&path) {
        Ok(text) => views::read(&text).map_err(|why| format!("{}: {why}", name())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(format!("{}: {error}", name())),
    }
}

/// Writes a view behind the others, so that what people wrote there stays.
pub fn save_view(env: &Env, view: &View) -> anyhow::Result<()> {
    let known = read_views(env).map_err(anyhow::Error::msg)?;
    let is_taken = |known: &View| known.slot == view.slot && known.name != view.name;
    if known.iter().any(is_taken) {
        let slot = view.slot;
        anyhow::bail!("views.toml has another view {slot} by now; start again to see it");
    }
    let path = views_path(env);
    let mut text = std::fs::read_to_string(&path).unwrap_or_default();
    if !text.is_empty() && !text.ends_with("\n\n") {
        text.push('\n');
    }
    text.push_str(&view.written()?);
    views::read(&text).map_err(anyhow::Error::msg)?;
    Ok(own::write(&path, text.as_bytes())?)
}

/// Takes a view out, and leaves whatever else people wrote there.
pub fn drop_view(env: &Env, view: &View) -> anyhow::Result<()> {
    let known = read_views(env).map_err(anyhow::Error::msg)?;
    let slot = view.slot;
    let is_other = |known: &View| known.slot == slot && known.name != view.name;
    if known.iter().any(is_other) {
        anyhow::bail!("views.toml has another view {slot} by now; start again to see it");
    }
    let path = views_path(env);
    let text = std::fs::read_to_string(&path)?;
    let text = views::without(&text, slot).map_err(anyhow::Error::msg)?;
    Ok(own::write(&path, text.as_bytes())?)
}
