//! The read mix of the wso2bench suite: what an application asks while it shows patients.

use crate::exchange::Request;
use crate::samples::Samples;
use crate::session::{Count, Session};

/// Of a hundred: the class, its share, its path.
const SHARES: [(&str, u32, &str); 5] = [
    ("read", 45, "/Patient/{Patient}"),
    ("patients", 20, "/Patient?_count=20"),
    ("observations", 20, "/Observation?patient={Patient}&_count=50"),
    ("conditions", 10, "/Condition?patient={Patient}"),
    ("history", 5, "/Patient/{Patient}/_history"),
];

pub(super) async fn iterate(session: &mut Session, samples: &Samples, random: &mut fastrand::Rng) {
    let mut drawn = random.u32(..100);
    for (class, share, path) in SHARES {
        if drawn >= share {
            drawn -= share;
            continue;
        }
        if let Some(path) = samples.fill(path, random) {
            session.exchange(class, &Request::get(path), &[200], Count::Nothing).await;
        }
        return;
    }
}
