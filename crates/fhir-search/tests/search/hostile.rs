//! Queries that are made to cost: refused, and in bounded time.

use crate::common::{parse, parse_in, refusal, refusal_in};
use fhir_search::parse::Scope;

#[test]
fn long_lists_and_values_are_refused() {
    let numbers = |count: usize| (0..count).map(|n| n.to_string()).collect::<Vec<_>>().join(",");
    let long = "a".repeat(64 * 1024);
    for query in [
        format!("gender={}", numbers(10_000)),
        format!("identifier={}", numbers(3_000)),
        format!("name={long}"),
        format!("_text={long}"),
        format!("_filter=name eq {long}"),
        format!("{long}=a"),
        "name=a&".repeat(1000),
    ] {
        assert!(refusal("Patient", &query).starts_with("too-costly: "));
    }
}

#[test]
fn deep_chains_are_refused() {
    for query in [
        "link:Patient.".repeat(20) + "name=x",
        "_has:Patient:link:".repeat(12) + "name=x",
        format!("_filter={}name eq x", "link:Patient.".repeat(20)),
        format!("_filter={}name eq x", "_has:Patient:link:".repeat(20)),
    ] {
        assert!(refusal("Patient", &query).contains("too-costly: "), "{query}");
    }
    // Each link may lead to several types, and each of them further.
    assert!(
        refusal("Provenance", "target.subject.focus.subject.focus.subject.name=x").contains("too-costly")
    );
}

#[test]
fn chains_that_branch_come_to_an_end_though_they_lead_nowhere() {
    for query in [
        "part-of.part-of.part-of.part-of.part-of.part-of.part-of.dragon=x",
        "based-on.based-on.based-on.based-on.x.dragon=x",
    ] {
        assert!(!refusal("Communication", query).is_empty());
    }
}

#[test]
fn nested_filters_are_refused() {
    for query in [
        format!("_filter={}name eq x{}", "(".repeat(5000), ")".repeat(5000)),
        format!("_filter={}(name eq x)", "not ".repeat(4000)),
        format!("_filter={}name eq x", "link[".repeat(3000)),
        format!("_filter={}name eq x", "name eq x and ".repeat(1000)),
        format!("_filter={}name eq x", "name eq x or name eq y and ".repeat(500)),
    ] {
        let text = refusal("Patient", &query);
        assert!(text.contains("too deep") || text.contains("too many"), "{text}");
    }
}

#[test]
fn costs_add_up_over_the_whole_query() {
    let filter = format!("_filter={}name eq x", "subject.name eq x or ".repeat(200));
    assert!(refusal("Observation", &filter).contains("too-costly"));
    assert!(refusal_in(Scope::System, &"_tag=a&".repeat(65)).contains("too-costly"));
    assert!(parse_in(Scope::System, &"_tag=a&".repeat(60)).is_ok());
}

#[test]
fn an_id_of_many_types_is_ambiguous() {
    assert!(refusal("Observation", "focus=1").contains("ambiguous"));
    assert!(parse("Observation", "focus=Patient/1").is_ok_and(|query| query.bare_ids.is_empty()));
    let few = parse("Observation", "subject=1");
    assert!(few.is_ok_and(|query| query.bare_ids.len() == 1 && query.bare_ids[0].types.len() == 4));
}
