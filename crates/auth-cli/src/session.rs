//! What a command starts from: the environment, the configuration file and the selected profile.

use std::path::{Path, PathBuf};

use crate::failure::Failure;
use crate::profiles::{DEFAULT, Profile, Profiles, locate};
use crate::settings::{self, Settings, Sources};
use crate::store::Store;
use crate::variables::Variables;
use crate::vendor::Vendor;

/// The environment, and which profile the user selected.
#[derive(Debug)]
pub(crate) struct Session {
    variables: Variables,
    /// None if neither an option nor a variable names one.
    selected: Option<String>,
    path: Option<PathBuf>,
}

impl Session {
    /// `profile` is the option, which takes precedence over VAUTH_PROFILE.
    pub(crate) fn new(variables: Variables, profile: Option<&str>) -> Result<Self, Failure> {
        let selected = match profile {
            Some(name) => Some(("--profile", name)),
            None => {
                let name = variables.text(PROFILE_VARIABLE).map_err(Failure::Usage)?;
                name.map(|name| (PROFILE_VARIABLE, name))
            }
        };
        if let Some((source, name)) = selected {
            check_name(source, name)?;
        }
        let selected = selected.map(|(_, name)| name.to_owned());
        Ok(Self {
            path: locate(&variables)?,
            selected,
            variables,
        })
    }

    /// Returns the environment.
    pub(crate) fn variables(&self) -> &Variables {
        &self.variables
    }

    /// Returns the configuration file's path, if it is known.
    pub(crate) fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// Returns the name of the profile that the user selected.
    pub(crate) fn selected(&self) -> Option<&str> {
        self.selected.as_deref()
    }

    /// Returns the name of the profile to edit.
    pub(crate) fn edited(&self) -> &str {
        self.selected().unwrap_or(DEFAULT)
    }

    pub(crate) fn profiles(&self) -> Result<Profiles, Failure> {
        Profiles::read(self.path.clone())
    }

    /// Returns the selected profile, or else the default one if it exists.
    pub(crate) fn profile(&self) -> Result<Option<Profile>, Failure> {
        let profiles = self.profiles()?;
        match self.selected() {
            Some(name) => profiles.required(name).map(Some),
            None => profiles.get(DEFAULT),
        }
    }

    /// Returns the vendor that the command names, or else that of the profile.
    pub(crate) fn vendor(&self, given: Option<Vendor>) -> Result<Vendor, Failure> {
        if let Some(vendor) = given {
            return Ok(vendor);
        }
        let profile = self.profile()?.ok_or_else(|| {
            Failure::Usage(format!(
                "no vendor is given: name {}, or select a profile with --profile",
                Vendor::ALL.map(Vendor::as_str).join(", ")
            ))
        })?;
        Ok(profile.vendor)
    }

    /// Returns the settings of a vendor.
    pub(crate) fn settings(
        &self,
        vendor: Vendor,
        options: &[(String, String)],
    ) -> Result<Settings, Failure> {
        let profile = match self.profile()? {
            Some(profile) if profile.vendor != vendor => {
                // A default is for the commands that it fits.
                if self.selected.is_some() {
                    return Err(Failure::Usage(format!(
                        "profile {:?} is for {}, not for {vendor}: select another one with --profile",
                        profile.name, profile.vendor
                    )));
                }
                None
            }
            profile => profile,
        };
        self.settings_of(vendor, options, profile.as_ref())
    }

    /// Returns the token store, which does not depend on the vendor.
    pub(crate) fn store(&self, options: &[(String, String)]) -> Result<Store, Failure> {
        let profile = self.profile()?;
        Store::choose(
            &settings::merged(options, &self.variables, profile.as_ref()),
            &self.variables,
        )
    }

    /// Returns the settings of a vendor with this profile.
    pub(crate) fn settings_of(
        &self,
        vendor: Vendor,
        options: &[(String, String)],
        profile: Option<&Profile>,
    ) -> Result<Settings, Failure> {
        Settings::new(Sources {
            vendor,
            options,
            variables: &self.variables,
            profile,
            folder: self.path.as_deref().and_then(Path::parent),
        })
    }
}

fn check_name(source: &str, name: &str) -> Result<(), Failure> {
    let is_usable = !name.is_empty()
        && name.len() <= MAX_NAME
        && name
            .chars()
            .all(|it| !it.is_control() && !it.is_whitespace());
    if is_usable {
        return Ok(());
    }
    Err(Failure::Usage(format!(
        "{source} is not a valid name of a profile: use 1 to {MAX_NAME} bytes without white space and control characters"
    )))
}

const PROFILE_VARIABLE: &str = "VAUTH_PROFILE";

/// Fits a line.
const MAX_NAME: usize = 100;
