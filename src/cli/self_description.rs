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

/// One page: the program, then each command's arguments.
pub fn man(streams: &mut Streams<'_>) -> Result<i32, Failure> {
    let mut command = Args::command().flatten_help(true);
    command.build();
    let mut page = Vec::new();
    clap_mangen::Man::new(command).render(&mut page)?;
    streams.out.write_all(&page)?;
    Ok(exit::DONE)
}
