//! Queries as clients write them: what they become, and how they are refused.
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use crate::common::{PARAMETERS, clause, hasher, parse, parse_with, refusal};
use fhir_search::Handling;
use fhir_search::keys::Target;
use fhir_search::parameters::ParameterId;
use fhir_search::query::{Clause, Comparison, SortBy, StringTest, Test, Total, UriTest};
use proptest::prelude::*;

fn id(resource_type: &str, code: &str) -> ParameterId {
    PARAMETERS.get(resource_type, code).unwrap().id
}

/// The test of the only clause.
fn test(resource_type: &str, query: &str) -> Test {
    match clause(resource_type, query) {
        Clause::Parameter { test, .. } => test,
        other => panic!("{other:?}"),
    }
}

#[test]
fn parameters_of_every_type() {
    let hasher = hasher();
    assert_eq!(
        test("Patient", "gender=male,female"),
        Test::Token(vec![hasher.code("male"), hasher.code("female")])
    );
    assert_eq!(test("Patient", "family=Eve"), Test::String(vec![StringTest::StartsWith("eve".into())]));
    assert!(matches!(test("Patient", "family:exact=Eve"), Test::String(tests)
        if matches!(tests.as_slice(), [StringTest::Exact { .. }])));
    assert!(matches!(test("Patient", "birthdate=ge1970,lt1960-02"), Test::Date(tests)
        if tests[0].comparison == Comparison::GreaterOrEqual && tests[1].comparison == Comparison::Less));
    assert!(matches!(test("RiskAssessment", "probability=gt0.8"), Test::Quantity(tests)
        if tests[0].value == 0.8));
    assert!(matches!(test("Observation", "value-quantity=5.4||mg"), Test::Quantity(tests)
        if tests[0].unit == hasher.unit("mg")));
    assert_eq!(test("ValueSet", "url=urn:oid:1.2"), Test::Uri(vec![UriTest::Equal("urn:oid:1.2".into())]));
    let patient = Target::Resource { kind: "Patient".into(), id: "1".into() };
    for query in
        ["patient=1", "patient=Patient/1", "subject:Patient=1", "subject=https://own.nhs.uk/fhir/Patient/1"]
    {
        assert_eq!(test("Observation", query), Test::Reference(vec![patient.clone()]), "{query}");
    }
    assert!(matches!(test("Observation", "subject=1"), Test::Reference(targets) if targets.len() == 4));
    assert!(matches!(
        test("Observation", "code-value-quantity=http://loinc.org|8867-4$gt60,8480-6$120"),
        Test::Composite(tests) if tests.len() == 2
    ));
}

#[test]
fn identifiers_keep_their_case_and_codes_do_not() {
    assert_eq!(test("Patient", "identifier=Ab"), Test::Token(vec![hasher().code("Ab")]));
    assert_eq!(test("Patient", "gender=MALE"), Test::Token(vec![hasher().code("male")]));
}

#[test]
fn columns_of_the_resource_have_clauses_of_their_own() {
    assert_eq!(clause("Patient", "_id=a,b"), Clause::Id(vec!["a".into(), "b".into()]));
    assert!(
        matches!(clause("Patient", "_lastUpdated=gt2026-01-01"), Clause::LastUpdated(tests) if tests.len() == 1)
    );
}

#[test]
fn chains_follow_references() {
    let Clause::Chain { reference, target, clause: inner } =
        clause("Observation", "subject:Patient.name=eve")
    else {
        panic!("a chain was expected");
    };
    assert_eq!((reference, &*target), (id("Observation", "subject"), "Patient"));
    assert!(matches!(*inner, Clause::Parameter { parameter, .. } if parameter == id("Patient", "name")));

    assert!(matches!(clause("Observation", "patient.organization.name=x"), Clause::Chain { clause, .. }
        if matches!(*clause, Clause::Chain { .. })));
    // Patient and Device have names, Group and Location too or not: those that have the parameter are followed.
    let with_name = ["Device", "Group", "Location", "Patient"]
        .into_iter()
        .filter(|kind| PARAMETERS.get(kind, "name").is_some())
        .count();
    assert!(
        matches!(clause("Observation", "subject.name=x"), Clause::Any(chains) if chains.len() == with_name)
    );
    assert!(
        matches!(clause("Observation", "subject.birthdate=1970"), Clause::Chain { target, .. } if &*target == "Patient")
    );
    assert!(matches!(clause("Observation", "patient._id=1"), Clause::Chain { clause, .. }
        if *clause == Clause::Id(vec!["1".into()])));
}

