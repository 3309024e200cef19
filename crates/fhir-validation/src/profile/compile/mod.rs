//! From a snapshot to the rules that are left to check.
//!
//! Every element of the snapshot has its place in the arena. What the structural layer or the rules of a type have
//! checked is left out of its rules, and an element with nothing left to check, at itself or below, is not reached.

mod baseline;
mod corrections;
mod discriminator;
mod element;
mod extension;
mod tree;

use std::sync::Arc;

use fhir_definitions::element_definition::SlicingRules;
use fhir_definitions::structure_definition::Derivation;
use fhir_definitions::{ElementDefinition, Snapshot, StructureDefinition};
use fhir_model::types::{TypeId, TypeInfo, TypeKind, TypeModel};

use super::library::{Engine, TYPE_URL, Unusable};
use super::rules::{Child, Defect, Profile, Rules, RulesId};
use super::slicing::{Slice, Slicing};
use tree::{Branch, plain_name, tree};

/// Compiles a definition.
pub(super) fn compile(
    engine: &Engine,
    definition: &StructureDefinition,
    canonical: &str,
) -> Result<Profile, Unusable> {
    let unknown_type =
        || Unusable::UnknownType { canonical: canonical.into(), type_name: definition.type_name.clone() };
    let type_id = engine.model().id(&definition.type_name).ok_or_else(unknown_type)?;
    let snapshot = definition.snapshot(&*engine.registry)?;
    let is_type = definition.derivation == Derivation::Specialization
        && definition.url.strip_prefix(TYPE_URL) == Some(&*definition.type_name);
    let mut compiler = Compiler {
        engine,
        snapshot: &snapshot,
        branches: tree(&snapshot.elements),
        is_type,
        object_types: Vec::with_capacity(snapshot.elements.len()),
        defects: Vec::new(),
    };
    let mut rules = compiler.elements(type_id);
    compiler.connect(&mut rules);
    let extension = extension::facts(&mut compiler, definition);
    let defects = compiler.defects;
    Ok(Profile { canonical: canonical.into(), type_id, is_type, rules, extension, defects })
}

/// The state of one compilation.
struct Compiler<'a> {
    engine: &'a Engine,
    snapshot: &'a Arc<Snapshot>,
    branches: Vec<Branch>,
    is_type: bool,
    /// The type of the value of each element, as far as there is one.
    object_types: Vec<Option<TypeId>>,
    defects: Vec<Defect>,
}

