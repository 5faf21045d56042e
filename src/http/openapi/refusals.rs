//! The problems of an operation: its own, and those that follow from its shape.

use crate::http::door::auth::STREAM;
use crate::http::door::codes::Code;
use crate::http::door::roles::{Access, Route};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// Every problem of a route.
#[must_use]
pub fn problems(route: &Route, has_body: bool, has_query: bool) -> BTreeSet<Code> {
    let mut problems: BTreeSet<Code> = route.problems.iter().copied().collect();
    problems.insert(Code::InternalError);
    if !route.path.starts_with("/api/") {
        return with_access(route, problems);
    }
    problems.extend([Code::RateLimited, Code::Busy, Code::Unavailable, Code::BadRequest, Code::Misdirected]);
    if route.method != "GET" {
        problems.insert(Code::CrossSite);
    }
    if route.path.contains("id}") {
        problems.insert(Code::InvalidId);
    }
    if has_query {
        problems.insert(Code::ValidationFailed);
    }
    if has_body {
        problems.extend([
            Code::MalformedJson,
            Code::UnsupportedMediaType,
            Code::UnsupportedEncoding,
            Code::BodyTooLarge,
            Code::RequestTimeout,
        ]);
        problems.insert(Code::ValidationFailed);
    }
    if route.method != "GET" {
        problems.insert(Code::NoAnswer);
    }
    if route.path == STREAM {
        problems.insert(Code::InvalidHeader);
    }
    if route.method == "POST" {
        problems.extend([Code::InvalidHeader, Code::IdempotencyKeyReused]);
    }
    if route.versioned {
        problems.extend([Code::InvalidHeader, Code::VersionMismatch]);
    }
    with_access(route, problems)
}

fn with_access(route: &Route, mut problems: BTreeSet<Code>) -> BTreeSet<Code> {
    match route.access {
        Access::Public => {}
        Access::Customer if route.method == "GET" => problems.extend([Code::Unauthorized]),
        Access::Customer | Access::Reader | Access::Admin => problems.extend([Code::Unauthorized, Code::Forbidden]),
    }
    problems
}

/// The response of a status with these problems.
#[must_use]
pub fn refusal(codes: &[Code]) -> Value {
    let titles: Vec<_> = codes.iter().map(|code| format!("{} (`{}`).", code.title(), code.as_str())).collect();
    let examples: Map<String, Value> = codes
        .iter()
        .map(|code| (code.as_str().to_owned(), json!({"summary": code.title(), "value": example(*code)})))
        .collect();
    let mut response = json!({
        "description": titles.join(" "),
        "content": {"application/problem+json": {
            "schema": {"$ref": "#/components/schemas/Problem"}, "examples": examples
        }}
    });
    if codes.iter().any(|code| matches!(code.status().as_u16(), 429 | 503)) {
        response["headers"] =
            json!({"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}});
    }
    response
}

fn example(code: Code) -> Value {
    let mut problem = json!({
        "type": format!("urn:plaza:problem:{}", code.as_str()), "title": code.title(),
        "status": code.status().as_u16(), "code": code.as_str(), "trace_id": "019ab3c2-1a2b-7c3d-8e4f-5a6b7c8d9e0f"
    });
    if code == Code::ValidationFailed {
        let detail = "must be a whole number from 1 to 10000";
        problem["detail"] = format!("/items/0/quantity: {detail}").into();
        problem["errors"] = json!([{"pointer": "/items/0/quantity", "code": "out_of_range", "detail": detail}]);
    }
    problem
}
