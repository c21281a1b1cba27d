//! A GraphQL document as its parts: operations, fragments and selections, each with the place where it stands.

use apollo_parser::cst::{self, CstNode};
use apollo_parser::{Parser, SyntaxNode};
use serde_json::Value as Json;

/// What is wrong with a document, and the byte where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) message: String,
    pub(crate) at: Option<usize>,
}

impl Fault {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            at: None,
        }
    }

    pub(crate) fn at(at: usize, message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            at: Some(at),
        }
    }
}

#[derive(Debug)]
pub(crate) struct Document {
    pub(crate) operations: Vec<Operation>,
    pub(crate) fragments: Vec<Fragment>,
}

#[derive(Debug)]
pub(crate) struct Operation {
    /// `query`, `mutation` or `subscription`.
    pub(crate) kind: &'static str,
    pub(crate) name: Option<String>,
    pub(crate) variables: Vec<Variable>,
    pub(crate) directives: Vec<Directive>,
    pub(crate) selections: Vec<Selection>,
    pub(crate) at: usize,
}

impl Operation {
    /// Returns the type that its fields belong to; there are no subscriptions.
    pub(crate) fn root(&self) -> Option<&'static str> {
        match self.kind {
            "query" => Some("Query"),
            "mutation" => Some("Mutation"),
            _ => None,
        }
    }
}

#[derive(Debug)]
pub(crate) struct Fragment {
    pub(crate) name: String,
    pub(crate) on: String,
    pub(crate) directives: Vec<Directive>,
    pub(crate) selections: Vec<Selection>,
    pub(crate) at: usize,
}

#[derive(Debug)]
pub(crate) struct Variable {
    pub(crate) name: String,
    pub(crate) ty: Type,
    pub(crate) default: Option<Node>,
    pub(crate) at: usize,
}

#[derive(Debug)]
pub(crate) enum Selection {
    Field(Field),
    Spread {
        name: String,
        directives: Vec<Directive>,
        at: usize,
    },
    Inline {
        on: Option<String>,
        directives: Vec<Directive>,
        selections: Vec<Self>,
        at: usize,
    },
}

#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) alias: Option<String>,
    pub(crate) name: String,
    pub(crate) arguments: Vec<(String, Node)>,
    pub(crate) directives: Vec<Directive>,
    /// `None` without braces.
    pub(crate) selections: Option<Vec<Selection>>,
    pub(crate) at: usize,
}

impl Field {
    /// Returns the name of the field in the response.
    pub(crate) fn key(&self) -> &str {
        self.alias.as_deref().unwrap_or(&self.name)
    }
}

#[derive(Debug)]
pub(crate) struct Directive {
    pub(crate) name: String,
    pub(crate) arguments: Vec<(String, Node)>,
    pub(crate) at: usize,
}

/// A value as it is written, and where.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) value: Value,
    pub(crate) at: usize,
}

/// Two values are equal if they are written alike, wherever they stand.
impl PartialEq for Node {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Variable(String),
    /// A number, a text, `true`, `false` or `null`.
    Scalar(Json),
    Enum(String),
    List(Vec<Node>),
    Object(Vec<(String, Node)>),
}

/// A type as it is written, such as `[Tag!]!`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Type {
    Named(String),
    List(Box<Self>),
    NonNull(Box<Self>),
}

impl Type {
    /// Returns the name inside all brackets.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Named(name) => name,
            Self::List(inner) | Self::NonNull(inner) => inner.name(),
        }
    }

    pub(crate) fn is_required(&self) -> bool {
        matches!(self, Self::NonNull(_))
    }
}

impl std::fmt::Display for Type {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Named(name) => f.write_str(name),
            Self::List(inner) => write!(f, "[{inner}]"),
            Self::NonNull(inner) => write!(f, "{inner}!"),
        }
    }
}

/// Parses a text, or returns its syntax errors.
pub(crate) fn parse(text: &str) -> Result<cst::Document, Vec<Fault>> {
    let tree = Parser::new(text)
        .recursion_limit(MOST_DEPTH)
        .token_limit(MOST_TOKENS)
        .parse();
    let faults: Vec<Fault> = tree
        .errors()
        .map(|error| Fault::at(error.index(), format!("Syntax Error: {}", error.message())))
        .collect();
    if faults.is_empty() {
        Ok(tree.document())
    } else {
        Err(faults)
    }
}

impl Document {
    /// Reads a document that contains nothing but operations and fragments.
    pub(crate) fn read(text: &str) -> Result<Self, Vec<Fault>> {
        let (mut operations, mut fragments) = (Vec::new(), Vec::new());
        for definition in parse(text)?.definitions() {
            let at = start(definition.syntax());
            let read = match &definition {
                cst::Definition::OperationDefinition(it) => {
                    operation(it).map(|it| operations.push(it))
                }
                cst::Definition::FragmentDefinition(it) => {
                    fragment(it).map(|it| fragments.push(it))
                }
                other => {
                    let name = other.name().map_or_else(
                        || "schema".to_owned(),
                        |name| format!("\"{}\"", name.text().as_str()),
                    );
                    let message = format!("The {name} definition is not executable.");
                    return Err(vec![Fault::at(at, message)]);
                }
            };
            // The parser reports what is missing; should it ever not, the part is rejected here.
            read.ok_or_else(|| vec![Fault::at(at, "Syntax Error: incomplete definition")])?;
        }
        Ok(Self {
            operations,
            fragments,
        })
    }
}

