//! Full text: words that occur in the narrative or anywhere in the resource.

use fhir_search::query::TextScope;

use super::fragment::Fragment;
use super::resolve::Types;
use super::source::{Row, Source};

/// All words occur in a resource of these types.
#[derive(Clone, Debug)]
pub(in crate::store) struct Words {
    types: Types,
    /// In the language of FTS5.
    expression: String,
}

impl Words {
    /// `words` as the text index holds them; not empty.
    pub(super) fn new(types: Types, scope: TextScope, words: &[Box<str>]) -> Self {
        let quoted = words.iter().map(|word| format!("\"{}\"", word.replace('"', "\"\"")));
        let all = quoted.collect::<Vec<_>>().join(" AND ");
        let expression = match scope {
            TextScope::Narrative => format!("narrative : ({all})"),
            TextScope::Content => all,
        };
        Self { types, expression }
    }

    pub(super) fn sources(&self) -> Vec<Source> {
        let rows = "(SELECT rowid AS rid FROM resource_text WHERE resource_text MATCH ?) AS s \
                    CROSS JOIN current AS k ON k.rid = s.rid";
        let from = Fragment::new(rows, [self.expression.as_str().into()]);
        vec![Source { from, condition: self.types.live("k"), in_order: true }]
    }

    pub(super) fn probe(&self, row: &Row) -> Fragment {
        let text = format!(
            "EXISTS (SELECT 1 FROM resource_text AS p WHERE p.resource_text MATCH ? AND p.rowid = {})",
            row.rid
        );
        Fragment::new(text, [self.expression.as_str().into()])
    }
}
