//! A standby answers searches as long as it is new enough, and the primary answers the rest.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a helper fails the test")]

mod common;

use std::thread::sleep;
use std::time::{Duration, Instant};

use common::{Answer, FHIR_JSON, Server, new_postgres_database};
use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};
use serde_json::{Value, json};

/// The setting of the tests.
const MAX_STALENESS: Duration = Duration::from_secs(2);

/// A server with a standby, and the url of the standby's copy; nothing where PostgreSQL is not installed.
fn with_replica() -> Option<(Server, test_postgres::Server, String)> {
    let cluster = test_postgres::cluster()?;
    let url = new_postgres_database();
    let standby = cluster.standby();
    let replica = standby.url(&url);
    let flags = ["--database-url", &url, "--replica-database-url", &replica, "--replica-max-staleness", "2"];
    Some((Server::start_with(&flags), standby, replica))
}

fn put(server: &Server, id: &str) {
    let body = json!({ "resourceType": "Basic", "id": id, "code": { "text": "x" } });
    server.put(&format!("Basic/{id}"), &body.to_string()).expect(201);
}

fn is_from_replica(answer: &Answer) -> bool {
    answer.header("X-Read-From") == "replica"
}

/// Asks until the standby answers.
fn from_replica(server: &Server, path: &str) -> Answer {
    for _ in 0..1200 {
        let answer = server.get(path).expect(200);
        if is_from_replica(&answer) {
            return answer;
        }
        sleep(Duration::from_millis(50));
    }
    panic!("the standby never answers {path}")
}

/// The standby goes on replaying or not.
fn replay(url: &str, goes_on: bool) {
    let function = if goes_on { "pg_wal_replay_resume" } else { "pg_wal_replay_pause" };
    let mut conn = PgConnection::establish(url).unwrap();
    conn.batch_execute(&format!("SELECT {function}()")).unwrap();
    let is_paused = "DO $$ BEGIN WHILE pg_get_wal_replay_pause_state() = 'pause requested' LOOP PERFORM pg_sleep(0.01); END LOOP; END $$";
    conn.batch_execute(is_paused).unwrap();
}

#[test]
fn a_standby_answers_searches_and_histories_and_nothing_else() {
    let Some((server, _standby, _)) = with_replica() else { return };
    put(&server, "a");
    // An idle primary writes nothing, and its standby is new all the same.
    sleep(2 * MAX_STALENESS);
    assert_eq!(from_replica(&server, "Basic").matches(), ["a"]);
    assert_eq!(from_replica(&server, "Basic/_history").json()["total"], 1);
    from_replica(&server, "_history");
    for path in ["Basic/a", "Basic/a/_history", "Basic/a/_history/1", "metadata"] {
        assert!(!is_from_replica(&server.get(path).expect(200)), "{path}");
    }
    for id in ["b", "c"] {
        put(&server, id);
    }
    let mut page = from_replica(&server, "Basic?_count=1");
    // What a link leads to is never older than the page with the link.
    while let Some(next) = page.link("next") {
        page = server.get(&next).expect(200);
        assert!(!is_from_replica(&page));
    }
    let metrics = server.get(&server.base.replace("/fhir", "/metrics")).expect(200).body;
    let answered = metrics.lines().find_map(|line| line.strip_prefix("westway_replica_answered_total "));
    assert!(answered.unwrap().parse::<u64>().unwrap() >= 3, "{metrics}");
}

#[test]
fn a_standby_that_is_too_old_is_passed_over() {
    let Some((server, _standby, replica)) = with_replica() else { return };
    put(&server, "a");
    from_replica(&server, "Basic");
    replay(&replica, false);
    put(&server, "b");
    let written = Instant::now();
    let read = |path: &str, headers: &[(&str, &str)]| server.send("GET", path, headers, "").expect(200);
    // Nothing but a plain search may miss it, not for a moment.
    server.get("Basic/b").expect(200);
    assert_eq!(read("Basic?_sort=_id", &[("Cache-Control", "no-cache")]).matches(), ["a", "b"]);
    let batch = json!({ "resourceType": "Bundle", "type": "batch",
        "entry": [{ "request": { "method": "GET", "url": "Basic?_id=b&_total=accurate" } }] });
    let found: Value = server.post("", &batch.to_string()).expect(200).json();
    assert_eq!(found["entry"][0]["resource"]["total"], 1);
    let condition = [FHIR_JSON, ("If-None-Exist", "_id=b")];
    let body = json!({ "resourceType": "Basic", "code": { "text": "x" } }).to_string();
    server.send("POST", "Basic", &condition, &body).expect(200);
    let mut newer = 0;
    while newer < 5 {
        let begun = Instant::now();
        let answer = server.get("Basic?_sort=_id").expect(200);
        let expected: &[&str] = if is_from_replica(&answer) { &["a"] } else { &["a", "b"] };
        assert_eq!(answer.matches(), expected);
        // A standby is asked before that time only.
        assert!(!is_from_replica(&answer) || begun < written + MAX_STALENESS);
        newer += usize::from(!is_from_replica(&answer));
        sleep(Duration::from_millis(20));
    }
    replay(&replica, true);
    assert_eq!(from_replica(&server, "Basic?_sort=_id").matches(), ["a", "b"]);
}

#[test]
fn a_standby_that_is_gone_is_not_missed() {
    let Some((server, mut standby, _)) = with_replica() else { return };
    put(&server, "a");
    from_replica(&server, "Basic");
    standby.stop();
    put(&server, "b");
    for _ in 0..20 {
        let answer = server.get("Basic?_sort=_id").expect(200);
        assert!(!is_from_replica(&answer));
        assert_eq!(answer.matches(), ["a", "b"]);
    }
}

#[test]
fn another_database_is_no_standby() {
    let Some(_cluster) = test_postgres::cluster() else { return };
    let (url, other) = (new_postgres_database(), new_postgres_database());
    for replica in [&url, &other] {
        let server = Server::start_with(&["--database-url", &url, "--replica-database-url", replica]);
        put(&server, "a");
        assert_eq!(server.get("Basic").expect(200).matches(), ["a"]);
        assert!(!is_from_replica(&server.get("Basic").expect(200)));
        server.delete("Basic/a").expect(204);
    }
}
