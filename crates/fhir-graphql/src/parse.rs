//! From the text of a query to a [`Document`]. The grammar is `apollo-parser`'s; its tree is read once, here.

use apollo_parser::Parser;
use apollo_parser::cst::{self, CstNode};
use fhir_model::Position;

use crate::document::{
    Argument, Directive, Document, Field, Fragment, Operation, Selection, Value, VariableDefinition,
    VariableType,
};
use crate::error::GraphQlError;
use crate::limits::Limits;

/// Parses a query.
///
/// # Errors
/// What is not GraphQL, with all its errors; definitions of types, mutations and subscriptions; a query over the limits.
pub(crate) fn parse(query: &str, limits: &Limits) -> Result<Document, Vec<GraphQlError>> {
    if query.len() > limits.bytes {
        let text = format!("the query is longer than {} bytes", limits.bytes);
        return Err(vec![GraphQlError::too_costly(None, text)]);
    }
    let reader = Reader { text: query };
    // A level of fields takes more than one level of the grammar.
    let parser = Parser::new(query).recursion_limit(limits.depth * 4 + 20).token_limit(limits.tokens);
    let tree = parser.parse();
    let errors: Vec<GraphQlError> = tree.errors().map(|error| reader.syntax_error(error)).collect();
    if !errors.is_empty() {
        return Err(errors);
    }
    reader.document(&tree.document()).map_err(|error| vec![error])
}

/// Reads the tree of one query.
struct Reader<'q> {
    text: &'q str,
}

