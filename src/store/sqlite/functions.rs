//! SQL functions that read `current.keys`, for what no index table can answer about one given resource: they are
//! ordered by value, so a resource cannot be found in a range of values.
//!
//! Damaged keys count as none.

use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;
use fhir_search::keys::{DateKey, StringKey, UriKey};
use fhir_search::near;

use crate::store::keys_blob::{PositionRow, QuantityRow, ReferenceRow, StoredKeys};
use crate::store::sql::search::order::{self, Kind};

/// The declarations, in a module because Diesel generates public items for them.
mod declared {
    use diesel::sql_types::{BigInt, Binary, Bool, Double, Integer, Text};

    diesel::define_sql_function! {
        fn has_string(keys: Binary, parameter: Integer, from: Text, to: Text) -> Bool;
    }
    diesel::define_sql_function! {
        fn has_string_part(keys: Binary, parameter: Integer, part: Text) -> Bool;
    }
    diesel::define_sql_function! {
        fn has_string_end(keys: Binary, parameter: Integer, end: Text) -> Bool;
    }
    diesel::define_sql_function! {
        fn has_uri(keys: Binary, parameter: Integer, from: Text, to: Text) -> Bool;
    }
    diesel::define_sql_function! {
        fn has_position(keys: Binary, parameter: Integer, latitude: Double, longitude: Double, metres: Double) -> Bool;
    }
    diesel::define_sql_function! {
        fn has_key(keys: Binary, parameter: Integer) -> Bool;
    }
    diesel::define_sql_function! {
        fn reference_targets(keys: Binary, parameter: Integer) -> Text;
    }
    diesel::define_sql_function! {
        fn reference_target(keys: Binary, parameter: Integer) -> BigInt;
    }
    diesel::define_sql_function! {
        fn distance(latitude: Double, longitude: Double, other_latitude: Double, other_longitude: Double) -> Double;
    }
    diesel::define_sql_function! {
        fn sort_key(keys: Binary, kind: Integer, parameter: Integer, descending: Bool) -> Nullable<Binary>;
    }
    diesel::define_sql_function! {
        fn shared_sort_key(keys: Binary, kind: Integer, parameters: Text, descending: Bool) -> Nullable<Binary>;
    }
    diesel::define_sql_function! {
        fn date_leads(keys: Binary, parameter: Integer, descending: Bool, low: BigInt, high: BigInt) -> Bool;
    }
    diesel::define_sql_function! {
        fn quantity_leads(keys: Binary, parameter: Integer, descending: Bool, low: Double, high: Double) -> Bool;
    }
    diesel::define_sql_function! {
        fn string_leads(keys: Binary, parameter: Integer, descending: Bool, folded: Text, exact: BigInt) -> Bool;
    }
}

/// Makes the functions known to a connection.
pub(in crate::store) fn register(conn: &mut SqliteConnection) -> QueryResult<()> {
    register_probes(conn)?;
    register_order(conn)
}

