//! The official validator suite for R4: our verdict (invalid, if any issue is an error) beside the reference
//! validator's, for each case as it is and for each that also names a profile.
//!
//! `conformance-tests/expectations/validator.md` lists the verdicts that differ, each with its reason.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use fhir_definitions::{DefinitionKind, PackageResource};
use fhir_model::{Document, Issue, IssueType, Node, Severity};
use fhir_validation::{Mode, Settings};

use crate::engine::Engine;
use crate::expectations::Expectations;
use crate::files::{read_resource, shared};

/// One verdict of the reference validator.
struct Assertion {
    /// The name of the case, with ` (profile)` when it is checked against a profile of its own.
    name: String,
    instance: PathBuf,
    /// The file of the profile that is asked for.
    profile: Option<PathBuf>,
    setup: Setup,
    /// Where the reference validator sees errors; empty for a valid resource. A place is told as [`location`] does.
    errors: BTreeSet<String>,
    is_invalid: bool,
}

/// What a case asks for before it is checked.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Setup {
    /// The files that are loaded first.
    supporting: Vec<PathBuf>,
    /// Whether text that looks like HTML is an error.
    refuses_html: bool,
    /// Whether references must lead to something.
    resolves_references: bool,
}

/// How ours compares.
#[derive(Default)]
struct Score {
    verdicts: usize,
    false_accepts: usize,
    false_rejects: usize,
    /// Errors' places that the reference validator names, where both reject.
    places: usize,
    /// Those of them that we name too.
    shared_places: usize,
    /// Those of which we name the element around it, or a member of it.
    near_places: usize,
    /// Places that only we name, where both reject.
    further_places: usize,
    differences: BTreeMap<String, String>,
}

#[test]
fn official_validator_suite() {
    let Some(folder) = shared("suites/validator") else { return };
    let cases = Document::parse(fs::read_to_string(folder.join("cases.json")).unwrap()).unwrap();
    let mut by_setup: BTreeMap<Setup, Vec<Assertion>> = BTreeMap::new();
    for assertion in cases.root().items().flat_map(|case| assertions(case, &folder)) {
        by_setup.entry(assertion.setup.clone()).or_default().push(assertion);
    }
    let mut score = Score::default();
    for (setup, assertions) in &by_setup {
        let supporting = Supporting::read(setup);
        for assertion in assertions {
            let issues = supporting.check(assertion);
            tell(assertion, &issues);
            score.add(assertion, &issues);
        }
    }
    println!("{}", score.summary());
    Expectations::read("validator.md").assert_exactly(&score.differences);
}

/// With `WESTWAY_SUITE_VERBOSE` set, says what is found in each case whose verdict or places differ.
fn tell(assertion: &Assertion, issues: &[Issue]) {
    let ours = issues.iter().any(Issue::is_error);
    let is_same = ours == assertion.is_invalid && assertion.errors == places(issues);
    if std::env::var_os("WESTWAY_SUITE_VERBOSE").is_none() || is_same {
        return;
    }
    println!("{}: {} here; reference errors at {:?}", assertion.name, verdict(ours), assertion.errors);
    for issue in issues.iter().filter(|issue| issue.is_error()) {
        println!("    [{}] {issue}", issue.rule.as_deref().unwrap_or("-"));
    }
}

/// Where the errors among some issues are.
fn places(issues: &[Issue]) -> BTreeSet<String> {
    let errors = issues.iter().filter(|issue| issue.is_error());
    errors.flat_map(|issue| &issue.expression).map(|expression| location(expression)).collect()
}

fn verdict(is_invalid: bool) -> &'static str {
    if is_invalid { "invalid" } else { "valid" }
}

impl Setup {
    /// The reference validator refuses extensions that it does not know, and tells of best practice.
    fn settings(&self) -> Settings {
        Settings {
            unknown_extension: Severity::Error,
            best_practice: Some(Severity::Warning),
            unresolved_reference: self.resolves_references.then_some(Severity::Error),
            html_in_strings: if self.refuses_html { Mode::Reject } else { Mode::Warn },
            ..Settings::default()
        }
    }
}

/// The engine of a setup, with the resources that are loaded first.
struct Supporting {
    engine: Engine,
    /// Resources of other kinds: what references and canonicals are resolved to.
    others: Vec<Document>,
}

impl Supporting {
    fn read(setup: &Setup) -> Self {
        let types = Engine::embedded().registry.types();
        let (mut definitions, mut others) = (Vec::new(), Vec::new());
        for path in &setup.supporting {
            let resource = match read_resource(path, types) {
                Ok(resource) => resource,
                Err(error) => {
                    println!("{}: {error}", path.display());
                    continue;
                }
            };
            let kind = resource.root().resource_type().and_then(DefinitionKind::of);
            if kind.is_some() {
                let file = path.file_name().unwrap().to_string_lossy().into_owned();
                definitions.push(PackageResource { file, json: resource.source().into() });
            }
            others.push(resource);
        }
        let engine = Engine::new(definitions, setup.settings());
        Self { engine, others }
    }

    /// What we say. A resource that cannot be read has one error without a place.
    fn check(&self, assertion: &Assertion) -> Vec<Issue> {
        let types = self.engine.registry.types();
        let canonical = assertion.profile.as_deref().map(|path| {
            let profile = read_resource(path, types).unwrap();
            profile.root().get_str("url").unwrap().to_owned()
        });
        match read_resource(&assertion.instance, types) {
            Ok(resource) => self.engine.validate(&resource, canonical.as_deref().as_slice(), &self.others),
            Err(error) => vec![Issue::error(IssueType::Structure, error)],
        }
    }
}

