//! Value sets: what a definition says, compiled for look-ups.

mod compile;
mod ecl;
mod evaluate;
mod expansion;
mod gaps;
mod implicit;
mod list;

use std::sync::Arc;

pub(crate) use evaluate::{Asked, Evaluation};
use expansion::Expansion;
use foldhash::{HashMap, HashSet};
pub(crate) use gaps::{gaps, gaps_of};
pub use list::ListedCode;
pub(crate) use list::list;

use crate::code_systems::Source;
use crate::not_checked::NotChecked;

/// A value set: all that is included and not excluded; where that cannot be told, what its expansion says.
#[derive(Debug)]
pub(crate) struct ValueSet {
    pub(crate) url: Arc<str>,
    include: Vec<Selection>,
    exclude: Vec<Selection>,
    expansion: Option<Expansion>,
    /// How the definition is malformed.
    defect: Option<&'static str>,
}

/// Codes with the displays that a value set gives them.
type DisplayByCode = HashMap<Box<str>, Option<Box<str>>>;

/// One `include` or `exclude`: the codes of a system that are also in all imported value sets.
#[derive(Debug)]
struct Selection {
    system: Option<Box<str>>,
    codes: Codes,
    /// Canonicals of value sets.
    imports: Vec<Box<str>>,
}

/// The codes of a selection, imports aside.
#[derive(Debug)]
enum Codes {
    /// All: the imports alone decide.
    All,
    /// All of a code system.
    Whole(Source),
    /// Those that are named, with the displays given here; the source knows about their case.
    Named { codes: DisplayByCode, source: Option<Source> },
    /// Those concepts of a listed code system that pass the filters.
    Filtered { source: Source, concepts: HashSet<usize> },
    /// The units of UCUM that measure the same as this one.
    UnitsLike(Box<str>),
    /// Those that are named, and others that cannot be told here.
    Open { known: HashSet<Box<str>>, source: Option<Source>, reason: NotChecked },
}
