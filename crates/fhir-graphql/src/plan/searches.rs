//! Reads and searches: `Patient(id:)`, `PatientList(...)`, `PatientConnection(...)`, at the root and as reverse references.

use fhir_model::types::TypeId;
use fhirpath::Expression;

use super::elements::not_fhirpath;
use super::planner::{Planner, Scope};
use super::{ConnectionField, Search, Selected, What};
use crate::document::{Argument, Field};
use crate::error::GraphQlError;

/// Search parameters that GraphQL has other means for, or that would change what the fields are selected from.
const NOT_HERE: [&str; 11] = [
    "_include",
    "_revinclude",
    "_contained",
    "_containedType",
    "_summary",
    "_elements",
    "_page",
    "_format",
    "_pretty",
    "_offset",
    "_total",
];

/// Parameters whose value is a list of its own kind, or has commas of its own.
const AS_WRITTEN: [&str; 2] = ["_filter", "_sort"];

impl<'q> Planner<'q> {
    /// The type that `PatientList` and `PatientConnection` search.
    pub(super) fn searched_type(&self, name: &str) -> Option<TypeId> {
        let kind = name.strip_suffix("Connection").or_else(|| name.strip_suffix("List"))?;
        self.resource_type(kind)
    }

    /// A field of a query of the whole system.
    pub(super) fn of_system(
        &mut self,
        field: &'q Field,
        only: Option<TypeId>,
        depth: usize,
        out: &mut Vec<Selected>,
    ) {
        // `List` is a type, too, and `ListList` its list.
        if let Some(id) = self.resource_type(&field.name) {
            return self.read(id, field, only, depth, out);
        }
        if self.searched_type(&field.name).is_some() {
            return self.search(field, false, only, depth, out);
        }
        let text = format!(
            "'{}' cannot be asked for here: [Type](id: ...), [Type]List(...) and [Type]Connection(...) can, where [Type] is a resource type",
            field.name
        );
        self.fail(GraphQlError::invalid(field.place, text));
    }

    fn read(
        &mut self,
        id: TypeId,
        field: &'q Field,
        only: Option<TypeId>,
        depth: usize,
        out: &mut Vec<Selected>,
    ) {
        let kind = self.model.name(id).to_owned();
        let given = match field.arguments.as_slice() {
            [argument] if argument.name == "id" => self.text(argument),
            _ => {
                let text =
                    format!("{kind} takes the argument 'id' and no other; to search, ask for {kind}List");
                Err(GraphQlError::invalid(field.place, text))
            }
        };
        match (given, self.shape(field, None)) {
            (Ok(text), Some(shape)) => {
                self.branch(field, What::Read { kind, id: text }, &Scope::of(id), only, shape, depth, out);
            }
            (Err(error), _) => self.fail(error),
            (Ok(_), None) => {}
        }
    }

    /// A search; `is_reverse` within a resource, where `_reference` tells how the matches refer to it.
    pub(super) fn search(
        &mut self,
        field: &'q Field,
        is_reverse: bool,
        only: Option<TypeId>,
        depth: usize,
        out: &mut Vec<Selected>,
    ) {
        let Some(kind) = self.searched_type(&field.name) else { return };
        let is_connection = field.name.ends_with("Connection");
        let mut search = Search {
            kind: self.model.name(kind).to_owned(),
            parameters: Vec::new(),
            reference: None,
            cursor: None,
            fhirpath: None,
            count: None,
        };
        for argument in &field.arguments {
            if let Err(error) = self.search_argument(argument, kind, &mut search) {
                return self.fail(error);
            }
        }
        if let Err(text) = check(&search, is_reverse, is_connection) {
            return self.fail(GraphQlError::invalid(field.place, format!("{}: {text}", field.name)));
        }
        // The server would give fewer, and a list is all or nothing.
        if !is_connection && search.count.is_some_and(|count| count > self.limits.list) {
            let text = format!(
                "a list has at most {} matches; page through {}Connection",
                self.limits.list, search.kind
            );
            return self.fail(GraphQlError::invalid(field.place, text));
        }
        let Some(shape) = self.shape(field, None) else { return };
        if !is_connection {
            return self.branch(field, What::List(search), &Scope::of(kind), only, shape, depth, out);
        }
        let position = out.len();
        self.branch(field, What::Connection(search), &Scope::Connection(kind), only, shape, depth, out);
        if let Some(Selected { what: What::Connection(search), fields, .. }) = out.get_mut(position) {
            let is_count =
                |field: &Selected| matches!(field.what, What::OfConnection(ConnectionField::Count));
            if search.cursor.is_none() && fields.iter().any(is_count) {
                search.parameters.push(("_total".to_owned(), "accurate".to_owned()));
            }
        }
    }

