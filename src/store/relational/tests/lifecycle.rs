//! The rows are always those of the current version.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use diesel::connection::InstrumentationEvent;

use super::examples::{PATIENT, PLAN, REFERRAL, STAY};
use super::*;
use crate::store::relational::{RowChanges, gather};
use crate::store::sql::connection::Conn;

const ALL: [&str; 4] = [PATIENT, STAY, REFERRAL, PLAN];

#[test]
fn an_update_leaves_the_rows_of_a_fresh_insert() {
    let updated = Fixture::with(&[
        r#"{"resourceType": "Patient", "id": "p1", "name": [{}, {}, {}], "telecom": [{}, {}], "gender": "other"}"#,
        r#"{"resourceType": "Encounter", "id": "stay", "location": [{}, {}], "period": {"start": "2020"}}"#,
        r#"{"resourceType": "ServiceRequest", "id": "r1", "category": [{}, {}]}"#,
        r#"{"resourceType": "CarePlan", "id": "cp1", "activity": [{}, {}, {}, {}]}"#,
    ]);
    updated.put(&ALL);
    assert_eq!(updated.dump(), Fixture::with(&ALL).dump());
    // Once more the same.
    updated.put(&ALL);
    assert_eq!(updated.dump(), Fixture::with(&ALL).dump());
    assert_eq!(updated.query("SELECT * FROM pragma_foreign_key_check"), Vec::<String>::new());
}

#[test]
fn a_deletion_removes_them_and_a_new_version_brings_them_back() {
    let fixture = Fixture::with(&ALL);
    let before = fixture.dump();
    for (kind, id) in
        [("Patient", "p1"), ("Encounter", "stay"), ("ServiceRequest", "r1"), ("CarePlan", "cp1")]
    {
        fixture.delete(kind, id);
    }
    assert_eq!(fixture.dump(), Vec::<String>::new());
    fixture.put(&ALL);
    assert_eq!(fixture.dump(), before);
}

#[test]
fn a_set_that_fails_leaves_no_rows() {
    let fixture = Fixture::new();
    let mut writes: Vec<Write> = ALL.iter().map(|resource| put(resource, true)).collect();
    writes.push(Write {
        expected: Expected::Version(7),
        ..put(r#"{"resourceType": "Organization", "id": "o1"}"#, true)
    });
    fixture.store.write(WriteSet { writes, ..WriteSet::default() }).unwrap_err();
    assert_eq!(fixture.dump(), Vec::<String>::new());
}

#[test]
fn each_statement_is_prepared_once() {
    let fixture = Fixture::with(&ALL);
    let (executed, prepared) = (Arc::new(Mutex::new(BTreeSet::new())), Arc::new(Mutex::new(Vec::new())));
    // What the writer does when it is idle would lock the database.
    fixture.store.close();
    let mut conn = fixture.sql();
    conn.set_instrumentation({
        let (executed, prepared) = (Arc::clone(&executed), Arc::clone(&prepared));
        move |event: InstrumentationEvent<'_>| match event {
            InstrumentationEvent::StartQuery { query, .. } => {
                let text = query.to_string();
                let sql = text.split(" -- binds").next().unwrap_or_default().to_owned();
                executed.lock().unwrap().insert(sql);
            }
            InstrumentationEvent::CacheQuery { sql, .. } => prepared.lock().unwrap().push(sql.to_owned()),
            _ => {}
        }
    });
    for resource in ALL.iter().cycle().take(12) {
        let document = Document::parse((*resource).to_owned()).unwrap();
        let rows = rows(document.root(), &[]).unwrap();
        let mut changes = RowChanges::default();
        changes.remove(document.root().resource_type().unwrap(), 1);
        changes.add(gather(1, &rows, &mut |_| Ok(1)).unwrap());
        changes.write(&mut Conn::Sqlite(&mut conn)).unwrap();
    }
    let executed: Vec<String> = executed.lock().unwrap().iter().cloned().collect();
    let mut prepared = prepared.lock().unwrap().clone();
    prepared.sort();
    assert_eq!(executed.len(), 27);
    assert_eq!(prepared, executed);
}
