//! One pass over a resource: every expression of its type is evaluated once, and every parameter reads what it selects.

use fhir_model::Node;
use fhirpath::{Collection, Context, Item};

use super::Extractor;
use super::computed::Computed;
use super::element::{DataType, Element};
use super::sink::Sink;
use crate::hash::KeyHasher;
use crate::keys::{SearchKeys, Target};
use crate::parameters::plan::{Plan, Reading, Source, Step, Use};
use crate::parameters::{Parameter, ParameterKind, ValueRules};
use crate::params::composite::{self, Part};
use crate::params::{date, near, number, quantity, reference, string, token, uri};
use crate::text::fold;

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
pub(super) struct Pass<'a> {
    extractor: &'a Extractor,
    parameters: &'a [Parameter],
    context: Context<'a>,
    resource: Node<'a>,
    sink: Sink,
}

impl<'a> Pass<'a> {
    pub(super) fn new(extractor: &'a Extractor, resource_type: &str, resource: Node<'a>) -> Self {
        Self {
            extractor,
            parameters: extractor.parameters.of_type(resource_type),
            context: Context::new(&extractor.types, resource),
            resource,
            sink: Sink::default(),
        }
    }

    /// Evaluates what can select something of the resource.
    pub(super) fn run(mut self, plan: &'a Plan) -> SearchKeys {
        self.evaluate(plan);
        self.sink.finish(&self.extractor.hasher)
    }

    /// The same for a contained resource, which has parameters of its own, and a key for its id.
    pub(super) fn run_contained(mut self, plan: &'a Plan, resource_type: &str, id: &str) -> SearchKeys {
        self.evaluate(plan);
        let Extractor { hasher, parameters, .. } = self.extractor;
        let contained = parameters.contained();
        self.sink.renumber(|parameter| contained.number(parameter).unwrap_or_default());
        if let Some(parameter) = contained.id(resource_type) {
            self.sink.token(parameter, hasher.code(id));
        }
        self.sink.finish(hasher)
    }

    fn evaluate(&mut self, plan: &'a Plan) {
        let members: Vec<&str> = self.resource.members().map(|(name, _)| name).collect();
        for step in plan.steps.iter().filter(|step| step.source.can_select(&members)) {
            self.step(step);
        }
    }

    fn step(&mut self, step: &'a Step) {
        for item in step.source.select(&self.context, self.resource) {
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
                            self.present(parameter, &reader.reading, element);
                        }
                    }
                    value => {
                        let Extractor { hasher, settings, .. } = self.extractor;
                        let reader = Computed { hasher, offset: settings.default_offset_minutes };
                        reader.read(parameter, value, &mut self.sink);
                    }
                }
            }
        }
    }

    /// The keys of an element, or a note that there is one which gives none.
    fn present(&mut self, parameter: &Parameter, reading: &Reading, element: Element<'a>) {
        if !reading.admits(element) || !element.has_content() {
            return;
        }
        let before = self.sink.count();
        self.element(parameter, reading, element);
        if self.sink.count() == before {
            self.sink.without_key(parameter.id);
        }
    }

    fn element(&mut self, parameter: &Parameter, reading: &Reading, element: Element<'a>) {
        let (id, sink) = (parameter.id, &mut self.sink);
        let Extractor { hasher, settings, .. } = self.extractor;
        match parameter.value.kind {
            ParameterKind::Token => token_keys(parameter, reading, element, hasher, sink),
            ParameterKind::Reference => self.reference(parameter, element),
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
            ParameterKind::Special => {
                if let Some((latitude, longitude)) = near::position(element) {
                    sink.position(id, latitude, longitude);
                }
            }
            ParameterKind::Composite => {}
        }
    }

    /// Where a reference points, the identifier it gives for that, and its text.
    fn reference(&mut self, parameter: &Parameter, element: Element<'a>) {
        let (id, sink) = (parameter.id, &mut self.sink);
        let Extractor { hasher, settings, .. } = self.extractor;
        let mut sort_text = None;
        reference::read(element, &settings.own_base_urls, &mut |target| {
            if parameter.admits(element.data_type, &target) {
                sink.reference(id, target);
            }
        });
        if let Some(identifier) = reference::identifier(element) {
            identifier.variants(true, hasher, &mut |hash| sink.token(id, hash));
            sort_text = identifier.code;
        }
        if let Some(text) = reference::text(element) {
            sink.string(id, text, hasher);
            sort_text = sort_text.or(Some(text));
        }
        if element.node.get("reference").is_none() {
            sink.sort_text(id, sort_text.unwrap_or_default());
        }
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
            ParameterKind::Composite | ParameterKind::Special => {}
        }
    }
}

/// The codes of an element, what else identifiers are found by, and the texts that say what it means.
fn token_keys<'a>(
    parameter: &Parameter,
    reading: &'a Reading,
    element: Element<'a>,
    hasher: &KeyHasher,
    sink: &mut Sink,
) {
    let id = parameter.id;
    let mut is_coded = false;
    token::read(element, reading.implied_system.as_deref(), &mut |token| {
        token.variants(parameter.value.case_sensitive, hasher, &mut |hash| sink.token(id, hash));
        is_coded |= token.code.is_some();
        sink.sort_text(id, token.code.unwrap_or_default());
    });
    token::of_type(element, &mut |system, code, value| {
        sink.token(id, token::of_type_hash(system, code, value, hasher));
    });
    token::texts(element, &mut |text| {
        sink.string(id, text, hasher);
        if !is_coded {
            sink.sort_text(id, text);
        }
    });
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