    fn search_argument(
        &self,
        argument: &Argument,
        kind: TypeId,
        search: &mut Search,
    ) -> Result<(), GraphQlError> {
        match argument.name.as_str() {
            "cursor" | "_cursor" => search.cursor = Some(self.text(argument)?),
            "_reference" => search.reference = Some(parameter_name(&self.text(argument)?)),
            "fhirpath" => {
                let text = self.text(argument)?;
                let compiled = Expression::compile(&text, self.model, Some(kind));
                search.fhirpath = Some(compiled.map_err(|error| not_fhirpath(argument, &text, &error))?);
            }
            "_count" => {
                let count = self.whole_number(argument)?;
                search.count = Some(count);
                search.parameters.push(("_count".to_owned(), count.to_string()));
            }
            name if NOT_HERE.contains(&name) => {
                let text = format!("the search parameter '{name}' is not for GraphQL");
                return Err(GraphQlError::invalid(argument.place, text));
            }
            name => {
                let values = self.texts(argument)?;
                let as_written = AS_WRITTEN.contains(&name);
                let values: Vec<String> = values
                    .into_iter()
                    .map(|value| if as_written { value } else { one_value(&value) })
                    .collect();
                if !values.is_empty() {
                    search.parameters.push((parameter_name(name), values.join(",")));
                }
            }
        }
        Ok(())
    }
}

/// What cannot stand together.
fn check(search: &Search, is_reverse: bool, is_connection: bool) -> Result<(), String> {
    let has_id = search.parameters.iter().any(|(name, _)| name == "_id" || name == "id");
    let has_more = !search.parameters.is_empty() || search.reference.is_some();
    match (&search.reference, &search.cursor) {
        (None, _) if is_reverse => {
            Err("within a resource the argument _reference is needed, the search parameter that refers to it"
                .into())
        }
        (Some(_), _) if !is_reverse => {
            Err("the argument _reference is for searches within a resource".into())
        }
        _ if is_reverse && has_id => Err("the argument id is not for searches within a resource".into()),
        (_, Some(_)) if !is_connection => Err("a cursor is for connections".into()),
        (_, Some(_)) if is_reverse => Err("a cursor is only for the outermost level of a query".into()),
        (_, Some(_)) if has_more => Err("a cursor knows the search: no other arguments are possible".into()),
        _ => Ok(()),
    }
}

/// `clinical_status` is the parameter `clinical-status`, `_lastUpdated` is `_lastUpdated`.
fn parameter_name(name: &str) -> String {
    if name.starts_with('_') { name.to_owned() } else { name.replace('_', "-") }
}

/// A value as it stands in a query: its commas do not separate values, lists do.
fn one_value(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut escaped = false;
    for character in text.chars() {
        if character == ',' && !escaped {
            out.push('\\');
        }
        escaped = character == '\\' && !escaped;
        out.push(character);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_values_become_those_of_a_search() {
        assert_eq!(parameter_name("clinical_status"), "clinical-status");
        assert_eq!(parameter_name("_lastUpdated"), "_lastUpdated");
        assert_eq!(one_value(r"a,b\,c\\,d"), r"a\,b\,c\\\,d");
    }
}
