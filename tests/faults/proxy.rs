//! A way to the database that can be cut.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

const OPEN: u8 = 0;
/// Nothing passes, and no connection is ended.
const SILENT: u8 = 1;
/// New connections are ended at once.
const SHUT: u8 = 2;

/// Passes bytes between clients and a port of this machine.
pub(crate) struct Proxy {
    port: u16,
    way: Arc<Way>,
}

struct Way {
    state: AtomicU8,
    connections: Mutex<Vec<TcpStream>>,
}

impl Proxy {
    pub(crate) fn to(target: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let way = Arc::new(Way { state: AtomicU8::new(OPEN), connections: Mutex::new(Vec::new()) });
        let accepting = Arc::clone(&way);
        // (It ends with the process.)
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                if accepting.state.load(Ordering::SeqCst) != SHUT {
                    accepting.connect(client, target);
                }
            }
        });
        Self { port, way }
    }

    pub(crate) fn url(&self) -> String {
        format!("postgres://westway@127.0.0.1:{}/westway", self.port)
    }

    /// Ends all connections, and those that come.
    pub(crate) fn shut(&self) {
        self.way.state.store(SHUT, Ordering::SeqCst);
        self.way.cut();
    }

    /// Ends all connections; new ones are passed on.
    pub(crate) fn cut(&self) {
        self.way.cut();
        self.open();
    }

    /// Lets nothing pass, and tells nobody.
    pub(crate) fn silence(&self) {
        self.way.state.store(SILENT, Ordering::SeqCst);
    }

    pub(crate) fn open(&self) {
        self.way.state.store(OPEN, Ordering::SeqCst);
    }
}

impl Way {
    fn connect(self: &Arc<Self>, client: TcpStream, target: u16) {
        let Ok(server) = TcpStream::connect(("127.0.0.1", target)) else { return };
        for (from, to) in [(&client, &server), (&server, &client)] {
            let (way, from, to) = (Arc::clone(self), from.try_clone().unwrap(), to.try_clone().unwrap());
            thread::spawn(move || way.pass(from, to));
        }
        self.connections.lock().unwrap().extend([client, server]);
    }

    fn pass(&self, mut from: TcpStream, mut to: TcpStream) {
        let mut bytes = [0; 16384];
        while let Ok(count @ 1..) = from.read(&mut bytes) {
            while self.state.load(Ordering::SeqCst) == SILENT {
                thread::sleep(Duration::from_millis(5));
            }
            if to.write_all(&bytes[..count]).is_err() {
                break;
            }
        }
        let _ended = from.shutdown(Shutdown::Both);
        let _ended = to.shutdown(Shutdown::Both);
    }

    fn cut(&self) {
        for connection in self.connections.lock().unwrap().drain(..) {
            let _ended = connection.shutdown(Shutdown::Both);
        }
    }
}
