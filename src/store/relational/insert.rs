//! Inserting rows: statements with a fixed text, which Diesel prepares once for each connection.

use fhir_search::keys::Target;

use crate::store::StoreError;
use crate::store::sql::connection::Conn;

/// Where the rows of one resource go.
pub(super) struct Inserter<'a, 'c> {
    pub(super) conn: &'a mut Conn<'c>,
    /// The resource.
    pub(super) rid: i64,
    /// Gives the number of what a reference points to.
    pub(super) resolve: &'a mut dyn FnMut(&mut Conn<'_>, &Target) -> Result<i64, StoreError>,
}

impl Inserter<'_, '_> {
    /// The number of what a reference points to.
    pub(super) fn number(&mut self, target: &Target) -> Result<i64, StoreError> {
        (self.resolve)(self.conn, target)
    }

    /// The number of what a reference points to, if there is one.
    pub(super) fn number_of(&mut self, target: Option<&Target>) -> Result<Option<i64>, StoreError> {
        target.map(|target| self.number(target)).transpose()
    }
}

/// Runs a statement.
macro_rules! run {
    ($inserter:ident, $statement:expr) => {{
        let conn = &mut *$inserter.conn;
        $crate::store::sql::connection::on!(conn, $statement.execute(conn))?;
    }};
}

/// Inserts a row into `$table` for each of `$items`, numbered from 0. The columns are an expression that may use `?`.
macro_rules! insert_each {
    ($inserter:ident, $table:ident, $items:expr, |$item:ident| $columns:expr) => {
        for (position, $item) in (0_i32..).zip($items) {
            let key = ($table::rid.eq($inserter.rid), $table::position.eq(position));
            let columns = $columns;
            run!($inserter, diesel::insert_into($table::table).values((key, columns)));
        }
    };
}

/// The columns of a [`Concept`](super::element::Concept).
macro_rules! concept_columns {
    ($table:ident, $concept:expr) => {
        (
            $table::system.eq(&$concept.system),
            $table::code.eq(&$concept.code),
            $table::text.eq(&$concept.text),
        )
    };
}

/// The columns of a [`Reason`](super::element::Reason).
macro_rules! reason_columns {
    ($inserter:ident, $table:ident, $reason:expr) => {{
        let (concept, target) = match $reason {
            Reason::Concept(concept) => (Some(concept), None),
            Reason::Reference(target) => (None, Some(target)),
        };
        (
            $table::system.eq(concept.and_then(|concept| concept.system.as_ref())),
            $table::code.eq(concept.and_then(|concept| concept.code.as_ref())),
            $table::text.eq(concept.and_then(|concept| concept.text.as_ref())),
            $table::reference.eq($inserter.number_of(target)?),
        )
    }};
}

/// The columns of a [`Period`](super::time::Period).
macro_rules! period_columns {
    ($table:ident, $period:expr) => {
        (
            $table::started.eq(&$period.started),
            $table::ended.eq(&$period.ended),
            $table::started_us.eq($period.started_us),
            $table::ended_us.eq($period.ended_us),
        )
    };
}

pub(super) use {concept_columns, insert_each, period_columns, reason_columns, run};
