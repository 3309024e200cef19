//! A search, typed: every parameter resolved against the registry, every value parsed. What cannot be
//! honoured never gets here: it is refused while parsing, or listed in [`Query::ignored`] under lenient handling.

use std::sync::Arc;

use crate::keys::Target;
use crate::parameters::ParameterId;

/// A search of one type or of the whole system (R4 Search).
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    /// The resource types searched; one for a type-level search.
    pub types: Vec<Box<str>>,
    /// All must hold.
    pub clauses: Vec<Clause>,
    /// The order, most significant first; empty means newest first.
    pub sort: Vec<Sort>,
    /// Matches on a page.
    pub count: usize,
    /// Whether to count all matches.
    pub total: Total,
    /// `_summary=count`: only the number of matches is wanted.
    pub only_count: bool,
    /// How much of each match is wanted (`_summary`).
    pub summary: Summary,
    /// `_elements`: the elements wanted, each as written; empty means all.
    pub elements: Vec<Box<str>>,
    /// `_include`: resources that matches refer to.
    pub includes: Vec<Include>,
    /// `_revinclude`: resources that refer to matches.
    pub rev_includes: Vec<Include>,
    /// The parameters that were applied, as given, in order: the `self` link.
    pub applied: Vec<(String, String)>,
    /// The parameters left out under `Prefer: handling=lenient`, each with the reason.
    pub ignored: Vec<Ignored>,
    /// Whether contained resources are searched (`_contained`). Then [`Query::types`] has kinds of them (see [`crate::contained`]),
    /// or all types are searched for what contains them.
    pub contained: bool,
    /// References by id alone, where several types can have that id: R4 asks to refuse the search if more than one has.
    pub bare_ids: Vec<BareId>,
}

impl Query {
    /// The search for resources of these types that fulfil the clauses, `count` on a page, newest first and nothing besides.
    pub fn matching(types: Vec<Box<str>>, clauses: Vec<Clause>, count: usize) -> Self {
        Self {
            types,
            clauses,
            sort: Vec::new(),
            count,
            total: Total::None,
            only_count: false,
            summary: Summary::False,
            elements: Vec::new(),
            includes: Vec::new(),
            rev_includes: Vec::new(),
            applied: Vec::new(),
            ignored: Vec::new(),
            contained: false,
            bare_ids: Vec::new(),
        }
    }
}

/// A reference by id alone to one of several types.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BareId {
    /// The parameter as it is named in the query.
    pub name: Box<str>,
    /// The id.
    pub id: Box<str>,
    /// The types that it may be the id of, at least two.
    pub types: Vec<Box<str>>,
}

/// A parameter that was not applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ignored {
    /// As in the query: name with modifier.
    pub name: String,
    /// Why it is not applied.
    pub reason: String,
}

/// `_total`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Total {
    /// No number, unless it is known for free.
    None,
    /// Exact, or absent.
    Accurate,
}

/// `_summary`, but for `count`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Summary {
    /// The whole resource.
    #[default]
    False,
    /// The elements that the definitions mark as summary.
    True,
    /// Narrative, id, meta and mandatory elements.
    Text,
    /// Everything but the narrative.
    Data,
}

