//! Strings (R4 search, 3.1.1.5.4).

use std::cmp::Ordering;

use fhir_model::Node;

use crate::escape;
use crate::refusal::Refusal;
use crate::select::Datum;
use crate::text::comparable;

/// A string as a query gives it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Wanted {
    how: How,
    text: String,
}

/// How strings are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum How {
    /// Without modifier.
    StartsWith,
    /// `:contains`
    Contains,
    /// `:exact`
    Exact,
    /// `ew` of `_filter`
    EndsWith,
    /// `eq` of `_filter`: the whole text, without regard to case and accents.
    Whole,
    /// `ne` of `_filter`
    Other,
    /// `gt`, `lt`, `ge` and `le` of `_filter`, which compare first characters: how they must stand to that of the query.
    Initial(&'static [Ordering]),
}

/// The texts of an element.
pub(crate) fn read<'a>(datum: &Datum<'a>) -> Vec<&'a str> {
    let Some(node) = datum.node else { return Vec::new() };
    let parts: &[&str] = match datum.type_name {
        "string" | "code" | "uri" | "base64Binary" | "time" => return node.as_str().into_iter().collect(),
        "HumanName" => &["text", "family", "given", "prefix", "suffix"],
        "Address" => &["text", "line", "city", "district", "state", "postalCode", "country"],
        "ContactPoint" => &["value"],
        "Annotation" => &["text"],
        _ => &[],
    };
    parts.iter().flat_map(|part| texts(node, part)).collect()
}

/// The texts of a member, which may be an array.
pub(crate) fn texts<'a>(node: Node<'a>, name: &str) -> Vec<&'a str> {
    node.get(name).into_iter().flat_map(Node::each).filter_map(Node::as_str).collect()
}

impl Wanted {
    pub(crate) fn parse(value: &str, how: How) -> Result<Self, Refusal> {
        Self::new(&escape::plain(value)?, how)
    }

    /// A text without escapes.
    pub(crate) fn new(text: &str, how: How) -> Result<Self, Refusal> {
        let length = comparable(text).chars().count();
        match how {
            _ if length == 0 => Refusal::invalid("an empty text"),
            How::Initial(_) if length > 1 => Refusal::invalid("more than a first character"),
            _ => Ok(Self { how, text: text.to_owned() }),
        }
    }

    /// Whether a text passes.
    pub(crate) fn fits(&self, text: &str) -> bool {
        match self.how {
            How::StartsWith => comparable(text).starts_with(&comparable(&self.text)),
            How::Contains => comparable(text).contains(&comparable(&self.text)),
            How::Exact => text == self.text,
            How::EndsWith => comparable(text).ends_with(&comparable(&self.text)),
            How::Whole => comparable(text) == comparable(&self.text),
            How::Other => comparable(text) != comparable(&self.text),
            How::Initial(orders) => {
                let initial = |text: &str| comparable(text).chars().next();
                initial(text).is_some_and(|first| orders.contains(&Some(first).cmp(&initial(&self.text))))
            }
        }
    }
}
