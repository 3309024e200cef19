//! From the syntax tree to operations: names become steps, types and functions, and what cannot be meant
//! is an error.

use std::borrow::Cow;

use fhir_model::types::{TypeId, TypeKind, TypeModel};
use rust_decimal::Decimal;
use smallvec::SmallVec;

use crate::ast::{Expr, ExprKind, Literal, TypeName};
use crate::error::{CompileError, CompileErrorKind};
use crate::functions::{self, Arguments, Function, Returns};
use crate::item::{Item, SystemType};
use crate::navigation::{Choice, Step};
use crate::op::{Op, TypeTest, Variable};
use crate::quantity::{Quantity, Unit};
use crate::units::CalendarUnit;

/// How strictly an expression is held to the specification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// As the expressions published with FHIR R4 need it: `as` picks from many items, and a path that starts
    /// with another resource type than the input's is empty (search parameters unite paths of many types).
    #[default]
    Lenient,
    /// By the letter: `as` needs a single item, paths start with the type of the input, and functions that
    /// depend on order refuse unordered items.
    Strict,
}

/// The types that items can have at some place of an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Types {
    /// Anything; names are looked up when evaluated.
    Unknown,
    /// Elements of one of these types.
    Known(SmallVec<[TypeId; 4]>),
}

impl Types {
    fn one(type_id: TypeId) -> Self {
        Self::Known(SmallVec::from_slice(&[type_id]))
    }

    fn union(self, other: Self) -> Self {
        match (self, other) {
            (Self::Known(mut own), Self::Known(others)) => {
                for type_id in others {
                    if !own.contains(&type_id) {
                        own.push(type_id);
                    }
                }
                Self::Known(own)
            }
            _ => Self::Unknown,
        }
    }
}

/// An operation with what is known of its results.
struct Compiled {
    op: Op,
    types: Types,
    ordered: bool,
}

impl Compiled {
    fn computed(op: Op) -> Self {
        Self { op, types: Types::Unknown, ordered: true }
    }

    fn literal(item: Item<'static>) -> Self {
        Self::computed(Op::Literal(item))
    }
}

/// Compiles a syntax tree for input of a type.
pub(crate) fn compile(
    expression: &Expr,
    model: &TypeModel,
    context: Option<TypeId>,
    mode: Mode,
) -> Result<Op, CompileError> {
    let context = context.map_or(Types::Unknown, Types::one);
    let compiler = Compiler { model, mode, context: context.clone() };
    compiler.compile(expression, &context).map(|compiled| compiled.op)
}

struct Compiler<'m> {
    model: &'m TypeModel,
    mode: Mode,
    context: Types,
}

fn error(at: usize, kind: CompileErrorKind) -> CompileError {
    CompileError { position: at, kind }
}

