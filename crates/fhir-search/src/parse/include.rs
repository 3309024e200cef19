//! `_include` and `_revinclude` (R4 search, section 3.1.1.6.5): `Type:parameter`, `Type:parameter:Target`, `Type:*`, `*`.

use super::Refusal;
use crate::parameters::{Parameter, ParameterKind, Parameters};
use crate::query::Include;

/// Resolves one include of a search of `resource_type`.
pub(crate) fn parse(
    parameters: &Parameters,
    resource_type: &str,
    value: &str,
    iterate: bool,
    reverse: bool,
) -> Result<Include, Refusal> {
    let name = if reverse { "_revinclude" } else { "_include" };
    let parts: Vec<&str> = value.split(':').collect();
    let (source, code, target) = match parts.as_slice() {
        ["*"] if !reverse => (resource_type, "*", None),
        ["*"] => {
            return Err(Refusal::Unsupported("'_revinclude=*' is not supported; name the type".to_owned()));
        }
        [source, code] => (*source, *code, None),
        [source, code, target] => (*source, *code, Some(*target)),
        _ => {
            let text =
                format!("'{name}': expected Type:parameter, Type:parameter:Target or Type:*, not '{value}'");
            return Err(Refusal::Invalid(text));
        }
    };
    for kind in [Some(source), target].into_iter().flatten() {
        if !parameters.has_type(kind) {
            return Err(Refusal::Unsupported(format!("'{name}={value}': '{kind}' is not a resource type")));
        }
    }
    if !reverse && !iterate && source != resource_type {
        return Err(Refusal::Unsupported(format!(
            "'{name}={value}': the search finds {resource_type}; to include from what is itself included, \
             use '_include:iterate'"
        )));
    }
    if reverse && !iterate && target.is_some_and(|target| target != resource_type) {
        return Err(Refusal::Unsupported(format!(
            "'{name}={value}': the search finds {resource_type}; to include what points to resources that are \
             themselves included, use '_revinclude:iterate'"
        )));
    }
    // Without `:iterate`, a reverse include starts from the type that is searched.
    let pointed_to = if reverse && !iterate { Some(resource_type) } else { None };
    let followed = |parameter: &Parameter| {
        [pointed_to, target].into_iter().flatten().all(|kind| parameter.can_point_to(kind))
    };
    let found = if code == "*" {
        parameters
            .references(source)
            .filter(|parameter| followed(parameter))
            .map(|parameter| parameter.id)
            .collect()
    } else {
        let parameter = reference(parameters, name, source, code)?;
        if followed(parameter) { vec![parameter.id] } else { Vec::new() }
    };
    if found.is_empty() && code != "*" {
        let kinds: Vec<&str> = [pointed_to, target].into_iter().flatten().collect();
        let text = format!("'{name}={value}': '{code}' of {source} cannot point to {}", kinds.join(" and "));
        return Err(Refusal::Unsupported(text));
    }
    Ok(Include { source: source.into(), parameters: found, target: target.map(Into::into), iterate })
}

fn reference<'a>(
    parameters: &'a Parameters,
    name: &str,
    source: &str,
    code: &str,
) -> Result<&'a Parameter, Refusal> {
    let parameter = parameters.get(source, code);
    parameter.filter(|parameter| parameter.value.kind == ParameterKind::Reference).ok_or_else(|| {
        let known: Vec<&str> = parameters.references(source).map(|parameter| &*parameter.code).collect();
        let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
        let text = format!("'{name}': '{code}' is not a reference parameter of {source}; these are: {known}");
        Refusal::Unsupported(text)
    })
}
