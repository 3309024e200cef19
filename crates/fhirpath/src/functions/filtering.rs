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

/// What an item is sorted by: one value per argument, and whether it descends.
type Keys<'a> = Vec<(Option<Item<'a>>, bool)>;

/// Sorts by keys, each ascending unless it is written with a minus; items without a key come first.
fn sort<'a>(call: &Call<'_, 'a>, out: &mut Collection<'a>) -> Result<(), EvaluateError> {
    let mut keyed = Vec::new();
    for (index, item) in call.input()?.into_iter().enumerate() {
        keyed.push((keys(call, &item, index)?, item));
    }
    call.evaluator.spend(keyed.len().saturating_mul(16))?;
    let mut failure = None;
    keyed.sort_by(|(left, _), (right, _)| {
        compare_keys(call, left, right).unwrap_or_else(|error| {
            failure = Some(error);
            Ordering::Equal
        })
    });
    if let Some(error) = failure {
        return Err(error);
    }
    out.extend(keyed.into_iter().map(|(_, item)| item));
    Ok(())
}

fn keys<'a>(call: &Call<'_, 'a>, item: &Item<'a>, index: usize) -> Result<Keys<'a>, EvaluateError> {
    if call.arguments.is_empty() {
        return Ok(vec![(Some(item.clone()), false)]);
    }
    let key = |argument: &'a Op| {
        let (key, descending) = match argument {
            Op::Negate(key) => (&**key, true),
            key => (key, false),
        };
        let key = call.evaluator.items(key, call.scope.item(item, index))?;
        Ok((only_item(key, call.name())?, descending))
    };
    call.arguments.iter().map(key).collect()
}

fn compare_keys<'a>(
    call: &Call<'_, 'a>,
    left: &Keys<'a>,
    right: &Keys<'a>,
) -> Result<Ordering, EvaluateError> {
    for ((left, descending), (right, _)) in left.iter().zip(right) {
        let order = match (left, right) {
            (Some(left), Some(right)) => {
                let order = call.evaluator.compare(left, right, "sort")?.unwrap_or(Ordering::Equal);
                if *descending { order.reverse() } else { order }
            }
            (left, right) => left.is_some().cmp(&right.is_some()),
        };
        if order.is_ne() {
            return Ok(order);
        }
    }
    Ok(Ordering::Equal)
}
