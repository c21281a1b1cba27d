//! The account's projects: one page of them, or all of them as a stream.

mod stream;

use auth_core::{ApiCall, Error, Result};
use futures_core::Stream;
use http::Method;

use crate::client::Client;
use crate::config::NAMES;
use crate::wire;
use stream::ProjectStream;

/// The list of projects that the credentials may see, as it is to be read.
///
/// # Examples
/// ```no_run
/// use futures_util::TryStreamExt as _;
///
/// # async fn example(client: maia_auth::Client) -> maia_auth::auth_core::Result<()> {
/// let mut projects = client.projects().page_size(100).stream();
/// while let Some(project) = projects.try_next().await? {
///     println!("{} {}", project.id(), project.name());
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct Projects {
    client: Client,
    page_size: u32,
}

/// One page of projects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    number: u32,
    size: u32,
    total: Option<u64>,
    projects: Vec<Project>,
}

/// A project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    id: String,
    name: String,
    description: Option<String>,
}

impl Client {
    /// Starts to read the list of projects; nothing is sent yet.
    pub fn projects(&self) -> Projects {
        Projects {
            client: self.clone(),
            page_size: DEFAULT_PAGE_SIZE,
        }
    }
}

impl Projects {
    /// Sets how many projects one request asks for, 1 to 100.
    pub fn page_size(mut self, page_size: u32) -> Self {
        self.page_size = page_size;
        self
    }

    /// Asks for one page; they are counted from 0.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](auth_core::ErrorKind::Config) for a page size that the API does not take, before anything is sent;
    /// else as [`Client::call`].
    pub async fn page(&self, number: u32) -> Result<Page> {
        if !PAGE_SIZES.contains(&self.page_size) {
            let (least, most) = (PAGE_SIZES.start(), PAGE_SIZES.end());
            return Err(Error::config(format!(
                "page_size is out of range: give a number from {least} to {most}"
            ))
            .with_vendor(NAMES.vendor));
        }
        let call = ApiCall::new(Method::GET, wire::PROJECTS_PATH)
            .query(wire::PAGE, number)
            .query(wire::SIZE, self.page_size);
        let page: wire::Page<wire::Project> = self.client.call(&call).await?;
        // A server may grant less than it was asked for, and then counts its pages by that.
        let granted = page.size.and_then(|size| u32::try_from(size).ok());
        let granted = granted.filter(|size| (1..=self.page_size).contains(size));
        Ok(Page {
            number,
            size: granted.unwrap_or(self.page_size),
            total: page.total,
            projects: page.results.into_iter().map(Project::from).collect(),
        })
    }

    /// Returns all projects, page after page; a page is asked for when the one before it is used up.
    ///
    /// The stream ends at the total that the API names, or where it names none at a page that is not full, and always at an empty one.
    /// A project that moves to a later page meanwhile is given once. The first error ends the stream.
    ///
    /// # Errors
    /// As [`Projects::page`], and [`ErrorKind::Response`](auth_core::ErrorKind::Response) if the API repeats itself.
    pub fn stream(self) -> impl Stream<Item = Result<Project>> + Send + Unpin + 'static {
        ProjectStream::new(self)
    }
}

impl Page {
    /// Returns the number that was asked for, counted from 0.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// Returns how many projects a full page has.
    pub fn size(&self) -> u32 {
        self.size
    }

    /// Returns how many projects there are on all pages, if the API says so.
    pub fn total(&self) -> Option<u64> {
        self.total
    }

    /// Returns the projects of this page.
    pub fn projects(&self) -> &[Project] {
        &self.projects
    }

    /// Takes the projects out of the page.
    pub fn into_projects(self) -> Vec<Project> {
        self.projects
    }

    /// Returns true if no project can follow.
    fn is_last(&self) -> bool {
        let length = self.projects.len() as u64;
        let end = u64::from(self.number) * u64::from(self.size) + length;
        match self.total {
            // A page that is short in the middle holds projects that the credentials may not see.
            Some(total) => length == 0 || end >= total,
            None => length < u64::from(self.size),
        }
    }
}

impl Project {
    /// Returns the id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns the name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the description, if there is one.
    pub fn description(&self) -> Option<&str> {
        self.description.as_deref()
    }
}

impl From<wire::Project> for Project {
    fn from(project: wire::Project) -> Self {
        Self {
            id: project.id,
            name: project.name,
            description: project.description,
        }
    }
}

/// What the API takes.
const PAGE_SIZES: std::ops::RangeInclusive<u32> = 1..=100;

/// The vendor's own example.
const DEFAULT_PAGE_SIZE: u32 = 25;
