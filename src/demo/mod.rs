//! A synthetic population of North West London for trying the server out.
//!
//! Everything is invented: people, organisations, codes of organisations, numbers and addresses. The same
//! settings give the same bytes on every machine, so loading twice changes nothing but the number of versions: every resource is written
//! with `PUT` under an id derived from its place in the population (`Patient/nwl-patient-000123`).

mod appointments;
mod boroughs;
mod calendar;
mod care_plans;
mod conditions;
mod crisis;
mod directory;
mod encounters;
mod episodes;
mod ethnicity;
mod flags;
mod journey;
mod names;
mod nhs_number;
mod patients;
mod random;
mod referrals;
mod resource;
mod scores;
mod services;
mod staff;
mod tasks;
mod terminology;
#[cfg(test)]
mod tests;
mod transaction;

use calendar::Date;
use nhs_number::TestNhsNumbers;
use serde_json::Value;

/// How many people to invent, from which seed, and which day is "today" for them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PopulationSettings {
    /// Number of patients; the population ends earlier when the test range of NHS numbers is used up (about 909 000).
    pub(crate) patients: usize,
    /// The first of them that is wanted, from 1. Later than that, the directory and the patients before are taken to be there already.
    pub(crate) first: usize,
    /// Equal seeds give equal populations.
    pub(crate) seed: u64,
    /// Year, month (1 to 12) and day the waiting times, ages and booked appointments count from.
    pub(crate) today: (i32, u32, u32),
}

impl PopulationSettings {
    /// How many patients the usual demonstration has.
    pub(crate) const PATIENTS: usize = 200;
    /// The seed of the usual demonstration.
    pub(crate) const SEED: u64 = 1983;

    /// The usual demonstration.
    pub(crate) fn new(today: (i32, u32, u32)) -> Self {
        Self { patients: Self::PATIENTS, first: 1, seed: Self::SEED, today }
    }
}

/// The population as transaction bundles, to be executed in order: first the directory that everyone shares
/// (organisations, locations, services, staff, slots), then one bundle per patient.
///
/// References point to the same bundle or to an earlier one.
pub(crate) fn population(settings: &PopulationSettings) -> impl Iterator<Item = Value> + use<> {
    let PopulationSettings { patients, first, seed, today: (year, month, day) } = *settings;
    let today = Date::new(year, month, day);
    let there_already = first.saturating_sub(1);
    let directory = if there_already == 0 { directory::bundles(today) } else { Vec::new() };
    let people = TestNhsNumbers::new()
        .take(patients)
        .enumerate()
        .skip(there_already)
        .map(move |(index, nhs_number)| journey::bundle(seed, index + 1, &nhs_number, today));
    directory.into_iter().chain(people)
}
