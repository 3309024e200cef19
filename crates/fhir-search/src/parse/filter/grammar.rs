//! The grammar of `_filter`. `and` and `or` have the same rank and are read from left to right.

use super::operator::{self, Operator};
use super::reader::{Problem, Reader};

/// A filter as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Filter {
    All(Vec<Filter>),
    Any(Vec<Filter>),
    Not(Box<Filter>),
    Test(Comparison),
}

/// `path operator value`
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Comparison {
    pub(super) path: Vec<Step>,
    pub(super) operator: Operator,
    pub(super) value: String,
    /// The character with which it begins, from 1.
    pub(super) at: usize,
}

/// One name of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) name: String,
    /// What must hold for the resources that it leads to: `name[filter].rest`.
    pub(super) filter: Option<Box<Filter>>,
}

/// Reads a filter whose parentheses and brackets nest at most `levels` deep and that has at most `tests` tests.
pub(super) fn parse(text: &str, levels: usize, tests: usize) -> Result<Filter, Problem> {
    let mut parser = Parser { reader: Reader::new(text), tests };
    let filter = parser.filter(levels)?;
    if parser.reader.is_at_end() {
        Ok(filter)
    } else {
        Err(parser.reader.problem("'and', 'or' or the end is expected"))
    }
}

struct Parser<'a> {
    reader: Reader<'a>,
    /// How many more tests there may be.
    tests: usize,
}

