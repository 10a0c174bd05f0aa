//! `backscroll completions` and `backscroll man`: what the program says of itself to shells and to `man`, made from the
//! declaration of the arguments.

use clap::CommandFactory;
use clap_complete::Shell;

use super::args::Args;
use super::{Failure, Streams};
use crate::config::{OPTIONS, Opt};
use crate::exit;
use crate::query::{FIELDS, Field, SHAPES, Shape};
use crate::sources::{SOURCES, Source};
use crate::tui::columns::{COLUMNS, Column};
use crate::tui::keys::{BINDINGS, Binding};

pub fn completions(shell: Shell, streams: &mut Streams<'_>) -> Result<i32, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Args::command(), "backscroll", &mut script);
    streams.out.write_all(&script)?;
    Ok(exit::DONE)
}

/// One page: the program, then the help of each command.
pub fn man(streams: &mut Streams<'_>) -> Result<i32, Failure> {
    let mut page = Vec::new();
    let man = clap_mangen::Man::new(Args::command());
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_options_section(&mut page)?;
    streams.out.write_all(&page)?;
    let mut whole = Args::command();
    whole.build();
    for command in whole.get_subcommands() {
        let name = command.get_name();
        // Flags of all commands stand above.
        let mut own = command.clone().mut_args(|arg| {
            let everywhere = arg.is_global_set() || arg.get_id() == "help";
            arg.hide(everywhere)
        });
        let help = own.render_long_help().to_string();
        writeln!(streams.out, ".SH \"{}\"\n.nf", name.to_uppercase())?;
        for line in help.trim_end().lines() {
            writeln!(streams.out, "{}", verbatim(line))?;
        }
        writeln!(streams.out, ".fi")?;
    }
    for (heading, entries) in tables() {
        writeln!(streams.out, ".SH \"{heading}\"")?;
        for (name, help) in entries {
            let (name, help) = (verbatim(&name), verbatim(&help));
            writeln!(streams.out, ".TP\n\\fB{name}\\fR\n{help}")?;
        }
    }
    Ok(exit::DONE)
}

/// Names and what they mean.
type Entries = Vec<(String, String)>;

/// What no flag says and every page needs: how a query is written, fields, columns, settings, keys and agents, each from the table that the program
/// itself reads.
fn tables() -> [(&'static str, Entries); 6] {
    let shape = |shape: &Shape| (shape.typed(), shape.told());

    let field = |field: &Field| {
        let names: Vec<&str> = std::iter::once(field.name)
            .chain(field.aliases.iter().copied())
            .collect();
        let help = format!("{}, such as {}", field.help, field.example);
        (names.join(", "), help)
    };
    let setting = |opt: &Opt| {
        let usual = match opt.default {
            "" => String::new(),
            usual => format!("; by itself {usual}"),
        };
        let help = format!("{} ({}{usual})", opt.help, opt.takes());
        (opt.name.to_owned(), help)
    };
    let key = |binding: &Binding| {
        let keys = binding.listed().join("   ");
        let help = format!("{} ({})", binding.help, binding.scope.word());
        (keys, help)
    };
    let source = |source: &&'static dyn Source| {
        let card = source.card();
        let places = card.usual.join(", ");
        (
            format!("{} ({})", card.id.0, card.code),
            format!("{}: {places}", card.label),
        )
    };
    let column = |column: &Column| (column.name.to_owned(), column.help.to_owned());
    let bound = BINDINGS.iter().filter(|b| !b.listed().is_empty());
    [
        ("QUERY LANGUAGE", SHAPES.iter().map(shape).collect()),
        ("QUERY FIELDS", FIELDS.iter().map(field).collect()),
        ("COLUMNS", COLUMNS.iter().map(column).collect()),
        ("SETTINGS", OPTIONS.iter().map(setting).collect()),
        ("KEYS", bound.map(key).collect()),
        ("AGENTS", SOURCES.iter().map(source).collect()),
    ]
}

/// A line that means nothing to `man` but itself.
fn verbatim(line: &str) -> String {
    let line = line.replace('\\', "\\e").replace('-', "\\-");
    match line.starts_with(['.', '\'']) {
        true => format!("\\&{line}"),
        false => line,
    }
}
