//! The parameters that shape the result (R4 search, 3.1.1.6).

use fhir_definitions::search_parameter::SearchParamType as Kind;

use crate::modifier;
use crate::oracle::Oracle;
use crate::parameter::Parameter;
use crate::refusal::Refusal;

/// What a query asks of the result.
#[derive(Debug, Default)]
pub(crate) struct Controls<'o> {
    pub(crate) sort: Vec<SortKey>,
    /// Matches on a page, as given.
    pub(crate) count: Option<usize>,
    /// An exact total was asked for.
    pub(crate) wants_total: bool,
    /// Only the number of matches.
    pub(crate) only_count: bool,
    pub(crate) includes: Vec<Include<'o>>,
    summary: Option<String>,
    elements: bool,
    seen: Vec<String>,
}

/// One key of `_sort`.
#[derive(Clone, Debug)]
pub(crate) struct SortKey {
    pub(crate) by: SortBy,
    pub(crate) descending: bool,
}

#[derive(Clone, Debug)]
pub(crate) enum SortBy {
    Id,
    LastUpdated,
    /// By code: the parameter is another for each type searched.
    Parameter(String),
}

/// `_include` or `_revinclude`.
#[derive(Clone, Debug)]
pub(crate) struct Include<'o> {
    pub(crate) reverse: bool,
    pub(crate) iterate: bool,
    /// The type that holds the reference.
    pub(crate) source: String,
    pub(crate) parameters: Vec<&'o Parameter>,
    pub(crate) target: Option<String>,
}

