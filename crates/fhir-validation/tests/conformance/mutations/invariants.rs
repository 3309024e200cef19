//! Mutations that break invariants: members set or (where the value is `null`) taken away.

use serde_json::Value;

use super::Mutation;

/// Resource type, key, members to set by JSON pointer, and where the issue is expected.
type Row = (&'static str, &'static str, &'static [(&'static str, &'static str)], &'static str);

const DIV: &str = "/text/div";
const REPEAT: &str = "CarePlan.activity[0].detail.scheduled.repeat";

const ROWS: &[Row] = &[
    (
        "Patient",
        "pat-1",
        &[("/contact/0/name", "null"), ("/contact/0/telecom", "null"), ("/contact/0/address", "null")],
        "Patient.contact[0]",
    ),
    ("Patient", "per-1", &[("/identifier/0/period/start", "\"2040-01-01\"")], "Patient.identifier[0].period"),
    ("Patient", "cpt-2", &[("/telecom/0/system", "null")], "Patient.telecom[0]"),
    ("Patient", "att-1", &[("/photo/0/contentType", "null")], "Patient.photo[0]"),
    (
        "Patient",
        "ref-1",
        &[("/managingOrganization/reference", "\"#missing\"")],
        "Patient.managingOrganization",
    ),
    (
        "Patient",
        "dom-2",
        &[("/contained/0/contained", r#"[{"resourceType":"Basic","id":"x","code":{"text":"x"}}]"#)],
        "Patient.contained[0]",
    ),
    (
        "Patient",
        "dom-3",
        &[("/generalPractitioner/0/reference", "\"Organization/2\"")],
        "Patient.contained[0]",
    ),
    ("Patient", "dom-4", &[("/contained/0/meta", r#"{"versionId":"1"}"#)], "Patient.contained[0]"),
    ("Patient", "dom-5", &[("/contained/0/meta", r#"{"security":[{"code":"x"}]}"#)], "Patient.contained[0]"),
    ("Patient", "dom-6", &[("/text", "null")], "Patient"),
    ("Patient", "ext-1", &[("/extension/4/valueString", "\"x\"")], "Patient.extension[4]"),
    ("Patient", "ele-1", &[("/name/0/period", "{}")], "Patient.name[0].period"),
    (
        "Patient",
        "txt-1",
        &[(DIV, r#""<div xmlns=\"http://www.w3.org/1999/xhtml\"><script>x()</script></div>""#)],
        "Patient.text.div",
    ),
    (
        "Patient",
        "txt-2",
        &[(DIV, r#""<div xmlns=\"http://www.w3.org/1999/xhtml\"> </div>""#)],
        "Patient.text.div",
    ),
    (
        "CarePlan",
        "cpl-3",
        &[("/activity/0/reference", r#"{"reference":"ServiceRequest/9"}"#)],
        "CarePlan.activity[0]",
    ),
    ("CarePlan", "per-1", &[("/period/end", "\"2025-01-01\"")], "CarePlan.period"),
    (
        "CarePlan",
        "qty-3",
        &[("/activity/0/detail/quantity/system", "null")],
        "CarePlan.activity[0].detail.quantity",
    ),
    (
        "CarePlan",
        "sqty-1",
        &[("/activity/0/detail/quantity/comparator", "\"<\"")],
        "CarePlan.activity[0].detail.quantity",
    ),
    ("CarePlan", "tim-1", &[("/activity/0/detail/scheduledTiming/repeat/duration", "1")], REPEAT),
    ("CarePlan", "tim-2", &[("/activity/0/detail/scheduledTiming/repeat/periodUnit", "null")], REPEAT),
    (
        "CarePlan",
        "tim-4",
        &[
            ("/activity/0/detail/scheduledTiming/repeat/duration", "-1"),
            ("/activity/0/detail/scheduledTiming/repeat/durationUnit", "\"h\""),
        ],
        REPEAT,
    ),
    ("CarePlan", "tim-5", &[("/activity/0/detail/scheduledTiming/repeat/period", "-1")], REPEAT),
    (
        "CarePlan",
        "tim-6",
        &[
            ("/activity/0/detail/scheduledTiming/repeat/periodMax", "2"),
            ("/activity/0/detail/scheduledTiming/repeat/period", "null"),
            ("/activity/0/detail/scheduledTiming/repeat/periodUnit", "null"),
        ],
        REPEAT,
    ),
    ("CarePlan", "tim-7", &[("/activity/0/detail/scheduledTiming/repeat/durationMax", "2")], REPEAT),
    (
        "CarePlan",
        "tim-8",
        &[
            ("/activity/0/detail/scheduledTiming/repeat/countMax", "9"),
            ("/activity/0/detail/scheduledTiming/repeat/count", "null"),
        ],
        REPEAT,
    ),
    ("CarePlan", "tim-9", &[("/activity/0/detail/scheduledTiming/repeat/offset", "5")], REPEAT),
    (
        "CarePlan",
        "tim-10",
        &[
            ("/activity/0/detail/scheduledTiming/repeat/timeOfDay", "[\"12:00:00\"]"),
            ("/activity/0/detail/scheduledTiming/repeat/when", "[\"MORN\"]"),
        ],
        REPEAT,
    ),
    ("ServiceRequest", "prr-1", &[("/code", "null")], "ServiceRequest"),
    ("ServiceRequest", "qty-3", &[("/quantityQuantity/system", "null")], "ServiceRequest.quantity"),
    ("ServiceRequest", "per-1", &[("/occurrencePeriod/end", "\"2025-01-01\"")], "ServiceRequest.occurrence"),
    ("ServiceRequest", "ref-1", &[("/requester/reference", "\"#missing\"")], "ServiceRequest.requester"),
    ("Encounter", "per-1", &[("/period/end", "\"2025-01-01\"")], "Encounter.period"),
    ("Encounter", "drt-1", &[("/length/system", "\"https://example.org/units\"")], "Encounter.length"),
];

/// The mutations of an instance that break invariants.
pub(super) fn mutations(instance: &Value) -> Vec<Mutation> {
    let resource_type = instance.get("resourceType").and_then(Value::as_str).unwrap();
    ROWS.iter().filter(|row| row.0 == resource_type).map(|row| mutation(instance, row)).collect()
}

fn mutation(instance: &Value, (_, key, members, at): &Row) -> Mutation {
    let mut resource = instance.clone();
    for (pointer, json) in *members {
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        let object = resource.pointer_mut(parent).and_then(Value::as_object_mut).unwrap();
        match serde_json::from_str(json).unwrap() {
            Value::Null => drop(object.shift_remove(name)),
            value => drop(object.insert(name.to_owned(), value)),
        }
    }
    Mutation { name: format!("{at}: {key}"), resource, rules: vec![key], at: (*at).to_owned() }
}
