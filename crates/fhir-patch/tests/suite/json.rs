//! The cases of JSON Patch: a document, a patch, and the document or an error that comes of them.

use fhir_model::{Document, write};
use fhir_patch::{JsonPatch, Limits};
use serde_json::Value;

use crate::{Outcome, compare};

pub(crate) fn cases(suite: &str) -> Vec<Outcome> {
    let suite = Document::parse(suite).unwrap();
    let run = |case: fhir_model::Node<'_>| {
        let text = |name: &str| String::from_utf8(write::to_vec(case.get(name)?)).ok();
        let target = case.get("doc").unwrap();
        let patched = JsonPatch::parse(&text("patch").unwrap(), Limits::default())
            .and_then(|patch| patch.apply(target, Limits::default()))
            .map(|patched| sorted(patched.source()))
            .map_err(|error| error.to_string());
        let outcome = compare(patched, text("expected").as_deref().map(sorted));
        (case.get_str("comment").unwrap().to_owned(), outcome)
    };
    suite.root().items().map(run).collect()
}

/// The JSON with the members of all objects in the order of their names.
fn sorted(json: &str) -> String {
    let mut value: Value = serde_json::from_str(json).unwrap();
    value.sort_all_objects();
    value.to_string()
}
