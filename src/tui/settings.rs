//! The dialog of settings: a tab for each thing that people set, and the lines of each tab.

use std::collections::HashMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::app::App;
use super::columns::{COLUMNS, Class, Column, Placed};
use super::keys::{Bound, Scope, printed};
use super::view::layout;
use crate::config::{Kind, OPTIONS, Opt, THEMES, Value};
use crate::model::SourceId;
use crate::text::{Clean, count};

#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Tab {
    #[default]
    Columns,
    Sources,
    Prices,
    Keys,
    Theme,
    /// Everything that has one value and no tab of its own.
    Others,
}

impl Tab {
    pub const ALL: [Tab; 6] = [
        Tab::Columns,
        Tab::Sources,
        Tab::Prices,
        Tab::Keys,
        Tab::Theme,
        Tab::Others,
    ];

    pub fn word(self) -> &'static str {
        match self {
            Tab::Columns => "columns",
            Tab::Sources => "sources",
            Tab::Prices => "prices",
            Tab::Keys => "keys",
            Tab::Theme => "theme",
            Tab::Others => "others",
        }
    }

    /// The tab so many places on, round the end.
    pub fn beside(self, by: isize) -> Tab {
        let at = Tab::ALL.iter().position(|tab| *tab == self).unwrap_or(0);
        let many = Tab::ALL.len();
        let to = (at + many).saturating_add_signed(by) % many;
        Tab::ALL.get(to).copied().unwrap_or_default()
    }
}

/// The dialog while it is open.
#[derive(Clone, Copy, Default, Debug)]
pub struct SettingsDialog {
    pub tab: Tab,
    pub cursor: usize,
    /// The kind of list whose columns are shown.
    pub class: Class,
}

/// What there is to know of the world that the settings are about, as it was when the dialog opened.
#[derive(Clone, Default, Debug)]
pub struct Known {
    pub sources: Vec<KnownSource>,
    pub prices: Vec<KnownPrices>,
}

#[derive(Clone, Debug)]
pub struct KnownSource {
    pub id: SourceId,
    pub label: Clean,
    /// Every name that settings may call it by, in small letters.
    pub names: Vec<String>,
    /// Its logs are read in this run.
    pub is_read: bool,
    /// Where they are looked for.
    pub roots: Vec<Clean>,
}

#[derive(Clone, Debug)]
pub struct KnownPrices {
    pub title: Clean,
    pub prices: usize,
    /// The day on which they were taken; absent for your own.
    pub date: Option<Date>,
    /// With the program, by a refresh, or from your file.
    pub from: Clean,
}

