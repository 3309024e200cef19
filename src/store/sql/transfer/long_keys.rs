//! Texts that PostgreSQL holds in another form, because they are long keys or have a zero, as they were: SQLite has them whole.

use fhir_search::keys::{SearchKeys, StringKey, Target, UriKey};

use super::Extract;
use super::cells::Cell;
use super::copy_format::postgres_text;
use super::read::{Rows, load};
use super::tables::Table;
use crate::store::StoreError;
use crate::store::keys_blob::StoredKeys;
use crate::store::sql::connection::Conn;
use crate::store::sql::statement::Value;

/// Whether PostgreSQL may have made this of another text.
fn is_changed(text: &str) -> bool {
    text.contains('\u{1}') || is_shortened(text)
}

/// Whether a text has the form of a key that was cut: a beginning, a space and a hash.
pub(super) fn is_shortened(text: &str) -> bool {
    let Some((beginning, hash)) = text.rsplit_once(' ') else { return false };
    beginning.len() > 1000 && hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Gives the rows of a page of PostgreSQL the texts that were stored.
pub(super) fn restore(
    conn: &mut Conn<'_>,
    extract: &Extract<'_>,
    table: &Table,
    rows: &mut Rows,
) -> Result<(), StoreError> {
    let find: Find<'_> = match table.name {
        "ix_uri" => &|conn, row, text| in_keys(conn, row, |keys, parameter| uri(keys, parameter, text)),
        "ix_string" => &|conn, row, text| in_keys(conn, row, |keys, parameter| string(keys, parameter, text)),
        "resource_id" => &|conn, row, text| in_referrer(conn, extract, row, text),
        _ => return Ok(()),
    };
    let column = if table.name == "resource_id" { 2 } else { 1 };
    for row in rows {
        let Some(Cell::Text(text)) = row.get(column).filter(|cell| is_text(cell, is_changed)) else {
            continue;
        };
        if let (Some(found), Some(cell)) = (find(conn, row, text)?, row.get_mut(column)) {
            *cell = Cell::Text(found);
        }
    }
    Ok(())
}

type Find<'a> = &'a dyn Fn(&mut Conn<'_>, &[Cell], &str) -> Result<Option<String>, StoreError>;

fn is_text(cell: &Cell, fits: fn(&str) -> bool) -> bool {
    if let Cell::Text(text) = cell { fits(text) } else { false }
}

/// Looks into the stored keys of the resource of an index row: parameter first, resource last.
fn in_keys(
    conn: &mut Conn<'_>,
    row: &[Cell],
    find: impl FnOnce(&StoredKeys, i64) -> Option<String>,
) -> Result<Option<String>, StoreError> {
    let (Some(parameter), Some(rid)) = (row.first(), row.last()) else { return Ok(None) };
    let keys = load(conn, "SELECT keys FROM current WHERE rid = ?", vec![rid.value()])?;
    let keys = keys.first().and_then(|row| row.first()).map(Cell::blob).and_then(StoredKeys::decode);
    Ok(keys.and_then(|keys| find(&keys, parameter.integer())))
}

fn uri(keys: &StoredKeys, parameter: i64, text: &str) -> Option<String> {
    let is_it =
        |key: &&UriKey| i64::from(key.parameter.0) == parameter && postgres_text(&key.value, true) == text;
    keys.uris.iter().find(is_it).map(|key| key.value.to_string())
}

fn string(keys: &StoredKeys, parameter: i64, text: &str) -> Option<String> {
    let is_it = |key: &&StringKey| {
        i64::from(key.parameter.0) == parameter && postgres_text(&key.folded, false) == text
    };
    keys.strings.iter().find(is_it).map(|key| key.folded.to_string())
}

/// Looks for a url in a resource that refers to it. One that nothing refers to is found by no search.
fn in_referrer(
    conn: &mut Conn<'_>,
    extract: &Extract<'_>,
    row: &[Cell],
    text: &str,
) -> Result<Option<String>, StoreError> {
    const REFERRER: &str = "SELECT v.body FROM ix_reference AS x JOIN current AS c ON c.rid = x.rid \
        JOIN version AS v ON v.vid = c.vid WHERE x.target = ? LIMIT 1";
    let Some(Cell::Integer(rid)) = row.first() else { return Ok(None) };
    let referrer = load(conn, REFERRER, vec![Value::Integer(*rid)])?;
    let Some(body) = referrer.first().and_then(|row| row.first()).map(Cell::blob) else { return Ok(None) };
    let keys = extract(body);
    let contained = keys.contained.iter().map(|contained| &contained.keys);
    Ok(std::iter::once(&keys).chain(contained).find_map(|keys| url(keys, text)))
}

fn url(keys: &SearchKeys, text: &str) -> Option<String> {
    keys.references.iter().find_map(|key| match &key.target {
        Target::Url(url) if postgres_text(url, true) == text => Some(url.to_string()),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_was_cut_is_told_from_others() {
        let long = format!("http://example.org/{}", "é".repeat(2000));
        assert!(is_shortened(&postgres_text(&long, true)));
        for other in ["", "short", &long, &format!("{long} and words")] {
            assert!(!is_shortened(other));
        }
    }
}