/// One condition on a resource.
#[derive(Clone, Debug, PartialEq)]
pub enum Clause {
    /// A search parameter of the type.
    Parameter {
        /// The parameter.
        parameter: ParameterId,
        /// The values, of which one must fit.
        test: Test,
    },
    /// `_id`: one of these ids.
    Id(Vec<Box<str>>),
    /// The resource itself: the owner of a compartment, which is in it.
    Resource {
        /// The resource type.
        kind: Box<str>,
        /// The id.
        id: Box<str>,
    },
    /// `_lastUpdated`: one of these.
    LastUpdated(Vec<DateTest>),
    /// A chain: the reference parameter points to a resource of `target` for which the clause holds.
    Chain {
        /// The reference parameter of the type searched.
        reference: ParameterId,
        /// The type pointed to.
        target: Box<str>,
        /// What must hold there.
        clause: Box<Clause>,
    },
    /// A reverse chain (`_has`): a resource of `source` points here and fulfils the clause.
    Has {
        /// The type that points here.
        source: Box<str>,
        /// Its reference parameter.
        reference: ParameterId,
        /// What must hold there.
        clause: Box<Clause>,
    },
    /// At least one must hold: a chain whose target can be of several types, `,` between clauses of different kinds, a
    /// compartment. None holds if there are none.
    Any(Vec<Clause>),
    /// All must hold.
    All(Vec<Clause>),
    /// The resource is of one of these types, and all must hold.
    Of {
        /// The types.
        types: Vec<Box<str>>,
        /// What must hold.
        clauses: Vec<Clause>,
    },
    /// The clause does not hold (`:not`, `:not-in`, `not` of `_filter`). A resource without a value passes.
    Not(Box<Clause>),
    /// The resource has at least one element that the parameter selects (`:missing=false`; `:missing=true` is its negation).
    Present(ParameterId),
    /// `_text` and `_content`: all words occur there.
    Words {
        /// Where.
        scope: TextScope,
        /// As [`words`](crate::text::words) gives them; not empty.
        words: Vec<Box<str>>,
    },
}

/// The text that full-text search looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TextScope {
    /// `_text`: the narrative.
    Narrative,
    /// `_content`: all texts of the resource, the narrative among them.
    Content,
}

/// The values of one parameter; the resource fits if one of them does.
#[derive(Clone, Debug, PartialEq)]
pub enum Test {
    /// Hashes of token variants.
    Token(Vec<i64>),
    /// Targets of references.
    Reference(Vec<Target>),
    /// Dates.
    Date(Vec<DateTest>),
    /// Numbers and quantities.
    Quantity(Vec<QuantityTest>),
    /// Strings.
    String(Vec<StringTest>),
    /// References along a hierarchy (`:above`, `:below`): the parameter points to one of the targets, or to what is above or below
    /// one by any number of steps of `along`.
    Hierarchy {
        /// Where to begin.
        targets: Vec<Target>,
        /// The parameter by which a resource of the target type points to the one above it: Location's `partof`.
        along: ParameterId,
        /// Which way.
        direction: Direction,
    },
    /// References to canonical urls of a version or one that goes on from it (`:below`): `url|1` is that of `url|1.2` too, see
    /// [`is_of_version`](crate::canonical::is_of_version).
    Versions(Vec<Box<str>>),
    /// Uris.
    Uri(Vec<UriTest>),
    /// Composites.
    Composite(Vec<CompositeTest>),
    /// Positions near a place (`near` of Location).
    Near(Vec<NearTest>),
}

/// Up or down a hierarchy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// `:above`
    Above,
    /// `:below`
    Below,
}

/// A uri to compare with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UriTest {
    /// The same text.
    Equal(Box<str>),
    /// The text itself, or what begins with it and goes on with `/` (or anything, if it ends in `/`).
    Below(Box<str>),
    /// A canonical of this version or of one that goes on from it, see [`is_of_version`](crate::canonical::is_of_version).
    Version(Box<str>),
    /// Another text. A canonical without version is none other than one of the same url with a version, of which it may be
    /// said.
    Other(Box<str>),
}

/// A place and a distance from it, along the surface of the Earth taken as a sphere (`crate::near::distance`).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NearTest {
    /// Degrees, -90 to 90.
    pub latitude: f64,
    /// Degrees, -180 to 180.
    pub longitude: f64,
    /// The greatest distance.
    pub metres: f64,
}

/// The prefixes of R4 search.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Comparison {
    /// The range of the query contains the value.
    Equal,
    /// The range of the query does not contain the value.
    NotEqual,
    /// Part of the value is greater.
    Greater,
    /// Part of the value is less.
    Less,
    /// Greater or equal.
    GreaterOrEqual,
    /// Less or equal.
    LessOrEqual,
    /// The whole value is greater.
    StartsAfter,
    /// The whole value is less.
    EndsBefore,
    /// The ranges overlap, the range of the query having been widened by the parser.
    Approximately,
}

