//! `resourceType` stands at every resource, and names one of the types that resources can have.
//!
//! Without it nothing else about the resource can be told. `Resource` and `DomainResource` are no answer: no instance
//! is just that. (That `resourceType` stands nowhere else is said by the schemas.)
//!
//! R4 JSON Format, 2.6.2.4; Resource Types, 2.1.

use fhir_definitions::Registry;
use fhir_model::{Issue, IssueType, Kind, Node};

use crate::report::{Path, Report, shortened, similar};

/// The type of a resource, or `None` after reporting why there is none.
pub(crate) fn check<'a>(
    node: Node<'a>,
    path: &Path<'_>,
    registry: &Registry,
    report: &mut Report,
) -> Option<&'a str> {
    let known = registry.resource_types();
    let (code, text) = match node.get("resourceType").map(|value| (value.kind(), value.as_str())) {
        Some((_, Some(name))) if known.binary_search_by(|known| (**known).cmp(name)).is_ok() => {
            return Some(name);
        }
        Some((_, Some(name))) => {
            let close = similar(name, known.iter().map(|known| &**known));
            let hint = if close.is_empty() {
                String::new()
            } else {
                format!(": did you mean {}?", close.join(", "))
            };
            (IssueType::Structure, format!("\"{}\" is not a resource type of FHIR R4{hint}", shortened(name)))
        }
        Some(_) => (
            IssueType::Structure,
            "resourceType must be a string: expected the name of a resource type".into(),
        ),
        None if node.kind() == Kind::Object => {
            (IssueType::Required, "resourceType is missing: expected the name of a resource type".into())
        }
        None => (IssueType::Structure, "expected a resource as a JSON object".into()),
    };
    report.add(Issue::error(code, text).at(path.to_string()).rule("resource-type"));
    None
}
