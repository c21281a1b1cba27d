//! The paths that `use` declarations name, one by one, however they are grouped.

use syn::{File, Item, ItemUse, UseTree, Visibility};

use super::code::{line, name};

/// One path out of a use tree.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Leaf {
    /// The segments; the last one is `*` in a glob.
    pub(crate) path: Vec<String>,
    /// What the path is called from here on.
    pub(crate) name: String,
    /// The line of its own part of the tree.
    pub(crate) line: usize,
}

/// What the `use` declarations of a file import.
pub(crate) fn imports(file: &File) -> Vec<Leaf> {
    declarations(file)
        .flat_map(|item| leaves(&item.tree))
        .collect()
}

/// What the `pub use` declarations of a file export.
pub(crate) fn exports(file: &File) -> Vec<Leaf> {
    declarations(file)
        .filter(|item| matches!(item.vis, Visibility::Public(_)))
        .flat_map(|item| leaves(&item.tree))
        .collect()
}

/// What one use tree names.
pub(crate) fn leaves(tree: &UseTree) -> Vec<Leaf> {
    let mut found = Vec::new();
    collect(tree, &mut Vec::new(), &mut found);
    found
}

fn declarations(file: &File) -> impl Iterator<Item = &ItemUse> {
    file.items.iter().filter_map(|item| match item {
        Item::Use(item) => Some(item),
        _ => None,
    })
}

fn collect(tree: &UseTree, parents: &mut Vec<String>, found: &mut Vec<Leaf>) {
    let mut leaf = |ident: &proc_macro2::Ident, alias: Option<&proc_macro2::Ident>| {
        let mut path = parents.clone();
        // `parent::{self}` is the parent.
        if ident != "self" || path.is_empty() {
            path.push(name(ident));
        }
        let own = path.last().cloned().unwrap_or_default();
        found.push(Leaf {
            name: alias.map_or(own, name),
            path,
            line: line(ident.span()),
        });
    };
    match tree {
        UseTree::Path(part) => {
            parents.push(name(&part.ident));
            collect(&part.tree, parents, found);
            parents.pop();
        }
        UseTree::Name(part) => leaf(&part.ident, None),
        UseTree::Rename(part) => leaf(&part.ident, Some(&part.rename)),
        UseTree::Glob(part) => {
            let mut path = parents.clone();
            path.push("*".to_owned());
            found.push(Leaf {
                path,
                name: "*".to_owned(),
                line: line(part.star_token.spans[0]),
            });
        }
        UseTree::Group(part) => {
            for tree in &part.items {
                collect(tree, parents, found);
            }
        }
    }
}

#[cfg(test)]
mod tests;
