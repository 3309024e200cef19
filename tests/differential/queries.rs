//! Random searches: any parameter of the definitions, with values of the population, changed a little at times.

use fhir_definitions::Registry;
use fhir_definitions::search_parameter::SearchParamType as Kind;
use search_oracle::{Datum, Oracle, Parameter, Population, Request, Scope, Stored};

use crate::random::Random;
use crate::values::{
    VALUE_SETS, any_text, canonical, date, described, identifier, initial, modifier, near, near_number,
    number_of, of_type, part_of, prefixed, quantity, reference, target_of, token, uri,
};
use crate::vocabulary::{PREFIXES, WORDS};

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
                match random.chance(25) {
                    true => (random.word(&["gt", "lt", "ge", "le"]), initial(text)),
                    false => {
                        let operator = random.word(&["eq", "ne", "co", "sw", "ew"]);
                        (operator, serde_json::to_string(text).unwrap())
                    }
                }
            }
            Kind::Number => (random.word(&PREFIXES), near_number(number_of(node), random)),
            Kind::Date => {
                (random.word(&["eq", "ne", "gt", "le", "sa", "eb", "ap", "po", "co"]), date(node, random))
            }
            Kind::Quantity => {
                let value = quantity(node, random);
                let digits = value.find(|letter: char| letter.is_ascii_digit() || letter == '-').unwrap_or(0);
                (random.word(&PREFIXES), value[digits..].to_owned())
            }
            // Where there can be several values, `ne` is refused.
            Kind::Token if parameter.repeats && random.chance(95) => ("eq", token(Some(datum), random)),
            Kind::Token => (random.word(&["eq", "ne"]), token(Some(datum), random)),
            Kind::Reference => ("re", reference(parameter, node, random)),
            Kind::Uri => (random.word(&["eq", "ne"]), uri(node, random)),
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
            (Kind::Reference, "below") if random.chance(50) => {
                canonical(node).unwrap_or_else(|| reference(parameter, node, random))
            }
            (Kind::Uri, "below") if random.chance(50) => canonical(node).unwrap_or_else(|| uri(node, random)),
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
            const SHARED: [&str; 8] =
                ["_id", "_lastUpdated", "_profile", "_tag", "_source", "date", "subject", "status"];
            let own = self.oracle.parameters(kind).map(|known| &*known.code);
            let codes: Vec<&str> = match several {
                true => SHARED.to_vec(),
                false => own.chain(["_id", "_lastUpdated"]).collect(),
            };
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
        if random.chance(15) {
            pairs.push(("_summary".into(), random.word(&["true", "text", "data", "count", "false"]).into()));
        } else if random.chance(10) {
            let elements = self.registry.types().by_name(kind).map(|info| info.elements.as_slice());
            let names =
                elements.and_then(|elements| random.any(elements)).map(|element| element.name.to_string());
            pairs.extend(names.map(|names| ("_elements".to_owned(), names)));
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
