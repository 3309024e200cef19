//! Links in the XHTML of a narrative: `a/@href` and `img/@src`.

use std::ops::Range;

/// The byte ranges of the link values in an XHTML text, in order. Text that is not well-formed ends the search; it never fails.
#[derive(Clone, Debug)]
pub(super) struct NarrativeLinks<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> NarrativeLinks<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Moves behind the next occurrence of `end`, or to the end of the text.
    fn skip_past(&mut self, end: &str) {
        self.at = self.rest().find(end).map_or(self.text.len(), |found| self.at + found + end.len());
    }

    /// Takes the longest run of characters that `accept` allows.
    fn take_while(&mut self, accept: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let run = rest.find(|c| !accept(c)).map_or(rest, |end| rest.get(..end).unwrap_or(rest));
        self.at += run.len();
        run
    }

    /// Reads the next attribute of a tag: its name and the range of its value. `None` at the end of the tag.
    fn attribute(&mut self) -> Option<(&'a str, Range<usize>)> {
        self.take_while(|c| c.is_whitespace() || c == '/');
        let name = self.take_while(|c| !c.is_whitespace() && !matches!(c, '=' | '>' | '/' | '<'));
        self.take_while(char::is_whitespace);
        self.rest().strip_prefix('=').filter(|_| !name.is_empty())?;
        self.at += 1;
        self.take_while(char::is_whitespace);
        let quote = self.rest().chars().next().filter(|c| matches!(c, '"' | '\''))?;
        self.at += 1;
        let value = self.take_while(|c| c != quote);
        let range = self.at - value.len()..self.at;
        self.at += 1;
        Some((name, range))
    }

    /// The link of the tag whose name has just been read.
    fn link_of(&mut self, tag: &str) -> Option<Range<usize>> {
        let wanted = match tag {
            "a" => "href",
            "img" => "src",
            _ => return None,
        };
        while let Some((name, value)) = self.attribute() {
            if name == wanted {
                return Some(value);
            }
        }
        None
    }
}

impl Iterator for NarrativeLinks<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            self.at += self.rest().find('<')? + 1;
            if self.rest().starts_with("!--") {
                self.skip_past("-->");
                continue;
            }
            if self.rest().starts_with("![CDATA[") {
                self.skip_past("]]>");
                continue;
            }
            let tag = self.take_while(|c| c.is_ascii_alphanumeric());
            if let Some(link) = self.link_of(tag) {
                return Some(link);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_found_where_they_are_markup() {
        let text = r##"<div xmlns="http://www.w3.org/1999/xhtml"><a title="a > b" href = 'Patient/1'>x</a><br/>
            <!-- <a href="no"/> --><![CDATA[<a href="no"/>]]><img alt="ü" src="urn:uuid:1"/><a name="n"/>
            <abbr href="no"/>href="no"<a href="#a"></a></div>"##;
        let found: Vec<&str> = NarrativeLinks::new(text).map(|range| text.get(range).unwrap()).collect();
        assert_eq!(found, ["Patient/1", "urn:uuid:1", "#a"]);
    }

    #[test]
    fn broken_markup_ends_the_search() {
        for text in [
            "<",
            "<a",
            "<a ",
            "<a href",
            "<a href=",
            "<a href=x>",
            "<!--",
            "<a href=\"",
            "<a href=\"ü",
            "a<<<a =\"\">",
        ] {
            assert!(NarrativeLinks::new(text).count() <= 1, "{text}");
        }
    }
}
