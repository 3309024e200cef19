//! The prefixes of ordered values (R4 search, 3.1.1.4.5).

/// How a value of a resource is compared with that of the query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Prefix {
    Eq,
    Ne,
    Gt,
    Lt,
    Ge,
    Le,
    Sa,
    Eb,
    Ap,
}

/// The prefix of a value and the rest of it.
pub(crate) fn split(value: &str) -> (Prefix, &str) {
    const ALL: [(&str, Prefix); 9] = [
        ("eq", Prefix::Eq),
        ("ne", Prefix::Ne),
        ("gt", Prefix::Gt),
        ("lt", Prefix::Lt),
        ("ge", Prefix::Ge),
        ("le", Prefix::Le),
        ("sa", Prefix::Sa),
        ("eb", Prefix::Eb),
        ("ap", Prefix::Ap),
    ];
    let found = ALL.iter().find_map(|(text, prefix)| Some((*prefix, value.strip_prefix(text)?)));
    found.unwrap_or((Prefix::Eq, value))
}
