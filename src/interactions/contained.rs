//! Contained resources as matches of a search (`_containedType=contained`, R4 search, section 3.1.1.5.5): cut out of their containers.

use fhir_model::Document;
use fhir_model::write::write;
use fhir_search::contained;

use super::Error;
use crate::store::Version;

/// Leaves of a match that is a contained resource what it is about. The store gives the body of the container, and says where in it the
/// resource is: `MedicationRequest/23#m1`. Its address is then that of the container with a fragment.
pub(super) fn cut_out(version: &mut Version) -> Result<(), Error> {
    if contained::resource_type(&version.kind).is_none() {
        return Ok(());
    }
    let damaged = || Error::Internal(format!("no {} is contained in {}", version.kind, version.id));
    let (container, id) = version.id.split_once('#').ok_or_else(damaged)?;
    let (kind, container) = container.split_once('/').ok_or_else(damaged)?;
    let document = Document::parse_bytes(std::mem::take(&mut version.body)).map_err(|_| damaged())?;
    let all = document.root().get("contained").ok_or_else(damaged)?;
    let own = all.items().find(|resource| resource.get_str("id") == Some(id)).ok_or_else(damaged)?;
    let mut body = Vec::with_capacity(512);
    write(own, None, &mut body);
    (version.kind, version.id) = (kind.into(), format!("{container}#{id}").into());
    version.body = body;
    Ok(())
}

/// Refuses a search of contained resources where whole resources are wanted.
pub(super) fn refuse(is_searched: bool) -> Result<(), Error> {
    if is_searched {
        let text = "_contained: only false is taken here, where whole resources are wanted";
        return Err(Error::BadParameter(text.into()));
    }
    Ok(())
}
