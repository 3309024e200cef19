//! The keys of `_sort` (R4 search, section 3.1.1.5.1).

use super::refusal::{Refusal, shown};
use crate::parameters::{Parameter, ParameterId, ParameterKind, Parameters};
use crate::query::{SharedOrder, Sort, SortBy};

/// One key of a search of these types: `family`, `-birthdate`.
pub(super) fn key(parameters: &Parameters, types: &[Box<str>], key: &str) -> Result<Sort, Refusal> {
    let (code, descending) = match key.strip_prefix('-') {
        Some(code) => (code, true),
        None => (key, false),
    };
    let by = match code {
        "" => return Err(Refusal::Invalid("'_sort' has an empty key".to_owned())),
        "_id" => SortBy::Id,
        "_lastUpdated" => SortBy::LastUpdated,
        _ => by_parameters(parameters, types, code)?,
    };
    Ok(Sort { by, descending })
}

/// By the parameters of that code, which all types must have and whose values must compare with each other.
fn by_parameters(parameters: &Parameters, types: &[Box<str>], code: &str) -> Result<SortBy, Refusal> {
    let mut found: Vec<(SharedOrder, &Parameter)> = Vec::with_capacity(types.len());
    for kind in types {
        let parameter = parameters.get(kind, code).ok_or_else(|| unknown(parameters, types, kind, code))?;
        found.push((order(parameter)?, parameter));
    }
    let Some(((order, first), others)) = found.split_first() else { return Ok(SortBy::Id) };
    if let Some((_, other)) = others.iter().find(|(other, _)| other != order) {
        let (kind, other_kind) = (first.value.kind.code(), other.value.kind.code());
        return Err(Refusal::Unsupported(format!(
            "'_sort': '{code}' is a {kind} of {} and a {other_kind} of {}, which do not compare",
            first.resource_type, other.resource_type
        )));
    }
    Ok(by(*order, found.iter().map(|(_, parameter)| parameter.id).collect()))
}

/// The order of the parameters that have one key in common.
pub(super) fn by(order: SharedOrder, parameters: Vec<ParameterId>) -> SortBy {
    match parameters.as_slice() {
        [only] => by_one(order, *only),
        _ => SortBy::Shared { by: order, parameters: parameters.into() },
    }
}

fn by_one(order: SharedOrder, id: ParameterId) -> SortBy {
    match order {
        SharedOrder::Date => SortBy::Date(id),
        SharedOrder::Quantity => SortBy::Quantity(id),
        SharedOrder::String => SortBy::String(id),
        SharedOrder::Uri => SortBy::Uri(id),
        SharedOrder::Text => SortBy::Text(id),
    }
}

/// How the values of a parameter are compared.
fn order(parameter: &Parameter) -> Result<SharedOrder, Refusal> {
    order_of(parameter.value.kind).ok_or_else(|| {
        let (code, kind) = (&parameter.code, parameter.value.kind.code());
        Refusal::Unsupported(format!("'_sort': '{code}' is of the type {kind}, which has no order"))
    })
}

fn order_of(kind: ParameterKind) -> Option<SharedOrder> {
    match kind {
        ParameterKind::Date => Some(SharedOrder::Date),
        ParameterKind::Number | ParameterKind::Quantity => Some(SharedOrder::Quantity),
        ParameterKind::String => Some(SharedOrder::String),
        ParameterKind::Uri => Some(SharedOrder::Uri),
        ParameterKind::Token | ParameterKind::Reference => Some(SharedOrder::Text),
        ParameterKind::Composite | ParameterKind::Special => None,
    }
}

fn unknown(parameters: &Parameters, types: &[Box<str>], kind: &str, code: &str) -> Refusal {
    let everywhere = |parameter: &&Parameter| {
        types.iter().all(|kind| {
            parameters
                .get(kind, &parameter.code)
                .is_some_and(|own| order_of(own.value.kind) == order_of(parameter.value.kind))
        })
    };
    let sortable =
        parameters.of_type(kind).iter().filter(|parameter| order_of(parameter.value.kind).is_some());
    let shared = types.first().into_iter().flat_map(|first| parameters.of_type(first)).filter(everywhere);
    let mut codes: Vec<&str> = match types {
        [_] => sortable.map(|parameter| &*parameter.code).collect(),
        _ => shared.map(|parameter| &*parameter.code).collect(),
    };
    codes.extend(["_id", "_lastUpdated"]);
    codes.sort_unstable();
    let (code, codes) = (shown(code), codes.join(", "));
    let searched = if types.len() == 1 { "it" } else { "this search of several types" };
    Refusal::Unsupported(format!(
        "'_sort': {kind} cannot be sorted by '{code}'; {searched} can be sorted by {codes}"
    ))
}
