//! Arguments in, exit code out.
#![forbid(unsafe_code)]

use std::io;
use std::sync::Arc;

use backscroll::cli::{self, Streams};
use backscroll::env::Env;
use backscroll::os::{clipboard, processes};

/// Readers on several threads make and drop small things all the time. Most systems' own allocators keep up with that and
/// hold less; this one's does not.
#[cfg(target_env = "musl")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let env = Env::of_process(
        |vars| Arc::new(clipboard::System::new(vars)),
        Arc::new(processes::System),
    );
    let (mut out, mut err) = (io::BufWriter::new(io::stdout()), io::stderr());
    let mut streams = Streams {
        out: &mut out,
        err: &mut err,
    };
    let code = cli::run(env, std::env::args_os().collect(), &mut streams);
    std::process::exit(code);
}
