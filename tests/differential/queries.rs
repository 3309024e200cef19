//! Random searches: any parameter of the definitions, with values of the population, changed a little at times.

use fhir_definitions::Registry;
use fhir_definitions::search_parameter::SearchParamType as Kind;
use fhir_model::Node;
use fhir_model::reference::Reference;
use search_oracle::{Datum, Oracle, Parameter, Population, Request, Scope, Stored};

use crate::random::Random;
use crate::stack::BASE;
use crate::vocabulary::*;

/// Draws searches of a population.
pub(crate) struct Queries<'a> {
    pub(crate) registry: &'a Registry,
    pub(crate) oracle: &'a Oracle,
    pub(crate) population: &'a Population,
}

type Pair = (String, String);

impl<'a> Queries<'a> {
    /// A search.
    pub(crate) fn request(&self, random: &mut Random) -> Request {
        let kind = random.pick(&self.population.resources).kind();
        let (scope, mut pairs) = self.scope(kind, random);
        for _ in 0..*random.pick(&[0, 1, 1, 1, 1, 1, 1, 2, 2, 3]) {
            let several = !matches!(&scope, Scope::Type(_) | Scope::Compartment { member: Some(_), .. });
            let condition = match several && random.chance(70) {
                true => Some(self.of_any_type(kind, random)),
                false => self.condition(kind, 3, random),
            };
            pairs.extend(condition);
        }
        let several = !matches!(&scope, Scope::Type(_) | Scope::Compartment { member: Some(_), .. });
        self.controls(kind, several, &mut pairs, random);
        Request { scope, pairs }
    }

    /// Where to search for resources of a type and perhaps of others.
    fn scope(&self, kind: &str, random: &mut Random) -> (Scope, Vec<Pair>) {
        const OWNERS: [&str; 5] = ["Patient", "Encounter", "Practitioner", "RelatedPerson", "Device"];
        let other = random.pick(&self.population.resources).kind();
        let types = |random: &mut Random| match random.chance(70) {
            true => vec![("_type".to_owned(), format!("{kind},{other}"))],
            false => Vec::new(),
        };
        match random.below(100) {
            0..12 => {
                let owners = self.population.resources.iter().filter(|known| OWNERS.contains(&known.kind()));
                let owners: Vec<_> = owners.collect();
                let Some(owner) = random.any(&owners) else {
                    return (Scope::Type(kind.to_owned()), Vec::new());
                };
                let owned = self.registry.compartment(owner.kind()).map(|found| found.parameters(kind));
                let in_it = owned.is_some_and(|parameters| !parameters.is_empty()) || random.chance(5);
                let member = (in_it && random.chance(80)).then(|| kind.to_owned());
                let pairs = if member.is_none() { types(random) } else { Vec::new() };
                (
                    Scope::Compartment { owner: owner.kind().to_owned(), id: owner.id().to_owned(), member },
                    pairs,
                )
            }
            12..18 => (Scope::System, types(random)),
            _ => (Scope::Type(kind.to_owned()), Vec::new()),
        }
    }

    /// A condition on resources of a type, with at most `links` links.
    fn condition(&self, kind: &str, links: usize, random: &mut Random) -> Option<Pair> {
        match random.below(100) {
            0..18 if links > 0 => self.chain(kind, links, random),
            18..28 if links > 0 => self.has(kind, links, random),
            28..35 => Some(self.of_any_type(kind, random)),
            35 => Some(self.odd(kind, random)),
            36..44 => Some(("_filter".into(), self.filter(kind, 3, random)?)),
            _ => self.plain(kind, random),
        }
    }

