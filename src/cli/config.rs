//! `backscroll config`: the settings in force, where their file is, what is wrong with it, and a schema of it.

use serde::Serialize;
use serde_json::Value as Json;

use super::args::{ConfigCommand, Shared};
use super::json::{self, SCHEMA};
use super::{Failure, Streams};
use crate::config::{At, Mistake, write};
use crate::env::Env;
use crate::exit;
use crate::text::Clean;
use crate::tui::ColorChoice;
use crate::tui::columns::Columns;
use crate::tui::keys::{KeyMap, scopes};
use crate::tui::themes::Themes;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PrintOut {
    schema_version: u32,
    path: String,
    settings: Vec<SettingOut>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SettingOut {
    name: String,
    value: Json,
    /// `default`, the file and its line, a variable or a flag.
    from: String,
    help: &'static str,
    takes: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PathOut {
    schema_version: u32,
    path: String,
    exists: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CheckOut {
    schema_version: u32,
    path: String,
    mistakes: Vec<MistakeOut>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct MistakeOut {
    /// The file, or none where a variable is wrong.
    file: Option<String>,
    line: Option<usize>,
    column: Option<usize>,
    variable: Option<String>,
    what: String,
    nearest: Option<String>,
    /// It holds all the same.
    warning: bool,
}

pub fn run(
    env: &Env,
    shared: &Shared,
    command: ConfigCommand,
    streams: &mut Streams<'_>,
) -> Result<i32, Failure> {
    match command {
        ConfigCommand::Print => print(env, shared, streams),
        ConfigCommand::Path => path(env, shared, streams),
        ConfigCommand::Check => check(env, shared, streams),
        ConfigCommand::Schema => {
            let actions = |scope| {
                let map = KeyMap::default();
                let rows = map.rows().filter(|b| b.row.scope == scope);
                rows.map(|b| b.row.action.name()).collect()
            };
            let places: Vec<_> = scopes().iter().map(|s| (s.name(), actions(*s))).collect();
            let places = places
                .iter()
                .map(|(name, all): &(_, Vec<_>)| (name.as_str(), all.clone()));
            json::write(streams.out, &write::schema(places))?;
            Ok(exit::DONE)
        }
    }
}

fn shown(path: &std::path::Path) -> String {
    Clean::line(&path.to_string_lossy()).to_string()
}

fn print(env: &Env, shared: &Shared, streams: &mut Streams<'_>) -> Result<i32, Failure> {
    let settings = &shared.settings;
    // What is written and means nothing is not in force.
    for mistake in &mistakes(env, shared)? {
        super::warn(streams, &mistake.line(&env.home))?;
    }
    if shared.json {
        let lines = settings.lines().into_iter().map(|line| SettingOut {
            value: line.value.json(),
            from: line.from.words(settings, &env.home),
            help: line.opt.help,
            takes: line.opt.takes(),
            name: line.name,
        });
        let out = PrintOut {
            schema_version: SCHEMA,
            path: shown(&settings.path),
            settings: lines.collect(),
        };
        json::write(streams.out, &out)?;
    } else if shared.plain {
        for line in settings.lines() {
            let from = line.from.words(settings, &env.home);
            let text = format!("{}: {} ({from})", line.name, line.value.toml());
            writeln!(streams.out, "{}", Clean::line(&text))?;
        }
    } else {
        write!(streams.out, "{}", Clean::of(&settings.written(&env.home)))?;
    }
    Ok(exit::DONE)
}

fn path(env: &Env, shared: &Shared, streams: &mut Streams<'_>) -> Result<i32, Failure> {
    let path = &shared.settings.path;
    if shared.json {
        let out = PathOut {
            schema_version: SCHEMA,
            path: shown(path),
            exists: env.files.stamp(path).is_ok(),
        };
        json::write(streams.out, &out)?;
    } else {
        writeln!(streams.out, "{}", shown(path))?;
    }
    Ok(exit::DONE)
}

/// Everything that is wrong with the settings, with keys, columns and themes.
fn mistakes(env: &Env, shared: &Shared) -> Result<Vec<Mistake>, Failure> {
    let mut settings = (*super::choice(env, shared)?.settings).clone();
    settings.mistakes.extend(KeyMap::of(&settings).1);
    settings.mistakes.extend(Columns::of(&settings).1);
    let themes = Themes::of(env, &settings, ColorChoice::Always);
    settings.mistakes.extend(themes.1);
    settings.mistakes.sort_by_key(|mistake| match &mistake.at {
        At::Variable(_) => (2, None),
        At::File(path, place) if *path == settings.path => (0, *place),
        At::File(_, place) => (1, *place),
    });
    Ok(settings.mistakes)
}

fn check(env: &Env, shared: &Shared, streams: &mut Streams<'_>) -> Result<i32, Failure> {
    let path = &shared.settings.path;
    let mistakes = mistakes(env, shared)?;
    if shared.json {
        let out = |mistake: &Mistake| {
            let (file, place, variable) = match &mistake.at {
                At::File(path, place) => (Some(shown(path)), *place, None),
                At::Variable(name) => (None, None, Some(name.clone())),
            };
            MistakeOut {
                file,
                line: place.map(|place| place.line),
                column: place.map(|place| place.column),
                variable,
                what: mistake.what.clone(),
                nearest: mistake.nearest.clone(),
                warning: mistake.warns,
            }
        };
        let out = CheckOut {
            schema_version: SCHEMA,
            path: shown(path),
            mistakes: mistakes.iter().map(out).collect(),
        };
        json::write(streams.out, &out)?;
    } else {
        for mistake in &mistakes {
            let warning = if mistake.warns { "warning: " } else { "" };
            let line = format!("{warning}{}", mistake.line(&env.home));
            writeln!(streams.out, "{}", Clean::line(&line))?;
        }
        if mistakes.is_empty() {
            let is_there = env.files.stamp(path).is_ok();
            let state = if is_there {
                "no mistakes"
            } else {
                "not there, and need not be"
            };
            writeln!(streams.out, "{}: {state}", shown(path))?;
        }
    }
    let is_wrong = mistakes.iter().any(|mistake| !mistake.warns);
    Ok(if is_wrong { exit::USAGE } else { exit::DONE })
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use crate::cli::args::Args;
    use crate::config::COMMANDS;

    /// What the help on the screen tells of these commands is what they tell themselves.
    #[test]
    fn the_commands_are_those_of_the_table() {
        let whole = Args::command();
        let config = whole.find_subcommand("config").unwrap();
        let own = config.get_subcommands().map(|command| {
            let about = command.get_about().map(ToString::to_string);
            (command.get_name().to_owned(), about.unwrap_or_default())
        });
        let own: Vec<(String, String)> = own.collect();
        let told = COMMANDS
            .iter()
            .map(|(name, help)| ((*name).to_owned(), (*help).to_owned()));
        assert_eq!(own, told.collect::<Vec<_>>());
    }
}
