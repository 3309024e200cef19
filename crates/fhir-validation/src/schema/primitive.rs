//! The primitive types of FHIR R4 as JSON: which JSON type each has, and what its value must look like
//! (R4 "Data Types", section 2.24.0.1). The checks are functions, not regular expressions: they are exact about
//! calendars and cost nanoseconds.

use fhir_model::primitive::identifiers::{check_oid, check_uuid, is_id};
use fhir_model::primitive::{DateTime, Time};
use fhir_model::types::{TypeId, TypeModel};

use super::text::{is_base64, is_code, is_string, is_uri, is_xhtml};

/// One primitive type.
pub(crate) struct PrimitiveForm {
    /// The FHIR name.
    pub(crate) name: &'static str,
    /// How JSON writes it.
    pub(crate) json: JsonForm,
    /// What a value must be, to end the sentence "expected ...".
    pub(crate) expected: &'static str,
}

/// How JSON writes a primitive.
#[derive(Clone, Copy)]
pub(crate) enum JsonForm {
    /// `true` or `false`
    Boolean,
    /// A number without fraction and exponent, within the bounds.
    Integer {
        /// The least value.
        min: i64,
        /// The greatest value.
        max: i64,
    },
    /// A number.
    Decimal,
    /// A string that passes the check.
    Text {
        /// The name of the format in our schemas.
        format: &'static str,
        /// Whether a text is a value.
        check: fn(&str) -> bool,
    },
}

const INTEGER_MAX: i64 = i32::MAX as i64;

static FORMS: &[PrimitiveForm] = &[
    text("string", "fhir-string", is_string, "a string that is not empty, without control characters"),
    text("code", "fhir-code", is_code, "a code: no spaces at its ends, and no two in a row"),
    text("uri", "fhir-uri", is_uri, "a URI without white space"),
    text("url", "fhir-uri", is_uri, "a URL without white space"),
    text("canonical", "fhir-uri", is_uri, "a canonical URL without white space"),
    text("markdown", "fhir-string", is_string, "markdown text that is not empty, without control characters"),
    text("id", "fhir-id", is_id, "an id: 1 to 64 of the characters A-Z a-z 0-9 - ."),
    text("dateTime", "fhir-dateTime", is_date_time, DATE_TIME),
    text("date", "fhir-date", is_date, "a date of the calendar: YYYY, YYYY-MM or YYYY-MM-DD"),
    text(
        "instant",
        "fhir-instant",
        is_instant,
        "an instant: YYYY-MM-DDThh:mm:ss with Z or an offset such as +01:00",
    ),
    text("time", "fhir-time", is_time, "a time of day: hh:mm:ss, with a fraction or not"),
    text("base64Binary", "fhir-base64", is_base64, "base64 text with its padding"),
    text("oid", "fhir-oid", is_oid, "an OID as a URI: urn:oid:1.2.3"),
    text("uuid", "fhir-uuid", is_uuid, "a UUID as a URI: urn:uuid:c757873d-ec9a-4326-a141-556f43239520"),
    text("xhtml", "fhir-xhtml", is_xhtml, "XHTML within a div that is not empty"),
    PrimitiveForm { name: "boolean", json: JsonForm::Boolean, expected: "true or false, without quotes" },
    PrimitiveForm { name: "decimal", json: JsonForm::Decimal, expected: "a number, without quotes" },
    integer("integer", -INTEGER_MAX - 1, "a whole number from -2147483648 to 2147483647, without quotes"),
    integer("unsignedInt", 0, "a whole number from 0 to 2147483647, without quotes"),
    integer("positiveInt", 1, "a whole number from 1 to 2147483647, without quotes"),
];

const DATE_TIME: &str =
    "a dateTime: YYYY, YYYY-MM, YYYY-MM-DD, or YYYY-MM-DDThh:mm:ss with Z or an offset such as +01:00";

const fn text(
    name: &'static str,
    format: &'static str,
    check: fn(&str) -> bool,
    expected: &'static str,
) -> PrimitiveForm {
    PrimitiveForm { name, json: JsonForm::Text { format, check }, expected }
}

const fn integer(name: &'static str, min: i64, expected: &'static str) -> PrimitiveForm {
    PrimitiveForm { name, json: JsonForm::Integer { min, max: INTEGER_MAX }, expected }
}

impl PrimitiveForm {
    /// The form of a primitive type, or of the nearest type it specialises.
    pub(crate) fn of(types: &TypeModel, id: TypeId) -> Option<&'static Self> {
        let mut current = types.get(id);
        while let Some(info) = current {
            if let Some(form) = FORMS.iter().find(|form| form.name == &*info.name) {
                return Some(form);
            }
            current = info.base.and_then(|base| types.get(base));
        }
        None
    }

    /// The formats of our schemas with their checks; a format may come more than once.
    pub(crate) fn formats() -> impl Iterator<Item = (&'static str, fn(&str) -> bool)> {
        FORMS.iter().filter_map(|form| match form.json {
            JsonForm::Text { format, check } => Some((format, check)),
            JsonForm::Boolean | JsonForm::Integer { .. } | JsonForm::Decimal => None,
        })
    }
}

fn is_date_time(text: &str) -> bool {
    DateTime::parse_date_time(text).is_ok()
}

fn is_date(text: &str) -> bool {
    DateTime::parse_date(text).is_ok()
}

fn is_instant(text: &str) -> bool {
    DateTime::parse_instant(text).is_ok()
}

fn is_time(text: &str) -> bool {
    Time::parse(text).is_ok()
}

fn is_oid(text: &str) -> bool {
    check_oid(text).is_ok()
}

fn is_uuid(text: &str) -> bool {
    check_uuid(text).is_ok()
}