    fn resource_of(&self, kind: &str, random: &mut Random) -> Option<&'a Stored> {
        let resources: Vec<&Stored> =
            self.population.resources.iter().filter(|known| known.kind() == kind).collect();
        random.any(&resources).copied()
    }

    /// The parameters that select something of a resource, with what they select.
    fn selected(&self, resource: &'a Stored) -> Vec<(&'a Parameter, Datum<'a>)> {
        let types = self.registry.types();
        let parameters = self.oracle.parameters(resource.kind());
        parameters
            .flat_map(|parameter| {
                parameter.select(types, resource).into_iter().map(move |datum| (parameter, datum))
            })
            .collect()
    }

    /// A parameter with a value that some resource has.
    fn plain(&self, kind: &str, random: &mut Random) -> Option<Pair> {
        let resource = self.resource_of(kind, random)?;
        let selected = self.selected(resource);
        let mut codes: Vec<&str> = selected.iter().map(|(parameter, _)| &*parameter.code).collect();
        codes.dedup();
        let code = *random.any(&codes)?;
        let of_code: Vec<_> = selected.iter().filter(|(parameter, _)| &*parameter.code == code).collect();
        let (parameter, datum) = random.pick(&of_code);
        Some(self.valued(parameter, datum, resource, random))
    }

    /// A filter with parentheses nested at most so deep.
    fn filter(&self, kind: &str, levels: usize, random: &mut Random) -> Option<String> {
        let deeper = |random: &mut Random| self.filter(kind, levels.saturating_sub(1), random);
        match random.below(if levels > 0 { 10 } else { 6 }) {
            6 => Some(format!("not ({})", deeper(random)?)),
            7 => Some(format!("({}) or {}", deeper(random)?, deeper(random)?)),
            8 => Some(format!("{} and ({})", deeper(random)?, deeper(random)?)),
            9 => Some(format!("{} or {} and {}", deeper(random)?, deeper(random)?, deeper(random)?)),
            5 => self.filter_of_target(kind, levels, random),
            _ => self.test(kind, random),
        }
    }

    /// A test of what a reference leads to, which may have to fulfil a filter of its own.
    fn filter_of_target(&self, kind: &str, levels: usize, random: &mut Random) -> Option<String> {
        let resource = self.resource_of(kind, random)?;
        let selected = self.selected(resource);
        let references: Vec<_> =
            selected.iter().filter(|(parameter, _)| parameter.kind == Kind::Reference).collect();
        let (parameter, datum) = random.any(&references)?;
        let (target, _) = target_of(datum.node?)?;
        let link = format!("{}:{target}", parameter.code);
        let test = self.test(target, random)?;
        match random.chance(50) && levels > 0 {
            true => Some(format!("{link}[{}].{test}", self.filter(target, levels - 1, random)?)),
            false => Some(format!("{link}.{test}")),
        }
    }

    /// A test of a parameter with a value that some resource has.
    fn test(&self, kind: &str, random: &mut Random) -> Option<String> {
        let resource = self.resource_of(kind, random)?;
        let selected = self.selected(resource);
        let (parameter, datum) = random.any(&selected)?;
        let node = datum.node;
        let code = &parameter.code;
        if random.chance(10) {
            return Some(format!("{code} pr {}", random.word(&["true", "false"])));
        }
        let (operator, value) = match parameter.kind {
            Kind::String => {
                let text =
                    node.and_then(|node| any_text(node, random)).unwrap_or_else(|| random.word(&WORDS));
                (random.word(&["eq", "co", "sw", "ew"]), serde_json::to_string(text).unwrap())
            }
            Kind::Number => (random.word(&PREFIXES), near_number(number_of(node), random)),
            Kind::Date => {
                (random.word(&["eq", "ne", "gt", "le", "sa", "eb", "ap", "po"]), date(node, random))
            }
            Kind::Quantity => {
                let value = quantity(node, random);
                let digits = value.find(|letter: char| letter.is_ascii_digit() || letter == '-').unwrap_or(0);
                (random.word(&PREFIXES), value[digits..].to_owned())
            }
            Kind::Token => ("eq", token(Some(datum), random)),
            Kind::Reference => ("re", reference(parameter, node, random)),
            Kind::Uri => ("eq", uri(node, random)),
            Kind::Composite | Kind::Special => return None,
        };
        Some(format!("{code} {operator} {value}"))
    }

    fn valued(
        &self,
        parameter: &Parameter,
        datum: &Datum<'_>,
        resource: &Stored,
        random: &mut Random,
    ) -> Pair {
        let code = &parameter.code;
        if random.chance(6) {
            return (format!("{code}:missing"), random.word(&["true", "false"]).to_owned());
        }
        let modifier = modifier(parameter, datum, random);
        let count = *random.pick(&[1, 1, 1, 1, 2, 3]);
        let values: Vec<String> = (0..count)
            .map(|at| {
                // The first value is that of the resource; more are made up.
                let of_resource = (at == 0).then_some(datum);
                self.value(parameter, &modifier, of_resource, resource, random)
            })
            .collect();
        let name = if modifier.is_empty() { code.to_string() } else { format!("{code}:{modifier}") };
        (name, values.join(","))
    }

    fn value(
        &self,
        parameter: &Parameter,
        modifier: &str,
        datum: Option<&Datum<'_>>,
        resource: &Stored,
        random: &mut Random,
    ) -> String {
        let node = datum.and_then(|datum| datum.node);
        match (parameter.kind, modifier) {
            (Kind::Token | Kind::Reference, "text") => {
                let text = node.and_then(described).unwrap_or_else(|| random.word(&WORDS));
                part_of(text, random)
            }
            (Kind::Reference, "identifier") => {
                identifier(node.and_then(|node| node.get("identifier")), random)
            }
            (Kind::Token, "of-type") => of_type(node, random),
            (Kind::Token, "in" | "not-in") => random.word(&VALUE_SETS).to_owned(),
            (Kind::Number, _) => prefixed(&near_number(number_of(node), random), random),
            (Kind::Date, _) => prefixed(&date(node, random), random),
            (Kind::String, _) => {
                let text =
                    node.and_then(|node| any_text(node, random)).unwrap_or_else(|| random.word(&WORDS));
                part_of(text, random)
            }
            (Kind::Token, _) => token(datum, random),
            (Kind::Reference, _) => reference(parameter, node, random),
            (Kind::Quantity, _) => quantity(node, random),
            (Kind::Uri, _) => uri(node, random),
            (Kind::Composite, _) => self.composite(parameter, datum, resource, random),
            (Kind::Special, _) => near(random),
        }
    }

    fn composite(
        &self,
        parameter: &Parameter,
        datum: Option<&Datum<'_>>,
        resource: &Stored,
        random: &mut Random,
    ) -> String {
        let parts = parameter.components.iter().map(|part| {
            let selected = datum
                .map(|datum| part.select_part(self.registry.types(), resource, datum))
                .unwrap_or_default();
            self.value(part, "", random.any(&selected), resource, random)
        });
        parts.collect::<Vec<_>>().join("$")
    }

    fn chain(&self, kind: &str, links: usize, random: &mut Random) -> Option<Pair> {
        let resource = self.resource_of(kind, random)?;
        let selected = self.selected(resource);
        let references: Vec<_> =
            selected.iter().filter(|(parameter, _)| parameter.kind == Kind::Reference).collect();
        let (parameter, datum) = random.any(&references)?;
        let (target, _) = target_of(datum.node?)?;
        let (rest, value) = self.condition(target, links - 1, random)?;
        let link = if random.chance(50) {
            format!("{}:{target}", parameter.code)
        } else {
            parameter.code.to_string()
        };
        Some((format!("{link}.{rest}"), value))
    }

    fn has(&self, kind: &str, links: usize, random: &mut Random) -> Option<Pair> {
        // Somebody who points to a resource of the type.
        for _ in 0..20 {
            let source = random.pick(&self.population.resources);
            let selected = self.selected(source);
            let points = |(parameter, datum): &&(&Parameter, Datum<'_>)| {
                parameter.kind == Kind::Reference
                    && datum.node.and_then(target_of).is_some_and(|(found, _)| found == kind)
            };
            let pointing: Vec<_> = selected.iter().filter(points).collect();
            if let Some((parameter, _)) = random.any(&pointing) {
                let (rest, value) = self.condition(source.kind(), links - 1, random)?;
                return Some((format!("_has:{}:{}:{rest}", source.kind(), parameter.code), value));
            }
        }
        None
    }

    /// `_id`, `_lastUpdated` and their like.
    fn of_any_type(&self, kind: &str, random: &mut Random) -> Pair {
        let id = |random: &mut Random| self.resource_of(kind, random).map_or("none", Stored::id).to_owned();
        match random.below(4) {
            0 => ("_id".into(), [id(random), id(random)].join(",")),
            1 => {
                let moment = self
                    .resource_of(kind, random)
                    .and_then(|known| known.root().get("meta")?.get_str("lastUpdated"));
                let moment = moment.unwrap_or("2023-11-20");
                let shown = moment.len().min(*random.pick(&[99, 19, 16, 10, 7, 4]));
                let zone = if (11..moment.len()).contains(&shown) { "Z" } else { "" };
                ("_lastUpdated".into(), prefixed(&format!("{}{zone}", &moment[..shown]), random))
            }
            2 => ("_list".into(), self.resource_of("List", random).map_or("none", Stored::id).to_owned()),
            _ => {
                let text = random.word(&WORDS);
                (random.word(&["_text", "_content"]).into(), part_of(text, random))
            }
        }
    }

    /// Something that may have to be refused.
    fn odd(&self, kind: &str, random: &mut Random) -> Pair {
        let codes: Vec<&str> =
            self.registry.search_parameters(kind).iter().map(|known| &*known.code).collect();
        let code = random.any(&codes).map_or("wings", |code| *code);
        let name = match random.below(4) {
            0 => code.to_owned(),
            1 => format!(
                "{code}:{}",
                random.pick(&["exact", "not", "above", "wings", "Patient", "contains", "of-type"])
            ),
            2 => format!("{code}.name"),
            _ => "wings".to_owned(),
        };
        let value = random.word(&[
            "",
            "a",
            "|",
            "a|b|c",
            "a$b",
            "gt",
            "2020-13",
            "\\x",
            "5",
            "Patient/r1",
            "a,,b",
            "true",
        ]);
        (name, value.to_owned())
    }

    /// Parameters that shape the result.
    fn controls(&self, kind: &str, several: bool, pairs: &mut Vec<Pair>, random: &mut Random) {
        if random.chance(40) {
            let codes: Vec<&str> = self
                .oracle
                .parameters(kind)
                .map(|known| &*known.code)
                .filter(|_| !several)
                .chain(["_id", "_lastUpdated"])
                .collect();
            let keys: Vec<String> = (0..*random.pick(&[1, 1, 2, 3]))
                .map(|_| format!("{}{}", random.pick(&["", "-"]), random.pick(&codes)))
                .collect();
            pairs.push(("_sort".into(), keys.join(",")));
        }
        if random.chance(50) {
            pairs.push(("_count".into(), random.word(&["1", "2", "2", "3", "5", "7", "100", "0"]).into()));
        }
        if random.chance(20) {
            pairs.push(("_total".into(), random.word(&["none", "accurate", "estimate"]).into()));
        }
        for _ in 0..*random.pick(&[0, 0, 0, 1, 2]) {
            pairs.extend(self.include(kind, random));
        }
    }

    fn include(&self, kind: &str, random: &mut Random) -> Option<Pair> {
        let iterate = if random.chance(40) { ":iterate" } else { "" };
        let reverse = random.chance(40);
        let source = match reverse || !iterate.is_empty() && random.chance(50) {
            true => random.pick(&self.population.resources).kind(),
            false => kind,
        };
        let parameters: Vec<&Parameter> =
            self.oracle.parameters(source).filter(|known| known.kind == Kind::Reference).collect();
        let parameter = random.any(&parameters)?;
        let mut value =
            if random.chance(20) { format!("{source}:*") } else { format!("{source}:{}", parameter.code) };
        if reverse
            && iterate.is_empty()
            && !parameter.targets.iter().any(|target| **target == *kind)
            && !value.ends_with('*')
        {
            return None;
        }
        if random.chance(20) {
            let target = random.any(&parameter.targets)?;
            value = format!(
                "{source}:{}:{}",
                parameter.code,
                if reverse && iterate.is_empty() { kind } else { target }
            );
        } else if random.chance(5) && !reverse {
            value = "*".into();
        }
        let name = if reverse { "_revinclude" } else { "_include" };
        Some((format!("{name}{iterate}"), value))
    }
}

