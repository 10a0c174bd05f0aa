//! Which theme the settings ask for: one of ours, or a file of a person's own.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::ColorChoice;
use crate::config::{At, Mistake, Place, Settings, THEMES, nearest};
use crate::env::Env;
use crate::render::theme::{self, Theme, ThemeKind};

/// A file larger than this is no theme.
const LARGEST: u64 = 1 << 18;
/// Files of themes end like this.
const ENDS: [&str; 3] = ["toml", "yaml", "yml"];

/// A theme for each ground; often the same one.
#[derive(Clone, PartialEq, Debug)]
pub struct Themes {
    dark: Theme,
    light: Theme,
    /// Those in the folder of settings, by name, to be tried.
    own: Vec<(String, Theme)>,
    /// No theme helps: there is to be no colour.
    is_plain: bool,
}

impl Default for Themes {
    fn default() -> Themes {
        Themes {
            dark: Theme::built_in(ThemeKind::Dark),
            light: Theme::built_in(ThemeKind::Light),
            own: Vec::new(),
            is_plain: false,
        }
    }
}

impl Themes {
    pub fn on(&self, light: bool) -> &Theme {
        if light { &self.light } else { &self.dark }
    }

    /// Whether there is one for a light and one for a dark ground.
    pub fn follow_ground(&self) -> bool {
        self.dark != self.light
    }

    fn both(theme: Theme) -> Themes {
        Themes {
            dark: theme.clone(),
            light: theme,
            ..Themes::default()
        }
    }

    fn built_in((dark, light): (ThemeKind, ThemeKind)) -> Themes {
        Themes {
            dark: Theme::built_in(dark),
            light: Theme::built_in(light),
            ..Themes::default()
        }
    }

    /// The names of themes in the folder of settings.
    pub fn own(&self) -> impl Iterator<Item = &str> {
        self.own.iter().map(|(name, _)| name.as_str())
    }

    /// The theme of a name, to be tried; absent where there is none, or no theme helps.
    pub fn named(&self, name: &str, light: bool) -> Option<Theme> {
        let own = self.own.iter().find(|(own, _)| own == name);
        let theme = match (ThemeKind::named(name), own) {
            (Some((_, kind)), _) if light => Theme::built_in(kind),
            (Some((kind, _)), _) => Theme::built_in(kind),
            (None, own) => own?.1.clone(),
        };
        (!self.is_plain).then_some(theme)
    }

    /// The themes in force, and what is wrong with them. Where the terminal is to have no colour, none helps.
    pub fn of(env: &Env, settings: &Settings, color: ColorChoice) -> (Themes, Vec<Mistake>) {
        let name = settings.text("ui.theme");
        let (asked, mistakes) = match ThemeKind::named(name) {
            Some(kinds) => (Some(Themes::built_in(kinds)), Vec::new()),
            None => own(env, settings, name),
        };
        let usual = || {
            let kinds = ThemeKind::named("auto").unwrap_or_default();
            match is_rich(env) {
                true => Themes::built_in(kinds),
                false => Themes::both(Theme::built_in(ThemeKind::Sixteen)),
            }
        };
        let plain = is_plain(env, color);
        let mut themes = match asked {
            _ if plain => Themes::both(Theme::built_in(ThemeKind::Mono)),
            Some(themes) if name != "auto" => themes,
            _ => usual(),
        };
        themes.own = all_own(env, settings);
        themes.is_plain = plain;
        (themes, mistakes)
    }
}

/// No colour at all, by flag or by what the terminal says of itself.
fn is_plain(env: &Env, color: ColorChoice) -> bool {
    let plain = env.var("NO_COLOR").is_some() || env.var("TERM") == Some("dumb");
    color == ColorChoice::Never || plain && color == ColorChoice::Auto
}

/// More than the sixteen colours that every terminal has.
fn is_rich(env: &Env) -> bool {
    let term = env.var("TERM").unwrap_or_default();
    let depth = env.var("COLORTERM").unwrap_or_default();
    matches!(depth, "truecolor" | "24bit") || term.contains("256color") || term.ends_with("-direct")
}

