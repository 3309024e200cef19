//! The statements of a search: rows from a source, tested for the other conditions, in the order asked for.

use fhir_search::query::{Sort, SortBy};

use super::keyset::{Direction, behind, order_by};
use super::order::{self, Column, Kind, Position, columns, index_columns, rid_column};
use crate::store::StoreError;
use crate::store::query::{Bound, Condition, Fragment, Row, Source, Types};
use crate::store::sql::dialect::{BY_NO_INDEX, JOIN, by_index, by_primary_key};

/// A search with its names resolved.
#[derive(Clone)]
pub(super) struct Search<'a> {
    pub(super) types: Types,
    /// All must hold.
    pub(super) conditions: Vec<Condition>,
    pub(super) sort: &'a [Sort],
    /// No resource has several values of the first key of `sort`, which is a date.
    pub(super) single: bool,
}

/// A statement that is missing only its position and limit.
pub(super) struct Select {
    from: Fragment,
    conditions: Vec<Fragment>,
    /// What names the number of the resource.
    rid: &'static str,
    columns: Vec<Column>,
}

impl Select {
    /// One more condition.
    pub(super) fn and(mut self, condition: Fragment) -> Self {
        self.conditions.push(condition);
        self
    }

    /// The numbers of the resources, read in a direction: from the position in the columns, or from the end.
    pub(super) fn page(mut self, direction: Direction, from_position: bool, limit: usize) -> Fragment {
        if from_position {
            self.conditions.push(behind(&self.columns, direction));
        }
        let order = order_by(&self.columns, direction.is_reverse());
        Fragment::text(format!("SELECT {} FROM ", self.rid))
            .append(self.from)
            .push(" WHERE ")
            .append(Fragment::all(self.conditions))
            .push(" ORDER BY ")
            .append(order)
            .append(limited(limit))
    }

    /// How many rows there are.
    pub(super) fn count(self) -> Fragment {
        Fragment::text("SELECT count(*) FROM ")
            .append(self.from)
            .push(" WHERE ")
            .append(Fragment::all(self.conditions))
    }
}

/// The numbers of the resources of several selects of different resources, merged in the order that all have.
pub(super) fn merged_selects(
    mut selects: Vec<Select>,
    direction: Direction,
    from_position: bool,
    limit: usize,
) -> Fragment {
    if selects.len() == 1
        && let Some(only) = selects.pop()
    {
        return only.page(direction, from_position, limit);
    }
    let mut order = Vec::new();
    let mut arms = Vec::with_capacity(selects.len());
    for select in selects {
        let names = (0..).map(|index| format!("o{index}"));
        let columns: Vec<(String, Column)> = names.zip(select.columns).collect();
        let mut conditions = select.conditions;
        if from_position {
            let columns: Vec<Column> = columns.iter().map(|(_, column)| column.clone()).collect();
            conditions.push(behind(&columns, direction));
        }
        let mut arm = Fragment::text(format!("{ARM}SELECT {} AS rid", select.rid));
        for (name, column) in &columns {
            arm = arm.push(", ").append(column.expression.clone()).push(&format!(" AS {name}"));
        }
        order = columns
            .into_iter()
            .map(|(name, column)| Column { expression: Fragment::text(name), ..column })
            .collect::<Vec<_>>();
        let arm = arm.push(" FROM ").append(select.from).push(" WHERE ").append(Fragment::all(conditions));
        arms.push(arm.append(end_of_arm(order_by(&order, direction.is_reverse()), limit)));
    }
    // The limit is within: SQLite merges the selects only where what they are ordered by is part of the result.
    Fragment::text("SELECT rid FROM (")
        .append(Fragment::join(arms, " UNION ALL "))
        .push(" ORDER BY ")
        .append(order_by(&order, direction.is_reverse()))
        .append(limited(limit))
        .push(") AS m")
}

/// What stands before and behind each of several selects that are merged. SQLite reads all at once in their order, as far as it must;
/// PostgreSQL would read each to its end and sort, unless each is told how much is wanted of it.
const ARM: &str = "{|(}";

/// `order` names columns of the result.
fn end_of_arm(order: Fragment, limit: usize) -> Fragment {
    let limit = Bound::from(i64::try_from(limit).unwrap_or(i64::MAX)).for_postgres();
    Fragment::text("{| ORDER BY ").append(order).append(Fragment::new(" LIMIT ?)}", [limit]))
}

fn limited(limit: usize) -> Fragment {
    Fragment::new(" LIMIT ?", [i64::try_from(limit).unwrap_or(i64::MAX).into()])
}

/// The conditions except one, which the rows come from.
fn probes(search: &Search<'_>, except: Option<usize>, rid: &str) -> Vec<Fragment> {
    let row = Row::searched(rid);
    let others = search.conditions.iter().enumerate().filter(|(index, _)| Some(*index) != except);
    others.map(|(_, condition)| condition.probe(&row)).collect()
}

fn probes_read_current(search: &Search<'_>, except: Option<usize>) -> bool {
    let mut others = search.conditions.iter().enumerate().filter(|(index, _)| Some(*index) != except);
    others.any(|(_, condition)| condition.reads_current())
}

