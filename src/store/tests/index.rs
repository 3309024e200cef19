//! The index tables hold exactly the keys of the live resources.

use fhir_search::keys::{CompositeKey, QuantityKey, SortText, UriKey};
use proptest::prelude::*;

use super::*;
use crate::store::sql::statement::Statement;

const TABLES: [(&str, &str); 7] = [
    ("ix_token", "parameter || ',' || hash"),
    ("ix_reference", "parameter || ',' || (SELECT type || fhir_id FROM resource_id r WHERE r.rid = target)"),
    ("ix_date", "parameter || ',' || low || ',' || high"),
    ("ix_quantity", "parameter || ',' || unit || ',' || low || ',' || high"),
    ("ix_string", "parameter || ',' || folded || ',' || exact"),
    ("ix_uri", "parameter || ',' || value"),
    ("ix_composite", "parameter || ',' || hash || ',' || low || ',' || high"),
];

/// All index rows with the id of their resource.
fn rows(fixture: &Fixture) -> Vec<String> {
    let mut rows = Vec::new();
    for (table, columns) in TABLES {
        let select = format!(
            "SELECT '{table} ' || i.fhir_id || ' ' || {columns} FROM {table} AS x JOIN resource_id AS i ON i.rid = x.rid"
        );
        let statement = Statement::<diesel::sql_types::Text>::new(&select, Vec::new());
        rows.extend(statement.load::<String>(&mut fixture.link().conn()).unwrap());
    }
    rows.sort();
    rows
}

fn keys() -> impl Strategy<Value = SearchKeys> {
    let id = || (0..4_i32).prop_map(ParameterId);
    let small = || prop_oneof![-2..3_i64, Just(i64::MIN), Just(i64::MAX)];
    let real = || prop_oneof![Just(-0.0), Just(0.0), Just(1.5), Just(f64::INFINITY), Just(f64::NAN)];
    let text = || "[ab]{0,2}".prop_map(String::into_boxed_str);
    let target = prop_oneof![
        text().prop_map(|id| Target::Resource { kind: "Patient".into(), id }),
        text().prop_map(Target::Url)
    ];
    let few = 0..5;
    (
        prop::collection::vec(
            (id(), small()).prop_map(|(parameter, hash)| TokenKey { parameter, hash }),
            few.clone(),
        ),
        prop::collection::vec(
            (id(), target).prop_map(|(parameter, target)| ReferenceKey { parameter, target }),
            few.clone(),
        ),
        prop::collection::vec(
            (id(), small(), small()).prop_map(|(parameter, low, high)| DateKey { parameter, low, high }),
            few.clone(),
        ),
        prop::collection::vec(
            (id(), small(), real(), real()).prop_map(|(parameter, unit, low, high)| QuantityKey {
                parameter,
                unit,
                low,
                high,
            }),
            few.clone(),
        ),
        prop::collection::vec(
            (id(), text(), small()).prop_map(|(parameter, folded, exact)| StringKey {
                parameter,
                folded,
                exact,
            }),
            few.clone(),
        ),
        prop::collection::vec(
            (id(), text()).prop_map(|(parameter, value)| UriKey { parameter, value }),
            few.clone(),
        ),
        prop::collection::vec(
            (id(), small(), real(), real()).prop_map(|(parameter, hash, low, high)| CompositeKey {
                parameter,
                hash,
                low,
                high,
            }),
            few.clone(),
        ),
        prop::collection::vec(
            (id(), text(), text()).prop_map(|(parameter, least, greatest)| SortText {
                parameter,
                least,
                greatest,
            }),
            few,
        ),
    )
        .prop_map(|(tokens, references, dates, quantities, strings, uris, composites, sort_texts)| {
            SearchKeys {
                tokens,
                references,
                dates,
                quantities,
                strings,
                uris,
                composites,
                sort_texts,
                ..SearchKeys::default()
            }
        })
}

fn put_keys(id: &str, keys: SearchKeys) -> Write {
    put_prepared("Basic", id, Prepared { keys, ..prepared("Basic", id) })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn after_an_update_they_are_those_of_a_fresh_insert(steps in prop::collection::vec((0..3_u8, keys()), 1..8)) {
        for (updated, fresh) in Fixture::often().into_iter().zip(Fixture::often()) {
            let mut last = std::collections::BTreeMap::new();
            for (id, keys) in steps.clone() {
                updated.write(put_keys(&id.to_string(), keys.clone())).unwrap();
                last.insert(id, keys);
            }
            let writes = last.iter().map(|(id, keys)| put_keys(&id.to_string(), keys.clone())).collect();
            fresh.store.write(WriteSet { writes, ..WriteSet::default() }).unwrap();
            prop_assert_eq!(rows(&updated), rows(&fresh));
            for id in last.keys() {
                updated.write(delete("Basic", &id.to_string())).unwrap();
            }
            prop_assert_eq!(rows(&updated), Vec::<String>::new());
        }
    }
}
