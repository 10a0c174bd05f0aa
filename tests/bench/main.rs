//! How long things take: `cargo bench --bench bench`, over the home that `BACKSCROLL_BENCH_HOME` names, else over
//! sample sessions repeated. A name behind the command picks benches, as in `cargo bench --bench bench frame`.

mod gate;
mod huge;
mod list;
mod load;
mod reader;
mod redact;
mod screen;
mod search;
mod world;

fn main() {
    // Counting takes no time, and needs neither the home nor the clock of the others.
    if let Some(path) = gate::asked() {
        return gate::run(&path);
    }
    // Numbers mean nothing without what they were measured over.
    let longest = world::longest();
    println!("over {}", world::world().name);
    println!(
        "longest: {}, {} KB",
        longest.id,
        longest.size.unwrap_or(0) / 1000
    );
    divan::main();
}