/// All resources of the types. Without `_sort` they come in the order of an index, otherwise all are sorted.
pub(super) fn of_types(search: &Search<'_>, start: Option<&Position>) -> Select {
    let index = match search.types.codes() {
        [_] => by_index("current_of_type"),
        _ => BY_NO_INDEX.to_owned(),
    };
    Select {
        from: with_ids(Fragment::text(format!("current AS c{index}")), search.sort),
        conditions: [vec![search.types.live("c")], probes(search, None, "c.rid")].concat(),
        rid: "c.rid",
        columns: [columns(search.sort, start), vec![rid_column("c.rid", search.sort, start)]].concat(),
    }
}

/// All resources of the types in the order of time, the first key of `_sort`.
pub(super) fn by_time(search: &Search<'_>, start: Option<&Position>) -> Select {
    let index = match search.types.codes() {
        [_] => by_index("current_by_time"),
        _ => String::new(),
    };
    Select {
        from: with_ids(Fragment::text(format!("current AS c{index}")), search.sort),
        ..of_types(search, start)
    }
}

/// All resources of the types in the order of ids, the first key of `_sort`.
pub(super) fn by_id(search: &Search<'_>, start: Option<&Position>) -> Select {
    let select = of_types(search, start);
    Select {
        from: Fragment::text(format!("resource_id AS i{JOIN}current AS c ON c.rid = i.rid")),
        ..select.and(search.types.condition("i"))
    }
}

/// The resources that have the first key of `_sort`, in the order of its index table: each once, at its leading key. Several selects
/// where the rows are those of a condition on the same dates.
pub(super) fn by_key(
    search: &Search<'_>,
    kind: Kind,
    parameter: i32,
    start: Option<&Position>,
) -> Result<Vec<Select>, StoreError> {
    let descending = search.sort.first().is_some_and(|key| key.descending);
    let (table, leads, names) = match kind {
        Kind::Date => ("ix_date", "date_leads(c.{keys|rid}, ?, ?, s.low, s.high)", ["low", "high"]),
        Kind::Quantity => {
            ("ix_quantity", "quantity_leads(c.{keys|rid}, ?, ?, s.low, s.high)", ["low", "high"])
        }
        _ => ("ix_string", "string_leads(c.{keys|rid}, ?, ?, s.folded, s.exact)", ["folded", "exact"]),
    };
    let mut columns = index_columns(names, kind, descending, start)?;
    columns.extend(order::columns(search.sort, start).into_iter().skip(1));
    columns.push(rid_column("s.rid", search.sort, start));
    let ranged = ranged(search);
    let mut conditions = probes(search, ranged, "s.rid");
    if !search.single {
        conditions.push(Fragment::new(leads, [parameter.into(), descending.into()]));
    }
    let needs_current = !search.single || search.sort.len() > 1 || probes_read_current(search, ranged);
    let select = |source: Source| {
        let from = if needs_current { with_current(source.from) } else { source.from };
        Select {
            from: with_ids(from, search.sort),
            conditions: [vec![source.condition], conditions.clone()].concat(),
            rid: "s.rid",
            columns: columns.clone(),
        }
    };
    if let Some(driver) = ranged {
        return Ok(rows(search, driver).into_iter().map(select).collect());
    }
    let mut condition = Fragment::new("s.parameter = ?", [parameter.into()]);
    if kind == Kind::Quantity {
        condition = condition.append(Fragment::new(" AND s.unit = ?", [order::ANY_UNIT.into()]));
    }
    // The primary key, which SQLite might not take where it likes another index.
    let from = Fragment::text(format!("{table} AS s{}", by_primary_key(table)));
    Ok(vec![select(Source { from, condition, in_order: false })])
}

/// The condition that is about the first key of `_sort`, if its rows have the values that matches are sorted by: each match
/// has one value, and that fulfils the condition.
pub(super) fn ranged(search: &Search<'_>) -> Option<usize> {
    let (_, parameter) = search.sort.first().and_then(|key| Kind::of_one(&key.by))?;
    let is_about = |condition: &Condition| {
        condition.is_unique() && condition.dates().is_some_and(|dates| dates.parameter == parameter)
    };
    if search.single { search.conditions.iter().position(is_about) } else { None }
}

/// The resources that do not have the first key of `_sort`, in the order of the others.
pub(super) fn without_key(search: &Search<'_>, start: Option<&Position>) -> Select {
    let select = of_types(search, start);
    let mut columns = select.columns.into_iter();
    let conditions = columns.next().map(|first| first.expression.push(" IS NULL"));
    Select {
        conditions: select.conditions.into_iter().chain(conditions).collect(),
        columns: columns.collect(),
        ..select
    }
}

/// The rows of one condition, sorted; a resource that has several comes several times in a row.
pub(super) fn collected(search: &Search<'_>, driver: usize, start: Option<&Position>) -> Select {
    let sources = rows(search, driver).into_iter().map(Source::select);
    from_rows(search, driver, start, Fragment::union_all(sources.collect()))
}

