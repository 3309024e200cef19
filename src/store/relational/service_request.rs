//! ServiceRequest: the referrals and orders.

use fhir_search::keys::Target;

use super::element::{Concept, Reader, Reason};
use super::row::{Gatherer, row, rows};
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

#[derive(Clone, Debug, PartialEq)]
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
    /// Gathers the rows.
    pub(super) fn gather<'a>(&'a self, gatherer: &mut Gatherer<'a, '_>) -> Result<(), StoreError> {
        let (request, occurrence) = (&self.request, &self.occurrence);
        row!(
            gatherer,
            service_request {
                status: &request.status,
                intent: &request.intent,
                priority: &request.priority,
                priority_reason_code: &request.priority_reason_code,
                priority_reason_text: &request.priority_reason_text,
                do_not_perform: request.do_not_perform,
                source_code: &request.source_code,
                source_text: &request.source_text,
                authored_on: &request.authored_on,
                authored_us: request.authored_us,
                system: &self.code.system,
                code: &self.code.code,
                text: &self.code.text,
                started: &occurrence.started,
                ended: &occurrence.ended,
                started_us: occurrence.started_us,
                ended_us: occurrence.ended_us,
                subject: gatherer.number_of(self.subject.as_ref())?,
                encounter: gatherer.number_of(self.encounter.as_ref())?,
                requester: gatherer.number_of(self.requester.as_ref())?
            }
        );
        rows!(gatherer, service_request_category, &self.categories, |category| { system: &category.system, code: &category.code, text: &category.text });
        rows!(gatherer, service_request_performer, &self.performers, |performer| { performer: gatherer.number(performer)? });
        rows!(gatherer, service_request_reason, &self.reasons, |reason| {
            system: &reason.concept().system, code: &reason.concept().code, text: &reason.concept().text, reference: gatherer.number_of(reason.reference())?
        });
        Ok(())
    }
}
