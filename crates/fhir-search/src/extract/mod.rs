//! From a resource to the keys by which it is found.

pub(crate) mod element;
mod sink;

use std::sync::Arc;

use fhir_model::Node;
use fhir_model::types::TypeModel;
use fhirpath::{Collection, Context, Item};

use self::element::{DataType, Element};
use self::sink::Sink;
use crate::hash::KeyHasher;
use crate::keys::{SearchKeys, Target};
use crate::parameters::plan::{Reading, Source, Step, Use};
use crate::parameters::{Parameter, ParameterKind, Parameters, ValueRules};
use crate::params::composite::{self, Part};
use crate::params::{date, number, quantity, reference, string, token, uri};
use crate::text::fold;

/// Computes the [`SearchKeys`] of resources. Never fails: values that are not of their type give no keys, and
/// validation has the say about them.
pub struct Extractor {
    types: Arc<TypeModel>,
    parameters: Arc<Parameters>,
    hasher: KeyHasher,
    settings: ExtractSettings,
}

/// What the keys of a database depend on besides the definitions.
#[derive(Clone, Debug, Default)]
pub struct ExtractSettings {
    /// The base urls of this server, without a slash at the end: references below them are references to its own resources.
    pub own_base_urls: Vec<String>,
    /// Minutes ahead of UTC for dates that tell no time zone.
    pub default_offset_minutes: i16,
}

impl Extractor {
    /// An extractor for the parameters of a registry whose types are `types`.
    pub fn new(
        types: Arc<TypeModel>,
        parameters: Arc<Parameters>,
        hasher: KeyHasher,
        settings: ExtractSettings,
    ) -> Self {
        Self { types, parameters, hasher, settings }
    }

    /// The keys of a resource; none for a type that the registry does not know.
    pub fn extract<'a>(&'a self, resource: Node<'a>) -> SearchKeys {
        let resource_type = resource.resource_type().unwrap_or_default();
        let Some(plan) = self.parameters.plan(resource_type) else { return SearchKeys::default() };
        let members: Vec<&str> = resource.members().map(|(name, _)| name).collect();
        let mut pass = Pass {
            extractor: self,
            parameters: self.parameters.of_type(resource_type),
            context: Context::new(&self.types, resource),
            sink: Sink::default(),
        };
        for step in &plan.steps {
            if step.source.can_select(&members) {
                pass.step(step, resource);
            }
        }
        pass.sink.finish()
    }
}

impl Source {
    /// Whether something with these members can have what the expression selects.
    fn can_select(&self, members: &[&str]) -> bool {
        self.members.is_empty() || self.members.iter().any(|member| members.contains(&&**member))
    }

    /// The elements selected. An expression that fails on a resource selects nothing of it.
    fn select<'a>(&'a self, context: &Context<'a>, from: Node<'a>) -> Collection<'a> {
        self.expression.evaluate(context, from).unwrap_or_default()
    }
}

/// The extraction of one resource.
struct Pass<'a> {
    extractor: &'a Extractor,
    parameters: &'a [Parameter],
    context: Context<'a>,
    sink: Sink,
}

impl<'a> Pass<'a> {
    fn step(&mut self, step: &'a Step, resource: Node<'a>) {
        for item in step.source.select(&self.context, resource) {
            for reader in &step.uses {
                let Some(parameter) = self.parameters.get(reader.parameter) else { continue };
                match &item {
                    Item::Element(element) => {
                        let Some(node) = element.node else { continue };
                        if parameter.value.kind == ParameterKind::Composite {
                            self.composite(parameter, reader, node);
                        } else if let Some(element) =
                            self.extractor.parameters.data_types().element(node, element.type_id)
                        {
                            self.element(parameter, &reader.reading, element);
                        }
                    }
                    Item::Boolean(value) if parameter.value.kind == ParameterKind::Token => {
                        self.boolean(parameter, *value);
                    }
                    // No published parameter computes other values.
                    _ => {}
                }
            }
        }
    }

