//! The search parameters of the definitions, ready to be evaluated.

use fhir_definitions::Registry;
use fhir_definitions::search_parameter::{SearchParamType, SearchParameter};
use fhir_model::types::TypeModel;

use crate::population::Stored;
use crate::select::{Branch, Datum, alternatives};

/// What `docs/search.md` says is not supported although it has an expression, besides `phonetic` of all types.
const UNSUPPORTED: [(&str, &str); 5] = [
    ("DocumentReference", "relationship"),
    ("MolecularSequence", "chromosome-variant-coordinate"),
    ("MolecularSequence", "chromosome-window-coordinate"),
    ("MolecularSequence", "referenceseqid-variant-coordinate"),
    ("MolecularSequence", "referenceseqid-window-coordinate"),
];

/// A search parameter of one resource type, or a component of a composite.
#[derive(Debug)]
pub struct Parameter {
    /// The name in queries.
    pub code: Box<str>,
    /// How values are compared.
    pub kind: SearchParamType,
    /// For references: the resource types that can be pointed to.
    pub targets: Vec<Box<str>>,
    /// Whether it selects identifiers.
    pub(crate) finds_identifiers: bool,
    /// Whether it can select several elements of one resource, or is too complicated to tell.
    pub repeats: bool,
    /// The parts of a composite.
    pub components: Vec<Parameter>,
    branches: Vec<Branch>,
}

impl Parameter {
    /// The parameter of a resource type, or why it cannot be evaluated.
    pub(crate) fn new(
        definition: &SearchParameter,
        registry: &Registry,
        resource_type: &str,
    ) -> Result<Self, String> {
        if UNSUPPORTED.contains(&(resource_type, &definition.code)) || &*definition.code == "phonetic" {
            return Err("docs/search.md lists it as not supported".to_owned());
        }
        let expression = definition.expression.as_deref().ok_or("it has no expression")?;
        let own: Vec<String> =
            alternatives(expression).into_iter().filter(|branch| concerns(branch, resource_type)).collect();
        if own.is_empty() {
            return Err("it has no expression for the type".to_owned());
        }
        let branches = Branch::all(&own.join(" | "), registry, Some(resource_type))?;
        let components = definition.components.iter().map(|component| {
            let part =
                registry.search_parameter_by_url(&component.definition).ok_or("an unknown component")?;
            let branches = Branch::all(&component.expression, registry, component_context(&own, registry))?;
            Ok::<_, String>(Self::with(part, registry, branches, Vec::new()))
        });
        let components = components.collect::<Result<_, _>>()?;
        Ok(Self::with(definition, registry, branches, components))
    }

    fn with(
        definition: &SearchParameter,
        registry: &Registry,
        branches: Vec<Branch>,
        components: Vec<Self>,
    ) -> Self {
        let any = definition.target.is_empty()
            || definition.target.iter().any(|target| matches!(&**target, "Resource" | "DomainResource"));
        let mut targets = if any { registry.resource_types().to_vec() } else { definition.target.clone() };
        if branches.iter().all(|branch| branch.points_to.is_some()) {
            targets.retain(|target| branches.iter().any(|branch| branch.points_to.as_ref() == Some(target)));
        }
        if definition.kind != SearchParamType::Reference {
            targets.clear();
        }
        let finds_identifiers = branches.iter().any(|branch| branch.ends_in_identifier);
        Self {
            code: definition.code.clone(),
            finds_identifiers,
            repeats: branches.len() != 1 || branches.iter().any(|branch| branch.repeats),
            kind: definition.kind,
            targets,
            components,
            branches,
        }
    }

    /// What it selects of a resource.
    pub fn select<'a>(&'a self, types: &'a TypeModel, resource: &'a Stored) -> Vec<Datum<'a>> {
        self.branches.iter().flat_map(|branch| branch.select(types, resource.root(), None)).collect()
    }

    /// What it, as a component, selects of an element.
    pub fn select_part<'a>(
        &'a self,
        types: &'a TypeModel,
        resource: &'a Stored,
        element: &Datum<'a>,
    ) -> Vec<Datum<'a>> {
        let from = Some(&element.item);
        self.branches.iter().flat_map(|branch| branch.select(types, resource.root(), from)).collect()
    }
}

/// Whether an alternative begins with the type, with a type that all resources are, or with no type.
fn concerns(branch: &str, resource_type: &str) -> bool {
    let name: String =
        branch.trim_start_matches('(').chars().take_while(|letter| letter.is_ascii_alphanumeric()).collect();
    let is_type = name.starts_with(|letter: char| letter.is_ascii_uppercase());
    !is_type || [resource_type, "Resource", "DomainResource"].contains(&name.as_str())
}

/// The type of the elements of a composite, where its path is that of a type: `Observation.component`.
fn component_context<'a>(branches: &'a [String], registry: &Registry) -> Option<&'a str> {
    let [only] = branches else { return None };
    registry.types().id(only).map(|_| only.as_str())
}
