//! The `westway` command.

fn main() -> std::process::ExitCode {
    westway::cli::run()
}
