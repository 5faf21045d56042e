//! Lists of entity tags (RFC 9110, 8.8.3): `If-Match` and `If-None-Match`. actix-web splits them at every comma, and a tag
//! may hold one.

use actix_web::http::header::{EntityTag, HeaderMap, HeaderName};

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

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::{HeaderValue, IF_MATCH};

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
}
