//! A connection that is lost while a transaction is committed: whoever waits is told what became of it.

use std::io::{Read, Write as _};
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::sync::Arc;
use std::sync::atomic::AtomicU8;

use super::*;

/// What a proxy does with the next COMMIT.
const PASS_ON: u8 = 0;
/// Passes it on, and ends the connection instead of passing on the answer.
const LOSE_ANSWER: u8 = 1;
/// Ends the connection.
const LOSE_COMMIT: u8 = 2;

/// Between a store and PostgreSQL.
struct Proxy {
    mode: Arc<AtomicU8>,
    /// Where the socket is.
    folder: TempDir,
}

impl Proxy {
    fn start(behind: String) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let listener = UnixListener::bind(folder.path().join(".s.PGSQL.5432")).unwrap();
        let mode = Arc::new(AtomicU8::new(PASS_ON));
        let proxy = Self { mode: Arc::clone(&mode), folder };
        std::thread::spawn(move || {
            for client in listener.incoming() {
                let server = UnixStream::connect(format!("{behind}/.s.PGSQL.5432")).unwrap();
                connect(client.unwrap(), server, Arc::clone(&mode));
            }
        });
        proxy
    }
}

fn connect(client: UnixStream, server: UnixStream, mode: Arc<AtomicU8>) {
    let both = || (client.try_clone().unwrap(), server.try_clone().unwrap());
    let loses_answer = Arc::new(AtomicU8::new(0));
    let (mut from, mut to) = both();
    let loses = Arc::clone(&loses_answer);
    std::thread::spawn(move || {
        copy(&mut from, &mut to, |bytes| {
            if !bytes.windows(6).any(|window| window == b"COMMIT") {
                return true;
            }
            let mode = mode.swap(PASS_ON, Ordering::SeqCst);
            loses.store(u8::from(mode == LOSE_ANSWER), Ordering::SeqCst);
            mode != LOSE_COMMIT
        });
    });
    let (mut to, mut from) = both();
    std::thread::spawn(move || copy(&mut from, &mut to, |_| loses_answer.load(Ordering::SeqCst) == 0));
}

/// Passes on what `passes` says, and ends both when it says no.
fn copy(from: &mut UnixStream, to: &mut UnixStream, passes: impl Fn(&[u8]) -> bool) {
    let mut buffer = [0; 1 << 16];
    while let Ok(length @ 1..) = from.read(&mut buffer) {
        if !passes(&buffer[..length]) || to.write_all(&buffer[..length]).is_err() {
            break;
        }
    }
    let _ = (from.shutdown(Shutdown::Both), to.shutdown(Shutdown::Both));
}

#[test]
fn its_fate_is_found_out() {
    let Some(place) = Place::postgres() else { return };
    let Place::Postgres(url) = &place else { return };
    let (database, rest) = url.split_once("?host=").unwrap();
    let (folder, user) = rest.split_once('&').unwrap();
    let proxy = Proxy::start(folder.to_owned());
    let url = format!("{database}?host={}&{user}", proxy.folder.path().display());
    let store = postgres::open(&url, &postgres::Options { readers: 2, ..postgres::Options::default() });
    let fixture = Fixture { store: store.unwrap(), place, clock: SystemTime::now };
    fixture.write(put("Patient", "0")).unwrap();
    for (round, mode) in [LOSE_ANSWER, LOSE_COMMIT, LOSE_ANSWER, PASS_ON].into_iter().enumerate() {
        proxy.mode.store(mode, Ordering::SeqCst);
        let write = Write { expected: Expected::New, ..put("Patient", &format!("{}", round + 1)) };
        let written = fixture.write(write).unwrap();
        assert_eq!((written.version.version, written.effect), (1, Effect::Created));
        let read = fixture.store.read("Patient", &written.version.id).unwrap();
        assert_eq!(read, Some(written.version));
        assert_eq!(fixture.count("version"), round as i64 + 2);
        assert_eq!(proxy.mode.load(Ordering::SeqCst), PASS_ON);
    }
    // What adds no version cannot be found again.
    proxy.mode.store(LOSE_ANSWER, Ordering::SeqCst);
    assert!(matches!(fixture.write(delete("Patient", "9")), Err(StoreError::Unavailable(_))));
    fixture.write(put("Patient", "9")).unwrap();
}
