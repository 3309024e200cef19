//! The way between server and database breaks.

use std::thread::sleep;
use std::time::Duration;

use test_postgres::Instance;

use crate::common::Server;
use crate::load::Load;
use crate::proxy::Proxy;

#[test]
fn nothing_acknowledged_is_lost_or_doubled_when_connections_break() {
    let (folder, data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let Some(postgres) = Instance::start_in(folder.path(), &[]) else { return };
    let proxy = Proxy::to(postgres.port());
    let server = Server::start_in(data.path(), &["--database-url", &proxy.url()]);
    let load = Load::during(&server, |load| {
        for _ in 0..5 {
            load.wait_for(40);
            proxy.cut();
        }
        load.wait_for(40);
        proxy.shut();
        load.wait_for_refusals(20);
        proxy.open();
        // What was held up goes on.
        load.wait_for(40);
        proxy.silence();
        sleep(Duration::from_secs(2));
        proxy.open();
        load.wait_for(40);
        // What was held up is lost.
        proxy.silence();
        sleep(Duration::from_secs(2));
        proxy.cut();
        load.wait_for(40);
    });
    load.told("connections broken");
    load.check(&server);
}
