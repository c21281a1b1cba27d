//! Observes a bootstrap: delivers its secrets at once, and knows at each moment what to report if it ends there.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use auth_core::{Error, ErrorKind, Secret, SideEffect};
use runai_auth::admin::{Account, BootstrapEvent, SubjectType};

use super::document::Document;
use super::places::Places;
use super::report::{Printed, Report};
use super::state::{CreatedPlaces, State};
use crate::arguments::SecretArguments;
use crate::arguments::runai::BootstrapArguments;
use crate::failure::Failure;
use crate::output::print;
use crate::secrets::{Place, SecretHolder, SecretMessages, cannot_write, incomplete};

/// Observes the steps; clones share what they saw.
#[derive(Debug, Clone)]
pub(super) struct Observer(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    arguments: BootstrapArguments,
    /// What is delivered instead of the secret alone.
    document: Option<Document>,
    /// Each part has its own lock, so that a blocking write does not block access to the others.
    places: Mutex<Places>,
    report: Mutex<Report>,
    /// The message if the run ends here.
    state: Mutex<State>,
    /// The department and the project that were created.
    created_places: Mutex<CreatedPlaces>,
    failure: Mutex<Option<Failure>>,
    is_new: AtomicBool,
    /// Whether the account existed.
    is_found: AtomicBool,
    /// Whether the account's secret was delivered.
    is_kept: AtomicBool,
    /// Whether the account existed and nothing has its secret.
    is_secret_unknown: AtomicBool,
    /// The created user, until its password arrives.
    without_password: Mutex<Option<String>>,
}

impl Observer {
    pub(super) fn new(
        arguments: BootstrapArguments,
        document: Option<Document>,
        places: Places,
    ) -> Self {
        let report = Report::new(arguments.list.json, document.is_some());
        Self(Arc::new(Shared {
            arguments,
            document,
            places: Mutex::new(places),
            report: Mutex::new(report),
            state: Mutex::new(State::certain("nothing was created")),
            created_places: Mutex::default(),
            failure: Mutex::new(None),
            is_new: AtomicBool::new(false),
            is_found: AtomicBool::new(false),
            is_kept: AtomicBool::new(false),
            is_secret_unknown: AtomicBool::new(false),
            without_password: Mutex::new(None),
        }))
    }

    /// Handles one step; an error ends the run, and [`Observer::failure`] returns it.
    pub(super) fn observe(&self, step: &BootstrapEvent<'_>) -> io::Result<()> {
        self.take(step).map_err(|failure| {
            *lock(&self.0.failure) = Some(failure);
            io::Error::other("the step could not be reported")
        })
    }

    /// Returns what exists now or may exist.
    pub(super) fn state(&self) -> String {
        self.after_places(lock(&self.0.state).unknown().to_owned())
    }

    /// Returns what exists now, if the error of a step names only what earlier steps created: then it had no effect itself.
    pub(super) fn without_effect(&self, error: &Error, done: &SideEffect) -> Option<String> {
        let is_place = lock(&self.0.created_places).contains(done);
        let is_account = account_holder(done).is_some() && self.0.is_kept.load(Ordering::Relaxed);
        (is_place || is_account).then(|| {
            let state = lock(&self.0.state);
            self.after_places(state.without_effect(error, &self.0.arguments))
        })
    }

    /// Returns true if the secret in the account's file was rejected: the administrator's credentials have been accepted before.
    pub(super) fn is_known_secret_rejected(&self, error: &Error) -> bool {
        error.kind() == ErrorKind::InvalidCredentials && self.0.is_found.load(Ordering::Relaxed)
    }

    /// Adds what was created before the account.
    pub(super) fn after_places(&self, state: String) -> String {
        lock(&self.0.created_places).before(state)
    }

    pub(super) fn failure(&self) -> Option<Failure> {
        lock(&self.0.failure).take()
    }

