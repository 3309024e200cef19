//! Reads by id.

use crate::exchange::Request;
use crate::samples::Samples;
use crate::session::{Count, Session};

pub(super) async fn iterate(session: &mut Session, samples: &Samples, random: &mut fastrand::Rng) {
    let Some(id) = samples.any("Patient", random) else { return };
    session.exchange("read", &Request::get(format!("/Patient/{id}")), &[200], Count::Nothing).await;
}
