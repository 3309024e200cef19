//! One entry for the lexical rules of all primitives, by the name of the type.

use super::{DateTime, PrimitiveError, Time, base64, decimal, identifiers, integer, text, uri};

/// Checks the text of a primitive against the rules of its FHIR type. Types without rules of their own (`xhtml`) pass.
pub fn check(type_name: &str, value: &str) -> Result<(), PrimitiveError> {
    match type_name {
        "boolean" if !matches!(value, "true" | "false") => {
            Err(PrimitiveError::new("boolean", value, "true or false"))
        }
        "integer" => integer::parse_integer(value).map(drop),
        "unsignedInt" => integer::parse_unsigned_int(value).map(drop),
        "positiveInt" => integer::parse_positive_int(value).map(drop),
        "decimal" => decimal::check(value),
        "date" => DateTime::parse_date(value).map(drop),
        "dateTime" => DateTime::parse_date_time(value).map(drop),
        "instant" => DateTime::parse_instant(value).map(drop),
        "time" => Time::parse(value).map(drop),
        "id" => identifiers::check_id(value),
        "oid" => identifiers::check_oid(value),
        "uuid" => identifiers::check_uuid(value),
        "uri" => uri::check_uri(value),
        "url" => uri::check_url(value),
        "canonical" => uri::check_canonical(value),
        "code" => text::check_code(value),
        "string" => text::check_string(value),
        "markdown" => text::check_markdown(value),
        "base64Binary" => base64::check_base64(value),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_the_type_decides() {
        assert!(check("date", "2015-02").is_ok() && check("instant", "2015-02").is_err());
        assert!(check("boolean", "true").is_ok() && check("boolean", "1").is_err());
        assert!(check("decimal", "1e400").is_ok() && check("decimal", "1.").is_err());
        assert!(check("xhtml", "").is_ok());
    }
}
