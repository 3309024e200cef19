//! Every search parameter of R4 is supported, or is known to be unsupported and why.

use std::collections::BTreeMap;

use crate::common::{PARAMETERS, REGISTRY};
use fhir_search::parameters::ParameterKind;

#[test]
fn every_parameter_is_supported_or_has_a_reason() {
    let (mut supported, mut reasons) = (0, BTreeMap::<&str, Vec<String>>::new());
    for resource_type in REGISTRY.resource_types() {
        supported += PARAMETERS.of_type(resource_type).len();
        for parameter in PARAMETERS.unsupported(resource_type) {
            let name = format!("{resource_type}.{}", parameter.code);
            reasons.entry(&parameter.reason).or_default().push(name);
        }
        for definition in REGISTRY.search_parameters(resource_type) {
            let code = &*definition.code;
            let known = matches!(code, "_id" | "_lastUpdated")
                || PARAMETERS.get(resource_type, code).is_some()
                || PARAMETERS.unsupported(resource_type).iter().any(|parameter| &*parameter.code == code);
            assert!(known, "{resource_type}.{code}");
        }
    }
    println!("{supported} parameters are supported");
    for (reason, names) in &reasons {
        println!("{} are not, because {reason}: {}", names.len(), names.first().unwrap());
    }
    assert!(supported > 2_000, "{supported}");
}

#[test]
fn numbers_lead_back_to_parameters() {
    let family = PARAMETERS.get("Patient", "family").unwrap();
    assert_eq!(PARAMETERS.by_id(family.id), Some(family));
    assert_eq!(family.value.kind, ParameterKind::String);
    assert!(PARAMETERS.get("Patient", "_id").is_none());
    assert!(PARAMETERS.get("Patient", "_tag").is_some());
    assert!(PARAMETERS.of_type("Dragon").is_empty());
}

#[test]
fn references_know_their_targets() {
    let targets = |kind, code| PARAMETERS.get(kind, code).unwrap().value.targets.clone();
    assert_eq!(targets("Observation", "patient"), ["Patient".into()]);
    assert_eq!(targets("Observation", "subject").len(), 4);
    assert!(
        PARAMETERS
            .references("Observation")
            .all(|parameter| parameter.value.kind == ParameterKind::Reference)
    );
    assert!(PARAMETERS.get("Observation", "subject").unwrap().can_point_to("Patient"));
    assert!(!PARAMETERS.get("Observation", "code").unwrap().can_point_to("Patient"));
}
