//! The narrative is safe, well-formed XHTML with content.
//!
//! # What it checks
//!
//! * `xhtml-well-formed`: the `div` is one well-formed XML element, without document type, processing instructions or
//!   entities beyond the five of XML.
//! * `xhtml-root`: the root is a `div` in the namespace `http://www.w3.org/1999/xhtml`.
//! * `txt-1`: only the elements and attributes for basic formatting, tables, lists, links and images; no scripts,
//!   event handlers, forms, frames, objects, style sheets or links that run something.
//! * `txt-2`: some text or an image.
//! * `xhtml-lang`: `lang` and `xml:lang` of an element agree (a warning).
//!
//! # Why
//!
//! Narratives are shown as they are, often in the session of a clinician. What is not well-formed breaks the page and
//! cannot be written as XML; what runs can do whatever the clinician can.
//!
//! # Example
//!
//! `<div xmlns="http://www.w3.org/1999/xhtml">...<script>...</script></div>`: reported at `Patient.text.div`.
//!
//! # Specification
//!
//! R4 Narrative (2.4.0), invariants txt-1 and txt-2.

use super::walk::Element;
use crate::report::Report;

/// Looks at a value of the type `xhtml`.
pub(super) fn check(element: &Element<'_, '_>, report: &mut Report) {
    let Some(text) = element.node.as_str() else { return };
    for issue in fhir_model::narrative::check(text) {
        report.add(issue.at(element.path.to_string()));
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::{Check, check};

    fn patient(div: &str) -> String {
        let div = div.replace('"', "\\\"");
        format!(r#"{{"resourceType":"Patient","text":{{"status":"generated","div":"{div}"}}}}"#)
    }

    /// A patient whose narrative has this content.
    fn with(content: &str) -> String {
        patient(&format!(r#"<div xmlns="http://www.w3.org/1999/xhtml">{content}</div>"#))
    }

    #[test]
    fn formatted_text_is_accepted() {
        for content in [
            "text",
            r#"<p style="color: red" class="a" xml:lang="en" lang="en">a<br/></p>"#,
            r##"<table border="1"><tr><td colspan="2"><a href="#x" name="y">z</a></td></tr></table>"##,
            r#"<img src="data:image/png;base64,AAAA" alt="x"/>"#,
        ] {
            check(&[Check { json: &with(content), found: &[] }]);
        }
    }

    #[test]
    fn what_runs_or_is_not_basic_is_refused() {
        for content in [
            "a<script>alert(1)</script>",
            r#"<p onclick="alert(1)">a</p>"#,
            r#"<a href="javascript:alert(1)">a</a>"#,
            r#"a<form action="x"/>"#,
            r#"a<iframe src="https://example.org"/>"#,
            r#"<p style="background: url(javascript:x)">a</p>"#,
        ] {
            check(&[Check { json: &with(content), found: &["txt-1 error Patient.text.div"] }]);
        }
    }

    #[test]
    fn the_narrative_is_xhtml_with_content() {
        check(&[
            Check { json: &with("  <p> &#160; </p>"), found: &["txt-2 error Patient.text.div"] },
            Check { json: &patient("<div>a</div>"), found: &["xhtml-root error Patient.text.div"] },
            Check {
                json: &patient(r#"<p xmlns="http://www.w3.org/1999/xhtml">a</p>"#),
                found: &["xhtml-root error Patient.text.div"],
            },
            Check { json: &with("a &reg; b"), found: &["xhtml-well-formed error Patient.text.div"] },
            Check { json: &with("<p>a"), found: &["xhtml-well-formed error Patient.text.div"] },
            Check {
                json: &with(r#"<p lang="en" xml:lang="cy">a</p>"#),
                found: &["xhtml-lang warning Patient.text.div"],
            },
        ]);
    }
}