impl Reader<'_> {
    fn syntax_error(&self, error: &apollo_parser::Error) -> GraphQlError {
        let place = self.place_at(error.index());
        if error.is_limit() {
            return GraphQlError::too_costly(
                Some(place),
                format!("the query is too large: {}", error.message()),
            );
        }
        let found = error.data();
        let found = if found.is_empty() || error.is_eof() { "the end" } else { found };
        GraphQlError::invalid(place, format!("the query is not GraphQL: {}, found {found}", error.message()))
    }

    /// Line and column of what stands at a byte, or behind the spaces there.
    fn place_at(&self, index: usize) -> Position {
        let rest = self.text.get(index..).unwrap_or_default();
        let skipped = rest.len() - rest.trim_start_matches([' ', '\t', '\n', '\r', ',', '\u{feff}']).len();
        let before = self.text.get(..index + skipped).unwrap_or_default();
        let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        let number = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
        Position { line: number(line), column: number(column) }
    }

    fn place(&self, node: &impl CstNode) -> Position {
        self.place_at(node.syntax().text_range().start().into())
    }

    /// What the grammar promises but the tree does not: the parser reports its absence as an error, so this is for safety only.
    fn needed<T>(&self, part: Option<T>, of: &impl CstNode) -> Result<T, GraphQlError> {
        part.ok_or_else(|| {
            GraphQlError::invalid(self.place(of), "the query is not GraphQL: something is missing")
        })
    }

    fn name(&self, name: Option<cst::Name>, of: &impl CstNode) -> Result<String, GraphQlError> {
        Ok(self.needed(name, of)?.text().to_string())
    }

    fn document(&self, tree: &cst::Document) -> Result<Document, GraphQlError> {
        let mut document = Document::default();
        for definition in tree.definitions() {
            match &definition {
                cst::Definition::OperationDefinition(operation) => {
                    document.operations.push(self.operation(operation)?);
                }
                cst::Definition::FragmentDefinition(fragment) => {
                    document.fragments.push(self.fragment(fragment)?);
                }
                other => {
                    let text = format!("a query was expected, not a {}", other.kind());
                    return Err(GraphQlError::invalid(self.place(other), text));
                }
            }
        }
        Ok(document)
    }

    fn operation(&self, operation: &cst::OperationDefinition) -> Result<Operation, GraphQlError> {
        let kind = operation.operation_type();
        if kind.as_ref().is_some_and(|kind| kind.query_token().is_none()) {
            let text = "mutations and subscriptions are not supported; send writes to the REST API";
            return Err(GraphQlError::invalid(self.place(operation), text));
        }
        if operation.directives().is_some() {
            let text = "a query does not take directives";
            return Err(GraphQlError::invalid(self.place(operation), text));
        }
        let variables = operation.variable_definitions().into_iter();
        let variables = variables.flat_map(|all| all.variable_definitions());
        Ok(Operation {
            name: operation.name().map(|name| name.text().to_string()),
            variables: variables.map(|one| self.variable(&one)).collect::<Result<_, _>>()?,
            selections: self.selections(operation.selection_set())?,
        })
    }

    fn variable(&self, definition: &cst::VariableDefinition) -> Result<VariableDefinition, GraphQlError> {
        let variable = self.needed(definition.variable(), definition)?;
        let default = definition.default_value().and_then(|default| default.value());
        Ok(VariableDefinition {
            place: self.place(definition),
            name: self.name(variable.name(), definition)?,
            kind: self.variable_type(self.needed(definition.ty(), definition)?, definition)?,
            default: default.map(|value| self.value(&value)).transpose()?,
        })
    }

    fn variable_type(&self, kind: cst::Type, of: &impl CstNode) -> Result<VariableType, GraphQlError> {
        let named = |name: Option<cst::NamedType>, is_required| {
            let name = name.and_then(|named| named.name());
            Ok(VariableType { name: self.name(name, of)?, is_list: false, is_required })
        };
        let list = |list: cst::ListType, is_required| {
            let item = self.variable_type(self.needed(list.ty(), of)?, of)?;
            if item.is_list {
                return Err(GraphQlError::invalid(
                    self.place(of),
                    "a list of lists is no type of a variable",
                ));
            }
            Ok(VariableType { is_list: true, is_required, ..item })
        };
        match kind {
            cst::Type::NamedType(name) => named(Some(name), false),
            cst::Type::ListType(of_list) => list(of_list, false),
            cst::Type::NonNullType(inner) => match (inner.named_type(), inner.list_type()) {
                (_, Some(of_list)) => list(of_list, true),
                (name, None) => named(name, true),
            },
        }
    }

    fn fragment(&self, fragment: &cst::FragmentDefinition) -> Result<Fragment, GraphQlError> {
        let name = fragment.fragment_name().and_then(|name| name.name());
        let condition = fragment.type_condition();
        Ok(Fragment {
            name: self.name(name, fragment)?,
            condition: self.condition(self.needed(condition, fragment)?)?,
            selections: self.selections(fragment.selection_set())?,
        })
    }

    fn condition(&self, condition: cst::TypeCondition) -> Result<String, GraphQlError> {
        self.name(condition.named_type().and_then(|named| named.name()), &condition)
    }

    fn selections(&self, set: Option<cst::SelectionSet>) -> Result<Vec<Selection>, GraphQlError> {
        let selections = set.into_iter().flat_map(|set| set.selections());
        selections.map(|selection| self.selection(&selection)).collect()
    }

    fn selection(&self, selection: &cst::Selection) -> Result<Selection, GraphQlError> {
        Ok(match selection {
            cst::Selection::Field(field) => Selection::Field(self.field(field)?),
            cst::Selection::FragmentSpread(spread) => Selection::Spread {
                place: self.place(spread),
                name: self.name(spread.fragment_name().and_then(|name| name.name()), spread)?,
                directives: self.directives(spread.directives())?,
            },
            cst::Selection::InlineFragment(inline) => Selection::Inline {
                place: self.place(inline),
                condition: inline.type_condition().map(|condition| self.condition(condition)).transpose()?,
                directives: self.directives(inline.directives())?,
                selections: self.selections(inline.selection_set())?,
            },
        })
    }

    fn field(&self, field: &cst::Field) -> Result<Field, GraphQlError> {
        Ok(Field {
            place: self.place(field),
            alias: field.alias().and_then(|alias| alias.name()).map(|name| name.text().to_string()),
            name: self.name(field.name(), field)?,
            arguments: self.arguments(field.arguments())?,
            directives: self.directives(field.directives())?,
            selections: self.selections(field.selection_set())?,
        })
    }

    fn directives(&self, directives: Option<cst::Directives>) -> Result<Vec<Directive>, GraphQlError> {
        let directives = directives.into_iter().flat_map(|all| all.directives());
        directives
            .map(|directive| {
                Ok(Directive {
                    place: self.place(&directive),
                    name: self.name(directive.name(), &directive)?,
                    arguments: self.arguments(directive.arguments())?,
                })
            })
            .collect()
    }

    fn arguments(&self, arguments: Option<cst::Arguments>) -> Result<Vec<Argument>, GraphQlError> {
        let arguments = arguments.into_iter().flat_map(|all| all.arguments());
        let mut read: Vec<Argument> = Vec::new();
        for argument in arguments {
            let place = self.place(&argument);
            let name = self.name(argument.name(), &argument)?;
            if read.iter().any(|other| other.name == name) {
                return Err(GraphQlError::invalid(place, format!("the argument '{name}' is there twice")));
            }
            let value = self.value(&self.needed(argument.value(), &argument)?)?;
            read.push(Argument { place, name, value });
        }
        Ok(read)
    }

    fn value(&self, value: &cst::Value) -> Result<Value, GraphQlError> {
        let written = || value.syntax().text().to_string().trim().to_owned();
        Ok(match value {
            cst::Value::Variable(variable) => Value::Variable(self.name(variable.name(), variable)?),
            cst::Value::StringValue(text) => Value::Text(text.into()),
            cst::Value::FloatValue(_) | cst::Value::IntValue(_) => Value::Number(written()),
            cst::Value::BooleanValue(boolean) => Value::Boolean(boolean.true_token().is_some()),
            cst::Value::NullValue(_) => Value::Null,
            cst::Value::EnumValue(name) => Value::Text(self.name(name.name(), name)?),
            cst::Value::ListValue(list) => {
                Value::List(list.values().map(|item| self.value(&item)).collect::<Result<_, _>>()?)
            }
            cst::Value::ObjectValue(object) => {
                let text = "a value or a list of values was expected, not an object";
                return Err(GraphQlError::invalid(self.place(object), text));
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(query: &str) -> Document {
        parse(query, &Limits::default()).unwrap()
    }

    fn refused(query: &str) -> GraphQlError {
        parse(query, &Limits::default()).unwrap_err().remove(0)
    }

    #[test]
    fn fields_have_places_arguments_and_directives() {
        let document = parsed(
            "# comment\nquery A($x: [ID!]! = [\"a\"]) {\n  n: name(use: official, _count: 2) @first { given } ...F }\nfragment F on Patient { id }",
        );
        let operation = &document.operations[0];
        assert_eq!(operation.name.as_deref(), Some("A"));
        assert!(operation.variables[0].kind.is_list && operation.variables[0].kind.is_required);
        let Selection::Field(field) = &operation.selections[0] else { panic!("a field") };
        assert_eq!((field.place.line, field.place.column), (3, 3));
        assert_eq!((field.alias.as_deref(), field.name.as_str()), (Some("n"), "name"));
        assert_eq!(field.arguments[0].value, Value::Text("official".into()));
        assert_eq!(field.arguments[1].value, Value::Number("2".into()));
        assert_eq!((field.directives[0].name.as_str(), field.selections.len()), ("first", 1));
        assert_eq!(document.fragments[0].condition, "Patient");
    }

    #[test]
    fn what_is_no_query_is_refused_with_its_place() {
        for (query, line, told) in [
            ("{ name { given }", 1, "not GraphQL"),
            ("", 1, "not GraphQL"),
            ("{\n a(x: 1, x: 2) }", 2, "twice"),
            ("mutation { PatientDelete(id: 1) }", 1, "REST"),
            ("type A { b: C }", 1, "a query was expected"),
            ("{ a(x: {y: 1}) }", 1, "object"),
            ("{ a(x: \"b) }", 1, "not GraphQL"),
        ] {
            let error = refused(query);
            assert_eq!(error.place.unwrap().line, line, "{query}: {error}");
            assert!(error.message.contains(told), "{query}: {error}");
        }
    }

    #[test]
    fn hostile_text_ends_early() {
        let deep = format!("{}{}", "{a".repeat(10_000), "}".repeat(10_000));
        assert_eq!(refused(&deep).status, 422);
        assert_eq!(refused(&format!("{{{}}}", "a ".repeat(30_000))).status, 422);
        assert_eq!(refused(&"{".repeat(200_000)).status, 422);
    }
}
