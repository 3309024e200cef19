//! Real-shaped data: the Synthea bundles, and the example instances of the FHIR R4 package.

mod common;

use std::collections::BTreeMap;
use std::fs;

use common::{Server, database_flags, r4_examples, shared, westway};

/// Searches with the number of matches that `synthea_counts.py` finds in the files.
const COUNTS: &str = include_str!("synthea-counts.txt");

/// Entries of the 122 bundles.
const SYNTHEA_ENTRIES: &str = "92114 entries loaded";

#[test]
fn all_synthea_bundles_load_and_can_be_searched() {
    let Some(folder) = shared("synthea") else { return };
    let data = tempfile::tempdir().unwrap();
    let output = westway(&["load", "--log", "warn", "--data-dir"])
        .arg(data.path())
        .args(database_flags(data.path()))
        .arg(&folder)
        .output()
        .unwrap();
    let (said, complained) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    println!("synthea: {said}");
    assert!(output.status.success() && said.contains(SYNTHEA_ENTRIES), "{said}\n{complained}");
    let again = westway(&["load", "--log", "warn", "--data-dir"])
        .arg(data.path())
        .args(database_flags(data.path()))
        .arg(&folder)
        .output()
        .unwrap();
    assert!(String::from_utf8_lossy(&again.stderr).contains("122 files were loaded earlier"));

    let server = Server::start_in(data.path(), &[]);
    let total = |search: &str| server.get(search).expect(200).json()["total"].as_u64().unwrap();
    assert_eq!(total("Observation?_summary=count"), 42929);
    assert_eq!(
        total("Observation?subject:Patient.gender=female&_summary=count")
            + total("Observation?subject:Patient.gender=male&_summary=count"),
        42929
    );
    let mut wrong = Vec::new();
    for (expected, search) in COUNTS.lines().map(|line| line.split_once('\t').unwrap()) {
        let found = total(&format!("{}&_summary=count", search.replace('|', "%7C")));
        if found.to_string() != expected {
            wrong.push(format!("{search}: {found}, not {expected}"));
        }
    }
    println!(
        "synthea: {} of {} counts are right",
        COUNTS.lines().count() - wrong.len(),
        COUNTS.lines().count()
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let page = server.get("Observation?code=8302-2&_include=Observation:subject&_sort=-date").expect(200);
    assert_eq!(page.matches().len(), 20);
    assert!(!page.entries("include").is_empty());
}

/// Examples that are not valid R4, or need what is not there, each with the words of the refusal.
const REFUSED: &str = include_str!("r4-examples-refused.txt");

#[test]
fn the_r4_example_instances_come_back_as_they_were_sent() {
    let Some(folder) = r4_examples() else { return };
    let server = Server::start_with(&["--integrity", "off", "--profiles", "base"]);
    let mut refused: BTreeMap<String, String> = BTreeMap::new();
    let mut unchanged = 0;
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    for file in files {
        let name = file.file_name().unwrap().to_str().unwrap().to_owned();
        let text = fs::read_to_string(&file).unwrap();
        let sent = fhir_model::Document::parse(text.as_str()).unwrap();
        let Some(kind) = sent.root().resource_type().filter(|kind| !is_definition(kind)) else { continue };
        let answer = match sent.root().get_str("id") {
            Some(id) => server.put(&format!("{kind}/{id}"), &text),
            None => server.post(kind, &text),
        };
        if answer.status >= 300 {
            let outcome = answer.json();
            let issues = outcome["issue"].as_array().unwrap();
            let issue = issues.iter().find(|issue| issue["severity"] == "error").unwrap();
            refused
                .insert(name, format!("{} {}", issue["diagnostics"].as_str().unwrap(), issue["expression"]));
            continue;
        }
        // As FHIR: a Binary would come as its content.
        let accept = [("Accept", "application/fhir+json")];
        let read = server.send("GET", &format!("{kind}/{}", answer.id()), &accept, "").expect(200);
        let read = fhir_model::Document::parse(read.body).unwrap();
        assert_eq!(without_meta(&read), without_meta(&sent), "{name}");
        unchanged += 1;
    }
    println!("R4 examples: {unchanged} stored and read back unchanged, {} refused", refused.len());
    for (name, reason) in &refused {
        println!("  refused: {name}: {reason}");
    }
    let listed: Vec<&str> =
        REFUSED.lines().filter_map(|line| line.split_once(": ")).map(|(name, _)| name).collect();
    let found: Vec<&str> = refused.keys().map(String::as_str).collect();
    assert_eq!(found, listed, "tests/r4-examples-refused.txt lists what is refused, with the reason");
    assert!(unchanged > 600);
}

/// The definitions of the package are tested where they are read; here the clinical instances are.
fn is_definition(kind: &str) -> bool {
    [
        "StructureDefinition",
        "SearchParameter",
        "ValueSet",
        "CodeSystem",
        "ConceptMap",
        "OperationDefinition",
        "CompartmentDefinition",
        "NamingSystem",
    ]
    .contains(&kind)
}

/// The text of a resource without the stamp of the version, in a form where the place of `id` does not count.
fn without_meta(document: &fhir_model::Document) -> Vec<(String, String)> {
    let members = document.root().members().flat_map(|(name, value)| match name {
        "meta" => value
            .members()
            .filter(|(name, _)| !matches!(*name, "versionId" | "lastUpdated"))
            .map(|(n, v)| (format!("meta.{n}"), format!("{v:?}")))
            .collect(),
        _ => vec![(name.to_owned(), format!("{value:?}"))],
    });
    let mut members: Vec<_> = members.collect();
    members.sort();
    members
}
