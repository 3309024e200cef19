//! History on its three levels.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::*;
use crate::store::{HistoryPage, HistoryQuery, HistoryScope, Listed};

fn query(scope: HistoryScope) -> HistoryQuery {
    HistoryQuery::new(scope, 100)
}

fn names(page: &HistoryPage) -> Vec<String> {
    let names =
        page.versions.iter().map(|version| format!("{}/{}/{}", version.kind, version.id, version.version));
    names.collect()
}

/// Each look at this clock is a second after the one before.
fn ticking() -> SystemTime {
    static SECONDS: AtomicU64 = AtomicU64::new(1_000);
    UNIX_EPOCH + Duration::from_secs(SECONDS.fetch_add(1, Ordering::Relaxed))
}

/// Patient/1 v1, Encounter/1 v1, Patient/1 v2, Patient/2 v1, Patient/1 v3 (deleted): with the times of each.
fn fixtures() -> Vec<(Fixture, Vec<i64>)> {
    let written = |fixture: Fixture| {
        let writes = [
            put("Patient", "1"),
            put("Encounter", "1"),
            put("Patient", "1"),
            put("Patient", "2"),
            delete("Patient", "1"),
        ];
        let times = writes.map(|write| fixture.write(write).unwrap().version.last_updated);
        (fixture, times.to_vec())
    };
    Fixture::all_at(ticking).into_iter().map(written).collect()
}

#[test]
fn versions_of_a_resource_a_type_and_all_come_newest_first() {
    for (fixture, _) in fixtures() {
        let history = |scope| fixture.store.history(&query(scope)).unwrap();
        let instance = history(HistoryScope::Instance("Patient".into(), "1".into()));
        assert_eq!(names(&instance), ["Patient/1/3", "Patient/1/2", "Patient/1/1"]);
        assert_eq!((instance.total, instance.next), (3, None));
        assert_eq!(instance.versions[0].method, Method::Delete);
        let kind = history(HistoryScope::Type("Patient".into()));
        assert_eq!(names(&kind), ["Patient/1/3", "Patient/2/1", "Patient/1/2", "Patient/1/1"]);
        assert_eq!(kind.total, 4);
        let system = history(HistoryScope::System);
        assert_eq!((system.versions.len(), system.total), (5, 5));
        for scope in
            [HistoryScope::Type("Basic".into()), HistoryScope::Instance("Patient".into(), "9".into())]
        {
            assert_eq!(history(scope), HistoryPage { versions: Vec::new(), total: 0, next: None });
        }
    }
}

#[test]
fn pages_follow_one_another_and_the_total_is_that_of_all() {
    for (fixture, times) in fixtures() {
        for since in [None, Some(times[0])] {
            let mut query = HistoryQuery { count: 2, since, ..query(HistoryScope::System) };
            let mut seen = Vec::new();
            loop {
                let page = fixture.store.history(&query).unwrap();
                assert_eq!(page.total, 5);
                seen.extend(names(&page));
                query.after = page.next;
                if query.after.is_none() {
                    break;
                }
            }
            assert_eq!(seen, ["Patient/1/3", "Patient/2/1", "Patient/1/2", "Encounter/1/1", "Patient/1/1"]);
        }
    }
}

#[test]
fn since_and_at_bound_the_time() {
    for (fixture, times) in fixtures() {
        let since = |scope, time| {
            let page = fixture.store.history(&HistoryQuery { since: Some(time), ..query(scope) }).unwrap();
            assert_eq!(page.total, page.versions.len() as u64);
            names(&page)
        };
        assert_eq!(since(HistoryScope::System, times[2]), ["Patient/1/3", "Patient/2/1", "Patient/1/2"]);
        assert_eq!(since(HistoryScope::Type("Patient".into()), times[2] + 1), ["Patient/1/3", "Patient/2/1"]);
        assert_eq!(since(HistoryScope::System, i64::MAX), Vec::<String>::new());
        assert_eq!(since(HistoryScope::System, i64::MIN).len(), 5);
        let at = |scope, low, high| {
            let page =
                fixture.store.history(&HistoryQuery { at: Some((low, high)), ..query(scope) }).unwrap();
            assert_eq!(page.total, page.versions.len() as u64);
            names(&page)
        };
        // Between the second and the third write.
        assert_eq!(at(HistoryScope::System, times[1], times[1] + 1000), ["Encounter/1/1", "Patient/1/1"]);
        let instance = || HistoryScope::Instance("Patient".into(), "1".into());
        assert_eq!(at(instance(), times[1], times[2] + 1), ["Patient/1/2", "Patient/1/1"]);
        assert_eq!(at(instance(), times[4] + 5, times[4] + 6), ["Patient/1/3"]);
        assert_eq!(at(instance(), 0, times[0]), Vec::<String>::new());
    }
}

#[test]
fn time_never_goes_back() {
    fn falling() -> SystemTime {
        static SECONDS: AtomicU64 = AtomicU64::new(1_000);
        UNIX_EPOCH + Duration::from_secs(SECONDS.fetch_sub(1, Ordering::Relaxed))
    }
    for fixture in Fixture::all_at(falling) {
        let times = [1, 2, 3].map(|_| fixture.write(put("Patient", "1")).unwrap().version.last_updated);
        assert_eq!(times, [times[0]; 3]);
    }
}

#[test]
fn oldest_first_pages_follow_one_another_too() {
    for (fixture, times) in fixtures() {
        for (since, expected) in [
            (None, &["Patient/1/1", "Encounter/1/1", "Patient/1/2", "Patient/2/1", "Patient/1/3"][..]),
            (Some(times[2]), &["Patient/1/2", "Patient/2/1", "Patient/1/3"]),
        ] {
            let mut query = HistoryQuery { count: 2, since, ascending: true, ..query(HistoryScope::System) };
            let mut seen = Vec::new();
            loop {
                let page = fixture.store.history(&query).unwrap();
                assert_eq!(page.total, expected.len() as u64);
                seen.extend(names(&page));
                query.after = page.next;
                if query.after.is_none() {
                    break;
                }
            }
            assert_eq!(seen, expected);
        }
    }
}

#[test]
fn a_list_names_versions_or_all_versions_of_resources() {
    for (fixture, _) in fixtures() {
        let listed = |kind: &str, id: &str, version| Listed { kind: kind.into(), id: id.into(), version };
        let history = |scope, listed: Vec<Listed>| {
            let page = fixture.store.history(&HistoryQuery { listed: Some(listed), ..query(scope) }).unwrap();
            assert_eq!(page.total, page.versions.len() as u64);
            names(&page)
        };
        let items = || {
            vec![
                listed("Patient", "1", Some(2)),
                listed("Encounter", "1", None),
                listed("Patient", "9", None),
            ]
        };
        assert_eq!(history(HistoryScope::System, items()), ["Patient/1/2", "Encounter/1/1"]);
        assert_eq!(history(HistoryScope::Type("Patient".into()), items()), ["Patient/1/2"]);
        assert_eq!(
            history(HistoryScope::Instance("Encounter".into(), "1".into()), items()),
            ["Encounter/1/1"]
        );
        assert!(history(HistoryScope::System, Vec::new()).is_empty());
        assert!(history(HistoryScope::System, vec![listed("Patient", "1", Some(9))]).is_empty());
    }
}
