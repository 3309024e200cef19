//! Every search parameter of R4 is supported, or is known to be unsupported and why.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;

use crate::common::{PARAMETERS, REGISTRY, hasher};
use fhir_definitions::search_parameter::{Component, SearchParameter};
use fhir_model::Document;
use fhir_search::parameters::{ParameterId, ParameterKind, Parameters};
use fhir_search::{ExtractSettings, Extractor};

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

/// A search parameter of Patient, named `own`.
fn own(kind: &str, expression: &str) -> SearchParameter {
    definition("http://example.org/own", "own", kind, expression)
}

fn definition(url: &str, code: &str, kind: &str, expression: &str) -> SearchParameter {
    let json = format!(
        r#"{{"resourceType":"SearchParameter","url":"{url}","code":"{code}","status":"active",
            "base":["Patient"],"type":"{kind}","expression":"{expression}"}}"#
    );
    SearchParameter::read(Document::parse(json).unwrap().root()).unwrap()
}

fn with_custom(custom: &[SearchParameter]) -> Parameters {
    let mut next = 0;
    let numbered = Parameters::with_custom(&REGISTRY, custom, |_, _| {
        next += 1;
        Ok::<_, Infallible>(ParameterId(next))
    });
    numbered.unwrap()
}

#[test]
fn parameters_of_operators_are_checked() {
    let extension = own("token", "Patient.extension('http://example.org/x').value.ofType(Coding)");
    assert_eq!(Parameters::check(&REGISTRY, &[], &extension), Ok(()));
    assert!(with_custom(&[extension]).get("Patient", "own").is_some());
    for (kind, expression, reason) in [
        ("token", "Patient.wings", "'Patient.wings' there is no element 'wings'"),
        ("token", "Patient.name.where(", "'Patient.name.where(' does not compile"),
        ("token", "Patient.name.flap()", "'Patient.name.flap()' does not compile"),
        ("date", "Patient.name", "HumanName"),
        ("string", "Patient.managingOrganization.resolve().name", "other resources"),
        ("special", "Patient.name", "special"),
        ("reference", "Patient.generalPractitioner.where(resolve() is Dragon)", "targets"),
    ] {
        let own = own(kind, expression);
        let refused = Parameters::check(&REGISTRY, &[], &own).unwrap_err();
        assert_eq!((&*refused.resource_type, &*refused.code), ("Patient", "own"));
        assert!(refused.reason.contains(reason), "{expression}: {}", refused.reason);
        let parameters = with_custom(&[own]);
        assert!(parameters.get("Patient", "own").is_none(), "{expression}");
        assert!(parameters.unsupported("Patient").contains(&refused), "{expression}");
    }
}

#[test]
fn codes_of_operators_are_their_own() {
    for (code, reason) in [
        ("family", "http://hl7.org/fhir/SearchParameter/individual-family"),
        ("_rank", "begins with '_'"),
        ("a:b", "other characters"),
        ("a.b", "other characters"),
        ("", "other characters"),
    ] {
        let definition = definition("http://example.org/own", code, "string", "Patient.name.family");
        let refused = Parameters::check(&REGISTRY, &[], &definition).unwrap_err();
        assert!(refused.reason.contains(reason), "{code}: {}", refused.reason);
    }
    let (first, second) = (own("string", "Patient.name.family"), own("string", "Patient.name.given"));
    let (same_url, other_url) = (second.clone(), SearchParameter { url: "urn:other".into(), ..second });
    assert_eq!(Parameters::check(&REGISTRY, std::slice::from_ref(&first), &same_url), Ok(()));
    assert!(Parameters::check(&REGISTRY, &[first], &other_url).is_err());
    let nowhere = SearchParameter { base: vec!["Dragon".into()], ..other_url };
    assert!(Parameters::check(&REGISTRY, &[], &nowhere).unwrap_err().to_string().contains("Dragon"));
}

