//! Makes one schema of those that the description gives to one type.

use std::collections::BTreeMap;
use std::error::Error;
use std::mem;

use super::spec::{Kind, Media, Schema, Spec};

impl Spec {
    /// Replaces the schemas that have an `x-type` in common by one of that name, which has the members of all of them.
    ///
    /// # Errors
    ///
    /// Names a type whose schemas do not fit together.
    pub(crate) fn merged(mut self) -> Result<Self, Box<dyn Error>> {
        let mut names = BTreeMap::new();
        let mut merged = BTreeMap::<String, Schema>::new();
        let mut schemas = BTreeMap::new();
        for (name, schema) in mem::take(&mut self.components.schemas) {
            let Some(shared) = schema.shared_type.clone() else {
                schemas.insert(name, schema);
                continue;
            };
            names.insert(reference(&name), reference(&shared));
            if schema.kind != Some(Kind::Object) {
                return Err(format!("`{name}` has an x-type and is no object").into());
            }
            match merged.remove(&shared) {
                None => merged.insert(shared, schema),
                Some(first) => {
                    let whole = first.with_members_of(schema, &shared)?;
                    merged.insert(shared, whole)
                }
            };
        }
        for (name, schema) in merged {
            if schemas.insert(name.clone(), schema).is_some() {
                return Err(format!("`{name}` is an x-type and a schema without it").into());
            }
        }
        self.components.schemas = schemas;
        self.rename(&names);
        Ok(self)
    }

    /// Lets every reference to an old name lead to the new one.
    fn rename(&mut self, names: &BTreeMap<String, String>) {
        let operations = self.paths.values_mut().flat_map(BTreeMap::values_mut);
        for operation in operations {
            for parameter in &mut operation.parameters {
                parameter.schema.rename(names);
            }
            let sent = operation.request_body.iter_mut();
            sent.for_each(|body| rename_content(&mut body.content, names));
            let received = operation.responses.values_mut();
            received.for_each(|response| rename_content(&mut response.content, names));
        }
        let responses = self.components.responses.values_mut();
        responses.for_each(|response| rename_content(&mut response.content, names));
        let schemas = self.components.schemas.values_mut();
        schemas.for_each(|schema| schema.rename(names));
    }
}

impl Schema {
    /// Adds the members of another schema; what one of the two can do without is not required.
    fn with_members_of(mut self, other: Self, shared: &str) -> Result<Self, Box<dyn Error>> {
        self.required.retain(|name| other.required.contains(name));
        for (name, member) in other.properties {
            match self.properties.get(&name) {
                Some(known) if !known.is_like(&member) => {
                    let message = "is not the same in all schemas of that x-type";
                    return Err(format!("`{shared}.{name}` {message}").into());
                }
                Some(_) => {}
                None => {
                    self.properties.insert(name, member);
                }
            }
        }
        Ok(self)
    }

    /// Whether two members are read and written in the same way.
    fn is_like(&self, other: &Self) -> bool {
        let facts = |schema: &Self| {
            (
                schema.reference.clone(),
                schema.kind,
                schema.values.clone(),
                schema.nullable,
                schema.free_form,
                schema.secret,
                schema.also_type,
            )
        };
        let items = match (&self.items, &other.items) {
            (Some(left), Some(right)) => left.is_like(right),
            (left, right) => left.is_none() && right.is_none(),
        };
        facts(self) == facts(other) && items
    }

    fn rename(&mut self, names: &BTreeMap<String, String>) {
        if let Some(reference) = &mut self.reference
            && let Some(name) = names.get(reference)
        {
            reference.clone_from(name);
        }
        let parts = self
            .properties
            .values_mut()
            .chain(self.items.as_deref_mut());
        parts.for_each(|part| part.rename(names));
    }
}

fn rename_content(content: &mut BTreeMap<String, Media>, names: &BTreeMap<String, String>) {
    let media = content.values_mut();
    media.for_each(|media| media.schema.rename(names));
}

fn reference(name: &str) -> String {
    format!("#/components/schemas/{name}")
}

#[cfg(test)]
mod tests;