impl<'a> Compiler<'a> {
    fn model(&self) -> &'a TypeModel {
        self.engine.model()
    }

    fn definition(&self, position: usize) -> Option<&'a Arc<ElementDefinition>> {
        self.snapshot.elements.get(position)
    }

    fn defect(&mut self, element: &ElementDefinition, text: impl Into<String>) {
        self.defects.push(Defect { element: element.id.clone(), text: text.into() });
    }

    /// The type in which an element stands.
    fn owner(&self, position: usize) -> Option<&'a TypeInfo> {
        let parent = self.branches.get(position)?.parent?;
        self.model().get((*self.object_types.get(parent)?)?)
    }

    /// The rules of each element by itself.
    fn elements(&mut self, type_id: TypeId) -> Vec<Rules> {
        let elements = &self.snapshot.elements;
        elements.iter().enumerate().map(|(position, _)| self.element(position, type_id)).collect()
    }

    /// Gives each element the rules below it and its slices, as far as there is something to check.
    fn connect(&mut self, rules: &mut [Rules]) {
        let links: Vec<Option<usize>> =
            (0..rules.len()).map(|position| self.content_reference(position)).collect();
        let is_active = self.active(rules, &links);
        for position in 0..rules.len() {
            let children = self.children(position, &links, &is_active);
            let slicing = self.slicing(position, &is_active);
            if let Some(rules) = rules.get_mut(position) {
                rules.children = children;
                rules.slicing = slicing.map(Box::new);
            }
        }
    }

    /// The element whose children an element takes over.
    fn content_reference(&self, position: usize) -> Option<usize> {
        let reference = self.definition(position)?.content_reference.as_deref()?;
        if !self.branches.get(position)?.children.is_empty() {
            return None;
        }
        let id = reference.rsplit_once('#').map_or(reference, |(_, id)| id);
        self.snapshot.elements.iter().position(|element| &*element.id == id)
    }

    /// Which elements have something to check, at themselves or below. Content references make cycles, so it is
    /// looked again until nothing changes.
    fn active(&self, rules: &[Rules], links: &[Option<usize>]) -> Vec<bool> {
        let mut active: Vec<bool> = rules.iter().map(|rules| !rules.is_idle()).collect();
        loop {
            let mut has_changed = false;
            for position in (0..rules.len()).rev() {
                let is = |other: &usize| active.get(*other).copied().unwrap_or(false);
                let below = self.below(position, links).iter().any(is);
                let slices = self.branches.get(position).is_some_and(|branch| {
                    branch.slices.iter().any(is) || (!branch.slices.is_empty() && self.restricts(position))
                });
                if let Some(active) = active.get_mut(position)
                    && !*active
                    && (below || slices)
                {
                    *active = true;
                    has_changed = true;
                }
            }
            if !has_changed {
                return active;
            }
        }
    }

    fn below(&self, position: usize, links: &[Option<usize>]) -> &[usize] {
        let source = links.get(position).copied().flatten().unwrap_or(position);
        self.branches.get(source).map_or(&[], |branch| &branch.children)
    }

    /// Whether the slicing of an element asks for something itself.
    fn restricts(&self, position: usize) -> bool {
        let slicing = self.definition(position).and_then(|element| element.slicing.as_ref());
        slicing.is_some_and(|slicing| slicing.ordered || slicing.rules != SlicingRules::Open)
    }

    fn children(&self, position: usize, links: &[Option<usize>], is_active: &[bool]) -> Box<[Child]> {
        let below = self.below(position, links).iter();
        below
            .filter(|child| is_active.get(**child).copied().unwrap_or(false))
            .filter_map(|child| {
                let element = self.definition(*child)?;
                let name = plain_name(element).into();
                Some(Child { name, is_choice: element.is_choice(), rules: RulesId(*child as u32) })
            })
            .collect()
    }

    fn slicing(&mut self, position: usize, is_active: &[bool]) -> Option<Slicing> {
        let element = self.definition(position)?;
        let positions = self.branches.get(position)?.slices.clone();
        if positions.is_empty() || !is_active.get(position).copied().unwrap_or(false) {
            return None;
        }
        let restricts = self.restricts(position);
        let mut slices: Vec<Slice> = Vec::new();
        let mut default = None;
        for slice in positions {
            let Some(definition) = self.definition(slice) else { continue };
            let name = definition.slice_name.clone().unwrap_or_default();
            let rules = RulesId(slice as u32);
            if &*name == "@default" {
                default = Some(rules);
            } else if restricts || is_active.get(slice).copied().unwrap_or(false) {
                slices.push(Slice {
                    name,
                    rules,
                    criteria: self.criteria(position, slice),
                    is_distinct: true,
                });
            }
        }
        self.mark_indistinct(element, &mut slices);
        let own = element.slicing.as_ref();
        Some(Slicing {
            slices: slices.into(),
            default,
            ordered: own.is_some_and(|slicing| slicing.ordered),
            rules: own.map_or(SlicingRules::Open, |slicing| slicing.rules),
        })
    }

    /// Nobody can tell to which of two slices an occurrence belongs that are told by the same, or by nothing.
    fn mark_indistinct(&mut self, element: &ElementDefinition, slices: &mut [Slice]) {
        for position in 0..slices.len() {
            let Some(slice) = slices.get(position) else { continue };
            let mut others = slices.iter().enumerate().filter(|(other, _)| *other != position);
            let twin = others.find(|(_, other)| other.criteria == slice.criteria);
            let is_twin = twin.is_some();
            let text = match (slice.criteria.is_empty(), is_twin) {
                (true, _) => format!("nothing tells the slice {} from others; it is not checked", slice.name),
                (false, true) => format!(
                    "the slice {} cannot be told from another by its discriminators; it is not checked",
                    slice.name
                ),
                (false, false) => continue,
            };
            self.defect(element, text);
            if let Some(slice) = slices.get_mut(position) {
                slice.is_distinct = false;
            }
        }
    }

    /// The types that an element may have: backbone elements have the type of the model that stands for them.
    fn type_ids(&self, element: &ElementDefinition, structure: Option<&[TypeId]>) -> Vec<TypeId> {
        let model = self.model();
        let own = structure.unwrap_or_default();
        if element.types.is_empty() || element.content_reference.is_some() {
            return own.to_vec();
        }
        let is_backbone = |id: &TypeId| model.get(*id).is_some_and(|info| info.kind == TypeKind::Backbone);
        let backbone = own.first().copied().filter(is_backbone);
        let mut ids = Vec::new();
        for kind in &element.types {
            match &*kind.code {
                "BackboneElement" | "Element" if backbone.is_some() => ids.extend(backbone),
                code if code.contains("://") => return own.to_vec(),
                code => ids.extend(model.id(code)),
            }
        }
        ids
    }
}