impl Compiler<'_> {
    /// Compiles an expression where `$this` has the given types.
    fn compile(&self, expr: &Expr, this: &Types) -> Result<Compiled, CompileError> {
        let boxed = |expr: &Expr| self.compile(expr, this).map(|compiled| Box::new(compiled.op));
        Ok(match &expr.kind {
            ExprKind::Literal(literal) => Compiled::literal(constant(literal)),
            ExprKind::Empty => Compiled::computed(Op::Empty),
            ExprKind::This => Compiled { op: Op::This, types: this.clone(), ordered: true },
            ExprKind::Index => Compiled::computed(Op::Index),
            ExprKind::Total => Compiled::computed(Op::Total),
            ExprKind::Variable(name) => self.variable(name),
            ExprKind::Member { source: None, name } => self.first_member(expr.at, name, this)?,
            ExprKind::Member { source: Some(source), name } => {
                let source = self.compile(source, this)?;
                self.member(expr.at, source, name)?
            }
            ExprKind::Function { source, name, arguments } => {
                let start = Compiled { op: Op::This, types: this.clone(), ordered: true };
                let source = source.as_ref().map_or(Ok(start), |source| self.compile(source, this))?;
                self.function(expr.at, source, name, arguments, this)?
            }
            ExprKind::Indexer { source, index } => {
                let source = self.compile(source, this)?;
                self.check_order(expr.at, &source, "[]")?;
                let op = Op::Indexer { source: Box::new(source.op), index: boxed(index)? };
                Compiled { op, ..source }
            }
            ExprKind::Negate(operand) => Compiled::computed(negate(self.compile(operand, this)?.op)),
            ExprKind::Binary { operator, left, right } => Compiled::computed(Op::Binary {
                operator: *operator,
                left: boxed(left)?,
                right: boxed(right)?,
            }),
            ExprKind::Union(parts) => self.union(parts, this)?,
            ExprKind::Is { source, name } => {
                let test = self.type_test(expr.at, name)?;
                Compiled::computed(Op::Is { source: boxed(source)?, test })
            }
            ExprKind::As { source, name } => {
                let source = self.compile(source, this)?;
                self.of_type(expr.at, source, name, self.mode == Mode::Strict)?
            }
        })
    }

    fn union(&self, parts: &[Expr], this: &Types) -> Result<Compiled, CompileError> {
        let mut types: Option<Types> = None;
        let mut ops = Vec::with_capacity(parts.len());
        for part in parts {
            let part = self.compile(part, this)?;
            if matches!(part.op, Op::Empty) {
                continue;
            }
            types = Some(types.map_or_else(|| part.types.clone(), |types| types.union(part.types.clone())));
            ops.push(part.op);
        }
        let op = if ops.is_empty() { Op::Empty } else { Op::Union(ops.into()) };
        Ok(Compiled { op, types: types.unwrap_or(Types::Unknown), ordered: true })
    }

    fn variable(&self, name: &str) -> Compiled {
        let text = |text: Cow<'static, str>| Compiled::literal(Item::String(text));
        let known = |variable, types| Compiled { op: Op::Variable(variable), types, ordered: true };
        match name {
            "sct" => text(Cow::Borrowed("http://snomed.info/sct")),
            "loinc" => text(Cow::Borrowed("http://loinc.org")),
            "ucum" => text(Cow::Borrowed("http://unitsofmeasure.org")),
            "context" => known(Variable::Context, self.context.clone()),
            "resource" => known(Variable::Resource, self.resource_types()),
            "rootResource" => known(Variable::RootResource, Types::Unknown),
            _ => {
                if let Some(id) = name.strip_prefix("vs-") {
                    return text(Cow::Owned(format!("http://hl7.org/fhir/ValueSet/{id}")));
                }
                if let Some(id) = name.strip_prefix("ext-") {
                    return text(Cow::Owned(format!("http://hl7.org/fhir/StructureDefinition/{id}")));
                }
                known(Variable::Supplied(name.into()), Types::Unknown)
            }
        }
    }

    /// The type of `%resource`: that of the input where it is a resource.
    fn resource_types(&self) -> Types {
        match &self.context {
            Types::Known(types) if types.iter().all(|id| self.kind(*id) == Some(TypeKind::Resource)) => {
                self.context.clone()
            }
            _ => Types::Unknown,
        }
    }

    fn kind(&self, type_id: TypeId) -> Option<TypeKind> {
        self.model.get(type_id).map(|info| info.kind)
    }

    /// The first name of a path: an element of `$this`, or the type that `$this` has to be.
    fn first_member(&self, at: usize, name: &str, this: &Types) -> Result<Compiled, CompileError> {
        let start = Compiled { op: Op::This, types: this.clone(), ordered: true };
        let named_type = self.model.id(name).filter(|_| name.starts_with(|c: char| c.is_ascii_uppercase()));
        let Some(type_id) = named_type else { return self.member(at, start, name) };
        let Types::Known(types) = this else { return Ok(only(start, type_id)) };
        if types.iter().all(|own| self.model.is_a(*own, type_id)) {
            return Ok(start);
        }
        if types.iter().any(|own| self.model.is_a(type_id, *own) || self.model.is_a(*own, type_id)) {
            return Ok(only(start, type_id));
        }
        match self.mode {
            Mode::Lenient => Ok(Compiled::computed(Op::Empty)),
            Mode::Strict => Err(self.unknown_element(at, name, types)),
        }
    }

    fn member(&self, at: usize, source: Compiled, name: &str) -> Result<Compiled, CompileError> {
        if matches!(source.op, Op::Empty) {
            return Ok(source);
        }
        let mut known = Vec::new();
        let mut result: SmallVec<[TypeId; 4]> = SmallVec::new();
        let mut open = true;
        if let Types::Known(types) = &source.types {
            open = false;
            for type_id in types {
                let Some(info) = self.model.get(*type_id) else { continue };
                let Some(element) = info.element(name) else {
                    // What is typed as abstract is something more special when evaluated.
                    open |= info.is_abstract;
                    continue;
                };
                known.push((*type_id, Choice::all(self.model, element)));
                result.extend(element.types.iter().map(|element_type| element_type.type_id));
            }
            if known.is_empty() && !open {
                return Err(self.unknown_element(at, name, types));
            }
        }
        result.sort_unstable();
        result.dedup();
        let types = if open { Types::Unknown } else { Types::Known(result) };
        let step = Step { name: name.into(), known: known.into() };
        Ok(Compiled { op: Op::Member { source: Box::new(source.op), step }, types, ordered: source.ordered })
    }

    fn unknown_element(&self, at: usize, name: &str, types: &[TypeId]) -> CompileError {
        let shown = types.iter().take(3).map(|id| self.model.name(*id)).collect::<Vec<_>>().join(" or ");
        let types = if shown.is_empty() { "a value".to_owned() } else { shown };
        error(at, CompileErrorKind::UnknownElement { name: name.to_owned(), types })
    }

    fn type_test(&self, at: usize, name: &TypeName) -> Result<TypeTest, CompileError> {
        let unknown = || {
            let shown = match &name.namespace {
                Some(namespace) => format!("{namespace}.{}", name.name),
                None => name.name.to_string(),
            };
            error(at, CompileErrorKind::UnknownType(shown))
        };
        match name.namespace.as_deref() {
            // A type that System does not have is one that nothing is of.
            Some("System") => Ok(TypeTest { fhir: None, system: SystemType::by_name(&name.name) }),
            Some("FHIR") => {
                let fhir = self.model.id(&name.name).ok_or_else(unknown)?;
                Ok(TypeTest { fhir: Some(fhir), system: None })
            }
            Some(_) => Err(unknown()),
            None => {
                let (fhir, system) = (self.model.id(&name.name), SystemType::by_name(&name.name));
                if fhir.is_none() && system.is_none() {
                    return Err(unknown());
                }
                Ok(TypeTest { fhir, system })
            }
        }
    }

    fn of_type(
        &self,
        at: usize,
        source: Compiled,
        name: &TypeName,
        single: bool,
    ) -> Result<Compiled, CompileError> {
        let test = self.type_test(at, name)?;
        if matches!(source.op, Op::Empty) {
            return Ok(source);
        }
        let types = test.fhir.map_or(Types::Unknown, Types::one);
        let op = Op::OfType { source: Box::new(source.op), test, single };
        Ok(Compiled { op, types, ordered: source.ordered })
    }

    fn check_order(&self, at: usize, source: &Compiled, what: &'static str) -> Result<(), CompileError> {
        if self.mode == Mode::Strict && !source.ordered {
            return Err(error(at, CompileErrorKind::Unordered(what)));
        }
        Ok(())
    }

    fn function(
        &self,
        at: usize,
        source: Compiled,
        name: &str,
        arguments: &[Expr],
        this: &Types,
    ) -> Result<Compiled, CompileError> {
        let function = functions::by_name(name)
            .ok_or_else(|| error(at, CompileErrorKind::UnknownFunction(name.to_owned())))?;
        check_count(at, function, arguments.len())?;
        if function.needs_order {
            self.check_order(at, &source, function.name)?;
        }
        if let (Arguments::TypeName, [argument]) = (function.arguments, arguments) {
            return self.type_function(function, source, argument);
        }
        let inner = match function.arguments {
            Arguments::Values | Arguments::TypeName => this.clone(),
            Arguments::PerItem => source.types.clone(),
            Arguments::Recursive => self.recursive_types(&source.types, arguments)?,
        };
        let mut compiled = Vec::with_capacity(arguments.len());
        let mut result = Types::Known(SmallVec::new());
        for argument in arguments {
            let argument = self.compile(argument, &inner)?;
            result = result.union(argument.types);
            compiled.push(argument.op);
        }
        let types = match function.returns {
            Returns::Input => source.types.clone(),
            Returns::Arguments => result,
            Returns::Type(name) => self.model.id(name).map_or(Types::Unknown, Types::one),
            Returns::Computed => Types::Unknown,
        };
        let ordered = source.ordered && !function.loses_order;
        let op = build(at, function, source.op, compiled)?;
        Ok(Compiled { op, types, ordered })
    }

    /// `is(T)`, `as(T)` and `ofType(T)`.
    fn type_function(
        &self,
        function: &Function,
        source: Compiled,
        argument: &Expr,
    ) -> Result<Compiled, CompileError> {
        let name =
            type_name_of(argument).ok_or_else(|| error(argument.at, CompileErrorKind::NotATypeName))?;
        match function.name {
            "is" => {
                let test = self.type_test(argument.at, &name)?;
                Ok(Compiled::computed(Op::Is { source: Box::new(source.op), test }))
            }
            "as" => self.of_type(argument.at, source, &name, self.mode == Mode::Strict),
            _ => self.of_type(argument.at, source, &name, false),
        }
    }

    /// The types that `repeat` meets: those of its input, and of its own results in turn.
    fn recursive_types(&self, input: &Types, arguments: &[Expr]) -> Result<Types, CompileError> {
        const ROUNDS: usize = 4;
        let mut types = input.clone();
        for _ in 0..ROUNDS {
            let mut met = types.clone();
            for argument in arguments {
                met = met.union(self.compile(argument, &types)?.types);
            }
            if met == types {
                return Ok(types);
            }
            types = met;
        }
        Ok(Types::Unknown)
    }
}

