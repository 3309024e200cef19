//! `_filter`: what its tests become, and how it is refused.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use crate::common::{PARAMETERS, clause, refusal};
use fhir_search::parameters::ParameterId;
use fhir_search::query::{Clause, Comparison, StringTest, Test, UriTest};

fn id(resource_type: &str, code: &str) -> ParameterId {
    PARAMETERS.get(resource_type, code).unwrap().id
}

fn filter(resource_type: &str, text: &str) -> Clause {
    clause(resource_type, &format!("_filter={text}"))
}

fn refused(resource_type: &str, text: &str) -> String {
    refusal(resource_type, &format!("_filter={text}"))
}

fn string(code: &str, test: StringTest) -> Clause {
    Clause::Parameter { parameter: id("Patient", code), test: Test::String(vec![test]) }
}

#[test]
fn strings() {
    for (text, test) in [
        ("given eq \"Pe,ter\"", StringTest::Equal("pe,ter".into())),
        ("given co pet", StringTest::Contains("pet".into())),
        ("given sw pet", StringTest::StartsWith("pet".into())),
        ("given ew ter", StringTest::EndsWith("ter".into())),
    ] {
        assert_eq!(filter("Patient", text), string("given", test), "{text}");
    }
}

#[test]
fn what_is_another_and_what_comes_first() {
    let between = |from: &str, to: &str| StringTest::Between { from: from.into(), to: to.into() };
    let tests = |tests: Vec<StringTest>| Clause::Parameter {
        parameter: id("Patient", "given"),
        test: Test::String(tests),
    };
    let end = char::MAX.to_string();
    assert_eq!(filter("Patient", "given ne Eve"), tests(vec![between("", "eve"), between("eve\u{1}", &end)]));
    assert_eq!(filter("Patient", "given gt M"), tests(vec![between("n", &end)]));
    assert_eq!(filter("Patient", "given le \"M\""), tests(vec![between("", "n")]));
    let present = Clause::Present(id("Patient", "gender"));
    let not = Clause::Not(Box::new(clause("Patient", "gender=male")));
    assert_eq!(filter("Patient", "gender ne male"), Clause::All(vec![present, not]));
    assert!(matches!(filter("Patient", "_profile ne http://a/b"),
        Clause::Parameter { test: Test::Uri(tests), .. } if tests == [UriTest::Other("http://a/b".into())]));
}

#[test]
fn a_period_contains_another_if_it_overlaps_both_its_ends() {
    let Clause::Parameter { test: Test::Date(tests), .. } = filter("Encounter", "date co 2014-10-10") else {
        panic!("a date was expected");
    };
    const DAY: i64 = 86_400_000_000;
    let (low, high) = (16_353 * DAY, 16_354 * DAY);
    assert_eq!(tests.len(), 1);
    for (from, to, contains) in [
        (low, high, true),
        (low - 1, high + 1, true),
        (low + 1, high, false),
        (low, high - 1, false),
        (high, high + DAY, false),
    ] {
        assert_eq!(tests[0].matches(from, to), contains, "{from} {to}");
    }
}

