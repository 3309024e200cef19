//! The rules of narratives (FHIR R4, "Narrative", constraints txt-1 and txt-2): well-formed XHTML of
//! formatting elements only, with some content, and nothing active.

/// Elements of XHTML that narratives may use.
const ELEMENTS: [&str; 60] = [
    "a",
    "abbr",
    "acronym",
    "b",
    "bdo",
    "big",
    "blockquote",
    "br",
    "caption",
    "cite",
    "code",
    "col",
    "colgroup",
    "dd",
    "dfn",
    "div",
    "dl",
    "dt",
    "em",
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
    "del",
    "kbd",
    "li",
    "map",
    "area",
    "ol",
    "p",
    "pre",
    "q",
    "s",
    "samp",
    "small",
    "span",
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
    "strike",
    "font",
    "center",
    "nobr",
];

/// Whether a narrative keeps to the rules.
pub(super) fn is_safe_narrative(text: &str) -> bool {
    let mut scanner = Scanner { rest: text.trim(), open: Vec::new(), has_content: false, roots: 0 };
    scanner.scan().is_some() && scanner.open.is_empty() && scanner.roots == 1 && scanner.has_content
}

struct Scanner<'t> {
    rest: &'t str,
    open: Vec<&'t str>,
    has_content: bool,
    roots: usize,
}

impl<'t> Scanner<'t> {
    /// `None` as soon as a rule is broken.
    fn scan(&mut self) -> Option<()> {
        while !self.rest.is_empty() {
            let (text, markup) =
                self.rest.split_at_checked(self.rest.find('<').unwrap_or(self.rest.len()))?;
            if !text.trim().is_empty() {
                self.has_content = true;
                if self.open.is_empty() {
                    return None;
                }
            }
            self.rest = markup;
            if markup.is_empty() {
                break;
            }
            self.markup(markup)?;
        }
        Some(())
    }

    fn markup(&mut self, markup: &'t str) -> Option<()> {
        if let Some(comment) = markup.strip_prefix("<!--") {
            self.rest = comment.split_once("-->")?.1;
            return Some(());
        }
        if let Some(closing) = markup.strip_prefix("</") {
            let (name, rest) = closing.split_once('>')?;
            self.rest = rest;
            return (self.open.pop()? == name.trim_end()).then_some(());
        }
        self.tag(markup.strip_prefix('<')?)
    }

    fn tag(&mut self, tag: &'t str) -> Option<()> {
        let end = tag.find(|c: char| c.is_whitespace() || c == '>' || c == '/')?;
        let (name, mut rest) = tag.split_at_checked(end)?;
        if !ELEMENTS.contains(&name) || (self.open.is_empty() && name != "div") {
            return None;
        }
        self.has_content |= name == "img";
        self.roots += usize::from(self.open.is_empty());
        loop {
            rest = rest.trim_start();
            if let Some(after) = rest.strip_prefix("/>") {
                self.rest = after;
                return Some(());
            }
            if let Some(after) = rest.strip_prefix('>') {
                self.open.push(name);
                self.rest = after;
                return Some(());
            }
            rest = attribute(rest)?;
        }
    }
}

/// Reads one attribute and gives what follows; `None` for one that is not allowed.
fn attribute(text: &str) -> Option<&str> {
    let (name, rest) = text.split_once('=')?;
    let name = name.trim_end();
    let rest = rest.trim_start();
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let (value, rest) = rest.get(1..)?.split_once(quote)?;
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_:".contains(c));
    let is_active = name.to_ascii_lowercase().starts_with("on")
        || value.trim_start().to_ascii_lowercase().starts_with("javascript:");
    (is_name && !is_active && !value.contains('<')).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::is_safe_narrative;

    #[test]
    fn formatting_is_allowed_and_scripts_are_not() {
        assert!(is_safe_narrative(
            "<div xmlns=\"http://www.w3.org/1999/xhtml\"><p>A <b>b</b><br/></p></div>"
        ));
        assert!(is_safe_narrative("<div><!-- x --><img src=\"#a\" alt='a'/></div>"));
        for text in [
            "<div><script>x</script></div>",
            "<div onclick=\"x\">a</div>",
            "<div><a href=\"javascript:x\">a</a></div>",
            "<div><p>a</div></p>",
            "<div> </div>",
            "<p>a</p>",
            "a",
            "",
            "<div>a",
            "<div>a</div><div>b</div>",
        ] {
            assert!(!is_safe_narrative(text), "{text}");
        }
    }
}
