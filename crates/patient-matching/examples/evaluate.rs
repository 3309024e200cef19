//! How many patients are found again when their details are entered with errors, and how many wrong ones with them.
//!
//! `cargo run -p patient-matching --example evaluate -- patients.ndjson` compares each patient of the file, changed in several ways, with
//! all of them. Every other patient is then looked for without being there, so that strangers count, too.

#![expect(clippy::print_stdout, reason = "the result of the program")]
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a program for developers fails by panicking"
)]

use fhir_model::Document;
use patient_matching::{Grade, Person, compare};
use serde_json::{Value, json};

/// Random numbers, the same in every run (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end as u64) as usize
    }
}

type Change = fn(&mut Value, &mut Random);

/// What goes wrong, from nothing to much.
static CHANGES: [(&str, Change); 11] = [
    ("nothing", |_, _| {}),
    ("no NHS number", |patient, _| without_number(patient)),
    ("two digits of the NHS number swapped", |patient, random| {
        typo(&mut patient["identifier"][0]["value"], random);
    }),
    ("no NHS number, slip in the family name", |patient, random| {
        without_number(patient);
        typo(&mut patient["name"][0]["family"], random);
    }),
    ("no NHS number, initial for the first name", |patient, _| {
        without_number(patient);
        let given = patient["name"][0]["given"][0].as_str().unwrap().chars().next().unwrap().to_string();
        patient["name"][0]["given"][0] = json!(given);
    }),
    ("no NHS number, slip in the birth date", |patient, random| {
        without_number(patient);
        date_slip(patient, random);
    }),
    ("no NHS number, names in the wrong order", |patient, _| {
        without_number(patient);
        let name = patient["name"][0].clone();
        patient["name"][0] = json!({ "family": name["given"][0], "given": [name["family"]] });
    }),
    ("no NHS number, moved", |patient, random| {
        without_number(patient);
        moved(patient, random);
    }),
    ("no NHS number, other family name and telephone", |patient, _| {
        without_number(patient);
        patient["name"][0]["family"] = json!("Featherstonehaugh");
        patient["telecom"] = json!([]);
    }),
    ("no NHS number, moved, slips in family name and birth date", |patient, random| {
        without_number(patient);
        moved(patient, random);
        typo(&mut patient["name"][0]["family"], random);
        date_slip(patient, random);
    }),
    ("names, gender and birth date alone", |patient, _| {
        let kept = |name: &str| patient[name].clone();
        *patient = json!({ "name": kept("name"), "gender": kept("gender"), "birthDate": kept("birthDate") });
    }),
];

fn without_number(patient: &mut Value) {
    patient["identifier"] = json!([]);
}

fn moved(patient: &mut Value, random: &mut Random) {
    patient["address"] =
        json!([{ "postalCode": format!("M{} {}QZ", 1 + random.below(30), random.below(10)) }]);
    patient["telecom"] = json!([]);
}

/// Two neighbours that differ change places, behind the first character.
fn typo(text: &mut Value, random: &mut Random) {
    let mut characters: Vec<char> = text.as_str().unwrap().chars().collect();
    let places: Vec<usize> =
        (1..characters.len() - 1).filter(|at| characters[*at] != characters[at + 1]).collect();
    if !places.is_empty() {
        let at = places[random.below(places.len())];
        characters.swap(at, at + 1);
    }
    *text = json!(characters.into_iter().collect::<String>());
}

/// Day and month change places where they can; else one digit of the day is wrong.
fn date_slip(patient: &mut Value, random: &mut Random) {
    let date = patient["birthDate"].as_str().unwrap().to_owned();
    let (year, month, day) = (&date[..4], &date[5..7], &date[8..]);
    patient["birthDate"] = if day <= "12" && day != month && random.below(2) == 0 {
        json!(format!("{year}-{day}-{month}"))
    } else {
        let wrong = if day.ends_with('1') { '2' } else { '1' };
        json!(format!("{year}-{month}-{}{wrong}", &day[..1]))
    };
}

fn person(patient: &Value) -> Person {
    Person::read(Document::parse(patient.to_string()).unwrap().root())
}

#[derive(Default)]
struct Counts {
    right: [usize; 4],
    wrong: [usize; 4],
}

impl Counts {
    fn recall(&self, least: Grade, of: usize) -> String {
        let found: usize = self.right[least as usize..].iter().sum();
        format!("{:.1} %", 100.0 * found as f64 / of as f64)
    }

    fn precision(&self, least: Grade) -> String {
        let (right, wrong): (usize, usize) =
            (self.right[least as usize..].iter().sum(), self.wrong[least as usize..].iter().sum());
        if right + wrong == 0 {
            return "-".to_owned();
        }
        format!("{:.1} %", 100.0 * right as f64 / (right + wrong) as f64)
    }
}

fn main() {
    let file = std::env::args().nth(1).unwrap();
    let text = std::fs::read_to_string(file).unwrap();
    let patients: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let stored: Vec<Person> = patients.iter().map(person).collect();
    let there = |position: usize| position.is_multiple_of(2);
    println!(
        "| change | recall: certain | probable or better | possible or better | precision: certain | probable or better |"
    );
    println!("|---|---|---|---|---|---|");
    for (name, change) in CHANGES {
        let mut random = Random(0x9E37_79B9_7F4A_7C15);
        let mut counts = Counts::default();
        for (position, patient) in patients.iter().enumerate() {
            let mut entered = patient.clone();
            change(&mut entered, &mut random);
            let entered = person(&entered);
            for (other, candidate) in stored.iter().enumerate().filter(|(other, _)| there(*other)) {
                let grade = compare(&entered, candidate).grade as usize;
                if other == position { counts.right[grade] += 1 } else { counts.wrong[grade] += 1 }
            }
        }
        let of = (0..patients.len()).filter(|position| there(*position)).count();
        println!(
            "| {name} | {} | {} | {} | {} | {} |",
            counts.recall(Grade::Certain, of),
            counts.recall(Grade::Probable, of),
            counts.recall(Grade::Possible, of),
            counts.precision(Grade::Certain),
            counts.precision(Grade::Probable),
        );
    }
}
