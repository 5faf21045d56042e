//! The OpenAPI 3.1 document: routes and types from the code, what routes have in common from the tables.
//!
//! The handlers say what is their own. Everything that follows from a rule is put in here: path parameters, the
//! `Idempotency-Key`, `If-Match` and `Prefer` headers, the role (`roles`), every problem (`problem`), an example for
//! every body (`examples`).

use super::problem::{Code, FieldError, Problem};
use super::roles::{Access, ROUTES, Route};
use super::{
    asyncapi, baskets, csv, customers, demo, events, examples, orders, payments, products, sse, status, stores,
    swagger, tokens,
};
use crate::domain::money::Currency;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use utoipa::OpenApi;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Plaza",
        description = "An event-driven mall: stores, baskets, payments, and orders that settle by timed confirmations. \
                       Errors are problems (RFC 9457). Walk through it from top to bottom: open a store, let it \
                       participate, put a product on the shelf, register, make a basket, authorize a payment, check out, \
                       watch the order, pay. The event stream is described in \
                       [/asyncapi.yaml](/asyncapi.yaml).",
        license(name = "MIT OR Apache-2.0")
    ),
    tags(
        (name = "stores", description = "Open, edit and close stores."),
        (name = "products", description = "Shelves and the catalogue."),
        (name = "customers", description = "Registration."),
        (name = "baskets", description = "What a shopper wants."),
        (name = "payments", description = "Mock authorizations."),
        (name = "orders", description = "Submit, watch, pay, cancel."),
        (name = "events", description = "The journal as CloudEvents, listed and live."),
        (name = "operation", description = "How the mall is."),
    ),
    paths(
        stores::create_store, stores::list_stores, stores::get_store, stores::edit_store, stores::archive_store,
        stores::join_mall, stores::leave_mall,
        products::create_product, products::list_store_products, products::archive_store_products,
        products::list_products, products::archive_products, products::get_product, products::edit_product,
        products::archive_product,
        customers::register_customer, customers::list_customers, customers::get_customer,
        baskets::create_basket, baskets::get_basket, baskets::set_basket_item, baskets::remove_basket_item,
        baskets::clear_basket, baskets::claim_basket, baskets::checkout_basket,
        payments::authorize_payment, payments::list_payments, payments::get_payment, payments::void_payment,
        orders::place_order, orders::list_orders, orders::archive_orders, orders::get_order, orders::cancel_order,
        orders::pay_order,
        events::list_order_events, events::list_events, sse::stream_events,
        status::get_audit, status::get_status, demo::fill_mall,
        tokens::list_tokens, tokens::create_token, tokens::revoke_token, tokens::who_am_i,
        status::livez, status::healthz, status::readyz, status::metrics, swagger::document,
        asyncapi::get_asyncapi,
    ),
    components(schemas(Problem, FieldError))
)]
struct Api;

/// The document, indented JSON with sorted keys, so that two builds of one source agree to the byte; its operations in the
/// order of the table of routes, which is the order people go through them.
///
/// # Panics
/// Never: the document is JSON from the start.
#[must_use]
pub fn document() -> String {
    serde_json::to_string_pretty(&Document(complete())).expect("the document holds only JSON")
}

/// The document with the examples in a mall's currency, so that they are taken as they stand.
#[must_use]
pub fn document_in(currency: Currency) -> String {
    document().replace("EUR", currency.as_str())
}

struct Document(Value);

impl Serialize for Document {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let entries = self.0.as_object().into_iter().flatten();
        let mut map = serializer.serialize_map(None)?;
        for (key, value) in entries {
            if key == "paths" { map.serialize_entry(key, &Paths(value))? } else { map.serialize_entry(key, value)? }
        }
        map.end()
    }
}

struct Paths<'a>(&'a Value);

impl Serialize for Paths<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut written = BTreeSet::new();
        let documented = ROUTES.iter().filter(|route| self.0.get(route.path).is_some());
        let entries = documented.filter(|route| written.insert(route.path));
        serializer.collect_map(entries.map(|route| (route.path, Methods(route.path, &self.0[route.path]))))
    }
}

struct Methods<'a>(&'static str, &'a Value);

impl Serialize for Methods<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let methods = ROUTES.iter().filter(|route| route.path == self.0).map(|route| route.method.to_lowercase());
        serializer.collect_map(methods.filter_map(|method| self.1.get(&method).map(|operation| (method, operation))))
    }
}

