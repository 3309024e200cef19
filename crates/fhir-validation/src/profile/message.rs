//! The resources of a message are those that its MessageDefinition asks for.
//!
//! # What it checks
//!
//! In a Bundle of type message, the MessageDefinition is found by `MessageHeader.definition`, or else by the event. Each
//! resource of a type that is a `focus` with a profile must meet that profile; issues carry the rules of the profile.
//! `message-focus`: `MessageHeader.focus` points to at least `min` and at most `max` resources of each type that is a focus.
//!
//! # Why
//!
//! Senders and receivers of messages agree on a MessageDefinition, not on `meta.profile` in each resource.
//!
//! # Example
//!
//! A referral whose MessageDefinition asks for a profile of ServiceRequest with a `category`: a ServiceRequest without one
//! is an error, at its place in the Bundle.
//!
//! # Specification
//!
//! R4 MessageDefinition.focus; R4 Messaging, 2.4.2.

use fhir_definitions::{DefinitionKind, Registry};
use fhir_model::reference::Reference;
use fhir_model::{Issue, IssueType, Node};

use super::walk::Walk;

/// What the definition of a message asks of the resources of a type.
pub(super) struct Focus {
    /// The resource type.
    pub(super) kind: Box<str>,
    /// The profile that resources of the type must meet.
    pub(super) profile: Option<Box<str>>,
    /// How many the header points to at least.
    min: u32,
    /// How many it points to at most; `None` for any number.
    max: Option<u32>,
}

/// What the definition of a message asks of its resources; nothing for other resources, and for messages without a known
/// definition.
pub(super) fn focuses(registry: &Registry, bundle: Node<'_>) -> Vec<Focus> {
    if bundle.resource_type() != Some("Bundle") || bundle.get_str("type") != Some("message") {
        return Vec::new();
    }
    header(bundle).map_or_else(Vec::new, |(_, header)| of_header(registry, header))
}

/// The header of a message, with its position among the entries.
fn header(bundle: Node<'_>) -> Option<(usize, Node<'_>)> {
    let entries = bundle.get("entry").into_iter().flat_map(Node::items).enumerate();
    let mut resources = entries.filter_map(|(position, entry)| Some((position, entry.get("resource")?)));
    resources.find(|(_, resource)| resource.resource_type() == Some("MessageHeader"))
}

/// Checks to how many resources of each type the header of a message points. Entries of the definition for the same type
/// count together: which of them a resource is meant for is not said.
pub(super) fn check_counts<'a>(walk: &mut Walk<'a>, bundle: Node<'a>, focuses: &[Focus]) {
    let Some((position, header)) = header(bundle).filter(|_| !focuses.is_empty()) else { return };
    let pointed = header.get("focus").into_iter().flat_map(Node::items);
    let pointed: Vec<&str> = pointed.filter_map(|reference| target_type(walk, reference, header)).collect();
    for (index, focus) in focuses.iter().enumerate() {
        let is_alike = |other: &&Focus| other.kind == focus.kind;
        if focuses.iter().take(index).any(|earlier| is_alike(&earlier)) {
            continue;
        }
        let alike = || focuses.iter().filter(is_alike);
        let count = pointed.iter().filter(|kind| **kind == &*focus.kind).count() as u64;
        let min: u64 = alike().map(|focus| u64::from(focus.min)).sum();
        let max: Option<u64> = alike().map(|focus| focus.max.map(u64::from)).sum();
        let expected = if count < min {
            format!("at least {min}")
        } else if let Some(max) = max.filter(|max| count > *max) {
            format!("at most {max}")
        } else {
            continue;
        };
        let text = format!(
            "the header points to {count} resources of type {}: expected {expected}, as its MessageDefinition says",
            focus.kind
        );
        let place = format!("Bundle.entry[{position}].resource");
        walk.report(Issue::error(IssueType::BusinessRule, text).at(place).rule("message-focus"));
    }
}

/// The type of what a reference of the header points to, by the target or else by the reference itself.
fn target_type<'a>(walk: &Walk<'a>, reference: Node<'a>, header: Node<'a>) -> Option<&'a str> {
    let literal = reference.get_str("reference")?;
    let found = walk.find(literal, header).and_then(|found| found.node.resource_type());
    found.or_else(|| Reference::parse(literal).target().map(|(kind, _)| kind))
}

fn of_header(registry: &Registry, header: Node<'_>) -> Vec<Focus> {
    let named = header.get_str("definition");
    let named = named.and_then(|canonical| registry.definition(DefinitionKind::MessageDefinition, canonical));
    let by_event = || {
        let mut all = registry.canonical_resources(DefinitionKind::MessageDefinition);
        all.find(|definition| definition.document().is_some_and(|document| is_event(document.root(), header)))
    };
    let Some(document) = named.or_else(by_event).and_then(|definition| definition.document()) else {
        return Vec::new();
    };
    let focus = document.root().get("focus").into_iter().flat_map(Node::items);
    let read = |focus: Node<'_>| {
        Some(Focus {
            kind: focus.get_str("code")?.into(),
            profile: focus.get_str("profile").map(Into::into),
            min: focus.get("min").and_then(|min| min.as_number()?.parse().ok()).unwrap_or(0),
            max: focus.get_str("max").and_then(|max| max.parse().ok()),
        })
    };
    focus.filter_map(read).collect()
}

/// Whether a definition is of the event of a message.
fn is_event(definition: Node<'_>, header: Node<'_>) -> bool {
    let uri = |node: Node<'_>| node.get_str("eventUri").map(str::to_owned);
    let coding = |node: Node<'_>| {
        let event = node.get("eventCoding")?;
        Some((event.get_str("system").map(str::to_owned), event.get_str("code")?.to_owned()))
    };
    uri(header).is_some_and(|event| uri(definition) == Some(event))
        || coding(header).is_some_and(|event| coding(definition) == Some(event))
}
