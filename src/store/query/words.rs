//! Full text: words that occur in the narrative or anywhere in the resource.

use fhir_search::query::TextScope;

use super::fragment::{Bound, Fragment};
use super::resolve::Types;
use super::source::{Row, Source};
use crate::store::sql::dialect::END_OF_PROBE;

/// All words occur in a resource of one of the types.
#[derive(Clone, Debug)]
pub(in crate::store) struct Words {
    /// In the language of FTS5.
    expression: String,
    types: Vec<i64>,
    words: Vec<String>,
    scope: TextScope,
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
        let types = types.codes().iter().map(|code| i64::from(*code)).collect();
        Self { expression, types, words: words.iter().map(ToString::to_string).collect(), scope }
    }

    pub(super) fn sources(&self) -> Vec<Source> {
        let from = "(SELECT {rowid AS |}rid FROM resource_text AS p WHERE ";
        vec![Source {
            from: Fragment::text(from).append(self.matches()).push(") AS s"),
            condition: Fragment::text("TRUE"),
            in_order: true,
        }]
    }

    pub(super) fn probe(&self, row: &Row) -> Fragment {
        Fragment::text("EXISTS (SELECT 1 FROM resource_text AS p WHERE ")
            .append(self.matches())
            .push(&format!(" AND p.{{rowid|rid}} = {}{END_OF_PROBE}", row.rid))
    }

    /// That the words of a row `p` are those asked for.
    fn matches(&self) -> Fragment {
        let column = match self.scope {
            TextScope::Narrative => "narrative",
            TextScope::Content => "content",
        };
        let text = format!("{{p.resource_text MATCH ?|p.{column} @> ? AND p.type = ANY (?)}}");
        let sqlite = [Bound::for_sqlite(self.expression.as_str().into())];
        let postgres = [Bound::Texts(self.words.clone()), Bound::Integers(self.types.clone())];
        Fragment::new(text, sqlite.into_iter().chain(postgres.map(Bound::for_postgres)))
    }
}
