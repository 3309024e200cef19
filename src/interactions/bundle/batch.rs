//! batch: every entry for itself; one that fails does not touch the others.

use fhir_model::Node;

use super::{Entry, response_bundle};
use crate::interactions::request::{Returns, Verb};
use crate::interactions::{Context, Error, Interaction, Request, Response, dispatch};

/// Performs the entries one after the other.
pub(super) fn batch(context: &Context, request: &Request, bundle: Node<'_>) -> Response {
    let responses = Entry::each(bundle, request).map(|entry| perform(context, request, &entry?)).collect();
    response_bundle("batch-response", &request.base, responses)
}

fn perform(context: &Context, outer: &Request, entry: &Entry<'_>) -> Result<Response, Error> {
    let mut request = entry.to_request(outer).map_err(|error| entry.error(error))?;
    if matches!(request.verb, Verb::Put | Verb::Post | Verb::Patch) {
        request.prefer.returns = request.prefer.returns.or(Some(Returns::Minimal));
    }
    let answer = Interaction::of(context, &request).and_then(|interaction| match interaction {
        Interaction::Bundle => Err(Error::BadParameter("a Bundle cannot be performed inside another".into())),
        interaction => {
            if interaction.is_recorded() {
                request.provenance.clone_from(&outer.provenance);
            }
            dispatch(context, &request, interaction)
        }
    });
    answer.map_err(|error| entry.error(error))
}
