//! PostgreSQL is killed and stopped, and started again.

use std::thread::sleep;
use std::time::Duration;

use test_postgres::Instance;

use crate::common::Server;
use crate::load::{Load, is_a_clear_refusal};

#[test]
fn nothing_acknowledged_is_lost_or_doubled_when_postgres_is_killed() {
    let (folder, data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let Some(postgres) = Instance::start_in(folder.path(), &[]) else { return };
    let server = Server::start_in(data.path(), &["--database-url", &postgres.url()]);
    let load = Load::during(&server, |load| {
        for application in ["westway writer", "westway reader", "westway writer"] {
            load.wait_for(60);
            postgres.kill_backend(application);
        }
        load.wait_for(60);
        postgres.kill();
        load.wait_for_refusals(20);
        postgres.start();
        load.wait_for(60);
        postgres.stop_at_once();
        load.wait_for_refusals(20);
        is_a_clear_refusal(&server.get("Patient/p-t0-0").expect(503));
        is_a_clear_refusal(&server.get("Patient?_summary=count").expect(503));
        postgres.start();
        load.wait_for(60);
    });
    load.told("PostgreSQL killed five times");
    load.check(&server);
}

#[test]
fn a_server_waits_for_no_database_that_is_away_and_serves_when_it_is_back() {
    let (folder, data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let Some(postgres) = Instance::start_in(folder.path(), &[]) else { return };
    let server = Server::start_in(data.path(), &["--database-url", &postgres.url()]);
    let created = server.post("Patient", r#"{"resourceType":"Patient"}"#).expect(201).id();
    postgres.stop_at_once();
    is_a_clear_refusal(&server.get(&format!("Patient/{created}")).expect(503));
    is_a_clear_refusal(&server.post("Patient", r#"{"resourceType":"Patient"}"#).expect(503));
    postgres.start();
    for attempt in 0.. {
        if server.get(&format!("Patient/{created}")).status == 200 {
            break;
        }
        assert!(attempt < 600, "reads are not served again");
        sleep(Duration::from_millis(50));
    }
    server.post("Patient", r#"{"resourceType":"Patient"}"#).expect(201);
}
