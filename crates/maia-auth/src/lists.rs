//! The lists that are read in numbered pages: projects, and the environments and pipelines of a project.

use std::fmt;

use auth_core::vendor::{ApiClient, MAX_LIST_ITEMS, Page, Pager};
use auth_core::{ApiRequest, Error, Result, display_text};
use futures_core::Stream;
use http::{Method, StatusCode};

use crate::wire;

/// A request for a list: one page of it, or all of it as a stream.
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
#[must_use]
pub struct List<T> {
    api: ApiClient,
    request: ApiRequest,
    /// The project whose list it is.
    project: Option<String>,
    page_size: u32,
    max_items: u64,
    item: Item<T>,
}

/// How an item is read, and what identifies it.
struct Item<T> {
    read: fn(&wire::Entry) -> T,
    key: fn(&T) -> &str,
}

/// A project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    id: String,
    name: String,
    description: Option<String>,
}

/// An environment of a project, which pipelines run in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Environment {
    name: String,
    agent_id: Option<String>,
    agent_name: Option<String>,
}

/// A pipeline of a project that is published, and can therefore be started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pipeline {
    name: String,
    published_at: Option<String>,
}

impl<T: fmt::Debug + Send + Unpin + 'static> List<T> {
    fn of_account(api: &ApiClient, path: &'static str, item: Item<T>) -> Self {
        Self::new(api, ApiRequest::new(Method::GET, path), None, item)
    }

    fn of_project(api: &ApiClient, path: &'static str, project: &str, item: Item<T>) -> Self {
        let request = ApiRequest::new(Method::GET, path).parameter(wire::PROJECT_ID, project);
        Self::new(api, request, Some(project.to_owned()), item)
    }

    fn new(api: &ApiClient, request: ApiRequest, project: Option<String>, item: Item<T>) -> Self {
        Self {
            api: api.clone(),
            request,
            project,
            page_size: DEFAULT_PAGE_SIZE,
            max_items: MAX_LIST_ITEMS,
            item,
        }
    }

    /// Sets how many items to request per page, 1 to 100.
    pub fn page_size(mut self, page_size: u32) -> Self {
        self.page_size = page_size;
        self
    }

    /// Sets the maximum number of items of [`List::stream`]; more are an error. [`MAX_LIST_ITEMS`] by default.
    pub fn max_items(mut self, max_items: u64) -> Self {
        self.max_items = max_items;
        self
    }

    /// Requests one page; pages are counted from 0.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](auth_core::ErrorKind::Config) for a page size that the API does not accept, before anything is sent;
    /// [`ErrorKind::ApiStatus`](auth_core::ErrorKind::ApiStatus) that names the project, if there is no such project;
    /// [`ErrorKind::InvalidResponse`](auth_core::ErrorKind::InvalidResponse) for a response without a list; else as [`Client::execute_json`](crate::Client::execute_json).
    pub async fn page(&self, number: u32) -> Result<Page<T>> {
        if !PAGE_SIZES.contains(&self.page_size) {
            let (least, most) = (PAGE_SIZES.start(), PAGE_SIZES.end());
            return Err(self.named(Error::config(format!(
                "page_size is out of range: use a number from {least} to {most}"
            ))));
        }
        let request = self.request.clone();
        let request = request
            .query(wire::PAGE, number)
            .query(wire::SIZE, self.page_size);
        let response = self.api.execute(&request).await?;
        let bytes = response.body().len();
        let unreadable = response.invalid("no list: its member results is missing or not an array");
        let body = response
            .list_json()
            .map_err(|error| in_project(error, self.project.as_deref()))?;
        let page = wire::read_page(body).ok_or(unreadable)?;
        let items = page
            .results
            .into_iter()
            .map(|entry| (self.item.read)(&entry))
            .collect();
        // A server may grant less than requested, and report that.
        Ok(Page::new(items)
            .with_size(page.size)
            .with_total(page.total)
            .with_bytes(bytes))
    }

    /// Returns all items as a stream; the next page is requested when the current one is exhausted.
    ///
    /// The list is complete or ends with an error, whatever page size the server uses: see [`Pager`].
    /// An item that moves to a later page meanwhile is returned only once. The first error ends the stream.
    ///
    /// # Errors
    /// As [`List::page`], and [`ErrorKind::InvalidResponse`](auth_core::ErrorKind::InvalidResponse) for a list that ends before its total,
    /// repeats itself, or has more than [`List::max_items`] items.
    pub fn stream(self) -> impl Stream<Item = Result<T>> + Send + Unpin + 'static {
        let (max_items, vendor, key) = (self.max_items, self.api.vendor(), self.item.key);
        let pager = Pager::by_number(
            self.page_size,
            move |item: &T| Some(key(item).to_owned()).filter(|key| !key.is_empty()),
            move |start| {
                let list = self.clone().page_size(start.size);
                async move {
                    let number = u32::try_from(start.number).unwrap_or(u32::MAX);
                    list.page(number).await
                }
            },
        );
        pager.vendor(vendor).max_items(max_items)
    }

    fn named(&self, error: Error) -> Error {
        error.with_vendor(self.api.vendor())
    }
}