/// What choosing a line does.
#[derive(Clone, PartialEq, Debug)]
pub enum Turns {
    Column(&'static str),
    /// By its own name.
    Source(SourceId),
    Theme(String),
    Setting(&'static str),
    /// The name of an action in settings, `list.sort-cost`, and its keys.
    Keys(String, Vec<String>),
    Nothing,
}

/// One line of a tab.
#[derive(Clone, Debug)]
pub struct Line {
    /// A box before it, with a mark or without.
    pub mark: Option<bool>,
    pub label: Clean,
    /// What it is now, at the right.
    pub note: Clean,
    /// What it is for, below all lines while the cursor is on it.
    pub help: Clean,
    pub turns: Turns,
}

/// Cells for the names of lines.
const LABEL: usize = 26;

/// The lines of the tab that is open.
pub fn lines(app: &App, dialog: &SettingsDialog) -> Vec<Line> {
    match dialog.tab {
        Tab::Columns => columns(app, dialog.class),
        Tab::Sources => sources(app),
        Tab::Prices => prices(app),
        Tab::Keys => keys(app),
        Tab::Theme => themes(app),
        Tab::Others => others(app),
    }
}

/// What stands above them.
pub fn head(app: &App, dialog: &SettingsDialog) -> Clean {
    Clean::from(match dialog.tab {
        Tab::Columns if app.view_columns.is_some() => {
            "a view shows columns of its own; a change here ends that".to_owned()
        }
        Tab::Columns => {
            let here = app.class() == dialog.class;
            let here = if here { ", as seen now" } else { "" };
            format!("{}{here}", dialog.class.word())
        }
        Tab::Sources => "turned on or off from the next start".to_owned(),
        Tab::Prices => "backscroll prices --refresh fetches younger ones".to_owned(),
        Tab::Keys => "several keys with `or` between them: g g or home".to_owned(),
        Tab::Theme => "seen while the cursor is on it".to_owned(),
        Tab::Others => "kept in the file of settings".to_owned(),
    })
}

/// Those that are shown in their order, then all others.
fn columns(app: &App, class: Class) -> Vec<Line> {
    let chosen = app.manner.columns.get(class);
    // Of the list that is seen it is known what has room.
    let header = layout::panes(app).header();
    let seen = header.filter(|_| app.class() == class && app.view_columns.is_none());
    let laid = seen.map(|header| app.laid(class, header.width));
    let is_laid = |name: &str| match &laid {
        Some(laid) => laid.iter().any(|laid| laid.placed.column.name == name),
        None => true,
    };
    let line = |column: &'static Column, placed: Option<&Placed>| {
        let usual = Placed {
            column,
            width: None,
        };
        let cells = placed.unwrap_or(&usual).cells(class);
        let note = match (placed, cells) {
            (None, _) => String::new(),
            _ if !is_laid(column.name) => "no room".to_owned(),
            (_, 0) => "what is left".to_owned(),
            (_, cells) => format!("{cells} cells"),
        };
        Line {
            mark: Some(placed.is_some()),
            label: Clean::from(format!("{:<12}{}", column.name, column.help)),
            note: Clean::from(note),
            help: column.help.into(),
            turns: Turns::Column(column.name),
        }
    };
    let is_chosen = |column: &&Column| chosen.iter().any(|p| p.column.name == column.name);
    let rest = COLUMNS.iter().filter(|column| !is_chosen(column));
    let shown = chosen
        .iter()
        .map(|placed| line(placed.column, Some(placed)));
    shown.chain(rest.map(|column| line(column, None))).collect()
}

/// Whether the settings leave a source out.
pub fn is_off(app: &App, source: &KnownSource) -> bool {
    let off = app.manner.settings.texts("sources.off");
    off.iter()
        .any(|said| source.names.contains(&said.text.to_lowercase()))
}

fn sources(app: &App) -> Vec<Line> {
    let mut many: HashMap<SourceId, u64> = HashMap::new();
    for row in app.index.rows() {
        *many.entry(row.id().source).or_default() += 1;
    }
    let line = |source: &KnownSource| {
        let on = !is_off(app, source);
        let sessions = many.get(&source.id).copied().unwrap_or(0);
        let note = match (on, source.is_read) {
            (true, true) if sessions == 1 => "1 session".to_owned(),
            (true, true) => format!("{} sessions", count(sessions)),
            (false, false) => "off".to_owned(),
            (true, false) => "on from the next start".to_owned(),
            (false, true) => "off from the next start".to_owned(),
        };
        let first = source.roots.first().map_or("", |root| root.as_str());
        let roots: Vec<&str> = source.roots.iter().map(Clean::as_str).collect();
        Line {
            mark: Some(on),
            label: Clean::line(&format!("{:<18}{first}", source.label.as_str())),
            note: Clean::from(note),
            help: Clean::line(&format!(
                "looked for in {}; sources.roots.{} adds folders",
                roots.join(", "),
                source.id.0
            )),
            turns: Turns::Source(source.id),
        }
    };
    app.known.sources.iter().map(line).collect()
}

fn prices(app: &App) -> Vec<Line> {
    let today = app.now.to_zoned(TimeZone::UTC).date();
    let line = |table: &KnownPrices| {
        let age = table.date.map(|date| i64::from((today - date).get_days()));
        let note = match (table.date, age) {
            (Some(date), Some(..=0)) => format!("{date}, today"),
            (Some(date), Some(1)) => format!("{date}, 1 day old"),
            (Some(date), Some(days)) => format!("{date}, {days} days old"),
            _ => "yours".to_owned(),
        };
        let title = table.title.cut(40);
        Line {
            mark: None,
            label: Clean::line(&format!(
                "{:>6} prices  {title}",
                count(table.prices as u64)
            )),
            note: Clean::from(note),
            help: table.from.clone(),
            turns: Turns::Nothing,
        }
    };
    app.known.prices.iter().map(line).collect()
}

fn keys(app: &App) -> Vec<Line> {
    let preset = OPTIONS.iter().filter(|opt| opt.name == "keys.preset");
    let mut lines: Vec<Line> = preset.map(|opt| other(app, opt)).collect();
    let doubled = app.manner.keys.doubled();
    let line = |bound: &Bound| {
        let keys = bound.listed();
        let keys: Vec<String> = keys.iter().map(|key| printed(key)).collect();
        let changed = match (doubled.contains(&bound.name()), bound.is_changed()) {
            (true, _) => "a key of it is bound twice",
            (false, true) => "yours",
            (false, false) => "",
        };
        Line {
            mark: None,
            label: Clean::line(&format!("{:<16}  {}", keys.join("  "), bound.row.help)),
            note: changed.into(),
            help: Clean::line(&format!(
                "{}: keys.{}",
                bound.row.scope.word(),
                bound.name()
            )),
            turns: Turns::Keys(bound.name(), bound.keys.clone()),
        }
    };
    // In the order of the help: what holds everywhere is asked for most.
    let first = |bound: &&Bound| bound.row.scope == Scope::Any;
    let all = || app.manner.keys.rows();
    lines.extend(all().filter(first).map(line));
    lines.extend(all().filter(|bound| !first(bound)).map(line));
    lines
}

fn themes(app: &App) -> Vec<Line> {
    let now = app.manner.settings.text("ui.theme");
    let ours = THEMES.iter().map(|name| (*name).to_owned());
    let own = app.manner.themes.own().map(str::to_owned);
    let line = |(name, help): (String, &'static str)| Line {
        mark: Some(name == now),
        label: Clean::line(&name),
        note: if name == now { "in force" } else { "" }.into(),
        help: help.into(),
        turns: Turns::Theme(name),
    };
    let ours = ours.map(|name| (name, "comes with the program"));
    let own = own.map(|name| (name, "from the folder of themes"));
    ours.chain(own).map(line).collect()
}

/// Whether a setting has a tab of its own.
fn has_tab(opt: &Opt) -> bool {
    let own = ["ui.theme", "sources.off", "keys.preset"];
    own.contains(&opt.name) || Class::ALL.iter().any(|class| class.option() == opt.name)
}

fn others(app: &App) -> Vec<Line> {
    let listed = OPTIONS.iter().filter(|opt| !opt.is_open());
    let listed = listed.filter(|opt| !has_tab(opt));
    listed.map(|opt| other(app, opt)).collect()
}

fn other(app: &App, opt: &'static Opt) -> Line {
    let value = match app.manner.settings.held(opt.name).map(|held| &held.value) {
        // As somebody would type it.
        Some(Value::Number(bytes)) if matches!(opt.kind, Kind::Size(_)) => {
            format!("{}M", bytes >> 20)
        }
        Some(value) => value.plain(),
        None => String::new(),
    };
    let mark = matches!(opt.kind, Kind::Bool).then(|| app.manner.settings.is_on(opt.name));
    let start = if opt.at_start {
        " (from the next start)"
    } else {
        ""
    };
    Line {
        mark,
        label: Clean::line(&format!("{:<LABEL$}{}", opt.name, opt.help)),
        note: Clean::line(&value),
        help: Clean::line(&format!("{}{start}: {}", opt.takes(), opt.help)),
        turns: Turns::Setting(opt.name),
    }
}
