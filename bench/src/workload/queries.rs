//! The named queries of the mock-health comparison, with chains and sorted ranges that it lacks. Each is a class of its own: one
//! that is slow hides among many that are not.

use std::cell::Cell;

use crate::exchange::Request;
use crate::samples::Samples;
use crate::session::{Count, Session};

/// The queries, with `{Type}` for an id; each is the name of its class.
pub(super) const QUERIES: &[&str] = &[
    "/metadata",
    "/Observation?_count=10",
    "/Observation?_count=1&_total=accurate",
    "/Observation?code=http://loinc.org|8480-6&_total=accurate",
    "/Observation?combo-code=http://loinc.org|8480-6",
    "/Patient?gender=male&_count=5&_total=accurate",
    "/Patient?family=S",
    "/Patient?given=A",
    "/Patient?gender=female&family=B",
    "/Observation?code=http://loinc.org|8302-2&_total=accurate",
    "/Observation?code=http://loinc.org|29463-7&_total=accurate",
    "/Observation?code=http://loinc.org|72514-3&_total=accurate",
    "/Observation?date=ge2020-01-01&_count=5",
    "/Patient/{Patient}",
    "/Observation?patient=Patient/{Patient}&_count=20",
    "/Condition?patient=Patient/{Patient}",
    "/Condition?code=http://snomed.info/sct|38341003",
    "/Procedure?code=http://snomed.info/sct|430193006",
    "/Encounter?patient=Patient/{Patient}",
    "/MedicationRequest?patient=Patient/{Patient}",
    "/Encounter?participant=Practitioner/{Practitioner}",
    "/Encounter?location=Location/{Location}",
    "/Patient?_content=Smith",
    "/Observation?_content=blood",
    "/Condition?_content=hypertension",
    "/Patient?_text=Smith",
    "/Condition?code:text=hypertensive",
    "/Observation?code=8302-2&_summary=count",
    "/Observation?subject:Patient.gender=female&_count=20",
    "/Observation?patient.family=S&_count=20",
    "/Observation?date=ge2010&_sort=date&_count=20",
    "/Observation?date=ge2010&_sort=-date&_count=20",
    "/Observation?date=ge2010-01-01&date=lt2011-01-01&_count=20",
    "/Patient?_has:Observation:patient:code=8302-2&_count=20",
    "/Encounter?_include=Encounter:patient&_count=20",
    "/Patient?_revinclude=Condition:patient&_count=5",
];

/// What `bench/growth.sh` asks the demo population while it grows: a read, and five searches that have matches in it.
pub(super) const GROWTH: &[&str] = &[
    "/Patient/{Patient}",
    "/Observation?code=http://loinc.org|44261-6&_count=20",
    "/Patient?family=S&_count=20",
    "/Encounter?patient=Patient/{Patient}&_count=20",
    "/Observation?patient.family=S&_count=20",
    "/Observation?date=ge2010&_sort=-date&_count=20",
];

/// The queries and whose turn it is.
#[derive(Debug)]
pub(crate) struct Queries {
    samples: Samples,
    asked: Vec<&'static str>,
    turn: Cell<usize>,
}

impl Queries {
    /// All of these queries, or one only.
    pub(super) fn new(queries: &[&'static str], samples: Samples, only: Option<&str>) -> Self {
        let asked = queries.iter().copied().filter(|query| only.is_none_or(|only| only == *query));
        Self { samples, asked: asked.collect(), turn: Cell::new(0) }
    }

    pub(super) async fn iterate(&self, session: &mut Session, random: &mut fastrand::Rng) {
        let turn = self.turn.replace(self.turn.get() + 1);
        let Some(query) = turn.checked_rem(self.asked.len()).and_then(|turn| self.asked.get(turn)) else {
            return;
        };
        let Some(path) = self.samples.fill(query, random) else { return };
        session.exchange(query, &Request::get(path.replace('|', "%7C")), &[200], Count::Nothing).await;
    }
}