fn only(source: Compiled, type_id: TypeId) -> Compiled {
    let test = TypeTest { fhir: Some(type_id), system: None };
    let op = Op::OfType { source: Box::new(source.op), test, single: false };
    Compiled { op, types: Types::one(type_id), ordered: source.ordered }
}

fn check_count(at: usize, function: &Function, found: usize) -> Result<(), CompileError> {
    let (least, most) = function.count;
    if (least..=most).contains(&found) {
        return Ok(());
    }
    let expected = if least == most { least.to_string() } else { format!("{least} to {most}") };
    Err(error(at, CompileErrorKind::ArgumentCount { name: function.name, expected, found }))
}

/// The operation of a function: one of its own for those that short-circuit, or a call.
fn build(
    at: usize,
    function: &'static Function,
    source: Op,
    mut arguments: Vec<Op>,
) -> Result<Op, CompileError> {
    let input = Box::new(source);
    Ok(match function.name {
        "exists" => Op::Exists { source: input, criterion: arguments.pop().map(Box::new) },
        "empty" => Op::Empties(input),
        "not" => Op::Not(input),
        "count" => Op::Count(input),
        "children" => Op::Children(input),
        name => match (name, arguments.pop()) {
            ("where", Some(criterion)) => Op::Where { source: input, criterion: Box::new(criterion) },
            ("all", Some(criterion)) => Op::All { source: input, criterion: Box::new(criterion) },
            ("select", Some(projection)) => Op::Select { source: input, projection: Box::new(projection) },
            (_, last) => {
                arguments.extend(last);
                precompile_pattern(at, function, &mut arguments)?;
                Op::Call { function, source: input, arguments: arguments.into() }
            }
        },
    })
}

