//! What a query may cost. A query is small text that can ask for very much, so every way to multiply has an end.

/// The limits of one query.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Bytes of the query.
    pub bytes: usize,
    /// Words and signs of the query.
    pub tokens: usize,
    /// Levels of fields below each other, fragments put in their place.
    pub depth: usize,
    /// Fields, fragments put in their place, once for each type that they may be of.
    pub fields: usize,
    /// Fields that have an alias, fragments put in their place.
    pub aliases: usize,
    /// Reads and searches.
    pub requests: usize,
    /// Resources that are read or found.
    pub resources: usize,
    /// Resources in one list without `_count`; more are an error, as FHIR asks.
    pub list: usize,
    /// Values in the answer.
    pub values: usize,
    /// FHIRPath expressions evaluated, and steps of each.
    pub evaluations: usize,
    /// Steps of one FHIRPath evaluation.
    pub evaluation_steps: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: 100_000,
            tokens: 10_000,
            depth: 20,
            fields: 3000,
            aliases: 200,
            requests: 1000,
            resources: 5000,
            list: 1000,
            values: 200_000,
            evaluations: 2000,
            evaluation_steps: 50_000,
        }
    }
}
