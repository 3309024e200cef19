//! What a query has used of its limits.

use fhir_model::Position;

use crate::error::GraphQlError;
use crate::limits::Limits;

#[derive(Debug, Default)]
pub(super) struct Budget {
    requests: usize,
    resources: usize,
    values: usize,
    evaluations: usize,
}

impl Budget {
    /// One read or search more.
    pub(super) fn request(&mut self, limits: &Limits, place: Position) -> Result<(), GraphQlError> {
        spend(&mut self.requests, 1, limits.requests, "reads and searches", place)
    }

    /// Resources more.
    pub(super) fn resources(
        &mut self,
        number: usize,
        limits: &Limits,
        place: Position,
    ) -> Result<(), GraphQlError> {
        spend(&mut self.resources, number, limits.resources, "resources", place)
    }

    /// One value more in the answer.
    pub(super) fn value(&mut self, limits: &Limits, place: Position) -> Result<(), GraphQlError> {
        spend(&mut self.values, 1, limits.values, "values in the answer", place)
    }

    /// One evaluation of an expression more.
    pub(super) fn evaluation(&mut self, limits: &Limits, place: Position) -> Result<(), GraphQlError> {
        spend(&mut self.evaluations, 1, limits.evaluations, "evaluations of FHIRPath", place)
    }
}

fn spend(
    used: &mut usize,
    number: usize,
    most: usize,
    what: &str,
    place: Position,
) -> Result<(), GraphQlError> {
    *used += number;
    if *used <= most {
        return Ok(());
    }
    let text = format!("the query needs more than {most} {what}: ask for less at once");
    Err(GraphQlError::too_costly(Some(place), text))
}
