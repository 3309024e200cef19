//! What holds for the population as a whole.

mod facts;

use super::{PopulationSettings, population};
use facts::Facts;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

const TODAY: (i32, u32, u32) = (2026, 11, 24);

fn bundles(settings: PopulationSettings) -> Vec<Value> {
    population(&settings).collect()
}

fn usual() -> Vec<Value> {
    bundles(PopulationSettings::new(TODAY))
}

fn entries(bundle: &Value) -> impl Iterator<Item = &Value> {
    bundle["entry"].as_array().unwrap().iter()
}

fn resources<'b>(bundles: &'b [Value], kind: &'b str) -> impl Iterator<Item = &'b Value> {
    bundles
        .iter()
        .flat_map(entries)
        .map(|entry| &entry["resource"])
        .filter(move |resource| resource["resourceType"] == kind)
}

/// Counts what `key` says about each resource of a type.
fn census<'b>(
    bundles: &'b [Value],
    kind: &'b str,
    key: impl Fn(&Value) -> String,
) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for resource in resources(bundles, kind) {
        *counts.entry(key(resource)).or_default() += 1;
    }
    counts
}

/// Calls `visit` with every JSON object and the FHIR path that leads to it.
fn walk<'v>(value: &'v Value, path: &str, visit: &mut dyn FnMut(&'v Value, &str)) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| walk(item, path, visit)),
        Value::Object(members) => {
            visit(value, path);
            for (name, member) in members {
                walk(member, &format!("{path}.{}", name.trim_start_matches('_')), visit);
            }
        }
        _ => {}
    }
}

fn walk_resources<'b>(bundles: &'b [Value], visit: &mut dyn FnMut(&'b Value, &str)) {
    for resource in bundles.iter().flat_map(entries).map(|entry| &entry["resource"]) {
        walk(resource, resource["resourceType"].as_str().unwrap(), visit);
    }
}

#[test]
fn equal_settings_give_equal_bytes_and_seeds_differ() {
    let settings = PopulationSettings { patients: 20, ..PopulationSettings::new(TODAY) };
    assert_eq!(format!("{:?}", bundles(settings)), format!("{:?}", bundles(settings)));
    let other = PopulationSettings { seed: settings.seed + 1, ..settings };
    assert_ne!(bundles(settings).last(), bundles(other).last());
}

#[test]
fn a_population_grows_by_its_later_patients() {
    let settings = PopulationSettings { patients: 9, ..PopulationSettings::new(TODAY) };
    let whole = bundles(settings);
    let added = bundles(PopulationSettings { first: 6, ..settings });
    assert_eq!(added.len(), 4);
    assert!(whole.ends_with(&added));
}

#[test]
fn a_larger_population_contains_the_smaller() {
    let small = bundles(PopulationSettings { patients: 5, ..PopulationSettings::new(TODAY) });
    let large = bundles(PopulationSettings { patients: 9, ..PopulationSettings::new(TODAY) });
    assert_eq!(small[..], large[..small.len()]);
}

#[test]
fn references_point_to_the_same_or_an_earlier_bundle() {
    let mut known = BTreeSet::new();
    for bundle in usual() {
        for entry in entries(&bundle) {
            let resource = &entry["resource"];
            let address = format!(
                "{}/{}",
                resource["resourceType"].as_str().unwrap(),
                resource["id"].as_str().unwrap()
            );
            assert_eq!(entry["request"]["url"], address.as_str());
            assert_eq!(entry["request"]["method"], "PUT");
            assert!(known.insert(address.clone()), "{address} occurs twice");
        }
        walk(&bundle, "Bundle", &mut |value, path| {
            if let Some(target) = value.get("reference").and_then(Value::as_str) {
                assert!(known.contains(target), "{path}.reference to {target}, which is not there yet");
            }
        });
    }
}

