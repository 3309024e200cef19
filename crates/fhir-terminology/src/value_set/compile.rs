//! Compiling a ValueSet resource.

use fhir_model::Node;
use foldhash::HashSet;

use super::expansion::Expansion;
use super::{Codes, Selection, ValueSet, ecl};
use crate::code_system::Filter;
use crate::code_systems::{CodeSystems, Source};
use crate::grammar::Grammar;
use crate::not_checked::NotChecked;

/// How a definition is malformed.
type Defect = &'static str;

impl ValueSet {
    /// Compiles a ValueSet. A malformed one is kept as such, so that it is told of when it is asked.
    pub(crate) fn compile(url: &str, root: Option<Node<'_>>, systems: &CodeSystems) -> Self {
        let compiled = match root {
            Some(root) => Self::read(url, root, systems),
            None => Err("it is not readable"),
        };
        compiled.unwrap_or_else(|defect| Self {
            url: url.into(),
            include: Vec::new(),
            exclude: Vec::new(),
            expansion: None,
            defect: Some(defect),
        })
    }

    fn read(url: &str, root: Node<'_>, systems: &CodeSystems) -> Result<Self, Defect> {
        let compose = root.get("compose");
        let expansion = root.get("expansion").map(Expansion::parse);
        if compose.is_none() && expansion.is_none() {
            return Err("it has neither compose nor expansion");
        }
        let selections = |member: &str| -> Result<Vec<Selection>, Defect> {
            let nodes = compose.and_then(|compose| compose.get(member)).into_iter().flat_map(Node::each);
            nodes.map(|node| Selection::compile(node, systems)).collect()
        };
        let include = selections("include")?;
        if compose.is_some() && include.is_empty() {
            return Err("its compose includes nothing");
        }
        Ok(Self { url: url.into(), include, exclude: selections("exclude")?, expansion, defect: None })
    }
}

impl Selection {
    fn compile(node: Node<'_>, systems: &CodeSystems) -> Result<Self, Defect> {
        let imports = node.get("valueSet").into_iter().flat_map(Node::each);
        let imports: Vec<Box<str>> = imports.filter_map(Node::as_str).map(Into::into).collect();
        let Some(system) = node.get_str("system") else {
            let has_codes = node.get("concept").is_some() || node.get("filter").is_some();
            return match (imports.is_empty(), has_codes) {
                (false, false) => Ok(Self { system: None, codes: Codes::All, imports }),
                _ => Err("an include has no system"),
            };
        };
        let source = systems.source(system, node.get_str("version"));
        let codes = match (node.get("concept"), node.get("filter")) {
            (Some(concepts), None) => named(concepts, source)?,
            (None, Some(filters)) => filtered(filters, system, source, systems)?,
            (None, None) => whole(system, node.get_str("version"), source),
            (Some(_), Some(_)) => return Err("an include has concepts and filters"),
        };
        Ok(Self { system: Some(system.into()), codes, imports })
    }
}

fn named(concepts: Node<'_>, source: Option<Source>) -> Result<Codes, Defect> {
    let entry = |node: Node<'_>| {
        let code = node.get_str("code").ok_or("a concept of an include has no code")?;
        Ok((code.into(), node.get_str("display").map(Into::into)))
    };
    Ok(Codes::Named { codes: concepts.each().map(entry).collect::<Result<_, Defect>>()?, source })
}

fn whole(system: &str, version: Option<&str>, source: Option<Source>) -> Codes {
    match (source, version) {
        (Some(source), _) => Codes::Whole(source),
        (None, None) => open(NotChecked::needs(system), source),
        (None, Some(version)) => open(NotChecked::NeedsSystem(format!("{system}|{version}").into()), source),
    }
}

fn filtered(
    filters: Node<'_>,
    system: &str,
    source: Option<Source>,
    systems: &CodeSystems,
) -> Result<Codes, Defect> {
    let filters: Vec<Filter> = filters.each().filter_map(Filter::parse).collect();
    let Some(first) = filters.first() else {
        return Err("a filter lacks property, op or value");
    };
    Ok(match source {
        None => open(NotChecked::needs(system), None),
        Some(Source::Grammar(Grammar::SnomedCt)) => snomed_ct(&filters),
        Some(source @ Source::Grammar(grammar)) => {
            match (grammar, &*first.property, &*first.op, filters.len()) {
                (Grammar::Units, "canonical", "=", 1) => Codes::UnitsLike(first.value.clone()),
                (Grammar::Loinc, ..) => open(NotChecked::needs(system), Some(source)),
                _ => open(first.not_supported(), Some(source)),
            }
        }
        Some(source) => match systems.listed(source).map(|listed| listed.select(&filters)) {
            Some(Ok(concepts)) => Codes::Filtered { source, concepts },
            Some(Err(reason)) => open(reason, Some(source)),
            None => open(first.not_supported(), Some(source)),
        },
    })
}

/// What filters over SNOMED CT say without its hierarchy: the concepts that they name themselves.
fn snomed_ct(filters: &[Filter]) -> Codes {
    let source = Some(Source::Grammar(Grammar::SnomedCt));
    let reason = NotChecked::needs("http://snomed.info/sct");
    let [filter] = filters else {
        return open(reason, source);
    };
    let named = match (&*filter.property, &*filter.op) {
        ("constraint" | "expression", "=") => ecl::named(&filter.value),
        ("concept", "=") => ecl::Named { ids: HashSet::from_iter([&*filter.value]), all: true },
        ("concept", "is-a") => ecl::Named { ids: HashSet::from_iter([&*filter.value]), all: false },
        _ => ecl::Named::default(),
    };
    let ids = named.ids.into_iter();
    if named.all {
        Codes::Named { codes: ids.map(|id| (id.into(), None)).collect(), source }
    } else {
        Codes::Open { known: ids.map(Into::into).collect(), source, reason }
    }
}

fn open(reason: NotChecked, source: Option<Source>) -> Codes {
    Codes::Open { known: HashSet::default(), source, reason }
}