fn operation(node: &cst::OperationDefinition) -> Option<Operation> {
    let kind = node.operation_type().map_or("query", |kind| {
        if kind.mutation_token().is_some() {
            "mutation"
        } else if kind.subscription_token().is_some() {
            "subscription"
        } else {
            "query"
        }
    });
    let variables = node.variable_definitions();
    let variables = variables.iter().flat_map(|all| all.variable_definitions());
    Some(Operation {
        kind,
        name: node.name().map(|name| name.text().to_string()),
        variables: variables.map(|it| variable(&it)).collect::<Option<_>>()?,
        directives: directives(node.directives())?,
        selections: selections(&node.selection_set()?)?,
        at: start(node.syntax()),
    })
}

fn fragment(node: &cst::FragmentDefinition) -> Option<Fragment> {
    Some(Fragment {
        name: node.fragment_name()?.name()?.text().to_string(),
        on: node
            .type_condition()?
            .named_type()?
            .name()?
            .text()
            .to_string(),
        directives: directives(node.directives())?,
        selections: selections(&node.selection_set()?)?,
        at: start(node.syntax()),
    })
}

fn variable(node: &cst::VariableDefinition) -> Option<Variable> {
    let default = match node.default_value() {
        Some(default) => Some(value(&default.value()?)?),
        None => None,
    };
    Some(Variable {
        name: node.variable()?.name()?.text().to_string(),
        ty: ty(&node.ty()?)?,
        default,
        at: start(node.syntax()),
    })
}

fn selections(node: &cst::SelectionSet) -> Option<Vec<Selection>> {
    node.selections()
        .map(|selection| match selection {
            cst::Selection::Field(it) => field(&it).map(Selection::Field),
            cst::Selection::FragmentSpread(it) => Some(Selection::Spread {
                name: it.fragment_name()?.name()?.text().to_string(),
                directives: directives(it.directives())?,
                at: start(it.syntax()),
            }),
            cst::Selection::InlineFragment(it) => {
                let on = match it.type_condition() {
                    Some(on) => Some(on.named_type()?.name()?.text().to_string()),
                    None => None,
                };
                Some(Selection::Inline {
                    on,
                    directives: directives(it.directives())?,
                    selections: selections(&it.selection_set()?)?,
                    at: start(it.syntax()),
                })
            }
        })
        .collect()
}

fn field(node: &cst::Field) -> Option<Field> {
    let selections = match node.selection_set() {
        Some(set) => Some(selections(&set)?),
        None => None,
    };
    let alias = node.alias().and_then(|alias| alias.name());
    Some(Field {
        alias: alias.map(|name| name.text().to_string()),
        name: node.name()?.text().to_string(),
        arguments: arguments(node.arguments())?,
        directives: directives(node.directives())?,
        selections,
        at: start(node.syntax()),
    })
}

fn directives(node: Option<cst::Directives>) -> Option<Vec<Directive>> {
    let directives = node.iter().flat_map(|all| all.directives());
    directives
        .map(|it| {
            Some(Directive {
                name: it.name()?.text().to_string(),
                arguments: arguments(it.arguments())?,
                at: start(it.syntax()),
            })
        })
        .collect()
}

fn arguments(node: Option<cst::Arguments>) -> Option<Vec<(String, Node)>> {
    let arguments = node.iter().flat_map(|all| all.arguments());
    arguments
        .map(|it| Some((it.name()?.text().to_string(), value(&it.value()?)?)))
        .collect()
}

fn value(node: &cst::Value) -> Option<Node> {
    let read = match node {
        cst::Value::Variable(it) => Value::Variable(it.name()?.text().to_string()),
        cst::Value::StringValue(it) => Value::Scalar(String::from(it).into()),
        cst::Value::IntValue(it) => Value::Scalar(number(it.syntax())?),
        cst::Value::FloatValue(it) => Value::Scalar(number(it.syntax())?),
        cst::Value::BooleanValue(it) => Value::Scalar(it.true_token().is_some().into()),
        cst::Value::NullValue(_) => Value::Scalar(Json::Null),
        cst::Value::EnumValue(it) => Value::Enum(it.name()?.text().to_string()),
        cst::Value::ListValue(it) => {
            Value::List(it.values().map(|it| value(&it)).collect::<Option<_>>()?)
        }
        cst::Value::ObjectValue(it) => {
            let fields = it.object_fields();
            let fields =
                fields.map(|it| Some((it.name()?.text().to_string(), value(&it.value()?)?)));
            Value::Object(fields.collect::<Option<_>>()?)
        }
    };
    Some(Node {
        value: read,
        at: start(node.syntax()),
    })
}

/// Numbers are written as in JSON.
fn number(node: &SyntaxNode) -> Option<Json> {
    let text = node.first_token()?.text().to_owned();
    serde_json::from_str(&text).ok()
}

pub(crate) fn ty(node: &cst::Type) -> Option<Type> {
    let named = |it: &cst::NamedType| Some(Type::Named(it.name()?.text().to_string()));
    let list = |it: &cst::ListType| Some(Type::List(Box::new(ty(&it.ty()?)?)));
    match node {
        cst::Type::NamedType(it) => named(it),
        cst::Type::ListType(it) => list(it),
        cst::Type::NonNullType(it) => {
            let inner = match (it.named_type(), it.list_type()) {
                (Some(it), _) => named(&it),
                (None, it) => list(&it?),
            };
            Some(Type::NonNull(Box::new(inner?)))
        }
    }
}

fn start(node: &SyntaxNode) -> usize {
    node.text_range().start().into()
}

/// Deeper than any real query, and far from where a stack ends.
const MOST_DEPTH: usize = 64;

/// More than any real query has, and little enough to be judged in no time, whatever they say; blanks count.
const MOST_TOKENS: usize = 10_000;
