//! Findings for people: place, message, and the line with a mark under it.

use fhir_model::Position;

use super::findings::{Findings, Level};
use crate::cli::console::Console;

/// Lines longer than this are cut around the place.
const WIDTH: usize = 100;

/// Prints the findings of a file.
pub(super) fn print(console: &Console, findings: &Findings) {
    for finding in &findings.all {
        let Position { line, column } = finding.place;
        let level = match finding.level {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Information => "information",
        };
        let rule = finding.issue.rule.as_deref().map(|rule| format!("[{rule}]")).unwrap_or_default();
        let expression =
            finding.issue.expression.first().map(|text| format!(" ({text})")).unwrap_or_default();
        let label = console.emphasised(&format!("{level}{rule}"), finding.level == Level::Error);
        let file = &findings.file;
        console
            .result(&format!("{file}:{line}:{column}: {label}: {}{expression}", finding.issue.diagnostics));
        if let Some(text) = findings.text.lines().nth(line.saturating_sub(1) as usize) {
            let (shown, mark) = around(text, column.saturating_sub(1) as usize);
            console.result(&format!("{line:>6} | {shown}"));
            console.result(&format!("       | {}^", " ".repeat(mark)));
        }
    }
}

/// The part of a line around a column (from 0, in characters), and the column in that part.
fn around(line: &str, column: usize) -> (String, usize) {
    let first = column.saturating_sub(WIDTH / 2);
    let shown: String =
        line.chars().skip(first).take(WIDTH).map(|c| if c == '\t' { ' ' } else { c }).collect();
    (shown, column - first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_cut_around_the_place() {
        assert_eq!(around("abc", 1), ("abc".to_owned(), 1));
        let (shown, mark) = around(&"x".repeat(1000), 500);
        assert_eq!((shown.len(), mark), (WIDTH, WIDTH / 2));
    }
}