#[test]
fn ids_are_lower_case_and_bundles_moderate() {
    for bundle in usual() {
        assert!(entries(&bundle).count() < 500);
        for entry in entries(&bundle) {
            let id = entry["resource"]["id"].as_str().unwrap();
            assert!(id.len() <= 64, "{id} is longer than an id may be");
            assert!(id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'), "{id}");
        }
    }
}

#[test]
fn every_borough_source_outcome_and_encounter_class_occurs() {
    let bundles = usual();
    let boroughs = census(&bundles, "Patient", |patient| patient["address"][0]["district"].to_string());
    assert_eq!(boroughs.len(), 8, "{boroughs:?}");
    let sources = census(&bundles, "ServiceRequest", |referral| {
        referral["extension"][0]["valueCodeableConcept"].to_string()
    });
    assert_eq!(sources.len(), 5, "{sources:?}");
    let priorities = census(&bundles, "ServiceRequest", |referral| referral["priority"].to_string());
    assert_eq!(priorities.len(), 4, "{priorities:?}");
    let statuses = census(&bundles, "ServiceRequest", |referral| referral["status"].to_string());
    assert_eq!(statuses.len(), 4, "{statuses:?}");
    let classes = census(&bundles, "Encounter", |encounter| encounter["class"]["code"].to_string());
    assert_eq!(classes.len(), 6, "{classes:?}");
    let ethnicities = census(&bundles, "Patient", |patient| patient["extension"][0].to_string());
    assert!(ethnicities.len() >= 12, "{ethnicities:?}");
    let languages = census(&bundles, "Patient", |patient| patient["communication"].to_string());
    assert!(languages.len() >= 8, "{languages:?}");
}

#[test]
fn most_referrals_wait_no_longer_than_half_a_year_and_some_longer_than_their_target() {
    let bundles = usual();
    let waiting: Vec<&Value> = resources(&bundles, "Task")
        .filter(|task| task["businessStatus"]["text"] == "Waiting for first assessment")
        .collect();
    let overdue = waiting
        .iter()
        .filter(|task| task["restriction"]["period"]["end"].as_str().unwrap() < "2026-11-24")
        .count();
    assert!(overdue > 0 && overdue < waiting.len(), "{overdue} of {} are overdue", waiting.len());
    assert!(waiting.iter().all(|task| task["authoredOn"].as_str().unwrap() > "2026-04"));
}

#[test]
fn encounters_lie_in_the_past_and_end_after_they_start() {
    for encounter in resources(&usual(), "Encounter") {
        let period = &encounter["period"];
        let start = period["start"].as_str().unwrap();
        assert!(start < "2026-11-24", "{encounter}");
        match period["end"].as_str() {
            Some(end) => assert!(start < end && end < "2026-11-24", "{encounter}"),
            None => assert_eq!(encounter["status"], "in-progress"),
        }
    }
}

#[test]
fn the_dead_wait_for_nothing() {
    let bundles = bundles(PopulationSettings { patients: 600, ..PopulationSettings::new(TODAY) });
    let dead: BTreeSet<String> = resources(&bundles, "Patient")
        .filter(|patient| patient.get("deceasedDateTime").is_some())
        .map(|patient| format!("Patient/{}", patient["id"].as_str().unwrap()))
        .collect();
    assert!(!dead.is_empty());
    for referral in resources(&bundles, "ServiceRequest") {
        let status = referral["status"].as_str().unwrap();
        if dead.contains(referral["subject"]["reference"].as_str().unwrap()) {
            assert!(matches!(status, "completed" | "revoked"), "{referral}");
        }
    }
}

#[test]
fn claimed_profiles_exist() {
    let Some(facts) = Facts::load() else { return };
    let bundles = usual();
    for resource in bundles.iter().flat_map(entries).map(|entry| &entry["resource"]) {
        for profile in resource["meta"]["profile"].as_array().into_iter().flatten() {
            let definition = facts.definition(profile.as_str().unwrap());
            assert_eq!(definition.unwrap()["type"], resource["resourceType"], "{profile}");
        }
    }
}

#[test]
fn extensions_are_defined_where_they_are_used_and_bound_values_fit() {
    let Some(facts) = Facts::load() else { return };
    let bundles = usual();
    let mut seen = BTreeSet::new();
    walk_resources(&bundles, &mut |value, path| {
        for extension in value.get("extension").and_then(Value::as_array).into_iter().flatten() {
            let url = extension["url"].as_str().unwrap();
            if url.starts_with("https://fhir.hl7.org.uk/") && seen.insert((url, extension.to_string())) {
                facts.check_extension(extension, path);
            }
        }
    });
    assert!(seen.len() > 40, "only {} different extensions were checked", seen.len());
}

#[test]
fn values_with_a_binding_of_their_profile_fit() {
    let Some(facts) = Facts::load() else { return };
    let bundles = usual();
    let checked: usize = bundles
        .iter()
        .flat_map(entries)
        .map(|entry| &entry["resource"])
        .filter(|resource| resource["meta"].get("profile").is_some())
        .map(|resource| facts.check_bindings(resource))
        .sum();
    assert!(checked > 1_000, "only {checked} bound values were checked");
}

#[test]
fn codes_of_uk_core_exist_with_their_displays() {
    let Some(facts) = Facts::load() else { return };
    let bundles = usual();
    let mut checked = 0;
    walk_resources(&bundles, &mut |value, path| {
        checked += usize::from(facts.check_coding(value, path));
    });
    assert!(checked > 1_000, "only {checked} codings were checked");
}
