//! Modifiers and special parameters: what they become.
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use crate::common::{PARAMETERS, clause, hasher, refusal};
use fhir_search::keys::Target;
use fhir_search::parameters::ParameterId;
use fhir_search::query::{Clause, Direction, NearTest, StringTest, Test, TextScope, UriTest};

fn id(resource_type: &str, code: &str) -> ParameterId {
    PARAMETERS.get(resource_type, code).unwrap().id
}

fn test(resource_type: &str, query: &str) -> Test {
    match clause(resource_type, query) {
        Clause::Parameter { test, .. } => test,
        other => panic!("{other:?}"),
    }
}

fn not(clause: Clause) -> Clause {
    Clause::Not(Box::new(clause))
}

fn location(id: &str) -> Target {
    Target::Resource { kind: "Location".into(), id: id.into() }
}

#[test]
fn missing_fits_every_type() {
    for (resource_type, code) in [
        ("Patient", "birthdate"),
        ("Patient", "name"),
        ("Patient", "gender"),
        ("Patient", "organization"),
        ("Observation", "value-quantity"),
        ("RiskAssessment", "probability"),
        ("ValueSet", "url"),
    ] {
        let present = Clause::Present(id(resource_type, code));
        assert_eq!(clause(resource_type, &format!("{code}:missing=false")), present);
        assert_eq!(clause(resource_type, &format!("{code}:missing=true")), not(present));
        assert!(refusal(resource_type, &format!("{code}:missing=maybe")).contains("true or false"));
    }
    assert_eq!(clause("Patient", "_id:missing=true"), Clause::Any(vec![]));
    assert_eq!(clause("Patient", "_lastUpdated:missing=false"), Clause::All(vec![]));
}

#[test]
fn negations_deny_the_whole_list() {
    let both = Test::Token(vec![hasher().code("male"), hasher().code("other")]);
    let tested = Clause::Parameter { parameter: id("Patient", "gender"), test: both };
    assert_eq!(clause("Patient", "gender:not=male,other"), not(tested));
    assert_eq!(clause("Patient", "_id:not=a,b"), not(Clause::Id(vec!["a".into(), "b".into()])));
    // Within a chain the resource pointed to is denied.
    assert!(matches!(clause("Observation", "patient.gender:not=male"), Clause::Chain { clause, .. }
        if matches!(*clause, Clause::Not(_))));
}

#[test]
fn texts_of_tokens_and_references_are_strings() {
    for query in ["code:text=Heart", "subject:text=heart"] {
        assert_eq!(test("Observation", query), Test::String(vec![StringTest::StartsWith("heart".into())]));
    }
}

#[test]
fn identifiers_have_types_and_stand_in_references() {
    let hasher = hasher();
    assert_eq!(
        test("Patient", "identifier:of-type=http://v2|MR|12345"),
        Test::Token(vec![hasher.of_type("http://v2", "mr", "12345")])
    );
    assert_eq!(
        test("Observation", "subject:identifier=http://nhs|Ab"),
        Test::Token(vec![hasher.system_and_code("http://nhs", "Ab")])
    );
}

#[test]
fn urls_have_an_above_and_a_below() {
    assert_eq!(
        test("ValueSet", "url:below=http://a/b"),
        Test::Uri(vec![UriTest::Below("http://a/b".into())])
    );
    let equal = |uri: &str| UriTest::Equal(uri.into());
    assert_eq!(
        test("ValueSet", "url:above=http://a/b"),
        Test::Uri(vec![equal("http://a"), equal("http://a/"), equal("http://a/b")])
    );
    assert!(refusal("ValueSet", "url:below=urn:oid:1.2").contains("urns have nothing"));
}

