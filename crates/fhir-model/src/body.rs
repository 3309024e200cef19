//! The stored form of a resource: compact JSON, ready to be served, in which only the version and the time of
//! the version are still open. Those two are known when the write is committed, not before.

use crate::node::Node;
use crate::write::{Replacements, write, write_string};

/// A resource ready to be stored: `id` and references are final; `meta.versionId` and `meta.lastUpdated` are
/// put in by [`Body::stamp`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body {
    before: Vec<u8>,
    after: Vec<u8>,
}

impl Body {
    /// Prepares a resource. `id` becomes its id whatever it carried; `meta.versionId` and `meta.lastUpdated` of the
    /// client are dropped; all other members keep their order and their text.
    pub fn new(resource: Node<'_>, id: &str, replacements: Option<&Replacements>) -> Self {
        let mut body = Self { before: Vec::with_capacity(1024), after: Vec::with_capacity(1024) };
        let out = &mut body.before;
        out.extend_from_slice(b"{\"resourceType\":");
        write_string(resource.resource_type().unwrap_or_default(), out);
        out.extend_from_slice(b",\"id\":");
        write_string(id, out);
        out.extend_from_slice(b",\"meta\":{");
        let out = &mut body.after;
        if let Some(meta) = resource.get("meta") {
            let kept = meta.members().filter(|(name, _)| !matches!(*name, "versionId" | "lastUpdated"));
            write_members(kept, replacements, out);
        }
        out.push(b'}');
        let kept = resource.members().filter(|(name, _)| !matches!(*name, "resourceType" | "id" | "meta"));
        write_members(kept, replacements, out);
        out.push(b'}');
        body
    }

    /// The bytes to store and serve. `last_updated` is a FHIR instant.
    pub fn stamp(&self, version: u64, last_updated: &str) -> Vec<u8> {
        let stamp = format!("\"versionId\":\"{version}\",\"lastUpdated\":\"{last_updated}\"");
        let mut out = Vec::with_capacity(self.before.len() + stamp.len() + self.after.len());
        out.extend_from_slice(&self.before);
        out.extend_from_slice(stamp.as_bytes());
        out.extend_from_slice(&self.after);
        out
    }

    /// How long the stamped body will be, but for the digits of the version.
    pub fn approximate_len(&self) -> usize {
        self.before.len() + self.after.len() + 64
    }
}

fn write_members<'a>(
    members: impl Iterator<Item = (&'a str, Node<'a>)>,
    replacements: Option<&Replacements>,
    out: &mut Vec<u8>,
) {
    for (name, value) in members {
        out.push(b',');
        write_string(name, out);
        out.push(b':');
        write(value, replacements, out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Document;

    #[test]
    fn the_stamp_replaces_what_the_client_sent_and_keeps_the_rest() {
        let source = r#"{"id":"x","resourceType":"Basic", "meta":{"versionId":"9","tag":[{"code":"t"}]},
            "extension":[{"url":"u","valueDecimal":1.00}]}"#;
        let document = Document::parse(source).unwrap();
        let stored = Body::new(document.root(), "a1", None).stamp(2, "2026-01-02T03:04:05.678Z");
        assert_eq!(
            String::from_utf8(stored).unwrap(),
            r#"{"resourceType":"Basic","id":"a1","meta":{"versionId":"2","lastUpdated":"2026-01-02T03:04:05.678Z","tag":[{"code":"t"}]},"extension":[{"url":"u","valueDecimal":1.00}]}"#
        );
    }
}
