//! Ethnic categories of the NHS Data Dictionary with the names and languages that go with them here.

use super::names::{
    AFRICAN, BRITISH, CARIBBEAN, CHINESE, EUROPEAN, INDIAN, IRISH, MIDDLE_EASTERN, NamePool, SOUTH_ASIAN,
};
use super::terminology::Concept;

/// An ethnic category: whose names its people bear, and what they speak.
pub(super) struct Ethnicity {
    pub(super) category: Concept,
    /// One of the pools is drawn for a person.
    pub(super) names: [&'static NamePool; 2],
    /// Weighted preferred languages.
    pub(super) languages: [(u32, Concept); 4],
}

const fn category(code: &'static str, display: &'static str) -> Concept {
    Concept::new("https://fhir.hl7.org.uk/CodeSystem/UKCore-EthnicCategoryEngland", code, display)
}

const fn language(code: &'static str, display: &'static str) -> Concept {
    Concept::new("urn:ietf:bcp:47", code, display)
}

/// The language nobody needs an interpreter for.
pub(super) const ENGLISH: Concept = language("en", "English");
/// A preferred language of deaf people of any background.
pub(super) const BRITISH_SIGN_LANGUAGE: Concept = language("bfi", "British Sign Language");

const ALBANIAN: Concept = language("sq", "Albanian");
const ARABIC: Concept = language("ar", "Arabic");
const BENGALI: Concept = language("bn", "Bengali");
const CHINESE_LANGUAGE: Concept = language("zh", "Chinese");
const FRENCH: Concept = language("fr", "French");
const GUJARATI: Concept = language("gu", "Gujarati");
const HINDI: Concept = language("hi", "Hindi");
const ITALIAN: Concept = language("it", "Italian");
const PERSIAN: Concept = language("fa", "Persian");
const POLISH: Concept = language("pl", "Polish");
const PORTUGUESE: Concept = language("pt", "Portuguese");
const PUNJABI: Concept = language("pa", "Punjabi");
const ROMANIAN: Concept = language("ro", "Romanian");
const SOMALI: Concept = language("so", "Somali");
const SPANISH: Concept = language("es", "Spanish");
const TAMIL: Concept = language("ta", "Tamil");
const TIGRINYA: Concept = language("ti", "Tigrinya");
const URDU: Concept = language("ur", "Urdu");

/// Only English, in the shape of a table of four.
const ENGLISH_ONLY: [(u32, Concept); 4] = [(1, ENGLISH), (0, ENGLISH), (0, ENGLISH), (0, ENGLISH)];

const fn row(
    code: &'static str,
    display: &'static str,
    names: [&'static NamePool; 2],
    languages: [(u32, Concept); 4],
) -> Ethnicity {
    Ethnicity { category: category(code, display), names, languages }
}

pub(super) static ETHNICITIES: [Ethnicity; 17] = [
    row("A", "White - British", [&BRITISH, &BRITISH], ENGLISH_ONLY),
    row("B", "White - Irish", [&IRISH, &IRISH], ENGLISH_ONLY),
    row(
        "C",
        "White - Any other White background",
        [&EUROPEAN, &EUROPEAN],
        [(50, ENGLISH), (20, POLISH), (18, ROMANIAN), (12, ITALIAN)],
    ),
    row("D", "Mixed - White and Black Caribbean", [&BRITISH, &CARIBBEAN], ENGLISH_ONLY),
    row("E", "Mixed - White and Black African", [&BRITISH, &AFRICAN], ENGLISH_ONLY),
    row("F", "Mixed - White and Asian", [&BRITISH, &INDIAN], ENGLISH_ONLY),
    row(
        "G",
        "Mixed - Any other mixed background",
        [&EUROPEAN, &MIDDLE_EASTERN],
        [(80, ENGLISH), (8, SPANISH), (8, FRENCH), (4, PORTUGUESE)],
    ),
    row(
        "H",
        "Asian or Asian British - Indian",
        [&INDIAN, &INDIAN],
        [(60, ENGLISH), (20, GUJARATI), (14, PUNJABI), (6, HINDI)],
    ),
    row(
        "J",
        "Asian or Asian British - Pakistani",
        [&SOUTH_ASIAN, &SOUTH_ASIAN],
        [(62, ENGLISH), (30, URDU), (8, PUNJABI), (0, ENGLISH)],
    ),
    row(
        "K",
        "Asian or Asian British - Bangladeshi",
        [&SOUTH_ASIAN, &SOUTH_ASIAN],
        [(60, ENGLISH), (40, BENGALI), (0, ENGLISH), (0, ENGLISH)],
    ),
    row(
        "L",
        "Asian or Asian British - Any other Asian background",
        [&SOUTH_ASIAN, &MIDDLE_EASTERN],
        [(55, ENGLISH), (25, TAMIL), (15, PERSIAN), (5, URDU)],
    ),
    row("M", "Black or Black British - Caribbean", [&CARIBBEAN, &CARIBBEAN], ENGLISH_ONLY),
    row(
        "N",
        "Black or Black British - African",
        [&AFRICAN, &AFRICAN],
        [(60, ENGLISH), (26, SOMALI), (8, TIGRINYA), (6, FRENCH)],
    ),
    row(
        "P",
        "Black or Black British - Any other Black background",
        [&CARIBBEAN, &AFRICAN],
        [(85, ENGLISH), (10, PORTUGUESE), (5, FRENCH), (0, ENGLISH)],
    ),
    row(
        "R",
        "Other Ethnic Groups - Chinese",
        [&CHINESE, &CHINESE],
        [(55, ENGLISH), (45, CHINESE_LANGUAGE), (0, ENGLISH), (0, ENGLISH)],
    ),
    row(
        "S",
        "Other Ethnic Groups - Any other ethnic group",
        [&MIDDLE_EASTERN, &MIDDLE_EASTERN],
        [(45, ENGLISH), (35, ARABIC), (14, PERSIAN), (6, ALBANIAN)],
    ),
    row("Z", "Not stated", [&BRITISH, &EUROPEAN], ENGLISH_ONLY),
];
