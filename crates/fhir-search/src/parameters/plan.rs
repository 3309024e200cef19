//! From the definitions of search parameters to what can be evaluated: one step for each distinct expression of a
//! resource type, so that parameters with the same expression share its evaluation.

use std::sync::Arc;

use fhir_definitions::search_parameter::{SearchParamType, SearchParameter};
use fhir_model::types::{TypeId, TypeModel};
use fhirpath::Expression;

use super::definitions::Definitions;
use super::selector::{Selector, selectors};
use super::{ParameterKind, ValueRules};
use crate::extract::element::{DataType, DataTypes};
use crate::params::{composite, reads};

/// What is evaluated on every resource of a type.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    pub(crate) steps: Vec<Step>,
}

/// One expression and the parameters that read what it selects.
#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) source: Source,
    pub(crate) uses: Vec<Use>,
}

/// A compiled expression.
#[derive(Debug)]
pub(crate) struct Source {
    text: String,
    pub(crate) expression: Expression,
    /// The members of which one must be present for the expression to select anything; empty when not known.
    pub(crate) members: Vec<Box<str>>,
}

/// How one parameter reads the elements that a step selects.
#[derive(Debug)]
pub(crate) struct Use {
    /// Position among the parameters of the type.
    pub(crate) parameter: usize,
    pub(crate) reading: Reading,
    /// For composites: what each component selects from the element.
    pub(crate) components: Vec<Vec<(Source, Reading)>>,
}

/// What must be known of an element beyond its data type.
#[derive(Debug, Default)]
pub(crate) struct Reading {
    /// Only references to this type.
    pub(crate) points_to: Option<Box<str>>,
    /// The system that codes without one have by their binding.
    pub(crate) implied_system: Option<Box<str>>,
}

/// A parameter on its way into the table.
pub(crate) struct Draft {
    pub(crate) value: ValueRules,
    pub(crate) components: Vec<ValueRules>,
    /// See [`Parameter::repeats`](super::Parameter::repeats).
    pub(crate) repeats: bool,
    branches: Vec<(Source, Use)>,
}

/// The components of a composite, position by position.
#[derive(Default)]
struct Components {
    rules: Vec<ValueRules>,
    sources: Vec<Vec<(Source, Reading)>>,
}

/// Prepares the parameters of one resource type.
pub(crate) struct Planner<'a> {
    definitions: Definitions<'a>,
    data_types: &'a DataTypes,
    context: TypeId,
    resource_type: &'a str,
}

impl<'a> Planner<'a> {
    pub(super) fn new(
        definitions: Definitions<'a>,
        data_types: &'a DataTypes,
        resource_type: &'a str,
    ) -> Option<Self> {
        let context = definitions.registry.types().id(resource_type)?;
        Some(Self { definitions, data_types, context, resource_type })
    }

