//! What one version of a resource contributes to the index tables.
//!
//! A key is as narrow as its table: the parameter, the value to compare, and (added by the store) the resource.
//! Values that are only ever compared for equality are 64-bit keyed hashes, see [`KeyHasher`](crate::hash::KeyHasher).

use crate::contained::ContainedKeys;
use crate::parameters::ParameterId;

/// All keys of one version of a resource. Sorted and without duplicates, so that two lists can be compared.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SearchKeys {
    /// Keys of token parameters: one for each variant a query can ask for (`code`, `system|code`, `|code`, `system|`, and
    /// for identifiers `:of-type`). Of reference parameters: the variants of `Reference.identifier` (`:identifier`). Of any
    /// parameter: [`KeyHasher::present`](crate::hash::KeyHasher::present) where it selects elements but none gives a key.
    pub tokens: Vec<TokenKey>,
    /// Keys of reference parameters.
    pub references: Vec<ReferenceKey>,
    /// Keys of date parameters.
    pub dates: Vec<DateKey>,
    /// Keys of number and quantity parameters.
    pub quantities: Vec<QuantityKey>,
    /// Keys of string parameters, of composites that end in a string, and of token and reference parameters for `:text`.
    pub strings: Vec<StringKey>,
    /// Keys of uri parameters.
    pub uris: Vec<UriKey>,
    /// Keys of composite parameters.
    pub composites: Vec<CompositeKey>,
    /// For token and reference parameters, whose keys are hashes: the text to sort by, at most one for each
    /// parameter and direction.
    pub sort_texts: Vec<SortText>,
    /// Where Locations are, for `near`.
    pub positions: Vec<PositionKey>,
    /// The words of the narrative, each once, sorted.
    pub narrative_words: Vec<Box<str>>,
    /// The words of all texts of the resource outside of its narrative, each once, sorted.
    pub content_words: Vec<Box<str>>,
    /// What the resources that it contains contribute, in their order; each id once.
    pub contained: Vec<ContainedKeys>,
}

/// A position on the Earth.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct PositionKey {
    /// The parameter (`near`).
    pub parameter: ParameterId,
    /// Degrees, -90 to 90.
    pub latitude: f64,
    /// Degrees, -180 to 180.
    pub longitude: f64,
}

/// One variant of a coding, identifier, code or boolean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TokenKey {
    /// The parameter.
    pub parameter: ParameterId,
    /// Hash of the variant.
    pub hash: i64,
}

/// A reference to a resource here, or to a url.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReferenceKey {
    /// The parameter.
    pub parameter: ParameterId,
    /// Where it points.
    pub target: Target,
}

/// What a reference points to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Target {
    /// A resource of this server, whether it exists or not.
    Resource {
        /// The resource type.
        kind: Box<str>,
        /// The id.
        id: Box<str>,
    },
    /// Anything else: a canonical (with or without version), an absolute url of another server, a urn.
    Url(Box<str>),
}

/// A date as the period it covers: microseconds since 1970 in UTC, `low` included, `high` excluded.
/// Open ends are `i64::MIN` and `i64::MAX`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DateKey {
    /// The parameter.
    pub parameter: ParameterId,
    /// First microsecond of the period.
    pub low: i64,
    /// First microsecond after the period.
    pub high: i64,
}

/// A number (`unit` 0) or a quantity in one of the variants of its unit; a single value has `low == high`.
/// Open ends of ranges are infinite.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct QuantityKey {
    /// The parameter.
    pub parameter: ParameterId,
    /// 0 for the bare value; else the hash of `system|code`, of the code or of the unit text.
    pub unit: i64,
    /// Least value.
    pub low: f64,
    /// Greatest value.
    pub high: f64,
}

/// A string.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StringKey {
    /// The parameter.
    pub parameter: ParameterId,
    /// Case and accents folded, white space collapsed; what `starts with` compares.
    pub folded: Box<str>,
    /// Hash of the text as it was written, for `:exact`.
    pub exact: i64,
}

/// A uri, compared as it is written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UriKey {
    /// The parameter.
    pub parameter: ParameterId,
    /// The uri.
    pub value: Box<str>,
}

/// A group of values that occur together: the hash of the components that are compared for equality, and the range of
/// the one that is ordered (date microseconds, number or quantity), 0 and 0 where there is none.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct CompositeKey {
    /// The parameter.
    pub parameter: ParameterId,
    /// Hash over the equality components.
    pub hash: i64,
    /// Least value of the ordered component.
    pub low: f64,
    /// Greatest value of the ordered component.
    pub high: f64,
}

/// The text by which a resource is sorted for a parameter whose keys are hashes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SortText {
    /// The parameter.
    pub parameter: ParameterId,
    /// Least text (ascending order), folded and shortened to 32 bytes.
    pub least: Box<str>,
    /// Greatest text (descending order), folded and shortened to 32 bytes.
    pub greatest: Box<str>,
}
