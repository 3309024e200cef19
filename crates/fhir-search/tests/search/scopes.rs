//! Where a search looks: the whole system and compartments.

use crate::common::{PARAMETERS, parse_in, refusal_in};
use fhir_search::keys::Target;
use fhir_search::parse::Scope;
use fhir_search::query::{Clause, SortBy, Test};

fn patient(member: Option<&str>) -> Scope<'_> {
    Scope::Compartment { owner: "Patient", id: "1", member }
}

#[test]
fn the_system_has_all_types_or_those_named() {
    let all = parse_in(Scope::System, "").unwrap();
    assert_eq!(all.types.len(), PARAMETERS.resource_types().count());
    let some = parse_in(Scope::System, "_type=Patient,Observation&_id=1").unwrap();
    assert_eq!(some.types, ["Observation".into(), "Patient".into()]);
    assert_eq!(some.clauses, [Clause::Id(vec!["1".into()])]);
    assert_eq!(some.applied.len(), 2);
}

#[test]
fn parameters_are_those_of_all_types() {
    let query = parse_in(Scope::System, "_type=Patient,Observation&_tag=a&identifier:not=b").unwrap();
    assert!(matches!(&query.clauses[0], Clause::Any(tags) if tags.len() == 2));
    assert!(
        matches!(&query.clauses[1], Clause::Not(clause) if matches!(&**clause, Clause::Any(both) if both.len() == 2))
    );
    let tagged = parse_in(Scope::System, "_tag=a").unwrap();
    assert!(matches!(&tagged.clauses[0], Clause::Any(tags) if tags.len() == tagged.types.len()));
    let text = refusal_in(Scope::System, "_type=Patient,Observation&gender=male");
    assert!(
        text.contains("not-supported") && text.contains("Observation") && text.contains("identifier"),
        "{text}"
    );
    assert!(refusal_in(Scope::System, "name=x").contains("other types"));
}

#[test]
fn chains_and_reverse_chains_begin_at_all_types() {
    let chained = parse_in(Scope::System, "_type=Encounter,Observation&patient.name=x").unwrap();
    assert!(matches!(&chained.clauses[0], Clause::Any(chains) if chains.len() == 2));
    assert!(parse_in(Scope::System, "_type=Patient,Device&_has:Observation:subject:code=x").is_ok());
    assert!(refusal_in(Scope::System, "_has:Observation:subject:code=x").contains("cannot point to"));
    assert!(parse_in(Scope::System, "_list=1").is_ok());
}

#[test]
fn system_searches_are_sorted_by_what_all_have() {
    let sorted = parse_in(Scope::System, "_sort=-_lastUpdated,_id").unwrap();
    assert_eq!(
        sorted.sort.iter().map(|sort| sort.by.clone()).collect::<Vec<_>>(),
        [SortBy::LastUpdated, SortBy::Id]
    );
    assert!(refusal_in(Scope::System, "_sort=family").contains("_lastUpdated"));
}

#[test]
fn types_are_named_once_and_exist() {
    for query in ["_type=Dragon", "_type=Patient&_type=Patient", "_type=", "_type=Patient,,Observation"] {
        assert!(refusal_in(Scope::System, query).contains("'_type'"), "{query}");
    }
}

#[test]
fn members_of_a_compartment_point_to_its_owner() {
    let query = parse_in(patient(Some("Observation")), "code=x").unwrap();
    assert_eq!(query.types, ["Observation".into()]);
    let Clause::Any(ways) = &query.clauses[0] else { panic!("a choice was expected") };
    let owner = Target::Resource { kind: "Patient".into(), id: "1".into() };
    let subject = Clause::Parameter {
        parameter: PARAMETERS.get("Observation", "subject").unwrap().id,
        test: Test::Reference(vec![owner]),
    };
    assert!(ways.contains(&subject) && ways.len() == 2, "{ways:?}");
    assert_eq!(query.clauses.len(), 2);
}

#[test]
fn the_owner_is_in_its_compartment() {
    let itself = Clause::Resource { kind: "Patient".into(), id: "1".into() };
    let query = parse_in(patient(Some("Patient")), "").unwrap();
    assert!(matches!(&query.clauses[0], Clause::Any(ways) if ways.contains(&itself)));
    let all = parse_in(patient(None), "").unwrap();
    assert!(matches!(&all.clauses[0], Clause::Any(ways) if ways.contains(&itself) && ways.len() > 60));
    assert!(all.types.contains(&"Patient".into()) && all.types.contains(&"Observation".into()));
    let some = parse_in(patient(None), "_type=Condition").unwrap();
    assert_eq!(some.types, ["Condition".into()]);
}

#[test]
fn all_five_compartments_of_r4_are_known() {
    let owners: Vec<&str> = PARAMETERS.compartments().collect();
    assert_eq!(owners, ["Device", "Encounter", "Patient", "Practitioner", "RelatedPerson"]);
    for owner in owners {
        let scope = Scope::Compartment { owner, id: "1", member: None };
        assert!(parse_in(scope, "").unwrap().types.len() > 5, "{owner}");
    }
}

#[test]
fn what_has_no_compartment_is_refused() {
    let scope = |owner, id, member| Scope::Compartment { owner, id, member };
    assert!(refusal_in(scope("Group", "1", None), "").contains("Patient"));
    assert!(refusal_in(scope("Patient", "1", Some("Medication")), "").contains("not in the compartment"));
    assert!(refusal_in(scope("Patient", "1", Some("Dragon")), "").contains("'Dragon'"));
    assert!(refusal_in(scope("Patient", "a b", Some("Observation")), "").contains("'a b'"));
    assert!(refusal_in(patient(None), "_type=Medication").contains("compartment"));
}
