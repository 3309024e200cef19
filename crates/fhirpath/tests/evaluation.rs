//! What the official suite does not ask for: lenient mode, hosts, limits, elements as input.
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use fhir_definitions::Registry;
use fhir_model::{Document, Node};
use fhirpath::{Context, Element, EvaluateError, Expression, Host, Item, MAX_DEPTH, Mode};
use proptest::prelude::*;

thread_local! {
    static REGISTRY: Registry = Registry::embedded().unwrap();
}

/// The texts of the result; complex elements show their type.
fn evaluate_with(
    text: &str,
    input: &str,
    adjust: impl for<'c> Fn(Context<'c>) -> Context<'c>,
) -> Result<Vec<String>, EvaluateError> {
    REGISTRY.with(|registry| {
        let model = registry.types();
        let document = Document::parse(input).unwrap();
        let root = document.root();
        let type_id = root.resource_type().and_then(|name| model.id(name));
        let expression =
            Expression::compile(text, model, type_id).unwrap_or_else(|error| panic!("{text}: {error}"));
        let items = expression.evaluate(&adjust(Context::new(model, root)), root)?;
        let show = |item: &Item<'_>| match item.to_text() {
            Some(text) => text.into_owned(),
            None => item.type_name(model).to_owned(),
        };
        Ok(items.iter().map(show).collect())
    })
}

fn evaluate(text: &str, input: &str) -> Vec<String> {
    evaluate_with(text, input, |context| context).unwrap()
}

const OBSERVATION: &str = r##"{
    "resourceType": "Observation", "status": "final", "code": {"text": "x"},
    "contained": [{"resourceType": "Patient", "id": "p", "active": true}],
    "subject": {"reference": "#p"},
    "performer": [{"reference": "Practitioner/1"}, {"reference": "http://example.org/fhir/Organization/2"}],
    "component": [
        {"code": {"text": "a"}, "valueQuantity": {"value": 1, "code": "mg", "system": "http://unitsofmeasure.org"}},
        {"code": {"text": "b"}, "valueString": "b"},
        {"code": {"text": "c"}, "valueQuantity": {"value": 2.50}}
    ]
}"##;

#[test]
fn as_picks_from_many_items_in_lenient_mode_only() {
    assert_eq!(evaluate("(Observation.component.value as Quantity).value", OBSERVATION), ["1", "2.50"]);
    REGISTRY.with(|registry| {
        let model = registry.types();
        let document = Document::parse(OBSERVATION).unwrap();
        let text = "component.value.as(Quantity)";
        let strict = Expression::compile_in(text, model, model.id("Observation"), Mode::Strict).unwrap();
        let result = strict.evaluate(&Context::new(model, document.root()), document.root());
        assert_eq!(result.unwrap_err(), EvaluateError::NotSingle { operation: "as", count: 3 });
    });
}

#[test]
fn paths_of_other_types_are_empty_in_lenient_mode() {
    let united = "Patient.name.family | Observation.code.text | Group.nonsense";
    assert_eq!(evaluate(united, OBSERVATION), ["x"]);
    assert_eq!(evaluate("Resource.id | DomainResource.status | Observation.status", OBSERVATION), ["final"]);
}

#[test]
fn references_resolve_or_tell_their_type() {
    assert_eq!(evaluate("subject.where(resolve() is Patient).reference", OBSERVATION), ["#p"]);
    assert_eq!(evaluate("subject.resolve().active", OBSERVATION), ["true"]);
    let practitioners = "Observation.performer.where(resolve() is Practitioner).reference";
    assert_eq!(evaluate(practitioners, OBSERVATION), ["Practitioner/1"]);
    let organizations = "Observation.performer.where(resolve() is Organization).reference";
    assert_eq!(evaluate(organizations, OBSERVATION), ["http://example.org/fhir/Organization/2"]);
}

#[test]
fn bundle_entries_resolve_each_other_and_their_own_contained_resources() {
    let bundle = r##"{"resourceType": "Bundle", "type": "collection", "entry": [
        {"fullUrl": "http://example.org/fhir/Patient/1", "resource": {"resourceType": "Patient", "id": "1"}},
        {"fullUrl": "urn:uuid:5e0c7c54-6cd4-4ae0-bd1c-f2aa6a4b5c5e", "resource": {
            "resourceType": "Condition", "id": "c",
            "contained": [{"resourceType": "Practitioner", "id": "x"}],
            "subject": {"reference": "Patient/1"}, "recorder": {"reference": "#x"}
        }}
    ]}"##;
    assert_eq!(evaluate("entry.resource.subject.resolve().id", bundle), ["1"]);
    assert_eq!(evaluate("entry.resource.recorder.resolve().id", bundle), ["x"]);
    assert_eq!(evaluate("entry.resource.ofType(Condition).subject.reference", bundle), ["Patient/1"]);
}

/// Knows one resource, one value set, and nothing by reference alone.
struct Directory {
    practitioner: Document,
}

impl Host for Directory {
    fn resolve<'a>(&'a self, reference: &str, _from: Node<'a>, _root: Node<'a>) -> Option<Node<'a>> {
        (reference == "Practitioner/1").then(|| self.practitioner.root())
    }

    fn trusts_references(&self) -> bool {
        false
    }

    fn member_of(&self, item: &Item<'_>, value_set: &str) -> Option<bool> {
        (value_set == "http://example.org/known").then(|| item.to_text().as_deref() == Some("final"))
    }
}

