//! What an operation has by rule: parameters, headers, role, descriptions and examples.

use super::examples;
use super::refusals::{problems, refusal};
use crate::http::door::codes::Code;
use crate::http::door::roles::{Access, Route};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Adds to an operation what follows from its route.
pub fn finish(route: &Route, operation: &mut Value) {
    let has_body = operation.get("requestBody").is_some();
    let has_query = operation.get("parameters").is_some();
    let mut parameters = parameters(route);
    parameters.extend(operation["parameters"].as_array().cloned().unwrap_or_default());
    if parameters.is_empty() {
        // Indexing above made a null of it.
        operation.as_object_mut().and_then(|operation| operation.remove("parameters"));
    } else {
        operation["parameters"] = parameters.into();
    }
    operation["security"] = match route.access {
        // What everybody may ask may be answered otherwise to somebody who says who they are.
        Access::Public if route.path.starts_with("/api/") => json!([{}, {"bearer": []}]),
        Access::Public => json!([]),
        Access::Customer | Access::Reader | Access::Admin => json!([{"bearer": []}]),
    };
    if has_body {
        may_be_left_out(&mut operation["requestBody"]);
        exemplify(route, &mut operation["requestBody"]["content"]);
    }
    let creates = operation["responses"].get("201").is_some();
    for (status, response) in operation["responses"].as_object_mut().into_iter().flatten() {
        describe(route, status, creates, response);
    }
    if has_tag(route) {
        operation["responses"]["304"] = json!({"description": "It is what the caller knows."});
    }
    let problems = problems(route, has_body, has_query);
    let mut by_status: BTreeMap<u16, Vec<Code>> = BTreeMap::new();
    for code in problems {
        by_status.entry(code.status().as_u16()).or_default().push(code);
    }
    for (status, codes) in by_status {
        // /readyz has a 503 of its own.
        if operation["responses"].get(status.to_string()).is_none() {
            operation["responses"][status.to_string()] = refusal(&codes);
        }
    }
}

/// A body that need not be there is not null, as utoipa writes it, but absent.
fn may_be_left_out(body: &mut Value) {
    let schema = &mut body["content"]["application/json"]["schema"];
    let Some(one) = schema["oneOf"].as_array().and_then(|of| of.iter().find(|one| one.get("$ref").is_some())) else {
        return;
    };
    *schema = one.clone();
    body["required"] = false.into();
}

/// Where an id comes from, for who goes through the calls by hand.
fn made_by(resource: &str) -> String {
    let one = resource.strip_suffix('s').unwrap_or(resource);
    format!("The {one}: the `id` that making it answered.")
}

fn parameters(route: &Route) -> Vec<Value> {
    let mut parameters = path_parameters(route);
    parameters.extend(headers(route));
    parameters
}

fn path_parameters(route: &Route) -> Vec<Value> {
    let names = route.path.split(['{', '}']).skip(1).step_by(2);
    names
        .map(|name| {
            let (what, schema) = match name {
                "name" => ("The token's name.".to_owned(), json!({"type": "string"})),
                "product_id" => (made_by("products"), json!({"type": "string", "format": "uuid"})),
                _ => (
                    made_by(route.path.split('/').nth(3).unwrap_or_default()),
                    json!({"type": "string", "format": "uuid"}),
                ),
            };
            json!({"name": name, "in": "path", "required": true, "description": what, "schema": schema})
        })
        .collect()
}

