//! One run as a Markdown table.

use std::fmt::Write as _;

use crate::result::{ClassResult, RunResult};

/// The table of a run: its classes, and all of them together.
pub(crate) fn table(result: &RunResult) -> String {
    let mut text = String::new();
    let model = result
        .rate
        .map_or_else(|| "closed model".to_owned(), |rate| format!("open model, {rate:.0} iterations/s"));
    // Writing to a String does not fail.
    let _ = writeln!(
        text,
        "## {}: {}\n\n{} clients, {model}, {:.1} s{}\n",
        result.server,
        result.workload,
        result.clients,
        result.seconds,
        result
            .memory_bytes
            .map_or_else(String::new, |bytes| format!(", {} MB resident afterwards", bytes / 1_000_000)),
    );
    for note in &result.notes {
        let _ = writeln!(text, "- {note}");
    }
    text.push_str("\n| class | requests | per s | resources per s | p50 ms | p90 ms | p99 ms | max ms | bytes | failed |\n");
    text.push_str("|---|--:|--:|--:|--:|--:|--:|--:|--:|---|\n");
    for class in &result.classes {
        row(&mut text, &code(&class.name), class);
    }
    if result.classes.len() > 1 {
        row(&mut text, "**all**", &result.all);
    }
    text
}

fn row(text: &mut String, name: &str, class: &ClassResult) {
    let failures: Vec<String> =
        class.failures.iter().map(|(what, count)| format!("{count} {what}")).collect();
    let _ = writeln!(
        text,
        "| {name} | {} | {:.0} | {:.0} | {:.2} | {:.2} | {:.2} | {:.1} | {:.0} | {} |",
        class.requests,
        class.per_second,
        class.resources_per_second,
        class.p50_ms,
        class.p90_ms,
        class.p99_ms,
        class.max_ms,
        class.mean_bytes,
        failures.join(", "),
    );
}

/// A name in a cell of a table.
pub(crate) fn code(name: &str) -> String {
    format!("`{}`", name.replace('|', "\\|"))
}
