//! Which records are worth comparing: searches whose matches could be the person. Each uses an index and finds few records, and
//! together they find a record unless several of its fields are wrong at once.

use crate::names::{Name, forms};
use crate::nhs_number::NHS_NUMBER_SYSTEM;
use crate::person::Person;
use crate::telecom;

/// One search of Patients.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// What the matches have in common, for people.
    pub about: &'static str,
    /// Search parameters with their values; all must hold.
    pub parameters: Vec<(String, String)>,
}

/// Names that are searched for at most.
const MOST_NAMES: usize = 3;

/// Identifiers, postcodes and telecoms in one search at most.
const MOST_VALUES: usize = 8;

/// The searches for a person, the most telling first; none if too little is known.
pub fn blocks(person: &Person) -> Vec<Block> {
    let mut all: Vec<Block> = Vec::new();
    let mut add = |about: &'static str, parameters: Vec<(&str, Vec<String>)>| {
        if parameters.iter().all(|(_, values)| !values.is_empty()) {
            let joined = |(name, values): (&str, Vec<String>)| (name.to_owned(), values.join(","));
            all.push(Block { about, parameters: parameters.into_iter().map(joined).collect() });
        }
    };
    let identifiers = person.identifiers.iter().map(|one| token(&one.system, &one.value));
    let numbers = person.nhs_numbers.iter().map(|number| token(NHS_NUMBER_SYSTEM, &number.digits));
    add(
        "NHS number or another identifier",
        vec![("identifier", numbers.chain(identifiers).take(MOST_VALUES).collect())],
    );
    let born: Vec<String> = person.birth_date.and_then(|date| date.text()).into_iter().collect();
    let slips = person.birth_date.map(|date| date.slips()).unwrap_or_default();
    let year: Vec<String> = person.birth_date.map(|date| format!("{:04}", date.year)).into_iter().collect();
    for name in person.names.iter().take(MOST_NAMES) {
        let (families, givens) = (families(name), givens(name));
        add("family name and birth date", vec![("birthdate", born.clone()), ("family", families.clone())]);
        add("first name and birth date", vec![("birthdate", born.clone()), ("given", givens.clone())]);
        add(
            "family name and a birth date like this",
            vec![("birthdate", slips.clone()), ("family", families.clone())],
        );
        add(
            "names and year of birth",
            vec![("family", families.clone()), ("given", givens.clone()), ("birthdate", year.clone())],
        );
        add("names", vec![("family", families.clone()), ("given", givens.clone())]);
        add("names in the other order", vec![("family", givens), ("given", families)]);
    }
    add("birth date", vec![("birthdate", born)]);
    add("telephone number or mail address", vec![("telecom", telecoms(person))]);
    add("postcode", vec![("address-postalcode", postcodes(person))]);
    all
}

/// Spellings of a family name; a search finds what begins with one.
fn families(name: &Name) -> Vec<String> {
    let written = name.written.0.trim();
    let plain = written.replace(['\'', '’'], "");
    let spaced = written.replace(['\'', '’'], " ");
    let mac = plain.get(..3).filter(|start| start.eq_ignore_ascii_case("mac")).and(plain.get(3..));
    let mc = plain.get(..2).filter(|start| start.eq_ignore_ascii_case("mc")).and(plain.get(2..));
    let scots = mac.map(|rest| format!("Mc{rest}")).or_else(|| mc.map(|rest| format!("Mac{rest}")));
    let irish = plain.strip_prefix(['O', 'o']).map(|rest| format!("O'{}", rest.trim()));
    let parts = name.family.parts.iter().filter(|part| part.chars().count() >= 3).cloned();
    unique([written.to_owned(), plain.clone(), spaced].into_iter().chain(scots).chain(irish).chain(parts))
}

/// Spellings and short forms of the first name.
fn givens(name: &Name) -> Vec<String> {
    let forms = name.given.first().map(|first| forms(first)).unwrap_or_default();
    unique(std::iter::once(name.written.1.clone()).chain(forms.into_iter().map(str::to_owned)))
}

fn telecoms(person: &Person) -> Vec<String> {
    unique(person.telecoms.iter().take(MOST_VALUES).flat_map(|own| telecom::spellings(own)))
}

/// Whole postcodes, with and without the space.
fn postcodes(person: &Person) -> Vec<String> {
    let spellings = person.postcodes.iter().take(MOST_VALUES).filter_map(|postcode| {
        let spaced = format!("{} {}", postcode.outward(), postcode.inward()?);
        Some([spaced, postcode.compact().to_owned()])
    });
    unique(spellings.flatten())
}

/// The values that are not empty, each once, ready for a query.
fn unique(values: impl Iterator<Item = String>) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for value in values.map(|value| escaped(value.trim())).filter(|value| !value.is_empty()) {
        if !found.contains(&value) {
            found.push(value);
        }
    }
    found
}

fn token(system: &str, value: &str) -> String {
    format!("{}|{}", escaped(system), escaped(value))
}

/// What has a meaning in queries (R4 search, 3.1.1.4.3) loses it.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if matches!(character, '\\' | ',' | '|' | '$') {
            out.push('\\');
        }
        out.push(character);
    }
    out
}
