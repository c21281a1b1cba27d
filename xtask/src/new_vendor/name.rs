//! A vendor's name, and what follows from it.

/// A name that a crate, a module and a type can be made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct VendorName(String);

impl VendorName {
    /// # Errors
    ///
    /// Says what is wrong with the name, and what to write instead.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        if let Some(short) = text.strip_suffix("-auth") {
            return Err(format!(
                "`{text}` becomes a crate with -auth at its end: write `{short}`"
            ));
        }
        let is_part = |part: &str| {
            let starts_well = part.starts_with(|letter: char| letter.is_ascii_lowercase());
            starts_well
                && part
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        };
        if text.len() > MAX_LENGTH || !text.split('-').all(is_part) {
            return Err(format!(
                "`{text}` is not a crate name: use up to {MAX_LENGTH} lower-case letters and digits, in parts that start with a letter, with hyphens between them"
            ));
        }
        let name = Self(text.to_owned());
        let is_identifier = |text: &str| syn::parse_str::<syn::Ident>(text).is_ok();
        if !is_identifier(&name.module()) || !is_identifier(&name.type_name()) {
            return Err(format!("`{text}` is a reserved word: choose another name"));
        }
        if TAKEN_TYPES.contains(&name.type_name().as_str()) {
            let taken = name.type_name();
            return Err(format!(
                "every vendor crate has a type `{taken}`: choose another name"
            ));
        }
        Ok(name)
    }

    /// The name itself, as in errors: `blue-sky`.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// The crate: `blue-sky-auth`.
    pub(super) fn package(&self) -> String {
        format!("{}-auth", self.0)
    }

    /// The crate in code: `blue_sky_auth`.
    pub(super) fn library(&self) -> String {
        format!("{}_auth", self.module())
    }

    /// The row's module: `blue_sky`.
    pub(super) fn module(&self) -> String {
        self.0.replace('-', "_")
    }

    /// The type: `BlueSky`.
    pub(super) fn type_name(&self) -> String {
        let parts = self.0.split('-').map(|part| {
            let (first, rest) = part.split_at(1);
            first.to_uppercase() + rest
        });
        parts.collect()
    }

    /// What the environment variables start with: `BLUE_SKY`.
    fn prefix(&self) -> String {
        self.module().to_uppercase()
    }

    /// Fills the names into a template.
    pub(super) fn fill(&self, template: &str) -> String {
        template
            .replace("{{name}}", self.as_str())
            .replace("{{package}}", &self.package())
            .replace("{{lib}}", &self.library())
            .replace("{{Type}}", &self.type_name())
            .replace("{{PREFIX}}", &self.prefix())
    }
}

/// Far more than any vendor's name has.
const MAX_LENGTH: usize = 40;

/// The types that the templates define or import.
const TAKEN_TYPES: &[&str] = &[
    "Account",
    "Arc",
    "Calls",
    "Client",
    "Config",
    "ConfigBuilder",
    "Contract",
    "Options",
    "Result",
    "Row",
    "TenantClients",
    "TenantConfig",
    "BlockingClient",
    "Setting",
    "Vendor",
];

#[cfg(test)]
mod tests;
