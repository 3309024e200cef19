//! What of HTML a narrative may use (R4 Narrative, 2.4.0: chapters 7 to 11 and 15 of HTML 4.0, `a` and `img`).

const ELEMENTS: &[&str] = &[
    "a",
    "abbr",
    "acronym",
    "address",
    "area",
    "b",
    "bdo",
    "big",
    "blockquote",
    "br",
    "caption",
    "center",
    "cite",
    "code",
    "col",
    "colgroup",
    "dd",
    "del",
    "dfn",
    "div",
    "dl",
    "dt",
    "em",
    "font",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "img",
    "ins",
    "kbd",
    "li",
    "map",
    "ol",
    "p",
    "pre",
    "q",
    "s",
    "samp",
    "small",
    "span",
    "strike",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "tt",
    "u",
    "ul",
    "var",
];

/// Attributes of every element.
const COMMON: &[&str] = &[
    "accesskey",
    "class",
    "dir",
    "id",
    "lang",
    "style",
    "tabindex",
    "title",
    "xml:lang",
    "xml:space",
    "xmlns",
];

/// Attributes of some elements.
const OWN: &[(&str, &[&str])] = &[
    ("a", &["charset", "coords", "href", "hreflang", "name", "rel", "rev", "shape", "type"]),
    ("area", &["alt", "coords", "href", "nohref", "shape"]),
    ("blockquote", &["cite"]),
    ("col", TABLE_COLUMN),
    ("colgroup", TABLE_COLUMN),
    ("del", &["cite", "datetime"]),
    ("font", &["color", "face", "size"]),
    ("img", &["alt", "border", "height", "ismap", "longdesc", "name", "src", "usemap", "width"]),
    ("ins", &["cite", "datetime"]),
    ("li", &["value"]),
    ("map", &["name"]),
    ("ol", &["start", "type"]),
    ("q", &["cite"]),
    ("table", &["border", "cellpadding", "cellspacing", "frame", "rules", "summary", "width"]),
    ("tbody", TABLE_ROW),
    ("td", TABLE_CELL),
    ("tfoot", TABLE_ROW),
    ("th", TABLE_CELL),
    ("thead", TABLE_ROW),
    ("tr", TABLE_ROW),
];

const TABLE_COLUMN: &[&str] = &["align", "char", "charoff", "span", "valign", "width"];
const TABLE_ROW: &[&str] = &["align", "char", "charoff", "valign"];
const TABLE_CELL: &[&str] = &[
    "abbr", "align", "axis", "char", "charoff", "colspan", "headers", "nowrap", "rowspan", "scope", "valign",
    "width",
];

/// Whether a narrative may have the element.
pub fn is_allowed_element(name: &str) -> bool {
    ELEMENTS.binary_search(&name).is_ok()
}

/// Whether an element of a narrative may have the attribute.
pub(super) fn is_allowed_attribute(element: &str, name: &str) -> bool {
    COMMON.contains(&name) || OWN.iter().any(|(owner, names)| *owner == element && names.contains(&name))
}

/// Why the value of an attribute is not allowed, if it is not: it would run something.
pub(super) fn active_value(name: &str, value: &str) -> Option<&'static str> {
    // Browsers ignore white space and control characters inside of schemes.
    let compact: String = value
        .chars()
        .filter(|c| !c.is_whitespace() && !c.is_control())
        .collect::<String>()
        .to_ascii_lowercase();
    let starts = |schemes: &[&str]| schemes.iter().any(|scheme| compact.starts_with(scheme));
    match name {
        "href" | "cite" | "longdesc" if starts(&["javascript:", "vbscript:", "data:"]) => {
            Some("a link that runs a script")
        }
        "src"
            if starts(&["javascript:", "vbscript:"]) || (starts(&["data:"]) && !starts(&["data:image/"])) =>
        {
            Some("an image that is a script")
        }
        "style"
            if ["expression(", "javascript:", "vbscript:", "behavior:", "-moz-binding", "@import"]
                .iter()
                .any(|it| compact.contains(it)) =>
        {
            Some("a style that runs a script or loads a style sheet")
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_elements_are_in_order() {
        assert!(ELEMENTS.is_sorted());
    }

    #[test]
    fn scripts_are_found_in_attributes() {
        assert!(active_value("href", " java\tscript:alert(1)").is_some());
        assert!(active_value("src", "data:text/html;base64,AA").is_some());
        assert!(active_value("src", "data:image/png;base64,AA").is_none());
        assert!(active_value("style", "width: Expression(alert(1))").is_some());
        assert!(active_value("href", "#section").is_none() && active_value("style", "color: red").is_none());
    }
}