/// Names the project that the API does not know.
pub(crate) fn in_project(error: Error, project: Option<&str>) -> Error {
    match project {
        Some(project) if error.status() == Some(StatusCode::NOT_FOUND) => {
            let project = display_text(project);
            error.with_context(format!(
                "project {project} was not found: use the id of a project that the credentials can access"
            ))
        }
        _ => error,
    }
}

impl<T> Clone for List<T> {
    fn clone(&self) -> Self {
        Self {
            api: self.api.clone(),
            request: self.request.clone(),
            project: self.project.clone(),
            ..*self
        }
    }
}

impl<T> Clone for Item<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Item<T> {}

impl<T> fmt::Debug for List<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("List")
            .field("request", &self.request)
            .field("page_size", &self.page_size)
            .field("max_items", &self.max_items)
            .finish_non_exhaustive()
    }
}

impl Project {
    pub(crate) fn list(api: &ApiClient) -> List<Self> {
        let item = Item {
            read: Self::read,
            key: Self::id,
        };
        List::of_account(api, wire::PROJECTS_PATH, item)
    }

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

impl Environment {
    pub(crate) fn list(api: &ApiClient, project: &str) -> List<Self> {
        let item = Item {
            read: Self::read,
            key: Self::name,
        };
        List::of_project(api, wire::ENVIRONMENTS_PATH, project, item)
    }

    /// Returns the name, by which a pipeline is started in it; empty if the API did not return a readable one.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the id of its default agent.
    pub fn agent_id(&self) -> Option<&str> {
        self.agent_id.as_deref()
    }

    /// Returns the name of its default agent.
    pub fn agent_name(&self) -> Option<&str> {
        self.agent_name.as_deref()
    }
}

impl Pipeline {
    pub(crate) fn list(api: &ApiClient, project: &str) -> List<Self> {
        let item = Item {
            read: Self::read,
            key: Self::name,
        };
        List::of_project(api, wire::PIPELINES_PATH, project, item)
    }

    /// Returns the name, by which it is started; empty if the API did not return a readable one.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns when it was published, as the API writes it.
    pub fn published_at(&self) -> Option<&str> {
        self.published_at.as_deref()
    }
}

impl Project {
    fn read(entry: &wire::Entry) -> Self {
        let wire::Project {
            id,
            name,
            description,
        } = entry.project();
        Self {
            id,
            name,
            description,
        }
    }
}

impl Environment {
    fn read(entry: &wire::Entry) -> Self {
        let wire::Environment {
            name,
            agent_id,
            agent_name,
        } = entry.environment();
        Self {
            name,
            agent_id,
            agent_name,
        }
    }
}

impl Pipeline {
    fn read(entry: &wire::Entry) -> Self {
        let wire::Pipeline { name, published_at } = entry.pipeline();
        Self { name, published_at }
    }
}

/// The page sizes that the API accepts.
const PAGE_SIZES: std::ops::RangeInclusive<u32> = 1..=100;

/// The vendor's own example.
const DEFAULT_PAGE_SIZE: u32 = 25;
