//! The smoke suite of `conformance-tests` passes against a fresh server.

mod common;

use common::Server;

#[test]
fn the_smoke_suite_passes() {
    let server = Server::start();
    let report = conformance_tests::run(&server.base);
    eprintln!("{report}");
    assert!(report.is_success(), "{report}");
    assert_eq!(report.count("skipped"), 0, "this server claims all that is checked: {report}");
}