#[test]
fn a_test_is_what_the_parameter_is() {
    for (resource_type, text, query) in [
        ("Patient", "birthdate ge 2014-10-10", "birthdate=ge2014-10-10"),
        ("Patient", "birthdate eq 2014", "birthdate=2014"),
        ("Patient", "gender eq male", "gender=male"),
        ("Patient", "name pr false", "name:missing=true"),
        ("Patient", "name pr true", "name:missing=false"),
        ("Patient", "_id eq a", "_id=a"),
        ("Patient", "_lastUpdated gt 2020", "_lastUpdated=gt2020"),
        ("Observation", "code eq loinc|1234-5", "code=http://loinc.org|1234-5"),
        ("Observation", "value-quantity lt 5|ucum|mg", "value-quantity=lt5|http://unitsofmeasure.org|mg"),
        (
            "Observation",
            "code-value-quantity eq http://loinc.org|1-8$gt5",
            "code-value-quantity=http://loinc.org|1-8$gt5",
        ),
        ("Observation", "subject re Patient/1", "subject=Patient/1"),
        ("Observation", "subject.birthdate lt 1970", "subject.birthdate=lt1970"),
        ("Observation", "subject:Patient.gender eq male", "subject:Patient.gender=male"),
        ("Patient", "_has:Observation:patient:code eq x", "_has:Observation:patient:code=x"),
        (
            "Patient",
            "_has:Observation:patient:_has:AuditEvent:entity:action eq R",
            "_has:Observation:patient:_has:AuditEvent:entity:action=R",
        ),
        ("ValueSet", "url eq http://a/b", "url=http://a/b"),
    ] {
        assert_eq!(filter(resource_type, text), clause(resource_type, query), "{text}");
    }
    assert!(matches!(filter("Patient", "birthdate po 2014"),
        Clause::Parameter { test: Test::Date(tests), .. } if tests[0].comparison == Comparison::Approximately));
}

#[test]
fn logic() {
    let male = || clause("Patient", "gender=male");
    let not = |clause| Clause::Not(Box::new(clause));
    let eve = || string("given", StringTest::Equal("eve".into()));
    assert_eq!(filter("Patient", "gender eq male and given eq eve"), Clause::All(vec![male(), eve()]));
    assert_eq!(
        filter("Patient", "gender eq male or not (given eq eve and gender eq male)"),
        Clause::Any(vec![male(), not(Clause::All(vec![eve(), male()]))])
    );
    // That a path leads to nothing is said of the whole path.
    assert_eq!(
        filter("Observation", "patient.name pr false"),
        not(clause("Observation", "patient.name:missing=false"))
    );
}

#[test]
fn one_link_fulfils_both_its_filter_and_the_rest() {
    let Clause::Chain { target, clause: inner, .. } =
        filter("Observation", "subject[gender eq female].birthdate lt 1970")
    else {
        panic!("a chain was expected");
    };
    assert_eq!(&*target, "Patient");
    let both = Clause::All(vec![clause("Patient", "gender=female"), clause("Patient", "birthdate=lt1970")]);
    assert_eq!(*inner, both);
}

#[test]
fn refusals_name_the_place_and_what_fits() {
    for (resource_type, text, words) in [
        ("Patient", "given is eve", &["invalid", "character 7", "operator", "eq, ne, co"][..]),
        ("Patient", "(given eq eve", &["invalid", "character 14", "')'"]),
        ("Patient", "dragon eq 1", &["not-supported", "character 1", "'dragon'"]),
        (
            "Patient",
            "given eq a or identifier ne 1",
            &["not-supported", "character 15", "'ne'", "not (identifier eq ...)"],
        ),
        ("Patient", "given gt ab", &["invalid", "single character"]),
        ("Observation", "value-quantity co 5", &["not-supported", "'co'", "precision"]),
        ("Group", "characteristic[code eq x].value eq y", &["not-supported", "in brackets", "composite"]),
        ("Patient", "_lastUpdated co 2014", &["not-supported", "moment"]),
        ("Patient", "gender co m", &["not-supported", "'co'", "token", "ss, sb, in"]),
        ("Patient", "given sa a", &["not-supported", "'sa'", "string", "co, sw, ew"]),
        ("Observation", "subject eq Patient/1", &["not-supported", "'eq'", "reference", "re"]),
        ("Patient", "birthdate ge yesterday", &["invalid", "character 1", "'geyesterday'"]),
        ("Patient", "given pr maybe", &["invalid", "true or false"]),
        ("Patient", "gender.name eq x", &["not-supported", "only references"]),
        ("Patient", "_text co x", &["not-supported", "_text", "of its own"]),
        ("Observation", "code in http://a/vs", &["not-supported", "http://a/vs", "no terminology"]),
    ] {
        let refusal = refused(resource_type, text);
        assert!(words.iter().all(|word| refusal.contains(word)), "{text}: {refusal}");
    }
}
