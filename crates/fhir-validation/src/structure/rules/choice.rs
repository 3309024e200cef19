//! Of a choice element (`value[x]`) only one type is present.
//!
//! `deceasedBoolean` and `deceasedDateTime` are one element with a cardinality of at most 1, but two members of JSON,
//! so a schema lets both pass. `_deceasedBoolean` beside `deceasedBoolean` is the same choice.
//!
//! R4 Formats, 2.6.1.4: choice of data types.

use fhir_model::{Issue, IssueType};

use crate::report::Report;
use crate::structure::walk::Object;

pub(super) fn check(object: &Object<'_>, report: &mut Report) {
    for (position, field) in object.fields.iter().enumerate() {
        let Some(element) = object.element(field).filter(|element| element.is_choice) else { continue };
        let earlier = object.fields.iter().take(position);
        let mut earlier = earlier.filter(|other| other.member.element == field.member.element);
        if let Some(other) = earlier.find(|other| other.member.choice != field.member.choice) {
            let (owner, name) = (&object.info.name, &element.name);
            let text = format!(
                "\"{}\" and \"{}\" are both present: expected only one type for {owner}.{name}[x]",
                other.name, field.name
            );
            report.add(Issue::error(IssueType::Structure, text).at(object.path_to(name)).rule("choice"));
        }
    }
}
