//! One file per FHIR interaction (R4 HTTP page). An interaction is a plain function from (context, request) to
//! (response or error): no sockets, no SQL, so each can be tested by calling it. The operation interaction has one more
//! level: one file per operation in `operations/`.

mod bare_ids;
pub mod bundle;
pub mod capabilities;
mod codes;
mod conditional;
mod contained;
pub mod context;
mod create;
pub mod deferred;
mod delete;
mod erase;
pub mod error;
mod history;
mod history_list;
mod jobs;
mod links;
pub mod operations;
mod own_definitions;
mod patch;
mod prepare;
mod projection;
mod provenance;
mod read;
pub mod request;
pub mod response;
pub mod route;
mod search;
mod search_bundle;
pub mod search_parameters;
mod update;
pub mod validation;

use fhir_search::parse::Scope;

pub use context::Context;
pub use error::Error;
pub use request::Request;
pub use response::Response;
pub use route::Interaction;

/// Performs a request. Blocks while the database works.
pub fn perform(context: &Context, request: &Request) -> Result<Response, Error> {
    let interaction = Interaction::of(context, request)?;
    dispatch(context, request, interaction)
}

/// Performs a request whose interaction is known.
pub fn dispatch(context: &Context, request: &Request, interaction: Interaction) -> Result<Response, Error> {
    if request.provenance.is_some() && !interaction.is_recorded() {
        let text = "X-Provenance belongs to create, update, patch, batch and transaction";
        return Err(Error::BadParameter(text.to_owned()));
    }
    let changes_parameters = search_parameters::is_changed_by(&interaction);
    let response = performed(context, request, interaction)?;
    Ok(match changes_parameters && context.search_parameters.is_ahead() {
        true => Response { warning: Some(search_parameters::AHEAD), ..response },
        false => response,
    })
}

fn performed(context: &Context, request: &Request, interaction: Interaction) -> Result<Response, Error> {
    match interaction {
        Interaction::Capabilities => capabilities::capabilities(context, request),
        Interaction::Read { kind, id } => read::read(context, request, &kind, &id),
        Interaction::VersionRead { kind, id, version } => {
            read::version_read(context, request, &kind, &id, version)
        }
        Interaction::Create { kind } => create::create(context, request, &kind),
        Interaction::Update { kind, id } => update::update(context, request, &kind, &id),
        Interaction::ConditionalUpdate { kind } => update::conditional_update(context, request, &kind),
        Interaction::Patch { kind, id } => patch::patch(context, request, &kind, &id),
        Interaction::ConditionalPatch { kind } => patch::conditional_patch(context, request, &kind),
        Interaction::Delete { kind, id } => delete::delete(context, request, &kind, &id),
        Interaction::ConditionalDelete { kind } => delete::conditional_delete(context, request, &kind),
        Interaction::HistoryInstance { kind, id } => history::instance(context, request, &kind, &id),
        Interaction::HistoryType { kind } => history::of_type(context, request, &kind),
        Interaction::HistorySystem => history::system(context, request),
        Interaction::SearchType { kind } => search::search(context, request, Scope::Type(&kind)),
        Interaction::SearchSystem => search::search(context, request, Scope::System),
        Interaction::SearchCompartment { owner, id, member } => {
            let scope = Scope::Compartment { owner: &owner, id: &id, member: member.as_deref() };
            search::search(context, request, scope)
        }
        Interaction::Bundle => bundle::bundle(context, request),
        Interaction::EraseHistory { kind, id } => erase::history(context, request, &kind, &id),
        Interaction::EraseVersion { kind, id, version } => {
            erase::version(context, request, &kind, &id, version)
        }
        Interaction::JobStatus { job } => jobs::status(context, request, &job),
        Interaction::JobResult { job } => deferred::result(context, request, &job),
        Interaction::JobCancel { job } => jobs::cancel(context, &job),
        Interaction::Operation { operation, target } => {
            operations::perform(context, request, operation, &target)
        }
    }
}
