//! What a caller would rather have: `Prefer: wait` (RFC 7240), and media types by `Accept` (RFC 9110, 12.5.1).

use super::caller::Caller;
use super::etags::unquoted;
use actix_web::http::header::{self, Accept, Header, HeaderName, Quality};
use std::time::Duration;

/// The longest a request waits for a verdict (`Prefer: wait`), seconds; proxies give up soon after.
const WAIT_MAX_S: u64 = 60;

impl Caller {
    /// How long the caller prefers to wait for a verdict (`Prefer: wait=10`, RFC 7240), at most [`WAIT_MAX_S`].
    #[must_use]
    pub fn patience(&self) -> Option<Duration> {
        let preferences = self.0.headers().get_all(HeaderName::from_static("prefer"));
        let texts = preferences.filter_map(|value| value.to_str().ok());
        let mut words =
            texts.flat_map(|value| unquoted(value, ',')).map(|one| unquoted(one, ';').next().unwrap_or_default());
        // A preference that cannot be read is no preference (RFC 7240, section 2).
        let seconds = words.find_map(|word| {
            let (name, value) = word.split_once('=')?;
            let value = value.trim().trim_matches('"');
            let is_wait = name.trim().eq_ignore_ascii_case("wait");
            let is_number = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
            (is_wait && is_number).then(|| value.parse().unwrap_or(WAIT_MAX_S))
        })?;
        Some(Duration::from_secs(seconds.min(WAIT_MAX_S)))
    }

    /// What the caller prefers of `offers`, media types of which the first is sent to whoever has no preference (RFC
    /// 9110, 12.5.1).
    #[must_use]
    pub fn preferred<'a>(&self, offers: &[&'a str]) -> &'a str {
        let accept = if self.0.headers().contains_key(header::ACCEPT) { Accept::parse(&self.0).ok() } else { None };
        let weight = |offer: &str| accept.as_ref().map_or(Quality::MAX, |accept| weight(accept, offer));
        // Of equals the first.
        offers.iter().rev().copied().max_by_key(|offer| weight(offer)).unwrap_or_default()
    }
}

/// How much a media type is wanted: what the narrowest range that takes it in says.
fn weight(accept: &Accept, offer: &str) -> Quality {
    let whole = |range: &str| if range == offer { 2 } else { u8::from(range != "*/*") };
    let takes_in = |range: &str| match range.strip_suffix('*') {
        Some(kind) => range == "*/*" || offer.starts_with(kind),
        None => range == offer,
    };
    let ranges = accept.iter().map(|range| (range.item.essence_str(), range.quality));
    let narrowest = ranges.filter(|(range, _)| takes_in(range)).max_by_key(|(range, quality)| (whole(range), *quality));
    narrowest.map_or(Quality::ZERO, |(_, quality)| quality)
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    fn caller(name: &'static str, value: &str) -> Caller {
        Caller(TestRequest::default().insert_header((name, value)).to_http_request())
    }

    #[test]
    fn prefer_wait_is_capped_and_nonsense_ignored() {
        assert_eq!(caller("prefer", "respond-async, wait=10").patience(), Some(Duration::from_secs(10)));
        assert_eq!(caller("prefer", "wait=3600").patience(), Some(Duration::from_secs(WAIT_MAX_S)));
        assert_eq!(caller("prefer", "wait=99999999999999999999").patience(), Some(Duration::from_secs(WAIT_MAX_S)));
        assert_eq!(caller("prefer", "wait=soon").patience(), None);
        assert_eq!(caller("prefer", "wait=").patience(), None);
        assert_eq!(caller("prefer", "other=\"a, wait=1\"; wait=2").patience(), None);
        assert_eq!(caller("prefer", "wait=\"10\"; really=yes").patience(), Some(Duration::from_secs(10)));
    }

    #[test]
    fn what_is_sent_is_what_is_wanted_most() {
        let (json, csv) = ("application/json", "text/csv");
        for (accept, sent) in [
            ("", json),
            ("*/*", json),
            ("text/csv", csv),
            ("text/*", csv),
            ("application/json, text/csv;q=0", json),
            ("application/json;q=0.9, text/csv;q=0.2", json),
            ("application/json;q=0.1, text/csv;q=0.2", csv),
            ("application/json, text/csv", json),
            ("*/*;q=0.1, text/csv", csv),
            ("text/*, text/csv;q=0", json),
            ("text/html, */*;q=0.8", json),
            ("nonsense", json),
        ] {
            assert_eq!(caller("accept", accept).preferred(&[json, csv]), sent, "{accept}");
        }
    }
}
