//! Values of queries as text: those of an element, changed a little at times.

use fhir_definitions::search_parameter::SearchParamType as Kind;
use fhir_model::Node;
use fhir_model::reference::Reference;
use search_oracle::{Datum, Parameter};

use crate::random::Random;
use crate::stack::BASE;
use crate::vocabulary::*;

/// Value sets whose codes are among those of the population.
pub(crate) const VALUE_SETS: [&str; 3] = [
    "http://hl7.org/fhir/ValueSet/condition-clinical",
    "http://terminology.hl7.org/ValueSet/v3-ActEncounterCode",
    "http://hl7.org/fhir/ValueSet/observation-category",
];

pub(crate) fn modifier(parameter: &Parameter, datum: &Datum<'_>, random: &mut Random) -> String {
    if random.chance(55) {
        return String::new();
    }
    let target = || datum.node.and_then(target_of).map_or("Patient", |(kind, _)| kind);
    match parameter.kind {
        Kind::String => random.word(&["exact", "contains"]),
        Kind::Token => match datum.type_name {
            "Identifier" => random.word(&["not", "text", "of-type"]),
            "Coding" | "CodeableConcept" => random.word(&["not", "text", "in", "not-in", "above", "below"]),
            _ => random.word(&["not", "not", "text"]),
        },
        Kind::Reference => match random.below(4) {
            0 => "identifier",
            1 => "text",
            2 => random.word(&["above", "below"]),
            _ => target(),
        },
        Kind::Uri => random.word(&["above", "below"]),
        _ => "",
    }
    .to_owned()
}

/// Type and id of what a Reference or a resource is about.
pub(crate) fn target_of(node: Node<'_>) -> Option<(&str, &str)> {
    match node.resource_type() {
        Some(kind) => Some((kind, node.get_str("id")?)),
        None => Reference::parse(node.get_str("reference").or_else(|| node.as_str())?).target(),
    }
}

pub(crate) fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for letter in text.chars() {
        if ",|$\\".contains(letter) {
            escaped.push('\\');
        }
        escaped.push(letter);
    }
    escaped
}

/// A text, or its beginning, or its end, in whatever case.
pub(crate) fn part_of(text: &str, random: &mut Random) -> String {
    let letters: Vec<char> = text.chars().collect();
    let at = random.below(letters.len().max(1));
    let part: String = match random.below(6) {
        0 | 1 => text.to_owned(),
        2 | 3 => letters[..=at.min(letters.len() - 1)].iter().collect(),
        4 => letters[at..].iter().collect(),
        _ => text.to_uppercase(),
    };
    escaped(&part)
}

pub(crate) fn any_text<'n>(node: Node<'n>, random: &mut Random) -> Option<&'n str> {
    let texts: Vec<&str> = match node.as_str() {
        Some(text) => vec![text],
        None => node.members().flat_map(|(_, value)| value.each()).filter_map(Node::as_str).collect(),
    };
    random.any(&texts).copied()
}

/// Any text by which a concept, identifier or reference is described.
pub(crate) fn described(node: Node<'_>) -> Option<&str> {
    let of_coding = || node.get("coding")?.each().find_map(|coding| coding.get_str("display"));
    let of_type = || node.get("type")?.get_str("text");
    node.get_str("text").or_else(|| node.get_str("display")).or_else(of_coding).or_else(of_type)
}

pub(crate) fn prefixed(value: &str, random: &mut Random) -> String {
    if random.chance(30) { value.to_owned() } else { format!("{}{value}", random.pick(&PREFIXES)) }
}

pub(crate) fn number_of(node: Option<Node<'_>>) -> Option<String> {
    let node = node?;
    let value = node.as_number().or_else(|| node.get("value")?.as_number());
    let end = || node.get("low").or_else(|| node.get("high"))?.get("value")?.as_number();
    value.or_else(end).map(str::to_owned)
}

/// A number, or one near it, or the same with other digits.
pub(crate) fn near_number(number: Option<String>, random: &mut Random) -> String {
    let Some(number) = number else { return random.word(&NUMBERS).to_owned() };
    match random.below(8) {
        0 => {
            if number.contains('.') {
                format!("{number}0")
            } else {
                format!("{number}.0")
            }
        }
        1 => number.split('.').next().unwrap_or_default().to_owned(),
        2 => format!("{number}e0"),
        3 => (random.word(&["1e1", "1e2", "0.5e1", "1E3", "99.49", "5.35", "5.45", "110", "90", "4.5"]))
            .to_owned(),
        _ => number,
    }
}

pub(crate) fn date(node: Option<Node<'_>>, random: &mut Random) -> String {
    let ends = |node: Node<'_>| {
        let texts = node
            .members()
            .flat_map(|(_, value)| value.each())
            .filter_map(|value| value.as_str().map(str::to_owned));
        texts.collect::<Vec<_>>()
    };
    let text = node.and_then(|node| match node.as_str() {
        Some(text) => Some(text.to_owned()),
        None => random.any(&ends(node)).cloned(),
    });
    let text = text.filter(|text| text.starts_with(|letter: char| letter.is_ascii_digit()));
    let text = text.unwrap_or_else(|| random.word(&DATES).to_owned());
    match random.below(6) {
        0 => text.get(..4).unwrap_or(&text).to_owned(),
        1 => text.get(..7).unwrap_or(&text).to_owned(),
        2 => text.get(..10).unwrap_or(&text).to_owned(),
        3 => random.word(&MOMENTS).to_owned(),
        4 => text.get(..16).map_or(text.clone(), str::to_owned),
        _ => text,
    }
}