    fn element(&mut self, parameter: &Parameter, reading: &Reading, element: Element<'a>) {
        if !reading.admits(element) {
            return;
        }
        let (id, sink) = (parameter.id, &mut self.sink);
        let Extractor { hasher, settings, .. } = self.extractor;
        match parameter.value.kind {
            ParameterKind::Token => token::read(element, reading.implied_system.as_deref(), &mut |token| {
                token.variants(parameter.value.case_sensitive, hasher, &mut |hash| sink.token(id, hash));
                sink.sort_text(id, token.code.unwrap_or_default());
            }),
            ParameterKind::Reference => reference::read(element, &settings.own_base_urls, &mut |target| {
                if parameter.admits(element.data_type, &target) {
                    sink.reference(id, target);
                }
            }),
            ParameterKind::Date => {
                if let Some((low, high)) = date::period(element, settings.default_offset_minutes) {
                    sink.date(id, low, high);
                }
            }
            ParameterKind::String => string::read(element, &mut |text| sink.string(id, text, hasher)),
            ParameterKind::Number => {
                if let Some(span) = number::span(element) {
                    sink.quantity(id, 0, span);
                }
            }
            ParameterKind::Quantity => {
                if let Some(measured) = quantity::read(element) {
                    measured.variants(hasher, |unit, span| sink.quantity(id, unit, span));
                }
            }
            ParameterKind::Uri => uri::read(element, &mut |uri| sink.uri(id, uri)),
            ParameterKind::Composite => {}
        }
    }

    fn boolean(&mut self, parameter: &Parameter, value: bool) {
        let text = if value { "true" } else { "false" };
        self.sink.token(parameter.id, self.extractor.hasher.code(text));
        self.sink.sort_text(parameter.id, text);
    }

    /// The keys of one repeat: each component is evaluated on it alone.
    fn composite(&mut self, parameter: &Parameter, reader: &'a Use, node: Node<'a>) {
        let members: Vec<&str> = node.members().map(|(name, _)| name).collect();
        let mut components = Vec::with_capacity(reader.components.len());
        for (rules, sources) in parameter.components.iter().zip(&reader.components) {
            let mut parts = Vec::new();
            for (source, reading) in sources.iter().filter(|(source, _)| source.can_select(&members)) {
                for item in source.select(&self.context, node) {
                    self.parts(rules, reading, &item, &mut parts);
                }
            }
            if parts.is_empty() {
                return;
            }
            components.push(parts);
        }
        let sink = &mut self.sink;
        composite::keys(parameter.id, &components, &self.extractor.hasher, &mut |key| sink.composite(key));
    }

    fn parts(&self, rules: &ValueRules, reading: &Reading, item: &Item<'a>, parts: &mut Vec<Part>) {
        let Extractor { hasher, settings, parameters, .. } = self.extractor;
        let Item::Element(element) = item else { return };
        let element = element.node.and_then(|node| parameters.data_types().element(node, element.type_id));
        let Some(element) = element.filter(|element| reading.admits(*element)) else { return };
        match rules.kind {
            ParameterKind::Token => token::read(element, reading.implied_system.as_deref(), &mut |token| {
                token.code_variants(rules.case_sensitive, hasher, &mut |hash| parts.push(Part::Equal(hash)));
            }),
            ParameterKind::Reference => reference::read(element, &settings.own_base_urls, &mut |target| {
                parts.push(Part::Equal(reference::hash(&target, hasher)));
            }),
            ParameterKind::Uri => uri::read(element, &mut |uri| parts.push(Part::Equal(hasher.uri(uri)))),
            ParameterKind::Date => {
                let period = date::period(element, settings.default_offset_minutes);
                parts.extend(period.map(|(low, high)| Part::Date(low, high)));
            }
            ParameterKind::Number => {
                parts.extend(number::span(element).map(|(low, high)| Part::Number { unit: 0, low, high }));
            }
            ParameterKind::Quantity => {
                if let Some(measured) = quantity::read(element) {
                    measured
                        .variants(hasher, |unit, (low, high)| parts.push(Part::Number { unit, low, high }));
                }
            }
            ParameterKind::String => string::read(element, &mut |text| {
                parts.push(Part::Text { folded: fold(text), exact: hasher.text(text) });
            }),
            ParameterKind::Composite => {}
        }
    }
}

impl Reading {
    /// Whether an element passes `where(resolve() is X)`.
    fn admits(&self, element: Element<'_>) -> bool {
        self.points_to.as_deref().is_none_or(|kind| reference::type_of(element) == Some(kind))
    }
}

impl Parameter {
    /// Whether a resource that an expression selects as a whole is of a type that the parameter points to:
    /// `Bundle.entry[0].resource` selects compositions and message headers alike.
    fn admits(&self, data_type: DataType, target: &Target) -> bool {
        match target {
            Target::Resource { kind, .. } if data_type == DataType::Resource => self.can_point_to(kind),
            _ => true,
        }
    }
}
