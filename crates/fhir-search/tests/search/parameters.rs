//! Every search parameter of R4 is supported, or is known to be unsupported and why.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::collections::BTreeMap;
use std::convert::Infallible;

use crate::common::{PARAMETERS, REGISTRY};
use fhir_definitions::{PackageContents, PackageResource, Registry};
use fhir_search::parameters::{ParameterId, ParameterKind, Parameters};

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

/// A registry with one more search parameter of Patient, named `own`.
fn with_own(kind: &str, expression: &str) -> Parameters {
    let json = format!(
        r#"{{"resourceType":"SearchParameter","url":"http://example.org/own","code":"own","status":"active",
            "base":["Patient"],"type":"{kind}","expression":"{expression}"}}"#
    );
    let resource = PackageResource { file: "SearchParameter-own.json".to_owned(), json: json.into() };
    let package =
        PackageContents { name: "own".to_owned(), version: "1".to_owned(), resources: vec![resource] };
    let registry = Registry::build(vec![package]).unwrap();
    Parameters::new(&registry, |_, _| Ok::<_, Infallible>(ParameterId(1))).unwrap()
}

#[test]
fn parameters_of_operators_are_checked() {
    let own = with_own("token", "Patient.extension('http://example.org/x').value.ofType(Coding)");
    assert!(own.get("Patient", "own").is_some());
    for (kind, expression, reason) in [
        ("token", "Patient.wings", "'wings'"),
        ("token", "Patient.name.where(", "compile"),
        ("date", "Patient.name", "HumanName"),
        ("string", "Patient.managingOrganization.resolve().name", "other resources"),
        ("special", "Patient.name", "special"),
        ("reference", "Patient.generalPractitioner.where(resolve() is Dragon)", "targets"),
    ] {
        let own = with_own(kind, expression);
        assert!(own.get("Patient", "own").is_none(), "{expression}");
        let unsupported =
            own.unsupported("Patient").iter().find(|parameter| &*parameter.code == "own").unwrap();
        assert!(unsupported.reason.contains(reason), "{expression}: {}", unsupported.reason);
    }
}
