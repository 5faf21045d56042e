//! How a path may be spelled. Everything behind this (router, roles, logs, rate limits, metrics) may take it that a path
//! has one spelling.
//!
//! The router decodes percent-encoding before it matches, other readers of a path do not: two spellings of one path are
//! a way round whoever reads the other one. RFC 3986, 6.2.2 calls such spellings equal, but nobody who writes a client
//! needs them, so they are paths that do not exist.

/// Whether `path` is spelled the one way there is: no segment that is empty or dots, and nothing encoded that needs no
/// encoding, that would be a separator, or that no text holds.
#[must_use]
pub fn is_plain(path: &str) -> bool {
    let Some(rest) = path.strip_prefix('/') else { return false };
    let mut segments = rest.split('/').peekable();
    while let Some(segment) = segments.next() {
        let is_last = segments.peek().is_none();
        let is_empty = segment.is_empty() && !is_last;
        if is_empty || segment == "." || segment == ".." || !is_encoded_for_need(segment) {
            return false;
        }
    }
    true
}

/// Whether every `%XX` of a segment stands for something that cannot stand there by itself.
fn is_encoded_for_need(segment: &str) -> bool {
    let mut bytes = segment.bytes();
    while let Some(byte) = bytes.next() {
        if byte == b'\\' {
            return false;
        }
        if byte != b'%' {
            continue;
        }
        let digit = |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16));
        let (Some(high), Some(low)) = (digit(bytes.next()), digit(bytes.next())) else { return false };
        let decoded = u8::try_from(high * 16 + low).unwrap_or_default();
        let needs_none = decoded.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@".contains(&decoded);
        if needs_none || b"/\\%".contains(&decoded) || decoded.is_ascii_control() {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_has_one_spelling() {
        for plain in
            ["/", "/api/v1/stores", "/swagger/", "/orders/a%20b", "/api/v1/tokens/caf%C3%A9", "/assets/a-b_c.js"]
        {
            assert!(is_plain(plain), "{plain}");
        }
        for other in [
            "/%61pi/v1/customers",
            "/api/v1/customer%73",
            "/api%2Fv1/customers",
            "/api%2fv1",
            "/%2561pi",
            "/api/v1/a%5Cb",
            "/api\\v1",
            "//api/v1/stores",
            "/api//v1",
            "/api/./v1",
            "/api/x/../v1",
            "/%2e%2e/api",
            "/api/v1/%",
            "/api/v1/%4",
            "/api/v1/%zz",
            "/api/v1/%00",
            "/api/v1/%3bx",
            "/api/..",
            "*",
            "",
        ] {
            assert!(!is_plain(other), "{other}");
        }
    }

    #[test]
    fn no_letter_of_any_path_may_be_encoded() {
        for route in crate::http::door::roles::ROUTES {
            for (at, byte) in route.path.bytes().enumerate().filter(|(_, byte)| byte.is_ascii_alphanumeric()) {
                let encoded = format!("{}%{byte:02x}{}", &route.path[..at], &route.path[at + 1..]);
                assert!(!is_plain(&encoded), "{encoded}");
            }
        }
    }
}
