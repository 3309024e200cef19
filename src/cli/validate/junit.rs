//! Findings as JUnit XML: a test case a file, which fails if the file has errors.

use super::findings::{Findings, Level};

/// The report as one XML text.
pub(super) fn report(all: &[Findings]) -> String {
    let failed = all.iter().filter(|findings| findings.count(Level::Error) > 0).count();
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    out.push_str(&format!(
        "<testsuite name=\"westway validate\" tests=\"{}\" failures=\"{failed}\">\n",
        all.len()
    ));
    for findings in all {
        out.push_str(&format!("  <testcase classname=\"validate\" name=\"{}\">\n", escaped(&findings.file)));
        for finding in &findings.all {
            let text = escaped(&format!("{}: {}", finding.place, finding.issue));
            if finding.level == Level::Error {
                out.push_str(&format!("    <failure message=\"{text}\"/>\n"));
            } else {
                out.push_str(&format!("    <system-out>{text}</system-out>\n"));
            }
        }
        out.push_str("  </testcase>\n");
    }
    out.push_str("</testsuite>");
    out
}

/// Text as it may stand in an attribute or element; characters that XML cannot carry become spaces.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            control if control.is_control() => out.push(' '),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_in_a_message_stays_text() {
        assert_eq!(escaped("a<b & \"c\"\u{1}"), "a&lt;b &amp; &quot;c&quot; ");
    }
}
