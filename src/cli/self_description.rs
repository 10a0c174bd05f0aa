//! `backscroll completions` and `backscroll man`: what the program says of itself to shells and to `man`, made from the
//! declaration of the arguments.

use clap::CommandFactory;
use clap_complete::Shell;

use super::args::Args;
use super::{Failure, Streams};
use crate::exit;

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
    Ok(exit::DONE)
}

/// A line that means nothing to `man` but itself.
fn verbatim(line: &str) -> String {
    let line = line.replace('\\', "\\e").replace('-', "\\-");
    match line.starts_with(['.', '\'']) {
        true => format!("\\&{line}"),
        false => line,
    }
}
