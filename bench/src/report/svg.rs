//! A comparison as a picture: a bar for each server and class, as long as the logarithm of its requests a second.

use std::fmt::Write as _;

use super::compare::Comparison;

const ROW: f64 = 14.0;
const GAP: f64 = 10.0;
const LABEL: f64 = 430.0;
const BARS: f64 = 420.0;
const TOP: f64 = 40.0;
/// Told apart by people with any colour vision.
const COLOURS: [&str; 5] = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9"];

/// The picture of the rows of one workload.
pub(crate) fn bars(comparison: &Comparison, workload: &str) -> String {
    let rows: Vec<_> = comparison.rows.iter().filter(|((of, _), _)| of == workload).collect();
    let cells = || rows.iter().flat_map(|(_, cells)| cells.iter().flatten());
    let most = cells().map(|cell| cell.per_second).fold(10.0, f64::max).log10();
    let length = |per_second: f64| (per_second.max(1.0).log10() / most * BARS).max(1.0);
    let mut y = TOP;
    let mut body = String::new();
    for ((_, class), cells) in &rows {
        let name = if class.is_empty() { "all" } else { class };
        // Writing to a String does not fail.
        let _ = writeln!(
            body,
            r#"<text x="{:.0}" y="{:.0}" text-anchor="end">{}</text>"#,
            LABEL - 8.0,
            y + 11.0,
            escape(name)
        );
        for (cell, colour) in cells.iter().zip(COLOURS) {
            if let Some(cell) = cell {
                let width = length(cell.per_second);
                let _ = writeln!(
                    body,
                    r#"<rect x="{LABEL:.0}" y="{y:.0}" width="{width:.0}" height="{:.0}" fill="{colour}"/><text x="{:.0}" y="{:.0}">{:.0}</text>"#,
                    ROW - 2.0,
                    LABEL + width + 6.0,
                    y + 11.0,
                    cell.per_second
                );
            }
            y += ROW;
        }
        y += GAP;
    }
    let mut legend = String::new();
    for (index, (server, colour)) in comparison.servers.iter().zip(COLOURS).enumerate() {
        let x = 10 + 180 * index;
        let _ = writeln!(
            legend,
            r#"<rect x="{x}" y="10" width="12" height="12" fill="{colour}"/><text x="{}" y="20">{}</text>"#,
            x + 18,
            escape(server)
        );
    }
    let width = LABEL + BARS + 90.0;
    format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0} {y:.0}" font-family="sans-serif" font-size="11">
<title>{}: requests per second, logarithmic</title>
<rect width="100%" height="100%" fill="white"/>
{legend}{body}</svg>
"#,
        escape(workload)
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}