impl<'o> Controls<'o> {
    /// Reads a result parameter; false when the name is not one.
    pub(crate) fn read(
        &mut self,
        oracle: &'o Oracle,
        types: &[String],
        name: &str,
        value: &str,
    ) -> Result<bool, Refusal> {
        let (code, modifier) = modifier::split(name);
        let once = ["_sort", "_count", "_total", "_summary", "_elements"].contains(&code);
        if once && modifier.is_some() {
            return Refusal::unsupported(format!("'{code}' takes no modifier"));
        }
        if once && self.seen.iter().any(|seen| seen == code) {
            return Refusal::invalid(format!("'{code}' was given twice"));
        }
        self.seen.push(code.to_owned());
        match code {
            "_sort" => {
                self.sort =
                    value.split(',').map(|key| sort_key(oracle, types, key)).collect::<Result<_, _>>()?
            }
            "_count" => self.count(oracle, value)?,
            "_total" => match value {
                "none" => {}
                "accurate" | "estimate" => self.wants_total = true,
                _ => return Refusal::invalid("'_total'"),
            },
            "_summary" => match value {
                "count" | "false" | "true" | "text" | "data" => {
                    self.only_count |= value == "count";
                    self.summary = Some(value.to_owned());
                }
                _ => return Refusal::invalid("'_summary'"),
            },
            "_elements" => {
                let exists = |name: &str| {
                    let mut searched = types.iter().filter_map(|kind| oracle.types().by_name(kind));
                    searched.any(|info| info.element(name).is_some())
                };
                if !value.split(',').all(|path| exists(path.split('.').next().unwrap_or_default())) {
                    return Refusal::invalid("'_elements' names what no type has");
                }
                self.elements = true;
            }
            "_include" | "_revinclude" => {
                self.includes.extend(include(oracle, types, code == "_revinclude", modifier, value)?);
            }
            "_format" | "_pretty" => {}
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Refuses what contradicts itself.
    pub(crate) fn check(&self) -> Result<(), Refusal> {
        match self.summary.as_deref() {
            Some("true" | "text" | "data") if self.elements => Refusal::invalid("'_summary' and '_elements'"),
            Some("text") if !self.includes.is_empty() => Refusal::invalid("'_summary=text' with includes"),
            _ => Ok(()),
        }
    }

    fn count(&mut self, oracle: &Oracle, value: &str) -> Result<(), Refusal> {
        if value.is_empty() || !value.bytes().all(|byte| byte.is_ascii_digit()) {
            return Refusal::invalid("'_count'");
        }
        let most = oracle.settings.max_count;
        let count = value.parse::<usize>().unwrap_or(most).min(most);
        self.only_count |= count == 0;
        self.count = Some(count);
        Ok(())
    }
}

fn sort_key(oracle: &Oracle, types: &[String], key: &str) -> Result<SortKey, Refusal> {
    let code = key.strip_prefix('-').unwrap_or(key);
    let by = match code {
        "" => return Refusal::invalid("'_sort' has an empty key"),
        "_id" => SortBy::Id,
        "_lastUpdated" => SortBy::LastUpdated,
        _ => {
            let parameters = types.iter().map(|kind| oracle.parameter(kind, code));
            let parameters: Vec<&Parameter> = parameters.collect::<Result<_, _>>()?;
            let comparable = |kind| match kind {
                Kind::Number => Kind::Quantity,
                Kind::Reference => Kind::Token,
                other => other,
            };
            let first = parameters.first().map(|parameter| comparable(parameter.kind));
            if parameters.iter().any(|parameter| {
                matches!(parameter.kind, Kind::Composite | Kind::Special)
                    || Some(comparable(parameter.kind)) != first
            }) {
                return Refusal::unsupported(format!("'{code}' has no order"));
            }
            SortBy::Parameter(code.to_owned())
        }
    };
    Ok(SortKey { by, descending: key.starts_with('-') })
}

fn include<'o>(
    oracle: &'o Oracle,
    types: &[String],
    reverse: bool,
    modifier: Option<&str>,
    value: &str,
) -> Result<Vec<Include<'o>>, Refusal> {
    let iterate = match modifier {
        None => false,
        Some("iterate" | "recurse") => true,
        Some(other) => return Refusal::unsupported(format!("':{other}' of an include")),
    };
    let parts: Vec<&str> = value.split(':').collect();
    let (source, code, target) = match parts.as_slice() {
        ["*"] => return Ok(everything(oracle, types, reverse, iterate)),
        [source, code] => (*source, *code, None),
        [source, code, target] => (*source, *code, Some(*target)),
        _ => return Refusal::invalid("not Type:parameter[:Target]"),
    };
    if [Some(source), target].into_iter().flatten().any(|kind| !oracle.has_type(kind)) {
        return Refusal::unsupported("an unknown type in an include");
    }
    // Without `:iterate` it must begin at the matches.
    let begins_at = if reverse { target } else { Some(source) };
    if !iterate && begins_at.is_some_and(|kind| !types.iter().any(|searched| searched == kind)) {
        return Refusal::unsupported("an include that does not begin at the matches");
    }
    let points_to =
        |parameter: &Parameter, kind: &str| parameter.targets.iter().any(|target| **target == *kind);
    let leads = |parameter: &&'o Parameter| {
        let to_matches = !reverse || iterate || types.iter().any(|kind| points_to(parameter, kind));
        to_matches && target.is_none_or(|target| points_to(parameter, target))
    };
    let parameters: Vec<&Parameter> = match code {
        "*" => references(oracle, source).into_iter().filter(leads).collect(),
        _ => {
            let parameter = oracle.parameter(source, code)?;
            if parameter.kind != Kind::Reference || !leads(&parameter) {
                return Refusal::unsupported(format!("'{code}' of {source} does not lead there"));
            }
            vec![parameter]
        }
    };
    Ok(vec![Include {
        reverse,
        iterate,
        source: source.to_owned(),
        parameters,
        target: target.map(str::to_owned),
    }])
}

/// `*`: all references of the types searched, or to them; with `:iterate` all there are.
fn everything<'o>(oracle: &'o Oracle, types: &[String], reverse: bool, iterate: bool) -> Vec<Include<'o>> {
    let all = oracle.registry.resource_types().iter().map(|kind| kind.to_string());
    let sources: Vec<String> = if reverse || iterate { all.collect() } else { types.to_vec() };
    let include = |source: String| Include {
        reverse,
        iterate,
        parameters: references(oracle, &source),
        source,
        target: None,
    };
    sources.into_iter().map(include).collect()
}

fn references<'o>(oracle: &'o Oracle, kind: &str) -> Vec<&'o Parameter> {
    oracle.parameters(kind).filter(|known| known.kind == Kind::Reference).collect()
}