impl Score {
    fn add(&mut self, assertion: &Assertion, issues: &[Issue]) {
        let errors: Vec<&Issue> = issues.iter().filter(|issue| issue.is_error()).collect();
        self.verdicts += 1;
        match (errors.is_empty(), assertion.is_invalid) {
            (true, true) => {
                self.false_accepts += 1;
                self.differ(assertion, "valid | invalid", assertion.errors.iter().next());
            }
            (false, false) => {
                self.false_rejects += 1;
                let first = errors.first().map(ToString::to_string);
                self.differ(assertion, "invalid | valid", first.as_ref());
            }
            (false, true) => self.compare_places(assertion, &places(issues)),
            (true, false) => {}
        }
    }

    fn differ(&mut self, assertion: &Assertion, verdicts: &str, reason: Option<&String>) {
        let reason = reason.map_or("", String::as_str);
        self.differences.insert(assertion.name.clone(), format!("{verdicts} | {reason}"));
    }

    fn compare_places(&mut self, assertion: &Assertion, ours: &BTreeSet<String>) {
        self.places += assertion.errors.len();
        self.shared_places += assertion.errors.intersection(ours).count();
        let missed = assertion.errors.difference(ours);
        self.near_places += missed.filter(|place| ours.iter().any(|own| are_next(own, place))).count();
        self.further_places += ours.difference(&assertion.errors).count();
    }

    fn summary(&self) -> String {
        let agreed = self.verdicts - self.false_accepts - self.false_rejects;
        format!(
            "validator suite: {agreed} of {} verdicts agree ({:.1} %), {} false accepts, {} false rejects; \
             locations: {} of {} named by both, {} of the others one element up or down, {} only by us",
            self.verdicts,
            100.0 * agreed as f64 / self.verdicts as f64,
            self.false_accepts,
            self.false_rejects,
            self.shared_places,
            self.places,
            self.near_places,
            self.further_places,
        )
    }
}

/// Whether one expression is the element around the other.
fn are_next(one: &str, other: &str) -> bool {
    let is_parent =
        |parent: &str, child: &str| child.rsplit_once('.').is_some_and(|(owner, _)| owner == parent);
    is_parent(one, other) || is_parent(other, one)
}

/// The verdicts of a case: as it is, and against its profile.
fn assertions(case: Node<'_>, folder: &Path) -> Vec<Assertion> {
    let name = case.get_str("name").unwrap();
    let instance = folder.join(case.get_str("file").unwrap());
    let setup = setup(case, folder);
    let mut assertions = vec![assertion(name.to_owned(), &instance, None, setup.clone(), case)];
    if let Some(profile) = case.get("profile") {
        let source = folder.join(profile.get_str("source").unwrap());
        let supporting = [setup.supporting, paths(profile, folder), vec![source.clone()]].concat();
        let setup = Setup { supporting, ..setup };
        assertions.push(assertion(format!("{name} (profile)"), &instance, Some(source), setup, profile));
    }
    assertions
}

fn setup(case: Node<'_>, folder: &Path) -> Setup {
    let option = |name| case.get("options").and_then(|options| options.get(name));
    // CHECK_VALID (four cases) means targets that the reference validator was given and the suite's files have not.
    let must_exist = |option: Node<'_>| option.as_str() == Some("CHECK_EXISTS_AND_TYPE");
    Setup {
        supporting: paths(case, folder),
        refuses_html: option("security-checks").is_some(),
        resolves_references: option("validateReference").is_some_and(must_exist),
    }
}

fn assertion(
    name: String,
    instance: &Path,
    profile: Option<PathBuf>,
    setup: Setup,
    expected: Node<'_>,
) -> Assertion {
    let issues = expected.get("issues").unwrap().items();
    let errors: Vec<Node<'_>> =
        issues.filter(|issue| matches!(issue.get_str("severity"), Some("error" | "fatal"))).collect();
    let expressions = errors.iter().filter_map(|issue| issue.get("expression")).flat_map(Node::items);
    Assertion {
        name,
        instance: instance.to_owned(),
        profile,
        setup,
        is_invalid: !errors.is_empty(),
        errors: expressions.filter_map(Node::as_str).map(location).collect(),
    }
}

fn paths(node: Node<'_>, folder: &Path) -> Vec<PathBuf> {
    let names = node.get("supporting").unwrap().items().filter_map(Node::as_str);
    names.map(|name| folder.join(name)).collect()
}

/// An expression without what the two validators write differently for the same element: the reference validator
/// comments on resources (`/*Patient/1*/`), names the types of choices, and indexes the one item of lists.
fn location(expression: &str) -> String {
    let mut rest = expression;
    let mut kept = String::new();
    while let Some((before, after)) = rest.split_once("/*") {
        kept.push_str(before);
        rest = after.split_once("*/").map_or("", |(_, after)| after);
    }
    kept.push_str(rest);
    while let Some((before, after)) = kept.split_once(".ofType(") {
        kept = format!("{before}{}", after.split_once(')').map_or("", |(_, after)| after));
    }
    kept.replace("[0]", "")
}
