//! The operations: one file each, all in one table.

mod care_date;
mod code_groups;
mod convert;
mod definition;
mod diff;
mod document;
mod everything;
mod graph;
mod graphql;
mod inputs;
mod lastn;
mod matching;
mod meta;
mod purge;
mod reindex;
mod searchset;
mod stats;
mod validate;

pub use definition::{Level, Operation, Parameter, Target};

use self::definition::Call;
use self::inputs::Inputs;
use super::{Context, Error, Request, Response};

/// All operations. Those of one name are for different types.
pub static ALL: &[&Operation] = &[
    &convert::CONVERT,
    &diff::DIFF,
    &diff::DIFF_ANY,
    &document::DOCUMENT,
    &everything::ENCOUNTER,
    &everything::PATIENT,
    &graphql::GRAPHQL,
    &lastn::LASTN,
    &matching::MATCH,
    &meta::META,
    &meta::META_ADD,
    &meta::META_DELETE,
    &purge::PURGE,
    &reindex::REINDEX,
    &stats::STATS,
    &validate::VALIDATE,
];

/// The operation of that name, which begins with `$`, on that target.
///
/// # Errors
/// There is none of that name, or it cannot be invoked there.
pub fn find(name: &str, target: &Target) -> Result<&'static Operation, Error> {
    let of_name = |operation: &&&Operation| name.strip_prefix('$') == Some(operation.name);
    let mut named = ALL.iter().filter(of_name).peekable();
    if named.peek().is_none() {
        return Err(Error::UnknownOperation(name.to_owned()));
    }
    named.clone().find(|operation| operation.fits(target)).copied().ok_or_else(|| {
        let addresses = named.flat_map(|operation| operation.addresses());
        let addresses: Vec<String> = addresses.collect();
        Error::OperationElsewhere { operation: name.to_owned(), addresses: addresses.join(", ") }
    })
}

/// Performs an operation.
pub fn perform(
    context: &Context,
    request: &Request,
    operation: &Operation,
    target: &Target,
) -> Result<Response, Error> {
    let inputs = Inputs::read(context, request, operation)?;
    (operation.perform)(&Call { context, request, operation, target, inputs: &inputs })
}
