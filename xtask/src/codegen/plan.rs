//! Which wire types and operations are written, and into which module each one goes.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;

use super::spec::{Kind, Media, Operation, Schema, Spec};

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

    /// The types of every module, by the tag that the module is named after; a module may hold operations only.
    pub(crate) fn modules(&self) -> BTreeMap<&'a str, Vec<Type<'a>>> {
        let tags = self.operations.iter();
        let tags = tags.flat_map(|(_, _, operation)| &operation.tags);
        let mut modules: BTreeMap<_, Vec<_>> = tags.map(|tag| (tag.as_str(), Vec::new())).collect();
        for type_ in self.types() {
            modules.entry(self.home(type_)).or_default().push(type_);
        }
        modules
    }

    /// The operations of one tag: path, method and operation.
    pub(crate) fn operations_of(
        &self,
        tag: &str,
    ) -> impl Iterator<Item = (&'a str, &'a str, &'a Operation)> {
        let all = self.operations.iter().copied();
        all.filter(move |(_, _, operation)| operation.tags == [tag])
    }

    /// The type that an operation sends, or the type of its items if that is a list; `None` if it sends nothing.
    pub(crate) fn sent(
        &self,
        operation: &'a Operation,
    ) -> Result<Option<Type<'a>>, Box<dyn Error>> {
        match operation.body() {
            Some(schema) => {
                let whole = self.resolved(schema)?;
                self.target(whole.items.as_deref().unwrap_or(schema), Side::Sent)
            }
            None => Ok(None),
        }
    }

    /// Whether an operation sends a list.
    pub(crate) fn sends_list(&self, operation: &'a Operation) -> Result<bool, Box<dyn Error>> {
        let body = operation.body().map(|schema| self.resolved(schema));
        Ok(body.transpose()?.is_some_and(|body| body.items.is_some()))
    }

    /// The type that an operation returns, or the type of its items if that is a list; `None` if it returns nothing.
    pub(crate) fn received(
        &self,
        operation: &'a Operation,
    ) -> Result<Option<Type<'a>>, Box<dyn Error>> {
        match self.answer(operation)? {
            Some(schema) => self.target(schema, Side::Received),
            None => Ok(None),
        }
    }

    /// The types that an operation takes from the shared module.
    pub(crate) fn shared_of(
        &self,
        operation: &'a Operation,
    ) -> Result<Vec<String>, Box<dyn Error>> {
        let types = [self.sent(operation)?, self.received(operation)?];
        let shared = types.into_iter().flatten();
        let shared = shared.filter(|type_| self.home(*type_) == SHARED);
        Ok(shared.map(|type_| self.rust_name(type_)).collect())
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
        match self.answer(operation)? {
            Some(schema) => self.add(schema, Side::Received, tag),
            None => Ok(()),
        }
    }

    /// The schema of a success, or of the items if that is a list.
    fn answer(&self, operation: &'a Operation) -> Result<Option<&'a Schema>, Box<dyn Error>> {
        let successes = operation.responses.iter();
        let successes = successes.filter(|(code, _)| code.starts_with('2'));
        let mut media = successes.flat_map(|(_, response)| response.content.values());
        let Some(Media { schema }) = media.next() else {
            return Ok(None);
        };
        let id = &operation.operation_id;
        let is_array = self.resolved(schema)?.kind == Some(Kind::Array);
        if is_array && operation.list.is_empty() {
            return Err(format!("the operation `{id}` returns an array and has no x-list").into());
        }
        if operation.list.is_empty() {
            return Ok(Some(schema));
        }
        let items = self.items(schema, &operation.list)?;
        let message = format!("the response of `{id}` holds no list of its x-list");
        items.map(Some).ok_or_else(|| message.into())
    }

    /// The items of an array, or of the one that is a member of an object, however deep.
    fn items(
        &self,
        schema: &'a Schema,
        members: &[String],
    ) -> Result<Option<&'a Schema>, Box<dyn Error>> {
        let schema = self.resolved(schema)?;
        if schema.items.is_some() {
            return Ok(schema.items.as_deref());
        }
        let inner = members.iter().find_map(|name| schema.properties.get(name));
        match inner {
            Some(inner) => self.items(inner, members),
            None => Ok(None),
        }
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

impl Operation {
    fn body(&self) -> Option<&Schema> {
        let content = self.request_body.iter().map(|body| &body.content);
        let mut media = content.flat_map(BTreeMap::values);
        media.next().map(|media| &media.schema)
    }
}

impl Schema {
    /// As which side's type the schema is written; `None` for what needs no type of its own.
    fn seen_from(&self, side: Side) -> Option<Side> {
        match self.kind {
            Some(Kind::Object) if !self.free_form => Some(side),
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
