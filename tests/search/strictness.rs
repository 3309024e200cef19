//! What cannot be honoured is refused with the reason; under `Prefer: handling=lenient` it is left out and named.

use crate::population::{encoded, population};

const LENIENT: (&str, &str) = ("Prefer", "handling=lenient");

/// A search, the code of its issue, and words of its text: what offends, what is allowed.
const REFUSED: &[(&str, &str, &[&str])] = &[
    ("Patient?shoesize=44", "not-supported", &["shoesize", "birthdate"]),
    ("Patient?birthdate:exact=1980", "not-supported", &[":exact", "missing"]),
    ("Patient?family:above=a", "not-supported", &[":above", "exact", "contains"]),
    ("Patient?gender:nonsense=male", "not-supported", &[":nonsense", ":not"]),
    ("Patient?birthdate=1980-13", "invalid", &["birthdate", "1980-13"]),
    ("Patient?birthdate=xx1980", "invalid", &["birthdate", "xx1980"]),
    ("Patient?gender:missing=perhaps", "invalid", &["missing", "perhaps", "true"]),
    ("RiskAssessment?probability=much", "invalid", &["probability", "much"]),
    ("Observation?value-quantity=5|kg", "invalid", &["value-quantity", "5|kg"]),
    ("Patient?identifier=a%5Cb", "invalid", &["identifier", "a\\b"]),
    ("Observation?subject.name:nonsense=a", "not-supported", &["nonsense"]),
    ("Encounter?subject:Location.name=a", "not-supported", &["Location", "Patient"]),
    ("Encounter?class.name=a", "not-supported", &["class"]),
    ("Patient?_has:Encounter:class:status=finished", "not-supported", &["class"]),
    ("Patient?_has:Encounter=1", "invalid", &["_has"]),
    ("Patient?_sort=shoesize", "not-supported", &["_sort", "shoesize", "birthdate"]),
    ("Patient?_count=-1", "invalid", &["_count", "-1"]),
    ("Patient?_total=about", "invalid", &["_total", "about", "accurate"]),
    ("Patient?_summary=some", "invalid", &["_summary", "some", "data"]),
    ("Patient?_elements=shoe", "invalid", &["_elements", "shoe", "birthDate"]),
    ("Patient?_include=Patient:shoe", "not-supported", &["shoe", "organization"]),
    ("Patient?_revinclude=Pazient:subject", "not-supported", &["Pazient"]),
    ("Patient?_type=Patient", "not-supported", &["_type"]),
    ("Patient?_query=mine", "invalid", &["_query", "mine"]),
    ("Patient?_contained=maybe", "invalid", &["_contained", "false, true or both"]),
    ("Patient?_filter=gender%20eq", "invalid", &["_filter"]),
    ("Patient?_filter=identifier ne 1", "not-supported", &["_filter", "'ne'", "not (identifier eq"]),
    ("Patient?_filter=family gt Oka", "invalid", &["_filter", "single character"]),
    ("Observation?_filter=value-quantity co 70", "not-supported", &["'co'", "precision"]),
    (
        "Group?_filter=characteristic[code eq a].value eq b",
        "not-supported",
        &["in brackets", "characteristic-value"],
    ),
    ("ValueSet?url:below=http://example.org/vs|1", "not-supported", &["url:below", "'version'"]),
    (
        "ServiceRequest?instantiates-canonical:above=http://example.org/plan|1",
        "not-supported",
        &[":above", "canonical"],
    ),
];

#[test]
fn each_refusal_says_what_offends_and_what_is_allowed() {
    let server = population();
    let mut wrong = Vec::new();
    for (search, code, words) in REFUSED.iter().copied() {
        let answer = server.get(&encoded(search));
        let issue = answer.json()["issue"][0].clone();
        let said = issue["diagnostics"].as_str().unwrap_or_default();
        let missing: Vec<&&str> = words.iter().filter(|word| !said.contains(**word)).collect();
        if answer.status != 400
            || issue["code"] != code
            || issue["severity"] != "error"
            || !missing.is_empty()
        {
            wrong.push(format!("{search}: {} {issue}, without {missing:?}", answer.status));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn all_problems_of_a_search_are_told_at_once() {
    let server = population();
    let outcome = server.get("Patient?shoesize=44&birthdate=soon&_sort=shoesize").expect(400).json();
    assert_eq!(outcome["issue"].as_array().unwrap().len(), 3, "{outcome}");
}

#[test]
fn lenient_searches_leave_out_what_is_not_supported_and_say_so() {
    let server = population();
    for (ignored, name) in [
        ("shoesize=44", "shoesize"),
        ("family:nonsense=a", "family:nonsense"),
        ("_sort=shoesize", "_sort"),
        ("_include=Patient:shoe", "_include"),
        ("_type=Patient,Observation", "_type"),
    ] {
        let search = format!("Patient?gender=female&{ignored}&_count=10");
        let strict = server.get(&search).expect(400);
        let answer = server.send("GET", &search, &[LENIENT], "").expect(200);
        let mut found = answer.matches();
        found.sort();
        assert_eq!(found, ["ada", "zoe"], "{search}");
        assert_eq!(answer.link("self"), Some(format!("{}/Patient?gender=female&_count=10", server.base)));
        let bundle = answer.json();
        let entries = bundle["entry"].as_array().unwrap();
        let outcome = entries.iter().find(|entry| entry["search"]["mode"] == "outcome").unwrap();
        let issue = &outcome["resource"]["issue"][0];
        assert_eq!((&issue["severity"], &issue["code"]), (&"warning".into(), &"not-supported".into()));
        assert!(issue["diagnostics"].as_str().unwrap().contains(&format!("'{name}'")), "{issue}");
        let reason = strict.json()["issue"][0]["diagnostics"].as_str().unwrap().to_owned();
        assert!(issue["diagnostics"].as_str().unwrap().contains(&reason), "{issue} has not {reason}");
    }
    // A value that makes no sense is refused all the same, and so is a page link with another search.
    server.send("GET", "Patient?birthdate=soon", &[LENIENT], "").expect(400);
    server.send("GET", "Patient?_page=AAAA", &[LENIENT], "").expect(400);
    server.send("GET", "Patient", &[("Prefer", "handling=perhaps")], "").expect(400);
}

#[test]
fn a_reference_that_could_mean_two_resources_is_refused() {
    let server = population();
    server
        .put("Group/ada", r#"{"resourceType":"Group","id":"ada","type":"person","actual":true}"#)
        .expect(201);
    let refused = server.get("Observation?subject=ada").expect(400);
    assert!(refused.body.contains("Patient/ada") && refused.body.contains("Group/ada"), "{}", refused.body);
    assert_eq!(server.get("Observation?subject=Patient/ada").expect(200).matches(), ["w1"]);
    assert_eq!(server.get("Observation?subject=bob").expect(200).matches(), ["w2"]);
}
