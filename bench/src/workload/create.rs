//! Single creates.

use crate::exchange::Request;
use crate::session::{Count, Session};

use super::seeds;

pub(super) async fn iterate(session: &mut Session, random: &mut fastrand::Rng) {
    let body = seeds::patient(random).to_string().into_bytes();
    let request = Request::with_body("POST", "/Patient", body);
    session.exchange("create", &request, &[201], Count::Resources(1)).await;
}
