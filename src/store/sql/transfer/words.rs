//! The words of resources. PostgreSQL has them as arrays; of SQLite's index they cannot be had back by resource, so they are
//! extracted from the resources again.

use std::thread;

use fhir_search::keys::SearchKeys;

use super::Extract;
use super::cells::Cell;
use super::read::{PAGE_ROWS, load};
use crate::store::StoreError;
use crate::store::keys_blob::StoredKeys;
use crate::store::sql::connection::Conn;
use crate::store::sql::dialect::Dialect;
use crate::store::sql::statement::Value;

/// The words of a resource.
pub(super) struct Words {
    pub(super) rid: i64,
    /// Code of its type.
    pub(super) kind: i32,
    pub(super) narrative: Vec<String>,
    pub(super) content: Vec<String>,
}

/// Words, and the number of the last resource looked at.
pub(super) type WordsPage = (Vec<Words>, i64);

/// The words of the resources behind a number; `None` at the end.
pub(super) fn page(
    conn: &mut Conn<'_>,
    extract: &Extract<'_>,
    after: i64,
) -> Result<Option<WordsPage>, StoreError> {
    match conn.dialect() {
        Dialect::Sqlite => extracted(conn, extract, after),
        Dialect::Postgres => stored(conn, after),
    }
}

fn stored(conn: &mut Conn<'_>, after: i64) -> Result<Option<WordsPage>, StoreError> {
    const ROWS: &str =
        "SELECT rid, type, narrative, content FROM resource_text WHERE rid > ? ORDER BY rid LIMIT ?";
    let rows = load(conn, ROWS, vec![Value::Integer(after), Value::Integer(PAGE_ROWS)])?;
    let mut page = Vec::with_capacity(rows.len());
    for row in rows {
        let mut cells = row.into_iter();
        let (Some(rid), Some(kind)) = (cells.next(), cells.next()) else { continue };
        let (Some(Cell::Texts(narrative)), Some(Cell::Texts(mut content))) = (cells.next(), cells.next())
        else {
            continue;
        };
        // Those of the narrative stand there too, in front.
        content.drain(..narrative.len().min(content.len()));
        page.push(Words { rid: rid.integer(), kind: code(&kind), narrative, content });
    }
    Ok(page.last().map(|last| last.rid).map(|last| (page, last)))
}

/// A resource of which words are wanted.
struct Resource {
    rid: i64,
    kind: i32,
    /// `Patient/1`
    name: String,
    body: Vec<u8>,
}

fn extracted(
    conn: &mut Conn<'_>,
    extract: &Extract<'_>,
    after: i64,
) -> Result<Option<WordsPage>, StoreError> {
    // What is contained has the version of its container, and comes with it.
    const LIVE: &str = "SELECT c.rid, c.type, t.name || '/' || r.fhir_id, c.keys, v.body FROM current AS c \
        JOIN version AS v ON v.vid = c.vid JOIN resource_id AS r ON r.rid = c.rid \
        JOIN resource_type AS t ON t.code = c.type \
        WHERE c.rid > ? AND c.deleted = 0 AND t.name NOT LIKE '#%' ORDER BY c.rid LIMIT ?";
    let rows = load(conn, LIVE, vec![Value::Integer(after), Value::Integer(PAGE_ROWS)])?;
    let Some(last) = rows.last().and_then(|row| row.first()).map(Cell::integer) else { return Ok(None) };
    let mut resources = Vec::with_capacity(rows.len());
    for row in rows {
        let [rid, kind, Cell::Text(name), keys, Cell::Blob(body)] =
            <[Cell; 5]>::try_from(row).map_err(|_| StoreError::Database("a damaged row".to_owned()))?
        else {
            continue;
        };
        // A resource without words has none in what it contains either.
        if StoredKeys::decode(keys.blob()).is_some_and(|keys| keys.text != 0) {
            resources.push(Resource { rid: rid.integer(), kind: code(&kind), name, body });
        }
    }
    let mut page = Vec::with_capacity(resources.len());
    for (resource, keys) in resources.iter().zip(extract_all(extract, &resources)?) {
        for contained in &keys.contained {
            let name = format!("{}#{}", resource.name, contained.id);
            let Some((rid, kind)) = contained_number(conn, &contained.kind, &name)? else { continue };
            page.extend(words(rid, kind, &contained.keys));
        }
        page.extend(words(resource.rid, resource.kind, &keys));
    }
    Ok(Some((page, last)))
}

/// Extraction is most of the work, so every processor has a part of it.
fn extract_all(extract: &Extract<'_>, resources: &[Resource]) -> Result<Vec<SearchKeys>, StoreError> {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let part = resources.len().div_ceil(threads).max(1);
    thread::scope(|scope| {
        let parts: Vec<_> = resources
            .chunks(part)
            .map(|part| {
                scope.spawn(|| part.iter().map(|resource| extract(&resource.body)).collect::<Vec<_>>())
            })
            .collect();
        let mut all = Vec::with_capacity(resources.len());
        for part in parts {
            let panicked = |_| StoreError::Database("the extraction of words panicked".to_owned());
            all.extend(part.join().map_err(panicked)?);
        }
        Ok(all)
    })
}

fn contained_number(conn: &mut Conn<'_>, kind: &str, name: &str) -> Result<Option<(i64, i32)>, StoreError> {
    const NUMBER: &str = "SELECT r.rid, r.type FROM resource_type AS t JOIN resource_id AS r ON r.type = t.code \
        WHERE t.name = ? AND r.fhir_id = ?";
    let rows = load(conn, NUMBER, vec![Value::text(kind), Value::text(name)])?;
    let number = rows.first().and_then(|row| Some((row.first()?.integer(), code(row.get(1)?))));
    Ok(number)
}

fn words(rid: i64, kind: i32, keys: &SearchKeys) -> Option<Words> {
    let texts = |words: &[Box<str>]| words.iter().map(ToString::to_string).collect::<Vec<_>>();
    let (narrative, content) = (texts(&keys.narrative_words), texts(&keys.content_words));
    (!narrative.is_empty() || !content.is_empty()).then_some(Words { rid, kind, narrative, content })
}

fn code(cell: &Cell) -> i32 {
    i32::try_from(cell.integer()).unwrap_or_default()
}
