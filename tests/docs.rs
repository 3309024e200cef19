//! What the documentation says of the project is true: every dependency has its reason, and no link leads nowhere.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Folders that hold no text of ours.
const FOREIGN: [&str; 4] = ["target", "node_modules", "corpus", "artifacts"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All files of the project whose name ends so.
fn files(ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            if path.is_dir() && !name.starts_with('.') && !FOREIGN.contains(&name) {
                folders.push(path);
            } else if name.ends_with(ending) {
                found.push(path);
            }
        }
    }
    found
}

/// The crates that the `[...dependencies]` sections of a manifest name, but for those that are part of the project.
fn dependencies(manifest: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut in_section = false;
    for line in manifest.lines() {
        let line = line.split('#').next().unwrap_or_default().trim();
        if let Some(section) = line.strip_prefix('[') {
            in_section = section.ends_with("dependencies]");
        } else if let (true, Some((name, value))) = (in_section, line.split_once('=')) {
            let name = name.trim().trim_end_matches(".workspace");
            if !value.contains("path =") {
                found.insert(name.to_owned());
            }
        }
    }
    found
}

fn package_name(manifest: &str) -> Option<String> {
    let line = manifest.lines().find(|line| line.starts_with("name = "))?;
    line.split('"').nth(1).map(str::to_owned)
}

/// The crates that have a row in the tables of `docs/dependencies.md`.
fn documented() -> BTreeSet<String> {
    let text = fs::read_to_string(root().join("docs/dependencies.md")).unwrap();
    let rows = text.lines().filter_map(|line| line.strip_prefix("| `"));
    rows.filter_map(|row| row.split('`').next()).map(str::to_owned).collect()
}

#[test]
fn every_dependency_has_its_reason_and_no_reason_is_left_over() {
    let manifests: Vec<String> =
        files("Cargo.toml").into_iter().map(|file| fs::read_to_string(file).unwrap()).collect();
    let own: BTreeSet<String> = manifests.iter().filter_map(|manifest| package_name(manifest)).collect();
    let named: BTreeSet<String> = manifests.iter().flat_map(|manifest| dependencies(manifest)).collect();
    let named: BTreeSet<String> = named.difference(&own).cloned().collect();
    let documented = documented();
    let without_reason: Vec<_> = named.difference(&documented).collect();
    assert!(without_reason.is_empty(), "docs/dependencies.md gives no reason for {without_reason:?}");
    let left_over: Vec<_> = documented.difference(&named).collect();
    assert!(left_over.is_empty(), "docs/dependencies.md speaks of {left_over:?}, which no Cargo.toml names");
}

/// The targets of Markdown links that are files: no web addresses, no anchors, nothing within code.
fn local_links(markdown: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut in_code = false;
    for line in markdown.lines() {
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
        }
        if in_code {
            continue;
        }
        let targets = line.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        let files = targets.filter(|target| !target.contains("://") && !target.starts_with('#'));
        found.extend(files.filter_map(|target| target.split('#').next()).map(str::to_owned));
    }
    found
}

#[test]
fn links_lead_somewhere() {
    let mut broken = Vec::new();
    // The prose of docs/search.md has the links of that page.
    let pages = files(".md").into_iter().filter(|file| !file.ends_with("fhir-search/src/documentation.md"));
    for file in pages {
        let text = fs::read_to_string(&file).unwrap();
        let folder = file.parent().unwrap();
        let missing = local_links(&text).into_iter().filter(|target| !folder.join(target).exists());
        broken.extend(missing.map(|target| format!("{} -> {target}", file.display())));
    }
    assert!(broken.is_empty(), "links that lead nowhere:\n{}", broken.join("\n"));
}

#[test]
fn manifests_and_links_are_read_right() {
    let manifest = "[package]\nname = \"a\"\n[dependencies]\nlog.workspace = true\nown = { path = \"b\" }\n\
                    [dev-dependencies]\ntempfile = \"3\" # why\n[features]\nx = []\n";
    assert_eq!(dependencies(manifest), BTreeSet::from(["log".into(), "tempfile".into()]));
    assert_eq!(package_name(manifest), Some("a".into()));
    let markdown = "[a](b.md#part) [c](https://example.org)\n```\n[d](e)\n```\n[f](#g)";
    assert_eq!(local_links(markdown), ["b.md"]);
}

/// The tests that the table of rules names: file and function.
fn named_tests(markdown: &str) -> Vec<(&str, &str)> {
    let quoted = markdown.split('`').skip(1).step_by(2);
    quoted.filter_map(|text| text.split_once("::")).filter(|(file, _)| file.ends_with(".rs")).collect()
}

#[test]
fn the_tests_that_prove_the_rules_of_the_rest_api_exist() {
    let text = fs::read_to_string(root().join("docs/rest.md")).unwrap();
    let named = named_tests(&text);
    assert!(named.len() > 50, "{}", named.len());
    let is_missing = |(file, test): &&(&str, &str)| {
        let source = fs::read_to_string(root().join(file)).unwrap_or_default();
        !source.contains(&format!("fn {test}("))
    };
    let missing: Vec<_> = named.iter().filter(is_missing).collect();
    assert!(missing.is_empty(), "docs/rest.md names tests that do not exist: {missing:?}");
}

#[test]
fn every_rule_that_is_kept_has_its_proof() {
    let text = fs::read_to_string(root().join("docs/rest.md")).unwrap();
    let kept = text.lines().filter(|line| line.contains(" | done |"));
    let unproven: Vec<&str> = kept.filter(|line| named_tests(line).is_empty()).collect();
    assert!(unproven.is_empty(), "rules without a test: {unproven:?}");
}

#[test]
fn each_migration_has_a_number_of_its_own() {
    for database in ["sqlite", "postgres"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(database);
        let names =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        // The part before the underscore is what a database remembers: of two with the same, one would never run.
        let mut numbers: Vec<String> = names.map(|name| name.split('_').next().unwrap().to_owned()).collect();
        numbers.sort();
        let count = numbers.len();
        numbers.dedup();
        assert_eq!(numbers.len(), count, "two migrations of {database} have the same number");
        assert!(count > 0);
    }
}