fn complete() -> Value {
    let mut document = serde_json::to_value(Api::openapi()).expect("the document holds only JSON");
    rename_lists(&mut document);
    describe_in_place(&mut document);
    spell_out_texts(&mut document["components"]["schemas"]);
    document["components"]["securitySchemes"] = json!({"bearer": {
        "type": "http", "scheme": "bearer",
        "description": "The token of an administrator or a reader, or the access token of a customer. Needed only once \
                        the mall has a token of the staff (`plaza token create`, or `PLAZA_ADMIN_TOKEN`)."
    }});
    if let Some(paths) = document["paths"].as_object_mut() {
        for (path, methods) in paths {
            for (method, operation) in methods.as_object_mut().into_iter().flatten() {
                if let Some(route) = Route::find(&method.to_uppercase(), path) {
                    finish(route, operation);
                }
            }
        }
    }
    document
}

/// utoipa writes the description of a field whose schema is inlined as a second `allOf` member of `type: object`, which
/// nothing but an object satisfies. The description belongs beside the schema it describes.
fn describe_in_place(value: &mut Value) {
    match value {
        Value::Object(map) => {
            map.values_mut().for_each(describe_in_place);
            let merged = match map.get("allOf").and_then(Value::as_array).map(Vec::as_slice) {
                Some([Value::Object(schema), Value::Object(words)]) if only_describes(words) => {
                    let mut schema = schema.clone();
                    schema.extend(
                        words.iter().filter(|(key, _)| *key == "description").map(|(k, v)| (k.clone(), v.clone())),
                    );
                    schema
                }
                _ => return,
            };
            map.remove("allOf");
            map.extend(merged);
        }
        Value::Array(values) => values.iter_mut().for_each(describe_in_place),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn only_describes(schema: &Map<String, Value>) -> bool {
    schema.keys().all(|key| key == "description" || key == "type") && schema.get("type").is_none_or(|t| t == "object")
}

/// What `domain::text` takes: white space around it, no control characters and no marks that turn a text around, and
/// something that can be seen (of the characters above U+FFFF all are let through, which patterns write in too many ways).
/// Line breaks and tabs may stand inside where a text may be left empty.
const NAMED: &str = r"^[\t-\r \u0085]*[^\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]*[^\u0000- \u007f-\u00a0\u00ad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200f\u2028-\u202f\u205f-\u206f\u2800\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8][^\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]*[\t-\r \u0085]*$";
const TOLD: &str =
    r"^[\t-\r \u0085]*[^\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]*[\t-\r \u0085]*$";

/// Gives every text that people type, which are those with a greatest length, the pattern of what is taken.
fn spell_out_texts(value: &mut Value) {
    match value {
        Value::Object(map) if map.contains_key("maxLength") => {
            let pattern = if map.contains_key("minLength") { NAMED } else { TOLD };
            map.entry("pattern").or_insert_with(|| pattern.into());
        }
        Value::Object(map) => map.values_mut().for_each(spell_out_texts),
        Value::Array(values) => values.iter_mut().for_each(spell_out_texts),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// `List_Store` is `StoreList`: the names of generics are the macro's, these are for people.
fn rename_lists(document: &mut Value) {
    let Some(schemas) = document["components"]["schemas"].as_object_mut() else { return };
    let lists: Vec<String> = schemas.keys().filter(|name| name.starts_with("List_")).cloned().collect();
    for list in &lists {
        if let Some(schema) = schemas.remove(list) {
            schemas.insert(format!("{}List", &list["List_".len()..]), schema);
        }
    }
    rename_references(document);
}

fn rename_references(value: &mut Value) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                let renamed = match (key.as_str(), value.as_str()) {
                    ("$ref", Some(name)) => name.rsplit_once("/List_").map(|(path, item)| format!("{path}/{item}List")),
                    _ => None,
                };
                match renamed {
                    Some(renamed) => *value = renamed.into(),
                    None => rename_references(value),
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(rename_references),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn finish(route: &Route, operation: &mut Value) {
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
    let names = route.path.split(['{', '}']).skip(1).step_by(2);
    let mut parameters: Vec<Value> = names
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
        .collect();
    // Without examples: Swagger UI would send them, and one key stands for one request.
    let mut header = |name: &str, what: &str, schema: Value| {
        let header = json!({"name": name, "in": "header", "required": false, "description": what, "schema": schema});
        parameters.push(header);
    };
    if route.method == "POST" {
        let schema = json!({"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"});
        let what = "A request repeated under the same key gets the first answer again, and nothing happens twice: a key \
                    for each order, like `order-2026-11-22-0001`.";
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
    if route.path == EVENT_STREAM {
        let what = "The position to resume after, as browsers send it; takes the place of `after`.";
        header("Last-Event-ID", what, json!({"type": "string", "pattern": "^[0-9]{0,19}$"}));
    }
    parameters
}

/// A list of entity tags, or `*` (RFC 9110, 8.8.3 and 13.1.1).
const ENTITY_TAGS: &str = "^(\\*|(W/)?\"[!#-~]*\"( *, *(W/)?\"[!#-~]*\")*)$";

const EVENT_STREAM: &str = "/api/v1/events/stream";

/// Whether what is read has an entity tag: one resource, or the bundle's own files, which are not documented.
fn has_tag(route: &Route) -> bool {
    route.method == "GET" && route.path.starts_with("/api/") && route.path.ends_with('}')
}

fn is_submission(route: &Route) -> bool {
    route.method == "POST" && (route.path == "/api/v1/orders" || route.path.ends_with("/checkout"))
}

fn problems(route: &Route, has_body: bool, has_query: bool) -> BTreeSet<Code> {
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
    if route.path == EVENT_STREAM {
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

fn refusal(codes: &[Code]) -> Value {
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

fn describe(route: &Route, status: &str, creates: bool, response: &mut Value) {
    let description = match status {
        "200" => "Done.",
        "201" => "Created.",
        "204" => "Done; nothing to say.",
        _ => "Not now.",
    };
    response["description"] = description.into();
    if let Some(content) = response.get_mut("content") {
        exemplify(route, content);
    }
    let is_single = route.versioned || route.method == "POST" || route.path.ends_with('}');
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
            None if content_type == "text/csv" => Some(csv::example(route.path).into()),
            None => examples::of_text(content_type).map(Value::from),
        };
        if let Some(example) = example {
            media["example"] = example;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn operations(document: &Value) -> Vec<(String, String, &Value)> {
        let mut all = Vec::new();
        for (path, methods) in document["paths"].as_object().unwrap() {
            for (method, operation) in methods.as_object().unwrap() {
                all.push((method.to_uppercase(), path.clone(), operation));
            }
        }
        all
    }

    #[test]
    fn the_document_and_the_table_of_routes_agree() {
        let document = complete();
        let documented: BTreeSet<_> =
            operations(&document).into_iter().map(|(method, path, _)| (method, path)).collect();
        let table: BTreeSet<_> = ROUTES
            .iter()
            .filter(|route| !route.path.starts_with("/swagger"))
            .map(|route| (route.method.to_owned(), route.path.to_owned()))
            .collect();
        assert_eq!(documented, table);
    }

    #[test]
    fn every_operation_has_a_name_a_summary_and_an_example_for_every_body() {
        let document = complete();
        let mut names = BTreeSet::new();
        for (method, path, operation) in operations(&document) {
            let name = operation["operationId"].as_str().unwrap();
            assert!(names.insert(name.to_owned()), "{name} twice");
            assert!(operation["summary"].as_str().is_some_and(|text| !text.is_empty()), "{method} {path}");
            let bodies = operation["responses"].as_object().unwrap().values().chain(operation.get("requestBody"));
            for media in bodies.filter_map(|body| body["content"].as_object()).flatten() {
                if path != "/openapi.json" {
                    let shown = media.1.get("example").or(media.1.get("examples"));
                    assert!(shown.is_some(), "{method} {path} {} has no example", media.0);
                }
            }
        }
    }

    #[test]
    fn every_reference_leads_somewhere() {
        let document = complete();
        let text = document.to_string();
        for reference in text.split("\"#/components/schemas/").skip(1) {
            let name = reference.split('"').next().unwrap();
            assert!(document["components"]["schemas"].get(name).is_some(), "{name} is missing");
        }
    }

    /// `UPDATE_OPENAPI=1 cargo test openapi` writes the committed copy anew.
    #[test]
    fn the_committed_document_is_this_one() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.json");
        let fresh = document() + "\n";
        if std::env::var_os("UPDATE_OPENAPI").is_some() {
            std::fs::write(path, &fresh).unwrap();
        }
        let committed = std::fs::read_to_string(path).unwrap_or_default();
        assert!(committed == fresh, "run UPDATE_OPENAPI=1 cargo test openapi");
    }
}
