//! Full text: words that occur in the narrative or anywhere in the resource.

use fhir_search::query::TextScope;

use super::fragment::Fragment;
use super::resolve::Types;
use super::source::{Row, Source};

/// All words occur in a resource of one of the types.
#[derive(Clone, Debug)]
pub(in crate::store) struct Words {
    /// In the language of FTS5.
    expression: String,
}

/// A word as the text index holds it, which has the words of each type apart: a word that is common elsewhere costs a search
/// nothing. The number ends at the first letter.
pub(in crate::store) fn term(kind: i32, word: &str) -> String {
    format!("{kind}x{word}")
}

impl Words {
    /// `words` as [`fhir_search::text::words`] gives them; not empty, and neither are the types.
    pub(super) fn new(types: &Types, scope: TextScope, words: &[Box<str>]) -> Self {
        let all = |kind: &i32| {
            let terms = words.iter().map(|word| format!("\"{}\"", term(*kind, word).replace('"', "\"\"")));
            format!("({})", terms.collect::<Vec<_>>().join(" AND "))
        };
        let any = types.codes().iter().map(all).collect::<Vec<_>>().join(" OR ");
        let expression = match scope {
            TextScope::Narrative => format!("narrative : ({any})"),
            TextScope::Content => any,
        };
        Self { expression }
    }

    pub(super) fn sources(&self) -> Vec<Source> {
        let from = "(SELECT rowid AS rid FROM resource_text WHERE resource_text MATCH ?) AS s";
        vec![Source {
            from: Fragment::new(from, [self.expression.as_str().into()]),
            condition: Fragment::text("1"),
            in_order: true,
        }]
    }

    pub(super) fn probe(&self, row: &Row) -> Fragment {
        let text = format!(
            "EXISTS (SELECT 1 FROM resource_text AS p WHERE p.resource_text MATCH ? AND p.rowid = {})",
            row.rid
        );
        Fragment::new(text, [self.expression.as_str().into()])
    }
}
