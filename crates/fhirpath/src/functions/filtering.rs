//! Filtering, projection and order (section 5.2).

use std::cmp::Ordering;

use super::existence::compiled_apart;
use super::{Arguments, Call, Function, Returns};
use crate::error::EvaluateError;
use crate::evaluate::only_item;
use crate::item::{Collection, Item};
use crate::op::Op;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::computed("where", (1, 1), compiled_apart)
        .with_arguments(Arguments::PerItem)
        .returning(Returns::Input),
    Function::computed("select", (1, 1), compiled_apart)
        .with_arguments(Arguments::PerItem)
        .returning(Returns::Arguments),
    Function::computed("repeat", (1, 1), repeat)
        .with_arguments(Arguments::Recursive)
        .returning(Returns::Arguments)
        .without_order(),
    Function::computed("sort", (0, 9), sort).with_arguments(Arguments::PerItem).returning(Returns::Input),
];

/// Projects the input, then what that gave, until nothing new comes.
fn repeat<'a>(call: &Call<'_, 'a>, out: &mut Collection<'a>) -> Result<(), EvaluateError> {
    let Some(projection) = call.arguments.first() else { return Ok(()) };
    let mut found = Collection::new();
    let mut fresh = call.input()?;
    while !fresh.is_empty() {
        let mut next = Collection::new();
        for (index, item) in fresh.iter().enumerate() {
            for result in call.evaluator.items(projection, call.scope.item(item, index))? {
                if !is_known(call, &found, &result)? {
                    found.push(result.clone());
                    next.push(result);
                }
            }
        }
        fresh = next;
    }
    out.append(&mut found);
    Ok(())
}

/// Elements are known by identity, so that equal items at different places all count.
fn is_known<'a>(call: &Call<'_, 'a>, found: &[Item<'a>], item: &Item<'a>) -> Result<bool, EvaluateError> {
    match item {
        Item::Element(element) => {
            call.evaluator.spend(found.len() / 16)?;
            Ok(found.iter().any(|other| other.as_element().is_some_and(|other| other.is_same(element))))
        }
        computed => call.evaluator.contains(found, computed),
    }
}

/// Sorts by keys, each ascending unless it is written with a minus; items without a key come first.
fn sort<'a>(call: &Call<'_, 'a>, out: &mut Collection<'a>) -> Result<(), EvaluateError> {
    let mut keyed = Vec::new();
    for (index, item) in call.input()?.into_iter().enumerate() {
        let mut keys: Vec<(Option<Item<'a>>, bool)> = Vec::with_capacity(call.arguments.len().max(1));
        for argument in call.arguments {
            let (key, descending) = match argument {
                Op::Negate(key) => (&**key, true),
                key => (key, false),
            };
            let key = call.evaluator.items(key, call.scope.item(&item, index))?;
            keys.push((only_item(key, call.name())?, descending));
        }
        if keys.is_empty() {
            keys.push((Some(item.clone()), false));
        }
        keyed.push((keys, item));
    }
    call.evaluator.spend(keyed.len().saturating_mul(16))?;
    let mut failure = None;
    keyed.sort_by(|(left, _), (right, _)| {
        for ((left, descending), (right, _)) in left.iter().zip(right) {
            let order = match (left, right) {
                (Some(left), Some(right)) => match call.evaluator.compare(left, right, "sort") {
                    Ok(order) => order.unwrap_or(Ordering::Equal),
                    Err(error) => {
                        failure = Some(error);
                        Ordering::Equal
                    }
                },
                (left, right) => left.is_some().cmp(&right.is_some()),
            };
            let order = if *descending { order.reverse() } else { order };
            if order.is_ne() {
                return order;
            }
        }
        Ordering::Equal
    });
    if let Some(error) = failure {
        return Err(error);
    }
    out.extend(keyed.into_iter().map(|(_, item)| item));
    Ok(())
}