    fn model(&self) -> &'a Arc<TypeModel> {
        self.definitions.registry.types()
    }

    /// Everything about a parameter but its place in the table. The error says why it cannot be honoured.
    pub(crate) fn draft(&self, definition: &SearchParameter) -> Result<Draft, String> {
        let kind = self.kind(definition)?;
        if &*definition.code == "phonetic" {
            return Err("there is no phonetic matching".to_owned());
        }
        let expression = definition.expression_for(self.resource_type).ok_or("it has no expression")?;
        let selectors = self.selectors(&expression, self.context)?;
        self.check_types(kind, &selectors)?;
        let value = self.rules(kind, definition, &selectors);
        if kind == ParameterKind::Reference && value.targets.is_empty() {
            return Err("its expression asks for types that it does not name as targets".to_owned());
        }
        let repeats = selectors.len() != 1 || selectors.iter().any(|selector| selector.repeats);
        let mut draft = Draft { value, components: Vec::new(), repeats, branches: Vec::new() };
        for selector in &selectors {
            let components = self.components(definition, selector)?;
            draft.components = components.rules;
            let reading = self.reading(selector);
            let reader = Use { parameter: 0, reading, components: components.sources };
            draft.branches.push((self.source(selector, self.context)?, reader));
        }
        match (kind, composite::unsupported_shape(&draft.components)) {
            (ParameterKind::Composite, Some(reason)) => Err(reason.to_owned()),
            _ => Ok(draft),
        }
    }

    fn source(&self, selector: &Selector, context: TypeId) -> Result<Source, String> {
        let expression = Expression::compile(&selector.expression, self.model(), Some(context))
            .map_err(|error| format!("'{}' does not compile: {error}", selector.expression))?;
        Ok(Source { text: selector.expression.clone(), expression, members: selector.members.clone() })
    }

    /// The branches of an expression. The error names the expression.
    fn selectors(&self, expression: &str, context: TypeId) -> Result<Vec<Selector>, String> {
        selectors(expression, self.model(), context).map_err(|reason| format!("in '{expression}' {reason}"))
    }

    fn reading(&self, selector: &Selector) -> Reading {
        let implied_system = selector.value_set.as_deref().and_then(|url| self.only_system(url));
        Reading { points_to: selector.points_to.clone(), implied_system }
    }

    /// The system of a value set that takes its codes from just one.
    fn only_system(&self, value_set: &str) -> Option<Box<str>> {
        let document = self.definitions.registry.value_set(value_set)?;
        let includes = document.root().get("compose")?.get("include")?;
        let mut systems = includes.items().map(|include| include.get_str("system"));
        let first = systems.next()??;
        systems.all(|system| system == Some(first)).then(|| first.into())
    }

    /// Refuses a parameter none of whose elements its type can read: it would never find anything.
    fn check_types(&self, kind: ParameterKind, selectors: &[Selector]) -> Result<(), String> {
        let model = self.model();
        let readable = |id: &TypeId| match self.data_types.of(*id) {
            DataType::Extension => true,
            data_type => reads(kind, data_type),
        };
        let unreadable =
            |selector: &&Selector| !selector.types.is_empty() && !selector.types.iter().any(readable);
        match selectors.iter().find(unreadable) {
            Some(selector) => {
                let names: Vec<&str> = selector.types.iter().map(|id| model.name(*id)).collect();
                let (path, kind) = (&selector.expression, kind.code());
                Err(format!("'{path}' selects {}, which a {kind} parameter does not read", names.join(", ")))
            }
            None => Ok(()),
        }
    }

    fn rules(&self, kind: ParameterKind, definition: &SearchParameter, selectors: &[Selector]) -> ValueRules {
        let targets = match kind {
            ParameterKind::Reference => self.targets(definition, selectors),
            _ => Vec::new(),
        };
        let is_identifier = |id: &TypeId| self.data_types.of(*id) == DataType::Identifier;
        let case_sensitive = selectors.iter().flat_map(|selector| &selector.types).any(is_identifier);
        ValueRules { kind, targets, case_sensitive }
    }

    /// The types that a reference parameter can point to: those of its definition, and of them only those that its
    /// expression asks for with `where(resolve() is X)`.
    fn targets(&self, definition: &SearchParameter, selectors: &[Selector]) -> Vec<Box<str>> {
        let named = &definition.target;
        let any =
            named.is_empty() || named.iter().any(|target| matches!(&**target, "Resource" | "DomainResource"));
        let mut targets =
            if any { self.definitions.registry.resource_types().to_vec() } else { named.clone() };
        let asked: Vec<&Box<str>> =
            selectors.iter().filter_map(|selector| selector.points_to.as_ref()).collect();
        if asked.len() == selectors.len() {
            targets.retain(|target| asked.contains(&target));
        }
        targets.sort();
        targets.dedup();
        targets
    }

    fn kind(&self, definition: &SearchParameter) -> Result<ParameterKind, String> {
        Ok(match definition.kind {
            SearchParamType::Number => ParameterKind::Number,
            SearchParamType::Date => ParameterKind::Date,
            SearchParamType::String => ParameterKind::String,
            SearchParamType::Token => ParameterKind::Token,
            SearchParamType::Reference => ParameterKind::Reference,
            SearchParamType::Composite => ParameterKind::Composite,
            SearchParamType::Quantity => ParameterKind::Quantity,
            SearchParamType::Uri => ParameterKind::Uri,
            SearchParamType::Special if &*definition.code == "near" && self.resource_type == "Location" => {
                ParameterKind::Special
            }
            SearchParamType::Special => return Err("its type is special".to_owned()),
        })
    }

    /// The components of a composite as seen from the elements that one of its branches selects.
    fn components(&self, definition: &SearchParameter, selector: &Selector) -> Result<Components, String> {
        let mut all = Components::default();
        if definition.components.is_empty() {
            return Ok(all);
        }
        let [context] = selector.types.as_slice() else {
            return Err(format!("the type of '{}' is not known", selector.expression));
        };
        for component in &definition.components {
            let url = &component.definition;
            let part = self.definitions.by_url(url).ok_or_else(|| format!("there is no {url}"))?;
            let kind = self.kind(part)?;
            let selectors = self.selectors(&component.expression, *context)?;
            self.check_types(kind, &selectors)?;
            let sources = selectors
                .iter()
                .map(|selector| Ok::<_, String>((self.source(selector, *context)?, self.reading(selector))));
            all.sources.push(sources.collect::<Result<_, _>>()?);
            all.rules.push(self.rules(kind, part, &selectors));
        }
        Ok(all)
    }
}

impl Plan {
    /// Adds the branches of the parameter at that position.
    pub(crate) fn add(&mut self, parameter: usize, draft: Draft) {
        for (source, mut reader) in draft.branches {
            reader.parameter = parameter;
            match self.steps.iter_mut().find(|step| step.source.text == source.text) {
                Some(step) => step.uses.push(reader),
                None => self.steps.push(Step { source, uses: vec![reader] }),
            }
        }
    }
}
