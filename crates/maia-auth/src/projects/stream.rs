//! The pages of the list of projects as one stream, which ends whatever the server does.

use std::collections::{HashSet, VecDeque};
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use auth_core::{Error, ErrorKind, Result};
use futures_core::Stream;

use super::{Page, Project, Projects};
use crate::config::NAMES;

/// Asks for one page at a time, when the one before it is used up.
pub(super) struct ProjectStream {
    projects: Projects,
    state: State,
    ready: VecDeque<Project>,
    /// The ids that were given, so that none is given twice.
    given: HashSet<String>,
    /// How many pages in a row held nothing new.
    repeats: u32,
}

enum State {
    /// The next page to ask for.
    Next(u32),
    Asked(Pin<Box<dyn Future<Output = Result<Page>> + Send>>),
    Done,
}

impl ProjectStream {
    pub(super) fn new(projects: Projects) -> Self {
        Self {
            projects,
            state: State::Next(0),
            ready: VecDeque::new(),
            given: HashSet::new(),
            repeats: 0,
        }
    }

    /// Takes in a page, and decides whether another one is asked for.
    fn take(&mut self, page: Page) -> Result<()> {
        let next = page.number().checked_add(1).filter(|_| !page.is_last());
        let new = page.into_projects().into_iter();
        let new = new.filter(|project| self.given.insert(project.id().to_owned()));
        let before = self.ready.len();
        self.ready.extend(new);
        self.repeats = match self.ready.len() - before {
            0 => self.repeats + 1,
            _ => 0,
        };
        let Some(next) = next else {
            return Ok(());
        };
        if self.repeats > REPEATS {
            return Err(Error::new(
                ErrorKind::Response,
                "the API gives the same projects again and again and names no end: the list was not read to its end",
            )
            .with_retryable(false)
            .with_vendor(NAMES.vendor));
        }
        self.state = State::Next(next);
        Ok(())
    }
}

impl Stream for ProjectStream {
    type Item = Result<Project>;

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Project>>> {
        loop {
            if let Some(project) = self.ready.pop_front() {
                return Poll::Ready(Some(Ok(project)));
            }
            match &mut self.state {
                State::Done => return Poll::Ready(None),
                State::Next(number) => {
                    let number = *number;
                    let projects = self.projects.clone();
                    self.state = State::Asked(Box::pin(async move { projects.page(number).await }));
                }
                State::Asked(page) => {
                    let page = ready!(page.as_mut().poll(context));
                    // Unless the page says otherwise, it was the last one.
                    self.state = State::Done;
                    if let Err(error) = page.and_then(|page| self.take(page)) {
                        return Poll::Ready(Some(Err(error)));
                    }
                }
            }
        }
    }
}

impl fmt::Debug for ProjectStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProjectStream")
            .field("projects", &self.projects)
            .field("given", &self.given.len())
            .finish_non_exhaustive()
    }
}

/// With pages of one project, each project that is made meanwhile moves the last one to the next page: that is no loop yet.
const REPEATS: u32 = 2;
