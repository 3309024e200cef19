//! The queries that `docs/relational.md` gives, on a small population.

use super::*;

const DOCUMENTATION: &str = include_str!("../../../../docs/relational.md");

/// The query under the heading that begins so.
fn documented(heading: &str) -> &'static str {
    let (_, section) = DOCUMENTATION.split_once(&format!("### {heading}")).unwrap();
    let (_, code) = section.split_once("```sql\n").unwrap();
    code.split_once("```").unwrap().0
}

fn patient(id: &str, district: &str, ethnicity: &str) -> String {
    let url = "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-EthnicCategory";
    format!(
        r#"{{"resourceType": "Patient", "id": "{id}", "address": [{{"district": "{district}"}}], "extension": [{{"url": "{url}",
            "valueCodeableConcept": {{"coding": [{{"code": "{ethnicity}", "display": "Category {ethnicity}"}}]}}}}]}}"#
    )
}

fn referral(id: &str, patient: &str, status: &str, authored: &str) -> String {
    format!(
        r#"{{"resourceType": "ServiceRequest", "id": "{id}", "status": "{status}", "authoredOn": "{authored}",
            "subject": {{"reference": "Patient/{patient}"}}}}"#
    )
}

fn encounter(id: &str, patient: &str, status: &str, start: &str, rest: &str) -> String {
    format!(
        r#"{{"resourceType": "Encounter", "id": "{id}", "status": "{status}", "period": {{"start": "{start}"}},
            "subject": {{"reference": "Patient/{patient}"}}, {rest}}}"#
    )
}

fn based_on(referral: &str) -> String {
    format!(r#""basedOn": [{{"reference": "ServiceRequest/{referral}"}}]"#)
}

fn population() -> Fixture {
    let crisis = r#""serviceType": {"coding": [{"code": "92151000000102"}]}, "serviceProvider": {"reference": "Organization/line"}"#;
    let stay = r#""class": {"code": "IMP"}, "extension": [{"url": "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-LegalStatus",
        "extension": [{"url": "legalStatusContext", "valueCodeableConcept": {"coding": [{"code": "admission"}]}},
            {"url": "legalStatusClassification", "valueCodeableConcept": {"coding": [{"code": "02"}]}}]}]"#;
    let plan = |id: &str, status: &str, activity: &str| {
        format!(
            r#"{{"resourceType": "CarePlan", "id": "{id}", "status": "{status}", "title": "Plan {id}",
                "subject": {{"reference": "Patient/p1"}}, "period": {{"start": "2026-01-10"}} {activity}}}"#
        )
    };
    let resources = [
        patient("p1", "Brent", "A"),
        patient("p2", "Ealing", "H"),
        patient("p3", "Brent", "A"),
        r#"{"resourceType": "Patient", "id": "p4", "deceasedBoolean": false}"#.to_owned(),
        r#"{"resourceType": "Patient", "id": "p5", "deceasedBoolean": true}"#.to_owned(),
        r#"{"resourceType": "Organization", "id": "line", "name": "Example crisis line"}"#.to_owned(),
        referral("r1", "p1", "active", "2026-01-01T10:00:00Z"),
        referral("r2", "p2", "completed", "2026-01-01"),
        referral("r3", "p3", "active", "2026-01-05T10:00:00Z"),
        referral("r4", "p3", "completed", "2025-01-05T10:00:00Z"),
        referral("r5", "p3", "entered-in-error", "2025-01-05T10:00:00Z"),
        // A contact that was only planned ends no wait, and of two contacts the first counts.
        encounter("e1", "p1", "planned", "2026-01-03T09:00:00Z", &based_on("r1")),
        encounter("e2", "p1", "finished", "2026-01-12T09:00:00Z", &based_on("r1")),
        encounter("e3", "p1", "finished", "2026-01-11T09:00:00Z", &based_on("r1")),
        encounter("e4", "p2", "finished", "2026-01-03T00:00:00Z", &based_on("r2")),
        encounter("e5", "p3", "in-progress", "2025-01-25T10:00:00Z", &based_on("r4")),
        encounter("c1", "p1", "finished", "2026-02-01T02:00:00Z", crisis),
        encounter("c2", "p1", "finished", "2026-02-03T02:00:00Z", crisis),
        encounter("c3", "p2", "finished", "2026-03-01T02:00:00Z", crisis),
        encounter("c4", "p2", "cancelled", "2026-03-01T02:00:00Z", crisis),
        encounter("s1", "p2", "in-progress", "2026-03-02T02:00:00Z", stay),
        plan("with", "active", r#", "activity": [{"detail": {"status": "in-progress"}}]"#),
        plan("without", "active", ""),
        plan("cancelled", "active", r#", "activity": [{"detail": {"status": "cancelled"}}]"#),
        plan("old", "completed", ""),
    ];
    Fixture::with(&resources.each_ref().map(|resource| &**resource))
}

#[test]
fn the_documented_queries_answer_their_questions() {
    let fixture = population();
    let answers = [
        ("Waiting times", &["Brent | 3 | 2 | 14.5 | 20 | 1", "Ealing | 1 | 1 | 2.0 | 2 | 0"][..]),
        (
            "Crisis contacts",
            &["Example crisis line | 2026-02 | 2 | 1", "Example crisis line | 2026-03 | 1 | 1"],
        ),
        (
            "Care plans without",
            &["cancelled | Plan cancelled | 2026-01-10", "without | Plan without | 2026-01-10"],
        ),
        ("Ethnicity", &["Category A | 2 | 50.0", "Category H | 1 | 25.0", "not recorded | 1 | 25.0"]),
        ("Detentions", &["02 | 1"]),
    ];
    for (heading, rows) in answers {
        assert_eq!(fixture.query(documented(heading)), rows, "{heading}");
    }
    assert_eq!(DOCUMENTATION.matches("```sql").count(), answers.len());
}

#[test]
fn the_documentation_has_every_column() {
    let fixture = Fixture::new();
    let columns = "SELECT t.name || '.' || c.name FROM sqlite_schema AS t JOIN pragma_table_info(t.name) AS c \
        WHERE t.type IN ('table', 'view') AND (t.name LIKE 'patient%' OR t.name LIKE 'encounter%' \
            OR t.name LIKE 'service_request%' OR t.name LIKE 'care_plan%' OR t.name LIKE 'referral_wait')";
    for column in fixture.query(columns) {
        let (table, column) = column.split_once('.').unwrap();
        let (_, section) = DOCUMENTATION.split_once(&format!("#### `{table}`")).unwrap();
        let section = section.split_once("\n#").map_or(section, |(section, _)| section);
        let known = ["rid", "position"].contains(&column) || section.contains(&format!("`{column}`"));
        assert!(known, "{table}.{column}");
    }
}