#[test]
fn hierarchies_go_along_the_parameter_of_the_target() {
    let (targets, along) = (vec![location("42")], id("Location", "partof"));
    for query in ["location:below=42", "location:below=Location/42"] {
        let test_below = Test::Hierarchy { targets: targets.clone(), along, direction: Direction::Below };
        assert_eq!(test("Procedure", query), test_below);
    }
    assert!(matches!(
        test("Encounter", "part-of:above=1"),
        Test::Hierarchy { direction: Direction::Above, along, .. } if along == id("Encounter", "part-of")
    ));
    let text = refusal("Observation", "patient:below=1");
    assert!(text.contains("not of a type") && text.contains("Location"), "{text}");
}

#[test]
fn canonicals_below_have_any_version() {
    let url = Target::Url("http://a.uk/Q".into());
    assert_eq!(
        test("QuestionnaireResponse", "questionnaire:below=http://a.uk/Q"),
        Test::Reference(vec![url])
    );
    assert_eq!(
        test("QuestionnaireResponse", "questionnaire:below=http://a.uk/Q|1"),
        Test::Versions(vec!["http://a.uk/Q|1".into()])
    );
    let either = clause("QuestionnaireResponse", "questionnaire:below=http://a.uk/Q|1,http://a.uk/P");
    assert!(matches!(either, Clause::Any(clauses) if clauses.len() == 2));
    assert_eq!(
        test("Patient", "_profile:below=http://a/P|1"),
        Test::Uri(vec![UriTest::Version("http://a/P|1".into())])
    );
    for (query, words) in [
        ("questionnaire:above=http://a.uk/Q", "nothing is above"),
        ("questionnaire:below=http://a.uk/Q|", "no version"),
    ] {
        assert!(refusal("QuestionnaireResponse", query).contains(words), "{query}");
    }
    assert!(refusal("ValueSet", "url:below=http://a/vs|1").contains("'version'"));
}

#[test]
fn the_url_of_a_definition_may_have_a_version() {
    let both = Clause::All(vec![clause("ValueSet", "url=http://a/b"), clause("ValueSet", "version=2")]);
    assert_eq!(clause("ValueSet", "url=http://a/b|2"), both);
    let either = Clause::Any(vec![both, clause("ValueSet", "url=http://a/c")]);
    assert_eq!(clause("ValueSet", "url=http://a/b|2,http://a/c"), either);
    assert!(refusal("ValueSet", "url=http://a/b|").starts_with("invalid: "));
}

#[test]
fn every_hierarchy_of_r4_is_known() {
    for kind in PARAMETERS.resource_types() {
        let to_itself = PARAMETERS.references(kind).filter(|parameter| {
            matches!(&*parameter.code, "part-of" | "partof" | "parent") && parameter.can_point_to(kind)
        });
        for parameter in to_itself {
            let query = format!("{}:below=1", parameter.code);
            assert!(format!("{:?}", clause(kind, &query)).contains("Hierarchy"), "{kind}: {query}");
        }
    }
}

#[test]
fn places_are_near() {
    let near = NearTest { latitude: 51.5, longitude: -0.17, metres: 2000.0 };
    assert_eq!(test("Location", "near=51.5|-0.17|2|km"), Test::Near(vec![near]));
    assert!(refusal("Location", "near=51.5").contains("latitude|longitude"));
}

#[test]
fn lists_and_words() {
    let listed = Clause::Has {
        source: "List".into(),
        reference: id("List", "item"),
        clause: Box::new(Clause::Id(vec!["42".into(), "43".into()])),
    };
    assert_eq!(clause("Patient", "_list=42,List/43"), listed);
    let words = |scope, words: &[&str]| Clause::Words {
        scope,
        words: words.iter().map(|word| (*word).into()).collect(),
    };
    assert_eq!(clause("Patient", "_text=Bone pain"), words(TextScope::Narrative, &["bone", "pain"]));
    assert_eq!(
        clause("Patient", "_content=bone,liver"),
        Clause::Any(vec![words(TextScope::Content, &["bone"]), words(TextScope::Content, &["liver"])])
    );
    assert!(refusal("Patient", "_text=(bone").contains("')'"));
    assert!(refusal("Patient", "_query=mine").starts_with("invalid: "));
}
