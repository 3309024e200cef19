//! A SearchParameter resource of a client, as far as it matters for searching.

use fhir_definitions::Registry;
use fhir_definitions::search_parameter::{SearchParamType, SearchParameter};
use fhir_model::{Issue, IssueType, Node};
use serde_json::json;

/// A definition that wants to take effect.
#[derive(Clone, Debug)]
pub(super) struct Definition {
    /// The id of the resource.
    pub(super) id: Box<str>,
    /// What it defines.
    pub(super) parameter: SearchParameter,
    /// The resource types that it is a parameter of.
    pub(super) types: Vec<Box<str>>,
}

impl Definition {
    /// Reads a SearchParameter; `None` if it is to have no effect: it is retired, of unknown status, or says of a parameter
    /// of the packages what is so anyway. The issues say why it cannot be honoured, as far as it can be known from it alone.
    pub(super) fn read(
        registry: &Registry,
        id: &str,
        resource: Node<'_>,
    ) -> Result<Option<Self>, Vec<Issue>> {
        if !matches!(resource.get_str("status"), Some("active" | "draft")) {
            return Ok(None);
        }
        let parameter = SearchParameter::read(resource)
            .map_err(|reason| vec![refusal("", format!("the search parameter cannot be used: {reason}"))])?;
        if let Some(known) = registry.search_parameter_by_url(&parameter.url) {
            if means_the_same(known, &parameter) {
                return Ok(None);
            }
            let text = format!(
                "{} is a search parameter of the definitions of this server, which cannot be changed; give yours a url of its own",
                parameter.url
            );
            return Err(vec![refusal("url", text)]);
        }
        let mut issues = Vec::new();
        issues.extend(check_code(&parameter.code));
        issues.extend(check_kind(&parameter));
        let mut types: Vec<Box<str>> = Vec::new();
        for (position, base) in parameter.base.iter().enumerate() {
            let of_base = types_of(registry, base);
            if of_base.is_empty() {
                let text = format!("there is no resource type '{base}'");
                issues.push(refusal(&format!("base[{position}]"), text));
            }
            types.extend(of_base);
        }
        types.sort();
        types.dedup();
        if issues.is_empty() { Ok(Some(Self { id: id.into(), parameter, types })) } else { Err(issues) }
    }

    /// All that keys depend on, as a text that is the same as long as the keys are.
    pub(super) fn text(&self, all: &[Self]) -> Box<str> {
        let SearchParameter { code, kind, expression, target, components, .. } = &self.parameter;
        let components = components.iter().map(|component| {
            let custom = all.iter().map(|other| &other.parameter).find(|p| p.url == component.definition);
            let part = custom.map(|part| json!([part.kind.as_str(), part.target]));
            json!([component.definition, component.expression, part])
        });
        json!({
            "code": code, "type": kind.as_str(), "base": self.types, "expression": expression, "target": target,
            "component": components.collect::<Vec<_>>(),
        })
        .to_string()
        .into()
    }
}

/// Why a definition is refused, with the element at fault.
pub(super) fn refusal(element: &str, text: String) -> Issue {
    let place = if element.is_empty() { String::new() } else { format!(".{element}") };
    Issue::error(IssueType::NotSupported, text).at(format!("SearchParameter{place}"))
}

/// The resource types that are of a type: itself, or all that specialise it.
fn types_of(registry: &Registry, base: &str) -> Vec<Box<str>> {
    let model = registry.types();
    let Some(base) = model.id(base) else { return Vec::new() };
    let is_of_base = |name: &str| model.id(name).is_some_and(|id| model.is_a(id, base));
    registry.resource_types().iter().filter(|name| is_of_base(name)).cloned().collect()
}

fn means_the_same(known: &SearchParameter, other: &SearchParameter) -> bool {
    let same_set =
        |a: &[Box<str>], b: &[Box<str>]| a.len() == b.len() && a.iter().all(|name| b.contains(name));
    known.code == other.code
        && known.kind == other.kind
        && known.expression == other.expression
        && known.components == other.components
        && same_set(&known.base, &other.base)
        && same_set(&known.target, &other.target)
}

/// The code is a name in queries: it must not look like a modifier or a chain, nor like a parameter of FHIR itself.
fn check_code(code: &str) -> Option<Issue> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    if code.starts_with(|c: char| c.is_ascii_alphabetic()) && code.chars().all(plain) {
        return None;
    }
    let text = format!(
        "'{code}' cannot be the name of a parameter: a letter, then letters, digits, '-' and '_' were expected"
    );
    Some(refusal("code", text))
}

fn check_kind(parameter: &SearchParameter) -> Option<Issue> {
    let Some(expression) = &parameter.expression else {
        return Some(refusal("expression", "without an expression there is nothing to search".to_owned()));
    };
    if parameter.kind == SearchParamType::Special {
        let text =
            "parameters of type special need code of their own; this server has it for none but its own";
        return Some(refusal("type", text.to_owned()));
    }
    if parameter.kind == SearchParamType::Composite && parameter.components.is_empty() {
        return Some(refusal("component", "a composite parameter has components".to_owned()));
    }
    // Keys are extracted before the server gives these.
    let given = ["id", "meta.versionId", "meta.lastUpdated"];
    let branches = expression.split('|').map(|branch| branch.trim().trim_matches(['(', ')']));
    let mut named = branches.filter_map(|branch| {
        let path =
            branch.split_once('.').filter(|(first, _)| first.starts_with(|c: char| c.is_ascii_uppercase()));
        given.into_iter().find(|name| *name == path.map_or(branch, |(_, path)| path))
    });
    let name = named.next()?;
    let text = format!("{name} is given by the server; it is searched with _id and _lastUpdated");
    Some(refusal("expression", text))
}