    /// Returns the end of the output, or its failure; nothing while a write is in progress.
    pub(super) fn end(&self) -> Result<&'static str, Failure> {
        self.0
            .report
            .try_lock()
            .map_or(Ok(""), |mut report| report.end())
    }

    /// Takes the destination of the secret that an unreadable response may contain.
    pub(super) fn place_of(&self, error: &Error) -> Option<Place> {
        let done = error.side_effect()?;
        done.expose_response()?;
        let mut places = lock(&self.0.places);
        if is_user(done) {
            places.password.take()
        } else {
            places.secret.take()
        }
    }

    /// Returns the messages for something whose secret was not returned; none if it has no secret, or if the secret was delivered.
    pub(super) fn messages_of(&self, done: &SideEffect) -> Option<SecretMessages> {
        let (name, secret) = (done.name(), self.secret_option());
        if is_user(done) {
            return Some(SecretMessages::create(
                SecretHolder::USER,
                name,
                &self.password_option(),
            ));
        }
        let holder = account_holder(done)?;
        let is_kept = self.0.is_kept.load(Ordering::Relaxed);
        (!is_kept).then(|| SecretMessages::create(holder, name, &secret))
    }

    /// Returns a failure if the user was created but no password arrived for its file.
    pub(super) fn lacking(&self) -> Option<Failure> {
        let username = lock(&self.0.without_password).take()?;
        let messages =
            SecretMessages::create(SecretHolder::USER, &username, &self.password_option());
        Some(incomplete().unfinished(messages.without_secret(None, "was not returned")))
    }

    /// Returns a failure if the account existed, so that there is no secret to write or print.
    pub(super) fn without_secret(&self) -> Option<Failure> {
        if !self.0.is_secret_unknown.load(Ordering::Relaxed) {
            return None;
        }
        let place = match &self.0.arguments.secret_file {
            Some(path) => format!("written to {}", path.display()),
            None => "printed".to_owned(),
        };
        Some(Failure::Usage(format!(
            "account {} existed before and its secret cannot be read again, so none was {place}: pass --regenerate-secret to replace it",
            self.0.arguments.name
        )))
    }

    /// Removes reserved files without a secret.
    pub(super) fn release(&self) {
        let mut places = lock(&self.0.places);
        places.secret = None;
        places.password = None;
    }

    fn take(&self, step: &BootstrapEvent<'_>) -> Result<(), Failure> {
        let arguments = &self.0.arguments;
        match step {
            BootstrapEvent::SignedIn => {
                self.print(&Printed::new("signed in", ""))?;
                lock(&self.0.places).check()?;
                match &arguments.department {
                    Some(name) => self.is_now(State::place("department", name, arguments)),
                    None => self.project_is_next(),
                }
            }
            BootstrapEvent::FoundDepartment(department) => {
                self.note(&Printed::new("found department", &department.id));
                self.project_is_next();
            }
            BootstrapEvent::CreatedDepartment(department) => {
                self.note(&Printed::new("created department", &department.id));
                lock(&self.0.created_places).add("department", &department.name, &department.id);
                self.project_is_next();
            }
            BootstrapEvent::FoundProject(project) => {
                self.note(&Printed::new("found project", &project.id));
                self.is_now(State::account(arguments));
            }
            BootstrapEvent::CreatedProject(project) => {
                self.note(&Printed::new("created project", &project.id));
                lock(&self.0.created_places).add("project", &project.name, &project.id);
                self.is_now(State::account(arguments));
            }
            BootstrapEvent::FoundAccount(account) => {
                self.0.is_found.store(true, Ordering::Relaxed);
                self.print(&Printed::new("found account", &account.client_id))?;
                self.is_now(if arguments.regenerate_secret {
                    State::renewed_secret(&self.messages(account), arguments)
                } else {
                    State::access_rule(arguments)
                });
            }
            BootstrapEvent::CreatedAccount(account) => {
                self.0.is_new.store(true, Ordering::Relaxed);
                let messages = self.messages(account);
                self.is_now(State::certain(
                    messages.without_secret(Some(&account.id), "is lost"),
                ));
                self.note(&Printed::new("created account", &account.client_id));
            }
            BootstrapEvent::NewSecret { account, secret } => {
                let (messages, id) = (self.messages(account), Some(account.id.as_str()));
                self.is_now(State::certain(messages.without_secret(id, "is lost")));
                let place = lock(&self.0.places).secret.take();
                let printed = Printed::new("new secret", &account.client_id);
                let document = self.0.document.as_ref();
                let document = document.map(|it| it.render(&account.client_id, secret));
                self.deliver(place, (secret, document), printed, &messages, id)?;
                self.0.is_kept.store(true, Ordering::Relaxed);
                self.is_now(State::access_rule(arguments));
            }
            BootstrapEvent::FoundRule(rule) => {
                self.note(&Printed::new("found access rule", &rule.id.to_string()));
                self.is_now(State::sign_in(arguments));
            }
            BootstrapEvent::CreatedRule(rule) => {
                self.note(&Printed::new("created access rule", &rule.id.to_string()));
                self.is_now(State::sign_in(arguments));
            }
            BootstrapEvent::Verified(account) => {
                self.note(&Printed::new("verified sign-in", &account.client_id));
                self.user_is_next();
            }
            BootstrapEvent::NotVerified(account) => {
                let name = "sign-in not verified, the secret is not known";
                self.note(&Printed::new(name, &account.client_id));
                self.0.is_secret_unknown.store(true, Ordering::Relaxed);
                self.user_is_next();
            }
            BootstrapEvent::FoundUser(name) => {
                self.note(&Printed::new("found user", name));
            }
            BootstrapEvent::CreatedUser(name) => {
                self.note(&Printed::new("created user", name));
                *lock(&self.0.without_password) = Some((*name).to_owned());
            }
            BootstrapEvent::NewPassword { username, password } => {
                *lock(&self.0.without_password) = None;
                let messages =
                    SecretMessages::create(SecretHolder::USER, username, &self.password_option());
                self.is_now(State::certain(messages.without_secret(None, "is lost")));
                let place = lock(&self.0.places).password.take();
                let printed = Printed::new("new password", username);
                self.deliver(place, (password, None), printed, &messages, None)?;
                self.is_now(State::certain("everything was done"));
            }
            _ => {}
        }
        Ok(())
    }

    /// Delivers a secret and prints the step, including the secret only if it is to be shown.
    fn deliver(
        &self,
        place: Option<Place>,
        (secret, document): (&Secret, Option<Secret>),
        printed: Printed<'_>,
        messages: &SecretMessages,
        id: Option<&str>,
    ) -> Result<(), Failure> {
        let lost = |failure: Failure| failure.unfinished(messages.without_secret(id, "is lost"));
        match (place, &document) {
            (Some(Place::Shown), Some(document)) => {
                // A reader that does not read must not block the runtime's signals and timers.
                let write = || print(document.expose_secret().as_bytes());
                tokio::task::block_in_place(write).map_err(lost)?;
                self.note(&printed);
                Ok(())
            }
            (Some(Place::Shown), None) => {
                if self.note(&printed.with(secret)) {
                    return Ok(());
                }
                let broken = lock(&self.0.report).end();
                Err(lost(broken.err().unwrap_or(Failure::NoReader)))
            }
            (Some(Place::File(file)), document) => {
                file.write(document.as_ref().unwrap_or(secret).expose_secret())
                    .map_err(|error| lost(cannot_write(error)))?;
                self.note(&printed);
                Ok(())
            }
            // The account existed when it was checked, and was deleted since.
            (None, _) => Err(lost(Failure::Usage(
                "the secret has no destination, since its file contains an older one".to_owned(),
            ))),
        }
    }

    /// Prints a step before anything is created; if a secret is to follow, standard output must work.
    fn print(&self, printed: &Printed<'_>) -> Result<(), Failure> {
        let is_needed =
            self.0.document.is_none() && matches!(lock(&self.0.places).secret, Some(Place::Shown));
        if self.note(printed) || !is_needed {
            return Ok(());
        }
        let broken = lock(&self.0.report).end().err();
        Err(broken.unwrap_or(Failure::NoReader).unfinished(self.state()))
    }

    /// Prints a step; a failure of standard output is reported at the end.
    fn note(&self, printed: &Printed<'_>) -> bool {
        lock(&self.0.report).step(printed)
    }

    fn is_now(&self, state: State) {
        *lock(&self.0.state) = state;
    }

    fn messages(&self, account: &Account) -> SecretMessages {
        if self.0.is_new.load(Ordering::Relaxed) {
            SecretMessages::create(holder(account), &account.subject.id, &self.secret_option())
        } else {
            SecretMessages::renew(holder(account), &account.id, &self.secret_option())
        }
    }

    fn project_is_next(&self) {
        let arguments = &self.0.arguments;
        self.is_now(match &arguments.project {
            Some(name) => State::place("project", name, arguments),
            None => State::account(arguments),
        });
    }

    fn user_is_next(&self) {
        if let Some(email) = &self.0.arguments.user {
            let messages =
                SecretMessages::create(SecretHolder::USER, email, &self.password_option());
            self.is_now(State::user(email, &messages));
        }
    }

    fn secret_option(&self) -> SecretArguments {
        SecretArguments {
            secret_file: self.0.arguments.secret_file.clone(),
            show_secret: self.0.arguments.show_secret,
        }
    }

    fn password_option(&self) -> SecretArguments {
        SecretArguments {
            secret_file: self.0.arguments.user_password_file.clone(),
            show_secret: false,
        }
    }
}

fn holder(account: &Account) -> SecretHolder {
    match account.subject.subject_type {
        SubjectType::App => SecretHolder::APPLICATION,
        _ => SecretHolder::SERVICE_ACCOUNT,
    }
}

/// Returns what kind of account it is; none for anything else.
fn account_holder(done: &SideEffect) -> Option<SecretHolder> {
    let all = [SecretHolder::APPLICATION, SecretHolder::SERVICE_ACCOUNT];
    all.into_iter().find(|holder| holder.noun == done.kind())
}

fn is_user(done: &SideEffect) -> bool {
    done.kind() == SecretHolder::USER.noun
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
