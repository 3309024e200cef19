//! The functions that FHIR adds to FHIRPath (FHIR R4, "FHIRPath", section "Additional functions").

use std::borrow::Cow;

use fhir_model::{Issue, Node, narrative};

use super::{Call, Function, Returns};
use crate::error::EvaluateError;
use crate::item::{Collection, Element, Item};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::computed("extension", (1, 1), extension).returning(Returns::Type("Extension")),
    Function::computed("hasValue", (0, 0), |call, out| {
        let input = call.input()?;
        let has_value = match input.as_slice() {
            [Item::Element(element)] => element.has_value(),
            [_] => true,
            _ => false,
        };
        out.push(Item::Boolean(has_value));
        Ok(())
    }),
    Function::computed("getValue", (0, 0), |call, out| {
        let input = call.input()?;
        if let [item] = input.as_slice() {
            out.extend(item.value());
        }
        Ok(())
    }),
    Function::computed("resolve", (0, 0), resolve),
    Function::computed("memberOf", (1, 1), member_of),
    Function::computed("conformsTo", (1, 1), conforms_to),
    Function::computed("htmlChecks", (0, 0), |call, out| {
        if let Some(text) = call.text()? {
            out.push(Item::Boolean(!narrative::check(&text).iter().any(Issue::is_error)));
        }
        Ok(())
    }),
    Function::computed("comparable", (1, 1), |call, out| {
        let value = call.value()?;
        match value.zip(call.argument_value(0)?) {
            Some((Item::Quantity(own), Item::Quantity(other))) => {
                out.push(Item::Boolean(own.is_comparable(&other)));
                Ok(())
            }
            Some((other, _)) => Err(call.wrong(&other)),
            None => Ok(()),
        }
    }),
];

/// The extensions of the input that have the url.
fn extension<'a>(call: &Call<'_, 'a>, out: &mut Collection<'a>) -> Result<(), EvaluateError> {
    let Some(url) = call.argument_text(0)? else { return Ok(()) };
    let model = call.evaluator.model();
    let Some(type_id) = model.id("Extension") else { return Ok(()) };
    for item in call.input()? {
        let Item::Element(element) = item else { continue };
        let holder = if element.class.is_primitive() { element.sibling } else { element.node };
        let extensions = holder.and_then(|holder| holder.get("extension"));
        for node in extensions.into_iter().flat_map(Node::each) {
            if node.get_str("url") == Some(&*url) {
                out.push(Item::Element(Element::new(model, node, None, type_id)));
            }
        }
    }
    Ok(())
}

/// The resources that references, canonicals and uris point to; what is not found is left out, or counts as
/// a resource known by its type.
fn resolve<'a>(call: &Call<'_, 'a>, out: &mut Collection<'a>) -> Result<(), EvaluateError> {
    let context = call.evaluator.context;
    let model = call.evaluator.model();
    for item in call.input()? {
        call.evaluator.spend(1)?;
        let (reference, from) = match &item {
            Item::Element(element) => {
                let text = element.text().or_else(|| element.node?.get_str("reference"));
                (text.map(Cow::Borrowed), element.any_node())
            }
            other => (other.as_text(), None),
        };
        let Some(reference) = reference else { continue };
        let from = from.unwrap_or(context.resource);
        if let Some(target) = context.host.resolve(&reference, from, context.root_resource) {
            out.extend(Element::resource(model, target).map(Item::Element));
        } else if context.host.trusts_references() {
            let named = named_type(&reference).or_else(|| item.as_element()?.node?.get_str("type"));
            out.extend(named.and_then(|name| model.id(name)).map(|id| Item::Element(Element::of_type(id))));
        }
    }
    Ok(())
}

/// The type in a reference such as `Patient/1`, `http://server/Patient/1` or `Patient/1/_history/2`.
fn named_type(reference: &str) -> Option<&str> {
    let unversioned = reference.split_once("/_history/").map_or(reference, |(before, _)| before);
    let (before, _) = unversioned.rsplit_once('/')?;
    let name = before.rsplit_once('/').map_or(before, |(_, name)| name);
    name.starts_with(|c: char| c.is_ascii_uppercase()).then_some(name)
}

fn member_of<'a>(call: &Call<'_, 'a>, out: &mut Collection<'a>) -> Result<(), EvaluateError> {
    let item = call.single()?;
    if let Some((item, value_set)) = item.zip(call.argument_text(0)?) {
        let answer = call.evaluator.context.host.member_of(&item, &value_set);
        let answer = answer.ok_or_else(|| EvaluateError::UnknownValueSet(value_set.into_owned()))?;
        out.push(Item::Boolean(answer));
    }
    Ok(())
}

fn conforms_to<'a>(call: &Call<'_, 'a>, out: &mut Collection<'a>) -> Result<(), EvaluateError> {
    let item = call.single()?;
    let Some((Item::Element(element), profile)) = item.zip(call.argument_text(0)?) else { return Ok(()) };
    let model = call.evaluator.model();
    let base =
        profile.strip_prefix("http://hl7.org/fhir/StructureDefinition/").and_then(|name| model.id(name));
    let answer = match base {
        Some(base) => model.is_a(element.type_id, base),
        None => call
            .evaluator
            .context
            .host
            .conforms_to(&element, &profile)
            .ok_or_else(|| EvaluateError::UnknownProfile(profile.into_owned()))?,
    };
    out.push(Item::Boolean(answer));
    Ok(())
}