#[test]
fn a_definition_of_the_same_url_replaces_that_of_the_registry() {
    let family = REGISTRY.search_parameter("Patient", "family").unwrap();
    let changed =
        SearchParameter { code: "surname".into(), base: vec!["Person".into()], ..(**family).clone() };
    let changed = SearchParameter { expression: Some("Person.name.family".into()), ..changed };
    assert_eq!(Parameters::check(&REGISTRY, &[], &changed), Ok(()));
    let parameters = with_custom(&[changed]);
    assert!(parameters.get("Person", "surname").is_some());
    assert!(parameters.get("Patient", "family").is_none());
}

#[test]
fn a_base_that_is_abstract_stands_for_all_its_types() {
    let version =
        SearchParameter { base: vec!["Resource".into()], ..own("token", "Resource.meta.versionId") };
    assert_eq!(Parameters::check(&REGISTRY, &[], &version), Ok(()));
    let parameters = with_custom(&[version]);
    assert!(REGISTRY.resource_types().iter().all(|kind| parameters.get(kind, "own").is_some()));
}

#[test]
fn composites_may_consist_of_custom_parameters() {
    let part = definition("http://example.org/part", "part", "token", "Patient.gender");
    let component = |definition: &str, expression: &str| Component {
        definition: definition.into(),
        expression: expression.into(),
    };
    let components = vec![
        component("http://example.org/part", "gender"),
        component("http://hl7.org/fhir/SearchParameter/individual-birthdate", "birthDate"),
    ];
    let whole = SearchParameter { components, ..own("composite", "Patient") };
    assert_eq!(Parameters::check(&REGISTRY, &[part], &whole), Ok(()));
    let refused = Parameters::check(&REGISTRY, &[], &whole).unwrap_err();
    assert!(refused.reason.contains("http://example.org/part"), "{refused}");
}

#[test]
fn every_type_has_the_parameters_of_all_resources() {
    for kind in REGISTRY.resource_types() {
        let kind_of = |code| PARAMETERS.get(kind, code).map(|parameter| parameter.value.kind);
        for (code, expected) in [
            ("_tag", ParameterKind::Token),
            ("_security", ParameterKind::Token),
            ("_profile", ParameterKind::Uri),
            ("_source", ParameterKind::Uri),
        ] {
            assert_eq!(kind_of(code), Some(expected), "{kind} {code}");
        }
    }
    let special = PARAMETERS.get("Location", "near").unwrap();
    assert_eq!(special.value.kind, ParameterKind::Special);
}

#[test]
fn values_that_an_expression_computes_are_found() {
    let keys_of = |kind: &str, expression: &str| {
        let parameters = Arc::new(with_custom(&[own(kind, expression)]));
        let own = parameters.get("Patient", "own").unwrap().id;
        let types = Arc::clone(REGISTRY.types());
        let extractor = Extractor::new(types, parameters, hasher(), ExtractSettings::default());
        let json = r#"{"resourceType":"Patient","birthDate":"1970-01-01","name":[{"given":["Eve","Ann"]}]}"#;
        (extractor.extract(Document::parse(json).unwrap().root()), own)
    };
    let (keys, own) = keys_of("number", "Patient.name.given.count()");
    assert!(keys.quantities.iter().any(|key| key.parameter == own && key.low == 2.0 && key.high == 2.0));
    let (keys, own) = keys_of("string", "Patient.name.given.first() & ' ' & Patient.name.given.last()");
    assert!(keys.strings.iter().any(|key| key.parameter == own && &*key.folded == "eve ann"));
    let (keys, own) = keys_of("token", "Patient.photo.exists()");
    assert!(keys.tokens.iter().any(|key| key.parameter == own && key.hash == hasher().code("false")));
    let (keys, own) = keys_of("date", "Patient.birthDate + 1 day");
    assert!(keys.dates.iter().any(|key| key.parameter == own && key.low == 86_400_000_000));
}
