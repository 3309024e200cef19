//! An extension has either a value or extensions of its own, never both and never neither.
//!
//! Invariant ext-1 of every Extension. It is checked here and not as FHIRPath since it stands at every extension of
//! every resource. (That it has a `url` is said by the schemas.)
//!
//! R4 Extensibility, 2.5.1.

use fhir_model::{Issue, IssueType};

use crate::report::Report;
use crate::structure::walk::Object;

pub(super) fn check(object: &Object<'_>, report: &mut Report) {
    if &*object.info.name != "Extension" || object.node.is_empty() {
        return;
    }
    let has = |name: &str| {
        object.fields.iter().any(|field| object.element(field).is_some_and(|element| &*element.name == name))
    };
    let text = match (has("value"), has("extension")) {
        (true, true) => "the extension has both a value and extensions: expected one of them (ext-1)",
        (false, false) => "the extension has neither a value[x] nor extensions: expected one of them (ext-1)",
        (true, false) | (false, true) => return,
    };
    report.add(Issue::error(IssueType::Invariant, text).at(object.path.to_string()).rule("ext-1"));
}
