//! Puts the documentation of all rules together: `docs/validation.md` is made of the `//!` docs of the files that check
//! something, so that it says what the code does.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// The parts of a rule's documentation, in their order.
const HEADINGS: [&str; 4] = ["# What it checks", "# Why", "# Example", "# Specification"];

const INTRODUCTION: &str = "# What validation checks

Every issue names the rule that was broken in `details.coding`. This page lists the rules with their ids. It is put together
from the documentation of the code, one file a rule: `WESTWAY_WRITE_DOCS=1 cargo test -p fhir-validation documentation` writes
it anew.
";

/// Folders of rules under `src`, and what their chapter says.
const CHAPTERS: [(&str, &str); 4] = [
    ("structure/rules", "Structure: what every resource passes, beside the JSON Schema of its type"),
    ("profile", "Profiles: what StructureDefinitions say"),
    ("rules", "Resources and data types: what the text of the specification says"),
    ("rules/nhs", "The NHS: identifiers and retired codes"),
];

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// The files under a folder in alphabetical order. Folders that are chapters of their own are left out.
fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for entry in entries {
        if entry.is_file() {
            found.push(entry);
        } else if !CHAPTERS.iter().any(|(chapter, _)| entry == source().join(chapter)) {
            files(&entry, found);
        }
    }
}

/// The lines of the `//!` doc of a file.
fn doc(text: &str) -> Vec<&str> {
    let lines = text.lines().take_while(|line| line.starts_with("//!"));
    lines.map(|line| line.trim_start_matches("//!").strip_prefix(' ').unwrap_or_default()).collect()
}

/// The documentation of a file as a section of the page; `None` if the file holds no rule.
fn section(chapter: &str, file: &Path) -> Option<String> {
    let text = fs::read_to_string(file).unwrap();
    let doc = doc(&text);
    let is_rule = doc.contains(&HEADINGS[0]) || (chapter == "structure/rules" && !file.ends_with("mod.rs"));
    let (title, rest) = doc.split_first()?;
    if !is_rule {
        return None;
    }
    let mut out = format!("### {}\n", title.trim_end_matches('.'));
    for line in rest {
        let heading = line.strip_prefix("# ").map(|heading| format!("**{heading}**"));
        let line = heading.as_deref().unwrap_or(line);
        // Links between items of the code lead nowhere on the page.
        let line = line.replace("[`", "`").replace("`]", "`");
        out.push_str(line.trim_end());
        out.push('\n');
    }
    Some(out)
}

/// The whole page.
fn documentation() -> String {
    let mut out = INTRODUCTION.to_owned();
    for (chapter, title) in CHAPTERS {
        write!(out, "\n## {title}\n").unwrap();
        let mut found = Vec::new();
        files(&source().join(chapter), &mut found);
        for section in found.iter().filter_map(|file| section(chapter, file)) {
            write!(out, "\n{section}").unwrap();
        }
    }
    out
}

#[test]
fn the_page_is_what_the_rules_say() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/validation.md");
    let expected = documentation();
    if std::env::var_os("WESTWAY_WRITE_DOCS").is_some() {
        fs::write(&page, &expected).unwrap();
    }
    let found = fs::read_to_string(&page).unwrap_or_default();
    assert!(
        found == expected,
        "docs/validation.md is not what the rules say: run `WESTWAY_WRITE_DOCS=1 cargo test -p fhir-validation documentation`"
    );
}

#[test]
fn every_rule_is_documented_under_the_same_headings() {
    let mut found = Vec::new();
    for chapter in ["profile", "rules", "rules/nhs"] {
        files(&source().join(chapter), &mut found);
    }
    for file in found {
        let text = fs::read_to_string(&file).unwrap();
        let doc = doc(&text);
        let headings: Vec<&str> = doc.iter().filter(|line| line.starts_with("# ")).copied().collect();
        let is_own =
            file.starts_with(source().join("rules")) && file != source().join("rules/documentation.rs");
        if (is_own && text.contains(".rule(\"")) || headings.contains(&HEADINGS[0]) {
            assert_eq!(headings, HEADINGS, "in {}", file.display());
        }
        for id in text.split(".rule(\"").skip(1).filter_map(|rest| rest.split('"').next()).filter(|_| is_own)
        {
            assert!(
                doc.iter().any(|line| line.contains(&format!("`{id}`"))),
                "{} reports {id}, and does not document it",
                file.display()
            );
        }
    }
}
