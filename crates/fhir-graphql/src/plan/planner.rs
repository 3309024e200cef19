//! From a document to a plan: scopes, fragments and what a field name means in each scope.

use std::rc::Rc;

use fhir_model::Position;
use fhir_model::types::{TypeId, TypeKind, TypeModel};

use super::{ConnectionField, Selected, Shape, What, conflicts};
use crate::document::{Document, Field, Selection, Value};
use crate::error::GraphQlError;
use crate::limits::Limits;
use crate::variables::Variables;

/// What the names of fields are looked up in.
#[derive(Clone)]
pub(crate) enum Scope<'m> {
    /// All that the server has.
    System,
    /// An element or resource of a type; `targets` are the types that a Reference may lead to, none for any.
    Type { id: TypeId, targets: &'m [Box<str>] },
    /// A resource of one of several types.
    AnyOf(Rc<[TypeId]>),
    /// The connection of a type.
    Connection(TypeId),
    /// An edge of it.
    Edge(TypeId),
}

impl Scope<'_> {
    pub(crate) fn of(id: TypeId) -> Self {
        Self::Type { id, targets: &[] }
    }
}

/// Plans one query.
pub(crate) struct Planner<'q> {
    pub(super) model: &'q TypeModel,
    pub(super) variables: &'q Variables,
    document: &'q Document,
    pub(super) limits: &'q Limits,
    errors: Vec<GraphQlError>,
    /// Whether a limit was reached, so that nothing more is planned.
    is_over: bool,
    fields: usize,
    aliases: usize,
    /// The fragments that are being planned, outermost first.
    open: Vec<&'q str>,
    /// The resource types that have instances.
    all_types: Rc<[TypeId]>,
}

impl<'q> Planner<'q> {
    pub(crate) fn new(
        model: &'q TypeModel,
        document: &'q Document,
        variables: &'q Variables,
        limits: &'q Limits,
    ) -> Self {
        let concrete = model.iter().filter(|(_, info)| info.kind == TypeKind::Resource && !info.is_abstract);
        Self {
            model,
            variables,
            document,
            limits,
            errors: Vec::new(),
            is_over: false,
            fields: 0,
            aliases: 0,
            open: Vec::new(),
            all_types: concrete.map(|(id, _)| id).collect(),
        }
    }

    /// Plans the selections of an operation.
    ///
    /// # Errors
    /// All that is wrong with them, in the order of the text.
    pub(crate) fn plan(
        mut self,
        scope: &Scope<'q>,
        selections: &'q [Selection],
    ) -> Result<Vec<Selected>, Vec<GraphQlError>> {
        let fields = self.selections(scope, selections, 1);
        self.errors.dedup();
        if self.errors.is_empty() { Ok(fields) } else { Err(self.errors) }
    }

    pub(super) fn fail(&mut self, error: GraphQlError) {
        self.errors.push(error);
    }

    fn give_up(&mut self, place: Position, text: String) {
        if !self.is_over {
            self.is_over = true;
            self.errors.clear();
            self.fail(GraphQlError::too_costly(Some(place), text));
        }
    }

    /// The fields between braces, checked for contradictions.
    pub(super) fn selections(
        &mut self,
        scope: &Scope<'q>,
        selections: &'q [Selection],
        depth: usize,
    ) -> Vec<Selected> {
        let mut fields = Vec::new();
        self.collect(scope, selections, None, depth, &mut fields);
        if let Some(error) = conflicts::find(&fields, self.model) {
            self.fail(error);
        }
        fields
    }

    fn collect(
        &mut self,
        scope: &Scope<'q>,
        selections: &'q [Selection],
        only: Option<TypeId>,
        depth: usize,
        out: &mut Vec<Selected>,
    ) {
        for selection in selections {
            match selection {
                Selection::Field(field) => {
                    if self.is_included(&field.directives) && self.is_within(field, depth) {
                        self.field(scope, field, only, depth, out);
                    }
                }
                Selection::Inline { place, condition, directives, selections } => {
                    if self.is_included(directives) {
                        self.fragment(scope, condition.as_deref(), selections, *place, only, depth, out);
                    }
                }
                Selection::Spread { place, name, directives } => {
                    if self.is_included(directives) {
                        self.spread(scope, name, *place, only, depth, out);
                    }
                }
            }
            if self.is_over {
                return;
            }
        }
    }