/// Value sets whose codes are among those of the population.
const VALUE_SETS: [&str; 3] = [
    "http://hl7.org/fhir/ValueSet/condition-clinical",
    "http://terminology.hl7.org/ValueSet/v3-ActEncounterCode",
    "http://hl7.org/fhir/ValueSet/observation-category",
];

fn modifier(parameter: &Parameter, datum: &Datum<'_>, random: &mut Random) -> String {
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
fn target_of(node: Node<'_>) -> Option<(&str, &str)> {
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
fn part_of(text: &str, random: &mut Random) -> String {
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

fn any_text<'n>(node: Node<'n>, random: &mut Random) -> Option<&'n str> {
    let texts: Vec<&str> = match node.as_str() {
        Some(text) => vec![text],
        None => node.members().flat_map(|(_, value)| value.each()).filter_map(Node::as_str).collect(),
    };
    random.any(&texts).copied()
}

/// Any text by which a concept, identifier or reference is described.
fn described(node: Node<'_>) -> Option<&str> {
    let of_coding = || node.get("coding")?.each().find_map(|coding| coding.get_str("display"));
    let of_type = || node.get("type")?.get_str("text");
    node.get_str("text").or_else(|| node.get_str("display")).or_else(of_coding).or_else(of_type)
}

fn prefixed(value: &str, random: &mut Random) -> String {
    if random.chance(30) { value.to_owned() } else { format!("{}{value}", random.pick(&PREFIXES)) }
}

fn number_of(node: Option<Node<'_>>) -> Option<String> {
    let node = node?;
    let value = node.as_number().or_else(|| node.get("value")?.as_number());
    let end = || node.get("low").or_else(|| node.get("high"))?.get("value")?.as_number();
    value.or_else(end).map(str::to_owned)
}

/// A number, or one near it, or the same with other digits.
fn near_number(number: Option<String>, random: &mut Random) -> String {
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

fn date(node: Option<Node<'_>>, random: &mut Random) -> String {
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

fn token(datum: Option<&Datum<'_>>, random: &mut Random) -> String {
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

fn identifier(node: Option<Node<'_>>, random: &mut Random) -> String {
    let text = |name: &str| node.and_then(|node| node.get_str(name)).map(str::to_owned);
    let system = text("system").unwrap_or_else(|| random.word(&IDENTIFIER_SYSTEMS).to_owned());
    let value = text("value").unwrap_or_else(|| random.word(&IDENTIFIERS).to_owned());
    if random.chance(50) { escaped(&value) } else { format!("{system}|{}", escaped(&value)) }
}

fn of_type(node: Option<Node<'_>>, random: &mut Random) -> String {
    let coding = node.and_then(|node| node.get("type")?.get("coding")?.each().next());
    let (system, codes) = random.pick(&CODES);
    let text =
        |node: Option<Node<'_>>, name: &str| node.and_then(|node| node.get_str(name)).map(str::to_owned);
    let system = text(coding, "system").unwrap_or_else(|| (*system).to_owned());
    let code = text(coding, "code").unwrap_or_else(|| (*random.pick(codes)).to_owned());
    let value = text(node, "value").unwrap_or_else(|| random.word(&IDENTIFIERS).to_owned());
    format!("{}|{}|{}", escaped(&system), escaped(&code), escaped(&value))
}

fn reference(parameter: &Parameter, node: Option<Node<'_>>, random: &mut Random) -> String {
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

fn quantity(node: Option<Node<'_>>, random: &mut Random) -> String {
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

fn uri(node: Option<Node<'_>>, random: &mut Random) -> String {
    let own = node.and_then(|node| node.as_str()).unwrap_or_else(|| random.word(&URIS));
    let uri = match random.below(5) {
        0 => random.word(&URIS),
        1 => own.split('|').next().unwrap_or(own),
        2 => own.rsplit_once('/').map_or(own, |(start, _)| start),
        _ => own,
    };
    escaped(uri)
}

fn near(random: &mut Random) -> String {
    let (latitude, longitude) = *random.pick(&PLACES);
    let distance = *random.pick(&["|1", "|13", "|12.5|km", "|100", "|20000|m", "|30|[mi_i]", "|5000|km", ""]);
    format!("{latitude}|{longitude}{distance}")
}