impl Parser<'_> {
    fn filter(&mut self, levels: usize) -> Result<Filter, Problem> {
        let mut filter = self.term(levels)?;
        loop {
            self.reader.space();
            if self.reader.take_word("and") {
                let next = self.term(levels)?;
                filter = match filter {
                    Filter::All(mut filters) => {
                        filters.push(next);
                        Filter::All(filters)
                    }
                    other => Filter::All(vec![other, next]),
                };
            } else if self.reader.take_word("or") {
                let next = self.term(levels)?;
                filter = match filter {
                    Filter::Any(mut filters) => {
                        filters.push(next);
                        Filter::Any(filters)
                    }
                    other => Filter::Any(vec![other, next]),
                };
            } else {
                return Ok(filter);
            }
        }
    }

    /// A filter in parentheses, a negation or a test.
    fn term(&mut self, levels: usize) -> Result<Filter, Problem> {
        self.reader.space();
        if self.reader.take('(') {
            let filter = self.filter(self.deeper(levels)?)?;
            return if self.reader.take(')') {
                Ok(filter)
            } else {
                Err(self.reader.problem("')' is expected"))
            };
        }
        if self.reader.take_word("not") {
            return Ok(Filter::Not(Box::new(self.term(self.deeper(levels)?)?)));
        }
        self.test(levels).map(Filter::Test)
    }

    fn deeper(&self, levels: usize) -> Result<usize, Problem> {
        levels.checked_sub(1).ok_or_else(|| self.reader.problem("parentheses and brackets nest too deep"))
    }

    fn test(&mut self, levels: usize) -> Result<Comparison, Problem> {
        self.tests =
            self.tests.checked_sub(1).ok_or_else(|| self.reader.problem("there are too many tests"))?;
        let at = self.reader.at();
        let path = self.path(levels)?;
        self.space()?;
        let problem = self.reader.problem(format!("an operator is expected: {}", operator::names()));
        let operator = Operator::of(self.reader.word()).ok_or(problem)?;
        self.space()?;
        Ok(Comparison { path, operator, value: self.reader.value()?, at })
    }

    fn path(&mut self, levels: usize) -> Result<Vec<Step>, Problem> {
        let mut path = Vec::new();
        loop {
            let name = self.reader.name().to_owned();
            if name.is_empty() {
                return Err(self.reader.problem("the name of a search parameter is expected"));
            }
            let filter = match self.reader.take('[') {
                true => Some(Box::new(self.bracket(levels)?)),
                false => None,
            };
            let ends = !self.reader.take('.');
            if ends && filter.is_some() {
                return Err(self.reader.problem("'.' and a further name are expected after ']'"));
            }
            path.push(Step { name, filter });
            if ends {
                return Ok(path);
            }
        }
    }

    fn bracket(&mut self, levels: usize) -> Result<Filter, Problem> {
        let filter = self.filter(self.deeper(levels)?)?;
        if self.reader.take(']') { Ok(filter) } else { Err(self.reader.problem("']' is expected")) }
    }

    fn space(&mut self) -> Result<(), Problem> {
        if self.reader.space() { Ok(()) } else { Err(self.reader.problem("a space is expected")) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A filter with its structure told by parentheses.
    fn told(filter: &Filter) -> String {
        let joined = |filters: &[Filter], word: &str| {
            format!("({})", filters.iter().map(told).collect::<Vec<_>>().join(word))
        };
        match filter {
            Filter::All(filters) => joined(filters, " and "),
            Filter::Any(filters) => joined(filters, " or "),
            Filter::Not(filter) => format!("not {}", told(filter)),
            Filter::Test(test) => {
                let step = |step: &Step| match &step.filter {
                    Some(filter) => format!("{}[{}]", step.name, told(filter)),
                    None => step.name.clone(),
                };
                let path: Vec<String> = test.path.iter().map(step).collect();
                format!("{}~{}", path.join("."), test.value)
            }
        }
    }

    fn read(text: &str) -> Result<String, Problem> {
        parse(text, 8, 100).map(|filter| told(&filter))
    }

    #[test]
    fn filters_of_the_specification() {
        for (text, structure) in [
            (r#"name co "pet""#, "name~pet"),
            (r#"given eq "peter" and birthdate ge 2014-10-10"#, "(given~peter and birthdate~2014-10-10)"),
            ("code eq http://loinc.org|1234-5", "code~http://loinc.org|1234-5"),
            (r#"subject.name co "pet""#, "subject.name~pet"),
            (r#"related[type eq "has-component"].target pr true"#, "related[type~has-component].target~true"),
            (
                "related[type eq has-component].target re Observation/4",
                "related[type~has-component].target~Observation/4",
            ),
            ("a eq 1 or b eq 2 and c eq 3", "((a~1 or b~2) and c~3)"),
            ("a eq 1 or (b eq 2 and c eq 3)", "(a~1 or (b~2 and c~3))"),
            ("not (a eq 1) and b eq 2", "(not a~1 and b~2)"),
            ("a eq 1 and b eq 2 and c eq 3", "(a~1 and b~2 and c~3)"),
            (r#"a eq "x) \"y\" \u00e9""#, "a~x) \"y\" é"),
            ("  ( a eq 1 )  ", "a~1"),
            ("_has:Observation:patient:code eq x", "_has:Observation:patient:code~x"),
        ] {
            assert_eq!(read(text).as_deref(), Ok(structure), "{text}");
        }
    }

    #[test]
    fn problems_have_a_place() {
        for (text, at, words) in [
            ("", 1, "name"),
            ("a", 2, "space"),
            ("a is 1", 3, "operator"),
            ("a eq", 5, "space"),
            ("a eq )", 6, "value"),
            ("a eq \"x", 6, "missing"),
            ("a eq \"\\x\"", 6, "JSON"),
            ("(a eq 1", 8, "')'"),
            ("a eq 1 b eq 2", 8, "'and'"),
            ("a[b eq 1 eq 2", 10, "']'"),
            ("a[b eq 1] eq 2", 10, "'.'"),
            ("é eq 1", 1, "name"),
            ("a eq é and é", 12, "name"),
            ("a. eq 1", 3, "name"),
        ] {
            let problem = read(text).unwrap_err();
            assert!(problem.at == at && problem.text.contains(words), "{text}: {problem:?}");
        }
        assert!(read(&"(".repeat(9)).unwrap_err().text.contains("too deep"));
        assert!(read(&"not ".repeat(9)).unwrap_err().text.contains("too deep"));
        assert!(read(&"a eq 1 or ".repeat(101)).unwrap_err().text.contains("too many"));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in r#"([a-c]|eq|and|or|not|[ \[\]().\\"é]){0,30}"#) {
            let _ = read(&text);
        }
    }
}