#[test]
fn reverse_chains_nest() {
    let Clause::Has { source, reference, .. } = clause("Patient", "_has:Observation:patient:code=1234-5")
    else {
        panic!("a reverse chain was expected");
    };
    assert_eq!((&*source, reference), ("Observation", id("Observation", "patient")));
    let nested = clause("Patient", "_has:Observation:patient:_has:AuditEvent:entity:agent=Practitioner/1");
    assert!(matches!(nested, Clause::Has { clause, .. } if matches!(*clause, Clause::Has { .. })));
    let chained = clause("Observation", "patient._has:Group:member:_id=1");
    assert!(matches!(chained, Clause::Chain { clause, .. } if matches!(*clause, Clause::Has { .. })));
}

#[test]
fn result_parameters() {
    let query =
        parse("Patient", "_count=5&_sort=-birthdate,family,gender,_id&_total=estimate&_format=json").unwrap();
    assert_eq!((query.count, query.total, query.only_count), (5, Total::Accurate, false));
    let sort: Vec<(SortBy, bool)> =
        query.sort.iter().map(|sort| (sort.by.clone(), sort.descending)).collect();
    assert_eq!(
        sort,
        [
            (SortBy::Date(id("Patient", "birthdate")), true),
            (SortBy::String(id("Patient", "family")), false),
            (SortBy::Text(id("Patient", "gender")), false),
            (SortBy::Id, false),
        ]
    );
    assert_eq!(query.applied.len(), 4);
    assert!(parse("Patient", "_count=0").unwrap().only_count);
    assert!(parse("Patient", "_summary=count").unwrap().only_count);
    let default = parse("Patient", "").unwrap();
    assert_eq!((default.count, default.total), (20, Total::None));
    let lowered = parse("Patient", "_count=99999").unwrap();
    assert_eq!((lowered.count, lowered.applied[0].1.as_str()), (1000, "1000"));
}

#[test]
fn includes() {
    let query =
        parse("MedicationRequest", "_include=MedicationRequest:subject:Patient&_include:iterate=Patient:*");
    let includes = query.unwrap().includes;
    assert_eq!(includes[0].parameters, [id("MedicationRequest", "subject")]);
    assert_eq!(includes[0].target.as_deref(), Some("Patient"));
    assert!(includes[1].iterate && includes[1].parameters.len() == PARAMETERS.references("Patient").count());
    let reverse =
        parse("Patient", "_revinclude=Provenance:target&_revinclude=Observation:*").unwrap().rev_includes;
    assert_eq!(reverse[0].parameters, [id("Provenance", "target")]);
    assert!(reverse[1].parameters.contains(&id("Observation", "patient")));
    assert!(!reverse[1].parameters.contains(&id("Observation", "encounter")));
    assert!(!parse("Patient", "_include=*").unwrap().includes[0].parameters.is_empty());
}

#[test]
fn what_is_not_supported_is_refused_with_what_is() {
    for (resource_type, query, words) in [
        ("Patient", "dragon=1", &["not-supported", "'dragon'", "_id, _lastUpdated, _list", "family"][..]),
        ("Patient", "phonetic=x", &["not-supported", "phonetic matching"]),
        ("Location", "near:missing=true", &["not-supported", "no modifier"]),
        ("Patient", "family:below=x", &["not-supported", "':below'", "':exact'"]),
        ("Patient", "birthdate:not=1970", &["not-supported", "':not'", "':missing'"]),
        ("Patient", "gender:of-type=a|b|c", &["not-supported", "':of-type'", "':not'"]),
        ("Patient", "_id:exact=a", &["not-supported", "':exact'", "':missing' and ':not'"]),
        ("Patient", "_lastUpdated:not=2020", &["not-supported", "':not'", "':missing'"]),
        ("Observation", "subject:identifier.name=x", &["not-supported", "resource type"]),
        ("Observation", "code-value-quantity:missing=true", &["not-supported", "no modifier"]),
        ("Observation", "subject:Dragon=1", &["not-supported", "':Dragon'"]),
        ("Observation", "subject:Practitioner=1", &["not-supported", "Group", "Patient"]),
        ("Observation", "code.name=x", &["not-supported", "token", "chained"]),
        ("Observation", "patient.dragon=x", &["not-supported", "'dragon'", "Patient"]),
        ("Observation", "subject.dragon=x", &["not-supported", "none of the types"]),
        ("Patient", "_has:Observation:code:code=x", &["not-supported", "cannot point"]),
        ("Patient", "_has:Dragon:patient:code=x", &["not-supported", "Dragon"]),
        ("Patient", "_contained=maybe", &["invalid", "false, true or both"]),
        ("Patient", "_contained=true&_sort=family", &["not-supported", "_containedType=contained"]),
        ("Patient", "_list=$current-allergies", &["not-supported", "$current-allergies", "id"]),
        ("Patient", "_type=Patient", &["not-supported", "_type"]),
        ("Patient", "_sort=dragon", &["not-supported", "birthdate"]),
        ("Observation", "_sort=code-value-quantity", &["not-supported", "composite"]),
        ("Patient", "_include=Patient:name", &["not-supported", "general-practitioner"]),
        ("Patient", "_include=Observation:subject", &["not-supported", "_include:iterate"]),
        ("Patient", "_elements=dragon", &["invalid", "'dragon'", "birthDate"]),
        ("Patient", "_summary=true&_elements=name", &["invalid", "_summary", "_elements"]),
        ("Patient", "_summary=text&_include=Patient:link", &["invalid", "_include"]),
        ("Patient", "_include:again=Patient:link", &["not-supported", ":iterate"]),
        ("Patient", "_revinclude=Observation:encounter", &["not-supported", "cannot point to Patient"]),
        ("Dragon", "name=x", &["not-supported", "'Dragon'"]),
    ] {
        let text = refusal(resource_type, query);
        assert!(words.iter().all(|word| text.contains(word)), "{query}: {text}");
    }
}