/// Makes the literal pattern of a regular expression function ready to use.
fn precompile_pattern(at: usize, function: &Function, arguments: &mut [Op]) -> Result<(), CompileError> {
    let Some(first) = arguments.first_mut().filter(|_| function.takes_pattern()) else { return Ok(()) };
    if let Op::Literal(Item::String(text)) = first {
        let pattern = functions::pattern(text, function.name)
            .map_err(|problem| error(at, CompileErrorKind::BadPattern(problem)))?;
        *first = Op::Pattern(pattern);
    }
    Ok(())
}

fn type_name_of(expr: &Expr) -> Option<TypeName> {
    match &expr.kind {
        ExprKind::Member { source: None, name } => Some(TypeName { namespace: None, name: name.clone() }),
        ExprKind::Member { source: Some(source), name } => match &source.kind {
            ExprKind::Member { source: None, name: namespace } => {
                Some(TypeName { namespace: Some(namespace.clone()), name: name.clone() })
            }
            _ => None,
        },
        // Some published expressions put the name in quotes.
        ExprKind::Literal(Literal::String(name)) => Some(TypeName { namespace: None, name: name.clone() }),
        _ => None,
    }
}

fn negate(operand: Op) -> Op {
    match operand {
        Op::Literal(Item::Integer(value)) => Op::Literal(Item::Integer(value.saturating_neg())),
        Op::Literal(Item::Decimal(value)) => Op::Literal(Item::Decimal(-value)),
        other => Op::Negate(Box::new(other)),
    }
}

fn constant(literal: &Literal) -> Item<'static> {
    match literal {
        Literal::Boolean(value) => Item::Boolean(*value),
        Literal::Integer(value) => Item::Integer(*value),
        Literal::Decimal(value) => Item::Decimal(*value),
        Literal::String(text) => Item::String(Cow::Owned(text.to_string())),
        Literal::Date(moment) => Item::Date(*moment),
        Literal::DateTime(moment) => Item::DateTime(*moment),
        Literal::Time(moment) => Item::Time(*moment),
        Literal::Quantity { value, unit, is_calendar } => quantity(*value, unit, *is_calendar),
    }
}

fn quantity(value: Decimal, unit: &str, is_calendar: bool) -> Item<'static> {
    let unit = match CalendarUnit::parse(unit) {
        Some(calendar) if is_calendar => Unit::Calendar(calendar),
        _ => Unit::Ucum(Cow::Owned(unit.to_owned())),
    };
    Item::Quantity(Box::new(Quantity { value, unit }))
}
