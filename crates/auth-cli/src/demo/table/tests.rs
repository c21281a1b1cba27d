//! Tests of the table's shape.

use super::*;
use crate::demo::expectation::Expectations;
use crate::vendor::Vendor;

#[test]
fn columns_line_up_and_refreshes_are_the_requests_after_each_clients_first() {
    let report = |vendor, calls| Report {
        vendor,
        calls,
        token_requests: 4,
        worst_wait: Duration::from_micros(104_250),
        connections: 64,
        expectations: Expectations::default(),
    };
    let text = of(&[report(Vendor::Datasaur, 12_345), report(Vendor::Maia, 9)]);
    assert_eq!(
        text,
        "\
vendor    calls  token requests  refreshes  worst wait  connections
datasaur  12345               4          2    104.2 ms           64
maia          9               4          2    104.2 ms           64
"
    );
}
