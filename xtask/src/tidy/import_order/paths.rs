//! Every path of a file that leads to another module of its crate, wherever it stands: imports, types, expressions, macros.

use proc_macro2::TokenTree;
use syn::visit::{self, Visit};
use syn::{
    Attribute, Expr, ExprLit, File, ItemMod, ItemUse, Lit, Macro, Meta, Path, UseTree,
    VisRestricted,
};

use crate::tidy::code::{each_level, group, ident, is_punct, line, list, name};
use crate::tidy::use_tree::leaves;

/// A path from the crate's root, which is not in it; empty for the root itself.
pub(crate) struct Reference {
    pub(crate) path: Vec<String>,
    pub(crate) line: usize,
}

/// What a file refers to by `crate`, `self` and `super`; `module` is where the file stands in the crate.
pub(crate) fn references(file: &File, module: Vec<String>) -> Vec<Reference> {
    let mut finder = Finder {
        module,
        found: Vec::new(),
    };
    finder.visit_file(file);
    finder.found
}

struct Finder {
    module: Vec<String>,
    found: Vec<Reference>,
}

impl Finder {
    fn add(&mut self, path: &[String], line: usize) {
        if let Some(path) = self.resolve(path) {
            self.found.push(Reference { path, line });
        }
    }

    /// Turns a path into one from the root; `None` if it starts with a name, which something here brought in.
    fn resolve(&self, path: &[String]) -> Option<Vec<String>> {
        let (first, rest) = path.split_first()?;
        let mut base = match first.as_str() {
            "crate" => Vec::new(),
            "self" | "super" => self.module.clone(),
            _ => return None,
        };
        if first == "super" {
            base.pop();
        }
        let further = rest.iter().take_while(|part| *part == "super").count();
        base.truncate(base.len().saturating_sub(further));
        base.extend_from_slice(&rest[further..]);
        Some(base)
    }

    fn add_tree(&mut self, tree: &UseTree) {
        for leaf in leaves(tree) {
            self.add(&leaf.path, leaf.line);
        }
    }

    /// Looks for paths in tokens that nobody parses: the arguments and the rules of macros.
    fn scan(&mut self, tokens: &[TokenTree]) {
        let mut at = 0;
        while at < tokens.len() {
            let start = at;
            at += 1;
            let Some(first) = ident(tokens, start).filter(|it| ROOTS.contains(&name(it).as_str()))
            else {
                continue;
            };
            let is_inner = start >= 2 && is_punct(tokens, start - 2, "::");
            if is_inner || !is_punct(tokens, at, "::") {
                continue;
            }
            let mut path = vec![name(first)];
            while is_punct(tokens, at, "::") {
                if let Some(next) = ident(tokens, at + 2) {
                    path.push(name(next));
                    at += 3;
                } else if is_punct(tokens, at + 2, "*") {
                    path.push("*".to_owned());
                    at += 3;
                } else {
                    break;
                }
            }
            let tree = group(tokens, at + 2).filter(|_| is_punct(tokens, at, "::"));
            let tree = tree
                .and_then(|tree| syn::parse2::<UseTree>(TokenTree::from(tree.clone()).into()).ok());
            match tree {
                Some(tree) => {
                    for leaf in leaves(&tree) {
                        let whole: Vec<_> = path.iter().chain(&leaf.path).cloned().collect();
                        self.add(&whole, leaf.line);
                    }
                }
                None => self.add(&path, line(first.span())),
            }
        }
    }
}

impl<'ast> Visit<'ast> for Finder {
    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        self.module.push(name(&item.ident));
        visit::visit_item_mod(self, item);
        self.module.pop();
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        self.add_tree(&item.tree);
    }

    fn visit_path(&mut self, path: &'ast Path) {
        let names: Vec<_> = path.segments.iter().map(|part| name(&part.ident)).collect();
        // `self` alone is a value, and `::name` another crate.
        if path.leading_colon.is_none() && names.len() > 1 {
            let line = path
                .segments
                .first()
                .map_or(1, |part| line(part.ident.span()));
            self.add(&names, line);
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast Macro) {
        visit::visit_macro(self, call);
        each_level(&list(call.tokens.clone()), &mut |tokens| self.scan(tokens));
    }

    /// `#[serde(with = "crate::module")]` names a path in a text.
    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        if attribute.path().is_ident("doc") {
            return;
        }
        visit::visit_attribute(self, attribute);
        let tokens = match &attribute.meta {
            Meta::List(meta) => list(meta.tokens.clone()),
            Meta::NameValue(meta) => {
                if let Expr::Lit(ExprLit {
                    lit: Lit::Str(text),
                    ..
                }) = &meta.value
                {
                    self.scan_text(&text.value(), line(text.span()));
                }
                return;
            }
            Meta::Path(_) => return,
        };
        each_level(&tokens, &mut |tokens| {
            self.scan(tokens);
            for token in tokens {
                if let TokenTree::Literal(literal) = token
                    && let Ok(text) = syn::parse_str::<syn::LitStr>(&literal.to_string())
                {
                    self.scan_text(&text.value(), line(literal.span()));
                }
            }
        });
    }

    /// Where something may be seen imports nothing.
    fn visit_vis_restricted(&mut self, _: &'ast VisRestricted) {}
}

impl Finder {
    fn scan_text(&mut self, text: &str, line: usize) {
        if let Ok(path) = syn::parse_str::<Path>(text)
            && path.segments.len() > 1
        {
            let names: Vec<_> = path.segments.iter().map(|part| name(&part.ident)).collect();
            self.add(&names, line);
        }
    }
}

const ROOTS: &[&str] = &["crate", "self", "super"];