    /// Counts a field; false where that is one too many.
    fn is_within(&mut self, field: &Field, depth: usize) -> bool {
        self.fields += 1;
        self.aliases += usize::from(field.alias.is_some());
        let Limits { depth: levels, fields, aliases, .. } = *self.limits;
        let over = [
            (depth > levels, format!("fields are nested more than {levels} levels deep")),
            (
                self.fields > fields,
                format!(
                    "the query has more than {fields} fields, with fragments put in their place, once for each type that a resource may be of; ask for types with '... on'"
                ),
            ),
            (self.aliases > aliases, format!("the query has more than {aliases} aliases")),
        ];
        if let Some((_, text)) = over.into_iter().find(|(is_over, _)| *is_over) {
            self.give_up(field.place, text);
        }
        !self.is_over
    }

    fn spread(
        &mut self,
        scope: &Scope<'q>,
        name: &'q str,
        place: Position,
        only: Option<TypeId>,
        depth: usize,
        out: &mut Vec<Selected>,
    ) {
        let Some(fragment) = self.document.fragments.iter().find(|fragment| fragment.name == name) else {
            return self.fail(GraphQlError::invalid(place, format!("there is no fragment '{name}'")));
        };
        if self.open.contains(&name) {
            let text = format!("the fragment '{name}' contains itself");
            return self.fail(GraphQlError::invalid(place, text));
        }
        self.open.push(name);
        self.fragment(scope, Some(&fragment.condition), &fragment.selections, place, only, depth, out);
        self.open.pop();
    }

    #[expect(clippy::too_many_arguments, reason = "a fragment is a field's scope with a condition")]
    fn fragment(
        &mut self,
        scope: &Scope<'q>,
        condition: Option<&str>,
        selections: &'q [Selection],
        place: Position,
        only: Option<TypeId>,
        depth: usize,
        out: &mut Vec<Selected>,
    ) {
        // Fragments without fields still cost: a bomb can be made of them alone.
        self.fields += 1;
        if self.fields > self.limits.fields {
            return self.give_up(place, format!("the query has more than {} fields", self.limits.fields));
        }
        let Some(condition) = condition else { return self.collect(scope, selections, only, depth, out) };
        match self.narrowed(scope, condition) {
            Ok((scope, narrower)) => self.collect(&scope, selections, narrower.or(only), depth, out),
            Err(text) => self.fail(GraphQlError::invalid(place, text)),
        }
    }

    /// A scope under a type condition, and the type that the condition narrows it to.
    fn narrowed(&self, scope: &Scope<'q>, condition: &str) -> Result<(Scope<'q>, Option<TypeId>), String> {
        let never = || format!("'... on {condition}' never applies here, where {} is", self.name_of(scope));
        match scope {
            Scope::Type { id, .. } => {
                let fits = self.lineage(*id).any(|ancestor| self.graphql_name(ancestor) == condition);
                if fits { Ok((scope.clone(), None)) } else { Err(never()) }
            }
            Scope::AnyOf(types) => {
                let wanted = self.model.id(condition).ok_or_else(never)?;
                if types.contains(&wanted) {
                    return Ok((Scope::of(wanted), Some(wanted)));
                }
                let fitting: Rc<[TypeId]> =
                    types.iter().copied().filter(|id| self.model.is_a(*id, wanted)).collect();
                if fitting.is_empty() { Err(never()) } else { Ok((Scope::AnyOf(fitting), Some(wanted))) }
            }
            other if self.name_of(other) == condition => Ok((other.clone(), None)),
            _ => Err(never()),
        }
    }

    fn lineage(&self, id: TypeId) -> impl Iterator<Item = TypeId> {
        std::iter::successors(Some(id), |id| self.model.get(*id).and_then(|info| info.base))
    }

    /// `PatientContact` for `Patient.contact`: names of GraphQL have no points.
    pub(super) fn graphql_name(&self, id: TypeId) -> String {
        graphql_name(self.model, id)
    }

