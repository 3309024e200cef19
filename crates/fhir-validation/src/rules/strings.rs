//! Plain text stays plain and of bearable length.
//!
//! # What it checks
//!
//! * `string-length`: strings and markdown have at most 1,048,576 characters.
//! * `html-in-string`: a string holds no HTML tags, and markdown none that runs or loads something (`<script>`,
//!   `<iframe>`, `onload=`, links to `javascript:`). A setting makes this nothing, a warning (the default) or an error.
//!
//! Tags are told by the names of HTML: `a < b` and `<unknown>` are plain text.
//!
//! # Why
//!
//! Text that one system stores another system shows. Where it is put into a page without care, a script in a name runs
//! with the rights of the clinician who looks at it.
//!
//! # Example
//!
//! `"text": "Ann <script>alert(1)</script>"`: reported at `Patient.name[0].text`.
//!
//! # Specification
//!
//! R4 Data Types: string, markdown (2.24.0.1); R4 Security, input validation (6.1.0).

use fhir_model::narrative::is_allowed_element;
use fhir_model::{Issue, IssueType};

use super::Mode;
use super::walk::Element;
use crate::report::Report;

/// The most characters of a string: 1 MB in the words of the specification.
const MOST_CHARACTERS: usize = 1024 * 1024;

/// Elements of HTML that run or load something, or change the page around them.
const ACTIVE: &[&str] = &[
    "applet", "audio", "base", "body", "button", "embed", "form", "frame", "frameset", "head", "html",
    "iframe", "input", "link", "math", "meta", "object", "script", "style", "svg", "template", "textarea",
    "video",
];

pub(super) fn check(element: &Element<'_, '_>, html: Mode, report: &mut Report) {
    let is_markdown = match &*element.info.name {
        "string" => false,
        "markdown" => true,
        _ => return,
    };
    let Some(text) = element.node.as_str() else { return };
    // Bytes are at least as many as characters, and cost nothing to count.
    if text.len() > MOST_CHARACTERS && text.chars().count() > MOST_CHARACTERS {
        let text = format!("the text has more than {MOST_CHARACTERS} characters: expected at most that many");
        report.add(Issue::error(IssueType::TooLong, text).rule("string-length").at(element.path.to_string()));
    }
    let found = if is_markdown { has_active_content(text) } else { has_tag(text, |_| true) };
    if found {
        let text = "the text contains what looks like HTML: expected plain text, since a reader may show it as it is";
        if let Some(issue) = html.issue(IssueType::Security, text) {
            report.add(issue.rule("html-in-string").at(element.path.to_string()));
        }
    }
}

fn has_active_content(text: &str) -> bool {
    let lower = || text.to_ascii_lowercase();
    has_tag(text, |tag| ACTIVE.contains(&&*tag.name) || tag.has_handler)
        || (text.contains("](")
            && ["](javascript:", "](vbscript:", "](data:text/html"].iter().any(|it| lower().contains(it)))
}

struct Tag {
    name: String,
    has_handler: bool,
}

/// Whether a tag of HTML stands in the text that the caller wants.
fn has_tag(text: &str, wanted: impl Fn(&Tag) -> bool) -> bool {
    // A tag ends before the next `<`, so no part of the text is read twice.
    for inside in text.split('<').skip(1) {
        let Some((inside, _)) = inside.split_once('>') else { continue };
        let inside = inside.strip_prefix('/').unwrap_or(inside);
        let end = inside.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(inside.len());
        let Some((name, attributes)) = inside.split_at_checked(end) else { continue };
        let name = name.to_ascii_lowercase();
        let is_html = is_allowed_element(&name) || ACTIVE.contains(&&*name);
        if is_html && attributes.chars().next().is_none_or(|c| c.is_ascii_whitespace() || c == '/') {
            let has_handler = attributes
                .to_ascii_lowercase()
                .split_ascii_whitespace()
                .any(|attribute| attribute.starts_with("on") && attribute.contains('='));
            if wanted(&Tag { name, has_handler }) {
                return true;
            }
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::rules::testing::{Check, check, with_html};

    #[test]
    fn html_in_a_name_is_what_the_setting_says() {
        let patient = r#"{"resourceType":"Patient","name":[{"text":"Ann <script>alert(1)</script>"}]}"#;
        assert_eq!(with_html(patient, Mode::Reject), ["html-in-string error Patient.name[0].text"]);
        assert_eq!(with_html(patient, Mode::Warn), ["html-in-string warning Patient.name[0].text"]);
        assert!(with_html(patient, Mode::Off).is_empty());
    }

    #[test]
    fn strings_and_ids_of_elements_end_somewhere() {
        let patient = |length: usize| {
            let text = "é".repeat(length);
            format!(r#"{{"resourceType":"Patient","name":[{{"id":"{text}","family":"A"}}]}}"#)
        };
        check(&[
            Check { json: &patient(MOST_CHARACTERS), found: &[] },
            Check { json: &patient(MOST_CHARACTERS + 1), found: &["string-length error Patient.name[0].id"] },
        ]);
    }

    proptest! {
        #[test]
        fn any_text_is_looked_at(text in "[<>/a-z =\"on]{0,60}|\\PC*") {
            has_tag(&text, |_| false);
            has_active_content(&text);
        }
    }

    #[test]
    fn tags_are_told_from_comparisons() {
        for text in ["<b>x</b>", "a <script>", "x<BR/>", "<img src=x onerror=y>", "</div>"] {
            assert!(has_tag(text, |_| true), "{text} was not found");
        }
        for text in ["a < b and c > d", "<unknown>", "if x <y>", "<", "<b", "1<2", "<b-c>", "a <= b >= c"] {
            assert!(!has_tag(text, |_| true), "{text} was found");
        }
    }

    #[test]
    fn markdown_may_have_tags_that_do_nothing() {
        assert!(!has_active_content("a <b>bold</b> claim, [link](https://example.org)"));
        for text in ["<script>x</script>", "<img src='x' onerror='y'>", "[a](JavaScript:alert(1))"] {
            assert!(has_active_content(text), "{text} was not found");
        }
    }
}
