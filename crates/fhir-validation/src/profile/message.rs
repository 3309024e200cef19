//! The resources of a message meet the profiles that its MessageDefinition names.
//!
//! # What it checks
//!
//! In a Bundle of type message, the MessageDefinition is found by `MessageHeader.definition`, or else by the event. Each
//! resource of a type that is a `focus` with a profile must meet that profile; issues carry the rules of the profile.
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
use fhir_model::Node;

/// A resource type and a profile that its resources in a message must meet.
pub(super) type Focus = (Box<str>, Box<str>);

/// What the definition of a message asks of its resources; nothing for other resources, and for messages without a known
/// definition.
pub(super) fn focuses(registry: &Registry, bundle: Node<'_>) -> Vec<Focus> {
    if bundle.resource_type() != Some("Bundle") || bundle.get_str("type") != Some("message") {
        return Vec::new();
    }
    let mut resources =
        bundle.get("entry").into_iter().flat_map(Node::items).filter_map(|entry| entry.get("resource"));
    let header = resources.find(|resource| resource.resource_type() == Some("MessageHeader"));
    header.map_or_else(Vec::new, |header| of_header(registry, header))
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
    focus
        .filter_map(|focus| Some((focus.get_str("code")?.into(), focus.get_str("profile")?.into())))
        .collect()
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
