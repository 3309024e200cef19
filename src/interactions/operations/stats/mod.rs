//! `$stats`: statistics over the values of a subject's Observations (R4 Observation operation stats).
//!
//! For each code there is an Observation whose components are the statistics. The Observations of a panel count for the codes of its
//! components and members. Observations that are entered in error, or that a modifier extension says something of, do not count.

mod series;
mod statistic;

use std::collections::{BTreeMap, HashSet};

use fhir_model::Node;
use fhir_model::primitive::decimal::to_f64;
use fhir_model::primitive::{decimal, instant_text};
use fhir_model::write::write_string;
use fhir_search::parse::Scope;
use fhir_search::query::Query;
use serde_json::{Value, json};

use self::series::{Code, Series};
use self::statistic::Statistic;
use super::definition::{Call, Level, Operation, Parameter};
use super::graph::{Key, existing, parsed};
use crate::interactions::context::now_micros;
use crate::interactions::{Error, Response, prepare, search};
use crate::store::Version;

pub(super) static STATS: Operation = Operation {
    name: "stats",
    definition: "http://hl7.org/fhir/OperationDefinition/Observation-stats",
    levels: &[Level::Type],
    types: &["Observation"],
    by_get: true,
    changes_data: false,
    parameters: &[
        Parameter::once("subject", "uri"),
        Parameter::many("code", "string"),
        Parameter::once("system", "uri"),
        Parameter::many("coding", "Coding"),
        Parameter::once("duration", "decimal"),
        Parameter::once("period", "Period"),
        Parameter::many("statistic", "code"),
        Parameter::once("include", "boolean"),
        Parameter::once("limit", "positiveInt"),
    ],
    takes_search: false,
    returns: Some("Parameters"),
    perform: stats,
};

/// Observations that are read from the store at once.
const READ_AT_ONCE: usize = 1000;

/// What a client asks for.
struct Asked {
    subject: Key,
    codes: Vec<Code>,
    /// First and last moment, as they are written.
    period: (Option<String>, Option<String>),
    statistics: Vec<(&'static str, Statistic)>,
}

fn stats(call: &Call<'_>) -> Result<Response, Error> {
    let asked = asked(call)?;
    let observations = observations(call, &asked)?;
    let mut series = series(call, &asked, &observations)?;
    let mut out = b"{\"resourceType\":\"Parameters\",\"parameter\":[".to_vec();
    let mut separator: &[u8] = b"";
    let mut parameter = |name: &str, resource: &[u8]| {
        out.extend_from_slice(separator);
        separator = b",";
        out.extend_from_slice(b"{\"name\":");
        write_string(name, &mut out);
        out.extend_from_slice(b",\"resource\":");
        out.extend_from_slice(resource);
        out.push(b'}');
    };
    for (code, series) in &mut series {
        parameter("statistics", told(&asked, code, series).to_string().as_bytes());
    }
    if call.inputs.flag("include")? {
        let limit = call.inputs.positive("limit")?.unwrap_or(usize::MAX);
        observations.iter().take(limit).for_each(|version| parameter("source", &version.body));
    }
    out.extend_from_slice(b"]}");
    Ok(Response::resource(out))
}

fn asked(call: &Call<'_>) -> Result<Asked, Error> {
    let needed = |name: &str| Error::BadParameter(format!("$stats needs the parameter {name}"));
    let inputs = call.inputs;
    let subject = inputs.text("subject")?.ok_or_else(|| needed("subject"))?;
    let (kind, id) = prepare::local_target(call.context, subject).ok_or_else(|| {
        Error::bad_parameter("subject", subject, "a reference to a resource of this server")
    })?;
    let statistics = inputs.texts("statistic")?.into_iter().flat_map(|list| list.split(','));
    let statistics = statistics.map(|code| {
        let known = || format!("one of {}", Statistic::codes().collect::<Vec<_>>().join(", "));
        Statistic::of(code).ok_or_else(|| Error::bad_parameter("statistic", code, &known()))
    });
    let statistics = statistics.collect::<Result<Vec<_>, Error>>()?;
    if statistics.is_empty() {
        return Err(needed("statistic"));
    }
    Ok(Asked {
        subject: Key { kind: kind.into(), id: id.into() },
        codes: codes(call)?,
        period: period(call)?,
        statistics,
    })
}

fn codes(call: &Call<'_>) -> Result<Vec<Code>, Error> {
    let needed = |text: &str| Error::BadParameter(text.to_owned());
    let mut codes = Vec::new();
    let system = call.inputs.text("system")?;
    for code in call.inputs.texts("code")? {
        let system = system.ok_or_else(|| needed("$stats needs the parameter system with code"))?;
        codes.push(Code { system: system.to_owned(), code: code.to_owned() });
    }
    for coding in call.inputs.elements("coding")? {
        codes.push(Code::of(coding).ok_or_else(|| needed("coding has no code"))?);
    }
    if codes.is_empty() { Err(needed("$stats needs the parameter code or coding")) } else { Ok(codes) }
}

fn period(call: &Call<'_>) -> Result<(Option<String>, Option<String>), Error> {
    const HOUR: f64 = 3_600_000_000.0;
    let periods = call.inputs.elements("period")?;
    let period = periods.first();
    let Some(duration) = call.inputs.text("duration")? else {
        let text = |name: &str| period.and_then(|period| period.get_str(name)).map(str::to_owned);
        return Ok((text("start"), text("end")));
    };
    if period.is_some() {
        return Err(Error::BadParameter("duration and period exclude each other".into()));
    }
    let hours = decimal::parse(duration).map(to_f64).ok().filter(|hours| *hours > 0.0);
    let hours = hours.ok_or_else(|| Error::bad_parameter("duration", duration, "a number of hours"))?;
    let now = now_micros();
    let start = now.saturating_sub((hours * HOUR) as i64).max(0);
    Ok((Some(instant_text(start)), Some(instant_text(now))))
}

/// The Observations of the subject that have one of the codes, themselves or in a component, the newest first.
fn observations(call: &Call<'_>, asked: &Asked) -> Result<Vec<Version>, Error> {
    let codes: Vec<String> = asked
        .codes
        .iter()
        .map(|Code { system, code }| format!("{}|{}", escaped(system), escaped(code)))
        .collect();
    let pair = |name: &str, value: String| (name.to_owned(), value);
    let mut pairs = vec![
        pair("subject", format!("{}/{}", asked.subject.kind, asked.subject.id)),
        pair("combo-code", codes.join(",")),
        pair("status:not", "entered-in-error".to_owned()),
        pair("_sort", "-date".to_owned()),
    ];
    pairs.extend(asked.period.0.as_ref().map(|start| pair("date", format!("ge{start}"))));
    pairs.extend(asked.period.1.as_ref().map(|end| pair("date", format!("le{end}"))));
    let query = search::parse(call.context, Scope::Type("Observation"), &pairs, false)?;
    let query = Query { count: READ_AT_ONCE, ..query };
    let (mut found, mut cursor) = (Vec::new(), None);
    loop {
        let page = call.context.store.search(&query, cursor.as_ref())?;
        found.extend(page.matches);
        match page.next {
            Some(next) => cursor = Some(next),
            None => break,
        }
    }
    let mut usable = Vec::with_capacity(found.len());
    for version in found {
        if is_usable(parsed(&version)?.root()) {
            usable.push(version);
        }
    }
    Ok(usable)
}

/// A value of a search parameter, whose own signs are escaped (R4 search, 3.1.1.4.1).
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace(',', "\\,").replace('|', "\\|").replace('$', "\\$")
}

