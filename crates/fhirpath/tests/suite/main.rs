//! The official FHIRPath test suite for R4 (HL7, `tests-fhir-r4.xml`), in strict mode.
//!
//! `known-failures.md` beside this file lists the cases that fail, each with its reason. A failing case that
//! is not listed fails the test, and so does a listed one that passes: the list stays true.
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

mod cases;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use cases::{Case, Output};
use fhir_definitions::Registry;
use fhir_model::Document;
use fhir_model::types::TypeModel;
use fhir_model::xml::{self, Limits};
use fhirpath::{Collection, Context, Expression, Item, Mode, Moment};

/// 2026-01-02T03:04:05.678Z
const NOW_MILLIS: i64 = 1_767_323_045_678;

fn suite_folder() -> Option<PathBuf> {
    let default = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let shared = std::env::var_os("WESTWAY_SHARED").map_or(default, PathBuf::from);
    let folder = shared.join("suites/fhirpath");
    folder.is_dir().then_some(folder)
}

#[test]
fn official_suite() {
    let Some(folder) = suite_folder() else {
        assert!(std::env::var_os("CI").is_none(), "the suite is needed in CI");
        println!("SKIPPED official_suite because there is no suites/fhirpath in $WESTWAY_SHARED");
        return;
    };
    let registry = Registry::embedded().unwrap();
    let model = registry.types();
    let suite = std::fs::read_to_string(folder.join("tests-fhir-r4.xml")).unwrap();
    let cases = cases::read(&suite);
    let inputs = inputs(&folder.join("input"), &cases, model);

    let mut failures = BTreeMap::new();
    for case in &cases {
        if let Err(problem) = run(case, inputs.get(&case.input), model) {
            failures.insert(case.name.clone(), format!("{problem}\n    {}", case.expression.trim()));
        }
    }
    let failed_count = cases.iter().filter(|case| failures.contains_key(&case.name)).count();
    println!("FHIRPath suite: {} of {} pass", cases.len() - failed_count, cases.len());

    let known = known_failures();
    let failed: BTreeSet<&str> = failures.keys().map(String::as_str).collect();
    let unexpected: Vec<_> = failures.iter().filter(|(name, _)| !known.contains(name.as_str())).collect();
    for (name, problem) in &unexpected {
        println!("{name}: {problem}");
    }
    let fixed: Vec<_> = known.iter().filter(|name| !failed.contains(name.as_str())).collect();
    assert!(unexpected.is_empty(), "{} cases fail and are not in known-failures.md", unexpected.len());
    assert!(fixed.is_empty(), "no longer failing, so to be taken from known-failures.md: {fixed:?}");
}

/// The names in the first column of the table.
fn known_failures() -> BTreeSet<String> {
    let table = include_str!("known-failures.md").lines();
    table.filter_map(|line| Some(line.strip_prefix("| `")?.split_once('`')?.0.to_owned())).collect()
}

fn inputs(folder: &Path, cases: &[Case], model: &TypeModel) -> BTreeMap<String, Document> {
    let names: BTreeSet<&String> = cases.iter().map(|case| &case.input).collect();
    let read = |name: &String| {
        let text =
            std::fs::read_to_string(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        // One of the inputs has its elements in the wrong order, which is no matter here.
        let document = if name.ends_with(".xml") {
            xml::to_document(&text, model, Limits::default()).unwrap().document
        } else {
            Document::parse(text).unwrap()
        };
        (name.clone(), document)
    };
    names.into_iter().filter(|name| !name.is_empty()).map(read).collect()
}

fn run(case: &Case, input: Option<&Document>, model: &TypeModel) -> Result<(), String> {
    // Cases without an input still need something to stand on.
    let nothing = Document::parse(r#"{"resourceType":"Basic"}"#).unwrap();
    let root = input.unwrap_or(&nothing).root();
    let type_id = root.resource_type().and_then(|name| model.id(name));
    let expression = match Expression::compile_in(&case.expression, model, type_id, Mode::Strict) {
        Ok(expression) => expression,
        Err(_) if case.is_invalid => return Ok(()),
        Err(error) => return Err(error.to_string()),
    };
    let context = Context::new(model, root).with_now(Moment::from_unix_millis(NOW_MILLIS).unwrap());
    match expression.evaluate(&context, root) {
        Ok(items) if case.is_invalid => Err(format!("{items:?} instead of an error")),
        Ok(items) => check(case, &items, model),
        Err(_) if case.is_invalid => Ok(()),
        Err(error) => Err(error.to_string()),
    }
}

fn check(case: &Case, items: &Collection<'_>, model: &TypeModel) -> Result<(), String> {
    if case.is_predicate {
        let expected = case.outputs.first().map(|output| output.text.as_str());
        let is_there = if items.is_empty() { "false" } else { "true" };
        return (expected == Some(is_there)).then_some(()).ok_or_else(|| format!("predicate is {is_there}"));
    }
    let mut items: Vec<&Item<'_>> = items.iter().collect();
    let mut missing = Vec::new();
    for output in &case.outputs {
        let found = if case.is_ordered {
            items.first().filter(|item| is_expected(item, output, model)).map(|_| 0)
        } else {
            items.iter().position(|item| is_expected(item, output, model))
        };
        match found {
            Some(at) => drop(items.remove(at)),
            None => missing.push(&output.text),
        }
    }
    if missing.is_empty() && items.is_empty() {
        return Ok(());
    }
    Err(format!(
        "missing {missing:?}, left over {:?}",
        items.iter().map(|item| item.to_text()).collect::<Vec<_>>()
    ))
}

/// Whether an item has the text and the type of an expected output.
fn is_expected(item: &Item<'_>, output: &Output, model: &TypeModel) -> bool {
    let text = item.to_text().unwrap_or_default();
    let expected = output.text.trim_start_matches('@').trim_start_matches('T');
    let same_text = match item {
        Item::Decimal(value) if output.type_name.is_some() => expected.parse().ok() == Some(*value),
        Item::String(text) => **text == *output.text,
        _ => *text == *expected,
    };
    let type_name = item.type_name(model);
    let same_type = output.type_name.as_ref().is_none_or(|name| name.eq_ignore_ascii_case(type_name));
    same_text && same_type
}
