//! What a query asks for, after every name in it was found among the types of FHIR: nothing in a plan needs to be checked again.

mod arguments;
mod conflicts;
mod directives;
mod elements;
mod planner;
mod searches;

use fhir_model::Position;
use fhir_model::types::TypeId;
use fhirpath::Expression;

pub(crate) use self::planner::{Planner, Scope, graphql_name};

/// A field with everything below it.
#[derive(Debug)]
pub(crate) struct Selected {
    /// The name in the answer.
    pub(crate) key: String,
    pub(crate) place: Position,
    /// Only where the resource or element is of this type.
    pub(crate) only: Option<TypeId>,
    pub(crate) shape: Shape,
    pub(crate) what: What,
    /// What of each value is wanted; empty for what has no parts.
    pub(crate) fields: Vec<Selected>,
    /// Name, arguments and directives: what must be the same for two fields of one key.
    signature: String,
    /// The name of the type of the values.
    type_name: String,
}

/// The directives that change how the answer looks (R4 graphql.html, Data Flattening Directives).
#[derive(Debug, Default)]
pub(crate) struct Shape {
    /// `@flatten`: the parts stand where the field would.
    pub(crate) flatten: bool,
    /// `@first`: the first value alone.
    pub(crate) first: bool,
    /// `@singleton`: one value, not a list.
    pub(crate) singleton: bool,
    /// `@slice(path:)`: evaluated on the parent, gives for each value what its name ends in.
    pub(crate) slice: Option<Expression>,
}

/// What a field stands for.
#[derive(Debug)]
pub(crate) enum What {
    /// `__typename`
    TypeName,
    /// `resourceType`
    ResourceType,
    /// An element.
    Element(ElementField),
    /// `resource` of a Reference: what it leads to.
    Resolve {
        /// Whether nothing is said where it leads nowhere.
        optional: bool,
        /// Only resources of this type.
        kind: Option<TypeId>,
    },
    /// `Patient(id: ...)`
    Read { kind: String, id: String },
    /// `PatientList(...)`
    List(Search),
    /// `PatientConnection(...)`
    Connection(Search),
    /// A field of a connection.
    OfConnection(ConnectionField),
    /// `mode` or `score` of an edge.
    OfEdge(&'static str),
    /// `resource` of an edge.
    EdgeResource,
}

/// An element of a resource or data type.
#[derive(Debug)]
pub(crate) struct ElementField {
    /// The name of the member in JSON: `valueQuantity`, `_birthDate`.
    pub(crate) member: String,
    /// Whether it is an array in JSON.
    pub(crate) is_list: bool,
    /// Whether its values have no parts.
    pub(crate) is_primitive: bool,
    pub(crate) type_id: TypeId,
    pub(crate) chosen: Chosen,
}

/// Which values of a list are wanted (R4 graphql.html, List Navigation).
#[derive(Debug, Default)]
pub(crate) struct Chosen {
    /// Names of parts with the text that one of their values must be.
    pub(crate) filters: Vec<(String, String)>,
    /// Evaluated on the parent, gives those that are wanted.
    pub(crate) fhirpath: Option<Expression>,
    pub(crate) offset: usize,
    pub(crate) count: Option<usize>,
}

/// A search of one type.
#[derive(Debug)]
pub(crate) struct Search {
    pub(crate) kind: String,
    pub(crate) parameters: Vec<(String, String)>,
    /// The reference parameter that points to the resource around the field.
    pub(crate) reference: Option<String>,
    /// Where a connection goes on.
    pub(crate) cursor: Option<String>,
    /// Must be true of a match.
    pub(crate) fhirpath: Option<Expression>,
    /// `_count`
    pub(crate) count: Option<usize>,
}

/// The fields of a connection that are not edges, and the edges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ConnectionField {
    Count,
    Offset,
    PageSize,
    /// The cursor of the page with this relation.
    Page(&'static str),
    Edges,
}
