//! The parameters of an invocation: from the query, from a Parameters body, or a body that is itself the one resource that goes
//! in (R4 operations, 3.2.0.3).

use fhir_model::primitive::DateTime;
use fhir_model::{Document, Issue, Node};

use super::definition::{Operation, Parameter};
use super::graphql;
use crate::interactions::request::Verb;
use crate::interactions::{Context, Error, Request, prepare};

/// How the answer is written is no parameter of an operation.
const OF_ANSWER: [&str; 2] = ["_format", "_pretty"];

/// What a client gives an operation. All names are known, and none is there more often than it may be.
pub(super) struct Inputs {
    query: Vec<(String, String)>,
    body: Option<Document>,
    /// Whether the body holds the parameters, or is the resource that goes in.
    body_is_call: bool,
}

/// One value of a parameter.
enum Input<'a> {
    /// From the query.
    Text(&'a str),
    /// `value[x]`
    Value(Node<'a>),
    /// `resource`
    Resource(Node<'a>),
}

impl Inputs {
    /// Reads the parameters of a request.
    ///
    /// # Errors
    /// A body that is no resource, or none of this operation; parameters that are not known, repeated though they must not be, or
    /// that cannot stand in a query.
    pub(super) fn read(context: &Context, request: &Request, operation: &Operation) -> Result<Self, Error> {
        let query = request.query.iter().filter(|(name, _)| !OF_ANSWER.contains(&name.as_str()));
        let query: Vec<_> = query.cloned().collect();
        let body = match request.verb {
            Verb::Post if !request.body.is_empty() && !graphql::has_own_body(operation, request) => {
                Some(prepare::parse_any(context, request)?)
            }
            _ => None,
        };
        let mut inputs = Self { query, body, body_is_call: false };
        inputs.body_is_call = inputs.is_call(operation)?;
        inputs.check(context, operation)?;
        Ok(inputs)
    }

    /// Whether the body is a call. Where a resource goes in, Parameters with other names are that resource.
    fn is_call(&self, operation: &Operation) -> Result<bool, Error> {
        let Some(root) = self.body.as_ref().map(Document::root) else { return Ok(false) };
        let found = root.resource_type().unwrap_or("value without resourceType");
        let takes_resource = operation.parameters.iter().any(|parameter| parameter.kind == "Resource");
        match (found == "Parameters", takes_resource) {
            (true, false) => Ok(true),
            (true, true) => Ok(parameters_of(root).all(|one| operation.parameter(name_of(one)).is_some())),
            (false, true) => Ok(false),
            (false, false) => {
                Err(Error::WrongType { expected: "Parameters".to_owned(), found: found.to_owned() })
            }
        }
    }

    fn check(&self, context: &Context, operation: &Operation) -> Result<(), Error> {
        let names = self.query.iter().map(|(name, _)| name.as_str());
        for name in names.clone().chain(self.parameters().map(name_of)) {
            if operation.parameter(name).is_none() && !operation.takes_search {
                return Err(unknown(operation, name));
            }
        }
        for parameter in operation.parameters {
            let name = parameter.name;
            if names.clone().any(|other| other == name) && !parameter.is_primitive() {
                let text = format!("{name} is a {}: give it in a Parameters body", parameter.kind);
                return Err(Error::BadParameter(text));
            }
            if self.all(name).count() > 1 && !parameter.repeats {
                return Err(Error::BadParameter(format!("{name} may be given only once")));
            }
        }
        // What is in the resource that goes in is for the operation to judge.
        let whole = self.body.as_ref().map(Document::root);
        let call = whole.filter(|_| operation.parameters.iter().all(|one| one.kind != "Resource"));
        let issues = call.map(|call| context.validation.structure(call)).unwrap_or_default();
        if issues.iter().any(Issue::is_error) { Err(Error::Invalid(issues)) } else { Ok(()) }
    }

    /// The parameters of the body.
    fn parameters(&self) -> impl Iterator<Item = Node<'_>> {
        let root = self.body.as_ref().filter(|_| self.body_is_call).map(Document::root);
        root.into_iter().flat_map(parameters_of)
    }

    fn all(&self, name: &str) -> impl Iterator<Item = Input<'_>> {
        let query = self.query.iter().filter(move |(own, _)| own == name);
        let body = self.parameters().filter(move |own| name_of(*own) == name);
        query.map(|(_, value)| Input::Text(value)).chain(body.filter_map(input))
    }

    /// All values of a parameter, as text.
    pub(super) fn texts(&self, name: &str) -> Result<Vec<&str>, Error> {
        let text = |input| match input {
            Input::Text(text) => Some(text),
            Input::Value(value) => value.primitive_text(),
            Input::Resource(_) => None,
        };
        let texts: Option<Vec<&str>> = self.all(name).map(text).collect();
        texts.ok_or_else(|| Error::BadParameter(format!("{name} must be a primitive")))
    }

    /// The value of a parameter that is given once.
    pub(super) fn text(&self, name: &str) -> Result<Option<&str>, Error> {
        Ok(self.texts(name)?.first().copied())
    }

    /// The value of a parameter, parsed; `expected` says what it should be.
    pub(super) fn parsed<T: std::str::FromStr>(
        &self,
        name: &str,
        expected: &str,
    ) -> Result<Option<T>, Error> {
        let value = self.text(name)?;
        value.map(|text| text.parse().map_err(|_| Error::bad_parameter(name, text, expected))).transpose()
    }

    /// A `positiveInt`.
    pub(super) fn positive(&self, name: &str) -> Result<Option<usize>, Error> {
        let expected = "a whole number greater than 0";
        match self.parsed(name, expected)? {
            Some(0) => Err(Error::bad_parameter(name, "0", expected)),
            number => Ok(number),
        }
    }

    /// A `boolean`.
    pub(super) fn flag(&self, name: &str) -> Result<bool, Error> {
        Ok(self.parsed(name, "true or false")?.unwrap_or(false))
    }

    /// A `date` or `dateTime`, as it was given.
    pub(super) fn date(&self, name: &str) -> Result<Option<&str>, Error> {
        self.moment(name, DateTime::parse_date_time)
    }

    /// An `instant`, as it was given.
    pub(super) fn instant(&self, name: &str) -> Result<Option<&str>, Error> {
        self.moment(name, DateTime::parse_instant)
    }

    fn moment<E: std::fmt::Display>(
        &self,
        name: &str,
        parse: fn(&str) -> Result<DateTime, E>,
    ) -> Result<Option<&str>, Error> {
        let text = self.text(name)?;
        if let Some(text) = text {
            parse(text).map_err(|error| Error::bad_parameter(name, text, &error.to_string()))?;
        }
        Ok(text)
    }

    /// The values of a parameter that are elements of a data type.
    pub(super) fn elements(&self, name: &str) -> Result<Vec<Node<'_>>, Error> {
        let element = |input| match input {
            Input::Value(value) if value.is_object() => Some(value),
            _ => None,
        };
        let elements: Option<Vec<Node<'_>>> = self.all(name).map(element).collect();
        elements.ok_or_else(|| Error::BadParameter(format!("{name} must be an element of a data type")))
    }

    /// The resource that goes in.
    pub(super) fn resource(&self, name: &str) -> Option<Node<'_>> {
        match &self.body {
            Some(body) if !self.body_is_call => Some(body.root()),
            _ => self.all(name).find_map(|input| match input {
                Input::Resource(resource) => Some(resource),
                Input::Text(_) | Input::Value(_) => None,
            }),
        }
    }

    /// The search parameters among the parameters.
    pub(super) fn search(&self, own: &[Parameter]) -> Vec<(String, String)> {
        let is_other = |name: &str| own.iter().all(|parameter| parameter.name != name);
        let query = self.query.iter().filter(|(name, _)| is_other(name)).cloned();
        let body = self.parameters().filter(|one| is_other(name_of(*one))).filter_map(|one| {
            let Some(Input::Value(value)) = input(one) else { return None };
            Some((name_of(one).to_owned(), value.primitive_text()?.to_owned()))
        });
        query.chain(body).collect()
    }
}

fn unknown(operation: &Operation, name: &str) -> Error {
    let known: Vec<&str> = operation.parameters.iter().map(|parameter| parameter.name).collect();
    let known =
        if known.is_empty() { "it takes none".to_owned() } else { format!("it knows {}", known.join(", ")) };
    Error::BadParameter(format!("${} does not know the parameter '{name}'; {known}", operation.name))
}

fn parameters_of(root: Node<'_>) -> impl Iterator<Item = Node<'_>> {
    root.get("parameter").into_iter().flat_map(Node::items)
}

fn name_of(parameter: Node<'_>) -> &str {
    parameter.get_str("name").unwrap_or_default()
}

fn input(parameter: Node<'_>) -> Option<Input<'_>> {
    parameter.members().find_map(|(name, value)| match name {
        "resource" => Some(Input::Resource(value)),
        _ if name.starts_with("value") => Some(Input::Value(value)),
        _ => None,
    })
}
