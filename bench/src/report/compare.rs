//! Runs of several servers side by side: the median of each server's runs, and its ratio to the server that is named first.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::markdown::code;
use crate::result::{ClassResult, RunResult};

/// What one server did in one class, the median of its runs.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Cell {
    /// Requests a second.
    pub(crate) per_second: f64,
    /// Milliseconds.
    pub(crate) p50_ms: f64,
    /// Milliseconds.
    pub(crate) p99_ms: f64,
    /// Answers that were not as expected, of all runs.
    pub(crate) failed: u64,
}

/// The servers and the cells of each workload and class.
#[derive(Debug, Default)]
pub(crate) struct Comparison {
    /// In the order in which they were given.
    pub(crate) servers: Vec<String>,
    /// By workload and class; a class is empty for all requests together.
    pub(crate) rows: BTreeMap<(String, String), Vec<Option<Cell>>>,
}

impl Comparison {
    /// Compares runs.
    pub(crate) fn new(results: &[RunResult]) -> Self {
        let mut comparison = Self::default();
        for result in results {
            if !comparison.servers.contains(&result.server) {
                comparison.servers.push(result.server.clone());
            }
        }
        let mut classes: BTreeMap<(String, String), Vec<Vec<&ClassResult>>> = BTreeMap::new();
        for result in results {
            let Some(server) = comparison.servers.iter().position(|server| *server == result.server) else {
                continue;
            };
            for class in result.classes.iter().chain([&result.all]) {
                let row = classes.entry((result.workload.clone(), class.name.clone())).or_default();
                row.resize(comparison.servers.len(), Vec::new());
                if let Some(runs) = row.get_mut(server) {
                    runs.push(class);
                }
            }
        }
        let rows =
            classes.into_iter().map(|(key, row)| (key, row.iter().map(|runs| median_of(runs)).collect()));
        comparison.rows = rows.collect();
        comparison
    }

    /// One table for each workload.
    pub(crate) fn markdown(&self) -> String {
        let mut text = String::new();
        let mut workload = "";
        for ((of, class), cells) in &self.rows {
            if of != workload {
                workload = of;
                // Writing to a String does not fail.
                let _ = write!(text, "\n## {workload}\n\n| class |");
                for (index, server) in self.servers.iter().enumerate() {
                    let ratio = if index == 0 { "" } else { " ratio |" };
                    let _ = write!(text, " {server} per s | p50 ms | p99 ms |{ratio}");
                }
                let _ = write!(text, "\n|---|{}\n", "--:|".repeat(self.servers.len() * 4 - 1));
            }
            let name = if class.is_empty() { "**all**".to_owned() } else { code(class) };
            let _ = writeln!(text, "| {name} |{}", row(cells));
        }
        text
    }
}

fn row(cells: &[Option<Cell>]) -> String {
    let first = cells.first().cloned().flatten();
    let mut text = String::new();
    for (index, cell) in cells.iter().enumerate() {
        let _ = match cell {
            Some(cell) => {
                let failed =
                    if cell.failed > 0 { format!(" ({} failed)", cell.failed) } else { String::new() };
                write!(text, " {:.0}{failed} | {:.2} | {:.2} |", cell.per_second, cell.p50_ms, cell.p99_ms)
            }
            None => write!(text, " | | |"),
        };
        if index > 0 {
            let _ = match (&first, cell) {
                (Some(first), Some(cell)) if cell.per_second > 0.0 => {
                    write!(text, " {:.1}x |", first.per_second / cell.per_second)
                }
                _ => write!(text, " |"),
            };
        }
    }
    text
}

fn median_of(runs: &[&ClassResult]) -> Option<Cell> {
    if runs.is_empty() {
        return None;
    }
    let of = |value: fn(&ClassResult) -> f64| {
        let mut values: Vec<f64> = runs.iter().map(|run| value(run)).collect();
        values.sort_by(f64::total_cmp);
        values.get(values.len() / 2).copied().unwrap_or_default()
    };
    Some(Cell {
        per_second: of(|class| class.per_second),
        p50_ms: of(|class| class.p50_ms),
        p99_ms: of(|class| class.p99_ms),
        failed: runs.iter().map(|run| run.failed()).sum(),
    })
}
