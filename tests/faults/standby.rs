//! The server that is written to is lost, and a standby takes its place.

use test_postgres::Instance;

use crate::common::Server;
use crate::load::Load;

#[test]
fn nothing_acknowledged_is_lost_when_a_synchronous_standby_is_promoted() {
    let folders = [(); 3].map(|()| tempfile::tempdir().unwrap());
    let [first_folder, second_folder, data] = &folders;
    let Some(primary) = Instance::start_in(first_folder.path(), &[]) else { return };
    let standby = primary.standby(second_folder.path(), "second");
    // From now on a commit waits until the standby has it on disk.
    primary.sql("postgres", "ALTER SYSTEM SET synchronous_standby_names = 'second'");
    primary.sql("postgres", "SELECT pg_reload_conf()");
    let url = format!(
        "postgres://westway@127.0.0.1:{},127.0.0.1:{}/westway?target_session_attrs=read-write",
        primary.port(),
        standby.port()
    );
    let server = Server::start_in(data.path(), &["--database-url", &url]);
    let load = Load::during(&server, |load| {
        load.wait_for(100);
        primary.kill();
        load.wait_for_refusals(10);
        standby.promote();
        load.wait_for(100);
    });
    load.told("a standby promoted");
    load.check(&server);
}
