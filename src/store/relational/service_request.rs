//! ServiceRequest: the referrals and orders.

use diesel::prelude::*;
use fhir_search::keys::Target;

use super::element::{Concept, Reader, Reason};
use super::insert::{Inserter, concept_columns, insert_each, period_columns, reason_columns, run};
use super::schema::{
    service_request, service_request_category, service_request_performer, service_request_reason,
};
use super::time::{Moment, Period};
use crate::store::StoreError;

/// The rows of a ServiceRequest.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ServiceRequestRows {
    request: Request,
    code: Concept,
    occurrence: Period,
    subject: Option<Target>,
    encounter: Option<Target>,
    requester: Option<Target>,
    categories: Vec<Concept>,
    performers: Vec<Target>,
    reasons: Vec<Reason>,
}

#[derive(Clone, Debug, PartialEq, Insertable)]
#[diesel(table_name = service_request, treat_none_as_default_value = false)]
struct Request {
    status: Option<String>,
    intent: Option<String>,
    priority: Option<String>,
    priority_reason_code: Option<String>,
    priority_reason_text: Option<String>,
    do_not_perform: Option<bool>,
    source_code: Option<String>,
    source_text: Option<String>,
    authored_on: Option<String>,
    authored_us: Option<i64>,
}

/// Reads a ServiceRequest.
pub(super) fn read(resource: Reader<'_>) -> ServiceRequestRows {
    ServiceRequestRows {
        request: request(resource),
        code: resource.concept("code"),
        occurrence: Period::read_choice(resource, "occurrencePeriod", "occurrenceDateTime"),
        subject: resource.reference("subject"),
        encounter: resource.reference("encounter"),
        requester: resource.reference("requester"),
        categories: resource.concepts("category"),
        performers: resource.references("performer"),
        reasons: resource.reasons(),
    }
}

fn request(resource: Reader<'_>) -> Request {
    let priority_reason =
        resource.child("_priority").map(|priority| priority.uk_core_concept("PriorityReason"));
    let priority_reason = priority_reason.unwrap_or_default();
    let source = resource.uk_core_concept("SourceOfServiceRequest");
    let authored = Moment::read(resource, "authoredOn");
    Request {
        status: resource.text("status"),
        intent: resource.text("intent"),
        priority: resource.text("priority"),
        priority_reason_code: priority_reason.code,
        priority_reason_text: priority_reason.text,
        do_not_perform: resource.boolean("doNotPerform"),
        source_code: source.code,
        source_text: source.text,
        authored_us: authored.as_ref().map(|authored| authored.low),
        authored_on: authored.map(|authored| authored.text),
    }
}

impl ServiceRequestRows {
    /// Inserts the rows.
    pub(super) fn insert(&self, inserter: &mut Inserter<'_, '_>) -> Result<(), StoreError> {
        let references = (
            service_request::subject.eq(inserter.number_of(self.subject.as_ref())?),
            service_request::encounter.eq(inserter.number_of(self.encounter.as_ref())?),
            service_request::requester.eq(inserter.number_of(self.requester.as_ref())?),
        );
        let code = concept_columns!(service_request, self.code);
        let occurrence = period_columns!(service_request, self.occurrence);
        run!(
            inserter,
            diesel::insert_into(service_request::table).values((
                service_request::rid.eq(inserter.rid),
                &self.request,
                code,
                occurrence,
                references
            ))
        );
        insert_each!(inserter, service_request_category, &self.categories, |category| {
            concept_columns!(service_request_category, category)
        });
        insert_each!(inserter, service_request_performer, &self.performers, |performer| {
            service_request_performer::performer.eq(inserter.number(performer)?)
        });
        insert_each!(inserter, service_request_reason, &self.reasons, |reason| {
            reason_columns!(inserter, service_request_reason, reason)
        });
        Ok(())
    }
}
