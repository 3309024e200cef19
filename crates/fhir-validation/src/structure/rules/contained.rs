//! Contained resources do not contain others, and have ids that tell them apart.
//!
//! A contained resource exists only through the resource around it, which refers to it as `#id`: without an id nothing
//! can, with the same id as another it is not clear which is meant, and a second level would have no name at all.
//!
//! R4 References, 2.3.0.3 (contained resources); invariant dom-2.

use std::collections::HashSet;

use fhir_model::{Issue, IssueType};

use crate::report::{Report, Step, shortened};
use crate::structure::walk::{Object, Placement};

pub(super) fn check(object: &Object<'_>, report: &mut Report) {
    let Some(placement) = object.placement else { return };
    let Some(contained) = object.node.get("contained") else { return };
    if placement == Placement::Contained {
        let text = "a contained resource contains resources: expected all of them in the outermost (dom-2)";
        report.add(Issue::error(IssueType::Invariant, text).at(object.path_to("contained")).rule("dom-2"));
    }
    let path = object.path.then(Step::Element("contained"));
    let mut seen = HashSet::new();
    for (position, resource) in contained.items().enumerate().filter(|(_, resource)| resource.is_object()) {
        let (code, text) = match resource.get("id").map(|id| id.as_str()) {
            None => {
                let text = "the contained resource has no id: expected one, so that it can be referred to";
                (IssueType::Required, text.to_owned())
            }
            Some(Some(id)) if !seen.insert(id) => {
                let id = shortened(id);
                let text =
                    format!("the id \"{id}\" is taken by an earlier contained resource: expected another");
                (IssueType::Value, text)
            }
            Some(_) => continue,
        };
        let place = path.then(Step::Item(position)).to_string();
        report.add(Issue::error(code, text).at(place).rule("contained-id"));
    }
}