/// Whether there is a key of the parameter that fits, and where references point to.
fn register_probes(conn: &mut SqliteConnection) -> QueryResult<()> {
    use declared::{
        distance_utils, has_key_utils, has_position_utils, has_string_end_utils, has_string_part_utils,
        has_string_utils, has_uri_utils, reference_target_utils, reference_targets_utils,
    };

    // The end is excluded, here and of uris.
    has_string_utils::register_impl(conn, |keys: Vec<u8>, parameter: i32, from: String, to: String| {
        StoredKeys::decode_only::<StringKey>(&keys)
            .iter()
            .any(|key| key.parameter.0 == parameter && *from <= *key.folded && *key.folded < *to)
    })?;
    has_string_part_utils::register_impl(conn, |keys: Vec<u8>, parameter: i32, part: String| {
        StoredKeys::decode_only::<StringKey>(&keys)
            .iter()
            .any(|key| key.parameter.0 == parameter && key.folded.contains(&*part))
    })?;
    has_uri_utils::register_impl(conn, |keys: Vec<u8>, parameter: i32, from: String, to: String| {
        StoredKeys::decode_only::<UriKey>(&keys)
            .iter()
            .any(|key| key.parameter.0 == parameter && *from <= *key.value && *key.value < *to)
    })?;
    has_position_utils::register_impl(
        conn,
        |keys: Vec<u8>, parameter: i32, latitude: f64, longitude: f64, metres: f64| {
            StoredKeys::decode_only::<PositionRow>(&keys).iter().any(|key| {
                let place = (*key.latitude.get(), *key.longitude.get());
                key.parameter.0 == parameter && near::distance((latitude, longitude), place) <= metres
            })
        },
    )?;
    distance_utils::register_impl(conn, |latitude: f64, longitude: f64, north: f64, east: f64| {
        near::distance((north, east), (latitude, longitude))
    })?;
    has_key_utils::register_impl(conn, |keys: Vec<u8>, parameter: i32| {
        StoredKeys::has_key(&keys, parameter)
    })?;
    has_string_end_utils::register_impl(conn, |keys: Vec<u8>, parameter: i32, end: String| {
        StoredKeys::decode_only::<StringKey>(&keys)
            .iter()
            .any(|key| key.parameter.0 == parameter && key.folded.ends_with(&*end))
    })?;
    // 0, which is no resource, if there is none: FTS5 takes a rowid that is NULL for any.
    reference_target_utils::register_impl(conn, |keys: Vec<u8>, parameter: i32| {
        let keys = StoredKeys::decode_only::<ReferenceRow>(&keys);
        keys.iter().find(|key| key.parameter.0 == parameter).map_or(0, |key| key.target)
    })?;
    // A JSON array for `json_each`.
    reference_targets_utils::register_impl(conn, |keys: Vec<u8>, parameter: i32| {
        let keys = StoredKeys::decode_only::<ReferenceRow>(&keys);
        let targets = keys.iter().filter(|key| key.parameter.0 == parameter);
        let targets: Vec<String> = targets.map(|key| key.target.to_string()).collect();
        format!("[{}]", targets.join(","))
    })
}

/// What a resource is sorted by, and whether a row of an index table is the one it is sorted by.
fn register_order(conn: &mut SqliteConnection) -> QueryResult<()> {
    use declared::{
        date_leads_utils, quantity_leads_utils, shared_sort_key_utils, sort_key_utils, string_leads_utils,
    };

    sort_key_utils::register_impl(conn, |keys: Vec<u8>, kind: i32, parameter: i32, descending: bool| {
        order::sort_key(&decode(&keys), Kind::from_code(kind)?, parameter, descending)
    })?;
    shared_sort_key_utils::register_impl(
        conn,
        |keys: Vec<u8>, kind: i32, parameters: String, descending: bool| {
            let (keys, kind) = (decode(&keys), Kind::from_code(kind)?);
            order::listed(&parameters)
                .find_map(|parameter| order::sort_key(&keys, kind, parameter, descending))
        },
    )?;
    date_leads_utils::register_impl(
        conn,
        |keys: Vec<u8>, parameter: i32, descending: bool, low: i64, high: i64| {
            let keys = StoredKeys::decode_only::<DateKey>(&keys);
            let key = order::leading(&keys, descending, |key| key.parameter.0 == parameter);
            key.is_some_and(|key| key.low == low && key.high == high)
        },
    )?;
    quantity_leads_utils::register_impl(
        conn,
        |keys: Vec<u8>, parameter: i32, descending: bool, low: f64, high: f64| {
            let keys = StoredKeys::decode_only::<QuantityRow>(&keys);
            let key = order::leading(&keys, descending, |key| {
                key.parameter.0 == parameter && key.unit == order::ANY_UNIT
            });
            key.is_some_and(|key| *key.low.get() == low && *key.high.get() == high)
        },
    )?;
    string_leads_utils::register_impl(
        conn,
        |keys: Vec<u8>, parameter: i32, descending: bool, folded: String, exact: i64| {
            let keys = StoredKeys::decode_only::<StringKey>(&keys);
            let key = order::leading(&keys, descending, |key| key.parameter.0 == parameter);
            key.is_some_and(|key| *key.folded == *folded && key.exact == exact)
        },
    )
}

fn decode(keys: &[u8]) -> StoredKeys {
    StoredKeys::decode(keys).unwrap_or_default()
}