    pub(super) fn name_of(&self, scope: &Scope<'_>) -> String {
        match scope {
            Scope::System => "Query".to_owned(),
            Scope::Type { id, .. } => self.graphql_name(*id),
            Scope::AnyOf(types) => match types.as_ref() {
                [id] => self.graphql_name(*id),
                few if few.len() <= 5 => {
                    few.iter().map(|id| self.graphql_name(*id)).collect::<Vec<_>>().join(" or ")
                }
                _ => "Resource".to_owned(),
            },
            Scope::Connection(kind) => format!("{}Connection", self.graphql_name(*kind)),
            Scope::Edge(kind) => format!("{}Edge", self.graphql_name(*kind)),
        }
    }

    /// The resource types that a reference with these targets may lead to.
    pub(super) fn any_of(&self, targets: &[Box<str>]) -> Rc<[TypeId]> {
        if targets.is_empty() {
            return self.all_types.clone();
        }
        targets.iter().filter_map(|name| self.model.id(name)).collect()
    }

    /// The concrete resource type of that name.
    pub(super) fn resource_type(&self, name: &str) -> Option<TypeId> {
        self.model.id(name).filter(|id| self.all_types.contains(id))
    }

    /// Plans a field in a scope.
    fn field(
        &mut self,
        scope: &Scope<'q>,
        field: &'q Field,
        only: Option<TypeId>,
        depth: usize,
        out: &mut Vec<Selected>,
    ) {
        if field.name == "__typename" {
            return self.leaf(field, What::TypeName, "String", only, out);
        }
        match scope {
            Scope::System => self.of_system(field, only, depth, out),
            Scope::Type { id, targets } => self.of_type(*id, targets, field, only, depth, out),
            Scope::AnyOf(types) => self.of_any(&types.clone(), field, only, depth, out),
            Scope::Connection(kind) => self.of_connection(*kind, field, only, depth, out),
            Scope::Edge(kind) => self.of_edge(*kind, field, only, depth, out),
        }
    }

    /// A field of a resource of one of several types: it must fit one of them. What all resources have is planned once.
    fn of_any(
        &mut self,
        types: &[TypeId],
        field: &'q Field,
        only: Option<TypeId>,
        depth: usize,
        out: &mut Vec<Selected>,
    ) {
        let common = ["DomainResource", "Resource"].into_iter().filter_map(|name| self.model.id(name));
        let common = common.filter(|id| types.iter().all(|kind| self.model.is_a(*kind, *id)));
        let common: Vec<TypeId> = common.collect();
        if let Some(id) = common.into_iter().find(|id| self.is_field(*id, &field.name)) {
            return self.of_type(id, &[], field, only, depth, out);
        }
        let fitting: Vec<TypeId> =
            types.iter().copied().filter(|id| self.is_field(*id, &field.name)).collect();
        if fitting.is_empty() {
            let text =
                format!("'{}' is no field of {}", field.name, self.name_of(&Scope::AnyOf(types.into())));
            return self.fail(GraphQlError::invalid(field.place, text));
        }
        let (errors, mut planned) = (self.errors.len(), false);
        for id in fitting {
            let (before, selected) = (self.errors.len(), out.len());
            self.of_type(id, &[], field, Some(id), depth, out);
            if self.is_over || !self.is_within(field, depth) {
                return;
            }
            // A field that fits one type may not fit another: `name { family }` is of Patient, not of Organization.
            if self.errors.len() == before {
                planned = true;
            } else {
                out.truncate(selected);
            }
        }
        // Where it fits none, one reason is enough.
        self.errors.truncate(if planned { errors } else { errors + 1 });
    }

    /// A field without parts.
    pub(super) fn leaf(
        &mut self,
        field: &'q Field,
        what: What,
        type_name: &str,
        only: Option<TypeId>,
        out: &mut Vec<Selected>,
    ) {
        if !field.selections.is_empty() {
            let text = format!("'{}' is a {type_name} and has no fields to select", field.name);
            return self.fail(GraphQlError::invalid(field.place, text));
        }
        if let Some(argument) = field.arguments.first() {
            let text = format!("'{}' takes no arguments", field.name);
            return self.fail(GraphQlError::invalid(argument.place, text));
        }
        let Some(shape) = self.shape(field, None) else { return };
        self.push(field, what, type_name, only, shape, Vec::new(), out);
    }

