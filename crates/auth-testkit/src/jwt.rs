//! Random identifiers and tokens that look like the vendors' own.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

/// Writes a JSON Web Token with the given header and claims.
///
/// The signature is 256 random bytes, the length of an RS256 signature, and signs nothing:
/// a client of these vendors reads a token for its timing at most and never verifies it.
pub(crate) fn encode(header: &str, claims: &Value) -> String {
    let signature: Vec<u8> = std::iter::repeat_with(|| fastrand::u8(..))
        .take(256)
        .collect();
    format!(
        "{}.{}.{}",
        URL_SAFE_NO_PAD.encode(header),
        URL_SAFE_NO_PAD.encode(claims.to_string()),
        URL_SAFE_NO_PAD.encode(signature),
    )
}

/// Creates a random version 4 UUID.
pub(crate) fn uuid() -> String {
    uuid_from(fastrand::u128(..))
}

/// Creates the version 4 UUID with the given bits.
pub(crate) fn uuid_from(bits: u128) -> String {
    // RFC 9562 section 5.4: four bits say version 4, two bits say the variant.
    let bits = bits & !(0xf << 76) & !(0x3 << 62) | 0x4 << 76 | 0x2 << 62;
    let digits = format!("{bits:032x}");
    let parts = [
        &digits[..8],
        &digits[8..12],
        &digits[12..16],
        &digits[16..20],
        &digits[20..],
    ];
    parts.join("-")
}

/// Makes random lower-case hexadecimal digits.
pub(crate) fn hex(digits: usize) -> String {
    std::iter::repeat_with(|| fastrand::digit(16))
        .take(digits)
        .collect()
}

/// Creates a unique text with this prefix.
pub(crate) fn fake(start: &str) -> String {
    let mut text = start.to_owned();
    text.push_str(&hex(8));
    text
}
