//! What the rows cost. Run with `--release --ignored --nocapture`; it measures and asserts no times.

use std::time::Instant;

use super::examples::{PATIENT, PLAN, REFERRAL, STAY};
use super::*;

#[test]
#[ignore = "measures"]
fn writes_with_and_without_rows() {
    for (name, id, resource) in [
        ("Patient", "p1", PATIENT),
        ("Encounter", "stay", STAY),
        ("ServiceRequest", "r1", REFERRAL),
        ("CarePlan", "cp1", PLAN),
    ] {
        for with_rows in [false, true] {
            let fixture = Fixture::new();
            let mut seconds = [0.0; 2];
            // The first pass creates the resources, the second updates them.
            for pass in &mut seconds {
                for set in 0..10 {
                    let numbers = set * 500..(set + 1) * 500;
                    let write = |number: i32| {
                        put(
                            &resource.replacen(
                                &format!("\"id\": \"{id}\""),
                                &format!("\"id\": \"{number}\""),
                                1,
                            ),
                            with_rows,
                        )
                    };
                    let writes = numbers.map(write).collect();
                    let start = Instant::now();
                    fixture.store.write(WriteSet { writes, ..WriteSet::default() }).unwrap();
                    *pass += start.elapsed().as_secs_f64();
                }
            }
            let [create, update] = seconds.map(|seconds| seconds * 1e6 / 5_000.0);
            let rows = if with_rows { "with" } else { "without" };
            println!("{name} {rows} rows: create {create:.0} us, update {update:.0} us");
        }
    }
}