#[test]
fn hosts_answer_for_what_lies_outside() {
    let practitioner = r#"{"resourceType": "Practitioner", "id": "1", "gender": "other"}"#;
    let host: &'static Directory =
        Box::leak(Box::new(Directory { practitioner: Document::parse(practitioner).unwrap() }));
    let ask = |text| evaluate_with(text, OBSERVATION, |context| context.with_host(host));
    assert_eq!(ask("performer.resolve().gender").unwrap(), ["other"]);
    assert_eq!(ask("performer.resolve().count()").unwrap(), ["1"]);
    assert_eq!(ask("status.memberOf('http://example.org/known')").unwrap(), ["true"]);
    let unknown = ask("status.memberOf('http://example.org/other')").unwrap_err();
    assert_eq!(unknown, EvaluateError::UnknownValueSet("http://example.org/other".to_owned()));
}

#[test]
fn primitives_with_extensions_alone_exist() {
    let patient = r#"{"resourceType": "Patient",
        "_birthDate": {"extension": [{"url": "u", "valueString": "unknown"}]},
        "name": [{"given": [null, "B"], "_given": [{"id": "a"}, null]}]}"#;
    assert_eq!(evaluate("birthDate.exists() and birthDate.hasValue().not()", patient), ["true"]);
    assert_eq!(evaluate("birthDate.extension('u').value", patient), ["unknown"]);
    assert_eq!(evaluate("name.given.count()", patient), ["2"]);
    assert_eq!(evaluate("name.given.id", patient), ["a"]);
    assert_eq!(evaluate("children().count()", patient), ["2"]);
    assert_eq!(evaluate("descendants().count()", patient), ["8"]);
}

#[test]
fn variables_have_to_be_supplied() {
    let unknown = evaluate_with("%mine", OBSERVATION, |context| context).unwrap_err();
    assert_eq!(unknown, EvaluateError::UnknownVariable("mine".to_owned()));
    let supplied =
        evaluate_with("%mine + 1", OBSERVATION, |context| context.with_variable("mine", [Item::Integer(41)]));
    assert_eq!(supplied.unwrap(), ["42"]);
    assert_eq!(evaluate("contained.select(%resource.status)", OBSERVATION), ["final"]);
}

#[test]
fn constraints_can_be_tested_on_elements() {
    REGISTRY.with(|registry| {
        let model = registry.types();
        let document = Document::parse(r#"{"start": "2020-02-01", "end": "2020-01-01"}"#).unwrap();
        let period = model.id("Period").unwrap();
        let element = Element::new(model, document.root(), None, period);
        let text = "start.hasValue().not() or end.hasValue().not() or (start <= end)";
        let expression = Expression::compile(text, model, Some(period)).unwrap();
        let context = Context::new(model, document.root());
        assert_eq!(expression.test(&context, element).unwrap(), Some(false));
    });
}

#[test]
fn hostile_expressions_end() {
    let expressions = [
        "'a'.repeat($this + 'a')",
        "1.repeat(iif($this < 1000000, $this + 1, {}))",
        "descendants().select(%context.descendants().select(%context.descendants()))",
        "descendants().aggregate($total & $total, '0123456789')",
        "descendants().aggregate($total.combine($total), 1)",
        "descendants().aggregate($total.replaceMatches('.', '$0$0'), 'a')",
    ];
    for text in expressions {
        let result = evaluate_with(text, OBSERVATION, |context| Context { max_steps: 50_000, ..context });
        assert!(result.is_err(), "{text}: {result:?}");
    }
}

#[test]
fn the_deepest_expressions_fit_the_stack() {
    // An operand in parentheses counts twice.
    let nest = |inner: &str, open: &str, close: &str| {
        let levels = (MAX_DEPTH - 2) / if open.contains('=') { 2 } else { 1 };
        format!("{}{inner}{}", open.repeat(levels), close.repeat(levels))
    };
    assert_eq!(evaluate(&nest("1", "iif(true, ", ")"), OBSERVATION), ["1"]);
    assert_eq!(evaluate(&nest("true", "where(", ")"), OBSERVATION), ["Observation"]);
    assert_eq!(evaluate(&nest("true", "true = (", ")"), OBSERVATION), ["true"]);
    assert_eq!(evaluate(&nest("'a'", "'a'.combine(", ")"), OBSERVATION).len(), MAX_DEPTH - 1);
    assert_eq!(evaluate(&nest("$this", "$this.trace('a', ", ")"), OBSERVATION), ["Observation"]);
    let chain = format!("contained{}", ".first()".repeat(MAX_DEPTH - 1));
    assert_eq!(evaluate(&chain, OBSERVATION), ["Patient"]);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_compiles_evaluates_or_gives_an_error(
        parts in proptest::collection::vec(
            prop_oneof![
                Just("component"), Just(".value"), Just(".code"), Just("status"), Just(".text"), Just("$this"),
                Just("(1 | 2.5)"), Just("'a'"), Just("@2020-01"), Just("@T10"), Just("3 days"), Just(" + "),
                Just(" | "), Just(" = "), Just(" ~ "), Just(" < "), Just(" and "), Just(" is Quantity"), Just("[0]"),
                Just(".first()"), Just(".exists()"), Just(".toString()"), Just(".toQuantity()"), Just(".length()"),
                Just(".lowBoundary()"), Just(".sort()"), Just(".where(value > 1)"), Just(".children()"), Just("-"),
                Just(".resolve()"), Just(".extension('u')"), Just(".substring(1)"), Just(".power(2)"), Just("{}"),
            ],
            1..8,
        )
    ) {
        let text = parts.concat();
        REGISTRY.with(|registry| {
            let model = registry.types();
            let document = Document::parse(OBSERVATION).unwrap();
            if let Ok(expression) = Expression::compile(&text, model, model.id("Observation")) {
                let _ = expression.evaluate(&Context::new(model, document.root()), document.root());
            }
        });
    }
}
