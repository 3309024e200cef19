//! Reads tokens into a syntax tree: a precedence climbing parser (FHIRPath 2.0, section 6.8).

use rust_decimal::Decimal;

use crate::ast::{Expr, ExprKind, Literal, Operator, TypeName};
use crate::error::{CompileError, CompileErrorKind};
use crate::expression::MAX_DEPTH;
use crate::lexer::{Token, TokenKind, tokens};
use crate::units::CalendarUnit;

/// The syntax tree of an expression.
pub(crate) fn parse(text: &str) -> Result<Expr, CompileError> {
    let mut parser = Parser { tokens: tokens(text)?, at: 0, depth: 0 };
    let expression = parser.expression(Precedence::Implies)?;
    match parser.peek() {
        TokenKind::End => Ok(expression),
        _ => Err(parser.unexpected("an operator or the end")),
    }
}

/// How tightly operators bind, loosest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Precedence {
    Implies,
    Or,
    And,
    Membership,
    Equality,
    Inequality,
    Union,
    Type,
    Additive,
    Multiplicative,
    Unary,
}

impl Precedence {
    /// What the right operand of a left-associative operator may be.
    fn tighter(self) -> Self {
        match self {
            Self::Implies => Self::Or,
            Self::Or => Self::And,
            Self::And => Self::Membership,
            Self::Membership => Self::Equality,
            Self::Equality => Self::Inequality,
            Self::Inequality => Self::Union,
            Self::Union => Self::Type,
            Self::Type => Self::Additive,
            Self::Additive => Self::Multiplicative,
            Self::Multiplicative | Self::Unary => Self::Unary,
        }
    }
}

#[derive(Clone, Copy)]
enum Infix {
    Binary(Operator),
    Union,
    Is,
    As,
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
}

impl Parser {
    fn peek(&self) -> &TokenKind {
        self.tokens.get(self.at).map_or(&TokenKind::End, |token| &token.kind)
    }

    fn position(&self) -> usize {
        self.tokens.get(self.at).map_or(0, |token| token.at)
    }

    fn next(&mut self) -> TokenKind {
        let kind = self.peek().clone();
        self.at += 1;
        kind
    }

    fn take_symbol(&mut self, symbol: &str) -> bool {
        let found = matches!(self.peek(), TokenKind::Symbol(s) if *s == symbol);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, symbol: &str, expected: &'static str) -> Result<(), CompileError> {
        if self.take_symbol(symbol) { Ok(()) } else { Err(self.unexpected(expected)) }
    }

    fn unexpected(&self, expected: &'static str) -> CompileError {
        let found = self.peek().describe();
        self.error(CompileErrorKind::Unexpected { found, expected })
    }

    fn error(&self, kind: CompileErrorKind) -> CompileError {
        CompileError { position: self.position(), kind }
    }

    /// A tree node that stands on others. Operators of one level make the tree grow without the parser
    /// recursing, so the depth is counted on the tree itself.
    fn node(&self, at: usize, below: usize, kind: ExprKind) -> Result<Expr, CompileError> {
        if below >= MAX_DEPTH {
            return Err(CompileError { position: at, kind: CompileErrorKind::TooDeep });
        }
        Ok(Expr { kind, at, depth: below + 1 })
    }

