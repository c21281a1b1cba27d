//! The requests that were received, the oldest forgotten once they take up too much memory.

use std::collections::VecDeque;
use std::fmt;

use crate::request::ReceivedRequest;

/// Where a request went, which decides its counter, its faults and its latency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// The token endpoint, whatever the method.
    Token,
    /// A path of the API that requires a token.
    Api,
    /// Everything else: health, the web interface, unknown paths.
    Open,
}

/// Keeps the last requests, in the order in which they arrived.
#[derive(Default)]
pub(crate) struct Records {
    requests: VecDeque<(Place, ReceivedRequest)>,
    size: usize,
}

impl Records {
    /// Keeps a request and forgets the oldest beyond the limit.
    pub(crate) fn add(&mut self, place: Place, request: ReceivedRequest) {
        self.size += request.size();
        self.requests.push_back((place, request));
        while self.size > MAX_SIZE {
            let Some((_, oldest)) = self.requests.pop_front() else {
                break;
            };
            self.size -= oldest.size();
        }
    }

    /// Returns the requests.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (Place, &ReceivedRequest)> {
        self.requests
            .iter()
            .map(|(place, request)| (*place, request))
    }

    /// Forgets all requests.
    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }
}

impl fmt::Debug for Records {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} received", self.requests.len())
    }
}

/// 16 MiB: well over ten thousand small requests, and little for a process that serves for weeks.
const MAX_SIZE: usize = 16 << 20;

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use auth_core::ClockReading;

    use super::*;

    #[test]
    fn the_oldest_requests_are_forgotten() {
        let mut records = Records::default();
        for number in 0..40 {
            let request = wiremock::Request {
                url: format!("http://localhost/{number}").parse().unwrap(),
                method: http::Method::POST,
                headers: http::HeaderMap::new(),
                body: vec![b'x'; 1 << 20],
            };
            let now = ClockReading::new(Duration::ZERO, Duration::ZERO);
            let request = ReceivedRequest::new("http://127.0.0.1:1", &request, now);
            records.add(Place::Api, request);
        }
        let paths: Vec<_> = records.iter().map(|(_, request)| request.path()).collect();
        assert_eq!(paths.len(), 15);
        assert_eq!((paths[0], paths[14]), ("/25", "/39"));
    }
}