fn is_usable(observation: Node<'_>) -> bool {
    observation.get("modifierExtension").is_none()
        && observation.get_str("status") != Some("entered-in-error")
}

/// The values by code. Codes asked for that have no value, and are no panels, have an empty series.
fn series(call: &Call<'_>, asked: &Asked, observations: &[Version]) -> Result<BTreeMap<Code, Series>, Error> {
    let mut series: BTreeMap<Code, Series> = BTreeMap::new();
    let mut panels: HashSet<String> = HashSet::new();
    let mut counted: HashSet<Key> = observations.iter().map(Key::of).collect();
    for version in observations {
        let document = parsed(version)?;
        let observation = document.root();
        let own = Code::all(observation.get("code")).into_iter().find(|code| asked.codes.contains(code));
        for component in observation.get("component").into_iter().flat_map(Node::items) {
            count(&mut series, asked, own.is_some(), component)?;
        }
        let Some(own) = own else { continue };
        let members: Vec<Key> = observation
            .get("hasMember")
            .into_iter()
            .flat_map(Node::items)
            .filter_map(|member| prepare::local_target(call.context, member.get_str("reference")?))
            .map(|(kind, id)| Key { kind: kind.into(), id: id.into() })
            .collect();
        let has_parts = !members.is_empty() || observation.get("component").is_some();
        if observation.get("valueQuantity").is_some() || !has_parts {
            series.entry(own.clone()).or_default().add(&own, observation)?;
        } else {
            panels.insert(format!("{}|{}", own.system, own.code));
        }
        for member in members {
            if member.kind.as_ref() == "Observation"
                && counted.insert(member.clone())
                && let Some(version) = existing(call.context, &member)?
            {
                let member = parsed(&version)?;
                if is_usable(member.root()) {
                    count(&mut series, asked, true, member.root())?;
                }
            }
        }
    }
    for code in &asked.codes {
        if !panels.contains(&format!("{}|{}", code.system, code.code)) {
            series.entry(code.clone()).or_default();
        }
    }
    Ok(series)
}

/// Counts a part of an Observation for the code asked for that it has; in a panel, where it has none, for its first code.
fn count(
    series: &mut BTreeMap<Code, Series>,
    asked: &Asked,
    in_panel: bool,
    part: Node<'_>,
) -> Result<(), Error> {
    let codes = Code::all(part.get("code"));
    let wanted = codes.iter().find(|code| asked.codes.contains(code));
    match wanted.or_else(|| codes.first().filter(|_| in_panel)) {
        Some(code) => series.entry(code.clone()).or_default().add(code, part),
        None => Ok(()),
    }
}

/// The Observation that tells the statistics of a code.
fn told(asked: &Asked, code: &Code, series: &mut Series) -> Value {
    let mut observation = json!({
        "resourceType": "Observation",
        "status": "final",
        "code": { "coding": [{ "system": code.system, "code": code.code }] },
        "subject": { "reference": format!("{}/{}", asked.subject.kind, asked.subject.id) },
    });
    if let Some(object) = observation.as_object_mut() {
        let (start, end) = &asked.period;
        let bounds = [("start", start), ("end", end)];
        let period: serde_json::Map<String, Value> = bounds
            .into_iter()
            .filter_map(|(name, text)| Some((name.to_owned(), json!(text.as_ref()?))))
            .collect();
        if !period.is_empty() {
            object.insert("effectivePeriod".to_owned(), Value::Object(period));
        }
        object.insert("component".to_owned(), series.components(&asked.statistics).into());
    }
    observation
}
