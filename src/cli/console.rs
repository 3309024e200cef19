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

    /// A text that stands out on a terminal: red for what is wrong, yellow else.
    pub(super) fn emphasised(&self, text: &str, wrong: bool) -> String {
        match (self.colour, wrong) {
            (false, _) => text.to_owned(),
            (true, true) => format!("\u{1b}[1;31m{text}\u{1b}[0m"),
            (true, false) => format!("\u{1b}[33m{text}\u{1b}[0m"),
        }
    }

    /// Why the command failed.
    pub(super) fn failure(&self, line: &str) {
        let _closed = writeln!(stderr(), "{}: {line}", self.emphasised("error", true));
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
