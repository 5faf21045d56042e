//! Entity tags (RFC 9110, 8.8.3): how Plaza writes them, and lists of them in `If-Match` and `If-None-Match`. actix-web
//! splits those at every comma, and a tag may hold one.

use super::caller::Caller;
use super::codes::Code;
use super::problem::ApiError;
use crate::actors::versions::Versions;
use actix_web::http::header::{self, EntityTag, HeaderMap, HeaderName};

/// What a condition names.
#[derive(Debug, PartialEq, Eq)]
pub enum Tags {
    /// Whatever there is: `*`.
    Any,
    /// These.
    These(Vec<EntityTag>),
}

/// The parts of a header's text between `separator`s that stand in no quotes.
pub fn unquoted(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let mut is_quoted = false;
    text.split(move |c| {
        is_quoted ^= c == '"';
        c == separator && !is_quoted
    })
}

/// The condition of a header; `None` without it.
///
/// # Errors
/// It is no list of entity tags.
pub fn condition(headers: &HeaderMap, name: &HeaderName) -> Result<Option<Tags>, ()> {
    let mut tags = Vec::new();
    for value in headers.get_all(name) {
        let text = value.to_str().map_err(|_not_ascii| ())?.trim();
        if text == "*" {
            return Ok(Some(Tags::Any));
        }
        for item in unquoted(text, ',').map(str::trim).filter(|item| !item.is_empty()) {
            tags.push(item.parse().map_err(|_not_a_tag| ())?);
        }
    }
    match (tags.is_empty(), headers.contains_key(name)) {
        (true, true) => Err(()),
        (true, false) => Ok(None),
        (false, _) => Ok(Some(Tags::These(tags))),
    }
}

/// The version a strong entity tag of Plaza names: `v3`, or `v3.` and what tells one representation from another.
#[must_use]
pub fn version_of(tag: &str) -> Option<u64> {
    let digits = tag.strip_prefix('v')?.split('.').next()?;
    if digits.bytes().all(|byte| byte.is_ascii_digit()) { digits.parse().ok() } else { None }
}

/// The entity tag of a body that shows more than the changes of a version, without its quotes.
#[must_use]
pub fn tag_of(version: u64, body: &[u8]) -> String {
    let hash = blake3::hash(body).to_hex();
    format!("v{version}.{}", &hash[..8])
}

impl Caller {
    /// The versions the caller insists on (`If-Match: "v3"`); `None` without the header, or with `*`. A weak tag matches
    /// nothing (RFC 9110, 13.1.1), nor does one that Plaza never gave.
    ///
    /// # Errors
    /// 400 when it is no list of entity tags.
    pub fn expected_versions(&self) -> Result<Option<Versions>, ApiError> {
        let tags = self.expected_tags()?;
        Ok(tags.map(|tags| tags.iter().filter_map(|tag| version_of(tag)).collect()))
    }

    /// The strong entity tags of `If-Match`, without their quotes; `None` without the header, or with `*`.
    ///
    /// # Errors
    /// 400 when it is no list of entity tags.
    pub fn expected_tags(&self) -> Result<Option<Vec<String>>, ApiError> {
        if self.0.headers().contains_key(header::IF_NONE_MATCH) {
            let detail = "If-None-Match is for reading; what a change is meant for is said by If-Match";
            return Err(ApiError::new(Code::InvalidHeader, detail));
        }
        match condition(self.0.headers(), &header::IF_MATCH) {
            Ok(None | Some(Tags::Any)) => Ok(None),
            Ok(Some(Tags::These(tags))) => {
                Ok(Some(tags.into_iter().filter(|tag| !tag.weak).map(|tag| tag.tag().to_owned()).collect()))
            }
            Err(()) => {
                let detail = "If-Match must be * or entity tags like \"v3\", as in the ETag";
                Err(ApiError::new(Code::InvalidHeader, detail))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::{HeaderValue, IF_MATCH};
    use actix_web::test::TestRequest;

    fn caller(name: &'static str, value: &str) -> Caller {
        Caller(TestRequest::default().insert_header((name, value)).to_http_request())
    }

    #[test]
    fn a_comma_within_a_tag_ends_none() {
        let read = |text: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(IF_MATCH, HeaderValue::from_static(text));
            condition(&headers, &IF_MATCH)
        };
        let these = |tags: &[&str]| Ok(Some(Tags::These(tags.iter().map(|tag| tag.parse().unwrap()).collect())));
        assert_eq!(read("\"v1\" , W/\"a,b\",\"\""), these(&["\"v1\"", "W/\"a,b\"", "\"\""]));
        assert_eq!(read("*"), Ok(Some(Tags::Any)));
        for wrong in ["", "v1", "\"v1\", v2", "\"v1", ","] {
            assert_eq!(read(wrong), Err(()), "{wrong}");
        }
        assert_eq!(condition(&HeaderMap::new(), &IF_MATCH), Ok(None));
    }

    #[test]
    fn if_match_is_a_list_of_versions_anything_or_refused() {
        let versions = |value: &str| caller("if-match", value).expected_versions().unwrap();
        let of = |versions: &[u64]| Some(versions.iter().copied().collect::<Versions>());
        assert_eq!(versions("\"v3\""), of(&[3]));
        assert_eq!(versions("\"v3\", \"v9\""), of(&[3, 9]));
        assert_eq!(versions("*"), None);
        assert_eq!(caller("x", "y").expected_versions().unwrap(), None);
        for foreign in ["\"3\"", "\"v\"", "\"v+3\"", "W/\"v3\"", "\"v99999999999999999999\"", "\"zzz\""] {
            assert_eq!(versions(foreign), of(&[]), "{foreign}");
        }
        let refused = caller("if-match", "v3").expected_versions().unwrap_err();
        assert_eq!(refused.code(), Code::InvalidHeader);
    }
}