    fn expression(&mut self, loosest: Precedence) -> Result<Expr, CompileError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.error(CompileErrorKind::TooDeep));
        }
        let mut left = self.unary()?;
        while let Some((precedence, infix)) = self.infix().filter(|(precedence, _)| *precedence >= loosest) {
            self.at += 1;
            left = self.infix_right(left, precedence, infix)?;
        }
        self.depth -= 1;
        Ok(left)
    }

    /// The operator that stands here, if any.
    fn infix(&self) -> Option<(Precedence, Infix)> {
        use Operator as O;
        use Precedence as P;
        let text: &str = match self.peek() {
            TokenKind::Symbol(symbol) => symbol,
            TokenKind::Word(word) => word,
            _ => return None,
        };
        Some(match text {
            "*" => (P::Multiplicative, Infix::Binary(O::Multiply)),
            "/" => (P::Multiplicative, Infix::Binary(O::Divide)),
            "div" => (P::Multiplicative, Infix::Binary(O::Div)),
            "mod" => (P::Multiplicative, Infix::Binary(O::Mod)),
            "+" => (P::Additive, Infix::Binary(O::Add)),
            "-" => (P::Additive, Infix::Binary(O::Subtract)),
            "&" => (P::Additive, Infix::Binary(O::Concatenate)),
            "is" => (P::Type, Infix::Is),
            "as" => (P::Type, Infix::As),
            "|" => (P::Union, Infix::Union),
            "<" => (P::Inequality, Infix::Binary(O::Less)),
            "<=" => (P::Inequality, Infix::Binary(O::LessOrEqual)),
            ">" => (P::Inequality, Infix::Binary(O::Greater)),
            ">=" => (P::Inequality, Infix::Binary(O::GreaterOrEqual)),
            "=" => (P::Equality, Infix::Binary(O::Equal)),
            "!=" => (P::Equality, Infix::Binary(O::NotEqual)),
            "~" => (P::Equality, Infix::Binary(O::Equivalent)),
            "!~" => (P::Equality, Infix::Binary(O::NotEquivalent)),
            "in" => (P::Membership, Infix::Binary(O::In)),
            "contains" => (P::Membership, Infix::Binary(O::Contains)),
            "and" => (P::And, Infix::Binary(O::And)),
            "or" => (P::Or, Infix::Binary(O::Or)),
            "xor" => (P::Or, Infix::Binary(O::Xor)),
            "implies" => (P::Implies, Infix::Binary(O::Implies)),
            _ => return None,
        })
    }

    fn infix_right(
        &mut self,
        left: Expr,
        precedence: Precedence,
        infix: Infix,
    ) -> Result<Expr, CompileError> {
        let (at, depth) = (left.at, left.depth);
        match infix {
            Infix::Is => {
                let name = self.type_name()?;
                self.node(at, depth, ExprKind::Is { source: Box::new(left), name })
            }
            Infix::As => {
                let name = self.type_name()?;
                self.node(at, depth, ExprKind::As { source: Box::new(left), name })
            }
            Infix::Union => {
                let right = self.expression(precedence.tighter())?;
                let below = depth.max(right.depth + 1).saturating_sub(1);
                let mut parts = match left.kind {
                    ExprKind::Union(parts) => parts,
                    kind => vec![Expr { kind, at, depth }],
                };
                let below = below.max(parts.iter().map(|part| part.depth).max().unwrap_or(0));
                parts.push(right);
                self.node(at, below, ExprKind::Union(parts))
            }
            Infix::Binary(operator) => {
                let right = self.expression(precedence.tighter())?;
                let below = depth.max(right.depth);
                self.node(
                    at,
                    below,
                    ExprKind::Binary { operator, left: Box::new(left), right: Box::new(right) },
                )
            }
        }
    }

    fn unary(&mut self) -> Result<Expr, CompileError> {
        let at = self.position();
        let mut negations = 0usize;
        loop {
            if self.take_symbol("-") {
                negations += 1;
            } else if !self.take_symbol("+") {
                break;
            }
        }
        let mut operand = self.invocations()?;
        // The sign belongs to the whole path: -1.abs() is -(1.abs()).
        for _ in 0..negations {
            let depth = operand.depth;
            operand = self.node(at, depth, ExprKind::Negate(Box::new(operand)))?;
        }
        Ok(operand)
    }

    /// A term with all that follows by `.` and `[]`.
    fn invocations(&mut self) -> Result<Expr, CompileError> {
        let mut term = self.term()?;
        loop {
            if self.take_symbol(".") {
                term = self.member_or_function(Some(term))?;
            } else if self.take_symbol("[") {
                let index = self.expression(Precedence::Implies)?;
                self.expect("]", "`]`")?;
                let below = term.depth.max(index.depth);
                let at = term.at;
                term = self.node(
                    at,
                    below,
                    ExprKind::Indexer { source: Box::new(term), index: Box::new(index) },
                )?;
            } else {
                return Ok(term);
            }
        }
    }

    fn member_or_function(&mut self, source: Option<Expr>) -> Result<Expr, CompileError> {
        let at = self.position();
        for (symbol, kind) in
            [("$this", ExprKind::This), ("$index", ExprKind::Index), ("$total", ExprKind::Total)]
        {
            // `a.$this` is in the grammar, and means what `$this` alone means.
            if self.take_symbol(symbol) {
                return self.node(at, 0, kind);
            }
        }
        let name = self.identifier("the name of an element or function")?;
        let below = source.as_ref().map_or(0, |source| source.depth);
        let source = source.map(Box::new);
        if !self.take_symbol("(") {
            return self.node(at, below, ExprKind::Member { source, name });
        }
        let mut arguments = Vec::new();
        if !self.take_symbol(")") {
            loop {
                arguments.push(self.expression(Precedence::Implies)?);
                if self.take_symbol(")") {
                    break;
                }
                self.expect(",", "`,` or `)`")?;
            }
        }
        let below = arguments.iter().map(|argument| argument.depth).fold(below, usize::max);
        self.node(at, below, ExprKind::Function { source, name, arguments })
    }

    fn identifier(&mut self, expected: &'static str) -> Result<Box<str>, CompileError> {
        match self.peek() {
            TokenKind::Word(_) | TokenKind::Delimited(_) => match self.next() {
                TokenKind::Word(name) | TokenKind::Delimited(name) => Ok(name),
                _ => Err(self.unexpected(expected)),
            },
            _ => Err(self.unexpected(expected)),
        }
    }

    fn term(&mut self) -> Result<Expr, CompileError> {
        let at = self.position();
        let kind = match self.peek() {
            TokenKind::Symbol("(") => {
                self.at += 1;
                let inner = self.expression(Precedence::Implies)?;
                self.expect(")", "`)`")?;
                return Ok(inner);
            }
            TokenKind::Symbol("{") => {
                self.at += 1;
                self.expect("}", "`}`")?;
                ExprKind::Empty
            }
            TokenKind::Symbol("%") => {
                self.at += 1;
                ExprKind::Variable(self.variable_name()?)
            }
            TokenKind::Word(word) if &**word == "true" || &**word == "false" => {
                let value = &**word == "true";
                self.at += 1;
                ExprKind::Literal(Literal::Boolean(value))
            }
            TokenKind::Word(_)
            | TokenKind::Delimited(_)
            | TokenKind::Symbol("$this" | "$index" | "$total") => {
                return self.member_or_function(None);
            }
            TokenKind::Number(_) | TokenKind::String(_) => ExprKind::Literal(self.number_or_string()?),
            TokenKind::Date(moment) => {
                let literal = Literal::Date(*moment);
                self.at += 1;
                ExprKind::Literal(literal)
            }
            TokenKind::DateTime(moment) => {
                let literal = Literal::DateTime(*moment);
                self.at += 1;
                ExprKind::Literal(literal)
            }
            TokenKind::Time(moment) => {
                let literal = Literal::Time(*moment);
                self.at += 1;
                ExprKind::Literal(literal)
            }
            TokenKind::Symbol(_) | TokenKind::End => return Err(self.unexpected("an expression")),
        };
        self.node(at, 0, kind)
    }

    fn variable_name(&mut self) -> Result<Box<str>, CompileError> {
        if let TokenKind::String(name) = self.peek() {
            let name = name.clone();
            self.at += 1;
            return Ok(name);
        }
        self.identifier("the name of a variable")
    }

    fn number_or_string(&mut self) -> Result<Literal, CompileError> {
        let at = self.position();
        match self.next() {
            TokenKind::String(text) => Ok(Literal::String(text)),
            TokenKind::Number(text) => self.number(at, &text),
            _ => Err(self.unexpected("a number or string")),
        }
    }

    /// A number, with its unit if one follows.
    fn number(&mut self, at: usize, text: &str) -> Result<Literal, CompileError> {
        let bad = |what| CompileError {
            position: at,
            kind: CompileErrorKind::BadLiteral { what, text: text.to_owned() },
        };
        let unit = match self.peek() {
            TokenKind::String(unit) => Some((unit.clone(), false)),
            TokenKind::Word(word) if CalendarUnit::parse(word).is_some() => Some((word.clone(), true)),
            _ => None,
        };
        if let Some((unit, is_calendar)) = unit {
            self.at += 1;
            let value = Decimal::from_str_exact(text).map_err(|_| bad("decimal"))?;
            return Ok(Literal::Quantity { value, unit, is_calendar });
        }
        if text.contains('.') {
            return Decimal::from_str_exact(text).map(Literal::Decimal).map_err(|_| bad("decimal"));
        }
        text.parse().map(Literal::Integer).map_err(|_| bad("integer"))
    }

    fn type_name(&mut self) -> Result<TypeName, CompileError> {
        let first = self.identifier("the name of a type")?;
        if !self.take_symbol(".") {
            return Ok(TypeName { namespace: None, name: first });
        }
        let name = self.identifier("the name of a type")?;
        Ok(TypeName { namespace: Some(first), name })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shape(text: &str) -> String {
        fn show(expr: &Expr) -> String {
            match &expr.kind {
                ExprKind::Binary { operator, left, right } => {
                    format!("({} {} {})", show(left), operator.symbol(), show(right))
                }
                ExprKind::Union(parts) => {
                    format!("({})", parts.iter().map(show).collect::<Vec<_>>().join(" | "))
                }
                ExprKind::Is { source, name } => format!("({} is {})", show(source), name.name),
                ExprKind::Negate(operand) => format!("(-{})", show(operand)),
                ExprKind::Literal(Literal::Integer(value)) => value.to_string(),
                ExprKind::Member { source, name } => match source {
                    Some(source) => format!("{}.{name}", show(source)),
                    None => name.to_string(),
                },
                other => format!("{other:?}"),
            }
        }
        show(&parse(text).unwrap())
    }

    #[test]
    fn operators_bind_as_the_specification_orders_them() {
        assert_eq!(shape("1 + 2 * 3 + 4"), "((1 + (2 * 3)) + 4)");
        assert_eq!(shape("a or b and c = d | e"), "(a or (b and (c = (d | e))))");
        assert_eq!(shape("1 > 2 is Boolean"), "(1 > (2 is Boolean))");
        assert_eq!(shape("a implies b implies c"), "((a implies b) implies c)");
        assert_eq!(shape("-a.b"), "(-a.b)");
        assert_eq!(shape("a | b | c"), "(a | b | c)");
    }

    #[test]
    fn operator_words_are_names_where_a_name_stands() {
        assert_eq!(shape("expansion.contains contains is"), "(expansion.contains contains is)");
    }

    #[test]
    fn errors_tell_where_and_what() {
        let error = parse("2 + 2 /").unwrap_err();
        assert_eq!(error.to_string(), "at character 7: found the end, expected an expression");
        assert!(parse("'open").is_err());
        assert!(parse("2 /* open").is_err());
        assert!(parse("@2015-02-30").is_err());
    }

    #[test]
    fn nesting_is_limited() {
        let deep = format!("{}1{}", "(".repeat(5_000), ")".repeat(5_000));
        assert_eq!(parse(&deep).unwrap_err().kind, CompileErrorKind::TooDeep);
        let long = vec!["a"; 5_000].join(".");
        assert_eq!(parse(&long).unwrap_err().kind, CompileErrorKind::TooDeep);
        let signs = format!("{}1", "-".repeat(5_000));
        assert_eq!(parse(&signs).unwrap_err().kind, CompileErrorKind::TooDeep);
        let union = vec!["a.b"; 500].join(" | ");
        assert!(parse(&union).is_ok());
    }

    proptest! {
        #[test]
        fn any_text_parses_or_is_refused(text in "\\PC{0,80}") {
            let _ = parse(&text);
        }

        #[test]
        fn any_sequence_of_tokens_parses_or_is_refused(
            words in proptest::collection::vec(
                prop_oneof![
                    "[a-c(){}\\[\\].,%|&=<>+*/-]", "and|is|as|in|contains|\\$this|true|@T10|@2015|'x'|1.5|days"
                ],
                0..40,
            )
        ) {
            let _ = parse(&words.join(" "));
        }
    }
}
