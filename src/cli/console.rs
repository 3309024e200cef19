//! What commands say to the person at the terminal. Results go to standard output, everything else to standard error.

use std::io::{IsTerminal, Write, stderr, stdout};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// The terminal, or what stands in for it.
pub(super) struct Console {
    colour: bool,
}

impl Console {
    /// Colours are used on a terminal unless `NO_COLOR` is set.
    pub(super) fn new() -> Self {
        Self {
            colour: stderr().is_terminal()
                && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
        }
    }

    /// A line of a result.
    pub(super) fn result(&self, line: &str) {
        // Nobody reads any more if the output is closed; that is no failure of the command.
        let _closed = writeln!(stdout(), "{line}");
    }

    /// A line about what happens.
    pub(super) fn note(&self, line: &str) {
        let _closed = writeln!(stderr(), "{line}");
    }

    /// Why the command failed.
    pub(super) fn failure(&self, line: &str) {
        let label = if self.colour { "\u{1b}[1;31merror\u{1b}[0m" } else { "error" };
        let _closed = writeln!(stderr(), "{label}: {line}");
    }

    /// A bar for long work; it draws nothing where there is no terminal.
    pub(super) fn progress(&self, total: u64, what: &str) -> ProgressBar {
        let target =
            if stderr().is_terminal() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(Some(total), target);
        let template = "{msg} {wide_bar} {pos}/{len} {per_sec} {eta}";
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.set_message(what.to_owned());
        bar
    }
}
