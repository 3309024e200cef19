//! Suites that prove a FHIR R4 server. They see it only over HTTP, so they run against any server.
//!
//! ```no_run
//! let report = conformance_tests::run("http://127.0.0.1:8080/fhir");
//! assert!(report.is_success(), "{report}");
//! ```

mod checks;
mod report;
mod server;

pub use checks::{ALL, Check, Stop};
pub use report::{Report, Verdict};
pub use server::{Answer, Request, Server};

/// Runs all checks against the server whose FHIR API begins at `base`, one after the other.
pub fn run(base: &str) -> Report {
    let server = Server::new(base);
    let verdicts = ALL.iter().map(|check| Verdict::of(check, &server)).collect();
    Report { base: server.base().to_owned(), verdicts }
}
