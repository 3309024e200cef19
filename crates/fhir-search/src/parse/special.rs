//! The parameters that are the same for all resources and have rules of their own (R4 search, section 3.1.1.4.1).

use super::clause::{Clauses, any};
use super::filter;
use super::refusal::{Refusal, shown};
use super::words;
use crate::query::{Clause, TextScope};

/// A parameter with rules of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Special {
    /// `_id`
    Id,
    /// `_lastUpdated`
    LastUpdated,
    /// `_list`
    List,
    /// `_text`
    Text,
    /// `_content`
    Content,
    /// `_filter`
    Filter,
    /// `_query`
    Query,
}

/// A special parameter as it is written, with its values and meaning for the documentation.
pub(crate) struct Row {
    pub(crate) name: &'static str,
    special: Option<Special>,
    pub(crate) values: &'static str,
    pub(crate) meaning: &'static str,
}

/// All of them. Those without a [`Special`] are looked at elsewhere: `_has` among the chains, `_type` with the scope.
pub(crate) const SPECIAL: &[Row] = &[
    Row {
        name: "_id",
        special: Some(Special::Id),
        values: "ids",
        meaning: "the resource has one of these ids; `:not` and `:missing` too",
    },
    Row {
        name: "_lastUpdated",
        special: Some(Special::LastUpdated),
        values: "dates with prefixes",
        meaning: "when the current version was written; `:missing` too",
    },
    Row {
        name: "_list",
        special: Some(Special::List),
        values: "ids of Lists, or `List/id`",
        meaning: "the resource is an item of one of these Lists",
    },
    Row {
        name: "_text",
        special: Some(Special::Text),
        values: "words, with `and`, `or` and parentheses",
        meaning: "the words stand in the narrative, without regard to case and accents",
    },
    Row {
        name: "_content",
        special: Some(Special::Content),
        values: "as for `_text`",
        meaning: "the words stand in the narrative or any other text of the resource",
    },
    Row {
        name: "_filter",
        special: Some(Special::Filter),
        values: "a filter expression",
        meaning: "the expression holds (see below)",
    },
    Row {
        name: "_query",
        special: Some(Special::Query),
        values: "",
        meaning: "refused: no named query is defined",
    },
    Row {
        name: "_has",
        special: None,
        values: "`_has:Type:reference:parameter=value`",
        meaning: "a resource of that type points here and fulfils the condition",
    },
    Row {
        name: "_type",
        special: None,
        values: "names of resource types",
        meaning: "in a search of the whole system or of a whole compartment: only these types",
    },
];

/// The names of the special parameters that every type has: `_id`, `_has`.
pub fn names<'a>() -> impl Iterator<Item = &'a str> {
    SPECIAL.iter().map(|row| row.name).filter(|name| !matches!(*name, "_query" | "_type"))
}

/// The parts of what follows `_has:`, `Observation:patient:code`.
pub(super) fn has_parts(rest: &str) -> Result<(&str, &str, &str), Refusal> {
    let mut parts = rest.splitn(3, ':');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(source), Some(code), Some(rest)) => Ok((source, code, rest)),
        _ => {
            let text = format!("'_has:{}' is not of the form _has:Type:reference:parameter", shown(rest));
            Err(Refusal::Invalid(text))
        }
    }
}

impl Special {
    /// The special parameter of that name.
    pub(crate) fn of(name: &str) -> Option<Self> {
        SPECIAL.iter().find(|row| row.name == name)?.special
    }

    fn name(self) -> &'static str {
        SPECIAL.iter().find(|row| row.special == Some(self)).map_or("", |row| row.name)
    }

    /// The modifiers it takes.
    fn modifiers(self) -> &'static [&'static str] {
        match self {
            Self::Id => &["missing", "not"],
            Self::LastUpdated => &["missing"],
            Self::List | Self::Text | Self::Content | Self::Filter | Self::Query => &[],
        }
    }
}

impl Clauses<'_> {
    /// The condition of a special parameter.
    pub(super) fn special(
        &self,
        types: &[Box<str>],
        special: Special,
        modifier: Option<&str>,
        value: &str,
    ) -> Result<Clause, Refusal> {
        let name = special.name();
        if let Some(modifier) = modifier.filter(|modifier| !special.modifiers().contains(modifier)) {
            let known: Vec<String> = special.modifiers().iter().map(|known| format!("':{known}'")).collect();
            let known = if known.is_empty() { "no modifier".to_owned() } else { known.join(" and ") };
            let text = format!("'{name}' takes {known}, and so not ':{}'", shown(modifier));
            return Err(Refusal::Unsupported(text));
        }
        if modifier == Some("missing") {
            // Every resource has an id and a time.
            let missing = self.values.flag(name, value)?;
            return Ok(if missing { Clause::Any(Vec::new()) } else { Clause::All(Vec::new()) });
        }
        match special {
            Special::Id => {
                let clause = Clause::Id(self.values.ids(name, value)?);
                Ok(if modifier.is_some() { Clause::Not(Box::new(clause)) } else { clause })
            }
            Special::LastUpdated => self.values.dates(name, value).map(Clause::LastUpdated),
            Special::List => self.list(value),
            Special::Text => self.words(TextScope::Narrative, name, value),
            Special::Content => self.words(TextScope::Content, name, value),
            Special::Filter => filter::clause(self, types, value),
            // R4 says that a server must not ignore a query that it does not know, not even when asked to be lenient.
            Special::Query => Err(Refusal::Invalid(format!(
                "'_query={}': no named query of that name is defined on this server",
                shown(value)
            ))),
        }
    }

    /// `_list`: the items of Lists, by their ids.
    fn list(&self, value: &str) -> Result<Clause, Refusal> {
        if let Some(current) = value.split(',').find(|id| id.starts_with('$')) {
            return Err(Refusal::Unsupported(format!(
                "'_list={}': lists by function are not kept by this server; name a List by its id",
                shown(current)
            )));
        }
        let Some(item) = self.parameters.get("List", "item") else {
            return Err(Refusal::Unsupported("'_list': the definitions have no List.item".to_owned()));
        };
        let ids: Vec<&str> = value.split(',').map(|id| id.strip_prefix("List/").unwrap_or(id)).collect();
        let clause = Box::new(Clause::Id(self.values.ids("_list", &ids.join(","))?));
        Ok(Clause::Has { source: "List".into(), reference: item.id, clause })
    }

    fn words(&self, scope: TextScope, name: &str, value: &str) -> Result<Clause, Refusal> {
        let texts = self.values.alternatives(name, value)?;
        let clauses = texts.into_iter().map(|text| {
            words::clause(scope, text)
                .map_err(|problem| Refusal::Invalid(format!("'{name}={}': {problem}", shown(text))))
        });
        Ok(any(clauses.collect::<Result<_, _>>()?))
    }
}
