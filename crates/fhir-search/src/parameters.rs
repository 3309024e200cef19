//! Search parameters by dense number.

/// Dense number of a (resource type, search parameter) pair; stable for the life of a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ParameterId(pub i32);
