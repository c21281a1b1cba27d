//! The account's projects: one page of them, or all of them as a stream.

use auth_core::vendor::{ApiClient, MAX_LIST_ITEMS, Page, Pager};
use auth_core::{ApiRequest, Error, Result};
use futures_core::Stream;
use http::Method;

use crate::wire;

/// A request for the list of projects that the credentials can access.
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
    api: ApiClient,
    page_size: u32,
    max_items: u64,
}

/// A project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    id: String,
    name: String,
    description: Option<String>,
}

/// Maia's own calls, as methods of a [`Client`](crate::Client).
#[derive(Debug, Clone)]
pub struct Calls {
    pub(crate) api: ApiClient,
}

impl Calls {
    /// Returns a request for the list of projects; nothing is sent yet.
    pub fn projects(&self) -> Projects {
        Projects {
            api: self.api.clone(),
            page_size: DEFAULT_PAGE_SIZE,
            max_items: MAX_LIST_ITEMS,
        }
    }
}

impl Projects {
    /// Sets how many projects to request per page, 1 to 100.
    pub fn page_size(mut self, page_size: u32) -> Self {
        self.page_size = page_size;
        self
    }

    /// Sets the maximum number of projects of [`Projects::stream`]; more are an error. [`MAX_LIST_ITEMS`] by default.
    pub fn max_items(mut self, max_items: u64) -> Self {
        self.max_items = max_items;
        self
    }

    /// Requests one page; pages are counted from 0.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](auth_core::ErrorKind::Config) for a page size that the API does not accept, before anything is sent;
    /// [`ErrorKind::InvalidResponse`](auth_core::ErrorKind::InvalidResponse) for a response without a list; else as [`Client::execute_json`](crate::Client::execute_json).
    pub async fn page(&self, number: u32) -> Result<Page<Project>> {
        if !PAGE_SIZES.contains(&self.page_size) {
            let (least, most) = (PAGE_SIZES.start(), PAGE_SIZES.end());
            return Err(self.named(Error::config(format!(
                "page_size is out of range: use a number from {least} to {most}"
            ))));
        }
        let call = ApiRequest::new(Method::GET, wire::PROJECTS_PATH)
            .query(wire::PAGE, number)
            .query(wire::SIZE, self.page_size);
        let response = self.api.execute(&call).await?;
        let bytes = response.body().len();
        let unreadable =
            response.invalid("no list of projects: its member results is missing or not an array");
        let page = wire::read_page(response.list_json()?).ok_or(unreadable)?;
        let projects = page.results.into_iter().map(Project::from).collect();
        // A server may grant less than requested, and report that.
        Ok(Page::new(projects)
            .with_size(page.size)
            .with_total(page.total)
            .with_bytes(bytes))
    }

    /// Returns all projects as a stream; the next page is requested when the current one is exhausted.
    ///
    /// The list is complete or ends with an error, whatever page size the server uses: see [`Pager`].
    /// A project that moves to a later page meanwhile is returned only once. The first error ends the stream.
    ///
    /// # Errors
    /// As [`Projects::page`], and [`ErrorKind::InvalidResponse`](auth_core::ErrorKind::InvalidResponse) for a list that ends before its total,
    /// repeats itself, or has more than [`Projects::max_items`] projects.
    pub fn stream(self) -> impl Stream<Item = Result<Project>> + Send + Unpin + 'static {
        let (max_items, vendor) = (self.max_items, self.api.vendor());
        let pager = Pager::by_number(
            self.page_size,
            |project: &Project| Some(project.id.clone()).filter(|id| !id.is_empty()),
            move |start| {
                let projects = self.clone().page_size(start.size);
                async move {
                    let number = u32::try_from(start.number).unwrap_or(u32::MAX);
                    projects.page(number).await
                }
            },
        );
        pager.vendor(vendor).max_items(max_items)
    }
}

impl Projects {
    fn named(&self, error: Error) -> Error {
        error.with_vendor(self.api.vendor())
    }
}

impl Project {
    /// Returns the id; empty if the API did not return a readable one.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns the name; empty if the API did not return a readable one.
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

/// The page sizes that the API accepts.
const PAGE_SIZES: std::ops::RangeInclusive<u32> = 1..=100;

/// The vendor's own example.
const DEFAULT_PAGE_SIZE: u32 = 25;