/// A date to compare with, as a period in microseconds: `low` included, `high` excluded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DateTest {
    /// How.
    pub comparison: Comparison,
    /// First microsecond.
    pub low: i64,
    /// First microsecond after.
    pub high: i64,
}

/// A number to compare with: for Equal, NotEqual and Approximately the range that the digits imply (low included, high excluded);
/// for the others the exact value in `value`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct QuantityTest {
    /// How.
    pub comparison: Comparison,
    /// 0 for any unit; else the hash of a unit variant.
    pub unit: i64,
    /// The value as given.
    pub value: f64,
    /// Lower end of the implied range.
    pub low: f64,
    /// Upper end of the implied range.
    pub high: f64,
}

/// A string to compare with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StringTest {
    /// The folded value contains this folded text (`:contains`).
    Contains(Box<str>),
    /// The folded value starts with this folded text.
    StartsWith(Box<str>),
    /// The folded value ends with this folded text (`ew` of `_filter`).
    EndsWith(Box<str>),
    /// The folded value is this folded text (`eq` of `_filter`).
    Equal(Box<str>),
    /// The folded value stands at `from` or behind it and before `to`, compared byte by byte (`ne` and `gt` of `_filter`).
    Between {
        /// The first text.
        from: Box<str>,
        /// The first text behind the last.
        to: Box<str>,
    },
    /// The value as written has this hash, and this folded text.
    Exact {
        /// Folded text.
        folded: Box<str>,
        /// Hash of the text as written.
        exact: i64,
    },
}

/// A composite to compare with.
#[derive(Clone, Debug, PartialEq)]
pub enum CompositeTest {
    /// All components are compared for equality.
    Equal {
        /// Hash over the components.
        hash: i64,
    },
    /// The last component is a date; microseconds as in [`DateTest`].
    Date {
        /// Hash over the other components.
        hash: i64,
        /// The date.
        test: DateTest,
    },
    /// The last component is a number or quantity; its unit is part of the hash.
    Quantity {
        /// Hash over the other components and the unit.
        hash: i64,
        /// The value.
        test: QuantityTest,
    },
    /// The last component is a string: its key stands among the strings, behind the hash in hexadecimal.
    String(StringTest),
}

/// One key of `_sort`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sort {
    /// What to sort by.
    pub by: SortBy,
    /// Greatest first.
    pub descending: bool,
}

/// What a search can be sorted by. Resources without a value come last in both directions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SortBy {
    /// `_id`
    Id,
    /// `_lastUpdated`
    LastUpdated,
    /// A parameter whose keys are dates.
    Date(ParameterId),
    /// A parameter whose keys are numbers or quantities (sorted by value; units are not converted).
    Quantity(ParameterId),
    /// A parameter whose keys are strings.
    String(ParameterId),
    /// A parameter whose keys are uris.
    Uri(ParameterId),
    /// A token or reference parameter: by [`SortText`](crate::keys::SortText).
    Text(ParameterId),
    /// In a search of several types the parameters of one code, one of each type, whose values are compared alike.
    Shared {
        /// By what the values of each are compared.
        by: SharedOrder,
        /// The parameters, at least two; a resource has keys of that of its own type only.
        parameters: Arc<[ParameterId]>,
    },
}

/// The order of parameters that several types share: as that of [`SortBy`] of the same name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the variants are those of SortBy")]
pub enum SharedOrder {
    Date,
    Quantity,
    String,
    Uri,
    Text,
}

/// `_include` or `_revinclude`, resolved: for `_include` from matches of `source` along `parameter`; for `_revinclude`
/// resources of `source` whose `parameter` points to a match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Include {
    /// The type that holds the reference.
    pub source: Box<str>,
    /// Its reference parameters (`*` means all of them).
    pub parameters: Vec<ParameterId>,
    /// Only targets of this type.
    pub target: Option<Box<str>>,
    /// `:iterate`: also from resources that were themselves included.
    pub iterate: bool,
}
