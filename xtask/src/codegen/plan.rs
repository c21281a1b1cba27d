//! Which wire types and operations are written, and into which module each one goes.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;

use super::spec::{Kind, Operation, Schema, Spec};

/// What is written, by module and name.
#[derive(Debug)]
pub(crate) struct Plan<'a> {
    spec: &'a Spec,
    users: Users<'a>,
    /// Path, method and operation.
    pub(crate) operations: Vec<(&'a str, &'a str, &'a Operation)>,
}

/// The tags whose operations use each schema from each side.
type Users<'a> = BTreeMap<(&'a str, Side), BTreeSet<&'a str>>;

/// A schema, seen from one side of the wire.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Type<'a> {
    pub(crate) name: &'a str,
    pub(crate) side: Side,
    pub(crate) schema: &'a Schema,
}

/// Which way a value goes. What is sent is exact, what is received is read with tolerance; an enum is the same either way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Side {
    Sent,
    Received,
    Either,
}

impl<'a> Plan<'a> {
    /// # Errors
    ///
    /// Says what of the description cannot be turned into types.
    pub(crate) fn new(spec: &'a Spec) -> Result<Self, Box<dyn Error>> {
        let mut plan = Self {
            spec,
            users: Users::new(),
            operations: Vec::new(),
        };
        for (path, methods) in &spec.paths {
            for (method, operation) in methods {
                let [tag] = &operation.tags[..] else {
                    let id = &operation.operation_id;
                    return Err(format!("the operation `{id}` needs exactly one tag").into());
                };
                if NOT_WRITTEN.contains(&tag.as_str()) {
                    continue;
                }
                plan.operations.push((path, method, operation));
                plan.add_bodies(operation, tag)?;
            }
        }
        plan.refuse_equal_names()?;
        Ok(plan)
    }

    /// The types of every module, by the tag that the module is named after.
    pub(crate) fn modules(&self) -> BTreeMap<&'a str, Vec<Type<'a>>> {
        let mut modules = BTreeMap::<_, Vec<_>>::new();
        for type_ in self.types() {
            modules.entry(self.home(type_)).or_default().push(type_);
        }
        modules
    }

    /// The names that a type's fields take from the shared module.
    pub(crate) fn imports(&self, type_: Type<'a>) -> Result<BTreeSet<String>, Box<dyn Error>> {
        let mut imports = BTreeSet::new();
        for property in type_.schema.properties.values() {
            let whole = property.items.as_deref().unwrap_or(property);
            if let Some(part) = self.target(whole, type_.side)?
                && self.home(part) == SHARED
                && self.home(type_) != SHARED
            {
                imports.insert(self.rust_name(part));
            }
        }
        Ok(imports)
    }

    /// The schema's own name; what is received of a schema that is sent as well ends in `Response`.
    pub(crate) fn rust_name(&self, type_: Type<'_>) -> String {
        let is_sent_too = self.users.contains_key(&(type_.name, Side::Sent));
        match type_.side {
            Side::Received if is_sent_too => format!("{}Response", type_.name),
            _ => type_.name.to_owned(),
        }
    }

    /// The type that a reference leads to; `None` for what is no reference, and for scalars, which Rust has already.
    pub(crate) fn target(
        &self,
        schema: &'a Schema,
        side: Side,
    ) -> Result<Option<Type<'a>>, Box<dyn Error>> {
        let Some(reference) = &schema.reference else {
            return Ok(None);
        };
        let (name, schema) = self.spec.resolve(reference)?;
        Ok(schema
            .seen_from(side)
            .map(|side| Type { name, side, schema }))
    }

    /// The schema itself, or the one that it refers to.
    pub(crate) fn resolved(&self, schema: &'a Schema) -> Result<&'a Schema, Box<dyn Error>> {
        match &schema.reference {
            Some(reference) => Ok(self.spec.resolve(reference)?.1),
            None => Ok(schema),
        }
    }

    fn types(&self) -> impl Iterator<Item = Type<'a>> {
        self.users.keys().map(|&(name, side)| Type {
            name,
            side,
            schema: &self.spec.components.schemas[name],
        })
    }

    fn home(&self, type_: Type<'_>) -> &'a str {
        let tags = self
            .users
            .get(&(type_.name, type_.side))
            .into_iter()
            .flatten();
        match tags.collect::<Vec<_>>()[..] {
            [only] => only,
            _ => SHARED,
        }
    }

    fn add_bodies(&mut self, operation: &'a Operation, tag: &'a str) -> Result<(), Box<dyn Error>> {
        let requests = operation.request_body.iter();
        for media in requests.flat_map(|body| body.content.values()) {
            self.add(&media.schema, Side::Sent, tag)?;
        }
        for (code, answer) in &operation.responses {
            if code.starts_with('2') {
                for media in answer.content.values() {
                    self.add(&media.schema, Side::Received, tag)?;
                }
            }
        }
        Ok(())
    }

    /// Walks from a schema to all that become types.
    fn add(&mut self, schema: &'a Schema, side: Side, tag: &'a str) -> Result<(), Box<dyn Error>> {
        if let Some(type_) = self.target(schema, side)? {
            let key = (type_.name, type_.side);
            if !self.users.entry(key).or_default().insert(tag) {
                return Ok(());
            }
        } else if schema.reference.is_none() && schema.seen_from(side).is_some() {
            return Err("an object or an enum has no name: make it a named schema".into());
        }
        let schema = self.resolved(schema)?;
        for part in schema.properties.values().chain(schema.items.as_deref()) {
            self.add(part, side, tag)?;
        }
        Ok(())
    }

    fn refuse_equal_names(&self) -> Result<(), Box<dyn Error>> {
        let mut names = BTreeSet::new();
        for type_ in self.types() {
            let name = self.rust_name(type_);
            if names.contains(&name) {
                return Err(format!("two types have the name `{name}`: rename a schema").into());
            }
            names.insert(name);
        }
        Ok(())
    }
}

impl Schema {
    /// As which side's type the schema is written; `None` for what needs no type of its own.
    fn seen_from(&self, side: Side) -> Option<Side> {
        match self.kind {
            Some(Kind::Object) => Some(side),
            Some(Kind::String) if !self.values.is_empty() => Some(Side::Either),
            _ => None,
        }
    }
}

/// The token calls: their exchange has its own wire types, which wipe what they hold.
const NOT_WRITTEN: &[&str] = &["Tokens"];

/// The module of the types that operations of several tags use.
pub(crate) const SHARED: &str = "Shared";

#[cfg(test)]
mod tests;
