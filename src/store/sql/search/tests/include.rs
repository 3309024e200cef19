//! Includes.

use fhir_search::keys::{ReferenceKey, SearchKeys, Target};
use fhir_search::parameters::ParameterId;
use fhir_search::query::{Clause, Include, Query};

use super::world::{World, names, query};
use crate::store::sql::search::include::MOST;

const SUBJECT: ParameterId = ParameterId(1);
const MANAGED_BY: ParameterId = ParameterId(2);

fn pointing(parameter: ParameterId, kind: &str, id: &str) -> SearchKeys {
    let target = Target::Resource { kind: kind.into(), id: id.into() };
    SearchKeys { references: vec![ReferenceKey { parameter, target }], ..SearchKeys::default() }
}

fn include(source: &str, parameter: ParameterId, iterate: bool) -> Include {
    Include { source: source.into(), parameters: vec![parameter], target: None, iterate }
}

/// Observations of a patient who is managed by an organisation, and one of a patient who was deleted.
fn worlds() -> Vec<World> {
    let filled = |mut world: World| {
        world.set("Organization", "o", Some(SearchKeys::default()));
        world.set("Patient", "p", Some(pointing(MANAGED_BY, "Organization", "o")));
        world.set("Patient", "gone", Some(SearchKeys::default()));
        world.set("Patient", "gone", None);
        world.set("Observation", "1", Some(pointing(SUBJECT, "Patient", "p")));
        world.set("Observation", "2", Some(pointing(SUBJECT, "Patient", "p")));
        world.set("Observation", "3", Some(pointing(SUBJECT, "Patient", "gone")));
        world.set("Observation", "4", Some(pointing(SUBJECT, "Group", "never")));
        world
    };
    World::all().into_iter().map(filled).collect()
}

fn included(world: &mut World, query: &Query) -> Vec<String> {
    let page = world.search(query, None).unwrap();
    names(&page.included)
}

#[test]
fn targets_are_included_once_and_iterate_goes_on() {
    for mut world in worlds() {
        let mut query = query("Observation", Vec::new(), Vec::new(), 10);
        query.includes = vec![include("Observation", SUBJECT, false)];
        assert_eq!(included(&mut world, &query), ["Patient/p"]);
        query.includes.push(include("Patient", MANAGED_BY, false));
        assert_eq!(included(&mut world, &query), ["Patient/p"], "without :iterate only from matches");
        query.includes[1].iterate = true;
        assert_eq!(included(&mut world, &query), ["Patient/p", "Organization/o"]);
        query.includes[0].target = Some("Group".into());
        assert_eq!(included(&mut world, &query), Vec::<String>::new());
    }
}

#[test]
fn referrers_are_included_and_matches_are_not() {
    for mut world in worlds() {
        let mut query = query("Patient", Vec::new(), Vec::new(), 10);
        query.rev_includes = vec![include("Observation", SUBJECT, false)];
        let mut found = included(&mut world, &query);
        found.sort_unstable();
        assert_eq!(found, ["Observation/1", "Observation/2"]);
        query.rev_includes[0].target = Some("Group".into());
        assert_eq!(included(&mut world, &query), Vec::<String>::new());

        world.set("Patient", "child", Some(pointing(MANAGED_BY, "Patient", "p")));
        query.rev_includes = vec![include("Patient", MANAGED_BY, true)];
        assert_eq!(included(&mut world, &query), Vec::<String>::new());
        query.clauses = vec![Clause::Id(vec!["p".into()])];
        assert_eq!(included(&mut world, &query), ["Patient/child"]);
    }
}

#[test]
fn too_many_are_cut_off_and_that_is_told() {
    for mut world in World::all() {
        world.set("Patient", "p", Some(SearchKeys::default()));
        let observation = |number: usize| {
            ("Observation".into(), number.to_string().into(), Some(pointing(SUBJECT, "Patient", "p")))
        };
        world.set_all((0..MOST).map(observation).collect());
        let mut query = query("Patient", Vec::new(), Vec::new(), 10);
        query.rev_includes = vec![include("Observation", SUBJECT, false)];
        let page = world.search(&query, None).unwrap();
        assert_eq!((page.included.len(), page.included_truncated), (MOST, false));
        world.set_all(vec![observation(MOST)]);
        let page = world.search(&query, None).unwrap();
        assert_eq!((page.included.len(), page.included_truncated), (MOST, true));
    }
}
