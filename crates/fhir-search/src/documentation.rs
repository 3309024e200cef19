//! `docs/search.md`, told by the tables that the parser reads.

use std::fmt::Write as _;

use crate::parameters::ParameterKind;
use crate::params::prefix::PREFIXES;
use crate::parse::Limits;
use crate::parse::control::RESULT;
use crate::parse::filter::OPERATORS;
use crate::parse::hierarchy::HIERARCHIES;
use crate::parse::modifier::MODIFIERS;
use crate::parse::special::SPECIAL;

/// The parameter types in the order of the specification.
const KINDS: [ParameterKind; 9] = {
    use ParameterKind::{Composite, Date, Number, Quantity, Reference, Special, String, Token, Uri};
    [Number, Date, String, Token, Reference, Composite, Quantity, Uri, Special]
};

/// The page about searches: what stands in the tables is what the parser takes.
#[must_use]
pub fn documentation() -> String {
    let mut page = include_str!("documentation.md").to_owned();
    for (mark, table) in [
        ("TYPES", types()),
        ("MODIFIERS", modifiers()),
        ("PREFIXES", prefixes()),
        ("SPECIAL", special()),
        ("OPERATORS", operators()),
        ("RESULT", result()),
        ("HIERARCHIES", hierarchies()),
        ("LIMITS", limits()),
    ] {
        page = page.replace(&format!("<!-- {mark} -->\n"), &table);
    }
    page
}

fn types() -> String {
    let mut table = "| Type | Modifiers | Prefixes |\n|---|---|---|\n".to_owned();
    for kind in KINDS {
        let fitting = MODIFIERS.iter().filter(|row| row.kinds.contains(&kind));
        let mut modifiers: Vec<String> = fitting.map(|row| format!("`:{}`", row.name)).collect();
        if kind == ParameterKind::Reference {
            modifiers.push("`:[type]`".to_owned());
        }
        let prefixes = if kind.is_ordered() { "all" } else { "" };
        line(&mut table, &[kind.code(), &modifiers.join(" "), prefixes]);
    }
    table
}

fn modifiers() -> String {
    let mut table = "| Modifier | For | Meaning |\n|---|---|---|\n".to_owned();
    for row in MODIFIERS {
        let kinds: Vec<&str> = row.kinds.iter().map(|kind| kind.code()).collect();
        line(&mut table, &[&format!("`:{}`", row.name), &kinds.join(", "), row.meaning]);
    }
    line(&mut table, &["`:[type]`", "reference", "only references to this type: `subject:Patient=1`"]);
    table
}

fn prefixes() -> String {
    let heading =
        "| Prefix | A date is found if its period ... | A number is found if it ... |\n|---|---|---|\n";
    let mut table = heading.to_owned();
    for row in PREFIXES {
        line(&mut table, &[&format!("`{}`", row.text), row.dates, row.numbers]);
    }
    table
}

fn special() -> String {
    let mut table = "| Parameter | Values | Meaning |\n|---|---|---|\n".to_owned();
    for row in SPECIAL {
        line(&mut table, &[&format!("`{}`", row.name), row.values, row.meaning]);
    }
    table
}

fn operators() -> String {
    let mut table = "| Operator | For | Meaning |\n|---|---|---|\n".to_owned();
    for row in OPERATORS {
        let kinds: Vec<&str> = row.kinds.iter().map(|kind| kind.code()).collect();
        line(&mut table, &[&format!("`{}`", row.name), &kinds.join(", "), row.meaning]);
    }
    table
}

fn result() -> String {
    let mut table = "| Parameter | Values |\n|---|---|\n".to_owned();
    for row in RESULT {
        line(&mut table, &[&format!("`{}`", row.name), row.values]);
    }
    table
}

fn hierarchies() -> String {
    let named: Vec<String> = HIERARCHIES.iter().map(|(kind, code)| format!("{kind} (`{code}`)")).collect();
    format!("{}.\n", named.join(", "))
}

fn limits() -> String {
    let limits = Limits::default();
    let mut table = "| What | At most |\n|---|---|\n".to_owned();
    for (what, most) in [
        ("parameters of a query", limits.parameters),
        ("bytes of a name", limits.name_bytes),
        ("bytes of a value", limits.value_bytes),
        ("values of a parameter, joined by commas", limits.values),
        ("links of a chain, `_has` included", limits.chain_links),
        ("types that a link of a chain or an id alone may lead to", limits.chain_targets),
        ("conditions of a query, each type that a chain may lead to counted", limits.clauses),
        ("codes of a value set or a hierarchy", limits.codes),
        ("levels of parentheses and brackets in a filter", limits.filter_levels),
    ] {
        line(&mut table, &[what, &most.to_string()]);
    }
    table
}

fn line(table: &mut String, cells: &[&str]) {
    // A bar ends a cell, even within a code span.
    let cells: Vec<String> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
    // Writing to a String cannot fail.
    let _ = writeln!(table, "| {} |", cells.join(" | "));
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    /// Keeps the page in step with the code.
    #[test]
    fn documentation_is_what_the_parser_takes() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/search.md");
        if std::env::var_os("WESTWAY_WRITE_DOCS").is_some() {
            std::fs::write(&path, documentation()).unwrap();
        }
        assert_eq!(
            std::fs::read_to_string(&path).unwrap(),
            documentation(),
            "docs/search.md is not what the parser takes: run `WESTWAY_WRITE_DOCS=1 cargo test -p fhir-search documentation`"
        );
    }

    #[test]
    fn every_table_has_its_place() {
        assert!(!documentation().contains("<!-- "));
    }
}
