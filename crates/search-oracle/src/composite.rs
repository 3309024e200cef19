//! Composites (R4 search, 3.1.1.5.8): values that occur together in one element.

use crate::condition::Wanted;
use crate::escape;
use crate::oracle::Oracle;
use crate::parameter::Parameter;
use crate::population::Stored;
use crate::refusal::Refusal;
use crate::select::Datum;
use crate::token;

/// One value for each component.
pub(crate) fn parse(
    oracle: &Oracle,
    parameter: &Parameter,
    value: &str,
    now: i64,
) -> Result<Vec<Wanted>, Refusal> {
    let parts = escape::split(value, '$');
    if parts.len() != parameter.components.len() {
        return Refusal::invalid(format!(
            "'{value}' has not the {} parts of the composite",
            parameter.components.len()
        ));
    }
    let wanted = |(part, value): (&Parameter, &String)| match Wanted::parse(oracle, part, None, value, now)? {
        Wanted::Token(token::Wanted::AnyOf(_)) => {
            Refusal::invalid("a system without a code, within a composite")
        }
        wanted => Ok(wanted),
    };
    parameter.components.iter().zip(&parts).map(wanted).collect()
}

/// Whether every component has a value in the element that passes.
pub(crate) fn fits(
    oracle: &Oracle,
    parameter: &Parameter,
    wanted: &[Wanted],
    resource: &Stored,
    element: &Datum<'_>,
) -> bool {
    parameter.components.iter().zip(wanted).all(|(part, wanted)| {
        let data = part.select_part(oracle.types(), resource, element);
        data.iter().any(|datum| wanted.fits(oracle, part, resource, datum))
    })
}
