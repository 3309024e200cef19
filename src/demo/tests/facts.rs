//! The UK Core assets of the shared test data, to hold the population against.

use serde_json::Value;
use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Structure definitions, value sets that can be listed, and code systems.
pub(super) struct Facts {
    definitions: HashMap<String, Value>,
    /// System and code of each member; a value set is missing where only a terminology server could list it.
    value_sets: HashMap<String, HashSet<(String, String)>>,
    /// Display of each code of the complete code systems.
    displays: HashMap<String, HashMap<String, String>>,
}

impl Facts {
    /// Reads the facts; where they are absent, says so and gives nothing, or fails if this is a CI run.
    pub(super) fn load() -> Option<Self> {
        let shared = std::env::var_os("WESTWAY_SHARED")
            .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"), PathBuf::from);
        let facts = shared.join("uk-core/facts");
        if !facts.is_dir() {
            assert!(std::env::var_os("CI").is_none(), "{} is needed in CI", facts.display());
            println!(
                "SKIPPED: the population is not held against UK Core because {} is absent",
                facts.display()
            );
            return None;
        }
        let displays = code_displays(&read_lines(&facts.join("codesystems.jsonl")));
        let value_sets = read_lines(&facts.join("valuesets.jsonl"))
            .iter()
            .filter_map(|value_set| Some((text(&value_set["url"]), members(value_set, &displays)?)))
            .collect();
        let definitions = read_lines(&facts.join("profiles.jsonl"))
            .into_iter()
            .map(|definition| (text(&definition["url"]), definition))
            .collect();
        Some(Self { definitions, value_sets, displays })
    }

    pub(super) fn definition(&self, url: &str) -> Option<&Value> {
        self.definitions.get(url)
    }

    /// Checks that an extension may stand at `path` and that its values, nested ones too, fit their bindings.
    pub(super) fn check_extension(&self, extension: &Value, path: &str) {
        let url = extension["url"].as_str().unwrap();
        let definition = self.definition(url).unwrap_or_else(|| panic!("{url} is not defined"));
        let contexts = definition["context"].as_array().unwrap();
        assert!(
            contexts.iter().any(|context| context["expression"] == path),
            "{url} may not stand at {path}"
        );
        if let Some(binding) = binding_of(definition, "Extension.value[x]") {
            self.check_value(binding, value_of(extension), url);
        }
        for part in extension.get("extension").and_then(Value::as_array).into_iter().flatten() {
            let id = format!("Extension.extension:{}.value[x]", part["url"].as_str().unwrap());
            if let Some(binding) = binding_of(definition, &id) {
                self.check_value(binding, value_of(part), &id);
            }
        }
    }

    /// Checks every value the resource's profile binds outside slices; returns how many it could check.
    pub(super) fn check_bindings(&self, resource: &Value) -> usize {
        let profile = self.definition(resource["meta"]["profile"][0].as_str().unwrap()).unwrap();
        let mut checked = 0;
        for element in profile["differential"]["element"].as_array().unwrap() {
            let id = element["id"].as_str().unwrap();
            if element.get("binding").is_none() || id.contains(':') {
                continue;
            }
            let mut values = vec![resource];
            for name in id.split('.').skip(1) {
                values = values.into_iter().filter_map(|value| value.get(name)).flat_map(items).collect();
            }
            for value in values {
                checked += usize::from(self.check_value(&element["binding"], value, id));
            }
        }
        checked
    }

    /// Checks a coding of a complete UK Core code system; returns whether the value was one.
    pub(super) fn check_coding(&self, value: &Value, path: &str) -> bool {
        let (Some(system), Some(code)) = (value["system"].as_str(), value["code"].as_str()) else {
            return false;
        };
        let Some(codes) = self.displays.get(system) else {
            assert!(
                !system.starts_with("https://fhir.hl7.org.uk/CodeSystem/"),
                "{path}: no code system {system}"
            );
            return false;
        };
        let display = codes.get(code).unwrap_or_else(|| panic!("{path}: {system} has no code {code}"));
        assert!(value.get("display").is_none_or(|given| given == display.as_str()), "{path}: {value}");
        true
    }

    /// Whether the value set can be listed; then any coding of the value has to be a member.
    fn check_value(&self, binding: &Value, value: &Value, what: &str) -> bool {
        let url = binding["valueSet"].as_str().unwrap_or_default();
        if url.ends_with("/all-languages") {
            assert!(
                value["coding"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .all(|coding| coding["system"] == "urn:ietf:bcp:47")
            );
            return true;
        }
        let Some(members) = self.value_sets.get(url) else { return false };
        let Some(codings) = value["coding"].as_array() else {
            assert_ne!(binding["strength"], "required", "{what}: {value} has no code");
            return false;
        };
        let is_member = |coding: &Value| members.contains(&(text(&coding["system"]), text(&coding["code"])));
        assert!(codings.iter().any(is_member), "{what}: {value} is not in {url}");
        true
    }
}

fn binding_of<'d>(definition: &'d Value, id: &str) -> Option<&'d Value> {
    let elements = definition["differential"]["element"].as_array()?;
    elements.iter().find(|element| element["id"] == id)?.get("binding")
}

/// The `value[x]` of an extension.
fn value_of(extension: &Value) -> &Value {
    extension.as_object().unwrap().iter().find(|(name, _)| name.starts_with("value")).unwrap().1
}

fn items(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(items) => items.iter().collect(),
        single => vec![single],
    }
}

fn read_lines(path: &Path) -> Vec<Value> {
    fs::read_to_string(path).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn code_displays(systems: &[Value]) -> HashMap<String, HashMap<String, String>> {
    let complete = systems.iter().filter(|system| system["content"] == "complete");
    let codes = |system: &Value| {
        items(&system["concept"])
            .into_iter()
            .map(|concept| (text(&concept["code"]), text(&concept["display"])))
            .collect()
    };
    complete.map(|system| (text(&system["url"]), codes(system))).collect()
}

/// The members of a value set: its stored expansion and what its definition lists outright.
fn members(
    value_set: &Value,
    displays: &HashMap<String, HashMap<String, String>>,
) -> Option<HashSet<(String, String)>> {
    let expansion = value_set["expansion"]["contains"].as_array();
    let mut members: HashSet<(String, String)> = expansion
        .into_iter()
        .flatten()
        .map(|member| (text(&member["system"]), text(&member["code"])))
        .collect();
    for include in value_set["compose"]["include"].as_array().into_iter().flatten() {
        let system = text(&include["system"]);
        match (include["concept"].as_array(), displays.get(&system)) {
            (Some(concepts), _) => {
                members.extend(concepts.iter().map(|concept| (system.clone(), text(&concept["code"]))));
            }
            (None, Some(codes)) if include.get("filter").is_none() => {
                members.extend(codes.keys().map(|code| (system.clone(), code.clone())));
            }
            _ if expansion.is_none() => return None,
            _ => {}
        }
    }
    Some(members)
}
