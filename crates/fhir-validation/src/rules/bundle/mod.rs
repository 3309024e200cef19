//! The rules of bundles: what entries say of themselves and of each other.
//!
//! (That entries have what the type of the bundle asks for, that documents start with a Composition and messages with a
//! MessageHeader, and that fullUrls are unique is said by the constraints bdl-1 to bdl-12 of the base definition.)

mod document;
mod entries;
mod full_url;
mod reachable;
mod requests;
mod search;
mod targets;

use fhir_model::Node;

use super::RuleContext;
use crate::report::{Path, Report};
use entries::Entries;

pub(super) fn check<'a>(context: &RuleContext<'a>, bundle: Node<'a>, path: &Path<'_>, report: &mut Report) {
    let entries = Entries::new(bundle);
    full_url::check(context, bundle, &entries, path, report);
    search::check(bundle, &entries, path, report);
    requests::check(bundle, &entries, path, report);
    targets::check(context, &entries, path, report);
    if bundle.get_str("type") == Some("document") {
        document::check(&entries, path, report);
        reachable::check(context, &entries, path, report);
    }
}
