//! The tables as Diesel sees them: the same names and columns as in `migrations/`, where each is explained.
//!
//! `type` is a word of Rust, and a column cannot be named like its table: those columns are called `kind` and
//! `number` here.

use diesel::{allow_tables_to_appear_in_same_query, table};

table! {
    /// Values the program needs once.
    setting (name) {
        /// What it is.
        name -> Text,
        /// Its value.
        value -> Binary,
    }
}

table! {
    /// Resource types by code; 0 is a url.
    resource_type (code) {
        /// Dense number.
        code -> Integer,
        /// `Patient`.
        name -> Text,
    }
}

table! {
    /// Search parameters by dense number.
    search_parameter (id) {
        /// Dense number.
        id -> Integer,
        /// The resource type.
        kind -> Text,
        /// The code of the parameter.
        code -> Text,
    }
}

table! {
    /// Numbers of resources and of all that references point to.
    resource_id (rid) {
        /// The number.
        rid -> BigInt,
        /// Code of the resource type.
        #[sql_name = "type"]
        kind -> Integer,
        /// The id, or the url if the type is 0.
        fhir_id -> Text,
    }
}

table! {
    /// All versions.
    version (vid) {
        /// Commit order.
        vid -> BigInt,
        /// The resource.
        rid -> BigInt,
        /// The version of the resource, from 1.
        #[sql_name = "version"]
        number -> BigInt,
        /// Code of the resource type.
        #[sql_name = "type"]
        kind -> Integer,
        /// Microseconds since 1970 UTC.
        ts -> BigInt,
        /// Code of the method.
        method -> Integer,
        /// The bytes to serve.
        body -> Binary,
    }
}

table! {
    /// The newest version of each resource.
    current (rid) {
        /// The resource.
        rid -> BigInt,
        /// Code of the resource type.
        #[sql_name = "type"]
        kind -> Integer,
        /// The version of the resource.
        #[sql_name = "version"]
        number -> BigInt,
        /// The row of `version`.
        vid -> BigInt,
        /// Microseconds since 1970 UTC.
        ts -> BigInt,
        /// 1 if it is a deletion, else 0.
        deleted -> Integer,
        /// Its index keys.
        keys -> Binary,
    }
}

table! {
    /// Exact counts.
    type_count (kind) {
        /// Code of the resource type.
        #[sql_name = "type"]
        kind -> Integer,
        /// Live resources.
        live -> BigInt,
        /// Versions of all resources, deletions included.
        versions -> BigInt,
    }
}

table! {
    /// Token keys.
    ix_token (parameter, hash, rid) {
        /// The search parameter.
        parameter -> Integer,
        /// Hash of a variant of the token.
        hash -> BigInt,
        /// The resource.
        rid -> BigInt,
    }
}

table! {
    /// Reference keys.
    ix_reference (parameter, target, rid) {
        /// The search parameter.
        parameter -> Integer,
        /// What is referred to.
        target -> BigInt,
        /// The resource that refers.
        rid -> BigInt,
    }
}

table! {
    /// Date keys.
    ix_date (parameter, low, high, rid) {
        /// The search parameter.
        parameter -> Integer,
        /// First microsecond.
        low -> BigInt,
        /// First microsecond after.
        high -> BigInt,
        /// The resource.
        rid -> BigInt,
    }
}

table! {
    /// Number and quantity keys.
    ix_quantity (parameter, unit, low, high, rid) {
        /// The search parameter.
        parameter -> Integer,
        /// 0 or the hash of a variant of the unit.
        unit -> BigInt,
        /// Least value.
        low -> Double,
        /// Greatest value.
        high -> Double,
        /// The resource.
        rid -> BigInt,
    }
}

table! {
    /// String keys.
    ix_string (parameter, folded, exact, rid) {
        /// The search parameter.
        parameter -> Integer,
        /// Folded text.
        folded -> Text,
        /// Hash of the text as written.
        exact -> BigInt,
        /// The resource.
        rid -> BigInt,
    }
}

table! {
    /// Uri keys.
    ix_uri (parameter, value, rid) {
        /// The search parameter.
        parameter -> Integer,
        /// The uri.
        value -> Text,
        /// The resource.
        rid -> BigInt,
    }
}

table! {
    /// Positions.
    ix_position (parameter, latitude, longitude, rid) {
        /// The search parameter.
        parameter -> Integer,
        /// Degrees.
        latitude -> Double,
        /// Degrees.
        longitude -> Double,
        /// The resource.
        rid -> BigInt,
    }
}

table! {
    /// Composite keys.
    ix_composite (parameter, hash, low, high, rid) {
        /// The search parameter.
        parameter -> Integer,
        /// Hash of the components compared for equality.
        hash -> BigInt,
        /// Least value of the ordered component.
        low -> Double,
        /// Greatest value of the ordered component.
        high -> Double,
        /// The resource.
        rid -> BigInt,
    }
}

table! {
    /// Date and reference parameters with several values in one resource.
    several_keys (parameter) {
        /// The search parameter.
        parameter -> Integer,
    }
}

table! {
    /// Work that computes index keys anew.
    job (number) {
        /// The order.
        number -> BigInt,
        /// The name under which clients ask for it.
        id -> Text,
        /// What asked for it.
        kind -> Text,
        /// Whether it is open, done or cancelled.
        state -> Text,
        /// Types and definitions, as JSON.
        work -> Text,
        /// Index of the type that it is at.
        at_type -> BigInt,
        /// The last resource done of that type.
        at_rid -> BigInt,
        /// Resources to do.
        total -> BigInt,
        /// Resources done.
        done -> BigInt,
        /// Microseconds since 1970 UTC.
        created -> BigInt,
        /// Microseconds since 1970 UTC.
        updated -> BigInt,
        /// The node that works on it.
        node -> Nullable<Integer>,
    }
}

table! {
    /// Answers that are kept for a while.
    kept_answer (id) {
        /// The name under which clients ask for it.
        id -> Text,
        /// Microseconds since 1970 UTC.
        expires -> BigInt,
        /// A line of JSON and a body.
        content -> Binary,
        /// The node that performs the request; none when it is done.
        node -> Nullable<Integer>,
    }
}

table! {
    /// Definitions of search parameters that the index follows.
    indexed_definition (id) {
        /// The id of the SearchParameter.
        id -> Text,
        /// What the keys follow; none for a definition that is gone.
        definition -> Nullable<Text>,
        /// The resource types concerned, as JSON.
        types -> Text,
        /// Whether all resources have their keys.
        complete -> Bool,
    }
}

allow_tables_to_appear_in_same_query!(resource_type, resource_id, version, current);
