//! What a narrative may be (R4 Narrative, 2.4.0; invariants txt-1 and txt-2): safe, well-formed XHTML with content.

mod allowed;
mod xhtml;

use crate::outcome::shortened;
use crate::{Issue, IssueType};
pub use allowed::is_allowed_element;
use allowed::{active_value, is_allowed_attribute};
use xhtml::{Event, Tag, read};

const NAMESPACE: &str = "http://www.w3.org/1999/xhtml";

/// The issues of the `div` of a narrative, without a place; none if it is safe, well-formed XHTML with content.
pub fn check(text: &str) -> Vec<Issue> {
    let mut has_content = false;
    let mut found: Vec<Issue> = Vec::new();
    let outcome = read(text, &mut |event| match event {
        Event::Text => has_content = true,
        Event::Start(tag, depth) => {
            has_content |= tag.name == "img";
            if depth == 0 {
                check_root(&tag, &mut found);
            }
            check_tag(&tag, &mut found);
        }
    });
    match outcome {
        Err(problem) => {
            let text = format!("the XHTML {}", shortened(&problem));
            found.push(Issue::error(IssueType::Invalid, text).rule("xhtml-well-formed"));
        }
        Ok(()) if !has_content => {
            let text = "the narrative has neither text nor an image: expected some content";
            found.push(Issue::error(IssueType::Invariant, text).rule("txt-2"));
        }
        Ok(()) => {}
    }
    found
}

fn check_root(tag: &Tag<'_>, found: &mut Vec<Issue>) {
    let in_namespace = tag
        .attributes
        .iter()
        .any(|(name, value)| (*name == "xmlns" || name.starts_with("xmlns:")) && *value == NAMESPACE);
    if tag.name != "div" || !in_namespace {
        let text = format!(
            "the root of the narrative is {}: expected <div xmlns=\"{NAMESPACE}\">",
            shortened(tag.name)
        );
        found.push(Issue::error(IssueType::Invalid, text).rule("xhtml-root"));
    }
}

fn check_tag(tag: &Tag<'_>, found: &mut Vec<Issue>) {
    let mut refuse = |text: String| found.push(Issue::error(IssueType::Invariant, text).rule("txt-1"));
    if !is_allowed_element(tag.name) {
        refuse(format!("the element {} is not allowed in a narrative", shortened(tag.name)));
        return;
    }
    for (name, value) in &tag.attributes {
        if !is_allowed_attribute(tag.name, name) && !name.starts_with("xmlns:") {
            refuse(format!(
                "the attribute {} of {} is not allowed in a narrative",
                shortened(name),
                tag.name
            ));
        } else if let Some(problem) = active_value(name, value) {
            refuse(format!(
                "the attribute {name} of {} is {problem}, which is not allowed in a narrative",
                tag.name
            ));
        }
    }
    let language = |wanted| tag.attributes.iter().find(|(name, _)| *name == wanted).map(|(_, value)| value);
    if let (Some(html), Some(xml)) = (language("lang"), language("xml:lang"))
        && html != xml
    {
        let text = format!(
            "lang is \"{}\" and xml:lang is \"{}\": expected the same language",
            shortened(html),
            shortened(xml)
        );
        found.push(Issue::warning(IssueType::Value, text).rule("xhtml-lang"));
    }
}
