//! Fields of one name in the answer: the same are one, others contradict each other.

use std::collections::BTreeMap;

use fhir_model::types::{TypeId, TypeModel};

use super::Selected;
use crate::error::GraphQlError;

/// Adds a field, to one that is the same if there is one.
pub(super) fn merge(selected: Selected, out: &mut Vec<Selected>) {
    let same = out.iter_mut().find(|other| {
        other.key == selected.key && other.only == selected.only && other.signature == selected.signature
    });
    match same {
        Some(other) => selected.fields.into_iter().for_each(|field| merge(field, &mut other.fields)),
        None => out.push(selected),
    }
}

/// The first contradiction among fields that stand beside each other.
pub(super) fn find(fields: &[Selected], model: &TypeModel) -> Option<GraphQlError> {
    let mut names: BTreeMap<&str, Vec<&Selected>> = BTreeMap::new();
    for field in fields.iter().filter(|field| !field.shape.flatten) {
        let others = names.entry(&field.key).or_default();
        if others
            .iter()
            .any(|other| can_meet(other.only, field.only, model) && other.signature != field.signature)
        {
            let text =
                format!("two different fields are '{}' in the answer: give one of them an alias", field.key);
            return Some(GraphQlError::invalid(field.place, text));
        }
        others.push(field);
    }
    let mut types: BTreeMap<&str, &Selected> = BTreeMap::new();
    flattened(fields, &mut |field| {
        let other = *types.entry(&field.key).or_insert(field);
        (other.type_name != field.type_name && can_meet(other.only, field.only, model)).then(|| {
            let text = format!(
                "@flatten puts values of the types {} and {} under one name, '{}': give one of them an alias",
                other.type_name, field.type_name, field.key
            );
            GraphQlError::invalid(field.place, text)
        })
    })
}

/// Visits what `@flatten` puts beside each other, until something is found.
fn flattened<'f>(
    fields: &'f [Selected],
    visit: &mut impl FnMut(&'f Selected) -> Option<GraphQlError>,
) -> Option<GraphQlError> {
    let flat = fields.iter().filter(|field| field.shape.flatten && field.shape.slice.is_none());
    for field in flat {
        for part in field.fields.iter().filter(|part| !part.shape.flatten) {
            if let Some(error) = visit(part) {
                return Some(error);
            }
        }
        if let Some(error) = flattened(&field.fields, visit) {
            return Some(error);
        }
    }
    None
}

/// Whether one resource can fulfil both conditions.
fn can_meet(a: Option<TypeId>, b: Option<TypeId>, model: &TypeModel) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => model.is_a(a, b) || model.is_a(b, a),
        _ => true,
    }
}