#[test]
fn bad_values_are_refused_with_what_is_expected() {
    for (resource_type, query) in [
        ("Patient", "birthdate=yesterday"),
        ("Patient", "birthdate="),
        ("Patient", "gender=male,,female"),
        ("Patient", "identifier=a|b|c"),
        ("Patient", "_id=a/b"),
        ("Patient", "_count=ten"),
        ("Patient", "_count=5&_count=6"),
        ("Patient", "_sort=,"),
        ("Patient", "_total=many"),
        ("Patient", "_summary=maybe"),
        ("Patient", "_include=Patient"),
        ("Patient", "_has:Observation=1"),
        ("Observation", "subject=Practitioner/1"),
        ("Observation", "subject.birthdate=yesterday"),
        ("Observation", "value-quantity=5.4|mg"),
        ("Observation", "code-value-quantity=8867-4"),
        ("Observation", "code-value-quantity=http://loinc.org|$5"),
        ("ValueSet", "url=a b"),
    ] {
        assert!(refusal(resource_type, query).starts_with("invalid: "), "{query}");
        assert!(parse_with(resource_type, query, Handling::Lenient).is_err(), "{query}");
    }
}

#[test]
fn limits_are_told() {
    let many = "gender=a&".repeat(65);
    let long = format!("family={}", "a".repeat(20_000));
    let values = format!("gender={}", vec!["a"; 501].join(","));
    for (resource_type, query) in [
        ("Patient", many.as_str()),
        ("Patient", &long),
        ("Patient", &values),
        ("Patient", &("link:Patient.".repeat(9) + "name=x")),
        ("Observation", "focus._id=1"),
    ] {
        assert!(refusal(resource_type, query).starts_with("too-costly: "), "{resource_type}");
    }
}

#[test]
fn lenient_handling_names_what_it_leaves_out() {
    let query = parse_with("Patient", "dragon=1&family=x&gender:above-all=male", Handling::Lenient).unwrap();
    let ignored: Vec<&str> = query.ignored.iter().map(|ignored| ignored.name.as_str()).collect();
    assert_eq!(ignored, ["dragon", "gender:above-all"]);
    assert_eq!(query.applied, [("family".to_owned(), "x".to_owned())]);
    assert_eq!(query.clauses.len(), 1);
}

#[test]
fn all_problems_are_told_at_once() {
    let text = refusal("Patient", "dragon=1&birthdate=x&_count=y");
    assert_eq!(text.lines().count(), 3, "{text}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn any_text_is_parsed_or_refused(
        resource_type in prop_oneof![Just("Patient"), Just("Observation"), Just("MolecularSequence")],
        name in prop_oneof![
            "[a-zA-Z_:.*-]{0,30}",
            "(name|subject|code|_has|_sort|_count|_include|value-quantity|code-value-quantity|date|patient)[:.]?[a-zA-Z:.]{0,20}",
        ],
        value in prop_oneof!["\\PC{0,40}", "(eq|ap|ge)?[-0-9.eETZ:+|$,\\\\a-z/]{0,30}"],
    ) {
        let _ = parse_with(resource_type, &format!("{name}={value}"), Handling::Lenient);
    }
}