/// The files of themes in the folder of settings.
fn files(env: &Env, settings: &Settings) -> Vec<PathBuf> {
    let listed = env.files.list(&settings.themes()).unwrap_or_default();
    let paths = listed.into_iter().map(|entry| entry.path);
    let is_theme = |path: &PathBuf| {
        path.extension()
            .is_some_and(|end| ENDS.iter().any(|known| end == *known))
    };
    paths.filter(is_theme).collect()
}

/// Where the theme of a name is: the name of a file in our folder, or a path.
pub fn path(env: &Env, settings: &Settings, name: &str) -> Option<PathBuf> {
    if ThemeKind::named(name).is_some() || name.is_empty() {
        return None;
    }
    let is_file = name.contains('/') || ENDS.iter().any(|end| name.ends_with(&format!(".{end}")));
    if is_file {
        let path = Path::new(name);
        let below = settings.path.parent().unwrap_or(Path::new("")).join(path);
        return Some(match path.starts_with("~") {
            true => env.expand(path),
            // A bare name with its ending is a file of our folder too.
            false if !name.contains('/') && env.files.stamp(&below).is_err() => {
                settings.themes().join(path)
            }
            false => below,
        });
    }
    let ours = files(env, settings);
    ours.into_iter()
        .find(|path| path.file_stem().is_some_and(|stem| stem == name))
}

/// The themes of the folder, by name.
fn all_own(env: &Env, settings: &Settings) -> Vec<(String, Theme)> {
    let theme = |path: PathBuf| {
        let name = path.file_stem()?.to_str()?.to_owned();
        let mut text = String::new();
        let file = env.files.open(&path).ok()?;
        file.take(LARGEST).read_to_string(&mut text).ok()?;
        Some((name, theme::read(&text).0))
    };
    files(env, settings).into_iter().filter_map(theme).collect()
}

