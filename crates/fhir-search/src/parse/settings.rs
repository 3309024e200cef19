//! What the reading of a query depends on besides the definitions.

/// What to do with parameters that are unknown or not supported (`Prefer: handling=...`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handling {
    /// Refuse the search.
    Strict,
    /// Search without them, and say so.
    Lenient,
}

/// Settings of searches.
#[derive(Clone, Debug)]
pub struct ParseSettings {
    /// Matches on a page when `_count` is not given.
    pub default_count: usize,
    /// The most matches on a page; a greater `_count` is brought down to it.
    pub max_count: usize,
    /// The base urls of this server, without a slash at the end.
    pub own_base_urls: Vec<String>,
    /// Minutes ahead of UTC for dates that tell no time zone.
    pub default_offset_minutes: i16,
    /// What one search may cost.
    pub limits: Limits,
}

/// The most that one search may ask for; what goes beyond is refused.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Parameters of the query.
    pub parameters: usize,
    /// Bytes of a parameter name.
    pub name_bytes: usize,
    /// Bytes of a parameter value.
    pub value_bytes: usize,
    /// Values of one parameter, joined by commas.
    pub values: usize,
    /// Links of a chain, `_has` included.
    pub chain_links: usize,
    /// Resource types that one link of a chain may lead to when none is named.
    pub chain_targets: usize,
    /// Conditions of the whole query, each type that a chain may lead to counted.
    pub clauses: usize,
    /// Codes of a value set or a hierarchy that a parameter is compared with.
    pub codes: usize,
    /// How deep the parentheses and brackets of `_filter` may nest.
    pub filter_levels: usize,
}

impl Default for ParseSettings {
    fn default() -> Self {
        Self {
            default_count: 20,
            max_count: 1000,
            own_base_urls: Vec::new(),
            default_offset_minutes: 0,
            limits: Limits::default(),
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            parameters: 64,
            name_bytes: 256,
            value_bytes: 16 * 1024,
            values: 500,
            chain_links: 8,
            chain_targets: 16,
            clauses: 256,
            codes: 10_000,
            filter_levels: 16,
        }
    }
}