/// Without examples: Swagger UI would send them, and one key stands for one request.
fn headers(route: &Route) -> Vec<Value> {
    let mut headers = Vec::new();
    let mut header = |name: &str, what: &str, schema: Value| {
        headers.push(json!({"name": name, "in": "header", "required": false, "description": what, "schema": schema}));
    };
    if route.method == "POST" {
        let schema = json!({"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"});
        let what = "A request repeated under the same key gets the first answer again, and nothing happens twice: a key \
                    for each, like `order-2026-11-22-0001`.";
        header("Idempotency-Key", what, schema);
    }
    if route.versioned {
        let what = "Entity tags like `\"v3\"` of the versions the change is meant for, as in the ETag; another version is \
                    refused with 412.";
        header("If-Match", what, json!({"type": "string", "minLength": 1, "pattern": ENTITY_TAGS}));
    }
    if has_tag(route) {
        let what = "Entity tags the caller knows; when the answer has one of them it is a 304 without a body.";
        header("If-None-Match", what, json!({"type": "string", "minLength": 1, "pattern": ENTITY_TAGS}));
    }
    if is_submission(route) {
        let what = "`wait=10` answers when the order is no longer pending, at most 10 s later (at most 60).";
        header("Prefer", what, json!({"type": "string"}));
    }
    if route.path.ends_with("/stream") {
        let what = "The position to resume after, as browsers send it; takes the place of `after` where there is one.";
        header("Last-Event-ID", what, json!({"type": "string", "pattern": "^[0-9]{0,19}$"}));
    }
    headers
}

/// A list of entity tags, or `*` (RFC 9110, 8.8.3 and 13.1.1).
const ENTITY_TAGS: &str = "^(\\*|(W/)?\"[!#-~]*\"( *, *(W/)?\"[!#-~]*\")*)$";

/// Whether what is read has an entity tag: one resource, or the bundle's own files, which are not documented.
fn has_tag(route: &Route) -> bool {
    route.method == "GET" && route.path.starts_with("/api/") && route.path.ends_with('}') && !is_simulation(route)
}

/// Simulations have no versions.
fn is_simulation(route: &Route) -> bool {
    route.path.starts_with("/api/v1/simulations")
}

fn is_submission(route: &Route) -> bool {
    route.method == "POST" && (route.path == "/api/v1/orders" || route.path.ends_with("/checkout"))
}

fn describe(route: &Route, status: &str, creates: bool, response: &mut Value) {
    let description = match status {
        "200" => "Done.",
        "201" => "Created.",
        "202" => "Begun.",
        "204" => "Done; nothing to say.",
        _ => "Not now.",
    };
    response["description"] = description.into();
    if let Some(content) = response.get_mut("content") {
        exemplify(route, content);
    }
    let is_single = route.versioned || route.method == "POST" || route.path.ends_with('}');
    if is_simulation(route) {
        if route.method == "POST" {
            response["headers"] = json!({"Location": {"description": "Where it lives.", "schema": {"type": "string"}}});
        }
        return;
    }
    if route.path.starts_with("/api/") && is_single && status != "204" {
        let mut headers = json!({"ETag": {
            "description": "The version, for `If-Match`.", "schema": {"type": "string"}, "example": "\"v1\""
        }});
        if is_submission(route) {
            let what = "How long the answer was to wait at most, when `Prefer` asked for it.";
            headers["Preference-Applied"] =
                json!({"description": what, "schema": {"type": "string"}, "example": "wait=10"});
        }
        if creates {
            headers["Location"] = json!({"description": "Where it lives.", "schema": {"type": "string"}});
        }
        response["headers"] = headers;
    }
}

fn exemplify(route: &Route, content: &mut Value) {
    for (content_type, media) in content.as_object_mut().into_iter().flatten() {
        let reference = media["schema"]["$ref"].as_str().or_else(|| {
            // An optional body is one of null and the schema.
            media["schema"]["oneOf"].as_array()?.iter().find_map(|one| one["$ref"].as_str())
        });
        let example = match reference.and_then(|reference| reference.rsplit('/').next()) {
            Some(schema) => examples::of(schema),
            None if content_type == "text/csv" => Some(examples::of_csv(route.path).into()),
            None => examples::of_text(content_type).map(Value::from),
        };
        if let Some(example) = example {
            media["example"] = example;
        }
    }
}
