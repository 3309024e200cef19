//! The keys of `_sort` (R4 search, section 3.1.1.5.1).

use super::refusal::{Refusal, shown};
use crate::parameters::{ParameterKind, Parameters};
use crate::query::{Sort, SortBy};

/// One key of a search of these types: `family`, `-birthdate`.
pub(super) fn key(parameters: &Parameters, types: &[Box<str>], key: &str) -> Result<Sort, Refusal> {
    let (code, descending) = match key.strip_prefix('-') {
        Some(code) => (code, true),
        None => (key, false),
    };
    let by = match (code, types) {
        ("", _) => return Err(Refusal::Invalid("'_sort' has an empty key".to_owned())),
        ("_id", _) => SortBy::Id,
        ("_lastUpdated", _) => SortBy::LastUpdated,
        (_, [kind]) => parameter(parameters, kind, code)?,
        _ => {
            return Err(Refusal::Unsupported(format!(
                "'_sort': a search of several types can be sorted by _id and _lastUpdated, not by '{}'",
                shown(code)
            )));
        }
    };
    Ok(Sort { by, descending })
}

fn parameter(parameters: &Parameters, kind: &str, code: &str) -> Result<SortBy, Refusal> {
    let Some(parameter) = parameters.get(kind, code) else {
        let sortable = parameters.of_type(kind).iter();
        let sortable = sortable.filter(|parameter| has_order(parameter.value.kind));
        let mut codes: Vec<&str> = sortable.map(|parameter| &*parameter.code).collect();
        codes.extend(["_id", "_lastUpdated"]);
        codes.sort_unstable();
        let (code, codes) = (shown(code), codes.join(", "));
        let text = format!("'_sort': {kind} cannot be sorted by '{code}', only by {codes}");
        return Err(Refusal::Unsupported(text));
    };
    let id = parameter.id;
    Ok(match parameter.value.kind {
        ParameterKind::Date => SortBy::Date(id),
        ParameterKind::Number | ParameterKind::Quantity => SortBy::Quantity(id),
        ParameterKind::String => SortBy::String(id),
        ParameterKind::Uri => SortBy::Uri(id),
        ParameterKind::Token | ParameterKind::Reference => SortBy::Text(id),
        ParameterKind::Composite | ParameterKind::Special => {
            let kind = parameter.value.kind.code();
            let text = format!("'_sort': '{code}' is of the type {kind}, which has no order");
            return Err(Refusal::Unsupported(text));
        }
    })
}

fn has_order(kind: ParameterKind) -> bool {
    !matches!(kind, ParameterKind::Composite | ParameterKind::Special)
}
