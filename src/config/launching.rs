//! How agents and terminals are started, where not in the usual way. Each is a program and its arguments, never a line
//! for a shell.

use std::collections::BTreeMap;

use super::{Said, Settings};

/// `[launch]`
#[derive(Clone, PartialEq, Default, Debug)]
pub struct Launching {
    /// Opens a new tab or pane: `{dir}` is the directory, `{argv}` stands for the program to run there and its arguments.
    /// Empty: asked of the multiplexer or terminal that we run in.
    pub tab: Vec<String>,
    /// `[launch.<source>]`, by any name of a source.
    pub agents: BTreeMap<String, Commands>,
}

/// How an agent is started: `{id}` is the session's id. Empty: as its manual says.
#[derive(Clone, PartialEq, Default, Debug)]
pub struct Commands {
    pub resume: Vec<String>,
    pub new: Vec<String>,
    pub fork: Vec<String>,
}

fn words(items: &[Said]) -> Vec<String> {
    items.iter().map(|item| item.text.clone()).collect()
}

impl Settings {
    /// The commands that the settings name.
    pub fn launching(&self) -> Launching {
        let mut agents: BTreeMap<String, Commands> = BTreeMap::new();
        for (name, which) in [
            ("launch.<source>.resume", 0),
            ("launch.<source>.new", 1),
            ("launch.<source>.fork", 2),
        ] {
            for open in self.open(name) {
                let agent = open.names.first().cloned().unwrap_or_default();
                let commands = agents.entry(agent).or_default();
                *match which {
                    0 => &mut commands.resume,
                    1 => &mut commands.new,
                    _ => &mut commands.fork,
                } = words(&open.items);
            }
        }
        Launching {
            tab: words(self.texts("launch.tab")),
            agents,
        }
    }
}
