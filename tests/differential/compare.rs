//! One search on both sides: everything a client can see of the answer.

use std::collections::BTreeSet;
use std::time::{SystemTime, UNIX_EPOCH};

use search_oracle::{Answer, Key, Oracle, Request};

use crate::stack::{MAX_COUNT, Page, Stack};

/// How the two answers compare.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// They are the same; so many resources match.
    Same(usize),
    /// Both refuse the search: why, as the oracle sees it.
    BothRefuse(String),
    /// The server refuses what the oracle answers: why.
    OnlyServerRefuses(String),
    /// What differs.
    Differs(String),
}

/// More pages than any population has.
const MOST_PAGES: usize = 200;

/// Asks both sides.
pub(crate) fn compare(oracle: &Oracle, stack: &Stack, request: &Request) -> Verdict {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_micros() as i64;
    let expected = oracle.search(&stack.population, request, now);
    match (stack.search(request), expected) {
        (Err(_), Err(refusal)) => Verdict::BothRefuse(refusal.to_string()),
        (Err(error), Ok(_)) if error.starts_with('4') => Verdict::OnlyServerRefuses(error),
        (Err(error), Ok(_)) => Verdict::Differs(format!("the server failed: {error}")),
        (Ok(_), Err(refusal)) => {
            Verdict::Differs(format!("the server answers what must be refused: {refusal}"))
        }
        (Ok(first), Ok(expected)) => {
            let comparison = Comparison { oracle, stack, request, expected: &expected };
            match comparison.whole(first) {
                Ok(()) => Verdict::Same(expected.matches.len()),
                Err(difference) => Verdict::Differs(difference),
            }
        }
    }
}

struct Comparison<'a> {
    oracle: &'a Oracle,
    stack: &'a Stack,
    request: &'a Request,
    expected: &'a Answer<'a>,
}

impl Comparison<'_> {
    fn whole(&self, first: Page) -> Result<(), String> {
        self.self_link(&first)?;
        if self.expected.only_count() {
            return match first.matches.is_empty() && first.included.is_empty() {
                true => self.total(&first),
                false => Err("only the count was asked for, but there are entries".to_owned()),
            };
        }
        let pages = self.pages(first)?;
        pages.iter().try_for_each(|page| self.page(page))?;
        self.matches(&pages)?;
        self.backwards(&pages)?;
        self.ends(&pages)
    }

    /// All pages, by following `next`.
    fn pages(&self, first: Page) -> Result<Vec<Page>, String> {
        let mut pages = vec![first];
        while let Some(next) = pages.last().and_then(|page| self.stack.follow(page, "next")) {
            pages.push(
                next.map_err(|error| format!("the next page of page {} is refused: {error}", pages.len()))?,
            );
            if pages.len() > MOST_PAGES {
                return Err("the pages have no end".to_owned());
            }
        }
        Ok(pages)
    }

    fn page(&self, page: &Page) -> Result<(), String> {
        self.total(page)?;
        let expected = self.expected.included(self.oracle, &self.stack.population, &page.matches);
        let given: BTreeSet<Key> = page.included.iter().cloned().collect();
        if given.len() != page.included.len() {
            return Err(format!("a resource is included twice: {:?}", page.included));
        }
        if given != expected {
            return Err(differ("included", &expected, &given));
        }
        match page.remarks.as_slice() {
            [] => Ok(()),
            remarks => Err(format!("unexpected remarks: {remarks:?}")),
        }
    }

    fn total(&self, page: &Page) -> Result<(), String> {
        match page.total {
            Some(total) if total != self.expected.matches.len() as u64 => {
                Err(format!("total {total}, expected {}", self.expected.matches.len()))
            }
            None if self.expected.wants_total() => Err("there is no total".to_owned()),
            _ => Ok(()),
        }
    }

    fn matches(&self, pages: &[Page]) -> Result<(), String> {
        let all: Vec<Key> = pages.iter().flat_map(|page| page.matches.iter().cloned()).collect();
        let given: BTreeSet<Key> = all.iter().cloned().collect();
        if given != self.expected.matches {
            return Err(differ("matches", &self.expected.matches, &given));
        }
        if given.len() != all.len() {
            return Err(format!("a match is given twice: {all:?}"));
        }
        if let Some([first, second]) = self.expected.disorder(self.oracle, &self.stack.population, &all) {
            return Err(format!("{first:?} stands before {second:?} in {all:?}"));
        }
        let count = self.expected.count().unwrap_or(20.min(MAX_COUNT));
        let full = pages.iter().rev().skip(1).all(|page| page.matches.len() == count);
        let last = pages.last().map_or(0, |page| page.matches.len());
        match full && last <= count && (last > 0 || pages.len() == 1) {
            true => Ok(()),
            false => Err(format!(
                "pages of {count} have {:?}",
                pages.iter().map(|page| page.matches.len()).collect::<Vec<_>>()
            )),
        }
    }

    /// Following `previous` from the last page gives the same pages.
    fn backwards(&self, pages: &[Page]) -> Result<(), String> {
        let Some((last, before)) = pages.split_last() else { return Ok(()) };
        let mut at = last.clone();
        for expected in before.iter().rev() {
            at = match self.stack.follow(&at, "previous") {
                Some(page) => page.map_err(|error| format!("a previous page is refused: {error}"))?,
                None => return Err("a page but the first has no previous one".to_owned()),
            };
            if at.matches != expected.matches {
                return Err(format!(
                    "backwards a page has {:?}, forwards {:?}",
                    at.matches, expected.matches
                ));
            }
        }
        Ok(())
    }

    /// The links to the first and the last page lead there from every page.
    fn ends(&self, pages: &[Page]) -> Result<(), String> {
        let (Some(first), Some(last)) = (pages.first(), pages.last()) else { return Ok(()) };
        let all: Vec<Key> = pages.iter().flat_map(|page| page.matches.iter().cloned()).collect();
        for page in [first, last] {
            if let Some(found) = self.stack.follow(page, "first")
                && found.as_ref().map(|found| &found.matches) != Ok(&first.matches)
            {
                return Err(format!("'first' leads to {found:?}"));
            }
            if let Some(found) = self.stack.follow(page, "last") {
                // The last page may be cut differently when it is reached from its end.
                let found = found.map_err(|error| format!("the last page is refused: {error}"))?;
                if !all.ends_with(&found.matches) || found.matches.is_empty() != all.is_empty() {
                    return Err(format!("'last' leads to {:?}", found.matches));
                }
            }
        }
        Ok(())
    }

    /// The self link says what was applied: everything, with a count that is too great brought down.
    fn self_link(&self, page: &Page) -> Result<(), String> {
        let path = self.request.scope.path();
        let mut pairs = self.request.pairs.clone();
        for (name, value) in &mut pairs {
            if name == "_count" && value.parse::<usize>().is_ok_and(|count| count > MAX_COUNT) {
                *value = MAX_COUNT.to_string();
            }
        }
        let expected = (if path.is_empty() { path } else { format!("/{path}") }, pairs);
        match page.link("self") {
            Some(found) if found == expected => Ok(()),
            other => Err(format!("the self link is {other:?}")),
        }
    }
}

fn differ(what: &str, expected: &BTreeSet<Key>, given: &BTreeSet<Key>) -> String {
    let names = |keys: &mut dyn Iterator<Item = &Key>| {
        keys.map(|(kind, id)| format!("{kind}/{id}")).collect::<Vec<_>>().join(" ")
    };
    let missing = names(&mut expected.difference(given));
    let extra = names(&mut given.difference(expected));
    format!("{what}: missing [{missing}], too many [{extra}]")
}
