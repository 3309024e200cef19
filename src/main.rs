//! The `westway` command.

/// Requests are many small allocations of short life, for which this allocator is the faster one.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    westway::cli::run()
}