fn own(env: &Env, settings: &Settings, name: &str) -> (Option<Themes>, Vec<Mistake>) {
    let held = settings.place("ui.theme");
    let unread = |what: String, nearest: Option<String>| Mistake {
        at: At::File(settings.path.clone(), held),
        what: format!("ui.theme: {what}"),
        nearest,
        warns: false,
    };
    let Some(path) = path(env, settings, name) else {
        let ours = files(env, settings);
        let stems = ours.iter().filter_map(|path| path.file_stem()?.to_str());
        let near = nearest(name, THEMES.iter().copied().chain(stems));
        let folder = crate::text::short_dir(&settings.themes(), &env.home);
        let what = format!("no theme {name} comes with the program or is in {folder}");
        return (None, vec![unread(what, near)]);
    };
    let mut text = String::new();
    let opened = env.files.open(&path);
    let read = opened.and_then(|file| file.take(LARGEST).read_to_string(&mut text));
    if let Err(error) = read {
        let what = format!("{}: {error}", path.display());
        return (None, vec![unread(what, None)]);
    }
    let (theme, flaws) = theme::read(&text);
    let path: Arc<Path> = path.into();
    let mut mistakes: Vec<Mistake> = Vec::new();
    for flaw in flaws {
        let known = flaw.name.as_ref();
        let near = known.and_then(|(name, all)| nearest(name, all.iter().map(String::as_str)));
        mistakes.push(Mistake {
            at: At::File(path.clone(), Some(Place::of(&text, flaw.at))),
            what: flaw.what,
            nearest: near,
            warns: false,
        });
    }
    for faint in theme.faint() {
        let (role, ratio, least) = (faint.role, faint.ratio, faint.least);
        mistakes.push(Mistake {
            at: At::File(path.clone(), None),
            what: format!("{role} has a contrast of {ratio:.1} to 1 and needs {least}"),
            nearest: None,
            warns: true,
        });
    }
    (Some(Themes::both(theme)), mistakes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config;
    use crate::env::OwnDir;

    fn of(vars: &[(&str, &str)], name: &str, file: Option<(&str, &str)>) -> (Themes, Vec<String>) {
        let dir = tempfile::tempdir().unwrap();
        let mut env = Env::bare(dir.path(), "2026-01-01T00:00:00Z".parse().unwrap());
        env.vars.insert("TERM".into(), "xterm-256color".into());
        for (name, value) in vars {
            env.vars.insert(name.into(), value.into());
        }
        let folder = env.own_dir(OwnDir::Config);
        std::fs::create_dir_all(folder.join("themes")).unwrap();
        std::fs::write(
            folder.join("config.toml"),
            format!("ui.theme = \"{name}\"\n"),
        )
        .unwrap();
        if let Some((name, text)) = file {
            std::fs::write(folder.join("themes").join(name), text).unwrap();
        }
        let settings = config::load(&env, None, Vec::new()).unwrap();
        let (themes, mistakes) = Themes::of(&env, &settings, ColorChoice::Auto);
        (themes, mistakes.iter().map(|m| m.line(&env.home)).collect())
    }

    /// UX 10: what the terminal can show comes first, then what the settings say, then the ground.
    #[test]
    fn the_terminal_and_the_settings_choose() {
        let kind = |vars: &[(&str, &str)], name: &str, light: bool| {
            let (themes, wrong) = of(vars, name, None);
            assert_eq!(wrong, [""; 0]);
            themes.on(light).clone()
        };
        let ours = Theme::built_in;
        assert_eq!(kind(&[], "auto", false), ours(ThemeKind::Dark));
        assert_eq!(kind(&[], "auto", true), ours(ThemeKind::Light));
        assert_eq!(
            kind(&[("TERM", "xterm")], "auto", true),
            ours(ThemeKind::Sixteen)
        );
        assert_eq!(
            kind(&[], "colour-blind", true),
            ours(ThemeKind::ColourBlindLight)
        );
        assert_eq!(
            kind(&[], "high-contrast-dark", true),
            ours(ThemeKind::HighContrastDark)
        );
        assert_eq!(
            kind(&[("TERM", "xterm")], "dark", true),
            ours(ThemeKind::Dark)
        );
        assert_eq!(
            kind(&[("NO_COLOR", "1")], "dark", true),
            ours(ThemeKind::Mono)
        );
        assert!(of(&[], "auto", None).0.follow_ground() && !of(&[], "16", None).0.follow_ground());
        for name in THEMES {
            assert!(ThemeKind::named(name).is_some(), "{name}");
        }
    }

    /// R19: a theme that is not there is one line, and the usual one is shown.
    #[test]
    fn themes_of_ones_own_are_found_by_name_and_by_path() {
        let text = "background = \"#1e1e1e\"\naccent = \"#ff8800\"\n";
        for name in [
            "mine",
            "mine.toml",
            "themes/mine.toml",
            "~/.config/backscroll/themes/mine.toml",
        ] {
            let (themes, wrong) = of(&[], name, Some(("mine.toml", text)));
            assert_eq!(wrong, [""; 0], "{name}");
            assert_ne!(themes, Themes::default(), "{name}");
        }
        let (themes, wrong) = of(&[], "mina", Some(("mine.yaml", "base00: 1")));
        assert_eq!(themes.on(false), Themes::default().on(false));
        assert_eq!(themes.on(true), Themes::default().on(true));
        let line = "~/.config/backscroll/config.toml, line 1, column 4: ui.theme: no theme mina comes with the program \
                    or is in ~/.config/backscroll/themes; the nearest is mine";
        assert_eq!(wrong, [line]);
        let (_, wrong) = of(&[], "gone/mine.toml", None);
        assert!(
            wrong.len() == 1 && wrong[0].contains("mine.toml: "),
            "{wrong:?}"
        );
        let text = "background = \"#ffffff\"\ndim = \"#eeeeee\"\nacent = \"red\"\n";
        let (_, wrong) = of(&[], "mine", Some(("mine.toml", text)));
        assert!(
            wrong[0].contains("mine.toml, line 3, column 1: no role acent; the nearest is accent"),
            "{wrong:?}"
        );
        assert!(
            wrong
                .iter()
                .any(|w| w.contains("dim has a contrast of 1.2 to 1 and needs 4.5")),
            "{wrong:?}"
        );
    }
}