/// The same with each resource once, which costs a table of all.
pub(super) fn collected_once(search: &Search<'_>, driver: usize, start: Option<&Position>) -> Select {
    let sources = rows(search, driver).into_iter().map(Source::select);
    let all = Fragment::text("SELECT DISTINCT s.rid FROM (")
        .append(Fragment::union_all(sources.collect()))
        .push(") AS s");
    from_rows(search, driver, start, all)
}

fn from_rows(search: &Search<'_>, driver: usize, start: Option<&Position>, rows: Fragment) -> Select {
    let rows = Fragment::text("(").append(rows).push(") AS s");
    let needs_current = !search.sort.is_empty() || probes_read_current(search, Some(driver));
    let from = if needs_current { with_current(rows) } else { rows };
    Select {
        from: with_ids(from, search.sort),
        conditions: probes(search, Some(driver), "s.rid"),
        rid: "s.rid",
        columns: [columns(search.sort, start), vec![rid_column("s.rid", search.sort, start)]].concat(),
    }
}

/// The rows of a condition that a plan was made for, and which so has some.
fn rows(search: &Search<'_>, driver: usize) -> Vec<Source> {
    search.conditions.get(driver).and_then(|condition| condition.sources().rows()).unwrap_or_default()
}

/// The keys of the parameter of a condition that fit, in the order of resources, newest first; read from a position on.
pub(super) fn scanned(
    search: &Search<'_>,
    driver: usize,
    direction: Direction,
    start: Option<&Position>,
    limit: usize,
) -> Fragment {
    let mut sources = search.conditions.get(driver).and_then(Condition::scan).unwrap_or_default();
    match (sources.pop(), sources.as_slice()) {
        (Some(source), []) => {
            let column = rid_column("s.rid", search.sort, start);
            let select =
                Select { columns: vec![column], rid: "DISTINCT s.rid", ..arm(search, driver, source) };
            select.page(direction, start.is_some(), limit)
        }
        (last, _) => {
            sources.extend(last);
            merged_sources(search, driver, sources, direction, start, limit)
        }
    }
}

/// How many resources fulfil all conditions, from the rows of one.
pub(super) fn count_collected(search: &Search<'_>, driver: usize) -> Fragment {
    let sources = rows(search, driver);
    if search.conditions.get(driver).is_some_and(Condition::is_unique) {
        // The rows are the resources: nothing to sort out, and mostly nothing to look up.
        let counts = sources
            .into_iter()
            .map(|source| Fragment::text("(").append(arm(search, driver, source).count()).push(")"));
        return Fragment::text("SELECT ").append(Fragment::join(counts, " + "));
    }
    collected_once(&Search { sort: &[], ..search.clone() }, driver, None).count()
}

/// The rows of one condition whose sources all have the order of resources, merged, newest first; read from a position on.
pub(super) fn merged(
    search: &Search<'_>,
    driver: usize,
    direction: Direction,
    start: Option<&Position>,
    limit: usize,
) -> Fragment {
    merged_sources(search, driver, rows(search, driver), direction, start, limit)
}

fn merged_sources(
    search: &Search<'_>,
    driver: usize,
    sources: Vec<Source>,
    direction: Direction,
    start: Option<&Position>,
    limit: usize,
) -> Fragment {
    let column = [rid_column("s.rid", search.sort, start)];
    let order = if direction.is_reverse() { "rid" } else { "rid DESC" };
    let is_alone = sources.len() == 1;
    let arms = sources.into_iter().map(|source| {
        let mut arm = arm(search, driver, source);
        if start.is_some() {
            arm.conditions.push(behind(&column, direction));
        }
        let rows = Fragment::text("s.rid AS rid FROM ").append(arm.from).push(" WHERE ");
        let rows = rows.append(Fragment::all(arm.conditions));
        match is_alone {
            true => Fragment::text("SELECT ").append(rows),
            false => Fragment::text(format!("{ARM}SELECT {{|DISTINCT }}"))
                .append(rows)
                .append(end_of_arm(Fragment::text(order), limit)),
        }
    });
    Fragment::join(arms, " UNION ").push(" ORDER BY ").push(order).append(limited(limit))
}

fn arm(search: &Search<'_>, driver: usize, source: Source) -> Select {
    let needs_current = probes_read_current(search, Some(driver));
    Select {
        from: if needs_current { with_current(source.from) } else { source.from },
        conditions: [vec![source.condition], probes(search, Some(driver), "s.rid")].concat(),
        rid: "s.rid",
        columns: Vec::new(),
    }
}

/// Adds the row of `current`, as `c`, for each row of `s`.
fn with_current(from: Fragment) -> Fragment {
    from.push(JOIN).push("current AS c ON c.rid = s.rid")
}

/// Adds the ids, as `i`, where a key of `_sort` needs them.
fn with_ids(from: Fragment, sort: &[Sort]) -> Fragment {
    if sort.iter().any(|key| key.by == SortBy::Id) {
        from.push(JOIN).push("resource_id AS i ON i.rid = c.rid")
    } else {
        from
    }
}