    /// A field with parts.
    #[expect(clippy::too_many_arguments, reason = "all that a field is planned from")]
    pub(super) fn branch(
        &mut self,
        field: &'q Field,
        what: What,
        scope: &Scope<'q>,
        only: Option<TypeId>,
        shape: Shape,
        depth: usize,
        out: &mut Vec<Selected>,
    ) {
        let type_name = self.name_of(scope);
        if field.selections.is_empty() {
            let text = format!(
                "'{}' is a {type_name}: say which of its fields are wanted, as in {} {{ ... }}",
                field.name, field.name
            );
            return self.fail(GraphQlError::invalid(field.place, text));
        }
        let fields = self.selections(scope, &field.selections, depth + 1);
        self.push(field, what, &type_name, only, shape, fields, out);
    }

    #[expect(clippy::too_many_arguments, reason = "all parts of what is pushed")]
    fn push(
        &self,
        field: &Field,
        what: What,
        type_name: &str,
        only: Option<TypeId>,
        shape: Shape,
        fields: Vec<Selected>,
        out: &mut Vec<Selected>,
    ) {
        let arguments: Vec<(&str, Option<Value>)> = field
            .arguments
            .iter()
            .map(|argument| (argument.name.as_str(), self.variables.value_of(argument).ok()))
            .collect();
        let directives: Vec<&str> =
            field.directives.iter().map(|directive| directive.name.as_str()).collect();
        let selected = Selected {
            key: field.alias.clone().unwrap_or_else(|| field.name.clone()),
            place: field.place,
            only,
            shape,
            what,
            fields,
            signature: format!("{} {arguments:?} {directives:?}", field.name),
            type_name: type_name.to_owned(),
        };
        conflicts::merge(selected, out);
    }

    /// A field of a connection.
    fn of_connection(
        &mut self,
        kind: TypeId,
        field: &'q Field,
        only: Option<TypeId>,
        depth: usize,
        out: &mut Vec<Selected>,
    ) {
        let (what, type_name) = match field.name.as_str() {
            "count" => (ConnectionField::Count, "Int"),
            "offset" => (ConnectionField::Offset, "Int"),
            "pagesize" | "pageSize" => (ConnectionField::PageSize, "Int"),
            "first" => (ConnectionField::Page("first"), "ID"),
            "previous" => (ConnectionField::Page("previous"), "ID"),
            "next" => (ConnectionField::Page("next"), "ID"),
            "last" => (ConnectionField::Page("last"), "ID"),
            "edges" => {
                let Some(shape) = self.shape(field, None) else { return };
                let what = What::OfConnection(ConnectionField::Edges);
                return self.branch(field, what, &Scope::Edge(kind), only, shape, depth, out);
            }
            name => {
                let known = "count, offset, pagesize, first, previous, next, last and edges are";
                let text = format!("'{name}' is no field of a connection; {known}");
                return self.fail(GraphQlError::invalid(field.place, text));
            }
        };
        self.leaf(field, What::OfConnection(what), type_name, only, out);
    }

    /// A field of an edge.
    fn of_edge(
        &mut self,
        kind: TypeId,
        field: &'q Field,
        only: Option<TypeId>,
        depth: usize,
        out: &mut Vec<Selected>,
    ) {
        match field.name.as_str() {
            "mode" => self.leaf(field, What::OfEdge("mode"), "code", only, out),
            "score" => self.leaf(field, What::OfEdge("score"), "decimal", only, out),
            "resource" => {
                let Some(shape) = self.shape(field, None) else { return };
                self.branch(field, What::EdgeResource, &Scope::of(kind), only, shape, depth, out);
            }
            name => {
                let text = format!("'{name}' is no field of an edge; mode, score and resource are");
                self.fail(GraphQlError::invalid(field.place, text));
            }
        }
    }
}

/// `PatientContact` for `Patient.contact`: names of GraphQL have no points.
pub(crate) fn graphql_name(model: &TypeModel, id: TypeId) -> String {
    let name = model.name(id);
    if !name.contains('.') {
        return name.to_owned();
    }
    let capitalised = name.split('.').map(|part| {
        let mut characters = part.chars();
        let first = characters.next().into_iter().flat_map(char::to_uppercase);
        first.chain(characters).collect::<String>()
    });
    capitalised.collect()
}