pub(crate) fn token(datum: Option<&Datum<'_>>, random: &mut Random) -> String {
    let node = datum.and_then(|datum| datum.node);
    let coding = node.and_then(|node| node.get("coding")?.each().next()).or(node);
    let text = |name: &str| coding.and_then(|coding| coding.get_str(name)).map(str::to_owned);
    let plain = node.and_then(|node| node.primitive_text()).map(str::to_owned);
    let computed = datum.and_then(|datum| datum.boolean).map(|value| value.to_string());
    let code = plain.or(computed).or_else(|| text("code")).or_else(|| text("value"));
    let implied = datum.and_then(|datum| datum.system).map(str::to_owned);
    let (mut system, mut code) = (text("system").or(implied).unwrap_or_default(), code.unwrap_or_default());
    if random.chance(15) || code.is_empty() && system.is_empty() {
        let (other, codes) = random.pick(&CODES);
        (system, code) = ((*other).to_owned(), (*random.pick(codes)).to_owned());
    }
    if random.chance(10) {
        code = if random.chance(50) { code.to_uppercase() } else { code.to_lowercase() };
    }
    let (system, code) = (escaped(&system), escaped(&code));
    match random.below(10) {
        0..5 if !code.is_empty() => code,
        5 if !code.is_empty() => format!("|{code}"),
        6 if !system.is_empty() => format!("{system}|"),
        _ => format!("{system}|{code}"),
    }
}

pub(crate) fn identifier(node: Option<Node<'_>>, random: &mut Random) -> String {
    let text = |name: &str| node.and_then(|node| node.get_str(name)).map(str::to_owned);
    let system = text("system").unwrap_or_else(|| random.word(&IDENTIFIER_SYSTEMS).to_owned());
    let value = text("value").unwrap_or_else(|| random.word(&IDENTIFIERS).to_owned());
    if random.chance(50) { escaped(&value) } else { format!("{system}|{}", escaped(&value)) }
}

pub(crate) fn of_type(node: Option<Node<'_>>, random: &mut Random) -> String {
    let coding = node.and_then(|node| node.get("type")?.get("coding")?.each().next());
    let (system, codes) = random.pick(&CODES);
    let text =
        |node: Option<Node<'_>>, name: &str| node.and_then(|node| node.get_str(name)).map(str::to_owned);
    let system = text(coding, "system").unwrap_or_else(|| (*system).to_owned());
    let code = text(coding, "code").unwrap_or_else(|| (*random.pick(codes)).to_owned());
    let value = text(node, "value").unwrap_or_else(|| random.word(&IDENTIFIERS).to_owned());
    format!("{}|{}|{}", escaped(&system), escaped(&code), escaped(&value))
}

pub(crate) fn reference(parameter: &Parameter, node: Option<Node<'_>>, random: &mut Random) -> String {
    let literal = node.and_then(|node| node.get_str("reference").or_else(|| node.as_str()));
    let (kind, id) = node.and_then(target_of).unwrap_or_else(|| {
        let kind = random.any(&parameter.targets).map_or("Patient", |kind| &**kind);
        (kind, random.word(&["r1", "r2", "r3", "none"]))
    });
    match random.below(8) {
        0 | 1 => id.to_owned(),
        2 => format!("{BASE}/{kind}/{id}"),
        3 => escaped(literal.filter(|literal| !literal.starts_with('#')).unwrap_or(id)),
        4 => literal
            .filter(|literal| literal.contains("://"))
            .map_or(id, |url| url.split('|').next().unwrap_or(url))
            .to_owned(),
        _ => format!("{kind}/{id}"),
    }
}

pub(crate) fn quantity(node: Option<Node<'_>>, random: &mut Random) -> String {
    let number = prefixed(&near_number(number_of(node), random), random);
    let (unit, system, code) = *random.pick(&UNITS);
    let own = |name: &str| {
        let node = node?;
        let inner = node.get("low").or_else(|| node.get("origin")).unwrap_or(node);
        inner.get_str(name).or_else(|| if name == "code" { inner.get_str("currency") } else { None })
    };
    match random.below(8) {
        0..3 => number,
        3 => format!("{number}||{}", escaped(own("unit").or_else(|| own("code")).unwrap_or(unit))),
        4 => match (system, code) {
            ("", _) | (_, "") => number,
            _ => format!("{number}|{system}|{}", escaped(code)),
        },
        _ => match (own("system"), own("code")) {
            (Some(system), Some(code)) => format!("{number}|{system}|{}", escaped(code)),
            _ => number,
        },
    }
}

pub(crate) fn uri(node: Option<Node<'_>>, random: &mut Random) -> String {
    let own = node.and_then(|node| node.as_str()).unwrap_or_else(|| random.word(&URIS));
    let uri = match random.below(5) {
        0 => random.word(&URIS),
        1 => own.split('|').next().unwrap_or(own),
        2 => own.rsplit_once('/').map_or(own, |(start, _)| start),
        _ => own,
    };
    escaped(uri)
}

pub(crate) fn near(random: &mut Random) -> String {
    let (latitude, longitude) = *random.pick(&PLACES);
    let distance = *random.pick(&["|1", "|13", "|12.5|km", "|100", "|20000|m", "|30|[mi_i]", "|5000|km", ""]);
    format!("{latitude}|{longitude}{distance}")
}

/// A canonical of the resource with the first part of its version.
pub(crate) fn canonical(node: Option<Node<'_>>) -> Option<String> {
    let (url, version) = node?.as_str()?.split_once('|')?;
    let major = version.split('.').next().unwrap_or(version);
    Some(format!("{url}|{major}"))
}

/// The first character of a text, as a value of a filter.
pub(crate) fn initial(text: &str) -> String {
    let initial: String = text.chars().take(1).collect();
    serde_json::to_string(&initial).unwrap()
}
